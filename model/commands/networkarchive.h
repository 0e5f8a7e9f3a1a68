// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/id.h"
#include "model/values/memberrecord.h"
#include "model/values/networkrecord.h"
#include "model/values/timestamp.h"

#include <QFuture>

#include <optional>
#include <vector>

namespace interlock {

using SnapshotId = Id<struct SnapshotTag>;

/// A copy of a network as it was on its controller.
struct SnapshotInfo
{
    SnapshotId id;
    NetworkName network;
    NetworkId networkId;
    Timestamp takenAt;
    QString reason; ///< "apply", "timer", "manual", "restore"
    qint64 members = 0;
    QString checksum; ///< SHA-256 of what is kept, hexadecimal: equal copies are kept once

    friend bool operator==(const SnapshotInfo &, const SnapshotInfo &) = default;
};

/// The same with all that the controller said, for putting it back.
struct NetworkSnapshot
{
    SnapshotInfo info;
    QJsonObject network;
    std::vector<QJsonObject> members;
};

/// How far the row of a member has come.
struct MemberPush
{
    NetworkName network;
    NodeId node;
    qint64 version = 0; ///< of the row that was pushed or tried
    int tries = 0;      ///< that failed, one after the other; 0: proved at the controller
    QString lastError = {};
    Timestamp pushedAt = {};

    friend bool operator==(const MemberPush &, const MemberPush &) = default;
};

/// What a device's configuration was when it was rendered the last time.
struct SavedRendering
{
    QString device;
    QString name; ///< of the template
    QString checksum;
    QString text;
    Timestamp renderedAt;

    friend bool operator==(const SavedRendering &, const SavedRendering &) = default;
};

/// Durable notes that are no edits: nothing of it is journalled or undone. Every future is answered on every path;
/// calls may come from any thread. \source SEMANTICS.md 5
class NetworkArchive
{
public:
    virtual ~NetworkArchive() = default;

    /// Keeps a snapshot, unless the newest one of the network equals it, and the newest `kKeptSnapshots` of each
    /// network. \returns the one that holds it
    [[nodiscard]] virtual QFuture<Expected<SnapshotInfo>> saveSnapshot(NetworkSnapshot snapshot) = 0;
    /// Newest first.
    [[nodiscard]] virtual QFuture<Expected<std::vector<SnapshotInfo>>> snapshots(NetworkName network) = 0;
    /// The one with that id, or the newest. \returns NotFound; StoreCorrupt when it is not what was saved
    [[nodiscard]] virtual QFuture<Expected<NetworkSnapshot>> snapshot(NetworkName network,
                                                                      std::optional<SnapshotId> id) = 0;

    /// Makes or replaces the notes of these members.
    [[nodiscard]] virtual QFuture<Expected<void>> recordPushes(std::vector<MemberPush> pushes) = 0;
    /// By node.
    [[nodiscard]] virtual QFuture<Expected<std::vector<MemberPush>>> pushes(NetworkName network) = 0;

    [[nodiscard]] virtual QFuture<Expected<void>> saveRendering(SavedRendering rendering) = 0;
    /// None when it was never rendered.
    [[nodiscard]] virtual QFuture<Expected<std::optional<SavedRendering>>> rendering(QString device, QString name) = 0;
};

inline constexpr int kKeptSnapshots = 30;

} // namespace interlock
