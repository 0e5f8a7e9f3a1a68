// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/connectdecision.h"
#include "model/rules/hostnat.h"
#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const QString kLan = u"192.168.1.0/27"_s;

/// Connectors on the instance `main`, each with an address and translated on the host.
struct Sites : Space
{
    int next = 10;

    void addSite(QStringView cn, const QStringList &lans, Translation translation = Translation::Host)
    {
        ConnectorRow row = connectorRow(cn);
        row.translation = translation;
        put(row);
        put(allocationRow(u"main", cn, u"10.8.0.%1"_s.arg(next++)));
        for (const QString &lan : lans) {
            put(irouteRow(cn, lan));
            (void)resolve(cn, lan);
        }
    }
    [[nodiscard]] QStringList planned() const
    {
        const HostNatPlan plan = planHostNat(topology);
        QStringList lines;
        for (const HostNatRule &rule : plan.rules) {
            lines +=
                u"%1 %2 as %3"_s.arg(rule.cn.toString(), rule.pair.real.toString(), rule.pair.virtualPrefix.toString());
        }
        for (const HostNatRefusal &refusal : plan.refusals) {
            lines += u"%1 %2 !%3: %4"_s.arg(refusal.cn.toString(), refusal.pair.real.toString(),
                                            nameOf(refusal.error.kind), refusal.error.detail);
        }
        return lines;
    }
    /// The iroutes that `cn` is answered with.
    [[nodiscard]] QStringList answered(QStringView cn)
    {
        TopologyEdit edit(topology);
        QStringList lines;
        const auto decision = decideConnect(edit, cname(cn), iname(u"main"), now);
        for (const QString &line : toStringList(decision.value().lines)) {
            if (line.startsWith(u"iroute"))
                lines += line;
        }
        return lines;
    }
};

HostNatPlan planOf(const QStringList &pairs)
{
    HostNatPlan plan;
    for (const QString &pair : pairs) {
        const QStringList parts = pair.split(u" as "_s);
        plan.rules.push_back({cname(u"a"), {pfx(parts[0]), pfx(parts[1])}});
    }
    return plan;
}

std::vector<InterfaceName> tunnels(const QStringList &names)
{
    std::vector<InterfaceName> list;
    for (const QString &name : names)
        list.push_back(InterfaceName::parse(name).value());
    return list;
}

} // namespace

class TestHostNat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aStandinOfALanThatNobodyElseTouchesIsPlanned();
    void sentinelsNeedNoRule();
    void onlyConnectorsOfTheHostAreTranslatedHere();
    void aLanThatAnotherOwnsIsRefusedWithItsOwner();
    void aLanThatAnothersStandinLiesInIsRefused();
    void aLanOnAPoolIsRefusedWithThePool();
    void whatIsPlannedIsWhatTheConnectorIsAnswered();
    void rulesReplaceTheTable();
    void aPlanWithoutRulesOnlyRemovesTheTable();
    void tunnelsAreNamedOnceAndInOrder();
};

void TestHostNat::aStandinOfALanThatNobodyElseTouchesIsPlanned()
{
    Sites sites;
    sites.addSite(u"a", {kLan, u"10.1.2.0/24"_s});
    sites.standIn(u"a", kLan);
    QCOMPARE(sites.planned(), QStringList{u"a 192.168.1.0/27 as 100.64.0.0/27"_s});
    QCOMPARE(sites.answered(u"a"),
             (QStringList{u"iroute 10.1.2.0 255.255.255.0"_s, u"iroute 192.168.1.0 255.255.255.224"_s}));
}

void TestHostNat::sentinelsNeedNoRule()
{
    Sites sites;
    sites.addSite(u"a", {kLan});
    QCOMPARE(sites.planned(), QStringList());
}

void TestHostNat::onlyConnectorsOfTheHostAreTranslatedHere()
{
    Sites sites;
    sites.addSite(u"a", {kLan}, Translation::Client);
    sites.addSite(u"b", {u"192.168.2.0/27"_s}, Translation::Router);
    sites.standIn(u"a", kLan);
    sites.standIn(u"b", u"192.168.2.0/27");
    QCOMPARE(sites.planned(), QStringList());
}

