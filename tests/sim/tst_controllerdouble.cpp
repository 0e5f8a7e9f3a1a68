// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/routetext.h"
#include "model/values/route.h"
#include "tests/support/controllerbed.h"
#include "tests/support/generators.h"

#include <QElapsedTimer>
#include <QTest>

#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr const char *kPath = "/controller/network/4bb8520480000001";
const NetworkId kNetwork = networkId("4bb8520480000001");
const NodeId kNode = nodeId("aabbccddee");
constexpr const char *kMemberPath = "/controller/network/4bb8520480000001/member/aabbccddee";

} // namespace

class TestControllerDouble : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void networkIdsAreMadeUpWithinItsNode();
    void ofTwoWritesToOneNetworkOneIsLost();
    void ofTwoWritesToOneMemberOneIsLost();
    void manyMembersAtOnceAreAllStored();
    void oneWriteManyTimesAtOnceIsOneRevision();
    void aGoodRouteIsStoredAsItIs();
    void aReadNeverChangesARevision();

    void aDeviceThatJoinsIsPending();
    void aDeviceThatIsAuthorisedAsksByItself();
    void aDeviceThatWasExpectedIsServedAtOnce();
    void aPublicNetworkAuthorisesByItself();
    void aDeletedDeviceComesBackUnauthorised();
    void peersAreToldWithTheirPaths();

    void membersSurviveTheLossOfTheirNetwork();
    void aDeletedNetworkIsGoneForGood();
    void aStoppedControllerComesBackOnItsPort();

    void whatWasAskedIsRemembered();
    void anOldReleaseListsMembersInAnArray();
    void withoutUnstableThereIsNoBulkList();
    void aDatabaseThatIsNotReadyIsSaid();
    void itMayLiveInTheCallersThread();
    void tenThousandMembersAreOneReply();
};

void TestControllerDouble::networkIdsAreMadeUpWithinItsNode() // ZF 14
{
    ControllerOptions options;
    options.node = nodeId("0123456789");
    options.networkIds = {networkId("0123456789abcdef")};
    ControllerBed bed(options);
    std::set<QString> ids;
    for (int i = 0; i < 20; ++i)
        ids.insert(bed.object("POST", i % 2 == 0 ? "/controller/network" : "/controller/network/0123456789______", "{}")
                       .value(u"id"_s)
                       .toString());
    QCOMPARE(ids.size(), std::size_t(20));
    QVERIFY(ids.contains(u"0123456789abcdef"_s));
    for (const QString &id : ids)
        QVERIFY(id.startsWith(u"0123456789"_s) && id.size() == 16);
}

void TestControllerDouble::ofTwoWritesToOneNetworkOneIsLost() // ZF 35
{
    ControllerOptions options;
    options.writeTime = 200ms;
    ControllerBed bed(options);
    bed.controller.editOutside(kNetwork, "{}");
    RawHttp first(bed.controller.port());
    RawHttp second(bed.controller.port());
    first.send(bed.bytes("POST", kPath, R"({"name":"x"})"));
    second.send(bed.bytes("POST", kPath, R"({"mtu":1500})"));
    const auto one = first.read();
    const auto two = second.read();
    QVERIFY(one && two);
    QCOMPARE(one->status(), 200);
    QCOMPARE(two->status(), 200);
    QVERIFY(one->body.contains(R"("name":"x")"));
    QVERIFY(two->body.contains(R"("mtu":1500)"));
    const QJsonObject network = bed.controller.network(kNetwork);
    QCOMPARE(network[u"revision"].toInt(), 2);
    QVERIFY((network[u"name"] == u"x"_s) != (network[u"mtu"] == 1500));
    QCOMPARE(bed.controller.mostWritesAtOnce(), 2);
}

