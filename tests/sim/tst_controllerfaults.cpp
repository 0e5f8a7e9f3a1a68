// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/controllerbed.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr const char *kPath = "/controller/network/4bb8520480000001";
const NetworkId kNetwork = networkId("4bb8520480000001");
const NodeId kNode = nodeId("aabbccddee");
constexpr const char *kMemberPath = "/controller/network/4bb8520480000001/member/aabbccddee";

} // namespace

class TestControllerFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLostReplyWasDone();
    void aLostWriteIsAnsweredButForgotten();
    void halfABodyIsTheEnd();
    void aResetDoesNothing();
    void aStatusIsAnsweredInstead();
    void aSlowWriteIsDoneEvenIfNobodyWaits();
    void faultsAreUsedUpInTheirOrder();
    void aPatternIsMetOrNot_data();
    void aPatternIsMetOrNot();
};

void TestControllerFaults::aLostReplyWasDone()
{
    ControllerBed bed;
    bed.controller.fail({Fault::Kind::LostReply, "POST"});
    QVERIFY(!RawHttp(bed.controller.port()).ask(bed.bytes("POST", kPath, R"({"name":"x"})")));
    QCOMPARE(bed.controller.network(kNetwork)[u"name"].toString(), u"x"_s);
    QCOMPARE(bed.controller.requests().back().status, 0);
    QCOMPARE(bed.ask("POST", kPath, R"({"name":"x"})").status(), 200);
    QCOMPARE(bed.controller.network(kNetwork)[u"revision"].toInt(), 1);
}

void TestControllerFaults::aLostWriteIsAnsweredButForgotten()
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    bed.controller.editOutside(kNetwork, kNode, "{}");
    const QByteArray network = bed.controller.networkText(kNetwork);
    bed.controller.fail({Fault::Kind::LostWrite, {}, {}, -1});
    const QJsonObject answer = bed.object("POST", kPath, R"({"name":"x"})");
    QCOMPARE(answer[u"name"].toString(), u"x"_s);
    QCOMPARE(answer[u"revision"].toInt(), 2);
    QCOMPARE(bed.object("POST", kMemberPath, R"({"name":"x"})")[u"revision"].toInt(), 2);
    QCOMPARE(bed.ask("DELETE", kMemberPath).status(), 200);
    QCOMPARE(bed.ask("DELETE", kPath).status(), 200);
    bed.controller.stopFailing();
    QCOMPARE(bed.controller.networkText(kNetwork), network);
    QCOMPARE(bed.controller.member(kNetwork, kNode)[u"revision"].toInt(), 1);
}

void TestControllerFaults::halfABodyIsTheEnd()
{
    ControllerBed bed;
    bed.controller.editOutside(kNetwork, "{}");
    bed.controller.fail({Fault::Kind::HalfBody, "GET"});
    RawHttp client(bed.controller.port());
    client.send(bed.bytes("GET", kPath));
    const auto head = client.read(false);
    QVERIFY(head);
    QVERIFY(client.isOver());
    const auto length = head->header("Content-Length").toLongLong();
    QCOMPARE(length, qlonglong(bed.controller.networkText(kNetwork).size()));
    QCOMPARE(client.socket.readAll().size(), length / 2);
}

void TestControllerFaults::aResetDoesNothing()
{
    ControllerBed bed;
    bed.controller.fail({Fault::Kind::Reset});
    RawHttp client(bed.controller.port());
    QVERIFY(!client.ask(bed.bytes("POST", kPath, "{}")));
    QCOMPARE(client.socket.error(), QAbstractSocket::RemoteHostClosedError);
    QVERIFY(bed.controller.networkIds().empty());
    QCOMPARE(bed.ask("POST", kPath, "{}").status(), 200);
}

void TestControllerFaults::aStatusIsAnsweredInstead()
{
    ControllerBed bed;
    bed.controller.fail(
        {Fault::Kind::Status, "POST", {}, 1, 0ms, 429, R"({"message":"slow down"})", {{"Retry-After", "2"}}});
    const RawReply reply = bed.ask("POST", kPath, "{}");
    QCOMPARE(reply.statusLine, "HTTP/1.1 429 Too Many Requests");
    QCOMPARE(reply.header("Retry-After"), "2");
    QCOMPARE(reply.body, R"({"message":"slow down"})");
    QVERIFY(bed.controller.networkIds().empty());
    QCOMPARE(bed.controller.requests().back().status, 429);
}

void TestControllerFaults::aSlowWriteIsDoneEvenIfNobodyWaits()
{
    ControllerBed bed;
    bed.controller.fail({Fault::Kind::Slow, "POST", {}, 1, 300ms});
    {
        RawHttp client(bed.controller.port());
        client.send(bed.bytes("POST", kPath, "{}"));
        QVERIFY(!client.socket.waitForReadyRead(50));
        QVERIFY(bed.controller.networkIds().empty());
    }
    QTRY_COMPARE(bed.controller.networkIds().size(), std::size_t(1));
}

void TestControllerFaults::faultsAreUsedUpInTheirOrder()
{
    ControllerBed bed;
    const auto status = [](int code, const QByteArray &path, int count) {
        return Fault{Fault::Kind::Status, "GET", path, count, 0ms, code, {}, {}};
    };
    bed.controller.fail(status(500, "/status", 2));
    bed.controller.fail(status(503, "/*", 1));
    bed.controller.fail(status(502, "", -1));
    QList<int> statuses;
    for (const char *path : {"/status", "/peer", "/status", "/peer", "/status"})
        statuses += bed.ask("GET", path).status();
    QCOMPARE(statuses, (QList<int>{500, 503, 500, 502, 502}));
    bed.controller.stopFailing();
    QCOMPARE(bed.ask("GET", "/status").status(), 200);
}

void TestControllerFaults::aPatternIsMetOrNot_data()
{
    QTest::addColumn<QByteArray>("pattern");
    QTest::addColumn<bool>("isMet");
    const auto row = [](const char *pattern, bool isMet) { QTest::newRow(pattern) << QByteArray(pattern) << isMet; };
    row("", true);
    row("*", true);
    row("/a/b/c", true);
    row("/a/b", false);
    row("/a/*", true);
    row("*/c", true);
    row("/a/*/c", true);
    row("*b*", true);
    row("/a/b/c*", true);
    row("/a/b/c/*", false);
    row("/*/*/*/*", false);
    row("*/c*/c", false);
}

void TestControllerFaults::aPatternIsMetOrNot()
{
    QFETCH(const QByteArray, pattern);
    QFETCH(const bool, isMet);
    QCOMPARE(isLike("/a/b/c", pattern), isMet);
}

QTEST_GUILESS_MAIN(TestControllerFaults)
#include "tst_controllerfaults.moc"
