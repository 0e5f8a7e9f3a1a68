// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/routejudge.h"
#include "tests/support/serversaid.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

using openvpn::ClientId;

namespace {

const std::vector<Prefix> kStandIns{*Prefix::parse(u"100.64.0.0/10")};

/// The session of `ana` (id 0) on `main`, answered from the rows and established as it was answered. She keeps
/// 192.168.1.0/24 and shows 10.8.0.64/27, which lies in the pool, as 100.64.0.0/27; `bob` in her block has
/// 192.168.2.0/24.
struct Bed
{
    Bed()
    {
        space.put(connectorRow(u"ana"));
        space.put(connectorRow(u"bob"));
        space.put(allocationRow(u"main", u"ana", u"10.8.0.10"));
        space.put(allocationRow(u"main", u"bob", u"10.8.0.11"));
        addLan(u"ana", u"192.168.1.0/24");
        addLan(u"ana", u"10.8.0.64/27");
        addLan(u"bob", u"192.168.2.0/24");
        registry.connect(asks(0, "ana"), space.now);
    }

    void addLan(QStringView cn, QStringView prefix)
    {
        space.put(irouteRow(cn, prefix));
        space.resolve(cn, prefix);
    }
    [[nodiscard]] ConnectDecision decision() const
    {
        return decideFromStored(space.topology, cname(u"ana"), iname(u"main")).value();
    }
    /// Answers and establishes; the server installs what it was told, except `skipped`.
    void establish(const ConnectDecision &decision, const std::vector<Prefix> &skipped = {})
    {
        registry.answered({0}, decision);
        registry.address(test::address(0, u"10.8.0.10", true));
        for (const AnsweredLan &lan : decision.lans) {
            if (std::ranges::find(skipped, lan.installed) == skipped.end())
                registry.address(test::address(0, lan.installed.toString()));
        }
        registry.established(established(0, "ana"), space.now);
    }
    LiveSession &session() { return *registry.find(ClientId{0}); }
    [[nodiscard]] QString judge(const std::vector<Prefix> &kernelRoutes)
    {
        judgeRoutes(session(), space.topology, iname(u"main"), registry, kernelRoutes, Timestamp());
        return enumText(session().fact.routes);
    }

    Space space;
    SessionRegistry registry{iname(u"main")};
};

const std::vector<Prefix> kEverything{*Prefix::parse(u"0.0.0.0/0")};

} // namespace

class TestRouteJudge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsAnsweredAndInstalledIsApplied();
    void aChangeOfTheRowsMakesItPending_data();
    void aChangeOfTheRowsMakesItPending();
    void aLanThatTheServerSkippedIsPending();
    void aPrefixWithoutKernelRouteIsNotApplied_data();
    void aPrefixWithoutKernelRouteIsNotApplied();
    void anAnswerThatNobodyKnowsIsUnknown();
    void aSessionWithoutNameIsUnknown();
    void aHeldBackLanWaitsForItsHolderAndThenIsFree();
    void aHeldBackLanThatIsNotWantedAnyMoreFreesNobody();
    void onlyAnEstablishedSessionIsFreeToAsk();
    void aLanThatIsSomebodyElsesNowHasMoved();
    void aRouteToWhereALanWasIsStale();
    void aRouteThatIsOnlyMissingIsNotStale();
    void theServersMaskReplacesTheRows();
    void skippedLinesAreNamed_data();
    void skippedLinesAreNamed();
};

void TestRouteJudge::whatIsAnsweredAndInstalledIsApplied()
{
    // SEMANTICS.md 3
    Bed bed;
    bed.establish(bed.decision());
    QCOMPARE(bed.judge(kEverything), u"applied"_s);
    QCOMPARE(bed.session().fact.declared, pfxs({u"100.64.0.0/27"_s, u"192.168.1.0/24"_s}));
    QVERIFY(!isMoved(bed.session()));
    QVERIFY(!isHeldBackForNobody(bed.session()));
}

void TestRouteJudge::aChangeOfTheRowsMakesItPending_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"a LAN more", "a LAN less", "a stand-in for a LAN", "an address", "a LAN of a peer",
                             "an option", "the connector is gone"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void TestRouteJudge::aChangeOfTheRowsMakesItPending()
{
    // SEMANTICS.md 3: peers of a changed LAN are pending too.
    QFETCH(const QString, what);
    Bed bed;
    bed.establish(bed.decision());
    QCOMPARE(bed.judge(kEverything), u"applied"_s);
    if (what == u"a LAN more"_s)
        bed.addLan(u"ana", u"192.168.9.0/24");
    else if (what == u"a LAN less"_s)
        bed.space.remove(irouteRow(u"ana", u"192.168.1.0/24"));
    else if (what == u"a stand-in for a LAN"_s)
        bed.space.standIn(u"ana", u"192.168.1.0/24");
    else if (what == u"an address"_s)
        bed.space.put(allocationRow(u"main", u"ana", u"10.8.0.12"));
    else if (what == u"a LAN of a peer"_s)
        bed.addLan(u"bob", u"192.168.8.0/24");
    else if (what == u"an option"_s)
        bed.space.put(OptionRow{OptionScope::Cn, u"ana"_s, OptionType::Ping, u"10"_s, 1});
    else
        bed.space.remove(connectorRow(u"ana"));
    QCOMPARE(bed.judge(kEverything), u"pending"_s);
}

