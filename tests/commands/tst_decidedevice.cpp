// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"
#include "model/rules/devicevariables.h"

#include "tests/support/devicedesk.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const NodeId kFirst = node(u"aabbccddee");
const NodeId kSecond = node(u"1122334455");

} // namespace

class TestDecideDevice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDeviceAloneTakesNothing();
    void provisioningGivesOneAddressOnce();
    void aProvisioningIsOneUndo();
    void withoutANodeThereIsNoMember();
    void aSecondNetworkIsASecondMember();
    void anotherAddressFreesTheFirst();
    void anAddressTakenInTheTreeLeavesTheDevice();
    void twoDevicesNeverHaveOneAddress();
    void anAddressOutsideOfTheNetworkIsRefused();
    void whereChildrenAreRoutedTheChildIsNamed();
    void anotherNodeTakesOverItsPlaces();
    void aNodeIsOneDevices();
    void twoDevicesExchangeTheirNodes();
    void aMemberKeepsItsNode();
    void aRemovedDeviceLeavesNothing();
    void aRemovedDeviceComesBackWhole();
    void groupsAreMadeAndKeptWhileTheyAreUsed();
    void aRowAndItsVariablesAreOneEdit();
    void aBadVariableStoresNothing_data();
    void aBadVariableStoresNothing();
    void variablesMoveTheVersionOfTheirHolder();
    void variablesOfNobodyAreRefused();
    void anUndoLeavesNoValueBehind();
    void anUndoLeavesNothingInTheAir();
    void whatGoesTakesItsVariables();
    void aBrokenTemplateIsRefusedWithItsPlace_data();
    void aBrokenTemplateIsRefusedWithItsPlace();
    void theJournalNamesVariablesAndNeverTheirValues();
    void namesAreChecked_data();
    void namesAreChecked();
};

// CASES:D4
void TestDecideDevice::aDeviceAloneTakesNothing()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.members(), QStringList());
    QCOMPARE(d.used(), QStringList());
    QCOMPARE(d.said(DeviceDesk::adding(u"till-1"_s)), u"exists: there is a device 'till-1' already"_s);
}

// CASES:D1, SOURCES Z8
void TestDecideDevice::provisioningGivesOneAddressOnce()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.members(), QStringList{u"lab aabbccddee authorized 10.1.0.1 till-1"_s});
    QCOMPARE(d.used(), QStringList{u"10.1.0.1 till-1"_s});
    const auto head = d.head();
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.head(), head);
}

void TestDecideDevice::aProvisioningIsOneUndo()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    d.verifyUndo(ProvisionDevice{u"till-1"_s, network(u"lab")});
    QCOMPARE(d.used(), QStringList());
}

// CASES:D2
void TestDecideDevice::withoutANodeThereIsNoMember()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s));
    QVERIFY(d.provision(u"till-1"_s, u"lab").startsWith(u"invalid: device 'till-1' has no ZeroTier node"_s));
    QCOMPARE(d.used(), QStringList());
    QCOMPARE(d.provision(u"till-9"_s, u"lab"), u"notFound: there is no device 'till-9'"_s);
    QVERIFY(d.provision(u"till-1"_s, u"none").startsWith(u"notFound: "_s));
}

// CASES:D3
void TestDecideDevice::aSecondNetworkIsASecondMember()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.provision(u"till-1"_s, u"yard"), u"accepted"_s);
    QCOMPARE(d.members(), (QStringList{u"lab aabbccddee authorized 10.1.0.1 till-1"_s,
                                       u"yard aabbccddee authorized 10.2.0.1 till-1"_s}));
    QCOMPARE(d.used(), (QStringList{u"10.1.0.1 till-1"_s, u"10.2.0.1 till-1"_s}));
}

// CASES:D5
void TestDecideDevice::anotherAddressFreesTheFirst()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.provision(u"till-1"_s, u"lab", u"10.1.7.7"_s), u"accepted"_s);
    QCOMPARE(d.members(), QStringList{u"lab aabbccddee authorized 10.1.7.7 till-1"_s});
    QCOMPARE(d.used(), QStringList{u"10.1.7.7 till-1"_s});
    const auto isMember = [](const RowChange &change) { return std::holds_alternative<MemberRow>(change.any()); };
    QCOMPARE(std::ranges::count_if(d.lastChanges, isMember), 1);
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.used(), QStringList{u"10.1.0.1 till-1"_s});
}

// CASES:D6
void TestDecideDevice::anAddressTakenInTheTreeLeavesTheDevice()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    d.given(ReleaseAddress{{}, addr(u"10.1.0.1")});
    QCOMPARE(d.members(), QStringList{u"lab aabbccddee authorized - till-1"_s});
    QCOMPARE(d.deviceVersion(u"till-1"_s), 1);
}

