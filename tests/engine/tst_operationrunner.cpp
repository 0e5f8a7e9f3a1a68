// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/operationrunner.h"
#include "tests/support/fakelive.h"
#include "tests/support/serversaid.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using openvpn::ClientId;

namespace {

constexpr Timestamp kNow = Timestamp::fromMilliseconds(kStatusTime * 1000);

/// A runner that owns `main` in its generation 3, with sessions 1 of ana and 2 of bob; what it does to sessions is
/// noted.
struct Bed
{
    Bed()
    {
        keeper.start();
        add(1, "ana");
        add(2, "bob");
        runner.setGeneration(3);
        runner.start({});
        QTRY_VERIFY(keeper.lease());
    }

    LiveSession &add(qint64 cid, const QByteArray &cn) { return registry.connect(asks(cid, cn), kNow); }
    /// The server tells the end of a session.
    void end(qint64 cid)
    {
        const auto session = registry.remove({cid});
        runner.sessionEnded(*session);
    }
    OperationId ask(OperationKind kind, std::optional<SessionKey> session, std::optional<CommonName> cn = {},
                    std::optional<Timestamp> until = {})
    {
        return operations.ask({{}, kind, iname(u"main"), std::move(session), std::move(cn), until, arguments, u"op"_s});
    }
    [[nodiscard]] static SessionKey key(qint64 cid, qint64 generation = 3) { return {iname(u"main"), generation, cid}; }
    [[nodiscard]] QStringList outcomeOf(OperationId id) const { return operations.outcomeOf(id); }

    QJsonObject arguments;
    Expected<void> answer; ///< of the server, to whatever is done
    QStringList done;
    FakeLeases leases;
    FakeOperations operations;
    SessionRegistry registry{iname(u"main")};
    LeaseKeeper keeper{leases, LeaseKind::Instance, u"main"_s, u"host/1"_s, {1ms, 60s}};
    OperationRunner runner{
        operations,
        keeper,
        registry,
        {[this](ClientId cid, const SessionControl::Reply &reply) {
             done += u"restart %1"_s.arg(cid.value);
             reply(answer);
         },
         [this](ClientId cid, const QString &reason, const SessionControl::Reply &reply) {
             done += u"refuse %1: %2"_s.arg(cid.value).arg(reason);
             reply(answer);
         },
         [this](ClientId cid, EndReason why) { reasons += u"%1 %2"_s.arg(cid.value).arg(enumText(why)); },
         [this](const LiveSession &session, const SessionControl::ProbeReply &reply) {
             probed += u"%1"_s.arg(session.cid.value);
             probeReply = reply;
         }}};
    /// What the runner said about why sessions end.
    QStringList reasons;
    QStringList probed;
    SessionControl::ProbeReply probeReply;
};

const QStringList kOpen{u"not finished"_s};

} // namespace

class TestOperationRunner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aKillIsProvedByTheDisconnect();
    void aKillIsProvedByTheReturn();
    void theReturnOfSomebodyElseProvesNothing();
    void aKillThatIsNotSeenFails();
    void whatTheServerRefusesFails();
    void aSessionOfAnotherRunIsNotThere_data();
    void aSessionOfAnotherRunIsNotThere();
    void everySessionOfACommonNameIsEnded();
    void manySessionsAreNotEndedInOneMoment();
    void aRefusalLastsUntilItsTime();
    void aRefusalEndsTheSessionsWithItsReason();
    void aRefusalThatRanOutBeforeItWasTakenEndsTheSessionsStill();
    void aRefusalOfAnEarlierOwnerIsInForce();
    void whatIsUnderWayFailsWhenItStops();
    void withoutLeaseNothingIsTaken();
    void aProbeIsAnsweredWithWhatItFound();
    void aProbeThatCannotBeSentFails();
    void withoutTheMeansAProbeIsRefused();
    void severalNamesAreReconnectedTogether();
    void allThatIsPendingIsReconnected();
    void nothingPendingIsDoneAtOnce();
    void ofManyEachIsProvedByItself();
    void ofManyNoneProvedHasFailed();
    void aReturnBeforeItsTurnProvesNothing();
};

void TestOperationRunner::aKillIsProvedByTheDisconnect()
{
    // openvpn/FACTS.md 24, 29: SUCCESS proves nothing, DISCONNECT does.
    Bed bed;
    const auto id = bed.ask(OperationKind::Kill, Bed::key(1));
    QTRY_COMPARE(bed.done, QStringList(u"restart 1"_s));
    QCOMPARE(bed.outcomeOf(id), kOpen);
    bed.end(2); // somebody else's
    QCOMPARE(bed.outcomeOf(id), kOpen);
    bed.end(1);
    QCOMPARE(bed.outcomeOf(id), QStringList(u"main/3/1 disconnected"_s));
}

