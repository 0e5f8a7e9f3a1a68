// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/httpmessage.h"
#include "tests/support/controllerbed.h"

#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

ControllerOptions patient()
{
    ControllerOptions options;
    options.keepAliveTimeout = 30s;
    options.readTimeout = 30s;
    return options;
}

} // namespace

class TestControllerHttp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFifthAnswerEndsTheConnection();
    void aConnectionThatIsKeptIsSlow();
    void aClientMayAskForTheEnd();
    void sevenIdleConnectionsLeaveAPlace();
    void eightIdleConnectionsStarveTheNinth_data();
    void eightIdleConnectionsStarveTheNinth();
    void aConnectionThatEndsWhileItWaitsTakesNoPlace();
    void aPostWithoutALengthWaitsForTheTimeout();
    void aBodyThatDoesNotComeIsRefused();
    void whatIsNoHttpIsRefused();
    void aFormOfMoreThan8192BytesIsRefused_data();
    void aFormOfMoreThan8192BytesIsRefused();
    void requestsMayComeTogetherOrInPieces();
    void headHasNoBody();
    void aManagerOfTheMainThreadIsAnswered();
    void anotherServerOnThePortIsAnError();
};

void TestControllerHttp::theFifthAnswerEndsTheConnection() // ZF 5
{
    ControllerBed bed(patient());
    const QByteArray request = rawRequest("GET", "/health", bed.controller.token());
    RawHttp client(bed.controller.port());
    for (int i = 1; i <= 4; ++i) {
        const auto reply = client.ask(request);
        QVERIFY(reply);
        QCOMPARE(reply->headers.last(), "Keep-Alive: timeout=5, max=5");
        QVERIFY(reply->header("Connection").isEmpty());
    }
    const auto fifth = client.ask(request);
    QVERIFY(fifth);
    QCOMPARE(fifth->headers.first(), "Connection: close");
    QVERIFY(fifth->header("Keep-Alive").isEmpty());
    QVERIFY(!client.ask(request));
    QCOMPARE(bed.controller.requests().size(), std::size_t(5));
}

void TestControllerHttp::aConnectionThatIsKeptIsSlow() // ZF 5: 42 ms for the second, the third and the fourth
{
    ControllerBed bed(patient());
    const QByteArray request = rawRequest("GET", "/health", bed.controller.token());
    RawHttp client(bed.controller.port());
    QElapsedTimer clock;
    clock.start();
    for (int i = 1; i <= 4; ++i)
        QVERIFY(client.ask(request));
    qInfo("four requests on one connection: %lld ms", clock.elapsed());
    QVERIFY(clock.elapsed() >= 3 * 30); // it can only be slower than that on a busy machine, never quicker
}

void TestControllerHttp::aClientMayAskForTheEnd() // ZF 6
{
    ControllerBed bed(patient());
    RawHttp client(bed.controller.port());
    const auto reply = client.ask(bed.bytes("GET", "/health"));
    QVERIFY(reply);
    QCOMPARE(reply->headers,
             (QByteArrayList{"Connection: close", reply->headers[1], "Content-Type: application/json"}));
    QVERIFY(client.isOver());
    QTRY_COMPARE(bed.controller.connections(), std::size_t(0));
}

void TestControllerHttp::sevenIdleConnectionsLeaveAPlace() // ZF 8
{
    ControllerBed bed(patient());
    std::vector<std::unique_ptr<RawHttp>> idle;
    for (int i = 0; i < 7; ++i)
        idle.push_back(std::make_unique<RawHttp>(bed.controller.port()));
    QTRY_COMPARE(bed.controller.connections(), std::size_t(7));
    QCOMPARE(bed.ask("GET", "/health").status(), 200);
}

void TestControllerHttp::eightIdleConnectionsStarveTheNinth_data()
{
    QTest::addColumn<bool>("hasSpoken");
    QTest::newRow("that never sent a byte") << false;
    QTest::newRow("that were answered once") << true;
}

void TestControllerHttp::eightIdleConnectionsStarveTheNinth() // ZF 8
{
    QFETCH(const bool, hasSpoken);
    ControllerOptions options = patient();
    ControllerBed bed(options);
    std::vector<std::unique_ptr<RawHttp>> idle;
    for (int i = 0; i < 8; ++i) {
        idle.push_back(std::make_unique<RawHttp>(bed.controller.port()));
        if (hasSpoken)
            QVERIFY(idle.back()->ask(rawRequest("GET", "/health", bed.controller.token())));
    }
    QTRY_COMPARE(bed.controller.connections(), std::size_t(8));
    const auto asked = bed.controller.requests().size();
    RawHttp ninth(bed.controller.port());
    ninth.send(bed.bytes("GET", "/health"));
    QTRY_COMPARE(bed.controller.connections(), std::size_t(9));
    QVERIFY(!ninth.socket.waitForReadyRead(300));
    QCOMPARE(bed.controller.requests().size(), asked);
    idle.pop_back(); // one goes away by itself; the others keep their places
    const auto reply = ninth.read();
    QVERIFY(reply);
    QCOMPARE(reply->status(), 200);
}

void TestControllerHttp::aConnectionThatEndsWhileItWaitsTakesNoPlace()
{
    ControllerOptions options = patient();
    options.threads = 1;
    options.keepAliveTimeout = 500ms;
    ControllerBed bed(options);
    RawHttp idle(bed.controller.port());
    QTRY_COMPARE(bed.controller.connections(), std::size_t(1));
    {
        RawHttp impatient(bed.controller.port());
        QTRY_COMPARE(bed.controller.connections(), std::size_t(2));
    }
    QTRY_COMPARE(bed.controller.connections(), std::size_t(1));
    QCOMPARE(bed.ask("GET", "/health").status(), 200); // after the time that an idle one is kept
    QVERIFY(idle.isOver());
}

