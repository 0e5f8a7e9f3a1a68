// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerclient.h"
#include "tests/support/clientbed.h"

#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Manner = HttpAnswer::Manner;

class TestNetworkCreation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNetworkIsMadeUnderTheIdThatWasChosen();
    void aNetworkThatExistsIsNotMadeAgain();
    void aNetworkOfAnotherControllerIsNotMadeHere();
    void withoutAnIdAFreeOneIsChosen();
    void aLostCreationIsSettledByLooking();
    void aCreationThatWasRefusedIsNotRepeated();
    void aSavedNetworkIsPostedToItsId();
    void aSavedNetworkOfAnotherControllerIsRefused();
};

void TestNetworkCreation::aNetworkIsMadeUnderTheIdThatWasChosen() // ZF 15
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

void TestNetworkCreation::aNetworkThatExistsIsNotMadeAgain()
{
    ScriptedHttp server;
    server.on("GET /status", status())
        .on("GET /controller/network/4bb852048089dc98", recorded(u"02-network-crud.http"_s, "get"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(await(client.createNetwork(nwid(), {})).error().kind, ErrorKind::Exists);
    QCOMPARE(countOf(server, "POST"), 0);
}

void TestNetworkCreation::aNetworkOfAnotherControllerIsNotMadeHere() // CASES:C5 ZF 15
{
    ScriptedHttp server;
    server.on("GET /status", status());
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto made = await(client.createNetwork(nwid(u"deadbeef00000001"), {}));
    QCOMPARE(made.error().kind, ErrorKind::Invalid);
    QCOMPARE(server.lines(), QByteArrayList{"GET /status"});
}

void TestNetworkCreation::withoutAnIdAFreeOneIsChosen() // ZF 14, 15
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

void TestNetworkCreation::aLostCreationIsSettledByLooking() // CASES:C6 ZF 14, 15
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

void TestNetworkCreation::aCreationThatWasRefusedIsNotRepeated() // CASES:C6
{
    ScriptedHttp server;
    server.on("GET /status", status())
        .on("POST /controller/network/4bb8520480abcdef", recorded(u"02-network-crud.http"_s, "bad JSON body"));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const auto made = await(client.createNetwork(nwid(u"4bb8520480abcdef"), {}));
    QCOMPARE(verdict(made), u"backendRefused 500 1"_s);
    QCOMPARE(countOf(server, "POST"), 1);
}

void TestNetworkCreation::aSavedNetworkIsPostedToItsId() // CASES:M12 CASES:R10 ZF 51
{
    ScriptedHttp server;
    server.on("GET /status", status())
        .on("POST /controller/network/4bb8520480697d3c", recorded(u"13-recovery.http"_s, "re-create under the same id"))
        .on("POST /controller/network/4bb8520480697d3c/member/aabbccddee", HttpAnswer::of(memberBody("aabbccddee")));
    ControllerClient client(endpointOf(server), kToken, kTimes);
    const QJsonObject raw{{u"id"_s, u"4bb8520480697d3c"_s}, {u"revision"_s, 7}, {u"name"_s, u"restored"_s}};
    QCOMPARE(await(client.restoreNetwork(nwid(u"4bb8520480697d3c"), raw))->name, u"restored"_s);
    QCOMPARE(server.requests().back().body, QByteArray(R"({"name":"restored"})"));
    const QJsonObject member{{u"id"_s, u"aabbccddee"_s}, {u"authorized"_s, true}, {u"vMajor"_s, 1}};
    QVERIFY(await(client.restoreMember(nwid(u"4bb8520480697d3c"), node(), member)));
    QCOMPARE(server.requests().back().body, QByteArray(R"({"authorized":true})"));
}

void TestNetworkCreation::aSavedNetworkOfAnotherControllerIsRefused() // ZF 15
{
    ScriptedHttp server;
    server.on("GET /status", status());
    ControllerClient client(endpointOf(server), kToken, kTimes);
    QCOMPARE(await(client.restoreNetwork(nwid(u"deadbeef00000001"), {})).error().kind, ErrorKind::Invalid);
    QCOMPARE(server.lines(), QByteArrayList{"GET /status"});
}

QTEST_GUILESS_MAIN(TestNetworkCreation)
#include "tst_networkcreation.moc"
