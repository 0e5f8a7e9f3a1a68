// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routemerge.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

constexpr MergeDecisions kNothing{};
constexpr MergeDecisions kEverything{true, true};

RouteText entry(const QString &text)
{
    const auto parts = text.split(u" via "_s);
    return {parts.first(), parts.value(1)};
}

Route route(const QString &text)
{
    return entry(text).route().value();
}

std::vector<Route> routes(const QStringList &texts)
{
    std::vector<Route> list;
    for (const auto &text : texts)
        list.push_back(route(text));
    return list;
}

std::vector<RouteText> entries(const QStringList &texts)
{
    std::vector<RouteText> list;
    for (const auto &text : texts)
        list.push_back(entry(text));
    return list;
}

template <typename List>
QStringList texts(const List &list)
{
    QStringList all;
    for (const auto &each : list)
        all << each.toString();
    return all;
}

QStringList needs(const RouteMerge &merge)
{
    QStringList all;
    for (const auto need : merge.needs)
        all << enumText(need);
    return all;
}

/// "regateway 10.1.1.0/24 -> 10.1.1.0/24 via 10.1.1.1", "foreign X", "remove X", with marks behind.
QStringList changes(const RouteMerge &merge)
{
    QStringList all;
    for (const RouteChange &change : merge.changes) {
        QString line = enumText(change.kind) + u' ';
        if (change.was && change.route && *change.was != *change.route)
            line += change.was->toString() + u" -> "_s + change.route->toString();
        else
            line += (change.was ? *change.was : *change.route).toString();
        if (change.was && !change.route && change.kind != RouteChangeKind::Remove &&
            change.kind != RouteChangeKind::Gone)
            line += u" goes"_s;
        if (change.isHeld)
            line += u" held"_s;
        if (change.isDrift)
            line += u" drift"_s;
        all << line;
    }
    return all;
}

RouteMerge merged(const QStringList &owned, const QStringList &plan, const QStringList &live,
                  const MergeDecisions &decisions = kNothing)
{
    return mergeRoutes(routes(owned), routes(plan), entries(live), decisions);
}

QStringList first(const RouteMerge &merge)
{
    return merge.first ? texts(*merge.first) : QStringList{u"one step"_s};
}

// Few targets and gateways, so that everything meets everything.

/// 0 to below `end`, of the same spread in every run: the first runs of a property are not tiny.
int pick(int end)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end));
}

Prefix someTarget(int which)
{
    return {Address::ipv4(0x0a010000U + (static_cast<std::uint32_t>(which) << 8U)), 24};
}

Route someRoute()
{
    const int target = pick(4);
    const int gateway = pick(3);
    Route made{someTarget(target)};
    if (gateway > 0)
        made.via = Address::ipv4(0x0a0000f0U + static_cast<std::uint32_t>(gateway));
    return made;
}

std::vector<Route> someRoutes(bool isOneATarget)
{
    std::vector<Route> made;
    std::set<Prefix> targets;
    const int count = pick(7);
    for (int i = 0; i < count; ++i) {
        const Route each = someRoute();
        if (targets.insert(each.target).second || !isOneATarget)
            made.push_back(each);
    }
    return made;
}

RouteText someEntry()
{
    static const std::vector<RouteText> kNoRoutes{{u"10.1.1.7/24"_s, {}},     {u"10.1.2.0"_s, {}},
                                                  {u"10.1.0.0/24"_s, u"x"_s}, {u"fd00::/64"_s, {}},
                                                  {u"0.0.0.0/24"_s, {}},      {u"junk"_s, u"junk"_s}};
    if (pick(4) == 0)
        return *rc::gen::elementOf(kNoRoutes);
    return RouteText::of(someRoute());
}

struct World
{
    std::vector<Route> owned;
    std::vector<Route> plan;
    std::vector<RouteText> live;
    MergeDecisions decisions;
};

World someWorld()
{
    World world;
    world.owned = someRoutes(pick(4) != 0);
    world.plan = someRoutes(true);
    const int count = pick(9);
    for (int i = 0; i < count; ++i)
        world.live.push_back(someEntry());
    for (const Route &each : world.owned) { // most often what we proved is still there
        if (pick(3) > 0)
            world.live.push_back(RouteText::of(each));
    }
    world.decisions = {pick(2) == 1, pick(2) == 1};
    return world;
}

