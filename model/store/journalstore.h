// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/store/connection.h"
#include "model/store/journalpack.h"

#include <limits>
#include <span>

namespace interlock {

class Pipeline;

/// Writes an entry with its images; `entry.id` must be one more than the head.
[[nodiscard]] Expected<void> writeEntry(Connection &connection, const JournalEntry &entry);

/// The same as a part of a pipeline.
void addEntry(Pipeline &pipeline, const JournalEntry &entry);

/// The same for consecutive entries that are many, or have many changes. \see BulkLoader
[[nodiscard]] Expected<void> writeEntriesInBulk(Connection &connection, std::span<const JournalEntry> entries);

/// The packed images of an entry that is written without its changes.
[[nodiscard]] Expected<void> writePacks(Connection &connection, JournalId id, std::span<const JournalPack> packs);

/// Entries after `after`, ascending, with their images; at most `limit`. When one has more than `mostPacked` changes in
/// packs, all come without images: reading the rows anew is quicker then.
[[nodiscard]] Expected<std::vector<JournalEntry>>
readEntriesAfter(Connection &connection, JournalId after, int limit,
                 qint64 mostPacked = std::numeric_limits<qint64>::max());

/// The same for whoever goes through all of them, a page at a time: at least one, and no more than have about
/// `mostPacked` changes in packs together, so that memory holds them.
[[nodiscard]] Expected<std::vector<JournalEntry>> readPageAfter(Connection &connection, JournalId after, int limit,
                                                                qint64 mostPacked);

/// A page of entries without images, newest first.
[[nodiscard]] Expected<std::vector<JournalEntry>> readEntries(Connection &connection, const JournalFilter &filter);

/// One entry with its images. \returns NotFound
[[nodiscard]] Expected<JournalEntry> readEntry(Connection &connection, JournalId id);

} // namespace interlock
