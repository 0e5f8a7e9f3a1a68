// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/devicefilename.h"
#include "model/rules/devicevariables.h"

#include "tests/support/topologies.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <rapidcheck.h>

#include <map>
#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

using Warning = NetworkVariableWarning::Kind;

NetworkName network(QStringView name)
{
    return NetworkName::parse(name).value();
}

NodeId node(QStringView text)
{
    return NodeId::parse(text).value();
}

/// A device till-1 of the group shops, and rows put around it.
struct Bed
{
    Topology topology;

    Bed()
    {
        put(GroupRow{u"shops"_s, {}, {}, 1});
        put(DeviceRow{u"till-1"_s, u"shops"_s, node(u"aabbccddee"), {}, {}, {}, 1});
    }

    void put(const Row &row)
    {
        const auto before = topology.current(row);
        topology.apply({before, row});
    }
    void addSubnet(QStringView prefix, const QString &tenant = {})
    {
        put(SubnetRow{tenant, pfx(prefix), {}, SubnetRole::None, {}, {}, {}, {}, 1});
    }
    void addNetwork(QStringView name, QStringView subnet, const QString &title = {}, const QString &server = {})
    {
        NetworkRow row{network(name),
                       NetworkId::parse(u"8056c2e21c000001").value(),
                       ControllerName::parse(u"hq").value(),
                       {},
                       pfx(subnet),
                       ChildRoutes::Direct,
                       ParentRoute::Attached,
                       {},
                       name.toString(),
                       title,
                       false,
                       kNotOurs,
                       kNotOurs,
                       {},
                       {},
                       {},
                       {},
                       1};
        if (!server.isEmpty())
            row.server = addr(server);
        put(row);
    }
    void addMember(QStringView name, const QString &address, MemberStanding standing = MemberStanding::Authorized)
    {
        MemberRow row{network(name), node(u"aabbccddee"), standing, {}, u"till-1"_s, {}, 1};
        if (!address.isEmpty())
            row.address = addr(address);
        put(row);
    }
    void addRoute(QStringView name, QStringView target) { put(OwnedRouteRow{network(name), pfx(target), {}, {}, 1}); }
    void addVariable(VariableScope scope, const QString &holder, const QString &name, const QString &value)
    {
        put(VariableRow{scope, holder, name, value, 1});
    }
    void addTemplate(const QString &name, const QString &text) { put(TemplateRow{name, text, {}, {}, 1}); }

    [[nodiscard]] std::map<QString, QString> values(const std::optional<QString> &templateName = {}) const
    {
        std::map<QString, QString> found;
        const auto all = deviceVariables(topology, u"till-1"_s, templateName).value();
        for (const ResolvedVariable &variable : all.values)
            found.emplace(variable.name, variable.value);
        return found;
    }
    [[nodiscard]] std::vector<Warning> warnings() const
    {
        std::vector<Warning> kinds;
        const auto all = deviceVariables(topology, u"till-1"_s).value();
        for (const auto &warning : all.warnings)
            kinds.push_back(warning.kind);
        return kinds;
    }
    [[nodiscard]] ResolvedVariable variable(const QString &name) const
    {
        const auto all = deviceVariables(topology, u"till-1"_s).value();
        const auto found = std::ranges::find(all.values, name, &ResolvedVariable::name);
        return found == all.values.end() ? ResolvedVariable{} : *found;
    }
    [[nodiscard]] QString checksum(const QString &templateName) const
    {
        return renderForDevice(topology, u"till-1"_s, templateName).value().rendering.checksum;
    }
};

/// CASES V2: a device in a child of the network `lab`, whose routes are on the controller.
Bed labBed()
{
    Bed bed;
    bed.addSubnet(u"10.0.0.0/8");
    bed.addSubnet(u"10.1.1.0/24");
    bed.addNetwork(u"lab", u"10.0.0.0/8", u"Lab"_s);
    bed.addMember(u"lab", u"10.1.1.10"_s);
    bed.addRoute(u"lab", u"10.0.0.0/8");
    bed.addRoute(u"lab", u"10.1.1.0/24");
    return bed;
}

} // namespace

