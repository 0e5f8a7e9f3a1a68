// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/memberfindings.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

NodeId node(int number)
{
    return NodeId::parse(u"aabb%1"_s.arg(number, 6, 16, QChar(u'0'))).value();
}

std::vector<Route> routes(const QStringList &texts)
{
    std::vector<Route> list;
    for (const auto &text : texts) {
        const auto parts = text.split(u" via "_s);
        list.push_back(RouteText{parts.first(), parts.value(1)}.route().value());
    }
    return list;
}

WantedMember wanted(int number, const QStringList &texts, bool isAuthorized = true)
{
    WantedMember made{node(number), u"m%1"_s.arg(number), isAuthorized};
    for (const QString &text : texts)
        made.addresses.push_back(Address::parse(text).value());
    return made;
}

MemberRecord record(int number, const QStringList &texts, bool isAuthorized = true)
{
    MemberRecord made{node(number)};
    made.name = u"live%1"_s.arg(number);
    made.isAuthorized = isAuthorized;
    made.hasNoAutoAssign = true;
    made.addresses = {texts.begin(), texts.end()};
    return made;
}

/// A network whose routes are ours, a plan for it, and its members.
struct Case
{
    QStringList before = {};
    QStringList plan = {};
    std::vector<WantedMember> ours = {};
    std::vector<MemberRecord> live = {};
    std::vector<RouteText> others = {}; ///< routes of somebody else
    quint64 multicastLimit = 32;

    [[nodiscard]] RouteMerge merge() const { return mergeRoutes(routes(before), routes(plan), network().routes); }
    [[nodiscard]] NetworkRecord network() const
    {
        NetworkRecord record{NetworkId::parse(u"4bb8520480e20665").value()};
        for (const Route &route : routes(before))
            record.routes.push_back(RouteText::of(route));
        record.routes.insert(record.routes.end(), others.begin(), others.end());
        record.multicastLimit = multicastLimit;
        return record;
    }
    [[nodiscard]] std::vector<MemberFinding> findings() const { return checkMembers(ours, live, network(), merge()); }
    [[nodiscard]] QStringList told() const
    {
        QStringList lines;
        for (const auto &finding : findings())
            lines << enumText(finding.kind) + u": "_s + finding.toString();
        return lines;
    }
    [[nodiscard]] QStringList needs() const
    {
        QStringList words;
        for (const auto need : needsOf(findings()))
            words << enumText(need);
        return words;
    }
};

int pick(int end)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end));
}

QStringList someRoutes()
{
    static const QStringList kTargets{u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.1.1.128/25"_s, u"10.1.0.0/16"_s};
    QStringList list;
    for (const QString &target : kTargets) {
        if (pick(2) == 0)
            list << target + (pick(2) == 0 ? u" via 10.1.9.%1"_s.arg(1 + pick(2)) : QString());
    }
    return list;
}

std::optional<Prefix> longest(const std::vector<RouteText> &list, const Address &address)
{
    std::optional<Prefix> best;
    for (const auto &each : list) {
        const auto target = each.route()->target;
        if (target.contains(address) && (!best || target.length() > best->length()))
            best = target;
    }
    return best;
}

} // namespace

class TestMemberFindings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodPlanFindsNothing();
    void anAddressOutsideOfEveryPlannedRouteNeedsAWord();
    void membersThatLoseTheirAddressAreNamed();
    void aMemberOfOthersThatLosesItsAddressIsNamedToo();
    void aRouteBeyondTheLimitIsNoRoute();
    void aRouteThatIsPushedBeyondTheLimitTakesAddressesAway();
    void membersOfARegatewayedTargetAreNamed();
    void aMemberWithALongerRouteIsNotTouchedByARegateway();
    void anotherPrefixIsWorthKnowing();
    void namesOfNetworksAndBroadcastsAreNoHosts_data();
    void namesOfNetworksAndBroadcastsAreNoHosts();
    void duplicatesAreErrorsWithoutAConfirmation();
    void moreAddressesThanReachAMemberAreWarnedOf();
    void whoIsNotAuthorisedLosesNothing();
    void anAddressThatIsToGoAnywayIsNotTold();
    void bridgesAtTheLimitAndALimitOfZeroAreTold();
    void tenThousandMembersAreCheckedAtOnce();
    void reachIsToldExactlyWhereItIsLost();
};

