// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/controllerdouble.h"
#include "tests/support/httptranscript.h"
#include "tests/support/rawhttp.h"

#include <QRegularExpression>
#include <QTest>

#include <map>

using namespace interlock;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

NetworkId network(const char *id)
{
    return NetworkId::parse(QString::fromLatin1(id)).value();
}

NodeId node(const char *id)
{
    return NodeId::parse(QString::fromLatin1(id)).value();
}

/// What a controller was like when a recording of it begins, and what happened to it between two recorded requests.
struct Scene
{
    ControllerOptions options = {};
    std::function<void(ControllerDouble &)> begin = {};
    std::map<QString, std::function<void(ControllerDouble &)>> before = {}; ///< by the title of the next request
    /// Titles of requests that cannot be replayed, with the reason.
    std::map<QString, QString> notReplayed = {};
    /// Titles of answers whose body cannot be compared, with the reason.
    std::map<QString, QString> bodyNotCompared = {};
    /// Titles of answers whose recorded length is not that of the recorded body, with the reason.
    std::map<QString, QString> lengthNotCompared = {};
};

const QString kOtherFolder = u"the recording names another \"homeDir\" than was sent, a few bytes longer"_s;

/// A record as the first recorded answer has it, but for `changes`.
QByteArray networkRecord(const QByteArray &id, qint64 creationTime, int revision, const QByteArray &changes)
{
    ControllerDouble maker;
    maker.editOutside(network(id), changes);
    QByteArray record = maker.networkText(network(id));
    static const QRegularExpression kTime(u"\"creationTime\":\\d+"_s);
    static const QRegularExpression kRevision(u"\"revision\":\\d+"_s);
    QString text = QString::fromUtf8(record);
    text.replace(kTime, u"\"creationTime\":%1"_s.arg(creationTime));
    text.replace(kRevision, u"\"revision\":%1"_s.arg(revision));
    return text.toUtf8();
}

std::function<void(ControllerDouble &)> withNetwork(const QByteArray &id, qint64 creationTime, int revision,
                                                    const QByteArray &changes)
{
    return [=](ControllerDouble &controller) {
        QVERIFY(controller.put(networkRecord(id, creationTime, revision, changes)));
    };
}

std::function<void(ControllerDouble &)> withName(const char *id, const QByteArray &name)
{
    return [id = network(id), name](ControllerDouble &controller) {
        QVERIFY(!controller.editOutside(id, "{\"name\":" + jsonQuoted(name) + '}').isEmpty());
    };
}

Scene statusScene()
{
    Scene scene;
    scene.options.publicIdentity =
        "4bb8520480:0:7add2a7cf51fce6b13c26c0e8f873f57e4ac9641323d74d73f5119fa3f73cc702a2df439"
        "a2203c20d26db38d68cac2478cad000b2f911c8bca85dbbf952010a9";
    // The recorded request came from another address; here every client is at 127.0.0.1.
    scene.before[u"from non loopback address (good token)"_s] = [](ControllerDouble &controller) {
        controller.change([](ControllerOptions &options) { options.isManagementAllowed = false; });
    };
    scene.before[u"unauthenticated /health"_s] = [](ControllerDouble &controller) {
        controller.change([](ControllerOptions &options) { options.isManagementAllowed = true; });
    };
    for (const auto &title : {u"status"_s, u"status Authorization: Bearer"_s, u"status ?auth= query"_s})
        scene.lengthNotCompared[title] = kOtherFolder;
    scene.bodyNotCompared[u"metrics with auth token"_s] = u"10788 bytes of counters, of which 200 were recorded"_s;
    return scene;
}

Scene crudScene()
{
    Scene scene;
    scene.options.networkIds = {network("4bb852048089dc98"), network("4bb8520480355645"), network("4bb85204802617a7")};
    return scene;
}

Scene httpScene()
{
    Scene scene;
    scene.begin = withNetwork("4bb852048046f421", 1795290257036, 1, R"({"name":"http"})");
    scene.before[u"JSON nested 100000 deep (unknown key)"_s] = withName("4bb852048046f421", "http");
    scene.before[u"jsonp"_s] = withName("4bb852048046f421", "gzip");
    return scene;
}

