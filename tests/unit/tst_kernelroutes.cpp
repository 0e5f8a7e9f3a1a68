// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/kernelroutes.h"
#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

/// The instance `main` with stand-ins from a small range, and connectors that have an address there.
struct Sites : Space
{
    Sites()
    {
        change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.64.0.0/16"); });
    }

    void addSite(QStringView cn, QStringView address, const QStringList &lans, QStringView instance = u"main")
    {
        put(connectorRow(cn));
        put(allocationRow(instance, cn, address));
        for (const QString &lan : lans) {
            put(irouteRow(cn, lan));
            (void)resolve(cn, lan, instance);
        }
    }
    void translate(QStringView cn, Translation translation)
    {
        ConnectorRow row = connectorRow(cn);
        row.translation = translation;
        put(row);
    }
    [[nodiscard]] QStringList wanted(QStringView instance = u"main", const QStringList &live = {}) const
    {
        const auto prefixes = wantedKernelRoutes(topology, iname(instance), pfxs(live));
        if (!prefixes)
            return {u'!' + nameOf(prefixes.error().kind)};
        QStringList texts;
        for (const Prefix &prefix : *prefixes)
            texts += prefix.toString();
        return texts;
    }
};

} // namespace

class TestKernelRoutes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theStandinRangeIsRoutedBeforeAnybodyHasALan();
    void aSentinelNeedsARouteOfItsOwn();
    void aStandinInsideTheRangeNeedsNone();
    void aStandinOutsideOfAChangedRangeKeepsItsRoute();
    void anIPv6LanIsRouted();
    void neighboursAreOneRoute();
    void anUnusedClaimHasARouteAsLongAsASessionHasTheLan();
    void whatASessionHasIsRoutedWhateverTheRowsSay();
    void whatCanBeNobodysLanIsNotRoutedForASessionEither();
    void aConnectorWithoutAnAddressHereHasNoRouteHere();
    void twoAddressesOfOneConnectorGiveItsRoutesOnce();
    void aTranslationOnTheHostRoutesTheRealPrefix();
    void aTranslationThatTheHostCannotDoHasNoRoute();
    void aSharedRangeIsRoutedStandinByStandin();
    void poolsAndTheTunnelNetworkAreNeverRouted();
    void aTapDeviceHasNoRoutes();
    void anUnknownInstanceIsNotFound();
};

void TestKernelRoutes::theStandinRangeIsRoutedBeforeAnybodyHasALan() // openvpn/FACTS.md 5
{
    QCOMPARE(Sites().wanted(), QStringList{u"100.64.0.0/16"_s});
}

void TestKernelRoutes::aSentinelNeedsARouteOfItsOwn() // openvpn/FACTS.md 5
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s}));
}

void TestKernelRoutes::aStandinInsideTheRangeNeedsNone()
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.addSite(u"b", u"10.8.0.11", {u"192.168.1.0/27"_s});
    QCOMPARE(claimsIn(sites.topology), (QStringList{u"a 192.168.1.0/27 kept"_s, u"b 192.168.1.0/27 100.64.0.0/27"_s}));
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s}));
}

void TestKernelRoutes::aStandinOutsideOfAChangedRangeKeepsItsRoute() // SEMANTICS.md 2: granted stand-ins are kept
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.addSite(u"b", u"10.8.0.11", {u"192.168.1.0/27"_s});
    sites.change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.80.0.0/16"); });
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/27"_s, u"100.80.0.0/16"_s, u"192.168.1.0/27"_s}));
}

void TestKernelRoutes::anIPv6LanIsRouted()
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"fd00:64:1::/64"_s, u"192.168.1.0/27"_s});
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s, u"fd00:64:1::/64"_s}));
}

void TestKernelRoutes::neighboursAreOneRoute()
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/25"_s});
    sites.addSite(u"b", u"10.8.0.11", {u"192.168.1.128/25"_s});
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/24"_s}));
}

void TestKernelRoutes::anUnusedClaimHasARouteAsLongAsASessionHasTheLan() // openvpn/FACTS.md 49
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.remove(irouteRow(u"a", u"192.168.1.0/27"));
    QCOMPARE(claimsIn(sites.topology), QStringList{u"a 192.168.1.0/27 kept"_s});
    QCOMPARE(sites.wanted(u"main", {u"192.168.1.0/27"_s}), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s}));
    QCOMPARE(sites.wanted(), QStringList{u"100.64.0.0/16"_s});
}

void TestKernelRoutes::whatASessionHasIsRoutedWhateverTheRowsSay()
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.standIn(u"a", u"192.168.1.0/27"); // and the session has not reconnected
    QCOMPARE(sites.wanted(u"main", {u"100.64.7.0/27"_s, u"172.20.0.0/24"_s, u"192.168.1.0/27"_s, u"fd00:1::/64"_s}),
             (QStringList{u"100.64.0.0/16"_s, u"172.20.0.0/24"_s, u"192.168.1.0/27"_s, u"fd00:1::/64"_s}));
}

