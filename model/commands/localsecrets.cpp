// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/localsecrets.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Longer lines are cut: no program here takes a longer password.
constexpr qint64 kLongest = 4096;

/// As systemd wants the names of its credentials: one that leads nowhere else.
bool isCredentialName(const QString &name)
{
    return !name.isEmpty() && name != u"."_s && name != u".."_s && !name.contains(u'/') && !name.contains(QChar::Null);
}

Expected<Secret> readFile(const QString &path)
{
    auto warning = checkSecretFile(path);
    if (!warning)
        return fail(warning.error());
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::BackendUnavailable, u"%1 cannot be read: %2"_s.arg(path, file.errorString()));
    QByteArray line = file.readLine(kLongest);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    return Secret{std::move(line), *std::move(warning)};
}

} // namespace

Expected<QString> checkSecretFile(const QString &path)
{
    const QFile::Permissions permissions = QFileInfo(path).permissions();
    if (permissions.testFlag(QFile::WriteOther)) {
        return fail(ErrorKind::Invalid, u"everybody may write %1: it cannot hold a password"_s.arg(path),
                    {{u"path"_s, path}});
    }
    const QFile::Permissions loose = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther;
    return (permissions & loose) != 0 ? u"%1 is readable by others; its mode should be 0600"_s.arg(path) : QString();
}

Expected<Secret> LocalSecrets::read(const QString &name) const
{
    if (name.startsWith(u'/')) {
        if (!QFileInfo::exists(name))
            return fail(ErrorKind::NotFound, u"there is no file %1"_s.arg(name), {{u"path"_s, name}});
        return readFile(name);
    }
    const QString path = m_credentials + u'/' + name;
    if (m_credentials.isEmpty() || !isCredentialName(name) || !QFileInfo::exists(path))
        return fail(ErrorKind::NotFound, u"nothing here knows a secret of that name"_s, {{u"name"_s, name}});
    // The folder is the unit's own; systemd opens the files in it for nobody else.
    return readFile(path).map([](Secret secret) { return Secret{std::move(secret.value), {}}; });
}

QFuture<Expected<Secret>> LocalSecrets::secret(QString name)
{
    return QtFuture::makeReadyFuture(read(name));
}

} // namespace interlock
