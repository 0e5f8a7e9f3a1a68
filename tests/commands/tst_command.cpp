// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/command.h"

#include "tests/support/topologies.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAndArguments_data();
    void namesAndArguments();
    void everyCommandHasANameOfItsOwn();
    void whatIsNotGivenIsNotWritten();
    void aNewInstanceIsWrittenWhole();
    void whatWasConfirmedIsWritten();
    void aPublicAddressThatIsTakenAwayIsWritten();
};

namespace {

SubnetRow subnetRow()
{
    return {u"acme"_s, pfx(u"10.1.0.0/16"), u"north"_s, SubnetRole::None, {}, {}, {}, {}, 0};
}

/// One of each, in the order of the alternatives.
std::vector<Command> oneOfEach()
{
    SetInstance set{iname(u"main")};
    set.pools = pfxs({u"10.8.0.0/24"_s});
    set.collision = CollisionPolicy::StandInBoth;
    set.moveClaims = true;
    SetConnector connector{cname(u"a")};
    connector.translation = Translation::Router;
    const ControllerName hq = ControllerName::parse(u"hq").value();
    const NetworkName lab = NetworkName::parse(u"lab").value();
    const NetworkId id = NetworkId::parse(u"8056c2e21c000001").value();
    const NodeId node = NodeId::parse(u"aabbccddee").value();
    return {
        AddInstance{instanceRow(u"main", u"10.8.0.0/24"), pfxs({u"10.8.0.0/24"_s})},
        set,
        RemoveInstance{iname(u"main")},
        connector,
        RenameConnector{cname(u"a"), cname(u"b")},
        RemoveConnector{cname(u"a")},
        SetOption{OptionScope::Group, u"g"_s, OptionType::PingRestart, u"60"_s},
        ClearOptions{OptionScope::Cn, u"a"_s, OptionType::Ping},
        ReplaceIroutes{cname(u"a"), pfxs({u"10.1.0.0/24"_s, u"fd00::/64"_s})},
        SetAllocation{cname(u"a"), iname(u"main"), addr(u"10.8.0.2")},
        RequestAllocation{cname(u"a"), iname(u"main")},
        ReleaseAllocation{cname(u"a")},
        ResolveClaim{cname(u"a"), pfx(u"10.1.0.0/24"), iname(u"main")},
        ReleaseClaim{cname(u"a"), pfx(u"10.1.0.0/24")},
        ReassignClaim{pfx(u"10.1.0.0/24"), cname(u"a")},
        StandInClaim{cname(u"a"), pfx(u"10.1.0.0/24"), pfx(u"100.64.0.0/24")},
        ExcludePrefix{pfx(u"100.64.0.0/24"), u"lab"_s},
        UnexcludePrefix{pfx(u"100.64.0.0/24")},
        DecideConnect{cname(u"a"), iname(u"main")},
        ImportCcd{iname(u"main"), {CcdEntry{cname(u"a")}, CcdEntry{cname(u"b")}}},
        SetSetting{u"quarantineHours"_s, u"1"_s},
        Revert{{17}},
        SetTenant{u"acme"_s, u"a customer"_s},
        RemoveTenant{u"acme"_s},
        AddSubnet{subnetRow(), true},
        AllocateSubnets{{}, pfx(u"10.0.0.0/8"), 24, 2, subnetRow()},
        SetSubnet{u"acme"_s, pfx(u"10.1.0.0/16"), u"north"_s},
        SplitSubnet{u"acme"_s, pfx(u"10.1.0.0/16"), 18, true},
        MergeSubnets{u"acme"_s, pfxs({u"10.1.0.0/17"_s, u"10.1.128.0/17"_s})},
        ResizeSubnet{u"acme"_s, pfx(u"10.1.0.0/16"), 15},
        MoveSubnet{u"acme"_s, pfx(u"10.1.0.0/16"), pfx(u"10.2.0.0/16")},
        RemoveSubnet{u"acme"_s, pfx(u"10.1.0.0/16"), true},
        RequestAddress{u"acme"_s, pfx(u"10.1.0.0/24"), u"printer"_s},
        AddAddress{u"acme"_s, addr(u"10.1.0.9"), AddressState::Used, u"printer"_s},
        SetAddress{u"acme"_s, addr(u"10.1.0.9"), u"printer"_s},
        ReleaseAddress{u"acme"_s, addr(u"10.1.0.9"), true},
        ImportSubnets{{subnetRow(), subnetRow()}, {}},
        ProlongQuarantine{iname(u"main"), pfxs({u"100.64.0.0/27"_s})},
        AddController{{hq, u"http://127.0.0.1:9993"_s, u"/run/token"_s, ControllerFlavour::SelfHosted, node, {}, 0}},
        SetController{hq, u"https://vpn.example"_s},
        RemoveController{hq},
        AddNetwork{{lab, id, hq, {}, pfx(u"10.0.0.0/8")}},
        SetNetwork{lab, ChildRoutes::All, ParentRoute::Via, addr(u"10.1.1.254")},
        RemoveNetwork{lab},
        RecordApply{lab, {{pfx(u"10.0.0.0/8"), addr(u"10.1.1.254")}}, {{addr(u"10.1.1.1"), addr(u"10.1.1.9")}}},
        SetMembers{lab, {node}, MemberStanding::Removed},
        AssignMember{lab, node, {}, pfx(u"10.1.1.0/24")},
        AdoptMembers{lab, {{node, MemberStanding::Authorized, addr(u"10.1.1.9"), u"till"_s}}},
        AddDevice{{u"till-1"_s}},
        SetDevice{u"till-1"_s, u"tills"_s},
        RemoveDevice{u"till-1"_s},
        ProvisionDevice{u"till-1"_s, lab, pfx(u"10.1.1.0/24")},
        SetGroup{u"tills"_s, u"in the shops"_s},
        RemoveGroup{u"tills"_s},
        SetTemplate{u"base"_s, u"{{ dns }}"_s},
        RemoveTemplate{u"base"_s},
        SetVariables{VariableScope::Group, u"tills"_s, {{u"dns"_s, u"secret"_s}}},
        AddDivisionRule{{u"OW"_s, u"acme"_s, pfx(u"10.2.0.0/16"), 28, 2, 2, u"lab"_s, {}, 0}},
        SetDivisionRule{u"OW"_s, u"WO"_s, 3},
        RemoveDivisionRule{u"OW"_s}};
}

} // namespace

