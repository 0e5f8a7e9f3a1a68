// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/store/connection.h"
#include "model/store/journalpack.h"

#include <memory>
#include <optional>

namespace interlock {

/// Where the rows of an import wait for their commit, seen by nobody.
///
/// On SQLite they are in temporary tables, from which one statement takes them over. On PostgreSQL they are in their
/// tables already, in a transaction that takes the store's lock last of all; since somebody else may come to wait for a
/// row of it, it has to give way. In both cases the end of the connection, by kill -9 too, is the end of them.
class ImportStage
{
public:
    /// \param connection  of the import's own, which nobody else uses until the stage is gone
    [[nodiscard]] static std::unique_ptr<ImportStage> make(Connection &connection);
    virtual ~ImportStage() = default;
    ImportStage(const ImportStage &) = delete;
    ImportStage &operator=(const ImportStage &) = delete;

    [[nodiscard]] virtual Expected<void> begin() = 0;
    /// Changes of tenants, subnets and addresses, in the order of the journal.
    [[nodiscard]] virtual Expected<void> add(const ChangeSet &changes) = 0;
    /// Whether somebody waits for what was added: then it is to be abandoned at once.
    [[nodiscard]] virtual Expected<bool> isInTheWay() = 0;
    /// Takes the store's lock to write. \returns where the journal stands, or none when somebody else has the lock
    [[nodiscard]] virtual Expected<std::optional<JournalHead>> lock() = 0;
    /// Gives the lock back and keeps what was added.
    virtual void unlock() = 0;
    /// Under the lock: everything that was added becomes `entry`, which comes without changes.
    [[nodiscard]] virtual Expected<void> commit(JournalEntry entry) = 0;
    /// Everything that was added is gone.
    virtual void abandon() = 0;

protected:
    explicit ImportStage(Connection &connection) : m_connection(connection) {}

    [[nodiscard]] Connection &connection() { return m_connection; }
    void keepImages(const ChangeSet &changes);
    void forgetImages();
    [[nodiscard]] Expected<void> writeJournal(JournalEntry entry);

private:
    Connection &m_connection;
    ChangeSet m_few; ///< while they are too few for packs
    JournalPacker m_packer;
};

/// Whether this connection may import now; on PostgreSQL one import at a time puts its rows ready, since two of them
/// would wait for each other's. Its end gives the turn to the next, and so does the end of the connection.
[[nodiscard]] Expected<bool> takeImportTurn(Connection &connection);
void endImportTurn(Connection &connection);

} // namespace interlock
