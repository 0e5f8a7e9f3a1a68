// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/fields.h"
#include "tests/support/generators.h"

#include <QTest>

#include <array>
#include <string>
#include <vector>

#include <arpa/inet.h>

using namespace interlock;
using namespace interlock::openvpn;

class TestFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyAddressIsReadAsItIsWritten();
    void ipv6IsReadAsTheSystemReadsIt();
    void everyPrefixIsReadInEachOfItsForms();
    void hostBitsAreCutOff(); // openvpn/FACTS.md 22
    void whatIsNoAddressIsRefused_data();
    void whatIsNoAddressIsRefused();
    void whatIsNoPrefixIsRefused_data();
    void whatIsNoPrefixIsRefused();
    void numbersAreAllOfTheText();
    void momentsEndWithTheYear9999();
    void fieldsAreTakenOneByOne();
};

void TestFields::everyAddressIsReadAsItIsWritten()
{
    QVERIFY(rc::check("round trip", [](const Address &address) {
        RC_ASSERT(readAddress(address.toString().toStdString()) == std::optional(address));
    }));
}

void TestFields::ipv6IsReadAsTheSystemReadsIt()
{
    QVERIFY(rc::check("as inet_pton() does", [] {
        const auto pieces = *rc::gen::container<std::vector<std::string>>(
            rc::gen::element<std::string>(":", ":", ":", "::", "0", "1", "fd00", "FFFF", "12345", "1.2.3.4", "g"));
        std::string text = ":"; // else it is read as IPv4
        for (const auto &piece : pieces)
            text += piece;
        for (const std::string &each : {text, text.substr(1)}) {
            std::array<std::uint8_t, 16> bytes{};
            std::optional<Address> expected;
            if (inet_pton(AF_INET6, each.c_str(), bytes.data()) == 1) {
                uint128 value = 0;
                for (const auto byte : bytes)
                    value = value << 8U | byte;
                expected = Address(Family::IPv6, value);
            }
            if (each.find(':') != std::string::npos)
                RC_ASSERT(readAddress(each) == expected);
        }
    }));
}

void TestFields::everyPrefixIsReadInEachOfItsForms()
{
    QVERIFY(rc::check("round trip", [](const Prefix &prefix) {
        RC_ASSERT(readPrefix(prefix.toString().toStdString()) == std::optional(prefix));
        if (prefix.isIPv4()) {
            const auto masked = prefix.first().toString() + u'/' + prefix.netmask();
            RC_ASSERT(readPrefix(masked.toStdString()) == std::optional(prefix));
        }
    }));
}

void TestFields::hostBitsAreCutOff()
{
    const Prefix expected(Address::ipv4(0x64420100), 27);
    QCOMPARE(readPrefix("100.66.1.7/255.255.255.224"), std::optional(expected));
    QCOMPARE(readPrefix("100.66.1.7/27"), std::optional(expected));
    QCOMPARE(readPrefix("10.8.0.11"), std::optional(Prefix(Address::ipv4(0x0a08000b), 32)));
    QCOMPARE(readPrefix("0.0.0.0/0.0.0.0"), std::optional(Prefix()));
}

void TestFields::whatIsNoAddressIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"",         ".",        "1.2.3",      "1.2.3.4.5",        "1.2.3.",
                             ".1.2.3",   "1..2.3",   "256.1.1.1",  "1.2.3.4 ",         " 1.2.3.4",
                             "01.2.3.4", "1.2.3.04", "1.2.3.4000", "1.2.3.-4",         "1.2.3.4:80",
                             "a.b.c.d",  ":",        ":::",        "1::2::3",          "fe80::1%eth0",
                             "[::1]",    "g::1",     "12345::",    "1:2:3:4:5:6:7:8:9"})
        QTest::newRow(text) << QByteArray(text);
    QTest::newRow("zero byte") << QByteArray("::1\0", 4);
    QTest::newRow("very long") << QByteArray(1000, ':');
}

void TestFields::whatIsNoAddressIsRefused()
{
    QFETCH(const QByteArray, text);
    QVERIFY(!readAddress({text.constData(), static_cast<std::size_t>(text.size())}));
}

void TestFields::whatIsNoPrefixIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text :
         {"/", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/+8", "1.2.3.4/8/8", "1.2.3.4/255.0.255.0",
          "1.2.3.4/0.0.0.255", "::/129", "::/255.0.0.0", "::/ffff::", "1.2.3.4/99999999999"})
        QTest::newRow(text) << QByteArray(text);
}

void TestFields::whatIsNoPrefixIsRefused()
{
    QFETCH(const QByteArray, text);
    QVERIFY(!readPrefix({text.constData(), static_cast<std::size_t>(text.size())}));
}

void TestFields::numbersAreAllOfTheText()
{
    QCOMPARE(readNumber<quint64>("18446744073709551615"), std::optional<quint64>(18446744073709551615U));
    QCOMPARE(readNumber<qint64>("0"), std::optional<qint64>(0));
    for (const char *text : {"", " 1", "1 ", "+1", "-1", "1x", "0x1", "18446744073709551616"}) {
        QVERIFY2(!readNumber<quint64>(text), text);
        QVERIFY2(!readNumber<qint64>(text), text);
    }
}

void TestFields::momentsEndWithTheYear9999()
{
    QCOMPARE(readMoment("1795290300"), std::optional(Timestamp::fromMilliseconds(1'795'290'300'000)));
    QVERIFY(readMoment("253402300799"));
    QVERIFY(!readMoment("253402300800"));
    for (const char *text :
         {"-1", "", "179529030x", "x795290300", "1795 90300", "17952903 0", "-795290300", "+795290300"})
        QVERIFY2(!readMoment(text), text);
    QCOMPARE(readMoment("0000000000"), std::optional(Timestamp()));
    QCOMPARE(readMoment("9999999999"), std::optional(Timestamp::fromMilliseconds(9'999'999'999'000)));
}

void TestFields::fieldsAreTakenOneByOne()
{
    std::string_view rest = "a,,b";
    QCOMPARE(takeField(rest, ','), std::string_view("a"));
    QCOMPARE(takeField(rest, ','), std::string_view(""));
    QCOMPARE(takeField(rest, ','), std::string_view("b"));
    QCOMPARE(takeField(rest, ','), std::string_view(""));
}

QTEST_GUILESS_MAIN(TestFields)
#include "tst_fields.moc"
