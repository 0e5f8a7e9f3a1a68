// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/hostname.h"
#include "model/rules/pushoption.h"
#include "tests/support/hostilenames.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestPushOption : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valuesBecomeCanonicalAndGiveTheLineOfOpenVpn_data()
    {
        QTest::addColumn<OptionType>("type");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        QTest::addColumn<QString>("line");
        const auto row = [](const char *name, OptionType type, const QString &text, const QString &canonical,
                            const QString &line) { QTest::newRow(name) << type << text << canonical << line; };
        using enum OptionType;
        row("route", Route, u"10.0.0.0/8"_s, u"10.0.0.0/8"_s, u"push \"route 10.0.0.0 255.0.0.0\""_s);
        row("route with a mask", Route, u"10.0.0.0 255.0.0.0"_s, u"10.0.0.0/8"_s,
            u"push \"route 10.0.0.0 255.0.0.0\""_s);
        row("route to one host", Route, u"10.0.0.5"_s, u"10.0.0.5/32"_s, u"push \"route 10.0.0.5 255.255.255.255\""_s);
        row("route via an address", Route, u"10.0.0.0/8 10.8.0.9"_s, u"10.0.0.0/8 10.8.0.9"_s,
            u"push \"route 10.0.0.0 255.0.0.0 10.8.0.9\""_s);
        row("route around the tunnel", Route, u" 203.0.113.0/24  net_gateway "_s, u"203.0.113.0/24 net_gateway"_s,
            u"push \"route 203.0.113.0 255.255.255.0 net_gateway\""_s);
        row("route with gateway and metric", Route, u"10.0.0.0 255.0.0.0 vpn_gateway 20"_s,
            u"10.0.0.0/8 vpn_gateway 20"_s, u"push \"route 10.0.0.0 255.0.0.0 vpn_gateway 20\""_s);
        row("a metric alone needs a gateway in OpenVPN", Route, u"10.0.0.0/8 20"_s, u"10.0.0.0/8 vpn_gateway 20"_s,
            u"push \"route 10.0.0.0 255.0.0.0 vpn_gateway 20\""_s);
        row("route to everything", Route, u"0.0.0.0/0"_s, u"0.0.0.0/0"_s, u"push \"route 0.0.0.0 0.0.0.0\""_s);
        row("IPv6 route", RouteIpv6, u"FD00:0::/64"_s, u"fd00::/64"_s, u"push \"route-ipv6 fd00::/64\""_s);
        row("IPv6 route via an address with metric", RouteIpv6, u"fd00::/64 fd00:8::1 5"_s, u"fd00::/64 fd00:8::1 5"_s,
            u"push \"route-ipv6 fd00::/64 fd00:8::1 5\""_s);
        row("name server", DhcpOption, u"DNS 10.0.0.1"_s, u"DNS 10.0.0.1"_s, u"push \"dhcp-option DNS 10.0.0.1\""_s);
        row("IPv6 name server", DhcpOption, u"DNS FD00::53"_s, u"DNS fd00::53"_s,
            u"push \"dhcp-option DNS fd00::53\""_s);
        row("IPv6 name server, old spelling", DhcpOption, u"DNS6 fd00::53"_s, u"DNS fd00::53"_s,
            u"push \"dhcp-option DNS fd00::53\""_s);
        row("time server", DhcpOption, u"NTP 10.0.0.1"_s, u"NTP 10.0.0.1"_s, u"push \"dhcp-option NTP 10.0.0.1\""_s);
        row("domain", DhcpOption, u"DOMAIN Corp.Example.org"_s, u"DOMAIN corp.example.org"_s,
            u"push \"dhcp-option DOMAIN corp.example.org\""_s);
        row("search domain", DhcpOption, u"DOMAIN-SEARCH example.org"_s, u"DOMAIN-SEARCH example.org"_s,
            u"push \"dhcp-option DOMAIN-SEARCH example.org\""_s);
        row("no NetBIOS", DhcpOption, u"DISABLE-NBT"_s, u"DISABLE-NBT"_s, u"push \"dhcp-option DISABLE-NBT\""_s);
        row("redirect without flags", RedirectGateway, QString(), QString(), u"push \"redirect-gateway\""_s);
        row("redirect flags get one order and no doubles", RedirectGateway, u"ipv6 bypass-dhcp def1 ipv6"_s,
            u"def1 bypass-dhcp ipv6"_s, u"push \"redirect-gateway def1 bypass-dhcp ipv6\""_s);
        row("redirect IPv6 only", RedirectGateway, u"!ipv4 ipv6"_s, u"ipv6 !ipv4"_s,
            u"push \"redirect-gateway ipv6 !ipv4\""_s);
        row("no other name servers", BlockOutsideDns, QString(), QString(), u"push \"block-outside-dns\""_s);
        row("ping", Ping, u"10"_s, u"10"_s, u"push \"ping 10\""_s);
        row("ping-restart", PingRestart, u"65535"_s, u"65535"_s, u"push \"ping-restart 65535\""_s);
        row("never restart", PingRestart, u"0"_s, u"0"_s, u"push \"ping-restart 0\""_s);
    }
    void valuesBecomeCanonicalAndGiveTheLineOfOpenVpn()
    {
        QFETCH(OptionType, type);
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        QFETCH(QString, line);
        const auto option = PushOption::parse(type, text);
        QVERIFY2(option.has_value(), qPrintable(option ? QString() : option.error().detail));
        QCOMPARE(option->type(), type);
        QCOMPARE(option->value(), canonical);
        QCOMPARE(option->toLine(), line);
        QCOMPARE(PushOption::parse(type, option->value()).value(), *option);
        // What OpenVPN reads from the line is the same option.
        QCOMPARE(PushOption::fromDirective(option->directive().split(u' ')).value(), *option);
    }

    void refusesOtherValues_data()
    {
        QTest::addColumn<OptionType>("type");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("kind");
        const auto row = [](const char *name, OptionType type, const QString &text,
                            ErrorKind kind = ErrorKind::Invalid) {
            QTest::newRow(name) << type << text << nameOf(kind);
        };
        using enum OptionType;
        row("route to nothing", Route, QString());
        row("route with host bits", Route, u"10.0.0.5/8"_s, ErrorKind::HostBits);
        row("route to a name", Route, u"example.org"_s);
        row("route to IPv6", Route, u"fd00::/64"_s);
        row("route via IPv6", Route, u"10.0.0.0/8 fd00::1"_s);
        row("route via a name", Route, u"10.0.0.0/8 gateway"_s);
        row("route via remote_host", Route, u"10.0.0.0/8 remote_host"_s);
        row("route with a negative metric", Route, u"10.0.0.0/8 vpn_gateway -1"_s);
        row("route with a metric that overflows", Route, u"10.0.0.0/8 vpn_gateway 2147483648"_s);
        row("route with more words", Route, u"10.0.0.0/8 vpn_gateway 1 2"_s);
        row("route with a mask that has gaps", Route, u"10.0.0.0 255.0.255.0"_s);
        row("IPv6 route to IPv4", RouteIpv6, u"10.0.0.0/8"_s);
        row("IPv6 route via vpn_gateway, which clients refuse", RouteIpv6, u"fd00::/64 vpn_gateway"_s);
        row("IPv6 route with a metric alone", RouteIpv6, u"fd00::/64 5"_s);
        row("IPv6 route via IPv4", RouteIpv6, u"fd00::/64 10.0.0.1"_s);
        row("dhcp-option of another kind", DhcpOption, u"NBS scope"_s);
        row("dhcp-option in lower case", DhcpOption, u"dns 10.0.0.1"_s);
        row("two name servers in one option", DhcpOption, u"DNS 10.0.0.1 10.0.0.2"_s);
        row("name server without address", DhcpOption, u"DNS"_s);
        row("name server by name", DhcpOption, u"DNS ns.example.org"_s);
        row("IPv6 name server that is none", DhcpOption, u"DNS6 10.0.0.1"_s);
        row("WINS over IPv6", DhcpOption, u"WINS fd00::1"_s);
        row("domain with a comma", DhcpOption, u"DOMAIN a,b"_s);
        row("domain with an underscore", DhcpOption, u"DOMAIN a_b.example"_s);
        row("domain that begins with a hyphen", DhcpOption, u"DOMAIN -a.example"_s);
        row("domain with a shell in it", DhcpOption, u"DOMAIN $(id).example"_s);
        row("domain with an empty label", DhcpOption, u"DOMAIN a..example"_s);
        row("domain that is an address", DhcpOption, u"DOMAIN 10.0.0.1"_s);
        row("DISABLE-NBT with an argument", DhcpOption, u"DISABLE-NBT 1"_s);
        row("domain too long for a line", DhcpOption,
            u"ADAPTER_DOMAIN_SUFFIX "_s + QString(u"abcdefghi."_s).repeated(25) + u"org"_s, ErrorKind::Limit);
        row("unknown redirect flag", RedirectGateway, u"def1 local-block"_s);
        row("block-outside-dns with a value", BlockOutsideDns, u"yes"_s);
        row("ping of zero", Ping, u"0"_s);
        row("ping of more than 65535", Ping, u"65536"_s);
        row("ping that is no number", Ping, u"ten"_s);
        row("ping with a sign", Ping, u"+10"_s);
        row("ping with a leading zero", Ping, u"010"_s);
        row("ping of nothing", Ping, QString());
    }
    void refusesOtherValues()
    {
        QFETCH(OptionType, type);
        QFETCH(QString, text);
        QFETCH(QString, kind);
        const auto option = PushOption::parse(type, text);
        QVERIFY(!option);
        QCOMPARE(nameOf(option.error().kind), kind);
    }

    void hostBitsNameTheCanonicalForm()
    {
        const auto option = PushOption::parse(OptionType::Route, u"10.8.1.37/27");
        QVERIFY(!option);
        QCOMPARE(option.error().payload.value(u"canonical"_s).toString(), u"10.8.1.32/27"_s);
    }

    // openvpn/FACTS.md 48, 60: a value cannot end its line, its quotes or its option
    void textThatTriesToLeaveItsOptionIsRefusedByEveryType()
    {
        QStringList hostile = hostileCommonNames();
        for (const QString &escape : {u"\n"_s, u"\r\n"_s, u"\""_s, u"\\"_s, u"'"_s, u","_s, u";"_s, u"#"_s, u"\t"_s})
            hostile += u"10.0.0.0/8"_s + escape + u"config /etc/passwd"_s;
        hostile += u"10\nEND"_s;
        hostile += u"def1\nEND"_s;
        hostile += u"DNS 10.0.0.1\"\npush-reset"_s;
        // Some of the recorded names are harmless host names, and no name is an option of the types without one.
        hostile.removeIf([](const QString &text) { return text.isEmpty() || HostName::parse(text); });
        QVERIFY(hostile.size() > 20);
        for (const auto &[type, name] : EnumNames<OptionType>::kTable) {
            for (const QString &text : std::as_const(hostile)) {
                QVERIFY2(!PushOption::parse(type, text), qPrintable(text));
                QVERIFY2(!PushOption::parse(type, u"DOMAIN "_s + text), qPrintable(text));
            }
        }
    }

    void optionsOfOtherTypesAreUnsupported()
    {
        for (const QString &directive :
             {u"config /etc/passwd"_s, u"push-reset"_s, u"script-security 2"_s, u"route-up x"_s,
              u"client-nat snat 10.0.0.0 255.0.0.0 100.64.0.0"_s, QString()}) {
            const auto option = PushOption::fromDirective(directive.split(u' ', Qt::SkipEmptyParts));
            QVERIFY2(!option, qPrintable(directive));
            QCOMPARE(option.error().kind, ErrorKind::Unsupported);
        }
    }

    void aRouteInCidrFormIsNoDirectiveOfOpenVpn()
    {
        const auto option = PushOption::fromDirective({u"route"_s, u"10.0.0.0/8"_s});
        QVERIFY(!option);
        QCOMPARE(option.error().kind, ErrorKind::Invalid);
    }

    void onlyTheTypesThatClientsObeyOnceAreSingle()
    {
        QStringList single;
        for (const auto &[type, name] : EnumNames<OptionType>::kTable) {
            if (isSingle(type))
                single += enumText(type);
        }
        QCOMPARE(single, (QStringList{u"redirect-gateway"_s, u"block-outside-dns"_s, u"ping"_s, u"ping-restart"_s}));
    }
};

QTEST_GUILESS_MAIN(TestPushOption)
#include "tst_pushoption.moc"
