// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/claimresolver.h"

#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TestClaimResolver : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void secondOwnerOfAPrefixGetsAStandIn(); // SOURCES S5
    void overlapIsTheConflictInEitherOrder_data();
    void overlapIsTheConflictInEitherOrder(); // SOURCES S10, SEMANTICS 2
    void aLanInsideSomebodysStandInConflicts();
    void aLanInTheRestOfACarveOutConflicts();
    void aLanOnAnyPoolAlwaysGetsAStandIn_data();
    void aLanOnAnyPoolAlwaysGetsAStandIn(); // SOURCES S5
    void anExcludedLanGetsAStandIn();
    void anUnusedClaimStillHolds();
    void standInsAreAsLongAsTheLan_data();
    void standInsAreAsLongAsTheLan(); // SOURCES S6, S10
    void lowestFreeFirst();
    void standInsAvoidWhatIsOccupied_data();
    void standInsAvoidWhatIsOccupied();
    void nobodysStandInLiesOnTheLanItself();
    void aLanOnTheStandInOfItsOwnConnectorGetsOneToo();
    void tooWideAndExhaustedAreToldApart();
    void theLastCarveOutIsGivenAndThenTheRangeIsExhausted();
    void verdictsAreSticky();
    void verdictsSurviveWhatHappensAroundThem();
    void theOrderOfReconnectsChangesNothing();
    void standInForBothMovesTheFirstOwnerFirst(); // DESIGN 9.1
    void standInForBothMovesTheOldestFirst();
    void standInForBothLeavesALoneLanAlone();
    void standInForBothThatFailsLeavesTheFirstOwnerAlone();
    void standInForBothTakesEachFromTheRangeOfItsOwnInstance();
    void anIpv6LanThatConflictsGetsNoClaim();
    void whatIsNoLanIsUnsupported();
    void aLanThatOverlapsAnotherOfItsConnectorIsRefused();
    void unknownInstance();
    void claimsMakeTheirConnector();
    void aFreedCarveOutIsKeptBackForADay();
    void quarantineLastsAsLongAsTheSettingSays_data();
    void quarantineLastsAsLongAsTheSettingSays();
    void aSecondReleaseBeginsANewQuarantine();
    void sentinelsAreNotQuarantined();
    void aClockThatIsSetBackKeepsTheQuarantine();
    void aQuarantinedCarveOutIsNoLan();
    void releaseOfNothing();
    void reassignSwapsOwners(); // SOURCES S10
    void reassignMakesTheClaimWhenThereIsNone();
    void reassignMovesNarrowerAndWiderClaims();
    void reassignInsideTheRangeTakesTheCarveOut();
    void reassignMovesAnotherClaimOfTheNewOwner();
    void reassignIsRefused_data();
    void reassignIsRefused();
    void reassignThatExhaustsTheRangeChangesNothing();
    void reassignOfIpv6();
    void reassignToTheOwnerChangesNothing();
    void standInMovesASentinel();
    void standInOnAsked_data();
    void standInOnAsked();
    void standInOnAskedQuarantinesTheOldOne();
    void standInWithoutAWishKeepsTheOneThatIsThere();
    void standInOfNothing();
    void eachDecisionIsOneEntryARow();
};

void TestClaimResolver::secondOwnerOfAPrefixGetsAStandIn()
{
    Space s;
    QCOMPARE(s.resolve(u"a", u"192.168.1.0/27"), u"kept"_s);
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/27"), u"100.64.0.0/27"_s);
    QCOMPARE(s.resolve(u"c", u"192.168.1.0/27"), u"100.64.0.32/27"_s);
    const ClaimRow expected{
        cname(u"b"), pfx(u"192.168.1.0/27"), pfx(u"100.64.0.0/27"), pfx(u"100.64.0.0/27"), iname(u"main"), s.now, 1};
    QCOMPARE(*s.topology.find<ClaimRow>(cname(u"b"), pfx(u"192.168.1.0/27")), expected);
}

void TestClaimResolver::overlapIsTheConflictInEitherOrder_data()
{
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("a /27 inside a /16") << "192.168.0.0/16"
                                        << "192.168.1.0/27"
                                        << "100.64.0.0/27";
    QTest::newRow("a /16 around a /27") << "192.168.1.0/27"
                                        << "192.168.0.0/16"
                                        << "100.64.0.0/16";
    QTest::newRow("its first address") << "192.168.0.0/16"
                                       << "192.168.0.0/32"
                                       << "100.64.0.0/32 in 100.64.0.0/27";
    QTest::newRow("its last address") << "192.168.0.0/16"
                                      << "192.168.255.255/32"
                                      << "100.64.0.0/32 in 100.64.0.0/27";
    QTest::newRow("neighbours do not overlap") << "192.168.0.0/24"
                                               << "192.168.1.0/24"
                                               << "kept";
    QTest::newRow("neighbours on the other side") << "192.168.1.0/24"
                                                  << "192.168.0.0/24"
                                                  << "kept";
}

