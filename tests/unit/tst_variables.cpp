// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/variables.h"

#include <QTest>

#include <rapidcheck.h>

#include <map>
#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

using Warning = NetworkVariableWarning::Kind;

Prefix prefix(QStringView text)
{
    return Prefix::parse(text).value();
}

Address address(QStringView text)
{
    return Address::parse(text).value();
}

Route attached(QStringView target)
{
    return {prefix(target), std::nullopt};
}

/// The device of CASES V2 in the network `lab`.
NetworkPlace labPlace()
{
    return {.key = u"lab"_s,
            .subnet = prefix(u"10.0.0.0/8"),
            .address = address(u"10.1.1.10"),
            .child = prefix(u"10.1.1.0/24"),
            .server = {},
            .routes = {attached(u"10.1.1.0/24"), attached(u"10.0.0.0/8")},
            .networkId = u"8056c2e21c000001"_s,
            .nodeId = u"aabbccddee"_s,
            .networkName = u"Lab"_s};
}

std::map<QString, QString> valuesOf(const NetworkVariables &all)
{
    std::map<QString, QString> values;
    for (const Variable &variable : all.values)
        values.emplace(variable.name, variable.value);
    return values;
}

std::map<QString, QString> valuesOf(const NetworkPlace &place)
{
    return valuesOf(networkVariables({&place, 1}));
}

std::vector<Warning> warningsOf(const NetworkPlace &place)
{
    std::vector<Warning> kinds;
    for (const auto &warning : networkVariables({&place, 1}).warnings)
        kinds.push_back(warning.kind);
    return kinds;
}

VariableSource source(VariableScope scope, QString holder, std::vector<Variable> values)
{
    return {scope, std::move(holder), std::move(values)};
}

} // namespace

class TestVariables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachScopeHidesThoseBelowIt();
    void theOrderOfTheSourcesDoesNotMatterAcrossScopes();
    void withinAScopeTheLaterOneWins();
    void aNetworksValueWinsOverAGroupsAndTheClashIsShown();
    void aTypedValueThatHidesATypedOneIsNoClash();
    void noValueIsLost();

    void oneNetworkIsExposedWithAndWithoutItsKey();
    void aDeviceInAChildSubnetGetsItsMask();
    void theMostSpecificChildIsGiven();
    void anAddressInNoChildGetsTheNetworksSubnetAndAFlag();
    void masksOfIPv6AreAddresses();
    void twoNetworksHaveNoUnsuffixedNames();
    void aDeviceWithoutNetworksHasNoVariables();
    void theMembersPrefixIsTheLongestRouteSent_data();
    void theMembersPrefixIsTheLongestRouteSent();
    void anAddressOutsideOfItsNetworkIsSaid();
    void aNameWithALineEndNeverReachesATemplate();

    void namesOfVariablesAreChecked_data();
    void namesOfVariablesAreChecked();
    void keysOfNetworksAreChecked_data();
    void keysOfNetworksAreChecked();
    void valuesAreChecked_data();
    void valuesAreChecked();
    void noTwoVariablesOfADeviceHaveOneName();
    void theNamesOfNetworksAreKnown();
};

// SOURCES Z4
void TestVariables::eachScopeHidesThoseBelowIt()
{
    const std::vector sources{
        source(VariableScope::Store, {}, {{u"a"_s, u"1"_s}, {u"b"_s, u"1"_s}}),
        source(VariableScope::Group, u"shops"_s, {{u"a"_s, u"2"_s}}),
        source(VariableScope::Template, u"base"_s, {{u"a"_s, u"3"_s}}),
        source(VariableScope::Device, u"till-1"_s, {{u"a"_s, u"4"_s}}),
        source(VariableScope::Network, u"lab"_s, {{u"a"_s, u"5"_s}}),
    };
    const std::vector<ResolvedVariable> expected{
        {u"a"_s,
         u"5"_s,
         VariableScope::Network,
         u"lab"_s,
         {{VariableScope::Device, u"till-1"_s, u"4"_s},
          {VariableScope::Template, u"base"_s, u"3"_s},
          {VariableScope::Group, u"shops"_s, u"2"_s},
          {VariableScope::Store, {}, u"1"_s}},
         true},
        {u"b"_s, u"1"_s, VariableScope::Store, {}, {}, false},
    };
    QCOMPARE(resolveVariables(sources), expected);
}

