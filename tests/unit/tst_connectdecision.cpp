// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/connectdecision.h"

#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

struct Server : Space
{
    Expected<ConnectDecision> decide(QStringView cn, QStringView instance = u"main")
    {
        return tryOut(
            [&](TopologyEdit &edit, ClaimResolver &) { return decideConnect(edit, cname(cn), iname(instance), now); });
    }
    QStringList lines(QStringView cn) { return toStringList(decide(cn)->lines); }
    QStringList problems(QStringView cn)
    {
        QStringList list;
        const auto decision = decide(cn);
        for (const ConnectProblem &problem : decision->problems)
            list += (problem.prefix ? problem.prefix->toString() : u"-"_s) + u' ' + nameOf(problem.error.kind);
        return list;
    }
    void site(QStringView cn, std::initializer_list<QStringView> lans, QStringView address = {})
    {
        if (!topology.find<ConnectorRow>(cname(cn)))
            put(connectorRow(cn));
        for (const QStringView lan : lans)
            put(irouteRow(cn, lan));
        if (!address.isEmpty())
            put(allocationRow(u"main", cn, address));
    }
    void translate(QStringView cn, Translation how)
    {
        ConnectorRow row = *topology.find<ConnectorRow>(cname(cn));
        row.translation = how;
        put(row);
    }
    void option(OptionScope scope, QStringView holder, OptionType type, QStringView value)
    {
        put(OptionRow{scope, holder.toString(), type, value.toString(), 1});
    }
};

} // namespace

class TestConnectDecision : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKnownClientIsToldItsAddressAndItsLans(); // SOURCES S3
    void aStandInIsAnsweredWithItsTranslation();   // SOURCES S5, openvpn/FACTS 2
    void bothOfTwoEqualSitesAreAnswered();
    void aReconnectIsAnsweredTheSame();                // SOURCES S5
    void peersOfTheBlockArePushed();                   // SOURCES S8
    void noMoreThanFiveHundredRoutesAndAnAlert();      // SEMANTICS 3
    void aRouterThatTranslatesItselfIsPushedNoNat();   // SEMANTICS 3
    void theHostTranslatesOnlyWhatNobodyElseTouches(); // SEMANTICS 3
    void anUnknownNameIsDenied();
    void anUnknownNameIsAdmittedWhereThePolicySaysSo();
    void addressesAreMadeOnlyWhereThePolicySaysSo();
    void aFullPoolIsAProblemAndNoRefusal();
    void aLanThatCannotBeServedIsLeftOutAndTheRestAnswered();
    void anIpv6LanThatConflictsIsLeftOut(); // SEMANTICS 2
    void bothFamilies();
    void optionsComeFromWideToNarrow(); // SEMANTICS 3
    void theNarrowestSingleOptionWins();
    void aTapInstanceHasNoIroutes(); // DESIGN 9.4
    void anUnknownInstance();
};

void TestConnectDecision::aKnownClientIsToldItsAddressAndItsLans()
{
    Server s;
    s.site(u"a", {u"192.168.1.0/24", u"10.0.0.0/8"}, u"10.8.0.2");
    s.remove(poolRow(u"main", u"10.8.0.0/24"));
    s.put(instanceRow(u"main", u"10.8.0.0/24"));
    const auto decision = s.decide(u"a");
    QCOMPARE(decision->action, ConnectAction::Accept);
    const QStringList expected{u"ifconfig-push 10.8.0.2 255.255.255.0"_s, u"iroute 10.0.0.0 255.0.0.0"_s,
                               u"iroute 192.168.1.0 255.255.255.0"_s};
    QCOMPARE(toStringList(decision->lines), expected);
    QCOMPARE(decision->claims.size(), std::size_t{2});
    QCOMPARE(decision->problems, std::vector<ConnectProblem>());
    QCOMPARE(s.claims().size(), 2);
}

