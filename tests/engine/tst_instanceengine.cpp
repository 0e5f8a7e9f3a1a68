// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/enginebed.h"

#include <QElapsedTimer>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using Bed = EngineBed;

namespace {

const QByteArray kAnswerOfAna = "client-auth 0 1\nifconfig-push 10.8.0.10 255.255.255.0\nEND";
const QByteArray kAnswerOfAnaWithLan = "client-auth 0 1\nifconfig-push 10.8.0.10 255.255.255.0\n"
                                       "iroute 192.168.1.0 255.255.255.0\nEND";
const QByteArray kRemoved = "client-kill 0 \"AUTH_FAILED,this common name was removed\"";

QByteArrayList only(const QByteArray &command)
{
    return {command};
}

} // namespace

class TestInstanceEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // Answers.
    void aKnownClientIsAnsweredAndNothingIsWritten();
    void aNewLanIsCommittedBeforeItIsAnswered();
    void anUnknownNameIsTreatedByThePolicy_data();
    void anUnknownNameIsTreatedByThePolicy();
    void aNameThatIsNoneIsRefused();
    void aKeyRenewalIsAnswered();
    void aKeyRenewalWaitsUntilTheLeaseIsCertain();
    void aKeyRenewalOfARemovedConnectorIsRefused();
    void aRemovedConnectorIsOutAtOnce();
    void ofThreeHundredLansTheServersMostAreAnswered();
    void aLineWithoutEffectIsAnAlert();
    void theServersMaskIsUsedWhereItIsAnother();
    void anotherDeviceOrServerAddressIsAnAlert();

    // Holders.
    void aLanThatIsStillInstalledIsHeldBackUntilItsHolderLeaves();
    void aHolderThatLeavesBeforeTheOtherIsEstablishedFreesItToo();
    void aSessionOfTheSameNameIsNoHolder();
    void aFreedBlockIsKeptBackWhileASessionHasIt();

    // Runs.
    void aNewRunEndsEverySessionAndIsNumbered();
    void eachStartOfOneProcessIsARunOfItsOwn();
    void aRunIsNumberedWhenTheStoreIsBack();
    void theSameRunKeepsItsNumberAndTheAnswers();
    void answersOfAnotherRunAreNotRestored();
    void aLateAnswerOfTheStoreIsNotSentToANewRun();
    void anAnswerThatIsLostWithTheLinkIsAskedForAgain();

    // Waiting clients.
    void aWaitingClientIsKilledAfterASecondLook_data();
    void aWaitingClientIsKilledAfterASecondLook();

    // The store is away.
    void withoutStoreAKnownClientIsAnsweredAndMarked();
    void withoutStoreADenyingInstanceRefuses();

    // Operations.
    void aKillIsProvedByTheDisconnect();
    void aKillThatTheServerRefusesFails();
    void aDeniedNameIsRefusedUntilItsTime();

    // Ownership.
    void aLostLeaseClosesTheSocketAndNothingIsAnsweredAnyMore();
    void aLeaseOfAnotherIsWaitedForWithoutASocket();
    void anotherManagementAddressIsGoneTo();

    // MACs.
    void macsAreWipedAtTakeOverAndAtANewRun();
    void macsOfWhoLeavesAreCleared();
    void macsComeFromTheStatusOnce();
    void macsComeFromTheHook_data();
    void macsComeFromTheHook();
};

void TestInstanceEngine::aKnownClientIsAnsweredAndNothingIsWritten()
{
    // DESIGN.md 5; openvpn/FACTS.md 21
    Bed bed;
    bed.know(u"ana", u"10.8.0.10", {u"192.168.1.0/24"_s});
    bed.startReady();
    bed.asks(0, "ana");
    QTRY_COMPARE(bed.sent(), only(kAnswerOfAnaWithLan));
    QCOMPARE(bed.store.submitted, QStringList());
    QCOMPARE(bed.stateOf(0), u"connecting"_s);
    bed.establishes(0, "ana", {"10.8.0.10", "192.168.1.0/255.255.255.0"});
    QTRY_COMPARE(bed.stateOf(0), u"established"_s);
    QCOMPARE(bed.fact(0).address, addr(u"10.8.0.10"));
    QCOMPARE(bed.fact(0).installed, pfxs({u"192.168.1.0/24"_s}));
    QCOMPARE(bed.fact(0).alerts, QStringList());
    QCOMPARE(bed.routesOf(0), u"noKernelRoute"_s); // nobody looks after the host's routes here (openvpn/FACTS.md 5)
    bed.instance().setKernelRoutes(pfxs({u"192.168.1.0/24"_s}));
    QTRY_COMPARE(bed.routesOf(0), u"applied"_s);
    QTRY_COMPARE(bed.live.facts.size(), 1U);
    QTRY_COMPARE(bed.live.facts[0].routes, RouteState::Applied);
    QCOMPARE(bed.live.facts[0].key, (SessionKey{iname(u"main"), 1, 0}));
}