constexpr const char *kMemberIdentity =
    "a9373d8380:0:"
    "61077432a7f6d83517f4a52df045e68460d9a16184dce0d9ab2e8d15694d525ce3b5ff0ecdcf189acce7e3f25214bd05ed2e6a"
    "650fb826d76d2a97c0bdeff67b";

Scene realMemberScene()
{
    const NetworkId lab = network("79637e24f06f347e");
    const NodeId device = node("a9373d8380");
    const auto joins = [=](ControllerDouble &controller) { QVERIFY(controller.join(lab, device, kMemberIdentity)); };
    Scene scene;
    scene.options.node = node("79637e24f0");
    scene.options.publicIdentity =
        "79637e24f0:0:db27a02a7f0804ac958928cd36fcbf9ca645781634a57e877ae93b23aabc9c67289a6482"
        "0b79a4620b1a5af8412881aae4528abb9133fbb5cdf67d89c5766a0d";
    scene.options.bind = "198.51.100.1";
    scene.options.shownPort = 29994;
    scene.options.isOnline = true;
    scene.options.networkIds = {lab};
    scene.lengthNotCompared[u"controller: status"_s] = kOtherFolder;
    scene.before[u"controller: member record of an unauthorised joiner"_s] = joins;
    scene.before[u"controller: member after real join"_s] = [=](ControllerDouble &controller) {
        controller.editOutside(lab, device, R"({"authorized":true,"ipAssignments":["10.1.1.10"]})");
    };
    scene.before[u"controller: peers (is the member online?)"_s] = [=](ControllerDouble &controller) {
        controller.setPeers({{device, 12, u"198.51.100.2/29995"_s, {}, u"1.14.1"_s, u"LEAF"_s}});
    };
    scene.before[u"controller: DELETE a member that is joined and asking"_s] = [=](ControllerDouble &controller) {
        for (int i = 0; i < 5; ++i) { // thirteen changes lie between the two recorded records
            controller.editOutside(lab, device, R"({"activeBridge":true})");
            controller.editOutside(lab, device, R"({"activeBridge":false})");
        }
        controller.editOutside(lab, device, R"({"noAutoAssignIps":true})");
        controller.editOutside(lab, device, R"({"ipAssignments":["10.1.1.5"]})");
        controller.editOutside(lab, device, R"({"authorized":false})");
    };
    scene.before[u"controller: member after delete (re-created by the node asking again)"_s] = joins;
    for (const auto &title :
         {u"member node: status"_s, u"member node: join"_s, u"member node: network after authorise"_s,
          u"member node: network with 500 routes configured"_s, u"member node: after deauthorise"_s})
        scene.notReplayed[title] = u"asked of the member's own node on port 29995, not of the controller"_s;
    return scene;
}

Scene recoveryScene()
{
    Scene scene;
    scene.begin = [](ControllerDouble &controller) {
        for (const char *id :
             {"4bb85204802617a7", "4bb8520480355645", "4bb852048046f421", "4bb852048089dc98", "4bb8520480697d3c",
              "4bb8520480b18b7f", "4bb8520480b65e15", "4bb8520480e20665", "4bb8520480e674a3"})
            controller.editOutside(network(id), "{}");
        for (int i = 0; i < 5000; ++i)
            controller.editOutside(network("4bb8520480697d3c"),
                                   node(QByteArray::number(0x4000000000 + i, 16).constData()), "{}");
        controller.wipeNetwork(network("4bb8520480697d3c"));
    };
    scene.before[u"members after re-create and restart of the controller"_s] = [](ControllerDouble &controller) {
        QVERIFY(controller.restart());
    };
    scene.before[u"revision persists over restart"_s] = [](ControllerDouble &controller) {
        controller.editOutside(network("4bb852048020ab7c"), R"({"name":"race"})");
        QVERIFY(controller.restart());
    };
    return scene;
}

