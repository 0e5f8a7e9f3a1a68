// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routelimit.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const Prefix kNet = Prefix::parse(u"10.0.0.0/8").value();

/// Every other /24 of 10.0.0.0/8, so that no two are one: "site 0", "site 1", ...
std::vector<PlanSubnet> sites(std::uint32_t count)
{
    std::vector<PlanSubnet> all;
    for (std::uint32_t at = 0; at < count; ++at)
        all.push_back({Prefix(Address::ipv4(0x0a00'0000U + at * 512U), 24), u"site %1"_s.arg(at)});
    return all;
}

std::vector<RouteText> foreignRoutes(int count)
{
    std::vector<RouteText> all;
    for (int at = 0; at < count; ++at)
        all.push_back({u"192.168.%1.0/24"_s.arg(at), at % 2 == 0 ? QString() : u"10.0.0.1"_s});
    return all;
}

std::vector<Route> planned(const std::vector<PlanSubnet> &below, const RouteOptions &options)
{
    return planRoutes(kNet, below, options).value().routes;
}

QStringList words(const QJsonValue &array)
{
    QStringList list;
    for (const auto &each : array.toArray())
        list << each.toString();
    return list;
}

/// "10.0.0.0/8", "10.0.254.0/24 (site 127)", "*192.168.0.0/24" for a foreign one.
QStringList fallsOff(const Error &error)
{
    QStringList list;
    for (const auto &each : error.payload.value(u"fallsOff"_s).toArray()) {
        const auto route = each.toObject();
        auto text = RouteText{route.value(u"target"_s).toString(), route.value(u"via"_s).toString()}.toString();
        if (route.value(u"isForeign"_s).toBool())
            text.prepend(u'*');
        if (route.value(u"name"_s).isString())
            text += u" (%1)"_s.arg(route.value(u"name"_s).toString());
        list << text;
    }
    return list;
}

constexpr RouteOptions kAttached{ChildRoutes::Direct, ParentRoute::Attached, {}};
constexpr RouteOptions kOmit{ChildRoutes::Direct, ParentRoute::Omit, {}};

} // namespace

class TestRouteLimit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // CASES:P8
    void oneHundredTwentySevenChildrenAndTheParentAreSent()
    {
        const auto below = sites(127);
        QVERIFY(checkRouteLimit(kNet, planned(below, kAttached), below, {}).has_value());
        QVERIFY(checkRouteLimit(kNet, planned(sites(128), kOmit), below, {}).has_value());
        QVERIFY(checkRouteLimit(kNet, planned(sites(126), kAttached), below, foreignRoutes(1)).has_value());
        QVERIFY(checkRouteLimit(kNet, {}, {}, foreignRoutes(128)).has_value());
        QVERIFY(checkRouteLimit(kNet, {}, {}, {}).has_value());
    }

    // CASES:P9
    void theOneHundredTwentyNinthIsNamed()
    {
        const auto below = sites(128);
        const auto checked = checkRouteLimit(kNet, planned(below, kAttached), below, {});
        const Error expected{ErrorKind::Limit,
                             u"129 routes are 1 more than members are sent: 10.0.0.0/8 would fall off"_s,
                             QJsonObject{{u"limit"_s, 128},
                                         {u"count"_s, 129},
                                         {u"tooMany"_s, 1},
                                         {u"fallsOff"_s, QJsonArray{QJsonObject{{u"target"_s, u"10.0.0.0/8"_s},
                                                                                {u"via"_s, QJsonValue()},
                                                                                {u"name"_s, QJsonValue()},
                                                                                {u"isForeign"_s, false}}}},
                                         {u"foreign"_s, QJsonArray()},
                                         {u"remedies"_s, QJsonArray{u"aggregate"_s, u"dropParent"_s}}}};
        QVERIFY(!checked.has_value());
        QVERIFY2(checked.error() == expected, qPrintable(checked.error().detail));
    }

    // CASES:P12
    void foreignRoutesAreListedAsTheCause()
    {
        const auto below = sites(125);
        const auto foreign = foreignRoutes(5);
        const auto checked = checkRouteLimit(kNet, planned(below, kAttached), below, foreign);
        QVERIFY(!checked.has_value());
        QCOMPARE(checked.error().detail,
                 u"131 routes are 3 more than members are sent: 192.168.2.0/24, 192.168.3.0/24 via 10.0.0.1, "
                 "192.168.4.0/24 would fall off, and 5 of all are not ours"_s);
        QCOMPARE(fallsOff(checked.error()),
                 QStringList({u"*192.168.2.0/24"_s, u"*192.168.3.0/24 via 10.0.0.1"_s, u"*192.168.4.0/24"_s}));
        QCOMPARE(checked.error().payload.value(u"foreign"_s).toArray().size(), 5);
        QCOMPARE(checked.error().payload.value(u"foreign"_s).toArray().at(1).toObject(),
                 (QJsonObject{{u"target"_s, u"192.168.1.0/24"_s}, {u"via"_s, u"10.0.0.1"_s}}));
        QCOMPARE(words(checked.error().payload.value(u"remedies"_s)),
                 QStringList({u"aggregate"_s, u"removeForeign"_s}));
    }

    void foreignTextsThatAreNoRoutesCountToo()
    {
        const auto below = sites(127);
        const std::vector<RouteText> foreign{{u"10.1.1.7/24"_s, u"nobody"_s}};
        const auto checked = checkRouteLimit(kNet, planned(below, kAttached), below, foreign);
        QVERIFY(!checked.has_value());
        QCOMPARE(fallsOff(checked.error()), QStringList{u"*10.1.1.7/24 via nobody"_s});
    }

    void namesOfAllTenantsAreGivenOnce()
    {
        auto below = sites(130);
        below.push_back({below.back().prefix, u"theirs"_s});
        below.push_back({below.back().prefix, u"theirs"_s});
        const auto checked = checkRouteLimit(kNet, planned(below, kOmit), below, {});
        QVERIFY(!checked.has_value());
        QCOMPARE(fallsOff(checked.error()),
                 QStringList({u"10.1.0.0/24 (site 128)"_s, u"10.1.2.0/24 (site 129, theirs)"_s}));
    }

    void onlyRemediesThatAreEnoughAreOffered_data()
    {
        QTest::addColumn<int>("children");
        QTest::addColumn<bool>("hasParent");
        QTest::addColumn<int>("foreign");
        QTest::addColumn<QStringList>("remedies");
        QTest::newRow("one too many") << 128 << true << 0 << QStringList{u"aggregate"_s, u"dropParent"_s};
        QTest::newRow("two too many") << 129 << true << 0 << QStringList{u"aggregate"_s};
        QTest::newRow("no parent to drop") << 129 << false << 0 << QStringList{u"aggregate"_s};
        QTest::newRow("the parent is not enough, foreign ones are")
            << 127 << true << 2 << QStringList{u"aggregate"_s, u"removeForeign"_s};
        QTest::newRow("foreign ones are not enough") << 128 << true << 1 << QStringList{u"aggregate"_s};
        QTest::newRow("the parent or a foreign one")
            << 127 << true << 1 << QStringList{u"aggregate"_s, u"dropParent"_s, u"removeForeign"_s};
        QTest::newRow("no place for ours") << 2 << true << 128 << QStringList{u"removeForeign"_s};
        QTest::newRow("a place for the parent only") << 2 << true << 127 << QStringList{u"removeForeign"_s};
        QTest::newRow("a place for one more")
            << 2 << true << 126 << QStringList{u"aggregate"_s, u"dropParent"_s, u"removeForeign"_s};
        QTest::newRow("nothing but the parent") << 0 << true << 128 << QStringList{u"removeForeign"_s};
        QTest::newRow("all foreign") << 0 << false << 129 << QStringList{u"removeForeign"_s};
    }
    void onlyRemediesThatAreEnoughAreOffered()
    {
        QFETCH(int, children);
        QFETCH(bool, hasParent);
        QFETCH(int, foreign);
        QFETCH(QStringList, remedies);
        const auto below = sites(static_cast<std::uint32_t>(children));
        std::vector<Route> ours;
        for (const auto &each : below)
            ours.push_back({each.prefix});
        if (hasParent)
            ours.push_back({kNet});
        const auto checked = checkRouteLimit(kNet, ours, below, foreignRoutes(foreign));
        QVERIFY(!checked.has_value());
        QCOMPARE(words(checked.error().payload.value(u"remedies"_s)), remedies);
    }

    void fewerLevelsAreOfferedWhereTheyAreEnough()
    {
        // 100 of /23, each with one /24 in it; then 40 more in the first.
        std::vector<PlanSubnet> below;
        for (std::uint32_t at = 0; at < 100; ++at) {
            below.push_back({Prefix(Address::ipv4(0x0a00'0000U + at * 1024U), 23)});
            below.push_back({Prefix(Address::ipv4(0x0a00'0000U + at * 1024U), 24)});
        }
        const RouteOptions all{ChildRoutes::All, ParentRoute::Attached, {}};
        const auto both = checkRouteLimit(kNet, planned(below, all), below, {});
        QVERIFY(!both.has_value());
        QCOMPARE(words(both.error().payload.value(u"remedies"_s)),
                 QStringList({u"aggregate"_s, u"direct"_s, u"leaves"_s}));
        for (std::uint32_t at = 0; at < 40; ++at)
            below.insert(below.begin() + 2 + at, {Prefix(Address::ipv4(0x0a00'0100U + at), 32)});
        const auto one = checkRouteLimit(kNet, planned(below, all), below, {});
        QVERIFY(!one.has_value());
        QCOMPARE(words(one.error().payload.value(u"remedies"_s)), QStringList({u"aggregate"_s, u"direct"_s}));
    }

    // CASES:P17
    void fiveThousandChildrenAreRefusedAndAllNamed()
    {
        const auto below = sites(5000);
        const auto checked = checkRouteLimit(kNet, planned(below, kAttached), below, {});
        QVERIFY(!checked.has_value());
        const auto off = fallsOff(checked.error());
        QCOMPARE(off.size(), 4873);
        QCOMPARE(off.front(), u"10.1.0.0/24 (site 128)"_s);
        QCOMPARE(off.back(), u"10.0.0.0/8"_s);
        QCOMPARE(
            checked.error().detail,
            u"5001 routes are 4873 more than members are sent: 10.1.0.0/24 (site 128), 10.1.2.0/24 (site 129), "
            "10.1.4.0/24 (site 130), 10.1.6.0/24 (site 131), 10.1.8.0/24 (site 132) and 4868 more would fall off"_s);
        QCOMPARE(words(checked.error().payload.value(u"remedies"_s)), QStringList{u"aggregate"_s});
    }
};

QTEST_GUILESS_MAIN(TestRouteLimit)
#include "tst_routelimit.moc"
