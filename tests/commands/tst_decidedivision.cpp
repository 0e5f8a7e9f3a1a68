// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"
#include "model/rules/devicevariables.h"
#include "model/rules/divisionshares.h"
#include "model/rules/networkcontext.h"
#include "model/rules/networkdiff.h"

#include "tests/support/devicedesk.h"

#include <QJsonArray>
#include <QTest>

#include <algorithm>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const NodeId kFirst = node(u"aabbccddee");
const NodeId kSecond = node(u"1122334455");

DivisionRuleRow rule(const QString &label, QStringView master, int length, int subnets = 1, int addresses = 1)
{
    return {label, {}, pfx(master), length, subnets, addresses, {}, {}, 0};
}

DivisionRuleRow ruleOf(QStringView net, DivisionRuleRow row)
{
    row.network = net.toString();
    return row;
}

struct DivisionDesk : DeviceDesk
{
    DivisionDesk() { addSubnet(u"10.9.0.0/16"); }

    void addDevices(const QStringList &names)
    {
        for (const QString &name : names)
            given(adding(name));
    }
    /// "till-1 OW 1/0 10.9.0.16/28"
    [[nodiscard]] QStringList shares() const
    {
        QStringList list;
        for (const DivisionShareRow &row : topology.rows<DivisionShareRow>()) {
            list += u"%1 %2 %3/%4 %5"_s.arg(row.device, row.label)
                        .arg(row.ordinal)
                        .arg(row.part)
                        .arg(row.prefix.toString());
        }
        return list;
    }
    /// Stored subnets inside of `master`: "10.9.0.16/28 till-1".
    [[nodiscard]] QStringList subnetsIn(QStringView master) const
    {
        QStringList list;
        topology.subnets().forEach([&](const SubnetRow &row) {
            if (pfx(master).contains(row.prefix) && row.prefix != pfx(master))
                list += row.prefix.toString() + u' ' + row.name;
        });
        return list;
    }
    [[nodiscard]] QStringList usedIn(QStringView master) const
    {
        return used().filter(QRegularExpression(u"^"_s + master.toString()));
    }
    /// The variables of rules: "OW_subnet1=10.9.0.16/28".
    [[nodiscard]] QStringList values(const QString &device) const
    {
        QStringList list;
        const auto variables = deviceVariables(topology, device);
        for (const ResolvedVariable &variable : variables.value().values) {
            if (variable.holder.startsWith(u"rule "_s))
                list += variable.name + u'=' + variable.value;
        }
        return list;
    }
    [[nodiscard]] QStringList everything() const
    {
        QStringList list = rows() + shares() + subnetsIn(u"0.0.0.0/0");
        for (const DivisionRuleRow &row : topology.rows<DivisionRuleRow>())
            list += u"rule %1 %2 %3"_s.arg(row.label, row.master.toString()).arg(row.addresses);
        return list;
    }
    /// As before after `command` and its undo, and not in between.
    void verifyWholeUndo(const Command &command)
    {
        const QStringList before = everything();
        given(command);
        QVERIFY(everything() != before);
        QCOMPARE(undo(), u"accepted"_s);
        QCOMPARE(everything(), before);
    }
    /// Refused, and nothing is kept.
    void verifyRefused(const Command &command, const QString &said)
    {
        const QStringList before = everything();
        const qint64 entries = head().value;
        QCOMPARE(DeviceDesk::said(command), said);
        QCOMPARE(everything(), before);
        QCOMPARE(head().value, entries);
    }
};

} // namespace

