// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/textfile.h"

#include "app/interlockctl/standardinput.h"
#include "app/interlockctl/utf8.h"

#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace interlock {

Expected<QString> readTextFile(const QString &path)
{
    if (path == u"-")
        return readStandardInput();
    constexpr qint64 kMost = 16 * 1024 * 1024;
    const QJsonObject payload{{u"path"_s, path}};
    if (!QFileInfo::exists(path))
        return fail(ErrorKind::NotFound, u"there is no file '%1'"_s.arg(path), payload);
    if (QFileInfo(path).isDir())
        return fail(ErrorKind::Unsupported, u"'%1' is a folder"_s.arg(path), payload);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::ReadOnly, u"'%1' cannot be read: %2"_s.arg(path, file.errorString()), payload);
    const QByteArray bytes = file.read(kMost + 1);
    if (bytes.size() > kMost)
        return fail(ErrorKind::Limit, u"'%1' has more than 16 MiB"_s.arg(path), payload);
    auto text = fromStrictUtf8(bytes);
    if (!text)
        return fail(ErrorKind::Invalid, u"'%1' is not valid UTF-8"_s.arg(path), payload);
    return *std::move(text);
}

} // namespace interlock
