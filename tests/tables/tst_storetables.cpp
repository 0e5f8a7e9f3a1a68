// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/storetables.h"

#include "tests/support/fakequeries.h"
#include "tests/support/topologies.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

RowChange added(const Row &row)
{
    return {std::nullopt, row};
}
JournalEntry entry(qint64 id, ChangeSet changes)
{
    JournalEntry e;
    e.id.value = id;
    e.actor = u"ops"_s;
    e.command = u"replaceIroutes"_s;
    e.changes = std::move(changes);
    return e;
}

QStringList shown(const StoreTables &tables, Table table, int column)
{
    QStringList texts;
    const StoreTableModel &model = tables.model(table);
    for (int row = 0; row < model.rowCount(); ++row)
        texts += model.index(row, column).data().toString();
    return texts;
}

struct Site
{
    FakeQueries queries;
    ChangeFeed feed;
    SteppedClock clock;
    std::unique_ptr<StoreTables> tables;

    Site() { queries.topology.apply(added(irouteRow(u"a", u"10.1.0.0/24"))); }
    void open() { tables = std::make_unique<StoreTables>(queries, feed, clock); }
    [[nodiscard]] bool load()
    {
        open();
        return QTest::qWaitFor([this] { return tables->state() == StoreTables::State::Ready; });
    }
};

} // namespace

class TestStoreTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingIsLoadedOnce();
    void commitsArriveAsEditsOfTheRowsTheyTouch();
    void aCommitBeforeTheSnapshotIsHereDoesNoHarm();
    void poolsAreListedWithTheirInstanceInTheirOrder();
    void aResetLoadsAnew();
    void aStoreThatIsLostKeepsWhatWasShownAndItsAge();
    void aStoreThatDoesNotLoadIsTriedAgain();
    void theNewestEntryIsTheCountOfTheJournal();
    void anEntrySaysWhyItCannotBeTakenBack(); // SEMANTICS 5
};

void TestStoreTables::everythingIsLoadedOnce()
{
    Site site;
    site.open();
    QCOMPARE(site.tables->state(), StoreTables::State::Loading);
    QVERIFY(!site.tables->lastGood());
    QTRY_COMPARE(site.tables->state(), StoreTables::State::Ready);
    QCOMPARE(site.tables->lastGood(), std::optional(site.clock.now()));
    QCOMPARE(shown(*site.tables, Table::Iroutes, 1), QStringList{u"10.1.0.0/24"_s});
    QCOMPARE(site.queries.looks, 1);
}

void TestStoreTables::commitsArriveAsEditsOfTheRowsTheyTouch()
{
    Site site;
    QVERIFY(site.load());
    StoreTableModel &model = site.tables->model(Table::Iroutes);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const IrouteRow first = irouteRow(u"a", u"10.1.0.0/24");
    Q_EMIT site.feed.committed({entry(1, {{first, std::nullopt}, added(irouteRow(u"a", u"10.2.0.0/24"))}),
                                entry(2, {added(irouteRow(u"a", u"10.3.0.0/24"))})});
    QTRY_COMPARE(shown(*site.tables, Table::Iroutes, 1), (QStringList{u"10.2.0.0/24"_s, u"10.3.0.0/24"_s}));
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(shown(*site.tables, Table::Journal, 0), (QStringList{u"2"_s, u"1"_s}));
}