void TestClaimResolver::overlapIsTheConflictInEitherOrder()
{
    QFETCH(QString, first);
    QFETCH(QString, second);
    Space s;
    QCOMPARE(s.resolve(u"a", first), u"kept"_s);
    QTEST(s.resolve(u"b", second), "verdict");
}

void TestClaimResolver::aLanInsideSomebodysStandInConflicts()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
    QCOMPARE(s.resolve(u"c", u"100.64.0.128/25"), u"100.64.1.0/25"_s);
    QCOMPARE(s.resolve(u"d", u"100.64.0.0/16"), u"100.65.0.0/16"_s);
    QCOMPARE(s.resolve(u"e", u"100.66.0.0/16"), u"kept"_s);
}

void TestClaimResolver::aLanInTheRestOfACarveOutConflicts()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/30");
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/30"), u"100.64.0.0/30 in 100.64.0.0/27"_s);
    QCOMPARE(s.resolve(u"c", u"100.64.0.16/28"), u"100.64.0.32/28 in 100.64.0.32/27"_s);
}

void TestClaimResolver::aLanOnAnyPoolAlwaysGetsAStandIn_data()
{
    QTest::addColumn<QString>("lan");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("inside the pool") << "10.8.0.64/27"
                                     << "100.64.0.0/27";
    QTest::newRow("around the pool") << "10.8.0.0/16"
                                     << "100.64.0.0/16";
    QTest::newRow("the pool of another instance") << "10.9.0.0/24"
                                                  << "100.64.0.0/24";
    QTest::newRow("a second pool") << "10.10.1.0/24"
                                   << "100.64.0.0/24";
    QTest::newRow("beside the pool") << "10.8.1.0/24"
                                     << "kept";
}

void TestClaimResolver::aLanOnAnyPoolAlwaysGetsAStandIn()
{
    QFETCH(QString, lan);
    Space s;
    s.put(instanceRow(u"other", u"10.9.0.0/24"));
    s.put(poolRow(u"other", u"10.9.0.0/24"));
    s.put(poolRow(u"other", u"10.10.0.0/16", 1));
    QTEST(s.resolve(u"a", lan), "verdict");
}

void TestClaimResolver::anExcludedLanGetsAStandIn()
{
    Space s;
    s.put(exclusionRow(u"172.16.0.0/12"));
    QCOMPARE(s.resolve(u"a", u"172.16.5.0/24"), u"100.64.0.0/24"_s);
}

void TestClaimResolver::anUnusedClaimStillHolds()
{
    Space s; // there is no iroute at all here: every claim is unused
    s.resolve(u"gone", u"192.168.1.0/24");
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/25"), u"100.64.0.0/25"_s);
}

void TestClaimResolver::standInsAreAsLongAsTheLan_data()
{
    QTest::addColumn<QString>("lan");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("/30") << "192.168.1.0/30"
                         << "100.64.0.32/30 in 100.64.0.32/27";
    QTest::newRow("/32") << "192.168.1.1/32"
                         << "100.64.0.32/32 in 100.64.0.32/27";
    QTest::newRow("/27") << "192.168.1.0/27"
                         << "100.64.0.32/27";
    QTest::newRow("/26 is aligned") << "192.168.1.0/26"
                                    << "100.64.0.64/26";
    QTest::newRow("/24 is aligned") << "192.168.1.0/24"
                                    << "100.64.1.0/24";
    QTest::newRow("/16 is aligned") << "192.168.0.0/16"
                                    << "100.65.0.0/16";
    QTest::newRow("/11 is half of the range") << "192.160.0.0/11"
                                              << "100.96.0.0/11";
}

void TestClaimResolver::standInsAreAsLongAsTheLan()
{
    QFETCH(QString, lan);
    Space s;
    s.resolve(u"a", u"192.160.0.0/11");
    s.resolve(u"b", u"192.168.77.0/27"); // takes the first carve-out
    QTEST(s.resolve(u"c", lan), "verdict");
}

