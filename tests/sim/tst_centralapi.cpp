// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/controllerbed.h"

#include <QTest>

#include <atomic>
#include <memory>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const NetworkId kNetwork = networkId("4bb8520480000001");
const NodeId kNode = nodeId("aabbccddee");

ControllerOptions central()
{
    ControllerOptions options;
    options.isCentral = true;
    options.token = "central-token";
    options.forbiddenToken = "token-without-rights";
    options.networkIds = {kNetwork};
    return options;
}

/// Central, and what it is asked with one token.
struct CentralBed
{
    explicit CentralBed(const ControllerOptions &options = central()) : bed(options) {}

    RawReply ask(const QByteArray &method, const QByteArray &path, const QByteArray &body = {},
                 const QByteArray &authorization = "token central-token")
    {
        QByteArray bytes = method + " /api/v1" + path + " HTTP/1.1\r\nAuthorization: " + authorization +
                           "\r\nConnection: close\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" +
                           body;
        return RawHttp(bed.controller.port()).ask(bytes).value_or(RawReply());
    }
    QJsonDocument json(const QByteArray &method, const QByteArray &path, const QByteArray &body = {})
    {
        return QJsonDocument::fromJson(ask(method, path, body).body);
    }

    ControllerBed bed;
};

} // namespace

/// Everything here is from documents, nothing was measured. ZF 54 to 57
class TestCentralApi : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTokenIsRightWrongOrWithoutRights();
    void itIsNotTakenForAController();
    void aNetworkIsWrappedInConfig();
    void whatSomebodyElseChangesHasANewTime();
    void aMemberIsWrappedInConfig();
    void aMemberKnowsWhenItWasSeen();
    void tooManyRequestsAreAskedToWait();
};

void TestCentralApi::aTokenIsRightWrongOrWithoutRights() // ZF 54
{
    CentralBed bed;
    QCOMPARE(bed.ask("GET", "/network").status(), 200);
    QCOMPARE(bed.ask("GET", "/network", {}, "token wrong").status(), 401);
    QCOMPARE(bed.ask("GET", "/network", {}, "Bearer central-token").status(), 401);
    QCOMPARE(bed.ask("GET", "/network", {}, "token token-without-rights").status(), 403);
}

void TestCentralApi::itIsNotTakenForAController() // ZF 55
{
    CentralBed bed;
    QCOMPARE(bed.bed.controller.url().path(), u"/api/v1"_s);
    const QJsonObject status = bed.json("GET", "/status").object();
    QCOMPARE(status[u"id"].toString(), u"central_status"_s);
    QVERIFY(status[u"user"].isObject());
    QVERIFY(!status.contains(u"address"_s));
    QCOMPARE(bed.ask("GET", "/controller/network").status(), 404);
    QCOMPARE(bed.ask("POST", "/network/4bb85204800000ff", "{}").status(), 404); // ids are not chosen by the client
}

void TestCentralApi::aNetworkIsWrappedInConfig() // ZF 55
{
    CentralBed bed;
    const QByteArray body =
        R"({"config":{"name":"lab","routes":[{"target":"10.0.0.0/8"}]},"description":"d","name":"no"})";
    const QJsonObject made = bed.json("POST", "/network", body).object();
    QCOMPARE(made[u"id"].toString(), u"4bb8520480000001"_s);
    QCOMPARE(made[u"description"].toString(), u"d"_s);
    const QJsonObject config = made[u"config"].toObject();
    QCOMPARE(config[u"name"].toString(), u"lab"_s);
    QCOMPARE(config[u"routes"], (QJsonValue(QJsonArray{QJsonObject{{u"target"_s, u"10.0.0.0/8"_s}, {u"via"_s, {}}}})));
    QVERIFY(config[u"lastModified"].toInteger() > 0);
    QVERIFY(!config.contains(u"revision"_s));
    QVERIFY(!made.contains(u"name"_s));
    QCOMPARE(bed.json("GET", "/network").array().size(), 1);

    const QJsonObject changed = bed.json("POST", "/network/4bb8520480000001", R"({"config":{"mtu":1500}})").object();
    QCOMPARE(changed[u"config"][u"mtu"].toInt(), 1500);
    QCOMPARE(changed[u"config"][u"name"].toString(), u"lab"_s);
    QVERIFY(changed[u"config"][u"lastModified"].toInteger() > config[u"lastModified"].toInteger());
    QCOMPARE(bed.ask("POST", "/network/4bb8520480000001", "nonsense").status(), 400);
    QCOMPARE(bed.ask("DELETE", "/network/4bb8520480000001").status(), 200);
    QCOMPARE(bed.ask("GET", "/network/4bb8520480000001").status(), 404);
}

