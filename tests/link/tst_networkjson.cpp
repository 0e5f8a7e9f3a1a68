// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/centraljson.h"
#include "model/link/zerotier/controllerurl.h"
#include "model/link/zerotier/jsonreading.h"
#include "model/link/zerotier/memberjson.h"
#include "model/link/zerotier/networkjson.h"
#include "tests/support/scriptedhttp.h"

#include <QTest>

#include <rapidcheck.h>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

NetworkId nwid(QStringView text)
{
    return *NetworkId::parse(text);
}

NodeId node(QStringView text)
{
    return *NodeId::parse(text);
}

/// The body of a recorded answer.
QByteArray said(const QString &transcript, const QByteArray &title)
{
    const QByteArray bytes = recorded(transcript, title).bytes;
    return bytes.mid(bytes.indexOf("\r\n\r\n") + 4);
}

QJsonObject object(const QByteArray &text)
{
    return *readControllerObject(text);
}

/// A network as it was recorded, with what `text` says in place of the like.
NetworkRecord networkWith(const QByteArray &text)
{
    QJsonObject whole = object(said(u"02-network-crud.http"_s, "get"));
    const QJsonObject changes = object(text);
    for (auto change = changes.begin(); change != changes.end(); ++change)
        whole.insert(change.key(), change.value());
    return *networkFrom(whole);
}

QByteArray text(const QJsonObject &json)
{
    return compactJson(json);
}

} // namespace

class TestNetworkJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewNetworkIsReadWhole();
    void routesAndPoolsAreReadAsTheyStand();
    void dnsIsReadInEveryShape_data();
    void dnsIsReadInEveryShape();
    void whatIsMissingOrOfAnotherTypeIsAsInANewNetwork();
    void integersBeyond63BitsComeBackUnchanged();
    void textThatLooksLikeANumberIsLeftAlone();
    void everyIntegerIsReadExactly();
    void aNetworkWithoutAnIdIsAMismatch();
    void whatIsNoJsonIsAMismatch_data();
    void whatIsNoJsonIsAMismatch();
    void anEditWritesOnlyWhatItNames();
    void anAssignModeIsWrittenWhole();
    void aSavedNetworkIsPostedWithoutWhatIsNotOurs();
    void whatWasPostedIsFoundInTheAnswer();
    void aMemberThatNeverJoinedIsRead();
    void aMemberThatJoinedIsRead();
    void anIdInCapitalsIsReadInLowerCase();
    void addressesOfMembersAreReadAsTheyStand();
    void membersWithReservedIdsAreLeftOut();
    void memberListsOfBothShapesAreRead();
    void aMemberIsNeverWrittenAsABridge();
    void aSavedMemberIsPostedWithoutWhatIsNotOurs();
    void peersTellWhoIsOnline();
    void aNetworkOfCentralIsRead();
    void aMemberOfCentralIsRead();
    void centralTakesWhatIsWrapped();
    void addressesOfControllersAreChecked_data();
    void addressesOfControllersAreChecked();
    void pathsAreAppendedToAPrefix();
};

void TestNetworkJson::aNewNetworkIsReadWhole()
{
    const QByteArray body = said(u"02-network-crud.http"_s, "create old style, empty object");
    NetworkRecord expected{nwid(u"4bb852048089dc98")};
    expected.revision = 1;
    expected.creationTime = 1795289868040;
    expected.raw = object(body);
    const auto record = networkFrom(object(body));
    QVERIFY(record);
    QVERIFY(*record == expected);
    QVERIFY(!record->raw.isEmpty());
}