std::map<QString, std::function<Scene()>> scenes()
{
    const auto begin = [](const QByteArray &id, qint64 creationTime, int revision, const QByteArray &changes) {
        return [=] {
            Scene scene;
            scene.begin = withNetwork(id, creationTime, revision, changes);
            return scene;
        };
    };
    return {
        {u"01-status-auth.http"_s, statusScene},
        {u"02-network-crud.http"_s, crudScene},
        {u"03-routes.http"_s, begin("4bb8520480e20665", 1795289911852, 1, R"({"name":"routes"})")},
        {u"04-route-limit.http"_s, begin("4bb8520480e20665", 1795289911852, 32, R"({"name":"routes"})")},
        {u"05-members.http"_s,
         begin("4bb852048057b5c8", 1795289967542, 1,
               R"({"name":"members","routes":[{"target":"10.0.0.0/8"},{"target":"10.1.1.0/24"}]})")},
        {u"06-pools-assignmodes.http"_s, begin("4bb8520480e674a3", 1795289967960, 1, R"({"name":"pools"})")},
        {u"07-concurrency.http"_s,
         begin("4bb8520480b65e15", 1795290112146, 313,
               R"({"name":"race","mtu":1598,"multicastLimit":1277,"remoteTraceTarget":"000000012b",
                                             "routes":[{"target":"10.46.0.0/16"}]})")},
        {u"08-http-behaviour.http"_s, httpScene},
        {u"09-real-member.http"_s, realMemberScene},
        {u"13-recovery.http"_s, recoveryScene},
    };
}

/// The body that was sent, which the recording has only the beginning of when it is long.
QByteArray wholeBody(const HttpExchange &exchange)
{
    if (exchange.requestBody.size() == exchange.requestLength) {
        // A body that is no UTF-8 was recorded as if it were Latin 1.
        for (const QByteArray &line : exchange.requestHead) {
            if (line.startsWith("Content-Length: ") && line.mid(16).toLongLong() != exchange.requestBody.size())
                return QString::fromUtf8(exchange.requestBody).toLatin1();
        }
        return exchange.requestBody;
    }
    if (exchange.title == u"20 MiB body")
        return R"({"name":")" + QByteArray(20 << 20, 'x') + R"("})";
    if (exchange.title == u"JSON nested 100000 deep (unknown key)")
        return R"({"x":)" + QByteArray(100000, '[') + QByteArray(100000, ']') + '}';
    QByteArray routes;
    const int count = exchange.title.split(u' ').first().toInt();
    for (int i = 0; i < count; ++i)
        routes += (i == 0 ? R"({"target": "10.)" : R"(, {"target": "10.)") + QByteArray::number(1 + i / 256) + '.' +
                  QByteArray::number(i % 256) + R"(.0/24", "via": null})";
    return R"({"routes": [)" + routes + "]}";
}

/// Says `exchange`'s request again, byte for byte but for the token.
std::optional<RawReply> replay(const HttpExchange &exchange, const ControllerDouble &controller)
{
    QByteArray head = exchange.requestHead.join("\r\n") + "\r\n\r\n";
    head.replace("<TOKEN>", controller.token());
    QByteArray body = wholeBody(exchange);
    if (head.contains("Transfer-Encoding: chunked"))
        body = QByteArray::number(body.size(), 16) + "\r\n" + body + "\r\n0\r\n\r\n";
    RawHttp client(controller.port());
    if (!exchange.preliminary.isEmpty()) {
        client.send(head);
        if (client.readLine() != exchange.preliminary || client.readLine() != QByteArray())
            return std::nullopt;
        return client.ask(body);
    }
    return client.ask(head + body);
}

/// The times in a text in their order, as "creationTime:1795289868040", and the text without them.
std::pair<QByteArrayList, QByteArray> withoutTimes(const QByteArray &body)
{
    static const QRegularExpression kTime(
        u"\"(clock|creationTime|lastAuthorizedTime|lastDeauthorizedTime|lastReceive|lastSend)\": ?(\\d{13})"_s);
    QString text = QString::fromUtf8(body);
    QByteArrayList times;
    for (auto matches = kTime.globalMatch(text); matches.hasNext();) {
        const auto match = matches.next();
        times += match.captured(1).toUtf8() + ':' + match.captured(2).toUtf8();
    }
    text.replace(kTime, u"\"\\1\":T"_s);
    return {times, text.toUtf8()};
}