void TestHostNat::aLanThatAnotherOwnsIsRefusedWithItsOwner() // openvpn/FACTS.md 10
{
    Sites sites;
    sites.addSite(u"a", {u"192.168.1.0/24"_s}, Translation::Client);
    sites.addSite(u"b", {kLan});
    QCOMPARE(sites.planned(),
             QStringList{u"b 192.168.1.0/27 !conflict: 192.168.1.0/27 overlaps 192.168.1.0/24 of a, so the VPN host "
                         "cannot tell the two apart"_s});
    QCOMPARE(planHostNat(sites.topology).refusals.front().error.payload,
             (QJsonObject{{u"real"_s, kLan}, {u"overlaps"_s, u"192.168.1.0/24"_s}, {u"owner"_s, u"a"_s}}));
}

void TestHostNat::aLanThatAnothersStandinLiesInIsRefused()
{
    Sites sites;
    sites.addSite(u"a", {kLan}, Translation::Client);
    sites.addSite(u"b", {kLan}, Translation::Client); // has the stand-in 100.64.0.0/27
    sites.addSite(u"c", {u"100.64.0.0/24"_s});
    QCOMPARE(sites.planned(),
             QStringList{u"c 100.64.0.0/24 !conflict: 100.64.0.0/24 overlaps 100.64.0.0/27 of b, so the VPN host "
                         "cannot tell the two apart"_s});
}

void TestHostNat::aLanOnAPoolIsRefusedWithThePool()
{
    Sites sites;
    sites.addSite(u"a", {u"10.8.0.64/27"_s});
    QCOMPARE(sites.planned(),
             QStringList{u"a 10.8.0.64/27 !poolOverlap: 10.8.0.64/27 overlaps the pool 10.8.0.0/24 of main, so the VPN "
                         "host cannot tell the two apart"_s});
}

void TestHostNat::whatIsPlannedIsWhatTheConnectorIsAnswered()
{
    Sites sites;
    sites.addSite(u"a", {u"10.1.0.0/16"_s}, Translation::Client);
    sites.addSite(u"b", {u"10.1.2.0/24"_s, u"10.8.0.64/27"_s, kLan, u"172.16.0.0/24"_s});
    sites.standIn(u"b", kLan);
    const HostNatPlan plan = planHostNat(sites.topology);
    QCOMPARE(plan.rules, (std::vector<HostNatRule>{{cname(u"b"), {pfx(kLan), pfx(u"100.64.1.32/27")}}}));
    QCOMPARE(plan.refusals.size(), 2U);
    // The sentinel and the one that is translated; the refused ones are left out of the answer as well.
    QCOMPARE(sites.answered(u"b"),
             (QStringList{u"iroute 172.16.0.0 255.255.255.0"_s, u"iroute 192.168.1.0 255.255.255.224"_s}));
}

void TestHostNat::rulesReplaceTheTable() // openvpn/FACTS.md 13
{
    QCOMPARE(renderHostNft(planOf({u"192.168.1.0/27 as 100.64.0.0/27"_s, u"10.1.2.4/30 as 100.64.0.32/30"_s}),
                           tunnels({u"tun0"_s})),
             uR"(# Interlock: stand-ins that the VPN host translates
table ip interlock_host
delete table ip interlock_host
table ip interlock_host {
    chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
        dnat ip prefix to ip daddr map { 100.64.0.0/27 : 192.168.1.0/27, 100.64.0.32/30 : 10.1.2.4/30 }
    }
    chain output {
        type nat hook output priority -100; policy accept;
        dnat ip prefix to ip daddr map { 100.64.0.0/27 : 192.168.1.0/27, 100.64.0.32/30 : 10.1.2.4/30 }
    }
    chain postrouting {
        type nat hook postrouting priority srcnat - 5; policy accept;
        iifname { "tun0" } snat ip prefix to ip saddr map { 192.168.1.0/27 : 100.64.0.0/27, 10.1.2.4/30 : 100.64.0.32/30 }
    }
}
)"_s);
}

void TestHostNat::aPlanWithoutRulesOnlyRemovesTheTable()
{
    QCOMPARE(renderHostNft({}, tunnels({u"tun0"_s})), u"# Interlock: stand-ins that the VPN host translates\n"
                                                      "table ip interlock_host\n"
                                                      "delete table ip interlock_host\n"_s);
}

void TestHostNat::tunnelsAreNamedOnceAndInOrder()
{
    const QString text =
        renderHostNft(planOf({u"192.168.1.0/27 as 100.64.0.0/27"_s}), tunnels({u"tun1"_s, u"ovpn-x"_s, u"tun1"_s}));
    QVERIFY2(text.contains(u"        iifname { \"ovpn-x\", \"tun1\" } snat "), qPrintable(text));
}

QTEST_GUILESS_MAIN(TestHostNat)
#include "tst_hostnat.moc"
