// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/store/replica.h"

#include <functional>
#include <optional>
#include <vector>

namespace interlock {

/// Decides submissions and makes them durable: the only place that writes journalled rows.
///
/// A batch is one transaction; each submission in it is decided on the result of those before it. If the store refuses
/// the batch, each of its submissions is tried by itself, so that one bad apple spoils nobody's.
class CommitPath
{
public:
    struct Result
    {
        std::vector<Expected<Receipt>> receipts; ///< one for each submission, in order
        std::vector<JournalEntry> entries;       ///< what was committed, others' entries first, in journal order
        bool wasReloaded = false;
    };

    CommitPath(Replica &replica, const Clock &clock) : m_replica(replica), m_clock(clock) {}

    [[nodiscard]] Result commit(Connection &connection, const std::vector<Submission> &batch);

    /// Decides on the present rows and takes everything back.
    [[nodiscard]] Expected<Receipt> preview(Connection &connection, const Submission &submission);

private:
    struct Decided
    {
        Receipt receipt;
        std::optional<JournalEntry> entry;
    };

    struct Decisions
    {
        Result result;
        std::vector<JournalEntry> own;
        std::vector<Lease> fences;    ///< that are still to be checked
        std::optional<Error> failure; ///< of the batch as a whole
    };

    [[nodiscard]] Expected<Decided> decideOne(Connection &connection, const Submission &submission, bool keep);
    [[nodiscard]] Decisions decideAll(Connection &connection, std::span<const Submission> batch, bool isInTransaction);
    [[nodiscard]] Expected<void> writeAndCommit(Connection &connection, const std::vector<JournalEntry> &entries);
    [[nodiscard]] Result commitAll(Connection &connection, const std::vector<Submission> &batch);
    /// PostgreSQL, while nobody else writes: decides on the replica as it is, and sends the transaction as one message,
    /// which comes to nothing if somebody has written after all. \returns nothing when it has to be done step by step
    [[nodiscard]] std::optional<Expected<Result>> tryInOneTrip(Connection &connection,
                                                               std::span<const Submission> batch);
    [[nodiscard]] Expected<Result> tryBatch(Connection &connection, std::span<const Submission> batch);
    [[nodiscard]] Expected<Result> retryOne(Connection &connection, const Submission &submission);
    void takeBack(const std::vector<JournalEntry> &entries, JournalId head);

    Replica &m_replica;
    const Clock &m_clock;
    std::vector<JournalEntry> m_seen; ///< what came into the replica and was not told yet
    bool m_wasReloaded = false;
    bool m_isAlone = false; ///< nobody else wrote between the last two commits
};

} // namespace interlock
