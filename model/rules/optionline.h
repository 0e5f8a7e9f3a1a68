// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QByteArrayView>
#include <QStringList>

namespace interlock {

/// Greatest number of bytes in one line that OpenVPN reads as one line everywhere: beyond it the rest is taken for
/// another directive (openvpn/FACTS.md 63).
inline constexpr qsizetype kMaxOptionLine = 254;

/// Splits one line of an OpenVPN file into words as OpenVPN does: blanks separate, `"..."` (with `\"` and `\\`) and
/// `'...'` group, a `#` or `;` where a word would begin starts a comment. Bytes that are no UTF-8 become U+FFFD.
///
/// \param line  without its line end
/// \returns Limit for a line over kMaxOptionLine bytes or 16 words, Invalid for an open quote, a backslash before
/// anything
///          but `\`, `"` and a blank, or a control character outside a comment
/// \source parse_line() of OpenVPN 2.6
[[nodiscard]] Expected<QStringList> splitOptionLine(QByteArrayView line);

} // namespace interlock