// CASES:D8
void TestDecideDevice::twoDevicesNeverHaveOneAddress()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    d.given(DeviceDesk::adding(u"till-2"_s, kSecond));
    QCOMPARE(d.provision(u"till-1"_s, u"lab", u"10.1.0.7"_s), u"accepted"_s);
    const QString said = d.provision(u"till-2"_s, u"lab", u"10.1.0.7"_s);
    QVERIFY2(said.startsWith(u"exists: "_s) && said.contains(u"till-1"_s), qPrintable(said));
    QCOMPARE(d.used(), QStringList{u"10.1.0.7 till-1"_s});
    QCOMPARE(d.provision(u"till-2"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.used(), (QStringList{u"10.1.0.1 till-2"_s, u"10.1.0.7 till-1"_s}));
}

void TestDecideDevice::anAddressOutsideOfTheNetworkIsRefused()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.provision(u"till-1"_s, u"lab", u"10.2.0.7"_s),
             u"invalid: 10.2.0.7 is not in 10.1.0.0/16, the subnet of network lab"_s);
    QCOMPARE(d.members(), QStringList());
}

// SOURCES Z4, Z8
void TestDecideDevice::whereChildrenAreRoutedTheChildIsNamed()
{
    DeviceDesk d;
    d.addSubnet(u"10.1.1.0/24");
    d.addSubnet(u"10.1.2.0/24");
    d.given(SetNetwork{network(u"lab"), ChildRoutes::Direct});
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    const auto outcome = d.submit(ProvisionDevice{u"till-1"_s, network(u"lab")});
    QCOMPARE(refusalOf(outcome), u"!invalid"_s);
    QCOMPARE(outcome.error().payload.value(u"children"_s).toArray(), (QJsonArray{u"10.1.1.0/24"_s, u"10.1.2.0/24"_s}));
    d.given(ProvisionDevice{u"till-1"_s, network(u"lab"), pfx(u"10.1.2.0/24")});
    QCOMPARE(d.used(), QStringList{u"10.1.2.1 till-1"_s});
}

void TestDecideDevice::anotherNodeTakesOverItsPlaces()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.provision(u"till-1"_s, u"yard"), u"accepted"_s);
    const QStringList held = d.used();
    SetDevice exchange{u"till-1"_s};
    exchange.node = kSecond;
    d.verifyUndo(exchange);
    d.given(exchange);
    QCOMPARE(d.members(),
             (QStringList{u"lab 1122334455 authorized 10.1.0.1 till-1"_s, u"lab aabbccddee removed -"_s,
                          u"yard 1122334455 authorized 10.2.0.1 till-1"_s, u"yard aabbccddee removed -"_s}));
    QCOMPARE(d.used(), held);
}

void TestDecideDevice::aNodeIsOneDevices()
{
    DeviceDesk d;
    AddDevice first = DeviceDesk::adding(u"till-1"_s, kFirst);
    first.device.cn = cname(u"till-1.vpn");
    d.given(first);
    QCOMPARE(d.said(DeviceDesk::adding(u"till-2"_s, kFirst)), u"exists: node aabbccddee is device 'till-1' already"_s);
    AddDevice second = DeviceDesk::adding(u"till-2"_s, kSecond);
    second.device.cn = cname(u"till-1.vpn");
    QCOMPARE(d.said(second), u"exists: common name 'till-1.vpn' is device 'till-1' already"_s);
    d.given(DeviceDesk::adding(u"till-2"_s, kSecond));
    SetDevice change{u"till-2"_s};
    change.node = kFirst;
    QCOMPARE(d.said(change), u"exists: node aabbccddee is device 'till-1' already"_s);
}

/// One takes the place of a third node meanwhile, because a node is one device's.
void TestDecideDevice::twoDevicesExchangeTheirNodes()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    d.given(DeviceDesk::adding(u"till-2"_s, kSecond));
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    QCOMPARE(d.provision(u"till-2"_s, u"lab"), u"accepted"_s);
    const QStringList held = d.used();
    const auto exchange = [](const QString &device, const NodeId &id) {
        SetDevice command{device};
        command.node = id;
        return command;
    };
    d.given(exchange(u"till-1"_s, node(u"0000000001")));
    d.given(exchange(u"till-2"_s, kFirst));
    d.given(exchange(u"till-1"_s, kSecond));
    QCOMPARE(d.members(), (QStringList{u"lab 0000000001 removed -"_s, u"lab 1122334455 authorized 10.1.0.1 till-1"_s,
                                       u"lab aabbccddee authorized 10.1.0.2 till-2"_s}));
    QCOMPARE(d.used(), held);
}

