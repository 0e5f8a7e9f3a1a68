// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/commitpath.h"

#include "model/commands/decide.h"
#include "model/commands/revertible.h"
#include "model/store/bulkload.h"
#include "model/store/journalstore.h"
#include "model/store/leasestore.h"
#include "model/store/pipeline.h"
#include "model/store/rowtable.h"
#include "model/store/sqlerrors.h"
#include "model/store/storabletext.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// From this many changes in a transaction on, they are written in bulk: fewer round trips, at the price of some
/// set-up.
constexpr std::size_t kBulkChanges = 16;

Error stale(qint64 expected, qint64 actual)
{
    return {ErrorKind::Stale,
            u"somebody else changed it: version %1 was expected, it is %2"_s.arg(expected).arg(actual),
            {{u"expected"_s, expected}, {u"actual"_s, actual}}};
}

bool isMuch(const std::vector<JournalEntry> &entries)
{
    std::size_t changes = 0;
    for (const JournalEntry &entry : entries)
        changes += entry.changes.size();
    return changes >= kBulkChanges;
}

/// Rows and journal of `entries`.
void addEntries(Pipeline &pipeline, const std::vector<JournalEntry> &entries)
{
    for (const JournalEntry &entry : entries) {
        for (const RowChange &change : inWritingOrder(entry.changes))
            addChange(pipeline, change);
        addEntry(pipeline, entry);
    }
}

void addFence(Pipeline &pipeline, const Lease &lease)
{
    pipeline.addGuard(u"write_fence"_s, [&](const QString &name) -> QVariant {
        if (name == u"kind"_s)
            return enumText(lease.kind);
        if (name == u"epoch"_s)
            return lease.epoch;
        return name == u"holder"_s ? lease.holder : lease.name;
    });
}

bool isRevert(const Submission &submission)
{
    return std::holds_alternative<Revert>(submission.command);
}

/// From so many rows of the tree on, its parts are not asked for one by one.
constexpr std::size_t kManyRows = 2000;

bool touchesMany(const Command &command)
{
    const auto *import = std::get_if<ImportSubnets>(&command);
    return import && import->subnets.size() + import->addresses.size() > kManyRows;
}

bool touchesMany(const JournalEntry &entry)
{
    return entry.changes.size() > kManyRows && std::ranges::any_of(entry.changes, [](const RowChange &change) {
               return std::holds_alternative<SubnetRow>(change.any()) ||
                      std::holds_alternative<AddressRow>(change.any());
           });
}

/// What is answered while parts of the tree are missing is not looked at.
tl::unexpected<Error> toBeAskedAgain()
{
    return fail(ErrorKind::Conflict, u"the subnet tree is to be read first"_s);
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
    if (!topology.hasWholeTree() && touchesMany(submission.command)) {
        topology.noteWhole();
        return toBeAskedAgain();
    }
    const Timestamp now = m_clock.now();
    std::optional<JournalId> reverts;
    TopologyEdit edit(topology);
    Expected<Outcome> outcome = std::monostate();
    if (const auto *revert = std::get_if<Revert>(&submission.command)) {
        const auto entry = readEntry(connection, revert->entry);
        if (!entry)
            return fail(entry.error());
        if (!topology.hasWholeTree() && touchesMany(*entry)) {
            topology.noteWhole();
            return toBeAskedAgain();
        }
        reverts = revert->entry;
        outcome = revertEntry(edit, *entry, now, revert->confirmed);
    } else {
        outcome = decide(edit, submission.command, now);
    }
    if (!outcome)
        return fail(outcome.error());
    if (!isStorable(submission.actor) || !isStorable(edit.changes()))
        return fail(ErrorKind::Invalid, u"a text holds a character that cannot be stored"_s);
    Decided decided;
    decided.receipt.outcome = *std::move(outcome);
    decided.receipt.changes = keep ? edit.take() : edit.changes();
    if (keep && !decided.receipt.changes.empty()) {
        const JournalId id{m_replica.head().value + 1};
        decided.receipt.journal = id;
        const QString name = commandName(submission.command);
        decided.entry = JournalEntry{id,
                                     now,
                                     submission.actor,
                                     name,
                                     commandArguments(submission.command),
                                     reverts,
                                     !whyNotRevertible(name),
                                     true,
                                     decided.receipt.changes};
        m_replica.noteCommitted(id);
    }
    return decided;
}

Expected<void> CommitPath::writeAndCommit(Connection &connection, const std::vector<JournalEntry> &entries)
{
    if (isMuch(entries))
        return bulkWriteEntries(connection, entries).and_then([&] { return connection.commit(); });
    if (connection.dialect() == Dialect::Postgres) {
        Pipeline pipeline(connection);
        addEntries(pipeline, entries);
        return pipeline.runAndCommit();
    }
    for (const JournalEntry &entry : entries) {
        for (const RowChange &change : inWritingOrder(entry.changes)) {
            if (const auto ok = writeChange(connection, change); !ok)
                return ok;
        }
        if (const auto ok = writeEntry(connection, entry); !ok)
            return ok;
    }
    return connection.commit();
}

