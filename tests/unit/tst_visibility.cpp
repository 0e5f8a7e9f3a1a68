// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/visibility.h"

#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

/// Connectors with a LAN each, and addresses where they have some.
struct Sites : Space
{
    void site(QStringView cn, QStringView lan, QStringView address = {}, QStringView instance = u"main")
    {
        put(connectorRow(cn));
        put(irouteRow(cn, lan));
        resolve(cn, lan);
        if (!address.isEmpty())
            put(allocationRow(instance, cn, address));
    }
    [[nodiscard]] QStringList pushed(QStringView cn, QStringView instance = u"main") const
    {
        QStringList list;
        for (const Prefix &prefix : pushedPrefixes(topology, cname(cn), *topology.find<InstanceRow>(iname(instance))))
            list += prefix.toString();
        return list;
    }
    [[nodiscard]] QStringList visible(QStringView cn) const
    {
        QStringList list;
        for (const VisibleLan &lan : visibleLans(topology, cname(cn))) {
            list += lan.instance.toString() + u' ' + lan.owner.toString() + u' ' + lan.real.toString() + u' ' +
                    (lan.effective ? lan.effective->toString() : u"-"_s) + u' ' + nameOf(lan.reason);
        }
        return list;
    }
};

} // namespace

class TestVisibility : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void onlyPeersOfTheSameBlockAreSeen_data();
    void onlyPeersOfTheSameBlockAreSeen();          // SOURCES S8
    void lengthZeroIsEverybody();                   // SEMANTICS 3
    void withoutAnAllocationNothingIsSeenOrShown(); // SEMANTICS 3
    void theStandInIsPushedNotTheLan();
    void aWiderLanThanOnesOwnIsPushed();
    void anUnclaimedLanIsNotPushed();
    void instancesAreApart();
    void oneFamilyInCommonIsEnough();
    void ownLansAreNotPushed();
    void theReasonIsGivenForEachLan();
    void theReasonsAgreeWithWhatIsPushed();
};

void TestVisibility::onlyPeersOfTheSameBlockAreSeen_data()
{
    QTest::addColumn<int>("length");
    QTest::addColumn<QString>("peer");
    QTest::addColumn<bool>("isSeen");
    QTest::newRow("last of the /27") << 27 << "10.8.0.30" << true;
    QTest::newRow("broadcast of the /27") << 27 << "10.8.0.31" << true;
    QTest::newRow("first of the next /27") << 27 << "10.8.0.32" << false;
    QTest::newRow("same /24") << 24 << "10.8.0.254" << true;
    QTest::newRow("same /30") << 30 << "10.8.0.3" << true;
    QTest::newRow("next /30") << 30 << "10.8.0.4" << false;
    QTest::newRow("/32 is alone") << 32 << "10.8.0.3" << false;
}

void TestVisibility::onlyPeersOfTheSameBlockAreSeen()
{
    QFETCH(int, length);
    QFETCH(QString, peer);
    QFETCH(bool, isSeen);
    Sites s;
    s.change(u"main", [&](InstanceRow &row) { row.blockLength = length; });
    s.site(u"a", u"192.168.1.0/24", u"10.8.0.2");
    s.site(u"b", u"192.168.2.0/24", peer);
    QCOMPARE(s.pushed(u"a"), isSeen ? QStringList{u"192.168.2.0/24"_s} : QStringList());
    QCOMPARE(s.pushed(u"b"), isSeen ? QStringList{u"192.168.1.0/24"_s} : QStringList());
}

void TestVisibility::lengthZeroIsEverybody()
{
    Sites s;
    s.change(u"main", [](InstanceRow &row) { row.blockLength = 0; });
    s.site(u"a", u"192.168.1.0/24", u"10.8.0.2");
    s.site(u"b", u"192.168.2.0/24", u"10.8.0.200");
    QCOMPARE(s.pushed(u"a"), QStringList{u"192.168.2.0/24"_s});
}

void TestVisibility::withoutAnAllocationNothingIsSeenOrShown()
{
    Sites s;
    s.change(u"main", [](InstanceRow &row) { row.blockLength = 0; });
    s.site(u"a", u"192.168.1.0/24", u"10.8.0.2");
    s.site(u"b", u"192.168.2.0/24");
    QCOMPARE(s.pushed(u"a"), QStringList());
    QCOMPARE(s.pushed(u"b"), QStringList());
    QCOMPARE(s.visible(u"a"), QStringList{u"main b 192.168.2.0/24 192.168.2.0/24 noAddress"_s});
    QCOMPARE(s.visible(u"b"), QStringList{u"main a 192.168.1.0/24 192.168.1.0/24 noAddress"_s});
}

