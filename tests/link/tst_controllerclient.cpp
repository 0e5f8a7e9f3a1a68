// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerclient.h"
#include "model/link/zerotier/controllerreply.h"
#include "model/link/zerotier/jsonreading.h"
#include "model/link/zerotier/requestqueue.h"
#include "tests/support/scriptedhttp.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QFutureWatcher>
#include <QLoggingCategory>
#include <QMutex>
#include <QTest>
#include <QTimer>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Manner = HttpAnswer::Manner;

namespace {

const QByteArray kToken = "s3cr3t-t0k3n-0123456789ab";

/// Long where a slow machine could be early, short where something is repeated.
constexpr ControllerTimes kTimes{60s, 120s, 3, 2ms, 60s, 20};

NetworkId nwid(QStringView text = u"4bb852048089dc98")
{
    return *NetworkId::parse(text);
}

NodeId node(QStringView text = u"aabbccddee")
{
    return *NodeId::parse(text);
}

ControllerEndpoint endpointOf(const ScriptedHttp &server, ControllerFlavour flavour = ControllerFlavour::SelfHosted)
{
    return {server.url(), flavour};
}

/// The answer to `future`, which must come.
template <typename T>
Expected<T> await(QFuture<Expected<T>> future)
{
    // Not QTest::qWaitFor(), which looks every ten milliseconds.
    QEventLoop loop;
    QFutureWatcher<Expected<T>> watcher;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(60s, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!future.isFinished())
        loop.exec();
    if (!future.isFinished())
        return fail(ErrorKind::Usage, u"the test waited in vain"_s);
    return future.result();
}

/// "kind status tries", or "ok".
template <typename T>
QString verdict(const Expected<T> &answer)
{
    if (answer)
        return u"ok"_s;
    const QJsonObject &payload = answer.error().payload;
    return u"%1 %2 %3"_s.arg(nameOf(answer.error().kind))
        .arg(payload[u"status"].toInt(-1))
        .arg(payload[u"tries"].toInt(-1));
}

/// How many of the requests begin with `prefix`.
qsizetype countOf(const ScriptedHttp &server, const QByteArray &prefix)
{
    const auto &all = server.requests();
    return std::count_if(all.begin(), all.end(), [&](const HttpRequest &each) { return each.line.startsWith(prefix); });
}

HttpAnswer status()
{
    return recorded(u"01-status-auth.http"_s, "status");
}

QByteArray networkBody(const QByteArray &id, const QByteArray &name = {})
{
    return R"({"id":")" + id + R"(","name":")" + name + R"(","revision":1})";
}

QByteArray memberBody(const QByteArray &id)
{
    return R"({"id":")" + id + R"(","address":")" + id +
           R"(","authorized":true,"ipAssignments":["10.1.1.10"],"noAutoAssignIps":true,"revision":1,"vMajor":-1,)"
           R"("tags":[],"capabilities":[],"creationTime":1795289967591,"objtype":"member","ssoExempt":false,)"
           R"("authenticationExpiryTime":0,"lastAuthorizedCredentialType":"api","lastAuthorizedTime":1795289967591})";
}

/// `count` ids of nodes: "4000000000", "4000000001", ...
QByteArrayList memberIds(int count)
{
    QByteArrayList ids;
    for (int i = 0; i < count; ++i)
        ids += QByteArray::number(0x4000000000LL + i, 16);
    return ids;
}

QByteArray manyMembers(int count)
{
    QByteArrayList members;
    for (const QByteArray &id : memberIds(count))
        members += memberBody(id);
    return R"({"data":[)" + members.join(',') + R"(],"meta":{"totalCount":)" + QByteArray::number(count) + "}}";
}

/// Everything that a program's log would have held while this is there.
class LogWitness
{
public:
    LogWitness()
    {
        s_text.clear();
        QLoggingCategory::setFilterRules(u"*.debug=true"_s);
        m_before = qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &message) {
            const QMutexLocker lock(&s_mutex);
            s_text += message.toUtf8() + '\n';
        });
    }
    ~LogWitness()
    {
        qInstallMessageHandler(m_before);
        QLoggingCategory::setFilterRules({});
    }
    LogWitness(const LogWitness &) = delete;
    LogWitness &operator=(const LogWitness &) = delete;

    [[nodiscard]] static QByteArray text()
    {
        const QMutexLocker lock(&s_mutex);
        return s_text;
    }

private:
    static inline QMutex s_mutex;
    static inline QByteArray s_text;
    QtMessageHandler m_before;
};

} // namespace

class TestControllerClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aControllerThatIsReadyIsRecognised();
    void whatIsNoControllerIsSaidInPlainWords_data();
    void whatIsNoControllerIsSaidInPlainWords();
    void nobodyThereIsUnavailable();
    void noAnswerInTimeIsUnavailable();
    void anAnswerThatDribblesInForeverIsEnded();
    void anUntrustedConnectionIsUnavailableAtOnce();
    void everyRequestClosesItsConnectionAndNamesItsBody();
    void threeHundredRoutesAreSentAsJson();
    void aPathInFrontIsKept();
    void whatMayPassIsTriedAgain_data();
    void whatMayPassIsTriedAgain();
    void whatCannotPassIsNotTriedAgain_data();
    void whatCannotPassIsNotTriedAgain();
    void theDelayDoubles();
    void aRefusalIsQuotedWhateverItHolds_data();
    void aRefusalIsQuotedWhateverItHolds();
    void networksAreListed();
    void aNetworkIsReadAndWritten();
    void anotherNetworkThanAskedForIsAMismatch();
    void aNetworkIsMadeUnderTheIdThatWasChosen();
    void aNetworkThatExistsIsNotMadeAgain();
    void aNetworkOfAnotherControllerIsNotMadeHere();
    void withoutAnIdAFreeOneIsChosen();
    void aLostCreationIsSettledByLooking();
    void aCreationThatWasRefusedIsNotRepeated();
    void aSavedNetworkIsPostedToItsId();
    void aSavedNetworkOfAnotherControllerIsRefused();
    void deletingWhatIsGoneIsNotFound();
    void aDeletionWhoseAnswerWasLostIsOne();
    void membersComeInOneAnswer();
    void withoutTheListEachMemberIsAskedFor_data();
    void withoutTheListEachMemberIsAskedFor();
    void membersOfAnUnknownNetworkAreNotFound();
    void oneMemberThatFailsEndsTheWalk();
    void membersAreAuthorisedInOneRequest();
    void aWriteNeedNotWaitForAWalk();
    void fiveThousandMembersDoNotHoldUpTheEventLoop();
    void peersAreRead();
    void atMostFourAreUnderWay();
    void writesToOneNetworkNeverOverlap();
    void writesToDifferentMembersDo();
    void whoeverWaitsIsAnsweredWhenTheClientIsDestroyed();
    void whoAsksAgainWhileItIsDestroyedIsAnswered();
    void theTokenIsNowhere_data();
    void theTokenIsNowhere();
    void aTokenThatIsNoneIsRefusedUnsent_data();
    void aTokenThatIsNoneIsRefusedUnsent();
    void centralIsAskedInItsOwnWay();
    void centralIsNotMistaken_data();
    void centralIsNotMistaken();
    void centralThatAsksForPatienceIsGivenIt();
    void aCreationAtCentralIsNeverRepeatedUnseen_data();
    void aCreationAtCentralIsNeverRepeatedUnseen();
};