void TestInstanceEngine::aNewLanIsCommittedBeforeItIsAnswered()
{
    // DESIGN.md 5: never answer what is not durable.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.know(u"bob", u"10.8.0.11");
    bed.store.put(irouteRow(u"ana", u"192.168.1.0/24"));
    bed.startReady();
    bed.store.isHeld = true;
    bed.asks(0, "ana");
    bed.asks(1, "bob"); // who is known does not wait behind her
    QTRY_COMPARE(bed.sent(), only("client-auth 1 1\nifconfig-push 10.8.0.11 255.255.255.0\nEND"));
    QCOMPARE(bed.store.commits, 0);
    bed.store.commitAll();
    QTRY_COMPARE(bed.sent().size(), 2);
    QCOMPARE(bed.sent()[1], kAnswerOfAnaWithLan);
    QCOMPARE(bed.store.commits, 1);
}

void TestInstanceEngine::anUnknownNameIsTreatedByThePolicy_data()
{
    QTest::addColumn<UnknownCnPolicy>("policy");
    QTest::addColumn<QByteArray>("sent");
    QTest::newRow("deny") << UnknownCnPolicy::Deny
                          << QByteArray("client-deny 0 1 \"this common name is not known here\"");
    QTest::newRow("admit") << UnknownCnPolicy::Admit
                           << QByteArray("client-auth 0 1\nifconfig-push 10.8.0.2 255.255.255.0\nEND");
}

void TestInstanceEngine::anUnknownNameIsTreatedByThePolicy()
{
    QFETCH(const UnknownCnPolicy, policy);
    QFETCH(const QByteArray, sent);
    Bed bed;
    bed.change([&](InstanceRow &row) {
        row.unknownCn = policy;
        row.autoAllocate = true;
    });
    bed.startReady();
    bed.asks(0, "eve");
    QTRY_COMPARE(bed.sent(), only(sent));
    QCOMPARE(bed.instance().refusalCount(), policy == UnknownCnPolicy::Deny ? 1U : 0U);
}

void TestInstanceEngine::aNameThatIsNoneIsRefused()
{
    // openvpn/FACTS.md 56: an empty name is possible.
    Bed bed;
    bed.startReady();
    bed.asks(0, "");
    QTRY_COMPARE(bed.sent(), only("client-deny 0 1 \"the certificate's common name cannot be used\""));
}

void TestInstanceEngine::aKeyRenewalIsAnswered()
{
    // openvpn/FACTS.md 42: left unanswered, the tunnel dies.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.startReady();
    bed.asks(0, "ana");
    bed.establishes(0, "ana", {"10.8.0.10"});
    bed.say("REAUTH,0,3", "ana");
    QTRY_COMPARE(bed.sent(), (QByteArrayList{kAnswerOfAna, "client-auth-nt 0 3"}));
}

void TestInstanceEngine::aKeyRenewalWaitsUntilTheLeaseIsCertain()
{
    // DECISIONS.md 29: the client may be another holder's by now.
    Bed bed;
    constexpr auto kCertainty = 200ms;
    bed.options.leaseTimes = {5ms, 60s, kCertainty};
    bed.know(u"ana", u"10.8.0.10");
    bed.hasStatus({{0, "ana", "10.8.0.10"}});
    bed.startReady();
    QTRY_COMPARE(bed.stateOf(0), u"established"_s);
    bed.leases.isMute = true;
    QElapsedTimer mute;
    mute.start();
    QTRY_VERIFY(mute.hasExpired(std::chrono::milliseconds(kCertainty).count()));
    bed.say("REAUTH,0,3", "ana");
    bed.asks(1, "bob"); // read after it
    QTRY_COMPARE(bed.stateOf(1), u"waiting"_s);
    QCOMPARE(bed.sent(), QByteArrayList());
    bed.leases.unmute();
    QTRY_VERIFY(bed.sent().contains("client-auth-nt 0 3"));
}

void TestInstanceEngine::aKeyRenewalOfARemovedConnectorIsRefused()
{
    // openvpn/FACTS.md 28, 42. The session was there before us, so that no key of it was known when she was removed.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.hasStatus({{0, "ana", "10.8.0.10"}});
    bed.startReady();
    QTRY_COMPARE(bed.stateOf(0), u"established"_s);
    bed.store.remove(allocationRow(u"main", u"ana", u"10.8.0.10"));
    bed.store.remove(connectorRow(u"ana"));
    QTRY_COMPARE(bed.sent(), only(kRemoved));
    bed.say("REAUTH,0,4", "ana");
    QTRY_COMPARE(bed.sent(), (QByteArrayList{kRemoved, "client-deny 0 4 \"this common name is not known here\""}));
}