void TestConnectDecision::aStandInIsAnsweredWithItsTranslation()
{
    Server s;
    s.site(u"a", {u"192.168.1.0/27"}, u"10.8.0.2");
    s.site(u"b", {u"192.168.1.0/27"}, u"10.8.0.40");
    s.lines(u"a");
    const QStringList expected{u"ifconfig-push 10.8.0.40 255.255.255.0"_s, u"iroute 100.64.0.0 255.255.255.224"_s,
                               u"push \"client-nat snat 192.168.1.0 255.255.255.224 100.64.0.0\""_s};
    QCOMPARE(s.lines(u"b"), expected);
}

void TestConnectDecision::bothOfTwoEqualSitesAreAnswered()
{
    Server s;
    s.change(u"main", [](InstanceRow &row) { row.collision = CollisionPolicy::StandInBoth; });
    s.site(u"a", {u"192.168.1.0/27"}, u"10.8.0.2");
    s.site(u"b", {u"192.168.1.0/27"}, u"10.8.0.3");
    s.lines(u"a");
    s.lines(u"b");
    const QStringList expected{u"ifconfig-push 10.8.0.2 255.255.255.0"_s, u"iroute 100.64.0.0 255.255.255.224"_s,
                               u"push \"client-nat snat 192.168.1.0 255.255.255.224 100.64.0.0\""_s,
                               u"push \"route 100.64.0.32 255.255.255.224\""_s};
    QCOMPARE(s.lines(u"a"), expected);
}

void TestConnectDecision::aReconnectIsAnsweredTheSame()
{
    Server s;
    s.change(u"main", [](InstanceRow &row) { row.autoAllocate = true; });
    s.site(u"a", {u"192.168.1.0/27"});
    s.site(u"b", {u"192.168.1.0/27", u"192.168.2.0/24"});
    s.lines(u"a");
    const QStringList first = s.lines(u"b");
    QVERIFY(!s.lastChanges.empty());
    s.lines(u"a");
    s.pass(std::chrono::hours(48));
    QCOMPARE(s.lines(u"b"), first);
    QCOMPARE(s.lastChanges, ChangeSet());
}

void TestConnectDecision::peersOfTheBlockArePushed()
{
    Server s;
    s.site(u"a", {u"192.168.1.0/24"}, u"10.8.0.2");
    s.site(u"b", {u"192.168.1.0/24"}, u"10.8.0.3");
    s.site(u"c", {u"192.168.3.0/24"}, u"10.8.0.40");
    s.lines(u"a");
    s.lines(u"b");
    s.lines(u"c");
    QVERIFY(s.lines(u"a").contains(u"push \"route 100.64.0.0 255.255.255.0\""_s));
    // b has that LAN itself: a route to a's would take it away.
    QCOMPARE(s.lines(u"b").filter(u"push \"route"_s), QStringList());
    QCOMPARE(s.lines(u"c").filter(u"push \""_s), QStringList());
}

void TestConnectDecision::noMoreThanFiveHundredRoutesAndAnAlert()
{
    Server s;
    s.site(u"a", {}, u"10.8.0.2");
    s.site(u"b", {}, u"10.8.0.3");
    for (int i = 0; i < 500; ++i) {
        const QString lan = u"172.16.%1.%2/32"_s.arg(i / 250).arg(i % 250);
        s.put(irouteRow(u"b", lan));
        s.resolve(u"b", lan);
    }
    QCOMPARE(s.lines(u"a").filter(u"push \"route"_s).size(), 500);
    QCOMPARE(s.problems(u"a"), QStringList());
    s.put(irouteRow(u"b", u"172.16.99.0/24"));
    s.resolve(u"b", u"172.16.99.0/24");
    QCOMPARE(s.lines(u"a").filter(u"push \"route"_s).size(), 500);
    QCOMPARE(s.problems(u"a"), QStringList{u"- limit"_s});
    QCOMPARE(s.decide(u"a")->problems.front().error.payload.value(u"firstLeftOut"_s).toString(), u"172.16.99.0/24"_s);
}

void TestConnectDecision::aRouterThatTranslatesItselfIsPushedNoNat()
{
    Server s;
    s.site(u"a", {u"192.168.1.0/27"});
    s.site(u"b", {u"192.168.1.0/27"});
    s.lines(u"a");
    s.translate(u"b", Translation::Router);
    QCOMPARE(s.lines(u"b"), QStringList{u"iroute 100.64.0.0 255.255.255.224"_s});
}

