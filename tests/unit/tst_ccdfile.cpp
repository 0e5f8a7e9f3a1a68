// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/ccdfile.h"
#include "model/rules/ccdfilename.h"
#include "model/rules/optionline.h"
#include "tests/support/generators.h"
#include "tests/support/hostilenames.h"

#include <QFile>
#include <QTest>

#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(INTERLOCK_FIXTURES "/ccd/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("a fixture is missing");
    return file.readAll();
}

Prefix prefix(const QString &text)
{
    return Prefix::parse(text).value();
}
Address address(const QString &text)
{
    return Address::parse(text).value();
}
PushOption push(OptionType type, const QString &value)
{
    return PushOption::parse(type, value).value();
}

/// "LINE severity: TEXT | REASON" of each problem.
QStringList told(const std::vector<CcdProblem> &problems)
{
    QStringList lines;
    for (const CcdProblem &problem : problems) {
        lines += u"%1 %2: %3 | %4"_s.arg(QString::number(problem.line),
                                         problem.severity == CcdSeverity::Note ? u"note"_s : u"loss"_s, problem.text,
                                         problem.reason);
    }
    return lines;
}

template <typename T>
std::vector<T> distinct(const std::vector<T> &values)
{
    std::vector<T> kept;
    for (const T &value : values) {
        if (std::ranges::find(kept, value) == kept.end())
            kept.push_back(value);
    }
    return kept;
}

Address anyOf(Family family)
{
    return *rc::gen::suchThat<Address>([=](const Address &a) { return a.family() == family && a.value() != 0; });
}

PushOption anyPush()
{
    const auto network = *rc::gen::arbitrary<Prefix>();
    const auto gateway = anyOf(network.family());
    using enum OptionType;
    return *rc::gen::element(push(network.isIPv4() ? Route : RouteIpv6, network.toString() + u' ' + gateway.toString()),
                             push(network.isIPv4() ? Route : RouteIpv6, network.toString()),
                             push(DhcpOption, u"DNS "_s + gateway.toString()),
                             push(DhcpOption, u"DOMAIN-SEARCH example.org"_s), push(RedirectGateway, u"def1 ipv6"_s),
                             push(RedirectGateway, QString()), push(BlockOutsideDns, QString()), push(Ping, u"10"_s),
                             push(PingRestart, u"0"_s));
}

CcdFile anyFile()
{
    CcdFile file;
    if (*rc::gen::arbitrary<bool>()) {
        const auto own = anyOf(Family::IPv4);
        if (*rc::gen::arbitrary<bool>())
            file.ifconfigPush = IfconfigPush{own, Prefix(own, *rc::gen::inRange(1, 33))};
        else // a peer that is not also a mask
            file.ifconfigPush = IfconfigPush{own, Address::ipv4(*rc::gen::inRange<std::uint32_t>(1, 0x7fff'ffff))};
    }
    if (*rc::gen::arbitrary<bool>()) {
        file.ifconfigIpv6Push = IfconfigIpv6Push{anyOf(Family::IPv6), *rc::gen::inRange(0, 129), {}};
        if (*rc::gen::arbitrary<bool>())
            file.ifconfigIpv6Push->remote = anyOf(Family::IPv6);
    }
    file.iroutes = distinct(*rc::gen::arbitrary<std::vector<Prefix>>());
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        const int length = *rc::gen::inRange(1, 33);
        const NatPair pair{Prefix(anyOf(Family::IPv4), length), Prefix(anyOf(Family::IPv4), length)};
        if (pair.isTranslatable())
            file.clientNats.push_back(pair);
    }
    file.clientNats = distinct(file.clientNats);
    std::set<OptionType> singles;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
        const PushOption option = anyPush();
        if (!isSingle(option.type()) || singles.insert(option.type()).second)
            file.pushes.push_back(option);
    }
    file.pushes = distinct(file.pushes);
    return file;
}

} // namespace

class TestCcdFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAnOrdinaryBranch()
    {
        using enum OptionType;
        CcdFile expected;
        expected.ifconfigPush = IfconfigPush{address(u"10.8.0.21"_s), prefix(u"10.8.0.0/24"_s)};
        expected.ifconfigIpv6Push = IfconfigIpv6Push{address(u"fd00:8::21"_s), 64, address(u"fd00:8::1"_s)};
        expected.iroutes = {prefix(u"192.168.10.0/24"_s), prefix(u"192.168.11.0/25"_s), prefix(u"fd00:10::/48"_s),
                            prefix(u"172.20.5.9/32"_s)};
        expected.pushes = {push(Route, u"10.20.0.0/16"_s), push(Route, u"10.30.0.0/16 vpn_gateway 20"_s),
                           push(RouteIpv6, u"fd00:20::/32"_s), push(DhcpOption, u"DNS 10.20.0.53"_s),
                           push(DhcpOption, u"DOMAIN corp.example.org"_s)};
        const CcdFile file = CcdFile::parse(fixture(u"branch-berlin"_s)).value();
        QCOMPARE(told(file.problems), QStringList());
        QVERIFY(file == expected);
        QCOMPARE(file.lans(), expected.iroutes);
    }

    void readsAPeerAByteOrderMarkAndCrlf()
    {
        CcdFile expected;
        expected.ifconfigPush = IfconfigPush{address(u"10.8.0.5"_s), address(u"10.8.0.6"_s)};
        expected.iroutes = {prefix(u"192.168.5.0/24"_s)};
        expected.pushes = {push(OptionType::PingRestart, u"0"_s)};
        const CcdFile file = CcdFile::parse(fixture(u"net30-with-bom-and-crlf"_s)).value();
        QCOMPARE(told(file.problems), QStringList());
        QVERIFY(file == expected);
    }

    void translatesStandInsBackToLans()
    {
        const CcdFile file = CcdFile::parse(fixture(u"stand-in-branch"_s)).value();
        QCOMPARE(told(file.problems), QStringList());
        QCOMPARE(file.clientNats, (std::vector{NatPair{prefix(u"192.168.1.0/27"_s), prefix(u"100.64.0.0/27"_s)}}));
        QCOMPARE(file.lans(), (std::vector{prefix(u"192.168.1.0/27"_s), prefix(u"172.16.9.0/24"_s)}));
    }

    // openvpn/FACTS.md 12: a translation may be wider than the iroute
    void aLanIsAsLongAsItsIrouteNotAsItsTranslation()
    {
        const CcdFile file = CcdFile::parse("iroute 100.64.0.32 255.255.255.224\n"
                                            "push \"client-nat snat 192.168.1.0 255.255.255.0 100.64.0.0\"\n")
                                 .value();
        QCOMPARE(file.lans(), (std::vector{prefix(u"192.168.1.32/27"_s)}));
    }

    void listsEveryLineThatItDoesNotRepresent()
    {
        const CcdFile file = CcdFile::parse(fixture(u"messy-branch"_s)).value();
        QCOMPARE(file.toText(), QByteArray("ifconfig-push 10.8.0.41 255.255.255.0\n"
                                           "iroute 192.168.42.0 255.255.255.0\n"
                                           "iroute 192.168.44.0 255.255.255.0\n"
                                           "iroute 192.168.46.0 255.255.255.0\n"
                                           "push \"redirect-gateway ipv6\"\n"
                                           "push \"ping 20\"\n"));
        const QStringList expected{
            u"1 note: ifconfig-push 10.8.0.40 255.255.255.0 | replaced by line 2"_s,
            u"3 loss: iroute 192.168.40.7 255.255.255.0 | '192.168.40.7 255.255.255.0' has host bits set: use 192.168.40.0/24"_s,
            u"4 loss: iroute 192.168.41.0/24 | OpenVPN reads no CIDR here and takes one host of it; iroute 192.168.41.0 255.255.255.0 may be meant"_s,
            u"6 note: iroute 192.168.42.0 255.255.255.0 | an earlier line says the same"_s,
            u"7 loss: iroute 192.168.43.0 255.0.255.0 | '192.168.43.0 255.0.255.0' is not a prefix: its mask is not contiguous"_s,
            u"8 loss: iroute 300.1.1.0 255.255.255.0 | '300.1.1.0 255.255.255.0' is not a prefix: '300.1.1.0' is not an IPv4 or IPv6 address"_s,
            u"9 loss: iroute-ipv6 fd00:40::7/48 | 'fd00:40::7/48' has host bits set: use fd00:40::/48"_s,
            u"10 loss: disable | this client is locked out by its file; rows do not say that, deny or remove the connector"_s,
            u"11 loss: push-reset | the options that the server pushes to everybody are withdrawn here; rows do not say that"_s,
            u"12 loss: config /etc/openvpn/ccd-common | another file is read at this place; its lines are not imported"_s,
            u"13 loss: comp-lzo no | there is no row for this option"_s,
            u"14 loss: push \"route 10.0.0.0/8\" | '10.0.0.0/8' is not a value of route: OpenVPN reads a network and a mask here, not CIDR"_s,
            u"15 loss: push \"route gateway.example.org 255.255.255.255\" | 'gateway.example.org 255.255.255.255' is not a prefix: 'gateway.example.org' is not an IPv4 or IPv6 address"_s,
            u"16 loss: push \"redirect-gateway def1\" | replaced by line 17"_s,
            u"18 note: push \"ping 10\" | replaced by line 19"_s,
            u"20 loss: push \"script-security 2\" | 'script-security' is not an option that can be pushed from rows"_s,
            u"21 loss: push \"route 10.0.0.0 255.0.0.0 | a quotation is not closed"_s,
            u"22 loss: push route 10.0.0.0 255.0.0.0 | push takes one option in quotes"_s,
            u"23 loss: dhcp-option DNS C:\\dns | a backslash stands before something other than \\, \" or a blank"_s,
            u"25 loss: <connection> | inline blocks are not imported"_s,
            u"26 loss: iroute 192.168.45.0 255.255.255.0 | inline blocks are not imported"_s,
            u"27 loss: </connection> | inline blocks are not imported"_s,
        };
        QCOMPARE(told(file.problems), expected);
    }

    void everyLineIsEitherAValueOrAProblem()
    {
        QVERIFY(rc::check("values + problems == lines with words, for any mixture of lines", [] {
            static const std::vector<QByteArray> kDirectives{"iroute 10.0.0.0 255.0.0.0",
                                                             "iroute 10.1.0.0 255.255.0.0",
                                                             "iroute 10.0.0.1 255.0.0.0",
                                                             "iroute",
                                                             "iroute-ipv6 fd00::/64",
                                                             "iroute-ipv6 fd00::1/64",
                                                             "ifconfig-push 10.8.0.2 255.255.255.0",
                                                             "ifconfig-push 10.8.0.3 255.255.255.0",
                                                             "ifconfig-push x y",
                                                             "ifconfig-ipv6-push fd00::2/64",
                                                             "push \"ping 1\"",
                                                             "push \"ping 2\"",
                                                             "push 'route 10.0.0.0 255.0.0.0'",
                                                             "push \"\"",
                                                             "push x y",
                                                             "push \"client-nat snat 10.0.0.0 255.0.0.0 11.0.0.0\"",
                                                             "push \"client-nat dnat 1.0.0.0 255.0.0.0 2.0.0.0\"",
                                                             "disable",
                                                             "\"",
                                                             "\x01",
                                                             "x\\y",
                                                             QByteArray(255, 'x'),
                                                             "a b c d e f g h i j k l m n o p q"};
            const auto chosen = *rc::gen::container<std::vector<QByteArray>>(rc::gen::elementOf(kDirectives));
            QByteArray content;
            for (const QByteArray &line : chosen)
                content += line + *rc::gen::element<QByteArray>("\n", "\r\n", "\n\n# comment\n", "\n  ; \"\n");
            const CcdFile file = CcdFile::parse(content).value();
            const std::size_t values = (file.ifconfigPush ? 1U : 0U) + (file.ifconfigIpv6Push ? 1U : 0U) +
                                       file.iroutes.size() + file.clientNats.size() + file.pushes.size();
            RC_ASSERT(values + file.problems.size() == chosen.size());
        }));
    }

    void writtenFilesReadBackAsTheSameValues()
    {
        QVERIFY(rc::check("parse(toText(f)) == f", [] {
            const CcdFile file = anyFile();
            RC_ASSERT(CcdFile::parse(file.toText()).value() == file);
        }));
    }

    void writtenFixturesMeanTheSameWithoutTheirProblems()
    {
        for (const QString &name :
             {u"branch-berlin"_s, u"net30-with-bom-and-crlf"_s, u"stand-in-branch"_s, u"messy-branch"_s}) {
            CcdFile file = CcdFile::parse(fixture(name)).value();
            file.problems.clear();
            QVERIFY2(CcdFile::parse(file.toText()).value() == file, qPrintable(name));
        }
    }

    void readsTheUnusualSpellingsThatOpenVpnReads_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("canonical");
        const auto row = [](const char *name, const QByteArray &content, const QByteArray &canonical) {
            QTest::newRow(name) << content << canonical;
        };
        row("an empty file", "", "");
        row("nothing but a byte order mark", "\xEF\xBB\xBF", "");
        row("no line end", "iroute 10.0.0.0 255.0.0.0", "iroute 10.0.0.0 255.0.0.0\n");
        row("leading blanks and tabs", " \tiroute\t10.0.0.0   255.0.0.0 ", "iroute 10.0.0.0 255.0.0.0\n");
        row("quoted words", "\"iroute\" '10.0.0.0' \"255.0.0.0\"", "iroute 10.0.0.0 255.0.0.0\n");
        row("a comment right after a quote", "iroute 10.0.0.0 \"255.0.0.0\"# x", "iroute 10.0.0.0 255.0.0.0\n");
        row("single quotes around a push", "push 'ping 10'", "push \"ping 10\"\n");
        row("an escaped blank", "push ping\\ 10", "push \"ping 10\"\n");
        row("escaped quotes inside a push", "push \"dhcp-option \\\"DOMAIN\\\" example.org\"",
            "push \"dhcp-option DOMAIN example.org\"\n");
        row("an iroute without mask is one host", "iroute 10.0.0.1", "iroute 10.0.0.1 255.255.255.255\n");
        row("an IPv6 iroute without length is a /64", "iroute-ipv6 fd00:1::", "iroute-ipv6 fd00:1::/64\n");
        row("an IPv6 address without length has 64", "ifconfig-ipv6-push fd00::5", "ifconfig-ipv6-push fd00::5/64\n");
        row("a comment in another encoding",
            "# K\xFC"
            "che\niroute 10.0.0.0 255.0.0.0",
            "iroute 10.0.0.0 255.0.0.0\n");
    }
    void readsTheUnusualSpellingsThatOpenVpnReads()
    {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, canonical);
        const CcdFile file = CcdFile::parse(content).value();
        QCOMPARE(told(file.problems), QStringList());
        QCOMPARE(file.toText(), canonical);
    }

    void aHashInsideAWordIsNoComment()
    {
        const auto words = splitOptionLine("iroute 10.0.0.0#x 255.0.0.0;y \"#z\"");
        QCOMPARE(words.value(), (QStringList{u"iroute"_s, u"10.0.0.0#x"_s, u"255.0.0.0;y"_s, u"#z"_s}));
    }

    // openvpn/FACTS.md 63: the tail of a long line is another directive, so a long comment is not harmless either
    void aLineLongerThanOpenVpnReadsIsAProblem()
    {
        const QByteArray longest = "# " + QByteArray(252, 'x');
        QVERIFY(CcdFile::parse(longest + '\n').value().problems.empty());
        const CcdFile file = CcdFile::parse(longest + "x\n").value();
        QCOMPARE(file.problems.size(), std::size_t{1});
        QCOMPARE(file.problems.front().severity, CcdSeverity::Loss);
    }

    void problemsShowNoControlCharactersAndStayShort()
    {
        const CcdFile file = CcdFile::parse("\x1b[31m\xff bad\x07\n" + QByteArray(9000, 'y') + '\n').value();
        QCOMPARE(file.problems.size(), std::size_t{2});
        for (const CcdProblem &problem : file.problems) {
            QVERIFY(problem.text.size() <= 254);
            for (const QChar c : problem.text)
                QVERIFY(c.category() != QChar::Other_Control);
        }
    }

    void aFileThatIsTooLargeIsRefusedAsAWhole()
    {
        QVERIFY(CcdFile::parse(QByteArray(1024 * 1024, '#')).has_value());
        QCOMPARE(CcdFile::parse(QByteArray(1024 * 1024 + 1, '#')).error().kind, ErrorKind::Limit);
        QVERIFY(CcdFile::parse(QByteArray(20'000, '\n')).has_value());
        QCOMPARE(CcdFile::parse(QByteArray(20'001, '\n')).error().kind, ErrorKind::Limit);
    }

    void aFileNameIsTheNameItself()
    {
        for (const QString &text : {u"branch-berlin"_s, u"branch  one two"_s, u"$(id)`x`"_s, u"a\\b"_s, u"şube-İzmir"_s,
                                    u"..."_s, u".hidden"_s, u"default"_s, u"a,b=c"_s}) {
            const auto name = CommonName::parse(text).value();
            QCOMPARE(fileNameFor(name).value(), text);
            QCOMPARE(commonNameFromFileName(text).value(), name);
        }
    }

    void namesWithoutAFileOfTheirOwnAreUnsupported_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("a path") << u"../../etc/passwd"_s;
        QTest::newRow("a slash, which OpenVPN maps to _") << u"a,b=c/d"_s;
        QTest::newRow("this folder") << u"."_s;
        QTest::newRow("the parent folder") << u".."_s;
        QTest::newRow("the fallback file") << u"DEFAULT"_s;
        QTest::newRow("64 characters of four bytes") << u"\U0001F682"_s.repeated(64);
    }
    void namesWithoutAFileOfTheirOwnAreUnsupported()
    {
        QFETCH(QString, text);
        QCOMPARE(fileNameFor(CommonName::parse(text).value()).error().kind, ErrorKind::Unsupported);
        QCOMPARE(commonNameFromFileName(text).error().kind, ErrorKind::Unsupported);
    }

    void fileNamesOfHostileConnectorsStayInTheirFolder()
    {
        for (const QString &text : hostileCommonNames()) {
            if (text.isEmpty())
                continue;
            const auto file = fileNameFor(CommonName::parse(text).value());
            QCOMPARE(file.has_value(), !text.contains(u'/'));
            if (file)
                QCOMPARE(commonNameFromFileName(*file).value().toString(), text);
        }
        QCOMPARE(commonNameFromFileName(QStringView()).error().kind, ErrorKind::Invalid);
        QCOMPARE(commonNameFromFileName(u"a\nb").error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestCcdFile)
#include "tst_ccdfile.moc"