void CommitPath::takeBack(const std::vector<JournalEntry> &entries, JournalId head)
{
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        for (auto change = entry->changes.rbegin(); change != entry->changes.rend(); ++change)
            m_replica.topology().apply({change->after, change->before});
    }
    m_replica.noteCommitted(head);
}

CommitPath::Decisions CommitPath::decideAll(Connection &connection, std::span<const Submission> batch,
                                            bool isInTransaction)
{
    Decisions all;
    std::optional<Lease> inForce; // engines submit many under one lease
    for (const Submission &submission : batch) {
        Expected<void> allowed;
        if (submission.fence && submission.fence != inForce) {
            if (isInTransaction)
                allowed = checkEpoch(connection, *submission.fence);
            else
                all.fences.push_back(*submission.fence);
            if (allowed)
                inForce = submission.fence;
        }
        auto decided = allowed.and_then([&] { return decideOne(connection, submission, true); });
        if (!decided) {
            // A revert reads the store, and so does a fence: when that fails, so does the batch.
            if (decided.error().kind == ErrorKind::StoreUnavailable) {
                all.failure = decided.error();
                break;
            }
            all.result.receipts.emplace_back(fail(decided.error()));
            continue;
        }
        if (decided->entry)
            all.own.push_back(*std::move(decided->entry));
        all.result.receipts.emplace_back(std::move(decided->receipt));
    }
    return all;
}

std::optional<Expected<CommitPath::Result>> CommitPath::tryInOneTrip(Connection &connection,
                                                                     std::span<const Submission> batch)
{
    if (connection.dialect() != Dialect::Postgres || !m_isAlone || !m_replica.isLoaded() ||
        std::ranges::any_of(batch, isRevert))
        return std::nullopt;
    const JournalHead head = m_replica.journalHead();
    Decisions all = decideAll(connection, batch, false);
    const bool isComplete = m_replica.topology().takeNotes().isEmpty();
    if (!isComplete || all.own.empty() || isMuch(all.own)) {
        takeBack(all.own, head.id);
        return std::nullopt;
    }
    Pipeline pipeline(connection, head);
    for (const Lease &fence : all.fences)
        addFence(pipeline, fence);
    addEntries(pipeline, all.own);
    if (const auto done = pipeline.runAndCommit(); !done) {
        takeBack(all.own, head.id);
        if (!pipeline.wasOvertaken())
            return fail(done.error());
        m_isAlone = false;
        return std::nullopt;
    }
    std::ranges::move(all.own, std::back_inserter(m_seen));
    return std::move(all.result);
}

Expected<CommitPath::Result> CommitPath::tryBatch(Connection &connection, std::span<const Submission> batch)
{
    if (auto done = tryInOneTrip(connection, batch))
        return *std::move(done);
    const auto head = connection.beginWrite();
    if (!head)
        return fail(head.error());
    auto progress = m_replica.advanceTo(connection, *head);
    if (!progress) {
        connection.rollback();
        return fail(progress.error());
    }
    // The replica has them now, so they are told even when this transaction comes to nothing.
    if (progress->wasReloaded) {
        m_seen.clear();
        m_wasReloaded = true;
    }
    std::ranges::move(progress->entries, std::back_inserter(m_seen));
    m_isAlone = progress->entries.empty() && !progress->wasReloaded;
    Decisions all = decideAll(connection, batch, true);
    for (int round = 0; !all.failure && m_replica.topology().hasNotes(); ++round) {
        takeBack(all.own, head->id);
        if (const auto read = m_replica.readNoted(connection, round); !read) {
            connection.rollback();
            return fail(read.error());
        }
        all = decideAll(connection, batch, true);
    }
    if (!all.failure) {
        if (all.own.empty()) {
            connection.rollback();
        } else if (const auto committed = writeAndCommit(connection, all.own); !committed) {
            all.failure = committed.error();
        }
    }
    if (all.failure) {
        connection.rollback();
        takeBack(all.own, head->id);
        return fail(*all.failure);
    }
    std::ranges::move(all.own, std::back_inserter(m_seen));
    return std::move(all.result);
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
    Result all = commitAll(connection, batch);
    all.entries = std::exchange(m_seen, {});
    all.wasReloaded = std::exchange(m_wasReloaded, false);
    return all;
}

CommitPath::Result CommitPath::commitAll(Connection &connection, const std::vector<Submission> &batch)
{
    Result all;
    if (batch.size() > 1) {
        auto result = tryBatch(connection, batch);
        if (result)
            return *std::move(result);
        // Nobody's fault, and each try may last as long as the first: all get the same answer.
        if (result.error().kind == ErrorKind::StoreUnavailable) {
            all.receipts.assign(batch.size(), fail(result.error()));
            return all;
        }
    }
    for (const Submission &submission : batch) {
        auto one = retryOne(connection, submission);
        if (one)
            all.receipts.push_back(std::move(one->receipts.front()));
        else
            all.receipts.emplace_back(fail(one.error()));
    }
    return all;
}

Expected<Receipt> CommitPath::preview(Connection &connection, const Submission &submission)
{
    return decideOne(connection, submission, false).map([](Decided decided) { return std::move(decided.receipt); });
}

} // namespace interlock
