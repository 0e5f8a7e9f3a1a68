// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/sessionregistry.h"
#include "tests/support/serversaid.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using openvpn::ClientId;

namespace {

constexpr Timestamp kNow = Timestamp::fromMilliseconds(kStatusTime * 1000);

/// An answer that installs `prefixes`.
ConnectDecision answerOf(QStringView cn, const std::vector<Prefix> &prefixes)
{
    ConnectDecision decision{cname(cn), iname(u"main"), ConnectAction::Accept, {}, {}, {}, {}, {}};
    for (const Prefix &prefix : prefixes) {
        decision.lines.push_back(ServerLine::iroute(prefix));
        decision.lans.push_back({prefix, prefix});
    }
    return decision;
}

QStringList textsOf(const std::vector<Prefix> &prefixes)
{
    QStringList texts;
    for (const Prefix &prefix : prefixes)
        texts += prefix.toString();
    return texts;
}

QString holderOf(const SessionRegistry &registry, QStringView prefix, QStringView besides)
{
    const auto holder = registry.holderOf(pfx(prefix), cname(besides));
    return holder ? holder->toString() : u"nobody"_s;
}

QString stateOf(const SessionRegistry &registry, qint64 cid)
{
    const LiveSession *session = registry.find(ClientId{cid});
    return session ? enumText(session->fact.state) : u"unknown"_s;
}

} // namespace

class TestSessionRegistry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLoginGoesFromWaitingToEstablished();
    void theEnvironmentIsKeptWithoutAnythingElse();
    void whoIsEstablishedWithoutAddressIsNamed();
    void whoAsksAgainUnderItsIdKeepsWhatIsKnown();
    void anAnsweredLanIsTakenBeforeItIsInstalled();
    void aLanIsFreeWhenItsSessionHasEnded();
    void anOverlapIsTakenToo_data();
    void anOverlapIsTakenToo();
    void aReconnectingClientIsInNobodysWayButIts();
    void installedIsWhatTheEventsSaid();
    void aNewRunForgetsEverything();
    void aStatusBringsWhatNobodyHeard();
    void aStatusTellsWhatIsInstalled();
    void aStatusEstablishesWhoWasMissed_data();
    void aStatusEstablishesWhoWasMissed();
    void aStatusEndsWhoIsGone();
    void aStatusThatIsOlderEndsNobodyWhoHasJustAsked();
    void aStatusThatIsOlderBringsNobodyBack();
    void whoMayWaitForAnAnswer_data();
    void whoMayWaitForAnAnswer();
    void sameStatusTwiceChangesNothing();
    void ratesComeFromTwoReports();
    void countersThatShrinkGiveNoNegativeRate();
    void aRestoredAnswerNeverReplacesOneOfOurs();
    void aRestoredSessionKnowsWhatWasHeldBack();
};

void TestSessionRegistry::aLoginGoesFromWaitingToEstablished()
{
    // openvpn/FACTS.md 21
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    QCOMPARE(stateOf(registry, 0), u"waiting"_s);
    registry.answered({0}, answerOf(u"ana", {}));
    QCOMPARE(stateOf(registry, 0), u"connecting"_s);
    registry.address(test::address(0, u"10.8.0.10", true));
    const LiveSession *session = registry.established(established(0, "ana", {{"time_unix", "1795291000"}}), kNow);
    QVERIFY(session);
    QCOMPARE(stateOf(registry, 0), u"established"_s);
    QCOMPARE(session->fact.address, addr(u"10.8.0.10"));
    QCOMPARE(session->fact.connectedSince, Timestamp::fromMilliseconds(1'795'291'000'000));
}

void TestSessionRegistry::theEnvironmentIsKeptWithoutAnythingElse()
{
    // openvpn/FACTS.md 25
    SessionRegistry registry(iname(u"main"));
    const LiveSession &session = registry.connect(asks(7, "ana",
                                                       {{"username", "ana.user"},
                                                        {"password", "hunter2"},
                                                        {"untrusted_ip", "10.99.0.11"},
                                                        {"untrusted_port", "50007"},
                                                        {"IV_VER", "2.6.14"},
                                                        {"IV_PLAT", "linux"}}),
                                                  kNow);
    SessionFact wanted{SessionKey{iname(u"main"), 0, 7}};
    wanted.cn = cname(u"ana");
    wanted.username = u"ana.user"_s;
    wanted.realAddress = u"10.99.0.11:50007"_s;
    wanted.clientVersion = u"2.6.14"_s;
    wanted.platform = u"linux"_s;
    wanted.connectedSince = kNow;
    wanted.state = SessionState::Waiting;
    QCOMPARE(session.fact, wanted);
}

