// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerclient.h"
#include "model/link/zerotier/jsonreading.h"
#include "tests/support/clientbed.h"

#include <QElapsedTimer>
#include <QTest>

#include <memory>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Manner = HttpAnswer::Manner;

namespace {

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

} // namespace

class TestControllerClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRequestClosesItsConnectionAndNamesItsBody();
    void threeHundredRoutesAreSentAsJson();
    void aPathInFrontIsKept();
    void networksAreListed();
    void aNetworkIsReadAndWritten();
    void anotherNetworkThanAskedForIsAMismatch();
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
};

void TestControllerClient::everyRequestClosesItsConnectionAndNamesItsBody() // CASES:R6 ZF 1, 6, 9, 10, 43
{
    ScriptedHttp server;
    server.otherwise = [](const HttpRequest &) { return HttpAnswer::of(networkBody("4bb852048089dc98")); };
    ControllerClient client(endpointOf(server), kToken + '\n', kTimes);
    (void)await(client.network(nwid(u"4BB852048089DC98")));
    (void)await(client.writeNetwork(nwid(), {}));
    (void)await(client.deleteNetwork(nwid()));
    QCOMPARE(server.lines(),
             (QByteArrayList{"GET /controller/network/4bb852048089dc98", "POST /controller/network/4bb852048089dc98",
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

QTEST_GUILESS_MAIN(TestControllerClient)
#include "tst_controllerclient.moc"