void TestInstanceEngine::aRemovedConnectorIsOutAtOnce()
{
    // SEMANTICS.md 2; DECISIONS 35
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.startReady();
    bed.asks(0, "ana");
    bed.establishes(0, "ana", {"10.8.0.10"});
    QTRY_COMPARE(bed.stateOf(0), u"established"_s);
    bed.store.remove(connectorRow(u"ana"));
    QTRY_COMPARE(bed.sent(), (QByteArrayList{kAnswerOfAna, kRemoved}));
    QCOMPARE(bed.stateOf(0), u"leaving"_s);
}

void TestInstanceEngine::ofThreeHundredLansTheServersMostAreAnswered()
{
    // openvpn/FACTS.md 46: the server counts the tunnel address, and drops what is more without a word.
    Bed bed;
    QStringList lans;
    for (int i = 0; i < 300; ++i)
        lans += u"172.16.%1.%2/28"_s.arg(i / 16).arg(i % 16 * 16);
    bed.know(u"ana", u"10.8.0.10", lans);
    bed.startReady();
    bed.asks(0, "ana");
    QTRY_COMPARE(bed.sent().size(), 1);
    QCOMPARE(bed.sent()[0].count("\niroute "), 255);
    QCOMPARE(bed.fact(0).alerts.size(), 45);
    QVERIFY(bed.fact(0).alerts.contains(
        u"172.16.18.176/28 is left out: a client has at most 256 routes (max-routes-per-client)"_s));
}

void TestInstanceEngine::aLineWithoutEffectIsAnAlert()
{
    // openvpn/FACTS.md 47: the server's log is the only other place that tells.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10", {u"192.168.1.0/24"_s, u"192.168.2.0/24"_s});
    bed.startReady();
    bed.asks(0, "ana");
    QTRY_COMPARE(bed.sent().size(), 1);
    bed.establishes(0, "ana", {"10.8.0.99", "192.168.2.0/255.255.255.0"});
    QTRY_COMPARE(bed.stateOf(0), u"established"_s);
    QCOMPARE(bed.fact(0).alerts, (QStringList{u"OpenVPN skipped the line 'ifconfig-push 10.8.0.10 255.255.255.0'"_s,
                                              u"OpenVPN skipped the line 'iroute 192.168.1.0 255.255.255.0'"_s}));
    QCOMPARE(bed.routesOf(0), u"pending"_s);
}

void TestInstanceEngine::theServersMaskIsUsedWhereItIsAnother()
{
    // SEMANTICS.md 3
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.startReady();
    bed.asks(0, "ana", {{"ifconfig_netmask", "255.255.0.0"}, {"ifconfig_local", "10.8.0.1"}, {"dev_type", "tun"}});
    QTRY_COMPARE(bed.sent(), only("client-auth 0 1\nifconfig-push 10.8.0.10 255.255.0.0\nEND"));
    QCOMPARE(bed.fact(0).alerts,
             QStringList(u"the server's tunnel mask is 255.255.0.0, the instance says 255.255.255.0; the server's is "
                         "used"_s));
    bed.establishes(0, "ana", {"10.8.0.10"});
    QTRY_COMPARE(bed.routesOf(0), u"applied"_s);
}

void TestInstanceEngine::anotherDeviceOrServerAddressIsAnAlert()
{
    // SEMANTICS.md 3
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.startReady();
    bed.asks(0, "ana", {{"ifconfig_netmask", "255.255.255.0"}, {"ifconfig_local", "10.8.0.254"}, {"dev_type", "tap"}});
    QTRY_COMPARE(bed.sent(), only(kAnswerOfAna));
    QCOMPARE(bed.fact(0).alerts,
             (QStringList{u"the server's device is tap, the instance says tun"_s,
                          u"the server's tunnel address is 10.8.0.254, the instance says 10.8.0.1"_s}));
}