class TestDeviceVariables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDeviceKnowsItsNetworkAndItsServer();
    void aDeviceInAChildSubnetGetsItsMask();
    void theMostSpecificStoredSubnetCounts();
    void anAddressInNoChildGetsTheNetworksSubnetAndAFlag();
    void aChildOfAnotherTenantIsNobodysHere();
    void theNetworkWinsOverAGroupAndTheClashIsShown();
    void everyLayerIsAsked();
    void theLayersOfOthersAreNot();
    void twoNetworksHaveNoUnsuffixedNames();
    void aMembershipWithoutAnAddressTakesTheUnsuffixedNames();
    void aRemovedMembershipSaysNothing();
    void whatWasNotAppliedIsNotPromised();
    void theNetworksOwnRouteIsTheFirstThatIsNotSent();
    void anUnknownTitleIsNoName();
    void aRenamedNetworkChangesWhatUsesItsName();
    void whatIsMissingIsNamedWithItsPlaceAndWithAdvice();
    void noValueIsEverInARefusal();
    void warningsAreThoseOfTheNetworksUsed();
    void whatIsNotThereIsNotFound();
    void filesOfDevicesAreNamed_data();
    void filesOfDevicesAreNamed();
    void noTwoDevicesShareAFile();
};

// CASES:V1
void TestDeviceVariables::aDeviceKnowsItsNetworkAndItsServer()
{
    Bed bed;
    bed.addSubnet(u"10.0.0.0/16");
    bed.addNetwork(u"hq", u"10.0.0.0/16", u"Head office"_s, u"10.0.0.1"_s);
    bed.addMember(u"hq", u"10.0.0.2"_s);
    bed.addRoute(u"hq", u"10.0.0.0/16");
    const std::map<QString, QString> bare{
        {u"ip_address"_s, u"10.0.0.2"_s},
        {u"network_id"_s, u"8056c2e21c000001"_s},
        {u"node_id"_s, u"aabbccddee"_s},
        {u"server_ip_address"_s, u"10.0.0.1"_s},
        {u"server_ip_network"_s, u"10.0.0.1/32"_s},
        {u"vpn_child_netmask"_s, u"255.255.0.0"_s},
        {u"vpn_child_prefixlen"_s, u"16"_s},
        {u"vpn_child_subnet"_s, u"10.0.0.0/16"_s},
        {u"vpn_has_child_subnet"_s, u"false"_s},
        {u"vpn_member_prefixlen"_s, u"16"_s},
        {u"vpn_name"_s, u"Head office"_s},
        {u"vpn_subnet"_s, u"10.0.0.0/16"_s},
        {u"vpn_subnet_netmask"_s, u"255.255.0.0"_s},
        {u"vpn_subnet_prefixlen"_s, u"16"_s},
    };
    auto expected = bare;
    for (const auto &[name, value] : bare)
        expected.emplace(name + u"_hq"_s, value);
    QCOMPARE(bed.values(), expected);
}

// CASES:V2, SOURCES Z4
void TestDeviceVariables::aDeviceInAChildSubnetGetsItsMask()
{
    const Bed bed = labBed();
    const auto values = bed.values();
    QCOMPARE(values.at(u"vpn_subnet_lab"_s), u"10.0.0.0/8"_s);
    QCOMPARE(values.at(u"vpn_child_subnet_lab"_s), u"10.1.1.0/24"_s);
    QCOMPARE(values.at(u"vpn_child_prefixlen_lab"_s), u"24"_s);
    QCOMPARE(values.at(u"vpn_child_netmask"_s), u"255.255.255.0"_s);
    QCOMPARE(values.at(u"vpn_member_prefixlen"_s), u"24"_s);
    QCOMPARE(bed.warnings(), std::vector<Warning>());
}

