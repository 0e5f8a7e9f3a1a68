// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/importgateway.h"
#include "model/commands/ports.h"
#include "model/store/importmerge.h"
#include "model/store/importstage.h"
#include "model/store/replica.h"

namespace interlock {

/// Carries out one import, on a connection and a replica of its own.
///
/// The rows are decided on the store as it was at the beginning. What others commit meanwhile is brought in beside
/// them, and the rows that it overlaps are decided again; so the store's lock is held for the last of that and for the
/// writing alone, and the import is what it would have been if all of it had happened in that moment.
class ImportRun
{
public:
    /// All must outlive it.
    ImportRun(Connection &connection, const Clock &clock, const ImportRequest &request);

    /// \returns as ImportGateway::importRows()
    [[nodiscard]] Expected<ImportResult> run();

private:
    /// Done, or to be begun anew.
    enum class End { Done, Again };

    /// One import after the other, so that none makes another begin anew.
    [[nodiscard]] Expected<void> awaitTurn();
    [[nodiscard]] Expected<ImportResult> attempts();
    [[nodiscard]] Expected<End> attempt();
    [[nodiscard]] Expected<void> load();
    /// Decides everything, and adds it to the stage unless it is a dry run.
    [[nodiscard]] Expected<End> decideAll(SubnetImport &import, ImportMerge &merge, ImportStage &stage);
    [[nodiscard]] Expected<End> keep(const ChangeSet &changes, ImportStage &stage);
    void count(const ChangeSet &changes);
    [[nodiscard]] Expected<End> commit(ImportMerge &merge, ImportStage &stage, Timestamp now);
    /// Brings in what others have committed up to `head`. \returns none when that is too much to be done now
    [[nodiscard]] Expected<std::optional<End>> catchUp(ImportMerge &merge, const JournalHead &head, std::size_t most);
    [[nodiscard]] bool goesOn(ImportProgress::Stage stage, std::size_t done) const;

    Connection &m_connection;
    const Clock &m_clock;
    const ImportRequest &m_request;
    Replica m_replica;
    JournalHead m_head; ///< up to which others' commits are in the replica's topology
    ImportResult m_result;
};

} // namespace interlock