void TestInstanceEngine::aLanThatIsStillInstalledIsHeldBackUntilItsHolderLeaves()
{
    // openvpn/FACTS.md 43, 49; SEMANTICS.md 3. The LAN was old's; it is ana's by the rows now.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10", {u"192.168.1.0/24"_s, u"192.168.2.0/24"_s});
    bed.know(u"old", u"10.8.0.11");
    const ClientRow old{7, "old", "10.8.0.11"};
    bed.hasStatus({old}, old.route("192.168.1.0/24"));
    bed.startReady();
    QTRY_COMPARE(bed.fact(7).installed, pfxs({u"192.168.1.0/24"_s}));
    bed.asks(9, "ana");
    const QByteArray withoutIt = "client-auth 9 1\nifconfig-push 10.8.0.10 255.255.255.0\n"
                                 "iroute 192.168.2.0 255.255.255.0\nEND";
    QTRY_COMPARE(bed.sent(), only(withoutIt));
    bed.establishes(9, "ana", {"10.8.0.10", "192.168.2.0/255.255.255.0"});
    QTRY_COMPARE(bed.stateOf(9), u"established"_s);
    QCOMPARE(bed.routesOf(9), u"waiting"_s);
    QCOMPARE(bed.fact(9).waitingFor, cname(u"old"));
    bed.leaves(7, "old");
    QTRY_COMPARE(bed.sent(), (QByteArrayList{withoutIt, "client-kill 9"}));
    // She comes back and has all of it.
    bed.asks(10, "ana");
    QTRY_COMPARE(bed.sent().size(), 3);
    QCOMPARE(bed.sent()[2], "client-auth 10 1\nifconfig-push 10.8.0.10 255.255.255.0\n"
                            "iroute 192.168.1.0 255.255.255.0\niroute 192.168.2.0 255.255.255.0\nEND");
}

void TestInstanceEngine::aHolderThatLeavesBeforeTheOtherIsEstablishedFreesItToo()
{
    // openvpn/FACTS.md 32: a second and more can lie between an answer and its effect.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10", {u"192.168.1.0/24"_s});
    bed.know(u"old", u"10.8.0.11");
    const ClientRow old{7, "old", "10.8.0.11"};
    bed.hasStatus({old}, old.route("192.168.1.0/24"));
    bed.startReady();
    QTRY_VERIFY(!bed.fact(7).installed.empty());
    bed.asks(9, "ana");
    QTRY_COMPARE(bed.sent().size(), 1);
    QCOMPARE(bed.fact(9).waitingFor, cname(u"old"));
    bed.leaves(7, "old");
    QTRY_VERIFY(!bed.fact(9).waitingFor); // judged, and not yet established
    bed.establishes(9, "ana", {"10.8.0.10"});
    QTRY_COMPARE(bed.lastSent(), "client-kill 9");
}

