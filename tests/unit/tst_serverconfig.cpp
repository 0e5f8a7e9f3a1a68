// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverconfig.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

/// Each directive as "line: name|argument|..."; a block as "line: <name> of N lines".
QStringList shown(const QByteArray &content)
{
    const auto config = ServerConfig::parse(content);
    if (!config) {
        const QJsonValue line = config.error().payload.value(u"line"_s);
        return {u"!%1 line %2: %3"_s.arg(nameOf(config.error().kind),
                                         line.isDouble() ? QString::number(line.toInt()) : u"-"_s,
                                         config.error().detail)};
    }
    QStringList lines;
    for (const ServerDirective &directive : config->directives()) {
        const QString number = QString::number(directive.line) + u": "_s;
        lines += directive.isInline ? number + u"<%1> of %2 lines"_s.arg(directive.name).arg(directive.inlineLines)
                                    : number + (QStringList{directive.name} + directive.arguments).join(u'|');
    }
    return lines;
}

} // namespace

class TestServerConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyDirectiveIsKeptWithItsLine_data();
    void everyDirectiveIsKeptWithItsLine();
    void whatOpenVpnWouldNotReadIsRefusedWithItsLine_data();
    void whatOpenVpnWouldNotReadIsRefusedWithItsLine();
    void aLineOfTenMegabytesIsRefused();
    void aFileBeyondTheLimitIsRefused();
    void theLastOfANameCounts();
    void keysAreNotKept();
};

void TestServerConfig::everyDirectiveIsKeptWithItsLine_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("nothing") << QByteArray() << QStringList();
    QTest::newRow("comments and empty lines") << QByteArray("# one\n\n ; two\n\t#three\n") << QStringList();
    QTest::newRow("a comment behind an option")
        << QByteArray("port 1194 # the usual\n") << QStringList{u"1: port|1194"_s};
    QTest::newRow("without a last line end")
        << QByteArray("dev tun\nproto udp") << QStringList{u"1: dev|tun"_s, u"2: proto|udp"_s};
    QTest::newRow("line ends of Windows")
        << QByteArray("dev tun\r\nproto udp\r\n") << QStringList{u"1: dev|tun"_s, u"2: proto|udp"_s};
    QTest::newRow("a byte order mark") << QByteArray("\xEF\xBB\xBF"
                                                     "dev tun\n")
                                       << QStringList{u"1: dev|tun"_s};
    QTest::newRow("leading dashes") << QByteArray("--dev tun\n") << QStringList{u"1: dev|tun"_s};
    QTest::newRow("quotes") << QByteArray("push \"route 10.0.0.0 255.0.0.0\"\nlearn-address '/a b/c' \"\"\n")
                            << QStringList{u"1: push|route 10.0.0.0 255.0.0.0"_s, u"2: learn-address|/a b/c|"_s};
    QTest::newRow("an unknown option, and one that repeats")
        << QByteArray("no-such-option 1\nroute 10.0.0.0\nroute 10.0.0.0\n")
        << QStringList{u"1: no-such-option|1"_s, u"2: route|10.0.0.0"_s, u"3: route|10.0.0.0"_s};
    QTest::newRow("a block between options")
        << QByteArray("dev tun\n<ca>\n-----BEGIN\nroute 1.2.3.4\n# x\n</ca>\nproto udp\n")
        << QStringList{u"1: dev|tun"_s, u"2: <ca> of 3 lines"_s, u"7: proto|udp"_s};
    QTest::newRow("an indented closing tag")
        << QByteArray("<key>\nx\n  </key>\ndev tun\n") << QStringList{u"1: <key> of 1 lines"_s, u"4: dev|tun"_s};
    QTest::newRow("a block in another's tags")
        << QByteArray("<ca>\n</key>\n</ca>\n") << QStringList{u"1: <ca> of 1 lines"_s};
    QTest::newRow("long lines in a block")
        << QByteArray("<ca>\n" + QByteArray(5000, 'x') + "\n</ca>\n") << QStringList{u"1: <ca> of 1 lines"_s};
    QTest::newRow("a tag with an argument is an option") << QByteArray("<ca> x\n") << QStringList{u"1: <ca>|x"_s};
    QTest::newRow("other encodings in a comment") << QByteArray("# gr\xFC\xDF"
                                                                "e\ndev tun\n")
                                                  << QStringList{u"2: dev|tun"_s};
    QTest::newRow("the longest line") << QByteArray("x " + QByteArray(252, 'y') + '\n')
                                      << QStringList{u"1: x|"_s + QString(252, u'y')};
}

