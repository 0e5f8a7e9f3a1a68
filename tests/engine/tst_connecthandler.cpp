// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/connecthandler.h"
#include "tests/support/fakestore.h"
#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

/// A store with an instance `main`, a mirror of it, and the verdicts that were given.
struct Bed
{
    Bed()
    {
        put(instanceRow(u"main", u"10.8.0.0/24"));
        put(poolRow(u"main", u"10.8.0.0/24"));
    }

    void put(const Row &row) { store.put(row); }
    void change(const std::function<void(InstanceRow &)> &how)
    {
        InstanceRow row = *store.queries.topology.find<InstanceRow>(iname(u"main"));
        how(row);
        put(row);
    }
    /// A connector whose every row is there.
    void know(QStringView cn, QStringView address)
    {
        put(connectorRow(cn));
        put(allocationRow(u"main", cn, address));
    }
    void load()
    {
        mirror = std::make_unique<TopologyMirror>(store.queries, store.feed);
        handler = std::make_unique<ConnectHandler>(store, *mirror, clock, u"interlockd"_s);
        QTRY_VERIFY(mirror->isLoaded());
    }
    void goAway()
    {
        store.goAway();
        QTRY_VERIFY(!mirror->isStoreAvailable());
    }
    void ask(QStringView cn)
    {
        handler->decide(cname(cn), iname(u"main"), fence,
                        [this](const Expected<Verdict> &verdict) { verdicts.push_back(verdict); });
    }
    /// "deny", the kind of the error, or the lines of the answer.
    [[nodiscard]] QStringList said(std::size_t which = 0) const
    {
        const Expected<Verdict> &verdict = verdicts.at(which);
        if (!verdict)
            return {u'!' + nameOf(verdict.error().kind)};
        if (verdict->decision.action == ConnectAction::Deny)
            return {u"deny"_s};
        return toStringList(verdict->decision.lines);
    }

    SteppedClock clock;
    FakeStore store{clock};
    std::unique_ptr<TopologyMirror> mirror;
    std::unique_ptr<ConnectHandler> handler;
    std::vector<Expected<Verdict>> verdicts;
    std::optional<Lease> fence; ///< shown with what is asked
};

} // namespace

class TestConnectHandler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKnownClientIsAnsweredAtOnceAndNothingIsWritten();
    void aNewLanIsCommittedBeforeItIsAnswered();
    void anUnknownClientIsTreatedByThePolicy_data();
    void anUnknownClientIsTreatedByThePolicy();
    void whoIsKnownSinceAMomentIsNotTurnedAway();
    void whatTheStoreRefusesIsToldAsItIs();
    void whoLostItsLeaseWritesNothingAndIsTold();
    void withoutStoreThePolicyDecides_data();
    void withoutStoreThePolicyDecides();
    void aStoreThatGoesAwayWhileItIsAskedIsTreatedLikeOneThatIsAway();
    void beforeTheRowsAreReadNobodyIsAnswered();
    void aTrialLeavesTheRowsAsTheyWere();
    void storedSubnetsKeepStandInsAway();           // SEMANTICS 2
    void aSubnetOfANewTenantIsReadBeforeItCounts(); // SEMANTICS 2
    void anotherRangeIsReadByTheFirstLoginIntoIt(); // SEMANTICS 2
};

void TestConnectHandler::aKnownClientIsAnsweredAtOnceAndNothingIsWritten()
{
    // DESIGN.md 5; SOURCES S5a
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.load();
    bed.ask(u"ana");
    QCOMPARE(bed.verdicts.size(), 1U); // within the call
    QCOMPARE(bed.said(), QStringList(u"ifconfig-push 10.8.0.10 255.255.255.0"_s));
    QVERIFY(!bed.verdicts[0]->isFromStoredOnly);
    QCOMPARE(bed.store.submitted, QStringList());
}

