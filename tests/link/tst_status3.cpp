// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/status3.h"
#include "tests/support/transcript.h"

#include <QTest>

using namespace interlock;
using namespace interlock::openvpn;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kTitle =
    "TITLE\tOpenVPN 2.6.14 x86_64-pc-linux-gnu [DCO]\r\nTIME\t2026-11-21 19:56:59\t1795291019\r\n";
const QByteArray kClients =
    "HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes "
    "Sent\t"
    "Connected Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\r\n";
const QByteArray kRoutes =
    "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\r\n";
const QByteArray kStats = "GLOBAL_STATS\tMax bcast/mcast queue length\t0\r\nGLOBAL_STATS\tdco_enabled\t0\r\nEND\r\n";

QByteArray client(const QByteArray &cn, const QByteArray &real, qint64 cid, const QByteArray &address = "10.8.0.2",
                  const QByteArray &cipher = "AES-256-GCM")
{
    return "CLIENT_LIST\t" + cn + '\t' + real + '\t' + address +
           "\t\t2168\t2140\t2026-11-21 19:56:58\t1795291018\tUNDEF\t" + QByteArray::number(cid) + "\t1\t" + cipher +
           "\r\n";
}

QByteArray route(const QByteArray &target, const QByteArray &cn, const QByteArray &real)
{
    return "ROUTING_TABLE\t" + target + '\t' + cn + '\t' + real + "\t2026-11-21 19:56:59\t1795291019\r\n";
}

QByteArray answer(const QByteArray &clients, const QByteArray &routes = {})
{
    return kTitle + kClients + clients + kRoutes + routes + kStats;
}

Prefix prefix(const QString &text)
{
    return Prefix::parse(text).value();
}

/// The answers to `status 3` in a transcript.
QByteArrayList recordedAnswers(const QString &name)
{
    QByteArrayList answers;
    bool isAnswer = false;
    for (const auto &utterance : readTranscript(name)) {
        if (!utterance.isServer)
            continue;
        if (utterance.bytes.startsWith("TITLE\t")) {
            answers << QByteArray();
            isAnswer = true;
        }
        if (isAnswer)
            answers.back() += utterance.bytes;
        isAnswer = isAnswer && utterance.bytes != "END\r\n";
    }
    return answers;
}

} // namespace

class TestStatus3 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void recordedAnswersAreReadWhole_data();
    void recordedAnswersAreReadWhole();
    void clientRowsAreTyped();
    void routesAreTyped();
    void routesOfTheBridgeAreMacs();        // openvpn/FACTS.md 55
    void routesAreJoinedOnTheRealAddress(); // openvpn/FACTS.md 36
    void sessionsOfOneNameAreToldApart();   // openvpn/FACTS.md 21
    void clientsBehindOneIPv6AddressAreToldApartByName();
    void likeAddressesAreToldApart_data();
    void likeAddressesAreToldApart();
    void youngerSessionOfOneNameAndAddressHasTheRoutes();
    void clientsBetweenRoutesAreJoinedToo();
    void waitingClientIsRecognised(); // openvpn/FACTS.md 37
    void clientsAreFoundById();
    void clientsWithFarIdsAreFoundById();
    void columnsAreFoundByTheirNames();
    void olderServersHaveFewerColumns();
    void malformedRowsAreCountedAndLeftOut_data();
    void malformedRowsAreCountedAndLeftOut();
    void otherTextsAreNoStatus_data();
    void otherTextsAreNoStatus();
    void textsOutliveTheAnswerTheyCameFrom();
    void dcoIsTold();
};

void TestStatus3::recordedAnswersAreReadWhole_data()
{
    QTest::addColumn<QByteArray>("text");
    int count = 0;
    for (const auto &name : transcriptNames()) {
        const auto answers = recordedAnswers(name);
        for (qsizetype at = 0; at < answers.size(); ++at, ++count)
            QTest::addRow("%s, %d", qPrintable(name), static_cast<int>(at)) << answers[at];
    }
    QVERIFY(count > 200);
}

void TestStatus3::recordedAnswersAreReadWhole()
{
    QFETCH(const QByteArray, text);
    const auto snapshot = parseStatus3(text);
    QVERIFY(snapshot);
    QCOMPARE(snapshot->malformedRows(), 0U);
    QCOMPARE(static_cast<qsizetype>(snapshot->clients().size()), text.count("\nCLIENT_LIST\t"));
    QCOMPARE(static_cast<qsizetype>(snapshot->routes().size()), text.count("\nROUTING_TABLE\t"));
    QCOMPARE(snapshot->serverVersion(), u"2.6.14"_s);
    QVERIFY(snapshot->time() > Timestamp::fromMilliseconds(1'795'000'000'000));
    for (const auto &each : snapshot->clients())
        QCOMPARE(snapshot->clientOrNull(each.cid()), &each);
    for (const auto &each : snapshot->routes()) {
        QVERIFY(each.client());
        QCOMPARE(snapshot->clients()[*each.client()].realAddress(), each.realAddress());
        QCOMPARE(snapshot->clients()[*each.client()].cn(), each.cn());
    }
}

