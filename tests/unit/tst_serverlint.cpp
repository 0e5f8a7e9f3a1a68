// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverfragment.h"
#include "model/rules/serverlint.h"
#include "tests/support/topologies.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const QString kLan = u"192.168.1.0/27"_s;

/// The instance `main` with a management socket, and connectors with an address on it.
struct Sites : Space
{
    int next = 10;

    Sites()
    {
        change(u"main", [](InstanceRow &row) { row.management = u"unix:/run/openvpn/main.sock"_s; });
    }

    void addSite(QStringView cn, const QStringList &lans, Translation translation = Translation::Client)
    {
        ConnectorRow row = connectorRow(cn);
        row.translation = translation;
        put(row);
        put(allocationRow(u"main", cn, u"10.8.0.%1"_s.arg(next++)));
        for (const QString &lan : lans) {
            put(irouteRow(cn, lan));
            (void)resolve(cn, lan);
        }
    }
    [[nodiscard]] QString fragment() const { return serverFragment(topology, iname(u"main")).value(); }

    [[nodiscard]] std::vector<LintFinding> findings(const std::optional<QString> &config) const
    {
        std::optional<ServerConfig> parsed;
        if (config)
            parsed = ServerConfig::parse(config->toUtf8()).value();
        return lintServer(topology, iname(u"main"), parsed).value();
    }
    /// Each finding as "severity rule", and ":line" where it has one.
    [[nodiscard]] QStringList rules(const std::optional<QString> &config) const
    {
        QStringList lines;
        for (const LintFinding &finding : findings(config)) {
            lines += enumText(finding.severity) + u' ' + enumText(finding.rule) +
                     (finding.line ? u":%1"_s.arg(*finding.line) : QString());
        }
        return lines;
    }
    /// The only finding, as detail and proposal.
    [[nodiscard]] QString only(const std::optional<QString> &config) const
    {
        const auto all = findings(config);
        return all.size() == 1 ? all.front().detail + u" => "_s + all.front().instead
                               : u"%1 findings: %2"_s.arg(all.size()).arg(rules(config).join(u", "_s));
    }
};

/// A configuration that is right for the instance `main`, short enough to count its lines.
const QString kRight = uR"(management /run/openvpn/main.sock unix
management-client-user interlock
management-client-auth
management-hold
auth-user-pass-optional
dev tun
topology subnet
server 10.8.0.0 255.255.255.0 nopool
route 100.64.0.0 255.192.0.0
explicit-exit-notify 1
)"_s;

QString without(const QString &line)
{
    QStringList lines = kRight.split(u'\n');
    lines.removeOne(line);
    return lines.join(u'\n');
}

QString with(const QString &line)
{
    return kRight + line + u'\n';
}

QString replaced(const QString &line, const QString &by)
{
    QStringList lines = kRight.split(u'\n');
    const qsizetype at = lines.indexOf(line);
    if (at >= 0)
        lines[at] = by;
    return at >= 0 ? lines.join(u'\n') : QString();
}

} // namespace

class TestServerLint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRuleHasAName();
    void whatIsRightHasNoFinding();
    void oneMistakeIsOneFinding_data();
    void oneMistakeIsOneFinding();
    void missingLinesAreProposed_data();
    void missingLinesAreProposed();
    void anEmptyConfigurationLacksEverything();
    void managementIsComparedWithTheInstance_data();
    void managementIsComparedWithTheInstance();
    void addressesOfOpenVpnsOwnCollideWithOurs();
    void sentinelsWithoutARouteAreListed();
    void routesThatNobodyNeedsAreNamed();
    void routesAreComparedAsSetsOfAddresses();
    void ofManyMissingRoutesTheFirstAreProposed();
    void aRouteOfTheConfigurationIsEnough();
    void theLargestConnectorMustFit();
    void clientsThatTranslateNeedNoOffload();
    void theHostTranslatesWhatPassesItOnly();
    void theHostDoesNotTranslateWhatIsNotUnique();
    void standinsOutsideTheRangeAreNamed();
    void tapHasNoIroutesAndWantsItsHook();
    void anIPv6PoolNeedsAServerAddress();
    void theIPv6MacroStartsOnlyWithAPoolOfOpenVpns();
    void theServersOwnAddressIsNobodysElse();
    void poolsMustLieInTheNetwork();
    void aNetworkThatIsSomebodysLanIsNamed();
    void rowsAloneAreCheckedWithoutAConfiguration();
    void lansAroundThePublicAddressAreNamed();
    void aPublicAddressThatMayBecomeAStandInIsNamed();
    void errorsComeFirstThenLines();
    void theFragmentHasNothingButNotes_data();
    void theFragmentHasNothingButNotes();
    void theFragmentOfATunInstance();
    void anUnknownInstanceIsNotFound();
};