void TestStoreTables::aCommitBeforeTheSnapshotIsHereDoesNoHarm()
{
    Site site;
    site.queries.topology.apply(added(irouteRow(u"b", u"10.2.0.0/24")));
    site.open();
    // Between the look and its answer: an entry that the snapshot has, and one that it has not.
    Q_EMIT site.feed.committed({entry(1, {added(irouteRow(u"b", u"10.2.0.0/24"))})});
    Q_EMIT site.feed.committed({entry(2, {added(irouteRow(u"c", u"10.3.0.0/24"))})});
    QTRY_COMPARE(shown(*site.tables, Table::Iroutes, 0), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
}

void TestStoreTables::poolsAreListedWithTheirInstanceInTheirOrder()
{
    Site site;
    const InstanceRow instance = instanceRow(u"vpn", u"10.8.0.0/16");
    site.queries.topology.apply(added(instance));
    site.queries.topology.apply(added(poolRow(u"vpn", u"10.8.1.0/24", 1)));
    site.queries.topology.apply(added(poolRow(u"vpn", u"10.8.2.0/24", 0)));
    QVERIFY(site.load());
    QCOMPARE(shown(*site.tables, Table::Instances, 3), QStringList{u"10.8.2.0/24, 10.8.1.0/24"_s});
    Q_EMIT site.feed.committed({entry(1, {{poolRow(u"vpn", u"10.8.2.0/24", 0), std::nullopt}})});
    QTRY_COMPARE(shown(*site.tables, Table::Instances, 3), QStringList{u"10.8.1.0/24"_s});
    Q_EMIT site.feed.committed(
        {entry(2, {{poolRow(u"vpn", u"10.8.1.0/24", 1), std::nullopt}, {instance, std::nullopt}})});
    QTRY_COMPARE(site.tables->model(Table::Instances).rowCount(), 0);
}

void TestStoreTables::aResetLoadsAnew()
{
    Site site;
    QVERIFY(site.load());
    site.queries.topology = Topology();
    site.queries.topology.apply(added(irouteRow(u"z", u"10.9.0.0/24")));
    Q_EMIT site.feed.resetHappened();
    QTRY_COMPARE(shown(*site.tables, Table::Iroutes, 0), QStringList{u"z"_s});
}

void TestStoreTables::aStoreThatIsLostKeepsWhatWasShownAndItsAge()
{
    Site site;
    QVERIFY(site.load());
    const Timestamp good = site.clock.now();
    site.clock.advance(std::chrono::seconds(48));
    site.queries.failure = Error{ErrorKind::StoreUnavailable, u"connection refused"_s, {}};
    Q_EMIT site.feed.availabilityChanged(false, u"connection refused"_s);
    QTRY_COMPARE(site.tables->state(), StoreTables::State::Unavailable);
    QCOMPARE(site.tables->error().detail, u"connection refused"_s);
    QCOMPARE(site.tables->lastGood(), std::optional(good));
    QCOMPARE(site.tables->model(Table::Iroutes).rowCount(), 1);
    site.tables->look();
    QTRY_COMPARE(site.queries.looks, 2);
    QCOMPARE(site.tables->state(), StoreTables::State::Unavailable);

    site.queries.failure.reset();
    Q_EMIT site.feed.availabilityChanged(true, {});
    QTRY_COMPARE(site.tables->state(), StoreTables::State::Ready);
    QCOMPARE(site.tables->lastGood(), std::optional(site.clock.now()));
}

void TestStoreTables::aStoreThatDoesNotLoadIsTriedAgain()
{
    Site site;
    site.queries.failure = Error{ErrorKind::StoreCorrupt, u"the file is damaged"_s, {}};
    site.open();
    QTRY_COMPARE(site.tables->state(), StoreTables::State::Unavailable);
    QVERIFY(!site.tables->isLoaded());
    QCOMPARE(site.tables->error().kind, ErrorKind::StoreCorrupt);
    site.queries.failure.reset();
    site.tables->look();
    QTRY_COMPARE(site.tables->state(), StoreTables::State::Ready);
    QCOMPARE(site.tables->model(Table::Iroutes).rowCount(), 1);
}

void TestStoreTables::anEntrySaysWhyItCannotBeTakenBack()
{
    const auto undoFact = [](const JournalEntry &e) { return rowOf(e).facts.back(); };
    JournalEntry e = entry(1, {});
    QCOMPARE(undoFact(e), (Fact{u"Can be taken back"_s, u"yes"_s}));
    e.command = u"decideConnect"_s; // flagged as an edit, as stores of the first release have it
    QCOMPARE(undoFact(e).value, u"no: a connecting client was answered by it"_s);
    e.command = u"restore"_s;
    QCOMPARE(undoFact(e).value, u"no: a restore replaced everything"_s);
    e.command = u"pruneJournal"_s;
    QCOMPARE(undoFact(e).value, u"no: what was dropped is gone"_s);
    e.command = u"unheardOf"_s;
    e.isRevertible = false;
    QCOMPARE(undoFact(e).value, u"no: it is a note, no edit"_s);
    e.isRevertible = true;
    e.hasImages = false;
    QCOMPARE(undoFact(e).value, u"no: its images were pruned"_s);
}

void TestStoreTables::theNewestEntryIsTheCountOfTheJournal()
{
    Site site;
    site.queries.entries = {entry(48206, {})};
    QVERIFY(site.load());
    QCOMPARE(site.tables->count(Table::Journal), 48206);
    Q_EMIT site.feed.committed({entry(48207, {})});
    QTRY_COMPARE(site.tables->count(Table::Journal), 48207);
}

QTEST_GUILESS_MAIN(TestStoreTables)
#include "tst_storetables.moc"
