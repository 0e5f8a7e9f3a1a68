// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/importrun.h"

#include "model/commands/revertible.h"
#include "model/store/journalstore.h"
#include "model/store/sqlerrors.h"
#include "model/store/storabletext.h"

#include <QDeadlineTimer>
#include <QThread>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

/// Rows that are decided and put ready at a time: some tens of milliseconds, after which it is seen whether to go on.
constexpr std::size_t kStep = 2000;
/// Rows that are decided again under the lock, which takes some milliseconds.
constexpr std::size_t kMostUnderLock = 1000;
/// Beginnings, the first one included, before others are said to be in the way.
constexpr int kAttempts = 10;
constexpr std::size_t kNoMost = std::numeric_limits<std::size_t>::max();
/// Entries of others that are read at a time.
constexpr qint64 kCatchUpPage = 1000;
/// Entries that are brought in under the lock; many, and large ones, are brought in without it.
constexpr qint64 kPageUnderLock = 200;
/// How often the lock is given back because others have written too much meanwhile.
constexpr int kTurns = 100;
/// How soon an import that waits for another one looks again.
constexpr auto kLookEvery = 200ms;

tl::unexpected<Error> cancelled()
{
    return fail(ErrorKind::Conflict, u"the import was cancelled"_s, {{u"cancelled"_s, true}});
}

tl::unexpected<Error> overtaken()
{
    return fail(ErrorKind::Conflict, u"others went on changing the subnets and addresses that the import is about"_s,
                {{u"overtaken"_s, true}});
}

} // namespace

ImportRun::ImportRun(Connection &connection, const Clock &clock, const ImportRequest &request)
    : m_connection(connection), m_clock(clock), m_request(request)
{
}

bool ImportRun::goesOn(ImportProgress::Stage stage, std::size_t done) const
{
    const std::size_t total = m_request.rows->subnets.size() + m_request.rows->addresses.size();
    return !m_request.goesOn || m_request.goesOn({stage, done, total});
}

Expected<ImportResult> ImportRun::run()
{
    if (!isStorable(m_request.actor))
        return fail(ErrorKind::Invalid, u"a text holds a character that cannot be stored"_s);
    if (m_request.isDryRun)
        return attempts();
    if (const auto ok = awaitTurn(); !ok)
        return fail(ok.error());
    auto result = attempts();
    endImportTurn(m_connection);
    return result;
}

Expected<void> ImportRun::awaitTurn()
{
    for (;;) {
        const auto isOurs = takeImportTurn(m_connection);
        if (!isOurs)
            return fail(isOurs.error());
        if (*isOurs)
            return {};
        if (!goesOn(ImportProgress::Stage::Waiting, 0))
            return cancelled();
        QThread::msleep(static_cast<unsigned long>(kLookEvery.count()));
    }
}

Expected<ImportResult> ImportRun::attempts()
{
    for (int i = 0; i < kAttempts; ++i) {
        const auto end = attempt();
        // A constraint that refuses has seen a row that was committed after it was looked for.
        if (!end && !isConstraintError(end.error()))
            return fail(end.error());
        if (end && *end == End::Done)
            return std::move(m_result);
    }
    return overtaken();
}

Expected<void> ImportRun::load()
{
    m_replica = Replica();
    if (const auto begun = m_connection.beginRead(); !begun)
        return begun;
    const auto head = m_connection.journalHead();
    const auto read = head.and_then([&](const JournalHead &h) { return m_replica.advanceTo(m_connection, h); })
                          .and_then([&](const Replica::Progress &) {
                              m_replica.topology().noteWhole(); // it asks everywhere
                              return m_replica.readNoted(m_connection, 0);
                          });
    m_connection.rollback();
    if (read)
        m_head = *head;
    return read;
}

Expected<ImportRun::End> ImportRun::attempt()
{
    m_result = {};
    if (!goesOn(ImportProgress::Stage::Loading, 0))
        return cancelled();
    if (const auto ok = load(); !ok)
        return fail(ok.error());
    const Timestamp now = m_clock.now();
    SubnetImport import(*m_request.rows, now);
    ImportMerge merge(m_replica.topology(), *m_request.rows, now);
    const auto stage = ImportStage::make(m_connection);
    const auto decided = decideAll(import, merge, *stage);
    if (!decided || *decided == End::Again)
        return decided;
    m_result.refusals = import.takeRefusals();
    if (!m_result.refusals.empty() || m_request.isDryRun || m_result.changed == 0)
        return End::Done;
    merge.begin(import);
    return commit(merge, *stage, now);
}