void TestControllerClient::aControllerThatIsReadyIsRecognised() // CASES:C5 ZF 4
{
    ScriptedHttp server;
    server.on("GET /status", status())
        .on("GET /controller", recorded(u"01-status-auth.http"_s, "controller info"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto identity = await(client.probe());
    QVERIFY(identity);
    QCOMPARE(identity->flavour, ControllerFlavour::SelfHosted);
    QVERIFY(identity->node == node(u"4bb8520480"));
    QCOMPARE(identity->version, u"1.14.1"_s);
    QCOMPARE(identity->clock, 1795289867868);
    QCOMPARE(client.requestsSent(), 2);
}

void TestControllerClient::whatIsNoControllerIsSaidInPlainWords_data()
{
    QTest::addColumn<HttpAnswer>("status");
    QTest::addColumn<HttpAnswer>("controller");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QString>("words");
    const HttpAnswer none;
    QTest::newRow("C2 token") << recorded(u"01-status-auth.http"_s, "status bad token") << none
                              << u"backendRefused 401 1"_s << u"allowManagementFrom"_s;
    QTest::newRow("C3 broken") << HttpAnswer::of(R"({"error":500,"description":"out of memory"})",
                                                 "500 Internal Server Error")
                               << none << u"backendRefused 500 1"_s << u"(500): \"out of memory\""_s;
    QTest::newRow("C4 no address") << HttpAnswer::of(R"({"online":true})") << none << u"backendMismatch 200 1"_s
                                   << u"not a ZeroTier controller"_s;
    QTest::newRow("bad address") << HttpAnswer::of(R"({"address":"4bb85"})") << none << u"backendMismatch 200 1"_s
                                 << u"not a ZeroTier controller"_s;
    QTest::newRow("a web page") << HttpAnswer::of("<html>It works!</html>") << none << u"backendMismatch 200 1"_s
                                << u"not a ZeroTier controller"_s;
    QTest::newRow("a list") << HttpAnswer::of("[]") << none << u"backendMismatch 200 1"_s
                            << u"not a ZeroTier controller"_s;
    QTest::newRow("nothing") << HttpAnswer::of({}) << none << u"backendMismatch 200 1"_s
                             << u"not a ZeroTier controller"_s;
    QTest::newRow("no such path") << HttpAnswer::notFound() << none << u"backendMismatch 404 1"_s
                                  << u"not a ZeroTier controller"_s;
    QTest::newRow("no HTTP") << HttpAnswer{"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n\r\n"} << none
                             << u"backendUnavailable 0 3"_s << u"speaks another protocol"_s;
    QTest::newRow("elsewhere") << HttpAnswer::of({}, "301 Moved Permanently", "Location: http://127.0.0.1:1/x\r\n")
                               << none << u"backendMismatch 301 1"_s << u"enter the address that it redirects to"_s;
    QTest::newRow("Central") << HttpAnswer::of(R"({"id":"central_status","apiVersion":"4","user":null})") << none
                             << u"backendMismatch 200 1"_s << u"choose the flavour Central"_s;
    QTest::newRow("proxy without it") << HttpAnswer::of({}, "502 Bad Gateway") << none
                                      << u"backendUnavailable 502 3"_s << u"does not reach the controller"_s;
    QTest::newRow("no controller in it") << status() << HttpAnswer::notFound() << u"backendMismatch 404 1"_s
                                         << u"built without a network controller"_s;
    QTest::newRow("controller off") << status() << HttpAnswer::of(R"({"controller":false})")
                                    << u"backendMismatch 200 1"_s << u"no network controller"_s;
    QTest::newRow("not ready") << status() << HttpAnswer::of({}, "503 Service Unavailable")
                               << u"backendUnavailable 503 3"_s << u"not ready yet"_s;
    QTest::newRow("loading") << status() << HttpAnswer::of(R"({"controller":true,"databaseReady":false})")
                             << u"backendUnavailable 200 1"_s << u"not ready yet"_s;
}

void TestControllerClient::whatIsNoControllerIsSaidInPlainWords() // CASES:C2 CASES:C3 CASES:C4 ZF 2, 4
{
    QFETCH(HttpAnswer, status);
    QFETCH(HttpAnswer, controller);
    QFETCH(QString, words);
    ScriptedHttp server;
    server.on("GET /status", status).on("GET /controller", controller);
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto identity = await(client.probe());
    QTEST(verdict(identity), "verdict");
    QVERIFY2(identity.error().detail.contains(words), qPrintable(identity.error().detail));
    const QString place = server.url().toString() + (controller.bytes.isEmpty() ? u"/status"_s : u"/controller"_s);
    QCOMPARE(identity.error().payload[u"url"].toString(), place);
    QVERIFY(!identity.error().detail.endsWith(u'\n'));
}

void TestControllerClient::nobodyThereIsUnavailable() // CASES:C1 ZF 13
{
    ScriptedHttp server;
    server.stop();
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto identity = await(client.probe());
    QCOMPARE(verdict(identity), u"backendUnavailable 0 3"_s);
    QVERIFY(identity.error().detail.contains(u"is zerotier-one running there"_s));
    QCOMPARE(client.requestsSent(), 3);
}

void TestControllerClient::noAnswerInTimeIsUnavailable() // CASES:C1
{
    ScriptedHttp server;
    server.on("GET /status", status().in(Manner::Never));
    ControllerTimes times = kTimes;
    times.silence = 30ms;
    ControllerClient client(endpointOf(server), kToken, times);
    const auto identity = await(client.probe());
    QCOMPARE(verdict(identity), u"backendUnavailable 0 3"_s);
    QVERIFY(identity.error().detail.contains(u"did not answer in time"_s));
    QCOMPARE(server.lines().size(), 3);
}

void TestControllerClient::anAnswerThatDribblesInForeverIsEnded()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTimer dribble;
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        auto *socket = server.nextPendingConnection();
        socket->write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        connect(&dribble, &QTimer::timeout, socket, [socket] { socket->write(" "); });
    });
    dribble.start(5ms);
    ControllerTimes times = kTimes;
    times.whole = 100ms;
    times.tries = 1;
    ControllerClient client({QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()))}, kToken, times);
    QCOMPARE(verdict(await(client.networks())), u"backendUnavailable 200 1"_s);
}

void TestControllerClient::anUntrustedConnectionIsUnavailableAtOnce()
{
    // A controller speaks plain HTTP: to https it answers what is no TLS.
    ScriptedHttp server;
    QUrl url = server.url();
    url.setScheme(u"https"_s);
    QTcpServer plain;
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    int connections = 0;
    connect(&plain, &QTcpServer::newConnection, &plain, [&] {
        ++connections;
        auto *socket = plain.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            socket->write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            socket->disconnectFromHost();
        });
    });
    url.setPort(plain.serverPort());
    ControllerClient client({url}, kToken, kTimes);
    const auto identity = await(client.probe());
    QCOMPARE(verdict(identity), u"backendUnavailable 0 1"_s);
    QVERIFY2(identity.error().detail.contains(u"plain http"_s), qPrintable(identity.error().detail));
    QCOMPARE(connections, 1);
}