void TestConnectHandler::aNewLanIsCommittedBeforeItIsAnswered()
{
    // DESIGN.md 5: never answer what is not durable. SOURCES S5
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.put(irouteRow(u"ana", u"192.168.1.0/24"));
    bed.load();
    bed.store.isHeld = true;
    bed.ask(u"ana");
    QCoreApplication::processEvents();
    QCOMPARE(bed.verdicts.size(), 0U);
    QCOMPARE(bed.store.submitted, QStringList(u"decideConnect"_s));
    bed.store.commitAll();
    QTRY_COMPARE(bed.verdicts.size(), 1U);
    QCOMPARE(bed.store.commits, 1);
    QCOMPARE(bed.said(),
             (QStringList{u"ifconfig-push 10.8.0.10 255.255.255.0"_s, u"iroute 192.168.1.0 255.255.255.0"_s}));
    // The next time it is known.
    bed.ask(u"ana");
    QCOMPARE(bed.verdicts.size(), 2U);
    QCOMPARE(bed.said(1), bed.said(0));
    QCOMPARE(bed.store.commits, 1);
}

void TestConnectHandler::anUnknownClientIsTreatedByThePolicy_data()
{
    QTest::addColumn<UnknownCnPolicy>("policy");
    QTest::addColumn<bool>("allocates");
    QTest::addColumn<QStringList>("said");
    QTest::addColumn<int>("commits");
    QTest::newRow("deny") << UnknownCnPolicy::Deny << true << QStringList(u"deny"_s) << 0;
    QTest::newRow("admit") << UnknownCnPolicy::Admit << false << QStringList() << 1;
    QTest::newRow("admit and give an address")
        << UnknownCnPolicy::Admit << true << QStringList(u"ifconfig-push 10.8.0.2 255.255.255.0"_s) << 1;
}

void TestConnectHandler::anUnknownClientIsTreatedByThePolicy()
{
    QFETCH(const UnknownCnPolicy, policy);
    QFETCH(const bool, allocates);
    QFETCH(const int, commits);
    Bed bed;
    bed.change([&](InstanceRow &row) {
        row.unknownCn = policy;
        row.autoAllocate = allocates;
    });
    bed.load();
    bed.ask(u"eve");
    QTRY_COMPARE(bed.verdicts.size(), 1U);
    QTEST(bed.said(), "said");
    QCOMPARE(bed.store.commits, commits);
}

void TestConnectHandler::whoIsKnownSinceAMomentIsNotTurnedAway()
{
    // The store knows the name already; the mirror has not heard of it.
    Bed bed;
    bed.load();
    bed.store.queries.topology.apply({std::nullopt, connectorRow(u"ana")});
    bed.ask(u"ana");
    QTRY_COMPARE(bed.verdicts.size(), 1U);
    QCOMPARE(bed.said(), QStringList());
}

void TestConnectHandler::whatTheStoreRefusesIsToldAsItIs()
{
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.load();
    bed.handler->decide(cname(u"ana"), iname(u"other"), {},
                        [&](const Expected<Verdict> &verdict) { bed.verdicts.push_back(verdict); });
    QTRY_COMPARE(bed.verdicts.size(), 1U);
    QCOMPARE(bed.said(), QStringList(u"!notFound"_s));
}

void TestConnectHandler::whoLostItsLeaseWritesNothingAndIsTold()
{
    // SEMANTICS.md 4: every write of an engine carries its epoch.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.put(irouteRow(u"ana", u"192.168.1.0/24"));
    bed.load();
    bed.fence = Lease{LeaseKind::Instance, u"main"_s, u"host/1"_s, 7, {}};
    bed.store.isFenced = true;
    bed.ask(u"ana");
    QTRY_COMPARE(bed.verdicts.size(), 1U);
    QCOMPARE(bed.said(), QStringList(u"!leaseHeld"_s));
    QVERIFY(bed.store.fence == bed.fence);
    QCOMPARE(bed.store.commits, 0);
}