void TestKernelRoutes::whatCanBeNobodysLanIsNotRoutedForASessionEither() // openvpn/FACTS.md 45: a server installs it
{
    Sites sites;
    QCOMPARE(sites.wanted(u"main", {u"0.0.0.0/0"_s, u"10.8.0.64/27"_s, u"127.0.0.0/8"_s, u"::/0"_s}),
             QStringList{u"100.64.0.0/16"_s});
}

void TestKernelRoutes::aConnectorWithoutAnAddressHereHasNoRouteHere()
{
    Sites sites;
    sites.put(instanceRow(u"other", u"10.9.0.0/24"));
    sites.put(poolRow(u"other", u"10.9.0.0/24"));
    sites.change(u"other", [](InstanceRow &row) { row.standinRange = pfx(u"100.96.0.0/16"); });
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.addSite(u"c", u"10.9.0.10", {u"192.168.3.0/27"_s}, u"other");
    QCOMPARE(sites.wanted(u"main"), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s}));
    QCOMPARE(sites.wanted(u"other"), (QStringList{u"100.96.0.0/16"_s, u"192.168.3.0/27"_s}));
}

void TestKernelRoutes::twoAddressesOfOneConnectorGiveItsRoutesOnce()
{
    Sites sites;
    sites.put(poolRow(u"main", u"fd00:8::/64", 1));
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.put(allocationRow(u"main", u"a", u"fd00:8::10"));
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s}));
}

void TestKernelRoutes::aTranslationOnTheHostRoutesTheRealPrefix() // SEMANTICS.md 3
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.standIn(u"a", u"192.168.1.0/27");
    QCOMPARE(sites.wanted(), QStringList{u"100.64.0.0/16"_s});
    sites.translate(u"a", Translation::Router);
    QCOMPARE(sites.wanted(), QStringList{u"100.64.0.0/16"_s});
    sites.translate(u"a", Translation::Host);
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s}));
}

void TestKernelRoutes::aTranslationThatTheHostCannotDoHasNoRoute() // openvpn/FACTS.md 10
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.addSite(u"b", u"10.8.0.11", {u"192.168.1.0/27"_s});
    sites.translate(u"b", Translation::Host);
    const ClaimRow &claim = *sites.topology.find<ClaimRow>(cname(u"b"), pfx(u"192.168.1.0/27"));
    QCOMPARE(installedPrefix(sites.topology, claim), std::optional<Prefix>());
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s})); // that of a
}

void TestKernelRoutes::aSharedRangeIsRoutedStandinByStandin()
{
    Sites sites;
    sites.put(instanceRow(u"other", u"10.9.0.0/24")); // whose range is 100.64.0.0/10
    sites.put(poolRow(u"other", u"10.9.0.0/24"));
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.addSite(u"b", u"10.8.0.11", {u"192.168.1.0/27"_s});
    sites.addSite(u"c", u"10.9.0.10", {u"192.168.1.0/27"_s}, u"other");
    QCOMPARE(sites.wanted(u"main"), (QStringList{u"100.64.0.0/27"_s, u"192.168.1.0/27"_s}));
    QCOMPARE(sites.wanted(u"other"), QStringList{u"100.64.0.32/27"_s});
}

void TestKernelRoutes::poolsAndTheTunnelNetworkAreNeverRouted()
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    // Rows that the commands refuse, as an older store may hold them.
    sites.put(
        ClaimRow{cname(u"a"), pfx(u"10.8.0.64/27"), pfx(u"10.8.0.64/27"), pfx(u"10.8.0.64/27"), iname(u"main"), {}, 1});
    QCOMPARE(sites.wanted(), (QStringList{u"100.64.0.0/16"_s, u"192.168.1.0/27"_s}));
    sites.change(u"main", [](InstanceRow &row) { row.network = pfx(u"192.168.0.0/16"); });
    QCOMPARE(sites.wanted(), QStringList{u"100.64.0.0/16"_s});
}

void TestKernelRoutes::aTapDeviceHasNoRoutes()
{
    Sites sites;
    sites.addSite(u"a", u"10.8.0.10", {u"192.168.1.0/27"_s});
    sites.change(u"main", [](InstanceRow &row) { row.mode = DeviceMode::Tap; });
    QCOMPARE(sites.wanted(), QStringList());
}

void TestKernelRoutes::anUnknownInstanceIsNotFound()
{
    QCOMPARE(Sites().wanted(u"nowhere"), QStringList{u"!notFound"_s});
}

QTEST_GUILESS_MAIN(TestKernelRoutes)
#include "tst_kernelroutes.moc"
