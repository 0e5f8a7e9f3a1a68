// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routeplan.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

Prefix prefix(QStringView text)
{
    return Prefix::parse(text).value();
}

Address address(QStringView text)
{
    return Address::parse(text).value();
}

std::vector<PlanSubnet> subnets(const QStringList &list)
{
    std::vector<PlanSubnet> all;
    for (const auto &each : list)
        all.push_back({prefix(each)});
    return all;
}

std::vector<Route> routes(const QStringList &targets)
{
    std::vector<Route> all;
    for (const auto &each : targets)
        all.push_back({prefix(each)});
    return all;
}

QStringList texts(const std::vector<Address> &addresses)
{
    QStringList list;
    for (const auto &each : addresses)
        list << each.toString();
    return list;
}

/// "direct via:10.1.1.254": the level, and what becomes of the parent.
RouteOptions options(QStringView text)
{
    const auto words = text.split(u' ');
    RouteOptions options{parseEnum<ChildRoutes>(words[0]).value()};
    const QStringView parent = words[1];
    const auto colon = parent.indexOf(u':');
    options.parent = parseEnum<ParentRoute>(colon < 0 ? parent : parent.left(colon)).value();
    if (colon >= 0)
        options.gateway = address(parent.mid(colon + 1));
    return options;
}

/// The routes, then the warnings; or what is wrong.
QStringList planTexts(QStringView subnet, const QStringList &below, QStringView chosen)
{
    const auto plan = planRoutes(prefix(subnet), subnets(below), options(chosen));
    if (!plan)
        return {u"!%1: %2"_s.arg(nameOf(plan.error().kind), plan.error().detail)};
    QStringList list;
    for (const auto &route : plan->routes)
        list << route.toString();
    for (const auto &warning : plan->warnings) {
        const bool isAboutTheParent = warning.prefixes == std::vector{prefix(subnet)};
        list << (warning.kind == PlanWarningKind::ParentNotInstalled && isAboutTheParent ? u"? "_s + warning.detail
                                                                                         : u"?"_s);
    }
    return list;
}

const QString kNotInstalled =
    u"? Linux members do not install the directly attached route 10.0.0.0/8: each reaches its own "
    "subnet only, unless the route has a gateway"_s;

std::vector<Prefix> anyPrefixes(const Prefix &world)
{
    std::set<Prefix> all;
    const auto count = *rc::gen::inRange(0, 30);
    for (int at = 0; at < count; ++at) {
        const auto offset = *rc::gen::inRange(0U, 256U);
        const auto length = *rc::gen::inRange(world.length() + 1, 33);
        all.insert(Prefix(Address(Family::IPv4, world.first().value() + offset), length));
    }
    return {all.begin(), all.end()};
}

} // namespace

class TestRoutePlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePlanIsTheChildrenAndThenTheParent_data()
    {
        QTest::addColumn<QString>("subnet");
        QTest::addColumn<QStringList>("below");
        QTest::addColumn<QString>("chosen");
        QTest::addColumn<QStringList>("plan");
        const auto net = u"10.0.0.0/8"_s;
        const QStringList two{u"10.1.1.0/24"_s, u"10.1.2.0/24"_s};
        const QStringList nested{u"10.1.0.0/16"_s, u"10.1.1.0/24"_s, u"10.1.1.0/25"_s, u"10.1.2.0/24"_s,
                                 u"10.2.0.0/16"_s};
        // SOURCES Z1
        QTest::newRow("P1 no children, off") << net << QStringList{} << u"off attached"_s << QStringList{net};
        QTest::newRow("P2 no children") << net << QStringList{} << u"direct attached"_s << QStringList{net};
        QTest::newRow("children, off") << net << two << u"off attached"_s << QStringList{net};
        QTest::newRow("P3 attached") << net << two << u"direct attached"_s
                                     << QStringList{two[0], two[1], net, kNotInstalled};
        // SOURCES Z2
        QTest::newRow("P4 via") << net << two << u"direct via:10.1.1.254"_s
                                << QStringList{two[0], two[1], net + u" via 10.1.1.254"_s};
        QTest::newRow("P5 omit") << net << two << u"direct omit"_s << two;
        QTest::newRow("P11 direct") << net << nested << u"direct omit"_s
                                    << QStringList{u"10.1.0.0/16"_s, u"10.2.0.0/16"_s};
        QTest::newRow("P11 leaves") << net << nested << u"leaves omit"_s
                                    << QStringList{u"10.1.1.0/25"_s, u"10.1.2.0/24"_s, u"10.2.0.0/16"_s};
        QTest::newRow("P11 all") << net << nested << u"all omit"_s << nested;
        QTest::newRow("two tenants' equal subnet, direct")
            << net << QStringList{two[0], two[0], two[1]} << u"direct omit"_s << two;
        QTest::newRow("two tenants' equal subnet, leaves")
            << net << QStringList{two[0], two[0], two[1]} << u"leaves omit"_s << two;
        QTest::newRow("two tenants' equal subnet, all")
            << net << QStringList{two[0], two[0], two[1]} << u"all omit"_s << two;
        QTest::newRow("P13 IPv6") << u"FD00:1:0::/48"_s << QStringList{u"fd00:1:0:A::/64"_s, u"fd00:1:0:00b::/64"_s}
                                  << u"direct via:fd00:1:0:a::FE"_s
                                  << QStringList{u"fd00:1:0:a::/64"_s, u"fd00:1:0:b::/64"_s,
                                                 u"fd00:1::/48 via fd00:1:0:a::fe"_s};
        QTest::newRow("a gateway in a /31") << net << QStringList{u"10.1.1.0/31"_s} << u"direct via:10.1.1.0"_s
                                            << QStringList{u"10.1.1.0/31"_s, net + u" via 10.1.1.0"_s};
        QTest::newRow("the last address of an IPv6 subnet is a gateway like any other")
            << u"fd00::/48"_s << QStringList{u"fd00::/120"_s} << u"direct via:fd00::ff"_s
            << QStringList{u"fd00::/120"_s, u"fd00::/48 via fd00::ff"_s};
        QTest::newRow("the end of a subnet within a longer one's outside")
            << net << nested << u"all via:10.1.2.128"_s << (nested + QStringList{net + u" via 10.1.2.128"_s});
    }
    // CASES:P1 CASES:P2 CASES:P3 CASES:P4 CASES:P5 CASES:P11 CASES:P13
    void thePlanIsTheChildrenAndThenTheParent()
    {
        QFETCH(QString, subnet);
        QFETCH(QStringList, below);
        QFETCH(QString, chosen);
        QFETCH(QStringList, plan);
        QCOMPARE(planTexts(subnet, below, chosen), plan);
    }

    void whatCannotBePlannedIsRefused_data()
    {
        QTest::addColumn<QStringList>("below");
        QTest::addColumn<QString>("chosen");
        QTest::addColumn<QString>("error");
        const QStringList two{u"10.1.1.0/24"_s, u"10.1.2.0/24"_s};
        QTest::newRow("P6 gateway elsewhere")
            << two << u"direct via:172.31.0.1"_s << u"the gateway 172.31.0.1 is in none of the 2 attached routes"_s;
        QTest::newRow("P6 gateway in the parent only")
            << two << u"direct via:10.9.0.1"_s << u"the gateway 10.9.0.1 is in none of the 2 attached routes"_s;
        QTest::newRow("gateway without children")
            << QStringList{} << u"direct via:10.1.1.254"_s
            << u"the gateway 10.1.1.254 is in no attached route, because there is none"_s;
        QTest::newRow("gateway without children's routes")
            << two << u"off via:10.1.1.254"_s
            << u"the gateway 10.1.1.254 is in no attached route, because there is none"_s;
        QTest::newRow("gateway of the other family")
            << two << u"direct via:fd00::1"_s << u"the gateway fd00::1 is not of the family of 10.0.0.0/8"_s;
        QTest::newRow("network address") << two << u"direct via:10.1.2.0"_s
                                         << u"the gateway 10.1.2.0 is the network address of 10.1.2.0/24"_s;
        QTest::newRow("broadcast address")
            << two << u"direct via:10.1.2.255"_s << u"the gateway 10.1.2.255 is the broadcast address of 10.1.2.0/24"_s;
        QTest::newRow("broadcast address of the longest one")
            << QStringList{u"10.1.0.0/16"_s, u"10.1.2.0/24"_s} << u"all via:10.1.2.255"_s
            << u"the gateway 10.1.2.255 is the broadcast address of 10.1.2.0/24"_s;
        QTest::newRow("no gateway") << two << u"direct via"_s
                                    << u"the route of 10.0.0.0/8 goes through a gateway, and none is given"_s;
        QTest::newRow("gateway of an attached parent")
            << two << u"direct attached:10.1.1.1"_s
            << u"the gateway 10.1.1.1 is given, but the route of 10.0.0.0/8 is directly attached"_s;
        QTest::newRow("gateway of no parent")
            << two << u"direct omit:10.1.1.1"_s
            << u"the gateway 10.1.1.1 is given, but the route of 10.0.0.0/8 is left out"_s;
        // SOURCES Z10
        QTest::newRow("nothing left, off")
            << two << u"off omit"_s << u"the route of 10.0.0.0/8 is left out, and no subnet below it has one"_s;
        QTest::newRow("nothing left, no children")
            << QStringList{} << u"all omit"_s
            << u"the route of 10.0.0.0/8 is left out, and no subnet below it has one"_s;
        QTest::newRow("P13 both families") << QStringList{u"10.1.1.0/24"_s, u"fd00::/64"_s} << u"direct omit"_s
                                           << u"fd00::/64 is not of the family of 10.0.0.0/8"_s;
        QTest::newRow("P13 both families, off")
            << QStringList{u"fd00::/64"_s} << u"off attached"_s << u"fd00::/64 is not of the family of 10.0.0.0/8"_s;
        QTest::newRow("the subnet itself")
            << QStringList{u"10.0.0.0/8"_s} << u"direct omit"_s << u"10.0.0.0/8 is not strictly inside 10.0.0.0/8"_s;
        QTest::newRow("a subnet elsewhere") << QStringList{u"10.1.1.0/24"_s, u"11.0.0.0/24"_s} << u"direct omit"_s
                                            << u"11.0.0.0/24 is not strictly inside 10.0.0.0/8"_s;
    }
    // CASES:P6 CASES:P13
    void whatCannotBePlannedIsRefused()
    {
        QFETCH(QStringList, below);
        QFETCH(QString, chosen);
        QFETCH(QString, error);
        QCOMPARE(planTexts(u"10.0.0.0/8", below, chosen), QStringList{u"!invalid: "_s + error});
    }

    void aRefusedGatewayIsInThePayload()
    {
        const auto plan =
            planRoutes(prefix(u"10.0.0.0/8"), subnets({u"10.1.1.0/24"_s}), options(u"direct via:10.9.0.1"));
        QVERIFY(!plan.has_value());
        QCOMPARE(plan.error().payload, (QJsonObject{{u"gateway"_s, u"10.9.0.1"_s}}));
    }

    void theChoicesHaveWords()
    {
        QCOMPARE(enumText(ChildRoutes::Leaves), u"leaves"_s);
        QCOMPARE(enumText(ParentRoute::Attached), u"attached"_s);
        QVERIFY(parseEnum<ChildRoutes>(u"all").value() == ChildRoutes::All);
        QCOMPARE(parseEnum<ParentRoute>(u"gone").error().detail, u"'gone' is not one of: attached, via, omit"_s);
    }

    void aGatewayIsOneAddressOrTheLan_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("read");
        QTest::newRow("nothing") << u""_s << u"attached"_s;
        QTest::newRow("blanks") << u" \t"_s << u"attached"_s;
        QTest::newRow("LAN") << u"LAN"_s << u"attached"_s;
        QTest::newRow("lan") << u" lan "_s << u"attached"_s;
        QTest::newRow("trimmed") << u" 10.1.1.254 "_s << u"10.1.1.254"_s;
        QTest::newRow("beyond 255") << u"10.0.0.300"_s << u"!the gateway '10.0.0.300' is no address"_s;
        QTest::newRow("leading zeros") << u"10.01.1.254"_s << u"!the gateway '10.01.1.254' is no address"_s;
        QTest::newRow("text") << u"not-an-ip"_s << u"!the gateway 'not-an-ip' is no address"_s;
        QTest::newRow("blank inside") << u"10.1.1. 254"_s << u"!the gateway '10.1.1. 254' is no address"_s;
        QTest::newRow("the other family") << u"fd00::1"_s << u"!the gateway fd00::1 is not an IPv4 address"_s;
        QTest::newRow("mask") << u"10.1.1.254/24"_s << u"!the gateway '10.1.1.254/24' has a mask: it is one address"_s;
        QTest::newRow("LAN and more") << u"LAN1"_s << u"!the gateway 'LAN1' is no address"_s;
    }
    // CASES:P7, ZF 25
    void aGatewayIsOneAddressOrTheLan()
    {
        QFETCH(QString, typed);
        QFETCH(QString, read);
        const auto gateway = parseGateway(typed, Family::IPv4);
        if (!gateway) {
            QCOMPARE(nameOf(gateway.error().kind), u"invalid"_s);
            QCOMPARE(u'!' + gateway.error().detail, read);
        } else {
            QCOMPARE(gateway->has_value() ? (*gateway)->toString() : u"attached"_s, read);
        }
    }

    void aGatewayOfIPv6()
    {
        QCOMPARE(parseGateway(u" FD00:0::1 ", Family::IPv6).value()->toString(), u"fd00::1"_s);
        QCOMPARE(parseGateway(u"10.1.1.254", Family::IPv6).error().detail,
                 u"the gateway 10.1.1.254 is not an IPv6 address"_s);
    }

    // CASES:P5, CASES:P15
    void addressesInNoRouteAreLost()
    {
        const std::vector<Address> assigned{address(u"10.1.3.1"), address(u"10.1.1.7"), address(u"fd00::1"),
                                            address(u"10.0.0.1"), address(u"10.1.3.1")};
        QCOMPARE(texts(addressesOutside(routes({u"10.1.1.0/24"_s, u"10.1.2.0/24"_s}), assigned)),
                 QStringList({u"10.1.3.1"_s, u"fd00::1"_s, u"10.0.0.1"_s, u"10.1.3.1"_s}));
        QCOMPARE(texts(addressesOutside(routes({u"10.1.1.0/24"_s, u"10.0.0.0/8"_s}), assigned)),
                 QStringList{u"fd00::1"_s});
        QCOMPARE(texts(addressesOutside({}, assigned)), texts(assigned));
    }

    // ZF 30
    void aRouteThatIsNotSentGivesNoAddress()
    {
        std::vector<Route> all;
        for (std::uint32_t at = 0; at <= kMaxSentRoutes; ++at)
            all.push_back({Prefix(Address::ipv4(0x0a00'0000U + at * 256U), 24)});
        const std::vector<Address> assigned{address(u"10.0.127.1"), address(u"10.0.128.1")};
        QCOMPARE(texts(addressesOutside(all, assigned)), QStringList{u"10.0.128.1"_s});
        QVERIFY(longestRoute(all, assigned[0]) == all[127]);
        QVERIFY(!longestRoute(all, assigned[1]));
    }

    // ZF 31
    void theLongestRouteDecidesWithAGatewayOrWithout()
    {
        const Route longer{prefix(u"10.1.1.0/24"), address(u"10.1.0.1")};
        const Route equal{prefix(u"10.1.1.0/24"), address(u"10.1.0.2")};
        const std::vector<Route> all{{prefix(u"10.0.0.0/8")}, longer, equal, {prefix(u"10.1.0.0/16")}};
        QVERIFY(longestRoute(all, address(u"10.1.1.9")) == longer);
        QVERIFY(longestRoute(all, address(u"10.1.2.9")) == all[3]);
        QVERIFY(longestRoute(all, address(u"10.2.0.1")) == all[0]);
        QVERIFY(!longestRoute(all, address(u"11.0.0.1")));
        QVERIFY(!longestRoute(all, address(u"fd00::1")));
    }

    void everyLevelIsWhatItsNameSays()
    {
        QVERIFY(rc::check([] {
            const auto world = prefix(u"10.0.0.0/24");
            const auto stored = anyPrefixes(world);
            std::vector<PlanSubnet> below;
            for (const auto &each : stored)
                below.insert(below.end(), *rc::gen::inRange<std::size_t>(1, 3), {each});
            const auto targets = [&](ChildRoutes level) {
                std::vector<Prefix> list;
                const auto plan = planRoutes(world, below, {level});
                for (const auto &route : plan.value().routes)
                    list.push_back(route.target);
                RC_ASSERT(list.back() == world);
                list.pop_back();
                return list;
            };
            const auto naive = [&](auto isChosen) {
                std::vector<Prefix> list;
                std::copy_if(stored.begin(), stored.end(), std::back_inserter(list), isChosen);
                return list;
            };
            const auto isStrictlyIn = [](const Prefix &a, const Prefix &b) { return a != b && b.contains(a); };
            RC_ASSERT((targets(ChildRoutes::All) == stored));
            RC_ASSERT((targets(ChildRoutes::Direct) == naive([&](const Prefix &each) {
                           return std::none_of(stored.begin(), stored.end(),
                                               [&](const Prefix &other) { return isStrictlyIn(each, other); });
                       })));
            RC_ASSERT((targets(ChildRoutes::Leaves) == naive([&](const Prefix &each) {
                           return std::none_of(stored.begin(), stored.end(),
                                               [&](const Prefix &other) { return isStrictlyIn(other, each); });
                       })));
        }));
    }

    void anAddressIsOutsideWhenNoRouteHoldsIt()
    {
        QVERIFY(rc::check([] {
            const auto world = prefix(u"255.255.255.0/24");
            std::vector<Route> all;
            for (const auto &each : anyPrefixes(world))
                all.push_back({each});
            std::reverse(all.begin(), all.end());
            std::vector<Address> addresses;
            std::vector<Address> expected;
            for (auto at = world.first().value() - 1; at <= world.last().value(); ++at) {
                addresses.emplace_back(Family::IPv4, at);
                if (!longestRoute(all, addresses.back()))
                    expected.push_back(addresses.back());
            }
            RC_ASSERT((addressesOutside(all, addresses) == expected));
        }));
    }
};

QTEST_GUILESS_MAIN(TestRoutePlan)
#include "tst_routeplan.moc"