void TestControllerDouble::ofTwoWritesToOneMemberOneIsLost() // ZF 35
{
    ControllerOptions options;
    options.writeTime = 200ms;
    ControllerBed bed(options);
    bed.controller.editOutside(kNetwork, "{}");
    bed.controller.editOutside(kNetwork, kNode, "{}");
    RawHttp first(bed.controller.port());
    RawHttp second(bed.controller.port());
    first.send(bed.bytes("POST", kMemberPath, R"({"name":"x"})"));
    second.send(bed.bytes("POST", kMemberPath, R"({"authorized":true})"));
    QVERIFY(first.read() && second.read());
    const QJsonObject member = bed.controller.member(kNetwork, kNode);
    QCOMPARE(member[u"revision"].toInt(), 2);
    QVERIFY((member[u"name"] == u"x"_s) != member[u"authorized"].toBool());
}

void TestControllerDouble::manyMembersAtOnceAreAllStored() // ZF 36
{
    ControllerOptions options;
    options.backlog = 50; // it is not the waiting for a connection that is looked at
    ControllerBed bed(options);
    bed.controller.editOutside(kNetwork, "{}");
    std::vector<std::unique_ptr<RawHttp>> clients;
    for (int i = 0; i < 40; ++i) {
        clients.push_back(std::make_unique<RawHttp>(bed.controller.port()));
        clients.back()->send(bed.bytes("POST",
                                       QByteArray(kPath) + "/member/" + QByteArray::number(0x1000000000 + i, 16),
                                       R"({"authorized":true})"));
    }
    for (const auto &client : clients)
        QCOMPARE(client->read().value_or(RawReply()).status(), 200);
    QCOMPARE(bed.object("GET", QByteArray(kPath) + "/member").size(), 40);
    QVERIFY(bed.controller.mostInFlight() <= 8);
}

void TestControllerDouble::oneWriteManyTimesAtOnceIsOneRevision() // ZF 35
{
    ControllerOptions options;
    options.backlog = 50;
    options.writeTime = 50ms;
    ControllerBed bed(options);
    bed.controller.editOutside(kNetwork, "{}");
    std::vector<std::unique_ptr<RawHttp>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<RawHttp>(bed.controller.port()));
        clients.back()->send(bed.bytes("POST", kPath, R"({"name":"x"})"));
    }
    for (const auto &client : clients)
        QCOMPARE(client->read().value_or(RawReply()).status(), 200);
    QCOMPARE(bed.controller.network(kNetwork)[u"revision"].toInt(), 2);
}

void TestControllerDouble::aGoodRouteIsStoredAsItIs() // ZF 24 to 27: only what is no good is corrupted
{
    QVERIFY(rc::check("a route in canonical text", [](const Prefix &target, const Address &via, bool hasVia) {
        const Route route{target, hasVia && via.family() == target.family() ? std::optional(via) : std::nullopt};
        const RouteText text = RouteText::of(route);
        ExactJson sent;
        sent["target"] = text.target.toUtf8();
        sent["via"] = text.via.isEmpty() ? ExactJson() : ExactJson(text.via.toUtf8());
        RC_ASSERT(storedRoutes({sent}) == ExactJson::Array{sent});
    }));
}

void TestControllerDouble::aReadNeverChangesARevision() // ZF 21
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    bed.controller.editOutside(kNetwork, kNode, "{}");
    for (const char *path : {"/controller/network", "/unstable/controller/network", kPath, kMemberPath})
        QCOMPARE(bed.ask("GET", path).status(), 200);
    bed.controller.editOutside(kNetwork, kNode, R"({"name":"x"})");
    QCOMPARE(bed.controller.network(kNetwork)[u"revision"].toInt(), 1);
    QCOMPARE(bed.controller.member(kNetwork, kNode)[u"revision"].toInt(), 2);
}

