// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/tunneladdress.h"

#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

struct Pools : Space
{
    QString set(QStringView cn, QStringView address, QStringView instance = u"main")
    {
        return shown(tryOut([&](TopologyEdit &edit, ClaimResolver &) {
            return setAllocation(edit, cname(cn), iname(instance), addr(address), now);
        }));
    }
    QString request(QStringView cn, QStringView instance = u"main")
    {
        return shown(tryOut([&](TopologyEdit &edit, ClaimResolver &) {
            return requestAllocation(edit, cname(cn), iname(instance), now);
        }));
    }
    static QString shown(const Expected<AllocationRow> &row) { return row ? row->address.toString() : refusalOf(row); }
};

} // namespace

class TestTunnelAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsNeverHandedOut_data();
    void whatIsNeverHandedOut(); // SEMANTICS 1
    void theWholeOfAPoolInsideTheNetworkIsUsable();
    void requestsTakeTheLowestFreeAddress();
    void aSecondRequestGetsTheSameAddress();
    void poolsAreAskedInTheirOrder();
    void aFullPoolIsExhausted();
    void anAddressHasOneOwnerInItsTenant();
    void anotherTenantMayHaveTheSameAddress();
    void settingAgainChangesNothing();
    void oneAddressAFamily();
    void releasingOneInstanceOrAll();
    void unknownInstance();
};

void TestTunnelAddress::whatIsNeverHandedOut_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("answer");
    QTest::newRow("the network") << "10.8.0.0"
                                 << "!invalid";
    QTest::newRow("the broadcast") << "10.8.0.255"
                                   << "!invalid";
    QTest::newRow("the server") << "10.8.0.1"
                                << "!invalid";
    QTest::newRow("outside") << "10.9.0.5"
                             << "!invalid";
    QTest::newRow("the IPv6 network") << "fd00:8::"
                                      << "!invalid";
    QTest::newRow("outside in IPv6") << "fd00:9::5"
                                     << "!invalid";
    QTest::newRow("the first host") << "10.8.0.2"
                                    << "10.8.0.2";
    QTest::newRow("the last host") << "10.8.0.254"
                                   << "10.8.0.254";
    QTest::newRow("an IPv6 host") << "fd00:8::5"
                                  << "fd00:8::5";
    QTest::newRow("the last IPv6 address") << "fd00:8::ffff:ffff:ffff:ffff"
                                           << "fd00:8::ffff:ffff:ffff:ffff";
}

void TestTunnelAddress::whatIsNeverHandedOut()
{
    QFETCH(QString, address);
    Pools s;
    s.put(poolRow(u"main", u"fd00:8::/64", 1));
    QTEST(s.set(u"a", address), "answer");
}

void TestTunnelAddress::theWholeOfAPoolInsideTheNetworkIsUsable()
{
    Pools s;
    s.put(instanceRow(u"wide", u"10.20.0.0/16"));
    s.put(poolRow(u"wide", u"10.20.1.0/30"));
    s.put(poolRow(u"wide", u"10.20.255.252/30", 1));
    for (const auto *expected : {u"10.20.1.0", u"10.20.1.1", u"10.20.1.2", u"10.20.1.3", u"10.20.255.252",
                                 u"10.20.255.253", u"10.20.255.254", u"!exhausted"})
        QCOMPARE(s.request(expected, u"wide"), QString::fromUtf16(expected));
}

void TestTunnelAddress::requestsTakeTheLowestFreeAddress()
{
    Pools s;
    QCOMPARE(s.request(u"a"), u"10.8.0.2"_s);
    QCOMPARE(s.set(u"b", u"10.8.0.3"), u"10.8.0.3"_s);
    QCOMPARE(s.request(u"c"), u"10.8.0.4"_s);
    s.tryOut([](TopologyEdit &edit, ClaimResolver &) { return releaseAllocations(edit, cname(u"a"), {}); });
    QCOMPARE(s.request(u"d"), u"10.8.0.2"_s);
}

void TestTunnelAddress::aSecondRequestGetsTheSameAddress()
{
    Pools s;
    s.request(u"a");
    s.pass(std::chrono::hours(1));
    QCOMPARE(s.request(u"a"), u"10.8.0.2"_s);
    QCOMPARE(s.lastChanges, ChangeSet());
}

void TestTunnelAddress::poolsAreAskedInTheirOrder()
{
    Pools s;
    s.put(instanceRow(u"wide", u"10.20.0.0/16"));
    s.put(poolRow(u"wide", u"10.20.9.0/31", 0));
    s.put(poolRow(u"wide", u"fd00:20::/64", 1));
    s.put(poolRow(u"wide", u"10.20.1.0/31", 2));
    for (const auto *expected : {u"10.20.9.0", u"10.20.9.1", u"10.20.1.0", u"10.20.1.1", u"!exhausted"})
        QCOMPARE(s.request(expected, u"wide"), QString::fromUtf16(expected));
}

