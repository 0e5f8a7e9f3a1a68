// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerclient.h"
#include "model/link/zerotier/controllerreply.h"
#include "model/link/zerotier/jsonreading.h"
#include "tests/support/clientbed.h"

#include <QLoggingCategory>
#include <QMutex>
#include <QTcpServer>
#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Manner = HttpAnswer::Manner;

namespace {

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

class TestControllerProbe : public QObject
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
    void whatMayPassIsTriedAgain_data();
    void whatMayPassIsTriedAgain();
    void whatCannotPassIsNotTriedAgain_data();
    void whatCannotPassIsNotTriedAgain();
    void theDelayDoubles();
    void aRefusalIsQuotedWhateverItHolds_data();
    void aRefusalIsQuotedWhateverItHolds();
    void theTokenIsNowhere_data();
    void theTokenIsNowhere();
    void aTokenThatIsNoneIsRefusedUnsent_data();
    void aTokenThatIsNoneIsRefusedUnsent();
};

void TestControllerProbe::aControllerThatIsReadyIsRecognised() // CASES:C5 ZF 4
{
    ScriptedHttp server;
    server.on("GET /status", status()).on("GET /controller", recorded(u"01-status-auth.http"_s, "controller info"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto identity = await(client.probe());
    QVERIFY(identity);
    QCOMPARE(identity->flavour, ControllerFlavour::SelfHosted);
    QVERIFY(identity->node == node(u"4bb8520480"));
    QCOMPARE(identity->version, u"1.14.1"_s);
    QCOMPARE(identity->clock, 1795289867868);
    QCOMPARE(client.requestsSent(), 2);
}

void TestControllerProbe::whatIsNoControllerIsSaidInPlainWords_data()
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
    QTest::newRow("proxy without it") << HttpAnswer::of({}, "502 Bad Gateway") << none << u"backendUnavailable 502 3"_s
                                      << u"does not reach the controller"_s;
    QTest::newRow("no controller in it") << status() << HttpAnswer::notFound() << u"backendMismatch 404 1"_s
                                         << u"built without a network controller"_s;
    QTest::newRow("controller off") << status() << HttpAnswer::of(R"({"controller":false})")
                                    << u"backendMismatch 200 1"_s << u"no network controller"_s;
    QTest::newRow("not ready") << status() << HttpAnswer::of({}, "503 Service Unavailable")
                               << u"backendUnavailable 503 3"_s << u"not ready yet"_s;
    QTest::newRow("loading") << status() << HttpAnswer::of(R"({"controller":true,"databaseReady":false})")
                             << u"backendUnavailable 200 1"_s << u"not ready yet"_s;
}

void TestControllerProbe::whatIsNoControllerIsSaidInPlainWords() // CASES:C2 CASES:C3 CASES:C4 ZF 2, 4
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

void TestControllerProbe::nobodyThereIsUnavailable() // CASES:C1 ZF 13
{
    ScriptedHttp server;
    server.stop();
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto identity = await(client.probe());
    QCOMPARE(verdict(identity), u"backendUnavailable 0 3"_s);
    QVERIFY(identity.error().detail.contains(u"is zerotier-one running there"_s));
    QCOMPARE(client.requestsSent(), 3);
}

void TestControllerProbe::noAnswerInTimeIsUnavailable() // CASES:C1
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

void TestControllerProbe::anAnswerThatDribblesInForeverIsEnded()
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

void TestControllerProbe::anUntrustedConnectionIsUnavailableAtOnce()
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

void TestControllerProbe::whatMayPassIsTriedAgain_data()
{
    QTest::addColumn<HttpAnswer>("first");
    const HttpAnswer good = HttpAnswer::of(networkBody("4bb852048089dc98"));
    QTest::newRow("half a body") << good.in(Manner::Cut);
    QTest::newRow("reset") << good.in(Manner::Reset);
    QTest::newRow("not ready") << HttpAnswer::of({}, "503 Service Unavailable");
    QTest::newRow("gateway") << HttpAnswer::of("<html>", "502 Bad Gateway");
    QTest::newRow("gateway in time") << HttpAnswer::of("<html>", "504 Gateway Timeout");
}

void TestControllerProbe::whatMayPassIsTriedAgain() // CASES:R11 CASES:C11 ZF 13
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

void TestControllerProbe::whatCannotPassIsNotTriedAgain_data()
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

void TestControllerProbe::whatCannotPassIsNotTriedAgain() // CASES:R11 CASES:C10 ZF 13
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

void TestControllerProbe::theDelayDoubles() // CASES:R11
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

void TestControllerProbe::aRefusalIsQuotedWhateverItHolds_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("quoted");
    QTest::newRow("JSON") << QByteArray(R"({"error": 500, "description": "type must be string, but is number"})")
                          << u"type must be string, but is number"_s;
    QTest::newRow("not escaped") << QByteArray(R"({"error": 500, "description": "last read: '"authorized":tru'"})")
                                 << u"last read: '\"authorized\":tru'"_s;
    QTest::newRow("control characters") << QByteArray("{\"description\": \"a\x1b[31m\nb\x07\xff\xe2\x80\xae c\"}")
                                        << u"a [31m b c"_s;
    QTest::newRow("long") << "{\"description\": \"" + QByteArray(5000, 'x') + "\"}" << QString(200, u'x') + u"..."_s;
    QTest::newRow("with the token") << "{\"description\": \"bad token " + kToken + " here\"}"
                                    << u"bad token ... here"_s;
    QTest::newRow("a page") << QByteArray("<html>oops</html>") << QString();
    QTest::newRow("nothing") << QByteArray() << QString();
}

void TestControllerProbe::aRefusalIsQuotedWhateverItHolds() // CASES:C20 ZF 12
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

void TestControllerProbe::theTokenIsNowhere_data()
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

void TestControllerProbe::theTokenIsNowhere() // CASES:C20
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

void TestControllerProbe::aTokenThatIsNoneIsRefusedUnsent_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("blank") << QByteArray(" \n");
    QTest::newRow("a header of its own") << QByteArray("secret\r\nX-Other: 1");
    QTest::newRow("not ASCII") << QByteArray("secr\xc3\xa9t");
}

void TestControllerProbe::aTokenThatIsNoneIsRefusedUnsent() // CASES:C8
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

QTEST_GUILESS_MAIN(TestControllerProbe)
#include "tst_controllerprobe.moc"