void TestClaimResolver::lowestFreeFirst()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    for (const auto *cn : {u"b", u"c", u"d"})
        s.resolve(QStringView(cn), u"192.168.1.0/24");
    s.release(u"c", u"192.168.1.0/24");
    s.pass(ClaimResolver::kQuarantine);
    QCOMPARE(s.resolve(u"e", u"192.168.1.0/25"), u"100.64.1.0/25"_s);
    QCOMPARE(s.resolve(u"f", u"192.168.1.0/24"), u"100.64.3.0/24"_s);
    QCOMPARE(s.resolve(u"g", u"192.168.1.0/25"), u"100.64.1.128/25"_s);
}

void TestClaimResolver::standInsAvoidWhatIsOccupied_data()
{
    QTest::addColumn<int>("what");
    QTest::newRow("an exclusion") << 0;
    QTest::newRow("a pool of any instance") << 1;
    QTest::newRow("a LAN that kept its prefix") << 2;
    QTest::newRow("the LAN of a stand-in") << 3;
}

void TestClaimResolver::standInsAvoidWhatIsOccupied()
{
    QFETCH(int, what);
    Space s;
    if (what == 0)
        s.put(exclusionRow(u"100.64.0.0/24"));
    if (what == 1) {
        s.put(instanceRow(u"other", u"100.64.0.0/24"));
        s.put(poolRow(u"other", u"100.64.0.0/24"));
    }
    if (what == 2)
        QCOMPARE(s.resolve(u"x", u"100.64.0.0/24"), u"kept"_s);
    if (what == 3)
        s.put(ClaimRow{
            cname(u"x"), pfx(u"100.64.0.0/24"), pfx(u"100.99.0.0/24"), pfx(u"100.99.0.0/24"), iname(u"main"), {}, 1});
    s.resolve(u"a", u"192.168.1.0/27");
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/27"), u"100.64.1.0/27"_s);
}

void TestClaimResolver::nobodysStandInLiesOnTheLanItself()
{
    Space s;
    s.put(exclusionRow(u"100.64.1.0/24"));
    // The LAN conflicts with the exclusion; the lowest free /23 would lie on the LAN itself.
    QCOMPARE(s.resolve(u"a", u"100.64.0.0/23"), u"100.64.2.0/23"_s);
    QCOMPARE(s.resolve(u"b", u"100.64.1.0/24"), u"100.64.4.0/24"_s);
}

void TestClaimResolver::aLanOnTheStandInOfItsOwnConnectorGetsOneToo()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
    QCOMPARE(s.resolve(u"b", u"100.64.0.0/25"), u"100.64.1.0/25"_s);
}

void TestClaimResolver::tooWideAndExhaustedAreToldApart()
{
    Space s;
    s.change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.64.0.0/24"); });
    s.resolve(u"a", u"172.16.0.0/12");
    const QStringList before = s.fingerprint();
    QCOMPARE(s.resolve(u"b", u"172.16.0.0/16"), u"!tooWide"_s);
    QCOMPARE(s.resolve(u"b", u"172.16.0.0/23"), u"!tooWide"_s);
    QCOMPARE(s.fingerprint(), before);
    QCOMPARE(s.resolve(u"b", u"172.16.0.0/24"), u"100.64.0.0/24"_s);
    QCOMPARE(s.resolve(u"c", u"172.16.1.0/32"), u"!exhausted"_s);
}

void TestClaimResolver::theLastCarveOutIsGivenAndThenTheRangeIsExhausted()
{
    Space s;
    s.change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.64.0.0/25"); });
    s.resolve(u"a", u"192.168.1.0/24");
    for (const QString &expected : {u"100.64.0.0/27"_s, u"100.64.0.32/27"_s, u"100.64.0.64/27"_s, u"100.64.0.96/27"_s})
        QCOMPARE(s.resolve(expected, u"192.168.1.0/27"), expected);
    QCOMPARE(s.resolve(u"z", u"192.168.1.0/32"), u"!exhausted"_s);
    QVERIFY(!s.topology.find<ConnectorRow>(cname(u"z")));
}

void TestClaimResolver::verdictsAreSticky()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24");
    const QStringList before = s.fingerprint();
    s.pass(1h);
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(s.resolve(u"b", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
        QCOMPARE(s.lastChanges, ChangeSet());
        QCOMPARE(s.resolve(u"a", u"192.168.1.0/24"), u"kept"_s);
        QCOMPARE(s.lastChanges, ChangeSet());
    }
    QCOMPARE(s.fingerprint(), before);
}

