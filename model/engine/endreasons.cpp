// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/endreasons.h"

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// What was heard and never asked for is no more than that: sessions that nobody knew.
constexpr std::size_t kMaxHeard = 10'000;

/// As the alert says that the answerer wrote.
bool wasRefused(const SessionFact &fact)
{
    return std::ranges::any_of(fact.alerts, [](const QString &alert) { return alert.startsWith(u"refused: "); });
}

} // namespace

void EndReasons::hear(const QString &logLine)
{
    static const std::array<std::pair<QString, EndReason>, 3> kEndings{{
        {u" SIGUSR1[soft,ping-restart] received, client-instance restarting"_s, EndReason::PingTimeout},
        {u" CC-EEN exit message received by peer"_s, EndReason::Left},
        {u" SIGTERM[soft,remote-exit] received, client-instance exiting"_s, EndReason::Left},
    }};
    for (const auto &[ending, reason] : kEndings) {
        if (!logLine.endsWith(ending))
            continue;
        const QString who = logLine.chopped(ending.size());
        if (m_heard.size() >= kMaxHeard)
            m_heard.clear();
        m_heard.insert_or_assign(who.mid(who.lastIndexOf(u'/') + 1), reason);
        return;
    }
}

std::optional<EndReason> EndReasons::take(const LiveSession &session, const SessionRegistry &registry)
{
    const auto noted = m_noted.extract(session.cid);
    const auto heard = m_heard.extract(session.fact.realAddress);
    if (!noted.empty())
        return noted.mapped();
    if (session.fact.state == SessionState::Leaving)
        return wasRefused(session.fact) ? EndReason::Denied : EndReason::Restarted;
    if (!heard.empty())
        return heard.mapped();
    if (session.cn() && !registry.sessionsOf(*session.cn()).empty())
        return EndReason::Replaced;
    return std::nullopt;
}

void EndReasons::clear()
{
    m_noted.clear();
    m_heard.clear();
}
} // namespace interlock
