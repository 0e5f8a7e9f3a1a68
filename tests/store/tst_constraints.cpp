// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/rowtable.h"
#include "model/store/sqlerrors.h"
#include "tests/support/storeproof.h"

#include <QRandomGenerator>
#include <QTest>

#include <barrier>
#include <map>
#include <thread>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

/// A claim of `name` numbered `number`, which holds `hold`; as somebody without rules would write it.
ClaimRow holding(const char *name, int number, const Prefix &hold)
{
    const Prefix real = Prefix::parse(u"172.16.%1.%2/32"_s.arg(number / 256).arg(number % 256)).value();
    return {cn(name), real, hold, hold, instanceName(), {}, 1};
}

Expected<void> insert(Connection &connection, const Row &row)
{
    return writeChange(connection, {std::nullopt, row});
}

Expected<void> update(Connection &connection, const Row &before, const Row &after)
{
    return writeChange(connection, {before, after});
}

/// \returns true when a constraint refused it; any other failure ends the test program
bool isRefused(const Expected<void> &done)
{
    if (!done && !isConstraintError(done.error()))
        qFatal("%s", qPrintable(done.error().detail));
    return !done;
}

/// A store with an instance and the connectors a, b and c, and a connection to it that knows no rules.
struct Bare
{
    explicit Bare(Dialect dialect) : place(dialect)
    {
        const auto store = place.open();
        (void)submit(*store, usualInstance());
        for (const char *name : {"a", "b", "c"})
            (void)submit(*store, SetConnector{cn(name), {}, {}, u"here"_s});
        connection = rawConnection(place.url());
        (void)raw(*connection,
                  dialect == Dialect::Sqlite ? u"PRAGMA synchronous = OFF"_s : u"SET synchronous_commit = off"_s);
    }

    StorePlace place;
    std::unique_ptr<Connection> connection;
};

void forBoth(const char *name, const QStringList &own, const char *other, bool isAllowed)
{
    QTest::addRow("SQLite: %s", name) << Dialect::Sqlite << own << QString::fromLatin1(other) << isAllowed;
    if (hasPostgres())
        QTest::addRow("PostgreSQL: %s", name) << Dialect::Postgres << own << QString::fromLatin1(other) << isAllowed;
}

void addNestings()
{
    if (!hasPostgres() && qEnvironmentVariableIsSet("CI"))
        qFatal("INTERLOCK_TEST_POSTGRES is not set");
    QTest::addColumn<Dialect>("dialect");
    QTest::addColumn<QStringList>("own"); // holds of a that are there
    QTest::addColumn<QString>("other");   // the hold that b wants
    QTest::addColumn<bool>("isAllowed");
    forBoth("equal", {u"100.64.0.0/24"_s}, "100.64.0.0/24", false);
    forBoth("inside, at the begin", {u"100.64.0.0/24"_s}, "100.64.0.0/27", false);
    forBoth("inside, at the end", {u"100.64.0.0/24"_s}, "100.64.0.224/27", false);
    forBoth("containing, same begin", {u"100.64.0.0/27"_s}, "100.64.0.0/24", false);
    forBoth("containing, at the end", {u"100.64.0.255/32"_s}, "100.64.0.0/24", false);
    forBoth("behind", {u"100.64.0.0/24"_s}, "100.64.1.0/24", true);
    forBoth("before", {u"100.64.1.0/24"_s}, "100.64.0.0/24", true);
    forBoth("between two", {u"100.64.0.0/25"_s, u"100.64.0.192/26"_s}, "100.64.0.128/26", true);
    forBoth("in a container whose inner hold is the neighbour", {u"100.64.0.0/16"_s, u"100.64.1.0/24"_s},
            "100.64.2.0/24", false);
    forBoth("in the outermost of four",
            {u"100.64.0.0/10"_s, u"100.64.0.0/16"_s, u"100.64.0.0/24"_s, u"100.64.0.0/30"_s}, "100.100.0.0/24", false);
    forBoth("behind the outermost of four",
            {u"100.64.0.0/12"_s, u"100.64.0.0/16"_s, u"100.64.0.0/24"_s, u"100.64.0.0/30"_s}, "100.80.0.0/24", true);
    forBoth("everything", {u"100.64.0.0/27"_s}, "0.0.0.0/0", false);
    forBoth("the other family", {u"0.0.0.0/0"_s}, "fd00::/48", true);
    forBoth("IPv6, equal", {u"fd00::/48"_s}, "fd00::/48", false);
    forBoth("IPv6, inside", {u"fd00::/48"_s}, "fd00:0:0:ff::/64", false);
    forBoth("IPv6, containing", {u"fd00:0:0:ff::/64"_s}, "fd00::/48", false);
    forBoth("IPv6, the last address", {u"fd00::/64"_s}, "fd00::ffff:ffff:ffff:ffff/128", false);
    forBoth("IPv6, behind", {u"fd00::/48"_s}, "fd00:0:1::/48", true);
}

} // namespace