void TestVisibility::theStandInIsPushedNotTheLan()
{
    Sites s;
    s.site(u"a", u"192.168.1.0/30", u"10.8.0.2");
    s.site(u"b", u"192.168.1.0/30", u"10.8.0.3");
    QCOMPARE(s.pushed(u"a"), QStringList{u"100.64.0.0/30"_s});
    // The route to a's real prefix would take b's own LAN away from it (FACTS 9).
    QCOMPARE(s.pushed(u"b"), QStringList());
    QCOMPARE(s.visible(u"b"), QStringList{u"main a 192.168.1.0/30 192.168.1.0/30 ownLan"_s});
}

void TestVisibility::aWiderLanThanOnesOwnIsPushed()
{
    Sites s;
    s.site(u"a", u"192.168.0.0/16", u"10.8.0.2");
    s.site(u"b", u"192.168.1.0/24", u"10.8.0.3");
    QCOMPARE(s.pushed(u"b"), QStringList{u"192.168.0.0/16"_s});
}

void TestVisibility::anUnclaimedLanIsNotPushed()
{
    Sites s;
    s.site(u"a", u"192.168.1.0/24", u"10.8.0.2");
    s.site(u"b", u"192.168.2.0/24", u"10.8.0.3");
    s.put(irouteRow(u"b", u"192.168.3.0/24"));
    QCOMPARE(s.pushed(u"a"), QStringList{u"192.168.2.0/24"_s});
    const QStringList expected{u"main b 192.168.2.0/24 192.168.2.0/24 sameBlock"_s,
                               u"main b 192.168.3.0/24 - unclaimed"_s};
    QCOMPARE(s.visible(u"a"), expected);
    s.remove(irouteRow(u"b", u"192.168.2.0/24")); // the claim stays, unused, and is nobody's route
    QCOMPARE(s.pushed(u"a"), QStringList());
}

void TestVisibility::instancesAreApart()
{
    Sites s;
    s.put(instanceRow(u"twin", u"10.8.0.0/24"));
    s.site(u"a", u"192.168.1.0/24", u"10.8.0.2", u"main");
    s.site(u"b", u"192.168.2.0/24", u"10.8.0.3", u"twin");
    QCOMPARE(s.pushed(u"a"), QStringList());
    QCOMPARE(s.pushed(u"a", u"twin"), QStringList());
    QCOMPARE(s.visible(u"a"), QStringList{u"main b 192.168.2.0/24 192.168.2.0/24 noAddress"_s});
}

void TestVisibility::oneFamilyInCommonIsEnough()
{
    Sites s;
    s.site(u"a", u"192.168.1.0/24", u"10.8.0.2");
    s.site(u"b", u"192.168.2.0/24", u"10.8.0.100");
    s.put(allocationRow(u"main", u"a", u"fd00:8::2"));
    s.put(allocationRow(u"main", u"b", u"fd00:8::3"));
    QCOMPARE(s.pushed(u"a"), QStringList{u"192.168.2.0/24"_s});
    s.change(u"main", [](InstanceRow &row) { row.blockLength6 = 128; });
    QCOMPARE(s.pushed(u"a"), QStringList());
}

void TestVisibility::ownLansAreNotPushed()
{
    Sites s;
    s.site(u"a", u"192.168.1.0/24", u"10.8.0.2");
    QCOMPARE(s.pushed(u"a"), QStringList());
    QCOMPARE(s.visible(u"a"), QStringList());
}

void TestVisibility::theReasonIsGivenForEachLan()
{
    Sites s;
    s.site(u"a", u"192.168.1.0/24", u"10.8.0.2");
    s.site(u"near", u"192.168.1.0/24", u"10.8.0.3");
    s.site(u"far", u"192.168.2.0/24", u"10.8.0.40");
    s.site(u"none", u"192.168.3.0/24");
    const QStringList expected{u"main far 192.168.2.0/24 192.168.2.0/24 otherBlock"_s,
                               u"main near 192.168.1.0/24 100.64.0.0/24 sameBlock"_s,
                               u"main none 192.168.3.0/24 192.168.3.0/24 noAddress"_s};
    QCOMPARE(s.visible(u"a"), expected);
}

void TestVisibility::theReasonsAgreeWithWhatIsPushed()
{
    Sites s;
    for (int i = 0; i < 40; ++i) {
        const QString number = QString::number(i);
        s.site(u"n"_s + number, i % 3 == 0 ? u"192.168.1.0/24"_s : u"10.1."_s + number + u".0/24"_s,
               i % 7 == 0 ? QString() : u"10.8.0."_s + QString::number(2 + 5 * i));
    }
    for (const ConnectorRow &connector : s.topology.rows<ConnectorRow>()) {
        QStringList fromReasons;
        for (const VisibleLan &lan : visibleLans(s.topology, connector.cn)) {
            if (lan.isPushed())
                fromReasons += lan.effective->toString();
        }
        QStringList pushed = s.pushed(connector.cn.toString());
        fromReasons.sort();
        pushed.sort();
        QCOMPARE(fromReasons, pushed);
    }
}

QTEST_GUILESS_MAIN(TestVisibility)
#include "tst_visibility.moc"
