// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/memberpusher.h"
#include "model/engine/networkturn.h"
#include "model/rules/networkproof.h"
#include "model/values/id.h"

namespace interlock {

/// What somebody wants to be sent to a controller.
struct ApplyOrder
{
    NetworkName network;
    std::vector<ApplyNeed> confirmed = {};
    /// fingerprintOf() what was looked at; refused as Stale when the controller has something else by now (M7)
    std::optional<QString> seen = {};
    QString actor;
    QString holder; ///< of the lease; unique to the process
};

/// What an apply did.
struct ApplyReport
{
    NetworkDiff diff;                         ///< as it was decided
    std::optional<NetworkRecord> after;       ///< as the controller has it now; always there in an answer
    std::vector<FieldDifference> differences; ///< what it did otherwise than asked: then the apply has failed in part
    int posts = 0;                            ///< of the network: 0 when nothing had to be sent
    std::optional<JournalId> journal = {};
    std::optional<SnapshotInfo> snapshot = {};
    QString snapshotError = {};
    std::optional<PushReport> members = {};
    std::optional<Error> membersError = {};

    [[nodiscard]] bool isWhole() const
    {
        return differences.empty() && !membersError &&
               (!members || (members->failed.empty() && members->refused.empty()));
    }
};

/// Sends a network what its rows say, and proves it.
///
/// The controller answers 200 to everything, and forgets what it does not like: what counts is what a fresh reading
/// shows. Routes of others survive. A gateway that changes takes two requests, the first without its target
/// (zerotier/FACTS.md 34); every other route is in both. Afterwards a snapshot is kept, and members follow.
///
/// \source DESIGN.md 6; SOURCES Z5, Z6, Z10; CASES.md M1 to M12
class NetworkApplier : public QObject
{
public:
    explicit NetworkApplier(const NetworkPorts &ports, QObject *parent = nullptr);

    /// \returns LeaseHeld while another process writes there; Conflict with `confirm`, the words that are missing;
    ///          Stale when somebody changed the network meanwhile; Limit; NotFound with `lost`; what the client
    ///          returns. With any of these nothing was changed, unless the payload says `partly`
    [[nodiscard]] QFuture<Expected<ApplyReport>> apply(ApplyOrder order, MemberPusher::Progress progress = {});

private:
    struct Run;
    using Step = QFuture<Expected<void>>;

    [[nodiscard]] Step decide(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step send(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step post(const std::shared_ptr<Run> &run, const NetworkEdit &edit);
    [[nodiscard]] Step settle(const std::shared_ptr<Run> &run, const Error &error);
    [[nodiscard]] Step prove(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step record(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step keep(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step pushMembers(const std::shared_ptr<Run> &run);

    NetworkPorts m_ports;
    NetworkReader m_reader;
    MemberPusher m_pusher;
};

/// `error`, of something that was sent in part, or may have been.
[[nodiscard]] Error partly(Error error);

/// A copy of what `sight` shows, for the archive.
[[nodiscard]] NetworkSnapshot snapshotOf(const NetworkSight &sight, const QString &reason, Timestamp now);

} // namespace interlock
