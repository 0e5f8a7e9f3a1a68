// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/connecthandler.h"
#include "model/engine/engineports.h"
#include "model/engine/leasekeeper.h"
#include "model/engine/operationrunner.h"
#include "model/engine/sessionpublisher.h"
#include "model/engine/sessionregistry.h"
#include "model/link/openvpn/managementclient.h"

#include <QObject>
#include <QTimer>

#include <map>
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
    [[nodiscard]] quint64 answerCount() const { return m_answers; }
    [[nodiscard]] quint64 refusalCount() const { return m_refusals; }

    /// The row of the instance or others have changed.
    void rowsChanged(const std::vector<JournalEntry> &entries);
    void rowsReplaced();
    /// What this host's kernel routes into the tunnel now.
    void setKernelRoutes(std::vector<Prefix> routes);
    /// What OpenVPN's hook said: who has a MAC (verb add, update or delete).
    void learnt(const QString &verb, const QString &address, const QString &cn);

Q_SIGNALS:
    /// The link is up, down, or another run of the server began.
    void healthChanged();

private:
    [[nodiscard]] const InstanceRow *row() const;
    [[nodiscard]] Timestamp now() const { return m_ports.clock.now(); }

    void takeOver();
    void leave(const QString &why);
    void startLink();
    void dropLink(const QString &why);
    [[nodiscard]] std::optional<openvpn::LinkOptions> linkOptions();
    void updateHealth();

    void beginRun(const openvpn::ServerRun &run);
    /// Asks the store for the number of the run that is known by `run`, until it gives one.
    void numberRun(const QString &run);
    void setGeneration(qint64 number);
    void wipeMacs();
    void readStatus(const openvpn::StatusSnapshot &snapshot);
    void wakeWaiting(const openvpn::StatusSnapshot &snapshot, const std::vector<openvpn::ClientId> &candidates);
    void learnFromStatus(const openvpn::StatusSnapshot &snapshot);

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

    void compareEnvironment(LiveSession &session, const openvpn::ClientEnvironment &env);
    void answer(openvpn::ClientId cid);
    void give(openvpn::ClientId cid, Verdict verdict);
    void holdBack(LiveSession &session, ConnectDecision &decision);
    void refuse(openvpn::ClientId cid, openvpn::KeyId kid, const QString &reason,
                const SessionControl::Reply &reply = {});
    void restart(openvpn::ClientId cid, const SessionControl::Reply &reply = {});
    void endSession(const LiveSession &session);

    void judge(LiveSession &session);
    void judgeAll();
    void alert(LiveSession &session, const QString &sentence);

    const InstanceName m_instance;
    const EnginePorts m_ports;
    TopologyMirror &m_mirror;
    const EngineOptions m_options;
    SessionRegistry m_registry;
    LeaseKeeper m_lease;
    ConnectHandler m_handler;
    SessionPublisher m_publisher;
    OperationRunner m_operations;
    std::unique_ptr<openvpn::ManagementClient> m_client;

    Generation m_lastGeneration;
    std::map<qint64, SessionFact> m_published; ///< by client id: what an earlier owner showed of this run
    std::set<openvpn::ClientId> m_waiting;     ///< looked unanswered in the last status
    std::set<openvpn::ClientId> m_unanswered;  ///< asked while it was not certain that the lease is ours
    std::map<MacAddress, CommonName> m_macs;   ///< what was written of the last status
    std::vector<Prefix> m_kernelRoutes;
    QString m_management; ///< what the link was opened with
    QString m_serverVersion;
    QTimer m_judgeTimer;
    QTimer m_statusTimer;
    bool m_isNumbered = true; ///< the store was asked for the number of the present run
    quint64 m_run = 0;        ///< counts runs and links, so that late answers are known as such
    quint64 m_answers = 0;
    quint64 m_refusals = 0;
    std::vector<qint64> m_logins; ///< recent ones, microseconds
};

} // namespace interlock