void TestNetworkJson::routesAndPoolsAreReadAsTheyStand() // SOURCES Z6 ZF 24-27, 49
{
    const auto record = networkWith(R"({"routes":[{"target":"10.1.1.7/24","via":null},{"target":"0.0.0.0/0",
        "via":"10.1.1.254"},{"target":"fd00::/48","via":""}],
        "ipAssignmentPools":[{"ipRangeEnd":"10.1.1.10","ipRangeStart":"10.1.1.20"}]})");
    const std::vector<RouteText> routes{
        {u"10.1.1.7/24"_s, {}}, {u"0.0.0.0/0"_s, u"10.1.1.254"_s}, {u"fd00::/48"_s, {}}};
    QVERIFY(record.routes == routes);
    QVERIFY(record.pools == (std::vector<PoolText>{{u"10.1.1.20"_s, u"10.1.1.10"_s}}));
}

void TestNetworkJson::dnsIsReadInEveryShape_data()
{
    QTest::addColumn<QByteArray>("dns");
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QStringList>("servers");
    QTest::newRow("never set") << QByteArray("[]") << QString() << QStringList();
    QTest::newRow("null domain") << QByteArray(R"({"domain":null})") << QString() << QStringList();
    QTest::newRow("set") << QByteArray(R"({"domain":"lan.example","servers":["10.1.1.1","bad"]})") << u"lan.example"_s
                         << QStringList{u"10.1.1.1"_s, u"bad"_s};
    QTest::newRow("number") << QByteArray("7") << QString() << QStringList();
}

void TestNetworkJson::dnsIsReadInEveryShape() // ZF 19
{
    QFETCH(QByteArray, dns);
    QFETCH(QString, domain);
    QFETCH(QStringList, servers);
    const auto record = networkWith(R"({"dns":)" + dns + '}');
    QVERIFY(record.dns == (DnsSetting{domain, {servers.begin(), servers.end()}}));
}

void TestNetworkJson::whatIsMissingOrOfAnotherTypeIsAsInANewNetwork()
{
    NetworkRecord expected{nwid(u"4bb852048089dc98")};
    expected.raw = object(R"({"nwid":"4BB852048089DC98"})");
    QVERIFY(*networkFrom(expected.raw) == expected);
    expected.raw = object(R"({"id":"4bb852048089dc98","name":7,"private":"no","enableBroadcast":null,"routes":{},
        "ipAssignmentPools":"x","v4AssignMode":true,"v6AssignMode":[],"multicastLimit":"lots","mtu":{},"revision":"x",
        "creationTime":null,"dns":"x"})");
    QVERIFY(*networkFrom(expected.raw) == expected);
}

void TestNetworkJson::integersBeyond63BitsComeBackUnchanged() // ZF 17, 19
{
    const QByteArray body =
        said(u"02-network-crud.http"_s, "types: private as string, mtu out of range, multicastLimit negative");
    const auto record = networkFrom(object(body));
    QCOMPARE(record->multicastLimit, 18446744073709551611ULL);
    QCOMPARE(record->raw[u"multicastLimit"].toString(), u"18446744073709551611"_s);
    QCOMPARE(networkRestoreBody(record->raw)[u"multicastLimit"].toString(), u"18446744073709551611"_s);
    NetworkEdit edit;
    edit.multicastLimit = 18446744073709551615ULL;
    QCOMPARE(text(networkBody(edit)), QByteArray(R"({"multicastLimit":"18446744073709551615"})"));
    edit.multicastLimit = 9223372036854775807ULL;
    QCOMPARE(text(networkBody(edit)), QByteArray(R"({"multicastLimit":9223372036854775807})"));
}

void TestNetworkJson::textThatLooksLikeANumberIsLeftAlone()
{
    const QByteArray body = R"({"a":"\"18446744073709551611","b":"x 99999999999999999999","c":1.5e3,)"
                            R"("d":123456789012345678901.5,"e":-9223372036854775808,"f":[99999999999999999999]})";
    const QJsonObject read = object(body);
    QCOMPARE(read[u"a"].toString(), u"\"18446744073709551611"_s);
    QCOMPARE(read[u"b"].toString(), u"x 99999999999999999999"_s);
    QCOMPARE(read[u"c"].toDouble(), 1500.0);
    QVERIFY(read[u"d"].isDouble());
    QCOMPARE(read[u"e"].toInteger(), std::numeric_limits<qint64>::min());
    QCOMPARE(read[u"f"][0].toString(), u"99999999999999999999"_s);
}

