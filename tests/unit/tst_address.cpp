// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/address.h"
#include "tests/support/generators.h"

#include <QHash>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesTheCanonicalForm_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        QTest::newRow("IPv4") << u"10.8.1.1"_s << u"10.8.1.1"_s;
        QTest::newRow("the greatest IPv4 address") << u"255.255.255.255"_s << u"255.255.255.255"_s;
        QTest::newRow("blanks around") << u"\t10.8.1.1 "_s << u"10.8.1.1"_s;
        // RFC 5952, the rules of its section 4 in order
        QTest::newRow("leading zeros go") << u"2001:0db8::0001"_s << u"2001:db8::1"_s;
        QTest::newRow("as many zero groups as possible go") << u"2001:db8:0:0:0:0:2:1"_s << u"2001:db8::2:1"_s;
        QTest::newRow("one zero group stays") << u"2001:db8::1:1:1:1:1"_s << u"2001:db8:0:1:1:1:1:1"_s;
        QTest::newRow("the longest run goes") << u"2001:0:0:1:0:0:0:1"_s << u"2001:0:0:1::1"_s;
        QTest::newRow("the first of equal runs goes") << u"2001:db8:0:0:1:0:0:1"_s << u"2001:db8::1:0:0:1"_s;
        QTest::newRow("lower case") << u"2001:DB8::ABCD"_s << u"2001:db8::abcd"_s;
        QTest::newRow("nothing but zeros") << u"0:0:0:0:0:0:0:0"_s << u"::"_s;
        QTest::newRow("IPv4 mapped") << u"::FFFF:10.0.0.1"_s << u"::ffff:10.0.0.1"_s;
    }
    void writesTheCanonicalForm()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const auto address = Address::parse(text);
        QVERIFY2(address.has_value(), qPrintable(address ? QString() : address.error().detail));
        QCOMPARE(address->toString(), canonical);
    }

    void refusesWhatIsNoAddress_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << QString();
        QTest::newRow("a blank") << u" "_s;
        QTest::newRow("three octets") << u"10.8.1"_s;
        QTest::newRow("five octets") << u"10.8.1.1.1"_s;
        QTest::newRow("an octet above 255") << u"10.8.1.256"_s;
        QTest::newRow("a leading zero, which some read as octal") << u"010.8.1.1"_s;
        QTest::newRow("hexadecimal") << u"0x0a.8.1.1"_s;
        QTest::newRow("a bare number") << u"167772161"_s;
        QTest::newRow("a sign") << u"10.8.1.-1"_s;
        QTest::newRow("a mask") << u"10.8.1.1/27"_s;
        QTest::newRow("a port") << u"10.8.1.1:1194"_s;
        QTest::newRow("a zone") << u"fe80::1%eth0"_s;
        QTest::newRow("brackets") << u"[::1]"_s;
        QTest::newRow("two gaps") << u"2001::db8::1"_s;
        QTest::newRow("nine groups") << u"1:2:3:4:5:6:7:8:9"_s;
        QTest::newRow("a group of five digits") << u"2001:0db80::1"_s;
        QTest::newRow("a blank inside") << u"10.8. 1.1"_s;
        QTest::newRow("a name") << u"localhost"_s;
        QTest::newRow("digits of another script") << u"١٠.٨.١.١"_s;
        QTest::newRow("a zero byte") << u"10.8.1.1"_s + QChar(u'\0') + u"1"_s;
        QTest::newRow("ten thousand digits") << QString(10'000, u'1');
    }
    void refusesWhatIsNoAddress()
    {
        QFETCH(QString, text);
        const auto address = Address::parse(text);
        QVERIFY(!address);
        QCOMPARE(address.error().kind, ErrorKind::Invalid);
        QVERIFY(address.error().detail.size() < 200);
    }

    void textRoundTrips()
    {
        QVERIFY(rc::check("parse(toString(a)) == a", [](const Address &address) {
            RC_CLASSIFY(address.isIPv4(), "IPv4");
            RC_ASSERT(Address::parse(address.toString()) == address);
        }));
    }

    void everyIPv4AddressSortsBeforeEveryIPv6Address()
    {
        QVERIFY(Address::parse(u"255.255.255.255"_s).value() < Address::parse(u"::"_s).value());
        QVERIFY(Address::parse(u"9.255.255.255"_s).value() < Address::parse(u"10.0.0.0"_s).value());
        QVERIFY(Address::parse(u"::ffff"_s).value() < Address::parse(u"::1:0"_s).value());
    }

    void sameNumberOfTheOtherFamilyIsAnotherAddress()
    {
        const Address four(Family::IPv4, 1);
        const Address six(Family::IPv6, 1);
        QVERIFY(four != six);
        QHash<Address, int> byAddress{{four, 4}, {six, 6}};
        QCOMPARE(byAddress.value(four), 4);
        QCOMPARE(byAddress.value(six), 6);
    }

    // The prefix has a test of its own; the properties that both share are here.
    void prefixTextAndKeyRoundTrip()
    {
        QVERIFY(rc::check("parse(toString(p)) == p, and so for mask text and sort key", [](const Prefix &prefix) {
            RC_CLASSIFY(prefix.isIPv4(), "IPv4");
            RC_ASSERT(Prefix::parse(prefix.toString()) == prefix);
            RC_ASSERT(Prefix::parse(prefix.toNetworkAndMask()) == prefix);
            RC_ASSERT(Prefix::parse(prefix.first().toString() + u'/' + prefix.netmask()) == prefix);
            RC_ASSERT(Prefix::fromSortKey(prefix.sortKey()) == prefix);
        }));
    }

    void prefixesSortAsTheirKeys()
    {
        QVERIFY(rc::check("p < q exactly when key(p) < key(q)",
                          [](const Prefix &p, const Prefix &q) { RC_ASSERT((p < q) == (p.sortKey() < q.sortKey())); }));
    }

    void whatIsInsideLiesBetweenTheKeys()
    {
        QVERIFY(
            rc::check("parent contains child exactly when the child's key is in the range", [](const Prefix &parent) {
                const int length = *rc::gen::inRange(parent.length(), parent.first().width() + 1);
                const Prefix child(*rc::gen::element(parent.first(), parent.last()), length);
                RC_ASSERT(parent.contains(child));
                RC_ASSERT(child.overlaps(parent));
                RC_ASSERT(parent.sortKey() <= child.sortKey());
                RC_ASSERT(child.sortKey() <= parent.lastKey());
            }));
    }

    void hostBitsAreRefusedExactlyWhenMaskingChangesTheAddress()
    {
        QVERIFY(rc::check("parse refuses and parseMasked cuts", [](const Address &address) {
            const int length = *rc::gen::inRange(0, address.width() + 1);
            const QString text = address.toString() + u'/' + QString::number(length);
            const Prefix masked(address, length);
            RC_ASSERT(Prefix::parseMasked(text) == masked);
            const auto strict = Prefix::parse(text);
            RC_ASSERT(strict.has_value() == (masked.first() == address));
            if (!strict)
                RC_ASSERT(strict.error().payload.value(u"canonical"_s).toString() == masked.toString());
        }));
    }
};

QTEST_GUILESS_MAIN(TestAddress)
#include "tst_address.moc"