void TestControllerDouble::aDeviceThatJoinsIsPending() // ZF 47
{
    ControllerBed bed;
    QVERIFY(!bed.controller.join(kNetwork, kNode));
    bed.controller.editOutside(kNetwork, "{}");
    QVERIFY(bed.controller.join(kNetwork, kNode));
    QVERIFY(bed.controller.join(kNetwork, kNode)); // it goes on asking, which changes nothing
    const QJsonObject member = bed.object("GET", kMemberPath);
    QCOMPARE(member[u"authorized"], QJsonValue(false));
    QCOMPARE(member[u"revision"].toInt(), 1);
    QCOMPARE(member[u"vMajor"].toInt(), -1);
    QVERIFY(member[u"identity"].toString().startsWith(u"aabbccddee:0:"_s));
    QCOMPARE(bed.ask("GET", QByteArray(kPath) + "/member").body, R"({"aabbccddee":1})");
}

void TestControllerDouble::aDeviceThatIsAuthorisedAsksByItself() // ZF 37: its record changes once more
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    bed.controller.join(kNetwork, kNode);
    QCOMPARE(bed.object("POST", kMemberPath, R"({"authorized":true})")[u"revision"].toInt(), 2);
    QTRY_COMPARE(bed.controller.member(kNetwork, kNode)[u"revision"].toInt(), 3);
    QCOMPARE(bed.controller.member(kNetwork, kNode)[u"vMajor"].toInt(), 1);
    QCOMPARE(bed.controller.member(kNetwork, kNode)[u"vProto"].toInt(), 12);
}

void TestControllerDouble::aDeviceThatWasExpectedIsServedAtOnce() // ZF 39
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    const QJsonObject expected =
        bed.object("POST", kMemberPath, R"({"authorized":true,"ipAssignments":["10.1.1.10"]})");
    QVERIFY(!expected.contains(u"identity"_s));
    QCOMPARE(expected[u"vMajor"].toInt(), -1);
    bed.controller.join(kNetwork, kNode, "aabbccddee:0:00ff");
    const QJsonObject member = bed.controller.member(kNetwork, kNode);
    QCOMPARE(member[u"identity"].toString(), u"aabbccddee:0:00ff"_s);
    QCOMPARE(member[u"authorized"], QJsonValue(true));
    QCOMPARE(member[u"vMinor"].toInt(), 14);
    QCOMPARE(member[u"revision"].toInt(), 2);
}

void TestControllerDouble::aPublicNetworkAuthorisesByItself()
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, R"({"private":false})");
    bed.controller.join(kNetwork, kNode);
    const QJsonObject member = bed.controller.member(kNetwork, kNode);
    QCOMPARE(member[u"authorized"], QJsonValue(true));
    QCOMPARE(member[u"lastAuthorizedCredentialType"].toString(), u"public"_s);
}

void TestControllerDouble::aDeletedDeviceComesBackUnauthorised() // ZF 46
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    bed.controller.editOutside(kNetwork, kNode, R"({"authorized":true,"name":"ap"})");
    QCOMPARE(bed.ask("DELETE", kMemberPath).status(), 200);
    QCOMPARE(bed.ask("GET", kMemberPath).status(), 404);
    bed.controller.join(kNetwork, kNode);
    const QJsonObject member = bed.controller.member(kNetwork, kNode);
    QCOMPARE(member[u"authorized"], QJsonValue(false));
    QVERIFY(!member.contains(u"name"_s));
    QVERIFY(bed.controller.deleteOutside(kNetwork, kNode));
    QVERIFY(!bed.controller.deleteOutside(kNetwork, kNode));
}

void TestControllerDouble::peersAreToldWithTheirPaths() // ZF 39
{
    ControllerBed bed;
    bed.controller.setPeers(
        {{kNode, 7, u"192.0.2.1/9993"_s, Timestamp::fromMilliseconds(1795290412727), u"1.14.0"_s, {}},
         {nodeId("1122334455"), -1, {}, {}, {}, u"LEAF"_s}});
    const QJsonArray peers = QJsonDocument::fromJson(bed.ask("GET", "/peer").body).array();
    QCOMPARE(peers.size(), 6); // with the four roots
    const QJsonObject silent = peers[0].toObject();
    QCOMPARE(silent[u"address"].toString(), u"1122334455"_s);
    QCOMPARE(silent[u"paths"].toArray(), QJsonArray());
    QCOMPARE(silent[u"version"].toString(), u"-1.-1.-1"_s);
    const QJsonObject known = peers[3].toObject();
    QCOMPARE(known[u"address"].toString(), u"aabbccddee"_s);
    QCOMPARE(known[u"latency"].toInt(), 7);
    QCOMPARE(known[u"versionMinor"].toInt(), 14);
    QCOMPARE(known[u"paths"][0][u"lastReceive"].toInteger(), 1795290412727);
}

