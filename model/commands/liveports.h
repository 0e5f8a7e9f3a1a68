// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/lease.h"
#include "model/commands/operation.h"
#include "model/commands/sessionfact.h"
#include "model/commands/sessionhistory.h"

#include <QFuture>

#include <vector>

namespace interlock {

// What the live engine needs of the store, and what others need to see of the engine. Every future is answered on every
// path; calls may come from any thread.

/// Who owns what. Times are the database's; on SQLite a lock of the operating system beside the store decides, which is
/// free at once when its holder's process ends in whatever way. \source SEMANTICS.md 4
class Leases
{
public:
    virtual ~Leases() = default;

    /// Makes `holder` the owner for kLeaseTime, with an epoch greater than any before. The same holder may take again
    /// what it has.
    /// \returns LeaseHeld with payload `holder` while another's is fresh; ReadOnly; StoreUnavailable
    [[nodiscard]] virtual QFuture<Expected<Lease>> acquire(LeaseKind kind, QString name, QString holder) = 0;
    /// Prolongs it, from now; to be called each second. The answer says who wants it.
    /// \returns LeaseHeld when it was taken by a newer epoch or given up
    [[nodiscard]] virtual QFuture<Expected<Lease>> renew(Lease lease) = 0;
    /// Gives it up, so that the next one need not wait; a lease that is another's by now is no error.
    [[nodiscard]] virtual QFuture<Expected<void>> release(Lease lease) = 0;
    /// Asks whoever has it to hand over to `wantedBy`: its next renewals say so.
    [[nodiscard]] virtual QFuture<Expected<void>> ask(LeaseKind kind, QString name, QString wantedBy) = 0;
    /// Says that the agent `agent` is alive, for kAgentTime; seen in list() as kind Agent.
    [[nodiscard]] virtual QFuture<Expected<void>> beat(QString agent) = 0;
    /// Every lease there ever was and every agent, by kind and name.
    [[nodiscard]] virtual QFuture<Expected<std::vector<LeaseState>>> list() = 0;
};

/// One instance as it was last published.
struct LiveInstance
{
    InstanceHealth health;
    Timestamp publishedAt;             ///< by the database's clock
    std::optional<QString> owner = {}; ///< who has its lease now; none: what is shown is what the last owner saw

    friend bool operator==(const LiveInstance &, const LiveInstance &) = default;
};

/// The live facts at one moment.
struct LiveSnapshot
{
    Timestamp asOf;                      ///< by the database's clock
    std::vector<LiveInstance> instances; ///< by name; those that were ever published
    std::vector<SessionFact> sessions;   ///< by key
};

/// The run of a daemon in which client ids are unique.
struct Generation
{
    qint64 number = 0; ///< from 1
    QString run;       ///< what the engine noted to know it again: a process id, a start time

    friend bool operator==(const Generation &, const Generation &) = default;
};

/// Which publications may be left out while nobody looks.
enum class Publishing {
    WhileLookedAt, ///< counters, which are old in two seconds anyway
    Always,        ///< something that the next owner has to know: an answer, an end
};

/// Live facts: published by the owner of an instance, seen by everybody, and gone with a crash of the database. The
/// history of sessions, which stays.
class LiveFeed
{
public:
    virtual ~LiveFeed() = default;

    /// Replaces what is shown of the lease's instance. Cheap while nobody looks: then only the first of a lease and
    /// what is to be published `Always` are written. To be called at most every two seconds and when something changed
    /// that a reader should not wait for. \returns whether it was written; LeaseHeld when a newer epoch exists
    [[nodiscard]] virtual QFuture<Expected<bool>>
    publishSessions(Lease lease, InstanceHealth health, std::vector<SessionFact> sessions,
                    Publishing publishing = Publishing::WhileLookedAt) = 0;
    /// What is shown, of one instance or all. Reading tells the owners that somebody looks; what was not looked at for
    /// a while is old (`publishedAt`) until its owner has noticed, within about two seconds.
    [[nodiscard]] virtual QFuture<Expected<LiveSnapshot>> sessions(std::optional<InstanceName> instance) = 0;

    /// Makes or brings forward one durable row a session; an end that was recorded stays, and so does its reason.
    /// \returns LeaseHeld when a newer epoch exists
    [[nodiscard]] virtual QFuture<Expected<void>> recordHistory(Lease lease, std::vector<SessionHistoryRow> rows) = 0;
    /// Newest first.
    [[nodiscard]] virtual QFuture<Expected<std::vector<SessionHistoryRow>>> history(HistoryFilter filter) = 0;

    /// Removes rows of the lease's instance that began and were last seen alive longer than `age` ago, the oldest
    /// first, `atMost` in one transaction. \returns how many; LeaseHeld when a newer epoch exists
    [[nodiscard]] virtual QFuture<Expected<qint64>> pruneHistory(Lease lease, std::chrono::milliseconds age,
                                                                 int atMost) = 0;

    /// The last generation of `instance`, number 0 before the first. Durable.
    [[nodiscard]] virtual QFuture<Expected<Generation>> lastGeneration(InstanceName instance) = 0;
    /// Begins the next one. \returns LeaseHeld when a newer epoch exists
    [[nodiscard]] virtual QFuture<Expected<Generation>> beginGeneration(Lease lease, QString run) = 0;
};

/// Requests from anybody to the owner of an instance, and what became of them. Each is done once at most.
class Operations
{
public:
    virtual ~Operations() = default;

    /// \returns NoOwner when nobody has the instance's lease
    [[nodiscard]] virtual QFuture<Expected<OperationId>> request(Operation operation) = 0;
    /// \returns NotFound
    [[nodiscard]] virtual QFuture<Expected<OperationState>> state(OperationId id) = 0;
    /// For the holder, each 250 ms: what is queued for its instance, oldest first, now taken. Nobody else gets it.
    /// \returns LeaseHeld when a newer epoch exists
    [[nodiscard]] virtual QFuture<Expected<std::vector<Operation>>> take(Lease lease) = 0;
    /// \returns NotFound when `id` is not taken
    [[nodiscard]] virtual QFuture<Expected<void>> finish(OperationId id, Expected<QJsonObject> result) = 0;
    /// The denials of `instance` that have not run out, whether or not their operation was done: for an owner that
    /// starts.
    [[nodiscard]] virtual QFuture<Expected<std::vector<Denial>>> denials(InstanceName instance) = 0;
};

} // namespace interlock
