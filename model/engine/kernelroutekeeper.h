// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/topologymirror.h"
#include "model/link/linux/kernelroutetable.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <set>

namespace interlock {

/// Keeps this host's kernel routes into the tunnels as the rows want them, so that no line of a server's configuration
/// is ever needed for a LAN. What somebody else set is left alone.
///
/// \source SEMANTICS.md 3; openvpn/FACTS.md 5
class KernelRouteKeeper : public QObject
{
    Q_OBJECT

public:
    /// The mirror must outlive it.
    explicit KernelRouteKeeper(TopologyMirror &mirror, QObject *parent = nullptr);

    /// Looks after `instance` from now on, whose server runs on this host.
    void add(const InstanceName &instance);
    /// Does so no more; the routes stay, because the sessions do.
    void remove(const InstanceName &instance);
    /// Soon, all that changed since in one go.
    void touch();

Q_SIGNALS:
    /// The prefixes that the kernel routes into the tunnel of `instance`, by us or by somebody else.
    void routesChanged(const interlock::InstanceName &instance, const std::vector<interlock::Prefix> &routes);

private:
    void reconcile();
    void reconcile(const InstanceName &instance);
    void complain(const InstanceName &instance, const QString &what);

    TopologyMirror &m_mirror;
    std::optional<KernelRouteTable> m_table;
    std::set<InstanceName> m_instances;
    std::map<InstanceName, QString> m_complaints; ///< said once each
    QTimer m_soon;
    QTimer m_again;
};

} // namespace interlock