void TestOperationRunner::aKillIsProvedByTheReturn()
{
    // openvpn/FACTS.md 21, 29: the client is back long before the old session is gone.
    Bed bed;
    const auto id = bed.ask(OperationKind::Reconnect, Bed::key(1));
    QTRY_COMPARE(bed.done, QStringList(u"restart 1"_s));
    bed.runner.sessionAppeared(bed.add(5, "ana"));
    QCOMPARE(bed.outcomeOf(id), QStringList(u"main/3/1 returned main/3/5"_s));
    bed.end(1); // proves it no second time
    QCOMPARE(bed.operations.finished.size(), 1U);
}

void TestOperationRunner::theReturnOfSomebodyElseProvesNothing()
{
    Bed bed;
    const auto id = bed.ask(OperationKind::Kill, Bed::key(1));
    QTRY_COMPARE(bed.done, QStringList(u"restart 1"_s));
    bed.runner.sessionAppeared(bed.add(5, "bob"));
    bed.runner.sessionAppeared(*bed.registry.find(ClientId{1}));
    QCOMPARE(bed.outcomeOf(id), kOpen);
}

void TestOperationRunner::aKillThatIsNotSeenFails()
{
    Bed bed;
    bed.arguments = {{u"waitMilliseconds"_s, 1}};
    const auto id = bed.ask(OperationKind::Kill, Bed::key(1));
    QTRY_COMPARE(bed.outcomeOf(id), QStringList(u"backendMismatch"_s));
    bed.end(1); // too late
    QCOMPARE(bed.outcomeOf(id), QStringList(u"backendMismatch"_s));
}

void TestOperationRunner::whatTheServerRefusesFails()
{
    Bed bed;
    bed.answer = fail(ErrorKind::BackendRefused, u"client-kill command failed"_s); // openvpn/FACTS.md 19
    const auto id = bed.ask(OperationKind::Kill, Bed::key(1));
    QTRY_COMPARE(bed.outcomeOf(id), QStringList(u"backendRefused"_s));
}

void TestOperationRunner::aSessionOfAnotherRunIsNotThere_data()
{
    QTest::addColumn<qint64>("generation");
    QTest::addColumn<qint64>("cid");
    QTest::newRow("the run before") << qint64{2} << qint64{1};
    QTest::newRow("this run, and it has ended") << qint64{3} << qint64{9};
}

void TestOperationRunner::aSessionOfAnotherRunIsNotThere()
{
    // openvpn/FACTS.md 39: the id is somebody else's by now.
    QFETCH(const qint64, generation);
    QFETCH(const qint64, cid);
    Bed bed;
    const auto id = bed.ask(OperationKind::Kill, Bed::key(cid, generation));
    QTRY_COMPARE(bed.outcomeOf(id), QStringList(u"notFound"_s));
    QCOMPARE(bed.done, QStringList());
}

void TestOperationRunner::everySessionOfACommonNameIsEnded()
{
    // openvpn/FACTS.md 21: one name can have two.
    Bed bed;
    bed.add(4, "ana");
    const auto id = bed.ask(OperationKind::Kill, {}, cname(u"ana"));
    QTRY_COMPARE(bed.done, (QStringList{u"restart 1"_s, u"restart 4"_s}));
    bed.end(4);
    QCOMPARE(bed.outcomeOf(id), kOpen);
    bed.end(1);
    QCOMPARE(bed.outcomeOf(id), (QStringList{u"main/3/4 disconnected"_s, u"main/3/1 disconnected"_s}));
    const auto none = bed.ask(OperationKind::Kill, {}, cname(u"eve"));
    QTRY_COMPARE(bed.outcomeOf(none), QStringList(u"notFound"_s));
}

void TestOperationRunner::manySessionsAreNotEndedInOneMoment()
{
    // openvpn/FACTS.md 65
    Bed bed;
    for (const qint64 cid : {1, 2, 1})
        bed.runner.restartLater({cid});
    QCOMPARE(bed.done, QStringList(u"restart 1"_s));
    bed.add(3, "eve");
    bed.runner.restartLater({3});
    bed.end(3); // it left by itself
    bed.add(4, "zoe");
    bed.runner.restartLater({4});
    QTRY_COMPARE(bed.done, (QStringList{u"restart 1"_s, u"restart 2"_s, u"restart 1"_s, u"restart 4"_s}));
}