void TestNetworkJson::everyIntegerIsReadExactly()
{
    QVERIFY(rc::check("any number of 64 bits survives", [](quint64 number) {
        const QByteArray digits = QByteArray::number(number);
        const QJsonObject read = object(R"({"n":)" + digits + R"(,"next":"x"})");
        RC_ASSERT(unsignedIn(read[u"n"]) == std::optional(number));
        RC_ASSERT(read[u"next"].toString() == u"x"_s);
        RC_ASSERT(unsignedIn(jsonOf(number)) == std::optional(number));
        const auto negative = static_cast<qint64>(number);
        RC_ASSERT(integerIn(object(R"({"n":)" + QByteArray::number(negative) + '}')[u"n"]) ==
                  (negative == std::numeric_limits<qint64>::min() ? std::nullopt : std::optional(negative)));
    }));
}

void TestNetworkJson::aNetworkWithoutAnIdIsAMismatch()
{
    for (const QByteArray body : {"{}", R"({"id":"1234"})", R"({"id":7})"})
        QCOMPARE(networkFrom(object(body)).error().kind, ErrorKind::BackendMismatch);
}

void TestNetworkJson::whatIsNoJsonIsAMismatch_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a page") << QByteArray("<html><body>It works!</body></html>");
    QTest::newRow("cut off") << QByteArray(R"({"id":"4bb852048089dc98")");
    QTest::newRow("jsonp") << QByteArray(R"(cb({"id":"4bb852048089dc98"});)");
    QTest::newRow("a text") << QByteArray(R"("4bb852048089dc98")");
    QTest::newRow("deep") << QByteArray(100'000, '[');
    QTest::newRow("escape at the end") << QByteArray("{\"a\":\"\\");
}

void TestNetworkJson::whatIsNoJsonIsAMismatch()
{
    QFETCH(QByteArray, body);
    const auto read = readControllerJson(body);
    QVERIFY(!read);
    QCOMPARE(read.error().kind, ErrorKind::BackendMismatch);
}

void TestNetworkJson::anEditWritesOnlyWhatItNames() // CASES:M10 ZF 16
{
    QCOMPARE(text(networkBody(NetworkEdit())), QByteArray("{}"));
    NetworkEdit edit;
    edit.name = u"Büro"_s;
    QCOMPARE(text(networkBody(edit)), QByteArray(R"({"name":"Büro"})"));
    edit.isPrivate = true;
    edit.hasBroadcast = false;
    edit.routes = std::vector<RouteText>{{u"10.0.0.0/8"_s, {}}, {u"0.0.0.0/0"_s, u"10.1.1.254"_s}};
    edit.pools = std::vector<PoolText>{{u"10.1.1.1"_s, u"10.1.1.9"_s}};
    edit.isAutoAssign4 = false;
    edit.multicastLimit = 64;
    edit.mtu = 1400;
    edit.dns = DnsSetting{u"lan.example"_s, {u"10.1.1.1"_s}};
    QCOMPARE(text(networkBody(edit)),
             QByteArray(R"({"dns":{"domain":"lan.example","servers":["10.1.1.1"]},"enableBroadcast":false,)"
                        R"("ipAssignmentPools":[{"ipRangeEnd":"10.1.1.9","ipRangeStart":"10.1.1.1"}],"mtu":1400,)"
                        R"("multicastLimit":64,"name":"Büro","private":true,"routes":[{"target":"10.0.0.0/8",)"
                        R"("via":null},{"target":"0.0.0.0/0","via":"10.1.1.254"}],"v4AssignMode":{"zt":false}})"));
}

void TestNetworkJson::anAssignModeIsWrittenWhole() // ZF 16
{
    NetworkEdit edit;
    edit.assign6 = AssignMode6{false, true, false};
    QCOMPARE(text(networkBody(edit)), QByteArray(R"({"v6AssignMode":{"6plane":false,"rfc4193":true,"zt":false}})"));
}

void TestNetworkJson::aSavedNetworkIsPostedWithoutWhatIsNotOurs() // CASES:M12 ZF 16, 51
{
    QCOMPARE(
        text(networkRestoreBody(object(said(u"02-network-crud.http"_s, "update name")))),
        QByteArray(R"({"authorizationEndpoint":"","capabilities":[],"clientId":"","dns":[],"enableBroadcast":true,)"
                   R"("ipAssignmentPools":[],"mtu":2800,"multicastLimit":32,"name":"core","private":true,)"
                   R"("remoteTraceLevel":0,"remoteTraceTarget":null,"routes":[],"rules":[{"not":false,)"
                   R"("or":false,"type":"ACTION_ACCEPT"}],"rulesSource":"","ssoEnabled":false,"tags":[],)"
                   R"("v4AssignMode":{"zt":false},"v6AssignMode":{"6plane":false,"rfc4193":false,"zt":false}})"));
}

void TestNetworkJson::whatWasPostedIsFoundInTheAnswer() // ZF 18
{
    const auto record = networkWith(R"({"name":"core","routes":[{"target":"10.0.0.0/8","via":null}]})");
    QVERIFY(holds(record, {}));
    NetworkEdit edit;
    edit.name = u"core"_s;
    edit.routes = std::vector<RouteText>{{u"10.0.0.0/8"_s, {}}};
    QVERIFY(holds(record, edit));
    edit.routes->push_back({u"10.1.0.0/16"_s, {}});
    QVERIFY(!holds(record, edit));
}

void TestNetworkJson::aMemberThatNeverJoinedIsRead() // ZF 39
{
    const QByteArray body = said(u"05-members.http"_s, "authorise a member that never joined, with a static IP");
    MemberRecord expected{node(u"aabbccddee")};
    expected.isAuthorized = true;
    expected.addresses = {u"10.1.1.10"_s};
    expected.revision = 1;
    expected.raw = object(body);
    QVERIFY(*memberFrom(object(body)) == expected);
}

void TestNetworkJson::aMemberThatJoinedIsRead() // ZF 39, 47
{
    const auto pending =
        memberFrom(object(said(u"09-real-member.http"_s, "controller: member record of an unauthorised joiner")));
    QVERIFY(pending->hasJoined);
    QVERIFY(!pending->isAuthorized);
    QCOMPARE(pending->version, QString());
    const QByteArray body = said(u"09-real-member.http"_s, "controller: member after real join");
    MemberRecord expected{node(u"a9373d8380")};
    expected.isAuthorized = true;
    expected.addresses = {u"10.1.1.10"_s};
    expected.revision = 3;
    expected.hasJoined = true;
    expected.version = u"1.14.1"_s;
    expected.raw = object(body);
    QVERIFY(*memberFrom(object(body)) == expected);
}

void TestNetworkJson::anIdInCapitalsIsReadInLowerCase() // CASES:D11 ZF 43
{
    const auto member = memberFrom(object(said(u"05-members.http"_s, "upper case member id")));
    QCOMPARE(member->node.toString(), u"aabbccddee"_s);
    const auto list = memberRevisionsFrom(*readControllerJson(said(u"05-members.http"_s, "list after upper")));
    QVERIFY(*list == (std::map<NodeId, qint64>{{node(u"1122334455"), 1}, {node(u"aabbccddee"), 9}}));
}

void TestNetworkJson::addressesOfMembersAreReadAsTheyStand() // ZF 42
{
    const auto member =
        memberFrom(object(said(u"05-members.http"_s, "ipAssignments with masks, duplicates, bad values")));
    QCOMPARE(member->addresses,
             (std::vector{u"10.1.1.10"_s, u"10.1.1.10"_s, u"0.0.0.0"_s, u"fd00::1"_s, u"192.168.55.5"_s}));
}

void TestNetworkJson::membersWithReservedIdsAreLeftOut() // CASES:D11 ZF 43
{
    const auto list = memberRevisionsFrom(*readControllerJson(said(u"05-members.http"_s, "list")));
    QVERIFY(*list == (std::map<NodeId, qint64>{{node(u"1122334455"), 1}, {node(u"aabbccddee"), 10}}));
    const auto members =
        membersFrom(object(R"({"data":[{"id":"ff00000001"},{"id":"aabbccddee"},{},7],"meta":{"totalCount":4}})"));
    QCOMPARE(members->size(), std::size_t(1));
    QCOMPARE(membersFrom(object("{}")).error().kind, ErrorKind::BackendMismatch);
}

void TestNetworkJson::memberListsOfBothShapesAreRead() // ZF 44
{
    const std::map<NodeId, qint64> expected{{node(u"1122334455"), 1}, {node(u"aabbccddee"), 9}};
    QVERIFY(*memberRevisionsFrom(*readControllerJson(R"({"aabbccddee":9,"1122334455":1})")) == expected);
    QVERIFY(*memberRevisionsFrom(*readControllerJson(R"([{"aabbccddee":9},{"1122334455":1}])")) == expected);
    QVERIFY(memberRevisionsFrom(*readControllerJson("{}"))->empty());
    QVERIFY(memberRevisionsFrom(*readControllerJson("[]"))->empty());
    QCOMPARE(memberRevisionsFrom(*readControllerJson("[1]")).error().kind, ErrorKind::BackendMismatch);
}

void TestNetworkJson::aMemberIsNeverWrittenAsABridge() // CASES:D1 CASES:R7
{
    MemberEdit edit;
    QCOMPARE(text(memberBody(edit)), QByteArray("{}"));
    edit.isAuthorized = true;
    edit.hasNoAutoAssign = true;
    edit.addresses = std::vector{*Address::parse(u"10.1.1.10"), *Address::parse(u"FD00:0::1")};
    QCOMPARE(text(memberBody(edit)),
             QByteArray(R"({"authorized":true,"ipAssignments":["10.1.1.10","fd00::1"],"noAutoAssignIps":true})"));
    edit = {};
    edit.name = u"ap-1"_s;
    edit.addresses = std::vector<Address>();
    QCOMPARE(text(memberBody(edit)), QByteArray(R"({"ipAssignments":[],"name":"ap-1"})"));
}

void TestNetworkJson::aSavedMemberIsPostedWithoutWhatIsNotOurs() // ZF 51
{
    const QByteArray joined = said(u"09-real-member.http"_s, "controller: member after real join");
    QCOMPARE(text(memberRestoreBody(object(joined))),
             QByteArray(R"({"authenticationExpiryTime":0,"authorized":true,"capabilities":[],)"
                        R"("ipAssignments":["10.1.1.10"],"noAutoAssignIps":false,"remoteTraceLevel":0,)"
                        R"("remoteTraceTarget":null,"ssoExempt":false,"tags":[]})"));
    QVERIFY(memberRestoreBody(object(said(u"05-members.http"_s, "PUT")))[u"activeBridge"].toBool());
}

void TestNetworkJson::peersTellWhoIsOnline() // ZF 39
{
    const auto peers =
        peersFrom(*readControllerJson(said(u"09-real-member.http"_s, "controller: peers (is the member online?)")));
    QCOMPARE(peers->size(), std::size_t(5));
    PeerRecord planet{node(u"62f865ae71")};
    planet.role = u"PLANET"_s;
    QVERIFY(peers->front() == planet);
    const PeerRecord leaf{
        node(u"a9373d8380"), 12,       u"198.51.100.2/29995"_s, Timestamp::fromMilliseconds(1795290412727),
        u"1.14.1"_s,         u"LEAF"_s};
    QVERIFY(peers->at(2) == leaf);
    const auto expired = peersFrom(*readControllerJson(
        R"([{"address":"a9373d8380","paths":[{"address":"192.0.2.1/1","expired":true,"preferred":true}]}])"));
    QCOMPARE(expired->front().physicalAddress, QString());
    QCOMPARE(peersFrom(*readControllerJson("{}")).error().kind, ErrorKind::BackendMismatch);
}

void TestNetworkJson::aNetworkOfCentralIsRead() // ZF 55
{
    const QByteArray body = R"({"id":"8056c2e21c000001","clock":1795290000000,"config":{"id":"8056c2e21c000001",
        "name":"lab","private":false,"creationTime":1700000000000,"lastModified":1795280000000,"mtu":2800,
        "multicastLimit":64,"routes":[{"target":"10.0.0.0/8"},{"target":"10.9.0.0/16","via":"10.1.1.254"}],
        "ipAssignmentPools":null,"v4AssignMode":{"zt":true},"v6AssignMode":{"6plane":true,"rfc4193":false,"zt":false},
        "dns":{"domain":"lan.example","servers":["10.1.1.1"]},"enableBroadcast":true},"description":"d",
        "onlineMemberCount":3})";
    NetworkRecord expected{nwid(u"8056c2e21c000001")};
    expected.name = u"lab"_s;
    expected.isPrivate = false;
    expected.routes = {{u"10.0.0.0/8"_s, {}}, {u"10.9.0.0/16"_s, u"10.1.1.254"_s}};
    expected.isAutoAssign4 = true;
    expected.assign6 = {false, false, true};
    expected.multicastLimit = 64;
    expected.dns = {u"lan.example"_s, {u"10.1.1.1"_s}};
    expected.revision = 1795280000000;
    expected.creationTime = 1700000000000;
    expected.raw = object(body);
    QVERIFY(*centralNetworkFrom(object(body)) == expected);
    QCOMPARE(text(centralNetworkRestoreBody(object(R"({"id":"8056c2e21c000001","clock":1,"description":"d",
                 "config":{"id":"8056c2e21c000001","name":"lab","lastModified":7}})"))),
             QByteArray(R"({"config":{"name":"lab"},"description":"d"})"));
}