void TestCommand::namesAndArguments_data()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("arguments");
    const std::vector<std::pair<const char *, const char *>> expected{
        {"addInstance", ""},
        {"setInstance", R"({"collision":"stand-in-both","instance":"main","moveClaims":true,"pools":["10.8.0.0/24"]})"},
        {"removeInstance", R"({"instance":"main"})"},
        {"setConnector", R"({"cn":"a","translation":"router"})"},
        {"renameConnector", R"({"cn":"a","to":"b"})"},
        {"removeConnector", R"({"cn":"a"})"},
        {"setOption", R"({"holder":"g","scope":"group","type":"ping-restart","value":"60"})"},
        {"clearOptions", R"({"holder":"a","scope":"cn","type":"ping"})"},
        {"replaceIroutes", R"({"cn":"a","prefixes":["10.1.0.0/24","fd00::/64"]})"},
        {"setAllocation", R"({"address":"10.8.0.2","cn":"a","instance":"main"})"},
        {"requestAllocation", R"({"cn":"a","instance":"main"})"},
        {"releaseAllocation", R"({"cn":"a"})"},
        {"resolveClaim", R"({"cn":"a","instance":"main","real":"10.1.0.0/24"})"},
        {"releaseClaim", R"({"cn":"a","real":"10.1.0.0/24"})"},
        {"reassignClaim", R"({"real":"10.1.0.0/24","to":"a"})"},
        {"standInClaim", R"({"cn":"a","real":"10.1.0.0/24","virtual":"100.64.0.0/24"})"},
        {"excludePrefix", R"({"note":"lab","prefix":"100.64.0.0/24"})"},
        {"unexcludePrefix", R"({"prefix":"100.64.0.0/24"})"},
        {"decideConnect", R"({"cn":"a","instance":"main"})"},
        {"importCcd", R"({"connectors":["a","b"],"instance":"main"})"},
        {"setSetting", R"({"name":"quarantineHours","value":"1"})"},
        {"revert", R"({"entry":17})"},
        {"setTenant", R"({"description":"a customer","tenant":"acme"})"},
        {"removeTenant", R"({"tenant":"acme"})"},
        {"addSubnet", ""},
        {"allocateSubnets", ""},
        {"setSubnet", R"({"name":"north","prefix":"10.1.0.0/16","tenant":"acme"})"},
        {"splitSubnet", R"({"keepParent":true,"length":18,"prefix":"10.1.0.0/16","tenant":"acme"})"},
        {"mergeSubnets", R"({"prefixes":["10.1.0.0/17","10.1.128.0/17"],"tenant":"acme"})"},
        {"resizeSubnet", R"({"length":15,"prefix":"10.1.0.0/16","tenant":"acme"})"},
        {"moveSubnet", ""},
        {"removeSubnet", R"({"prefix":"10.1.0.0/16","tenant":"acme","withChildren":true})"},
        {"requestAddress", ""},
        {"addAddress", ""},
        {"setAddress", R"({"address":"10.1.0.9","holder":"printer","tenant":"acme"})"},
        {"releaseAddress", R"({"address":"10.1.0.9","now":true,"tenant":"acme"})"},
        {"importSubnets", ""},
        {"prolongQuarantine", R"({"carveOuts":["100.64.0.0/27"],"instance":"main"})"},
        {"addController", ""},
        {"setController", R"({"controller":"hq","url":"https://vpn.example"})"},
        {"removeController", R"({"controller":"hq"})"},
        {"addNetwork", ""},
        {"setNetwork", R"({"children":"all","gateway":"10.1.1.254","network":"lab","parent":"via"})"},
        {"removeNetwork", R"({"network":"lab"})"},
        {"recordApply", R"({"network":"lab","pools":["10.1.1.1-10.1.1.9"],"routes":["10.0.0.0/8 via 10.1.1.254"]})"},
        {"setMembers", R"({"network":"lab","nodes":["aabbccddee"],"standing":"removed"})"},
        {"assignMember", R"({"network":"lab","node":"aabbccddee","subnet":"10.1.1.0/24"})"},
        {"adoptMembers", R"({"network":"lab","nodes":["aabbccddee"]})"},
        {"addDevice", ""},
        {"setDevice", R"({"device":"till-1","group":"tills"})"},
        {"removeDevice", R"({"device":"till-1"})"},
        {"provisionDevice", R"({"device":"till-1","network":"lab","subnet":"10.1.1.0/24"})"},
        {"setGroup", R"({"description":"in the shops","group":"tills"})"},
        {"removeGroup", R"({"group":"tills"})"},
        {"setTemplate", ""}, // a checksum in place of the text
        {"removeTemplate", R"({"template":"base"})"},
        {"setVariables", R"({"holder":"tills","scope":"group","variables":["dns"]})"},
        {"addDivisionRule",
         R"({"addresses":2,"label":"OW","length":28,"master":"10.2.0.0/16","movesAddresses":false,"network":"lab","subnets":2,"tenant":"acme"})"},
        {"setDivisionRule", R"({"addresses":3,"label":"OW","newLabel":"WO"})"},
        {"removeDivisionRule", R"({"label":"OW"})"}};
    int index = 0;
    for (const auto &[name, arguments] : expected)
        QTest::newRow(name) << index++ << name << arguments;
}

