// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/parser.h"
#include "tests/support/transcript.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace interlock;
using namespace interlock::openvpn;
using namespace Qt::StringLiterals;

namespace {

using Events = std::vector<Event>;

/// A human being can tell a line of a long answer from the answer itself, when the talk is known to be right.
AnswerShape shapeOf(std::string_view line)
{
    return line.starts_with("SUCCESS:") || line.starts_with("ERROR:") ? AnswerShape::SingleLine
                                                                      : AnswerShape::MultiLine;
}

/// Feeds bytes in pieces; `cut` says how long the next piece is.
template <typename Cut>
Events replay(const QByteArray &bytes, Cut &&cut)
{
    LineReader reader;
    Parser parser;
    Events events;
    for (qsizetype at = 0; at < bytes.size();) {
        const auto size = std::min<qsizetype>(cut(), bytes.size() - at);
        reader.append(QByteArrayView(bytes).sliced(at, size));
        while (const auto line = reader.next()) {
            parser.expect(shapeOf(line->text));
            parser.read(*line, events);
        }
        at += size;
    }
    return events;
}

Events replayWhole(const QByteArray &bytes)
{
    return replay(bytes, [&] { return bytes.size(); });
}

/// The events of `text`, whose lines end in LF, while answers of that shape are awaited.
Events parsed(const QByteArray &text, AnswerShape shape = AnswerShape::None)
{
    LineReader reader;
    reader.append(text);
    Parser parser;
    parser.expect(shape);
    Events events;
    while (const auto line = reader.next())
        parser.read(*line, events);
    return events;
}

template <typename T>
qsizetype countOf(const Events &events)
{
    return std::count_if(events.begin(), events.end(),
                         [](const Event &each) { return std::holds_alternative<T>(each); });
}

/// Which alternative each of them is.
std::vector<std::size_t> kindsOf(const Events &events)
{
    std::vector<std::size_t> kinds;
    for (const auto &each : events)
        kinds.push_back(each.index());
    return kinds;
}

template <typename... T>
std::vector<std::size_t> kinds()
{
    return {Event(T{}).index()...};
}

Timestamp seconds(qint64 value)
{
    return Timestamp::fromMilliseconds(value * 1000);
}

ClientEnvironment environment(std::initializer_list<std::pair<const char *, const char *>> variables)
{
    ClientEnvironment env;
    for (const auto &[name, value] : variables)
        env.add(name, value);
    return env;
}

const ClientEnvironment *environmentOrNull(const Event &each)
{
    if (const auto *connected = std::get_if<ClientConnected>(&each))
        return &connected->env;
    if (const auto *reauth = std::get_if<ClientReauth>(&each))
        return &reauth->env;
    if (const auto *established = std::get_if<ClientEstablished>(&each))
        return &established->env;
    if (const auto *disconnected = std::get_if<ClientDisconnected>(&each))
        return &disconnected->env;
    return nullptr;
}

void addTranscripts()
{
    QTest::addColumn<QString>("name");
    const auto names = transcriptNames();
    QVERIFY(names.size() > 30);
    for (const auto &name : names)
        QTest::newRow(qPrintable(name)) << name;
}

} // namespace

class TestParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingGenuineIsMalformed_data() { addTranscripts(); }
    void nothingGenuineIsMalformed();
    void recordedEventsAreTheSameHoweverTheyWereCut_data() { addTranscripts(); }
    void recordedEventsAreTheSameHoweverTheyWereCut();
    void everyRecordedBlockIsOneEvent_data() { addTranscripts(); }
    void everyRecordedBlockIsOneEvent();
    void noRecordedPasswordIsKept(); // openvpn/FACTS.md 25
    void everyRecordedConnectNamesItsClient();
    void filteredEnvironmentsHaveNoName(); // openvpn/FACTS.md 25
    void siteToSiteBeginsAsRecorded();
    void forgedLinesInNamesStayNames(); // openvpn/FACTS.md 56, 57

    void eachKindOfLineIsOneEvent_data();
    void eachKindOfLineIsOneEvent();
    void hostBitsOfAnAddressAreCutOff(); // openvpn/FACTS.md 22
    void blockEndsWithEnd();
    void realTimeLinesMayComeInsideABlock();
    void anotherClientLineEndsAnUnfinishedBlock();
    void environmentWithoutABlockIsMalformedOnce();
    void overlongVariableTruncatesTheBlock();
    void hugeBlockIsTruncatedAndStillAnEvent();
    void clearForgetsAnOpenBlock();

    void answersDependOnWhatIsAwaited();
    void errorEndsAnAnswerOfManyLines(); // openvpn/FACTS.md 18
    void malformedLinesAreNamedWithoutTheirText_data();
    void malformedLinesAreNamedWithoutTheirText();
    void linesOfStateAreRead();
};

void TestParser::nothingGenuineIsMalformed()
{
    QFETCH(const QString, name);
    const auto bytes = serverBytes(name);
    const auto events = replayWhole(bytes);
    QCOMPARE(events.empty(), bytes.isEmpty());
    for (const auto &each : events) {
        if (const auto *malformed = std::get_if<Malformed>(&each))
            QFAIL(qPrintable(malformed->what));
    }
}

void TestParser::recordedEventsAreTheSameHoweverTheyWereCut()
{
    QFETCH(const QString, name);
    const auto bytes = serverBytes(name);
    const auto whole = replayWhole(bytes);
    QVERIFY(replay(bytes, [] { return 1; }) == whole);
    for (quint32 seed = 1; seed <= 3; ++seed) {
        QRandomGenerator random(seed);
        const auto cut = [&] { return random.bounded(1, seed == 1 ? 8 : seed == 2 ? 300 : 5000); };
        QVERIFY2(replay(bytes, cut) == whole, qPrintable(u"seed %1"_s.arg(seed)));
    }
}

void TestParser::everyRecordedBlockIsOneEvent()
{
    QFETCH(const QString, name);
    const auto bytes = serverBytes(name);
    const auto events = replayWhole(bytes);
    QCOMPARE(countOf<ClientConnected>(events),
             bytes.count("\n>CLIENT:CONNECT,") + bytes.startsWith(">CLIENT:CONNECT,"));
    QCOMPARE(countOf<ClientReauth>(events), bytes.count("\n>CLIENT:REAUTH,"));
    QCOMPARE(countOf<ClientEstablished>(events), bytes.count("\n>CLIENT:ESTABLISHED,"));
    QCOMPARE(countOf<ClientDisconnected>(events), bytes.count("\n>CLIENT:DISCONNECT,"));
    QCOMPARE(countOf<ClientAddress>(events), bytes.count("\n>CLIENT:ADDRESS,"));
    QCOMPARE(countOf<ByteCount>(events), bytes.count("\n>BYTECOUNT_CLI:"));
    QCOMPARE(countOf<StateChanged>(events), bytes.count("\n>STATE:"));
    QCOMPARE(countOf<LogLine>(events), bytes.count("\n>LOG:"));
}

void TestParser::noRecordedPasswordIsKept()
{
    qsizetype passwords = 0;
    for (const auto &name : transcriptNames()) {
        const auto bytes = serverBytes(name);
        passwords += bytes.count(">CLIENT:ENV,password=");
        for (const auto &each : replayWhole(bytes)) {
            if (const auto *env = environmentOrNull(each))
                QVERIFY(!env->value("password"));
        }
    }
    QVERIFY(passwords > 100);
}

void TestParser::everyRecordedConnectNamesItsClient()
{
    qsizetype connects = 0;
    for (const auto &each : replayWhole(serverBytes(u"10_iroute.txt"_s))) {
        if (const auto *connected = std::get_if<ClientConnected>(&each)) {
            QVERIFY(connected->env.commonName());
            QVERIFY(connected->env.realAddress().contains(u':'));
            QCOMPARE(connected->env.deviceType(), std::optional(DeviceType::Tun));
            QCOMPARE(connected->env.ifconfigNetmask(), std::optional(Address::ipv4(0xffffff00)));
            ++connects;
        }
    }
    QVERIFY(connects > 0);
}

