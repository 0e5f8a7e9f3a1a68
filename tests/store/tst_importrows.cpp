// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/journalpack.h"
#include "tests/support/storeproof.h"

#include <QSemaphore>
#include <QTest>

#include <algorithm>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

using Stage = ImportProgress::Stage;

SubnetRow subnetRow(const Prefix &prefix, const QString &tenant = {})
{
    return {
        tenant, prefix, u"Łódź; \"edge\""_s, SubnetRole::ZerotierChild, u"line\nline"_s, u"a;b"_s, uR"({"rack":"7"})"_s,
        {},     0};
}

AddressRow addressRow(const char *text, const QString &holder = u"printer"_s)
{
    return {{}, address(text), AddressState::Used, holder, u"on the\nroof"_s, {}, {}, {}, {}, 0};
}

/// 10.0.0.0/8, and in it `count` subnets from 10.0.0.0/24 on; more than one step of an import where that is 5,000.
ImportSubnets manySubnets(int count)
{
    ImportSubnets rows;
    rows.subnets.push_back(subnetRow(prefix("10.0.0.0/8")));
    for (int i = 0; i < count; ++i)
        rows.subnets.push_back(subnetRow(Prefix(Address::ipv4(0x0a000000U + (static_cast<quint32>(i) << 8U)), 24)));
    return rows;
}

ImportRequest asking(ImportSubnets rows, std::function<bool(const ImportProgress &)> goesOn = {})
{
    ImportRequest request;
    request.rows = std::make_shared<const ImportSubnets>(std::move(rows));
    request.actor = u"test"_s;
    request.goesOn = std::move(goesOn);
    return request;
}

Expected<ImportResult> import(Store &store, ImportSubnets rows, std::function<bool(const ImportProgress &)> goesOn = {})
{
    return await(store.importRows(asking(std::move(rows), std::move(goesOn))));
}

/// Runs `work` once, as soon as `count` rows are decided.
std::function<bool(const ImportProgress &)> after(std::size_t count, std::function<void()> work)
{
    return [count, work = std::move(work), isDone = false](const ImportProgress &progress) mutable {
        if (!isDone && progress.done >= count) {
            isDone = true;
            work();
        }
        return true;
    };
}

} // namespace

class TestImportRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anImportIsWhatTheCommandIs_data();
    void anImportIsWhatTheCommandIs();
    void anImportIsOneEntryAndOneUndo_data() { addDialectRows(); }
    void anImportIsOneEntryAndOneUndo();
    void whatIsStoredAlreadyMakesNoEntry_data() { addDialectRows(); }
    void whatIsStoredAlreadyMakesNoEntry();
    void everyRefusedRowIsTold_data() { addDialectRows(); }
    void everyRefusedRowIsTold(); // CASES X4
    void aRowThatIsThereTwiceIsRefused_data() { addDialectRows(); }
    void aRowThatIsThereTwiceIsRefused();
    void aDryRunChangesNothing_data() { addDialectRows(); }
    void aDryRunChangesNothing();
    void aCancelledImportLeavesNothing_data();
    void aCancelledImportLeavesNothing();
    void anImportThatIsNotAskedToStopEndsWithItsStore_data() { addDialectRows(); }
    void anImportThatIsNotAskedToStopEndsWithItsStore();
    void oneImportAfterTheOther_data() { addDialectRows(); }
    void oneImportAfterTheOther();
    void othersWriteWhileItIsPrepared_data() { addDialectRows(); }
    void othersWriteWhileItIsPrepared();
    void whoTakesARowMeanwhileHasIt_data() { addDialectRows(); }
    void whoTakesARowMeanwhileHasIt();
    void whatBecameWrongMeanwhileIsRefused_data() { addDialectRows(); }
    void whatBecameWrongMeanwhileIsRefused();
    void aRestoreMeanwhileIsNotOverlooked_data() { addDialectRows(); }
    void aRestoreMeanwhileIsNotOverlooked();
    void consolesSeeALargeImport_data();
    void consolesSeeALargeImport();
};