void TestServerLint::everyRuleHasAName()
{
    QStringList names;
    for (const auto &[rule, name] : EnumNames<LintRule>::kTable) {
        QCOMPARE(enumText(rule), QString::fromUtf16(name));
        names += QString::fromUtf16(name);
    }
    QCOMPARE(static_cast<int>(EnumNames<LintRule>::kTable.size()), static_cast<int>(LintRule::IncludedFile) + 1);
    QCOMPARE(names.removeDuplicates(), 0);
}

void TestServerLint::whatIsRightHasNoFinding()
{
    QCOMPARE(Sites().rules(kRight), QStringList());
}

void TestServerLint::oneMistakeIsOneFinding_data()
{
    QTest::addColumn<QString>("config");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QString &config, const QString &expected) {
        QTest::newRow(name) << config << expected;
    };
    // openvpn/FACTS.md 26
    row("no auth-user-pass-optional", without(u"auth-user-pass-optional"_s), u"error authUserPassOptional"_s);
    row("no management-client-auth", without(u"management-client-auth"_s), u"error managementClientAuth"_s);
    row("no management-hold", without(u"management-hold"_s), u"note managementHold"_s);
    row("no management", without(u"management /run/openvpn/main.sock unix"_s), u"error managementMissing"_s);
    row("the rights of the socket", without(u"management-client-user interlock"_s), u"note managementExposed:1"_s);
    row("management-client", with(u"management-client"_s), u"error managementClient:11"_s);
    row("management-signal", with(u"management-signal"_s), u"error managementSignal:11"_s); // FACTS 41
    row("user names as common names", with(u"username-as-common-name"_s), u"error usernameAsCommonName:11"_s);
    row("no certificates", with(u"verify-client-cert none"_s), u"error verifyClientCert:11"_s);
    row("certificates as one likes", with(u"verify-client-cert optional"_s), u"error verifyClientCert:11"_s);
    row("no certificates, the old way", with(u"client-cert-not-required"_s), u"error verifyClientCert:11"_s);
    row("duplicate-cn", with(u"duplicate-cn"_s), u"error duplicateCn:11"_s); // FACTS 43, 44
    row("client-config-dir", with(u"client-config-dir /etc/openvpn/ccd"_s), u"warning twoWriters:11"_s);
    row("an included file", with(u"config more.conf"_s), u"note includedFile:11"_s);
    row("tap for tun", replaced(u"dev tun"_s, u"dev tap0"_s), u"error deviceMode:6"_s);
    row("tap by its type", with(u"dev-type tap"_s), u"error deviceMode:6"_s);
    row("no device", without(u"dev tun"_s), u"error deviceMode"_s);
    row("no topology", without(u"topology subnet"_s), u"error topologySubnet"_s); // FACTS 12
    row("another topology", replaced(u"topology subnet"_s, u"topology net30"_s), u"error topologySubnet:7"_s);
    const QString server = u"server 10.8.0.0 255.255.255.0 nopool"_s;
    row("another mask", replaced(server, u"server 10.8.0.0 255.255.0.0 nopool"_s), u"error serverNetwork:8"_s);
    row("host bits in the network", replaced(server, u"server 10.8.0.1 255.255.255.0 nopool"_s),
        u"error serverNetwork:8"_s);
    row("no number in the network", replaced(server, u"server vpn.example 255.255.255.0 nopool"_s),
        u"error serverNetwork:8"_s);
    row("a pool of OpenVPN's own", replaced(server, u"server 10.8.0.0 255.255.255.0"_s), u"note nopool:8"_s);
    row("no exit notification", without(u"explicit-exit-notify 1"_s), u"warning explicitExitNotify"_s); // FACTS 39
    row("exit notification off", replaced(u"explicit-exit-notify 1"_s, u"explicit-exit-notify 0"_s),
        u"warning explicitExitNotify:10"_s);
    row("a script that may not run", with(u"up /etc/openvpn/up.sh"_s), u"error scriptSecurity:11"_s);
    row("no route for stand-ins", without(u"route 100.64.0.0 255.192.0.0"_s), u"note routeStandinRange"_s); // FACTS 5
    row("a route for half of them", replaced(u"route 100.64.0.0 255.192.0.0"_s, u"route 100.64.0.0 255.224.0.0"_s),
        u"note routeStandinRange"_s);
    row("a route that leads past the tunnel",
        replaced(u"route 100.64.0.0 255.192.0.0"_s, u"route 100.64.0.0 255.192.0.0 net_gateway"_s),
        u"note routeStandinRange"_s);
    row("a route by name", with(u"route intranet.example"_s), u"note routeUnneeded:11"_s);
    row("a limit that is no number", with(u"max-routes-per-client many"_s), u"error maxRoutesPerClient:11"_s);
}

