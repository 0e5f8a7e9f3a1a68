// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livestore.h"
#include "tests/support/storeproof.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

Lease takeLease(Store &store, const QString &holder = u"engine"_s, const QString &name = u"vpn"_s)
{
    return await(store.live().acquire(LeaseKind::Instance, name, holder)).value();
}

InstanceHealth health(const char *instance = "vpn")
{
    return {instanceName(instance), u"up"_s, {}, 7, Timestamp::fromMilliseconds(1'000), u"OpenVPN 2.6.14"_s, 250};
}

SessionFact plain(qint64 cid, const char *instance = "vpn")
{
    return {{instanceName(instance), 7, cid}};
}

/// One in which every field has a value of its own.
SessionFact full(qint64 cid)
{
    SessionFact fact = plain(cid);
    fact.cn = cn("sité \"x\",\\ $()");
    fact.username = u"bob"_s;
    fact.realAddress = u"[2001:db8::1]:1194"_s;
    fact.address = address("10.8.0.5");
    fact.address6 = address("fd00:8::5");
    fact.connectedSince = Timestamp::fromMilliseconds(1'767'225'600'000);
    fact.lastSeen = Timestamp::fromMilliseconds(1'767'225'601'234);
    fact.bytesIn = 9'007'199'254'740'993; // no double has this one
    fact.bytesOut = 2;
    fact.rateIn = 1.5;
    fact.rateOut = 0.25;
    fact.state = SessionState::Leaving;
    fact.routes = RouteState::WaitingForHolder;
    fact.waitingFor = cn("other");
    fact.declared = {prefix("10.1.0.0/16"), prefix("fd00:1::/48")};
    fact.installed = {prefix("10.1.0.0/16")};
    fact.answer = QStringList{u"iroute 10.1.0.0 255.255.0.0"_s, u"push \"route 10.2.0.0 255.255.0.0\""_s};
    fact.alerts = QStringList{u"the mask differs"_s};
    fact.clientVersion = u"2.6.14"_s;
    fact.platform = u"linux"_s;
    return fact;
}

std::vector<SessionFact> many(qint64 count, qint64 bytes = 0)
{
    std::vector<SessionFact> facts;
    for (qint64 cid = 0; cid < count; ++cid) {
        facts.push_back(plain(cid));
        facts.back().bytesIn = bytes;
    }
    return facts;
}

Expected<bool> publish(Store &store, const Lease &lease, std::vector<SessionFact> sessions)
{
    const InstanceName instance = InstanceName::parse(lease.name).value();
    return await(store.live().publishSessions(lease, health(qPrintable(instance.toString())), std::move(sessions)));
}

LiveSnapshot snapshot(Store &store, std::optional<InstanceName> instance = {})
{
    return await(store.live().sessions(std::move(instance))).value();
}

int numberOf(const StorePlace &place, const QString &sql)
{
    return raw(*rawConnection(place.url()), sql).value().toInt();
}

} // namespace

class TestLiveSessions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsPublishedIsSeenByEverybodyAsItIs_data() { addDialectRows(); }
    void whatIsPublishedIsSeenByEverybodyAsItIs()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        QVERIFY(snapshot(*there).instances.empty());
        const Lease lease = takeLease(*here);
        QCOMPARE(*publish(*here, lease, {full(2), plain(1)}), true);
        const LiveSnapshot seen = snapshot(*there);
        QVERIFY(seen.sessions == (std::vector{plain(1), full(2)}));
        QCOMPARE(seen.instances.size(), std::size_t{1});
        QVERIFY(seen.instances.front().health == health());
        QCOMPARE(seen.instances.front().owner, std::optional(u"engine"_s));
        QVERIFY(seen.instances.front().publishedAt <= seen.asOf);
        // Live facts are no business of the journal.
        QVERIFY(wholeJournal(*there).empty());
        QCOMPARE(findings(*there), QStringList());
    }

    void anyNumberComesThrough_data()
    {
        QTest::addColumn<Dialect>("dialect");
        QTest::addColumn<qint64>("first");
        QTest::addColumn<qint64>("second");
        for (const Dialect dialect : {Dialect::Sqlite, Dialect::Postgres}) {
            if (dialect == Dialect::Postgres && !hasPostgres())
                continue;
            const char *name = dialect == Dialect::Sqlite ? "SQLite" : "PostgreSQL";
            QTest::addRow("from none to some, %s", name) << dialect << qint64{0} << qint64{3};
            QTest::addRow("from some to none, %s", name) << dialect << qint64{3} << qint64{0};
            QTest::addRow("across a chunk, %s", name) << dialect << qint64{127} << qint64{129};
            QTest::addRow("from many to few, %s", name) << dialect << qint64{5000} << qint64{2};
            QTest::addRow("from few to many, %s", name) << dialect << qint64{2} << qint64{5000};
        }
    }
    void anyNumberComesThrough()
    {
        QFETCH(Dialect, dialect);
        QFETCH(qint64, first);
        QFETCH(qint64, second);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        const Lease lease = takeLease(*here);
        QVERIFY(*publish(*here, lease, many(first)));
        QVERIFY(snapshot(*there).sessions == many(first));
        QVERIFY(*publish(*here, lease, many(second, 1)));
        QVERIFY(snapshot(*there).sessions == many(second, 1));
        QVERIFY(snapshot(*place.open()).sessions == many(second, 1));
    }

    void oneInstanceIsSeenAloneAndAllTogether_data() { addDialectRows(); }
    void oneInstanceIsSeenAloneAndAllTogether()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        QVERIFY(*publish(*store, takeLease(*store, u"engine"_s, u"b"_s), {plain(1, "b")}));
        QVERIFY(*publish(*store, takeLease(*store, u"engine"_s, u"a"_s), {plain(1, "a")}));
        QVERIFY(snapshot(*store, instanceName("b")).sessions == std::vector{plain(1, "b")});
        QVERIFY(snapshot(*store).sessions == (std::vector{plain(1, "a"), plain(1, "b")}));
        QVERIFY(snapshot(*store, instanceName("c")).instances.empty());
    }

    void anOldEpochCannotPublish_data() { addDialectRows(); }
    void anOldEpochCannotPublish() // SEMANTICS 4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        const Lease old = takeLease(*here, u"old"_s);
        QVERIFY(*publish(*here, old, {plain(1)}));
        VERIFY_OK(await(here->live().release(old)));
        const Lease lease = takeLease(*there, u"new"_s);
        const auto beforeTheHeir = publish(*here, old, {plain(2)});
        VERIFY_FAILS(beforeTheHeir, ErrorKind::LeaseHeld);
        QCOMPARE(beforeTheHeir.error().payload.value("holder"_L1).toString(), u"new"_s);
        QVERIFY(snapshot(*here).sessions == std::vector{plain(1)});
        QVERIFY(*publish(*there, lease, {plain(3)}));
        VERIFY_FAILS(publish(*here, old, {plain(2)}), ErrorKind::LeaseHeld);
        QVERIFY(snapshot(*here).sessions == std::vector{plain(3)});
        QVERIFY(snapshot(*there).sessions == std::vector{plain(3)});
    }

    void whatTheLastOwnerSawStaysAndSaysThatNobodyOwnsIt_data() { addDialectRows(); }
    void whatTheLastOwnerSawStaysAndSaysThatNobodyOwnsIt()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease lease = takeLease(*store);
        QVERIFY(*publish(*store, lease, {plain(1)}));
        VERIFY_OK(await(store->live().release(lease)));
        const LiveSnapshot seen = snapshot(*store);
        QVERIFY(seen.sessions == std::vector{plain(1)});
        QCOMPARE(seen.instances.front().owner, std::nullopt);
    }

    void nothingIsWrittenWhileNobodyLooks_data() { addDialectRows(); }
    void nothingIsWrittenWhileNobodyLooks() // SEMANTICS 4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const Lease lease = takeLease(*here);
        QCOMPARE(*publish(*here, lease, {plain(1)}), true); // the first, so that a reader finds something
        QCOMPARE(*publish(*here, lease, {plain(2)}), false);
        const auto there = place.open();
        QVERIFY(snapshot(*there).sessions == std::vector{plain(1)});
        QCOMPARE(*publish(*here, lease, {plain(2)}), true);
        QVERIFY(snapshot(*there).sessions == std::vector{plain(2)});
        // Ten seconds later nobody looks any more.
        VERIFY_OK(raw(*rawConnection(place.url()), u"UPDATE live.reader SET seen_at = seen_at - 10000"_s));
        QCOMPARE(*publish(*here, lease, {plain(3)}), false);
        // But what the next owner has to know is written for it.
        QCOMPARE(*await(here->live().publishSessions(lease, health(), {plain(5)}, Publishing::Always)), true);
        QVERIFY(snapshot(*place.open()).sessions == std::vector{plain(5)});
        VERIFY_OK(raw(*rawConnection(place.url()), u"DELETE FROM live.reader"_s));
        // Who may not publish is told so, whether somebody looks or not.
        VERIFY_OK(await(here->live().release(lease)));
        VERIFY_FAILS(publish(*here, lease, {plain(4)}), ErrorKind::LeaseHeld);
    }

    void onlyWhatChangedIsWritten_data() { addDialectRows(); }
    void onlyWhatChangedIsWritten()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease lease = takeLease(*store);
        std::vector<SessionFact> sessions = many(1000);
        QVERIFY(*publish(*store, lease, sessions));
        (void)snapshot(*store);
        sessions[500].bytesIn = 1;
        QVERIFY(*publish(*store, lease, sessions));
        QCOMPARE(numberOf(place, u"SELECT COUNT(*) FROM live.session_chunk WHERE revision = 2"_s), 1);
        QVERIFY(numberOf(place, u"SELECT COUNT(*) FROM live.session_chunk WHERE revision = 1"_s) > 5);
        QVERIFY(snapshot(*store).sessions == sessions);
    }

    void whatACrashHasTakenIsWrittenAnew_data()
    {
        QTest::addColumn<Dialect>("dialect");
        QTest::addColumn<QStringList>("lost");
        for (const Dialect dialect : {Dialect::Sqlite, Dialect::Postgres}) {
            if (dialect == Dialect::Postgres && !hasPostgres())
                continue;
            const char *name = dialect == Dialect::Sqlite ? "SQLite" : "PostgreSQL";
            QTest::addRow("everything, %s", name)
                << dialect
                << QStringList{u"DELETE FROM live.session_chunk"_s, u"DELETE FROM live.instance_feed"_s,
                               u"DELETE FROM live.reader"_s};
        }
    }
    void whatACrashHasTakenIsWrittenAnew()
    {
        QFETCH(Dialect, dialect);
        QFETCH(QStringList, lost);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        const Lease lease = takeLease(*here);
        QVERIFY(*publish(*here, lease, many(300)));
        QVERIFY(snapshot(*there).sessions == many(300));
        for (const QString &sql : lost)
            VERIFY_OK(raw(*rawConnection(place.url()), sql));
        QVERIFY(snapshot(*place.open()).sessions.empty());
        QVERIFY(*publish(*here, lease, many(300)));
        QVERIFY(snapshot(*place.open()).sessions == many(300));
        QVERIFY(snapshot(*there).sessions == many(300));
    }

    void whoLooksWhileItIsPublishedSeesOneMoment_data() { addDialectRows(); }
    void whoLooksWhileItIsPublishedSeesOneMoment()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        const Lease lease = takeLease(*here);
        QVERIFY(*publish(*here, lease, many(1500)));
        std::atomic<bool> isOver = false;
        std::atomic<int> moments = 0;
        std::atomic<int> mixtures = 0;
        std::thread reader([&] {
            qint64 last = -1;
            while (!isOver) {
                const LiveSnapshot seen = snapshot(*there);
                const qint64 bytes = seen.sessions.front().bytesIn;
                const bool isOne =
                    seen.sessions.size() == 1500 &&
                    std::ranges::all_of(seen.sessions, [&](const SessionFact &fact) { return fact.bytesIn == bytes; });
                moments += bytes != last ? 1 : 0;
                mixtures += isOne && bytes >= last ? 0 : 1;
                last = bytes;
            }
        });
        qint64 written = 0;
        for (qint64 bytes = 1; bytes <= 60 || moments < 5; ++bytes)
            written += *publish(*here, lease, many(1500, bytes)) ? 1 : 0;
        isOver = true;
        reader.join();
        QCOMPARE(mixtures, 0);
        QVERIFY(written > 5);
    }
};

QTEST_GUILESS_MAIN(TestLiveSessions)
#include "tst_livesessions.moc"
