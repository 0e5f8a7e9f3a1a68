// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/interlockstyle.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QFontDatabase>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

void addThemes()
{
    QTest::addColumn<ThemeKind>("kind");
    QTest::newRow("light") << ThemeKind::Light;
    QTest::newRow("dark") << ThemeKind::Dark;
    QTest::newRow("contrast") << ThemeKind::Contrast;
}

constexpr std::array kTexts{Token::Text, Token::Muted,    Token::Faint, Token::Accent,  Token::Ok,     Token::Warn,
                            Token::Info, Token::Critical, Token::Stale, Token::Pending, Token::Unknown};
constexpr std::array kSurfaces{Token::Window, Token::Base, Token::Panel, Token::Raised, Token::Sunken, Token::Hover};

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contrastIsThatOfTheStandard();
    void textIsReadableOnEverySurface_data() { addThemes(); }
    void textIsReadableOnEverySurface();
    void textIsReadableOnASelectedRow_data() { addThemes(); }
    void textIsReadableOnASelectedRow();
    void outlinesAreSeen_data() { addThemes(); }
    void outlinesAreSeen();
    void paletteTellsItsThemeAndHidesNoText_data() { addThemes(); }
    void paletteTellsItsThemeAndHidesNoText();
    void theSystemsPaletteChoosesTheTheme();
    void noTextGetsSmallerThanEightPoints();
    void digitsOfTheFixedFontAreOfOneWidth();
};

void TestTheme::contrastIsThatOfTheStandard()
{
    QCOMPARE(contrastOf(Qt::black, Qt::white), 21.0);
    QCOMPARE(contrastOf(Qt::white, Qt::white), 1.0);
    QVERIFY(std::abs(contrastOf(QColor(0x77, 0x77, 0x77), Qt::white) - 4.48) < 0.005); // the standard's own example
}

void TestTheme::textIsReadableOnEverySurface()
{
    QFETCH(ThemeKind, kind);
    const Theme &theme = Theme::of(kind);
    const double least = kind == ThemeKind::Contrast ? 7.0 : 4.5;
    for (const Token surface : kSurfaces) {
        for (const Token text : kTexts) {
            const double contrast = contrastOf(theme.color(text), theme.color(surface));
            QVERIFY2(contrast >= least,
                     qPrintable(u"token %1 on %2: %3"_s.arg(int(text)).arg(int(surface)).arg(contrast)));
        }
    }
    QVERIFY(contrastOf(theme.color(Token::OnAccent), theme.color(Token::AccentFill)) >= least);
    QVERIFY(contrastOf(theme.color(Token::Warn), theme.color(Token::WarnTint)) >= least);
    QVERIFY(contrastOf(theme.color(Token::Text), theme.color(Token::WarnTint)) >= least);
    QVERIFY(contrastOf(theme.color(Token::Critical), theme.color(Token::CriticalTint)) >= least);
}

void TestTheme::textIsReadableOnASelectedRow()
{
    QFETCH(ThemeKind, kind);
    const Theme &theme = Theme::of(kind);
    for (const Token text :
         {Token::Text, Token::Muted, Token::Ok, Token::Warn, Token::Critical, Token::Info, Token::Stale}) {
        const double contrast = contrastOf(theme.colorOnSelection(text), theme.color(Token::Selection));
        QVERIFY2(contrast >= 4.5, qPrintable(u"token %1: %2"_s.arg(int(text)).arg(contrast)));
    }
    QVERIFY(contrastOf(theme.color(Token::Text), theme.color(Token::SelInactive)) >= 4.5);
}

void TestTheme::outlinesAreSeen()
{
    QFETCH(ThemeKind, kind);
    const Theme &theme = Theme::of(kind);
    for (const Token surface : kSurfaces) {
        for (const Token line : {Token::Control, Token::Focus})
            QVERIFY(contrastOf(theme.color(line), theme.color(surface)) >= 3.0);
    }
    QVERIFY(contrastOf(theme.colorOnSelection(Token::Focus), theme.color(Token::Selection)) >= 3.0);
}

void TestTheme::paletteTellsItsThemeAndHidesNoText()
{
    QFETCH(ThemeKind, kind);
    const QPalette palette = Theme::of(kind).palette();
    QCOMPARE(Theme::in(palette).kind(), kind);
    const std::pair<QPalette::ColorRole, QPalette::ColorRole> pairs[] = {
        {QPalette::WindowText, QPalette::Window},        {QPalette::Text, QPalette::Base},
        {QPalette::ButtonText, QPalette::Button},        {QPalette::ToolTipText, QPalette::ToolTipBase},
        {QPalette::PlaceholderText, QPalette::Base},     {QPalette::Link, QPalette::Base},
        {QPalette::HighlightedText, QPalette::Highlight}};
    for (const QPalette::ColorGroup group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled}) {
        for (const auto &[text, ground] : pairs) {
            const double contrast = contrastOf(palette.color(group, text), palette.color(group, ground));
            QVERIFY2(contrast >= 4.5, qPrintable(u"group %1 role %2: %3"_s.arg(group).arg(text).arg(contrast)));
        }
    }
}

void TestTheme::theSystemsPaletteChoosesTheTheme()
{
    QPalette system;
    const auto kindFor = [&](const QColor &ground, const QColor &text) {
        system.setColor(QPalette::Base, ground);
        system.setColor(QPalette::Text, text);
        return Theme::kindFor(system);
    };
    QCOMPARE(kindFor(Qt::white, Qt::black), ThemeKind::Light);
    QCOMPARE(kindFor(QColor(0x23, 0x26, 0x29), QColor(0xFC, 0xFC, 0xFC)), ThemeKind::Dark);
    QCOMPARE(kindFor(Qt::black, Qt::white), ThemeKind::Contrast);
    QCOMPARE(kindFor(Qt::black, QColor(0xE0, 0xE0, 0xE0)), ThemeKind::Dark);
}

void TestTheme::noTextGetsSmallerThanEightPoints()
{
    for (const double size : {8.0, 9.0, 9.75, 12.0, 30.0}) {
        QFont body;
        body.setPointSizeF(size);
        for (const TextRole role :
             {TextRole::Title, TextRole::Heading, TextRole::Body, TextRole::Label, TextRole::Caption, TextRole::Code})
            QVERIFY(fontOf(role, body).pointSizeF() >= 8.0);
    }
}

void TestTheme::digitsOfTheFixedFontAreOfOneWidth()
{
    QVERIFY(hasTabularDigits(QFontDatabase::systemFont(QFontDatabase::FixedFont)));
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