void TestServerLint::oneMistakeIsOneFinding()
{
    QFETCH(QString, config);
    QFETCH(QString, expected);
    QVERIFY(!config.isEmpty());
    QCOMPARE(Sites().rules(config), QStringList{expected});
}

void TestServerLint::missingLinesAreProposed_data()
{
    QTest::addColumn<QString>("line");
    for (const QString &line : kRight.split(u'\n', Qt::SkipEmptyParts)) {
        if (line != u"dev tun" && !line.startsWith(u"server "))
            QTest::newRow(qPrintable(line)) << line;
    }
}

void TestServerLint::missingLinesAreProposed()
{
    QFETCH(QString, line);
    const auto findings = Sites().findings(without(line));
    QCOMPARE(findings.size(), 1U);
    QCOMPARE(findings.front().instead, line);
    QVERIFY(!findings.front().detail.isEmpty());
}

void TestServerLint::anEmptyConfigurationLacksEverything()
{
    QCOMPARE(Sites().rules(QString()),
             (QStringList{u"error notAServer"_s, u"error managementMissing"_s, u"error managementClientAuth"_s,
                          u"error authUserPassOptional"_s, u"error deviceMode"_s, u"error topologySubnet"_s,
                          u"error serverNetwork"_s, u"warning explicitExitNotify"_s, u"note managementHold"_s,
                          u"note routeStandinRange"_s}));
    QCOMPARE(Sites().rules(u"client\nremote vpn.example\n"_s).first(), u"error managementMissing"_s);
    QVERIFY(Sites().rules(u"client\nremote vpn.example\n"_s).contains(u"error notAServer:1"_s));
}

void TestServerLint::managementIsComparedWithTheInstance_data()
{
    QTest::addColumn<QString>("instance");
    QTest::addColumn<QString>("passwordFile");
    QTest::addColumn<QString>("line");
    QTest::addColumn<QStringList>("expected");
    const QStringList none;
    QTest::newRow("the same socket") << u"unix:/run/a.sock"_s << QString() << u"management /run/a.sock unix"_s << none;
    QTest::newRow("another socket") << u"unix:/run/a.sock"_s << QString() << u"management /run/b.sock unix"_s
                                    << QStringList{u"error managementDiffers:1"_s};
    QTest::newRow("another port") << u"tcp:127.0.0.1:7505"_s << u"/pw"_s << u"management 127.0.0.1 7506 /pw"_s
                                  << QStringList{u"error managementDiffers:1"_s};
    QTest::newRow("a socket and a port") << u"tcp:127.0.0.1:7505"_s << QString() << u"management /run/a.sock unix"_s
                                         << QStringList{u"error managementDiffers:1"_s};
    QTest::newRow("loopback by name") << u"tcp:127.0.0.1:7505"_s << u"/pw"_s << u"management localhost 7505 /pw"_s
                                      << none;
    QTest::newRow("loopback without a password")
        << u"tcp:127.0.0.1:7505"_s << QString() << u"management 127.0.0.1 7505"_s
        << QStringList{u"warning managementExposed:1"_s};
    QTest::newRow("every address") << u"tcp:10.0.0.5:7505"_s << u"/pw"_s << u"management 0.0.0.0 7505 /pw"_s
                                   << QStringList{u"warning managementExposed:1"_s};
    QTest::newRow("every address without a password")
        << u"tcp:10.0.0.5:7505"_s << QString() << u"management 0.0.0.0 7505"_s
        << QStringList{u"error managementExposed:1"_s};
    QTest::newRow("the tunnel's own address")
        << u"tcp:10.8.0.1:7505"_s << QString() << u"management tunnel 7505"_s
        << QStringList{u"error managementExposed:1"_s, u"warning managementDiffers:1"_s};
    QTest::newRow("a name that may be the same host")
        << u"tcp:vpn.example:7505"_s << u"/pw"_s << u"management 10.0.0.5 7505 /pw"_s
        << QStringList{u"warning managementDiffers:1"_s, u"warning managementExposed:1"_s};
    QTest::newRow("a password that the console lacks")
        << u"unix:/run/a.sock"_s << QString() << u"management /run/a.sock unix /pw"_s
        << QStringList{u"error managementPassword:1"_s};
    QTest::newRow("a password that nobody asks for")
        << u"unix:/run/a.sock"_s << u"/pw"_s << u"management /run/a.sock unix"_s
        << QStringList{u"note managementPassword:1"_s};
    QTest::newRow("no port") << u"tcp:127.0.0.1:7505"_s << QString() << u"management 127.0.0.1"_s
                             << QStringList{u"error managementDiffers:1"_s};
}