// CASES:V3
void TestDeviceVariables::theMostSpecificStoredSubnetCounts()
{
    Bed bed;
    bed.addSubnet(u"10.0.0.0/8");
    bed.addSubnet(u"10.1.0.0/16");
    bed.addSubnet(u"10.1.1.0/25");
    bed.addSubnet(u"10.1.1.128/25");
    bed.addNetwork(u"lab", u"10.0.0.0/8", u"Lab"_s);
    bed.addMember(u"lab", u"10.1.1.10"_s);
    bed.addRoute(u"lab", u"10.0.0.0/8");
    bed.addRoute(u"lab", u"10.1.0.0/16");
    const auto values = bed.values();
    QCOMPARE(values.at(u"vpn_child_subnet"_s), u"10.1.1.0/25"_s);
    QCOMPARE(values.at(u"vpn_member_prefixlen"_s), u"16"_s); // the routes end at the direct children
    QCOMPARE(bed.warnings(), std::vector{Warning::PrefixDiffers});
}

// CASES:V4
void TestDeviceVariables::anAddressInNoChildGetsTheNetworksSubnetAndAFlag()
{
    Bed bed = labBed();
    bed.addMember(u"lab", u"10.9.9.9"_s);
    const auto values = bed.values();
    QCOMPARE(values.at(u"vpn_child_subnet_lab"_s), u"10.0.0.0/8"_s);
    QCOMPARE(values.at(u"vpn_has_child_subnet_lab"_s), u"false"_s);
    QCOMPARE(bed.warnings(), std::vector{Warning::NoChild});
}

void TestDeviceVariables::aChildOfAnotherTenantIsNobodysHere()
{
    Bed bed = labBed();
    bed.put(TenantRow{u"acme"_s, {}, {}, 1});
    bed.addSubnet(u"10.1.1.0/28", u"acme"_s);
    QCOMPARE(bed.values().at(u"vpn_child_subnet"_s), u"10.1.1.0/24"_s);
}

// CASES:V5
void TestDeviceVariables::theNetworkWinsOverAGroupAndTheClashIsShown()
{
    Bed bed = labBed();
    bed.addVariable(VariableScope::Group, u"shops"_s, u"vpn_child_subnet"_s, u"192.168.0.0/16"_s);
    const ResolvedVariable expected{u"vpn_child_subnet"_s,
                                    u"10.1.1.0/24"_s,
                                    VariableScope::Network,
                                    u"lab"_s,
                                    {{VariableScope::Group, u"shops"_s, u"192.168.0.0/16"_s}},
                                    true};
    QCOMPARE(bed.variable(u"vpn_child_subnet"_s), expected);
    QVERIFY(!bed.variable(u"vpn_child_subnet_lab"_s).hasClash);
}

// SOURCES Z4
void TestDeviceVariables::everyLayerIsAsked()
{
    Bed bed;
    bed.addTemplate(u"base"_s, u"{{ a }}"_s);
    bed.addVariable(VariableScope::Store, {}, u"a"_s, u"store"_s);
    bed.addVariable(VariableScope::Group, u"shops"_s, u"a"_s, u"group"_s);
    bed.addVariable(VariableScope::Template, u"base"_s, u"a"_s, u"template"_s);
    bed.addVariable(VariableScope::Device, u"till-1"_s, u"a"_s, u"device"_s);
    const std::vector<OverriddenValue> typed{{VariableScope::Group, u"shops"_s, u"group"_s},
                                             {VariableScope::Store, {}, u"store"_s}};
    auto all = typed;
    all.insert(all.begin(), {VariableScope::Template, u"base"_s, u"template"_s});
    const auto withTemplate = deviceVariables(bed.topology, u"till-1"_s, u"base"_s).value();
    QCOMPARE(withTemplate.values,
             (std::vector<ResolvedVariable>{{u"a"_s, u"device"_s, VariableScope::Device, u"till-1"_s, all, false}}));
    const auto without = deviceVariables(bed.topology, u"till-1"_s).value();
    QCOMPARE(without.values,
             (std::vector<ResolvedVariable>{{u"a"_s, u"device"_s, VariableScope::Device, u"till-1"_s, typed, false}}));
}

