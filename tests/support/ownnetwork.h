// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>

#include <cerrno>
#include <cstring>
#include <sched.h>
#include <unistd.h>

// A network namespace of the test's own, so that what it does to routes and rules is seen by nobody else.

namespace interlock {

/// Moves this process, and what it starts from now on, into an empty network namespace.
/// \returns why that cannot be done here; empty when it was
inline QString enterOwnNetwork()
{
    if (geteuid() != 0)
        return QStringLiteral("changing routes and rules needs root");
    if (unshare(CLONE_NEWNET) != 0)
        return QStringLiteral("there are no network namespaces here: ") + QString::fromLocal8Bit(std::strerror(errno));
    return {};
}

struct Ran
{
    int exitCode = -1;
    QString output; ///< and error output
};

/// Runs `sh -e -c SCRIPT` in this process's namespace.
inline Ran sh(const QString &script, const QByteArray &input = {})
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("sh"), {QStringLiteral("-e"), QStringLiteral("-c"), script});
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        return {-1, process.errorString()};
    return {process.exitCode(), QString::fromUtf8(process.readAll())};
}

} // namespace interlock

// Skipping is for developers' machines; where CI is set, what cannot be tried has failed.
#define ENTER_OWN_NETWORK_OR_SKIP()                                                                                    \
    do {                                                                                                               \
        const QString missing = interlock::enterOwnNetwork();                                                          \
        if (!missing.isEmpty() && qEnvironmentVariableIsSet("CI"))                                                     \
            QFAIL(qPrintable(missing));                                                                                \
        if (!missing.isEmpty())                                                                                        \
            QSKIP(qPrintable(missing));                                                                                \
    } while (false)