void TestVariables::theOrderOfTheSourcesDoesNotMatterAcrossScopes()
{
    const std::vector sources{
        source(VariableScope::Network, u"lab"_s, {{u"a"_s, u"net"_s}}),
        source(VariableScope::Device, u"till-1"_s, {{u"a"_s, u"device"_s}, {u"b"_s, u"device"_s}}),
        source(VariableScope::Store, {}, {{u"a"_s, u"store"_s}, {u"b"_s, u"store"_s}}),
    };
    const std::vector<ResolvedVariable> expected{
        {u"a"_s,
         u"net"_s,
         VariableScope::Network,
         u"lab"_s,
         {{VariableScope::Device, u"till-1"_s, u"device"_s}, {VariableScope::Store, {}, u"store"_s}},
         true},
        {u"b"_s, u"device"_s, VariableScope::Device, u"till-1"_s, {{VariableScope::Store, {}, u"store"_s}}, false},
    };
    QCOMPARE(resolveVariables(sources), expected);
}

void TestVariables::withinAScopeTheLaterOneWins()
{
    const std::vector sources{
        source(VariableScope::Template, u"base"_s, {{u"a"_s, u"1"_s}, {u"a"_s, u"2"_s}}),
        source(VariableScope::Template, u"radio"_s, {{u"a"_s, u"3"_s}}),
    };
    const std::vector<ResolvedVariable> expected{
        {u"a"_s,
         u"3"_s,
         VariableScope::Template,
         u"radio"_s,
         {{VariableScope::Template, u"base"_s, u"2"_s}, {VariableScope::Template, u"base"_s, u"1"_s}},
         false},
    };
    QCOMPARE(resolveVariables(sources), expected);
}

// CASES:V5
void TestVariables::aNetworksValueWinsOverAGroupsAndTheClashIsShown()
{
    const NetworkPlace place = labPlace();
    const std::vector sources{
        source(VariableScope::Group, u"shops"_s, {{u"vpn_child_subnet"_s, u"192.168.0.0/16"_s}}),
        source(VariableScope::Network, u"lab"_s, networkVariables({&place, 1}).values),
    };
    const auto all = resolveVariables(sources);
    const auto at = std::find_if(all.begin(), all.end(), [](const auto &v) { return v.name == u"vpn_child_subnet"; });
    QVERIFY(at != all.end());
    const ResolvedVariable expected{u"vpn_child_subnet"_s,
                                    u"10.1.1.0/24"_s,
                                    VariableScope::Network,
                                    u"lab"_s,
                                    {{VariableScope::Group, u"shops"_s, u"192.168.0.0/16"_s}},
                                    true};
    QCOMPARE(*at, expected);
    QCOMPARE(std::count_if(all.begin(), all.end(), [](const auto &v) { return v.hasClash; }), 1);
}

void TestVariables::aTypedValueThatHidesATypedOneIsNoClash()
{
    const std::vector sources{
        source(VariableScope::Group, u"shops"_s, {{u"a"_s, u"1"_s}}),
        source(VariableScope::Device, u"till-1"_s, {{u"a"_s, u"2"_s}}),
        source(VariableScope::Network, u"lab"_s, {{u"b"_s, u"1"_s}}),
        source(VariableScope::Network, u"yard"_s, {{u"b"_s, u"2"_s}}),
    };
    for (const auto &each : resolveVariables(sources)) {
        QVERIFY(!each.hasClash);
        QCOMPARE(each.value, u"2"_s);
        QCOMPARE(each.overrode.size(), 1U);
    }
}

