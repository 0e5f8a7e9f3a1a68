// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/lan.h"

#include "tests/support/topologies.h"

#include <QJsonArray>
#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TestLan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatCanBeNobodysLan_data();
    void whatCanBeNobodysLan(); // SEMANTICS 2
    void aSetMustNotOverlapItself_data();
    void aSetMustNotOverlapItself(); // SEMANTICS 2
    void everyPartyOfAConflictIsNamed();
    void whatIsOfTheConnectorItselfIsNoConflict();
    void theShortAnswerAgreesWithTheLongOne();
};

void TestLan::whatCanBeNobodysLan_data()
{
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<QString>("answer");
    for (const char *text : {"0.0.0.0/0",   "::/0",         "127.0.0.0/8",    "127.0.0.1/32",
                             "224.0.0.0/4", "239.1.2.0/24", "169.254.0.0/16", "169.254.7.0/24",
                             "0.0.0.0/8",   "0.1.0.0/16",   "240.0.0.0/4",    "255.255.255.255/32",
                             "::1/128",     "fe80::/10",    "fe80:1::/64",    "ff00::/8",
                             "ff02::1/128", "0.0.0.0/1",    "128.0.0.0/1",    "::/1"})
        QTest::newRow(text) << text << "!unsupported";
    for (const char *text : {"10.0.0.0/8", "192.168.1.0/24", "100.64.0.0/27", "1.2.3.4/32", "223.255.255.0/24",
                             "fd00::/8", "2001:db8::/32", "126.0.0.0/8", "128.0.0.0/8"})
        QTest::newRow(text) << text << "accepted";
}

void TestLan::whatCanBeNobodysLan()
{
    QFETCH(QString, prefix);
    QTEST(refusalOf(checkLan(pfx(prefix))), "answer");
    const std::vector<Prefix> set{pfx(u"10.0.0.0/24"), pfx(prefix)};
    if (!checkLan(pfx(prefix)))
        QCOMPARE(checkLanSet(set).error(), checkLan(pfx(prefix)).error());
}

void TestLan::aSetMustNotOverlapItself_data()
{
    QTest::addColumn<QStringList>("set");
    QTest::addColumn<QStringList>("overlap");
    QTest::newRow("nothing") << QStringList() << QStringList();
    QTest::newRow("apart") << QStringList{u"10.0.1.0/24"_s, u"10.0.0.0/24"_s, u"fd00::/64"_s} << QStringList();
    QTest::newRow("one in another") << QStringList{u"10.0.1.0/24"_s, u"10.0.0.0/16"_s}
                                    << QStringList{u"10.0.0.0/16"_s, u"10.0.1.0/24"_s};
    QTest::newRow("with others between") << QStringList{u"10.0.0.0/16"_s, u"9.0.0.0/24"_s, u"10.0.255.0/24"_s}
                                         << QStringList{u"10.0.0.0/16"_s, u"10.0.255.0/24"_s};
    QTest::newRow("the same twice") << QStringList{u"10.0.0.0/16"_s, u"10.0.0.0/16"_s}
                                    << QStringList{u"10.0.0.0/16"_s, u"10.0.0.0/16"_s};
}

void TestLan::aSetMustNotOverlapItself()
{
    QFETCH(QStringList, set);
    QFETCH(QStringList, overlap);
    const auto checked = checkLanSet(pfxs(set));
    QCOMPARE(refusalOf(checked), overlap.isEmpty() ? u"accepted"_s : u"!overlapsItself"_s);
    if (!checked)
        QCOMPARE(checked.error().payload.value(u"prefixes"_s).toArray(), QJsonArray::fromStringList(overlap));
}