void TestOperationRunner::aRefusalLastsUntilItsTime()
{
    Bed bed;
    const Timestamp until = kNow + 30s;
    const auto id = bed.ask(OperationKind::Deny, {}, cname(u"eve"), until);
    QTRY_COMPARE(bed.outcomeOf(id), QStringList()); // she has no session
    QCOMPARE(bed.runner.refusalOf(cname(u"eve"), kNow),
             u"an operator refuses this common name until %1"_s.arg(until.toString()));
    QVERIFY(bed.runner.refusalOf(cname(u"eve"), until + -1ms));
    QVERIFY(!bed.runner.refusalOf(cname(u"eve"), until));
    QVERIFY(!bed.runner.refusalOf(cname(u"ana"), kNow));
}

void TestOperationRunner::aRefusalEndsTheSessionsWithItsReason()
{
    // openvpn/FACTS.md 28
    Bed bed;
    const Timestamp until = kNow + 30s;
    const auto id = bed.ask(OperationKind::Deny, {}, cname(u"ana"), until);
    QTRY_COMPARE(bed.done,
                 QStringList(u"refuse 1: an operator refuses this common name until %1"_s.arg(until.toString())));
    bed.end(1);
    QCOMPARE(bed.outcomeOf(id), QStringList(u"main/3/1 disconnected"_s));
}

void TestOperationRunner::aRefusalThatRanOutBeforeItWasTakenEndsTheSessionsStill()
{
    Bed bed;
    const auto id = bed.ask(OperationKind::Deny, {}, cname(u"ana"), kNow + -1s);
    QTRY_COMPARE(bed.done.size(), 1);
    QVERIFY(!bed.runner.refusalOf(cname(u"ana"), kNow));
    bed.end(1);
    QCOMPARE(bed.outcomeOf(id), QStringList(u"main/3/1 disconnected"_s));
}

void TestOperationRunner::aRefusalOfAnEarlierOwnerIsInForce()
{
    Bed bed;
    bed.runner.start({{iname(u"main"), cname(u"eve"), kNow + 30s, u"op"_s}});
    QVERIFY(bed.runner.refusalOf(cname(u"eve"), kNow));
}

void TestOperationRunner::whatIsUnderWayFailsWhenItStops()
{
    Bed bed;
    const auto id = bed.ask(OperationKind::Kill, Bed::key(1));
    QTRY_COMPARE(bed.done, QStringList(u"restart 1"_s));
    bed.runner.stop(u"the lease is lost"_s);
    QCOMPARE(bed.outcomeOf(id), QStringList(u"backendUnavailable"_s));
}

void TestOperationRunner::withoutLeaseNothingIsTaken()
{
    Bed bed;
    bed.leases.other = u"host/2"_s;
    QTRY_VERIFY(!bed.keeper.lease());
    const auto id = bed.ask(OperationKind::Kill, Bed::key(1));
    bed.leases.other.clear();
    QCOMPARE(bed.done, QStringList());
    QTRY_COMPARE(bed.done, QStringList(u"restart 1"_s)); // when it is ours again
    QCOMPARE(bed.outcomeOf(id), kOpen);
}

void TestOperationRunner::aProbeIsAnsweredWithWhatItFound()
{
    Bed bed;
    const auto id = bed.ask(OperationKind::Probe, Bed::key(2));
    QTRY_COMPARE(bed.probed, QStringList(u"2"_s));
    QCOMPARE(bed.outcomeOf(id), kOpen);
    const QJsonObject found{{u"outcome"_s, u"nothing"_s}};
    bed.probeReply(found);
    QCOMPARE(bed.operations.finished.at(id).value(), found);
    QCOMPARE(bed.done, QStringList()); // the session is left alone
    const auto stale = bed.ask(OperationKind::Probe, Bed::key(2, 2));
    QTRY_COMPARE(bed.outcomeOf(stale), QStringList(u"notFound"_s));
    QCOMPARE(bed.probed.size(), 1);
}

void TestOperationRunner::aProbeThatCannotBeSentFails()
{
    Bed bed;
    const auto id = bed.ask(OperationKind::Probe, Bed::key(1));
    QTRY_COMPARE(bed.probed, QStringList(u"1"_s));
    bed.probeReply(fail(ErrorKind::BackendUnavailable, u"nothing was sent"_s));
    QCOMPARE(bed.outcomeOf(id), QStringList(u"backendUnavailable"_s));
}

void TestOperationRunner::withoutTheMeansAProbeIsRefused()
{
    Bed bed;
    OperationRunner poor{bed.operations, bed.keeper, bed.registry, {}};
    bed.runner.stop(u"another takes over"_s);
    poor.setGeneration(3);
    poor.start({});
    const auto id = bed.ask(OperationKind::Probe, Bed::key(1));
    QTRY_COMPARE(bed.outcomeOf(id), QStringList(u"unsupported"_s));
}