void TestMemberFindings::aGoodPlanFindsNothing()
{
    const Case same{.before = {u"10.1.1.0/24"_s, u"10.0.0.0/8"_s},
                    .plan = {u"10.1.1.0/24"_s, u"10.0.0.0/8"_s},
                    .ours = {wanted(1, {u"10.1.1.10"_s}), wanted(2, {u"10.9.9.9"_s})},
                    .live = {record(1, {u"10.1.1.10"_s})}};
    QCOMPARE(same.told(), QStringList());
    QCOMPARE(same.needs(), QStringList());
}

void TestMemberFindings::anAddressOutsideOfEveryPlannedRouteNeedsAWord() // CASES:D9
{
    const Case outside{.plan = {u"10.1.1.0/24"_s}, .ours = {wanted(1, {u"10.1.1.10"_s}), wanted(2, {u"10.1.2.10"_s})}};
    QCOMPARE(outside.told(), QStringList{u"outside: member 'm2' (aabb000002) does not get 10.1.2.10: "
                                         u"no planned route holds it"_s});
    QCOMPARE(outside.needs(), QStringList{u"outside"_s});
    QCOMPARE(outside.findings().front().level(), RiskLevel::Warning);
}

void TestMemberFindings::membersThatLoseTheirAddressAreNamed() // CASES:P15, ZF 30
{
    const Case lost{.before = {u"10.1.1.0/24"_s, u"10.1.2.0/24"_s},
                    .plan = {u"10.1.1.0/24"_s},
                    .ours = {wanted(1, {u"10.1.1.10"_s}), wanted(2, {u"10.1.2.10"_s})},
                    .live = {record(1, {u"10.1.1.10"_s}), record(2, {u"10.1.2.10"_s})}};
    QCOMPARE(lost.told(), QStringList{u"lost-address: member 'm2' (aabb000002) loses 10.1.2.10: "
                                      u"its route 10.1.2.0/24 is no longer sent, and no other holds it"_s});
    QCOMPARE(lost.needs(), QStringList{u"lost-addresses"_s});
}

void TestMemberFindings::aMemberOfOthersThatLosesItsAddressIsNamedToo() // CASES:P15, SOURCES Z6
{
    const Case lost{.before = {u"10.1.2.0/24"_s}, .plan = {}, .live = {record(7, {u"10.1.2.10"_s, u"192.0.2.1"_s})}};
    QCOMPARE(lost.told(), QStringList{u"lost-address: member 'live7' (aabb000007) loses 10.1.2.10: "
                                      u"its route 10.1.2.0/24 is no longer sent, and no other holds it"_s});
    QVERIFY(!lost.findings().front().isOurs);
}

void TestMemberFindings::aRouteBeyondTheLimitIsNoRoute() // ZF 29, 30
{
    Case many{.plan = {}, .ours = {wanted(1, {u"10.1.127.1"_s}), wanted(2, {u"10.1.128.1"_s})}};
    for (int i = 0; i < 129; ++i)
        many.plan << u"10.1.%1.0/24"_s.arg(i);
    QCOMPARE(many.told(), QStringList{u"beyond-limit: member 'm2' (aabb000002) does not get 10.1.128.1: "
                                      u"its route 10.1.128.0/24 stands behind the first 128, and no more are sent"_s});
    QCOMPARE(many.needs(), QStringList{u"outside"_s});
}