void TestSessionRegistry::whoIsEstablishedWithoutAddressIsNamed()
{
    // openvpn/FACTS.md 38
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.answered({0}, answerOf(u"ana", {}));
    registry.established(established(0, "ana"), kNow);
    QCOMPARE(stateOf(registry, 0), u"withoutAddress"_s);
}

void TestSessionRegistry::whoAsksAgainUnderItsIdKeepsWhatIsKnown()
{
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.address(test::address(0, u"192.168.1.0/27"));
    auto again = asks(0, "ana");
    again.kid = {4}; // openvpn/FACTS.md 23
    const LiveSession &session = registry.connect(again, kNow);
    QCOMPARE(registry.size(), 1U);
    QCOMPARE(session.kid, openvpn::KeyId{4});
    QCOMPARE(textsOf(session.fact.installed), QStringList(u"192.168.1.0/27"_s));
}

void TestSessionRegistry::anAnsweredLanIsTakenBeforeItIsInstalled()
{
    // openvpn/FACTS.md 43: of two that are answered in one moment the later one wins without a word.
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    QCOMPARE(holderOf(registry, u"192.168.1.0/24", u"bob"), u"nobody"_s);
    registry.answered({0}, answerOf(u"ana", {pfx(u"192.168.1.0/24")}));
    QCOMPARE(holderOf(registry, u"192.168.1.0/24", u"bob"), u"ana"_s);
}

void TestSessionRegistry::aLanIsFreeWhenItsSessionHasEnded()
{
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.answered({0}, answerOf(u"ana", {pfx(u"192.168.1.0/24")}));
    registry.address(test::address(0, u"192.168.1.0/24"));
    const auto gone = registry.remove({0});
    QVERIFY(gone);
    QCOMPARE(gone->fact.cn, cname(u"ana"));
    QCOMPARE(holderOf(registry, u"192.168.1.0/24", u"bob"), u"nobody"_s);
    QVERIFY(!registry.remove({0}));
}

void TestSessionRegistry::anOverlapIsTakenToo_data()
{
    QTest::addColumn<QString>("prefix");
    QTest::addColumn<QString>("holder");
    QTest::newRow("the same") << u"192.168.1.0/24"_s << u"ana"_s;
    QTest::newRow("a part") << u"192.168.1.32/27"_s << u"ana"_s;
    QTest::newRow("the whole") << u"192.168.0.0/16"_s << u"ana"_s;
    QTest::newRow("the neighbour") << u"192.168.2.0/24"_s << u"nobody"_s;
}

void TestSessionRegistry::anOverlapIsTakenToo()
{
    QFETCH(const QString, prefix);
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.address(test::address(0, u"192.168.1.0/24"));
    QTEST(holderOf(registry, prefix, u"bob"), "holder");
}

void TestSessionRegistry::aReconnectingClientIsInNobodysWayButIts()
{
    // openvpn/FACTS.md 21: the old session of a CN lives until the new one is established.
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(3, "ana"), kNow);
    registry.address(test::address(3, u"192.168.1.0/24"));
    registry.connect(asks(9, "ana"), kNow);
    registry.answered({9}, answerOf(u"ana", {pfx(u"192.168.1.0/24")}));
    const std::vector<ClientId> both{{3}, {9}};
    QCOMPARE(registry.sessionsOf(cname(u"ana")), both);
    QCOMPARE(holderOf(registry, u"192.168.1.0/24", u"ana"), u"nobody"_s);
    registry.remove({3});
    QCOMPARE(holderOf(registry, u"192.168.1.0/24", u"bob"), u"ana"_s);
}

