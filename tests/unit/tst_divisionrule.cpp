// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/divisionrule.h"

#include "model/rules/subnetplacement.h"
#include "model/rules/templatetext.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
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

QStringList texts(const std::vector<Address> &addresses)
{
    QStringList list;
    for (const Address each : addresses)
        list += each.toString();
    return list;
}

DivisionRule rule(QStringView master, int length, int subnets, int addresses, const QString &label = u"OW"_s)
{
    return {label, prefix(master), length, subnets, addresses, DivisionKind::Device};
}

/// "" when the rule is accepted, else kind and field of the error.
QString verdict(const DivisionRule &each, const std::vector<QString> &otherLabels = {})
{
    const auto checked = checkDivisionRule(each, otherLabels);
    if (checked)
        return {};
    return nameOf(checked.error().kind) + u' ' + checked.error().payload.value("field"_L1).toString();
}

QString changeVerdict(const DivisionRule &before, const DivisionRule &after)
{
    const auto checked = checkDivisionChange(before, after);
    if (checked)
        return {};
    return nameOf(checked.error().kind) + u' ' + checked.error().payload.value("field"_L1).toString();
}

/// Every subnet of `length` in `master` that overlaps none of `taken`, ascending: what a tree would say.
std::vector<Prefix> freeIn(const Prefix &master, int length, const std::vector<Prefix> &taken)
{
    std::vector<Prefix> all;
    const auto step = uint128{1} << static_cast<unsigned>(master.first().width() - length);
    for (uint128 value = master.first().value(); value <= master.last().value(); value += step) {
        const Prefix child(Address(master.family(), value), length);
        if (std::none_of(taken.begin(), taken.end(), [&](const Prefix &each) { return each.overlaps(child); }))
            all.push_back(child);
    }
    return all;
}

/// Devices that come and go under one rule.
struct Tenure
{
    DivisionRule rule;
    std::map<QString, DivisionPlan> plans = {};

    [[nodiscard]] std::vector<Prefix> taken() const
    {
        std::vector<Prefix> all;
        for (const auto &[device, plan] : plans) {
            for (const auto &part : plan.parts)
                all.push_back(part.subnet);
        }
        return all;
    }
    Expected<DivisionPlan> add(const QString &device)
    {
        auto plan = planDivision(rule, device, freeIn(rule.master, rule.length, taken()));
        if (plan)
            plans.emplace(device, *plan);
        return plan;
    }
};

DivisionPart part(QStringView subnet, const QStringList &addresses)
{
    DivisionPart made{prefix(subnet), {}};
    for (const QString &each : addresses)
        made.addresses.push_back(address(each));
    return made;
}

} // namespace

class TestDivisionRule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDeviceGetsItsSubnetsAddressesAndVariables();
    void whoComesBackFillsTheHoles();
    void aMasterThatCannotServeAllGivesNothing();
    void singleAddressesHaveNoSubnet_data();
    void singleAddressesHaveNoSubnet();
    void networkAndBroadcastAddressAreNobodysSingleAddress();
    void whatDoesNotFitTheRuleIsPassedOver();
    void asManyCandidatesAsAskedForSuffice();
    void rulesAreChecked_data();
    void rulesAreChecked();
    void labelsAreChecked_data();
    void labelsAreChecked();
    void changesAreChecked();
    void aRenameRenamesAllVariables();
    void moreAddressesLeaveThoseThatSomebodyHas();
    void addressesAreTheLowestUsableOnes_data();
    void addressesAreTheLowestUsableOnes();
    void addressesAreThoseOfABruteForce();
    void aMembersAddressAndItsVariablesAreThereAtOnce();
    void nobodyGetsWhatAnotherHas();
    void noTwoVariablesOfADeviceHaveOneName();
    void aServersOwnAddressesAreSetAside_data();
    void aServersOwnAddressesAreSetAside();
};

