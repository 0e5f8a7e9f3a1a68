// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllerclient.h"
#include "tests/support/scriptedhttp.h"

#include <QEventLoop>
#include <QFutureWatcher>
#include <QTimer>

#include <algorithm>

namespace interlock {

inline const QByteArray kToken = "s3cr3t-t0k3n-0123456789ab";

/// Long where a slow machine could be early, short where something is repeated.
inline constexpr ControllerTimes kTimes{std::chrono::seconds(60),     std::chrono::seconds(120), 3,
                                        std::chrono::milliseconds(2), std::chrono::seconds(60),  20};

inline NetworkId nwid(QStringView text = u"4bb852048089dc98")
{
    return *NetworkId::parse(text);
}

inline NodeId node(QStringView text = u"aabbccddee")
{
    return *NodeId::parse(text);
}

inline ControllerEndpoint endpointOf(const ScriptedHttp &server,
                                     ControllerFlavour flavour = ControllerFlavour::SelfHosted)
{
    return {server.url(), flavour};
}

/// The answer to `future`, which must come.
template <typename T>
Expected<T> await(QFuture<Expected<T>> future)
{
    // Not QTest::qWaitFor(), which looks every ten milliseconds.
    QEventLoop loop;
    QFutureWatcher<Expected<T>> watcher;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(std::chrono::seconds(60), &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!future.isFinished())
        loop.exec();
    if (!future.isFinished())
        return fail(ErrorKind::Usage, QStringLiteral("the test waited in vain"));
    return future.result();
}

/// "kind status tries", or "ok".
template <typename T>
QString verdict(const Expected<T> &answer)
{
    if (answer)
        return QStringLiteral("ok");
    const QJsonObject &payload = answer.error().payload;
    return QStringLiteral("%1 %2 %3")
        .arg(nameOf(answer.error().kind))
        .arg(payload[u"status"].toInt(-1))
        .arg(payload[u"tries"].toInt(-1));
}

/// How many of the requests begin with `prefix`.
inline qsizetype countOf(const ScriptedHttp &server, const QByteArray &prefix)
{
    const auto &all = server.requests();
    return std::count_if(all.begin(), all.end(), [&](const HttpRequest &each) { return each.line.startsWith(prefix); });
}

inline HttpAnswer status()
{
    return recorded(QStringLiteral("01-status-auth.http"), "status");
}

inline QByteArray networkBody(const QByteArray &id, const QByteArray &name = {})
{
    return R"({"id":")" + id + R"(","name":")" + name + R"(","revision":1})";
}

inline QByteArray memberBody(const QByteArray &id)
{
    return R"({"id":")" + id + R"(","address":")" + id +
           R"(","authorized":true,"ipAssignments":["10.1.1.10"],"noAutoAssignIps":true,"revision":1,"vMajor":-1,)"
           R"("tags":[],"capabilities":[],"creationTime":1795289967591,"objtype":"member","ssoExempt":false,)"
           R"("authenticationExpiryTime":0,"lastAuthorizedCredentialType":"api","lastAuthorizedTime":1795289967591})";
}

} // namespace interlock
