// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/macaddress.h"
#include "tests/support/generators.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestMacAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // SOURCES S4: MACs are normalised
    void readsEveryUsualSpelling_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"02:aa:bb:cc:00:01", "02-AA-BB-CC-00-01", "02aa.bbcc.0001", "02AABBCC0001",
                                 " 02:aa:bb:cc:00:01 ", "02:Aa:bB:cc:00:01"})
            QTest::newRow(text) << QString::fromLatin1(text);
        // openvpn/FACTS.md 51: what the learn-address hook and status 3 append
        QTest::newRow("without VLAN") << u"02:aa:bb:cc:00:01@0"_s;
        QTest::newRow("VLAN 7") << u"02:aa:bb:cc:00:01@7"_s;
        QTest::newRow("the last VLAN") << u"02:aa:bb:cc:00:01@4095"_s;
    }
    void readsEveryUsualSpelling()
    {
        QFETCH(QString, text);
        const auto mac = MacAddress::parse(text);
        QVERIFY2(mac.has_value(), qPrintable(mac ? QString() : mac.error().detail));
        QCOMPARE(mac->toString(), u"02:aa:bb:cc:00:01"_s);
        QCOMPARE(mac->value(), std::uint64_t{0x02aabbcc0001});
    }

    // SOURCES S4: a bad one is an error
    void refusesWhatIsNoMacAddress_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << QString();
        QTest::newRow("five groups") << u"02:aa:bb:cc:00"_s;
        QTest::newRow("seven groups") << u"02:aa:bb:cc:00:01:02"_s;
        QTest::newRow("mixed separators") << u"02:aa-bb:cc-00:01"_s;
        QTest::newRow("separators at the wrong places") << u"02a:a:bb:cc:00:01"_s;
        QTest::newRow("single digits") << u"2:aa:bb:cc:0:1"_s;
        QTest::newRow("a letter beyond f") << u"02:aa:bb:cc:00:0g"_s;
        QTest::newRow("other separators") << u"02_aa_bb_cc_00_01"_s;
        QTest::newRow("dots between pairs") << u"02.aa.bb.cc.00.01"_s;
        QTest::newRow("an empty VLAN") << u"02:aa:bb:cc:00:01@"_s;
        QTest::newRow("a VLAN that is no number") << u"02:aa:bb:cc:00:01@x"_s;
        QTest::newRow("a negative VLAN") << u"02:aa:bb:cc:00:01@-1"_s;
        QTest::newRow("a VLAN above 4095") << u"02:aa:bb:cc:00:01@4096"_s;
        QTest::newRow("two VLANs") << u"02:aa:bb:cc:00:01@1@2"_s;
        QTest::newRow("digits of another script") << u"٠٢:aa:bb:cc:00:01"_s;
        QTest::newRow("an address") << u"10.8.0.1"_s;
        QTest::newRow("a line end inside") << u"02:aa:bb\n:cc:00:1"_s;
    }
    void refusesWhatIsNoMacAddress()
    {
        QFETCH(QString, text);
        const auto mac = MacAddress::parse(text);
        QVERIFY(!mac);
        QCOMPARE(mac.error().kind, ErrorKind::Invalid);
    }

    void everySpellingRoundTrips()
    {
        QVERIFY(rc::check("parse reads every spelling of m as m", [](const MacAddress &mac) {
            const QString colons = mac.toString();
            const QString bare = QString(colons).remove(u':');
            const QString dots = bare.left(4) + u'.' + bare.mid(4, 4) + u'.' + bare.mid(8);
            RC_ASSERT(MacAddress::parse(colons) == mac);
            RC_ASSERT(MacAddress::parse(QString(colons).replace(u':', u'-').toUpper()) == mac);
            RC_ASSERT(MacAddress::parse(dots) == mac);
            RC_ASSERT(MacAddress::parse(bare) == mac);
            RC_ASSERT(MacAddress::parse(colons + u'@' + QString::number(*rc::gen::inRange(0, 4096))) == mac);
        }));
    }

    void knowsGroupAddresses()
    {
        QVERIFY(MacAddress::parse(u"01:00:5e:00:00:01"_s).value().isMulticast());
        QVERIFY(MacAddress::parse(u"ff:ff:ff:ff:ff:ff"_s).value().isMulticast());
        QVERIFY(!MacAddress::parse(u"02:aa:bb:cc:00:01"_s).value().isMulticast());
    }
};

QTEST_GUILESS_MAIN(TestMacAddress)
#include "tst_macaddress.moc"