void TestControllerClient::everyRequestClosesItsConnectionAndNamesItsBody() // CASES:R6 ZF 1, 6, 9, 10, 43
{
    ScriptedHttp server;
    server.otherwise = [](const HttpRequest &) { return HttpAnswer::of(networkBody("4bb852048089dc98")); };
    ControllerClient client(endpointOf(server), kToken + '\n', kTimes);
    (void)await(client.network(nwid(u"4BB852048089DC98")));
    (void)await(client.writeNetwork(nwid(), {}));
    (void)await(client.deleteNetwork(nwid()));
    QCOMPARE(server.lines(), (QByteArrayList{"GET /controller/network/4bb852048089dc98",
                                             "POST /controller/network/4bb852048089dc98",
                                             "DELETE /controller/network/4bb852048089dc98"}));
    for (const HttpRequest &request : server.requests()) {
        QCOMPARE(request.header("Connection"), QByteArray("close"));
        QCOMPARE(request.header("X-ZT1-Auth"), kToken);
        QCOMPARE(request.header("Authorization"), QByteArray());
        QCOMPARE(request.header("Cookie"), QByteArray());
        QCOMPARE(request.header("Accept-Encoding"), QByteArray("identity"));
        QCOMPARE(request.header("Upgrade"), QByteArray());
    }
    QCOMPARE(server.requests()[1].body, QByteArray("{}"));
    QCOMPARE(server.requests()[1].header("Content-Type"), QByteArray("application/json"));
    QCOMPARE(server.requests()[1].header("Content-Length"), QByteArray("2"));
}

void TestControllerClient::threeHundredRoutesAreSentAsJson() // CASES:C14 ZF 10
{
    ScriptedHttp server;
    server.otherwise = [](const HttpRequest &) { return HttpAnswer::of(networkBody("4bb852048089dc98")); };
    NetworkEdit edit;
    edit.routes.emplace();
    for (int i = 0; i < 300; ++i)
        edit.routes->push_back({u"10.%1.%2.0/24"_s.arg(i / 256).arg(i % 256), {}});
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QVERIFY(await(client.writeNetwork(nwid(), edit)));
    const HttpRequest &request = server.requests().front();
    QVERIFY(request.body.size() > 8192);
    QCOMPARE(request.header("Content-Type"), QByteArray("application/json"));
    QCOMPARE(readControllerObject(request.body)->value(u"routes"_s).toArray().size(), 300);
}

void TestControllerClient::aPathInFrontIsKept() // ZF 3
{
    ScriptedHttp server;
    server.on("GET /zt/controller/network", HttpAnswer::of("[]"));
    ControllerClient client({*parseControllerUrl(QString(server.url().toString() + u"/zt/"_s))}, kToken, kTimes);
    QVERIFY(await(client.networks())->empty());
}

void TestControllerClient::whatMayPassIsTriedAgain_data()
{
    QTest::addColumn<HttpAnswer>("first");
    const HttpAnswer good = HttpAnswer::of(networkBody("4bb852048089dc98"));
    QTest::newRow("half a body") << good.in(Manner::Cut);
    QTest::newRow("reset") << good.in(Manner::Reset);
    QTest::newRow("not ready") << HttpAnswer::of({}, "503 Service Unavailable");
    QTest::newRow("gateway") << HttpAnswer::of("<html>", "502 Bad Gateway");
    QTest::newRow("gateway in time") << HttpAnswer::of("<html>", "504 Gateway Timeout");
}

void TestControllerClient::whatMayPassIsTriedAgain() // CASES:R11 CASES:C11 ZF 13
{
    QFETCH(HttpAnswer, first);
    const HttpAnswer good = HttpAnswer::of(networkBody("4bb852048089dc98", "core"));
    ScriptedHttp server;
    server.on("GET /controller/network/4bb852048089dc98", first)
        .on("GET /controller/network/4bb852048089dc98", good)
        .on("POST /controller/network/4bb852048089dc98", first)
        .on("POST /controller/network/4bb852048089dc98", good);
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto read = await(client.network(nwid()));
    QCOMPARE(verdict(read), u"ok"_s);
    QCOMPARE(read->name, u"core"_s);
    QCOMPARE(verdict(await(client.writeNetwork(nwid(), {}))), u"ok"_s); // a second time does what one time does
}

void TestControllerClient::whatCannotPassIsNotTriedAgain_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QString>("kind");
    QTest::newRow("400") << QByteArray("400 Bad Request") << u"backendRefused"_s;
    QTest::newRow("401") << QByteArray("401 Unauthorized") << u"backendRefused"_s;
    QTest::newRow("403") << QByteArray("403 Forbidden") << u"backendRefused"_s;
    QTest::newRow("404") << QByteArray("404 Not Found") << u"notFound"_s;
    QTest::newRow("413") << QByteArray("413 Payload Too Large") << u"backendRefused"_s;
    QTest::newRow("500") << QByteArray("500 Internal Server Error") << u"backendRefused"_s;
    QTest::newRow("302") << QByteArray("302 Found") << u"backendMismatch"_s;
}

void TestControllerClient::whatCannotPassIsNotTriedAgain() // CASES:R11 CASES:C10 ZF 13
{
    QFETCH(QByteArray, status);
    QFETCH(QString, kind);
    ScriptedHttp server;
    server.otherwise = [&](const HttpRequest &) {
        return HttpAnswer::of("{}", status, "Location: http://127.0.0.1:1/\r\n");
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const QString expected = u"%1 %2 1"_s.arg(kind, QString::fromLatin1(status.left(3)));
    QCOMPARE(verdict(await(client.member(nwid(), node()))), expected);
    QCOMPARE(verdict(await(client.writeMember(nwid(), node(), {}))), expected);
    QCOMPARE(verdict(await(client.deleteMember(nwid(), node()))), expected);
    QCOMPARE(server.lines().size(), 3);
    QCOMPARE(client.requestsSent(), 3);
}

void TestControllerClient::theDelayDoubles() // CASES:R11
{
    const ControllerRequest request{ControllerRequest::Verb::Get, u"/status"_s, u"its status"_s};
    ControllerTimes times;
    times.tries = 4;
    ControllerReply reply{ControllerFault::Refused};
    std::vector<qint64> delays;
    for (reply.tries = 1; const auto delay = retryDelay(request, reply, times); ++reply.tries)
        delays.push_back(delay->count());
    QCOMPARE(delays, (std::vector<qint64>{250, 500, 1000}));
}

void TestControllerClient::aRefusalIsQuotedWhateverItHolds_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("quoted");
    QTest::newRow("JSON") << QByteArray(R"({"error": 500, "description": "type must be string, but is number"})")
                          << u"type must be string, but is number"_s;
    QTest::newRow("not escaped") << QByteArray(
                                        R"({"error": 500, "description": "last read: '"authorized":tru'"})")
                                 << u"last read: '\"authorized\":tru'"_s;
    QTest::newRow("control characters") << QByteArray("{\"description\": \"a\x1b[31m\nb\x07\xff\xe2\x80\xae c\"}")
                                        << u"a [31m b c"_s;
    QTest::newRow("long") << "{\"description\": \"" + QByteArray(5000, 'x') + "\"}" << QString(200, u'x') + u"..."_s;
    QTest::newRow("with the token") << "{\"description\": \"bad token " + kToken + " here\"}"
                                    << u"bad token ... here"_s;
    QTest::newRow("a page") << QByteArray("<html>oops</html>") << QString();
    QTest::newRow("nothing") << QByteArray() << QString();
}