void TestSessionRegistry::installedIsWhatTheEventsSaid()
{
    // openvpn/FACTS.md 22: host bits come along.
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.address(test::address(0, u"10.8.0.10", true));
    registry.address(test::address(0, u"fd00:8::10", true));
    registry.address(test::address(0, u"192.168.1.7/255.255.255.224"));
    registry.address(test::address(0, u"100.64.0.0/255.255.255.224"));
    registry.address(test::address(0, u"192.168.1.0/27"));
    const SessionFact &fact = registry.find(ClientId{0})->fact;
    QCOMPARE(textsOf(fact.installed), (QStringList{u"100.64.0.0/27"_s, u"192.168.1.0/27"_s}));
    QCOMPARE(fact.address, addr(u"10.8.0.10"));
    QCOMPARE(fact.address6, addr(u"fd00:8::10"));
    registry.address(test::address(99, u"192.168.9.0/24")); // of nobody
    QCOMPARE(registry.size(), 1U);
}

void TestSessionRegistry::aNewRunForgetsEverything()
{
    // openvpn/FACTS.md 39
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.address(test::address(0, u"192.168.1.0/24"));
    registry.connect(asks(1, "bob"), kNow);
    registry.remove({1});
    QCOMPARE(registry.clear().size(), 1U);
    QCOMPARE(registry.size(), 0U);
    QCOMPARE(holderOf(registry, u"192.168.1.0/24", u"bob"), u"nobody"_s);
    // The ids begin again: one that ended in the run before is somebody else's now.
    (void)registry.reconcile(status({{1, "bob", "10.8.0.11"}}), kNow);
    QCOMPARE(stateOf(registry, 1), u"established"_s);
}

