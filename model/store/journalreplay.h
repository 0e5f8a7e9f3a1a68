// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/rules/rows.h"
#include "model/store/connection.h"

#include <map>

namespace interlock {

/// The rows that the journal says there are: the last checkpoint and the images after it.
struct JournalReplay
{
    std::map<std::pair<std::size_t, QString>, Row> rows; ///< by table and key
    JournalId upTo;
    std::vector<StoreProblem> problems; ///< images that do not follow from the one before
};

/// Replays up to and including entry `last`. \returns StoreCorrupt when an image does not parse
[[nodiscard]] Expected<JournalReplay> replayJournal(Connection &connection, JournalId last);

} // namespace interlock