void TestControllerHttp::aPostWithoutALengthWaitsForTheTimeout() // ZF 9
{
    ControllerOptions options = patient();
    options.readTimeout = 600ms;
    ControllerBed bed(options);
    RawHttp client(bed.controller.port());
    client.send(rawRequest("POST", "/controller/network", bed.controller.token()));
    QVERIFY(!client.socket.waitForReadyRead(200));
    const auto reply = client.read();
    QVERIFY(reply);
    QCOMPARE(reply->status(), 500);
    QCOMPARE(reply->body.size(), 190);
    QVERIFY(bed.controller.networkIds().empty());
}

void TestControllerHttp::aBodyThatDoesNotComeIsRefused()
{
    ControllerOptions options = patient();
    options.readTimeout = 100ms;
    ControllerBed bed(options);
    RawHttp client(bed.controller.port());
    client.send(rawRequest("POST", "/controller/network", bed.controller.token(), "{}").chopped(1));
    const auto reply = client.read();
    QVERIFY(reply);
    QCOMPARE(reply->status(), 400);
    QVERIFY(bed.controller.requests().empty());
}

void TestControllerHttp::whatIsNoHttpIsRefused()
{
    ControllerBed bed(patient());
    for (const QByteArray bytes : {"hello\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/3\r\n\r\n", "\r\n\r\n"}) {
        RawHttp client(bed.controller.port());
        const auto reply = client.ask(bytes);
        QVERIFY2(reply, bytes.constData());
        QCOMPARE(reply->status(), 400);
    }
}

void TestControllerHttp::aFormOfMoreThan8192BytesIsRefused_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("status");
    QTest::newRow("form of 8192") << QByteArray("application/x-www-form-urlencoded") << 8192 << 200;
    QTest::newRow("form of 8193") << QByteArray("application/x-www-form-urlencoded") << 8193 << 413;
    QTest::newRow("form with a parameter")
        << QByteArray("application/x-www-form-urlencoded; charset=utf-8") << 8193 << 413;
    QTest::newRow("JSON of 8193") << QByteArray("application/json") << 8193 << 200;
}

void TestControllerHttp::aFormOfMoreThan8192BytesIsRefused() // ZF 10
{
    QFETCH(const QByteArray, type);
    QFETCH(const int, size);
    QFETCH(const int, status);
    ControllerBed bed(patient());
    const QByteArray body = R"({"name":")" + QByteArray(size - 11, 'x') + R"("})";
    const auto reply = RawHttp(bed.controller.port())
                           .ask("POST /controller/network HTTP/1.1\r\nX-ZT1-Auth: " + bed.controller.token() +
                                "\r\nContent-Type: " + type + "\r\nContent-Length: " + QByteArray::number(body.size()) +
                                "\r\n\r\n" + body);
    QVERIFY(reply);
    QCOMPARE(reply->status(), status);
    QCOMPARE(bed.controller.networkIds().size(), std::size_t(status == 200 ? 1 : 0));
}

void TestControllerHttp::requestsMayComeTogetherOrInPieces()
{
    ControllerBed bed(patient());
    const QByteArray post = rawRequest("POST", "/controller/network/4bb8520480000001", bed.controller.token(), "{}");
    RawHttp client(bed.controller.port());
    const auto first = client.ask(post + rawRequest("GET", "/controller/network", bed.controller.token()));
    const auto second = client.read();
    QVERIFY(first && second);
    QCOMPARE(second->body, R"(["4bb8520480000001"])");
    for (const char byte : post)
        client.send(QByteArray(1, byte));
    const auto third = client.read();
    QVERIFY(third);
    QCOMPARE(third->body, first->body);
}

void TestControllerHttp::headHasNoBody()
{
    ControllerBed bed(patient());
    RawHttp client(bed.controller.port());
    client.send(rawRequest("HEAD", "/controller/network", bed.controller.token()));
    const auto head = client.read(false);
    const auto get = client.ask(rawRequest("GET", "/controller/network", bed.controller.token()));
    QVERIFY(head && get);
    QCOMPARE(head->header("Content-Length"), "2");
    QCOMPARE(get->body, "[]");
}

void TestControllerHttp::aManagerOfTheMainThreadIsAnswered()
{
    ControllerBed bed;
    QNetworkAccessManager manager;
    std::vector<std::unique_ptr<QNetworkReply>> replies;
    for (int i = 0; i < 20; ++i) {
        QUrl url = bed.controller.url();
        url.setPath(u"/controller/network/4bb85204800000%1"_s.arg(i + 16, 2, 16));
        QNetworkRequest request(url);
        request.setRawHeader("X-ZT1-Auth", bed.controller.token());
        request.setRawHeader("Connection", "close");
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        replies.emplace_back(manager.post(request, "{}"));
    }
    for (const auto &reply : replies) {
        QTRY_VERIFY_WITH_TIMEOUT(reply->isFinished(), 30000);
        QCOMPARE(reply->error(), QNetworkReply::NoError);
    }
    QCOMPARE(bed.controller.networkIds().size(), std::size_t(20));
    QVERIFY(bed.controller.mostInFlight() <= 6); // ZF 7: its own limit
    QCOMPARE(bed.controller.mostWritesAtOnce(), 1);
}

void TestControllerHttp::anotherServerOnThePortIsAnError()
{
    ControllerBed bed;
    QVERIFY(bed.isListening);
    ControllerDouble other;
    QVERIFY(!other.listen(bed.controller.port()));
    bed.controller.stop();
    QVERIFY(other.listen(bed.controller.port() != 0 ? bed.controller.port() : quint16(1)));
}

QTEST_GUILESS_MAIN(TestControllerHttp)
#include "tst_controllerhttp.moc"