void TestParser::filteredEnvironmentsHaveNoName()
{
    std::vector<ClientId> nameless;
    for (const auto &each : replayWhole(serverBytes(u"14_kill_timing.txt"_s))) {
        if (const auto *connected = std::get_if<ClientConnected>(&each)) {
            if (const auto cn = connected->env.commonName(); !cn) {
                QCOMPARE(cn.error().kind, ErrorKind::NotFound);
                nameless.push_back(connected->cid);
            }
        }
    }
    QCOMPARE(nameless, (std::vector<ClientId>{{11}, {12}, {13}})); // env-filter 1, 2 and 3
}

void TestParser::siteToSiteBeginsAsRecorded()
{
    const auto events = replayWhole(serverBytes(u"01_site_to_site.txt"_s));
    QVERIFY(events.size() > 7);
    QCOMPARE(kindsOf({events.begin(), events.begin() + 8}),
             (kinds<Info, Hold, Success, ClientConnected, Success, ClientAddress, ClientAddress, ClientEstablished>()));
    QCOMPARE(std::get<Info>(events[0]), Info{5});
    QCOMPARE(std::get<Success>(events[2]), Success{u"hold release succeeded"_s});
    const auto &connected = std::get<ClientConnected>(events[3]);
    QCOMPARE(connected.cid, ClientId{0});
    QCOMPARE(connected.kid, KeyId{1});
    QCOMPARE(connected.env.size(), 49U); // fifty lines, less the password
    QCOMPARE(connected.env.commonName().value().toString(), u"branch-a"_s);
    QCOMPARE(connected.env.realAddress(), u"10.99.0.11:56101"_s);
    QCOMPARE(connected.env.ifconfigLocal(), std::optional(Address::ipv4(0x0a080001)));
    QCOMPARE(connected.env.ivVersion(), u"2.6.14"_s);
    QCOMPARE(std::get<ClientAddress>(events[5]), (ClientAddress{{0}, Prefix(Address::ipv4(0x0a08000b), 32), true}));
    QCOMPARE(std::get<ClientAddress>(events[6]), (ClientAddress{{0}, Prefix(Address::ipv4(0x64400000), 27), false}));
}

void TestParser::forgedLinesInNamesStayNames()
{
    QStringList names;
    QStringList users;
    for (const auto &each : replayWhole(serverBytes(u"11_cn_injection.txt"_s))) {
        if (const auto *connected = std::get_if<ClientConnected>(&each)) {
            names << connected->env.text("common_name");
            users << connected->env.username();
        }
    }
    QVERIFY(names.contains(u"a_b >CLIENT:ENV,common_name=root"_s));
    QVERIFY(!names.contains(u"root"_s));
    QVERIFY(users.contains(u">CLIENT:ENV,END"_s));
}

