// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/managementclient.h"
#include "tests/support/managementdouble.h"
#include "tests/support/transcript.h"

#include <QScopeGuard>
#include <QTest>

#include <algorithm>

#include <sys/fsuid.h>

using namespace interlock;
using namespace interlock::openvpn;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Transport = ManagementDouble::Transport;

namespace {

constexpr uid_t kNobody = 65534;

LinkOptions optionsFor(const ManagementDouble &server)
{
    LinkOptions options;
    if (server.port() > 0)
        options.endpoint = {u"127.0.0.1"_s, server.port(), {}};
    else
        options.endpoint = {{}, 0, server.path()};
    // Long where a slow machine could be early, short where something is repeated.
    options.times = {60s, 60s, 60s, 60s, 60s, 5ms, 5ms, 10ms, 60s};
    return options;
}

/// Everything that a client says, in order.
struct Witness
{
    explicit Witness(ManagementClient &client)
    {
        QObject::connect(&client, &ManagementClient::stateChanged, &context, [this](LinkState state) {
            states.push_back(state);
            said << nameOf(state);
        });
        QObject::connect(&client, &ManagementClient::generationBegan, &context, [this](const ServerRun &run) {
            runs.push_back(run);
            said << u"generation"_s;
        });
        QObject::connect(&client, &ManagementClient::eventReceived, &context, [this](const Event &event) {
            events.push_back(event);
            said << u"event"_s;
        });
        QObject::connect(&client, &ManagementClient::statusReceived, &context, [this](const StatusSnapshot &snapshot) {
            snapshots.push_back(snapshot);
            said << u"status"_s;
        });
        QObject::connect(&client, &ManagementClient::ready, &context, [this] { said << u"ready!"_s; });
    }

    template <typename T>
    [[nodiscard]] std::vector<T> of() const
    {
        std::vector<T> found;
        for (const auto &each : events) {
            if (const auto *one = std::get_if<T>(&each))
                found.push_back(*one);
        }
        return found;
    }
    [[nodiscard]] qsizetype count(LinkState state) const { return std::count(states.begin(), states.end(), state); }

    QObject context;
    std::vector<LinkState> states;
    std::vector<ServerRun> runs;
    std::vector<Event> events;
    std::vector<StatusSnapshot> snapshots;
    QStringList said;
};

/// A server, a client of it, and who watches.
struct Bed
{
    explicit Bed(Transport transport = Transport::Unix) : server(transport) {}

    void start(const std::function<void(LinkOptions &)> &adjust = {})
    {
        auto options = optionsFor(server);
        if (adjust)
            adjust(options);
        client = std::make_unique<ManagementClient>(std::move(options));
        witness = std::make_unique<Witness>(*client);
        client->start();
    }
    void startReady(const std::function<void(LinkOptions &)> &adjust = {})
    {
        QVERIFY(server.listen());
        start(adjust);
        QTRY_COMPARE(client->state(), LinkState::Ready);
        QTRY_VERIFY(witness->said.contains(u"ready!"_s));
    }
    /// Sends and notes the answer.
    void send(const ManagementCommand &command)
    {
        client->send(command, [this](const Expected<Answer> &answer) { answers.push_back(answer); });
    }

    ManagementDouble server;
    std::unique_ptr<ManagementClient> client;
    std::unique_ptr<Witness> witness;
    std::vector<Expected<Answer>> answers;
};

void addTransports()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("unix socket") << Transport::Unix;
    QTest::newRow("TCP") << Transport::Tcp;
}

QByteArray connectBlock(int cid)
{
    return ">CLIENT:CONNECT," + QByteArray::number(cid) + ",1\r\n>CLIENT:ENV,common_name=a\r\n>CLIENT:ENV,END\r\n";
}

} // namespace

class TestManagementClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void greetsAndPreparesInOrder_data() { addTransports(); }
    void greetsAndPreparesInOrder();
    void releasesTheHoldBeforeItAsksForTheStatus();
    void eventsWaitUntilTheRunIsKnown();
    void statusIsAskedAgainWhileTheServerHasNone();
    void largeStatusArrivesToo();
    void foreignStatusIsNotBelieved();

    void passwordIsGivenAtThePrompt_data() { addTransports(); }
    void passwordIsGivenAtThePrompt();
    void wrongPasswordIsTriedOnce(); // openvpn/FACTS.md 14
    void missingPasswordIsSaid();
    void unreadablePasswordIsSaid();
    void repairedPasswordIsTakenAtOnce();

    void nobodyThereIsToldApart();
    void refusalIsToldApart();
    void lockedSocketIsToldApart();
    void connectsWhenTheServerAppears();
    void busyServerIsWaitedFor_data() { addTransports(); } // openvpn/FACTS.md 16
    void busyServerIsWaitedFor();
    void blockedServerIsToldAndForgiven(); // openvpn/FACTS.md 53
    void serverThatStopsInTheMiddleIsBlockedWithoutBeingAsked_data();
    void serverThatStopsInTheMiddleIsBlockedWithoutBeingAsked();
    void lineThatNoServerSaysEndsTheLink();
    void silentServerIsAskedWhetherItLives();
    void serverThatNeverAnswersIsLeft();
    void lostServerIsFoundAgain_data() { addTransports(); }
    void lostServerIsFoundAgain();
    void stopLeavesForGood();

    void answersArePairedInOrderWithEventsBetween(); // openvpn/FACTS.md 20
    void refusalsCarryTheServersWords();
    void commandsAreRefusedWithoutALink();
    void everyReplyIsToldWhenTheLinkIsLost();
    void replyMaySendAnotherCommand();
    void replyMayStopTheClient();
    void answerThatNobodyAskedForEndsTheLink();
    void statusIsAskedOncePerAnswer();

    void heldAgainBeginsAGeneration(); // openvpn/FACTS.md 39
    void restartWithoutAHoldBeginsAGeneration();
    void sameRunIsRecognisedAfterALostLink();
    void otherRunIsRecognisedAfterALostLink_data();
    void otherRunIsRecognisedAfterALostLink();
    void recordedTalkIsToldAsItWas();
    void deletingTheClientTellsItsReplies();
};

void TestManagementClient::greetsAndPreparesInOrder()
{
    QFETCH(const Transport, transport);
    Bed bed(transport);
    bed.startReady([](LinkOptions &options) { options.byteCountInterval = 7s; });
    QCOMPARE(bed.server.commands(), (QByteArrayList{"pid", "state", "state on", "log on", "bytecount 7", "status 3"}));
    QCOMPARE(bed.witness->said, (QStringList{u"connecting"_s, u"connecting"_s, u"connecting"_s, u"generation"_s,
                                             u"ready"_s, u"status"_s, u"ready!"_s}));
    QCOMPARE(bed.witness->runs, (std::vector{ServerRun{16220, Timestamp::fromMilliseconds(1'795'290'307'000)}}));
    QCOMPARE(bed.witness->snapshots.size(), 1U);
    QCOMPARE(bed.witness->snapshots[0].serverVersion(), u"2.6.14"_s);
    QCOMPARE(bed.client->pending(), 0);
}

void TestManagementClient::releasesTheHoldBeforeItAsksForTheStatus()
{
    Bed bed;
    bed.server.isHeld = true;
    bed.startReady();
    QCOMPARE(bed.server.commands(),
             (QByteArrayList{"pid", "state", "state on", "log on", "bytecount 1", "hold release", "status 3"}));
    QCOMPARE(bed.witness->runs.size(), 1U); // held, released and connected is one run
    QCOMPARE(bed.client->run().since, Timestamp::fromMilliseconds(1'795'290'307'000));
    QCOMPARE(bed.witness->of<Hold>().size(), 1U);
    QCOMPARE(bed.witness->of<StateChanged>().size(), 1U);
}

void TestManagementClient::eventsWaitUntilTheRunIsKnown()
{
    Bed bed;
    bed.server.onCommand = [&](const QByteArray &command) {
        if (command == "pid")
            bed.server.say(connectBlock(3));
    };
    bed.startReady();
    QCOMPARE(bed.witness->of<ClientConnected>().size(), 1U);
    QVERIFY(bed.witness->said.indexOf(u"generation"_s) < bed.witness->said.indexOf(u"event"_s));
}