void TestInstanceEngine::aFreedBlockIsKeptBackWhileASessionHasIt()
{
    // SEMANTICS.md 2. The block was ana's, and is free by the rows in a minute.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    const Timestamp now = bed.clock.now();
    for (const auto *block : {u"100.64.0.0/27", u"100.64.0.32/27"})
        bed.store.put(QuarantineRow{pfx(QStringView(block)), cname(u"ana"), now, now + 1min, 1});
    const ClientRow ana{7, "ana", "10.8.0.10"};
    bed.hasStatus({ana}, ana.route("100.64.0.0/27"));
    bed.startReady();
    const auto endOf = [&](QStringView block) {
        return bed.store.queries.topology.find<QuarantineRow>(pfx(block))->until - now;
    };
    QTRY_VERIFY_WITH_TIMEOUT(endOf(u"100.64.0.0/27") == 24h, 30'000);
    QVERIFY(endOf(u"100.64.0.32/27") == 1min);
    QVERIFY(bed.store.fence.has_value());
}

void TestInstanceEngine::aSessionOfTheSameNameIsNoHolder()
{
    // openvpn/FACTS.md 21: the old session lives until the new one is established.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10", {u"192.168.1.0/24"_s});
    const ClientRow before{7, "ana", "10.8.0.10"};
    bed.hasStatus({before}, before.route("192.168.1.0/24"));
    bed.startReady();
    QTRY_VERIFY(!bed.fact(7).installed.empty());
    bed.asks(9, "ana");
    QTRY_COMPARE(bed.sent(), only(QByteArray(kAnswerOfAnaWithLan).replace("client-auth 0", "client-auth 9")));
}

void TestInstanceEngine::aNewRunEndsEverySessionAndIsNumbered()
{
    // openvpn/FACTS.md 39
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.startReady();
    QTRY_COMPARE(bed.instance().health().generation, 1);
    bed.asks(0, "ana");
    bed.establishes(0, "ana", {"10.8.0.10"});
    QTRY_COMPARE(bed.stateOf(0), u"established"_s);
    QTRY_VERIFY(bed.live.rows.contains({iname(u"main"), 1, 0}));
    bed.server.connectedSince += 60;
    bed.server.restart(); // without a DISCONNECT, as when they were lost
    QTRY_COMPARE(bed.instance().health().generation, 2);
    QCOMPARE(bed.stateOf(0), u"unknown"_s);
    QTRY_COMPARE((bed.live.rows.at({iname(u"main"), 1, 0}).endedAt), bed.clock.now());
    // The ids begin again, and the next session is another row of the history.
    bed.asks(0, "ana");
    bed.establishes(0, "ana", {"10.8.0.10"});
    QTRY_VERIFY(bed.live.rows.contains({iname(u"main"), 2, 0}));
    QVERIFY(!bed.live.rows.at({iname(u"main"), 2, 0}).endedAt);
}

void TestInstanceEngine::eachStartOfOneProcessIsARunOfItsOwn()
{
    // openvpn/FACTS.md 39: the process id stays the same with SIGUSR1.
    Bed bed;
    bed.startReady();
    QTRY_COMPARE(bed.instance().health().generation, 1);
    for (qint64 generation = 2; generation <= 4; ++generation) {
        bed.server.connectedSince += 60;
        bed.server.restart();
        QTRY_COMPARE(bed.instance().health().generation, generation);
    }
    bed.restartEngine(); // the last of them goes on
    QTRY_COMPARE(bed.instance().health().generation, 4);
    QCOMPARE(bed.live.last.number, 4);
}

void TestInstanceEngine::aRunIsNumberedWhenTheStoreIsBack()
{
    Bed bed;
    bed.live.failure = Error{ErrorKind::StoreUnavailable, u"the disk is gone"_s, {}};
    bed.startReady();
    QCOMPARE(bed.instance().health().generation, 0);
    bed.live.failure.reset();
    QTRY_COMPARE(bed.instance().health().generation, 1);
}

void TestInstanceEngine::theSameRunKeepsItsNumberAndTheAnswers()
{
    // openvpn/FACTS.md 34-36: sessions live on, and nothing is told again.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10", {u"100.64.0.0/27"_s});
    bed.startReady();
    bed.asks(0, "ana", {{"IV_VER", "2.6.14"}});
    bed.establishes(0, "ana", {"10.8.0.10", "100.64.0.0/255.255.255.224"});
    QTRY_COMPARE(bed.live.facts.size(), 1U);
    QTRY_COMPARE(bed.live.facts[0].routes, RouteState::Applied);
    const SessionFact before = bed.live.facts[0];
    const ClientRow ana{0, "ana", "10.8.0.10"};
    bed.hasStatus({ana}, ana.route("100.64.0.0/27"));
    bed.restartEngine();
    QCOMPARE(bed.instance().health().generation, 1);
    QTRY_COMPARE(bed.stateOf(0), u"established"_s);
    QCOMPARE(bed.fact(0).answer, before.answer);
    QCOMPARE(bed.fact(0).clientVersion, u"2.6.14"_s);
    QCOMPARE(bed.routesOf(0), u"applied"_s);
    // What has changed meanwhile is seen.
    bed.know(u"ana", u"10.8.0.20");
    QTRY_COMPARE(bed.routesOf(0), u"pending"_s);
}

void TestInstanceEngine::answersOfAnotherRunAreNotRestored()
{
    // openvpn/FACTS.md 39: the same id and the same name are another session.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.startReady();
    bed.asks(0, "ana");
    bed.establishes(0, "ana", {"10.8.0.10"});
    QTRY_COMPARE(bed.live.facts.size(), 1U);
    bed.server.connectedSince += 60;
    bed.hasStatus({{0, "ana", "10.8.0.10"}});
    bed.restartEngine();
    QTRY_COMPARE(bed.instance().health().generation, 2);
    QTRY_COMPARE(bed.stateOf(0), u"established"_s);
    QCOMPARE(bed.fact(0).answer, QStringList());
    QCOMPARE(bed.routesOf(0), u"unknown"_s);
}

void TestInstanceEngine::aLateAnswerOfTheStoreIsNotSentToANewRun()
{
    // openvpn/FACTS.md 39: id 0 is somebody else's by then.
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.know(u"bob", u"10.8.0.11");
    bed.store.put(irouteRow(u"ana", u"192.168.1.0/24"));
    bed.startReady();
    bed.store.isHeld = true;
    bed.asks(0, "ana");
    QTRY_COMPARE(bed.store.submitted.size(), 1);
    bed.server.connectedSince += 60;
    bed.server.restart();
    QTRY_COMPARE(bed.instance().health().generation, 2);
    bed.asks(0, "bob");
    const QByteArray answerOfBob = "client-auth 0 1\nifconfig-push 10.8.0.11 255.255.255.0\nEND";
    QTRY_COMPARE(bed.sent(), only(answerOfBob));
    bed.store.commitAll();
    bed.say("REAUTH,0,3", "bob"); // by its answer the other one would have come
    QTRY_COMPARE(bed.sent(), (QByteArrayList{answerOfBob, "client-auth-nt 0 3"}));
}

void TestInstanceEngine::anAnswerThatIsLostWithTheLinkIsAskedForAgain()
{
    // openvpn/FACTS.md 35, 37
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.store.put(irouteRow(u"ana", u"192.168.1.0/24"));
    bed.startReady();
    bed.store.isHeld = true;
    bed.asks(0, "ana");
    QTRY_COMPARE(bed.store.submitted.size(), 1);
    bed.hasStatus({waitingRow(0, "ana")});
    bed.server.close();
    QTRY_COMPARE(bed.instance().health().link, u"notThere"_s);
    bed.store.commitAll();
    QTRY_COMPARE(bed.stateOf(0), u"waiting"_s);
    QVERIFY(bed.server.listen());
    QTRY_COMPARE(bed.sent(), only("client-kill 0"));
}

void TestInstanceEngine::aWaitingClientIsKilledAfterASecondLook_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("second");
    QTest::addColumn<bool>("isKilled");
    const ClientRow young = waitingRow(0, "ana");
    ClientRow old = young;
    old.since = kStatusTime - 65;
    ClientRow almostOld = young;
    almostOld.since = kStatusTime - 64;
    const ClientRow established{0, "ana", "10.8.0.10"};
    const ClientRow withoutAddress{0, "ana"};
    const auto row = [](const char *name, const ClientRow &first, const std::optional<ClientRow> &second,
                        bool isKilled) {
        QTest::newRow(name) << first.toLine() << (second ? second->toLine() : QByteArray()) << isKilled;
    };
    row("it waits both times", young, young, true);
    row("it is nearly too old", almostOld, almostOld, true);
    row("it is old: it gave up or is something else", old, old, false);
    row("it grew old between", almostOld, old, false);
    row("it was established between", young, established, false);
    row("it is established without address", withoutAddress, withoutAddress, false);
    row("it is without address at the second look", young, withoutAddress, false);
    row("it left", young, std::nullopt, false);
}

