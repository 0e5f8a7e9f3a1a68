// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/exactjson.h"

namespace interlock {

/// What a controller makes of a value that should have been a truth value: a number is true above zero, a text is true
/// when it begins with t, T or 1, anything else is `otherwise`.
/// \source zerotier/FACTS.md 17, transcripts 02, 05, 06
[[nodiscard]] bool coercedBool(const ExactJson &value, bool otherwise);

/// What a controller makes of a value that should have been a whole number: a text gives the digits that it begins
/// with, a negative number wraps (-5 is 18446744073709551611), a fraction is cut, anything else is `otherwise`.
/// \source zerotier/FACTS.md 17, transcripts 02, 06
[[nodiscard]] quint64 coercedUnsigned(const ExactJson &value, quint64 otherwise);

/// What a controller makes of a value that should have been a text: 123 is "123", true is "1", anything else
/// `otherwise`. \source transcript 02
[[nodiscard]] QByteArray coercedText(const ExactJson &value, const QByteArray &otherwise);

/// The number that a text of hexadecimal digits begins with.
[[nodiscard]] quint64 hexNumber(const QByteArray &text);

} // namespace interlock
