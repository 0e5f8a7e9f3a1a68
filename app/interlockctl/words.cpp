// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/words.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// What the operator can do about it.
QString advice(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Usage:
        return u"Add --help to see what is expected."_s;
    case ErrorKind::Invalid:
        return u"Correct the value and try again."_s;
    case ErrorKind::HostBits:
        return u"Give the network itself, or the address with its full length."_s;
    case ErrorKind::NotFound:
        return u"The 'list' verb of the group, or 'search', shows what there is."_s;
    case ErrorKind::Exists:
        return u"Look at what is there; change it with 'set', or choose another one."_s;
    case ErrorKind::Overlap:
        return u"Choose a prefix that overlaps nothing, or release what is in the way."_s;
    case ErrorKind::OverlapsItself:
        return u"Leave out the prefix that lies inside the other one."_s;
    case ErrorKind::PoolOverlap:
        return u"Choose another prefix, or move the claims in the same step with --move-claims where it is offered."_s;
    case ErrorKind::PoolOwned:
        return u"Addresses of a pool are given by 'allocation set' and 'allocation request'."_s;
    case ErrorKind::TooWide:
        return u"Give the instance a wider stand-in range (instance set --standin-range), or split the LAN."_s;
    case ErrorKind::Exhausted:
        return u"Release what is unused ('claim list', 'claim free'), or widen the range or the pool."_s;
    case ErrorKind::Conflict:
        return u"Look at the rows named above; undo or change the later edit first."_s;
    case ErrorKind::Stale:
        return u"Somebody changed the row: read it again and decide again."_s;
    case ErrorKind::LeaseHeld:
        return u"Ask the holder, or wait until its lease has ended."_s;
    case ErrorKind::NoOwner:
        return u"Start interlockd or a desktop that owns it."_s;
    case ErrorKind::Unsupported:
        return u"There is no way to do this; see --help for what is possible."_s;
    case ErrorKind::Limit:
        return u"Use less at a time."_s;
    case ErrorKind::StoreUnavailable:
        return u"Check the URL in --store or INTERLOCK_STORE, and that the file or the server can be reached."_s;
    case ErrorKind::StoreNewer:
        return u"The store was written by a newer version: update this program."_s;
    case ErrorKind::StoreCorrupt:
        return u"Keep the file as it is, and restore a backup into a new store (store restore)."_s;
    case ErrorKind::ReadOnly:
        return u"Check the permissions of the file and its folder, and the rights of the database user."_s;
    case ErrorKind::BackendUnavailable:
    case ErrorKind::BackendRefused:
    case ErrorKind::BackendMismatch:
        return u"Look at the other program's log, then try again."_s;
    }
    return {};
}

QString factText(const QJsonValue &value)
{
    if (value.isArray() || value.isObject()) {
        const QJsonDocument document =
            value.isArray() ? QJsonDocument(value.toArray()) : QJsonDocument(value.toObject());
        return QString::fromUtf8(document.toJson(QJsonDocument::Compact));
    }
    return value.toVariant().toString();
}

} // namespace

QString errorText(const Error &error, const QString &doing)
{
    QStringList lines;
    lines += u"interlockctl%1: %2"_s.arg(doing.isEmpty() ? QString() : u' ' + doing, error.detail);
    for (auto it = error.payload.begin(); it != error.payload.end(); ++it) {
        const QString fact = factText(it.value());
        if (!error.detail.contains(fact))
            lines += u"  %1: %2"_s.arg(it.key(), fact);
    }
    lines += u"Nothing was changed. "_s + advice(error.kind);
    return lines.join(u'\n');
}

int exitCodeFor(ErrorKind kind)
{
    return kind == ErrorKind::Usage ? 2 : 1;
}

} // namespace interlock