class TestDecideDivision : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDeviceGetsItsShareWithItsVariables();
    void whatARemovedDeviceHadIsGivenAgain();
    void onlyItsOwnIsTaken();
    void whoGetsNothingIsNamedAndNothingIsKept();
    void singleAddressesHaveNoSubnet_data();
    void singleAddressesHaveNoSubnet();
    void whatDevicesHaveDoesNotChange();
    void moreAddressesComeEverywhere();
    void labelsAreChecked();
    void aRenameRenamesTheVariables();
    void aNewRuleServesEveryDevice();
    void aRemovedRuleLeavesNothing();
    void everyCommandIsOneUndo();
    void aMemberHasTheFirstAddress();
    void membersLoseNoAddressUnasked();
    void theRuleChoosesTheAddress();
    void membershipsEndAndBeginAgain();
    void aNetworkHasOneRule();
    void sharesStayInTheTree();
    void aMovedMasterTakesItsSharesAlong();
    void somebodyElsesAddressKeepsADevice();
    void anUndoLeavesNoShareInTheAir();
    void anUndoLeavesNobodyWithoutItsShare();
    void anUndoLeavesNoPartOfAShare();
    void anUndoLeavesNoShareOutsideOfItsMaster();
    void aDeviceIsInANetworkOnce();
    void aFormerMembershipIsNobodys();
    void freeAddressesAreFoundBesideChildren();
    void aQuarantineThatIsOverKeepsNothing();
    void theMasterStaysInTheNetwork();
    void childrenAreInTheNextRoutePlan();
    void theFirstDeviceTooManyIsRefusedByThePlan();
};

// CASES:S1
void TestDecideDivision::aDeviceGetsItsShareWithItsVariables()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28, 2, 2)});
    d.given(DeviceDesk::adding(u"till-1"_s));
    QCOMPARE(d.subnetsIn(u"10.9.0.0/16"), (QStringList{u"10.9.0.16/28 till-1"_s, u"10.9.0.32/28 till-1"_s}));
    QCOMPARE(d.usedIn(u"10.9."),
             (QStringList{u"10.9.0.17 till-1"_s, u"10.9.0.18 till-1"_s, u"10.9.0.33 till-1"_s, u"10.9.0.34 till-1"_s}));
    QCOMPARE(d.values(u"till-1"_s),
             (QStringList{u"OW_prefixlen=28"_s, u"OW_subnet1=10.9.0.16/28"_s, u"OW_subnet1_ip1=10.9.0.17"_s,
                          u"OW_subnet1_ip2=10.9.0.18"_s, u"OW_subnet2=10.9.0.32/28"_s, u"OW_subnet2_ip1=10.9.0.33"_s,
                          u"OW_subnet2_ip2=10.9.0.34"_s}));
}

// CASES:S2
void TestDecideDivision::whatARemovedDeviceHadIsGivenAgain()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28, 2, 2)});
    d.addDevices({u"a"_s, u"b"_s});
    const QStringList before = d.everything();
    d.given(RemoveDevice{u"a"_s});
    QCOMPARE(d.subnetsIn(u"10.9.0.0/16"), (QStringList{u"10.9.0.48/28 b"_s, u"10.9.0.64/28 b"_s}));
    QCOMPARE(d.usedIn(u"10.9.").size(), 4);
    d.addDevices({u"a"_s});
    QCOMPARE(d.everything(), before);
}

// CASES:S3
void TestDecideDivision::onlyItsOwnIsTaken()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    d.addDevices({u"a"_s, u"b"_s});
    d.given(RemoveDevice{u"b"_s});
    QCOMPARE(d.shares(), (QStringList{u"a OW 1/0 10.9.0.16/28"_s, u"a OW 1/1 10.9.0.17/32"_s}));
    QCOMPARE(d.subnetsIn(u"10.9.0.0/16"), QStringList{u"10.9.0.16/28 a"_s});
}

// CASES:S4
void TestDecideDivision::whoGetsNothingIsNamedAndNothingIsKept()
{
    DivisionDesk d;
    d.addSubnet(u"10.8.0.0/29");
    d.given(AddDivisionRule{rule(u"P"_s, u"10.8.0.0/29", 31, 2)});
    d.addDevices({u"a"_s});
    QCOMPARE(d.subnetsIn(u"10.8.0.0/29"), (QStringList{u"10.8.0.2/31 a"_s, u"10.8.0.4/31 a"_s}));
    d.verifyRefused(
        DeviceDesk::adding(u"b"_s),
        u"exhausted: 10.8.0.0/29 has 1 free of length 31, and 2 of them were wanted for b: it was given none"_s);
    // The same when the rule comes second: nobody is served then.
    d.given(RemoveDivisionRule{u"P"_s});
    d.addDevices({u"b"_s});
    d.verifyRefused(
        AddDivisionRule{rule(u"P"_s, u"10.8.0.0/29", 31, 2)},
        u"exhausted: 10.8.0.0/29 has 1 free of length 31, and 2 of them were wanted for b: it was given none"_s);
}