void TestConnectDecision::theHostTranslatesOnlyWhatNobodyElseTouches()
{
    Server s;
    s.site(u"a", {u"192.168.1.0/27"});
    s.translate(u"a", Translation::Host);
    s.resolve(u"a", u"192.168.1.0/27");
    s.standIn(u"a", u"192.168.1.0/27");
    QCOMPARE(s.lines(u"a"), QStringList{u"iroute 192.168.1.0 255.255.255.224"_s});
    s.resolve(u"b", u"192.168.0.0/16");
    QCOMPARE(s.lines(u"a"), QStringList());
    QCOMPARE(s.problems(u"a"), QStringList{u"192.168.1.0/27 conflict"_s});
}

void TestConnectDecision::anUnknownNameIsDenied()
{
    Server s;
    const auto decision = s.decide(u"stranger");
    QCOMPARE(decision->action, ConnectAction::Deny);
    QVERIFY(!decision->denyReason.isEmpty());
    QCOMPARE(toStringList(decision->lines), QStringList());
    QCOMPARE(s.lastChanges, ChangeSet());
}

void TestConnectDecision::anUnknownNameIsAdmittedWhereThePolicySaysSo()
{
    Server s;
    s.change(u"main", [](InstanceRow &row) {
        row.unknownCn = UnknownCnPolicy::Admit;
        row.autoAllocate = true;
    });
    QCOMPARE(s.lines(u"stranger"), QStringList{u"ifconfig-push 10.8.0.2 255.255.255.0"_s});
    QVERIFY(s.topology.find<ConnectorRow>(cname(u"stranger"))); // SEMANTICS 2: exists from its first session
}

void TestConnectDecision::addressesAreMadeOnlyWhereThePolicySaysSo()
{
    Server s;
    s.site(u"a", {});
    QCOMPARE(s.lines(u"a"), QStringList());
    s.change(u"main", [](InstanceRow &row) { row.autoAllocate = true; });
    QCOMPARE(s.lines(u"a"), QStringList{u"ifconfig-push 10.8.0.2 255.255.255.0"_s});
    QCOMPARE(s.topology.rows<AllocationRow>().size(), std::size_t{1});
}

void TestConnectDecision::aFullPoolIsAProblemAndNoRefusal()
{
    Server s;
    s.remove(poolRow(u"main", u"10.8.0.0/24"));
    s.put(poolRow(u"main", u"10.8.0.0/31"));
    s.change(u"main", [](InstanceRow &row) { row.autoAllocate = true; });
    s.site(u"a", {u"192.168.1.0/24"});
    QCOMPARE(s.problems(u"a"), QStringList{u"- exhausted"_s});
    QCOMPARE(s.lines(u"a"), QStringList{u"iroute 192.168.1.0 255.255.255.0"_s});
}

void TestConnectDecision::aLanThatCannotBeServedIsLeftOutAndTheRestAnswered()
{
    Server s;
    s.change(u"main", [](InstanceRow &row) {
        row.collision = CollisionPolicy::StandInBoth;
        row.standinRange = pfx(u"100.64.0.0/24");
    });
    s.resolve(u"x", u"192.168.1.0/24");
    s.resolve(u"x", u"172.16.0.0/16");
    s.site(u"a", {u"10.1.0.0/24", u"172.16.0.0/16", u"192.168.1.0/24"});
    // Of two /24 only one finds room, and the range holds no /16: neither may move its first owner on the way.
    const auto decision = s.decide(u"a");
    QCOMPARE(toStringList(decision->lines), QStringList{u"iroute 10.1.0.0 255.255.255.0"_s});
    QCOMPARE(s.problems(u"a"), (QStringList{u"172.16.0.0/16 tooWide"_s, u"192.168.1.0/24 exhausted"_s}));
    const QStringList expected{u"a 10.1.0.0/24 kept"_s, u"x 172.16.0.0/16 kept"_s, u"x 192.168.1.0/24 kept"_s};
    QCOMPARE(s.claims(), expected);
}

