// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/renderfile.h"

#include "model/rules/templatetext.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

Expected<QString> checksumOf(const QString &path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!file.open(QIODevice::ReadOnly) || !hash.addData(&file)) {
        return fail(ErrorKind::ReadOnly, u"'%1' cannot be read: %2"_s.arg(path, file.errorString()),
                    {{u"path"_s, path}});
    }
    return QString::fromLatin1(hash.result().toHex());
}

} // namespace

Expected<FileNeed> checkRenderFile(const QString &path, const QString &text, const QString &known, Overwrite overwrite)
{
    const QFileInfo info(path);
    if (info.isSymLink() || (info.exists() && !info.isFile()))
        return fail(ErrorKind::Exists, u"'%1' is there and is no plain file"_s.arg(path), {{u"path"_s, path}});
    if (!info.exists())
        return FileNeed::Write;
    const auto present = checksumOf(path);
    if (!present)
        return fail(present.error());
    if (*present == textChecksum(text))
        return FileNeed::Nothing;
    if (overwrite == Overwrite::Anything || *present == known)
        return FileNeed::Write;
    return fail(ErrorKind::Exists,
                u"'%1' is there and is not what was rendered last: look at it; --force replaces it"_s.arg(path),
                {{u"path"_s, path}});
}

Expected<void> writeRenderFile(const QString &path, const QString &text)
{
    const bool isNew = !QFileInfo::exists(path);
    const QByteArray bytes = text.toUtf8();
    QSaveFile file(path);
    const bool isWritten = file.open(QIODevice::WriteOnly) &&
                           (!isNew || file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)) &&
                           file.write(bytes) == bytes.size() && file.commit();
    if (isWritten)
        return {};
    return fail(ErrorKind::ReadOnly, u"'%1' cannot be written: %2"_s.arg(path, file.errorString()),
                {{u"path"_s, path}});
}

} // namespace interlock