// SOURCES Z4: nothing is overwritten silently
void TestVariables::noValueIsLost()
{
    QVERIFY(rc::check([] {
        const auto drawn = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
            rc::gen::tuple(rc::gen::inRange(0, 5), rc::gen::inRange(0, 4), rc::gen::inRange(0, 3)));
        std::vector<VariableSource> sources;
        std::multiset<std::tuple<QString, int, QString, QString>> given;
        std::map<QString, int> highest;
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            const auto [scope, name, value] = drawn[i];
            const Variable variable{QString(QChar(u'a' + name)), QString::number(value)};
            sources.push_back({static_cast<VariableScope>(scope), QString::number(i), {variable}});
            given.emplace(variable.name, scope, QString::number(i), variable.value);
            highest[variable.name] = std::max(highest[variable.name], scope);
        }
        QString last;
        for (const auto &each : resolveVariables(sources)) {
            RC_ASSERT(last < each.name);
            last = each.name;
            RC_ASSERT(static_cast<int>(each.origin) == highest.at(each.name));
            const auto take = [&](VariableScope scope, const QString &holder, const QString &value) {
                const auto at = given.find({each.name, static_cast<int>(scope), holder, value});
                RC_ASSERT(at != given.end());
                given.erase(at);
            };
            take(each.origin, each.holder, each.value);
            for (const auto &hidden : each.overrode)
                take(hidden.scope, hidden.holder, hidden.value);
        }
        RC_ASSERT(given.empty());
    }));
}

// CASES:V1
void TestVariables::oneNetworkIsExposedWithAndWithoutItsKey()
{
    const NetworkPlace place{.key = u"hq"_s,
                             .subnet = prefix(u"10.0.0.0/16"),
                             .address = address(u"10.0.0.2"),
                             .child = {},
                             .server = address(u"10.0.0.1"),
                             .routes = {attached(u"10.0.0.0/16")},
                             .networkId = u"8056c2e21c000001"_s,
                             .nodeId = u"aabbccddee"_s,
                             .networkName = u"Head office"_s};
    const std::map<QString, QString> bare{
        {u"ip_address"_s, u"10.0.0.2"_s},
        {u"server_ip_address"_s, u"10.0.0.1"_s},
        {u"server_ip_network"_s, u"10.0.0.1/32"_s},
        {u"vpn_subnet"_s, u"10.0.0.0/16"_s},
        {u"vpn_subnet_prefixlen"_s, u"16"_s},
        {u"vpn_subnet_netmask"_s, u"255.255.0.0"_s},
        {u"vpn_child_subnet"_s, u"10.0.0.0/16"_s},
        {u"vpn_child_prefixlen"_s, u"16"_s},
        {u"vpn_child_netmask"_s, u"255.255.0.0"_s},
        {u"vpn_has_child_subnet"_s, u"false"_s},
        {u"vpn_member_prefixlen"_s, u"16"_s},
        {u"network_id"_s, u"8056c2e21c000001"_s},
        {u"node_id"_s, u"aabbccddee"_s},
        {u"vpn_name"_s, u"Head office"_s},
    };
    auto expected = bare;
    for (const auto &[name, value] : bare)
        expected.emplace(name + u"_hq"_s, value);
    QCOMPARE(valuesOf(place), expected);
    QCOMPARE(networkVariables({&place, 1}).values.size(), expected.size());
}

// CASES:V2, SOURCES Z4
void TestVariables::aDeviceInAChildSubnetGetsItsMask()
{
    const auto values = valuesOf(labPlace());
    QCOMPARE(values.at(u"vpn_subnet_lab"_s), u"10.0.0.0/8"_s);
    QCOMPARE(values.at(u"vpn_child_subnet_lab"_s), u"10.1.1.0/24"_s);
    QCOMPARE(values.at(u"vpn_child_prefixlen_lab"_s), u"24"_s);
    QCOMPARE(values.at(u"vpn_child_netmask_lab"_s), u"255.255.255.0"_s);
    QCOMPARE(values.at(u"vpn_has_child_subnet_lab"_s), u"true"_s);
    QCOMPARE(values.at(u"vpn_member_prefixlen_lab"_s), u"24"_s);
    QVERIFY(!values.contains(u"server_ip_address_lab"_s));
    QVERIFY(warningsOf(labPlace()).empty());
}

