// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/instanceengine.h"
#include "model/engine/kernelroutekeeper.h"
#include "model/engine/natkeeper.h"
#include "model/engine/patientgateway.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>

namespace interlock {

/// Serves the instances of a store: all of them or those that were asked for, as their rows come and go.
///
/// Lives on one thread, with everything that it owns.
class Engine : public QObject
{
    Q_OBJECT

public:
    /// The ports must outlive it.
    /// \param only  the instances to serve; none means all
    Engine(const EnginePorts &ports, EngineOptions options, std::set<InstanceName> only, QObject *parent = nullptr);

    /// Gives every lease up, and says so to the store; new ones are not taken.
    void stop();

    [[nodiscard]] const std::map<InstanceName, std::unique_ptr<InstanceEngine>> &instances() const
    {
        return m_instances;
    }
    [[nodiscard]] bool isStoreAvailable() const { return m_mirror.isStoreAvailable(); }

    /// What OpenVPN's hook told. \source SOURCES S4
    void learnt(const QString &instance, const QString &verb, const QString &address, const QString &cn);

Q_SIGNALS:
    void healthChanged();

private:
    void serve();
    /// What the live sessions of an instance have installed; none while this process does not know them.
    [[nodiscard]] std::optional<std::vector<Prefix>> installedOn(const InstanceName &instance) const;
    void rowsChanged(const std::vector<JournalEntry> &entries);

    PatientGateway m_patient;  ///< of clients that wait for their answer
    const EnginePorts m_ports; ///< with that one in place of the gateway that was given
    const EngineOptions m_options;
    const std::set<InstanceName> m_only;
    TopologyMirror m_mirror;
    std::unique_ptr<KernelRouteKeeper> m_kernel;
    std::unique_ptr<NatKeeper> m_nat;
    std::map<InstanceName, std::unique_ptr<InstanceEngine>> m_instances;
    QTimer m_beatTimer;
    bool m_isStopped = false;
};

} // namespace interlock
