// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/storeproof.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

ReplaceIroutes set(int number, const char *lan = "10.1.0.0/16")
{
    return {CommonName::parse(u"site-%1"_s.arg(number)).value(), {prefix(lan)}};
}

QList<qint64> numbersOf(const std::vector<JournalEntry> &entries)
{
    QList<qint64> numbers;
    for (const JournalEntry &entry : entries)
        numbers.append(entry.id.value);
    return numbers;
}

QList<qint64> list(Store &store, const JournalFilter &filter)
{
    return numbersOf(await(store.journal(filter)).value());
}

Expected<Receipt> submitAs(Store &store, const QString &actor, Command command)
{
    return await(store.submit({std::move(command), actor}));
}

} // namespace

class TestJournal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void onlyWhatChangedSomethingGetsANumberAndNoneIsLeftOut_data() { addDialectRows(); }
    void onlyWhatChangedSomethingGetsANumberAndNoneIsLeftOut() // SOURCES S2
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto first = place.open();
        const auto second = place.open();
        VERIFY_OK(submit(*first, usualInstance()));
        QCOMPARE(submit(*first, set(1))->journal->value, 2);
        QVERIFY(!submit(*second, set(1))->journal); // as it is already
        VERIFY_FAILS(submit(*second, ReleaseClaim{cn("x"), prefix("10.1.0.0/16")}), ErrorKind::NotFound);
        const qint64 next = submit(*second, set(2))->journal->value;
        QCOMPARE(submit(*first, set(3))->journal->value, next + 1);
        const auto entries = wholeJournal(*first);
        for (std::size_t i = 0; i < entries.size(); ++i)
            QCOMPARE(entries[i].id.value, static_cast<qint64>(i) + 1);
        QCOMPARE(findings(*first), QStringList());
    }

    void anEntrySaysWhoDidWhatToWhichRows_data() { addDialectRows(); }
    void anEntrySaysWhoDidWhatToWhichRows()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const auto store = place.open(&clock);
        VERIFY_OK(submit(*store, set(1)));
        clock.advance(std::chrono::minutes(5));
        const auto receipt = submitAs(*store, u"jane \"o'hara\""_s, set(1, "10.2.0.0/16"));
        VERIFY_OK(receipt);
        const auto entry = await(store->journalEntry(*receipt->journal));
        VERIFY_OK(entry);
        QCOMPARE(entry->actor, u"jane \"o'hara\""_s);
        QCOMPARE(entry->at, clock.now());
        QCOMPARE(entry->command, u"replaceIroutes"_s);
        QCOMPARE(entry->arguments, commandArguments(set(1, "10.2.0.0/16")));
        QVERIFY(entry->changes == receipt->changes);
        QVERIFY(entry->isRevertible && entry->hasImages && !entry->reverts);
        VERIFY_FAILS(await(store->journalEntry({99})), ErrorKind::NotFound);
    }

    void anAnswerToAClientIsNotTakenBack_data() { addDialectRows(); }
    void anAnswerToAClientIsNotTakenBack() // SEMANTICS 5
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(submit(*store, set(1)));
        const auto answered = submit(*store, DecideConnect{cn("site-1"), instanceName()});
        VERIFY_OK(answered);
        QVERIFY(answered->journal);
        const auto entry = await(store->journalEntry(*answered->journal));
        VERIFY_OK(entry);
        QVERIFY(!entry->isRevertible);
        const auto rows = allRows(*store);
        VERIFY_FAILS(submit(*store, Revert{entry->id}), ErrorKind::Unsupported);
        QVERIFY(allRows(*store) == rows);
        VERIFY_OK(submit(*store, Revert{{2}})); // the operator's edit before it is
    }

    void aListIsPagedAndFiltered_data() { addDialectRows(); }
    void aListIsPagedAndFiltered()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submitAs(*store, u"ann"_s, usualInstance())); // 1
        for (int i = 2; i <= 7; ++i)
            VERIFY_OK(submitAs(*store, i % 2 == 0 ? u"ben"_s : u"ann"_s, set(i)));
        VERIFY_OK(submitAs(*store, u"ben"_s, ExcludePrefix{prefix("100.64.0.0/24"), {}})); // 8
        QCOMPARE(list(*store, {}), (QList<qint64>{8, 7, 6, 5, 4, 3, 2, 1}));
        QCOMPARE(list(*store, {.limit = 3}), (QList<qint64>{8, 7, 6}));
        QCOMPARE(list(*store, {.limit = 3, .before = JournalId{6}}), (QList<qint64>{5, 4, 3}));
        QCOMPARE(list(*store, {.actor = u"ann"_s}), (QList<qint64>{7, 5, 3, 1}));
        QCOMPARE(list(*store, {.table = u"claim_exclusion"_s}), (QList<qint64>{8}));
        QCOMPARE(list(*store, {.limit = 2, .table = u"client_iroute"_s, .actor = u"ben"_s, .before = JournalId{6}}),
                 (QList<qint64>{4, 2}));
        QCOMPARE(list(*store, {.table = u"no such table'; --"_s}), QList<qint64>());
        const auto entries = await(store->journal({}));
        QVERIFY(std::ranges::all_of(*entries, [](const JournalEntry &entry) { return entry.changes.empty(); }));
    }

    void pruningDropsImagesAndKeepsEntries_data() { addDialectRows(); }
    void pruningDropsImagesAndKeepsEntries()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const auto store = place.open(&clock);
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(submit(*store, set(1)));
        VERIFY_OK(submit(*store, set(2)));
        clock.advance(std::chrono::hours(1));
        const Timestamp boundary = clock.now();
        VERIFY_OK(submit(*store, set(3))); // 4, at the boundary: stays
        const auto rows = allRows(*store);
        const auto before = await(store->journal({}));

        const auto gone = await(store->pruneJournal(boundary, u"keeper"_s));
        VERIFY_OK(gone);
        QCOMPARE(*gone, 3);
        const auto entries = wholeJournal(*store);
        QCOMPARE(entries.size(), std::size_t{5});
        for (std::size_t i = 0; i < 3; ++i) {
            QVERIFY(!entries[i].hasImages);
            QVERIFY(entries[i].changes.empty());
            QCOMPARE(entries[i].command, before->at(before->size() - 1 - i).command);
            QCOMPARE(entries[i].arguments, before->at(before->size() - 1 - i).arguments);
        }
        QVERIFY(entries[3].hasImages && !entries[3].changes.empty());
        QCOMPARE(entries[4].command, u"pruneJournal"_s);
        QCOMPARE(entries[4].actor, u"keeper"_s);
        QVERIFY(!entries[4].isRevertible);
        QVERIFY(allRows(*store) == rows);
        VERIFY_FAILS(submit(*store, Revert{{2}}), ErrorKind::Unsupported);
        QCOMPARE(findings(*store), QStringList());
        QCOMPARE(await(store->verifyJournal())->size(), std::size_t{0});
        VERIFY_OK(submit(*store, Revert{{4}}));

        // Once more, over the first checkpoint.
        clock.advance(std::chrono::hours(1));
        const auto more = await(store->pruneJournal(clock.now(), u"keeper"_s));
        VERIFY_OK(more);
        QCOMPARE(*more, 3);
        QCOMPARE(*await(store->pruneJournal(boundary, u"keeper"_s)), 0); // nothing left: no entry either
        QCOMPARE(wholeJournal(*store).size(), std::size_t{7});
        QCOMPARE(findings(*store), QStringList());
    }

    void aClockThatWentBackPrunesNothingThatMustStay_data() { addDialectRows(); }
    void aClockThatWentBackPrunesNothingThatMustStay()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const auto store = place.open(&clock);
        clock.advance(std::chrono::hours(2));
        VERIFY_OK(submit(*store, set(1)));
        clock.advance(-std::chrono::hours(2));
        VERIFY_OK(submit(*store, set(2)));
        const auto gone = await(store->pruneJournal(clock.now() + std::chrono::hours(1), u"keeper"_s));
        VERIFY_OK(gone);
        QCOMPARE(*gone, 0);
        VERIFY_OK(submit(*store, Revert{{1}}));
        QCOMPARE(findings(*store), QStringList());
    }

    void aRowChangedBehindTheJournalsBackIsFound_data() { addDialectRows(); }
    void aRowChangedBehindTheJournalsBackIsFound()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        for (int i = 0; i < 3; ++i)
            VERIFY_OK(submit(*store, set(i)));
        QCOMPARE(await(store->verifyJournal())->size(), std::size_t{0});
        const auto connection = rawConnection(place.url());
        VERIFY_OK(raw(*connection, u"UPDATE connector SET description = 'by hand' WHERE cn = 'site-0'"_s));
        VERIFY_OK(raw(*connection, u"DELETE FROM client_iroute WHERE cn = 'site-1'"_s));
        VERIFY_OK(raw(
            *connection,
            u"INSERT INTO connector (cn, group_name, description, translation, created_at, version) VALUES ('stray', '', '', 'client', 0, 1)"_s));
        const auto problems = await(store->verifyJournal());
        VERIFY_OK(problems);
        QStringList found;
        for (const StoreProblem &problem : *problems) {
            QCOMPARE(problem.kind, u"journal"_s);
            found.append(problem.table + problem.key);
        }
        found.sort();
        QCOMPARE(found, (QStringList{u"client_iroute[\"site-1\",\"10.1.0.0/16\"]"_s, u"connector[\"site-0\"]"_s,
                                     u"connector[\"stray\"]"_s}));
        QVERIFY(!findings(*store).isEmpty());
    }

    void aMissingNumberIsFound_data() { addDialectRows(); }
    void aMissingNumberIsFound()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        for (int i = 0; i < 3; ++i)
            VERIFY_OK(submit(*store, set(i)));
        const auto connection = rawConnection(place.url());
        VERIFY_OK(raw(*connection, u"DELETE FROM journal_change WHERE journal_id = 2"_s));
        VERIFY_OK(raw(*connection, u"DELETE FROM journal WHERE id = 2"_s));
        QVERIFY(!findings(*store).filter(u"3"_s).isEmpty());
    }

    void aConsoleThatIsBehindPrunedEntriesStartsAnew_data() { addDialectRows(); }
    void aConsoleThatIsBehindPrunedEntriesStartsAnew()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const auto writer = place.open(&clock);
        const auto reader = place.open();
        VERIFY_OK(submit(*writer, set(1)));
        (void)allRows(*reader);
        QSignalSpy resets(&reader->feed(), &ChangeFeed::resetHappened);
        // The reader's thread is kept busy, so that it sees neither entry before the images are gone.
        const auto connection = rawConnection(place.url());
        const auto looked = reader->inspect([&](Topology &) {
            (void)submit(*writer, set(2));
            clock.advance(std::chrono::hours(1));
            (void)await(writer->pruneJournal(clock.now(), u"keeper"_s));
        });
        VERIFY_OK(await(looked));
        QVERIFY(allRows(*reader) == allRows(*writer));
        QCOMPARE(resets.size(), 1);
    }

    void theFeedHasEveryEntryOnceAndInOrder_data() { addDialectRows(); }
    void theFeedHasEveryEntryOnceAndInOrder()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto first = place.open();
        const auto second = place.open();
        (void)allRows(*first);
        (void)allRows(*second);
        std::vector<JournalEntry> seen;
        connect(&first->feed(), &ChangeFeed::committed, this, [&](const std::vector<JournalEntry> &entries) {
            seen.insert(seen.end(), entries.begin(), entries.end());
        });
        for (int i = 0; i < 30; ++i) {
            VERIFY_OK(submit(i % 3 == 0 ? *first : *second, set(i)));
            // A refusal in between brings others' entries along and must not swallow them.
            QVERIFY(!submit(*first, ReleaseClaim{cn("x"), prefix("10.1.0.0/16")}));
        }
        QTRY_COMPARE_WITH_TIMEOUT(seen.size(), std::size_t{30}, 10'000);
        QVERIFY(seen == wholeJournal(*second));
    }
};

QTEST_GUILESS_MAIN(TestJournal)
#include "tst_journal.moc"