void TestSessionRegistry::aStatusBringsWhatNobodyHeard()
{
    // openvpn/FACTS.md 35, 36
    SessionRegistry registry(iname(u"main"));
    const ClientRow ana{4, "ana", "10.8.0.10", "AES-256-GCM", 1'795'290'000, 100, 200};
    const auto difference = registry.reconcile(status({ana, {5, "UNDEF"}}, ana.route("192.168.1.0/27")), kNow);
    QCOMPARE(difference.appeared, (std::vector<ClientId>{{4}, {5}}));
    QVERIFY(difference.gone.empty());
    QVERIFY(difference.mayBeWaiting.empty());
    SessionFact wanted{SessionKey{iname(u"main"), 0, 4}};
    wanted.cn = cname(u"ana");
    wanted.realAddress = u"10.99.0.11:50004"_s;
    wanted.address = addr(u"10.8.0.10");
    wanted.connectedSince = Timestamp::fromMilliseconds(1'795'290'000'000);
    wanted.lastSeen = kNow;
    wanted.bytesIn = 100;
    wanted.bytesOut = 200;
    wanted.state = SessionState::Established;
    wanted.installed = {pfx(u"192.168.1.0/27")};
    QCOMPARE(registry.find(ClientId{4})->fact, wanted);
    QVERIFY(!registry.find(ClientId{4})->isAnswerKnown);
    QVERIFY(!registry.find(ClientId{5})->cn());
    QCOMPARE(stateOf(registry, 5), u"withoutAddress"_s);
    QCOMPARE(holderOf(registry, u"192.168.1.0/27", u"bob"), u"ana"_s);
}

void TestSessionRegistry::aStatusTellsWhatIsInstalled()
{
    // openvpn/FACTS.md 22, 55: neither the tunnel address, nor single hosts that were learnt, nor MACs are LANs.
    SessionRegistry registry(iname(u"main"));
    const ClientRow ana{0, "ana", "10.8.0.10"};
    const ClientRow bob{1, "bob", "10.8.0.11"};
    (void)registry.reconcile(status({ana, bob}, ana.route("192.168.7.0/24") + ana.route("192.168.7.9C") +
                                                    bob.route("192.168.8.8") + ana.route("100.64.0.0/27") +
                                                    ana.route("02:aa:bb:cc:00:01@0")),
                             kNow);
    QCOMPARE(textsOf(registry.find(ClientId{0})->fact.installed),
             (QStringList{u"100.64.0.0/27"_s, u"192.168.7.0/24"_s}));
    QCOMPARE(textsOf(registry.find(ClientId{1})->fact.installed), QStringList(u"192.168.8.8/32"_s));
    // A route that went is free at once.
    (void)registry.reconcile(status({ana, bob}, ana.route("100.64.0.0/27")), kNow);
    QCOMPARE(textsOf(registry.find(ClientId{0})->fact.installed), QStringList(u"100.64.0.0/27"_s));
    QCOMPARE(holderOf(registry, u"192.168.7.0/24", u"eve"), u"nobody"_s);
    QCOMPARE(holderOf(registry, u"100.64.0.0/27", u"eve"), u"ana"_s);
}

void TestSessionRegistry::aStatusEstablishesWhoWasMissed_data()
{
    QTest::addColumn<QByteArray>("virtualAddress");
    QTest::addColumn<QByteArray>("cipher");
    QTest::addColumn<QString>("state");
    QTest::newRow("it has its address") << QByteArray("10.8.0.10") << QByteArray("AES-256-GCM") << u"established"_s;
    QTest::newRow("it has none, and a cipher") << QByteArray("") << QByteArray("AES-256-GCM") << u"withoutAddress"_s;
    QTest::newRow("it has neither yet") << QByteArray("") << QByteArray("BF-CBC") << u"connecting"_s;
}

void TestSessionRegistry::aStatusEstablishesWhoWasMissed()
{
    // openvpn/FACTS.md 35: an ESTABLISHED that was told while the link was away is not repeated.
    QFETCH(const QByteArray, virtualAddress);
    QFETCH(const QByteArray, cipher);
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.answered({0}, answerOf(u"ana", {}));
    (void)registry.reconcile(status({{0, "ana", virtualAddress, cipher}}), kNow);
    QTEST(stateOf(registry, 0), "state");
}

void TestSessionRegistry::aStatusEndsWhoIsGone()
{
    SessionRegistry registry(iname(u"main"));
    const ClientRow ana{0, "ana", "10.8.0.10"};
    (void)registry.reconcile(status({ana, {1, "bob", "10.8.0.11"}}, ana.route("192.168.1.0/24")), kNow);
    const auto difference = registry.reconcile(status({{1, "bob", "10.8.0.11"}}), kNow);
    QCOMPARE(difference.gone.size(), 1U);
    QCOMPARE(difference.gone.front().fact.cn, cname(u"ana"));
    QVERIFY(difference.appeared.empty());
    QCOMPARE(registry.size(), 1U);
    QCOMPARE(holderOf(registry, u"192.168.1.0/24", u"bob"), u"nobody"_s);
}

void TestSessionRegistry::aStatusThatIsOlderEndsNobodyWhoHasJustAsked()
{
    // A large status is parsed aside, and logins go on meanwhile (SEMANTICS.md 4).
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    QVERIFY(registry.reconcile(status({}), kNow + 1s).gone.empty());
    QCOMPARE(stateOf(registry, 0), u"waiting"_s);
    QCOMPARE(registry.reconcile(status({}), kNow + 60s).gone.size(), 1U);
}

void TestSessionRegistry::aStatusThatIsOlderBringsNobodyBack()
{
    SessionRegistry registry(iname(u"main"));
    const ClientRow ana{0, "ana", "10.8.0.10"};
    (void)registry.reconcile(status({ana}, ana.route("192.168.1.0/24")), kNow);
    registry.remove({0});
    const auto difference = registry.reconcile(status({ana}, ana.route("192.168.1.0/24")), kNow);
    QVERIFY(difference.appeared.empty());
    QCOMPARE(registry.size(), 0U);
    QCOMPARE(holderOf(registry, u"192.168.1.0/24", u"bob"), u"nobody"_s);
}

void TestSessionRegistry::whoMayWaitForAnAnswer_data()
{
    QTest::addColumn<QByteArray>("virtualAddress");
    QTest::addColumn<QByteArray>("cipher");
    QTest::addColumn<bool>("hasAsked");
    QTest::addColumn<bool>("mayWait");
    QTest::newRow("no address, the placeholder cipher") << QByteArray("") << QByteArray("BF-CBC") << false << true;
    QTest::newRow("an address") << QByteArray("10.8.0.10") << QByteArray("BF-CBC") << false << false;
    QTest::newRow("established without address") << QByteArray("") << QByteArray("AES-256-GCM") << false << false;
    QTest::newRow("it asked us, and is being answered") << QByteArray("") << QByteArray("BF-CBC") << true << false;
}

void TestSessionRegistry::whoMayWaitForAnAnswer()
{
    // openvpn/FACTS.md 37, 38; SEMANTICS.md 3
    QFETCH(const QByteArray, virtualAddress);
    QFETCH(const QByteArray, cipher);
    QFETCH(const bool, hasAsked);
    QFETCH(const bool, mayWait);
    SessionRegistry registry(iname(u"main"));
    if (hasAsked)
        registry.connect(asks(0, "ana"), kNow);
    const auto snapshot = status({{0, "ana", virtualAddress, cipher}});
    const std::vector<ClientId> wanted = mayWait ? std::vector{ClientId{0}} : std::vector<ClientId>();
    QCOMPARE(registry.reconcile(snapshot, kNow).mayBeWaiting, wanted);
    QCOMPARE(registry.reconcile(snapshot, kNow).mayBeWaiting, wanted);
}

void TestSessionRegistry::sameStatusTwiceChangesNothing()
{
    SessionRegistry registry(iname(u"main"));
    const ClientRow ana{0, "ana", "10.8.0.10", "AES-256-GCM", 1'795'290'000, 10, 20};
    const auto snapshot = status({ana}, ana.route("192.168.1.0/24"));
    (void)registry.reconcile(snapshot, kNow);
    const SessionFact before = registry.find(ClientId{0})->fact;
    const auto difference = registry.reconcile(snapshot, kNow + 2s);
    QVERIFY(difference.appeared.empty() && difference.gone.empty() && difference.mayBeWaiting.empty());
    QCOMPARE(registry.find(ClientId{0})->fact, before);
}

void TestSessionRegistry::ratesComeFromTwoReports()
{
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.count({{0}, 1'000, 500}, kNow);
    const SessionFact &fact = registry.find(ClientId{0})->fact;
    QCOMPARE(fact.rateIn, 0.0);
    registry.count({{0}, 5'000, 500}, kNow + 2s);
    QCOMPARE(fact.rateIn, 2'000.0);
    QCOMPARE(fact.rateOut, 0.0);
    QCOMPARE(fact.bytesIn, 5'000);
    QCOMPARE(fact.lastSeen, kNow + 2s);
    registry.count({{0}, 5'000, 500}, kNow + 4s);
    QCOMPARE(fact.rateIn, 0.0);
    QCOMPARE(fact.lastSeen, kNow + 2s);
    registry.count({{99}, 1, 1}, kNow); // of nobody
}

void TestSessionRegistry::countersThatShrinkGiveNoNegativeRate()
{
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.count({{0}, 1'000, 500}, kNow);
    registry.count({{0}, 10, 5}, kNow + 1s);
    QCOMPARE(registry.find(ClientId{0})->fact.rateIn, 0.0);
    QCOMPARE(registry.find(ClientId{0})->fact.bytesIn, 10);
}

void TestSessionRegistry::aRestoredAnswerNeverReplacesOneOfOurs()
{
    SessionFact published{SessionKey{iname(u"main"), 3, 0}};
    published.answer = {u"iroute 192.168.9.0 255.255.255.0"_s};
    published.alerts = {u"once"_s};
    SessionRegistry registry(iname(u"main"));
    registry.connect(asks(0, "ana"), kNow);
    registry.answered({0}, answerOf(u"ana", {pfx(u"192.168.1.0/24")}));
    registry.restoreAnswer({0}, published);
    QCOMPARE(registry.find(ClientId{0})->fact.answer, QStringList(u"iroute 192.168.1.0 255.255.255.0"_s));

    (void)registry.reconcile(status({{0, "ana", "10.8.0.10"}, {1, "bob", "10.8.0.11"}}), kNow);
    registry.restoreAnswer({1}, published);
    QCOMPARE(registry.find(ClientId{1})->fact.answer, published.answer);
    QCOMPARE(registry.find(ClientId{1})->fact.alerts, published.alerts);
    QVERIFY(registry.find(ClientId{1})->isAnswerKnown);
}

void TestSessionRegistry::aRestoredSessionKnowsWhatWasHeldBack()
{
    SessionFact published{SessionKey{iname(u"main"), 3, 0}};
    published.answer = {u"iroute 192.168.2.0 255.255.255.0"_s};
    published.declared = pfxs({u"192.168.1.0/24"_s, u"192.168.2.0/24"_s});
    published.installed = pfxs({u"192.168.2.0/24"_s});
    published.waitingFor = cname(u"bob");
    SessionRegistry registry(iname(u"main"));
    (void)registry.reconcile(status({{0, "ana", "10.8.0.10"}}), kNow);
    registry.restoreAnswer({0}, published);
    QCOMPARE(textsOf(registry.find(ClientId{0})->heldBack), QStringList(u"192.168.1.0/24"_s));
}

QTEST_GUILESS_MAIN(TestSessionRegistry)
#include "tst_sessionregistry.moc"