void TestStatus3::clientRowsAreTyped()
{
    const auto snapshot =
        parseStatus3(
            answer("CLIENT_LIST\t\xc5\x9fube\t10.95.0.2:33898\t10.8.0.102\tfd00::2\t18446744073709551615\t2140\t"
                   "2026-11-21 19:56:58\t1795291018\tuser name\t41\t3\tAES-256-GCM\r\n"))
            .value();
    QCOMPARE(snapshot.title(), u"OpenVPN 2.6.14 x86_64-pc-linux-gnu [DCO]"_s);
    QCOMPARE(snapshot.time(), Timestamp::fromMilliseconds(1'795'291'019'000));
    QVERIFY(!snapshot.isDcoEnabled());
    QCOMPARE(snapshot.clients().size(), 1U);
    const auto &only = snapshot.clients().front();
    QCOMPARE(only.commonName().value().toString(), u"\u015fube"_s);
    QCOMPARE(only.cnText(), u"\u015fube"_s);
    QCOMPARE(only.realAddressText(), u"10.95.0.2:33898"_s);
    QCOMPARE(only.usernameText(), u"user name"_s);
    QCOMPARE(only.cipherText(), u"AES-256-GCM"_s);
    QCOMPARE(only.virtualAddress(), std::optional(Address::ipv4(0x0a080066)));
    QCOMPARE(only.virtualAddress6(), std::optional(Address::parse(u"fd00::2").value()));
    QCOMPARE(only.bytesReceived(), quint64{18446744073709551615U});
    QCOMPARE(only.bytesSent(), quint64{2140});
    QCOMPARE(only.connectedSince(), Timestamp::fromMilliseconds(1'795'291'018'000));
    QCOMPARE(only.cid(), ClientId{41});
    QCOMPARE(only.peerId(), std::optional<std::uint32_t>(3));
    QVERIFY(!only.looksWaiting());
}

void TestStatus3::routesAreTyped()
{
    const QByteArray real = "10.95.0.2:33898";
    const auto snapshot =
        parseStatus3(answer(client("a", real, 0), route("10.8.0.2", "a", real) + route("100.64.1.0/27", "a", real) +
                                                      route("fd00:64:1::/64", "a", real) + route("fd00::c", "a", real) +
                                                      route("100.64.0.10C", "a", real) + route("fd00::1C", "a", real)))
            .value();
    QCOMPARE(snapshot.malformedRows(), 0U);
    QStringList targets;
    std::vector<bool> cached;
    for (const auto &each : snapshot.routes()) {
        targets << each.prefix().toString();
        cached.push_back(each.isCached());
        QCOMPARE(each.lastReferenced(), Timestamp::fromMilliseconds(1'795'291'019'000));
        QCOMPARE(each.cnText(), u"a"_s);
        QCOMPARE(each.realAddressText(), u"10.95.0.2:33898"_s);
    }
    QCOMPARE(targets, (QStringList{u"10.8.0.2/32"_s, u"100.64.1.0/27"_s, u"fd00:64:1::/64"_s, u"fd00::c/128"_s,
                                   u"100.64.0.10/32"_s, u"fd00::1/128"_s}));
    QCOMPARE(cached, (std::vector{false, false, false, false, true, true}));
}

void TestStatus3::routesOfTheBridgeAreMacs()
{
    const auto snapshot =
        parseStatus3(answer(client("a", "10.0.0.1:1", 0), route("02:aa:bb:cc:00:01@7", "a", "10.0.0.1:1"))).value();
    QCOMPARE(snapshot.routes().size(), 1U);
    QCOMPARE(snapshot.routes()[0].mac(), MacAddress(0x02aabbcc0001));
    QCOMPARE(snapshot.routes()[0].vlan(), std::uint16_t{7});
    QCOMPARE(snapshot.routes()[0].client(), std::optional<std::uint32_t>(0));
}

