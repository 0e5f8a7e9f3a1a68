// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlock/options.h"

#include <QCommandLineParser>
#include <QRegularExpression>

#include <map>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr QSize kSmallest(640, 400);
constexpr QSize kLargest(16384, 16384);

void describe(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
        u"Interlock's desktop. This version shows the store: its tables, live, and everything about a row.\n"
        "Edits are made with interlockctl.\n"
        "\n"
        "Exit status: 0 ended, 1 failed (no display, a store that does not open for screenshots), 2 wrong usage."_s);
    parser.addOptions(
        {{u"store"_s,
          u"sqlite:PATH or postgresql://user@host:port/db; default: INTERLOCK_STORE, else a file of the user's"_s,
          u"URL"_s},
         {u"screenshots"_s, u"Write a picture of each page to DIR and end"_s, u"DIR"_s},
         {u"theme"_s, u"light, dark or contrast; default: the system's"_s, u"NAME"_s},
         {u"size"_s, u"Size of the window, such as 1366x768"_s, u"WxH"_s},
         {u"lang"_s, u"en, de or tr; default: the system's"_s, u"CODE"_s},
         {{u"h"_s, u"help"_s}, u"Print this help and end"_s},
         {{u"v"_s, u"version"_s}, u"Print the version and end"_s}});
    QCommandLineOption demo(u"demo"_s);
    demo.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOption(demo);
}

Expected<std::optional<ThemeKind>> themeNamed(const QString &name)
{
    static const std::map<QString, ThemeKind> kNames{
        {u"light"_s, ThemeKind::Light}, {u"dark"_s, ThemeKind::Dark}, {u"contrast"_s, ThemeKind::Contrast}};
    if (name.isEmpty())
        return std::nullopt;
    const auto it = kNames.find(name);
    if (it == kNames.end())
        return fail(ErrorKind::Usage, u"--theme: '%1' is not light, dark or contrast"_s.arg(name));
    return it->second;
}

Expected<std::optional<QSize>> sizeOf(const QString &text)
{
    static const QRegularExpression kForm(u"^(\\d{1,5})x(\\d{1,5})$"_s);
    if (text.isEmpty())
        return std::nullopt;
    const auto match = kForm.match(text);
    const QSize size(match.captured(1).toInt(), match.captured(2).toInt());
    if (!match.hasMatch() || size.expandedTo(kSmallest) != size || size.boundedTo(kLargest) != size)
        return fail(ErrorKind::Usage, u"--size: '%1' is not WIDTHxHEIGHT of at least 640x400"_s.arg(text));
    return size;
}

Expected<Options> checked(const QCommandLineParser &parser)
{
    if (parser.isSet(u"demo"_s))
        return fail(ErrorKind::Usage, u"--demo is not built yet"_s);
    if (!parser.positionalArguments().isEmpty())
        return fail(ErrorKind::Usage, u"unexpected argument '%1'"_s.arg(parser.positionalArguments().first()));
    const auto theme = themeNamed(parser.value(u"theme"_s));
    if (!theme)
        return fail(theme.error());
    const auto size = sizeOf(parser.value(u"size"_s));
    if (!size)
        return fail(size.error());
    Options options;
    options.theme = *theme;
    options.size = *size;
    options.language = parser.value(u"lang"_s);
    if (!options.language.isEmpty() && !QStringList{u"en"_s, u"de"_s, u"tr"_s}.contains(options.language))
        return fail(ErrorKind::Usage, u"--lang: '%1' is not en, de or tr"_s.arg(options.language));
    if (parser.isSet(u"store"_s))
        options.store = parser.value(u"store"_s);
    if (parser.isSet(u"screenshots"_s)) {
        options.what = Options::What::Screenshots;
        options.folder = parser.value(u"screenshots"_s);
        if (options.folder.isEmpty())
            return fail(ErrorKind::Usage, u"--screenshots needs a folder"_s);
    }
    return options;
}

} // namespace

Expected<Options> Options::parse(const QStringList &arguments)
{
    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(arguments))
        return fail(ErrorKind::Usage, parser.errorText());
    Options options;
    if (parser.isSet(u"version"_s)) {
        options.what = What::Version;
        options.text = u"interlock %1\n"_s.arg(QStringLiteral(INTERLOCK_VERSION));
        return options;
    }
    if (parser.isSet(u"help"_s)) {
        options.what = What::Help;
        options.text = parser.helpText();
        return options;
    }
    return checked(parser);
}

} // namespace interlock