void TestOperationRunner::severalNamesAreReconnectedTogether()
{
    Bed bed;
    bed.add(3, "eve");
    bed.arguments = {{u"cns"_s, QJsonArray{u"ana"_s, u"eve"_s, u"not here"_s}}};
    const auto id = bed.ask(OperationKind::Reconnect, {});
    QTRY_COMPARE(bed.done, (QStringList{u"restart 1"_s, u"restart 3"_s}));
    QCOMPARE(bed.reasons, (QStringList{u"1 killed"_s, u"3 killed"_s}));
    bed.end(1);
    bed.runner.sessionAppeared(bed.add(7, "eve"));
    QCOMPARE(bed.outcomeOf(id), (QStringList{u"main/3/1 disconnected"_s, u"main/3/3 returned main/3/7"_s}));
}

void TestOperationRunner::allThatIsPendingIsReconnected()
{
    Bed bed;
    const auto set = [&](qint64 cid, SessionState state, RouteState routes) {
        SessionFact &fact = bed.registry.find(ClientId{cid})->fact;
        fact.state = state;
        fact.routes = routes;
    };
    bed.add(3, "eve");
    bed.add(4, "zoe");
    set(1, SessionState::Established, RouteState::Pending);
    set(2, SessionState::Established, RouteState::Applied);
    set(3, SessionState::Established, RouteState::Pending);
    set(4, SessionState::Leaving, RouteState::Pending); // on its way already
    bed.arguments = {{u"pending"_s, true}};
    const auto id = bed.ask(OperationKind::Reconnect, {});
    QTRY_COMPARE(bed.done, (QStringList{u"restart 1"_s, u"restart 3"_s}));
    bed.end(1);
    bed.end(3);
    QCOMPARE(bed.outcomeOf(id), (QStringList{u"main/3/1 disconnected"_s, u"main/3/3 disconnected"_s}));
}

void TestOperationRunner::nothingPendingIsDoneAtOnce()
{
    Bed bed;
    bed.arguments = {{u"pending"_s, true}};
    const auto id = bed.ask(OperationKind::Reconnect, {});
    QTRY_COMPARE(bed.outcomeOf(id), QStringList());
    QCOMPARE(bed.done, QStringList());
}

void TestOperationRunner::ofManyEachIsProvedByItself()
{
    Bed bed;
    bed.arguments = {{u"cns"_s, QJsonArray{u"ana"_s, u"bob"_s}}, {u"waitMilliseconds"_s, 1'000}};
    const auto id = bed.ask(OperationKind::Reconnect, {});
    QTRY_COMPARE(bed.done.size(), 2);
    bed.end(2);
    QCOMPARE(bed.outcomeOf(id), kOpen);
    QTRY_COMPARE(bed.outcomeOf(id), (QStringList{u"main/3/2 disconnected"_s, u"main/3/1 notSeen"_s}));
}

void TestOperationRunner::ofManyNoneProvedHasFailed()
{
    Bed bed;
    bed.answer = fail(ErrorKind::BackendRefused, u"client-kill command failed"_s);
    bed.arguments = {{u"cns"_s, QJsonArray{u"ana"_s, u"bob"_s}}};
    const auto id = bed.ask(OperationKind::Reconnect, {});
    QTRY_COMPARE(bed.outcomeOf(id), QStringList(u"backendMismatch"_s));
    const QJsonArray sessions = bed.operations.finished.at(id).error().payload[u"sessions"_s].toArray();
    QCOMPARE(sessions.size(), 2);
    QCOMPARE(sessions.first()[u"proof"_s].toString(), u"refused"_s);
}

void TestOperationRunner::aReturnBeforeItsTurnProvesNothing()
{
    Bed bed;
    bed.arguments = {{u"cns"_s, QJsonArray{u"ana"_s, u"bob"_s}}};
    const auto id = bed.ask(OperationKind::Reconnect, {});
    QTRY_COMPARE(bed.done, QStringList(u"restart 1"_s));
    bed.runner.sessionAppeared(bed.add(9, "bob")); // by itself
    bed.end(1);
    QCOMPARE(bed.outcomeOf(id), kOpen);
    QTRY_COMPARE(bed.done.size(), 2);
    bed.end(2);
    QCOMPARE(bed.outcomeOf(id), (QStringList{u"main/3/1 disconnected"_s, u"main/3/2 disconnected"_s}));
}

QTEST_GUILESS_MAIN(TestOperationRunner)
#include "tst_operationrunner.moc"