void TestConnectHandler::withoutStoreThePolicyDecides_data()
{
    QTest::addColumn<StoreDownPolicy>("policy");
    QTest::addColumn<QString>("cn");
    QTest::addColumn<QStringList>("said");
    const QStringList known{u"ifconfig-push 10.8.0.10 255.255.255.0"_s, u"iroute 192.168.1.0 255.255.255.0"_s};
    QTest::newRow("admit-known, known") << StoreDownPolicy::AdmitKnown << u"ana"_s << known;
    QTest::newRow("admit-known, known with a LAN that is new")
        << StoreDownPolicy::AdmitKnown << u"bob"_s << QStringList(u"ifconfig-push 10.8.0.40 255.255.255.0"_s);
    QTest::newRow("admit-known, unknown") << StoreDownPolicy::AdmitKnown << u"eve"_s << QStringList(u"deny"_s);
    QTest::newRow("deny, known") << StoreDownPolicy::Deny << u"ana"_s << QStringList(u"!storeUnavailable"_s);
    QTest::newRow("deny, unknown") << StoreDownPolicy::Deny << u"eve"_s << QStringList(u"!storeUnavailable"_s);
}

void TestConnectHandler::withoutStoreThePolicyDecides()
{
    // SEMANTICS.md 4
    QFETCH(const StoreDownPolicy, policy);
    QFETCH(const QString, cn);
    Bed bed;
    bed.change([&](InstanceRow &row) { row.whenStoreDown = policy; });
    bed.know(u"ana", u"10.8.0.10");
    bed.put(irouteRow(u"ana", u"192.168.1.0/24"));
    const Prefix lan = pfx(u"192.168.1.0/24");
    bed.put(ClaimRow{cname(u"ana"), lan, lan, lan, iname(u"main"), {}, 1});
    bed.know(u"bob", u"10.8.0.40");
    bed.put(irouteRow(u"bob", u"192.168.2.0/24"));
    bed.load();
    bed.goAway();
    bed.ask(cn);
    QTRY_COMPARE(bed.verdicts.size(), 1U);
    QTEST(bed.said(), "said");
    if (bed.verdicts[0])
        QVERIFY(bed.verdicts[0]->isFromStoredOnly);
    QCOMPARE(bed.store.commits, 0);
}

void TestConnectHandler::aStoreThatGoesAwayWhileItIsAskedIsTreatedLikeOneThatIsAway()
{
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.put(irouteRow(u"ana", u"192.168.1.0/24"));
    bed.load();
    bed.store.isHeld = true;
    bed.ask(u"ana");
    bed.goAway();
    bed.store.commitAll();
    QTRY_COMPARE(bed.verdicts.size(), 1U);
    QCOMPARE(bed.said(), QStringList(u"ifconfig-push 10.8.0.10 255.255.255.0"_s));
    QVERIFY(bed.verdicts[0]->isFromStoredOnly);
    QCOMPARE(bed.verdicts[0]->decision.problems.size(), 1U);
    QCOMPARE(bed.verdicts[0]->decision.problems[0].prefix, pfx(u"192.168.1.0/24"));
}

void TestConnectHandler::beforeTheRowsAreReadNobodyIsAnswered()
{
    Bed bed;
    TopologyMirror mirror(bed.store.queries, bed.store.feed);
    ConnectHandler handler(bed.store, mirror, bed.clock, u"interlockd"_s);
    handler.decide(cname(u"ana"), iname(u"main"), {},
                   [&](const Expected<Verdict> &verdict) { bed.verdicts.push_back(verdict); });
    QCOMPARE(bed.verdicts.size(), 1U);
    QCOMPARE(bed.said(), QStringList(u"!storeUnavailable"_s));
}

void TestConnectHandler::aTrialLeavesTheRowsAsTheyWere()
{
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.put(irouteRow(u"ana", u"192.168.1.0/24"));
    bed.load();
    bed.store.isHeld = true;
    const auto before = fingerprintOf(bed.mirror->topology(), bed.clock.now(), {pfx(u"100.64.0.0/10")});
    bed.ask(u"ana");
    QCOMPARE(fingerprintOf(bed.mirror->topology(), bed.clock.now(), {pfx(u"100.64.0.0/10")}), before);
    bed.store.commitAll();
}

namespace {

SubnetRow subnetRow(const QString &tenant, QStringView prefix)
{
    return {tenant, pfx(prefix), {}, SubnetRole::None, {}, {}, {}, {}, 1};
}

/// The stand-in that the mirror would give next, or "unknown".
QString nextStandIn(const Bed &bed)
{
    Topology &topology = bed.mirror->topology();
    (void)topology.takeNotes();
    const Prefix range = topology.find<InstanceRow>(iname(u"main"))->standinRange;
    const auto free = topology.freeCarveOut(range, 27, bed.clock.now());
    return topology.hasNotes() ? u"unknown"_s : free ? free->toString() : u"none"_s;
}

} // namespace

