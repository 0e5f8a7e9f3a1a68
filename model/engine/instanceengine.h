// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/clientanswerer.h"
#include "model/engine/endreasons.h"
#include "model/engine/engineports.h"
#include "model/engine/generationkeeper.h"
#include "model/engine/historypruner.h"
#include "model/engine/leasekeeper.h"
#include "model/engine/maclearner.h"
#include "model/engine/natalerts.h"
#include "model/engine/operationrunner.h"
#include "model/engine/quarantinekeeper.h"
#include "model/engine/sessionjudge.h"
#include "model/engine/sessionprober.h"
#include "model/engine/sessionpublisher.h"
#include "model/engine/sessionregistry.h"
#include "model/link/openvpn/managementclient.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <set>

namespace interlock {

/// How one process serves instances.
struct EngineOptions
{
    QString holder;           ///< of leases; unique to the process, readable
    QString actor = {};       ///< of what the engine itself commits, as the journal shows it
    bool hasKernel = false;   ///< this process looks after the kernel's routes of this host
    openvpn::LinkTimes times; ///< tests shorten them
    LeaseTimes leaseTimes;
    LeaseRank rank = LeaseRank::Agent;
    std::chrono::milliseconds keepHistory{0};   ///< after a session was last seen; zero: for ever
    std::optional<DailyWindow> moveWindow = {}; ///< when sessions may be moved, where the policy is `window`
};

/// Owns one OpenVPN server: holds its lease, speaks to its management interface, answers the clients that connect, and
/// shows and records the sessions. Another process that has the lease is waited for.
///
/// \source DESIGN.md 5; SEMANTICS.md 3, 4
class InstanceEngine : public QObject
{
    Q_OBJECT

public:
    /// The ports and the mirror must outlive it, and the mirror is loaded and knows the instance.
    InstanceEngine(InstanceName instance, const EnginePorts &ports, TopologyMirror &mirror, EngineOptions options,
                   QObject *parent = nullptr);
    ~InstanceEngine() override;

    void start();
    /// Gives the lease up and leaves the server to itself: live sessions do not notice (FACTS 34).
    void stop();

    [[nodiscard]] const InstanceName &instance() const { return m_instance; }
    [[nodiscard]] bool isOwner() const { return m_lease.lease().has_value(); }
    [[nodiscard]] const QString &heldBy() const { return m_lease.heldBy(); }
    [[nodiscard]] const InstanceHealth &health() const { return m_publisher.health(); }
    [[nodiscard]] const SessionRegistry &registry() const { return m_registry; }
    /// Answers given since the start, and refusals among them.
    [[nodiscard]] quint64 answerCount() const { return m_answerer.answerCount(); }
    [[nodiscard]] quint64 refusalCount() const { return m_answerer.refusalCount(); }

    /// The row of the instance or others have changed.
    void rowsChanged(const std::vector<JournalEntry> &entries);
    void rowsReplaced();
    /// What this host's kernel routes into the tunnel now.
    void setKernelRoutes(std::vector<Prefix> routes) { m_judge.setKernelRoutes(std::move(routes)); }
    /// What this host does not translate, of connectors with `translation host`.
    void setNatProblems(const NatProblems &problems);
    /// What OpenVPN's hook said: who has a MAC (verb add, update or delete).
    void learnt(const QString &verb, const QString &address, const QString &cn);

Q_SIGNALS:
    /// The link is up, down, or another run of the server began.
    void healthChanged();

private:
    [[nodiscard]] const InstanceRow *row() const;
    [[nodiscard]] Timestamp now() const { return m_ports.clock.now(); }

    void connectParts();
    void takeOver();
    void leave(const QString &why);
    void startLink();
    void dropLink(const QString &why);
    void updateHealth();

    void beginRun(const openvpn::ServerRun &run);
    void setGeneration(qint64 number);
    void readStatus(const openvpn::StatusSnapshot &snapshot);
    void wakeWaiting(const openvpn::StatusSnapshot &snapshot, const std::vector<openvpn::ClientId> &candidates);

    void receive(const openvpn::Event &event);
    void on(const openvpn::ClientConnected &event);
    void on(const openvpn::ClientReauth &event);
    void on(const openvpn::ClientEstablished &event);
    void on(const openvpn::ClientDisconnected &event);
    void on(const openvpn::ClientAddress &event);
    void on(const openvpn::ByteCount &event);
    void on(const openvpn::LogLine &event);
    void on(const openvpn::StateChanged &event);
    template <typename Other>
    void on(const Other &)
    {
    }

    void endSession(const LiveSession &session);
    void recordUnwatched(bool isServerAnother);

    const InstanceName m_instance;
    const EnginePorts m_ports;
    TopologyMirror &m_mirror;
    const EngineOptions m_options;
    SessionRegistry m_registry;
    LeaseKeeper m_lease;
    GenerationKeeper m_generation;
    ClientAnswerer m_answerer;
    SessionJudge m_judge;
    SessionPublisher m_publisher;
    OperationRunner m_operations;
    MacLearner m_macs;
    SessionProber m_prober;
    EndReasons m_endReasons;
    NatAlerts m_natAlerts;
    HistoryPruner m_pruner;
    QuarantineKeeper m_quarantine;
    std::unique_ptr<openvpn::ManagementClient> m_client;

    std::set<openvpn::ClientId> m_waiting; ///< looked unanswered in the last status
    QString m_management;                  ///< what the link was opened with
    QString m_serverVersion;
    QTimer m_statusTimer;
    quint64 m_run = 0; ///< counts runs and links, so that late answers are known as such
};

} // namespace interlock
