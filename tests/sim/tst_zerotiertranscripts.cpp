// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/controllerscenes.h"
#include "tests/support/httptranscript.h"

#include <QRegularExpression>
#include <QTest>

#include <map>

using namespace interlock;
using interlock::scenes::Scene;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

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
QString differenceOf(const HttpExchange &recorded, const RawReply &reply, Compared compared,
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
    // Times are of one length, so the beginning of a long body is compared with what is as long.
    const qsizetype compareLength = recorded.hasWholeBody() ? reply.body.size() : recorded.body.size();
    const auto [recordedTimes, recordedText] = withoutTimes(recorded.body);
    const auto [replyTimes, text] = withoutTimes(reply.body.left(compareLength));
    if (text != recordedText)
        return u"body "_s + QString::fromUtf8(text.left(3000)) + u"\nrecorded "_s + QString::fromUtf8(recordedText);
    for (qsizetype i = 0; i < recordedTimes.size(); ++i) {
        if (recordedTimes[i].startsWith("clock") || recordedTimes[i].startsWith("lastSend"))
            continue;
        const QByteArray time = times.try_emplace(recordedTimes[i], replyTimes[i]).first->second;
        if (time != replyTimes[i])
            return u"another time than before: "_s + QString::fromUtf8(replyTimes[i]);
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
    for (const auto &[name, scene] : scenes::scenes())
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
    Scene scene = scenes::scenes().at(name)();
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
        QCOMPARE(exchange.title + u": "_s + differenceOf(exchange, *reply, compared, times), exchange.title + u": "_s);
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
    QCOMPARE(differenceOf(recorded, {statusLine, headers, body}, {}, times).split(u' ').first(), difference);
    if (!difference.isEmpty())
        return;
    const QByteArray later = R"({"creationTime":1995289868040,"mtu":2800})";
    QVERIFY(differenceOf(recorded, {statusLine, headers, later}, {}, times).startsWith(u"another time"));
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
