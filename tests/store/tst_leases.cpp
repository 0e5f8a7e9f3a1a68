// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livestore.h"
#include "tests/support/storeproof.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <set>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kProcesses = 6;
constexpr int kTurns = 25;

Expected<Lease> acquire(Store &store, const char *holder, const char *name = "vpn",
                        LeaseKind kind = LeaseKind::Instance)
{
    return await(store.live().acquire(kind, QString::fromLatin1(name), QString::fromLatin1(holder)));
}

std::vector<LeaseState> listed(Store &store)
{
    return await(store.live().list()).value();
}

/// "kind name holder epoch fresh" of each.
QStringList shown(Store &store)
{
    QStringList lines;
    for (const LeaseState &state : listed(store))
        lines.append(u"%1 %2 %3 %4 %5"_s.arg(enumText(state.lease.kind), state.lease.name, state.lease.holder)
                         .arg(state.lease.epoch)
                         .arg(state.isFresh ? u"fresh"_s : u"gone"_s));
    return lines;
}

/// As if so much time had passed for the database.
void age(const StorePlace &place, const QString &statement)
{
    QVERIFY(raw(*rawConnection(place.url()), statement));
}

/// Locks of leases in the store's database.
int lockCount(const StorePlace &place)
{
    return raw(*rawConnection(place.url()),
               u"SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
               "WHERE datname = current_database() AND locktype = 'advisory' AND objsubid = 2"_s)
        ->toInt();
}

/// The connection that has the lock of a lease ends, and its process lives.
void cutOffHolder(const StorePlace &place)
{
    const auto connection = rawConnection(place.url());
    QVERIFY(raw(*connection, u"SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database "
                             "ON pg_database.oid = pg_locks.database WHERE datname = current_database() "
                             "AND locktype = 'advisory' AND objsubid = 2"_s));
    QTRY_COMPARE(lockCount(place), 0);
}

} // namespace