void TestTunnelAddress::aFullPoolIsExhausted()
{
    Pools s;
    for (int i = 0; i < 253; ++i)
        QVERIFY(!s.request(QString::number(i)).startsWith(u'!'));
    const QStringList before = s.fingerprint();
    QCOMPARE(s.request(u"one more"), u"!exhausted"_s);
    QCOMPARE(s.fingerprint(), before);
}

void TestTunnelAddress::anAddressHasOneOwnerInItsTenant()
{
    Pools s;
    s.set(u"a", u"10.8.0.9");
    const auto refused = s.tryOut([&](TopologyEdit &edit, ClaimResolver &) {
        return setAllocation(edit, cname(u"b"), iname(u"main"), addr(u"10.8.0.9"), s.now);
    });
    QCOMPARE(refusalOf(refused), u"!exists"_s);
    QCOMPARE(refused.error().payload.value(u"owner"_s).toString(), u"a"_s);
    QVERIFY(!s.topology.find<ConnectorRow>(cname(u"b")));
}

void TestTunnelAddress::anotherTenantMayHaveTheSameAddress()
{
    Pools s;
    InstanceRow blue = instanceRow(u"blue", u"10.8.0.0/24");
    blue.tenant = u"blue"_s;
    s.put(blue);
    s.put(poolRow(u"blue", u"10.8.0.0/24"));
    InstanceRow twin = instanceRow(u"twin", u"10.8.0.0/24");
    s.put(twin);
    s.put(poolRow(u"twin", u"10.8.0.0/24"));
    QCOMPARE(s.set(u"a", u"10.8.0.9"), u"10.8.0.9"_s);
    QCOMPARE(s.set(u"b", u"10.8.0.9", u"blue"), u"10.8.0.9"_s);
    QCOMPARE(s.set(u"a", u"10.8.0.9", u"twin"), u"!exists"_s); // of the same CN, and yet twice
    QCOMPARE(s.request(u"c"), u"10.8.0.2"_s);
    QCOMPARE(s.request(u"c", u"twin"), u"10.8.0.3"_s);
    QCOMPARE(s.request(u"c", u"blue"), u"10.8.0.2"_s);
}

void TestTunnelAddress::settingAgainChangesNothing()
{
    Pools s;
    s.set(u"a", u"10.8.0.9");
    s.pass(std::chrono::hours(1));
    s.set(u"a", u"10.8.0.9");
    QCOMPARE(s.lastChanges, ChangeSet());
    s.set(u"a", u"10.8.0.10");
    QCOMPARE(s.lastChanges.size(), std::size_t{1});
    QVERIFY(!s.topology.holderOf({}, addr(u"10.8.0.9")));
}

void TestTunnelAddress::oneAddressAFamily()
{
    Pools s;
    s.put(poolRow(u"main", u"fd00:8::/64", 1));
    s.set(u"a", u"10.8.0.9");
    s.set(u"a", u"fd00:8::9");
    s.set(u"a", u"fd00:8::a");
    const auto rows = s.topology.allocationsOf(cname(u"a"));
    QCOMPARE(rows.size(), std::size_t{2});
    QCOMPARE(rows[0]->address, addr(u"10.8.0.9"));
    QCOMPARE(rows[1]->address, addr(u"fd00:8::a"));
}

void TestTunnelAddress::releasingOneInstanceOrAll()
{
    Pools s;
    s.put(instanceRow(u"other", u"10.9.0.0/24"));
    s.put(poolRow(u"other", u"10.9.0.0/24"));
    s.request(u"a");
    s.request(u"a", u"other");
    const auto release = [&](std::optional<InstanceName> instance) {
        return s.tryOut(
            [&](TopologyEdit &edit, ClaimResolver &) { return releaseAllocations(edit, cname(u"a"), instance); });
    };
    QCOMPARE(release(iname(u"other"))->front().address, addr(u"10.9.0.2"));
    QCOMPARE(refusalOf(release(iname(u"other"))), u"!notFound"_s);
    QCOMPARE(release({})->front().address, addr(u"10.8.0.2"));
    QCOMPARE(refusalOf(release({})), u"!notFound"_s);
}

void TestTunnelAddress::unknownInstance()
{
    Pools s;
    QCOMPARE(s.set(u"a", u"10.8.0.9", u"nowhere"), u"!notFound"_s);
    QCOMPARE(s.request(u"a", u"nowhere"), u"!notFound"_s);
}

QTEST_GUILESS_MAIN(TestTunnelAddress)
#include "tst_tunneladdress.moc"