void TestManagementClient::statusIsAskedAgainWhileTheServerHasNone()
{
    Bed bed;
    bed.server.answers["status 3"] = "ERROR: The 'status' command is not supported by the current daemon mode\r\n";
    bed.server.onCommand = [&](const QByteArray &) {
        if (bed.server.commands().count("status 3") == 3)
            bed.server.answers.clear();
    };
    bed.startReady();
    QCOMPARE(bed.server.commands().count("status 3"), 3);
}

void TestManagementClient::largeStatusArrivesToo()
{
    Bed bed;
    QByteArray clients;
    for (int cid = 0; cid < 2000; ++cid)
        clients += "CLIENT_LIST\tc\t10.0.0.1:" + QByteArray::number(cid) + "\t10.8.0.2\t\t1\t2\tx\t3\tUNDEF\t" +
                   QByteArray::number(cid) + "\t1\tAES-256-GCM\r\n";
    bed.server.answers["status 3"] = ManagementDouble::status(clients);
    bed.startReady();
    QCOMPARE(bed.witness->snapshots[0].clients().size(), 2000U);
}

void TestManagementClient::foreignStatusIsNotBelieved()
{
    Bed bed;
    bed.server.answers["status 3"] = "OpenVPN STATISTICS\r\nEND\r\n";
    QVERIFY(bed.server.listen());
    bed.start();
    QTRY_VERIFY(bed.witness->count(LinkState::Gone) > 0);
    QCOMPARE(bed.witness->count(LinkState::Ready), 0);
}

void TestManagementClient::passwordIsGivenAtThePrompt()
{
    QFETCH(const Transport, transport);
    Bed bed(transport);
    bed.server.password = "s3cr3t-lab";
    bed.startReady([](LinkOptions &options) { options.password = [] { return QByteArray("s3cr3t-lab"); }; });
    QCOMPARE(bed.server.passwordsTried(), 1);
}

void TestManagementClient::wrongPasswordIsTriedOnce()
{
    Bed bed;
    bed.server.password = "right";
    QVERIFY(bed.server.listen());
    bed.start([](LinkOptions &options) { options.password = [] { return QByteArray("wr0ng"); }; });
    QTRY_COMPARE(bed.client->state(), LinkState::WrongPassword);
    QTRY_VERIFY(!bed.server.hasClient()); // others may try
    QCOMPARE(bed.server.passwordsTried(), 1);
    QVERIFY(!bed.client->why().contains(u"wr0ng"_s));
}

void TestManagementClient::missingPasswordIsSaid()
{
    Bed bed;
    bed.server.password = "right";
    QVERIFY(bed.server.listen());
    bed.start();
    QTRY_COMPARE(bed.client->state(), LinkState::WrongPassword);
    QVERIFY(bed.client->why().contains(u"none is configured"_s));
    QCOMPARE(bed.server.passwordsTried(), 0);
}

void TestManagementClient::unreadablePasswordIsSaid()
{
    Bed bed;
    bed.server.password = "right";
    QVERIFY(bed.server.listen());
    bed.start([](LinkOptions &options) {
        options.password = []() -> Expected<QByteArray> {
            return fail(ErrorKind::NotFound, u"no file of that name"_s);
        };
    });
    QTRY_COMPARE(bed.client->state(), LinkState::WrongPassword);
    QCOMPARE(bed.client->why(), u"no file of that name"_s);
    QCOMPARE(bed.server.passwordsTried(), 0);
}

void TestManagementClient::repairedPasswordIsTakenAtOnce()
{
    Bed bed;
    bed.server.password = "right";
    QVERIFY(bed.server.listen());
    QByteArray secret = "wrong";
    bed.start([&](LinkOptions &options) { options.password = [&secret] { return secret; }; });
    QTRY_COMPARE(bed.client->state(), LinkState::WrongPassword);
    secret = "right";
    bed.client->retryNow();
    QTRY_COMPARE(bed.client->state(), LinkState::Ready);
}

void TestManagementClient::nobodyThereIsToldApart()
{
    Bed bed; // does not listen, so there is no socket
    bed.start();
    QTRY_COMPARE(bed.client->state(), LinkState::NotThere);
}