RouteMerge mergeOf(const World &world)
{
    return mergeRoutes(world.owned, world.plan, world.live, world.decisions);
}

/// The entries that are not ours, by the definition: of equal ones that we own the first is ours.
std::vector<RouteText> foreignOf(const World &world)
{
    std::set<Route> mine(world.owned.begin(), world.owned.end());
    std::vector<RouteText> foreign;
    for (const auto &each : world.live) {
        const auto asRoute = each.route();
        if (!asRoute || mine.erase(*asRoute) == 0)
            foreign.push_back(each);
    }
    return foreign;
}

bool isPlannedTarget(const World &world, const RouteText &each)
{
    const auto asRoute = each.route();
    return asRoute && std::ranges::any_of(world.plan, [&](const Route &p) { return p.target == asRoute->target; });
}

bool isSubsequence(const std::vector<RouteText> &small, const std::vector<RouteText> &large)
{
    auto at = small.begin();
    for (const auto &each : large) {
        if (at != small.end() && *at == each)
            ++at;
    }
    return at == small.end();
}

std::map<Prefix, int> countTargets(const std::vector<RouteText> &list)
{
    std::map<Prefix, int> counts;
    for (const auto &each : list) {
        if (const auto asRoute = each.route())
            ++counts[asRoute->target];
    }
    return counts;
}

std::vector<RouteText> textsOf(const std::vector<Route> &list)
{
    std::vector<RouteText> made;
    for (const Route &each : list)
        made.push_back(RouteText::of(each));
    return made;
}

} // namespace

class TestRouteMerge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oursAreReplacedAndTheirsStay();
    void whatWePlanAndSomebodyElseHasIsAdoptedOnce();
    void anotherGatewayOnOurTargetWaitsForADecision();
    void whatThePlanAlreadyIsNeedsNoPost();
    void aChangedGatewayGoesInTwoSteps();
    void everyCombination_data();
    void everyCombination();
    void textThatIsNoRouteStaysWordForWord();
    void anUnalignedTextOnOurTargetIsWarnedOf();
    void ourRouteThatLeavesASecondGatewayBehindIsWarnedOf();
    void otherSpellingsOfOurRoutesAreOurs();
    void theOrderAloneIsADifference();
    void whatGoesStandsWhereItWas();
    void aTargetThatIsPlannedTwiceCountsOnce();
    void twoThousandRoutesOfOthersAreNoProblem();

    void foreignRoutesSurviveWordForWordAndInOrder();
    void everyPlannedRouteIsThereOnceAllIsDecided();
    void noTargetIsDoubledThatWasNotBefore();
    void bothStepsHoldEveryUnchangedRoute();
    void mergingAgainFindsNothingToDo();
    void everyEntryHasOneChange();
    void withoutDecisionsNothingOfOthersIsTouched();
};

void TestRouteMerge::oursAreReplacedAndTheirsStay() // CASES:M1, SOURCES Z6
{
    const auto merge = merged({u"10.1.1.0/24"_s, u"10.1.2.0/24"_s}, {u"10.1.1.0/24"_s, u"10.1.3.0/24"_s},
                              {u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"192.168.7.0/24 via 10.1.1.9"_s});
    QCOMPARE(texts(merge.desired), QStringList({u"10.1.1.0/24"_s, u"10.1.3.0/24"_s, u"192.168.7.0/24 via 10.1.1.9"_s}));
    QCOMPARE(first(merge), QStringList{u"one step"_s});
    QCOMPARE(needs(merge), QStringList{u"removals"_s});
    QCOMPARE(texts(merge.ownedAfter), QStringList({u"10.1.1.0/24"_s, u"10.1.3.0/24"_s}));
    QVERIFY(!merge.isEqual);
    QVERIFY(!merge.isReordered);
}

