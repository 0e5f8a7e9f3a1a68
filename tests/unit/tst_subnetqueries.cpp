// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetqueries.h"

#include "model/rules/prefixset.h"
#include "model/rules/subnetfree.h"
#include "tests/support/topologies.h"

#include <QTest>

#include <algorithm>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

/// A topology that is filled from words: "10.0.0.0/8", "tenant 10.0.0.0/8", "tenant 10.0.0.1".
struct Tree
{
    Topology topology;

    static std::pair<QString, QString> parts(const QString &text)
    {
        return {text.contains(u' ') ? text.section(u' ', 0, 0) : QString(), text.section(u' ', -1)};
    }
    Tree &subnets(const QStringList &texts)
    {
        for (const QString &text : texts) {
            const auto [tenant, prefix] = parts(text);
            put(SubnetRow{tenant, pfx(prefix), {}, SubnetRole::None, {}, {}, {}, {}, 1});
        }
        return *this;
    }
    Tree &addresses(const QStringList &texts, AddressState state = AddressState::Used)
    {
        for (const QString &text : texts) {
            const auto [tenant, address] = parts(text);
            put(AddressRow{tenant, addr(address), state, u"x"_s, {}, {}, {}, {}, {}, 1});
        }
        return *this;
    }
    void put(Row row) { topology.apply({std::nullopt, std::move(row)}); }
};

QString named(const SubnetRow &row)
{
    return row.tenant.isEmpty() ? row.prefix.toString() : row.tenant + u' ' + row.prefix.toString();
}

QStringList named(const std::vector<SubnetRow> &rows)
{
    QStringList list;
    for (const SubnetRow &row : rows)
        list += named(row);
    return list;
}

QStringList named(const std::vector<Prefix> &prefixes)
{
    QStringList list;
    for (const Prefix &prefix : prefixes)
        list += prefix.toString();
    return list;
}

QStringList named(const Expected<HostPage> &page)
{
    if (!page)
        return {nameOf(page.error().kind)};
    static const QStringList kStates{u"free"_s,        u"used"_s,    u"reserved"_s,
                                     u"quarantined"_s, u"inChild"_s, u"allocation"_s};
    QStringList list;
    for (const HostRow &row : page->rows)
        list += row.address.toString() + u' ' + kStates.at(static_cast<int>(row.state));
    return list;
}

} // namespace

class TestSubnetQueries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parentsAndChildrenAreDerived();
    void theMostSpecificSubnetHoldsAnAddress(); // SOURCES Z4
    void pagesMakeUpTheWholeList();
    void gapsAndChildrenAreTheParent();
    void utilisationAddsUp();
    void hostsOfASmallSubnet_data();
    void hostsOfASmallSubnet();         // CASES H1, H3
    void aStartOutsideIsRefused();      // CASES H2
    void hugeSubnetsOpenAtTheirStart(); // CASES H4
    void derivedPrefixesArePaged();
    void nothingFreeIsOccupied();
    void collisionsAreFound();
    void loadingIsTheSameAsApplying();
};

void TestSubnetQueries::parentsAndChildrenAreDerived()
{
    Tree t;
    t.subnets({u"10.0.0.0/8"_s, u"10.1.0.0/16"_s, u"a 10.1.1.0/24"_s, u"a 10.1.1.0/25"_s, u"a 10.2.0.0/16"_s,
               u"b 172.16.0.0/12"_s});
    QCOMPARE(named(childrenOf(t.topology, {}, pfx(u"10.0.0.0/8"))),
             (QStringList{u"10.1.0.0/16"_s, u"a 10.2.0.0/16"_s}));
    QCOMPARE(named(childrenOf(t.topology, {}, pfx(u"10.1.0.0/16"))), QStringList{u"a 10.1.1.0/24"_s});
    QCOMPARE(named(childrenOf(t.topology, u"a"_s, pfx(u"10.1.1.0/24"))), QStringList{u"a 10.1.1.0/25"_s});
    QCOMPARE(named(*parentOf(t.topology, u"a"_s, pfx(u"10.1.1.0/25"))), u"a 10.1.1.0/24"_s);
    QCOMPARE(named(*parentOf(t.topology, u"a"_s, pfx(u"10.1.1.0/24"))), u"10.1.0.0/16"_s);
    QVERIFY(!parentOf(t.topology, u"b"_s, pfx(u"172.16.0.0/12")));
    QVERIFY(!parentOf(t.topology, {}, pfx(u"0.0.0.0/0")));
    QCOMPARE(named(subnetChain(t.topology, u"a"_s, pfx(u"10.1.1.1/32"))),
             (QStringList{u"10.0.0.0/8"_s, u"10.1.0.0/16"_s, u"a 10.1.1.0/24"_s, u"a 10.1.1.0/25"_s}));
    QCOMPARE(named(subnetChain(t.topology, u"b"_s, pfx(u"10.1.1.1/32"))),
             (QStringList{u"10.0.0.0/8"_s, u"10.1.0.0/16"_s}));
    QCOMPARE(named(subnetChain(t.topology, std::nullopt, pfx(u"172.16.0.0/12"))), QStringList{u"b 172.16.0.0/12"_s});
}

