// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlock/options.h"
#include "app/interlock/screenshots.h"
#include "app/interlock/storesession.h"
#include "app/wiring/storelocation.h"
#include "model/commands/systemclock.h"
#include "ui/theme/interlockstyle.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QScreen>
#include <QTranslator>

#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;
using namespace interlock;

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;
constexpr QSize kUsualSize(1600, 1000);

int refuse(int status, const QString &text)
{
    std::fprintf(stderr, "interlock: %s\n", qPrintable(text));
    return status;
}

[[noreturn]] void endWithoutDisplay()
{
    std::fprintf(stderr,
                 "interlock: there is no display. Nothing was opened. Start it in a desktop session, or write pictures "
                 "without one: QT_QPA_PLATFORM=offscreen interlock --screenshots DIR\n");
    std::_Exit(kFailed);
}

/// Qt ends the process by a signal when it finds no display; a message and a status are worth more.
void watchForMissingDisplay(QtMsgType type, const QMessageLogContext &, const QString &)
{
    if (type == QtFatalMsg)
        endWithoutDisplay();
}

/// The platform without a display has nothing to propagate to, and says so at each change of the window.
void writeWithoutChatter(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    if (!text.startsWith("This plugin does not support propagateSizeHints"_L1))
        std::fprintf(stderr, "%s\n", qPrintable(qFormatLogMessage(type, context, text)));
}

bool isDisplayNamed()
{
#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
    return !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") || !qEnvironmentVariableIsEmpty("DISPLAY") ||
           !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
#else
    return true;
#endif
}

void setLanguage(QApplication &app, const QString &language)
{
    if (!language.isEmpty())
        QLocale::setDefault(QLocale(language));
    const QLocale locale;
    // Qt's own texts, as far as the system has them; ours come last and are asked first.
    for (const auto &[name, folder] : {std::pair(u"qtbase"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath)),
                                       std::pair(u"interlock"_s, u":/interlock/translations"_s)}) {
        auto *translator = new QTranslator(&app);
        // English has a file for its plurals, and is what everybody else gets.
        if (translator->load(locale, name, u"_"_s, folder) || translator->load(name + u"_en"_s, folder))
            QApplication::installTranslator(translator);
    }
}

/// How a person would call interlockctl for the same store.
QString commandFor(const Options &options)
{
    return options.store ? u"interlockctl --store "_s + shownStoreUrl(*options.store) : u"interlockctl"_s;
}

int show(QApplication &app, const Options &options)
{
    QApplication::setStyle(new InterlockStyle);
    setLanguage(app, options.language);

    const SystemClock clock;
    const QString url = options.store.value_or(defaultStoreUrl());
    StoreSession session(url, clock);
    StoreWindow window(shownStoreUrl(url), commandFor(options), clock);
    if (options.theme)
        window.setTheme(*options.theme);
    QObject::connect(&session, &StoreSession::opened, &window, &StoreWindow::showTables);
    QObject::connect(&session, &StoreSession::failed, &window, &StoreWindow::showFailure);
    QObject::connect(&window, &StoreWindow::openRequested, &session, [&] {
        window.showOpening();
        session.open();
    });

    Screenshots screenshots(window, options.folder);
    const bool isForPictures = options.what == Options::What::Screenshots;
    if (isForPictures) {
        const auto failed = [](const QString &why) {
            QApplication::exit(refuse(kFailed, u"no screenshots: "_s + why));
        };
        QObject::connect(&session, &StoreSession::opened, &screenshots, &Screenshots::takeWhenLoaded);
        QObject::connect(&session, &StoreSession::failed, &window, [&](const Error &error) { failed(error.detail); });
        QObject::connect(&screenshots, &Screenshots::failed, &window, failed);
        QObject::connect(&screenshots, &Screenshots::finished, &app, &QApplication::quit);
    }
    const QSize room = isForPictures ? kUsualSize : window.screen()->availableSize() * 9 / 10;
    window.resize(options.size.value_or(kUsualSize.boundedTo(room)));
    window.show();
    // After the first paint: the window is there before the store is.
    QMetaObject::invokeMethod(&session, &StoreSession::open, Qt::QueuedConnection);
    return QApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication::setApplicationName(u"interlock"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(INTERLOCK_VERSION));
    QGuiApplication::setDesktopFileName(u"io.github.interlock.Interlock"_s);
    Expected<Options> options;
    {
        // --version and wrong usage need no display.
        const QCoreApplication bare(argc, argv);
        options = Options::parse(QCoreApplication::arguments());
    }
    if (!options)
        return refuse(kWrongUsage, options.error().detail + u" ('interlock --help' lists what there is)"_s);
    if (!options->text.isEmpty()) {
        std::fputs(qPrintable(options->text), stdout);
        return 0;
    }
    if (!isDisplayNamed())
        endWithoutDisplay();
    qInstallMessageHandler(watchForMissingDisplay);
    QApplication app(argc, argv);
    qInstallMessageHandler(writeWithoutChatter);
    return show(app, *options);
}
