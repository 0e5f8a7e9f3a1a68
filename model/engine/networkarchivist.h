// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/networkapplier.h"

namespace interlock {

struct RestoreOrder
{
    NetworkName network;
    std::optional<SnapshotId> snapshot = {}; ///< the newest when absent
    bool isOverwriting = false;              ///< although the controller has the network, and otherwise
    bool hasMembers = false;                 ///< also make the members that the controller does not have
    QString holder;
};

struct RestoreReport
{
    std::optional<SnapshotInfo> snapshot;     ///< what was put back; always there in an answer
    bool wasLost = false;                     ///< the controller did not have the network
    bool isWritten = false;                   ///< the network was sent
    std::vector<FieldDifference> differences; ///< what the controller has otherwise than the snapshot
    std::vector<NodeId> missing;              ///< members of the snapshot that the controller does not have
    std::vector<NodeId> restored;             ///< those that were made again
    std::vector<FailedMember> failed;
};

/// Keeps copies of networks, and puts one back under the same id.
///
/// A controller rewrites its files in place and can lose a network and its members when it is killed. The members'
/// files are usually still there: a network that is made again under its id has them back after the controller was
/// restarted, which is better than making them again, because they have their identities then.
/// \source zerotier/FACTS.md 50, 51; CASES.md M12, R10
class NetworkArchivist : public QObject
{
public:
    explicit NetworkArchivist(const NetworkPorts &ports, QObject *parent = nullptr);

    /// \returns what NetworkReader::look() does
    [[nodiscard]] QFuture<Expected<SnapshotInfo>> keep(const NetworkName &network, const QString &reason);
    /// \returns NotFound without a snapshot; Conflict when the network is there and differs, unless it is to be
    ///          overwritten; LeaseHeld; what the client returns
    [[nodiscard]] QFuture<Expected<RestoreReport>> restore(RestoreOrder order);

private:
    struct Run;
    using Step = QFuture<Expected<void>>;

    [[nodiscard]] Step look(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step write(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step prove(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step findMissing(const std::shared_ptr<Run> &run);
    [[nodiscard]] Step makeMembers(const std::shared_ptr<Run> &run);

    NetworkPorts m_ports;
    NetworkReader m_reader;
};

} // namespace interlock