void TestClaimResolver::verdictsSurviveWhatHappensAroundThem()
{
    Space s;
    s.put(instanceRow(u"other", u"10.9.0.0/24"));
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24");
    s.release(u"a", u"192.168.1.0/24");
    s.put(exclusionRow(u"100.64.0.0/16"));
    s.change(u"main", [](InstanceRow &row) {
        row.standinRange = pfx(u"100.127.0.0/16");
        row.collision = CollisionPolicy::StandInBoth;
    });
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/24", u"other"), u"100.64.0.0/24"_s);
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/24", u"no-such-instance"), u"100.64.0.0/24"_s);
}

void TestClaimResolver::theOrderOfReconnectsChangesNothing()
{
    Space s;
    const QStringList cns{u"a"_s, u"b"_s, u"c"_s, u"d"_s};
    for (const QString &cn : cns)
        s.resolve(cn, u"192.168.1.0/24");
    const QStringList before = s.claims();
    for (auto it = cns.rbegin(); it != cns.rend(); ++it)
        s.resolve(*it, u"192.168.1.0/24");
    QCOMPARE(s.claims(), before);
}

void TestClaimResolver::standInForBothMovesTheFirstOwnerFirst()
{
    Space s;
    s.change(u"main", [](InstanceRow &row) { row.collision = CollisionPolicy::StandInBoth; });
    s.resolve(u"b", u"192.168.1.0/24");
    const Timestamp first = s.now;
    s.pass(1min);
    QCOMPARE(s.resolve(u"a", u"192.168.1.0/24"), u"100.64.1.0/24"_s);
    const QStringList expected{u"a 192.168.1.0/24 100.64.1.0/24"_s, u"b 192.168.1.0/24 100.64.0.0/24"_s};
    QCOMPARE(s.claims(), expected);
    QCOMPARE(s.topology.find<ClaimRow>(cname(u"b"), pfx(u"192.168.1.0/24"))->allocatedAt, first);
    QCOMPARE(s.lastChanges.size(), std::size_t{3}); // both claims and the new connector: one change set
    QCOMPARE(s.resolve(u"c", u"192.168.1.0/24"), u"100.64.2.0/24"_s);
    QCOMPARE(s.claims().first(2), expected);
}

void TestClaimResolver::standInForBothMovesTheOldestFirst()
{
    Space s;
    for (const auto *cn : {u"z", u"m", u"a"}) { // in the order of age, not of names or prefixes
        s.resolve(QStringView(cn), *cn == u'z'   ? u"192.168.2.0/24"
                                   : *cn == u'm' ? u"192.168.3.0/24"
                                                 : u"192.168.1.0/24");
        s.pass(1min);
    }
    s.change(u"main", [](InstanceRow &row) { row.collision = CollisionPolicy::StandInBoth; });
    QCOMPARE(s.resolve(u"new", u"192.168.0.0/22"), u"100.64.4.0/22"_s);
    const QStringList expected{u"a 192.168.1.0/24 100.64.2.0/24"_s, u"m 192.168.3.0/24 100.64.1.0/24"_s,
                               u"new 192.168.0.0/22 100.64.4.0/22"_s, u"z 192.168.2.0/24 100.64.0.0/24"_s};
    QCOMPARE(s.claims(), expected);
}

void TestClaimResolver::standInForBothLeavesALoneLanAlone()
{
    Space s;
    s.change(u"main", [](InstanceRow &row) { row.collision = CollisionPolicy::StandInBoth; });
    QCOMPARE(s.resolve(u"a", u"192.168.1.0/24"), u"kept"_s);
    QCOMPARE(s.resolve(u"b", u"192.168.2.0/24"), u"kept"_s);
}

void TestClaimResolver::standInForBothThatFailsLeavesTheFirstOwnerAlone()
{
    Space s;
    s.change(u"main", [](InstanceRow &row) {
        row.collision = CollisionPolicy::StandInBoth;
        row.standinRange = pfx(u"100.64.0.0/24");
    });
    s.resolve(u"a", u"192.168.1.0/24");
    const QStringList before = s.fingerprint();
    // The connect path goes on after a refusal, in the same edit: nothing of it may stay there.
    TopologyEdit edit(s.topology);
    ClaimResolver resolver(edit, s.now);
    QCOMPARE(verdictOf(resolver.resolve(cname(u"b"), pfx(u"192.168.1.0/24"), iname(u"main"))), u"!exhausted"_s);
    QCOMPARE(edit.take(), ChangeSet());
    QCOMPARE(s.fingerprint(), before);
}

