// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockd/agent.h"
#include "app/interlockd/statusserver.h"
#include "app/interlockd/unixsignals.h"
#include "app/wiring/storelocation.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <csignal>
#include <cstdio>
#include <memory>

using namespace Qt::StringLiterals;
using namespace interlock;

namespace {

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

/// Standard error always: Qt would pick the system's journal by itself when nobody looks at a terminal.
void writeLog(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    std::fprintf(stderr, "%s\n", qPrintable(qFormatLogMessage(type, context, text)));
}

int refuse(int status, const QString &text)
{
    std::fprintf(stderr, "interlockd: %s\n", qPrintable(text));
    return status;
}

void describe(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
        u"Interlock's engine without a window: answers the clients that connect to OpenVPN's servers from the rows of\n"
        "the store, shows and records their sessions, and keeps this host's routes into the tunnels. Where another\n"
        "process serves an instance already, it waits for its turn.\n"
        "\n"
        "SIGHUP opens the store anew, SIGTERM and SIGINT end it; live sessions notice neither. Exit status: 0 ended,\n"
        "1 refused, 2 wrong usage."_s);
    parser.addOption({u"store"_s, u"sqlite:PATH or postgresql://user@host:port/db (required)"_s, u"URL"_s});
    parser.addOption({u"instance"_s,
                      u"An instance to serve, which must be there; may be repeated. Default: all of them"_s,
                      u"NAME"_s});
    parser.addOption({u"learn-socket"_s,
                      u"Where interlock-learn sends what OpenVPN's learn-address hook is told (tap instances)"_s,
                      u"PATH"_s});
    parser.addOption({u"no-kernel-routes"_s, u"Leave this host's routes and rules alone: the servers run elsewhere"_s});
    parser.addOption({u"http-port"_s, u"Answer /metrics and /healthz on this port of the loopback"_s, u"PORT"_s});
    parser.addOption({u"keep-history"_s,
                      u"Remove sessions from the history that were last seen longer ago (default 90; 0: never)"_s,
                      u"DAYS"_s});
    parser.addOption({u"move-window"_s,
                      u"When, each day in UTC, sessions of instances with 'move-live window' may be moved"_s,
                      u"HH:MM-HH:MM"_s});
    parser.addOption({{u"h"_s, u"help"_s}, u"Print this help and end"_s});
    parser.addOption({{u"v"_s, u"version"_s}, u"Print the version and end"_s});
}

Expected<AgentOptions> optionsOf(const QCommandLineParser &parser)
{
    const QStringList extra = parser.positionalArguments();
    if (!extra.isEmpty())
        return fail(ErrorKind::Usage, u"unexpected argument '%1'"_s.arg(extra.first()));
    if (!parser.isSet(u"store"_s))
        return fail(ErrorKind::Usage, u"--store URL is required"_s);
    AgentOptions options{parser.value(u"store"_s), {}};
    for (const QString &text : parser.values(u"instance"_s)) {
        const auto name = InstanceName::parse(text);
        if (!name)
            return fail(ErrorKind::Usage, u"--instance: "_s + name.error().detail);
        options.instances.push_back(*name);
    }
    options.learnSocket = parser.value(u"learn-socket"_s);
    options.hasKernelRoutes = !parser.isSet(u"no-kernel-routes"_s);
    if (parser.isSet(u"http-port"_s)) {
        bool isNumber = false;
        options.httpPort = parser.value(u"http-port"_s).toUShort(&isNumber);
        if (!isNumber || options.httpPort == 0)
            return fail(ErrorKind::Usage, u"--http-port must be 1 to 65535"_s);
    }
    if (parser.isSet(u"keep-history"_s)) {
        constexpr int kMost = 36'500;
        bool isNumber = false;
        const int days = parser.value(u"keep-history"_s).toInt(&isNumber);
        if (!isNumber || days < 0 || days > kMost)
            return fail(ErrorKind::Usage, u"--keep-history must be 0 to %1 days"_s.arg(kMost));
        options.keepHistory = std::chrono::hours(24 * days);
    }
    if (parser.isSet(u"move-window"_s)) {
        const auto window = DailyWindow::parse(parser.value(u"move-window"_s));
        if (!window)
            return fail(ErrorKind::Usage, u"--move-window: "_s + window.error().detail);
        options.moveWindow = *window;
    }
    return options;
}

QString refusal(const Error &error, const QString &url)
{
    QString text =
        u"%1: %2. Store: %3. Nothing was changed."_s.arg(nameOf(error.kind), error.detail, shownStoreUrl(url));
    if (error.kind == ErrorKind::NotFound)
        text +=
            u" A store is made by 'interlockctl --store URL store init', an instance by 'interlockctl instance add'."_s;
    return text;
}

int run(const AgentOptions &options, const ServiceNotifier &notifier)
{
    Agent agent(options, notifier);
    if (const auto started = agent.start(); !started)
        return refuse(kFailed, refusal(started.error(), options.store));
    StatusServer status(agent);
    if (options.httpPort != 0 && !status.listen(options.httpPort)) {
        agent.drain(); // a lease that is kept would make others wait
        return refuse(kFailed,
                      u"port %1 of the loopback cannot be listened on. Nothing was changed."_s.arg(options.httpPort));
    }
    UnixSignals signals({SIGTERM, SIGINT, SIGHUP});
    QObject::connect(&signals, &UnixSignals::received, &agent, [&](int number) {
        if (number == SIGHUP)
            agent.reload();
        else
            QCoreApplication::quit();
    });
    agent.announce(); // from here on a signal must mean what --help says
    const int result = QCoreApplication::exec();
    notifier.stopping();
    agent.drain();
    return result;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"interlockd"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(INTERLOCK_VERSION));
    qSetMessagePattern(
        u"%{if-category}%{category}: %{endif}%{if-warning}warning: %{endif}%{if-critical}error: %{endif}%{message}"_s);
    qInstallMessageHandler(writeLog);

    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(QCoreApplication::arguments()))
        return refuse(kWrongUsage, parser.errorText());
    if (parser.isSet(u"version"_s))
        parser.showVersion();
    if (parser.isSet(u"help"_s))
        parser.showHelp(0);
    const auto options = optionsOf(parser);
    return options ? run(*options, ServiceNotifier::fromEnvironment()) : refuse(kWrongUsage, options.error().detail);
}