void TestNetworkJson::aMemberOfCentralIsRead() // ZF 56
{
    const QByteArray body = R"({"id":"8056c2e21c000001-AABBCCDDEE","name":"ap-1","lastSeen":1795290000000,
        "physicalAddress":"192.0.2.7","clientVersion":"1.14.1","config":{"activeBridge":true,"authorized":true,
        "ipAssignments":["10.1.1.10"],"noAutoAssignIps":true,"revision":4,"vMajor":-1}})";
    MemberRecord expected{node(u"aabbccddee")};
    expected.name = u"ap-1"_s;
    expected.isAuthorized = expected.isBridge = expected.hasNoAutoAssign = true;
    expected.addresses = {u"10.1.1.10"_s};
    expected.revision = 4;
    expected.hasJoined = true;
    expected.version = u"1.14.1"_s;
    expected.lastSeen = Timestamp::fromMilliseconds(1795290000000);
    expected.physicalAddress = u"192.0.2.7"_s;
    expected.raw = object(body);
    QVERIFY(*centralMemberFrom(object(body)) == expected);
    const auto neverSeen = centralMemberFrom(object(R"({"nodeId":"aabbccddee","lastSeen":0,"config":{}})"));
    QVERIFY(!neverSeen->hasJoined);
    QVERIFY(!neverSeen->lastSeen);
    QCOMPARE(centralMembersFrom(*readControllerJson("{}")).error().kind, ErrorKind::BackendMismatch);
}