/// The database itself refuses what must never be, whoever asks.
class TestConstraints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoConnectorsNeverHoldOnePrefix_data() { addNestings(); }
    void twoConnectorsNeverHoldOnePrefix() // SOURCES S5, S10
    {
        QFETCH(Dialect, dialect);
        QFETCH(QStringList, own);
        QFETCH(QString, other);
        QFETCH(bool, isAllowed);
        const Bare bare(dialect);
        // One connector may hold a prefix within another of its own.
        for (int i = 0; i < own.size(); ++i)
            VERIFY_OK(insert(*bare.connection, holding("a", i, Prefix::parse(own[i]).value())));
        const ClaimRow wanted = holding("b", 100, Prefix::parse(other).value());
        QCOMPARE(isRefused(insert(*bare.connection, wanted)), !isAllowed);
        // The same by a change of what b has.
        const ClaimRow had = holding("b", 200, prefix("2001:db8::/64"));
        VERIFY_OK(insert(*bare.connection, had));
        ClaimRow moved = had;
        moved.hold = wanted.hold;
        QCOMPARE(isRefused(update(*bare.connection, had, moved)), !isAllowed);
    }

    void aHoldCannotBeHandedOverWhileItOverlaps_data() { addDialectRows(); }
    void aHoldCannotBeHandedOverWhileItOverlaps()
    {
        QFETCH(Dialect, dialect);
        const Bare bare(dialect);
        VERIFY_OK(insert(*bare.connection, holding("a", 1, prefix("100.64.0.0/16"))));
        VERIFY_OK(insert(*bare.connection, holding("a", 2, prefix("100.64.1.0/24"))));
        const auto done = raw(*bare.connection, u"UPDATE virtual_claim SET cn = 'b' WHERE hold = '100.64.1.0/24'"_s);
        QVERIFY(!done);
        QVERIFY(isConstraintError(done.error()));
    }

    void anyOrderOfHoldsAgreesWithANaiveModel_data() { addDialectRows(); }
    void anyOrderOfHoldsAgreesWithANaiveModel()
    {
        QFETCH(Dialect, dialect);
        const Bare bare(dialect);
        QRandomGenerator random(20260102);
        const std::array names{"a", "b", "c"};
        std::map<int, ClaimRow> present;
        const auto randomHold = [&] {
            const bool isIpv6 = random.bounded(4) == 0;
            const int length = 24 + random.bounded(9);
            const Address base = isIpv6 ? address("fd00::") : address("100.64.0.0");
            const int extra = isIpv6 ? 96 : 0;
            return Prefix(Address(base.family(), base.value() + static_cast<unsigned>(random.bounded(256))),
                          length + extra);
        };
        const auto isFree = [&](const ClaimRow &row, int number) {
            return std::ranges::none_of(present, [&](const auto &item) {
                return item.first != number && item.second.cn != row.cn && item.second.hold.overlaps(row.hold);
            });
        };
        int refused = 0;
        int accepted = 0;
        for (int step = 0; step < 1500; ++step) {
            const int number = random.bounded(60);
            const auto found = present.find(number);
            if (found != present.end() && random.bounded(3) == 0) {
                VERIFY_OK(writeChange(*bare.connection, {found->second, std::nullopt}));
                present.erase(found);
                continue;
            }
            ClaimRow row = found != present.end() ? found->second
                                                  : holding(names.at(static_cast<std::size_t>(random.bounded(3))),
                                                            number, prefix("203.0.113.0/24"));
            row.hold = randomHold();
            row.virtualPrefix = row.hold;
            const bool expected = isFree(row, number);
            const auto done =
                found != present.end() ? update(*bare.connection, found->second, row) : insert(*bare.connection, row);
            QVERIFY2(isRefused(done) != expected,
                     qPrintable(u"step %1: %2 of %3"_s.arg(step).arg(row.hold.toString(), row.cn.toString())));
            if (expected)
                present.insert_or_assign(number, row);
            ++(expected ? accepted : refused);
        }
        QVERIFY2(accepted > 200 && refused > 200, qPrintable(u"%1 accepted, %2 refused"_s.arg(accepted).arg(refused)));
    }

    void twoWritersAtOnceCannotBothHoldAPrefix_data() { addDialectRows(); }
    void twoWritersAtOnceCannotBothHoldAPrefix() // SOURCES S10
    {
        QFETCH(Dialect, dialect);
        const Bare bare(dialect);
        constexpr int kRounds = 40;
        std::array<std::array<bool, kRounds>, 2> isDone{};
        std::barrier start(2);
        // Without the store-wide lock: the constraint alone has to settle it.
        const auto write = [&](std::size_t which) {
            const auto connection = rawConnection(bare.place.url());
            for (int round = 0; round < kRounds; ++round) {
                const Address base = Address::parse(u"100.64.%1.0"_s.arg(round)).value();
                const ClaimRow row = holding(which == 0 ? "a" : "b", round, Prefix(base, which == 0 ? 24 : 27));
                start.arrive_and_wait();
                const bool ok =
                    raw(*connection, dialect == Dialect::Sqlite ? u"BEGIN IMMEDIATE"_s : u"BEGIN"_s).has_value() &&
                    !isRefused(insert(*connection, row)) && connection->commit().has_value();
                if (!ok)
                    connection->rollback();
                isDone.at(which).at(static_cast<std::size_t>(round)) = ok;
            }
        };
        {
            const std::jthread first(write, 0);
            const std::jthread second(write, 1);
        }
        for (std::size_t round = 0; round < kRounds; ++round)
            QVERIFY2(isDone[0].at(round) != isDone[1].at(round), qPrintable(QString::number(round)));
        QCOMPARE(raw(*bare.connection, u"SELECT COUNT(*) FROM virtual_claim"_s).value().toInt(), kRounds);
    }

    void anAddressHasOneHolderInItsTenant_data() { addDialectRows(); }
    void anAddressHasOneHolderInItsTenant() // CASES A2
    {
        QFETCH(Dialect, dialect);
        const Bare bare(dialect);
        const AllocationRow first{instanceName(), cn("a"), 4, address("10.8.0.5"), {}, {}, 1};
        VERIFY_OK(insert(*bare.connection, first));
        AllocationRow other = first;
        other.cn = cn("b");
        QVERIFY(isRefused(insert(*bare.connection, other)));
        other.tenant = u"another"_s;
        VERIFY_OK(insert(*bare.connection, other));
        AllocationRow back = other;
        back.tenant.clear();
        QVERIFY(isRefused(update(*bare.connection, other, back)));
        AllocationRow second = first; // one of a family for a connector on an instance
        second.address = address("10.8.0.6");
        QVERIFY(isRefused(insert(*bare.connection, second)));
    }

    void twoConnectorsCanExchangeTheirAddressesInOneCommand_data() { addDialectRows(); }
    void twoConnectorsCanExchangeTheirAddressesInOneCommand()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(submit(*store, SetAllocation{cn("a"), instanceName(), address("10.8.0.5")}));
        VERIFY_OK(submit(*store, SetAllocation{cn("b"), instanceName(), address("10.8.0.6")}));
        const auto swapped =
            submit(*store,
                   ImportCcd{instanceName(),
                             {{cn("a"), address("10.8.0.6"), {}, {}, {}}, {cn("b"), address("10.8.0.5"), {}, {}, {}}}});
        VERIFY_OK(swapped);
        VERIFY_OK(submit(*store, Revert{*swapped->journal}));
        QCOMPARE(findings(*store), QStringList());
    }

    void aLeaseHasOneHolder_data() { addDialectRows(); }
    void aLeaseHasOneHolder()
    {
        QFETCH(Dialect, dialect);
        const Bare bare(dialect);
        const QString sql =
            u"INSERT INTO lease (kind, name, holder, epoch, expires_at) VALUES ('openvpn', 'vpn', '%1', 1, 0)"_s;
        VERIFY_OK(raw(*bare.connection, sql.arg(u"first"_s)));
        const auto second = raw(*bare.connection, sql.arg(u"second"_s));
        QVERIFY(!second);
        QVERIFY(isConstraintError(second.error()));
    }

    void rowsWithoutTheirOwnerAreRefused_data() { addDialectRows(); }
    void rowsWithoutTheirOwnerAreRefused()
    {
        QFETCH(Dialect, dialect);
        const Bare bare(dialect);
        QVERIFY(isRefused(insert(*bare.connection, holding("nobody", 1, prefix("100.64.0.0/24")))));
        QVERIFY(isRefused(insert(*bare.connection, IrouteRow{cn("nobody"), prefix("10.1.0.0/16"), {}, 1})));
        ClaimRow stray = holding("a", 1, prefix("100.64.0.0/24"));
        stray.instance = instanceName("gone");
        QVERIFY(isRefused(insert(*bare.connection, stray)));
    }
};

QTEST_GUILESS_MAIN(TestConstraints)
#include "tst_constraints.moc"
