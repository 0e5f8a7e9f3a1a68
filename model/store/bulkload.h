// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/store/connection.h"

#include <memory>
#include <span>

namespace interlock {

/// Inserts many records quickly: COPY on PostgreSQL, one prepared statement of many rows on SQLite.
///
/// The columns are those of the table's insert statement `<table>_insert`; the value of each comes from
/// `valueOf(record, placeholder)`. The caller's transaction holds it all.
class BulkLoader
{
public:
    /// `statement` names an insert statement of resources/sql with one VALUES tuple.
    BulkLoader(Connection &connection, const QString &statement);
    ~BulkLoader();
    BulkLoader(const BulkLoader &) = delete;
    BulkLoader &operator=(const BulkLoader &) = delete;

    /// Adds one record; errors may show only at finish().
    template <typename ValueOf>
    [[nodiscard]] Expected<void> add(ValueOf &&valueOf)
    {
        if (const auto ok = start(); !ok)
            return ok;
        for (const QString &name : placeholders())
            append(valueOf(name));
        return endRecord();
    }
    /// Sends what is left. \returns Conflict when a constraint refused a record
    [[nodiscard]] Expected<void> finish();

private:
    struct Private;

    [[nodiscard]] const QStringList &placeholders() const;
    [[nodiscard]] Expected<void> start();
    void append(const QVariant &value);
    [[nodiscard]] Expected<void> endRecord();

    std::unique_ptr<Private> m;
};

/// Writes the rows of many changes, set by set: deletions and updates one by one, insertions in bulk.
[[nodiscard]] Expected<void> bulkWriteChanges(Connection &connection, std::span<const ChangeSet *const> sets);

/// Writes consecutive entries of many changes: the rows by bulkWriteChanges(), and the images.
[[nodiscard]] Expected<void> bulkWriteEntries(Connection &connection, std::span<const JournalEntry> entries);

} // namespace interlock