void TestControllerDouble::membersSurviveTheLossOfTheirNetwork() // ZF 50, 51
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, R"({"name":"lab"})");
    bed.controller.editOutside(kNetwork, kNode, R"({"name":"old"})");
    bed.controller.editOutside(kNetwork, nodeId("1122334455"), R"({"name":"kept"})");
    bed.controller.wipeNetwork(kNetwork);
    QCOMPARE(bed.ask("GET", kPath).status(), 404);
    QCOMPARE(bed.ask("GET", kMemberPath).status(), 404);
    QCOMPARE(bed.ask("POST", kMemberPath, "{}").status(), 404);
    QVERIFY(bed.controller.restart()); // does not help by itself
    QCOMPARE(bed.ask("GET", kPath).status(), 404);

    QCOMPARE(bed.object("POST", kPath, R"({"name":"restored"})")[u"revision"].toInt(), 1);
    QCOMPARE(bed.ask("GET", QByteArray(kPath) + "/member").body, "{}");
    QCOMPARE(bed.object("POST", kMemberPath, R"({"name":"new"})")[u"revision"].toInt(), 1);
    QVERIFY(bed.controller.restart());
    QCOMPARE(bed.ask("GET", QByteArray(kPath) + "/member").body, R"({"1122334455":1,"aabbccddee":1})");
    QCOMPARE(bed.controller.member(kNetwork, kNode)[u"name"].toString(), u"new"_s);
    QCOMPARE(bed.controller.member(kNetwork, nodeId("1122334455"))[u"name"].toString(), u"kept"_s);
}

void TestControllerDouble::aDeletedNetworkIsGoneForGood() // ZF 22
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    bed.controller.editOutside(kNetwork, kNode, "{}");
    QCOMPARE(bed.ask("DELETE", kPath).status(), 200);
    bed.controller.editOutside(kNetwork, "{}");
    QVERIFY(bed.controller.restart());
    QCOMPARE(bed.ask("GET", QByteArray(kPath) + "/member").body, "{}");
    QVERIFY(bed.controller.deleteOutside(kNetwork));
    QVERIFY(!bed.controller.deleteOutside(kNetwork));
}

void TestControllerDouble::aStoppedControllerComesBackOnItsPort()
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    RawHttp client(bed.controller.port());
    bed.controller.stop();
    QVERIFY(client.isOver());
    RawHttp refused(bed.controller.port());
    QCOMPARE(refused.socket.error(), QAbstractSocket::ConnectionRefusedError);
    const auto port = bed.controller.port();
    QVERIFY(bed.controller.listen());
    QCOMPARE(bed.controller.port(), port);
    QCOMPARE(bed.ask("GET", kPath).status(), 200);
}

void TestControllerDouble::whatWasAskedIsRemembered()
{
    ControllerBed bed;
    bed.ask("POST", QByteArray(kPath) + "?x=1", R"({"name":"x"})");
    bed.ask("GET", "/nowhere");
    const auto requests = bed.controller.requests();
    QCOMPARE(requests.size(), std::size_t(2));
    QCOMPARE(requests[0].method, "POST");
    QCOMPARE(requests[0].path, kPath);
    QCOMPARE(requests[0].target, QByteArray(kPath) + "?x=1");
    QCOMPARE(requests[0].body, R"({"name":"x"})");
    QCOMPARE(requests[0].headers.at("connection"), "close");
    QCOMPARE(requests[0].status, 200);
    QCOMPARE(requests[1].status, 404);
    QCOMPARE(bed.controller.mostInFlight(), 1);
    bed.controller.forgetRequests();
    QVERIFY(bed.controller.requests().empty());
    QCOMPARE(bed.controller.mostInFlight(), 0);
    QCOMPARE(bed.controller.mostWritesAtOnce(), 0);
}