void TestDecideDivision::singleAddressesHaveNoSubnet_data()
{
    QTest::addColumn<QString>("master");
    QTest::addColumn<int>("length");
    QTest::addColumn<QString>("address");
    QTest::newRow("IPv4") << u"10.7.0.0/24"_s << 32 << u"10.7.0.1"_s;
    QTest::newRow("IPv6") << u"fd00:7::/64"_s << 128 << u"fd00:7::1"_s;
}

// CASES:S5
void TestDecideDivision::singleAddressesHaveNoSubnet()
{
    QFETCH(const QString, master);
    QFETCH(const int, length);
    QFETCH(const QString, address);
    DivisionDesk d;
    d.addSubnet(master);
    d.given(AddDivisionRule{rule(u"LO"_s, master, length)});
    d.addDevices({u"a"_s});
    QCOMPARE(d.subnetsIn(master), QStringList());
    QCOMPARE(d.used(), QStringList{address + u" a"_s});
    QCOMPARE(d.values(u"a"_s), (QStringList{u"LO_prefixlen=%1"_s.arg(length), u"LO_subnet1_ip1="_s + address}));
    d.verifyRefused(SetDivisionRule{u"LO"_s, {}, 2}, u"invalid: a /%1 has 1 addresses to give, not 2"_s.arg(length));
    d.verifyRefused(AddDivisionRule{rule(u"L2"_s, master, length, 1, 2)},
                    u"invalid: a /%1 has 1 addresses to give, not 2"_s.arg(length));
    d.given(RemoveDevice{u"a"_s});
    QCOMPARE(d.used(), QStringList());
}

// CASES:S6
void TestDecideDivision::whatDevicesHaveDoesNotChange()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28, 2, 3)});
    d.addDevices({u"a"_s});
    d.verifyRefused(
        SetDivisionRule{u"OW"_s, {}, 2},
        u"unsupported: the division rule OW gives 3 addresses in each subnet, and devices have them: not fewer"_s);
    d.verifyRefused(SetDivisionRule{u"XX"_s, {}, 4}, u"notFound: there is no division rule 'XX'"_s);
    d.verifyRefused(AddDivisionRule{rule(u"N"_s, u"10.99.0.0/16", 28)}, d.said(SetSubnet{{}, pfx(u"10.99.0.0/16")}));
}

// CASES:S6
void TestDecideDivision::moreAddressesComeEverywhere()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 29, 1, 1)});
    d.addDevices({u"a"_s, u"b"_s});
    d.given(AddAddress{{}, addr(u"10.9.0.10"), AddressState::Used, u"printer"_s});
    d.given(SetDivisionRule{u"OW"_s, {}, 3});
    QCOMPARE(d.values(u"a"_s),
             (QStringList{u"OW_prefixlen=29"_s, u"OW_subnet1=10.9.0.8/29"_s, u"OW_subnet1_ip1=10.9.0.9"_s,
                          u"OW_subnet1_ip2=10.9.0.11"_s, u"OW_subnet1_ip3=10.9.0.12"_s}));
    QCOMPARE(d.values(u"b"_s).size(), 5);
    d.addDevices({u"c"_s});
    QCOMPARE(d.values(u"c"_s).size(), 5);
    d.verifyRefused(SetDivisionRule{u"OW"_s, {}, 6},
                    u"exhausted: 10.9.0.8/29 of device a has 2 free addresses, and 3 more are wanted in each subnet"_s);
}

