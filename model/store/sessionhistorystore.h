// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/store/connection.h"

namespace interlock {

/// Writes rows in the name of `lease`, in transactions of some hundred. \returns LeaseHeld
[[nodiscard]] Expected<void> writeHistory(Connection &connection, const Lease &lease,
                                          const std::vector<SessionHistoryRow> &rows);
/// Newest first. \complexity O(log n) and what is found, for a CN; an address sorts all of its own
[[nodiscard]] Expected<std::vector<SessionHistoryRow>> readHistory(Connection &connection, const HistoryFilter &filter);

/// As LiveFeed::pruneHistory().
[[nodiscard]] Expected<qint64> pruneHistory(Connection &connection, const Lease &lease, std::chrono::milliseconds age,
                                            int atMost);

/// Number 0 before the first.
[[nodiscard]] Expected<Generation> readGeneration(Connection &connection, const InstanceName &instance);
/// The next one of the lease's instance; greater than any in the history. \returns LeaseHeld
[[nodiscard]] Expected<Generation> writeNextGeneration(Connection &connection, const Lease &lease, const QString &run);

} // namespace interlock
