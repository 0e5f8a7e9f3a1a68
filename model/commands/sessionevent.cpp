// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/sessionevent.h"

#include <algorithm>

namespace interlock {

namespace {

bool isEstablished(const SessionFact &fact)
{
    return fact.state == SessionState::Established || fact.state == SessionState::WithoutAddress;
}

void compare(const SessionFact *beforeOrNull, const SessionFact &after, Timestamp at, std::vector<SessionEvent> &events)
{
    const auto tell = [&](SessionEventKind kind, const QString &text = {}) {
        events.push_back({kind, at, after, text});
    };
    if (!beforeOrNull)
        tell(SessionEventKind::Connect);
    if (isEstablished(after) && (!beforeOrNull || !isEstablished(*beforeOrNull)))
        tell(SessionEventKind::Established);
    const bool haveRoutesChanged = beforeOrNull ? beforeOrNull->routes != after.routes ||
                                                      beforeOrNull->installed != after.installed ||
                                                      beforeOrNull->waitingFor != after.waitingFor
                                                : !after.installed.empty();
    if (haveRoutesChanged)
        tell(SessionEventKind::Routes);
    for (const QString &alert : after.alerts) {
        if (!beforeOrNull || !beforeOrNull->alerts.contains(alert))
            tell(SessionEventKind::Alert, alert);
    }
}

} // namespace

std::vector<SessionEvent> sessionEvents(std::vector<SessionFact> before, std::vector<SessionFact> after, Timestamp at)
{
    std::ranges::sort(before, {}, &SessionFact::key);
    std::ranges::sort(after, {}, &SessionFact::key);
    std::vector<SessionEvent> events;
    auto old = before.cbegin();
    const auto leave = [&] { events.push_back({SessionEventKind::Disconnect, at, *old++, {}}); };
    for (const SessionFact &now : after) {
        while (old != before.cend() && old->key < now.key)
            leave();
        const bool wasThere = old != before.cend() && old->key == now.key;
        compare(wasThere ? &*old : nullptr, now, at, events);
        if (wasThere)
            ++old;
    }
    while (old != before.cend())
        leave();
    return events;
}

} // namespace interlock
