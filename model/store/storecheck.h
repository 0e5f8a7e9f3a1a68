// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/store/connection.h"

namespace interlock {

/// Back end, schema version and row counts.
[[nodiscard]] Expected<StoreInfo> storeInfo(Connection &connection);

/// Everything that must hold and can be looked at: the database's own integrity, holds that overlap, rows that hang on
/// nothing, a journal without gaps whose images give today's rows. Empty means clean.
[[nodiscard]] Expected<std::vector<StoreProblem>> checkStore(Connection &connection);

/// Replays the images since the last checkpoint and compares the result with the tables.
[[nodiscard]] Expected<std::vector<StoreProblem>> verifyJournalImages(Connection &connection);

} // namespace interlock