void TestClaimResolver::standInForBothTakesEachFromTheRangeOfItsOwnInstance()
{
    Space s;
    InstanceRow other = instanceRow(u"other", u"10.9.0.0/24");
    other.standinRange = pfx(u"100.100.0.0/16");
    other.collision = CollisionPolicy::StandInBoth;
    s.put(other);
    s.resolve(u"a", u"192.168.1.0/24", u"main");
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/24", u"other"), u"100.100.0.0/24"_s);
    QCOMPARE(s.claims().front(), u"a 192.168.1.0/24 100.64.0.0/24"_s);
}

void TestClaimResolver::anIpv6LanThatConflictsGetsNoClaim()
{
    Space s;
    s.put(poolRow(u"main", u"fd00:8::/64", 1));
    QCOMPARE(s.resolve(u"a", u"fd00:1::/48"), u"kept"_s);
    const QStringList before = s.fingerprint();
    QCOMPARE(s.resolve(u"b", u"fd00:1:0:5::/64"), u"!conflict"_s);
    QCOMPARE(s.resolve(u"b", u"fd00::/16"), u"!conflict"_s);
    QCOMPARE(s.resolve(u"b", u"fd00:8::/80"), u"!conflict"_s);
    QCOMPARE(s.fingerprint(), before);
    QCOMPARE(s.resolve(u"b", u"fd00:2::/48"), u"kept"_s);
}

void TestClaimResolver::whatIsNoLanIsUnsupported()
{
    Space s;
    for (const auto *lan :
         {u"0.0.0.0/0", u"::/0", u"127.0.0.0/8", u"224.0.0.0/24", u"169.254.0.0/16", u"fe80::/64", u"240.0.0.0/8"})
        QCOMPARE(s.resolve(u"a", QStringView(lan)), u"!unsupported"_s);
    QCOMPARE(s.reassign(u"127.0.0.0/8", u"a"), u"!unsupported"_s);
}

void TestClaimResolver::aLanThatOverlapsAnotherOfItsConnectorIsRefused()
{
    Space s;
    s.put(connectorRow(u"a"));
    s.put(irouteRow(u"a", u"192.168.0.0/16"));
    QCOMPARE(s.resolve(u"a", u"192.168.1.0/24"), u"!overlapsItself"_s);
    QCOMPARE(s.reassign(u"192.168.1.0/24", u"a"), u"!overlapsItself"_s);
    QCOMPARE(s.resolve(u"a", u"192.168.0.0/16"), u"kept"_s);
}

void TestClaimResolver::unknownInstance()
{
    Space s;
    QCOMPARE(s.resolve(u"a", u"192.168.0.0/16", u"nowhere"), u"!notFound"_s);
}

void TestClaimResolver::claimsMakeTheirConnector()
{
    Space s; // SEMANTICS 2: a connector exists from its first mention
    s.resolve(u"a", u"192.168.1.0/24");
    s.reassign(u"192.168.2.0/24", u"b");
    QVERIFY(s.topology.find<ConnectorRow>(cname(u"a")));
    QVERIFY(s.topology.find<ConnectorRow>(cname(u"b")));
}

void TestClaimResolver::aFreedCarveOutIsKeptBackForADay()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24");
    QCOMPARE(s.release(u"b", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
    const QuarantineRow expected{pfx(u"100.64.0.0/24"), cname(u"b"), s.now, s.now + 24h, 1};
    QCOMPARE(*s.topology.rows<QuarantineRow>().begin(), expected);
    s.pass(24h - 1ms);
    QCOMPARE(s.resolve(u"c", u"192.168.1.0/24"), u"100.64.1.0/24"_s);
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/24"), u"100.64.2.0/24"_s); // nor to the one who had it
    s.pass(1ms);
    QCOMPARE(s.resolve(u"d", u"192.168.1.0/27"), u"100.64.0.0/27"_s);
    QCOMPARE(s.quarantined(), QStringList()); // its row has done its work
}

void TestClaimResolver::quarantineLastsAsLongAsTheSettingSays_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<int>("minutes");
    QTest::newRow("no setting") << "" << 24 * 60;
    QTest::newRow("one hour") << "1" << 60;
    QTest::newRow("a week") << "168" << 168 * 60;
    QTest::newRow("none: long enough for the owner of the sessions to look") << "0" << 5;
}