void TestSubnetQueries::theMostSpecificSubnetHoldsAnAddress()
{
    Tree t;
    t.subnets({u"10.0.0.0/8"_s, u"a 10.1.0.0/16"_s, u"a 10.1.1.0/25"_s}); // CASES V3
    QCOMPARE(named(*longestMatch(t.topology, u"a"_s, addr(u"10.1.1.9"))), u"a 10.1.1.0/25"_s);
    QCOMPARE(named(*longestMatch(t.topology, u"a"_s, addr(u"10.1.1.129"))), u"a 10.1.0.0/16"_s);
    QCOMPARE(named(*longestMatch(t.topology, u"b"_s, addr(u"10.1.1.9"))), u"10.0.0.0/8"_s);
    QVERIFY(!longestMatch(t.topology, u"a"_s, addr(u"11.0.0.1")));
}

void TestSubnetQueries::pagesMakeUpTheWholeList()
{
    Tree t;
    const QStringList all{u"10.0.0.0/8"_s,    u"10.1.0.0/16"_s,   u"fd00::/48"_s,
                          u"a 10.2.0.0/16"_s, u"a 10.2.1.0/24"_s, u"b 192.168.0.0/16"_s};
    t.subnets({all.rbegin(), all.rend()});
    for (std::size_t limit = 1; limit < 8; ++limit) {
        QStringList listed;
        std::optional<SubnetKey> after;
        do {
            const SubnetPage page = listSubnets(t.topology, {}, after, limit);
            QVERIFY(page.rows.size() <= limit);
            listed += named(page.rows);
            after = page.next;
        } while (after);
        QCOMPARE(listed, all);
    }
    SubnetFilter filter;
    filter.tenant = u"a"_s;
    filter.within = pfx(u"10.2.1.0/24");
    QCOMPARE(named(listSubnets(t.topology, filter, std::nullopt, 9).rows), QStringList{u"a 10.2.1.0/24"_s});
}

void TestSubnetQueries::gapsAndChildrenAreTheParent()
{
    Tree t;
    t.subnets({u"10.0.0.0/22"_s, u"10.0.1.0/24"_s, u"a 10.0.2.0/25"_s, u"a 10.0.2.0/26"_s});
    QCOMPARE(named(freeGaps(t.topology, {}, pfx(u"10.0.0.0/22"), std::nullopt, 10)),
             (QStringList{u"10.0.0.0/24"_s, u"10.0.2.128/25"_s, u"10.0.3.0/24"_s}));
    QCOMPARE(named(freeGaps(t.topology, {}, pfx(u"10.0.0.0/22"), pfx(u"10.0.0.0/24"), 1)),
             QStringList{u"10.0.2.128/25"_s});
    std::vector<Prefix> whole = freeGaps(t.topology, {}, pfx(u"10.0.0.0/22"), std::nullopt, 10);
    for (const SubnetRow &child : childrenOf(t.topology, {}, pfx(u"10.0.0.0/22")))
        whole.push_back(child.prefix);
    QCOMPARE(named(PrefixSet::aggregate(whole)), QStringList{u"10.0.0.0/22"_s});
    QCOMPARE(named(freeGaps(t.topology, u"a"_s, pfx(u"10.0.2.0/25"), std::nullopt, 10)),
             QStringList{u"10.0.2.64/26"_s});
}

void TestSubnetQueries::utilisationAddsUp()
{
    Tree t;
    t.subnets({u"10.0.0.0/24"_s, u"10.0.0.0/26"_s, u"a 10.0.0.128/25"_s})
        .addresses({u"10.0.0.1"_s, u"10.0.0.70"_s, u"a 10.0.0.129"_s})
        .addresses({u"10.0.0.71"_s}, AddressState::Reserved)
        .addresses({u"10.0.0.72"_s, u"10.0.0.73"_s}, AddressState::Quarantined);
    const Utilisation sum = utilisationOf(t.topology, {}, pfx(u"10.0.0.0/24"));
    // Network and broadcast address lie in children here.
    QCOMPARE(sum, (Utilisation{256, 192, 1, 1, 2, 0, 60, 3}));
    const Utilisation child = utilisationOf(t.topology, {}, pfx(u"10.0.0.0/26"));
    QCOMPARE(child, (Utilisation{64, 0, 1, 0, 0, 2, 61, 1}));
    const Utilisation six = utilisationOf(t.topology, {}, pfx(u"::/0"));
    QVERIFY(six.free == ~uint128{0} - 1);
}