void TestInstanceEngine::aWaitingClientIsKilledAfterASecondLook()
{
    // openvpn/FACTS.md 35, 37, 38; SEMANTICS.md 3. A second client that waits shows when the second look has been.
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, second);
    QFETCH(const bool, isKilled);
    Bed bed;
    const QByteArray other = waitingRow(1, "bob").toLine();
    bed.server.answers["status 3"] = ManagementDouble::status(first + other);
    bed.startReady();
    QTRY_COMPARE(bed.stateOf(1), u"waiting"_s);
    QCOMPARE(bed.sent(), QByteArrayList());
    bed.server.answers["status 3"] = ManagementDouble::status(second + other);
    const QByteArrayList wanted =
        isKilled ? QByteArrayList{"client-kill 0", "client-kill 1"} : QByteArrayList{"client-kill 1"};
    QTRY_COMPARE(bed.lastSent(), "client-kill 1");
    QCOMPARE(bed.sent(), wanted);
    QCOMPARE(bed.statusesAsked(), 2);
}

void TestInstanceEngine::withoutStoreAKnownClientIsAnsweredAndMarked()
{
    // SEMANTICS.md 4: admit-known
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.startReady();
    bed.store.goAway();
    bed.asks(0, "ana");
    bed.asks(1, "eve");
    QTRY_COMPARE(bed.sent(), (QByteArrayList{kAnswerOfAna, "client-deny 1 1 \"this common name is not known here\""}));
    QCOMPARE(bed.fact(0).alerts,
             QStringList(u"answered while the store could not be reached, from what was known before"_s));
}

void TestInstanceEngine::withoutStoreADenyingInstanceRefuses()
{
    // SEMANTICS.md 4: deny
    Bed bed;
    bed.change([](InstanceRow &row) { row.whenStoreDown = StoreDownPolicy::Deny; });
    bed.know(u"ana", u"10.8.0.10");
    bed.startReady();
    bed.store.goAway();
    bed.asks(0, "ana");
    QTRY_COMPARE(bed.sent(), only("client-deny 0 1 \"the store cannot be reached, try again later\""));
}

void TestInstanceEngine::aKillIsProvedByTheDisconnect()
{
    // openvpn/FACTS.md 24, 29
    Bed bed;
    bed.hasStatus({{5, "ana", "10.8.0.10"}});
    bed.startReady();
    QTRY_COMPARE(bed.stateOf(5), u"established"_s);
    const auto id =
        bed.operations.ask({{}, OperationKind::Kill, iname(u"main"), SessionKey{iname(u"main"), 1, 5}, {}, {}, {}, {}});
    QTRY_COMPARE(bed.sent(), only("client-kill 5"));
    QTRY_COMPARE(bed.stateOf(5), u"leaving"_s);
    QCOMPARE(bed.operations.outcomeOf(id), QStringList(u"not finished"_s));
    bed.leaves(5, "ana");
    QTRY_COMPARE(bed.operations.outcomeOf(id), QStringList(u"main/1/5 disconnected"_s));
}