void TestDecideDevice::aMemberKeepsItsNode()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, kFirst));
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    SetDevice change{u"till-1"_s};
    change.node = std::optional<NodeId>();
    QCOMPARE(d.said(change), u"conflict: device 'till-1' is a member of network lab: it needs a node"_s);
}

void TestDecideDevice::aRemovedDeviceLeavesNothing()
{
    DeviceDesk d;
    AddDevice command = DeviceDesk::adding(u"till-1"_s, kFirst);
    command.variables = {{u"a"_s, u"1"_s}};
    d.given(command);
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    d.given(RemoveDevice{u"till-1"_s});
    QCOMPARE(d.rows(), QStringList{u"lab aabbccddee removed -"_s});
    QCOMPARE(d.said(RemoveDevice{u"till-1"_s}), u"notFound: there is no device 'till-1'"_s);
    d.given(DeviceDesk::adding(u"till-1"_s));
    QCOMPARE(d.variables(), QStringList());
}

void TestDecideDevice::aRemovedDeviceComesBackWhole()
{
    DeviceDesk d;
    AddDevice command = DeviceDesk::adding(u"till-1"_s, kFirst);
    command.variables = {{u"a"_s, u"1"_s}};
    d.given(command);
    QCOMPARE(d.provision(u"till-1"_s, u"lab"), u"accepted"_s);
    d.verifyUndo(RemoveDevice{u"till-1"_s});
}

void TestDecideDevice::groupsAreMadeAndKeptWhileTheyAreUsed()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s, {}, u"shops"_s));
    QCOMPARE(d.said(SetGroup{u"shops"_s, {}, true}), u"exists: there is a group 'shops' already"_s);
    QCOMPARE(d.said(RemoveGroup{u"shops"_s}), u"conflict: 1 devices are in group 'shops', the first is 'till-1'"_s);
    SetDevice change{u"till-1"_s};
    change.group = QString();
    d.given(change);
    d.verifyUndo(RemoveGroup{u"shops"_s});
    QCOMPARE(d.said(RemoveGroup{u"none"_s}), u"notFound: there is no group 'none'"_s);
}

void TestDecideDevice::aRowAndItsVariablesAreOneEdit()
{
    DeviceDesk d;
    const VariableEdits two{{u"a"_s, u"1"_s}, {u"b"_s, u"x=y"_s}};
    AddDevice device = DeviceDesk::adding(u"till-1"_s);
    device.variables = two;
    d.verifyUndo(device);
    d.given(device);
    QCOMPARE(d.deviceVersion(u"till-1"_s), 1);
    d.verifyUndo(SetGroup{u"shops"_s, {}, true, two});
    d.verifyUndo(SetTemplate{u"base"_s, u"{{ a }}"_s, {}, true, two});
    SetDevice change{u"till-1"_s};
    change.description = u"The first"_s;
    change.variables = {{u"b"_s, std::nullopt}, {u"c"_s, QString()}};
    const auto outcome = d.submit(change);
    QCOMPARE(rowsOf(outcome), (QStringList{u"device [\"till-1\"]"_s, u"variable [\"device\",\"till-1\",\"a\"]"_s,
                                           u"variable [\"device\",\"till-1\",\"c\"]"_s}));
    QCOMPARE(d.variables(), (QStringList{u"device till-1 a=1"_s, u"device till-1 c="_s}));
    QCOMPARE(d.deviceVersion(u"till-1"_s), 2);
    QCOMPARE(d.journal.back().command, u"setDevice"_s);
}

void TestDecideDevice::aBadVariableStoresNothing_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("kind");
    QTest::newRow("a digit first") << u"1a"_s << u"x"_s << u"!invalid"_s;
    QTest::newRow("a hyphen") << u"a-b"_s << u"x"_s << u"!invalid"_s;
    QTest::newRow("a control character") << u"a"_s << u"secret\u001b"_s << u"!invalid"_s;
    QTest::newRow("too long") << u"a"_s << QString(65'537, u'x') << u"!limit"_s;
}

void TestDecideDevice::aBadVariableStoresNothing()
{
    QFETCH(QString, name);
    QFETCH(QString, value);
    DeviceDesk d;
    const QStringList before = d.rows();
    AddDevice device = DeviceDesk::adding(u"till-1"_s, kFirst, u"shops"_s);
    device.variables = {{u"good"_s, u"1"_s}, {name, value}};
    const auto outcome = d.submit(device);
    QTEST(refusalOf(outcome), "kind");
    QVERIFY(!outcome.error().detail.contains(u"secret"_s));
    QCOMPARE(d.rows(), before);
}