class TestLeases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void processesTakeTurnsAndNoEpochIsGivenTwice_data() { addDialectRows(); }
    void processesTakeTurnsAndNoEpochIsGivenTwice() // SEMANTICS 4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        (void)place.open();
        std::vector<std::unique_ptr<Workload>> processes;
        for (int i = 0; i < kProcesses; ++i)
            processes.push_back(std::make_unique<Workload>(
                place.url(), u"leaserace"_s,
                QStringList{u"holder-%1"_s.arg(i), QString::number(kTurns), place.path(u"guard"_s)}));
        for (const auto &process : processes)
            QVERIFY(process->waitForLine("ready"));
        for (const auto &process : processes)
            process->begin();
        std::set<qint64> epochs;
        for (const auto &process : processes) {
            QVERIFY(process->waitForEnd(120));
            QCOMPARE(process->exitCode(), 0);
            for (const QString &line : process->lines()) {
                QVERIFY2(!line.startsWith("together"_L1), qPrintable(line));
                if (line.startsWith("turn"_L1))
                    QVERIFY2(epochs.insert(line.section(u' ', 1).toLongLong()).second, qPrintable(line));
            }
        }
        QCOMPARE(epochs.size(), std::size_t{kProcesses * kTurns});
        QCOMPARE(*epochs.begin(), 1);
        QCOMPARE(*epochs.rbegin(), kProcesses * kTurns);
    }

    void whatIsHeldIsRefusedByTheNameOfItsHolder_data() { addDialectRows(); }
    void whatIsHeldIsRefusedByTheNameOfItsHolder()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        const auto lease = acquire(*here, "desk-1");
        VERIFY_OK(lease);
        QCOMPARE(lease->epoch, 1);
        const auto refused = acquire(*there, "desk-2");
        VERIFY_FAILS(refused, ErrorKind::LeaseHeld);
        QCOMPARE(refused.error().payload.value("holder"_L1).toString(), u"desk-1"_s);
        // In the same process as well.
        VERIFY_FAILS(acquire(*here, "desk-2"), ErrorKind::LeaseHeld);
        QCOMPARE(shown(*there), QStringList{u"instance vpn desk-1 1 fresh"_s});
        // Another name and another kind are other leases.
        VERIFY_OK(acquire(*there, "desk-2", "other"));
        VERIFY_OK(acquire(*there, "desk-2", "vpn", LeaseKind::Network));
    }

    void aKilledHolderIsSucceeded_data() { addDialectRows(); }
    void aKilledHolderIsSucceeded() // SEMANTICS 4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        Workload holder(place.url(), u"lease"_s, {u"vpn"_s, u"doomed"_s});
        QVERIFY(holder.waitForLine("taken"));
        const QString line = holder.lines().filter(u"taken"_s).constFirst();
        VERIFY_FAILS(acquire(*store, "heir"), ErrorKind::LeaseHeld);
        holder.kill();
        Expected<Lease> heir = acquire(*store, "heir");
        if (dialect == Dialect::Postgres) // whose server takes the end of the connection for the end of the process
            QTRY_VERIFY_WITH_TIMEOUT(heir || (heir = acquire(*store, "heir")), 25'000);
        VERIFY_OK(heir);
        QCOMPARE(heir->epoch, line.section(u' ', 1, 1).toLongLong() + 1);
        if (dialect == Dialect::Postgres) {
            // By the database's clock: a holder that lives after all has stopped answering.
            const Timestamp expired = Timestamp::fromMilliseconds(line.section(u' ', 2).toLongLong());
            const auto waited = heir->expires - expired;
            qInfo("succeeded %lld ms after the last renewal", static_cast<long long>(waited.count()));
            QVERIFY(waited >= kOrphanTime);
        }
    }

    void aHolderThatLivesIsNotSucceededBeforeTheExpiry() // of PostgreSQL: DECISIONS 29
    {
        if (!hasPostgres())
            QSKIP("needs PostgreSQL");
        const StorePlace place(Dialect::Postgres);
        const auto here = place.open();
        const auto there = place.open();
        const auto lease = acquire(*here, "slow");
        VERIFY_OK(lease);
        const auto before = acquire(*there, "quick");
        VERIFY_FAILS(before, ErrorKind::LeaseHeld);
        const qint64 freeIn = before.error().payload.value("freeInMilliseconds"_L1).toInteger();
        QVERIFY(freeIn > 0 && freeIn <= kOrphanTime.count());
        // So late that it could be orphaned; but its lock is there.
        age(place, u"UPDATE lease SET expires_at = expires_at - 2000"_s);
        VERIFY_FAILS(acquire(*there, "quick"), ErrorKind::LeaseHeld);
        VERIFY_OK(await(here->live().renew(*lease)));
    }

    void aHolderThatIsCutOffIsSucceededWhenItHasStoppedAnswering() // of PostgreSQL: DECISIONS 29
    {
        if (!hasPostgres())
            QSKIP("needs PostgreSQL");
        const StorePlace place(Dialect::Postgres);
        const auto here = place.open();
        const auto there = place.open();
        const auto old = acquire(*here, "cut off");
        VERIFY_OK(old);
        cutOffHolder(place);
        VERIFY_FAILS(acquire(*there, "heir"), ErrorKind::LeaseHeld);
        age(place, u"UPDATE lease SET expires_at = expires_at - 2000"_s);
        const auto heir = acquire(*there, "heir");
        VERIFY_OK(heir);
        QCOMPARE(heir->epoch, old->epoch + 1);
        VERIFY_FAILS(await(here->live().renew(*old)), ErrorKind::StoreUnavailable); // it learns of its connection
        VERIFY_FAILS(await(here->live().renew(*old)), ErrorKind::LeaseHeld);
        QCOMPARE(shown(*here), QStringList{u"instance vpn heir 2 fresh"_s});
    }

    void aHolderThatWasCutOffGoesOnUnderTheNextEpoch() // of PostgreSQL: DECISIONS 29
    {
        if (!hasPostgres())
            QSKIP("needs PostgreSQL");
        const StorePlace place(Dialect::Postgres);
        const auto here = place.open();
        const auto there = place.open();
        const auto old = acquire(*here, "one");
        VERIFY_OK(old);
        VERIFY_OK(await(there->live().ask(LeaseKind::Instance, u"vpn"_s, u"agent"_s)));
        cutOffHolder(place);
        VERIFY_FAILS(await(here->live().renew(*old)), ErrorKind::StoreUnavailable);
        const auto renewed = await(here->live().renew(*old));
        VERIFY_OK(renewed);
        QCOMPARE(renewed->epoch, old->epoch + 1);
        // It has a lock again, and a wish is not forgotten.
        age(place, u"UPDATE lease SET expires_at = expires_at - 2000"_s);
        VERIFY_FAILS(acquire(*there, "two"), ErrorKind::LeaseHeld);
        const auto again = await(here->live().renew(*renewed));
        VERIFY_OK(again);
        QCOMPARE(again->epoch, renewed->epoch);
        QCOMPARE(again->wantedBy, std::optional(u"agent"_s));
    }

    void noLockIsLeftOfWhatIsOver() // of PostgreSQL
    {
        if (!hasPostgres())
            QSKIP("needs PostgreSQL");
        const StorePlace place(Dialect::Postgres);
        const auto store = place.open();
        for (int i = 0; i < 3; ++i)
            VERIFY_OK(acquire(*store, "one"));
        QCOMPARE(lockCount(place), 1);
        const auto last = acquire(*store, "one");
        VERIFY_OK(last);
        VERIFY_OK(await(store->live().release(*last)));
        QCOMPARE(lockCount(place), 0);
        const auto lost = acquire(*store, "one");
        VERIFY_OK(lost);
        age(place, u"UPDATE lease SET epoch = epoch + 1, holder = 'two'"_s);
        VERIFY_FAILS(await(store->live().renew(*lost)), ErrorKind::LeaseHeld);
        QCOMPARE(lockCount(place), 0);
    }

    void whoDidNotRenewInTimeIsSucceededAndIsTold_data() { addDialectRows(); }
    void whoDidNotRenewInTimeIsSucceededAndIsTold() // SEMANTICS 4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        const auto old = acquire(*here, "slow");
        VERIFY_OK(old);
        age(place, u"UPDATE lease SET expires_at = expires_at - 5001"_s);
        const auto heir = acquire(*there, "quick");
        if (dialect == Dialect::Sqlite) { // where it lives, it holds
            VERIFY_FAILS(heir, ErrorKind::LeaseHeld);
            VERIFY_OK(await(here->live().renew(*old)));
            return;
        }
        VERIFY_OK(heir);
        QCOMPARE(heir->epoch, old->epoch + 1);
        const auto late = await(here->live().renew(*old));
        VERIFY_FAILS(late, ErrorKind::LeaseHeld);
        QCOMPARE(late.error().payload.value("holder"_L1).toString(), u"quick"_s);
        // Nor does it give away what is another's.
        VERIFY_OK(await(here->live().release(*old)));
        QCOMPARE(shown(*here), QStringList{u"instance vpn quick 2 fresh"_s});
    }

    void whatIsGivenUpIsFreeAtOnce_data() { addDialectRows(); }
    void whatIsGivenUpIsFreeAtOnce()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        const auto first = acquire(*here, "one");
        VERIFY_OK(first);
        VERIFY_OK(await(here->live().release(*first)));
        VERIFY_OK(await(here->live().release(*first)));
        VERIFY_FAILS(await(here->live().renew(*first)), ErrorKind::LeaseHeld);
        const auto second = acquire(*there, "two");
        VERIFY_OK(second);
        QCOMPARE(second->epoch, 2);
        VERIFY_FAILS(await(here->live().renew(*first)), ErrorKind::LeaseHeld);
    }

    void aRenewalProlongsItByTheDatabasesClock_data() { addDialectRows(); }
    void aRenewalProlongsItByTheDatabasesClock()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const auto lease = acquire(*store, "one");
        VERIFY_OK(lease);
        age(place, u"UPDATE lease SET expires_at = expires_at - 4000"_s);
        const auto renewed = await(store->live().renew(*lease));
        VERIFY_OK(renewed);
        QVERIFY(renewed->expires >= lease->expires);
        QCOMPARE(renewed->epoch, lease->epoch);
        const auto state = listed(*store).front();
        QVERIFY(state.isFresh);
        if (dialect == Dialect::Postgres)
            QVERIFY(state.lease == *renewed);
    }

    void theHolderLearnsWhoWantsIt_data() { addDialectRows(); }
    void theHolderLearnsWhoWantsIt() // SEMANTICS 4: a desktop hands over at the request of an interlockd
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto desktop = place.open();
        const auto agent = place.open();
        const auto lease = acquire(*desktop, "desktop");
        VERIFY_OK(lease);
        QCOMPARE(await(desktop->live().renew(*lease))->wantedBy, std::nullopt);
        VERIFY_OK(await(agent->live().ask(LeaseKind::Instance, u"vpn"_s, u"agent"_s)));
        QCOMPARE(await(desktop->live().renew(*lease))->wantedBy, std::optional(u"agent"_s));
        VERIFY_OK(await(desktop->live().release(*lease)));
        const auto taken = acquire(*agent, "agent");
        VERIFY_OK(taken);
        QCOMPARE(await(agent->live().renew(*taken))->wantedBy, std::nullopt);
        // What nobody has can be asked for in vain.
        VERIFY_OK(await(agent->live().ask(LeaseKind::Instance, u"nobody"_s, u"agent"_s)));
    }

    void theSameHolderMayTakeAgainAndTheFirstTakingIsVoid_data() { addDialectRows(); }
    void theSameHolderMayTakeAgainAndTheFirstTakingIsVoid()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const auto first = acquire(*store, "one");
        const auto second = acquire(*store, "one");
        VERIFY_OK(second);
        QCOMPARE(second->epoch, first->epoch + 1);
        VERIFY_FAILS(await(store->live().renew(*first)), ErrorKind::LeaseHeld);
        VERIFY_OK(await(store->live().release(*first)));
        VERIFY_OK(await(store->live().renew(*second)));
        VERIFY_FAILS(acquire(*place.open(), "two"), ErrorKind::LeaseHeld);
    }

    void anAgentIsAliveForTenSecondsAfterABeat_data() { addDialectRows(); }
    void anAgentIsAliveForTenSecondsAfterABeat() // SEMANTICS 4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto agent = place.open();
        const auto desktop = place.open();
        VERIFY_OK(await(agent->live().beat(u"vpn-host"_s)));
        QCOMPARE(shown(*desktop), QStringList{u"agent vpn-host vpn-host 0 fresh"_s});
        age(place, u"UPDATE live.agent SET seen_at = seen_at - 10000"_s);
        QCOMPARE(shown(*desktop), QStringList{u"agent vpn-host vpn-host 0 gone"_s});
        VERIFY_OK(await(agent->live().beat(u"vpn-host"_s)));
        QCOMPARE(shown(*desktop), QStringList{u"agent vpn-host vpn-host 0 fresh"_s});
    }

    void aStoreThatClosesFreesItsLocks() // of SQLite
    {
        const StorePlace place(Dialect::Sqlite);
        {
            const auto store = place.open();
            VERIFY_OK(acquire(*store, "one"));
        }
        const auto store = place.open();
        QCOMPARE(shown(*store), QStringList{u"instance vpn one 1 gone"_s});
        VERIFY_OK(acquire(*store, "two"));
    }

    void anotherNameOfTheFileIsTheSameStore()
    {
        const StorePlace place(Dialect::Sqlite);
        const auto store = place.open();
        VERIFY_OK(acquire(*store, "one"));
        StoreUrl alias = place.url();
        alias.path = place.path(u"alias.db"_s);
        QVERIFY(QFile::link(place.url().path, alias.path));
        const auto other = Store::open(alias, Store::Opening::Existing);
        VERIFY_OK(other);
        VERIFY_FAILS(acquire(**other, "two"), ErrorKind::LeaseHeld);
    }
};

QTEST_GUILESS_MAIN(TestLeases)
#include "tst_leases.moc"