void TestClaimResolver::quarantineLastsAsLongAsTheSettingSays()
{
    QFETCH(QString, setting);
    QFETCH(int, minutes);
    Space s;
    if (!setting.isEmpty())
        s.put(SettingRow{u"quarantineHours"_s, setting, 1});
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24");
    s.release(u"b", u"192.168.1.0/24");
    s.pass(std::chrono::minutes(minutes) - 1ms);
    QCOMPARE(s.resolve(u"c", u"192.168.1.0/24"), u"100.64.1.0/24"_s);
    s.pass(1ms);
    QCOMPARE(s.resolve(u"d", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
}

void TestClaimResolver::aSecondReleaseBeginsANewQuarantine()
{
    Space s;
    s.put(exclusionRow(u"100.64.0.0/24"));
    s.put(QuarantineRow{pfx(u"100.64.1.0/24"), cname(u"b"), s.now, s.now + 1h, 1}); // left over from an earlier release
    s.resolve(u"a", u"192.168.1.0/24");
    s.put(connectorRow(u"b"));
    s.put(ClaimRow{cname(u"b"), pfx(u"192.168.1.0/24"), pfx(u"100.64.1.0/24"), pfx(u"100.64.1.0/24"), iname(u"main"),
                   s.now, 1});
    s.release(u"b", u"192.168.1.0/24");
    s.pass(2h);
    QCOMPARE(s.resolve(u"c", u"192.168.1.0/24"), u"100.64.2.0/24"_s);
}

void TestClaimResolver::sentinelsAreNotQuarantined()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.release(u"a", u"192.168.1.0/24");
    QCOMPARE(s.quarantined(), QStringList());
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/24"), u"kept"_s);
}

void TestClaimResolver::aClockThatIsSetBackKeepsTheQuarantine()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24");
    s.release(u"b", u"192.168.1.0/24");
    const QStringList before = s.fingerprint();
    s.pass(25h);
    QVERIFY(s.fingerprint() != before); // asked about tomorrow, as a preview may
    s.pass(-25h);
    QCOMPARE(s.fingerprint(), before);
    QCOMPARE(s.resolve(u"c", u"192.168.1.0/24"), u"100.64.1.0/24"_s);
}

void TestClaimResolver::aQuarantinedCarveOutIsNoLan()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24");
    s.release(u"b", u"192.168.1.0/24");
    QCOMPARE(s.resolve(u"c", u"100.64.0.0/25"), u"100.64.1.0/25"_s);
    s.pass(24h);
    QCOMPARE(s.resolve(u"d", u"100.64.0.128/25"), u"kept"_s);
}

void TestClaimResolver::releaseOfNothing()
{
    Space s;
    QCOMPARE(s.release(u"a", u"192.168.1.0/24"), u"!notFound"_s);
}

void TestClaimResolver::reassignSwapsOwners()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24");
    QCOMPARE(s.reassign(u"192.168.1.0/24", u"b"), u"accepted"_s);
    const QStringList expected{u"a 192.168.1.0/24 100.64.1.0/24"_s, u"b 192.168.1.0/24 kept"_s};
    QCOMPARE(s.claims(), expected);
    QCOMPARE(s.quarantined(), QStringList{u"100.64.0.0/24 b"_s});
    QCOMPARE(s.lastChanges.size(), std::size_t{3});
}

void TestClaimResolver::reassignMakesTheClaimWhenThereIsNone()
{
    Space s;
    QCOMPARE(s.reassign(u"192.168.1.0/24", u"a"), u"accepted"_s); // the only instance there is
    s.put(instanceRow(u"other", u"10.9.0.0/24"));
    QCOMPARE(s.reassign(u"192.168.2.0/24", u"a"), u"!notFound"_s); // which one?
    const auto named = s.tryOut([](TopologyEdit &, ClaimResolver &r) {
        return r.reassign(pfx(u"192.168.2.0/24"), cname(u"a"), iname(u"other"));
    });
    QCOMPARE(refusalOf(named), u"accepted"_s);
    QCOMPARE(s.topology.find<ClaimRow>(cname(u"a"), pfx(u"192.168.2.0/24"))->instance, iname(u"other"));
    QCOMPARE(s.reassign(u"192.168.1.0/24", u"b"), u"accepted"_s); // that of the claim it displaces
    QCOMPARE(s.topology.find<ClaimRow>(cname(u"b"), pfx(u"192.168.1.0/24"))->instance, iname(u"main"));
}