void TestRouteMerge::whatWePlanAndSomebodyElseHasIsAdoptedOnce() // CASES:M2
{
    const QStringList live{u"192.168.7.0/24"_s, u"10.1.3.0/24"_s};
    const auto asked = merged({}, {u"10.1.3.0/24"_s}, live);
    QCOMPARE(needs(asked), QStringList{u"adopt"_s});
    QCOMPARE(texts(asked.desired), live);
    QVERIFY(asked.isEqual); // as long as nobody decides
    QVERIFY(asked.ownedAfter.empty());

    const auto decided = merged({}, {u"10.1.3.0/24"_s}, live, {true, false});
    QCOMPARE(needs(decided), QStringList{u"adopt"_s});
    QCOMPARE(texts(decided.desired), QStringList({u"10.1.3.0/24"_s, u"192.168.7.0/24"_s}));
    QCOMPARE(texts(decided.ownedAfter), QStringList{u"10.1.3.0/24"_s});
    QVERIFY(decided.isReordered);

    const auto again = mergeRoutes(decided.ownedAfter, routes({u"10.1.3.0/24"_s}), decided.desired);
    QVERIFY(again.isEqual);
    QCOMPARE(needs(again), QStringList());
}

void TestRouteMerge::anotherGatewayOnOurTargetWaitsForADecision() // CASES:M3
{
    const QStringList plan{u"10.1.1.0/24"_s, u"10.1.3.0/24 via 10.0.0.1"_s};
    const QStringList live{u"10.1.3.0/24 via 10.0.0.2"_s};
    const auto asked = merged({}, plan, live);
    QCOMPARE(needs(asked), QStringList({u"replace-foreign"_s, u"regateway"_s}));
    QCOMPARE(texts(asked.desired), QStringList({u"10.1.1.0/24"_s, u"10.1.3.0/24 via 10.0.0.2"_s}));
    QCOMPARE(asked.changes.back().planned, std::optional(route(u"10.1.3.0/24 via 10.0.0.1"_s)));

    const auto decided = merged({}, plan, live, {false, true});
    QCOMPARE(first(decided), QStringList{u"10.1.1.0/24"_s});
    QCOMPARE(texts(decided.desired), plan);
    QCOMPARE(texts(decided.ownedAfter), plan);
}

void TestRouteMerge::whatThePlanAlreadyIsNeedsNoPost() // CASES:M4
{
    const QStringList ours{u"10.1.1.0/24"_s, u"10.0.0.0/8 via 10.1.1.254"_s};
    const auto merge = merged(ours, ours, ours + QStringList{u"192.168.0.0/16"_s});
    QVERIFY(merge.isEqual);
    QVERIFY(!merge.isReordered);
    QCOMPARE(needs(merge), QStringList());
    QCOMPARE(changes(merge),
             QStringList({u"keep 10.1.1.0/24"_s, u"keep 10.0.0.0/8 via 10.1.1.254"_s, u"foreign 192.168.0.0/16"_s}));
    QVERIFY(merged({}, {}, {}).isEqual);
}