// CASES:S7
void TestDecideDivision::labelsAreChecked()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    const QString bad = u"invalid: 'a b' is not a label: 1 to 32 letters, digits and underscores are expected, no "
                        "digit first"_s;
    const QString taken = u"exists: another division rule has the label OW"_s;
    d.verifyRefused(AddDivisionRule{rule(u"a b"_s, u"10.9.0.0/16", 28)}, bad);
    d.verifyRefused(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)}, taken);
    d.given(AddDivisionRule{rule(u"W2"_s, u"10.9.0.0/16", 29)});
    d.verifyRefused(SetDivisionRule{u"W2"_s, u"a b"_s}, bad);
    d.verifyRefused(SetDivisionRule{u"W2"_s, u"OW"_s}, taken);
}

// CASES:S7
void TestDecideDivision::aRenameRenamesTheVariables()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    d.addDevices({u"a"_s});
    d.verifyWholeUndo(SetDivisionRule{u"OW"_s, u"LAN"_s});
    d.given(SetDivisionRule{u"OW"_s, u"LAN"_s, 2});
    QCOMPARE(d.values(u"a"_s), (QStringList{u"LAN_prefixlen=28"_s, u"LAN_subnet1=10.9.0.16/28"_s,
                                            u"LAN_subnet1_ip1=10.9.0.17"_s, u"LAN_subnet1_ip2=10.9.0.18"_s}));
    QCOMPARE(d.topology.subnets().find({}, pfx(u"10.9.0.16/28"))->description, u"division rule LAN"_s);
}

// CASES:S9
void TestDecideDivision::aNewRuleServesEveryDevice()
{
    DivisionDesk d;
    d.addDevices({u"b"_s, u"a"_s, u"c"_s});
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 24)});
    QCOMPARE(d.subnetsIn(u"10.9.0.0/16"), (QStringList{u"10.9.1.0/24 a"_s, u"10.9.2.0/24 b"_s, u"10.9.3.0/24 c"_s}));
}

void TestDecideDivision::aRemovedRuleLeavesNothing()
{
    DivisionDesk d;
    d.addDevices({u"a"_s, u"b"_s});
    const QStringList before = d.everything();
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 24, 3, 3)});
    d.given(AddDivisionRule{rule(u"LO"_s, u"10.9.0.0/16", 32)});
    d.given(RemoveDivisionRule{u"OW"_s});
    d.given(RemoveDivisionRule{u"LO"_s});
    QCOMPARE(d.everything(), before);
    d.verifyRefused(RemoveDivisionRule{u"OW"_s}, u"notFound: there is no division rule 'OW'"_s);
}

void TestDecideDivision::everyCommandIsOneUndo()
{
    DivisionDesk d;
    d.addDevices({u"a"_s, u"b"_s});
    d.verifyWholeUndo(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28, 2, 2)});
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28, 2, 2)});
    d.verifyWholeUndo(SetDivisionRule{u"OW"_s, {}, 5});
    d.verifyWholeUndo(RemoveDivisionRule{u"OW"_s});
    d.verifyWholeUndo(RemoveDevice{u"a"_s});
    d.verifyWholeUndo(DeviceDesk::adding(u"c"_s));
}

// CASES:S10
void TestDecideDivision::aMemberHasTheFirstAddress()
{
    DivisionDesk d;
    d.given(AddDivisionRule{ruleOf(u"lab", rule(u"OW"_s, u"10.1.0.0/16", 28, 1, 2))});
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.shares(), QStringList());
    d.given(SetTemplate{u"base"_s, u"{{ OW_subnet1_ip1 }} {{ vpn_ip }} {{ vpn_member_ip }}\n"_s});
    d.verifyWholeUndo(ProvisionDevice{u"till-1"_s, network(u"lab")});
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.members(), QStringList{u"lab aabbccddee authorized 10.1.0.17 till-1"_s});
    QCOMPARE(d.usedIn(u"10.1."), (QStringList{u"10.1.0.17 till-1"_s, u"10.1.0.18 till-1"_s}));
    QCOMPARE(d.values(u"till-1"_s).contains(u"OW_subnet1_ip1=10.1.0.17"_s), true);
    const auto variables = deviceVariables(d.topology, u"till-1"_s).value().values;
    const auto told = std::ranges::count_if(variables, [](const ResolvedVariable &each) {
        return each.holder == u"lab"_s && each.value == u"10.1.0.17"_s;
    });
    QVERIFY(told > 0);
}