void TestStatus3::routesAreJoinedOnTheRealAddress()
{
    const auto snapshot =
        parseStatus3(answer(client("a", "10.0.0.1:1", 5) + client("b", "10.0.0.2:1", 6),
                            route("10.8.0.3", "b", "10.0.0.2:1") + route("10.8.0.2", "a", "10.0.0.1:1") +
                                route("10.8.0.9", "gone", "10.0.0.9:1")))
            .value();
    QCOMPARE(snapshot.routes()[0].client(), std::optional<std::uint32_t>(1));
    QCOMPARE(snapshot.routes()[1].client(), std::optional<std::uint32_t>(0));
    QCOMPARE(snapshot.routes()[2].client(), std::nullopt);
}

void TestStatus3::sessionsOfOneNameAreToldApart()
{
    const auto snapshot = parseStatus3(answer(client("a", "10.0.0.1:1", 5) + client("a", "10.0.0.1:2", 6),
                                              route("10.8.0.2", "a", "10.0.0.1:2")))
                              .value();
    QCOMPARE(snapshot.clients().size(), 2U);
    QCOMPARE(snapshot.routes()[0].client(), std::optional<std::uint32_t>(1));
}

void TestStatus3::clientsBehindOneIPv6AddressAreToldApartByName()
{
    const auto snapshot =
        parseStatus3(
            answer(client("a", "2001:db8::1", 5) + client("b", "2001:db8::1", 6) + client("c", "2001:db8::1", 7),
                   route("10.8.0.3", "b", "2001:db8::1") + route("10.8.0.4", "c", "2001:db8::1")))
            .value();
    QCOMPARE(snapshot.routes()[0].client(), std::optional<std::uint32_t>(1));
    QCOMPARE(snapshot.routes()[1].client(), std::optional<std::uint32_t>(2));
}

void TestStatus3::likeAddressesAreToldApart_data()
{
    QTest::addColumn<QByteArray>("one");
    QTest::addColumn<QByteArray>("other");
    QTest::newRow("a longer port") << QByteArray("10.0.0.1:1") << QByteArray("10.0.0.1:10");
    QTest::newRow("the longest") << QByteArray("198.51.100.200:65535") << QByteArray("198.51.100.200:65534");
    QTest::newRow("beyond the longest") << QByteArray("198.51.100.200:655351") << QByteArray("198.51.100.200:655352");
    QTest::newRow("a zero byte") << QByteArray("10.0.0.1:1") << QByteArray("10.0.0.1:1\0", 11);
    QTest::newRow("bytes above 127") << QByteArray("\xff\xfe:1") << QByteArray("\xff\xff:1");
    QTest::newRow("one without a port") << QByteArray("10.0.0.1") << QByteArray("10.0.0.1:1");
    QTest::newRow("IPv6 in digits") << QByteArray("2001::1") << QByteArray("2001::2");
}

void TestStatus3::likeAddressesAreToldApart()
{
    QFETCH(const QByteArray, one);
    QFETCH(const QByteArray, other);
    const auto snapshot = parseStatus3(answer(client("a", one, 5) + client("a", other, 6),
                                              route("10.8.0.2", "a", one) + route("10.8.0.3", "a", other)))
                              .value();
    QCOMPARE(snapshot.routes()[0].client(), std::optional<std::uint32_t>(0));
    QCOMPARE(snapshot.routes()[1].client(), std::optional<std::uint32_t>(1));
}

void TestStatus3::youngerSessionOfOneNameAndAddressHasTheRoutes()
{
    for (const bool isYoungerFirst : {false, true}) {
        const auto older = client("a", "2001:db8::1", 5);
        const auto younger = client("a", "2001:db8::1", 9);
        const auto snapshot = parseStatus3(answer(isYoungerFirst ? younger + older : older + younger,
                                                  route("10.8.0.2", "a", "2001:db8::1")))
                                  .value();
        QCOMPARE(snapshot.clients()[snapshot.routes()[0].client().value()].cid(), ClientId{9});
    }
}

void TestStatus3::clientsBetweenRoutesAreJoinedToo()
{
    QByteArray rows;
    for (int number = 0; number < 500; ++number) {
        const auto real = "10.0.0.1:" + QByteArray::number(number + 1);
        rows += route("10.8.0.2", "a", real);
        rows += route("10.8.0.3", "a", "10.0.0.1:" + QByteArray::number(500 - number));
        rows += client("a", real, number);
    }
    const auto snapshot = parseStatus3(kTitle + kClients + kRoutes + rows + kStats).value();
    QCOMPARE(snapshot.routes().size(), 1000U);
    for (const auto &each : snapshot.routes()) {
        QVERIFY(each.client());
        QCOMPARE(snapshot.clients()[*each.client()].realAddress(), each.realAddress());
    }
}

