// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/topology.h"

#include "tests/support/generators.h"
#include "tests/support/topologies.h"

#include <QTest>

#include <rapidcheck.h>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

template <typename R>
QStringList keysOf(const std::vector<const R *> &rows)
{
    QStringList list;
    for (const R *row : rows)
        list += keyOf(*row);
    return list;
}

/// Prefixes in a small space, so that they meet.
rc::Gen<Prefix> smallPrefix()
{
    return rc::gen::exec(
        [] { return Prefix(Address::ipv4(0x6440'0000U | *rc::gen::inRange(0U, 1024U)), *rc::gen::inRange(18, 33)); });
}

} // namespace

class TestTopology : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rowsAreFoundByKeyAndByTheBeginningOfAKey();
    void anUpdateReplacesTheRowAndItsIndexes();
    void overlapsAreThoseOfALinearScan();
    void freeCarveOutsAreThoseOfAFreshTopology();
    void addressesThatChangePlacesAreStillFound();
    void addressesAreUniqueInATenantOnly();
    void allocationsOfABlockComeInOrder();
    void theLowestFreeAddress();
    void freeAddressesFollowTheRows();
    void anOccupationEndsWithItsScope();
    void settings();
    void prefixMultiMapKeepsManyValuesUnderOnePrefix();
};

void TestTopology::rowsAreFoundByKeyAndByTheBeginningOfAKey()
{
    Space s;
    for (const auto *cn : {u"b", u"a", u"c"})
        s.put(irouteRow(cn, u"10.0.0.0/24"));
    s.put(irouteRow(u"b", u"10.0.1.0/24"));
    QVERIFY(s.topology.find<IrouteRow>(cname(u"b"), pfx(u"10.0.1.0/24")));
    QVERIFY(!s.topology.find<IrouteRow>(cname(u"a"), pfx(u"10.0.1.0/24")));
    const QStringList expected{u"[\"b\",\"10.0.0.0/24\"]"_s, u"[\"b\",\"10.0.1.0/24\"]"_s};
    QCOMPARE(keysOf(s.topology.list<IrouteRow>(cname(u"b"))), expected);
    QCOMPARE(s.topology.list<IrouteRow>(cname(u"bb")).size(), std::size_t{0});
}

void TestTopology::anUpdateReplacesTheRowAndItsIndexes()
{
    Space s;
    ClaimRow claim{cname(u"a"), pfx(u"10.0.0.0/24"), pfx(u"10.0.0.0/24"), pfx(u"10.0.0.0/24"), iname(u"main"), {}, 1};
    s.put(claim);
    const Row before = claim;
    claim.virtualPrefix = claim.hold = pfx(u"100.64.0.0/24");
    s.topology.apply({before, claim});
    QCOMPARE(s.topology.claimsHolding(pfx(u"10.0.0.0/24")).size(), std::size_t{0});
    QCOMPARE(s.topology.claimsOverlapping(pfx(u"10.0.0.0/24")).size(), std::size_t{1});
    QCOMPARE(*s.topology.claimsHolding(pfx(u"100.64.0.0/10")).front(), claim);
    s.remove(claim);
    QCOMPARE(s.topology.claimsOverlapping(pfx(u"0.0.0.0/0")).size(), std::size_t{0});
    QCOMPARE(*s.topology.freeCarveOut(pfx(u"100.64.0.0/10"), 10, s.now), pfx(u"100.64.0.0/10"));
}

void TestTopology::overlapsAreThoseOfALinearScan()
{
    QVERIFY(rc::check("overlap queries answer what a scan of all rows finds", [] {
        Topology topology;
        const int count = *rc::gen::inRange(0, 30);
        const Timestamp now = Timestamp::fromMilliseconds(100);
        for (int i = 0; i < count; ++i) {
            const QString name = u"n"_s + QString::number(*rc::gen::inRange(0, 6));
            const Prefix a = *smallPrefix();
            const Prefix b = *smallPrefix();
            const Row row = *rc::gen::element<Row>(
                ClaimRow{cname(name), a, a, a, iname(u"i"), {}, 1}, ClaimRow{cname(name), a, b, b, iname(u"i"), {}, 1},
                PoolRow{iname(name), a, 0, 1}, ExclusionRow{a, {}, {}, 1},
                QuarantineRow{a, cname(name), {}, Timestamp::fromMilliseconds(*rc::gen::inRange(99, 102)), 1});
            topology.apply({topology.current(row), row});
            if (*rc::gen::inRange(0, 4) == 0)
                topology.apply({row, std::nullopt});
        }
        const Prefix asked = *smallPrefix();
        const auto scan = [&]<typename R>(const RowSet<R> &rows, auto &&keep) {
            std::vector<const R *> found;
            for (const R &row : rows) {
                if (keep(row))
                    found.push_back(&row);
            }
            return found;
        };
        RC_ASSERT(topology.claimsOverlapping(asked) == scan(topology.rows<ClaimRow>(), [&](const ClaimRow &row) {
                      return row.real.overlaps(asked) || row.hold.overlaps(asked);
                  }));
        RC_ASSERT(topology.claimsHolding(asked) ==
                  scan(topology.rows<ClaimRow>(), [&](const ClaimRow &row) { return row.hold.overlaps(asked); }));
        RC_ASSERT(topology.poolsOverlapping(asked) ==
                  scan(topology.rows<PoolRow>(), [&](const PoolRow &row) { return row.prefix.overlaps(asked); }));
        RC_ASSERT(
            topology.exclusionsOverlapping(asked) ==
            scan(topology.rows<ExclusionRow>(), [&](const ExclusionRow &row) { return row.prefix.overlaps(asked); }));
        RC_ASSERT(topology.quarantinesOverlapping(asked, now) ==
                  scan(topology.rows<QuarantineRow>(),
                       [&](const QuarantineRow &row) { return row.until > now && row.carveOut.overlaps(asked); }));
        RC_ASSERT(topology.expiredQuarantines(asked, now) ==
                  scan(topology.rows<QuarantineRow>(),
                       [&](const QuarantineRow &row) { return row.until <= now && row.carveOut.overlaps(asked); }));
    }));
}

void TestTopology::freeCarveOutsAreThoseOfAFreshTopology()
{
    QVERIFY(rc::check("an allocator that followed every edit equals one that is made from the rows", [] {
        Topology topology;
        const std::vector<Prefix> ranges{pfx(u"100.64.0.0/21"), pfx(u"100.64.0.0/24"), pfx(u"100.64.2.0/28")};
        Timestamp now;
        (void)fingerprintOf(topology, now, ranges); // the allocators are there from the beginning
        const int count = *rc::gen::inRange(0, 40);
        for (int i = 0; i < count; ++i) {
            const QString name = u"n"_s + QString::number(*rc::gen::inRange(0, 4));
            const Prefix a = *smallPrefix();
            const Prefix b = *smallPrefix();
            const Row row = *rc::gen::element<Row>(
                ClaimRow{cname(name), a, a, a, iname(u"i"), {}, 1}, ClaimRow{cname(name), a, b, b, iname(u"i"), {}, 1},
                PoolRow{iname(name), a, 0, 1}, ExclusionRow{a, {}, {}, 1},
                QuarantineRow{a, cname(name), {}, Timestamp::fromMilliseconds(*rc::gen::inRange(0, 10)), 1});
            const auto stored = topology.current(row);
            topology.apply({stored, row});
            if (*rc::gen::inRange(0, 3) == 0)
                topology.apply({row, std::nullopt});
            now = Timestamp::fromMilliseconds(*rc::gen::inRange(0, 10)); // forward and back
            if (*rc::gen::arbitrary<bool>())
                (void)topology.freeCarveOut(ranges.front(), 27, now);
        }
        Topology fresh;
        const auto copy = [&]<typename R>(const RowSet<R> &rows) {
            for (const R &row : rows)
                fresh.apply({std::nullopt, Row(row)});
        };
        copy(topology.rows<ClaimRow>());
        copy(topology.rows<PoolRow>());
        copy(topology.rows<ExclusionRow>());
        copy(topology.rows<QuarantineRow>());
        RC_ASSERT(fingerprintOf(topology, now, ranges) == fingerprintOf(fresh, now, ranges));
    }));
}

void TestTopology::addressesThatChangePlacesAreStillFound()
{
    Space s;
    AllocationRow a = allocationRow(u"main", u"a", u"10.8.0.10");
    AllocationRow b = allocationRow(u"main", u"b", u"10.8.0.11");
    s.put(a);
    s.put(b);
    std::swap(a.address, b.address);
    s.put(a);
    s.put(b);
    QCOMPARE(s.topology.holderOf({}, addr(u"10.8.0.11"))->cn, cname(u"a"));
    QCOMPARE(s.topology.holderOf({}, addr(u"10.8.0.10"))->cn, cname(u"b"));
    const auto found = s.topology.allocationsIn(iname(u"main"), pfx(u"10.8.0.0/24"));
    QCOMPARE(found.size(), std::size_t{2});
    QCOMPARE(*found.front(), b);
    s.remove(a);
    QVERIFY(!s.topology.holderOf({}, addr(u"10.8.0.11")));
    QVERIFY(s.topology.holderOf({}, addr(u"10.8.0.10")));
}

void TestTopology::addressesAreUniqueInATenantOnly()
{
    Space s;
    AllocationRow a = allocationRow(u"main", u"a", u"10.8.0.10");
    AllocationRow b = allocationRow(u"other", u"b", u"10.8.0.10");
    b.tenant = u"blue"_s;
    s.put(a);
    s.put(b);
    QCOMPARE(*s.topology.holderOf({}, a.address), a);
    QCOMPARE(*s.topology.holderOf(u"blue"_s, a.address), b);
    QVERIFY(!s.topology.holderOf(u"red"_s, a.address));
}

void TestTopology::allocationsOfABlockComeInOrder()
{
    Space s;
    for (const auto *text : {u"10.8.0.32", u"10.8.0.31", u"10.8.0.2", u"10.8.0.64"})
        s.put(allocationRow(u"main", text, text));
    s.put(allocationRow(u"other", u"x", u"10.8.0.5"));
    const QStringList expected{u"[\"main\",\"10.8.0.2\",4]"_s, u"[\"main\",\"10.8.0.31\",4]"_s};
    QCOMPARE(keysOf(s.topology.allocationsIn(iname(u"main"), pfx(u"10.8.0.0/27"))), expected);
    QCOMPARE(s.topology.allocationsIn(iname(u"main"), pfx(u"0.0.0.0/0")).size(), std::size_t{4});
}

void TestTopology::theLowestFreeAddress()
{
    Space s;
    const std::vector<Address> unusable{addr(u"10.8.0.0"), addr(u"10.8.0.3"), addr(u"10.9.0.0")};
    const auto next = [&](QStringView pool) {
        const auto free = s.topology.freeAddress({}, pfx(pool), unusable);
        return free ? free->toString() : u"none"_s;
    };
    QCOMPARE(next(u"10.8.0.0/30"), u"10.8.0.1"_s);
    s.put(allocationRow(u"main", u"a", u"10.8.0.1"));
    QCOMPARE(next(u"10.8.0.0/30"), u"10.8.0.2"_s);
    s.put(allocationRow(u"main", u"b", u"10.8.0.2"));
    QCOMPARE(next(u"10.8.0.0/30"), u"none"_s);
    QCOMPARE(next(u"10.8.0.0/29"), u"10.8.0.4"_s);
    QCOMPARE(next(u"10.8.0.9/32"), u"10.8.0.9"_s);
}

void TestTopology::freeAddressesFollowTheRows()
{
    QVERIFY(rc::check("the lowest free address is the one that a scan finds", [] {
        Topology topology;
        const Prefix pool = pfx(u"10.8.0.0/28");
        const std::vector<Address> unusable{pool.first(), pool.last()};
        const int count = *rc::gen::inRange(0, 40);
        for (int i = 0; i < count; ++i) {
            const auto last = static_cast<std::uint32_t>(*rc::gen::inRange(0, 18));
            AllocationRow row = allocationRow(u"main", u"n"_s + QString::number(*rc::gen::inRange(0, 14)), u"10.8.0.0");
            row.address = Address::ipv4(0x0a08'0000U + last);
            row.tenant = *rc::gen::element(u""_s, u"blue"_s);
            topology.apply({topology.current(row), row});
            if (*rc::gen::inRange(0, 4) == 0)
                topology.apply({row, std::nullopt});
            std::optional<Address> expected;
            for (std::uint32_t offset = 1; offset < 15 && !expected; ++offset) {
                if (!topology.holderOf({}, Address::ipv4(0x0a08'0000U + offset)))
                    expected = Address::ipv4(0x0a08'0000U + offset);
            }
            RC_ASSERT(topology.freeAddress({}, pool, unusable) == expected);
        }
    }));
}

void TestTopology::anOccupationEndsWithItsScope()
{
    Space s;
    const QStringList before = s.fingerprint();
    {
        const Topology::Occupation outer(s.topology, pfx(u"100.64.0.0/24"));
        const Topology::Occupation inner(s.topology, pfx(u"100.64.0.0/27"));
        {
            const Topology::Occupation again(s.topology, pfx(u"100.64.0.0/24"));
        }
        QCOMPARE(*s.topology.freeCarveOut(pfx(u"100.64.0.0/10"), 27, s.now), pfx(u"100.64.1.0/27"));
        QCOMPARE(*s.topology.freeCarveOut(pfx(u"100.64.0.0/16"), 27, s.now),
                 pfx(u"100.64.1.0/27")); // a range that is new
    }
    QCOMPARE(s.fingerprint(), before);
    QCOMPARE(*s.topology.freeCarveOut(pfx(u"100.64.0.0/16"), 27, s.now), pfx(u"100.64.0.0/27"));
}

void TestTopology::settings()
{
    Space s;
    QCOMPARE(s.topology.setting(u"quarantineHours"_s, u"24"_s), u"24"_s);
    s.put(SettingRow{u"quarantineHours"_s, u"1"_s, 1});
    QCOMPARE(s.topology.setting(u"quarantineHours"_s, u"24"_s), u"1"_s);
}

void TestTopology::prefixMultiMapKeepsManyValuesUnderOnePrefix()
{
    PrefixMultiMap<int> map;
    for (int i = 0; i < 5; ++i)
        map.insert(pfx(u"192.168.1.0/24"), i);
    map.insert(pfx(u"192.168.0.0/16"), 9);
    map.insert(pfx(u"fd00::/8"), 7);
    int asked = 0;
    QVERIFY(map.anyOverlapping(pfx(u"192.168.1.7/32"), [&](const Prefix &, int) { return ++asked > 0; }));
    QCOMPARE(asked, 1); // no more than needed
    QList<int> found;
    map.forEachOverlapping(pfx(u"192.168.1.7/32"), [&](const Prefix &, int value) { found += value; });
    QCOMPARE(found, (QList<int>{9, 0, 1, 2, 3, 4}));
    QVERIFY(map.erase(pfx(u"192.168.1.0/24"), 3));
    QVERIFY(!map.erase(pfx(u"192.168.1.0/24"), 3));
    QVERIFY(map.erase(pfx(u"192.168.0.0/16"), 9));
    found.clear();
    map.forEachOverlapping(pfx(u"0.0.0.0/0"), [&](const Prefix &, int value) { found += value; });
    QCOMPARE(found, (QList<int>{0, 1, 2, 4}));
    QVERIFY(!map.overlapsAny(pfx(u"192.168.2.0/24")));
    QVERIFY(map.overlapsAny(pfx(u"fd00:1::/32")));
}

QTEST_GUILESS_MAIN(TestTopology)
#include "tst_topology.moc"
