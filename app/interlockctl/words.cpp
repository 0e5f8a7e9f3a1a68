// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/words.h"

#include "app/interlockctl/output.h"
#include "model/values/prefix.h"

#include <QJsonArray>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr auto kConfirm = "confirm"_L1;
constexpr auto kUndefined = "undefined"_L1;

QStringList textsOf(const QJsonArray &texts)
{
    QStringList list;
    for (const QJsonValue text : texts)
        list += text.toString();
    return list;
}

/// The error is about the verdict of an IPv6 LAN: there are no stand-ins for those (SEMANTICS.md 2).
bool isIPv6Lan(const Error &error)
{
    const auto real = Prefix::parse(error.payload.value("real"_L1).toString());
    return real && !real->isIPv4();
}

/// What the operator can do about it.
QString advice(const Error &error)
{
    switch (error.kind) {
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
        if (const auto kinds = error.payload.value(kConfirm).toArray(); !kinds.isEmpty())
            return u"Where that is meant: --confirm %1."_s.arg(textsOf(kinds).join(u" --confirm "_s));
        if (isIPv6Lan(error))
            return u"Until one of the two gives way, the client is admitted without this LAN: give one site another IPv6 prefix, or release the claim that is in the way."_s;
        if (error.payload.contains("cancelled"_L1) || error.payload.contains("overtaken"_L1))
            return u"Start it again when you like."_s;
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
        if (error.payload.contains(u"capability"))
            return u"Run it as root, or let it have that capability."_s;
        return u"Check the permissions of the file and its folder, and the rights of the database user."_s;
    case ErrorKind::BackendUnavailable:
    case ErrorKind::BackendRefused:
    case ErrorKind::BackendMismatch:
        return u"Look at the other program's log, then try again."_s;
    }
    return {};
}

QString scalarText(const QJsonValue &value)
{
    return value.isObject() || value.isArray() ? QString() : value.toVariant().toString();
}

/// "branch-a:3: reason: line" for a place in a file, "cn branch-a, real 10.0.0.0/8" for anything else.
QString objectText(const QJsonObject &object)
{
    if (object.contains("file"_L1) && object.contains("reason"_L1)) {
        QStringList parts{object.value("file"_L1).toString()};
        if (const int line = object.value("line"_L1).toInt(); line > 0)
            parts.first() += u":%1"_s.arg(line);
        parts += object.value("reason"_L1).toString();
        if (const QString text = object.value("text"_L1).toString(); !text.isEmpty())
            parts += text;
        return parts.join(u": "_s);
    }
    QStringList parts;
    for (auto it = object.begin(); it != object.end(); ++it)
        parts += it.key() + u' ' + scalarText(it.value());
    return parts.join(u", "_s);
}

/// One line for a plain fact, one for each member of a list.
QStringList factLines(const QString &name, const QJsonValue &value)
{
    if (value.isObject())
        return {u"  %1: %2"_s.arg(name, objectText(value.toObject()))};
    if (!value.isArray())
        return {u"  %1: %2"_s.arg(name, scalarText(value))};
    QStringList lines;
    for (const QJsonValue item : value.toArray())
        lines += u"  "_s + printable(item.isObject() ? objectText(item.toObject()) : scalarText(item));
    return lines;
}

} // namespace

QString errorText(const Error &error, const QString &doing)
{
    QStringList lines;
    lines += u"interlockctl%1: %2"_s.arg(doing.isEmpty() ? QString() : u' ' + doing, error.detail);
    for (auto it = error.payload.begin(); it != error.payload.end(); ++it) {
        if (it.key() == kConfirm)
            continue; // the last line says how
        if (it.key() == kUndefined)
            continue; // the sentence has each with its place
        const bool isSaid = !it->isArray() && !it->isObject() && error.detail.contains(scalarText(it.value()));
        if (!isSaid)
            lines += factLines(it.key(), it.value());
    }
    lines += (isPartlyDone(error) ? u"Something was sent, or may have been; 'zt diff' shows what is there now. "_s
                                  : u"Nothing was changed. "_s) +
             advice(error);
    return lines.join(u'\n');
}

bool isPartlyDone(const Error &error)
{
    return error.payload["partly"_L1].toBool();
}

int exitCodeFor(const Error &error)
{
    if (isPartlyDone(error))
        return 3;
    return error.kind == ErrorKind::Usage ? 2 : 1;
}

} // namespace interlock