void TestParser::eachKindOfLineIsOneEvent_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<AnswerShape>("shape");
    QTest::addColumn<Event>("expected");
    const auto add = [](const char *name, const char *line, const Event &event, AnswerShape shape = AnswerShape::None) {
        QTest::newRow(name) << QByteArray(line) + "\r\n" << shape << event;
    };
    add("greeting", ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info", Info{5});
    add("greeting without a version", ">INFO:hello", Info{0});
    add("hold", ">HOLD:Waiting for hold release:10", Hold{std::chrono::seconds(10)});
    add("hold without a time", ">HOLD:Waiting", Hold{});
    add("byte count", ">BYTECOUNT_CLI:3,18446744073709551615,7", ByteCount{{3}, 18446744073709551615U, 7});
    add("log", ">LOG:1795290307,D,MANAGEMENT: CMD 'a,b'",
        LogLine{seconds(1795290307), u"D"_s, u"MANAGEMENT: CMD 'a,b'"_s});
    add("log without flags", ">LOG:1795290307,,text", LogLine{seconds(1795290307), {}, u"text"_s});
    add("log without text", ">LOG:1795290307,I,", LogLine{seconds(1795290307), u"I"_s, {}});
    add("connected", ">STATE:1795290307,CONNECTED,SUCCESS,10.8.0.1,,,10.99.0.1,1194",
        StateChanged{seconds(1795290307),
                     u"CONNECTED"_s,
                     u"SUCCESS"_s,
                     Address::ipv4(0x0a080001),
                     {},
                     {},
                     Address::ipv4(0x0a630001),
                     0,
                     1194});
    add("connected with IPv6", ">STATE:1,CONNECTED,SUCCESS,10.8.0.1,10.0.0.1,1194,10.99.0.1,1195,fd00::1",
        StateChanged{seconds(1), u"CONNECTED"_s, u"SUCCESS"_s, Address::ipv4(0x0a080001),
                     Address(Family::IPv6, (uint128{0xfd00} << 112U) + 1), Address::ipv4(0x0a000001),
                     Address::ipv4(0x0a630001), 1194, 1195});
    add("exiting", ">STATE:1,EXITING,SIGTERM,,,,,",
        StateChanged{seconds(1), u"EXITING"_s, u"SIGTERM"_s, {}, {}, {}, {}, 0, 0});
    add("address", ">CLIENT:ADDRESS,7,10.8.0.11,1", ClientAddress{{7}, Prefix(Address::ipv4(0x0a08000b), 32), true});
    add("IPv6 prefix", ">CLIENT:ADDRESS,7,fd00:64:1::/64,0",
        ClientAddress{{7}, Prefix::parse(u"fd00:64:1::/64").value(), false});
    add("default route", ">CLIENT:ADDRESS,7,0.0.0.0/0.0.0.0,0", ClientAddress{{7}, Prefix(), false});
    add("notice", ">NOTIFY:info,remote-exit,EXIT", Notification{"NOTIFY", u"info,remote-exit,EXIT"_s});
    add("fatal", ">FATAL:out of memory", Notification{"FATAL", u"out of memory"_s});
    add("secret of another kind", ">PASSWORD:Auth-Token:xx", Notification{"PASSWORD", {}});
    add("success", "SUCCESS: pid=16220", Success{u"pid=16220"_s}, AnswerShape::SingleLine);
    add("success without a text", "SUCCESS:", Success{}, AnswerShape::SingleLine);
    add("error", "ERROR: cannot parse CID", Failure{u"cannot parse CID"_s}, AnswerShape::SingleLine);
    add("error instead of many lines", "ERROR: x", Failure{u"x"_s}, AnswerShape::MultiLine);
    add("line of many", "TITLE\tOpenVPN", AnswerLine{"TITLE\tOpenVPN"}, AnswerShape::MultiLine);
    add("end of many", "END", AnswerEnd{}, AnswerShape::MultiLine);
}

void TestParser::eachKindOfLineIsOneEvent()
{
    QFETCH(const QByteArray, line);
    QFETCH(const AnswerShape, shape);
    QFETCH(const Event, expected);
    QVERIFY(parsed(line, shape) == Events{expected});
}

void TestParser::hostBitsOfAnAddressAreCutOff()
{
    QVERIFY(parsed(">CLIENT:ADDRESS,2,100.66.1.7/255.255.255.224,0\n") ==
            Events{(ClientAddress{{2}, Prefix(Address::ipv4(0x64420100), 27), false})});
}