void TestInstanceEngine::aKillThatTheServerRefusesFails()
{
    // openvpn/FACTS.md 19
    Bed bed;
    bed.hasStatus({{5, "ana", "10.8.0.10"}});
    bed.startReady();
    QTRY_COMPARE(bed.stateOf(5), u"established"_s);
    bed.server.answers["client-kill 5"] = "ERROR: client-kill command failed\r\n";
    const auto id =
        bed.operations.ask({{}, OperationKind::Kill, iname(u"main"), SessionKey{iname(u"main"), 1, 5}, {}, {}, {}, {}});
    QTRY_COMPARE(bed.sent(), only("client-kill 5"));
    QTRY_COMPARE(bed.operations.outcomeOf(id), QStringList(u"backendRefused"_s));
}

void TestInstanceEngine::aDeniedNameIsRefusedUntilItsTime()
{
    // openvpn/FACTS.md 27
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    const Timestamp until = bed.clock.now() + 30s;
    bed.operations.inForce = {{iname(u"main"), cname(u"ana"), until, u"op"_s}};
    bed.startReady();
    bed.asks(0, "ana");
    const QByteArray refusal =
        "client-deny 0 1 \"an operator refuses this common name until " + until.toString().toUtf8() + '"';
    QTRY_COMPARE(bed.sent(), only(refusal));
    bed.leaves(0, "ana");
    bed.clock.advance(30s);
    bed.asks(1, "ana");
    QTRY_COMPARE(bed.sent(),
                 (QByteArrayList{refusal, QByteArray(kAnswerOfAna).replace("client-auth 0", "client-auth 1")}));
}

void TestInstanceEngine::aLostLeaseClosesTheSocketAndNothingIsAnsweredAnyMore()
{
    // SEMANTICS.md 4
    Bed bed;
    bed.know(u"ana", u"10.8.0.10");
    bed.store.put(irouteRow(u"ana", u"192.168.1.0/24"));
    bed.startReady();
    bed.store.isHeld = true;
    bed.asks(0, "ana");
    QTRY_COMPARE(bed.store.submitted.size(), 1);
    bed.leases.other = u"host/2"_s;
    QTRY_VERIFY(!bed.server.hasClient());
    QVERIFY(!bed.instance().isOwner());
    QTRY_COMPARE(bed.instance().heldBy(), u"host/2"_s);
    bed.store.commitAll();
    // It is ours again: what was asked before is not answered, whoever has that id now.
    bed.leases.other.clear();
    QTRY_COMPARE(bed.instance().health().link, u"ready"_s);
    QCOMPARE(bed.server.greetings(), 2);
    bed.say("REAUTH,5,3", "ana");
    QTRY_COMPARE(bed.sent(), only("client-auth-nt 5 3"));
}

void TestInstanceEngine::aLeaseOfAnotherIsWaitedForWithoutASocket()
{
    Bed bed;
    bed.leases.other = u"host/2"_s;
    QVERIFY(bed.server.listen());
    bed.start();
    QTRY_VERIFY(!bed.engine->instances().empty());
    QTRY_COMPARE(bed.instance().heldBy(), u"host/2"_s);
    QCOMPARE(bed.server.greetings(), 0);
    QCOMPARE(bed.macs.calls, QStringList());
    bed.leases.other.clear();
    QTRY_COMPARE(bed.server.greetings(), 1);
}

void TestInstanceEngine::anotherManagementAddressIsGoneTo()
{
    Bed bed;
    bed.startReady();
    ManagementDouble other;
    QVERIFY(other.listen());
    bed.change([&](InstanceRow &row) { row.management = u"unix:"_s + other.path(); });
    QTRY_VERIFY(other.hasClient());
    QTRY_VERIFY(!bed.server.hasClient());
    bed.engine->stop();
}

void TestInstanceEngine::macsAreWipedAtTakeOverAndAtANewRun()
{
    // SOURCES S4; SEMANTICS.md 3. The first attach finds a run that was not known.
    Bed bed;
    bed.startReady();
    QCOMPARE(bed.macs.calls, (QStringList{u"wipe main"_s, u"wipe main"_s}));
    bed.server.connectedSince += 60;
    bed.server.restart();
    QTRY_COMPARE(bed.instance().health().generation, 2);
    QCOMPARE(bed.macs.calls.size(), 3);
    bed.server.dropClient(); // the same run goes on
    QTRY_COMPARE(bed.server.greetings(), 2);
    QTRY_COMPARE(bed.instance().health().link, u"ready"_s);
    QCOMPARE(bed.macs.calls.size(), 3);
}