// CASES:S1
void TestDivisionRule::aDeviceGetsItsSubnetsAddressesAndVariables()
{
    Tenure tenure{rule(u"10.0.0.0/16", 28, 2, 2)};
    QCOMPARE(verdict(tenure.rule), QString());
    const auto plan = tenure.add(u"till-1"_s);
    QVERIFY(plan);
    const DivisionPlan expected{u"till-1"_s,
                                true,
                                {part(u"10.0.0.16/28", {u"10.0.0.17"_s, u"10.0.0.18"_s}),
                                 part(u"10.0.0.32/28", {u"10.0.0.33"_s, u"10.0.0.34"_s})}};
    QCOMPARE(*plan, expected);
    const std::vector<Variable> variables{
        {u"OW_prefixlen"_s, u"28"_s},          {u"OW_subnet1"_s, u"10.0.0.16/28"_s},
        {u"OW_subnet1_ip1"_s, u"10.0.0.17"_s}, {u"OW_subnet1_ip2"_s, u"10.0.0.18"_s},
        {u"OW_subnet2"_s, u"10.0.0.32/28"_s},  {u"OW_subnet2_ip1"_s, u"10.0.0.33"_s},
        {u"OW_subnet2_ip2"_s, u"10.0.0.34"_s},
    };
    QCOMPARE(divisionVariables(tenure.rule, plan->parts), variables);
    std::vector<QString> names;
    for (const auto &[name, value] : variables)
        names.push_back(name);
    QCOMPARE(divisionNames(tenure.rule), names);
}

// CASES:S2, S3
void TestDivisionRule::whoComesBackFillsTheHoles()
{
    Tenure tenure{rule(u"10.0.0.0/24", 28, 2, 1)};
    for (const QString &device : {u"a"_s, u"b"_s, u"c"_s})
        QVERIFY(tenure.add(device));
    tenure.plans.erase(u"b"_s);
    const auto again = tenure.add(u"b"_s);
    QVERIFY(again);
    QCOMPARE(again->parts,
             (std::vector{part(u"10.0.0.48/28", {u"10.0.0.49"_s}), part(u"10.0.0.64/28", {u"10.0.0.65"_s})}));
}

// CASES:S4
void TestDivisionRule::aMasterThatCannotServeAllGivesNothing()
{
    Tenure tenure{rule(u"10.0.0.0/29", 31, 2, 2)};
    QCOMPARE(verdict(tenure.rule), QString());
    const auto first = tenure.add(u"till-1"_s);
    QVERIFY(first);
    QCOMPARE(first->parts, (std::vector{part(u"10.0.0.2/31", {u"10.0.0.2"_s, u"10.0.0.3"_s}),
                                        part(u"10.0.0.4/31", {u"10.0.0.4"_s, u"10.0.0.5"_s})}));
    const auto second = tenure.add(u"till-2"_s);
    QVERIFY(!second);
    const Error expected{
        ErrorKind::Exhausted,
        u"10.0.0.0/29 has 1 free of length 31, and 2 of them were wanted for till-2: it was given none"_s,
        {{u"prefix"_s, u"10.0.0.0/29"_s},
         {u"device"_s, u"till-2"_s},
         {u"length"_s, 31},
         {u"wanted"_s, 2},
         {u"free"_s, 1}}};
    QCOMPARE(second.error(), expected);
    QCOMPARE(tenure.plans.size(), 1U);
}

void TestDivisionRule::singleAddressesHaveNoSubnet_data()
{
    QTest::addColumn<QString>("master");
    QTest::addColumn<int>("length");
    QTest::addColumn<QString>("given");
    QTest::newRow("IPv4") << u"10.0.0.0/24"_s << 32 << u"10.0.0.1"_s;
    QTest::newRow("IPv6") << u"fd00::/120"_s << 128 << u"fd00::1"_s;
    QTest::newRow("a master of two addresses") << u"10.0.0.0/31"_s << 32 << u"10.0.0.0"_s;
    QTest::newRow("a master of one address") << u"10.0.0.1/32"_s << 32 << u"10.0.0.1"_s;
    QTest::newRow("a master of one IPv6 address") << u"fd00::/128"_s << 128 << u"fd00::"_s;
}

// CASES:S5
void TestDivisionRule::singleAddressesHaveNoSubnet()
{
    QFETCH(QString, master);
    QFETCH(int, length);
    QFETCH(QString, given);
    Tenure tenure{rule(master, length, 1, 1)};
    QCOMPARE(verdict(tenure.rule), QString());
    const auto plan = tenure.add(u"till-1"_s);
    QVERIFY(plan);
    QVERIFY(!plan->hasSubnets);
    QCOMPARE(plan->firstAddress().toString(), given);
    const std::vector<Variable> variables{{u"OW_prefixlen"_s, QString::number(length)}, {u"OW_subnet1_ip1"_s, given}};
    QCOMPARE(divisionVariables(tenure.rule, plan->parts), variables);
    QCOMPARE(divisionNames(tenure.rule), (std::vector{u"OW_prefixlen"_s, u"OW_subnet1_ip1"_s}));
    QCOMPARE(verdict(rule(master, length, 1, 2)), u"invalid addressCount"_s);
}

