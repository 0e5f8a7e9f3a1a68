// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/natalerts.h"

#include "model/engine/sessionalert.h"

namespace interlock {

bool NatAlerts::replace(NatProblems problems, SessionRegistry &registry)
{
    const NatProblems before = std::exchange(m_problems, std::move(problems));
    bool isChanged = false;
    const auto sentencesOf = [](const NatProblems &all, const CommonName &cn) {
        const auto it = all.find(cn);
        return it == all.end() ? QStringList() : it->second;
    };
    registry.forEach([&](LiveSession &session) {
        if (!session.cn())
            return;
        const QStringList old = sentencesOf(before, *session.cn());
        const QStringList now = sentencesOf(m_problems, *session.cn());
        if (old == now)
            return;
        isChanged = true;
        for (const QString &sentence : old) {
            if (!now.contains(sentence))
                session.fact.alerts.removeAll(sentence);
        }
        show(session);
    });
    return isChanged;
}

void NatAlerts::show(LiveSession &session) const
{
    const auto it = session.cn() ? m_problems.find(*session.cn()) : m_problems.end();
    if (it == m_problems.end())
        return;
    for (const QString &sentence : it->second)
        alert(m_instance, session, sentence);
}

} // namespace interlock