void TestImportRows::anImportIsWhatTheCommandIs_data()
{
    QTest::addColumn<Dialect>("dialect");
    QTest::addColumn<int>("count");
    for (const Dialect dialect : {Dialect::Sqlite, Dialect::Postgres}) {
        if (dialect == Dialect::Postgres && !hasPostgres())
            continue;
        const char *name = dialect == Dialect::Sqlite ? "SQLite" : "PostgreSQL";
        QTest::addRow("%s: few rows, with images of their own", name) << dialect << 5;
        QTest::addRow("%s: one less than a pack is made of", name) << dialect << static_cast<int>(kPackedFrom) - 7;
        QTest::addRow("%s: as many as make packs", name) << dialect << static_cast<int>(kPackedFrom) - 6;
        QTest::addRow("%s: several steps", name) << dialect << 5'000;
    }
}

void TestImportRows::anImportIsWhatTheCommandIs()
{
    QFETCH(Dialect, dialect);
    QFETCH(int, count);
    ManualClock clock;
    ImportSubnets rows = manySubnets(count);
    rows.createTenants = true;
    rows.subnets.push_back(subnetRow(prefix("fd00:1::/48"), u"acme"_s));
    rows.addresses = {addressRow("10.255.0.7"), addressRow("10.255.0.8"), addressRow("10.255.0.9")};
    rows.addresses[2].state = AddressState::Quarantined;
    rows.addresses[2].until = clock.now() + std::chrono::hours(5);

    const StorePlace commandPlace(dialect);
    const auto byCommand = commandPlace.open(&clock);
    const StorePlace importPlace(dialect);
    const auto byImport = importPlace.open(&clock);
    for (Store *store : {byCommand.get(), byImport.get()}) {
        AddSubnet present{subnetRow(prefix("10.255.0.0/16"))};
        present.reserveFirst = 8; // 10.255.0.1 to 10.255.0.8, two of which the import then takes
        VERIFY_OK(submit(*store, present));
    }
    VERIFY_OK(submit(*byCommand, rows));
    const auto imported = import(*byImport, rows);
    VERIFY_OK(imported);
    QVERIFY(imported->refusals.empty());
    QCOMPARE(imported->journal->value, 2);
    QCOMPARE(imported->newSubnets, static_cast<std::size_t>(count) + 2);
    QCOMPARE(imported->newAddresses, std::size_t{1});
    QVERIFY(allRows(*byImport) == allRows(*byCommand));
    QVERIFY(wholeJournal(*byImport) == wholeJournal(*byCommand));
    QCOMPARE(findings(*byImport), QStringList());
}

