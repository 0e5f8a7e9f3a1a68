// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routecover.h"
#include "tests/support/everycover.h"

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

std::vector<Prefix> prefixes(const QStringList &list)
{
    std::vector<Prefix> all;
    for (const auto &each : list)
        all.push_back(prefix(each));
    return all;
}

/// "10.0.0.0/24" of group 0, "10.0.0.0/24 #1" of group 1.
GroupedPrefix grouped(QStringView text)
{
    const auto mark = text.indexOf(u" #"_s);
    return mark < 0 ? GroupedPrefix{prefix(text), 0}
                    : GroupedPrefix{prefix(text.left(mark)), text.mid(mark + 2).toInt()};
}

std::vector<GroupedPrefix> groupeds(const QStringList &list)
{
    std::vector<GroupedPrefix> all;
    for (const auto &each : list)
        all.push_back(grouped(each));
    return all;
}

QString text(const GroupedPrefix &each)
{
    return each.group == 0 ? each.prefix.toString() : u"%1 #%2"_s.arg(each.prefix.toString()).arg(each.group);
}

QStringList texts(const std::vector<GroupedPrefix> &all)
{
    QStringList list;
    for (const auto &each : all)
        list << text(each);
    return list;
}

/// The cover, or what is wrong: "!limit needed=3 budget=2".
QStringList coverTexts(const Expected<RouteCover> &cover)
{
    if (cover)
        return texts(cover->cover);
    QStringList words{u'!' + nameOf(cover.error().kind)};
    for (const auto &key : cover.error().payload.keys())
        words << key + u'=' + cover.error().payload.value(key).toVariant().toString();
    return {words.join(u' ')};
}

/// Prefixes of a small world, with an address and a length of its own each.
std::vector<GroupedPrefix> anyWanted(const Prefix &world, int most, int groups)
{
    const auto count = *rc::gen::inRange(1, most + 1);
    std::vector<GroupedPrefix> wanted;
    for (int at = 0; at < count; ++at) {
        const auto offset = uint128{*rc::gen::inRange<std::uint64_t>(0, static_cast<std::uint64_t>(sizeOf(world)))};
        const auto length = *rc::gen::inRange(world.length() + 1, world.first().width() + 1);
        const auto group = *rc::gen::inRange(0, groups);
        const Prefix one(Address(world.family(), world.first().value() + offset), length);
        const bool isTaken = std::any_of(wanted.begin(), wanted.end(), [&](const GroupedPrefix &each) {
            return each.prefix == one && each.group != group;
        });
        if (!isTaken)
            wanted.push_back({one, group});
    }
    return wanted;
}

/// The group of the longest of `routes` that holds `address`; -1 for none.
int groupAt(const std::vector<GroupedPrefix> &routes, const Address &address)
{
    int group = -1;
    int length = -1;
    for (const auto &each : routes) {
        if (each.prefix.contains(address) && each.prefix.length() > length) {
            length = each.prefix.length();
            group = each.group;
        }
    }
    return group;
}

