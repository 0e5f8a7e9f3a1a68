// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/topologymirror.h"
#include "model/link/linux/kernelroutetable.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace interlock {

/// Keeps this host's kernel routes into the tunnels as the rows want them and the live sessions need them, so that no
/// line of a server's configuration is ever needed for a LAN. What somebody else set is left alone, and said.
///
/// Works in the network namespace of the thread that makes it.
///
/// \source SEMANTICS.md 3; openvpn/FACTS.md 5
class KernelRouteKeeper : public QObject
{
    Q_OBJECT

public:
    /// What the live sessions of an instance have installed; none while that is not known here, as when another
    /// process serves it. Asked at each look, a few times a minute at least.
    using Installed = std::function<std::optional<std::vector<Prefix>>(const InstanceName &)>;

    /// The mirror, and what `installed` refers to, must outlive it.
    KernelRouteKeeper(TopologyMirror &mirror, Installed installed, QObject *parent = nullptr);

    /// Looks after `instance` from now on, whose server may run on this host. Every two seconds, because a tunnel
    /// device comes and goes with its server and takes its routes along. While it is not known what is installed,
    /// nothing is taken away.
    void add(const InstanceName &instance);
    /// Does so no more; the routes stay, because the sessions do.
    void remove(const InstanceName &instance);
    /// Soon, all that changed since in one go.
    void touch();

Q_SIGNALS:
    /// The addresses that the kernel routes into the tunnel of `instance`, by us or by somebody else, ascending and
    /// without those that a route of somebody else leads elsewhere. After each look.
    void routesChanged(const interlock::InstanceName &instance, const std::vector<interlock::Prefix> &routes);

private:
    void reconcile();
    void reconcile(const InstanceName &instance);
    [[nodiscard]] Expected<std::vector<Prefix>> wantedOn(const InstanceName &instance, const QString &device);
    void complain(const InstanceName &instance, const QString &what);

    TopologyMirror &m_mirror;
    const Installed m_installed;
    std::optional<KernelRouteTable> m_table;
    std::set<InstanceName> m_instances;
    std::map<InstanceName, QString> m_complaints; ///< said once each
    QTimer m_soon;
    QTimer m_again;
};

} // namespace interlock