void TestControllerDouble::anOldReleaseListsMembersInAnArray() // ZF 44
{
    ControllerOptions options;
    options.hasOldMemberList = true;
    ControllerBed bed(options);
    bed.controller.editOutside(kNetwork, "{}");
    QCOMPARE(bed.ask("GET", QByteArray(kPath) + "/member").body, "[]");
    bed.controller.editOutside(kNetwork, kNode, "{}");
    bed.controller.editOutside(kNetwork, nodeId("1122334455"), "{}");
    QCOMPARE(bed.ask("GET", QByteArray(kPath) + "/member").body, R"([{"1122334455":1},{"aabbccddee":1}])");
}

void TestControllerDouble::withoutUnstableThereIsNoBulkList() // ZF 44
{
    ControllerOptions options;
    options.hasUnstable = false;
    ControllerBed bed(options);
    bed.controller.editOutside(kNetwork, "{}");
    QCOMPARE(bed.ask("GET", "/unstable/controller/network").status(), 404);
    QCOMPARE(bed.ask("GET", QByteArray("/unstable") + kPath + "/member").status(), 404);
    QCOMPARE(bed.ask("GET", QByteArray(kPath) + "/member").status(), 200);
}

void TestControllerDouble::aDatabaseThatIsNotReadyIsSaid() // ZF 4
{
    ControllerBed bed;
    bed.controller.change([](ControllerOptions &options) { options.isReady = false; });
    const RawReply reply = bed.ask("GET", "/controller");
    QCOMPARE(reply.status(), 503);
    QVERIFY(reply.body.contains(R"("databaseReady": false)"));
}

void TestControllerDouble::itMayLiveInTheCallersThread()
{
    ControllerDouble controller({}, ControllerDouble::Lives::InCallersThread);
    QVERIFY(controller.listen());
    QTcpSocket socket;
    socket.connectToHost(u"127.0.0.1"_s, controller.port());
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    socket.write(rawRequest("POST", kPath, controller.token(), "{}", "Connection: close\r\n"));
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(socket.readAll().startsWith("HTTP/1.1 200 OK\r\n"));
    QCOMPARE(controller.networkIds(), std::vector<QByteArray>{"4bb8520480000001"});
}

void TestControllerDouble::tenThousandMembersAreOneReply() // ZF 44
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    for (int i = 0; i < 10000; ++i)
        bed.controller.editOutside(kNetwork, nodeId(QByteArray::number(0x1000000000 + i, 16)),
                                   R"({"authorized":true})");
    QElapsedTimer clock;
    clock.start();
    const QByteArray bulk = bed.ask("GET", QByteArray("/unstable") + kPath + "/member").body;
    const auto bulkTime = clock.restart();
    const QByteArray list = bed.ask("GET", QByteArray(kPath) + "/member").body;
    qInfo("10000 members: %lld bytes in %lld ms, their revisions in %lld ms", qlonglong(bulk.size()), bulkTime,
          clock.elapsed());
    const QJsonObject all = QJsonDocument::fromJson(bulk).object();
    QCOMPARE(all[u"data"].toArray().size(), 10000);
    QCOMPARE(all[u"meta"], QJsonValue(QJsonObject{{u"authorizedCount"_s, 10000}, {u"totalCount"_s, 10000}}));
    QCOMPARE(QJsonDocument::fromJson(list).object().size(), 10000);
}

QTEST_GUILESS_MAIN(TestControllerDouble)
#include "tst_controllerdouble.moc"