// CASES:S9, S10
void TestDecideDivision::membersLoseNoAddressUnasked()
{
    DivisionDesk d;
    d.given(DeviceDesk::adding(u"a"_s, kFirst));
    d.given(DeviceDesk::adding(u"b"_s, kSecond));
    QCOMPARE(d.provision(u"a"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.provision(u"b"_s, u"lab"), u"accepted"_s);
    d.given(SetMembers{network(u"lab"), {kSecond}, MemberStanding::Deauthorized});
    AddDivisionRule command{ruleOf(u"lab", rule(u"OW"_s, u"10.1.0.0/16", 28))};
    d.verifyRefused(
        command, u"conflict: devices would get another address in network lab: 2 of them, the first is b (10.1.0.2)"_s);
    command.movesAddresses = true;
    d.verifyWholeUndo(command);
    d.given(command);
    QCOMPARE(d.members(),
             (QStringList{u"lab 1122334455 deauthorized 10.1.0.33 b"_s, u"lab aabbccddee authorized 10.1.0.17 a"_s}));
    QCOMPARE(d.usedIn(u"10.1."), (QStringList{u"10.1.0.17 a"_s, u"10.1.0.33 b"_s}));
}

void TestDecideDivision::theRuleChoosesTheAddress()
{
    DivisionDesk d;
    d.given(AddDivisionRule{ruleOf(u"lab", rule(u"OW"_s, u"10.1.0.0/16", 28))});
    d.given(DeviceDesk::adding(u"a"_s, kFirst));
    const QString refusal =
        u"conflict: devices have their address in network lab by division rule OW: leave the address to the rule"_s;
    d.verifyRefused(ProvisionDevice{u"a"_s, network(u"lab"), {}, addr(u"10.1.0.9")}, refusal);
    QCOMPARE(d.provision(u"a"_s, u"lab"), u"accepted"_s);
    d.verifyRefused(AssignMember{network(u"lab"), kFirst, addr(u"10.1.0.9")}, refusal);
    // A node that is no device gets its address as ever.
    d.given(AssignMember{network(u"lab"), kSecond, addr(u"10.1.0.9")});
    QCOMPARE(d.usedIn(u"10.1.0.9").size(), 1);
    // And the one of its share, once it is one.
    d.given(DeviceDesk::adding(u"b"_s, kSecond));
    d.given(AssignMember{network(u"lab"), kSecond, {}, {}, u"b"_s});
    QCOMPARE(d.members().front(), u"lab 1122334455 deauthorized 10.1.0.33 b"_s);
    QCOMPARE(d.usedIn(u"10.1.0.9"), QStringList());
}

void TestDecideDivision::membershipsEndAndBeginAgain()
{
    DivisionDesk d;
    d.given(AddDivisionRule{ruleOf(u"lab", rule(u"OW"_s, u"10.1.0.0/16", 28))});
    d.given(DeviceDesk::adding(u"a"_s, kFirst));
    QCOMPARE(d.provision(u"a"_s, u"lab"), u"accepted"_s);
    const QStringList before = d.everything();
    d.given(SetMembers{network(u"lab"), {kFirst}, MemberStanding::Removed});
    QCOMPARE(d.shares(), QStringList());
    QCOMPARE(d.used(), QStringList());
    QCOMPARE(d.subnetsIn(u"10.1.0.0/16"), QStringList());
    QCOMPARE(d.provision(u"a"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.everything(), before);
    d.given(AssignMember{network(u"lab"), kFirst, {}, {}, QString()});
    QCOMPARE(d.members(), QStringList{u"lab aabbccddee authorized -"_s});
    QCOMPARE(d.shares(), QStringList());
    QCOMPARE(d.used(), QStringList());
}

void TestDecideDivision::aNetworkHasOneRule()
{
    DivisionDesk d;
    d.given(AddDivisionRule{ruleOf(u"lab", rule(u"OW"_s, u"10.1.0.0/16", 28))});
    d.verifyRefused(AddDivisionRule{ruleOf(u"lab", rule(u"W2"_s, u"10.1.0.0/16", 28))},
                    u"exists: members of network lab get their address by division rule OW already"_s);
    d.verifyRefused(
        AddDivisionRule{ruleOf(u"yard", rule(u"W2"_s, u"10.1.0.0/16", 28))},
        u"invalid: members of network yard have addresses in 10.2.0.0/16, and 10.1.0.0/16 is not in there"_s);
    d.verifyRefused(
        RemoveNetwork{network(u"lab")},
        u"conflict: members of network lab have their address by division rule OW: remove the rule first"_s);
    d.given(RemoveDivisionRule{u"OW"_s});
    d.given(RemoveNetwork{network(u"lab")});
}

void TestDecideDivision::sharesStayInTheTree()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    d.addDevices({u"a"_s});
    const QString subnet =
        u"conflict: device a has 10.9.0.16/28 by division rule OW: it stays there until the device or the rule is removed"_s;
    const QString address =
        u"conflict: device a has 10.9.0.17 by division rule OW: it stays there until the device or the rule is removed"_s;
    d.verifyRefused(RemoveSubnet{{}, pfx(u"10.9.0.16/28")}, subnet);
    d.verifyRefused(MoveSubnet{{}, pfx(u"10.9.0.16/28"), pfx(u"10.77.0.0/28")}, subnet);
    d.verifyRefused(ReleaseAddress{{}, addr(u"10.9.0.17")}, address);
    d.verifyRefused(RemoveSubnet{{}, pfx(u"10.9.0.0/16"), true},
                    u"conflict: division rule OW divides 10.9.0.0/16: it stays until the rule is removed"_s);
}

void TestDecideDivision::aMovedMasterTakesItsSharesAlong()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    d.addDevices({u"a"_s});
    d.verifyWholeUndo(MoveSubnet{{}, pfx(u"10.9.0.0/16"), pfx(u"10.77.0.0/16")});
    d.given(MoveSubnet{{}, pfx(u"10.9.0.0/16"), pfx(u"10.77.0.0/16")});
    QCOMPARE(d.values(u"a"_s),
             (QStringList{u"OW_prefixlen=28"_s, u"OW_subnet1=10.77.0.16/28"_s, u"OW_subnet1_ip1=10.77.0.17"_s}));
    d.addDevices({u"b"_s});
    QCOMPARE(d.subnetsIn(u"10.77.0.0/16"), (QStringList{u"10.77.0.16/28 a"_s, u"10.77.0.32/28 b"_s}));
}