void TestManagementClient::refusalIsToldApart()
{
    Bed bed(Transport::Tcp);
    QVERIFY(bed.server.listen());
    bed.server.close();
    bed.start();
    QTRY_COMPARE(bed.client->state(), LinkState::Refused);
}

void TestManagementClient::lockedSocketIsToldApart()
{
    Bed bed;
    QVERIFY(bed.server.listen());
    QVERIFY(QFile::setPermissions(bed.server.path(), {}));
    // Nobody keeps root out: to the file system, this thread is somebody else for a while.
    const auto before = setfsuid(kNobody);
    const auto back = qScopeGuard([before] { setfsuid(static_cast<uid_t>(before)); });
    bed.start();
    QTRY_COMPARE(bed.client->state(), LinkState::NoAccess);
}

void TestManagementClient::connectsWhenTheServerAppears()
{
    Bed bed;
    bed.start();
    QTRY_COMPARE(bed.client->state(), LinkState::NotThere);
    QVERIFY(bed.server.listen());
    QTRY_COMPARE(bed.client->state(), LinkState::Ready);
    // Tries without success are not told one by one.
    QCOMPARE(bed.witness->count(LinkState::NotThere), 1);
}

void TestManagementClient::busyServerIsWaitedFor()
{
    QFETCH(const Transport, transport);
    Bed bed(transport);
    bed.startReady();
    ManagementClient second([&] {
        auto options = optionsFor(bed.server);
        options.times.busyAfter = 20ms;
        return options;
    }());
    second.start();
    QTRY_COMPARE(second.state(), LinkState::Busy);
    QCOMPARE(bed.client->state(), LinkState::Ready);
    bed.client->stop();
    QTRY_COMPARE(second.state(), LinkState::Ready);
    QCOMPARE(bed.server.greetings(), 2);
}

void TestManagementClient::blockedServerIsToldAndForgiven()
{
    Bed bed;
    bed.startReady([](LinkOptions &options) { options.times.blockedAfter = 20ms; });
    bed.server.isMute = true;
    bed.send(ManagementCommand::clientKill({1}));
    QTRY_COMPARE(bed.client->state(), LinkState::Blocked);
    QVERIFY(bed.client->why().contains(u"client-kill"_s));
    bed.send(ManagementCommand::clientKill({2})); // waits, and is not refused
    QVERIFY(bed.answers.empty());
    QTRY_COMPARE(bed.server.commands().count("client-kill 2"), 1);
    bed.server.unmute();
    QTRY_COMPARE(bed.answers.size(), 2U);
    QVERIFY(bed.answers[0] && bed.answers[1]);
    QTRY_COMPARE(bed.client->state(), LinkState::Ready);
    QCOMPARE(bed.witness->count(LinkState::Gone), 0);
}

void TestManagementClient::serverThatStopsInTheMiddleIsBlockedWithoutBeingAsked_data()
{
    QTest::addColumn<QByteArray>("said");
    QTest::addColumn<QByteArray>("rest");
    QTest::newRow("of a line") << QByteArray(">LOG:17952910") << QByteArray("19,I,done\r\n");
    QTest::newRow("of a block") << QByteArray(">CLIENT:CONNECT,1,1\r\n") << QByteArray(">CLIENT:ENV,END\r\n");
    QTest::newRow("of both") << QByteArray(">CLIENT:CONNECT,1,1\r\n>CLIENT:ENV,common_na")
                             << QByteArray("me=ana\r\n>CLIENT:ENV,END\r\n");
}

void TestManagementClient::serverThatStopsInTheMiddleIsBlockedWithoutBeingAsked()
{
    QFETCH(const QByteArray, said);
    QFETCH(const QByteArray, rest);
    Bed bed;
    bed.startReady([](LinkOptions &options) { options.times.blockedAfter = 20ms; }); // and is not asked for a minute
    bed.server.isMute = true;
    bed.server.say(said);
    QTRY_COMPARE(bed.client->state(), LinkState::Blocked);
    QVERIFY(bed.client->why().contains(u"in the middle"_s));
    bed.server.say(rest);
    QTRY_COMPARE(bed.client->state(), LinkState::Ready);
    QCOMPARE(bed.witness->count(LinkState::Gone), 0);
}

