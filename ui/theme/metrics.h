// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QFontMetrics>

#include <algorithm>

namespace interlock {

/// Roles of text, as ratios of the system's own size.
enum class TextRole { Title, Heading, Body, Label, Caption, Code };

/// The font of `role` beside `body`; never below 8 points, unless the user's own font is.
[[nodiscard]] QFont fontOf(TextRole role, const QFont &body);

/// `count` quarters of the line height of `font`: every distance is a multiple of that.
[[nodiscard]] inline int grid(double count, const QFont &font)
{
    return std::max(1, qRound(count * QFontMetrics(font).height() / 4.0));
}

/// True if all digits of `font` are as wide as each other.
[[nodiscard]] bool hasTabularDigits(const QFont &font);

} // namespace interlock