void TestNetworkJson::centralTakesWhatIsWrapped() // CASES:R13 ZF 55, 56
{
    NetworkEdit network;
    network.name = u"lab"_s;
    QCOMPARE(text(centralNetworkBody(network)), QByteArray(R"({"config":{"name":"lab"}})"));
    MemberEdit member;
    member.name = u"ap-1"_s;
    QCOMPARE(text(centralMemberBody(member)), QByteArray(R"({"name":"ap-1"})"));
    member.isAuthorized = false;
    QCOMPARE(text(centralMemberBody(member)), QByteArray(R"({"config":{"authorized":false},"name":"ap-1"})"));
    QCOMPARE(text(centralMemberRestoreBody(object(R"({"id":"8056c2e21c000001-aabbccddee","name":"ap-1","lastSeen":7,
                 "config":{"authorized":true,"activeBridge":false,"revision":4}})"))),
             QByteArray(R"({"config":{"authorized":true},"name":"ap-1"})"));
}

void TestNetworkJson::addressesOfControllersAreChecked_data() // ZF 3
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("canonical"); // empty: refused
    QTest::newRow("plain") << u"http://127.0.0.1:9993"_s << u"http://127.0.0.1:9993"_s;
    QTest::newRow("blanks and slashes") << u" http://127.0.0.1:9993// "_s << u"http://127.0.0.1:9993"_s;
    QTest::newRow("path") << u"https://vpn.example/zt/"_s << u"https://vpn.example/zt"_s;
    QTest::newRow("IPv6") << u"http://[::1]:9993"_s << u"http://[::1]:9993"_s;
    QTest::newRow("capitals") << u"HTTP://VPN.Example"_s << u"http://vpn.example"_s;
    QTest::newRow("empty") << u" "_s << QString();
    QTest::newRow("no scheme") << u"127.0.0.1:9993"_s << QString();
    QTest::newRow("other scheme") << u"ftp://vpn.example"_s << QString();
    QTest::newRow("no host") << u"http:///status"_s << QString();
    QTest::newRow("user") << u"http://me:secret@vpn.example"_s << QString();
    QTest::newRow("empty user") << u"http://@vpn.example"_s << QString();
    QTest::newRow("token in the query") << u"http://vpn.example?auth=secret"_s << QString();
    QTest::newRow("fragment") << u"http://vpn.example#secret"_s << QString();
    QTest::newRow("dots") << u"http://vpn.example/a/../b"_s << QString();
    QTest::newRow("port 0") << u"http://vpn.example:0"_s << QString();
    QTest::newRow("port too great") << u"http://vpn.example:99999"_s << QString();
}

void TestNetworkJson::addressesOfControllersAreChecked()
{
    QFETCH(QString, text);
    QFETCH(QString, canonical);
    const auto url = parseControllerUrl(text);
    QCOMPARE(url ? url->toString() : QString(), canonical);
    if (!url) {
        QCOMPARE(url.error().kind, ErrorKind::Invalid);
        QVERIFY(!url.error().detail.contains(u"secret"_s)); // CASES:C20
    }
}

void TestNetworkJson::pathsAreAppendedToAPrefix() // ZF 3
{
    const ControllerEndpoint endpoint{*parseControllerUrl(u"https://vpn.example/zt"), ControllerFlavour::SelfHosted};
    QCOMPARE(urlOf(endpoint, u"/status"_s).toString(), u"https://vpn.example/zt/status"_s);
    const ControllerEndpoint careless{QUrl(u"http://me:secret@vpn.example/?auth=secret"_s),
                                      ControllerFlavour::SelfHosted};
    QCOMPARE(urlOf(careless, u"/status"_s).toString(), u"http://vpn.example/status"_s);
}

QTEST_GUILESS_MAIN(TestNetworkJson)
#include "tst_networkjson.moc"