void TestManagementClient::lineThatNoServerSaysEndsTheLink()
{
    Bed bed;
    bed.startReady();
    bed.server.say(QByteArray(LineReader::kMaxLine + 2, 'x')); // and its end is not waited for
    QTRY_COMPARE(bed.witness->count(LinkState::Gone), 1);
    QTRY_COMPARE(bed.client->state(), LinkState::Ready); // it is there again
    QCOMPARE(bed.server.greetings(), 2);
}

void TestManagementClient::silentServerIsAskedWhetherItLives()
{
    Bed bed;
    bed.startReady([](LinkOptions &options) { options.times.keepAlive = 10ms; });
    QTRY_VERIFY(bed.server.commands().count("pid") > 3);
    QCOMPARE(bed.witness->runs.size(), 1U);
}

void TestManagementClient::serverThatNeverAnswersIsLeft()
{
    Bed bed;
    bool isForgetful = false;
    bed.server.onCommand = [&](const QByteArray &command) {
        bed.server.isMute = isForgetful && command == "client-kill 1";
    };
    bed.startReady([](LinkOptions &options) { options.times.answer = 500ms; });
    isForgetful = true;
    bed.send(ManagementCommand::clientKill({1}));
    QTRY_COMPARE(bed.answers.size(), 1U);
    QCOMPARE(bed.answers[0].error().kind, ErrorKind::BackendUnavailable);
    QVERIFY(bed.witness->count(LinkState::Gone) >= 1);
    QTRY_COMPARE(bed.client->state(), LinkState::Ready); // and attached anew
}

void TestManagementClient::lostServerIsFoundAgain()
{
    QFETCH(const Transport, transport);
    Bed bed(transport);
    bed.startReady();
    bed.server.say(">STATE:1795290655,EXITING,SIGTERM,,,,,\r\n");
    bed.server.close();
    QTRY_VERIFY(bed.client->state() == LinkState::NotThere || bed.client->state() == LinkState::Refused);
    QCOMPARE(bed.witness->count(LinkState::Gone), 1);
    QCOMPARE(bed.witness->of<StateChanged>().back().name, u"EXITING"_s);
    QVERIFY(bed.server.listen());
    QTRY_COMPARE(bed.client->state(), LinkState::Ready);
    QTRY_COMPARE(bed.witness->snapshots.size(), 2U);
}

void TestManagementClient::stopLeavesForGood()
{
    Bed bed;
    bed.startReady();
    bed.client->stop();
    QCOMPARE(bed.client->state(), LinkState::Stopped);
    QTRY_VERIFY(!bed.server.hasClient());
    bed.client->retryNow();
    QCOMPARE(bed.client->state(), LinkState::Stopped);
    bed.client->start();
    QTRY_COMPARE(bed.client->state(), LinkState::Ready);
    QCOMPARE(bed.server.greetings(), 2);
}

void TestManagementClient::answersArePairedInOrderWithEventsBetween()
{
    Bed bed;
    bed.startReady();
    bed.server.answers["client-kill 1"] = ">BYTECOUNT_CLI:1,2,3\r\n" + connectBlock(9) + "SUCCESS: one\r\n";
    bed.server.answers["version"] = "OpenVPN Version: x\r\n>LOG:1,I,between\r\nManagement Version: 5\r\nEND\r\n";
    bed.server.answers["client-auth"] = "SUCCESS: three\r\n>CLIENT:ADDRESS,9,10.8.0.2,1\r\n";
    bed.send(ManagementCommand::clientKill({1}));
    bed.send(ManagementCommand::version());
    bed.send(ManagementCommand::clientAuth({9}, {1}, {}).value());
    QTRY_COMPARE(bed.answers.size(), 3U);
    QCOMPARE(bed.answers[0].value(), (Answer{u"one"_s, {}}));
    QCOMPARE(bed.answers[1].value(), (Answer{{}, "OpenVPN Version: x\nManagement Version: 5\n"}));
    QCOMPARE(bed.answers[2].value(), (Answer{u"three"_s, {}}));
    QTRY_COMPARE(bed.witness->of<ClientAddress>().size(), 1U);
    QCOMPARE(bed.witness->of<ByteCount>(), (std::vector{ByteCount{{1}, 2, 3}}));
    QCOMPARE(bed.witness->of<LogLine>().size(), 1U);
    QCOMPARE(bed.witness->of<ClientConnected>().size(), 1U);
    QCOMPARE(bed.server.commands().back(), "client-auth 9 1\nEND"_ba);
}

