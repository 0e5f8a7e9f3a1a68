// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace interlock {

const Theme &Theme::of(ThemeKind kind)
{
    // In the order of Token: thirteen surfaces, eleven texts and states, two tints.
    static constexpr Theme kLight(ThemeKind::Light,
                                  {0xECEEF0, 0xFFFFFF, 0xF6F7F8, 0xFFFFFF, 0xFFFFFF, 0xEEF2F5, 0xD6DADD,
                                   0x7C868E, 0x1763B0, 0xFFFFFF, 0xCFE3F7, 0xE2E6E9, 0x1763B0, //
                                   0x1A1E21, 0x525C64, 0x626C74, 0x1763B0, 0x176B35, 0x8A5600, 0xB3261E,
                                   0x0A6878, 0x6540B0, 0x5C656C, 0x4E575E, //
                                   0xF3EEE6, 0xF7E9E9});
    static constexpr Theme kDark(ThemeKind::Dark, {0x14171A, 0x191D21, 0x1E2327, 0x262C31, 0x101316, 0x23292E, 0x2D343A,
                                                   0x77838D, 0x2A6CB0, 0xFFFFFF, 0x1F3D5C, 0x2B3339, 0x8FC6FF, //
                                                   0xE6E9EB, 0xA0AAB2, 0x8B969F, 0x6FB1F2, 0x62BE83, 0xE5B04B, 0xF78A82,
                                                   0x56BCCB, 0xBBA3F5, 0xA3A9AE, 0xB7BCC1, //
                                                   0x383327, 0x3A2D30});
    // No tints: its surfaces do not differ, lines do.
    static constexpr Theme kContrast(ThemeKind::Contrast,
                                     {0x000000, 0x000000, 0x000000, 0x0A0A0A, 0x000000, 0x1C1C1C, 0xB4B4B4,
                                      0xFFFFFF, 0x8AD0FF, 0x000000, 0xFFE14D, 0x4A4A4A, 0xFFE14D, //
                                      0xFFFFFF, 0xDADADA, 0xC8C8C8, 0x8AD0FF, 0x71F097, 0xFFCB57, 0xFFA49D,
                                      0x76E6F5, 0xD8C6FF, 0xCFCFCF, 0xE4E4E4, //
                                      0x000000, 0x000000});
    switch (kind) {
    case ThemeKind::Light:
        return kLight;
    case ThemeKind::Dark:
        return kDark;
    case ThemeKind::Contrast:
        return kContrast;
    }
    Q_UNREACHABLE();
}

ThemeKind Theme::kindFor(const QPalette &system)
{
    const QColor ground = system.color(QPalette::Active, QPalette::Base);
    if (ground.lightnessF() >= 0.5F)
        return ThemeKind::Light;
    return contrastOf(ground, system.color(QPalette::Active, QPalette::Text)) > 20.5 ? ThemeKind::Contrast
                                                                                     : ThemeKind::Dark;
}

const Theme &Theme::in(const QPalette &palette)
{
    for (const ThemeKind kind : {ThemeKind::Light, ThemeKind::Dark, ThemeKind::Contrast}) {
        if (palette.color(QPalette::Active, QPalette::Window) == of(kind).color(Token::Window))
            return of(kind);
    }
    return of(ThemeKind::Light);
}

QColor Theme::colorOnSelection(Token token) const
{
    return m_kind == ThemeKind::Contrast ? QColor(Qt::black) : color(token);
}

QPalette Theme::palette() const
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token) { palette.setColor(role, color(token)); };
    set(QPalette::Window, Token::Window);
    set(QPalette::Base, Token::Base);
    set(QPalette::AlternateBase, Token::Base);
    set(QPalette::WindowText, Token::Text);
    set(QPalette::Text, Token::Text);
    set(QPalette::ButtonText, Token::Text);
    set(QPalette::Button, Token::Raised);
    set(QPalette::ToolTipBase, Token::Raised);
    set(QPalette::ToolTipText, Token::Text);
    set(QPalette::Highlight, Token::Selection);
    palette.setColor(QPalette::HighlightedText, colorOnSelection(Token::Text));
    set(QPalette::PlaceholderText, Token::Muted);
    set(QPalette::Link, Token::Accent);
    set(QPalette::LinkVisited, Token::Accent);
    set(QPalette::BrightText, Token::Critical);
    set(QPalette::Mid, Token::Border);
    set(QPalette::Midlight, Token::Hover);
    set(QPalette::Light, Token::Panel);
    set(QPalette::Dark, Token::Control);
    set(QPalette::Shadow, Token::Border);
    palette.setColor(QPalette::Inactive, QPalette::Highlight, color(Token::SelInactive));
    palette.setColor(QPalette::Inactive, QPalette::HighlightedText, color(Token::Text));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(Token::Faint));
    return palette;
}

double contrastOf(const QColor &a, const QColor &b)
{
    const auto luminance = [](const QColor &color) {
        const auto linear = [](float channel) {
            const auto c = static_cast<double>(channel);
            return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
    };
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

} // namespace interlock