Expected<ImportRun::End> ImportRun::decideAll(SubnetImport &import, ImportMerge &merge, ImportStage &stage)
{
    if (m_connection.isReadOnly() && !m_request.isDryRun)
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    if (!m_request.isDryRun) {
        if (const auto ok = stage.begin(); !ok)
            return fail(ok.error());
    }
    while (!import.isDone()) {
        if (!goesOn(ImportProgress::Stage::Checking, import.done()))
            return cancelled();
        // Each step is kept: when a row is refused, the topology goes with all of them.
        TopologyEdit edit(m_replica.topology());
        import.step(edit, kStep);
        const ChangeSet changes = edit.take();
        if (!import.refusals().empty()) {
            stage.abandon(); // the rest is decided to be told
            continue;
        }
        merge.note(changes);
        const auto kept = keep(changes, stage);
        if (!kept || *kept == End::Again)
            return kept;
    }
    return End::Done;
}

Expected<ImportRun::End> ImportRun::keep(const ChangeSet &changes, ImportStage &stage)
{
    if (!isStorable(changes))
        return fail(ErrorKind::Invalid, u"a text holds a character that cannot be stored"_s);
    count(changes);
    if (m_request.isDryRun)
        return End::Done;
    return stage.add(changes).and_then([&] { return stage.isInTheWay(); }).map([](bool isInTheWay) {
        return isInTheWay ? End::Again : End::Done;
    });
}

void ImportRun::count(const ChangeSet &changes)
{
    for (const RowChange &change : changes) {
        if (change.before)
            continue;
        if (std::holds_alternative<SubnetRow>(*change.after))
            ++m_result.newSubnets;
        else if (std::holds_alternative<AddressRow>(*change.after))
            ++m_result.newAddresses;
    }
    m_result.changed += changes.size();
    if (!m_request.isDryRun)
        return;
    if (m_result.changed <= m_request.mostChanges)
        m_result.changes.insert(m_result.changes.end(), changes.begin(), changes.end());
    else
        m_result.changes.clear();
}

Expected<std::optional<ImportRun::End>> ImportRun::catchUp(ImportMerge &merge, const JournalHead &head,
                                                           std::size_t most)
{
    if (head.incarnation != m_head.incarnation)
        return End::Again;
    const bool isLocked = most != kNoMost;
    if (isLocked && head.id.value - m_head.id.value > kPageUnderLock)
        return std::nullopt;
    while (m_head.id != head.id) {
        const qint64 behind = head.id.value - m_head.id.value;
        const auto entries =
            readEntriesAfter(m_connection, m_head.id, static_cast<int>(std::min(behind, kCatchUpPage)),
                             isLocked ? static_cast<qint64>(most) : std::numeric_limits<qint64>::max());
        if (!entries)
            return fail(entries.error());
        if (entries->empty())
            return End::Again; // it has gone back
        for (const JournalEntry &entry : *entries) {
            if (!entry.hasImages && isLocked)
                return std::nullopt;
            // What was pruned between two questions may have been another entry's images.
            if (!entry.hasImages || whyNotRevertible(entry.command) == NotRevertible::Prune)
                return End::Again;
            switch (merge.take(entry.changes, most)) {
            case ImportMerge::Verdict::Same:
                m_head.id = entry.id;
                break;
            case ImportMerge::Verdict::Different:
                return End::Again;
            case ImportMerge::Verdict::TooMuch:
                return std::nullopt;
            }
        }
    }
    return End::Done;
}

Expected<ImportRun::End> ImportRun::commit(ImportMerge &merge, ImportStage &stage, Timestamp now)
{
    int turns = 0;
    for (QDeadlineTimer patience(m_connection.url().patience); !patience.hasExpired() && turns < kTurns;) {
        if (!goesOn(ImportProgress::Stage::Storing, m_request.rows->subnets.size() + m_request.rows->addresses.size()))
            return cancelled();
        // Without the lock what is a lot, and with it the little that has come since.
        const auto before =
            m_connection.journalHead().and_then([&](const JournalHead &head) { return catchUp(merge, head, kNoMost); });
        if (!before || *before == End::Again)
            return before ? Expected<End>(End::Again) : fail(before.error());
        const auto isInTheWay = stage.isInTheWay();
        if (!isInTheWay || *isInTheWay)
            return isInTheWay ? Expected<End>(End::Again) : fail(isInTheWay.error());
        const auto locked = stage.lock();
        if (!locked)
            return fail(locked.error());
        if (!*locked)
            continue;
        const auto rest = catchUp(merge, **locked, kMostUnderLock);
        if (!rest || *rest == End::Again)
            return rest ? Expected<End>(End::Again) : fail(rest.error());
        if (!*rest) {
            stage.unlock();
            ++turns;
            patience.setRemainingTime(m_connection.url().patience); // nobody kept it waiting
            continue;
        }
        const JournalId id{m_head.id.value + 1};
        const QString name = commandName(ImportSubnets());
        if (const auto done = stage.commit({id,
                                            now,
                                            m_request.actor,
                                            name,
                                            argumentsOf(*m_request.rows),
                                            std::nullopt,
                                            !whyNotRevertible(name),
                                            true,
                                            {}});
            !done)
            return fail(done.error());
        m_result.journal = id;
        return End::Done;
    }
    return overtaken();
}

} // namespace interlock