void TestStatus3::waitingClientIsRecognised()
{
    const auto snapshot = parseStatus3(answer(client("waiting", "10.0.0.1:1", 0, "", "BF-CBC") +
                                              client("without address", "10.0.0.1:2", 1, "", "AES-256-GCM") +
                                              client("old cipher", "10.0.0.1:3", 2, "10.8.0.2", "BF-CBC")))
                              .value();
    QVERIFY(snapshot.clients()[0].looksWaiting());
    QVERIFY(!snapshot.clients()[1].looksWaiting());
    QVERIFY(!snapshot.clients()[2].looksWaiting());
}

void TestStatus3::clientsAreFoundById()
{
    const auto snapshot = parseStatus3(answer(client("a", "10.0.0.1:1", 12) + client("b", "10.0.0.1:2", 10) +
                                              client("c", "10.0.0.1:3", 900)))
                              .value();
    QCOMPARE(snapshot.clientOrNull({10})->cnText(), u"b"_s);
    QCOMPARE(snapshot.clientOrNull({12})->cnText(), u"a"_s);
    QCOMPARE(snapshot.clientOrNull({900})->cnText(), u"c"_s);
    for (const qint64 absent : {0, 9, 11, 13, 899, 901, 1'000'000})
        QVERIFY(!snapshot.clientOrNull({absent}));
    QVERIFY(!parseStatus3(answer({})).value().clientOrNull({0}));
}

void TestStatus3::clientsWithFarIdsAreFoundById()
{
    const auto snapshot =
        parseStatus3(answer(client("far", "10.0.0.1:1", 9'000'000'000'000'000'000) + client("near", "10.0.0.1:2", 3)))
            .value();
    QCOMPARE(snapshot.clientOrNull({3})->cnText(), u"near"_s);
    QCOMPARE(snapshot.clientOrNull({9'000'000'000'000'000'000})->cnText(), u"far"_s);
    QVERIFY(!snapshot.clientOrNull({4}));
    QVERIFY(!snapshot.clientOrNull({9'000'000'000'000'000'001}));
}

void TestStatus3::columnsAreFoundByTheirNames()
{
    const auto snapshot =
        parseStatus3(
            "TITLE\tx\n"
            "HEADER\tCLIENT_LIST\tNew Column\tClient ID\tConnected Since (time_t)\tBytes Sent\tBytes Received\t"
            "Virtual Address\tReal Address\tCommon Name\n"
            "CLIENT_LIST\tnew\t7\t100\t11\t22\t10.8.0.2\t10.0.0.1:1\ta\n"
            "HEADER\tROUTING_TABLE\tLast Ref (time_t)\tReal Address\tCommon Name\tVirtual Address\n"
            "ROUTING_TABLE\t200\t10.0.0.1:1\ta\t10.8.0.2\n")
            .value();
    QCOMPARE(snapshot.malformedRows(), 0U);
    QCOMPARE(snapshot.clients()[0].cid(), ClientId{7});
    QCOMPARE(snapshot.clients()[0].bytesSent(), quint64{11});
    QCOMPARE(snapshot.clients()[0].bytesReceived(), quint64{22});
    QCOMPARE(snapshot.clients()[0].cnText(), u"a"_s);
    QCOMPARE(snapshot.routes()[0].prefix(), prefix(u"10.8.0.2/32"_s));
    QCOMPARE(snapshot.routes()[0].client(), std::optional<std::uint32_t>(0));
    QVERIFY(snapshot.serverVersion().isEmpty());
}

void TestStatus3::olderServersHaveFewerColumns()
{
    const auto snapshot =
        parseStatus3("TITLE\tOpenVPN 2.4.0\n"
                     "HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tBytes Received\t"
                     "Bytes Sent\tConnected Since (time_t)\tClient ID\n"
                     "CLIENT_LIST\ta\t10.0.0.1:1\t10.8.0.2\t1\t2\t3\t4\n" +
                     kRoutes)
            .value();
    QCOMPARE(snapshot.clients().size(), 1U);
    QVERIFY(snapshot.clients()[0].usernameText().isEmpty());
    QVERIFY(snapshot.clients()[0].cipherText().isEmpty());
    QVERIFY(!snapshot.clients()[0].virtualAddress6());
    QVERIFY(!snapshot.clients()[0].peerId());
}