void TestRouteJudge::aLanThatTheServerSkippedIsPending()
{
    // openvpn/FACTS.md 47
    Bed bed;
    bed.establish(bed.decision(), {pfx(u"192.168.1.0/24")});
    QCOMPARE(bed.judge(kEverything), u"pending"_s);
}

void TestRouteJudge::aPrefixWithoutKernelRouteIsNotApplied_data()
{
    QTest::addColumn<std::vector<Prefix>>("kernelRoutes");
    QTest::addColumn<QString>("state");
    QTest::newRow("both") << pfxs({u"100.64.0.0/10"_s, u"192.168.1.0/24"_s}) << u"applied"_s;
    QTest::newRow("wider ones") << pfxs({u"100.64.0.0/10"_s, u"192.168.0.0/16"_s}) << u"applied"_s;
    QTest::newRow("the stand-in range alone") << kStandIns << u"noKernelRoute"_s;
    QTest::newRow("a part of the LAN") << pfxs({u"100.64.0.0/10"_s, u"192.168.1.0/25"_s}) << u"noKernelRoute"_s;
    QTest::newRow("none") << std::vector<Prefix>() << u"noKernelRoute"_s;
}

void TestRouteJudge::aPrefixWithoutKernelRouteIsNotApplied()
{
    // openvpn/FACTS.md 5; SEMANTICS.md 3
    QFETCH(const std::vector<Prefix>, kernelRoutes);
    Bed bed;
    bed.establish(bed.decision());
    QTEST(bed.judge(kernelRoutes), "state");
}

void TestRouteJudge::anAnswerThatNobodyKnowsIsUnknown()
{
    Bed bed;
    (void)bed.registry.reconcile(status({{5, "bob", "10.8.0.11"}}), bed.space.now);
    LiveSession &session = *bed.registry.find(ClientId{5});
    judgeRoutes(session, bed.space.topology, iname(u"main"), bed.registry, kEverything, Timestamp());
    QCOMPARE(session.fact.routes, RouteState::Unknown);
    QCOMPARE(session.fact.declared, pfxs({u"192.168.2.0/24"_s}));
}

void TestRouteJudge::aSessionWithoutNameIsUnknown()
{
    Bed bed;
    (void)bed.registry.reconcile(status({{5, "UNDEF", "10.8.0.11"}}), bed.space.now);
    LiveSession &session = *bed.registry.find(ClientId{5});
    judgeRoutes(session, bed.space.topology, iname(u"main"), bed.registry, kEverything, Timestamp());
    QCOMPARE(session.fact.routes, RouteState::Unknown);
}

void TestRouteJudge::aHeldBackLanWaitsForItsHolderAndThenIsFree()
{
    // openvpn/FACTS.md 43
    Bed bed;
    bed.registry.connect(asks(7, "old"), bed.space.now);
    bed.registry.address(test::address(7, u"192.168.1.0/24"));
    ConnectDecision decision = bed.decision();
    decision.leaveOut(pfx(u"192.168.1.0/24"), {});
    bed.session().heldBack = pfxs({u"192.168.1.0/24"_s});
    bed.establish(decision);
    QCOMPARE(bed.judge(kEverything), u"waiting"_s);
    QCOMPARE(bed.session().fact.waitingFor, cname(u"old"));
    QVERIFY(!isHeldBackForNobody(bed.session()));

    bed.registry.remove({7});
    QCOMPARE(bed.judge(kEverything), u"pending"_s);
    QVERIFY(!bed.session().fact.waitingFor);
    QVERIFY(isHeldBackForNobody(bed.session()));
}

void TestRouteJudge::aHeldBackLanThatIsNotWantedAnyMoreFreesNobody()
{
    Bed bed;
    bed.session().heldBack = pfxs({u"192.168.9.0/24"_s});
    bed.establish(bed.decision());
    QCOMPARE(bed.judge(kEverything), u"applied"_s);
    QVERIFY(!isHeldBackForNobody(bed.session()));
}

void TestRouteJudge::onlyAnEstablishedSessionIsFreeToAsk()
{
    Bed bed;
    ConnectDecision decision = bed.decision();
    decision.leaveOut(pfx(u"192.168.1.0/24"), {});
    bed.session().heldBack = pfxs({u"192.168.1.0/24"_s});
    bed.registry.answered({0}, decision);
    (void)bed.judge(kEverything);
    QVERIFY(!isHeldBackForNobody(bed.session()));
    bed.establish(decision);
    (void)bed.judge(kEverything);
    QVERIFY(isHeldBackForNobody(bed.session()));
    bed.session().fact.state = SessionState::Leaving;
    QVERIFY(!isHeldBackForNobody(bed.session()));
}