// CASES:V3
void TestVariables::theMostSpecificChildIsGiven()
{
    NetworkPlace place = labPlace();
    place.child = prefix(u"10.1.1.0/25");
    const auto values = valuesOf(place);
    QCOMPARE(values.at(u"vpn_child_subnet"_s), u"10.1.1.0/25"_s);
    // The route of the /24 is what the member gets its mask from.
    QCOMPARE(values.at(u"vpn_member_prefixlen"_s), u"24"_s);
    QCOMPARE(warningsOf(place), std::vector{Warning::PrefixDiffers});
}

// CASES:V4
void TestVariables::anAddressInNoChildGetsTheNetworksSubnetAndAFlag()
{
    NetworkPlace place = labPlace();
    place.address = address(u"10.9.9.9");
    place.child = {};
    const auto values = valuesOf(place);
    QCOMPARE(values.at(u"vpn_child_subnet"_s), u"10.0.0.0/8"_s);
    QCOMPARE(values.at(u"vpn_child_prefixlen"_s), u"8"_s);
    QCOMPARE(values.at(u"vpn_has_child_subnet"_s), u"false"_s);
    QCOMPARE(networkVariables({&place, 1}).warnings,
             (std::vector<NetworkVariableWarning>{
                 {Warning::NoChild, u"lab"_s,
                  u"no child subnet of 10.0.0.0/8 holds 10.9.9.9: vpn_child_subnet is 10.0.0.0/8 itself"_s}}));
}

void TestVariables::masksOfIPv6AreAddresses()
{
    NetworkPlace place = labPlace();
    place.subnet = prefix(u"fd00:1::/48");
    place.child = prefix(u"fd00:1:0:2::/64");
    place.address = address(u"fd00:1:0:2::10");
    place.server = address(u"fd00:1::1");
    place.routes = {attached(u"fd00:1:0:2::/64")};
    const auto values = valuesOf(place);
    QCOMPARE(values.at(u"vpn_child_netmask"_s), u"ffff:ffff:ffff:ffff::"_s);
    QCOMPARE(values.at(u"vpn_subnet_netmask"_s), u"ffff:ffff:ffff::"_s);
    QCOMPARE(values.at(u"server_ip_network"_s), u"fd00:1::1/128"_s);
    QCOMPARE(values.at(u"vpn_member_prefixlen"_s), u"64"_s);
}

// CASES:D3, SEMANTICS 6
void TestVariables::twoNetworksHaveNoUnsuffixedNames()
{
    std::vector places{labPlace(), labPlace()};
    places[1].key = u"yard"_s;
    places[1].address = address(u"10.1.1.11");
    const auto values = valuesOf(networkVariables(places));
    QCOMPARE(values.at(u"ip_address_lab"_s), u"10.1.1.10"_s);
    QCOMPARE(values.at(u"ip_address_yard"_s), u"10.1.1.11"_s);
    for (const auto &[name, value] : values)
        QVERIFY2(name.endsWith(u"_lab"_s) || name.endsWith(u"_yard"_s), qPrintable(name));
}

void TestVariables::aDeviceWithoutNetworksHasNoVariables()
{
    const auto none = networkVariables({});
    QVERIFY(none.values.empty());
    QVERIFY(none.warnings.empty());
}