void TestCentralApi::whatSomebodyElseChangesHasANewTime() // ZF 55
{
    CentralBed bed;
    bed.ask("POST", "/network", "{}");
    const auto time = [&bed] {
        return bed.json("GET", "/network/4bb8520480000001")[u"config"][u"lastModified"].toInteger();
    };
    const qint64 before = time();
    QCOMPARE(time(), before);
    bed.bed.controller.editOutside(kNetwork, R"({"name":"x"})");
    QVERIFY(time() > before);
}

void TestCentralApi::aMemberIsWrappedInConfig() // ZF 56
{
    CentralBed bed;
    bed.ask("POST", "/network", "{}");
    QVERIFY(bed.bed.controller.join(kNetwork, kNode));
    const QByteArray path = "/network/4bb8520480000001/member/aabbccddee";
    const QByteArray body = R"({"name":"ap","hidden":true,"config":{"authorized":true,"ipAssignments":["10.1.1.10"]}})";
    const QJsonObject member = bed.json("POST", path, body).object();
    QCOMPARE(member[u"id"].toString(), u"4bb8520480000001-aabbccddee"_s);
    QCOMPARE(member[u"nodeId"].toString(), u"aabbccddee"_s);
    QCOMPARE(member[u"name"].toString(), u"ap"_s);
    QCOMPARE(member[u"hidden"], QJsonValue(true));
    QCOMPARE(member[u"config"][u"authorized"], QJsonValue(true));
    QCOMPARE(member[u"config"][u"ipAssignments"], QJsonValue(QJsonArray{u"10.1.1.10"_s}));
    QCOMPARE(member[u"config"][u"revision"].toInt(), 2);
    QVERIFY(!member[u"config"].toObject().contains(u"name"_s));
    QCOMPARE(bed.json("GET", "/network/4bb8520480000001/member").array().size(), 1);
    QCOMPARE(bed.json("GET", "/network/4bb8520480000001")[u"authorizedMemberCount"].toInt(), 1);
    QCOMPARE(bed.ask("DELETE", path).status(), 200);
    QCOMPARE(bed.ask("GET", path).status(), 404);
}

void TestCentralApi::aMemberKnowsWhenItWasSeen() // ZF 56
{
    CentralBed bed;
    bed.ask("POST", "/network", "{}");
    bed.bed.controller.join(kNetwork, kNode);
    const QByteArray path = "/network/4bb8520480000001/member/aabbccddee";
    QCOMPARE(bed.json("GET", path)[u"lastSeen"].toInteger(), 0);
    bed.bed.controller.setPeers(
        {{kNode, 3, u"192.0.2.1/9993"_s, Timestamp::fromMilliseconds(1795290412727), u"1.14.1"_s, u"LEAF"_s}});
    const QJsonObject member = bed.json("GET", path).object();
    QCOMPARE(member[u"lastSeen"].toInteger(), 1795290412727);
    QCOMPARE(member[u"physicalAddress"].toString(), u"192.0.2.1"_s);
    QCOMPARE(member[u"clientVersion"].toString(), u"1.14.1"_s);
}

void TestCentralApi::tooManyRequestsAreAskedToWait() // ZF 54
{
    ControllerOptions options = central();
    options.requestsPerSecond = 2;
    auto now = std::make_shared<std::atomic<qint64>>(1795290412000);
    options.clock = [now] { return now->load(); };
    CentralBed bed(options);
    QCOMPARE(bed.ask("GET", "/network").status(), 200);
    QCOMPARE(bed.ask("POST", "/network", "{}").status(), 200);
    const RawReply reply = bed.ask("GET", "/network");
    QCOMPARE(reply.status(), 429);
    QCOMPARE(reply.header("Retry-After"), "1");
    *now += 1000;
    QCOMPARE(bed.ask("GET", "/network").status(), 200);
}

QTEST_GUILESS_MAIN(TestCentralApi)
#include "tst_centralapi.moc"
