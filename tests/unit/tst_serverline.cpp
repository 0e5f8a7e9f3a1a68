// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/optionline.h"
#include "model/rules/serverline.h"
#include "tests/support/generators.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

Prefix prefix(const QString &text)
{
    return Prefix::parse(text).value();
}
Address address(const QString &text)
{
    return Address::parse(text).value();
}

/// Everything that openvpn/FACTS.md 60-63 asks of a line of an answer.
void assertIsOneHarmlessLine(const ServerLine &line)
{
    const QString &text = line.toString();
    RC_ASSERT(!text.isEmpty() && text.size() <= 254);
    for (const QChar c : text)
        RC_ASSERT(c >= u' ' && c <= u'~' && c != u'\\' && c != u',');
    const auto quotes = text.count(u'"');
    RC_ASSERT(quotes == 0 || (quotes == 2 && text.startsWith(u"push \""_s) && text.endsWith(u'"')));
    const auto words = splitOptionLine(text.toUtf8());
    RC_ASSERT(words.has_value());
    static const QStringList kFirstWords{u"ifconfig-push"_s, u"ifconfig-ipv6-push"_s, u"iroute"_s, u"iroute-ipv6"_s,
                                         u"push"_s};
    RC_ASSERT(kFirstWords.contains(words->front()));
}

PushOption anyOption()
{
    const auto address = *rc::gen::arbitrary<Address>();
    const auto network = *rc::gen::arbitrary<Prefix>();
    const QString metric = QString::number(*rc::gen::inRange(0, 2147483647));
    const QString label = QString(*rc::gen::inRange<qsizetype>(1, 64), u'a');
    const QString name = (label + u'.').repeated(*rc::gen::inRange<qsizetype>(0, 4)) + u"example"_s;
    const auto [type, value] = *rc::gen::element(
        std::pair{network.isIPv4() ? OptionType::Route : OptionType::RouteIpv6,
                  network.family() == address.family() ? network.toString() + u' ' + address.toString() + u' ' + metric
                                                       : network.toString()},
        std::pair{OptionType::DhcpOption, u"DNS "_s + address.toString()},
        std::pair{OptionType::DhcpOption, u"ADAPTER_DOMAIN_SUFFIX "_s + name},
        std::pair{OptionType::RedirectGateway, u"def1 local autolocal bypass-dhcp bypass-dns block-local ipv6 !ipv4"_s},
        std::pair{OptionType::BlockOutsideDns, QString()}, std::pair{OptionType::PingRestart, u"65535"_s});
    const auto option = PushOption::parse(type, value);
    if (!option) { // a long name: refused rather than made into a long line
        RC_ASSERT(option.error().kind == ErrorKind::Limit);
        RC_DISCARD("too long");
    }
    return *option;
}

} // namespace

class TestServerLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // SOURCES S3; openvpn/FACTS.md 2
    void writesTheLinesThatWereProved()
    {
        QCOMPARE(ServerLine::ifconfigPush(address(u"10.8.0.11"_s), prefix(u"10.8.0.0/24"_s)).value().toString(),
                 u"ifconfig-push 10.8.0.11 255.255.255.0"_s);
        QCOMPARE(ServerLine::iroute(prefix(u"100.64.0.0/27"_s)).toString(), u"iroute 100.64.0.0 255.255.255.224"_s);
        QCOMPARE(ServerLine::clientNat({prefix(u"192.168.1.0/27"_s), prefix(u"100.64.0.0/27"_s)}).value().toString(),
                 u"push \"client-nat snat 192.168.1.0 255.255.255.224 100.64.0.0\""_s);
        QCOMPARE(ServerLine::pushRoute(prefix(u"100.64.0.0/27"_s)).toString(),
                 u"push \"route 100.64.0.0 255.255.255.224\""_s);
    }

    void writesIPv6AsOpenVpnReadsIt()
    {
        QCOMPARE(ServerLine::ifconfigIpv6Push(address(u"fd00:8::11"_s), 64, address(u"fd00:8::1"_s)).value().toString(),
                 u"ifconfig-ipv6-push fd00:8::11/64 fd00:8::1"_s);
        QCOMPARE(ServerLine::ifconfigIpv6Push(address(u"fd00:8::11"_s), 64).value().toString(),
                 u"ifconfig-ipv6-push fd00:8::11/64"_s);
        QCOMPARE(ServerLine::iroute(prefix(u"fd00:64:1::/64"_s)).toString(), u"iroute-ipv6 fd00:64:1::/64"_s);
        QCOMPARE(ServerLine::pushRoute(prefix(u"fd00:64:1::/64"_s)).toString(),
                 u"push \"route-ipv6 fd00:64:1::/64\""_s);
    }

    void aPushedOptionIsItsOwnLine()
    {
        const auto option = PushOption::parse(OptionType::Ping, u"10").value();
        QCOMPARE(ServerLine::pushed(option).toString(), u"push \"ping 10\""_s);
        QCOMPARE(toStringList({ServerLine::pushed(option), ServerLine::iroute(prefix(u"10.0.0.0/8"_s))}),
                 (QStringList{u"push \"ping 10\""_s, u"iroute 10.0.0.0 255.0.0.0"_s}));
    }

    void valuesThatOpenVpnWouldMisreadMakeNoLine()
    {
        const auto tunnel = prefix(u"10.8.0.0/24"_s);
        QVERIFY(!ServerLine::ifconfigPush(address(u"10.9.0.1"_s), tunnel));
        QVERIFY(!ServerLine::ifconfigPush(address(u"fd00::1"_s), prefix(u"fd00::/64"_s)));
        QVERIFY(!ServerLine::ifconfigPush(address(u"fd00::1"_s), tunnel));
        QVERIFY(!ServerLine::ifconfigIpv6Push(address(u"10.8.0.1"_s), 64));
        QVERIFY(!ServerLine::ifconfigIpv6Push(address(u"fd00::1"_s), 129));
        QVERIFY(!ServerLine::ifconfigIpv6Push(address(u"fd00::1"_s), -1));
        QVERIFY(!ServerLine::ifconfigIpv6Push(address(u"fd00::1"_s), 64, address(u"10.8.0.1"_s)));
        QVERIFY(!ServerLine::clientNat({prefix(u"192.168.1.0/24"_s), prefix(u"100.64.0.0/27"_s)}));
        QVERIFY(!ServerLine::clientNat({prefix(u"192.168.1.0/24"_s), prefix(u"192.168.1.0/24"_s)}));
        QVERIFY(!ServerLine::clientNat({prefix(u"fd00::/64"_s), prefix(u"fd01::/64"_s)}));
        QCOMPARE(ServerLine::ifconfigPush(address(u"10.9.0.1"_s), tunnel).error().kind, ErrorKind::Invalid);
    }

    void everyLineIsShortPrintableAndOneDirective()
    {
        QVERIFY(rc::check("lines of any values", [] {
            const auto network = *rc::gen::arbitrary<Prefix>();
            assertIsOneHarmlessLine(ServerLine::iroute(network));
            assertIsOneHarmlessLine(ServerLine::pushRoute(network));
            const auto some = *rc::gen::arbitrary<Address>();
            if (some.isIPv4()) {
                const int length = *rc::gen::inRange(0, 33);
                assertIsOneHarmlessLine(ServerLine::ifconfigPush(some, Prefix(some, length)).value());
                const auto other = Address::ipv4(*rc::gen::arbitrary<std::uint32_t>());
                if (const auto nat = ServerLine::clientNat({Prefix(some, length), Prefix(other, length)}))
                    assertIsOneHarmlessLine(*nat);
                else
                    RC_ASSERT(Prefix(some, length) == Prefix(other, length));
            } else {
                const auto remote = *rc::gen::suchThat<Address>([](const Address &a) { return !a.isIPv4(); });
                assertIsOneHarmlessLine(ServerLine::ifconfigIpv6Push(some, 128, remote).value());
            }
        }));
    }

    void everyPushedOptionIsShortPrintableAndOneDirective()
    {
        QVERIFY(rc::check("lines of any option", [] { assertIsOneHarmlessLine(ServerLine::pushed(anyOption())); }));
    }
};

QTEST_GUILESS_MAIN(TestServerLine)
#include "tst_serverline.moc"