void TestClaimResolver::reassignMovesNarrowerAndWiderClaims()
{
    Space s;
    s.resolve(u"narrow", u"192.168.1.0/27");
    s.pass(1min);
    s.resolve(u"host", u"192.168.1.77/32");
    QCOMPARE(s.reassign(u"192.168.1.0/24", u"new"), u"accepted"_s);
    const QStringList expected{u"host 192.168.1.77/32 100.64.0.32/32 in 100.64.0.32/27"_s,
                               u"narrow 192.168.1.0/27 100.64.0.0/27"_s, u"new 192.168.1.0/24 kept"_s};
    QCOMPARE(s.claims(), expected);

    Space wide;
    wide.resolve(u"wide", u"192.168.0.0/16");
    QCOMPARE(wide.reassign(u"192.168.1.0/24", u"new"), u"accepted"_s);
    const QStringList moved{u"new 192.168.1.0/24 kept"_s, u"wide 192.168.0.0/16 100.64.0.0/16"_s};
    QCOMPARE(wide.claims(), moved);
}

void TestClaimResolver::reassignInsideTheRangeTakesTheCarveOut()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24"); // 100.64.0.0/24
    s.resolve(u"c", u"192.168.1.0/30"); // 100.64.1.0/30 in its /27
    QCOMPARE(s.reassign(u"100.64.0.0/27", u"d"), u"accepted"_s);
    QCOMPARE(s.reassign(u"100.64.1.16/28", u"d"), u"accepted"_s);
    const QStringList expected{u"a 192.168.1.0/24 kept"_s, u"b 192.168.1.0/24 100.64.2.0/24"_s,
                               u"c 192.168.1.0/30 100.64.1.32/30 in 100.64.1.32/27"_s, u"d 100.64.0.0/27 kept"_s,
                               u"d 100.64.1.16/28 kept"_s};
    QCOMPARE(s.claims(), expected);
    // What was pushed to peers until now is kept back, also the part that nobody took.
    const QStringList kept{u"100.64.0.0/24 b"_s, u"100.64.1.0/27 c"_s};
    QCOMPARE(s.quarantined(), kept);
    QCOMPARE(s.resolve(u"e", u"192.168.1.0/27"), u"100.64.1.64/27"_s);
}

void TestClaimResolver::reassignMovesAnotherClaimOfTheNewOwner()
{
    Space s;
    s.resolve(u"a", u"192.168.0.0/16"); // no longer declared
    QCOMPARE(s.reassign(u"192.168.1.0/24", u"a"), u"accepted"_s);
    const QStringList expected{u"a 192.168.0.0/16 100.64.0.0/16"_s, u"a 192.168.1.0/24 kept"_s};
    QCOMPARE(s.claims(), expected);
}

void TestClaimResolver::reassignIsRefused_data()
{
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<QString>("refusal");
    QTest::newRow("on a pool") << "10.8.0.0/25"
                               << "!poolOverlap";
    QTest::newRow("around a pool") << "10.0.0.0/8"
                                   << "!poolOverlap";
    QTest::newRow("displacing what is wider than the range") << "172.16.0.0/24"
                                                             << "!tooWide";
}

void TestClaimResolver::reassignIsRefused()
{
    QFETCH(QString, prefix);
    Space s;
    s.change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.64.0.0/16"); });
    s.resolve(u"a", u"172.16.0.0/12");
    const QStringList before = s.fingerprint();
    QTEST(s.reassign(prefix, u"b"), "refusal");
    QCOMPARE(s.fingerprint(), before);
}

void TestClaimResolver::reassignThatExhaustsTheRangeChangesNothing()
{
    Space s;
    s.change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.64.0.0/26"); });
    for (const auto *lan : {u"192.168.1.0/27", u"192.168.1.32/27", u"192.168.1.64/27"})
        s.resolve(u"a", QStringView(lan));
    const QStringList before = s.fingerprint();
    QCOMPARE(s.reassign(u"192.168.1.0/24", u"b"), u"!exhausted"_s); // two of three would fit
    QCOMPARE(s.fingerprint(), before);
    QVERIFY(!s.topology.find<ConnectorRow>(cname(u"b")));
}

void TestClaimResolver::reassignOfIpv6()
{
    Space s;
    QCOMPARE(s.reassign(u"fd00:1::/48", u"a"), u"accepted"_s);
    QCOMPARE(s.reassign(u"fd00:1::/64", u"b"), u"!unsupported"_s);
    QCOMPARE(s.claims(), QStringList{u"a fd00:1::/48 kept"_s});
}

void TestClaimResolver::reassignToTheOwnerChangesNothing()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    QCOMPARE(s.reassign(u"192.168.1.0/24", u"a"), u"accepted"_s);
    QCOMPARE(s.lastChanges, ChangeSet());
}

