// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/standardinput.h"

#include "app/interlockctl/utf8.h"

#include <QFile>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace interlock {

Expected<QString> readStandardInput()
{
    constexpr qint64 kMost = 16 * 1024 * 1024;
    QFile input;
    if (!input.open(stdin, QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid, u"standard input cannot be read: "_s + input.errorString());
    QByteArray bytes;
    while (bytes.size() <= kMost) {
        const QByteArray part = input.read(kMost + 1 - bytes.size());
        if (part.isEmpty())
            break;
        bytes += part;
    }
    if (bytes.size() > kMost)
        return fail(ErrorKind::Limit, u"standard input has more than 16 MiB"_s);
    auto text = fromStrictUtf8(bytes);
    if (!text)
        return fail(ErrorKind::Invalid, u"standard input is not valid UTF-8"_s);
    return *std::move(text);
}

} // namespace interlock