void TestMemberFindings::aRouteThatIsPushedBeyondTheLimitTakesAddressesAway() // ZF 30
{
    Case pushed{.live = {record(1, {u"172.16.0.1"_s})}, .others = {{u"172.16.0.0/24"_s, {}}}};
    for (int i = 0; i < 128; ++i)
        pushed.plan << u"10.1.%1.0/24"_s.arg(i);
    QCOMPARE(pushed.told(), QStringList{u"lost-address: member 'live1' (aabb000001) loses 172.16.0.1: "
                                        u"its route 172.16.0.0/24 is no longer sent, and no other holds it"_s});
}

void TestMemberFindings::membersOfARegatewayedTargetAreNamed() // CASES:M5, SEMANTICS 6, ZF 34
{
    Case regateway{.before = {u"10.1.1.0/24"_s},
                   .plan = {u"10.1.1.0/24 via 10.1.1.254"_s},
                   .ours = {wanted(1, {u"10.1.1.10"_s}), wanted(2, {u"10.1.1.11"_s})},
                   .live = {record(1, {u"10.1.1.10"_s}), record(8, {u"10.1.1.20"_s})}};
    QCOMPARE(regateway.told(),
             QStringList({u"regatewayed: member 'm1' (aabb000001) is without 10.1.1.10 for a moment, "
                          u"while the gateway of 10.1.1.0/24 changes"_s,
                          u"regatewayed: member 'live8' (aabb000008) is without 10.1.1.20 for a moment, "
                          u"while the gateway of 10.1.1.0/24 changes"_s}));
    QCOMPARE(regateway.needs(), QStringList{u"regateway"_s});
    regateway.others = {{u"10.0.0.0/8"_s, {}}};
    QCOMPARE(regateway.told().front(),
             u"regatewayed: member 'm1' (aabb000001) has 10.1.1.10 in 10.0.0.0/8 for a moment, "
             u"while the gateway of 10.1.1.0/24 changes"_s);
}

void TestMemberFindings::aMemberWithALongerRouteIsNotTouchedByARegateway() // SEMANTICS 6
{
    const Case regateway{.before = {u"10.1.1.0/24"_s, u"10.0.0.0/8"_s},
                         .plan = {u"10.1.1.0/24"_s, u"10.0.0.0/8 via 10.1.1.254"_s},
                         .ours = {wanted(1, {u"10.1.1.10"_s})},
                         .live = {record(1, {u"10.1.1.10"_s})}};
    QCOMPARE(regateway.told(), QStringList());
}

void TestMemberFindings::anotherPrefixIsWorthKnowing() // CASES:P15, ZF 31
{
    const Case split{.before = {u"10.0.0.0/8"_s},
                     .plan = {u"10.1.1.0/24"_s, u"10.0.0.0/8"_s},
                     .ours = {wanted(1, {u"10.1.1.10"_s}), wanted(2, {u"10.2.2.2"_s})},
                     .live = {record(1, {u"10.1.1.10"_s}), record(2, {u"10.2.2.2"_s})}};
    QCOMPARE(split.told(), QStringList{u"prefix-changed: member 'm1' (aabb000001) has 10.1.1.10 in 10.1.1.0/24, "
                                       u"no longer in 10.0.0.0/8"_s});
    QCOMPARE(split.needs(), QStringList());
    QCOMPARE(split.findings().front().level(), RiskLevel::Fine);
}

void TestMemberFindings::namesOfNetworksAndBroadcastsAreNoHosts_data()
{
    QTest::addColumn<QString>("route");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("kind");
    QTest::newRow("network") << u"10.1.1.0/24"_s << u"10.1.1.0"_s << u"network-address"_s;
    QTest::newRow("broadcast") << u"10.1.1.0/24"_s << u"10.1.1.255"_s << u"broadcast-address"_s;
    QTest::newRow("last host") << u"10.1.1.0/24"_s << u"10.1.1.254"_s << QString();
    QTest::newRow("/30 network") << u"10.1.1.0/30"_s << u"10.1.1.0"_s << u"network-address"_s;
    QTest::newRow("both of a /31") << u"10.1.1.0/31"_s << u"10.1.1.0"_s << QString();
    QTest::newRow("a /32") << u"10.1.1.7/32"_s << u"10.1.1.7"_s << QString();
    QTest::newRow("IPv6 anycast") << u"fd00::/64"_s << u"fd00::"_s << u"network-address"_s;
    QTest::newRow("the last of IPv6") << u"fd00::/112"_s << u"fd00::ffff"_s << QString();
    QTest::newRow("a /127") << u"fd00::/127"_s << u"fd00::"_s << QString();
}