void TestServerConfig::everyDirectiveIsKeptWithItsLine()
{
    QFETCH(QByteArray, content);
    QFETCH(QStringList, expected);
    QCOMPARE(shown(content), expected);
}

void TestServerConfig::whatOpenVpnWouldNotReadIsRefusedWithItsLine_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("expected");
    const QByteArray good = "dev tun\n";
    QTest::newRow("an open quote") << QByteArray(good + "push \"route 1.2.3.4\nproto udp\n")
                                   << u"!invalid line 2: line 2 of the configuration: a quotation is not closed"_s;
    QTest::newRow("a long line")
        << QByteArray(good + good + QByteArray(255, 'x'))
        << u"!limit line 3: line 3 of the configuration: it is longer than 254 bytes, and OpenVPN "
           "takes the rest for another line"_s;
    QTest::newRow("seventeen words") << QByteArray("a 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n")
                                     << u"!limit line 1: line 1 of the configuration: it has more than 16 words"_s;
    QTest::newRow("a control character")
        << QByteArray(good + "port \x01"
                             "1194\n")
        << u"!invalid line 2: line 2 of the configuration: it contains a control character"_s;
    QTest::newRow("a zero byte") << QByteArray("dev tun\0x\n", 10)
                                 << u"!invalid line 1: line 1 of the configuration: it contains a zero byte"_s;
    QTest::newRow("a zero byte in a block")
        << QByteArray("<ca>\nx\0y\n</ca>\n", 14)
        << u"!invalid line 2: line 2 of the configuration: it contains a zero byte"_s;
    QTest::newRow("a program in place of text")
        << QByteArray("\x7F"
                      "ELF\x02\x01\x01\0\0\0\n",
                      11)
        << u"!invalid line 1: line 1 of the configuration: it contains a zero byte"_s;
    QTest::newRow("an encoding other than UTF-8")
        << QByteArray(good + "dev gr\xFC\xDF"
                             "e\n")
        << u"!invalid line 2: line 2 of the configuration: it contains bytes that are no UTF-8"_s;
    QTest::newRow("a block that is not closed")
        << QByteArray(good + "<ca>\nx\ny\n")
        << u"!invalid line 2: line 2 of the configuration: the block <ca> is not closed"_s;
    QTest::newRow("an option without a name")
        << QByteArray(good + "\"\" x\n") << u"!invalid line 2: line 2 of the configuration: the option has no name"_s;
    QTest::newRow("dashes only") << QByteArray("--\n")
                                 << u"!invalid line 1: line 1 of the configuration: the option has no name"_s;
}

void TestServerConfig::whatOpenVpnWouldNotReadIsRefusedWithItsLine()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, expected);
    QCOMPARE(shown(content), QStringList{expected});
}

void TestServerConfig::aLineOfTenMegabytesIsRefused()
{
    QCOMPARE(
        shown("dev tun\n" + QByteArray(10'000'000, 'x')),
        QStringList{u"!limit line 2: line 2 of the configuration: it is longer than 254 bytes, and OpenVPN takes the "
                    "rest for another line"_s});
}

void TestServerConfig::aFileBeyondTheLimitIsRefused()
{
    const QByteArray line = "#" + QByteArray(62, 'x') + "\n";
    const QByteArray most = line.repeated(static_cast<int>(ServerConfig::kMaxSize / line.size()));
    QCOMPARE(most.size(), ServerConfig::kMaxSize);
    QCOMPARE(shown(most), QStringList());
    QCOMPARE(shown(most + '\n'), QStringList{u"!limit line -: the configuration is larger than 1 MiB"_s});
}

void TestServerConfig::theLastOfANameCounts()
{
    const ServerConfig config = ServerConfig::parse("dev tun\ndev tap\nroute 1.2.3.4\n").value();
    QCOMPARE(config.lastOrNull(u"dev")->line, 2);
    QCOMPARE(config.all(u"dev").size(), 2U);
    QVERIFY(config.has(u"route"));
    QVERIFY(!config.has(u"rout"));
    QVERIFY(!config.lastOrNull(u"proto"));
}

void TestServerConfig::keysAreNotKept()
{
    const ServerConfig config = ServerConfig::parse("<key>\nsecret\n</key>\n").value();
    QCOMPARE(config.directives(), (std::vector<ServerDirective>{{u"key"_s, {}, 1, true, 1}}));
    QCOMPARE(config.directives().front().toString(), u"<key>"_s);
}

QTEST_GUILESS_MAIN(TestServerConfig)
#include "tst_serverconfig.moc"
