// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixlist.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace interlock;

class tst_PrefixList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryWayOfWritingAList_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("expected");

        const QStringList two{u"10.0.0.0/8"_s, u"192.168.1.0/24"_s};
        QTest::newRow("nothing") << QString() << QStringList();
        QTest::newRow("only blanks and separators") << u" ,;\t\r\n , "_s << QStringList();
        QTest::newRow("one") << u"10.0.0.0/8"_s << QStringList{u"10.0.0.0/8"_s};
        QTest::newRow("lines") << u"10.0.0.0/8\n192.168.1.0/24\n"_s << two;
        QTest::newRow("lines of a Windows editor") << u"10.0.0.0/8\r\n192.168.1.0/24\r\n"_s << two;
        QTest::newRow("commas") << u"10.0.0.0/8,192.168.1.0/24"_s << two;
        QTest::newRow("semicolons and blanks") << u"10.0.0.0/8 ; 192.168.1.0/24"_s << two;
        QTest::newRow("blanks") << u"10.0.0.0/8 192.168.1.0/24"_s << two;
        QTest::newRow("masks after a blank") << u"10.0.0.0 255.0.0.0 192.168.1.0 255.255.255.0"_s << two;
        QTest::newRow("masks after a slash") << u"10.0.0.0/255.0.0.0, 192.168.1.0/255.255.255.0"_s << two;
        QTest::newRow("mask beside CIDR") << u"10.0.0.0 255.0.0.0,192.168.1.0/24"_s << two;
        QTest::newRow("a comma ends an address")
            << u"10.0.0.1,10.0.0.2"_s << QStringList{u"10.0.0.1/32"_s, u"10.0.0.2/32"_s};
        QTest::newRow("two bare addresses")
            << u"10.0.0.1 10.0.0.2"_s << QStringList{u"10.0.0.1/32"_s, u"10.0.0.2/32"_s};
        QTest::newRow("comments") << u"# sites\n10.0.0.0/8 # head office\n192.168.1.0/24# branch"_s << two;
        QTest::newRow("both families") << u"fd00:1::/48 10.0.0.0/8"_s << QStringList{u"fd00:1::/48"_s, u"10.0.0.0/8"_s};
        QTest::newRow("twice the same stays twice")
            << u"10.0.0.0/8 10.0.0.0/8"_s << QStringList{u"10.0.0.0/8"_s, u"10.0.0.0/8"_s};
    }

    void readsEveryWayOfWritingAList()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, expected);
        const auto prefixes = parsePrefixList(text);
        QVERIFY2(prefixes, prefixes ? "" : qPrintable(prefixes.error().detail));
        QStringList shown;
        for (const Prefix &prefix : *prefixes)
            shown += prefix.toString();
        QCOMPARE(shown, expected);
    }

    void saysWhichLineIsWrongAndHow_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("shown");

        QTest::newRow("host bits on the second line")
            << u"10.0.0.0/8\n192.168.1.7/24"_s << 2 << u"hostBits"_s << u"192.168.1.7/24"_s;
        QTest::newRow("a word") << u"10.0.0.0/8\n\nbranch"_s << 3 << u"invalid"_s << u"branch"_s;
        QTest::newRow("a mask with a hole") << u"10.0.0.0 255.0.255.0"_s << 1 << u"invalid"_s << u"10.0.0.0"_s;
        QTest::newRow("an octet too large") << u"10.0.0.256"_s << 1 << u"invalid"_s << u"10.0.0.256"_s;
    }

    void saysWhichLineIsWrongAndHow()
    {
        QFETCH(QString, text);
        const auto prefixes = parsePrefixList(text);
        QVERIFY(!prefixes);
        QTEST(prefixes.error().payload.value(u"line"_s).toInt(), "line");
        QTEST(nameOf(prefixes.error().kind), "kind");
        QTEST(prefixes.error().payload.value(u"text"_s).toString(), "shown");
    }

    void hostBitsCarryTheCanonicalForm()
    {
        const auto prefixes = parsePrefixList(u"192.168.1.7 255.255.255.0");
        QVERIFY(!prefixes);
        QCOMPARE(prefixes.error().payload.value(u"canonical"_s).toString(), u"192.168.1.0/24"_s);
    }
};

QTEST_GUILESS_MAIN(tst_PrefixList)
#include "tst_prefixlist.moc"