void TestInstanceEngine::macsOfWhoLeavesAreCleared()
{
    // SOURCES S4; openvpn/FACTS.md 54
    Bed bed;
    bed.change([](InstanceRow &row) { row.mode = DeviceMode::Tap; });
    bed.hasStatus({{4, "ana", "10.8.0.10"}, {5, "ana", "10.8.0.10"}, {6, "bob", "10.8.0.11"}});
    bed.startReady();
    QTRY_COMPARE(bed.stateOf(6), u"established"_s);
    bed.macs.calls.clear();
    bed.leaves(4, "ana");
    QTRY_COMPARE(bed.stateOf(4), u"unknown"_s);
    QCOMPARE(bed.macs.calls, QStringList()); // she has another session
    bed.leaves(5, "ana");
    QTRY_COMPARE(bed.macs.calls, QStringList(u"forget all of ana"_s));
}

void TestInstanceEngine::macsComeFromTheStatusOnce()
{
    // openvpn/FACTS.md 55
    Bed bed;
    bed.change([](InstanceRow &row) { row.mode = DeviceMode::Tap; });
    const ClientRow ana{4, "ana", "10.8.0.10"};
    const ClientRow bob{5, "bob", "10.8.0.11"};
    const QStringList learnt{u"learn 02:aa:bb:cc:00:01 ana"_s, u"learn 02:aa:bb:cc:00:02 bob"_s};
    bed.hasStatus({ana, bob}, ana.route("02:aa:bb:cc:00:01@0") + bob.route("02:aa:bb:cc:00:02@7"));
    bed.startReady();
    QTRY_COMPARE(bed.macs.calls.mid(2), learnt);
    // The same status again tells nothing new; the map was not wiped.
    bed.server.dropClient();
    QTRY_COMPARE(bed.statusesAsked(), 2);
    QTRY_COMPARE(bed.instance().health().link, u"ready"_s);
    QCOMPARE(bed.macs.calls.mid(2), learnt);
    // One moved, one is not there any more.
    bed.hasStatus({ana, bob}, ana.route("02:aa:bb:cc:00:02@7"));
    bed.server.dropClient();
    QTRY_COMPARE(bed.macs.calls.mid(4), (QStringList{u"learn 02:aa:bb:cc:00:02 ana"_s, u"forget 02:aa:bb:cc:00:01"_s}));
    // Another owner of the lease, or we again: the map is empty, so everything is news.
    bed.leases.other = u"host/2"_s;
    QTRY_VERIFY(!bed.server.hasClient());
    bed.macs.calls.clear();
    bed.leases.other.clear();
    QTRY_COMPARE(bed.macs.calls, (QStringList{u"wipe main"_s, u"learn 02:aa:bb:cc:00:02 ana"_s}));
}

void TestInstanceEngine::macsComeFromTheHook_data()
{
    QTest::addColumn<DeviceMode>("mode");
    QTest::addColumn<QStringList>("said");
    QTest::addColumn<QStringList>("calls");
    QTest::newRow("add") << DeviceMode::Tap << QStringList{u"add"_s, u"02:aa:bb:cc:00:01"_s, u"ana"_s}
                         << QStringList(u"learn 02:aa:bb:cc:00:01 ana"_s);
    QTest::newRow("update") << DeviceMode::Tap << QStringList{u"update"_s, u"02:aa:bb:cc:00:01"_s, u"bob"_s}
                            << QStringList(u"learn 02:aa:bb:cc:00:01 bob"_s);
    QTest::newRow("delete, which names nobody")
        << DeviceMode::Tap << QStringList{u"delete"_s, u"02:aa:bb:cc:00:01"_s, QString()}
        << QStringList(u"forget 02:aa:bb:cc:00:01"_s);
    QTest::newRow("an IP address") << DeviceMode::Tap << QStringList{u"add"_s, u"10.8.0.11"_s, u"ana"_s}
                                   << QStringList();
    QTest::newRow("no name") << DeviceMode::Tap << QStringList{u"add"_s, u"02:aa:bb:cc:00:01"_s, QString()}
                             << QStringList();
    QTest::newRow("a tun device") << DeviceMode::Tun << QStringList{u"add"_s, u"02:aa:bb:cc:00:01"_s, u"ana"_s}
                                  << QStringList();
}

void TestInstanceEngine::macsComeFromTheHook()
{
    // SOURCES S4; openvpn/FACTS.md 51
    QFETCH(const DeviceMode, mode);
    QFETCH(const QStringList, said);
    Bed bed;
    bed.change([&](InstanceRow &row) { row.mode = mode; });
    bed.startReady();
    bed.macs.calls.clear();
    bed.engine->learnt(u"main"_s, said[0], said[1], said[2]);
    bed.engine->learnt(u"other"_s, said[0], said[1], said[2]);
    QTEST(bed.macs.calls, "calls");
}

QTEST_GUILESS_MAIN(TestInstanceEngine)
#include "tst_instanceengine.moc"