void TestServerLint::managementIsComparedWithTheInstance()
{
    QFETCH(QString, instance);
    QFETCH(QString, passwordFile);
    QFETCH(QString, line);
    Sites sites;
    sites.change(u"main", [&](InstanceRow &row) {
        row.management = instance;
        row.passwordFile = passwordFile;
    });
    QTEST(sites.rules(replaced(u"management /run/openvpn/main.sock unix"_s, line)), "expected");
}

void TestServerLint::addressesOfOpenVpnsOwnCollideWithOurs() // openvpn/FACTS.md 44
{
    Sites sites;
    sites.addSite(u"a", {});
    QCOMPARE(
        sites.only(replaced(u"server 10.8.0.0 255.255.255.0 nopool"_s, u"server 10.8.0.0 255.255.255.0"_s)),
        u"OpenVPN gives addresses from the same network as the console: when both give the same one, the later client "
        "takes it and the earlier is cut off => server 10.8.0.0 255.255.255.0 nopool"_s);
    QCOMPARE(sites.rules(with(u"ifconfig-pool 10.8.0.100 10.8.0.200"_s)), QStringList{u"warning nopool:11"_s});
}

void TestServerLint::sentinelsWithoutARouteAreListed() // openvpn/FACTS.md 5
{
    Sites sites;
    sites.addSite(u"a", {kLan, u"fd00:64:1::/64"_s});
    QCOMPARE(sites.only(kRight),
             u"no route leads to 192.168.1.0/27, fd00:64:1::/64; interlockd on this host installs them, and without "
             "interlockd these LANs are not reached through the host => "
             "route 192.168.1.0 255.255.255.224\nroute-ipv6 fd00:64:1::/64"_s);
    QCOMPARE(sites.findings(kRight).front().data,
             (QJsonObject{{u"prefixes"_s, QJsonArray{u"192.168.1.0/27"_s, u"fd00:64:1::/64"_s}}}));
}

void TestServerLint::routesThatNobodyNeedsAreNamed()
{
    Sites sites;
    sites.addSite(u"a", {kLan});
    QCOMPARE(sites.rules(with(u"route 192.168.1.0 255.255.255.0\nroute 172.16.0.0 255.255.0.0"_s)),
             QStringList{u"note routeUnneeded:12"_s});
}

void TestServerLint::routesAreComparedAsSetsOfAddresses()
{
    Sites sites;
    sites.addSite(u"a", {u"192.168.2.0/23"_s, u"172.16.0.0/16"_s});
    // Two halves cover a LAN, a wider one does, and a part of it is needed but not enough.
    QCOMPARE(sites.rules(with(
                 u"route 192.168.2.0 255.255.255.0\nroute 192.168.3.0 255.255.255.0\nroute 172.0.0.0 255.0.0.0"_s)),
             QStringList());
    QCOMPARE(sites.rules(with(
                 u"route 192.168.3.0 255.255.255.0\nroute 172.16.0.0 255.255.0.0\nroute 192.168.1.0 255.255.255.0"_s)),
             (QStringList{u"note routeMissing"_s, u"note routeUnneeded:13"_s}));
}