// SEMANTICS 5
void TestDecideDevice::variablesMoveTheVersionOfTheirHolder()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"till-1"_s));
    const SetVariables set{VariableScope::Device, u"till-1"_s, {{u"a"_s, u"1"_s}}};
    QCOMPARE(subjectVersion(d.topology, set), std::optional<qint64>(1));
    d.given(set);
    QCOMPARE(d.deviceVersion(u"till-1"_s), 2);
    const auto head = d.head();
    d.given(set);
    QCOMPARE(d.head(), head);
    QCOMPARE(d.deviceVersion(u"till-1"_s), 2);
    d.given(SetVariables{VariableScope::Device, u"till-1"_s, {{u"a"_s, std::nullopt}, {u"none"_s, std::nullopt}}});
    QCOMPARE(d.deviceVersion(u"till-1"_s), 3);
    d.given(SetVariables{VariableScope::Store, {}, {{u"a"_s, u"1"_s}}});
    QCOMPARE(subjectVersion(d.topology, SetVariables{VariableScope::Store, {}, {{u"a"_s, u"2"_s}}}),
             std::optional<qint64>(1));
    QCOMPARE(subjectVersion(d.topology, SetVariables{VariableScope::Store, {}, {{u"a"_s, {}}, {u"b"_s, {}}}}),
             std::optional<qint64>());
}

void TestDecideDevice::variablesOfNobodyAreRefused()
{
    DeviceDesk d;
    const VariableEdits one{{u"a"_s, u"1"_s}};
    QCOMPARE(d.said(SetVariables{VariableScope::Device, u"x"_s, one}), u"notFound: there is no device 'x'"_s);
    QCOMPARE(d.said(SetVariables{VariableScope::Group, u"x"_s, one}), u"notFound: there is no group 'x'"_s);
    QCOMPARE(d.said(SetVariables{VariableScope::Template, u"x"_s, one}), u"notFound: there is no template 'x'"_s);
    QCOMPARE(d.run(SetVariables{VariableScope::Store, u"x"_s, one}), u"!invalid"_s);
    QCOMPARE(d.run(SetVariables{VariableScope::Network, u"lab"_s, one}), u"!unsupported"_s);
    QCOMPARE(d.variables(), QStringList());
}

/// Else the next device of that name would have the values of this one.
void TestDecideDevice::anUndoLeavesNoValueBehind()
{
    const VariableEdits one{{u"a"_s, u"1"_s}};
    const std::vector<std::pair<Command, Command>> cases{
        {DeviceDesk::adding(u"x"_s, kFirst), SetVariables{VariableScope::Device, u"x"_s, one}},
        {DeviceDesk::adding(u"x"_s, kFirst), ProvisionDevice{u"x"_s, network(u"lab")}},
        {SetGroup{u"x"_s, {}, true}, SetVariables{VariableScope::Group, u"x"_s, one}},
        {SetGroup{u"x"_s, {}, true}, DeviceDesk::adding(u"y"_s, {}, u"x"_s)},
        {SetTemplate{u"x"_s, u"text"_s, {}, true}, SetVariables{VariableScope::Template, u"x"_s, one}},
    };
    for (const auto &[made, used] : cases) {
        DeviceDesk d;
        d.given(made);
        const JournalId entry = d.head();
        d.given(used);
        const QStringList before = d.rows();
        QCOMPARE(d.run(Revert{entry}), u"!conflict"_s);
        QCOMPARE(d.rows(), before);
        QCOMPARE(d.undo(), u"accepted"_s);
        QCOMPARE(d.run(Revert{entry}), u"accepted"_s);
        QCOMPARE(d.rows(), QStringList());
    }
}

void TestDecideDevice::anUndoLeavesNothingInTheAir()
{
    DeviceDesk d;
    d.given(DeviceDesk::adding(u"x"_s, kFirst));
    d.given(SetVariables{VariableScope::Device, u"x"_s, {{u"a"_s, u"1"_s}}});
    d.given(SetVariables{VariableScope::Device, u"x"_s, {{u"a"_s, std::nullopt}}});
    const JournalId unset = d.head();
    d.given(RemoveDevice{u"x"_s});
    const JournalId removed = d.head();
    QCOMPARE(d.run(Revert{unset}), u"!conflict"_s);
    QCOMPARE(d.variables(), QStringList());
    d.given(DeviceDesk::adding(u"y"_s, kFirst));
    QCOMPARE(d.run(Revert{removed}), u"!conflict"_s); // the node is another device's now
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.run(Revert{removed}), u"accepted"_s);
    QCOMPARE(d.run(Revert{unset}), u"accepted"_s);
    QCOMPARE(d.variables(), QStringList{u"device x a=1"_s});
}