void TestDecideDivision::somebodyElsesAddressKeepsADevice()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    d.addDevices({u"a"_s});
    d.given(AddAddress{{}, addr(u"10.9.0.20"), AddressState::Used, u"printer"_s});
    d.verifyRefused(RemoveDevice{u"a"_s},
                    u"conflict: 10.9.0.16/28, which device a gives back, has 10.9.0.20 of printer "
                    "in it: move that elsewhere first"_s);
    d.given(ReleaseAddress{{}, addr(u"10.9.0.20")});
    d.given(AddSubnet{{{}, pfx(u"10.9.0.24/29"), {}, SubnetRole::None, {}, {}, {}, {}, 0}});
    d.verifyRefused(RemoveDivisionRule{u"OW"_s}, u"conflict: 10.9.0.16/28, which device a gives back, has 10.9.0.24/29 "
                                                 "in it: move that elsewhere first"_s);
}

void TestDecideDivision::anUndoLeavesNoShareInTheAir()
{
    DivisionDesk d;
    d.addSubnet(u"10.6.0.0/16");
    const JournalId master = d.head();
    d.given(DeviceDesk::adding(u"a"_s));
    const JournalId device = d.head();
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.6.0.0/16", 28)});
    const JournalId added = d.head();
    QCOMPARE(d.run(Revert{master}), u"!conflict"_s);
    QCOMPARE(d.run(Revert{device}), u"!conflict"_s);
    d.given(DeviceDesk::adding(u"b"_s));
    QCOMPARE(d.run(Revert{added}), u"!conflict"_s);
    d.given(RemoveDevice{u"b"_s});
    QCOMPARE(d.run(Revert{added}), u"accepted"_s);
    QCOMPARE(d.shares(), QStringList());
    // The rule that the device had its share by is gone when the device comes back.
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.6.0.0/16", 28)});
    d.given(RemoveDevice{u"a"_s});
    const JournalId removed = d.head();
    d.given(RemoveDivisionRule{u"OW"_s});
    QCOMPARE(d.run(Revert{removed}), u"!conflict"_s);
}