void TestCommand::namesAndArguments()
{
    QFETCH(int, index);
    QFETCH(QString, arguments);
    const Command command = oneOfEach().at(static_cast<std::size_t>(index));
    QCOMPARE(command.index(), static_cast<std::size_t>(index));
    QTEST(commandName(command), "name");
    if (!arguments.isEmpty())
        QCOMPARE(QString::fromUtf8(QJsonDocument(commandArguments(command)).toJson(QJsonDocument::Compact)), arguments);
}

void TestCommand::everyCommandHasANameOfItsOwn()
{
    QStringList names;
    for (const Command &command : oneOfEach())
        names += commandName(command);
    QCOMPARE(names.size(), static_cast<qsizetype>(std::variant_size_v<Command>));
    QCOMPARE(names.removeDuplicates(), 0);
}

void TestCommand::whatIsNotGivenIsNotWritten()
{
    QCOMPARE(commandArguments(SetInstance{iname(u"main")}), (QJsonObject{{u"instance"_s, u"main"_s}}));
    QCOMPARE(commandArguments(StandInClaim{cname(u"a"), pfx(u"10.1.0.0/24")}).contains(u"virtual"_s), false);
}

void TestCommand::aNewInstanceIsWrittenWhole()
{
    const QJsonObject arguments = commandArguments(oneOfEach().front());
    QCOMPARE(arguments.value(u"pools"_s).toArray(), QJsonArray{u"10.8.0.0/24"_s});
    QCOMPARE(arguments.value(u"standinRange"_s).toString(), u"100.64.0.0/10"_s);
    QVERIFY(!arguments.contains(u"version"_s));
    QVERIFY(!arguments.contains(u"createdAt"_s));
}

void TestCommand::whatWasConfirmedIsWritten()
{
    const std::vector kinds{Confirmation::PublicAddress};
    const QJsonArray expected{u"public-address"_s};
    AddInstance add{instanceRow(u"main", u"10.8.0.0/24"), pfxs({u"10.8.0.0/24"_s})};
    add.confirmed = kinds;
    SetInstance set{iname(u"main")};
    set.confirmed = kinds;
    for (const Command &command : {Command(add), Command(set), Command(ReplaceIroutes{cname(u"a"), {}, kinds}),
                                   Command(ImportCcd{iname(u"main"), {}, kinds}), Command(Revert{{17}, kinds})})
        QCOMPARE(commandArguments(command).value(u"confirmed"_s).toArray(), expected);
}

void TestCommand::aPublicAddressThatIsTakenAwayIsWritten()
{
    SetInstance set{iname(u"main")};
    set.publicAddress = addr(u"203.0.113.7");
    QCOMPARE(commandArguments(set).value(u"publicAddress"_s), QJsonValue(u"203.0.113.7"_s));
    set.publicAddress.emplace(std::nullopt);
    QCOMPARE(commandArguments(set).value(u"publicAddress"_s), QJsonValue(u""_s));
}

QTEST_GUILESS_MAIN(TestCommand)
#include "tst_command.moc"
