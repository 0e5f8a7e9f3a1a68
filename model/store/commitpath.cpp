// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/commitpath.h"

#include "model/commands/decide.h"
#include "model/store/bulkload.h"
#include "model/store/journalstore.h"
#include "model/store/rowtable.h"
#include "model/store/sqlerrors.h"

#include <iterator>
#include <ranges>
#include <span>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// From here on rows go through the bulk path.
constexpr std::size_t kBulkChanges = 200;

Error stale(qint64 expected, qint64 actual)
{
    return {ErrorKind::Stale,
            u"somebody else changed it: version %1 was expected, it is %2"_s.arg(expected).arg(actual),
            {{u"expected"_s, expected}, {u"actual"_s, actual}}};
}

} // namespace

Expected<CommitPath::Decided> CommitPath::decideOne(Connection &connection, const Submission &submission, bool keep)
{
    Topology &topology = m_replica.topology();
    if (submission.expectedVersion) {
        const auto actual = subjectVersion(topology, submission.command);
        if (!actual)
            return fail(ErrorKind::Usage, u"%1 is not about one versioned row"_s.arg(commandName(submission.command)));
        if (*actual != *submission.expectedVersion)
            return fail(stale(*submission.expectedVersion, *actual));
    }
    const Timestamp now = m_clock.now();
    std::optional<JournalId> reverts;
    TopologyEdit edit(topology);
    Expected<Outcome> outcome = std::monostate();
    if (const auto *revert = std::get_if<Revert>(&submission.command)) {
        const auto entry = readEntry(connection, revert->entry);
        if (!entry)
            return fail(entry.error());
        reverts = revert->entry;
        outcome = revertEntry(edit, *entry, now);
    } else {
        outcome = decide(edit, submission.command, now);
    }
    if (!outcome)
        return fail(outcome.error());
    Decided decided;
    decided.receipt.outcome = *std::move(outcome);
    decided.receipt.changes = keep ? edit.take() : edit.changes();
    if (keep && !decided.receipt.changes.empty()) {
        const JournalId id{m_replica.head().value + 1};
        decided.receipt.journal = id;
        decided.entry = JournalEntry{id,      now,  submission.actor, commandName(submission.command), commandArguments(submission.command),
                                     reverts, true, true,             decided.receipt.changes};
        m_replica.noteCommitted(id);
    }
    return decided;
}

Expected<void> CommitPath::write(Connection &connection, const JournalEntry &entry)
{
    if (entry.changes.size() >= kBulkChanges)
        return bulkWriteEntry(connection, entry);
    for (const RowChange &change : entry.changes) {
        if (const auto ok = writeChange(connection, change); !ok)
            return ok;
    }
    return writeEntry(connection, entry);
}

void CommitPath::takeBack(const std::vector<JournalEntry> &entries, JournalId head)
{
    for (const JournalEntry &entry : std::views::reverse(entries)) {
        for (const RowChange &change : std::views::reverse(entry.changes))
            m_replica.topology().apply({change.after, change.before});
    }
    m_replica.noteCommitted(head);
}

Expected<CommitPath::Result> CommitPath::tryBatch(Connection &connection, std::span<const Submission> batch)
{
    const auto head = connection.beginWrite();
    if (!head)
        return fail(head.error());
    auto progress = m_replica.advanceTo(connection, *head);
    if (!progress) {
        connection.rollback();
        m_replica.invalidate();
        return fail(progress.error());
    }
    Result result;
    result.wasReloaded = progress->wasReloaded;
    std::vector<JournalEntry> own;
    std::optional<Error> failure;
    for (const Submission &submission : batch) {
        auto decided = decideOne(connection, submission, true);
        if (!decided) {
            // A revert reads the store: when that fails, so does the batch.
            if (decided.error().kind == ErrorKind::StoreUnavailable) {
                failure = decided.error();
                break;
            }
            result.receipts.emplace_back(fail(decided.error()));
            continue;
        }
        if (decided->entry) {
            own.push_back(*std::move(decided->entry));
            if (const auto ok = write(connection, own.back()); !ok) {
                failure = ok.error();
                break;
            }
        }
        result.receipts.emplace_back(std::move(decided->receipt));
    }
    if (!failure) {
        if (own.empty()) {
            connection.rollback();
        } else if (const auto committed = connection.commit(); !committed) {
            failure = committed.error();
        }
    }
    if (failure) {
        connection.rollback();
        takeBack(own, head->id);
        return fail(*failure);
    }
    result.entries = std::move(progress->entries);
    result.entries.insert(result.entries.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
    return result;
}

Expected<CommitPath::Result> CommitPath::retryOne(Connection &connection, const Submission &submission)
{
    auto result = tryBatch(connection, std::span(&submission, 1));
    if (result || !isConstraintError(result.error()))
        return result;
    // The database knows better than the replica: read everything and decide once more.
    m_replica.invalidate();
    return tryBatch(connection, std::span(&submission, 1));
}

CommitPath::Result CommitPath::commit(Connection &connection, const std::vector<Submission> &batch)
{
    if (batch.size() > 1) {
        if (auto result = tryBatch(connection, batch))
            return *std::move(result);
    }
    Result all;
    for (const Submission &submission : batch) {
        auto one = retryOne(connection, submission);
        if (!one) {
            all.receipts.emplace_back(fail(one.error()));
            continue;
        }
        all.receipts.push_back(std::move(one->receipts.front()));
        all.entries.insert(all.entries.end(), std::make_move_iterator(one->entries.begin()), std::make_move_iterator(one->entries.end()));
        all.wasReloaded = all.wasReloaded || one->wasReloaded;
    }
    return all;
}

Expected<Receipt> CommitPath::preview(Connection &connection, const Submission &submission)
{
    return decideOne(connection, submission, false).map([](Decided decided) { return std::move(decided.receipt); });
}

} // namespace interlock