void TestClaimResolver::standInMovesASentinel()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    QCOMPARE(s.standIn(u"a", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
    QCOMPARE(s.quarantined(), QStringList());
    QCOMPARE(s.resolve(u"b", u"192.168.1.0/24"), u"100.64.1.0/24"_s); // the real prefix of a claim conflicts, too
}

void TestClaimResolver::standInOnAsked_data()
{
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("free") << "100.70.0.0/24"
                          << "100.70.0.0/24";
    QTest::newRow("another length") << "100.70.0.0/25"
                                    << "!invalid";
    QTest::newRow("wider") << "100.70.0.0/23"
                           << "!invalid";
    QTest::newRow("outside of the range") << "10.70.0.0/24"
                                          << "!invalid";
    QTest::newRow("another family") << "fd00::/24"
                                    << "!invalid";
    QTest::newRow("the LAN itself") << "100.90.0.0/24"
                                    << "!invalid";
    QTest::newRow("somebody's stand-in") << "100.64.0.0/24"
                                         << "!overlap";
    QTest::newRow("somebody's LAN") << "100.80.1.0/24"
                                    << "!overlap";
    QTest::newRow("excluded") << "100.81.1.0/24"
                              << "!overlap";
    QTest::newRow("a pool") << "100.82.0.0/24"
                            << "!overlap";
    QTest::newRow("quarantined") << "100.83.0.0/24"
                                 << "!overlap";
}

void TestClaimResolver::standInOnAsked()
{
    QFETCH(QString, wanted);
    Space s;
    s.resolve(u"x", u"192.168.1.0/24");
    s.resolve(u"y", u"192.168.1.0/24");
    s.resolve(u"x", u"100.80.0.0/16");
    s.put(exclusionRow(u"100.81.0.0/16"));
    s.put(poolRow(u"main", u"100.82.0.0/27", 1));
    s.put(QuarantineRow{pfx(u"100.83.0.64/27"), cname(u"q"), s.now, s.now + 1h, 1});
    QCOMPARE(s.resolve(u"a", u"100.90.0.0/24"), u"kept"_s);
    QTEST(s.standIn(u"a", u"100.90.0.0/24", wanted), "verdict");
}

void TestClaimResolver::standInOnAskedQuarantinesTheOldOne()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/30");
    s.standIn(u"a", u"192.168.1.0/30");
    QCOMPARE(s.standIn(u"a", u"192.168.1.0/30", u"100.64.0.4/30"), u"100.64.0.4/30 in 100.64.0.0/27"_s);
    QCOMPARE(s.quarantined(), QStringList()); // the carve-out is the same
    QCOMPARE(s.standIn(u"a", u"192.168.1.0/30", u"100.99.0.0/30"), u"100.99.0.0/30 in 100.99.0.0/27"_s);
    QCOMPARE(s.quarantined(), QStringList{u"100.64.0.0/27 a"_s});
    QCOMPARE(s.standIn(u"a", u"192.168.1.0/30", u"100.99.0.0/30"), u"100.99.0.0/30 in 100.99.0.0/27"_s);
    QCOMPARE(s.lastChanges, ChangeSet());
}

void TestClaimResolver::standInWithoutAWishKeepsTheOneThatIsThere()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.standIn(u"a", u"192.168.1.0/24");
    s.change(u"main", [](InstanceRow &row) { row.standinRange = pfx(u"100.127.0.0/16"); });
    QCOMPARE(s.standIn(u"a", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
    QCOMPARE(s.lastChanges, ChangeSet());
}

void TestClaimResolver::standInOfNothing()
{
    Space s;
    QCOMPARE(s.standIn(u"a", u"192.168.1.0/24"), u"!notFound"_s);
    s.resolve(u"a", u"fd00:1::/48");
    QCOMPARE(s.standIn(u"a", u"fd00:1::/48"), u"!unsupported"_s);
    QCOMPARE(s.standIn(u"a", u"fd00:1::/48", u"100.64.0.0/24"), u"!unsupported"_s);
}

void TestClaimResolver::eachDecisionIsOneEntryARow()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    const ClaimRow claim = *s.topology.find<ClaimRow>(cname(u"a"), pfx(u"192.168.1.0/24"));
    const ChangeSet expected{{std::nullopt, *s.topology.find<ConnectorRow>(cname(u"a"))}, {std::nullopt, claim}};
    QCOMPARE(s.lastChanges, expected);
    s.release(u"a", u"192.168.1.0/24");
    QCOMPARE(s.lastChanges, (ChangeSet{{claim, std::nullopt}}));
}

QTEST_GUILESS_MAIN(TestClaimResolver)
#include "tst_claimresolver.moc"