void TestRouteJudge::aLanThatIsSomebodyElsesNowHasMoved()
{
    // SEMANTICS.md 2 (reassign), 3 (move-live)
    Bed bed;
    bed.establish(bed.decision());
    bed.space.reassign(u"192.168.1.0/24", u"bob");
    QCOMPARE(bed.judge(kEverything), u"pending"_s);
    QVERIFY(isMoved(bed.session()));
    bed.session().fact.state = SessionState::Leaving;
    QVERIFY(!isMoved(bed.session()));
}

void TestRouteJudge::aRouteToWhereALanWasIsStale()
{
    // SEMANTICS.md 3 (move-live): a peer's LAN has another prefix now.
    Bed bed;
    bed.establish(bed.decision());
    QCOMPARE(bed.judge(kEverything), u"applied"_s);
    QVERIFY(!hasStaleRoute(bed.session()));
    bed.space.standIn(u"bob", u"192.168.2.0/24");
    QCOMPARE(bed.judge(kEverything), u"pending"_s);
    QVERIFY(hasStaleRoute(bed.session()));
    QVERIFY(!isMoved(bed.session())); // its own LANs are where they were
    bed.session().fact.state = SessionState::Leaving;
    QVERIFY(!hasStaleRoute(bed.session()));
    bed.establish(bed.decision());
    QCOMPARE(bed.judge(kEverything), u"applied"_s);
    QVERIFY(!hasStaleRoute(bed.session()));
}

void TestRouteJudge::aRouteThatIsOnlyMissingIsNotStale()
{
    Bed bed;
    bed.establish(bed.decision());
    bed.addLan(u"bob", u"192.168.3.0/24");
    QCOMPARE(bed.judge(kEverything), u"pending"_s);
    QVERIFY(!hasStaleRoute(bed.session()));
}

void TestRouteJudge::theServersMaskReplacesTheRows()
{
    // SEMANTICS.md 3
    Bed bed;
    ConnectDecision decision = bed.decision();
    useServersNetwork(decision, bed.space.topology, std::nullopt);
    QCOMPARE(decision.lines, bed.decision().lines);
    useServersNetwork(decision, bed.space.topology, pfx(u"10.8.0.0/16"));
    QStringList wanted = toStringList(bed.decision().lines);
    wanted.replaceInStrings(u"ifconfig-push 10.8.0.10 255.255.255.0"_s, u"ifconfig-push 10.8.0.10 255.255.0.0"_s);
    QCOMPARE(toStringList(decision.lines), wanted);
    QVERIFY(wanted.contains(u"ifconfig-push 10.8.0.10 255.255.0.0"_s));
    // What was sent with it is applied, because it would be sent again.
    bed.session().tunnelNetwork = pfx(u"10.8.0.0/16");
    bed.establish(decision);
    QCOMPARE(bed.judge(kEverything), u"applied"_s);
}

void TestRouteJudge::skippedLinesAreNamed_data()
{
    QTest::addColumn<QStringList>("answer");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("address6");
    QTest::addColumn<DeviceMode>("mode");
    QTest::addColumn<QStringList>("skipped");
    const QString push = u"ifconfig-push 10.8.0.10 255.255.255.0"_s;
    const QString push6 = u"ifconfig-ipv6-push fd00:8::10/64"_s;
    const QString route = u"push \"route 192.168.2.0 255.255.255.0\""_s;
    QTest::newRow("none") << QStringList{push, push6, route} << u"10.8.0.10"_s << u"fd00:8::10"_s << DeviceMode::Tun
                          << QStringList();
    QTest::newRow("another address") << QStringList{push, route} << u"10.8.0.99"_s << QString() << DeviceMode::Tun
                                     << QStringList(push);
    QTest::newRow("no address") << QStringList{push} << QString() << QString() << DeviceMode::Tun << QStringList(push);
    QTest::newRow("no IPv6 address") << QStringList{push, push6} << u"10.8.0.10"_s << QString() << DeviceMode::Tun
                                     << QStringList(push6);
    QTest::newRow("no event on a tap device")
        << QStringList{push} << QString() << QString() << DeviceMode::Tap << QStringList();
    QTest::newRow("another address on a tap device")
        << QStringList{push} << u"10.8.0.99"_s << QString() << DeviceMode::Tap << QStringList(push);
}

void TestRouteJudge::skippedLinesAreNamed()
{
    // openvpn/FACTS.md 46, 47, 55; LANs are proved with the engine
    QFETCH(const QStringList, answer);
    QFETCH(const QString, address);
    QFETCH(const QString, address6);
    QFETCH(const DeviceMode, mode);
    Bed bed;
    SessionFact &fact = bed.session().fact;
    fact.answer = answer;
    if (!address.isEmpty())
        fact.address = addr(address);
    if (!address6.isEmpty())
        fact.address6 = addr(address6);
    QTEST(skippedLines(bed.session(), mode), "skipped");
}

QTEST_GUILESS_MAIN(TestRouteJudge)
#include "tst_routejudge.moc"