void TestMemberFindings::namesOfNetworksAndBroadcastsAreNoHosts()
{
    QFETCH(QString, route);
    QFETCH(QString, address);
    QFETCH(QString, kind);
    const auto findings = Case{.plan = {route}, .ours = {wanted(1, {address})}}.findings();
    QCOMPARE(findings.empty() ? QString() : enumText(findings.front().kind), kind);
    QVERIFY(findings.size() <= 1);
    if (!findings.empty())
        QCOMPARE(findings.front().route->toString(), route);
}

void TestMemberFindings::duplicatesAreErrorsWithoutAConfirmation() // CASES:D8
{
    const Case twice{.plan = {u"10.1.1.0/24"_s},
                     .ours = {wanted(1, {u"10.1.1.10"_s}), wanted(2, {u"10.1.1.10"_s}, false)},
                     .live = {record(9, {u"10.1.1.10"_s})}};
    QCOMPARE(twice.told(),
             QStringList(
                 {u"duplicate-address: member 'm1' (aabb000001) has 10.1.1.10, and so has aabb000002, aabb000009"_s,
                  u"duplicate-address: member 'm2' (aabb000002) has 10.1.1.10, and so has aabb000001, aabb000009"_s}));
    QCOMPARE(twice.needs(), QStringList());
    QCOMPARE(twice.findings().front().level(), RiskLevel::Error);
}

void TestMemberFindings::moreAddressesThanReachAMemberAreWarnedOf() // ZF 42
{
    QStringList texts;
    for (int i = 1; i <= 32; ++i)
        texts << u"10.1.1.%1"_s.arg(i);
    QCOMPARE((Case{.plan = {u"10.1.1.0/24"_s}, .ours = {wanted(1, texts)}}.told()), QStringList());
    texts << u"10.1.1.33"_s;
    QCOMPARE((Case{.plan = {u"10.1.1.0/24"_s}, .ours = {wanted(1, texts)}}.told()),
             QStringList{u"too-many-addresses: member 'm1' (aabb000001) has more than the 32 addresses "
                         u"that reach a member"_s});
}

void TestMemberFindings::whoIsNotAuthorisedLosesNothing()
{
    const Case removed{.before = {u"10.1.1.0/24"_s},
                       .plan = {},
                       .ours = {wanted(1, {u"10.1.1.10"_s}, false)},
                       .live = {record(1, {u"10.1.1.10"_s}), record(2, {u"10.1.1.11"_s}, false)}};
    QCOMPARE(removed.told(), QStringList());
}

void TestMemberFindings::anAddressThatIsToGoAnywayIsNotTold()
{
    const Case moved{.before = {u"10.1.1.0/24"_s, u"10.1.2.0/24"_s},
                     .plan = {u"10.1.2.0/24"_s},
                     .ours = {wanted(1, {u"10.1.2.10"_s})},
                     .live = {record(1, {u"10.1.1.10"_s})}};
    QCOMPARE(moved.told(), QStringList());
}