void TestDeviceVariables::theLayersOfOthersAreNot()
{
    Bed bed;
    bed.put(DeviceRow{u"till-2"_s, {}, {}, {}, {}, {}, 1});
    bed.addTemplate(u"base"_s, {});
    bed.addTemplate(u"other"_s, {});
    bed.addVariable(VariableScope::Group, u"shops"_s, u"a"_s, u"group"_s);
    bed.addVariable(VariableScope::Template, u"other"_s, u"a"_s, u"other template"_s);
    bed.addVariable(VariableScope::Device, u"till-1"_s, u"a"_s, u"other device"_s);
    QVERIFY(deviceVariables(bed.topology, u"till-2"_s, u"base"_s).value().values.empty());
}

// CASES:D3, SEMANTICS 6
void TestDeviceVariables::twoNetworksHaveNoUnsuffixedNames()
{
    Bed bed = labBed();
    bed.addSubnet(u"172.16.0.0/16");
    bed.addNetwork(u"yard", u"172.16.0.0/16", u"Yard"_s);
    bed.addMember(u"yard", u"172.16.0.7"_s);
    bed.addRoute(u"yard", u"172.16.0.0/16");
    const auto values = bed.values();
    QCOMPARE(values.at(u"ip_address_lab"_s), u"10.1.1.10"_s);
    QCOMPARE(values.at(u"ip_address_yard"_s), u"172.16.0.7"_s);
    for (const auto &[name, value] : values)
        QVERIFY2(name.endsWith(u"_lab"_s) || name.endsWith(u"_yard"_s), qPrintable(name));
    QCOMPARE(bed.variable(u"ip_address_yard"_s).holder, u"yard"_s);
    QCOMPARE(bed.variable(u"ip_address_lab"_s).holder, u"lab"_s);
}

// CASES:D6: what had one meaning yesterday must not get another one today
void TestDeviceVariables::aMembershipWithoutAnAddressTakesTheUnsuffixedNames()
{
    Bed bed = labBed();
    bed.addSubnet(u"172.16.0.0/16");
    bed.addNetwork(u"yard", u"172.16.0.0/16", u"Yard"_s);
    bed.addMember(u"yard", {});
    const auto values = bed.values();
    QCOMPARE(values.at(u"ip_address_lab"_s), u"10.1.1.10"_s);
    QVERIFY(!values.contains(u"ip_address"_s));
    QVERIFY(!values.contains(u"ip_address_yard"_s));
    QCOMPARE(bed.warnings(), std::vector{Warning::NoAddress});
}

void TestDeviceVariables::aRemovedMembershipSaysNothing()
{
    Bed bed = labBed();
    bed.addSubnet(u"172.16.0.0/16");
    bed.addNetwork(u"yard", u"172.16.0.0/16", u"Yard"_s);
    bed.addMember(u"yard", {}, MemberStanding::Removed);
    QCOMPARE(bed.values(), labBed().values());
    QCOMPARE(bed.warnings(), std::vector<Warning>());
}

// ZF 31
void TestDeviceVariables::whatWasNotAppliedIsNotPromised()
{
    Bed bed;
    bed.addSubnet(u"10.0.0.0/8");
    bed.addNetwork(u"lab", u"10.0.0.0/8", u"Lab"_s);
    bed.addMember(u"lab", u"10.1.1.10"_s);
    QVERIFY(!bed.values().contains(u"vpn_member_prefixlen"_s));
    QCOMPARE(bed.warnings(), (std::vector{Warning::NoChild, Warning::NotRouted}));
    bed.addTemplate(u"base"_s, u"{{ vpn_member_prefixlen }}"_s);
    const auto refused = renderForDevice(bed.topology, u"till-1"_s, u"base"_s);
    QVERIFY(!refused);
    const QString advice = refused.error().payload.value(u"advice"_s).toVariant().toStringList().join(u'\n');
    QVERIFY2(advice.contains(u"'zt apply lab'"_s), qPrintable(advice));
}