void TestVariables::theMembersPrefixIsTheLongestRouteSent_data()
{
    QTest::addColumn<int>("others");
    QTest::addColumn<QStringList>("routes");
    QTest::addColumn<QString>("length");
    QTest::addColumn<bool>("isWarned");
    QTest::newRow("child and parent") << 0 << QStringList{u"10.1.1.0/24"_s, u"10.0.0.0/8"_s} << u"24"_s << false;
    QTest::newRow("parent first") << 0 << QStringList{u"10.0.0.0/8"_s, u"10.1.1.0/24"_s} << u"24"_s << false;
    QTest::newRow("parent only") << 0 << QStringList{u"10.0.0.0/8"_s} << u"8"_s << true;
    QTest::newRow("a longer one that somebody added")
        << 0 << QStringList{u"10.1.1.0/24"_s, u"10.1.1.8/29"_s} << u"29"_s << true;
    QTest::newRow("a longer one that does not hold it")
        << 0 << QStringList{u"10.1.1.0/24"_s, u"10.1.1.0/29"_s} << u"24"_s << false;
    QTest::newRow("the last that is sent") << 127 << QStringList{u"10.1.1.0/24"_s} << u"24"_s << false;
    QTest::newRow("the first that is not sent") << 128 << QStringList{u"10.1.1.0/24"_s} << QString() << true;
    QTest::newRow("none") << 0 << QStringList{} << QString() << true;
}

// ZF 29, 31
void TestVariables::theMembersPrefixIsTheLongestRouteSent()
{
    QFETCH(int, others);
    QFETCH(QStringList, routes);
    QFETCH(QString, length);
    QFETCH(bool, isWarned);
    NetworkPlace place = labPlace();
    place.routes = std::vector<Route>(static_cast<std::size_t>(others), attached(u"192.168.0.0/16"));
    for (const QString &route : routes)
        place.routes.push_back(attached(route));
    const auto values = valuesOf(place);
    const auto at = values.find(u"vpn_member_prefixlen"_s);
    QCOMPARE(at == values.end() ? QString() : at->second, length);
    const auto kind = length.isEmpty() ? Warning::NotRouted : Warning::PrefixDiffers;
    QCOMPARE(warningsOf(place), isWarned ? std::vector{kind} : std::vector<Warning>{});
}

// CASES:D9
void TestVariables::anAddressOutsideOfItsNetworkIsSaid()
{
    NetworkPlace place = labPlace();
    place.address = address(u"192.168.1.1");
    place.child = {};
    QCOMPARE(warningsOf(place), (std::vector{Warning::OutsideSubnet, Warning::NotRouted}));
}

void TestVariables::aNameWithALineEndNeverReachesATemplate()
{
    NetworkPlace place = labPlace();
    place.networkName = u"Lab\noption evil"_s;
    const auto values = valuesOf(place);
    QVERIFY(!values.contains(u"vpn_name"_s));
    QVERIFY(!values.contains(u"vpn_name_lab"_s));
    QCOMPARE(networkVariables({&place, 1}).warnings,
             (std::vector<NetworkVariableWarning>{
                 {Warning::UnprintableName, u"lab"_s,
                  u"the name 'Lab?option evil' has control characters and is not given to templates"_s}}));
}

void TestVariables::namesOfVariablesAreChecked_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("lower case") << u"vpn_subnet"_s << true;
    QTest::newRow("upper case, for labels") << u"OW_subnet1_ip1"_s << true;
    QTest::newRow("underscore first") << u"_x"_s << true;
    QTest::newRow("one letter") << u"x"_s << true;
    QTest::newRow("63 characters") << QString(63, u'a') << true;
    QTest::newRow("64 characters") << QString(64, u'a') << false;
    QTest::newRow("empty") << QString() << false;
    QTest::newRow("digit first") << u"1a"_s << false;
    QTest::newRow("blank inside") << u"a b"_s << false;
    QTest::newRow("blank behind") << u"a "_s << false;
    QTest::newRow("dash") << u"a-b"_s << false;
    QTest::newRow("a letter of another script") << u"а"_s << false;
    QTest::newRow("a digit of another script") << u"a٣"_s << false;
}

void TestVariables::namesOfVariablesAreChecked()
{
    QFETCH(QString, text);
    QFETCH(bool, isAccepted);
    const auto checked = checkVariableName(text);
    QCOMPARE(checked.has_value(), isAccepted);
    if (checked)
        QCOMPARE(*checked, text);
    else
        QCOMPARE(nameOf(checked.error().kind), u"invalid"_s);
}