void TestDivisionRule::networkAndBroadcastAddressAreNobodysSingleAddress()
{
    Tenure tenure{rule(u"10.0.0.0/30", 32, 1, 1)};
    QCOMPARE(texts(tenure.add(u"a"_s).value().parts.front().addresses), QStringList{u"10.0.0.1"_s});
    QCOMPARE(texts(tenure.add(u"b"_s).value().parts.front().addresses), QStringList{u"10.0.0.2"_s});
    QCOMPARE(nameOf(tenure.add(u"c"_s).error().kind), u"exhausted"_s);
}

void TestDivisionRule::whatDoesNotFitTheRuleIsPassedOver()
{
    const std::vector children{prefix(u"10.0.0.0/28"),   prefix(u"10.0.0.16/29"), prefix(u"10.1.0.16/28"),
                               prefix(u"10.0.0.64/28"),  prefix(u"10.0.0.64/28"), prefix(u"fd00::10/124"),
                               prefix(u"10.0.0.240/28"), prefix(u"10.0.0.32/28")};
    const auto plan = planDivision(rule(u"10.0.0.0/24", 28, 2, 1), u"till-1"_s, children);
    QVERIFY(plan);
    QCOMPARE(plan->parts,
             (std::vector{part(u"10.0.0.64/28", {u"10.0.0.65"_s}), part(u"10.0.0.240/28", {u"10.0.0.241"_s})}));
}