void TestConnectDecision::anIpv6LanThatConflictsIsLeftOut()
{
    Server s;
    s.resolve(u"x", u"fd00:1::/48");
    s.site(u"a", {u"fd00:1:0:7::/64", u"fd00:2::/48", u"192.168.1.0/24"});
    QCOMPARE(s.lines(u"a"), (QStringList{u"iroute 192.168.1.0 255.255.255.0"_s, u"iroute-ipv6 fd00:2::/48"_s}));
    QCOMPARE(s.problems(u"a"), QStringList{u"fd00:1:0:7::/64 conflict"_s});
    QVERIFY(!s.topology.find<ClaimRow>(cname(u"a"), pfx(u"fd00:1:0:7::/64")));
}

void TestConnectDecision::bothFamilies()
{
    Server s;
    s.put(poolRow(u"main", u"fd00:8::/64", 1));
    s.site(u"a", {}, u"10.8.0.2");
    s.put(allocationRow(u"main", u"a", u"fd00:8::2"));
    s.site(u"b", {u"fd00:2::/48"}, u"10.8.0.3");
    s.resolve(u"b", u"fd00:2::/48");
    QCOMPARE(s.lines(u"a"), (QStringList{u"ifconfig-push 10.8.0.2 255.255.255.0"_s,
                                         u"ifconfig-ipv6-push fd00:8::2/64"_s, u"push \"route-ipv6 fd00:2::/48\""_s}));
}

void TestConnectDecision::optionsComeFromWideToNarrow()
{
    Server s;
    s.site(u"a", {});
    ConnectorRow row = *s.topology.find<ConnectorRow>(cname(u"a"));
    row.group = u"branches"_s;
    s.put(row);
    s.option(OptionScope::Cn, u"a", OptionType::DhcpOption, u"DNS 10.0.0.3");
    s.option(OptionScope::Group, u"branches", OptionType::DhcpOption, u"DNS 10.0.0.2");
    s.option(OptionScope::Instance, u"main", OptionType::DhcpOption, u"DNS 10.0.0.1");
    s.option(OptionScope::Group, u"others", OptionType::DhcpOption, u"DNS 10.0.0.9");
    s.option(OptionScope::Cn, u"b", OptionType::DhcpOption, u"DNS 10.0.0.9");
    const QStringList expected{u"push \"dhcp-option DNS 10.0.0.1\""_s, u"push \"dhcp-option DNS 10.0.0.2\""_s,
                               u"push \"dhcp-option DNS 10.0.0.3\""_s};
    QCOMPARE(s.lines(u"a"), expected);
}

void TestConnectDecision::theNarrowestSingleOptionWins()
{
    Server s;
    s.site(u"a", {});
    s.option(OptionScope::Instance, u"main", OptionType::RedirectGateway, u"def1 bypass-dhcp");
    s.option(OptionScope::Instance, u"main", OptionType::Ping, u"10");
    s.option(OptionScope::Cn, u"a", OptionType::RedirectGateway, u"ipv6");
    QCOMPARE(s.lines(u"a"), (QStringList{u"push \"ping 10\""_s, u"push \"redirect-gateway ipv6\""_s}));
}

void TestConnectDecision::aTapInstanceHasNoIroutes()
{
    Server s;
    s.change(u"main", [](InstanceRow &row) { row.mode = DeviceMode::Tap; });
    s.site(u"a", {u"192.168.1.0/24"}, u"10.8.0.2");
    QCOMPARE(s.lines(u"a"), QStringList{u"ifconfig-push 10.8.0.2 255.255.255.0"_s});
    QCOMPARE(s.problems(u"a"), QStringList{u"- unsupported"_s});
    QCOMPARE(s.claims(), QStringList());
}

void TestConnectDecision::anUnknownInstance()
{
    Server s;
    QCOMPARE(refusalOf(s.decide(u"a", u"nowhere")), u"!notFound"_s);
}

QTEST_GUILESS_MAIN(TestConnectDecision)
#include "tst_connectdecision.moc"