std::vector<Prefix> aligned24s(int count)
{
    std::vector<Prefix> all;
    for (int at = 0; at < count; ++at)
        all.emplace_back(Address::ipv4(0x0a01'0000U + static_cast<std::uint32_t>(at) * 256U), 24);
    return all;
}

void agreesWithEveryCover(const Prefix &world, int groups)
{
    const auto wanted = anyWanted(world, 6, groups);
    const auto budget = *rc::gen::inRange<std::size_t>(1, 5);
    const auto inside = *rc::gen::arbitrary<bool>() ? std::optional(world) : std::nullopt;
    const auto found = coverRoutes(wanted, budget, inside);
    const EveryCover every(wanted, budget, inside);
    if (!every.best()) {
        RC_ASSERT(!found);
        RC_ASSERT(found.error().kind == ErrorKind::Limit);
        const auto needed = static_cast<std::size_t>(found.error().payload.value(u"needed"_s).toInteger());
        RC_ASSERT(needed > budget);
        RC_ASSERT(coverRoutes(wanted, needed, inside).has_value());
        RC_ASSERT(!coverRoutes(wanted, needed - 1, inside).has_value());
        return;
    }
    RC_ASSERT(found.has_value());
    RC_ASSERT(texts(found->cover) == texts(every.best()->cover));
    RC_ASSERT((found->wanted == sizeOf(plain(wanted))));
    RC_ASSERT((found->covered == sizeOf(plain(found->cover))));
    RC_ASSERT((found->covered - found->wanted == every.best()->excess));
    RC_ASSERT(found->isLossless == (every.best()->excess == 0));
}

} // namespace

class TestRouteCover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // CASES:P10
    void twoHundredFiftySixNeighboursAreOneRouteAndSaySo()
    {
        const auto wanted = aligned24s(256);
        const auto cover = coverRoutes(wanted, 128, prefix(u"10.0.0.0/8"));
        QVERIFY(cover.has_value());
        const RouteCover expected{
            {{prefix(u"10.1.0.0/16"), 0}}, 65536, 65536, {{prefix(u"10.1.0.0/16"), 0, wanted}}, true};
        QVERIFY(*cover == expected);
    }

    // CASES:P9
    void aGapIsClosedWhereItCostsLeast()
    {
        auto wanted = aligned24s(0);
        for (const auto &each : {u"10.1.0.0/24"_s, u"10.1.2.0/24"_s, u"10.2.0.0/24"_s, u"10.9.0.0/24"_s})
            wanted.push_back(prefix(each));
        const auto cover = coverRoutes(wanted, 3, prefix(u"10.0.0.0/8"));
        QVERIFY(cover.has_value());
        const RouteCover expected{groupeds({u"10.1.0.0/22"_s, u"10.2.0.0/24"_s, u"10.9.0.0/24"_s}),
                                  1536,
                                  1024,
                                  {{prefix(u"10.1.0.0/22"), 0, prefixes({u"10.1.0.0/24"_s, u"10.1.2.0/24"_s})}},
                                  false};
        QVERIFY(*cover == expected);
    }

    void whatFitsIsLosslessAndMinimal_data()
    {
        QTest::addColumn<QStringList>("wanted");
        QTest::addColumn<int>("budget");
        QTest::addColumn<QString>("inside");
        QTest::addColumn<QStringList>("cover");
        const auto none = QString();
        QTest::newRow("nothing") << QStringList{} << 0 << none << QStringList{};
        QTest::newRow("one") << QStringList{u"10.0.0.0/24"_s} << 1 << none << QStringList{u"10.0.0.0/24"_s};
        QTest::newRow("no budget") << QStringList{u"10.0.0.0/24"_s} << 0 << none
                                   << QStringList{u"!limit budget=0 needed=1"_s};
        QTest::newRow("repeated and nested") << QStringList{u"10.0.0.0/25"_s, u"10.0.0.0/24"_s, u"10.0.0.0/24"_s} << 1
                                             << none << QStringList{u"10.0.0.0/24"_s};
        QTest::newRow("two halves, the upper first")
            << QStringList{u"10.0.1.0/24"_s, u"10.0.0.0/24"_s} << 1 << none << QStringList{u"10.0.0.0/23"_s};
        QTest::newRow("everything of IPv4")
            << QStringList{u"0.0.0.0/1"_s, u"128.0.0.0/1"_s} << 1 << none << QStringList{u"0.0.0.0/0"_s};
        QTest::newRow("everything of IPv6")
            << QStringList{u"::/1"_s, u"8000::/1"_s} << 1 << none << QStringList{u"::/0"_s};
        QTest::newRow("the ends of IPv6")
            << QStringList{u"::/128"_s, u"ffff::/128"_s, u"ffff::1/128"_s} << 1 << none << QStringList{u"::/0"_s};
        QTest::newRow("two halves of the subnet stay two")
            << QStringList{u"10.0.0.0/9"_s, u"10.128.0.0/9"_s} << 2 << u"10.0.0.0/8"_s
            << QStringList{u"10.0.0.0/9"_s, u"10.128.0.0/9"_s};
        QTest::newRow("two halves of the subnet in quarters")
            << QStringList{u"10.0.0.0/10"_s, u"10.64.0.0/10"_s, u"10.128.0.0/10"_s, u"10.192.0.0/10"_s} << 128
            << u"10.0.0.0/8"_s << QStringList{u"10.0.0.0/9"_s, u"10.128.0.0/9"_s};
        QTest::newRow("never the subnet itself") << QStringList{u"10.0.0.0/24"_s, u"10.200.0.0/24"_s} << 1
                                                 << u"10.0.0.0/8"_s << QStringList{u"!limit budget=1 needed=2"_s};
        QTest::newRow("equal to the subnet") << QStringList{u"10.0.0.0/8"_s} << 1 << u"10.0.0.0/8"_s
                                             << QStringList{u"!invalid prefix=10.0.0.0/8 subnet=10.0.0.0/8"_s};
        QTest::newRow("around the subnet") << QStringList{u"10.0.0.0/7"_s} << 1 << u"10.0.0.0/8"_s
                                           << QStringList{u"!invalid prefix=10.0.0.0/7 subnet=10.0.0.0/8"_s};
        QTest::newRow("beside the subnet") << QStringList{u"10.0.0.0/24"_s, u"11.0.0.0/24"_s} << 1 << u"10.0.0.0/8"_s
                                           << QStringList{u"!invalid prefix=11.0.0.0/24 subnet=10.0.0.0/8"_s};
        QTest::newRow("both families") << QStringList{u"10.0.0.0/24"_s, u"fd00::/64"_s} << 9 << none
                                       << QStringList{u"!invalid prefix=fd00::/64"_s};
        QTest::newRow("another family than the subnet's")
            << QStringList{u"fd00::/64"_s} << 9 << u"10.0.0.0/8"_s << QStringList{u"!invalid prefix=fd00::/64"_s};
        QTest::newRow("all of the subnet ::/0")
            << QStringList{u"::/1"_s, u"8000::/1"_s} << 9 << u"::/0"_s << QStringList{u"::/1"_s, u"8000::/1"_s};
    }
    void whatFitsIsLosslessAndMinimal()
    {
        QFETCH(QStringList, wanted);
        QFETCH(int, budget);
        QFETCH(QString, inside);
        QFETCH(QStringList, cover);
        const auto within = inside.isEmpty() ? std::nullopt : std::optional(prefix(inside));
        QCOMPARE(coverTexts(coverRoutes(prefixes(wanted), static_cast<std::size_t>(budget), within)), cover);
        QCOMPARE(coverTexts(coverRoutes(groupeds(wanted), static_cast<std::size_t>(budget), within)), cover);
    }

    void allOfIPv6IsTheGreatestNumber()
    {
        const auto cover = coverRoutes(prefixes({u"::/1"_s, u"8000::/1"_s}), 1);
        QVERIFY(cover && cover->covered == ~uint128{0} && cover->wanted == ~uint128{0} && cover->isLossless);
    }

    // SOURCES Z3
    void noBudgetIsAboveWhatMembersAreSent()
    {
        std::vector<Prefix> wanted;
        for (std::uint32_t at = 0; at < 300; ++at)
            wanted.emplace_back(Address::ipv4(0x0a00'0000U + at * at * 128U), 25);
        const auto cover = coverRoutes(wanted, 1000, prefix(u"10.0.0.0/8"));
        QVERIFY(cover && cover->cover.size() == kMaxSentRoutes);
        QVERIFY(*cover == *coverRoutes(wanted, kMaxSentRoutes, prefix(u"10.0.0.0/8")));
    }

    void equalsAreSettledByFewerRoutesAndThenByOrder_data()
    {
        QTest::addColumn<QStringList>("wanted");
        QTest::addColumn<int>("budget");
        QTest::addColumn<QStringList>("cover");
        // Two pairs with a gap of two addresses each: closing the lower one comes first in the order of lists.
        QTest::newRow("equal gaps") << QStringList{u"10.0.0.0/32"_s, u"10.0.0.2/32"_s, u"10.0.1.0/32"_s,
                                                   u"10.0.1.2/32"_s}
                                    << 3 << QStringList{u"10.0.0.0/30"_s, u"10.0.1.0/32"_s, u"10.0.1.2/32"_s};
        // A third split gains nothing before a fourth one is allowed.
        QTest::newRow("splits that gain nothing are not made")
            << QStringList{u"10.0.0.0/32"_s, u"10.0.0.3/32"_s, u"10.0.0.4/32"_s, u"10.0.0.7/32"_s} << 3
            << QStringList{u"10.0.0.0/30"_s, u"10.0.0.4/32"_s, u"10.0.0.7/32"_s};
        QTest::newRow("two where the second gains nothing")
            << QStringList{u"10.0.0.0/32"_s, u"10.0.0.3/32"_s, u"10.0.0.4/32"_s, u"10.0.0.7/32"_s} << 2
            << QStringList{u"10.0.0.0/29"_s};
    }
    void equalsAreSettledByFewerRoutesAndThenByOrder()
    {
        QFETCH(QStringList, wanted);
        QFETCH(int, budget);
        QFETCH(QStringList, cover);
        QCOMPARE(coverTexts(coverRoutes(prefixes(wanted), static_cast<std::size_t>(budget))), cover);
    }

    void groupsStayApart_data()
    {
        QTest::addColumn<QStringList>("wanted");
        QTest::addColumn<int>("budget");
        QTest::addColumn<QStringList>("cover");
        QTest::newRow("halves of two groups") << QStringList{u"10.0.0.0/24"_s, u"10.0.1.0/24 #1"_s} << 2
                                              << QStringList{u"10.0.0.0/24"_s, u"10.0.1.0/24 #1"_s};
        QTest::newRow("the budget is for all")
            << QStringList{u"10.0.0.0/24"_s, u"10.0.1.0/24 #1"_s} << 1 << QStringList{u"!limit budget=1 needed=2"_s};
        QTest::newRow("one prefix, two groups") << QStringList{u"10.0.0.0/24"_s, u"10.0.0.0/24 #1"_s} << 2
                                                << QStringList{u"!conflict prefix=10.0.0.0/24"_s};
        QTest::newRow("a route does not reach over another group's")
            << QStringList{u"10.0.0.0/24"_s, u"10.0.1.0/24 #1"_s, u"10.0.3.0/24"_s, u"10.4.0.0/24 #1"_s,
                           u"10.5.0.0/24 #1"_s}
            << 4 << QStringList{u"10.0.0.0/24"_s, u"10.0.1.0/24 #1"_s, u"10.0.3.0/24"_s, u"10.4.0.0/15 #1"_s};
        QTest::newRow("the cheaper gap, in whichever group")
            << QStringList{u"10.0.0.0/24"_s, u"10.0.3.0/24"_s, u"10.1.0.0/24 #1"_s, u"10.1.2.0/25 #1"_s} << 3
            << QStringList{u"10.0.0.0/22"_s, u"10.1.0.0/24 #1"_s, u"10.1.2.0/25 #1"_s};
        QTest::newRow("one in another group's is a route as it is")
            << QStringList{u"10.0.0.0/16"_s, u"10.0.1.0/24 #1"_s, u"10.0.2.0/24 #1"_s, u"10.1.0.0/16"_s} << 4
            << QStringList{u"10.0.0.0/16"_s, u"10.0.1.0/24 #1"_s, u"10.0.2.0/24 #1"_s, u"10.1.0.0/16"_s};
        QTest::newRow("one in another group's that is in one of its own")
            << QStringList{u"10.0.0.0/16"_s, u"10.0.1.0/24 #1"_s, u"10.0.1.0/25"_s, u"10.0.1.0/26"_s} << 3
            << QStringList{u"10.0.0.0/16"_s, u"10.0.1.0/24 #1"_s, u"10.0.1.0/25"_s};
        QTest::newRow("in one of its own") << QStringList{u"10.0.0.0/16 #7"_s, u"10.0.1.0/24 #7"_s, u"10.9.0.0/16"_s}
                                           << 2 << QStringList{u"10.0.0.0/16 #7"_s, u"10.9.0.0/16"_s};
    }
    void groupsStayApart()
    {
        QFETCH(QStringList, wanted);
        QFETCH(int, budget);
        QFETCH(QStringList, cover);
        QCOMPARE(coverTexts(coverRoutes(groupeds(wanted), static_cast<std::size_t>(budget))), cover);
    }

    void mergedNamesWhatHasNoRouteOfItsOwn()
    {
        const auto cover =
            coverRoutes(groupeds({u"10.0.0.0/16"_s, u"10.0.1.0/24 #1"_s, u"10.0.1.0/25"_s, u"10.0.1.0/26"_s,
                                  u"10.0.7.0/24"_s, u"10.0.7.0/24"_s, u"10.1.0.0/24 #1"_s, u"10.1.1.0/24 #1"_s}),
                        128);
        QVERIFY(cover.has_value());
        QCOMPARE(texts(cover->cover),
                 QStringList({u"10.0.0.0/16"_s, u"10.0.1.0/24 #1"_s, u"10.0.1.0/25"_s, u"10.1.0.0/23 #1"_s}));
        const std::vector<MergedRoute> merged{
            {prefix(u"10.0.0.0/16"), 0, prefixes({u"10.0.0.0/16"_s, u"10.0.7.0/24"_s})},
            {prefix(u"10.0.1.0/25"), 0, prefixes({u"10.0.1.0/25"_s, u"10.0.1.0/26"_s})},
            {prefix(u"10.1.0.0/23"), 1, prefixes({u"10.1.0.0/24"_s, u"10.1.1.0/24"_s})}};
        QVERIFY(cover->merged == merged);
        QVERIFY(cover->isLossless);
        QVERIFY(cover->covered == 65536 + 512 && cover->wanted == cover->covered);
    }

    // PERF:D2: equal to brute force on small cases
    void noSetOfRoutesIsBetter()
    {
        QVERIFY(rc::check("IPv4", [] { agreesWithEveryCover(prefix(u"255.255.255.192/26"), 1); }));
        QVERIFY(
            rc::check("IPv6", [] { agreesWithEveryCover(prefix(u"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0/122"), 1); }));
    }

    void noSetOfRoutesOfGroupsIsBetter()
    {
        QVERIFY(rc::check("two groups", [] { agreesWithEveryCover(prefix(u"10.0.0.0/26"), 2); }));
        QVERIFY(rc::check("three groups", [] { agreesWithEveryCover(prefix(u"fd00::/122"), 3); }));
    }

    // PERF:D2: what is left out of the search is never in the best cover
    void noNodeOfTheWholeTreeIsMissed()
    {
        const auto agrees = [](const Prefix &world, int most, std::size_t routes) {
            const auto wanted = plain(anyWanted(world, most, 1));
            const auto budget = *rc::gen::inRange<std::size_t>(1, routes);
            const auto found = coverRoutes(wanted, budget, world);
            const auto best = EveryNode(budget).best(world, wanted);
            RC_ASSERT(found.has_value() == best.has_value());
            if (best)
                RC_ASSERT(texts(found->cover) == texts(best->cover));
        };
        QVERIFY(rc::check("crowded", [&] { agrees(prefix(u"10.0.0.0/24"), 120, 30); }));
        QVERIFY(rc::check("spread", [&] { agrees(prefix(u"fd00::/68"), 60, 20); }));
    }

    // Every price is a tie here: the search has to look at all of it.
    void equalGapsEverywhereAreStillExact()
    {
        std::vector<Prefix> wanted;
        for (std::uint32_t at = 0; at < 256; ++at)
            wanted.emplace_back(Address::ipv4(0x0a00'0000U + at * 2), 32);
        const auto world = prefix(u"10.0.0.0/16");
        for (const std::size_t budget : {1U, 2U, 9U, 40U, 127U, 128U}) {
            const auto found = coverRoutes(wanted, budget, world);
            QVERIFY(found.has_value());
            QCOMPARE(texts(found->cover), texts(EveryNode(budget).best(world, wanted)->cover));
        }
    }

    void theOrderOfWhatIsWantedMakesNoDifference()
    {
        QVERIFY(rc::check([] {
            auto wanted = anyWanted(prefix(u"10.0.0.0/20"), 60, 3);
            const auto budget = *rc::gen::inRange<std::size_t>(1, 60);
            const auto before = coverRoutes(wanted, budget);
            for (auto at = wanted.size(); at > 1; --at)
                std::swap(wanted[at - 1], wanted[*rc::gen::inRange<std::size_t>(0, at)]);
            wanted.push_back(wanted.front());
            const auto after = coverRoutes(wanted, budget);
            RC_ASSERT((before == after));
        }));
    }

    void noWantedAddressChangesItsGroupAndNoneIsLost()
    {
        QVERIFY(rc::check([] {
            const auto world = prefix(u"10.0.0.0/26");
            const auto wanted = anyWanted(world, 12, 3);
            const auto budget = *rc::gen::inRange<std::size_t>(1, 13);
            const auto found = coverRoutes(wanted, budget, world);
            RC_PRE(found.has_value());
            RC_ASSERT(found->cover.size() <= budget);
            for (auto at = world.first().value(); at <= world.last().value(); ++at) {
                const Address address(Family::IPv4, at);
                const int group = groupAt(wanted, address);
                RC_ASSERT(group < 0 || groupAt(found->cover, address) == group);
            }
        }));
    }

    // What a route stands for is told to the last prefix.
    void mergedAndLonelyPrefixesAreAllThatWasWanted()
    {
        QVERIFY(rc::check([] {
            const auto wanted = anyWanted(prefix(u"10.0.0.0/22"), 40, 2);
            const auto found = coverRoutes(wanted, *rc::gen::inRange<std::size_t>(1, 30));
            RC_PRE(found.has_value());
            std::set<GroupedPrefix> told;
            for (const auto &merged : found->merged) {
                RC_ASSERT(merged.from.size() > 1);
                RC_ASSERT(std::is_sorted(merged.from.begin(), merged.from.end()));
                for (const auto &from : merged.from) {
                    RC_ASSERT(merged.into.contains(from));
                    RC_ASSERT((told.insert({from, merged.group}).second));
                }
            }
            for (const auto &route : found->cover) {
                const bool isAlone = std::none_of(found->merged.begin(), found->merged.end(), [&](const auto &merged) {
                    return merged.into == route.prefix && merged.group == route.group;
                });
                if (isAlone)
                    RC_ASSERT(told.insert(route).second);
            }
            RC_ASSERT((told == std::set<GroupedPrefix>(wanted.begin(), wanted.end())));
        }));
    }
};

QTEST_GUILESS_MAIN(TestRouteCover)
#include "tst_routecover.moc"