/// What is compared of an answer.
struct Compared
{
    bool hasBody = true;
    bool hasLength = true;
};

QByteArrayList withoutLengths(QByteArrayList headers)
{
    for (QByteArray &line : headers) {
        if (line.startsWith("Content-Length: "))
            line = "Content-Length: N";
    }
    return headers;
}

/// What the reply has otherwise than the recording; nothing if they agree. Times may differ, but the same recorded time
/// has to be the same time in all of a recording, which `times` remembers.
QString difference(const HttpExchange &recorded, const RawReply &reply, Compared compared,
                   std::map<QByteArray, QByteArray> &times)
{
    if (reply.statusLine != recorded.statusLine)
        return u"status "_s + QString::fromUtf8(reply.statusLine);
    const bool areHeadersEqual = compared.hasLength ? reply.headers == recorded.headers
                                                    : withoutLengths(reply.headers) == withoutLengths(recorded.headers);
    if (!areHeadersEqual)
        return u"headers "_s + QString::fromUtf8(reply.headers.join(" | "));
    if (!compared.hasBody)
        return {};
    const auto [recordedTimes, recordedText] = withoutTimes(recorded.body);
    const auto whole = withoutTimes(reply.body);
    const QByteArray text = recorded.hasWholeBody() ? whole.second : whole.second.left(recordedText.size());
    if (text != recordedText)
        return u"body "_s + QString::fromUtf8(text.left(3000)) + u"\nrecorded "_s + QString::fromUtf8(recordedText);
    for (qsizetype i = 0; i < recordedTimes.size(); ++i) {
        if (recordedTimes[i].startsWith("clock") || recordedTimes[i].startsWith("lastSend"))
            continue;
        const QByteArray time = times.try_emplace(recordedTimes[i], whole.first[i]).first->second;
        if (time != whole.first[i])
            return u"another time than before: "_s + QString::fromUtf8(whole.first[i]);
    }
    return {};
}

} // namespace

class TestZeroTierTranscripts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRecordingHasAScene();
    void aControllerAnswersAsRecorded_data();
    void aControllerAnswersAsRecorded();
    void anotherAnswerIsNoticed_data();
    void anotherAnswerIsNoticed();
    void aLongBodyIsTheOneThatWasSent();
};

void TestZeroTierTranscripts::everyRecordingHasAScene()
{
    QStringList names;
    for (const auto &[name, scene] : scenes())
        names += name;
    QCOMPARE(names, httpTranscriptNames());
}

void TestZeroTierTranscripts::aControllerAnswersAsRecorded_data()
{
    QTest::addColumn<QString>("name");
    for (const QString &name : httpTranscriptNames())
        QTest::newRow(qPrintable(name)) << name;
}