void TestServerLint::ofManyMissingRoutesTheFirstAreProposed()
{
    Sites sites;
    QStringList lans;
    for (int i = 0; i < 30; ++i)
        lans += u"172.16.%1.0/24"_s.arg(2 * i);
    sites.addSite(u"a", lans);
    const auto findings = sites.findings(kRight);
    QCOMPARE(findings.size(), 1U);
    QCOMPARE(findings.front().data.value(u"prefixes"_s).toArray().size(), 30);
    const QStringList lines = findings.front().instead.split(u'\n');
    QCOMPARE(lines.size(), 21);
    QCOMPARE(lines.first(), u"route 172.16.0.0 255.255.255.0"_s);
    QCOMPARE(lines.last(), u"# and 10 more"_s);
    QVERIFY2(findings.front().detail.contains(u"172.16.8.0/24 and 25 more;"), qPrintable(findings.front().detail));
}

void TestServerLint::aRouteOfTheConfigurationIsEnough() // openvpn/FACTS.md 6
{
    Sites sites;
    sites.addSite(u"a", {kLan});
    QCOMPARE(sites.rules(with(u"route 192.168.1.0 255.255.255.224"_s)), QStringList());
    // By hand there is no gateway, and the line is skipped.
    const QString byHand = replaced(u"server 10.8.0.0 255.255.255.0 nopool"_s,
                                    u"mode server\ntls-server\nifconfig 10.8.0.1 255.255.255.0"_s);
    QCOMPARE(sites.rules(byHand),
             (QStringList{u"error routeWithoutGateway:11"_s, u"note routeStandinRange"_s, u"note routeMissing"_s}));
    QCOMPARE(sites.rules(byHand + u"route-gateway 10.8.0.2\nroute 192.168.1.0 255.255.255.224\n"_s), QStringList());
    QCOMPARE(sites.rules(byHand + u"route 192.168.1.0 255.255.255.224 10.8.0.2\n"_s),
             (QStringList{u"error routeWithoutGateway:11"_s, u"note routeStandinRange"_s}));
}

void TestServerLint::theLargestConnectorMustFit() // openvpn/FACTS.md 46
{
    Sites sites;
    QStringList lans;
    for (int i = 0; i < 255; ++i)
        lans += u"172.16.%1.0/24"_s.arg(i);
    sites.addSite(u"a", lans);
    const QString config = with(u"route 172.16.0.0 255.255.0.0"_s);
    QCOMPARE(sites.rules(config), QStringList());
    sites.put(irouteRow(u"a", u"172.17.0.0/24"));
    QCOMPARE(
        sites.only(config),
        u"a connector needs 257 routes and the server learns 256 a client by default: the rest is left out without a "
        "word => max-routes-per-client 514"_s);
    QCOMPARE(sites.rules(config + u"max-routes-per-client 257\n"_s), QStringList());
    QCOMPARE(sites.rules(config + u"max-routes-per-client 100\n"_s), QStringList{u"error maxRoutesPerClient:12"_s});
}

void TestServerLint::clientsThatTranslateNeedNoOffload() // openvpn/FACTS.md 7
{
    Sites sites;
    sites.addSite(u"a", {u"192.168.1.0/24"_s}, Translation::Router);
    sites.addSite(u"b", {kLan});
    const QString config = with(u"route 192.168.1.0 255.255.255.0"_s);
    QCOMPARE(sites.rules(config), QStringList{u"warning dcoWithClientNat"_s});
    QCOMPARE(sites.findings(config).front().data, (QJsonObject{{u"connectors"_s, QJsonArray{u"b"_s}}}));
    QCOMPARE(sites.rules(config + u"disable-dco\n"_s), QStringList());
}

void TestServerLint::theHostTranslatesWhatPassesItOnly()
{
    Sites sites;
    sites.addSite(u"a", {kLan}, Translation::Host);
    sites.standIn(u"a", kLan);
    const QString config = with(u"route 192.168.1.0 255.255.255.224"_s);
    QCOMPARE(sites.rules(config), QStringList());
    QCOMPARE(sites.rules(config + u"client-to-client\n"_s), QStringList{u"error hostTranslation:12"_s});
}

