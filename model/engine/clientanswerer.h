// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/connecthandler.h"
#include "model/engine/engineports.h"
#include "model/engine/leasekeeper.h"
#include "model/engine/operationrunner.h"
#include "model/engine/sessionregistry.h"
#include "model/link/openvpn/managementclient.h"

#include <QObject>

#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace interlock {

/// Speaks to the clients of one instance: answers those that connect with what is committed, and refuses or restarts
/// them.
///
/// \source DESIGN.md 5; SEMANTICS.md 3
class ClientAnswerer : public QObject
{
    Q_OBJECT

public:
    using Reply = SessionControl::Reply;
    /// The reason for which a common name is refused now, else none.
    using RefusalOf = std::function<std::optional<QString>(const CommonName &)>;

    /// All references must outlive the answerer. \param actor  of what it commits, as the journal shows it
    ClientAnswerer(InstanceName instance, const EnginePorts &ports, TopologyMirror &mirror, const LeaseKeeper &lease,
                   SessionRegistry &registry, const QString &actor, RefusalOf refusalOf, QObject *parent = nullptr);

    /// Speaks through this link from now on, or through none. What was asked through another is not answered.
    void setLink(openvpn::ManagementClient *linkOrNull);
    /// Another run of the server has begun: what was asked before is not answered.
    void beginRun();

    /// A client that the registry knows asks.
    void connected(LiveSession &session, const openvpn::ClientEnvironment &env);
    /// A client asks again with its tunnel up.
    void reauthenticated(const openvpn::ClientReauth &event);
    /// Ends it at once, with a reason for the client; one that still waits and whose key is not known is restarted, and
    /// refused when it asks again. \source DECISIONS 35
    void refuse(openvpn::ClientId cid, const QString &reason, const Reply &reply = {});
    /// Makes it come back and ask.
    void restart(openvpn::ClientId cid, const Reply &reply = {});

    /// Answers given since the start, and refusals among them.
    [[nodiscard]] quint64 answerCount() const { return m_answers; }
    [[nodiscard]] quint64 refusalCount() const { return m_refusals; }
    /// The median of the last ones, from the event to the command, in microseconds; none before the first.
    [[nodiscard]] std::optional<qint64> loginMicroseconds() const;

Q_SIGNALS:
    /// The session was sent its answer.
    void answered(interlock::openvpn::ClientId cid);
    /// A session is being ended.
    void ending();

private:
    [[nodiscard]] const InstanceRow *row() const;
    void compareEnvironment(LiveSession &session, const openvpn::ClientEnvironment &env);
    void answer(openvpn::ClientId cid);
    void give(openvpn::ClientId cid, Verdict verdict);
    void holdBack(LiveSession &session, ConnectDecision &decision);
    void deny(openvpn::ClientId cid, openvpn::KeyId kid, const QString &reason, const Reply &reply = {});
    void end(openvpn::ClientId cid, const Expected<openvpn::ManagementCommand> &command, const QString &reason,
             const Reply &reply);
    void alert(LiveSession &session, const QString &sentence) const;

    const InstanceName m_instance;
    TopologyMirror &m_mirror;
    const LeaseKeeper &m_lease;
    SessionRegistry &m_registry;
    ConnectHandler m_handler;
    const RefusalOf m_refusalOf;
    openvpn::ManagementClient *m_linkOrNull = nullptr;
    /// Asked while it was not certain that the lease is ours: for their answers, and with new keys.
    std::set<openvpn::ClientId> m_unanswered;
    std::vector<openvpn::ClientReauth> m_unansweredKeys;
    quint64 m_run = 0; ///< counts runs and links, so that late answers are known as such
    quint64 m_answers = 0;
    quint64 m_refusals = 0;
    std::vector<qint64> m_logins; ///< recent ones, microseconds
};

} // namespace interlock