// ZF 29; SEMANTICS 6: children first, the parent last
void TestDeviceVariables::theNetworksOwnRouteIsTheFirstThatIsNotSent()
{
    Bed bed;
    bed.addSubnet(u"10.0.0.0/8");
    bed.addNetwork(u"lab", u"10.0.0.0/8", u"Lab"_s);
    bed.addMember(u"lab", u"10.255.0.1"_s);
    bed.addRoute(u"lab", u"10.0.0.0/8");
    for (std::size_t i = 0; i + 1 < kMaxSentRoutes; ++i)
        bed.addRoute(u"lab", u"10.%1.0.0/16"_s.arg(i));
    QCOMPARE(bed.values().at(u"vpn_member_prefixlen"_s), u"8"_s);
    bed.addRoute(u"lab", u"10.200.0.0/16");
    QVERIFY(!bed.values().contains(u"vpn_member_prefixlen"_s));
}

void TestDeviceVariables::anUnknownTitleIsNoName()
{
    Bed bed = labBed();
    bed.addNetwork(u"lab", u"10.0.0.0/8");
    QVERIFY(!bed.values().contains(u"vpn_name"_s));
    QVERIFY(bed.values().contains(u"ip_address"_s));
}

// CASES:V7
void TestDeviceVariables::aRenamedNetworkChangesWhatUsesItsName()
{
    Bed bed = labBed();
    bed.addTemplate(u"named"_s, u"# {{ vpn_name }}\naddress {{ ip_address }}\n"_s);
    bed.addTemplate(u"plain"_s, u"address {{ ip_address }}\n"_s);
    const QString named = bed.checksum(u"named"_s);
    const QString plain = bed.checksum(u"plain"_s);
    QCOMPARE(plain, textChecksum(u"address 10.1.1.10\n"));
    bed.addNetwork(u"lab", u"10.0.0.0/8", u"Laboratory"_s);
    QCOMPARE(bed.checksum(u"plain"_s), plain);
    QVERIFY(bed.checksum(u"named"_s) != named);
    QCOMPARE(bed.checksum(u"named"_s), textChecksum(u"# Laboratory\naddress 10.1.1.10\n"));
}

void TestDeviceVariables::whatIsMissingIsNamedWithItsPlaceAndWithAdvice()
{
    Bed bed;
    bed.addTemplate(u"base"_s, u"name {{ hostname }}\n  ip {{ ip_address }} {{ hostname }}\n"_s);
    const auto refused = renderForDevice(bed.topology, u"till-1"_s, u"base"_s);
    QVERIFY(!refused);
    const Error &error = refused.error();
    QCOMPARE(error.kind, ErrorKind::Invalid);
    QVERIFY2(error.detail.contains(u"hostname (line 1, column 6), ip_address (line 2, column 6)"_s),
             qPrintable(error.detail));
    QCOMPARE(error.payload.value(u"undefined"_s).toArray(),
             (QJsonArray{QJsonObject{{u"name"_s, u"hostname"_s}, {u"line"_s, 1}, {u"column"_s, 6}},
                         QJsonObject{{u"name"_s, u"ip_address"_s}, {u"line"_s, 2}, {u"column"_s, 6}},
                         QJsonObject{{u"name"_s, u"hostname"_s}, {u"line"_s, 2}, {u"column"_s, 23}}}));
    const QString advice = error.payload.value(u"advice"_s).toVariant().toStringList().join(u'\n');
    QVERIFY2(advice.contains(u"device set till-1 --variable"_s), qPrintable(advice));
    QVERIFY2(advice.contains(u"device provision till-1"_s), qPrintable(advice));
}

void TestDeviceVariables::noValueIsEverInARefusal()
{
    Bed bed = labBed();
    bed.addTemplate(u"base"_s, u"{{ psk }} {{ missing }}"_s);
    bed.addVariable(VariableScope::Device, u"till-1"_s, u"psk"_s, u"hunter2"_s);
    const auto refused = renderForDevice(bed.topology, u"till-1"_s, u"base"_s);
    QVERIFY(!refused);
    const QString whole = refused.error().detail +
                          QString::fromUtf8(QJsonDocument(refused.error().payload).toJson(QJsonDocument::Compact));
    QVERIFY2(whole.contains(u"missing"_s) && !whole.contains(u"hunter2"_s), qPrintable(whole));
}