void TestServerLint::theHostDoesNotTranslateWhatIsNotUnique() // openvpn/FACTS.md 10
{
    Sites sites;
    sites.addSite(u"a", {u"192.168.1.0/24"_s}, Translation::Router);
    sites.addSite(u"b", {kLan}, Translation::Host);
    QCOMPARE(
        sites.only(std::nullopt),
        u"b: 192.168.1.0/27 overlaps 192.168.1.0/24 of a, so the VPN host cannot tell the two apart; it is left out => "
        "interlockctl connector set b --translation client"_s);
}

void TestServerLint::standinsOutsideTheRangeAreNamed() // SEMANTICS.md 2
{
    Sites sites;
    sites.addSite(u"a", {kLan}, Translation::Router);
    sites.addSite(u"b", {kLan}, Translation::Router);
    sites.change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.80.0.0/16"); });
    QCOMPARE(
        sites.only(std::nullopt),
        u"stand-ins outside of the range 100.80.0.0/16 are kept, and each needs a route of its own: 192.168.1.0/27 of "
        "b as 100.64.0.0/27 => interlockctl claim stand-in CN REAL, for each that may get another address"_s);
    QCOMPARE(sites.findings(std::nullopt).front().data,
             (QJsonObject{
                 {u"claims"_s,
                  QJsonArray{QJsonObject{{u"cn"_s, u"b"_s}, {u"real"_s, kLan}, {u"virtual"_s, u"100.64.0.0/27"_s}}}}}));
}

void TestServerLint::tapHasNoIroutesAndWantsItsHook() // openvpn/FACTS.md 50, 53-55
{
    Sites sites;
    sites.addSite(u"a", {kLan});
    sites.change(u"main", [](InstanceRow &row) { row.mode = DeviceMode::Tap; });
    const QString tap = replaced(u"dev tun"_s, u"dev tap"_s);
    QCOMPARE(sites.rules(std::nullopt), QStringList{u"warning tapWithIroutes"_s});
    QCOMPARE(sites.rules(tap),
             (QStringList{u"warning tapWithIroutes"_s, u"note learnAddress"_s, u"note staleRoutesCheck"_s}));
    const QString hook = u"learn-address \"/usr/bin/interlock-learn /run/interlock/learn.sock %1\"\n"_s;
    const QString rest = tap + u"stale-routes-check 300 60\n"_s;
    QCOMPARE(sites.rules(rest + hook.arg(u"main")),
             (QStringList{u"error scriptSecurity:12"_s, u"warning tapWithIroutes"_s}));
    QCOMPARE(sites.rules(rest + u"script-security 2\n"_s + hook.arg(u"main")),
             QStringList{u"warning tapWithIroutes"_s});
    QCOMPARE(sites.rules(rest + u"script-security 2\n"_s + hook.arg(u"other")),
             (QStringList{u"error learnAddress:13"_s, u"warning tapWithIroutes"_s}));
    QCOMPARE(sites.rules(rest + u"script-security 2\nlearn-address /etc/openvpn/learn.sh\n"_s),
             (QStringList{u"warning tapWithIroutes"_s, u"warning learnAddress:13"_s}));
}

void TestServerLint::anIPv6PoolNeedsAServerAddress()
{
    Sites sites;
    sites.put(poolRow(u"main", u"fd00:8::/64", 1));
    QCOMPARE(
        sites.only(kRight),
        u"the instance has the pool fd00:8::/64 and the server no IPv6 address: OpenVPN skips the line that gives a "
        "client its own => ifconfig-ipv6 fd00:8::1/64 fd00:8::2"_s);
    QCOMPARE(sites.rules(with(u"ifconfig-ipv6 fd00:8::1/64 fd00:8::2"_s)), QStringList());
    QCOMPARE(sites.rules(with(u"ifconfig-ipv6 fd00:9::1/64 fd00:9::2"_s)), QStringList{u"error serverIpv6:11"_s});
}