void TestSubnetQueries::hostsOfASmallSubnet_data()
{
    QTest::addColumn<QString>("subnet");
    QTest::addColumn<QStringList>("hosts");
    QTest::newRow("/30") << u"10.0.0.0/30"_s << QStringList{u"10.0.0.1 used"_s, u"10.0.0.2 free"_s};
    QTest::newRow("/31") << u"10.0.0.0/31"_s << QStringList{u"10.0.0.0 free"_s, u"10.0.0.1 used"_s};
    QTest::newRow("H3 /32") << u"10.0.0.1/32"_s << QStringList{u"10.0.0.1 used"_s};
    QTest::newRow("H3 /128") << u"fd00::9/128"_s << QStringList{u"fd00::9 free"_s};
    QTest::newRow("the last address is listed for IPv6")
        << u"fd00::8/126"_s << QStringList{u"fd00::9 free"_s, u"fd00::a free"_s, u"fd00::b free"_s};
}

void TestSubnetQueries::hostsOfASmallSubnet()
{
    QFETCH(QString, subnet);
    Tree t;
    t.subnets({subnet}).addresses({u"10.0.0.1"_s});
    const auto page = listHosts(t.topology, {}, pfx(subnet), std::nullopt, 100);
    QTEST(named(page), "hosts");
    QVERIFY(!page->next);
}

void TestSubnetQueries::aStartOutsideIsRefused()
{
    Tree t;
    t.subnets({u"10.0.0.0/16"_s}).addresses({u"10.0.0.1"_s, u"10.0.0.3"_s});
    QCOMPARE(named(listHosts(t.topology, {}, pfx(u"10.0.0.0/16"), addr(u"10.255.0.0"), 9)), QStringList{u"invalid"_s});
    const auto first = listHosts(t.topology, {}, pfx(u"10.0.0.0/16"), std::nullopt, 256); // CASES H1
    QCOMPARE(named(first).mid(0, 3), (QStringList{u"10.0.0.1 used"_s, u"10.0.0.2 free"_s, u"10.0.0.3 used"_s}));
    QVERIFY(first->next == addr(u"10.0.1.1"));
    const auto last = listHosts(t.topology, {}, pfx(u"10.0.0.0/16"), addr(u"10.0.255.250"), 256);
    QCOMPARE(last->rows.back().address, addr(u"10.0.255.254"));
    QVERIFY(!last->next);
}

void TestSubnetQueries::hugeSubnetsOpenAtTheirStart()
{
    Tree t;
    t.subnets({u"10.0.0.0/8"_s, u"10.0.0.0/30"_s, u"fd00::/64"_s});
    const auto page = listHosts(t.topology, {}, pfx(u"10.0.0.0/8"), std::nullopt, 4);
    QCOMPARE(named(page),
             (QStringList{u"10.0.0.1 inChild"_s, u"10.0.0.2 inChild"_s, u"10.0.0.3 inChild"_s, u"10.0.0.4 free"_s}));
    const auto six = listHosts(t.topology, {}, pfx(u"fd00::/64"), addr(u"fd00::ffff:ffff:ffff:fffe"), 4);
    QCOMPARE(named(six), (QStringList{u"fd00::ffff:ffff:ffff:fffe free"_s, u"fd00::ffff:ffff:ffff:ffff free"_s}));
    QVERIFY(!six->next);
}

void TestSubnetQueries::derivedPrefixesArePaged()
{
    Tree t;
    t.put(instanceRow(u"main", u"10.8.0.0/24"));
    t.put(poolRow(u"main", u"10.8.0.0/24"));
    t.put(irouteRow(u"b", u"192.168.1.0/24"));
    t.put(irouteRow(u"a", u"192.168.1.0/24"));
    t.put(ClaimRow{
        cname(u"b"), pfx(u"192.168.1.0/24"), pfx(u"100.64.0.0/24"), pfx(u"100.64.0.0/24"), iname(u"main"), {}, 1});
    const std::vector<DerivedSubnet> all{{DerivedKind::Pool, pfx(u"10.8.0.0/24"), u"main"_s},
                                         {DerivedKind::StandIn, pfx(u"100.64.0.0/24"), u"b"_s},
                                         {DerivedKind::Iroute, pfx(u"192.168.1.0/24"), u"a"_s},
                                         {DerivedKind::Iroute, pfx(u"192.168.1.0/24"), u"b"_s}};
    QCOMPARE(derivedSubnets(t.topology, std::nullopt, std::nullopt, 10), all);
    QCOMPARE(derivedSubnets(t.topology, std::nullopt, all[1], 1), std::vector{all[2]});
    QCOMPARE(derivedSubnets(t.topology, pfx(u"100.64.0.0/10"), std::nullopt, 10), std::vector{all[1]});
}

