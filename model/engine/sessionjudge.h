// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/engine/sessionregistry.h"
#include "model/engine/topologymirror.h"
#include "model/rules/dailywindow.h"

#include <QObject>
#include <QTimer>

#include <optional>
#include <vector>

namespace interlock {

/// Compares the live sessions of one instance with what the rows say now. \source SEMANTICS.md 3
class SessionJudge : public QObject
{
    Q_OBJECT

public:
    /// \param hasKernel  this process looks after the kernel's routes; all references must outlive the judge
    SessionJudge(InstanceName instance, TopologyMirror &mirror, SessionRegistry &registry, const Clock &clock,
                 bool hasKernel, QObject *parent = nullptr);

    /// What this host's kernel routes into the tunnel now.
    void setKernelRoutes(std::vector<Prefix> routes);

    /// When sessions may be moved, where the policy is `window`; none: never.
    void setMoveWindow(const std::optional<DailyWindow> &window) { m_moveWindow = window; }

    void judge(LiveSession &session);
    void judgeAll();
    /// In a moment, all together.
    void judgeSoon() { m_timer.start(); }

Q_SIGNALS:
    /// Every session was judged.
    void judged();
    /// What was held back from its answer is free now; or it has what is another's, or a route to where that was, and
    /// the policy is to move it now.
    void shouldAskAgain(interlock::openvpn::ClientId cid);

private:
    const InstanceName m_instance;
    TopologyMirror &m_mirror;
    SessionRegistry &m_registry;
    const Clock &m_clock;
    const bool m_hasKernel;
    [[nodiscard]] bool isToMove(MoveLivePolicy policy) const;

    std::vector<Prefix> m_kernelRoutes;
    std::optional<DailyWindow> m_moveWindow;
    QTimer m_timer;
};

} // namespace interlock