void TestDecideDevice::whatGoesTakesItsVariables()
{
    DeviceDesk d;
    const VariableEdits one{{u"a"_s, u"1"_s}};
    d.given(SetVariables{VariableScope::Store, {}, one});
    d.given(SetGroup{u"shops"_s, {}, true, one});
    d.given(SetTemplate{u"base"_s, QString(), {}, true, one});
    d.given(RemoveGroup{u"shops"_s});
    QCOMPARE(d.variables(), (QStringList{u"store  a=1"_s, u"template base a=1"_s}));
    d.verifyUndo(RemoveTemplate{u"base"_s});
    d.given(RemoveTemplate{u"base"_s});
    QCOMPARE(d.variables(), QStringList{u"store  a=1"_s});
    QCOMPARE(d.said(RemoveTemplate{u"base"_s}), u"notFound: there is no template 'base'"_s);
}

void TestDecideDevice::aBrokenTemplateIsRefusedWithItsPlace_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::newRow("not closed") << u"fine\n  {{ a\n}}"_s << 2 << 3;
    QTest::newRow("no name") << u"{{ }}"_s << 1 << 1;
    QTest::newRow("a filter") << u"a {{ b | upper }}"_s << 1 << 3;
}

void TestDecideDevice::aBrokenTemplateIsRefusedWithItsPlace()
{
    QFETCH(QString, text);
    QFETCH(int, line);
    QFETCH(int, column);
    DeviceDesk d;
    d.given(SetTemplate{u"base"_s, u"sound"_s, {}, true});
    for (const QString &name : {u"base"_s, u"other"_s}) {
        const auto outcome = d.submit(SetTemplate{name, text});
        QCOMPARE(refusalOf(outcome), u"!invalid"_s);
        QCOMPARE(outcome.error().payload.value(u"line"_s).toInt(), line);
        QCOMPARE(outcome.error().payload.value(u"column"_s).toInt(), column);
    }
    QCOMPARE(d.names(), QStringList{u"template base sound"_s});
    QCOMPARE(d.run(SetTemplate{u"new"_s}), u"!invalid"_s); // no text at all
    QCOMPARE(d.run(SetTemplate{u"base"_s, u"sounder"_s, {}, true}), u"!exists"_s);
}

void TestDecideDevice::theJournalNamesVariablesAndNeverTheirValues()
{
    DeviceDesk d;
    const VariableEdits secret{{u"psk"_s, u"hunter2"_s}};
    AddDevice device = DeviceDesk::adding(u"till-1"_s);
    device.variables = secret;
    SetDevice change{u"till-1"_s};
    change.variables = {{u"psk"_s, u"hunter2!"_s}};
    for (const Command &command : {Command(device), Command(change), Command(SetGroup{u"shops"_s, {}, true, secret}),
                                   Command(SetTemplate{u"base"_s, u"hunter2 {{ psk }}"_s, {}, true, secret}),
                                   Command(SetVariables{VariableScope::Store, {}, secret})}) {
        d.given(command);
        const QJsonObject arguments = d.journal.back().arguments;
        QCOMPARE(arguments.value(u"variables"_s).toArray(), QJsonArray{u"psk"_s});
        const QString text = QString::fromUtf8(QJsonDocument(arguments).toJson());
        QVERIFY2(!text.contains(u"hunter2"_s), qPrintable(text));
    }
}

void TestDecideDevice::namesAreChecked_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("said");
    QTest::newRow("longest") << QString(64, u'x') << u"accepted"_s;
    QTest::newRow("too long") << QString(65, u'x') << u"!invalid"_s;
    QTest::newRow("nothing") << QString() << u"!invalid"_s;
    QTest::newRow("only blanks") << u"  "_s << u"!invalid"_s;
    QTest::newRow("a line end") << u"a\nb"_s << u"!invalid"_s;
    QTest::newRow("hostile to a shell") << u"../$(rm)"_s << u"accepted"_s;
}

void TestDecideDevice::namesAreChecked()
{
    QFETCH(QString, name);
    DeviceDesk d;
    QTEST(d.run(DeviceDesk::adding(name)), "said");
    QTEST(d.run(SetGroup{name, {}, true}), "said");
    QTEST(d.run(SetTemplate{name, u"text"_s, {}, true}), "said");
}

QTEST_GUILESS_MAIN(TestDecideDevice)
#include "tst_decidedevice.moc"