void TestDeviceVariables::warningsAreThoseOfTheNetworksUsed()
{
    Bed bed = labBed();
    bed.addMember(u"lab", u"10.9.9.9"_s);
    bed.addTemplate(u"with"_s, u"{{ ip_address_lab }}"_s);
    bed.addTemplate(u"without"_s, u"nothing"_s);
    QCOMPARE(renderForDevice(bed.topology, u"till-1"_s, u"with"_s).value().warnings.size(), std::size_t{1});
    QVERIFY(renderForDevice(bed.topology, u"till-1"_s, u"without"_s).value().warnings.empty());
}

void TestDeviceVariables::whatIsNotThereIsNotFound()
{
    Bed bed;
    bed.addTemplate(u"base"_s, {});
    QCOMPARE(refusalOf(deviceVariables(bed.topology, u"till-9"_s)), u"!notFound"_s);
    QCOMPARE(refusalOf(deviceVariables(bed.topology, u"till-1"_s, u"none"_s)), u"!notFound"_s);
    QCOMPARE(refusalOf(renderForDevice(bed.topology, u"till-9"_s, u"base"_s)), u"!notFound"_s);
    QCOMPARE(refusalOf(renderForDevice(bed.topology, u"till-1"_s, u"none"_s)), u"!notFound"_s);
}

void TestDeviceVariables::filesOfDevicesAreNamed_data()
{
    QTest::addColumn<QString>("device");
    QTest::addColumn<QString>("file");
    QTest::newRow("a host name") << u"till-1.shop.example"_s << u"till-1.shop.example"_s;
    QTest::newRow("blanks") << u"Till 1"_s << u"Till%201"_s;
    QTest::newRow("out of the folder") << u"../../etc/passwd"_s << u"%2E.%2F..%2Fetc%2Fpasswd"_s;
    QTest::newRow("the folder above") << u".."_s << u"%2E."_s;
    QTest::newRow("hidden") << u".profile"_s << u"%2Eprofile"_s;
    QTest::newRow("an option") << u"-rf"_s << u"%2Drf"_s;
    QTest::newRow("already encoded") << u"a%2Fb"_s << u"a%252Fb"_s;
    QTest::newRow("quotes") << u"a'b\"c$(d)"_s << u"a%27b%22c%24%28d%29"_s;
    QTest::newRow("umlauts") << u"Zürich"_s << u"Z%C3%BCrich"_s;
    QTest::newRow("longest that fits") << QString(42, u'ü') + u"abc"_s << QString(u"%C3%BC"_s).repeated(42) + u"abc"_s;
    QTest::newRow("one byte too long") << QString(42, u'ü') + u"abcd"_s << QString();
    QTest::newRow("nothing") << QString() << QString();
}

void TestDeviceVariables::filesOfDevicesAreNamed()
{
    QFETCH(QString, device);
    QFETCH(QString, file);
    const auto name = deviceFileName(device);
    if (file.isEmpty())
        QCOMPARE(refusalOf(name), u"!unsupported"_s);
    else
        QCOMPARE(name.value_or(QString()), file);
}

void TestDeviceVariables::noTwoDevicesShareAFile()
{
    QVERIFY(rc::check([] {
        const auto draw = [] {
            QString text;
            for (const char c : *rc::gen::container<std::string>(rc::gen::elementOf(std::string("a.-%2F/ "))))
                text += QLatin1Char(c);
            return text.left(20);
        };
        const QString a = draw();
        const QString b = draw();
        const auto fileOfA = deviceFileName(a);
        const auto fileOfB = deviceFileName(b);
        RC_PRE(fileOfA && fileOfB);
        RC_ASSERT((a == b) == (*fileOfA == *fileOfB));
        RC_ASSERT(!fileOfA->contains(u'/') && !fileOfA->startsWith(u'.') && !fileOfA->startsWith(u'-'));
    }));
}

QTEST_GUILESS_MAIN(TestDeviceVariables)
#include "tst_devicevariables.moc"
