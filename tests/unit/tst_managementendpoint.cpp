// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/managementendpoint.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestManagementEndpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTcpAndUnixEndpoints_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("isLoopback");
        QTest::newRow("loopback") << u"tcp:127.0.0.1:7505"_s << u"tcp:127.0.0.1:7505"_s << u"127.0.0.1"_s << 7505
                                  << QString() << true;
        QTest::newRow("another loopback address")
            << u"tcp:127.8.0.1:1"_s << u"tcp:127.8.0.1:1"_s << u"127.8.0.1"_s << 1 << QString() << true;
        QTest::newRow("localhost") << u"tcp:LocalHost:65535"_s << u"tcp:localhost:65535"_s << u"localhost"_s << 65535
                                   << QString() << true;
        QTest::newRow("IPv6 loopback") << u"tcp:[0:0::1]:7505"_s << u"tcp:[::1]:7505"_s << u"::1"_s << 7505 << QString()
                                       << true;
        QTest::newRow("IPv6") << u"tcp:[fd00::1]:7505"_s << u"tcp:[fd00::1]:7505"_s << u"fd00::1"_s << 7505 << QString()
                              << false;
        QTest::newRow("name") << u"tcp:vpn.example.org:7505"_s << u"tcp:vpn.example.org:7505"_s << u"vpn.example.org"_s
                              << 7505 << QString() << false;
        QTest::newRow("a name that only begins like localhost")
            << u"tcp:localhost.example.org:7505"_s << u"tcp:localhost.example.org:7505"_s << u"localhost.example.org"_s
            << 7505 << QString() << false;
        QTest::newRow("address") << u" tcp:10.0.0.1:7505 "_s << u"tcp:10.0.0.1:7505"_s << u"10.0.0.1"_s << 7505
                                 << QString() << false;
        QTest::newRow("socket") << u"unix:/run/openvpn/office.sock"_s << u"unix:/run/openvpn/office.sock"_s << QString()
                                << 0 << u"/run/openvpn/office.sock"_s << true;
        QTest::newRow("socket with blanks and colons")
            << u"unix:/run/my vpn:1/ö"_s << u"unix:/run/my vpn:1/ö"_s << QString() << 0 << u"/run/my vpn:1/ö"_s << true;
        const QString longest = u'/' + QString(106, u'x');
        QTest::newRow("socket of 107 bytes")
            << u"unix:"_s + longest << u"unix:"_s + longest << QString() << 0 << longest << true;
    }
    void readsTcpAndUnixEndpoints()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        QFETCH(QString, host);
        QFETCH(int, port);
        QFETCH(QString, path);
        QFETCH(bool, isLoopback);
        const auto endpoint = ManagementEndpoint::parse(text);
        QVERIFY2(endpoint.has_value(), qPrintable(endpoint ? QString() : endpoint.error().detail));
        QCOMPARE(endpoint->toString(), canonical);
        QCOMPARE(endpoint->host(), host);
        QCOMPARE(int(endpoint->port()), port);
        QCOMPARE(endpoint->path(), path);
        QCOMPARE(endpoint->isUnix(), !path.isEmpty());
        QCOMPARE(endpoint->isLoopback(), isLoopback);
        QCOMPARE(ManagementEndpoint::parse(canonical).value(), *endpoint);
    }

    void refusesEverythingElse_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << QString();
        QTest::newRow("no scheme") << u"127.0.0.1:7505"_s;
        QTest::newRow("another scheme") << u"udp:127.0.0.1:7505"_s;
        QTest::newRow("scheme in capitals") << u"TCP:127.0.0.1:7505"_s;
        QTest::newRow("no port") << u"tcp:127.0.0.1"_s;
        QTest::newRow("an empty port") << u"tcp:127.0.0.1:"_s;
        QTest::newRow("port zero") << u"tcp:127.0.0.1:0"_s;
        QTest::newRow("port 65536") << u"tcp:127.0.0.1:65536"_s;
        QTest::newRow("a signed port") << u"tcp:127.0.0.1:+75"_s;
        QTest::newRow("a port with a leading zero") << u"tcp:127.0.0.1:07505"_s;
        QTest::newRow("a service name") << u"tcp:127.0.0.1:openvpn"_s;
        QTest::newRow("no host") << u"tcp::7505"_s;
        QTest::newRow("IPv6 without brackets") << u"tcp:fd00::1:7505"_s;
        QTest::newRow("IPv4 in brackets") << u"tcp:[127.0.0.1]:7505"_s;
        QTest::newRow("a name in brackets") << u"tcp:[localhost]:7505"_s;
        QTest::newRow("an open bracket") << u"tcp:[::1:7505"_s;
        QTest::newRow("a zone") << u"tcp:[fe80::1%eth0]:7505"_s;
        QTest::newRow("an address with four digits") << u"tcp:10.0.0.300:7505"_s;
        QTest::newRow("a blank in the host") << u"tcp:my host:7505"_s;
        QTest::newRow("an underscore in the host") << u"tcp:my_host:7505"_s;
        QTest::newRow("a Kelvin sign for a k") << u"tcp:\u212Aiosk.example:7505"_s;
        QTest::newRow("a path in the host") << u"tcp:host/x:7505"_s;
        QTest::newRow("a relative path") << u"unix:office.sock"_s;
        QTest::newRow("no path") << u"unix:"_s;
        QTest::newRow("a folder") << u"unix:/run/openvpn/"_s;
        QTest::newRow("a path of 108 bytes") << u"unix:/"_s + QString(107, u'x');
        QTest::newRow("a path of 108 bytes in 55 characters") << u"unix:/x"_s + QString(53, u'ö');
        QTest::newRow("a zero byte in the path") << u"unix:/run/a"_s + QChar(u'\0') + u"b"_s;
        QTest::newRow("a line end in the path") << u"unix:/run/a\nb"_s;
    }
    void refusesEverythingElse()
    {
        QFETCH(QString, text);
        const auto endpoint = ManagementEndpoint::parse(text);
        QVERIFY(!endpoint);
        QCOMPARE(endpoint.error().kind, ErrorKind::Invalid);
        for (const QChar c : endpoint.error().detail)
            QVERIFY(c.isPrint());
    }
};

QTEST_GUILESS_MAIN(TestManagementEndpoint)
#include "tst_managementendpoint.moc"