void TestServerLint::theIPv6MacroStartsOnlyWithAPoolOfOpenVpns()
{
    Sites sites;
    sites.put(poolRow(u"main", u"fd00:8::/64", 1));
    const QString config = with(u"server-ipv6 fd00:8::/64"_s);
    QCOMPARE(sites.rules(config), (QStringList{u"error serverIpv6:11"_s, u"note nopool:11"_s}));
    QCOMPARE(sites.findings(config).front().instead, u"ifconfig-ipv6 fd00:8::1/64 fd00:8::2"_s);
    QCOMPARE(sites.findings(config).back().instead, u"ifconfig-ipv6 fd00:8::1/64 fd00:8::2"_s);
}

void TestServerLint::theServersOwnAddressIsNobodysElse()
{
    Sites sites;
    sites.put(poolRow(u"main", u"fd00:8::/64", 1));
    sites.addSite(u"a", {});
    sites.put(allocationRow(u"main", u"a", u"fd00:8::1"));
    const QString config = with(u"ifconfig-ipv6 fd00:8::1/64 fd00:8::2"_s);
    QCOMPARE(
        sites.only(config),
        u"the server's own address fd00:8::1 is given to a => interlockctl allocation release a --instance main"_s);
    sites.put(allocationRow(u"main", u"a", u"10.8.0.1"));
    QCOMPARE(sites.rules(config), (QStringList{u"error serverAddress:8"_s, u"error serverAddress:11"_s}));
}

void TestServerLint::poolsMustLieInTheNetwork()
{
    Sites sites;
    sites.put(poolRow(u"main", u"10.9.0.0/24", 1));
    QCOMPARE(sites.rules(kRight), QStringList{u"error poolOutside"_s});
    QCOMPARE(sites.findings(kRight).front().data, (QJsonObject{{u"pool"_s, u"10.9.0.0/24"_s}}));
}

void TestServerLint::aNetworkThatIsSomebodysLanIsNamed() // openvpn/FACTS.md 11, 45
{
    Sites sites;
    sites.put(instanceRow(u"other", u"10.9.0.0/24"));
    sites.put(poolRow(u"other", u"10.9.0.0/24"));
    sites.change(u"other", [](InstanceRow &row) { row.standinRange = pfx(u"100.127.0.0/16"); });
    sites.change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.64.0.0/16"); });
    sites.addSite(u"a", {u"10.10.1.0/24"_s});
    QString config = kRight;
    config.replace(u"10.8.0.0 255.255.255.0"_s, u"10.8.0.0 255.252.0.0"_s).replace(u"255.192.0.0"_s, u"255.255.0.0"_s);
    QCOMPARE(sites.rules(config),
             (QStringList{u"error serverNetwork:8"_s, u"error poolOverlap:8"_s, u"note routeMissing"_s}));
    QCOMPARE(sites.findings(config)[1].data.value(u"overlaps"_s),
             QJsonValue(QJsonArray{u"10.10.1.0/24 of a"_s, u"the pool 10.9.0.0/24 of other"_s}));
}

void TestServerLint::rowsAloneAreCheckedWithoutAConfiguration()
{
    QCOMPARE(Sites().rules(std::nullopt), QStringList());
}

void TestServerLint::lansAroundThePublicAddressAreNamed() // SEMANTICS.md 2
{
    Sites sites;
    sites.addSite(u"a", {u"203.0.113.0/24"_s, u"192.168.1.0/24"_s});
    sites.addSite(u"b", {u"203.0.0.0/16"_s});
    sites.addSite(u"c", {u"2001:db8::/32"_s});
    QCOMPARE(sites.rules(std::nullopt), QStringList());
    sites.change(u"main", [](InstanceRow &row) { row.publicAddress = addr(u"203.0.113.7"); });
    QCOMPARE(
        sites.only(std::nullopt),
        u"clients find the server at 203.0.113.7, and whoever is pushed a route to one of these LANs sends its own "
        "tunnel's packets into the tunnel: 203.0.113.0/24 of a, 203.0.0.0/16 of b => "_s);
    QCOMPARE(sites.findings(std::nullopt).front().data, (QJsonObject{{u"connectors"_s, QJsonArray{u"a"_s, u"b"_s}}}));
    QCOMPARE(sites.rules(std::nullopt), QStringList(u"warning publicAddress"_s));
    sites.change(u"main", [](InstanceRow &row) { row.publicAddress = addr(u"2001:db8::7"); });
    QVERIFY(sites.only(std::nullopt).contains(u"tunnel: 2001:db8::/32 of c"_s));
}

