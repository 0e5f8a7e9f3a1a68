// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockd/statusserver.h"

#include "app/interlockd/agent.h"

#include <QHostAddress>
#include <QTextStream>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct Metric
{
    const char *name;
    const char *type;
    const char *help;
    qint64 (*value)(const InstanceEngine &);
};

qint64 countOf(const InstanceEngine &instance, SessionState state)
{
    qint64 count = 0;
    instance.registry().forEach([&](const LiveSession &session) { count += session.fact.state == state ? 1 : 0; });
    return count;
}

constexpr Metric kMetrics[] = {
    {"interlock_instance_owned", "gauge", "1 while this process answers the instance's clients",
     [](const InstanceEngine &i) -> qint64 { return i.isOwner() ? 1 : 0; }},
    {"interlock_link_ready", "gauge", "1 while the management interface answers",
     [](const InstanceEngine &i) -> qint64 { return i.health().link == "ready"_L1 ? 1 : 0; }},
    {"interlock_generation", "gauge", "Number of the server's run",
     [](const InstanceEngine &i) { return i.health().generation; }},
    {"interlock_sessions_established", "gauge", "Sessions that are established",
     [](const InstanceEngine &i) { return countOf(i, SessionState::Established); }},
    {"interlock_sessions_waiting", "gauge", "Clients that nobody has answered yet",
     [](const InstanceEngine &i) { return countOf(i, SessionState::Waiting); }},
    {"interlock_sessions_not_applied", "gauge", "Sessions whose routes are not what the rows want",
     [](const InstanceEngine &i) {
         qint64 count = 0;
         i.registry().forEach([&](const LiveSession &s) { count += s.fact.routes == RouteState::Applied ? 0 : 1; });
         return count;
     }},
    {"interlock_answers_total", "counter", "Clients admitted since the start",
     [](const InstanceEngine &i) { return static_cast<qint64>(i.answerCount()); }},
    {"interlock_refusals_total", "counter", "Clients refused since the start",
     [](const InstanceEngine &i) { return static_cast<qint64>(i.refusalCount()); }},
    {"interlock_login_microseconds", "gauge", "From CLIENT:CONNECT to the answer, recent median",
     [](const InstanceEngine &i) { return i.health().loginMicroseconds.value_or(0); }},
};

QByteArray metricsOf(const Agent &agent)
{
    QString text;
    QTextStream out(&text);
    out << "# HELP interlock_store_available 1 while the store answers\n# TYPE interlock_store_available gauge\n"
        << "interlock_store_available " << (agent.isStoreAvailable() ? 1 : 0) << '\n';
    for (const Metric &metric : kMetrics) {
        out << "# HELP " << metric.name << ' ' << metric.help << "\n# TYPE " << metric.name << ' ' << metric.type
            << '\n';
        for (const auto &entry : agent.engine().instances()) {
            out << metric.name << "{instance=\"" << entry.first.toString() << "\"} " << metric.value(*entry.second)
                << '\n';
        }
    }
    out.flush();
    return text.toUtf8();
}

/// One line for each thing that is not well.
QStringList faultsOf(const Agent &agent)
{
    QStringList faults;
    if (!agent.isStoreAvailable())
        faults += u"the store is unavailable"_s;
    for (const auto &entry : agent.engine().instances()) {
        const InstanceEngine &instance = *entry.second;
        if (instance.isOwner() && instance.health().link != "ready"_L1) {
            faults +=
                u"instance %1: %2 %3"_s.arg(entry.first.toString(), instance.health().link, instance.health().why);
        }
    }
    return faults;
}

} // namespace

StatusServer::StatusServer(const Agent &agent) : m_agent(agent)
{
    m_server.route(u"/metrics"_s, [this] {
        return QHttpServerResponse("text/plain; version=0.0.4; charset=utf-8", metricsOf(m_agent));
    });
    m_server.route(u"/healthz"_s, [this] {
        const QStringList faults = faultsOf(m_agent);
        const QByteArray body = faults.isEmpty() ? "ok\n" : faults.join(u'\n').toUtf8() + '\n';
        return QHttpServerResponse("text/plain; charset=utf-8", body,
                                   faults.isEmpty() ? QHttpServerResponse::StatusCode::Ok
                                                    : QHttpServerResponse::StatusCode::ServiceUnavailable);
    });
}

bool StatusServer::listen(quint16 port)
{
    return m_server.listen(QHostAddress::LocalHost, port) == port;
}

} // namespace interlock