void TestVariables::keysOfNetworksAreChecked_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isAccepted");
    QTest::newRow("letters") << u"lab"_s << true;
    QTest::newRow("digits") << u"1"_s << true;
    QTest::newRow("32 characters") << QString(32, u'a') << true;
    QTest::newRow("33 characters") << QString(33, u'a') << false;
    QTest::newRow("empty") << QString() << false;
    QTest::newRow("upper case") << u"Lab"_s << false;
    QTest::newRow("dash") << u"lab-1"_s << false;
    QTest::newRow("would be the length of a sole network") << u"prefixlen"_s << false;
    QTest::newRow("would be the mask of a sole network") << u"netmask"_s << false;
    QTest::newRow("would be the length of another") << u"prefixlen_lab"_s << false;
    QTest::newRow("would be the mask of another") << u"netmask_"_s << false;
    QTest::newRow("only begins like it") << u"netmasks"_s << true;
}

void TestVariables::keysOfNetworksAreChecked()
{
    QFETCH(QString, text);
    QFETCH(bool, isAccepted);
    QCOMPARE(checkNetworkKey(text).has_value(), isAccepted);
}

void TestVariables::valuesAreChecked_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("kind");
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("several lines, tabs, other scripts") << u"a\tß\r\n{{ x }}\n"_s << QString();
    QTest::newRow("the longest") << QString(65'536, u'x') << QString();
    QTest::newRow("too long") << QString(65'537, u'x') << u"limit"_s;
    QTest::newRow("NUL") << u"a\0b"_s << u"invalid"_s;
    QTest::newRow("escape") << u"\u001b[31m"_s << u"invalid"_s;
    QTest::newRow("half a character") << QString(QChar(0xd800)) << u"invalid"_s;
}

void TestVariables::valuesAreChecked()
{
    QFETCH(QString, text);
    QFETCH(QString, kind);
    const auto checked = checkVariableValue(text);
    QCOMPARE(checked ? QString() : nameOf(checked.error().kind), kind);
    QCOMPARE(checked.value_or(text), text);
}

void TestVariables::noTwoVariablesOfADeviceHaveOneName()
{
    QVERIFY(rc::check([] {
        // Keys out of the very words that the names are made of.
        const auto word = rc::gen::elementOf(
            std::vector<QString>{u"prefixlen"_s, u"netmask"_s, u"subnet"_s, u"a"_s, u"_"_s, u"child"_s, u"1"_s, u""_s});
        const auto drawn =
            *rc::gen::container<std::vector<std::tuple<QString, QString, QString>>>(rc::gen::tuple(word, word, word));
        std::set<QString> keys;
        for (const auto &[a, b, c] : drawn) {
            for (const QString &key : {QString(a + b + c), QString(a + u'_' + b + u'_' + c)}) {
                if (checkNetworkKey(key))
                    keys.insert(key);
            }
        }
        std::vector<NetworkPlace> places;
        for (const QString &key : keys) {
            places.push_back(labPlace());
            places.back().key = key;
            places.back().server = address(u"10.0.0.1");
        }
        const auto all = networkVariables(places);
        RC_ASSERT(valuesOf(all).size() == all.values.size());
        for (const auto &[name, value] : all.values) {
            RC_ASSERT(checkVariableName(name).has_value());
            RC_ASSERT(isNetworkVariableName(name));
        }
    }));
}

void TestVariables::theNamesOfNetworksAreKnown()
{
    NetworkPlace place = labPlace();
    place.server = address(u"10.0.0.1");
    for (const auto &[name, value] : valuesOf(place))
        QVERIFY2(isNetworkVariableName(name), qPrintable(name));
    for (const QString &other : {u"vpn"_s, u"vpn_subnets"_s, u"ip_addresses"_s, u"my_vpn_subnet"_s, u"VPN_SUBNET"_s})
        QVERIFY2(!isNetworkVariableName(other), qPrintable(other));
}

QTEST_GUILESS_MAIN(TestVariables)
#include "tst_variables.moc"