void TestServerLint::aPublicAddressThatMayBecomeAStandInIsNamed() // a server behind a carrier's translation
{
    Sites sites;
    sites.change(u"main", [](InstanceRow &row) { row.publicAddress = addr(u"100.64.3.9"); });
    QCOMPARE(sites.only(std::nullopt),
             u"clients find the server at 100.64.3.9, which may become part of a stand-in: it lies in the range "
             "100.64.0.0/10 => interlockctl claim exclude 100.64.3.9/32"_s);
    sites.put(exclusionRow(u"100.64.3.0/24"));
    QCOMPARE(sites.rules(std::nullopt), QStringList());
}

void TestServerLint::errorsComeFirstThenLines()
{
    const QString config = u"config a\nduplicate-cn\nclient-config-dir x\nmanagement-signal\n"_s + kRight;
    QCOMPARE(Sites().rules(config), (QStringList{u"error duplicateCn:2"_s, u"error managementSignal:4"_s,
                                                 u"warning twoWriters:3"_s, u"note includedFile:1"_s}));
}

void TestServerLint::theFragmentHasNothingButNotes_data()
{
    QTest::addColumn<QString>("serverAddress");
    QTest::addColumn<bool>("isTap");
    QTest::addColumn<bool>("hasIPv6");
    QTest::addColumn<int>("lans");
    QTest::newRow("a new instance") << u"10.8.0.1"_s << false << false << 0;
    QTest::newRow("another server address") << u"10.8.0.254"_s << false << false << 2;
    QTest::newRow("IPv6") << u"10.8.0.1"_s << false << true << 2;
    QTest::newRow("a large connector") << u"10.8.0.1"_s << false << false << 300;
    QTest::newRow("tap") << u"10.8.0.1"_s << true << false << 0;
    QTest::newRow("tap, another server address") << u"10.8.0.254"_s << true << true << 0;
}

void TestServerLint::theFragmentHasNothingButNotes()
{
    QFETCH(QString, serverAddress);
    QFETCH(bool, isTap);
    QFETCH(bool, hasIPv6);
    QFETCH(int, lans);
    Sites sites;
    sites.change(u"main", [&](InstanceRow &row) {
        row.serverAddress = addr(serverAddress);
        row.mode = isTap ? DeviceMode::Tap : DeviceMode::Tun;
    });
    if (hasIPv6)
        sites.put(poolRow(u"main", u"fd00:8::/64", 1));
    QStringList prefixes;
    for (int i = 0; i < lans; ++i)
        prefixes += u"172.%1.%2.0/24"_s.arg(16 + i / 256).arg(i % 256);
    sites.addSite(u"a", prefixes.mid(0, 1));
    sites.addSite(u"b", prefixes);
    QStringList notes = sites.rules(sites.fragment());
    notes.removeAll(u"note routeMissing"_s);
    QCOMPARE(notes, QStringList());
    QVERIFY(!sites.fragment().contains(QRegularExpression(u"[^\\x20-\\x7e\\n]"_s)));
    for (const QString &line : sites.fragment().split(u'\n'))
        QVERIFY2(line.size() < 254, qPrintable(line));
}

void TestServerLint::theFragmentOfATunInstance()
{
    QString text = Sites().fragment();
    text.remove(QRegularExpression(u"^#.*\n|^\n"_s, QRegularExpression::MultilineOption));
    QCOMPARE(text, uR"(management /run/openvpn/main.sock unix
management-client-user interlock
management-client-auth
management-hold
auth-user-pass-optional
dev tun
topology subnet
server 10.8.0.0 255.255.255.0 nopool
route 100.64.0.0 255.192.0.0
disable-dco
explicit-exit-notify 1
)"_s);
}

void TestServerLint::anUnknownInstanceIsNotFound()
{
    Sites sites;
    QCOMPARE(nameOf(lintServer(sites.topology, iname(u"nowhere"), {}).error().kind), u"notFound"_s);
    QCOMPARE(nameOf(serverFragment(sites.topology, iname(u"nowhere")).error().kind), u"notFound"_s);
}

QTEST_GUILESS_MAIN(TestServerLint)
#include "tst_serverlint.moc"