void TestRouteMerge::aChangedGatewayGoesInTwoSteps() // CASES:M5, ZF 34, SOURCES Z6
{
    const auto merge = merged({u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.0.0.0/8"_s},
                              {u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.1.3.0/24"_s, u"10.0.0.0/8 via 10.1.1.254"_s},
                              {u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.0.0.0/8"_s, u"192.168.0.0/16"_s});
    QCOMPARE(first(merge), QStringList({u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.1.3.0/24"_s, u"192.168.0.0/16"_s}));
    QCOMPARE(texts(merge.desired), QStringList({u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.1.3.0/24"_s,
                                                u"10.0.0.0/8 via 10.1.1.254"_s, u"192.168.0.0/16"_s}));
    QCOMPARE(texts(merge.regatewayed), QStringList{u"10.0.0.0/8"_s});
    QCOMPARE(needs(merge), QStringList{u"regateway"_s});
}

/// T is planned via A, or not at all; what we own of it, and what is live.
void TestRouteMerge::everyCombination_data()
{
    QTest::addColumn<QStringList>("owned");
    QTest::addColumn<QStringList>("plan");
    QTest::addColumn<QStringList>("live");
    QTest::addColumn<QStringList>("undecided"); // the changes, the list first and then, the needs
    QTest::addColumn<QStringList>("decided");
    const QString a = u"10.1.1.0/24 via 10.0.0.1"_s;
    const QString b = u"10.1.1.0/24 via 10.0.0.2"_s;
    const QString c = u"10.1.1.0/24"_s;
    const QString none = u"one step"_s;
    // clang-format off
    QTest::newRow("planned only") << QStringList{} << QStringList{a} << QStringList{}
        << QStringList{u"add "_s + a, none, a, {}} << QStringList{u"add "_s + a, none, a, {}};
    QTest::newRow("live only") << QStringList{} << QStringList{} << QStringList{a}
        << QStringList{u"foreign "_s + a, none, a, {}} << QStringList{u"foreign "_s + a, none, a, {}};
    QTest::newRow("owned only") << QStringList{a} << QStringList{} << QStringList{}
        << QStringList{u"gone "_s + a + u" drift"_s, none, {}, {}} << QStringList{u"gone "_s + a + u" drift"_s, none, {}, {}};
    QTest::newRow("owned and planned, somebody removed it") << QStringList{a} << QStringList{a} << QStringList{}
        << QStringList{u"add "_s + a + u" drift"_s, none, a, {}} << QStringList{u"add "_s + a + u" drift"_s, none, a, {}};
    QTest::newRow("owned, planned with another gateway, somebody removed it") << QStringList{b} << QStringList{a} << QStringList{}
        << QStringList{u"add "_s + a + u" drift"_s, none, a, {}} << QStringList{u"add "_s + a + u" drift"_s, none, a, {}};
    QTest::newRow("all three agree") << QStringList{a} << QStringList{a} << QStringList{a}
        << QStringList{u"keep "_s + a, none, a, {}} << QStringList{u"keep "_s + a, none, a, {}};
    QTest::newRow("the plan changes the gateway") << QStringList{b} << QStringList{a} << QStringList{b}
        << QStringList{u"regateway "_s + b + u" -> "_s + a, {}, a, u"regateway"_s}
        << QStringList{u"regateway "_s + b + u" -> "_s + a, {}, a, u"regateway"_s};
    QTest::newRow("the plan takes the gateway away") << QStringList{a} << QStringList{c} << QStringList{a}
        << QStringList{u"regateway "_s + a + u" -> "_s + c, {}, c, u"regateway"_s}
        << QStringList{u"regateway "_s + a + u" -> "_s + c, {}, c, u"regateway"_s};
    QTest::newRow("ours is no longer planned") << QStringList{a} << QStringList{} << QStringList{a}
        << QStringList{u"remove "_s + a, none, {}, u"removals"_s} << QStringList{u"remove "_s + a, none, {}, u"removals"_s};
    QTest::newRow("ours is no longer planned and another has the same") << QStringList{a} << QStringList{} << QStringList{a, a}
        << QStringList{u"remove "_s + a + u"|foreign "_s + a, none, a, u"removals"_s}
        << QStringList{u"remove "_s + a + u"|foreign "_s + a, none, a, u"removals"_s};
    QTest::newRow("ours is no longer planned and somebody changed its gateway") << QStringList{a} << QStringList{} << QStringList{b}
        << QStringList{u"foreign "_s + b + u" drift|gone "_s + a + u" drift"_s, none, b, {}}
        << QStringList{u"foreign "_s + b + u" drift|gone "_s + a + u" drift"_s, none, b, {}};
    QTest::newRow("another has what we plan") << QStringList{} << QStringList{a} << QStringList{a}
        << QStringList{u"adopt "_s + a + u" held"_s, none, a, u"adopt"_s} << QStringList{u"adopt "_s + a, none, a, u"adopt"_s};
    QTest::newRow("another has what we plan, twice") << QStringList{} << QStringList{a} << QStringList{a, a}
        << QStringList{u"adopt "_s + a + u" held|adopt "_s + a + u" held"_s, none, a + u'|' + a, u"adopt"_s}
        << QStringList{u"adopt "_s + a + u"|adopt "_s + a + u" goes"_s, none, a, u"adopt"_s};
    QTest::newRow("another has a second one of ours") << QStringList{a} << QStringList{a} << QStringList{a, a}
        << QStringList{u"keep "_s + a + u" held|adopt "_s + a + u" held"_s, none, a + u'|' + a, u"adopt"_s}
        << QStringList{u"keep "_s + a + u"|adopt "_s + a + u" goes"_s, none, a, u"adopt"_s};
    QTest::newRow("somebody already changed the gateway as we plan") << QStringList{b} << QStringList{a} << QStringList{a}
        << QStringList{u"adopt "_s + a + u" held drift"_s, none, a, u"adopt"_s}
        << QStringList{u"adopt "_s + a + u" drift"_s, none, a, u"adopt"_s};
    QTest::newRow("another has our target") << QStringList{} << QStringList{a} << QStringList{b}
        << QStringList{u"conflict "_s + b + u" held"_s, none, b, u"replace-foreign|regateway"_s}
        << QStringList{u"conflict "_s + b + u" -> "_s + a, {}, a, u"replace-foreign|regateway"_s};
    QTest::newRow("somebody changed the gateway of ours") << QStringList{a} << QStringList{a} << QStringList{b}
        << QStringList{u"conflict "_s + b + u" held drift"_s, none, b, u"replace-foreign|regateway"_s}
        << QStringList{u"conflict "_s + b + u" -> "_s + a + u" drift"_s, {}, a, u"replace-foreign|regateway"_s};
    QTest::newRow("somebody changed the gateway and so does the plan") << QStringList{c} << QStringList{a} << QStringList{b}
        << QStringList{u"conflict "_s + b + u" held drift"_s, none, b, u"replace-foreign|regateway"_s}
        << QStringList{u"conflict "_s + b + u" -> "_s + a + u" drift"_s, {}, a, u"replace-foreign|regateway"_s};
    QTest::newRow("ours is there and another has its target too") << QStringList{a} << QStringList{a} << QStringList{b, a}
        << QStringList{u"keep "_s + a + u" held|conflict "_s + b + u" held"_s, none, a + u'|' + b, u"replace-foreign|regateway"_s}
        << QStringList{u"conflict "_s + b + u" goes|keep "_s + a, {}, a, u"replace-foreign|regateway"_s};
    QTest::newRow("ours gets a gateway and another has the target too") << QStringList{c} << QStringList{a} << QStringList{b, c}
        << QStringList{u"regateway "_s + c + u" held|conflict "_s + b + u" held"_s, none, c + u'|' + b, u"replace-foreign|regateway"_s}
        << QStringList{u"conflict "_s + b + u" goes|regateway "_s + c + u" -> "_s + a, {}, a, u"replace-foreign|regateway"_s};
    QTest::newRow("ours gets a gateway that another has already") << QStringList{b} << QStringList{a} << QStringList{b, a}
        << QStringList{u"regateway "_s + b + u" held|adopt "_s + a + u" held"_s, none, b + u'|' + a, u"adopt|regateway"_s}
        << QStringList{u"regateway "_s + b + u" goes|adopt "_s + a, {}, a, u"adopt|regateway"_s};
    QTest::newRow("another has both what we plan and another gateway") << QStringList{} << QStringList{a} << QStringList{b, a}
        << QStringList{u"conflict "_s + b + u" held|adopt "_s + a + u" held"_s, none, b + u'|' + a, u"adopt|replace-foreign|regateway"_s}
        << QStringList{u"conflict "_s + b + u" goes|adopt "_s + a, {}, a, u"adopt|replace-foreign|regateway"_s};
    // clang-format on
}

void TestRouteMerge::everyCombination()
{
    QFETCH(QStringList, owned);
    QFETCH(QStringList, plan);
    QFETCH(QStringList, live);
    QFETCH(QStringList, undecided);
    QFETCH(QStringList, decided);
    const auto told = [&](const MergeDecisions &decisions) {
        const auto merge = merged(owned, plan, live, decisions);
        return QStringList{changes(merge).join(u'|'), first(merge).join(u'|'), texts(merge.desired).join(u'|'),
                           needs(merge).join(u'|')};
    };
    QCOMPARE(told(kNothing), undecided);
    QCOMPARE(told(kEverything), decided);
}

void TestRouteMerge::textThatIsNoRouteStaysWordForWord() // ZF 26
{
    const QStringList live{u"10.1.1.7/24"_s, u"10.1.1.0/0"_s, u"0.0.0.0/24"_s, u"nonsense via more"_s, u"10.1.1.0"_s};
    const auto merge = merged({}, {u"10.1.9.0/24"_s}, live, kEverything);
    QCOMPARE(texts(merge.desired), QStringList{u"10.1.9.0/24"_s} + live);
    QVERIFY(merge.warnings.empty());
}

void TestRouteMerge::anUnalignedTextOnOurTargetIsWarnedOf() // ZF 26
{
    const auto merge = merged({}, {u"10.1.1.0/24"_s}, {u"10.1.1.7/24"_s, u"10.1.1.0/24 via 10.0.0.x"_s}, kEverything);
    const Prefix target = someTarget(1);
    QCOMPARE(texts(merge.desired), QStringList({u"10.1.1.0/24"_s, u"10.1.1.7/24"_s, u"10.1.1.0/24 via 10.0.0.x"_s}));
    QCOMPARE(merge.warnings, std::vector<RouteMergeWarning>(
                                 {{RouteMergeWarningKind::NearTarget, {u"10.1.1.7/24"_s, {}}, target},
                                  {RouteMergeWarningKind::NearTarget, {u"10.1.1.0/24"_s, u"10.0.0.x"_s}, target}}));
    QCOMPARE(needs(merge), QStringList());
}

void TestRouteMerge::ourRouteThatLeavesASecondGatewayBehindIsWarnedOf() // ZF 34
{
    const auto merge = merged({u"10.1.1.0/24"_s}, {}, {u"10.1.1.0/24"_s, u"10.1.1.0/24 via 10.0.0.2"_s});
    QCOMPARE(merge.warnings,
             std::vector<RouteMergeWarning>(
                 {{RouteMergeWarningKind::StuckGateway, {u"10.1.1.0/24"_s, u"10.0.0.2"_s}, someTarget(1)}}));
    QCOMPARE(texts(merge.desired), QStringList{u"10.1.1.0/24 via 10.0.0.2"_s});
}

void TestRouteMerge::otherSpellingsOfOurRoutesAreOurs() // ZF 27
{
    const auto merge = merged({u"fd00:1::/64 via fd00:1::1"_s}, {u"fd00:1::/64 via fd00:1::1"_s},
                              {u"FD00:1:0::/64 via FD00:1::0001"_s, u"FD00:2::/64"_s});
    QVERIFY(merge.isEqual);
    QCOMPARE(needs(merge), QStringList());
    QCOMPARE(texts(merge.desired), QStringList({u"fd00:1::/64 via fd00:1::1"_s, u"FD00:2::/64"_s}));
}

void TestRouteMerge::theOrderAloneIsADifference() // CASES:M4, ZF 29, 32
{
    const QStringList ours{u"10.1.1.0/24"_s, u"10.0.0.0/8"_s};
    const auto merge = merged(ours, ours, {u"10.0.0.0/8"_s, u"10.1.1.0/24"_s});
    QVERIFY(!merge.isEqual);
    QVERIFY(merge.isReordered);
    QCOMPARE(texts(merge.desired), ours);
    QCOMPARE(needs(merge), QStringList());
}

void TestRouteMerge::whatGoesStandsWhereItWas()
{
    const QStringList ours{u"10.1.0.0/24"_s, u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.1.3.0/24"_s};
    const auto merge = merged(ours, {u"10.1.1.0/24"_s, u"10.1.9.0/24"_s},
                              ours.mid(0, 2) + QStringList{u"192.168.0.0/16"_s} + ours.mid(2));
    QCOMPARE(changes(merge),
             QStringList({u"remove 10.1.0.0/24"_s, u"keep 10.1.1.0/24"_s, u"add 10.1.9.0/24"_s,
                          u"foreign 192.168.0.0/16"_s, u"remove 10.1.2.0/24"_s, u"remove 10.1.3.0/24"_s}));
}

void TestRouteMerge::aTargetThatIsPlannedTwiceCountsOnce()
{
    const auto merge = merged({}, {u"10.1.1.0/24 via 10.0.0.1"_s, u"10.1.1.0/24"_s}, {});
    QCOMPARE(texts(merge.desired), QStringList{u"10.1.1.0/24 via 10.0.0.1"_s});
    QCOMPARE(texts(merge.ownedAfter), QStringList{u"10.1.1.0/24 via 10.0.0.1"_s});
}

void TestRouteMerge::twoThousandRoutesOfOthersAreNoProblem() // ZF 28
{
    QStringList live;
    for (int i = 0; i < 2000; ++i)
        live << u"10.%1.%2.0/24"_s.arg(i / 250).arg(i % 250);
    const auto merge = merged({}, {u"172.16.0.0/12"_s}, live);
    QCOMPARE(texts(merge.desired), QStringList{u"172.16.0.0/12"_s} + live);
}

// SOURCES Z6
void TestRouteMerge::foreignRoutesSurviveWordForWordAndInOrder()
{
    QVERIFY(rc::check("those without a planned target always, all in the order in which they were", [] {
        const World world = someWorld();
        const auto merge = mergeOf(world);
        std::vector<RouteText> untouchable;
        for (const auto &each : foreignOf(world)) {
            if (!isPlannedTarget(world, each))
                untouchable.push_back(each);
        }
        RC_ASSERT(isSubsequence(untouchable, merge.desired));
        if (merge.first)
            RC_ASSERT(isSubsequence(untouchable, *merge.first));
        // Behind ours there is nothing but entries of others, and in their order.
        const auto tail = std::vector<RouteText>(
            merge.desired.begin() + static_cast<std::ptrdiff_t>(merge.ownedAfter.size()), merge.desired.end());
        RC_ASSERT(isSubsequence(tail, foreignOf(world)));
    }));
}

void TestRouteMerge::everyPlannedRouteIsThereOnceAllIsDecided() // CASES:M1, M2
{
    QVERIFY(rc::check("and they are ours, first, and in the order of the plan", [] {
        World world = someWorld();
        world.decisions = kEverything;
        const auto merge = mergeOf(world);
        RC_ASSERT(merge.ownedAfter == world.plan);
        RC_ASSERT(merge.desired.size() >= world.plan.size());
        const auto counts = countTargets(merge.desired);
        for (std::size_t at = 0; at < world.plan.size(); ++at) {
            RC_ASSERT(merge.desired[at] == RouteText::of(world.plan[at]));
            RC_ASSERT(counts.at(world.plan[at].target) == 1);
        }
    }));
}

void TestRouteMerge::noTargetIsDoubledThatWasNotBefore()
{
    QVERIFY(rc::check("more than one entry of a target only where there were as many", [] {
        const World world = someWorld();
        const auto before = countTargets(world.live);
        for (const auto &[target, count] : countTargets(mergeOf(world).desired)) {
            if (count > 1)
                RC_ASSERT(before.contains(target) && before.at(target) >= count);
        }
    }));
}

void TestRouteMerge::bothStepsHoldEveryUnchangedRoute() // SOURCES Z6, ZF 34
{
    QVERIFY(rc::check("the first list misses the targets whose gateway changes, and nothing else", [] {
        const World world = someWorld();
        const auto merge = mergeOf(world);
        RC_ASSERT(merge.first.has_value() == !merge.regatewayed.empty());
        if (!merge.first)
            return;
        RC_ASSERT(isSubsequence(*merge.first, merge.desired));
        RC_ASSERT(merge.first->size() + merge.regatewayed.size() == merge.desired.size());
        const auto inFirst = countTargets(*merge.first);
        for (const Prefix &target : merge.regatewayed) {
            RC_ASSERT(!inFirst.contains(target));
            // It is live with another gateway than the planned one: otherwise it would go missing for nothing.
            const auto planned = std::ranges::find(world.plan, target, &Route::target);
            RC_ASSERT(planned != world.plan.end());
            RC_ASSERT(std::ranges::any_of(world.live, [&](const RouteText &each) {
                const auto asRoute = each.route();
                return asRoute && asRoute->target == target && asRoute->via != planned->via;
            }));
        }
        for (const auto &each : world.live) { // what stays is in both
            if (std::ranges::find(merge.desired, each) != merge.desired.end() &&
                !(each.route() &&
                  std::ranges::find(merge.regatewayed, each.route()->target) != merge.regatewayed.end()))
                RC_ASSERT(std::ranges::find(*merge.first, each) != merge.first->end());
        }
    }));
}

void TestRouteMerge::mergingAgainFindsNothingToDo() // CASES:M4
{
    QVERIFY(rc::check("after an apply with the same decisions", [] {
        const World world = someWorld();
        const auto merge = mergeOf(world);
        const auto again = mergeRoutes(merge.ownedAfter, world.plan, merge.desired, world.decisions);
        RC_ASSERT(again.isEqual);
        RC_ASSERT(!again.isReordered);
        RC_ASSERT(again.desired == merge.desired);
        RC_ASSERT(again.ownedAfter == merge.ownedAfter);
        if (world.decisions.isAdopting && world.decisions.isReplacingForeign)
            RC_ASSERT(again.needs.empty());
    }));
    QVERIFY(rc::check("after an apply that stopped between its two steps", [] {
        World world = someWorld();
        world.decisions = kEverything;
        const auto merge = mergeOf(world);
        RC_PRE(merge.first.has_value());
        // What was proved of the first step is stored or is not; either way the target comes back without a question.
        std::vector<Route> proved;
        for (const Route &each : merge.ownedAfter) {
            if (std::ranges::find(merge.regatewayed, each.target) == merge.regatewayed.end())
                proved.push_back(each);
        }
        const auto after = mergeRoutes(proved, world.plan, *merge.first);
        RC_ASSERT(after.desired == merge.desired);
        RC_ASSERT(after.needs.empty());
        RC_ASSERT(!after.first);
    }));
}

void TestRouteMerge::everyEntryHasOneChange()
{
    QVERIFY(rc::check("the changes are the live list before and the desired list after", [] {
        const World world = someWorld();
        const auto merge = mergeOf(world);
        std::vector<RouteText> before;
        std::vector<RouteText> after;
        for (const RouteChange &change : merge.changes) {
            if (change.was && change.kind != RouteChangeKind::Gone)
                before.push_back(*change.was);
            if (change.route)
                after.push_back(*change.route);
            if (change.isHeld)
                RC_ASSERT(change.was == change.route && change.planned.has_value());
        }
        RC_ASSERT(after == merge.desired);
        auto live = world.live;
        const auto byText = [](const RouteText &a, const RouteText &b) { return a.toString() < b.toString(); };
        std::ranges::sort(before, byText);
        std::ranges::sort(live, byText);
        RC_ASSERT(before == live);
        const bool isSameEntries = std::ranges::all_of(merge.changes, [](const RouteChange &change) {
            return change.kind == RouteChangeKind::Gone || (change.was && change.was == change.route);
        });
        RC_ASSERT(merge.isEqual == (isSameEntries && !merge.isReordered));
    }));
}

void TestRouteMerge::withoutDecisionsNothingOfOthersIsTouched() // CASES:M2, M3
{
    QVERIFY(rc::check("and each planned route that is not sent waits for a need that is told", [] {
        World world = someWorld();
        world.decisions = kNothing;
        const auto merge = mergeOf(world);
        RC_ASSERT(isSubsequence(foreignOf(world), merge.desired));
        const bool isWaiting = std::ranges::any_of(
            merge.needs, [](ApplyNeed need) { return need == ApplyNeed::Adopt || need == ApplyNeed::ReplaceForeign; });
        RC_ASSERT(isWaiting || merge.ownedAfter == world.plan);
        RC_ASSERT(isWaiting == std::ranges::any_of(merge.changes, &RouteChange::isHeld));
        RC_ASSERT(isSubsequence(textsOf(merge.ownedAfter), merge.desired));
    }));
}

QTEST_APPLESS_MAIN(TestRouteMerge)
#include "tst_routemerge.moc"