void TestParser::blockEndsWithEnd()
{
    const QByteArray block =
        "\n>CLIENT:ENV,common_name=a=b\n>CLIENT:ENV,empty=\n>CLIENT:ENV,password=p\n>CLIENT:ENV,bare\n"
        ">CLIENT:ENV,END\n";
    const auto env = environment({{"common_name", "a=b"}, {"empty", ""}, {"bare", ""}});
    QVERIFY(parsed(">CLIENT:CONNECT,4,2" + block) == Events{(ClientConnected{{4}, {2}, env})});
    QVERIFY(parsed(">CLIENT:REAUTH,4,3" + block) == Events{(ClientReauth{{4}, {3}, env})});
    QVERIFY(parsed(">CLIENT:ESTABLISHED,4" + block) == Events{(ClientEstablished{{4}, env})});
    QVERIFY(parsed(">CLIENT:DISCONNECT,4" + block) == Events{(ClientDisconnected{{4}, env})});
    QVERIFY(parsed(">CLIENT:CR_RESPONSE,4,2,c2VjcmV0" + block) == Events{(ClientCrResponse{{4}, {2}, env})});
    QVERIFY(parsed(">CLIENT:DISCONNECT,4\n>CLIENT:ENV,END\n") == Events{(ClientDisconnected{{4}, {}})});
}

void TestParser::realTimeLinesMayComeInsideABlock()
{
    QVERIFY(parsed(">CLIENT:CONNECT,4,2\n>BYTECOUNT_CLI:1,2,3\n>CLIENT:ENV,common_name=a\n>CLIENT:ENV,END\n") ==
            (Events{ByteCount{{1}, 2, 3}, ClientConnected{{4}, {2}, environment({{"common_name", "a"}})}}));
}

void TestParser::anotherClientLineEndsAnUnfinishedBlock()
{
    const auto events = parsed(">CLIENT:CONNECT,4,2\n>CLIENT:ENV,common_name=a\n"
                               ">CLIENT:CONNECT,5,1\n>CLIENT:ENV,common_name=b\n>CLIENT:ENV,END\n");
    QCOMPARE(kindsOf(events), (kinds<Malformed, ClientConnected>()));
    QCOMPARE(std::get<ClientConnected>(events[1]), (ClientConnected{{5}, {1}, environment({{"common_name", "b"}})}));
}

void TestParser::environmentWithoutABlockIsMalformedOnce()
{
    const auto events = parsed(">CLIENT:ENV,a=b\n>CLIENT:ENV,c=d\n>CLIENT:ENV,END\n>CLIENT:ADDRESS,0,10.8.0.1,1\n");
    QCOMPARE(kindsOf(events), (kinds<Malformed, ClientAddress>()));
}

void TestParser::overlongVariableTruncatesTheBlock()
{
    const auto events =
        parsed(">CLIENT:CONNECT,4,2\n>CLIENT:ENV,x=" + QByteArray(LineReader::kMaxLine, 'y') +
               "\n>CLIENT:ENV,common_name=a\n>CLIENT:ENV,END\n>CLIENT:ESTABLISHED,4\n>CLIENT:ENV,END\n");
    QCOMPARE(kindsOf(events), (kinds<Malformed, ClientConnected, ClientEstablished>()));
    QVERIFY(std::get<ClientConnected>(events[1]).env.isTruncated());
    QVERIFY(!std::get<ClientEstablished>(events[2]).env.isTruncated());
}