void TestDecideDivision::anUndoLeavesNobodyWithoutItsShare()
{
    DivisionDesk d;
    d.addDevices({u"a"_s, u"b"_s});
    d.given(RemoveDevice{u"a"_s});
    const JournalId removed = d.head();
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    QCOMPARE(d.run(Revert{removed}), u"!conflict"_s);
    d.given(RemoveDivisionRule{u"OW"_s});
    const JournalId withoutRule = d.head();
    d.addDevices({u"c"_s});
    QCOMPARE(d.run(Revert{withoutRule}), u"!conflict"_s);
    // The same for a membership.
    d.given(DeviceDesk::adding(u"m"_s, kFirst));
    QCOMPARE(d.provision(u"m"_s, u"lab"), u"accepted"_s);
    d.given(SetMembers{network(u"lab"), {kFirst}, MemberStanding::Removed});
    const JournalId ended = d.head();
    d.given(AddDivisionRule{ruleOf(u"lab", rule(u"W2"_s, u"10.1.0.0/16", 28))});
    QCOMPARE(d.run(Revert{ended}), u"!conflict"_s);
    QCOMPARE(d.provision(u"m"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.shares(), QStringList());
}

void TestDecideDivision::anUndoLeavesNoPartOfAShare()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    d.addDevices({u"a"_s});
    d.given(SetDivisionRule{u"OW"_s, {}, 3});
    const JournalId more = d.head();
    d.addDevices({u"c"_s});
    QCOMPARE(d.run(Revert{more}), u"!conflict"_s);
    d.given(RemoveDevice{u"c"_s});
    const JournalId removed = d.head();
    d.given(SetDivisionRule{u"OW"_s, {}, 4});
    QCOMPARE(d.run(Revert{removed}), u"!conflict"_s);
    QCOMPARE(d.undo(), u"accepted"_s);
}

void TestDecideDivision::anUndoLeavesNoShareOutsideOfItsMaster()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    d.addDevices({u"a"_s});
    d.given(MoveSubnet{{}, pfx(u"10.9.0.0/16"), pfx(u"10.77.0.0/16")});
    const JournalId moved = d.head();
    d.addDevices({u"b"_s});
    QCOMPARE(d.run(Revert{moved}), u"!conflict"_s);
    d.given(RemoveDevice{u"b"_s});
    QCOMPARE(d.run(Revert{moved}), u"accepted"_s);
    QCOMPARE(d.subnetsIn(u"10.9.0.0/16"), QStringList{u"10.9.0.16/28 a"_s});
}

void TestDecideDivision::aDeviceIsInANetworkOnce()
{
    DivisionDesk d;
    d.given(DeviceDesk::adding(u"a"_s, kFirst));
    QCOMPARE(d.provision(u"a"_s, u"lab"), u"accepted"_s);
    d.verifyRefused(AssignMember{network(u"lab"), kSecond, {}, {}, u"a"_s},
                    u"exists: device 'a' is in network lab as node aabbccddee already"_s);
}

void TestDecideDivision::aFormerMembershipIsNobodys()
{
    DivisionDesk d;
    d.given(DeviceDesk::adding(u"a"_s, kFirst));
    QCOMPARE(d.provision(u"a"_s, u"lab"), u"accepted"_s);
    d.given(SetMembers{network(u"lab"), {kFirst}, MemberStanding::Removed});
    d.given(RemoveDevice{u"a"_s});
    d.given(SetMembers{network(u"lab"), {kFirst}, MemberStanding::Authorized});
    QCOMPARE(d.members(), QStringList{u"lab aabbccddee authorized -"_s});
    d.given(AddDivisionRule{ruleOf(u"lab", rule(u"OW"_s, u"10.1.0.0/16", 28))});
    d.given(DeviceDesk::adding(u"a"_s));
    QCOMPARE(d.shares(), QStringList());
}