void TestMemberFindings::bridgesAtTheLimitAndALimitOfZeroAreTold() // CASES:D12, ZF 40, 41
{
    Case bridged{.plan = {u"10.1.1.0/24"_s}, .multicastLimit = 2};
    for (int i = 1; i <= 5; ++i) {
        bridged.live.push_back(record(i, {u"10.1.1.%1"_s.arg(i)}));
        bridged.live.back().isBridge = i <= 2;
    }
    QCOMPARE(bridged.findings().size(), 1U);
    QCOMPARE(bridged.findings().front().kind, MemberFindingKind::Broadcast);
    QCOMPARE(bridged.findings().front().risk, std::optional(RiskNote{RiskReason::BridgesReachLimit, 2, 2}));
    QCOMPARE(bridged.findings().front().level(), RiskLevel::Warning);
    bridged.multicastLimit = 3;
    QVERIFY(bridged.findings().empty());
    bridged.multicastLimit = 0;
    QCOMPARE(bridged.findings().front().level(), RiskLevel::Error);
    QCOMPARE(bridged.needs(), QStringList());
}

void TestMemberFindings::tenThousandMembersAreCheckedAtOnce() // CASES:D9
{
    Case large{.before = {u"10.1.0.0/16"_s}, .plan = {u"10.1.0.0/16"_s}};
    for (int i = 1; i <= 10'000; ++i) {
        const QString text = u"10.1.%1.%2"_s.arg(i / 250).arg(i % 250 + 1);
        large.ours.push_back(wanted(i, {text}));
        large.live.push_back(record(i, {text}));
    }
    QCOMPARE(large.told(), QStringList());
    large.plan = {u"10.1.0.0/17"_s};
    large.ours.push_back(wanted(20'000, {u"10.1.200.1"_s}));
    const auto findings = large.findings();
    QCOMPARE(findings.size(), 10'001U); // all have another prefix, one has none
    QCOMPARE(findings.back().kind, MemberFindingKind::Outside);
}

/// By hand: what every authorised member had, has in between and has afterwards.
void TestMemberFindings::reachIsToldExactlyWhereItIsLost() // CASES:P15, D9, M5
{
    QVERIFY(rc::check("for members of ours and of others", [] {
        Case any{.before = someRoutes(), .plan = someRoutes()};
        for (int i = 0; i < 4; ++i) {
            const QString text = u"10.1.%1.%2"_s.arg(1 + pick(2)).arg(1 + 100 * pick(3) + i);
            const bool isOurs = pick(2) == 0;
            if (isOurs)
                any.ours.push_back(wanted(i, {text}));
            if (!isOurs || pick(2) == 0)
                any.live.push_back(record(i, {text}));
        }
        const auto merge = any.merge();
        std::multiset<std::pair<NodeId, MemberFindingKind>> expected;
        const auto expect = [&](const NodeId &id, const Address &address, bool isLive, bool isOurs) {
            const auto before = isLive ? longest(any.network().routes, address) : std::nullopt;
            const auto after = longest(merge.desired, address);
            const auto meanwhile = merge.first ? longest(*merge.first, address) : after;
            if (before && !after)
                expected.emplace(id, MemberFindingKind::LostAddress);
            else if (!after && isOurs) // an address of others that never reached them is not our business
                expected.emplace(id, MemberFindingKind::Outside);
            else if (before && after && before != after)
                expected.emplace(id, MemberFindingKind::PrefixChanged);
            if (before && after && meanwhile != after)
                expected.emplace(id, MemberFindingKind::Regatewayed);
        };
        for (const auto &member : any.ours) {
            expect(member.node, member.addresses.front(),
                   std::ranges::find(any.live, member.node, &MemberRecord::node) != any.live.end(), true);
        }
        for (const auto &member : any.live) {
            if (std::ranges::find(any.ours, member.node, &WantedMember::node) == any.ours.end())
                expect(member.node, Address::parse(member.addresses.front()).value(), true, false);
        }
        std::multiset<std::pair<NodeId, MemberFindingKind>> got;
        for (const auto &finding : any.findings())
            got.emplace(*finding.node, finding.kind);
        RC_ASSERT(got == expected);
    }));
}

QTEST_APPLESS_MAIN(TestMemberFindings)
#include "tst_memberfindings.moc"