void TestImportRows::anImportIsOneEntryAndOneUndo()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    VERIFY_OK(submit(*store, usualInstance()));
    const auto before = allRows(*store);
    ImportSubnets rows = manySubnets(3'000);
    rows.addresses = {addressRow("10.9.9.9")};
    const auto imported = import(*store, std::move(rows));
    VERIFY_OK(imported);
    const auto entry = await(store->journalEntry(*imported->journal));
    VERIFY_OK(entry);
    QCOMPARE(entry->command, u"importSubnets"_s);
    QCOMPARE(entry->arguments, (QJsonObject{{u"subnets"_s, 3'001}, {u"addresses"_s, 1}}));
    QCOMPARE(entry->changes.size(), std::size_t{3'002});
    const auto touching = [&](const QString &table) { return await(store->journal({.table = table}))->size(); };
    QCOMPARE(touching(u"subnet"_s), std::size_t{1});
    QCOMPARE(touching(u"subnet_address"_s), std::size_t{1});
    QCOMPARE(touching(u"tenant"_s), std::size_t{0});
    VERIFY_OK(submit(*store, Revert{*imported->journal}));
    QVERIFY(allRows(*store) == before);
    QCOMPARE(findings(*store), QStringList());
}

void TestImportRows::whatIsStoredAlreadyMakesNoEntry()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    ImportSubnets rows = manySubnets(10);
    rows.addresses = {addressRow("10.0.0.9")};
    VERIFY_OK(import(*store, rows));
    const auto before = allRows(*store);
    const auto again = import(*store, rows);
    VERIFY_OK(again);
    QVERIFY(!again->journal && again->refusals.empty() && again->changed == 0);
    QVERIFY(allRows(*store) == before);
    rows.keepExisting = false;
    QCOMPARE(import(*store, rows)->refusals.size(), std::size_t{12});
}

void TestImportRows::everyRefusedRowIsTold()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    const auto before = allRows(*store);
    ImportSubnets rows = manySubnets(2'500); // more than one step
    for (SubnetRow &row : rows.subnets)
        row.tenant = u"nobody"_s;
    rows.subnets.front().tenant = QString();
    rows.addresses = {addressRow("10.9.9.9"), addressRow("11.0.0.1")};
    const auto refused = import(*store, rows);
    VERIFY_OK(refused);
    QVERIFY(!refused->journal);
    QCOMPARE(refused->refusals.size(), std::size_t{2'501});
    QCOMPARE(refused->refusals.front(),
             (ImportRefusal{{true, 1}, ErrorKind::NotFound, u"there is no tenant 'nobody'"_s}));
    QCOMPARE(refused->refusals.back(),
             (ImportRefusal{
                 {false, 1}, ErrorKind::Invalid, u"11.0.0.1 does not belong to any subnet of the shared tree"_s}));
    QVERIFY(allRows(*store) == before);
    QCOMPARE(await(store->info())->head.value, 0);
}

void TestImportRows::aRowThatIsThereTwiceIsRefused()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    ImportSubnets rows = manySubnets(1);
    rows.createTenants = true;
    rows.subnets.push_back(rows.subnets.front());
    rows.addresses = {addressRow("10.9.9.9")};
    rows.addresses.front().state = AddressState::Reserved;
    for (quint32 i = 0; i < 2'500; ++i) // in another step
        rows.addresses.push_back(
            {{}, Address::ipv4(0x0a0a0000U + i), AddressState::Used, u"x"_s, {}, {}, {}, {}, {}, 0});
    rows.addresses.push_back(addressRow("10.9.9.9", u"another"_s));
    rows.addresses.push_back(addressRow("10.9.9.9", u"a third"_s));
    rows.addresses.back().tenant = u"acme"_s; // lies in a shared subnet, and so is everybody's
    for (const bool keepExisting : {true, false}) {
        rows.keepExisting = keepExisting;
        const auto refused = import(*store, rows);
        VERIFY_OK(refused);
        std::vector<ImportRefusal> expected{{{true, 2}, ErrorKind::Exists, u"10.0.0.0/8 is in the import twice"_s},
                                            {{false, 2'501}, ErrorKind::Exists, u"10.9.9.9 is in the import twice"_s}};
        if (!keepExisting)
            expected.push_back({{false, 2'502}, ErrorKind::Exists, u"10.9.9.9 is in the import twice"_s});
        QCOMPARE(refused->refusals, expected);
    }
    QVERIFY(allRows(*store).empty());
}

void TestImportRows::aDryRunChangesNothing()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    const QStringList before = thingsAt(place);
    ImportRequest request = asking(manySubnets(20));
    request.isDryRun = true;
    const auto tried = await(store->importRows(request));
    VERIFY_OK(tried);
    QVERIFY(!tried->journal);
    QCOMPARE(tried->newSubnets, std::size_t{21});
    QCOMPARE(tried->changes.size(), std::size_t{21});
    QCOMPARE(std::get<SubnetRow>(*tried->changes.front().after).prefix, prefix("10.0.0.0/8"));
    request.mostChanges = 20;
    const auto counted = await(store->importRows(request));
    VERIFY_OK(counted);
    QCOMPARE(counted->changed, std::size_t{21});
    QVERIFY(counted->changes.empty());
    QVERIFY(allRows(*store).empty());
    QCOMPARE(thingsAt(place), before);
}

void TestImportRows::aCancelledImportLeavesNothing_data()
{
    QTest::addColumn<Dialect>("dialect");
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<int>("atLeast");
    for (const Dialect dialect : {Dialect::Sqlite, Dialect::Postgres}) {
        if (dialect == Dialect::Postgres && !hasPostgres())
            continue;
        const char *name = dialect == Dialect::Sqlite ? "SQLite" : "PostgreSQL";
        QTest::addRow("%s: before anything is read", name) << dialect << Stage::Loading << 0;
        QTest::addRow("%s: before the first row", name) << dialect << Stage::Checking << 0;
        QTest::addRow("%s: when rows wait already", name) << dialect << Stage::Checking << 2'000;
        QTest::addRow("%s: when all of them wait", name) << dialect << Stage::Storing << 0;
    }
}

void TestImportRows::aCancelledImportLeavesNothing()
{
    QFETCH(Dialect, dialect);
    QFETCH(Stage, stage);
    QFETCH(int, atLeast);
    const StorePlace place(dialect);
    const auto store = place.open();
    VERIFY_OK(submit(*store, AddSubnet{subnetRow(prefix("10.1.0.0/16"))}));
    const auto before = allRows(*store);
    const QStringList things = thingsAt(place);
    const auto stopped = import(*store, manySubnets(5'000), [&](const ImportProgress &progress) {
        return progress.stage != stage || progress.done < static_cast<std::size_t>(atLeast);
    });
    VERIFY_FAILS(stopped, ErrorKind::Conflict);
    QCOMPARE(stopped.error().payload, (QJsonObject{{u"cancelled"_s, true}}));
    QVERIFY(allRows(*store) == before);
    QCOMPARE(await(store->info())->head.value, 1);
    QCOMPARE(thingsAt(place), things);
    QCOMPARE(findings(*store), QStringList());
    // Neither a lock nor a row is left in anybody's way.
    VERIFY_OK(import(*store, manySubnets(5'000)));
}

void TestImportRows::anImportThatIsNotAskedToStopEndsWithItsStore()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    QSemaphore begun;
    QFuture<Expected<ImportResult>> answer;
    {
        const auto store = place.open();
        answer = store->importRows(asking(manySubnets(50'000), [&](const ImportProgress &progress) {
            if (progress.stage == Stage::Checking)
                begun.release();
            return true;
        }));
        begun.acquire();
    }
    VERIFY_FAILS(await(answer), ErrorKind::Conflict);
    QVERIFY(allRows(*place.open()).empty());
}

void TestImportRows::oneImportAfterTheOther()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    const auto other = place.open();
    ImportSubnets rows;
    rows.subnets.push_back(subnetRow(prefix("11.0.0.0/8")));
    bool hasWaited = false;
    std::optional<Expected<ImportResult>> second;
    const auto first = import(*store, manySubnets(5'000), after(2'000, [&] {
        second = import(*other, rows, [&](const ImportProgress &progress) {
            hasWaited = hasWaited || progress.stage == Stage::Waiting;
            return progress.stage != Stage::Waiting;
        });
    }));
    VERIFY_OK(first);
    QVERIFY(first->journal);
    QVERIFY(second);
    // On SQLite nothing of an import is in another's way before its commit.
    QCOMPARE(hasWaited, dialect == Dialect::Postgres);
    QCOMPARE(second->has_value(), dialect == Dialect::Sqlite);
    if (dialect == Dialect::Postgres)
        QCOMPARE(second->error().payload, (QJsonObject{{u"cancelled"_s, true}}));
    const auto again = import(*other, rows);
    VERIFY_OK(again);
    QCOMPARE(again->journal.has_value(), dialect == Dialect::Postgres);
    QCOMPARE(allRows(*store).size(), std::size_t{5'002});
    QCOMPARE(findings(*store), QStringList());
}

void TestImportRows::othersWriteWhileItIsPrepared()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    const auto other = place.open();
    VERIFY_OK(submit(*store, usualInstance()));
    VERIFY_OK(submit(*store, AddSubnet{subnetRow(prefix("10.0.0.0/8"))}));
    QList<qint64> entries;
    // Each is answered before the import goes on: nothing that it holds makes them wait.
    const auto write = [&](const Command &command) {
        const auto done = submit(*other, command);
        entries.append(done ? done->journal->value : -1);
    };
    ImportSubnets rows = manySubnets(5'000);
    const auto imported = import(*store, rows, after(2'000, [&] {
        write(ResolveClaim{cn("a"), prefix("192.168.1.0/24"), instanceName()});
        write(RequestAllocation{cn("a"), instanceName()});
        write(AddSubnet{subnetRow(prefix("10.255.0.0/16"))});
        write(SetSubnet{{}, prefix("10.0.0.0/8"), u"theirs"_s});
        write(AddSubnet{subnetRow(prefix("10.0.0.0/25"))}); // in one of the import's
        write(RequestAddress{{}, prefix("10.0.0.0/25"), u"theirs"_s});
        write(AddSubnet{subnetRow(prefix("192.168.0.0/16"), u"acme"_s)});
    }));
    VERIFY_OK(imported);
    QCOMPARE(entries, (QList<qint64>{3, 4, 5, 6, 7, 8, 9}));
    QCOMPARE(imported->journal->value, 10);
    QCOMPARE(imported->newSubnets, std::size_t{5'000});
    QCOMPARE(findings(*store), QStringList());
    const auto rowsOf = [](Store &from) { return allRows(from); };
    QVERIFY(rowsOf(*store) == rowsOf(*other));
    QCOMPARE(rowsOf(*store), rowsOf(*place.open()));
}

void TestImportRows::whoTakesARowMeanwhileHasIt()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    const auto other = place.open();
    QFuture<Expected<Receipt>> theirs;
    SubnetRow same = subnetRow(prefix("10.0.0.0/24"));
    same.name = u"theirs"_s;
    // On PostgreSQL the row waits there already, unseen: they must not have to wait for the import.
    const auto imported = import(*store, manySubnets(5'000), after(2'000, [&] {
        theirs = other->submit({AddSubnet{same}, u"other"_s});
    }));
    VERIFY_OK(imported);
    QVERIFY(imported->refusals.empty());
    const auto receipt = await(theirs);
    if (receipt) {
        QVERIFY(*receipt->journal < *imported->journal);
        QCOMPARE(imported->newSubnets, std::size_t{5'000});
    } else { // the import was through before they were heard
        QCOMPARE(receipt.error().kind, ErrorKind::Exists);
        QCOMPARE(imported->newSubnets, std::size_t{5'001});
    }
    QCOMPARE(findings(*store), QStringList());
    QVERIFY(allRows(*store) == allRows(*other));
}

void TestImportRows::whatBecameWrongMeanwhileIsRefused()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    const auto other = place.open();
    VERIFY_OK(submit(*store, AddSubnet{subnetRow(prefix("172.16.0.0/16"))}));
    ImportSubnets rows = manySubnets(5'000);
    rows.addresses = {addressRow("172.16.0.9")};
    const auto refused = import(*store, rows, after(5'000, [&] {
        (void)submit(*other, RemoveSubnet{{}, prefix("172.16.0.0/16")});
    }));
    VERIFY_OK(refused);
    QCOMPARE(refused->refusals,
             (std::vector<ImportRefusal>{
                 {{false, 0}, ErrorKind::Invalid, u"172.16.0.9 does not belong to any subnet of the shared tree"_s}}));
    QVERIFY(allRows(*store).empty());
    QCOMPARE(findings(*store), QStringList());
}

void TestImportRows::aRestoreMeanwhileIsNotOverlooked()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toUtf8()); // for the safety copy of PostgreSQL
    const auto store = place.open();
    const auto other = place.open();
    VERIFY_OK(await(other->backup(place.path(u"empty"_s))));
    VERIFY_OK(submit(*store, AddSubnet{subnetRow(prefix("172.16.0.0/16"))}));
    ImportSubnets rows = manySubnets(3'000);
    rows.addresses = {addressRow("172.16.0.9")};
    const auto refused =
        import(*store, rows, after(2'000, [&] { (void)await(other->restore(place.path(u"empty"_s))); }));
    VERIFY_OK(refused);
    QCOMPARE(refused->refusals.size(), std::size_t{1});
    QVERIFY(allRows(*store).empty());
}

void TestImportRows::consolesSeeALargeImport_data()
{
    QTest::addColumn<Dialect>("dialect");
    QTest::addColumn<int>("count");
    for (const Dialect dialect : {Dialect::Sqlite, Dialect::Postgres}) {
        if (dialect == Dialect::Postgres && !hasPostgres())
            continue;
        const char *name = dialect == Dialect::Sqlite ? "SQLite" : "PostgreSQL";
        QTest::addRow("%s: as an entry", name) << dialect << 2'500;
        QTest::addRow("%s: by reading everything anew", name) << dialect << 21'000;
    }
}

void TestImportRows::consolesSeeALargeImport()
{
    QFETCH(Dialect, dialect);
    QFETCH(int, count);
    const StorePlace place(dialect);
    const auto store = place.open();
    const auto other = place.open();
    QVERIFY(allRows(*other).empty()); // from now on it follows
    VERIFY_OK(import(*store, manySubnets(count)));
    const auto rows = allRows(*other);
    QCOMPARE(rows.size(), static_cast<std::size_t>(count) + 1);
    QVERIFY(rows == allRows(*place.open()));
    VERIFY_OK(submit(*other, RequestAddress{{}, prefix("10.0.0.0/24"), u"host"_s}));
    QCOMPARE(allRows(*store).size(), static_cast<std::size_t>(count) + 2);
}

QTEST_GUILESS_MAIN(TestImportRows)
#include "tst_importrows.moc"