void TestManagementClient::refusalsCarryTheServersWords()
{
    Bed bed;
    bed.startReady();
    bed.server.answers["client-kill 1"] = "ERROR: client-kill command failed\r\n";
    bed.send(ManagementCommand::clientKill({1}));
    QTRY_COMPARE(bed.answers.size(), 1U);
    QCOMPARE(bed.answers[0].error(), (Error{ErrorKind::BackendRefused, u"client-kill command failed"_s, {}}));
    QCOMPARE(bed.client->state(), LinkState::Ready);
}

void TestManagementClient::commandsAreRefusedWithoutALink()
{
    Bed bed;
    bed.start();
    QTRY_COMPARE(bed.client->state(), LinkState::NotThere);
    bed.send(ManagementCommand::pid());
    QCOMPARE(bed.answers.size(), 1U); // at once
    QCOMPARE(bed.answers[0].error().kind, ErrorKind::BackendUnavailable);
    bed.client->send(ManagementCommand::pid()); // without a reply
}

void TestManagementClient::everyReplyIsToldWhenTheLinkIsLost()
{
    Bed bed;
    bed.startReady();
    bed.server.isMute = true;
    for (int cid = 0; cid < 100; ++cid)
        bed.send(ManagementCommand::clientKill({cid}));
    QCOMPARE(bed.client->pending(), 100);
    bed.server.dropClient();
    QTRY_COMPARE(bed.answers.size(), 100U);
    for (const auto &each : bed.answers)
        QCOMPARE(each.error().kind, ErrorKind::BackendUnavailable);
}

void TestManagementClient::replyMaySendAnotherCommand()
{
    Bed bed;
    bed.startReady();
    bed.client->send(ManagementCommand::clientKill({1}),
                     [&](const Expected<Answer> &) { bed.send(ManagementCommand::clientKill({2})); });
    QTRY_COMPARE(bed.answers.size(), 1U);
    QCOMPARE(bed.server.commands().mid(bed.server.commands().size() - 2),
             (QByteArrayList{"client-kill 1", "client-kill 2"}));
}

void TestManagementClient::replyMayStopTheClient()
{
    Bed bed;
    bed.startReady();
    bed.server.answers["client-kill 1"] = "SUCCESS: x\r\n" + connectBlock(9);
    bed.client->send(ManagementCommand::clientKill({1}), [&](const Expected<Answer> &) { bed.client->stop(); });
    bed.send(ManagementCommand::clientKill({2}));
    QTRY_COMPARE(bed.client->state(), LinkState::Stopped);
    QCOMPARE(bed.answers.size(), 1U);
    QCOMPARE(bed.answers[0].error().kind, ErrorKind::BackendUnavailable);
    QVERIFY(bed.witness->of<ClientConnected>().empty());
}

void TestManagementClient::answerThatNobodyAskedForEndsTheLink()
{
    Bed bed;
    bed.startReady();
    bed.server.say("SUCCESS: for somebody else\r\n");
    QTRY_COMPARE(bed.witness->count(LinkState::Gone), 1);
    QTRY_COMPARE(bed.client->state(), LinkState::Ready);
}

void TestManagementClient::statusIsAskedOncePerAnswer()
{
    Bed bed;
    bed.startReady();
    bed.client->requestStatus();
    bed.client->requestStatus();
    QTRY_COMPARE(bed.witness->snapshots.size(), 2U);
    QCOMPARE(bed.server.commands().count("status 3"), 2);
    bed.client->requestStatus();
    QTRY_COMPARE(bed.witness->snapshots.size(), 3U);
    QCOMPARE(bed.witness->said.count(u"ready!"_s), 1);
}