void TestDivisionRule::asManyCandidatesAsAskedForSuffice()
{
    // Both ends of the master, which nobody gets, come first.
    const auto single = rule(u"10.0.0.0/26", 32, 1, 1);
    const std::vector ends{prefix(u"10.0.0.63/32"), prefix(u"10.0.0.0/32"), prefix(u"10.0.0.1/32")};
    QCOMPARE(divisionCandidates(single), ends.size());
    QVERIFY(planDivision(single, u"a"_s, ends));
    QVERIFY(rc::check([] {
        const int length = *rc::gen::inRange(27, 33);
        const auto each = rule(u"10.0.0.0/26", length, *rc::gen::inRange(1, 6), 1);
        if (!checkDivisionRule(each, {}))
            return;
        // Any holes, any order: what is listed first is enough whenever all of it is.
        const auto holes = *rc::gen::container<std::vector<Prefix>>(rc::gen::map(
            rc::gen::inRange(0U, 64U), [](unsigned low) { return Prefix(Address::ipv4(0x0a00'0000U + low), 32); }));
        auto all = freeIn(each.master, length, holes);
        // The ends of the master, which nobody gets, may come one after the other.
        if (*rc::gen::arbitrary<bool>() && !all.empty())
            std::rotate(all.begin(), all.end() - 1, all.end());
        const auto listed = std::span(all).first(std::min(all.size(), divisionCandidates(each)));
        const auto full = planDivision(each, u"a"_s, all);
        RC_ASSERT(planDivision(each, u"a"_s, listed).has_value() == full.has_value());
        if (full)
            RC_ASSERT(*planDivision(each, u"a"_s, listed) == *full);
    }));
}

void TestDivisionRule::rulesAreChecked_data()
{
    QTest::addColumn<QString>("master");
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("subnets");
    QTest::addColumn<int>("addresses");
    QTest::addColumn<QString>("expected");
    QTest::newRow("shorter than the master") << u"10.0.0.0/16"_s << 15 << 1 << 1 << u"invalid length"_s;
    QTest::newRow("as long as the master") << u"10.0.0.0/16"_s << 16 << 1 << 1 << u"invalid length"_s;
    QTest::newRow("longer than an address") << u"10.0.0.0/16"_s << 33 << 1 << 1 << u"invalid length"_s;
    QTest::newRow("negative") << u"10.0.0.0/16"_s << -1 << 1 << 1 << u"invalid length"_s;
    QTest::newRow("IPv6") << u"fd00::/48"_s << 64 << 128 << 1024 << QString();
    QTest::newRow("the master is all of IPv6") << u"::/0"_s << 128 << 128 << 1 << QString();
    QTest::newRow("halves: the first is kept back") << u"10.0.0.0/24"_s << 25 << 1 << 1 << QString();
    QTest::newRow("both halves") << u"10.0.0.0/24"_s << 25 << 2 << 1 << u"invalid subnetCount"_s;
    QTest::newRow("all but the first") << u"10.0.0.0/24"_s << 28 << 15 << 1 << QString();
    QTest::newRow("more than there are") << u"10.0.0.0/24"_s << 28 << 16 << 1 << u"invalid subnetCount"_s;
    QTest::newRow("no subnet") << u"10.0.0.0/16"_s << 28 << 0 << 1 << u"invalid subnetCount"_s;
    QTest::newRow("more than routes") << u"10.0.0.0/8"_s << 28 << 129 << 1 << u"invalid subnetCount"_s;
    QTest::newRow("no address") << u"10.0.0.0/16"_s << 28 << 1 << 0 << u"invalid addressCount"_s;
    QTest::newRow("all of a /28") << u"10.0.0.0/16"_s << 28 << 1 << 14 << QString();
    QTest::newRow("more than a /28 has") << u"10.0.0.0/16"_s << 28 << 1 << 15 << u"invalid addressCount"_s;
    QTest::newRow("two of a /31") << u"10.0.0.0/16"_s << 31 << 1 << 2 << QString();
    QTest::newRow("three of a /31") << u"10.0.0.0/16"_s << 31 << 1 << 3 << u"invalid addressCount"_s;
    QTest::newRow("three of a /126") << u"fd00::/64"_s << 126 << 1 << 3 << QString();
    QTest::newRow("four of a /126") << u"fd00::/64"_s << 126 << 1 << 4 << u"invalid addressCount"_s;
    QTest::newRow("too many addresses") << u"fd00::/48"_s << 64 << 1 << 1025 << u"invalid addressCount"_s;
    QTest::newRow("both single addresses of a /30") << u"10.0.0.0/30"_s << 32 << 2 << 1 << QString();
    QTest::newRow("more than a /30 has") << u"10.0.0.0/30"_s << 32 << 3 << 1 << u"invalid subnetCount"_s;
}

// CASES:S4, S5
void TestDivisionRule::rulesAreChecked()
{
    QFETCH(QString, master);
    QFETCH(int, length);
    QFETCH(int, subnets);
    QFETCH(int, addresses);
    QFETCH(QString, expected);
    const auto each = rule(master, length, subnets, addresses);
    QCOMPARE(verdict(each), expected);
    if (!expected.isEmpty())
        return;
    // What is accepted can be carried out for one device at least.
    const Prefix part(each.master.first(), std::max(each.master.length(), length - 10));
    const auto plan = planDivision(each, u"a"_s, freeIn(part, length, {}));
    QVERIFY(plan);
    QCOMPARE(plan->parts.size(), static_cast<std::size_t>(subnets));
    for (const auto &given : plan->parts)
        QCOMPARE(given.addresses.size(), static_cast<std::size_t>(addresses));
}

void TestDivisionRule::labelsAreChecked_data()
{
    QTest::addColumn<QString>("label");
    QTest::addColumn<QString>("expected");
    const QString invalid = u"invalid label"_s;
    QTest::newRow("upper case") << u"OW"_s << QString();
    QTest::newRow("digits and underscores") << u"_lan_2"_s << QString();
    QTest::newRow("32 characters") << QString(32, u'x') << QString();
    QTest::newRow("33 characters") << QString(33, u'x') << invalid;
    QTest::newRow("a blank") << u"a b"_s << invalid;
    QTest::newRow("a dash") << u"a-b"_s << invalid;
    QTest::newRow("a digit first") << u"1a"_s << invalid;
    QTest::newRow("empty") << QString() << invalid;
    QTest::newRow("another rule's") << u"LAN"_s << u"exists label"_s;
    QTest::newRow("another rule's in lower case") << u"lan"_s << QString();
    QTest::newRow("vpn_child_prefixlen is a network's") << u"vpn_child"_s << invalid;
    QTest::newRow("vpn_member_prefixlen is a network's") << u"vpn_member"_s << invalid;
    QTest::newRow("vpn_name_subnet1 may be a network's") << u"vpn_name"_s << invalid;
    QTest::newRow("vpn_subnet_x_subnet1 may be a network's") << u"vpn_subnet_x"_s << invalid;
    QTest::newRow("vpn_subnet1 is nobody's") << u"vpn"_s << QString();
}

// CASES:S7
void TestDivisionRule::labelsAreChecked()
{
    QFETCH(QString, label);
    QFETCH(QString, expected);
    QCOMPARE(verdict(rule(u"10.0.0.0/16", 28, 1, 1, label), {u"x"_s, u"LAN"_s}), expected);
}

// CASES:S6, S7
void TestDivisionRule::changesAreChecked()
{
    const auto before = rule(u"10.0.0.0/16", 28, 2, 2);
    QCOMPARE(changeVerdict(before, before), QString());
    QCOMPARE(changeVerdict(before, rule(u"10.0.0.0/16", 28, 2, 2, u"LAN"_s)), QString());
    QCOMPARE(changeVerdict(before, rule(u"10.0.0.0/16", 28, 2, 3)), QString());
    QCOMPARE(changeVerdict(before, rule(u"10.0.0.0/16", 28, 2, 1)), u"unsupported addressCount"_s);
    QCOMPARE(changeVerdict(before, rule(u"10.0.0.0/16", 28, 1, 2)), u"unsupported subnetCount"_s);
    QCOMPARE(changeVerdict(before, rule(u"10.0.0.0/16", 28, 3, 2)), u"unsupported subnetCount"_s);
    QCOMPARE(changeVerdict(before, rule(u"10.0.0.0/16", 27, 2, 2)), u"unsupported length"_s);
    QCOMPARE(changeVerdict(before, rule(u"10.1.0.0/16", 28, 2, 2)), u"unsupported master"_s);
    auto after = before;
    after.kind = DivisionKind::Member;
    QCOMPARE(changeVerdict(before, after), u"unsupported kind"_s);
}

// CASES:S7
void TestDivisionRule::aRenameRenamesAllVariables()
{
    const auto before = divisionNames(rule(u"10.0.0.0/16", 28, 2, 3));
    const auto after = divisionNames(rule(u"10.0.0.0/16", 28, 2, 3, u"LAN"_s));
    QCOMPARE(before.size(), 9U);
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i)
        QCOMPARE(after[i], u"LAN"_s + before[i].mid(2));
}

// CASES:S6
void TestDivisionRule::moreAddressesLeaveThoseThatSomebodyHas()
{
    const std::vector taken{address(u"10.0.0.20"), address(u"10.0.0.17"), address(u"10.0.0.18"), address(u"10.9.9.9")};
    QCOMPARE(texts(divisionAddresses(prefix(u"10.0.0.16/28"), 2, taken)),
             (QStringList{u"10.0.0.19"_s, u"10.0.0.21"_s}));
}

void TestDivisionRule::addressesAreTheLowestUsableOnes_data()
{
    QTest::addColumn<QString>("subnet");
    QTest::addColumn<int>("count");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("/28") << u"10.0.0.0/28"_s << 2 << QStringList{u"10.0.0.1"_s, u"10.0.0.2"_s};
    QTest::newRow("/30 has two") << u"10.0.0.0/30"_s << 9 << QStringList{u"10.0.0.1"_s, u"10.0.0.2"_s};
    QTest::newRow("/31 has both") << u"10.0.0.0/31"_s << 9 << QStringList{u"10.0.0.0"_s, u"10.0.0.1"_s};
    QTest::newRow("/32 has the one") << u"10.0.0.0/32"_s << 9 << QStringList{u"10.0.0.0"_s};
    QTest::newRow("/64") << u"fd00::/64"_s << 2 << QStringList{u"fd00::1"_s, u"fd00::2"_s};
    QTest::newRow("/126 has three") << u"fd00::/126"_s << 9 << QStringList{u"fd00::1"_s, u"fd00::2"_s, u"fd00::3"_s};
    QTest::newRow("/127 has both") << u"fd00::/127"_s << 9 << QStringList{u"fd00::"_s, u"fd00::1"_s};
    QTest::newRow("/128 has the one") << u"fd00::/128"_s << 9 << QStringList{u"fd00::"_s};
    QTest::newRow("the end of IPv6") << u"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"_s << 9
                                     << QStringList{u"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"_s};
    QTest::newRow("none") << u"10.0.0.0/28"_s << 0 << QStringList{};
}

// CASES:S5
void TestDivisionRule::addressesAreTheLowestUsableOnes()
{
    QFETCH(QString, subnet);
    QFETCH(int, count);
    QFETCH(QStringList, expected);
    QCOMPARE(texts(divisionAddresses(prefix(subnet), count)), expected);
}

void TestDivisionRule::addressesAreThoseOfABruteForce()
{
    QVERIFY(rc::check([] {
        const bool isIPv4 = *rc::gen::arbitrary<bool>();
        const Address base = isIPv4 ? address(u"10.0.0.0") : address(u"fd00::");
        const Prefix subnet(base, base.width() - *rc::gen::inRange(0, 6));
        const int count = *rc::gen::inRange(0, 70);
        const auto taken = *rc::gen::container<std::vector<Address>>(rc::gen::map(
            rc::gen::inRange(0U, 64U), [base](unsigned low) { return Address(base.family(), base.value() + low); }));
        std::vector<Address> expected;
        for (uint128 value = subnet.first().value(); value <= subnet.last().value(); ++value) {
            const Address each(base.family(), value);
            if (std::ssize(expected) < count && checkUsable(subnet, each) &&
                std::find(taken.begin(), taken.end(), each) == taken.end())
                expected.push_back(each);
        }
        RC_ASSERT(divisionAddresses(subnet, count, taken) == expected);
    }));
}

// CASES:S10, SOURCES Z4, Z8
void TestDivisionRule::aMembersAddressAndItsVariablesAreThereAtOnce()
{
    Tenure tenure{rule(u"10.0.0.0/16", 24, 1, 2, u"site"_s)};
    tenure.rule.kind = DivisionKind::Member;
    const auto values = [&tenure](const QString &device) {
        const DivisionPlan plan = tenure.add(device).value();
        const NetworkPlace place{.key = u"lab"_s,
                                 .subnet = tenure.rule.master,
                                 .address = plan.firstAddress(),
                                 .child = plan.parts.front().subnet,
                                 .routes = {{plan.parts.front().subnet}, {tenure.rule.master}},
                                 .networkName = u"Lab"_s};
        const auto said = networkVariables({&place, 1});
        const std::vector<VariableSource> sources{
            {VariableScope::Network, u"lab"_s, said.values},
            {VariableScope::Network, u"site"_s, divisionVariables(tenure.rule, plan.parts)}};
        QHash<QString, QString> all;
        for (const auto &each : resolveVariables(sources))
            all.insert(each.name, each.value);
        return said.warnings.empty() ? all : QHash<QString, QString>();
    };
    const QString text = u"{{ ip_address }}/{{ vpn_child_prefixlen }} {{ site_subnet1 }} {{ site_subnet1_ip2 }}"_s;
    const auto first = renderTemplate(text, values(u"a"_s));
    const auto second = renderTemplate(text, values(u"b"_s));
    QVERIFY(first && second);
    QCOMPARE(first->text, u"10.0.1.1/24 10.0.1.0/24 10.0.1.2"_s);
    QCOMPARE(second->text, u"10.0.2.1/24 10.0.2.0/24 10.0.2.2"_s);
    QVERIFY(first->checksum != second->checksum);
}

// CASES:S2, S3, S4
void TestDivisionRule::nobodyGetsWhatAnotherHas()
{
    QVERIFY(rc::check([] {
        const int length = *rc::gen::inRange(25, 33);
        const int usable = static_cast<int>(divisionAddresses(Prefix(Address(), length), 8).size());
        const int addresses = *rc::gen::inRange(1, usable + 1);
        Tenure tenure{rule(u"10.0.0.0/24", length, *rc::gen::inRange(1, 6), addresses)};
        if (!checkDivisionRule(tenure.rule, {}))
            return;
        const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
        for (const int step : steps) {
            const QString device = QString::number(step);
            if (tenure.plans.erase(device) > 0)
                continue;
            const auto freeNow = freeIn(tenure.rule.master, length, tenure.taken());
            const auto givable = std::count_if(freeNow.begin(), freeNow.end(), [&tenure](const Prefix &child) {
                const bool isFirst = child.first() == tenure.rule.master.first();
                return !isFirst && (!child.isSingleAddress() || child.last() != tenure.rule.master.last());
            });
            const auto plan = tenure.add(device);
            RC_ASSERT(plan.has_value() == (givable >= tenure.rule.subnetCount));
            RC_ASSERT(plan || plan.error().kind == ErrorKind::Exhausted);
        }
        std::vector<Prefix> taken = tenure.taken();
        std::sort(taken.begin(), taken.end());
        for (std::size_t i = 1; i < taken.size(); ++i)
            RC_ASSERT(!taken[i - 1].overlaps(taken[i]));
        for (const auto &[device, plan] : tenure.plans) {
            RC_ASSERT(std::ssize(plan.parts) == tenure.rule.subnetCount);
            for (const auto &each : plan.parts) {
                RC_ASSERT(tenure.rule.master.contains(each.subnet));
                RC_ASSERT(std::ssize(each.addresses) == addresses);
                for (const Address given : each.addresses)
                    RC_ASSERT(checkUsable(each.subnet, given) && each.subnet.contains(given));
            }
        }
    }));
}

void TestDivisionRule::noTwoVariablesOfADeviceHaveOneName()
{
    QVERIFY(rc::check([] {
        const auto word = rc::gen::elementOf(std::vector<QString>{u"vpn"_s, u"vpn_subnet"_s, u"vpn_child"_s, u"x"_s,
                                                                  u"_subnet1"_s, u"_ip1"_s, u"_prefixlen"_s, u"_"_s,
                                                                  u"ip_address"_s, u"subnet1"_s, u""_s});
        const auto drawn = *rc::gen::container<std::vector<std::pair<QString, QString>>>(rc::gen::pair(word, word));
        std::vector<QString> labels;
        std::vector<NetworkPlace> places;
        std::set<QString> keys;
        for (const auto &[a, b] : drawn) {
            if (verdict(rule(u"10.0.0.0/8", 28, 2, 2, a + b), labels).isEmpty())
                labels.push_back(a + b);
            const QString key = b + a;
            if (checkNetworkKey(key) && keys.insert(key).second)
                places.push_back({.key = key, .subnet = prefix(u"10.0.0.0/8"), .address = address(u"10.0.0.2")});
        }
        std::set<QString> seen;
        for (const auto &[name, value] : networkVariables(places).values)
            RC_ASSERT(seen.insert(name).second);
        for (const QString &label : labels) {
            for (const QString &name : divisionNames(rule(u"10.0.0.0/8", 28, 2, 2, label))) {
                RC_ASSERT(seen.insert(name).second);
                RC_ASSERT(checkVariableName(name).has_value());
            }
        }
    }));
}

void TestDivisionRule::aServersOwnAddressesAreSetAside_data()
{
    QTest::addColumn<QString>("subnet");
    QTest::addColumn<QString>("radius");
    QTest::addColumn<QString>("controller");
    QTest::newRow("/24") << u"10.1.1.0/24"_s << u"10.1.1.1"_s << u"10.1.1.254"_s;
    QTest::newRow("/23") << u"10.1.0.0/23"_s << u"10.1.0.1"_s << u"10.1.1.254"_s;
    QTest::newRow("/29") << u"10.1.1.8/29"_s << u"10.1.1.9"_s << u"10.1.1.14"_s;
    QTest::newRow("/30") << u"10.1.1.8/30"_s << QString() << QString();
    QTest::newRow("/32") << u"10.1.1.8/32"_s << QString() << QString();
    QTest::newRow("/64") << u"fd00::/64"_s << u"fd00::1"_s << u"fd00::fe"_s;
    QTest::newRow("/120") << u"fd00::/120"_s << u"fd00::1"_s << u"fd00::fe"_s;
    QTest::newRow("/126") << u"fd00::/126"_s << u"fd00::1"_s << u"fd00::3"_s;
    QTest::newRow("/127") << u"fd00::/127"_s << QString() << QString();
}

// SOURCES Z7
void TestDivisionRule::aServersOwnAddressesAreSetAside()
{
    QFETCH(QString, subnet);
    QFETCH(QString, radius);
    QFETCH(QString, controller);
    const auto set = serverAddresses(prefix(subnet));
    QCOMPARE(set ? set->radius.toString() : QString(), radius);
    QCOMPARE(set ? set->controller.toString() : QString(), controller);
}

QTEST_GUILESS_MAIN(TestDivisionRule)
#include "tst_divisionrule.moc"
