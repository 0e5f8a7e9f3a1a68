// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livestore.h"
#include "tests/support/storeproof.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Lease takeLease(Store &store, const QString &holder = u"engine"_s)
{
    return await(store.live().acquire(LeaseKind::Instance, u"vpn"_s, holder)).value();
}

Timestamp minute(qint64 number)
{
    return Timestamp::fromMilliseconds(1'767'225'600'000 + number * 60'000);
}

/// Session `cid` of `name`, from the minute `from` to the minute `to`.
SessionHistoryRow row(qint64 cid, const char *name, qint64 from, std::optional<qint64> to)
{
    SessionHistoryRow result{{instanceName(), 7, cid}, cn(name)};
    result.realAddress = u"192.0.2.%1:1194"_s.arg(cid);
    result.address = Address::parse(u"10.8.0.%1"_s.arg(cid)).value();
    result.connectedSince = minute(from);
    result.sampledAt = minute(to.value_or(from));
    if (to)
        result.endedAt = minute(*to);
    return result;
}

/// One in which every field has a value of its own.
SessionHistoryRow full()
{
    return {{instanceName(), 7, 9},
            cn("sité \"x\""),
            u"bob"_s,
            u"[2001:db8::9]:1194"_s,
            address("10.8.0.9"),
            address("fd00:8::9"),
            minute(1),
            minute(2),
            minute(3),
            9'007'199'254'740'993,
            4,
            u"2.6.14"_s,
            u"linux"_s,
            EndReason::PingTimeout};
}

std::vector<SessionHistoryRow> history(Store &store, HistoryFilter filter = {})
{
    return await(store.live().history(std::move(filter))).value();
}

std::vector<qint64> cidsOf(const std::vector<SessionHistoryRow> &rows)
{
    std::vector<qint64> cids;
    for (const SessionHistoryRow &each : rows)
        cids.push_back(each.key.cid);
    return cids;
}

/// A million sessions of ten thousand CNs, without the rules' help.
void fillMillion(Connection &connection, Dialect dialect)
{
    const QString numbers = dialect == Dialect::Sqlite
                                ? u"WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)"_s
                                : u"WITH n (i) AS (SELECT generate_series(0, 999999))"_s;
    const QString inserted =
        u"INSERT INTO session_history (instance, generation, cid, cn, username, real_address, real_ip, address, "
        u"address6, "
        "connected_at, sampled_at, ended_at, bytes_in, bytes_out, client_version, platform) "_s +
        (dialect == Dialect::Sqlite ? numbers + u" "_s : u""_s) +
        u"SELECT 'vpn', 1, i, 'site-' || (i % 10000), '', '192.0.2.1:' || (i % 60000), '192.0.2.' || (i % 250), "
        "'10.8.' || (i % 200) || '.' || (i % 250), NULL, 1767225600000 + i * 1000, 1767225600000 + i * 1000 + 600000, "
        "1767225600000 + i * 1000 + 600000, i, i, '2.6.14', 'linux' FROM n"_s;
    const QString sql = dialect == Dialect::Sqlite ? inserted : numbers + u" "_s + inserted;
    const auto done = raw(connection, sql);
    QVERIFY2(done, qPrintable(done ? QString() : done.error().detail));
    if (dialect == Dialect::Postgres)
        (void)raw(connection, u"ANALYZE session_history"_s);
}

/// How the database means to find a page of a CN.
QString planOf(Connection &connection)
{
    const SqlText *text = connection.positionalText(u"session_history_by_cn"_s);
    QString sql = text->sql;
    for (const QString &name : text->placeholders) {
        const bool isText = name == u"cn"_s || name == u"ip"_s || name == u"before_instance"_s;
        const QString value = name == u"limit"_s ? u"100"_s : name == u"from"_s ? u"0"_s : u"9000000000000000"_s;
        sql.replace(sql.indexOf(u'?'), 1, isText ? name == u"cn"_s ? u"'site-1'"_s : u"''"_s : value);
    }
    const bool isSqlite = connection.dialect() == Dialect::Sqlite;
    auto rows = connection.direct((isSqlite ? u"EXPLAIN QUERY PLAN "_s : u"EXPLAIN "_s) + sql, u"explaining"_s).value();
    QStringList lines;
    while (rows.next())
        lines.append(rows.value(isSqlite ? 3 : 0).toString());
    return lines.join(u'\n');
}

} // namespace

class TestSessionHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsRecordedStays_data() { addDialectRows(); }
    void whatIsRecordedStays()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const SessionHistoryRow bare{{instanceName(), 7, 10}};
        {
            const auto store = place.open();
            VERIFY_OK(await(store->live().recordHistory(takeLease(*store), {full(), bare})));
        }
        const auto store = place.open();
        QVERIFY(history(*store) == (std::vector{full(), bare}));
        QVERIFY(wholeJournal(*store).empty());
        QCOMPARE(findings(*store), QStringList());
    }

    void aSessionHasOneRowAndItsEndStays_data() { addDialectRows(); }
    void aSessionHasOneRowAndItsEndStays()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease lease = takeLease(*store);
        SessionHistoryRow session = row(1, "a", 0, std::nullopt);
        VERIFY_OK(await(store->live().recordHistory(lease, {session})));
        session.sampledAt = minute(5);
        session.bytesIn = 500;
        VERIFY_OK(await(store->live().recordHistory(lease, {session})));
        QVERIFY(history(*store) == std::vector{session});
        session.endedAt = minute(6);
        VERIFY_OK(await(store->live().recordHistory(lease, {session})));
        // A sample that was on its way when it ended.
        SessionHistoryRow late = session;
        late.endedAt = std::nullopt;
        late.bytesOut = 7;
        VERIFY_OK(await(store->live().recordHistory(lease, {late})));
        session.bytesOut = 7;
        QVERIFY(history(*store) == std::vector{session});
    }

    void anOldEpochCannotRecord_data() { addDialectRows(); }
    void anOldEpochCannotRecord() // SEMANTICS 4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease old = takeLease(*store);
        const Lease lease = takeLease(*store);
        VERIFY_FAILS(await(store->live().recordHistory(old, {full()})), ErrorKind::LeaseHeld);
        VERIFY_FAILS(await(store->live().beginGeneration(old, u"x"_s)), ErrorKind::LeaseHeld);
        QVERIFY(history(*store).empty());
        VERIFY_OK(await(store->live().recordHistory(lease, {full()})));
    }

    void aFilterFindsWhatItSays_data()
    {
        QTest::addColumn<Dialect>("dialect");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("ip");
        QTest::addColumn<qint64>("from");
        QTest::addColumn<qint64>("to");
        QTest::addColumn<int>("limit");
        QTest::addColumn<std::vector<qint64>>("cids");
        constexpr qint64 kNone = -1;
        for (const Dialect dialect : {Dialect::Sqlite, Dialect::Postgres}) {
            if (dialect == Dialect::Postgres && !hasPostgres())
                continue;
            const auto add = [&](const char *what, const char *name, const char *ip, qint64 from, qint64 to, int limit,
                                 const std::vector<qint64> &cids) {
                QTest::addRow("%s, %s", what, dialect == Dialect::Sqlite ? "SQLite" : "PostgreSQL")
                    << dialect << QString::fromLatin1(name) << QString::fromLatin1(ip) << from << to << limit << cids;
            };
            add("everything, the newest connect first", "", "", kNone, kNone, 100, {9, 4, 3, 2, 1});
            add("one CN", "a", "", kNone, kNone, 100, {3, 1});
            add("a CN is not a pattern", "%", "", kNone, kNone, 100, {});
            add("virtual address", "", "10.8.0.2", kNone, kNone, 100, {2});
            add("virtual IPv6 address", "", "fd00:8::9", kNone, kNone, 100, {9});
            add("real address", "", "192.0.2.3", kNone, kNone, 100, {3});
            add("real IPv6 address in brackets", "", "2001:db8::9", kNone, kNone, 100, {9});
            add("CN and address", "a", "10.8.0.3", kNone, kNone, 100, {3});
            add("CN and another's address", "a", "10.8.0.2", kNone, kNone, 100, {});
            add("alive at or after a moment", "", "", 60, kNone, 100, {9, 4, 3});
            add("no end seen: until the next sample", "", "", 45, kNone, 100, {9, 4, 3, 2});
            add("connected by a moment", "", "", kNone, 20, 100, {2, 1});
            add("between two moments", "", "", 15, 35, 100, {3, 2});
            add("the first of many", "", "", kNone, kNone, 2, {9, 4});
            add("none wanted", "", "", kNone, kNone, 0, {});
        }
    }
    void aFilterFindsWhatItSays()
    {
        QFETCH(Dialect, dialect);
        QFETCH(QString, name);
        QFETCH(QString, ip);
        QFETCH(qint64, from);
        QFETCH(qint64, to);
        QFETCH(int, limit);
        QFETCH(std::vector<qint64>, cids);
        const StorePlace place(dialect);
        const auto store = place.open();
        SessionHistoryRow last = full();
        last.connectedSince = minute(90);
        last.sampledAt = minute(91);
        last.endedAt = minute(92);
        SessionHistoryRow unended = row(2, "b", 20, std::nullopt);
        unended.sampledAt = minute(40);
        VERIFY_OK(await(store->live().recordHistory(
            takeLease(*store), {row(1, "a", 0, 10), unended, row(3, "a", 30, 60), row(4, "A", 70, 80), last})));
        HistoryFilter filter;
        if (!name.isEmpty())
            filter.cn = CommonName::parse(name).value();
        if (!ip.isEmpty())
            filter.ip = Address::parse(ip).value();
        if (from >= 0)
            filter.from = minute(from);
        if (to >= 0)
            filter.to = minute(to);
        filter.limit = limit;
        QVERIFY(cidsOf(history(*store, filter)) == cids);
    }

    void pagesShowEveryRowOnce_data() { addDialectRows(); }
    void pagesShowEveryRowOnce()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        std::vector<SessionHistoryRow> rows;
        for (qint64 cid = 0; cid < 100; ++cid)
            rows.push_back(row(cid, "a", cid / 30, cid / 30 + 1)); // many connect in one moment
        VERIFY_OK(await(store->live().recordHistory(takeLease(*store), rows)));
        for (const bool byName : {true, false}) {
            HistoryFilter filter;
            if (byName)
                filter.cn = cn("a");
            filter.limit = 7;
            std::vector<SessionHistoryRow> seen;
            for (auto page = history(*store, filter); !page.empty(); page = history(*store, filter)) {
                seen.insert(seen.end(), page.begin(), page.end());
                filter.before = HistoryPosition{page.back().connectedSince, page.back().key};
            }
            std::ranges::reverse(seen);
            QVERIFY(seen == rows);
        }
    }

    void manyRowsAtOnceAreWritten_data() { addDialectRows(); }
    void manyRowsAtOnceAreWritten()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        std::vector<SessionHistoryRow> rows;
        for (qint64 cid = 0; cid < 2001; ++cid)
            rows.push_back({{instanceName(), 7, cid}, cn("a")});
        VERIFY_OK(await(store->live().recordHistory(takeLease(*store), rows)));
        HistoryFilter all;
        all.limit = 10'000;
        QCOMPARE(history(*store, all).size(), rows.size());
    }

    void theEndThatWasExplainedStaysSo_data() { addDialectRows(); }
    void theEndThatWasExplainedStaysSo()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease lease = takeLease(*store);
        SessionHistoryRow session = row(1, "a", 0, 1);
        VERIFY_OK(await(store->live().recordHistory(lease, {session})));
        QVERIFY(!history(*store).front().endReason);
        session.endReason = EndReason::ServerRestart; // known a moment later
        VERIFY_OK(await(store->live().recordHistory(lease, {session})));
        session.endReason = EndReason::Left;
        VERIFY_OK(await(store->live().recordHistory(lease, {session})));
        QCOMPARE(history(*store).front().endReason, std::optional(EndReason::ServerRestart));
    }

    void whatIsTooOldIsRemovedInSmallBatches_data() { addDialectRows(); }
    void whatIsTooOldIsRemovedInSmallBatches()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        constexpr qint64 kFuture = 60 * 24 * 365 * 100; // a hundred years hence is never old
        const Lease lease = takeLease(*store);
        std::vector<SessionHistoryRow> rows;
        for (qint64 cid = 1; cid <= 5; ++cid)
            rows.push_back(row(cid, "a", cid, cid + 1));
        rows.push_back(row(6, "still seen", 0, std::nullopt));
        rows.back().sampledAt = minute(kFuture);
        rows.push_back(row(7, "new", kFuture, std::nullopt));
        SessionHistoryRow others = row(8, "another instance", 0, 1);
        others.key.instance = InstanceName::parse(u"other").value();
        rows.push_back(others);
        VERIFY_OK(await(store->live().recordHistory(lease, rows)));
        const auto prune = [&] { return await(store->live().pruneHistory(lease, 24h, 2)).value_or(-1); };
        QCOMPARE(prune(), 2);
        QVERIFY(cidsOf(history(*store)) == (std::vector<qint64>{7, 5, 4, 3, 6, 8})); // the oldest are gone
        QCOMPARE(prune(), 2);
        QCOMPARE(prune(), 1);
        QCOMPARE(prune(), 0);
        QVERIFY(cidsOf(history(*store)) == (std::vector<qint64>{7, 6, 8}));
        VERIFY_OK(await(store->live().release(lease)));
        (void)takeLease(*store, u"another engine"_s);
        VERIFY_FAILS(await(store->live().pruneHistory(lease, 1ms, 100)), ErrorKind::LeaseHeld);
    }

    void aGenerationIsGreaterThanAnyBefore_data() { addDialectRows(); }
    void aGenerationIsGreaterThanAnyBefore() // openvpn/FACTS.md 39
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        {
            const auto store = place.open();
            const Lease lease = takeLease(*store);
            QVERIFY(await(store->live().lastGeneration(instanceName())).value() == Generation());
            QVERIFY(await(store->live().beginGeneration(lease, u"pid 1"_s)).value() == (Generation{1, u"pid 1"_s}));
            QVERIFY(await(store->live().beginGeneration(lease, u"pid 1"_s)).value() == (Generation{2, u"pid 1"_s}));
            VERIFY_OK(await(store->live().release(lease)));
        }
        const auto store = place.open();
        QVERIFY(await(store->live().lastGeneration(instanceName())).value() == (Generation{2, u"pid 1"_s}));
        const Lease lease = takeLease(*store);
        VERIFY_OK(await(store->live().recordHistory(lease, {full()}))); // generation 7
        QVERIFY(await(store->live().beginGeneration(lease, {})).value() == (Generation{8, u""_s}));
    }

    void aCopyAndABackupBringItAlong_data() { addDialectRows(); }
    void aCopyAndABackupBringItAlong()
    {
        QFETCH(Dialect, dialect);
        qputenv("XDG_DATA_HOME", m_home.path().toUtf8());
        const StorePlace place(dialect);
        const StorePlace target(dialect == Dialect::Sqlite && hasPostgres() ? Dialect::Postgres : Dialect::Sqlite);
        const auto store = place.open();
        const Lease lease = takeLease(*store);
        VERIFY_OK(await(store->live().recordHistory(lease, {full(), row(1, "a", 0, 1)})));
        VERIFY_OK(await(store->live().beginGeneration(lease, u"pid 1"_s)));
        const auto before = history(*store);
        const auto counts = await(store->info())->counts;
        QVERIFY(std::ranges::find(counts, std::pair(u"session_history"_s, qint64{2})) != counts.end());

        VERIFY_OK(await(store->copyTo(target.url().toString())));
        const auto copy = target.open();
        QVERIFY(history(*copy) == before);
        QCOMPARE(await(copy->live().lastGeneration(instanceName()))->number, 8);

        const QString file = place.path(u"backup"_s);
        VERIFY_OK(await(store->backup(file)));
        VERIFY_OK(await(store->live().recordHistory(lease, {row(2, "b", 0, 1)})));
        VERIFY_OK(await(store->restore(file)));
        QVERIFY(history(*store) == before);
        // A restore takes nobody's lease away.
        VERIFY_OK(await(store->live().renew(lease)));
        QCOMPARE(findings(*store), QStringList());
    }

    void ofAMillionRowsOnlyThoseOfTheCnAreRead_data() { addDialectRows(); }
    void ofAMillionRowsOnlyThoseOfTheCnAreRead()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const auto connection = rawConnection(place.url());
        fillMillion(*connection, dialect);
        if (QTest::currentTestFailed())
            return;
        QSqlQuery bare(connection->database());
        bare.setForwardOnly(true);
        QVERIFY(bare.prepare(u"SELECT * FROM session_history WHERE cn = ? ORDER BY connected_at DESC LIMIT 100"_s));
        std::vector<qint64> ours;
        std::vector<qint64> floors;
        QElapsedTimer timer;
        HistoryFilter filter;
        for (int i = 0; i < 101; ++i) { // interleaved
            const QString name = u"site-%1"_s.arg(i * 97);
            timer.start();
            bare.bindValue(0, name);
            QVERIFY(bare.exec());
            qint64 count = 0;
            while (bare.next()) {
                for (int column = 0; column < 16; ++column)
                    (void)bare.value(column);
                ++count;
            }
            bare.finish();
            floors.push_back(timer.nsecsElapsed());
            QCOMPARE(count, 100);
            filter.cn = CommonName::parse(name).value();
            timer.start();
            const auto found = history(*store, filter);
            ours.push_back(timer.nsecsElapsed());
            QCOMPARE(found.size(), std::size_t{100});
            QCOMPARE(found.front().key.cid, 990'000 + i * 97);
        }
        std::ranges::sort(ours);
        std::ranges::sort(floors);
        timer.start();
        HistoryFilter byAddress;
        byAddress.ip = address("10.8.7.7");
        const std::size_t atAddress = history(*store, byAddress).size();
        const qint64 addressTime = timer.nsecsElapsed();
        qInfo("by CN p50 %.2f ms, p99 %.2f ms, %.1fx of a bare prepared SELECT; by address %.1f ms (%zu)",
              static_cast<double>(ours[50]) / 1e6, static_cast<double>(ours[99]) / 1e6,
              static_cast<double>(ours[50]) / static_cast<double>(floors[50]), static_cast<double>(addressTime) / 1e6,
              atAddress);
        const QString plan = planOf(*connection);
        QVERIFY2(plan.contains(u"session_history_by_cn"_s), qPrintable(plan));
        for (const char *slow : {"TEMP B-TREE", "Seq Scan", "SCAN"})
            QVERIFY2(!plan.contains(QLatin1String(slow)), qPrintable(plan));
    }

private:
    QTemporaryDir m_home;
};

QTEST_GUILESS_MAIN(TestSessionHistory)
#include "tst_sessionhistory.moc"