void TestDecideDivision::freeAddressesAreFoundBesideChildren()
{
    DivisionDesk d;
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.9.0.0/16", 28)});
    d.addDevices({u"a"_s});
    d.addSubnet(u"10.9.0.18/31");
    d.given(SetDivisionRule{u"OW"_s, {}, 3});
    QCOMPARE(d.values(u"a"_s).mid(2), (QStringList{u"OW_subnet1_ip1=10.9.0.17"_s, u"OW_subnet1_ip2=10.9.0.20"_s,
                                                   u"OW_subnet1_ip3=10.9.0.21"_s}));
}

void TestDecideDivision::aQuarantineThatIsOverKeepsNothing()
{
    DivisionDesk d;
    d.given(SetSetting{u"addressQuarantineHours"_s, u"1"_s});
    d.addSubnet(u"10.8.0.0/30");
    d.given(AddDivisionRule{rule(u"LO"_s, u"10.8.0.0/30", 32)});
    d.addDevices({u"a"_s, u"b"_s});
    d.given(RemoveDevice{u"a"_s});
    QVERIFY(d.said(DeviceDesk::adding(u"c"_s)).startsWith(u"exhausted: "_s));
    d.pass(std::chrono::hours(2));
    d.addDevices({u"c"_s});
    QCOMPARE(d.used(), (QStringList{u"10.8.0.1 c"_s, u"10.8.0.2 b"_s}));
}

void TestDecideDivision::theMasterStaysInTheNetwork()
{
    DivisionDesk d;
    d.addSubnet(u"10.1.2.0/24");
    d.given(AddDivisionRule{ruleOf(u"lab", rule(u"OW"_s, u"10.1.2.0/24", 28))});
    d.verifyRefused(
        MoveSubnet{{}, pfx(u"10.1.2.0/24"), pfx(u"10.77.2.0/24")},
        u"conflict: members of network lab get their addresses by division rule OW: what it divides stays in "
        "10.1.0.0/16"_s);
    d.given(MoveSubnet{{}, pfx(u"10.1.2.0/24"), pfx(u"10.1.3.0/24")});
}

// CASES:S11
void TestDecideDivision::childrenAreInTheNextRoutePlan()
{
    DivisionDesk d;
    d.given(SetNetwork{network(u"lab"), ChildRoutes::Direct});
    d.given(AddDivisionRule{ruleOf(u"lab", rule(u"OW"_s, u"10.1.0.0/16", 24))});
    d.given(DeviceDesk::adding(u"a"_s, kFirst));
    QCOMPARE(d.provision(u"a"_s, u"lab"), u"accepted"_s);
    const auto context = networkContext(d.topology, network(u"lab"));
    QVERIFY(context);
    const auto plan = planNetwork(*context, {});
    QVERIFY(plan);
    const auto isTheirs = [](const auto &each) { return each.target == pfx(u"10.1.1.0/24"); };
    QVERIFY(std::ranges::any_of(plan->routes, isTheirs));
}

// CASES:S11
void TestDecideDivision::theFirstDeviceTooManyIsRefusedByThePlan()
{
    DivisionDesk d;
    d.given(SetNetwork{network(u"lab"), ChildRoutes::Direct});
    d.given(AddDivisionRule{rule(u"OW"_s, u"10.1.0.0/16", 24)});
    const auto isRefused = [&] {
        const auto context = networkContext(d.topology, network(u"lab"));
        return !planNetwork(*context, {});
    };
    for (int i = 0; i < 127; ++i)
        d.given(DeviceDesk::adding(u"till-%1"_s.arg(i)));
    QVERIFY(!isRefused()); // 127 children and the network itself
    d.given(DeviceDesk::adding(u"till-127"_s));
    QVERIFY(isRefused());
}

QTEST_GUILESS_MAIN(TestDecideDivision)
#include "tst_decidedivision.moc"
