// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/logvalue.h"

namespace interlock {

QByteArray quoted(const QString &text)
{
    QByteArray result = "\"";
    for (const char c : text.toUtf8()) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
    return result + '"';
}

} // namespace interlock
