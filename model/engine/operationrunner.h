// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/commands/ports.h"
#include "model/engine/leasekeeper.h"
#include "model/engine/sessionregistry.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>

namespace interlock {

/// What an operation may do to a session. A reply is called once: whether the server knew the client.
struct SessionControl
{
    using Reply = std::function<void(const Expected<void> &)>;
    using ProbeReply = std::function<void(const Expected<QJsonObject> &)>;

    /// Makes the client come back and ask again.
    std::function<void(openvpn::ClientId, const Reply &)> restart;
    /// Ends it, with a reason for the client.
    std::function<void(openvpn::ClientId, const QString &reason, const Reply &)> refuse;
    /// Is told before one of the two why the session will end, for its history.
    std::function<void(openvpn::ClientId, EndReason)> because = {};
    /// Looks whether there is somebody behind it; none: this process cannot.
    std::function<void(const LiveSession &, const ProbeReply &)> probe = {};
};

/// Carries out what operators ask of the owner of an instance: takes it from the store, does it once, and answers only
/// with what was seen to happen, because the server says SUCCESS to a kill long before the session is gone.
///
/// The result of an operation is `{"sessions": [{"session", "proof", "returnedAs", "milliseconds"}]}`; the proof is
/// `disconnected` (its DISCONNECT came) or `returned` (the CN asked again under another id). Of several sessions some
/// may be without proof: `refused` (the server did not take the command) or `notSeen` (it took it, and nothing was seen
/// to happen in time). Without a single proof the operation has failed. The result of a probe is SessionProber's.
///
/// A reconnect may be about many: with the argument `cns`, an array, about every session of those; with `pending`,
/// about every session that is established and pending until its next connect, which may be none. They are restarted
/// one after the other, twenty a second, and the time in which each has to be seen begins with its turn.
///
/// \source openvpn/FACTS.md 21, 28-30, 65; SEMANTICS.md 4
class OperationRunner : public QObject
{
    Q_OBJECT

public:
    /// All must outlive the runner.
    OperationRunner(Operations &operations, const LeaseKeeper &lease, SessionRegistry &registry, SessionControl control,
                    QObject *parent = nullptr);

    /// Begins to take operations; `denials` are in force already.
    void start(const std::vector<Denial> &denials);
    /// What is under way fails with BackendUnavailable and `why`.
    void stop(const QString &why);

    /// The reason for the client when `cn` is refused at `now`, else none.
    [[nodiscard]] std::optional<QString> refusalOf(const CommonName &cn, Timestamp now) const;
    /// The client ids of operations are those of this run.
    void setGeneration(qint64 generation) { m_generation = generation; }

    /// Makes the client ask again when it is its turn: not all of them in one moment.
    void restartLater(openvpn::ClientId cid) { queueRestart(cid, EndReason::Restarted); }

    void sessionEnded(const LiveSession &session);
    void sessionAppeared(const LiveSession &session);

private:
    struct Job
    {
        std::size_t open = 0;  ///< sessions whose end is still to be seen
        bool isProved = false; ///< of one at least
        QJsonArray proofs;
    };
    struct Watch
    {
        OperationId operation;
        openvpn::ClientId cid;
        std::optional<CommonName> cn;
        QElapsedTimer since; ///< not valid before its turn
        std::chrono::milliseconds patience;
    };

    void take();
    void run(const Operation &operation);
    void probe(const Operation &operation, openvpn::ClientId cid);
    [[nodiscard]] Expected<std::vector<openvpn::ClientId>> targetsOf(const Operation &operation) const;
    void watch(const Operation &operation, openvpn::ClientId cid);
    void queueRestart(openvpn::ClientId cid, EndReason why);
    void restartNext();
    void say(openvpn::ClientId cid, EndReason why) const;
    void beginWatches(openvpn::ClientId cid);
    void prove(const Watch &watch, const QString &proof, const QJsonValue &returnedAs);
    /// Takes those watches that `is` is true of, and ends each so.
    template <typename Is>
    void settle(Is is, const QString &proof, const QJsonValue &returnedAs = {});
    void giveUp();
    void dropWatches(OperationId operation, const Error &why);
    void finish(OperationId id, const Expected<QJsonObject> &result);

    Operations &m_operations;
    const LeaseKeeper &m_lease;
    SessionRegistry &m_registry;
    SessionControl m_control;
    std::map<CommonName, Timestamp> m_denied;
    std::map<OperationId, Job> m_jobs;
    std::vector<Watch> m_watches;
    std::deque<std::pair<openvpn::ClientId, EndReason>> m_toRestart;
    QTimer m_takeTimer;
    QTimer m_restartTimer;
    qint64 m_generation = 0;
    bool m_isTaking = false;
};

} // namespace interlock