void TestZeroTierTranscripts::aControllerAnswersAsRecorded()
{
    QFETCH(const QString, name);
    Scene scene = scenes().at(name)();
    scene.options.readTimeout = 200ms; // the real one waits for 5 s, twice in these recordings
    if (scene.options.shownPort == 0)
        scene.options.shownPort = 29993;
    ControllerDouble controller(scene.options);
    QVERIFY(controller.listen());
    if (scene.begin)
        scene.begin(controller);
    std::map<QByteArray, QByteArray> times;
    std::size_t replayed = 0;
    const auto exchanges = readHttpTranscript(name);
    for (const HttpExchange &exchange : exchanges) {
        if (scene.notReplayed.contains(exchange.title)) {
            QVERIFY2(exchange.requestHead.contains("Host: 127.0.0.1:29995"), qPrintable(exchange.title));
            continue;
        }
        if (const auto happens = scene.before.find(exchange.title); happens != scene.before.end())
            happens->second(controller);
        const auto reply = replay(exchange, controller);
        QVERIFY2(reply, qPrintable(exchange.title));
        const bool hasBody = !scene.bodyNotCompared.contains(exchange.title);
        const bool hasLength = hasBody && !scene.lengthNotCompared.contains(exchange.title);
        const Compared compared{hasBody, hasLength};
        QCOMPARE(exchange.title + u": "_s + difference(exchange, *reply, compared, times), exchange.title + u": "_s);
        if (hasBody && !hasLength)
            QVERIFY(!exchange.headers.contains("Content-Length: " + QByteArray::number(exchange.body.size())));
        ++replayed;
    }
    // Nothing is left out but what is said to be, and nothing that is said is not there.
    QCOMPARE(replayed, exchanges.size() - scene.notReplayed.size());
    QVERIFY(replayed > 0);
    QStringList titles;
    for (const HttpExchange &exchange : exchanges)
        titles += exchange.title;
    for (const auto &[title, happens] : scene.before)
        QVERIFY2(titles.contains(title), qPrintable(title));
    for (const auto &[title, reason] : scene.bodyNotCompared)
        QVERIFY2(titles.contains(title), qPrintable(title));
    for (const auto &[title, reason] : scene.lengthNotCompared)
        QVERIFY2(titles.contains(title), qPrintable(title));
}

void TestZeroTierTranscripts::anotherAnswerIsNoticed_data()
{
    QTest::addColumn<QByteArray>("statusLine");
    QTest::addColumn<QByteArrayList>("headers");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("difference");
    const QByteArray ok = "HTTP/1.1 200 OK";
    const QByteArrayList json{"Content-Length: 40", "Content-Type: application/json"};
    const QByteArray body = R"({"creationTime":1795289868040,"mtu":2800})";
    QTest::newRow("the same") << ok << json << body << QString();
    QTest::newRow("another time") << ok << json << QByteArray(body).replace("1795289868040", "1895289868041")
                                  << QString();
    QTest::newRow("status") << QByteArray("HTTP/1.1 201 Created") << json << body << u"status"_s;
    QTest::newRow("a header less") << ok << json.mid(0, 1) << body << u"headers"_s;
    QTest::newRow("another length") << ok << QByteArrayList{"Content-Length: 41", json[1]} << body << u"headers"_s;
    QTest::newRow("another value") << ok << json << QByteArray(body).replace("2800", "2801") << u"body"_s;
    QTest::newRow("more") << ok << json << body + ' ' << u"body"_s;
}

void TestZeroTierTranscripts::anotherAnswerIsNoticed()
{
    QFETCH(const QByteArray, statusLine);
    QFETCH(const QByteArrayList, headers);
    QFETCH(const QByteArray, body);
    QFETCH(const QString, difference);
    HttpExchange recorded;
    recorded.statusLine = "HTTP/1.1 200 OK";
    recorded.headers = {"Content-Length: 40", "Content-Type: application/json"};
    recorded.body = R"({"creationTime":1795289868040,"mtu":2800})";
    recorded.bodyLength = recorded.body.size();
    std::map<QByteArray, QByteArray> times;
    QCOMPARE(::difference(recorded, {statusLine, headers, body}, {}, times).split(u' ').first(), difference);
    if (!difference.isEmpty())
        return;
    const QByteArray later = R"({"creationTime":1995289868040,"mtu":2800})";
    QVERIFY(::difference(recorded, {statusLine, headers, later}, {}, times).startsWith(u"another time"));
}

void TestZeroTierTranscripts::aLongBodyIsTheOneThatWasSent()
{
    int shortened = 0;
    for (const QString &name : httpTranscriptNames()) {
        for (const HttpExchange &exchange : readHttpTranscript(name)) {
            if (exchange.requestBody.size() == exchange.requestLength)
                continue;
            const QByteArray body = wholeBody(exchange);
            QCOMPARE(body.size(), exchange.requestLength);
            QVERIFY2(body.startsWith(exchange.requestBody), qPrintable(exchange.title));
            ++shortened;
        }
    }
    QCOMPARE(shortened, 18);
}

QTEST_GUILESS_MAIN(TestZeroTierTranscripts)
#include "tst_zerotiertranscripts.moc"
