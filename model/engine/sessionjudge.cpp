// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/sessionjudge.h"

#include "model/engine/routejudge.h"

#include <QElapsedTimer>

#include <algorithm>

using namespace std::chrono_literals;

namespace interlock {

namespace {

constexpr std::chrono::milliseconds kJudgeAfter = 50ms;

} // namespace

SessionJudge::SessionJudge(InstanceName instance, TopologyMirror &mirror, SessionRegistry &registry, const Clock &clock,
                           bool hasKernel, QObject *parent)
    : QObject(parent), m_instance(std::move(instance)), m_mirror(mirror), m_registry(registry), m_clock(clock),
      m_hasKernel(hasKernel)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(kJudgeAfter);
    connect(&m_timer, &QTimer::timeout, this, &SessionJudge::judgeAll);
}

void SessionJudge::setKernelRoutes(std::vector<Prefix> routes)
{
    if (routes == m_kernelRoutes)
        return;
    m_kernelRoutes = std::move(routes);
    judgeSoon();
}

void SessionJudge::judge(LiveSession &session)
{
    if (!m_mirror.isLoaded())
        return;
    std::vector<Prefix> routed = m_kernelRoutes;
    // Nobody looks after the kernel from here; the stand-in range is a line of the server's own (FACTS 5).
    const auto *instance = m_hasKernel ? nullptr : m_mirror.topology().find<InstanceRow>(m_instance);
    if (instance)
        routed.push_back(instance->standinRange);
    judgeRoutes(session, m_mirror.topology(), m_instance, m_registry, routed, m_clock.now());
}

bool SessionJudge::isToMove(MoveLivePolicy policy) const
{
    const bool isOpen = m_moveWindow && m_moveWindow->contains(m_clock.now());
    return policy == MoveLivePolicy::Now || (policy == MoveLivePolicy::Window && isOpen);
}

void SessionJudge::judgeAll()
{
    const auto *instance = m_mirror.isLoaded() ? m_mirror.topology().find<InstanceRow>(m_instance) : nullptr;
    if (!instance)
        return;
    QElapsedTimer took;
    took.start();
    const bool mayMove = isToMove(instance->moveLive);
    std::vector<openvpn::ClientId> first;
    std::vector<openvpn::ClientId> peers;
    m_registry.forEach([&](LiveSession &session) {
        judge(session);
        if (isHeldBackForNobody(session) || (mayMove && isMoved(session)))
            first.push_back(session.cid);
        else if (mayMove && hasStaleRoute(session))
            peers.push_back(session.cid);
    });
    // The owners of what moves, and their peers when all of it is where it belongs.
    for (const openvpn::ClientId cid : first.empty() ? peers : first)
        Q_EMIT shouldAskAgain(cid);
    Q_EMIT judged();
    // Of many sessions it takes long, and logins wait meanwhile: a small part of the time at most.
    m_timer.setInterval(
        std::max<std::chrono::milliseconds>(kJudgeAfter, std::chrono::milliseconds(20 * took.elapsed())));
}

} // namespace interlock
