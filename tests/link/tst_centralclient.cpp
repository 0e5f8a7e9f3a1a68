// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerclient.h"
#include "model/link/zerotier/controllerreply.h"
#include "tests/support/clientbed.h"

#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Manner = HttpAnswer::Manner;

class TestCentralClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void centralIsAskedInItsOwnWay();
    void centralIsNotMistaken_data();
    void centralIsNotMistaken();
    void centralThatAsksForPatienceIsGivenIt();
    void aCreationAtCentralIsNeverRepeatedUnseen_data();
    void aCreationAtCentralIsNeverRepeatedUnseen();
};

void TestCentralClient::centralIsAskedInItsOwnWay() // CASES:R13 ZF 54-57
{
    ScriptedHttp server;
    server
        .on("GET /api/v1/status",
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
    ControllerClient client(
        {*parseControllerUrl(QString(server.url().toString() + u"/api/v1"_s)), ControllerFlavour::Central}, kToken,
        kTimes);
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

void TestCentralClient::centralIsNotMistaken_data()
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

void TestCentralClient::centralIsNotMistaken() // CASES:R13 ZF 54, 55
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

void TestCentralClient::centralThatAsksForPatienceIsGivenIt() // ZF 54
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

void TestCentralClient::aCreationAtCentralIsNeverRepeatedUnseen_data()
{
    QTest::addColumn<Manner>("manner");
    QTest::addColumn<bool>("wasMade");
    QTest::newRow("lost, made") << Manner::Lost << true;
    QTest::newRow("lost, not made") << Manner::Lost << false;
    QTest::newRow("reset, made") << Manner::Reset << true;
    QTest::newRow("cut, made") << Manner::Cut << true;
}

void TestCentralClient::aCreationAtCentralIsNeverRepeatedUnseen() // ZF 14, 57
{
    QFETCH(Manner, manner);
    QFETCH(bool, wasMade);
    const HttpAnswer made = HttpAnswer::of(R"({"id":"8056c2e21c000003","config":{"name":"lab"}})");
    const QByteArray before = R"({"id":"8056c2e21c000001","config":{"name":"lab"}})";
    const QByteArray foreign = R"(,{"id":"8056c2e21c000002","config":{"name":"other"}})";
    ScriptedHttp server;
    server.on("GET /network", HttpAnswer::of('[' + before + ']'))
        .on("GET /network",
            HttpAnswer::of('[' + before + foreign +
                           (wasMade ? R"(,{"id":"8056c2e21c000003","config":{"name":"lab"}})" : "") + ']'))
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

QTEST_GUILESS_MAIN(TestCentralClient)
#include "tst_centralclient.moc"