void TestConnectHandler::storedSubnetsKeepStandInsAway()
{
    Bed bed;
    for (const auto *cn : {u"ana", u"bob"}) {
        bed.know(cn, cn == QStringView(u"ana") ? u"10.8.0.10" : u"10.8.0.11");
        bed.put(irouteRow(cn, u"192.168.1.0/27"));
    }
    const SubnetRow excluded = subnetRow(u"acme"_s, u"100.64.0.0/26");
    bed.put(excluded);
    bed.put(subnetRow(u"acme"_s, u"10.1.0.0/16"));
    bed.put(subnetRow({}, u"10.0.0.0/8"));
    bed.load();
    // Only what logins ask for is here.
    QCOMPARE(bed.mirror->topology().subnets().size(), std::size_t{1});
    QCOMPARE(nextStandIn(bed), u"100.64.0.64/27"_s);

    bed.ask(u"ana");
    bed.ask(u"bob");
    QTRY_COMPARE(bed.verdicts.size(), 2U);
    QVERIFY(bed.said(0).contains(u"iroute 192.168.1.0 255.255.255.224"_s));
    QVERIFY(bed.said(1).contains(u"iroute 100.64.0.64 255.255.255.224"_s));
    QCOMPARE(nextStandIn(bed), u"100.64.0.96/27"_s);

    bed.store.remove(excluded);
    QCOMPARE(nextStandIn(bed), u"100.64.0.0/27"_s);
    bed.put(subnetRow(u"acme"_s, u"100.64.0.0/27"));
    QCOMPARE(nextStandIn(bed), u"100.64.0.32/27"_s);
    // A LAN that lies on one needs a stand-in.
    QVERIFY(bed.mirror->topology().hasSubnetExclusion(pfx(u"100.64.0.0/28")));
    QVERIFY(!bed.mirror->topology().hasSubnetExclusion(pfx(u"100.64.0.32/28")));
}

void TestConnectHandler::aSubnetOfANewTenantIsReadBeforeItCounts()
{
    Bed bed;
    bed.load();
    QCOMPARE(nextStandIn(bed), u"100.64.0.0/27"_s);
    bed.put(subnetRow(u"new"_s, u"100.64.0.0/27"));
    QCOMPARE(nextStandIn(bed), u"unknown"_s);
    bed.mirror->readNoted();
    // What is committed while it is read counts as well.
    bed.put(subnetRow(u"new"_s, u"100.64.0.32/27"));
    QTRY_COMPARE(nextStandIn(bed), u"100.64.0.64/27"_s);
}

void TestConnectHandler::anotherRangeIsReadByTheFirstLoginIntoIt()
{
    Bed bed;
    bed.put(subnetRow({}, u"172.24.0.0/24"));
    for (const auto *cn : {u"ana", u"bob", u"cid"})
        bed.put(irouteRow(cn, u"192.168.1.0/27"));
    bed.know(u"ana", u"10.8.0.10");
    bed.know(u"bob", u"10.8.0.11");
    bed.know(u"cid", u"10.8.0.12");
    bed.load();
    bed.ask(u"ana");
    QTRY_COMPARE(bed.verdicts.size(), 1U);
    bed.change([](InstanceRow &row) { row.standinRange = pfx(u"172.24.0.0/16"); });
    QCOMPARE(nextStandIn(bed), u"unknown"_s);
    bed.ask(u"bob");
    QTRY_COMPARE(bed.verdicts.size(), 2U);
    QVERIFY(bed.said(1).contains(u"iroute 172.24.1.0 255.255.255.224"_s));
    QTRY_COMPARE(nextStandIn(bed), u"172.24.1.32/27"_s);
    bed.ask(u"cid");
    QTRY_COMPARE(bed.verdicts.size(), 3U);
    QVERIFY(bed.said(2).contains(u"iroute 172.24.1.32 255.255.255.224"_s));
}

QTEST_GUILESS_MAIN(TestConnectHandler)
#include "tst_connecthandler.moc"