void TestParser::hugeBlockIsTruncatedAndStillAnEvent()
{
    QByteArray block = ">CLIENT:CONNECT,4,2\n>CLIENT:ENV,common_name=a\n";
    for (int count = 0; count < 100'000; ++count)
        block += ">CLIENT:ENV,UV_X=yyyyyyyyyyyyyyyyyyyy\n";
    const auto events = parsed(block + ">CLIENT:ENV,END\n");
    QCOMPARE(kindsOf(events), (kinds<ClientConnected>()));
    const auto &env = std::get<ClientConnected>(events[0]).env;
    QVERIFY(env.isTruncated());
    QCOMPARE(env.size(), ClientEnvironment::kMaxVariables);
    QCOMPARE(env.commonName().value().toString(), u"a"_s);
}

void TestParser::clearForgetsAnOpenBlock()
{
    Parser parser;
    Events events;
    parser.read({LineReader::Kind::Text, ">CLIENT:CONNECT,4,2"}, events);
    parser.clear();
    parser.read({LineReader::Kind::Text, ">CLIENT:ENV,END"}, events);
    QCOMPARE(kindsOf(events), (kinds<Malformed>()));
}

void TestParser::answersDependOnWhatIsAwaited()
{
    QVERIFY(parsed("END\n", AnswerShape::MultiLine) == Events{AnswerEnd{}});
    QCOMPARE(kindsOf(parsed("END\n", AnswerShape::SingleLine)), (kinds<Malformed>()));
    QCOMPARE(kindsOf(parsed("TITLE\tx\n", AnswerShape::None)), (kinds<Malformed>()));
    QVERIFY(parsed("SUCCESS: x\n", AnswerShape::MultiLine) == Events{AnswerLine{"SUCCESS: x"}});
    QVERIFY(parsed("\n", AnswerShape::MultiLine) == Events{AnswerLine{""}});
    QVERIFY(parsed("\n", AnswerShape::None).empty());
    QVERIFY(parsed("ENTER PASSWORD:", AnswerShape::SingleLine) == Events{PasswordPrompt{}});
}

void TestParser::errorEndsAnAnswerOfManyLines()
{
    QVERIFY(parsed("ERROR: bad status format version number\n", AnswerShape::MultiLine) ==
            Events{Failure{u"bad status format version number"_s}});
}

void TestParser::malformedLinesAreNamedWithoutTheirText_data()
{
    QTest::addColumn<QByteArray>("line");
    for (const char *line : {">",
                             ">:",
                             ">secret",
                             ">lower:secret",
                             ">BYTECOUNT_CLI:1,2",
                             ">BYTECOUNT_CLI:1,2,3,4",
                             ">BYTECOUNT_CLI:-1,2,3",
                             ">BYTECOUNT_CLI:a,b,secret",
                             ">LOG:secret",
                             ">LOG:x,I,secret",
                             ">STATE:1795290307",
                             ">STATE:x,secret",
                             ">CLIENT:",
                             ">CLIENT:secret,1",
                             ">CLIENT:CONNECT",
                             ">CLIENT:CONNECT,1",
                             ">CLIENT:CONNECT,x,1",
                             ">CLIENT:CONNECT,99999999999999999999,1",
                             ">CLIENT:ESTABLISHED,secret",
                             ">CLIENT:ADDRESS,1,10.8.0.1",
                             ">CLIENT:ADDRESS,1,10.8.0.1,2",
                             ">CLIENT:ADDRESS,1,02:aa:bb:cc:00:01,1",
                             ">CLIENT:ADDRESS,1,10.8.0.0/255.0.255.0,0",
                             ">CLIENT:ENV,END",
                             ">CLIENT:ENV,password=secret",
                             "secret"})
        QTest::newRow(line) << QByteArray(line) + '\n';
    QTest::newRow("overlong") << QByteArray("secret").repeated(20'000) + '\n';
}

void TestParser::malformedLinesAreNamedWithoutTheirText()
{
    QFETCH(const QByteArray, line);
    const auto events = parsed(line);
    QCOMPARE(kindsOf(events), (kinds<Malformed>()));
    const auto what = std::get<Malformed>(events[0]).what;
    QVERIFY(!what.isEmpty());
    QVERIFY(!what.contains(u"secret"_s));
}

void TestParser::linesOfStateAreRead()
{
    QCOMPARE(parseState("1795290300,CONNECTING,,,,,,"),
             std::optional(StateChanged{seconds(1795290300), u"CONNECTING"_s, {}, {}, {}, {}, {}, 0, 0}));
    QVERIFY(!parseState(""));
    QVERIFY(!parseState("1795290300,"));
}

QTEST_GUILESS_MAIN(TestParser)
#include "tst_parser.moc"