void TestManagementClient::heldAgainBeginsAGeneration()
{
    Bed bed;
    bed.startReady();
    bed.server.connectedSince = 1'795'290'533;
    bed.server.restart();
    QTRY_COMPARE(bed.server.commands().count("hold release"), 1);
    QTRY_COMPARE(bed.client->run().since, Timestamp::fromMilliseconds(1'795'290'533'000));
    QCOMPARE(bed.witness->runs.size(), 2U); // one for RECONNECTING and HOLD together
    QCOMPARE(bed.witness->runs[1], (ServerRun{16220, Timestamp()}));
    QCOMPARE(bed.witness->count(LinkState::Gone), 0);
    bed.server.restart();
    QTRY_COMPARE(bed.witness->runs.size(), 3U);
}

void TestManagementClient::restartWithoutAHoldBeginsAGeneration()
{
    Bed bed;
    bed.startReady();
    bed.server.say(">STATE:1795290593,RECONNECTING,SIGHUP,,,,,\r\n"
                   ">STATE:1795290594,CONNECTED,SUCCESS,10.8.0.1,,,10.99.0.1,1194\r\n");
    QTRY_COMPARE(bed.client->run(), (ServerRun{16220, Timestamp::fromMilliseconds(1'795'290'594'000)}));
    QCOMPARE(bed.witness->runs.size(), 2U);
}

void TestManagementClient::sameRunIsRecognisedAfterALostLink()
{
    Bed bed;
    bed.startReady();
    bed.server.dropClient();
    QTRY_COMPARE(bed.witness->snapshots.size(), 2U);
    QCOMPARE(bed.witness->runs.size(), 1U);
}

void TestManagementClient::otherRunIsRecognisedAfterALostLink_data()
{
    QTest::addColumn<qint64>("pid");
    QTest::addColumn<qint64>("since");
    QTest::newRow("another process") << qint64{16221} << qint64{1795290307};
    QTest::newRow("the process restarted itself") << qint64{16220} << qint64{1795290308};
}

void TestManagementClient::otherRunIsRecognisedAfterALostLink()
{
    QFETCH(const qint64, pid);
    QFETCH(const qint64, since);
    Bed bed;
    bed.startReady();
    bed.server.pid = pid;
    bed.server.connectedSince = since;
    bed.server.dropClient();
    QTRY_COMPARE(bed.witness->runs.size(), 2U);
    QCOMPARE(bed.witness->runs[1], (ServerRun{pid, Timestamp::fromMilliseconds(since * 1000)}));
}

void TestManagementClient::recordedTalkIsToldAsItWas()
{
    QByteArray notifications;
    for (const auto &utterance : readTranscript(u"01_site_to_site.txt"_s)) {
        if (utterance.isServer && utterance.bytes.startsWith('>') && !utterance.bytes.startsWith(">HOLD") &&
            !utterance.bytes.startsWith(">INFO"))
            notifications += utterance.bytes;
    }
    Bed bed(Transport::Tcp);
    bed.startReady();
    for (qsizetype at = 0; at < notifications.size(); at += 1000)
        bed.server.say(notifications.mid(at, 1000));
    const auto addresses = static_cast<std::size_t>(notifications.count(">CLIENT:ADDRESS,"));
    const auto disconnects = static_cast<std::size_t>(notifications.count(">CLIENT:DISCONNECT,"));
    const auto connects = static_cast<std::size_t>(notifications.count(">CLIENT:CONNECT,"));
    bed.server.say(">BYTECOUNT_CLI:999,1,1\r\n");
    QTRY_COMPARE(bed.witness->of<ByteCount>().size(), 1U);
    QCOMPARE(bed.witness->of<ClientAddress>().size(), addresses);
    QCOMPARE(bed.witness->of<ClientConnected>().size(), connects);
    QCOMPARE(bed.witness->of<ClientDisconnected>().size(), disconnects);
    QVERIFY(bed.witness->of<Malformed>().empty());
    QVERIFY(connects > 2);
}

void TestManagementClient::deletingTheClientTellsItsReplies()
{
    Bed bed;
    bed.startReady();
    bed.server.isMute = true;
    bed.send(ManagementCommand::pid());
    bed.client.reset();
    QCOMPARE(bed.answers.size(), 1U);
    QCOMPARE(bed.answers[0].error().kind, ErrorKind::BackendUnavailable);
}

QTEST_GUILESS_MAIN(TestManagementClient)
#include "tst_managementclient.moc"
