// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

#include <array>

namespace interlock {

/// Every colour of the interface. No colour is written anywhere else.
enum class Token {
    // surfaces and structure
    Window,
    Base,
    Panel,
    Raised,
    Sunken,
    Hover,
    Border,
    Control,
    AccentFill,
    OnAccent,
    Selection,
    SelInactive,
    Focus,
    // text and states
    Text,
    Muted,
    Faint,
    Accent,
    Ok,
    Warn,
    Critical,
    Info,
    Pending,
    Stale,
    Unknown,
    // a state's ground, used once: at the head of something
    WarnTint,
    CriticalTint,
};
inline constexpr std::size_t kTokens = static_cast<std::size_t>(Token::CriticalTint) + 1;

enum class ThemeKind { Light, Dark, Contrast };

/// A set of values for the tokens.
class Theme
{
public:
    [[nodiscard]] static const Theme &of(ThemeKind kind);
    /// The theme that goes with the system's palette: its lightness, and contrast when it is black and white.
    [[nodiscard]] static ThemeKind kindFor(const QPalette &system);
    /// The theme that `palette` was made of; light for a foreign one.
    [[nodiscard]] static const Theme &in(const QPalette &palette);

    [[nodiscard]] ThemeKind kind() const { return m_kind; }
    [[nodiscard]] QColor color(Token token) const { return QColor::fromRgb(m_colors[static_cast<std::size_t>(token)]); }
    /// Colour of text and icons on a selected row, where `token` would be on a common one.
    [[nodiscard]] QColor colorOnSelection(Token token) const;
    [[nodiscard]] QPalette palette() const;

private:
    using Colors = std::array<QRgb, kTokens>;

    constexpr Theme(ThemeKind kind, const Colors &colors) : m_kind(kind), m_colors(colors) {}

    ThemeKind m_kind;
    Colors m_colors;
};

/// Contrast of two opaque colours, 1 to 21. \source WCAG 2.1, 1.4.3
[[nodiscard]] double contrastOf(const QColor &a, const QColor &b);

} // namespace interlock