void TestLan::everyPartyOfAConflictIsNamed()
{
    Space s;
    s.put(ExclusionRow{pfx(u"10.20.0.0/16"), u"lab"_s, {}, 1});
    s.put(
        ClaimRow{cname(u"kept"), pfx(u"10.1.0.0/24"), pfx(u"10.1.0.0/24"), pfx(u"10.1.0.0/24"), iname(u"main"), {}, 1});
    s.put(ClaimRow{
        cname(u"moved"), pfx(u"10.2.0.0/24"), pfx(u"100.64.0.0/24"), pfx(u"100.64.0.0/24"), iname(u"main"), {}, 1});
    s.put(ClaimRow{
        cname(u"there"), pfx(u"192.168.0.0/24"), pfx(u"10.3.0.0/30"), pfx(u"10.3.0.0/27"), iname(u"main"), {}, 1});
    s.put(QuarantineRow{pfx(u"10.4.0.0/27"), cname(u"freed"), s.now, s.now + 1h, 1});
    s.put(QuarantineRow{pfx(u"10.5.0.0/27"), cname(u"over"), s.now, s.now, 1});
    const std::vector<LanConflict> expected{{ConflictKind::Pool, pfx(u"10.8.0.0/24"), u"main"_s},
                                            {ConflictKind::Exclusion, pfx(u"10.20.0.0/16"), u"lab"_s},
                                            {ConflictKind::Claim, pfx(u"10.1.0.0/24"), u"kept"_s},
                                            {ConflictKind::Claim, pfx(u"10.2.0.0/24"), u"moved"_s},
                                            {ConflictKind::Claim, pfx(u"10.3.0.0/27"), u"there"_s},
                                            {ConflictKind::Quarantine, pfx(u"10.4.0.0/27"), u"freed"_s}};
    QCOMPARE(conflictsOf(s.topology, cname(u"a"), pfx(u"10.0.0.0/8"), s.now), expected);
}

void TestLan::whatIsOfTheConnectorItselfIsNoConflict()
{
    Space s;
    s.put(ClaimRow{cname(u"a"), pfx(u"10.1.0.0/24"), pfx(u"10.1.0.0/24"), pfx(u"10.1.0.0/24"), iname(u"main"), {}, 1});
    s.put(ClaimRow{
        cname(u"a"), pfx(u"10.2.0.0/24"), pfx(u"100.64.0.0/24"), pfx(u"100.64.0.0/24"), iname(u"main"), {}, 1});
    QCOMPARE(conflictsOf(s.topology, cname(u"a"), pfx(u"10.0.0.0/14"), s.now), std::vector<LanConflict>());
    const std::vector<LanConflict> own{{ConflictKind::Claim, pfx(u"100.64.0.0/24"), u"a"_s}};
    QCOMPARE(conflictsOf(s.topology, cname(u"a"), pfx(u"100.64.0.0/25"), s.now), own);
}

void TestLan::theShortAnswerAgreesWithTheLongOne()
{
    Space s;
    s.put(exclusionRow(u"10.20.0.0/16"));
    s.put(ClaimRow{
        cname(u"a"), pfx(u"10.2.0.0/24"), pfx(u"100.64.0.0/24"), pfx(u"100.64.0.0/24"), iname(u"main"), {}, 1});
    s.put(QuarantineRow{pfx(u"10.4.0.0/27"), cname(u"freed"), s.now, s.now + 1h, 1});
    for (const auto *cn : {u"a", u"b"}) {
        for (const auto *lan :
             {u"10.20.1.0/24", u"10.2.0.0/25", u"100.64.0.0/16", u"10.4.0.0/24", u"10.8.0.1/32", u"10.99.0.0/24"}) {
            QCOMPARE(hasConflict(s.topology, cname(cn), pfx(lan), s.now),
                     !conflictsOf(s.topology, cname(cn), pfx(lan), s.now).empty());
        }
    }
    QVERIFY(hasConflict(s.topology, cname(u"b"), pfx(u"10.2.0.0/25"), s.now));
    QVERIFY(!hasConflict(s.topology, cname(u"a"), pfx(u"10.2.0.0/25"), s.now));
}

QTEST_GUILESS_MAIN(TestLan)
#include "tst_lan.moc"