void TestControllerClient::aRefusalIsQuotedWhateverItHolds() // CASES:C20 ZF 12
{
    QFETCH(QByteArray, body);
    QFETCH(QString, quoted);
    ScriptedHttp server;
    server.otherwise = [&](const HttpRequest &) { return HttpAnswer::of(body, "500 Internal Server Error"); };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto answer = await(client.writeMember(nwid(), node(), {}));
    QCOMPARE(verdict(answer), u"backendRefused 500 1"_s);
    QCOMPARE(answer.error().payload[u"description"].toString(), quoted);
    QCOMPARE(answer.error().detail.contains(u'"' + quoted + u'"'), !quoted.isEmpty());
}

void TestControllerClient::networksAreListed()
{
    ScriptedHttp server;
    server.on("GET /controller/network", recorded(u"02-network-crud.http"_s, "list"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QVERIFY(await(client.networks()) ==
            (std::vector{nwid(u"4bb85204802617a7"), nwid(u"4bb8520480355645"), nwid(u"4bb852048089dc98")}));
}

void TestControllerClient::aNetworkIsReadAndWritten()
{
    ScriptedHttp server;
    server.on("GET /controller/network/4bb852048089dc98", recorded(u"02-network-crud.http"_s, "get"))
        .on("GET /controller/network/4bb8520480ffffff", recorded(u"02-network-crud.http"_s, "get nonexistent"))
        .on("POST /controller/network/4bb852048089dc98", recorded(u"02-network-crud.http"_s, "update name"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(await(client.network(nwid()))->revision, 1);
    NetworkEdit edit;
    edit.name = u"core"_s;
    const auto written = await(client.writeNetwork(nwid(), edit));
    QCOMPARE(written->revision, 2);
    QCOMPARE(written->name, u"core"_s);
    QCOMPARE(server.requests().back().body, QByteArray(R"({"name":"core"})"));
    const auto unknown = await(client.network(nwid(u"4bb8520480ffffff")));
    QCOMPARE(verdict(unknown), u"notFound 404 1"_s);
    QVERIFY(unknown.error().detail.contains(u"network 4bb8520480ffffff"_s));
}

void TestControllerClient::anotherNetworkThanAskedForIsAMismatch()
{
    ScriptedHttp server;
    server.otherwise = [](const HttpRequest &request) {
        return HttpAnswer::of(request.line.contains("member") ? memberBody("1122334455")
                                                              : networkBody("4bb8520480000001"));
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(verdict(await(client.network(nwid()))), u"backendMismatch 200 1"_s);
    QCOMPARE(verdict(await(client.member(nwid(), node()))), u"backendMismatch 200 1"_s);
}

void TestControllerClient::aNetworkIsMadeUnderTheIdThatWasChosen() // ZF 15
{
    ScriptedHttp server;
    server.on("GET /status", status())
        .on("POST /controller/network/4bb8520480abcdef",
            recorded(u"02-network-crud.http"_s, "POST nonexistent id of own prefix (upsert)"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    NetworkEdit edit;
    edit.name = u"chosen id"_s;
    const auto made = await(client.createNetwork(nwid(u"4bb8520480abcdef"), edit));
    QCOMPARE(made->id, nwid(u"4bb8520480abcdef"));
    QCOMPARE(server.lines(), (QByteArrayList{"GET /status", "GET /controller/network/4bb8520480abcdef",
                                             "POST /controller/network/4bb8520480abcdef"}));
    QCOMPARE(server.requests().back().body, QByteArray(R"({"name":"chosen id"})"));
}

void TestControllerClient::aNetworkThatExistsIsNotMadeAgain()
{
    ScriptedHttp server;
    server.on("GET /status", status())
        .on("GET /controller/network/4bb852048089dc98", recorded(u"02-network-crud.http"_s, "get"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(await(client.createNetwork(nwid(), {})).error().kind, ErrorKind::Exists);
    QCOMPARE(countOf(server, "POST"), 0);
}

void TestControllerClient::aNetworkOfAnotherControllerIsNotMadeHere() // CASES:C5 ZF 15
{
    ScriptedHttp server;
    server.on("GET /status", status());
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto made = await(client.createNetwork(nwid(u"deadbeef00000001"), {}));
    QCOMPARE(made.error().kind, ErrorKind::Invalid);
    QCOMPARE(server.lines(), QByteArrayList{"GET /status"});
}

void TestControllerClient::withoutAnIdAFreeOneIsChosen() // ZF 14, 15
{
    ScriptedHttp server;
    int taken = 2;
    server.on("GET /status", status());
    server.otherwise = [&](const HttpRequest &request) {
        const QByteArray id = request.line.right(16);
        if (request.line.startsWith("POST") || taken-- > 0)
            return HttpAnswer::of(networkBody(id, "new"));
        return HttpAnswer::notFound();
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto made = await(client.createNetwork({}, {}));
    QCOMPARE(verdict(made), u"ok"_s);
    QVERIFY(made->id.toString().startsWith(u"4bb8520480"_s));
    const QByteArrayList lines = server.lines();
    QCOMPARE(lines.size(), 5); // the status, three looks at three ids, one POST
    QCOMPARE(lines[4], "POST /controller/network/" + made->id.toString().toLatin1());
    QCOMPARE(lines[3].right(16), lines[4].right(16));
    QVERIFY(lines[1] != lines[2] && lines[2] != lines[3]);
    // A controller that has every id.
    taken = 1000;
    QCOMPARE(await(client.createNetwork({}, {})).error().kind, ErrorKind::Exhausted);
}

void TestControllerClient::aLostCreationIsSettledByLooking() // CASES:C6 ZF 14, 15
{
    const QByteArray id = "4bb8520480abcdef";
    const HttpAnswer made = HttpAnswer::of(networkBody(id, "lab"));
    NetworkEdit edit;
    edit.name = u"lab"_s;
    {
        // It was made, and the answer was lost.
        ScriptedHttp server;
        server.on("GET /status", status())
            .on("GET /controller/network/" + id, HttpAnswer::notFound())
            .on("GET /controller/network/" + id, made)
            .on("POST /controller/network/" + id, made.in(Manner::Cut));
        ControllerClient client(endpointOf(server), kToken, kTimes);
        QCOMPARE(verdict(await(client.createNetwork(nwid(u"4bb8520480abcdef"), edit))), u"ok"_s);
        QCOMPARE(countOf(server, "POST"), 1);
    }
    {
        // It was not.
        ScriptedHttp server;
        server.on("GET /status", status())
            .on("POST /controller/network/" + id, made.in(Manner::Reset))
            .on("POST /controller/network/" + id, made);
        ControllerClient client(endpointOf(server), kToken, kTimes);
        QCOMPARE(verdict(await(client.createNetwork(nwid(u"4bb8520480abcdef"), edit))), u"ok"_s);
        QCOMPARE(countOf(server, "POST"), 2);
        QCOMPARE(countOf(server, "GET /controller"), 2);
    }
    {
        // It never works.
        ScriptedHttp server;
        server.on("GET /status", status()).on("POST /controller/network/" + id, made.in(Manner::Cut));
        ControllerClient client(endpointOf(server), kToken, kTimes);
        QCOMPARE(await(client.createNetwork(nwid(u"4bb8520480abcdef"), edit)).error().kind,
                 ErrorKind::BackendUnavailable);
        QCOMPARE(countOf(server, "POST"), 3);
    }
}

void TestControllerClient::aCreationThatWasRefusedIsNotRepeated() // CASES:C6
{
    ScriptedHttp server;
    server.on("GET /status", status())
        .on("POST /controller/network/4bb8520480abcdef", recorded(u"02-network-crud.http"_s, "bad JSON body"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto made = await(client.createNetwork(nwid(u"4bb8520480abcdef"), {}));
    QCOMPARE(verdict(made), u"backendRefused 500 1"_s);
    QCOMPARE(countOf(server, "POST"), 1);
}

void TestControllerClient::aSavedNetworkIsPostedToItsId() // CASES:M12 CASES:R10 ZF 51
{
    ScriptedHttp server;
    server.on("GET /status", status())
        .on("POST /controller/network/4bb8520480697d3c",
            recorded(u"13-recovery.http"_s, "re-create under the same id"))
        .on("POST /controller/network/4bb8520480697d3c/member/aabbccddee", HttpAnswer::of(memberBody("aabbccddee")));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const QJsonObject raw{{u"id"_s, u"4bb8520480697d3c"_s}, {u"revision"_s, 7}, {u"name"_s, u"restored"_s}};
    QCOMPARE(await(client.restoreNetwork(nwid(u"4bb8520480697d3c"), raw))->name, u"restored"_s);
    QCOMPARE(server.requests().back().body, QByteArray(R"({"name":"restored"})"));
    const QJsonObject member{{u"id"_s, u"aabbccddee"_s}, {u"authorized"_s, true}, {u"vMajor"_s, 1}};
    QVERIFY(await(client.restoreMember(nwid(u"4bb8520480697d3c"), node(), member)));
    QCOMPARE(server.requests().back().body, QByteArray(R"({"authorized":true})"));
}

void TestControllerClient::aSavedNetworkOfAnotherControllerIsRefused() // ZF 15
{
    ScriptedHttp server;
    server.on("GET /status", status());
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(await(client.restoreNetwork(nwid(u"deadbeef00000001"), {})).error().kind, ErrorKind::Invalid);
    QCOMPARE(server.lines(), QByteArrayList{"GET /status"});
}

void TestControllerClient::deletingWhatIsGoneIsNotFound() // CASES:C13 ZF 22
{
    ScriptedHttp server;
    server.on("DELETE /controller/network/4bb8520480abcdef", recorded(u"02-network-crud.http"_s, "DELETE"))
        .on("DELETE /controller/network/4bb8520480abcdef", recorded(u"02-network-crud.http"_s, "DELETE again"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(verdict(await(client.deleteNetwork(nwid(u"4bb8520480abcdef")))), u"ok"_s);
    QCOMPARE(verdict(await(client.deleteNetwork(nwid(u"4bb8520480abcdef")))), u"notFound 404 1"_s);
    QCOMPARE(verdict(await(client.deleteMember(nwid(), node()))), u"notFound 404 1"_s);
}

void TestControllerClient::aDeletionWhoseAnswerWasLostIsOne() // ZF 13, 22
{
    for (const Manner manner : {Manner::Lost, Manner::Reset, Manner::Cut}) {
        ScriptedHttp server;
        server.on("DELETE /controller/network/4bb852048089dc98", HttpAnswer::of("{\"a\":1}").in(manner))
            .on("DELETE /controller/network/4bb852048089dc98", HttpAnswer::notFound());
        ControllerClient client(endpointOf(server), kToken, kTimes);
        QCOMPARE(verdict(await(client.deleteNetwork(nwid()))), u"ok"_s);
    }
}

void TestControllerClient::membersComeInOneAnswer() // ZF 44
{
    ScriptedHttp server;
    server.on("GET /unstable/controller/network/4bb852048057b5c8/member",
              recorded(u"05-members.http"_s, "member list (unstable)"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto members = await(client.members(nwid(u"4bb852048057b5c8")));
    QCOMPARE(members->size(), std::size_t(1));
    QCOMPARE(members->front().node, node());
    QCOMPARE(client.requestsSent(), 1);
}

void TestControllerClient::withoutTheListEachMemberIsAskedFor_data()
{
    QTest::addColumn<QByteArray>("list");
    QTest::addColumn<int>("found");
    QByteArrayList object;
    QByteArrayList array;
    for (const QByteArray &id : memberIds(100)) {
        object += '"' + id + "\":1";
        array += "{\"" + id + "\":1}";
    }
    QTest::newRow("1.14: an object") << '{' + object.join(',') + '}' << 100;
    QTest::newRow("1.12: a list") << '[' + array.join(',') + ']' << 100;
    QTest::newRow("one was deleted meanwhile") << QByteArray(R"({"4000000000":1,"5000000000":1})") << 1;
    QTest::newRow("none") << QByteArray("{}") << 0;
}

void TestControllerClient::withoutTheListEachMemberIsAskedFor() // CASES:C18 CASES:C19 ZF 44
{
    QFETCH(QByteArray, list);
    QFETCH(int, found);
    ScriptedHttp server;
    server.on("GET /controller/network/4bb852048089dc98/member", HttpAnswer::of(list));
    server.otherwise = [](const HttpRequest &request) {
        const QByteArray id = request.line.right(10);
        return id.startsWith("40") ? HttpAnswer::of(memberBody(id)) : HttpAnswer::notFound();
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto members = await(client.members(nwid()));
    QCOMPARE(verdict(members), u"ok"_s);
    QByteArrayList ids;
    for (const MemberRecord &member : *members)
        ids += member.node.toString().toLatin1();
    QCOMPARE(ids, memberIds(found));
    QVERIFY(server.mostAtOnce() <= 4);
    QCOMPARE(await(client.memberRevisions(nwid()))->contains(node(u"4000000000")), found > 0);
}

void TestControllerClient::membersOfAnUnknownNetworkAreNotFound()
{
    ScriptedHttp server;
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(verdict(await(client.members(nwid()))), u"notFound 404 1"_s);
    QCOMPARE(verdict(await(client.memberRevisions(nwid()))), u"notFound 404 1"_s);
    QCOMPARE(server.lines().size(), 3);
}

void TestControllerClient::oneMemberThatFailsEndsTheWalk()
{
    QByteArrayList list;
    for (const QByteArray &id : memberIds(200))
        list += '"' + id + "\":1";
    ScriptedHttp server;
    server.on("GET /controller/network/4bb852048089dc98/member", HttpAnswer::of('{' + list.join(',') + '}'));
    server.otherwise = [](const HttpRequest &request) {
        return request.line.startsWith("GET /unstable") ? HttpAnswer::notFound()
                                                        : HttpAnswer::of("{}", "500 Internal Server Error");
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(verdict(await(client.members(nwid()))), u"backendRefused 500 1"_s);
    QTRY_COMPARE(client.underWay(), 0);
    QVERIFY(server.lines().size() <= 6);
}

void TestControllerClient::membersAreAuthorisedInOneRequest() // CASES:D1 CASES:D13 CASES:D11
{
    ScriptedHttp server;
    server.on("POST /controller/network/4bb852048057b5c8/member/aabbccddee",
              recorded(u"05-members.http"_s, "authorise a member that never joined, with a static IP"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    MemberEdit edit;
    edit.isAuthorized = true;
    edit.hasNoAutoAssign = true;
    edit.addresses = std::vector{*Address::parse(u"10.1.1.10")};
    const auto member = await(client.writeMember(nwid(u"4bb852048057b5c8"), node(u"AABBCCDDEE"), edit));
    QVERIFY(member->isAuthorized);
    QCOMPARE(client.requestsSent(), 1);
    QCOMPARE(server.requests().front().body,
             QByteArray(R"({"authorized":true,"ipAssignments":["10.1.1.10"],"noAutoAssignIps":true})"));
}

void TestControllerClient::aWriteNeedNotWaitForAWalk() // CASES:D13
{
    QByteArrayList list;
    for (const QByteArray &id : memberIds(3000))
        list += '"' + id + "\":1";
    ScriptedHttp server;
    server.on("GET /controller/network/4bb852048089dc98/member", HttpAnswer::of('{' + list.join(',') + '}'));
    server.otherwise = [](const HttpRequest &request) {
        const QByteArray id = request.line.right(10);
        if (request.line.startsWith("GET /unstable"))
            return HttpAnswer::notFound();
        return HttpAnswer::of(memberBody(id)).in(id == "4000000000" ? Manner::Held : Manner::Whole);
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto members = client.members(nwid());
    QTRY_COMPARE(server.held(), qsizetype(1));
    const auto before = server.lines().size();
    QVERIFY(await(client.writeMember(nwid(), node(), {})));
    const auto at = server.lines().indexOf("POST /controller/network/4bb852048089dc98/member/aabbccddee");
    QVERIFY2(at - before < 8, qPrintable(QString::number(at - before)));
    QVERIFY(!members.isFinished());
}

void TestControllerClient::fiveThousandMembersDoNotHoldUpTheEventLoop() // CASES:C19 CASES:D13
{
    ScriptedHttp server;
    server.on("GET /unstable/controller/network/4bb852048089dc98/member", HttpAnswer::of(manyMembers(5000)));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QElapsedTimer whole;
    whole.start();
    QElapsedTimer since;
    qint64 longest = 0;
    QTimer ticks;
    connect(&ticks, &QTimer::timeout, this, [&] { longest = std::max(longest, since.restart()); });
    since.start();
    ticks.start(1ms);
    const auto members = await(client.members(nwid()));
    ticks.stop();
    QCOMPARE(members->size(), std::size_t(5000));
    QCOMPARE(members->at(4999).node.toString().toLatin1(), memberIds(5000).last());
    // The time is a bench's; here, only that the loop turned while the answer was read.
    qInfo("5000 members in %lld ms, the event loop was away for %lld ms at most", whole.elapsed(), longest);
}

void TestControllerClient::peersAreRead() // ZF 39
{
    ScriptedHttp server;
    server.on("GET /peer", recorded(u"09-real-member.http"_s, "controller: peers (is the member online?)"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(await(client.peers())->at(2).physicalAddress, u"198.51.100.2/29995"_s);
}

void TestControllerClient::atMostFourAreUnderWay() // CASES:C19 CASES:R6 ZF 7
{
    ScriptedHttp server;
    int held = 4;
    server.otherwise = [&](const HttpRequest &request) {
        return HttpAnswer::of(memberBody(request.line.right(10))).in(held-- > 0 ? Manner::Held : Manner::Whole);
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    std::vector<QFuture<Expected<MemberRecord>>> answers;
    for (const QByteArray &id : memberIds(200))
        answers.push_back(client.member(nwid(), node(QString::fromLatin1(id))));
    QTRY_COMPARE(server.held(), qsizetype(4));
    QTest::qWait(20); // a fifth one would be here
    QCOMPARE(server.requests().size(), std::size_t(4));
    QCOMPARE(client.underWay(), 4);
    QCOMPARE(client.requestsSent(), 4);
    server.release();
    for (const auto &answer : answers)
        QCOMPARE(verdict(await(answer)), u"ok"_s);
    QCOMPARE(server.mostAtOnce(), 4);
    QByteArrayList asked;
    for (const QByteArray &line : server.lines())
        asked += line.right(10);
    std::sort(asked.begin(), asked.end()); // four connections may overtake each other
    QCOMPARE(asked, memberIds(200));
}

void TestControllerClient::writesToOneNetworkNeverOverlap() // CASES:R6 CASES:M11 ZF 35
{
    ScriptedHttp server;
    server.otherwise = [](const HttpRequest &) {
        return HttpAnswer::of(networkBody("4bb852048089dc98")).in(Manner::Held);
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    std::vector<QFuture<Expected<NetworkRecord>>> writes;
    for (int i = 0; i < 10; ++i) {
        NetworkEdit edit;
        edit.name = QString::number(i);
        writes.push_back(client.writeNetwork(nwid(), edit));
    }
    for (std::size_t i = 0; i < writes.size(); ++i) {
        QTRY_COMPARE(server.requests().size(), i + 1);
        QTest::qWait(0);
        QCOMPARE(server.held(), qsizetype(1));
        QCOMPARE(server.requests().back().body, "{\"name\":\"" + QByteArray::number(int(i)) + "\"}");
        server.release(1);
        QVERIFY(await(writes[i]));
    }
    QCOMPARE(server.mostAtOnce(), 1);
}

void TestControllerClient::writesToDifferentMembersDo() // ZF 36
{
    ScriptedHttp server;
    server.otherwise = [](const HttpRequest &request) {
        return HttpAnswer::of(memberBody(request.line.right(10))).in(Manner::Held);
    };
    ControllerClient client(endpointOf(server), kToken, kTimes);
    std::vector<QFuture<Expected<MemberRecord>>> writes;
    for (int round = 0; round < 2; ++round) {
        for (const QByteArray &id : memberIds(6))
            writes.push_back(client.writeMember(nwid(), node(QString::fromLatin1(id)), {}));
    }
    for (int answered = 0; answered < 12; ++answered) {
        QTRY_COMPARE(server.held(), qsizetype(std::min(4, 12 - answered)));
        server.release(1);
    }
    for (const auto &write : writes)
        QVERIFY(await(write));
    QCOMPARE(server.mostAtOnce(), 4);
}

void TestControllerClient::whoeverWaitsIsAnsweredWhenTheClientIsDestroyed() // CASES:R12
{
    ScriptedHttp server;
    server.on("GET /status", status());
    server.on("GET /unstable/controller/network/4bb852048089dc98/member", HttpAnswer::notFound());
    server.otherwise = [](const HttpRequest &) { return HttpAnswer::of("{}").in(Manner::Held); };
    auto client = std::make_unique<ControllerClient>(endpointOf(server), kToken, kTimes);
    std::vector<QFuture<Expected<MemberRecord>>> members;
    std::vector<QFuture<Expected<NetworkRecord>>> networks;
    const auto walk = client->members(nwid());
    QTRY_COMPARE(server.held(), qsizetype(1)); // it walks, and waits for the list
    for (int i = 0; i < 50; ++i) {
        members.push_back(client->member(nwid(), node()));
        members.push_back(client->writeMember(nwid(), node(), {}));
        networks.push_back(client->writeNetwork(nwid(), {}));
        networks.push_back(client->createNetwork(nwid(u"4bb8520480abcdef"), {}));
        networks.push_back(client->restoreNetwork(nwid(), {}));
    }
    const auto deletion = client->deleteNetwork(nwid());
    QTRY_COMPARE(server.held(), qsizetype(4));
    client.reset();
    // At once: not even the event loop has turned.
    QVERIFY(walk.isFinished() && deletion.isFinished());
    for (const auto &member : members) {
        QVERIFY(member.isFinished());
        QCOMPARE(member.result().error().kind, ErrorKind::BackendUnavailable);
    }
    for (const auto &network : networks) {
        QVERIFY(network.isFinished());
        QCOMPARE(network.result().error().kind, ErrorKind::BackendUnavailable);
    }
    server.release();
    QTest::qWait(0);
    // Between two tries, too.
    ScriptedHttp nobody;
    nobody.stop();
    ControllerTimes times = kTimes;
    times.retryFirst = 1h;
    client = std::make_unique<ControllerClient>(endpointOf(nobody), kToken, times);
    const auto waiting = client->networks();
    QTRY_VERIFY(client->requestsSent() == 1 && client->underWay() == 0);
    client.reset();
    QVERIFY(waiting.isFinished());
    // And while an answer is being parsed.
    ScriptedHttp large;
    large.otherwise = [](const HttpRequest &) { return HttpAnswer::of(manyMembers(2000)); };
    client = std::make_unique<ControllerClient>(endpointOf(large), kToken, kTimes);
    const auto all = client->members(nwid());
    QTRY_VERIFY(client->requestsSent() == 1 && client->underWay() == 0);
    client.reset();
    QTRY_VERIFY(all.isFinished());
}

void TestControllerClient::whoAsksAgainWhileItIsDestroyedIsAnswered()
{
    ScriptedHttp server;
    server.otherwise = [](const HttpRequest &) { return HttpAnswer::of("[]").in(Manner::Held); };
    auto *client = new ControllerClient(endpointOf(server), kToken, kTimes);
    std::vector<QFuture<Expected<NetworkRecord>>> again;
    for (int i = 0; i < 8; ++i) {
        (void)client->networks().then(QtFuture::Launch::Sync, [&](const Expected<std::vector<NetworkId>> &) {
            again.push_back(client->writeNetwork(nwid(), {}));
            again.push_back(client->createNetwork({}, {}));
            again.push_back(client->network(nwid()));
        });
    }
    QTRY_COMPARE(server.held(), qsizetype(4));
    delete client;
    QCOMPARE(again.size(), std::size_t(24));
    for (const auto &answer : again) {
        QVERIFY(answer.isFinished());
        QCOMPARE(answer.result().error().kind, ErrorKind::BackendUnavailable);
    }
}

void TestControllerClient::theTokenIsNowhere_data()
{
    QTest::addColumn<HttpAnswer>("answer");
    QTest::newRow("ok") << HttpAnswer::of("[]");
    QTest::newRow("401") << recorded(u"01-status-auth.http"_s, "status bad token");
    QTest::newRow("404") << HttpAnswer::notFound();
    QTest::newRow("500 that repeats it") << HttpAnswer::of("{\"description\": \"no " + kToken + "\"}", "500 Error");
    QTest::newRow("a redirect that repeats it")
        << HttpAnswer::of({}, "302 Found", "Location: http://127.0.0.1:1/?auth=" + kToken + "\r\n");
    QTest::newRow("no JSON, but it") << HttpAnswer::of(kToken);
    QTest::newRow("half of it") << HttpAnswer::of(kToken).in(Manner::Cut);
    QTest::newRow("lost") << HttpAnswer::of(kToken).in(Manner::Lost);
    QTest::newRow("no HTTP") << HttpAnswer{kToken + "\r\n\r\n"};
}

void TestControllerClient::theTokenIsNowhere() // CASES:C20
{
    QFETCH(HttpAnswer, answer);
    const LogWitness log;
    for (const auto flavour : {ControllerFlavour::SelfHosted, ControllerFlavour::Central}) {
        ScriptedHttp server;
        server.otherwise = [&](const HttpRequest &) { return answer; };
        ControllerClient client(endpointOf(server, flavour), kToken, kTimes);
        QByteArray said;
        const auto take = [&said](const auto &result) {
            if (!result)
                said += result.error().detail.toUtf8() + compactJson(result.error().payload);
        };
        take(await(client.probe()));
        take(await(client.networks()));
        take(await(client.network(nwid())));
        take(await(client.writeMember(nwid(), node(), {})));
        take(await(client.deleteMember(nwid(), node())));
        take(await(client.members(nwid())));
        QVERIFY(!said.isEmpty() && !said.contains(kToken));
        for (const HttpRequest &request : server.requests())
            QVERIFY(!request.line.contains(kToken) && request.headers.contains(kToken));
    }
    QVERIFY(!log.text().contains(kToken));
}

void TestControllerClient::aTokenThatIsNoneIsRefusedUnsent_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("blank") << QByteArray(" \n");
    QTest::newRow("a header of its own") << QByteArray("secret\r\nX-Other: 1");
    QTest::newRow("not ASCII") << QByteArray("secr\xc3\xa9t");
}

void TestControllerClient::aTokenThatIsNoneIsRefusedUnsent() // CASES:C8
{
    QFETCH(QByteArray, token);
    ScriptedHttp server;
    ControllerClient client(endpointOf(server), token, kTimes);
    const auto check = [&](const auto &answer) {
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::Invalid);
        QVERIFY(!answer.error().detail.contains(u"secr"_s));
    };
    check(await(client.probe()));
    check(await(client.networks()));
    check(await(client.createNetwork({}, {})));
    check(await(client.writeNetwork(nwid(), {})));
    check(await(client.restoreNetwork(nwid(), {})));
    check(await(client.deleteNetwork(nwid())));
    check(await(client.members(nwid())));
    QCOMPARE(server.requests().size(), std::size_t(0));
}

void TestControllerClient::centralIsAskedInItsOwnWay() // CASES:R13 ZF 54-57
{
    ScriptedHttp server;
    server.on("GET /api/v1/status",
              HttpAnswer::of(R"({"id":"central_status","version":"1.0","clock":7,"user":{"id":"u"}})"))
        .on("GET /api/v1/network",
            HttpAnswer::of(R"([{"id":"8056c2e21c000001","config":{}},{"id":"8056c2e21c000002","config":{}}])"))
        .on("POST /api/v1/network/8056c2e21c000001",
            HttpAnswer::of(R"({"id":"8056c2e21c000001","config":{"name":"lab"}})"))
        .on("GET /api/v1/network/8056c2e21c000001/member",
            HttpAnswer::of(R"([{"nodeId":"aabbccddee","config":{"authorized":true,"revision":9}}])"))
        .on("POST /api/v1/network/8056c2e21c000001/member/aabbccddee",
            HttpAnswer::of(R"({"nodeId":"aabbccddee","config":{"authorized":true}})"))
        .on("DELETE /api/v1/network/8056c2e21c000001", HttpAnswer::of({}));
    ControllerClient client({*parseControllerUrl(QString(server.url().toString() + u"/api/v1"_s)),
                             ControllerFlavour::Central},
                            kToken, kTimes);
    const NetworkId id = nwid(u"8056c2e21c000001");
    const auto identity = await(client.probe());
    QCOMPARE(identity->flavour, ControllerFlavour::Central);
    QVERIFY(!identity->node);
    QCOMPARE(await(client.networks())->size(), std::size_t(2));
    NetworkEdit network;
    network.name = u"lab"_s;
    QCOMPARE(await(client.writeNetwork(id, network))->name, u"lab"_s);
    QCOMPARE(server.requests().back().body, QByteArray(R"({"config":{"name":"lab"}})"));
    QVERIFY(await(client.members(id))->front().isAuthorized);
    QVERIFY(*await(client.memberRevisions(id)) == (std::map<NodeId, qint64>{{node(), 9}}));
    MemberEdit member;
    member.isAuthorized = true;
    QVERIFY(await(client.writeMember(id, node(), member)));
    QCOMPARE(server.requests().back().body, QByteArray(R"({"config":{"authorized":true}})"));
    QVERIFY(await(client.deleteNetwork(id)));
    QVERIFY(await(client.peers())->empty());
    QCOMPARE(await(client.createNetwork(id, {})).error().kind, ErrorKind::Unsupported);
    for (const HttpRequest &request : server.requests()) {
        QCOMPARE(request.header("Authorization"), "token " + kToken);
        QCOMPARE(request.header("X-ZT1-Auth"), QByteArray());
    }
}

void TestControllerClient::centralIsNotMistaken_data()
{
    QTest::addColumn<HttpAnswer>("status");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QString>("words");
    QTest::newRow("self-hosted") << status() << u"backendMismatch 200 1"_s << u"choose the flavour self-hosted"_s;
    QTest::newRow("something else") << HttpAnswer::of("{}") << u"backendMismatch 200 1"_s
                                    << u"that is not ZeroTier Central"_s;
    QTest::newRow("no user") << HttpAnswer::of(R"({"id":"central_status","user":null})") << u"backendRefused 200 1"_s
                             << u"does not know the token"_s;
    QTest::newRow("401") << HttpAnswer::of("{}", "401 Unauthorized") << u"backendRefused 401 1"_s
                         << u"self-hosted controller answers the same"_s;
    QTest::newRow("403") << HttpAnswer::of(R"({"type":"external","message":"not yours"})", "403 Forbidden")
                         << u"backendRefused 403 1"_s << u"(403): \"not yours\""_s;
}

void TestControllerClient::centralIsNotMistaken() // CASES:R13 ZF 54, 55
{
    QFETCH(HttpAnswer, status);
    QFETCH(QString, words);
    ScriptedHttp server;
    server.on("GET /status", status);
    ControllerClient client(endpointOf(server, ControllerFlavour::Central), kToken, kTimes);
    const auto identity = await(client.probe());
    QTEST(verdict(identity), "verdict");
    QVERIFY2(identity.error().detail.contains(words), qPrintable(identity.error().detail));
}

void TestControllerClient::centralThatAsksForPatienceIsGivenIt() // ZF 54
{
    const ControllerRequest request{ControllerRequest::Verb::Get, u"/network"_s, u"its networks"_s};
    ControllerReply reply;
    reply.status = 429;
    reply.retryAfter = 7s;
    QCOMPARE(retryDelay(request, reply, ControllerTimes{}), std::optional<std::chrono::milliseconds>(7s));
    reply.retryAfter = 1h;
    QCOMPARE(retryDelay(request, reply, ControllerTimes{}), std::nullopt);

    ScriptedHttp server;
    server.on("GET /network", HttpAnswer::of({}, "429 Too Many Requests", "Retry-After: 0\r\n"))
        .on("GET /network", HttpAnswer::of("[]"));
    ControllerClient client(endpointOf(server, ControllerFlavour::Central), kToken, kTimes);
    QVERIFY(await(client.networks()));
    QCOMPARE(server.lines().size(), 2);
    ScriptedHttp busy;
    busy.on("GET /network", HttpAnswer::of({}, "429 Too Many Requests", "Retry-After: 3600\r\n"));
    ControllerClient other(endpointOf(busy, ControllerFlavour::Central), kToken, kTimes);
    QCOMPARE(verdict(await(other.networks())), u"backendUnavailable 429 1"_s);
}

void TestControllerClient::aCreationAtCentralIsNeverRepeatedUnseen_data()
{
    QTest::addColumn<Manner>("manner");
    QTest::addColumn<bool>("wasMade");
    QTest::newRow("lost, made") << Manner::Lost << true;
    QTest::newRow("lost, not made") << Manner::Lost << false;
    QTest::newRow("reset, made") << Manner::Reset << true;
    QTest::newRow("cut, made") << Manner::Cut << true;
}

void TestControllerClient::aCreationAtCentralIsNeverRepeatedUnseen() // ZF 14, 57
{
    QFETCH(Manner, manner);
    QFETCH(bool, wasMade);
    const HttpAnswer made = HttpAnswer::of(R"({"id":"8056c2e21c000003","config":{"name":"lab"}})");
    const QByteArray before = R"({"id":"8056c2e21c000001","config":{"name":"lab"}})";
    const QByteArray foreign = R"(,{"id":"8056c2e21c000002","config":{"name":"other"}})";
    ScriptedHttp server;
    server.on("GET /network", HttpAnswer::of('[' + before + ']'))
        .on("GET /network", HttpAnswer::of('[' + before + foreign +
                                           (wasMade ? R"(,{"id":"8056c2e21c000003","config":{"name":"lab"}})" : "") +
                                           ']'))
        .on("GET /network/8056c2e21c000002", HttpAnswer::of(R"({"id":"8056c2e21c000002","config":{"name":"other"}})"))
        .on("GET /network/8056c2e21c000003", made)
        .on("POST /network", made.in(manner))
        .on("POST /network", made);
    ControllerClient client(endpointOf(server, ControllerFlavour::Central), kToken, kTimes);
    NetworkEdit edit;
    edit.name = u"lab"_s;
    const auto answer = await(client.createNetwork({}, edit));
    QCOMPARE(verdict(answer), u"ok"_s);
    QCOMPARE(answer->id, nwid(u"8056c2e21c000003"));
    QCOMPARE(countOf(server, "POST"), wasMade ? 1 : 2);
    for (const HttpRequest &request : server.requests()) {
        if (request.line == "POST /network")
            QCOMPARE(request.body, QByteArray(R"({"config":{"name":"lab"}})"));
    }
}

QTEST_GUILESS_MAIN(TestControllerClient)
#include "tst_controllerclient.moc"