void TestStatus3::malformedRowsAreCountedAndLeftOut_data()
{
    QTest::addColumn<QByteArray>("row");
    const QByteArray right = client("x", "10.0.0.9:1", 99).trimmed();
    QTest::newRow("unknown kind") << QByteArray("CLIENT_LISTS\tx");
    QTest::newRow("text without a kind") << QByteArray("x");
    QTest::newRow("field missing") << right.left(right.lastIndexOf('\t'));
    QTest::newRow("field too many") << right + "\tmore";
    QTest::newRow("a hundred fields too many") << right + QByteArray(100, '\t');
    QTest::newRow("id is no number") << QByteArray(right).replace("\t99\t", "\tx\t");
    QTest::newRow("id is negative") << QByteArray(right).replace("\t99\t", "\t-1\t");
    QTest::newRow("counter is no number") << QByteArray(right).replace("2168", "many");
    QTest::newRow("time is no number") << QByteArray(right).replace("1795291018", "now");
    QTest::newRow("virtual address is none") << QByteArray(right).replace("10.8.0.2", "10.8.0.x");
    const QByteArray routeRow = route("10.8.0.9", "x", "10.0.0.9:1").trimmed();
    QTest::newRow("route is no prefix") << QByteArray(routeRow).replace("10.8.0.9", "10.8.0.9/33");
    QTest::newRow("route is empty") << QByteArray(routeRow).replace("10.8.0.9", "");
    QTest::newRow("route is half a MAC") << QByteArray(routeRow).replace("10.8.0.9", "02:aa:bb:cc:00:0@1");
    QTest::newRow("route is a MAC without a VLAN") << QByteArray(routeRow).replace("10.8.0.9", "02:aa:bb:cc:00:01@");
    QTest::newRow("route is a MAC with a wrong VLAN")
        << QByteArray(routeRow).replace("10.8.0.9", "02:aa:bb:cc:00:01@x");
    QTest::newRow("route without a time") << QByteArray(routeRow).replace("1795291019", "");
    QTest::newRow("route with a field missing") << routeRow.left(routeRow.lastIndexOf('\t'));
}

void TestStatus3::malformedRowsAreCountedAndLeftOut()
{
    QFETCH(const QByteArray, row);
    const auto good = client("good", "10.0.0.1:1", 1);
    const auto goodRoute = route("10.8.0.2", "good", "10.0.0.1:1");
    const auto snapshot = parseStatus3(kTitle + kClients + kRoutes + good + row + "\r\n" + goodRoute + kStats).value();
    QCOMPARE(snapshot.malformedRows(), 1U);
    QCOMPARE(snapshot.clients().size(), 1U);
    QCOMPARE(snapshot.clients()[0].cnText(), u"good"_s);
    QCOMPARE(snapshot.routes().size(), 1U);
    QCOMPARE(snapshot.routes()[0].client(), std::optional<std::uint32_t>(0));
}

void TestStatus3::otherTextsAreNoStatus_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("end only") << QByteArray("END\r\n");
    QTest::newRow("status 2") << answer({}).replace('\t', ',');
    QTest::newRow("no title") << kClients + kRoutes + kStats;
    QTest::newRow("no clients' header") << kTitle + kRoutes + kStats;
    QTest::newRow("no routes' header") << kTitle + kClients + kStats;
    QTest::newRow("no client id") << answer({}).replace("Client ID", "Client");
    QTest::newRow("no real address of routes") << kTitle + kClients + QByteArray(kRoutes).replace("Real Address", "x");
    QTest::newRow("status of a client") << QByteArray("OpenVPN STATISTICS\r\nUpdated,2026\r\nTUN/TAP read bytes,0\r\n");
}

void TestStatus3::otherTextsAreNoStatus()
{
    QFETCH(const QByteArray, text);
    const auto snapshot = parseStatus3(text);
    QVERIFY(!snapshot);
    QCOMPARE(snapshot.error().kind, ErrorKind::BackendMismatch);
}

void TestStatus3::textsOutliveTheAnswerTheyCameFrom()
{
    std::optional<StatusSnapshot> copy;
    {
        auto text = answer(client("a", "10.0.0.1:1", 1));
        const auto snapshot = parseStatus3(text).value();
        text.fill('x');
        copy = snapshot;
    }
    QCOMPARE(copy->clients()[0].cnText(), u"a"_s);
    QCOMPARE(copy->title(), u"OpenVPN 2.6.14 x86_64-pc-linux-gnu [DCO]"_s);
}

void TestStatus3::dcoIsTold()
{
    QVERIFY(parseStatus3(answer({}).replace("dco_enabled\t0", "dco_enabled\t1")).value().isDcoEnabled());
}

QTEST_GUILESS_MAIN(TestStatus3)
#include "tst_status3.moc"
