// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/prefix.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestPrefix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatOperatorsWrite_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        QTest::newRow("cidr") << u"10.0.0.0/8"_s << u"10.0.0.0/8"_s;
        QTest::newRow("address and mask") << u"10.0.0.0 255.0.0.0"_s << u"10.0.0.0/8"_s;
        QTest::newRow("mask after a slash") << u"192.168.1.0/255.255.255.224"_s << u"192.168.1.0/27"_s;
        QTest::newRow("bare address") << u"10.8.1.1"_s << u"10.8.1.1/32"_s;
        QTest::newRow("bare IPv6 address") << u"FD00::1"_s << u"fd00::1/128"_s;
        QTest::newRow("blanks around") << u"  10.0.0.0/24\t"_s << u"10.0.0.0/24"_s;
        QTest::newRow("IPv6, long form") << u"fd00:0001:0:0:0:0:0:0/48"_s << u"fd00:1::/48"_s;
        QTest::newRow("everything") << u"0.0.0.0/0"_s << u"0.0.0.0/0"_s;
    }
    void readsWhatOperatorsWrite()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const auto prefix = Prefix::parse(text);
        QVERIFY2(prefix.has_value(), qPrintable(prefix ? QString() : prefix.error().detail));
        QCOMPARE(prefix->toString(), canonical);
        QCOMPARE(Prefix::parse(prefix->toString()).value(), *prefix);
    }

    void refusesWhatIsNoPrefix_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"", " ", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0/8", "010.0.0.0/8", "1234",
              "192.192.192.192.192", "10.0.0.0/", "10.0.0.0 255.0.255.0", "10.0.0.0 8", "fd00::/129", "fd00::%eth0/64",
              "10.0.0.0/8/8", "10.0.0.0 ffff::", "::/x", "12324324", "10.0.0.300"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void refusesWhatIsNoPrefix()
    {
        QFETCH(QString, text);
        const auto prefix = Prefix::parse(text);
        QVERIFY(!prefix);
        QCOMPARE(prefix.error().kind, ErrorKind::Invalid);
    }

    void hostBitsAreAnErrorThatCarriesTheCanonicalForm()
    {
        const auto prefix = Prefix::parse(u"10.8.1.37/27"_s);
        QVERIFY(!prefix);
        QCOMPARE(prefix.error().kind, ErrorKind::HostBits);
        QCOMPARE(prefix.error().payload.value("canonical"_L1).toString(), u"10.8.1.32/27"_s);
    }

    void aParentSortsDirectlyBeforeItsDescendantsAndKeysSortTheSame()
    {
        const QList<QString> ordered{u"0.0.0.0/0"_s,   u"10.0.0.0/8"_s,  u"10.0.0.0/16"_s, u"10.1.0.0/16"_s,
                                     u"11.0.0.0/32"_s, u"255.0.0.0/8"_s, u"::/0"_s,        u"::/128"_s,
                                     u"fd00::/8"_s,    u"fd00::/64"_s};
        for (qsizetype i = 1; i < ordered.size(); ++i) {
            const Prefix before = Prefix::parse(ordered[i - 1]).value();
            const Prefix after = Prefix::parse(ordered[i]).value();
            QVERIFY2(before < after, qPrintable(ordered[i]));
            QVERIFY2(before.sortKey() < after.sortKey(), qPrintable(ordered[i]));
            QCOMPARE(Prefix::fromSortKey(after.sortKey()).value(), after);
        }
    }

    void overlapIsContainmentEitherWay()
    {
        const Prefix wide = Prefix::parse(u"192.168.0.0/16"_s).value();
        const Prefix narrow = Prefix::parse(u"192.168.1.0/27"_s).value();
        const Prefix other = Prefix::parse(u"192.169.0.0/16"_s).value();
        QVERIFY(wide.overlaps(narrow) && narrow.overlaps(wide));
        QVERIFY(!wide.overlaps(other));
        QVERIFY(!wide.overlaps(Prefix::parse(u"::/0"_s).value()));
    }
};

QTEST_GUILESS_MAIN(TestPrefix)
#include "tst_prefix.moc"