void TestSubnetQueries::nothingFreeIsOccupied()
{
    Tree t;
    t.put(instanceRow(u"main", u"10.0.3.0/24"));
    t.put(poolRow(u"main", u"10.0.3.0/24"));
    t.subnets({u"10.0.0.0/21"_s, u"10.0.1.0/25"_s, u"10.0.0.0/24"_s}).addresses({u"10.0.2.9"_s});
    QCOMPARE(named(nextFreeSubnets(t.topology, {}, pfx(u"10.0.0.0/21"), 24, 9)),
             (QStringList{u"10.0.4.0/24"_s, u"10.0.5.0/24"_s, u"10.0.6.0/24"_s, u"10.0.7.0/24"_s}));
    QCOMPARE(named(nextFreeSubnets(t.topology, {}, pfx(u"10.0.0.0/21"), 25, 2)),
             (QStringList{u"10.0.1.128/25"_s, u"10.0.2.128/25"_s}));
    QCOMPARE(nextFreeSubnets(t.topology, {}, pfx(u"10.0.0.0/21"), 21, 1).size(), std::size_t{0});
    QCOMPARE(nextFreeSubnets(t.topology, {}, pfx(u"10.0.0.0/21"), 20, 1).size(), std::size_t{0});
    const FreeAddresses free(t.topology, {}, pfx(u"10.0.0.0/21"));
    QVERIFY(free.lowest() == addr(u"10.0.1.128"));
    QVERIFY(free.next(addr(u"10.0.2.9")) == addr(u"10.0.2.10"));
    QVERIFY(free.next(addr(u"10.0.3.0")) == addr(u"10.0.4.0"));
    QVERIFY(free.next(addr(u"10.0.7.254")) == addr(u"10.0.7.254"));
    QVERIFY(!free.next(addr(u"10.0.7.255")));
}

void TestSubnetQueries::collisionsAreFound()
{
    Tree t;
    t.put(instanceRow(u"main", u"10.8.0.0/24"));
    t.put(poolRow(u"main", u"10.8.0.0/24"));
    t.put(irouteRow(u"branch", u"192.168.1.0/24"));
    t.subnets({u"a 172.16.0.0/12"_s, u"a 172.16.0.0/16"_s, u"b 172.16.0.0/24"_s, u"10.0.0.0/8"_s, u"10.8.0.0/25"_s,
               u"192.168.1.0/24"_s});
    const std::vector<SubnetCollision> expected{
        {u"tenants"_s, {u"b"_s, pfx(u"172.16.0.0/24")}, pfx(u"172.16.0.0/16"), u"a"_s},
        {u"pool"_s, {{}, pfx(u"10.8.0.0/25")}, pfx(u"10.8.0.0/24"), u"main"_s},
        {u"iroute"_s, {{}, pfx(u"192.168.1.0/24")}, pfx(u"192.168.1.0/24"), u"branch"_s}};
    QCOMPARE(findCollisions(t.topology, 10), expected);
    QCOMPARE(findCollisions(t.topology, 1), std::vector{expected.front()});
}

void TestSubnetQueries::loadingIsTheSameAsApplying()
{
    Tree applied;
    Topology loaded;
    for (const QString &text : {u"10.0.0.0/8"_s, u"a 10.0.0.0/16"_s, u"10.1.0.0/16"_s, u"fd00::/48"_s}) {
        const auto [tenant, prefix] = Tree::parts(text);
        const SubnetRow row{tenant, pfx(prefix), text, SubnetRole::None, text, {}, {}, {}, 1};
        applied.put(row);
        loaded.load(row);
    }
    loaded.endLoad();
    QCOMPARE(listSubnets(loaded, {}, std::nullopt, 9).rows, listSubnets(applied.topology, {}, std::nullopt, 9).rows);
    loaded.apply({Row(*loaded.subnets().find({}, pfx(u"10.1.0.0/16"))), std::nullopt});
    QCOMPARE(loaded.subnets().size(), std::size_t{3});
    QVERIFY(!loaded.subnets().contains({}, pfx(u"10.1.0.0/16")));
}

QTEST_GUILESS_MAIN(TestSubnetQueries)
#include "tst_subnetqueries.moc"
