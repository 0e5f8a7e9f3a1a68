// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/devicefilename.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qsizetype kLongestFileName = 255; // bytes: NAME_MAX

bool isPlain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '@' || c == '+';
}

} // namespace

Expected<QString> deviceFileName(const QString &device)
{
    QString name;
    for (const char c : device.toUtf8()) {
        const bool isFirst = name.isEmpty() && (c == '.' || c == '-');
        if (isPlain(c) && !isFirst)
            name += QLatin1Char(c);
        else
            name += u"%%1"_s.arg(static_cast<unsigned char>(c), 2, 16, QChar(u'0')).toUpper();
    }
    if (name.isEmpty() || name.size() > kLongestFileName) {
        return fail(ErrorKind::Unsupported,
                    u"device '%1' cannot have a file of its own name, which would have %2 bytes; render it alone, with "
                    "--output FILE"_s.arg(device)
                        .arg(name.size()),
                    {{u"device"_s, device}});
    }
    return name;
}

} // namespace interlock
