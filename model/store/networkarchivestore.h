// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/networkarchive.h"
#include "model/store/connection.h"

namespace interlock {

// Snapshots, pushes and renderings, in tables that are not journalled. Each writes in a transaction of its own.

[[nodiscard]] Expected<SnapshotInfo> writeSnapshot(Connection &connection, const NetworkSnapshot &snapshot);
[[nodiscard]] Expected<std::vector<SnapshotInfo>> readSnapshots(Connection &connection, const NetworkName &network);
[[nodiscard]] Expected<NetworkSnapshot> readSnapshot(Connection &connection, const NetworkName &network,
                                                     const std::optional<SnapshotId> &id);
[[nodiscard]] Expected<void> writePushes(Connection &connection, const std::vector<MemberPush> &pushes);
[[nodiscard]] Expected<std::vector<MemberPush>> readPushes(Connection &connection, const NetworkName &network);
[[nodiscard]] Expected<void> writeRendering(Connection &connection, const SavedRendering &rendering);
[[nodiscard]] Expected<std::optional<SavedRendering>> readRendering(Connection &connection, const QString &device,
                                                                    const QString &name);

} // namespace interlock
