// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/utf8.h"

#include <QStringDecoder>

namespace interlock {

std::optional<QString> fromStrictUtf8(const QByteArray &bytes)
{
    // Stateless: otherwise a sequence that is cut off at the end waits for its rest, and is no error.
    QStringDecoder decode(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString text = decode(bytes);
    if (decode.hasError())
        return std::nullopt;
    return text;
}

} // namespace interlock
