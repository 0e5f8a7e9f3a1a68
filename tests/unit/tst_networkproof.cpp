// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/networkproof.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <functional>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

RouteText entry(const QString &text)
{
    const auto parts = text.split(u" via "_s);
    return {parts.first(), parts.value(1)};
}

std::vector<RouteText> entries(const QStringList &texts)
{
    std::vector<RouteText> list;
    for (const auto &text : texts)
        list.push_back(entry(text));
    return list;
}

NetworkRecord network()
{
    NetworkRecord record{NetworkId::parse(u"4bb8520480e20665").value()};
    record.name = u"branches"_s;
    record.routes = entries({u"10.1.1.0/24"_s, u"10.0.0.0/8 via 10.1.1.254"_s});
    record.pools = {{u"10.1.1.10"_s, u"10.1.1.20"_s}};
    record.dns = {u"example.net"_s, {u"10.1.1.53"_s}};
    record.revision = 7;
    record.creationTime = 1795289911852;
    return record;
}

MemberRecord member()
{
    MemberRecord record{NodeId::parse(u"aabbccddee").value()};
    record.name = u"gate"_s;
    record.isAuthorized = true;
    record.hasNoAutoAssign = true;
    record.addresses = {u"10.1.1.10"_s, u"FD00::0001"_s};
    record.revision = 3;
    return record;
}

/// Everything that a record says, as an edit.
NetworkEdit editOf(const NetworkRecord &record)
{
    return {record.name,          record.isPrivate, record.hasBroadcast,   record.routes, record.pools,
            record.isAutoAssign4, record.assign6,   record.multicastLimit, record.mtu,    record.dns};
}

template <typename Edit, typename Record>
QStringList told(const Edit &asked, const Record &got)
{
    QStringList lines;
    for (const auto &each : differences(asked, got))
        lines << each.toString();
    return lines;
}

QStringList toldOfRoutes(const QStringList &asked, const QStringList &got)
{
    NetworkEdit edit;
    edit.routes = entries(asked);
    NetworkRecord record = network();
    record.routes = entries(got);
    return told(edit, record);
}

/// A request of a recorded talk that had routes, and the answer's.
struct RouteExchange
{
    QString title;
    std::vector<RouteText> asked;
    std::vector<RouteText> got;
};

std::vector<RouteText> routesIn(const QByteArray &http)
{
    std::vector<RouteText> list;
    const auto json = QJsonDocument::fromJson(http.mid(http.indexOf('{')).trimmed()).object();
    for (const auto &each : json[u"routes"_s].toArray())
        list.push_back({each[u"target"_s].toVariant().toString(), each[u"via"_s].toVariant().toString()});
    return list;
}

std::vector<RouteExchange> recordedRoutes()
{
    QFile file(QStringLiteral(INTERLOCK_FIXTURES "/zerotier/transcripts/03-routes.http"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    std::vector<RouteExchange> all;
    for (const auto &part : file.readAll().split('#')) {
        const auto answer = part.indexOf("<<<");
        if (answer >= 0 && part.left(answer).contains("\"routes\": ["))
            all.push_back({QString::fromUtf8(part.left(part.indexOf('\n')).trimmed()), routesIn(part.left(answer)),
                           routesIn(part.mid(answer))});
    }
    return all;
}

} // namespace

class TestNetworkProof : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasDoneHasNoDifference();
    void everyFieldOfANetworkIsCompared();
    void everyFieldOfAMemberIsCompared();
    void aDroppedEntryIsOneDifference();
    void listsAreComparedEntryByEntry_data();
    void listsAreComparedEntryByEntry();
    void otherSpellingsAreNoDifference();
    void textsThatAreNoRoutesAreComparedAsTheyAreSpelt();
    void theRecordedCorruptionsAreSeen();
    void listsDifferExactlyWhenADifferenceIsTold();

    void aChangeOfAnythingIsSeen_data();
    void aChangeOfAnythingIsSeen();
    void theSameStateReadAgainIsNoChange();
    void aChangedMemberIsSeen();

    void nothingNewIsNothingToSend();
    void aRenameSendsTheNameOnly();
    void aListIsSentWholeOrNotAtAll();
    void whatIsSentIsWhatDiffers();
    void aMembersEditIsReducedToo();
};

void TestNetworkProof::whatWasDoneHasNoDifference() // CASES:M8, ZF 18
{
    QCOMPARE(told(editOf(network()), network()), QStringList());
    QCOMPARE(told(NetworkEdit(), network()), QStringList());
    QCOMPARE(told(MemberEdit(), member()), QStringList());
}

void TestNetworkProof::everyFieldOfANetworkIsCompared() // ZF 17
{
    NetworkEdit asked;
    asked.name = u"shops"_s;
    asked.isPrivate = false;
    asked.hasBroadcast = false;
    asked.routes = entries({u"10.1.2.0/24"_s});
    asked.pools = {{u"10.1.1.30"_s, u"10.1.1.40"_s}};
    asked.isAutoAssign4 = true;
    asked.assign6 = AssignMode6{true, true, true};
    asked.multicastLimit = 64;
    asked.mtu = 1400;
    asked.dns = DnsSetting{u"example.org"_s, {u"10.1.1.54"_s}};
    NetworkRecord got = network();
    got.multicastLimit = 18446744073709551615U;
    QCOMPARE(told(asked, got), QStringList({
                                   u"name: asked for \"shops\", got \"branches\""_s,
                                   u"private: asked for false, got true"_s,
                                   u"enableBroadcast: asked for false, got true"_s,
                                   u"routes[0]: asked for 10.1.2.0/24, got 10.1.1.0/24"_s,
                                   u"routes[1]: asked for nothing, got 10.0.0.0/8 via 10.1.1.254"_s,
                                   u"ipAssignmentPools[0]: asked for 10.1.1.30-10.1.1.40, got 10.1.1.10-10.1.1.20"_s,
                                   u"v4AssignMode.zt: asked for true, got false"_s,
                                   u"v6AssignMode.zt: asked for true, got false"_s,
                                   u"v6AssignMode.rfc4193: asked for true, got false"_s,
                                   u"v6AssignMode.6plane: asked for true, got false"_s,
                                   u"multicastLimit: asked for 64, got 18446744073709551615"_s,
                                   u"mtu: asked for 1400, got 2800"_s,
                                   u"dns.domain: asked for \"example.org\", got \"example.net\""_s,
                                   u"dns.servers[0]: asked for 10.1.1.54, got 10.1.1.53"_s,
                               }));
}

void TestNetworkProof::everyFieldOfAMemberIsCompared() // ZF 37, 42
{
    MemberEdit asked;
    asked.name = u"door"_s;
    asked.isAuthorized = false;
    asked.hasNoAutoAssign = false;
    asked.addresses = {{Address::parse(u"fd00::1").value(), Address::parse(u"10.1.1.10").value()}};
    QCOMPARE(told(asked, member()), QStringList({
                                        u"name: asked for \"door\", got \"gate\""_s,
                                        u"authorized: asked for false, got true"_s,
                                        u"noAutoAssignIps: asked for false, got true"_s,
                                        u"ipAssignments[0]: asked for fd00::1, got nothing"_s,
                                        u"ipAssignments[1]: asked for nothing, got FD00::0001"_s,
                                    }));
    asked = {};
    asked.addresses = {{Address::parse(u"10.1.1.10").value(), Address::parse(u"fd00::1").value()}};
    QCOMPARE(told(asked, member()), QStringList());
    MemberRecord corrupt = member();
    corrupt.addresses = {u"0.0.0.0"_s, u"fd00::1"_s};
    QCOMPARE(told(asked, corrupt), QStringList{u"ipAssignments[0]: asked for 10.1.1.10, got 0.0.0.0"_s});
}

void TestNetworkProof::aDroppedEntryIsOneDifference() // CASES:M8, ZF 26
{
    QStringList asked;
    for (int i = 0; i < 100; ++i)
        asked << u"10.1.%1.0/24"_s.arg(i);
    QStringList got = asked;
    got.removeAt(3);
    QCOMPARE(toldOfRoutes(asked, got), QStringList{u"routes[3]: asked for 10.1.3.0/24, got nothing"_s});
}

void TestNetworkProof::listsAreComparedEntryByEntry_data()
{
    QTest::addColumn<QStringList>("asked");
    QTest::addColumn<QStringList>("got");
    QTest::addColumn<QStringList>("told");
    const QString a = u"10.1.1.0/24"_s;
    const QString b = u"10.1.2.0/24"_s;
    const QString c = u"10.1.3.0/24"_s;
    QTest::newRow("nothing at all") << QStringList{} << QStringList{} << QStringList{};
    QTest::newRow("all dropped") << QStringList{a, b} << QStringList{}
                                 << QStringList{u"routes[0]: asked for %1, got nothing"_s.arg(a),
                                                u"routes[1]: asked for %1, got nothing"_s.arg(b)};
    QTest::newRow("not emptied") << QStringList{} << QStringList{a}
                                 << QStringList{u"routes[0]: asked for nothing, got %1"_s.arg(a)};
    QTest::newRow("gateway lost") << QStringList{a, b + u" via 10.1.1.254"_s, c} << QStringList{a, b, c}
                                  << QStringList{u"routes[1]: asked for %1 via 10.1.1.254, got %1"_s.arg(b)};
    QTest::newRow("one more in the middle")
        << QStringList{a, c} << QStringList{a, b, c} << QStringList{u"routes[1]: asked for nothing, got %1"_s.arg(b)};
    QTest::newRow("cut at the end") << QStringList{a, b, c} << QStringList{a, b}
                                    << QStringList{u"routes[2]: asked for %1, got nothing"_s.arg(c)};
    QTest::newRow("a duplicate lost") << QStringList{a, a, b} << QStringList{a, b}
                                      << QStringList{u"routes[1]: asked for %1, got nothing"_s.arg(a)};
    QTest::newRow("the last came first") << QStringList{a, b, c} << QStringList{c, a, b}
                                         << QStringList{u"routes[0]: asked for nothing, got %1"_s.arg(c),
                                                        u"routes[2]: asked for %1, got nothing"_s.arg(c)};
    QTest::newRow("another order") << QStringList{a, b} << QStringList{b, a}
                                   << QStringList{u"routes[0]: asked for %1, got nothing"_s.arg(a),
                                                  u"routes[1]: asked for nothing, got %1"_s.arg(a)};
}

void TestNetworkProof::listsAreComparedEntryByEntry()
{
    QFETCH(QStringList, asked);
    QFETCH(QStringList, got);
    QFETCH(QStringList, told);
    QCOMPARE(toldOfRoutes(asked, got), told);
}

void TestNetworkProof::otherSpellingsAreNoDifference() // ZF 27
{
    QCOMPARE(toldOfRoutes({u"FD00:1:0::/64 via FD00:1::0001"_s}, {u"fd00:1::/64 via fd00:1::1"_s}), QStringList());
}

void TestNetworkProof::textsThatAreNoRoutesAreComparedAsTheyAreSpelt() // ZF 26
{
    QCOMPARE(toldOfRoutes({u"10.1.1.7/24"_s}, {u"10.1.1.7/24"_s}), QStringList());
    QCOMPARE(toldOfRoutes({u"10.1.1.7/24"_s}, {u"10.1.1.0/24"_s}),
             QStringList{u"routes[0]: asked for 10.1.1.7/24, got 10.1.1.0/24"_s});
    NetworkEdit asked;
    asked.routes = {{u"10.1.1.0/24 via 10.0.0.1"_s, {}}}; // reads like a route, and is none
    NetworkRecord got = network();
    got.routes = entries({u"10.1.1.0/24 via 10.0.0.1"_s});
    QCOMPARE(told(asked, got).size(), 1);
}

/// What was recorded of a real controller: which requests it did otherwise than asked.
void TestNetworkProof::theRecordedCorruptionsAreSeen() // ZF 24 to 27
{
    QStringList seen;
    const auto exchanges = recordedRoutes();
    for (const auto &exchange : exchanges) {
        NetworkEdit edit;
        edit.routes = exchange.asked;
        NetworkRecord record = network();
        record.routes = exchange.got;
        for (const auto &each : differences(edit, record))
            seen << exchange.title + u": "_s + each.asked + u" -> "_s + each.got;
    }
    QCOMPARE(seen, QStringList({
                       u"via invalid text: 10.0.0.0/8 via not-an-ip -> 10.0.0.0/8"_s,
                       u"via IPv4 with octet 300: 10.0.0.0/8 via 10.0.0.300 -> 10.0.0.0/8 via 0.0.0.0"_s,
                       u"via CIDR: 10.0.0.0/8 via 10.1.1.254/24 -> 10.0.0.0/8 via 10.1.1.254"_s,
                       u"via other family: 10.0.0.0/8 via fd00::1 -> 10.0.0.0/8"_s,
                       u"via number: 10.0.0.0/8 via 167837953 -> 10.0.0.0/8"_s,
                       u"via whitespace: 10.0.0.0/8 via  10.1.1.254  -> 10.0.0.0/8 via 0.0.0.0"_s,
                       u"target no mask: 10.1.1.0 -> 10.1.1.0/0"_s,
                       u"target mask 33: 10.1.1.0/33 -> nothing"_s,
                       u"target dotted mask: 10.1.1.0/255.255.255.0 -> nothing"_s,
                       u"target negative mask: 10.1.1.0/-1 -> nothing"_s,
                       u"target text: hello/24 -> nothing"_s,
                       u"target empty:  -> nothing"_s,
                       u"target octet 256: 10.1.256.0/24 -> 0.0.0.0/24"_s,
                       u"target short form 10/8: 10/8 -> nothing"_s,
                       u"target leading zeros: 010.001.001.000/24 -> 0.0.0.0/24"_s,
                       u"target null:  via 10.1.1.1 -> nothing"_s,
                       u"route is a string:  -> nothing"_s,
                       u"only the bad TARGET is dropped; the bad VIA silently becomes null: bad -> nothing"_s,
                       u"only the bad TARGET is dropped; the bad VIA silently becomes null: "
                       u"10.2.0.0/16 via bad -> 10.2.0.0/16"_s,
                       u"IPv6 mask 129: fd00:1::/129 -> nothing"_s,
                   }));
    QCOMPARE(exchanges.size(), 38U);
}

void TestNetworkProof::listsDifferExactlyWhenADifferenceIsTold()
{
    QVERIFY(rc::check("and without what is told the lists have the same entries", [] {
        const auto some = [] {
            QStringList list;
            const int count = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 9));
            for (int i = 0; i < count; ++i)
                list << u"10.1.%1.0/24%2"_s.arg(*rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 5)))
                            .arg(*rc::gen::arbitrary<bool>() ? u" via 10.1.0.1"_s : QString());
            return list;
        };
        const auto asked = some();
        const auto got = some();
        NetworkEdit edit;
        edit.routes = entries(asked);
        NetworkRecord record = network();
        record.routes = entries(got);
        const auto told = differences(edit, record);
        RC_ASSERT(told.empty() == (asked == got));
        // Every entry that is told of is there; what nobody tells of is in both lists, in the same order.
        QStringList restAsked = asked;
        QStringList restGot = got;
        for (const auto &each : told) {
            if (each.asked != u"nothing")
                restAsked.removeOne(each.asked);
            if (each.got != u"nothing")
                restGot.removeOne(each.got);
        }
        std::ranges::sort(restAsked);
        std::ranges::sort(restGot);
        RC_ASSERT(restAsked == restGot);
    }));
}

void TestNetworkProof::aChangeOfAnythingIsSeen_data() // CASES:M7, ZF 21, 35, 38
{
    QTest::addColumn<int>("which");
    const QStringList names{u"made anew"_s, u"revision"_s,    u"name"_s,  u"private"_s,        u"broadcast"_s,
                            u"routes"_s,    u"route order"_s, u"pools"_s, u"zt mode"_s,        u"v6 mode"_s,
                            u"limit"_s,     u"mtu"_s,         u"dns"_s,   u"another network"_s};
    for (int i = 0; i < names.size(); ++i)
        QTest::newRow(qPrintable(names[i])) << i;
}

void TestNetworkProof::aChangeOfAnythingIsSeen()
{
    QFETCH(int, which);
    NetworkRecord now = network();
    const std::vector<std::function<void()>> changes{
        [&] { now.creationTime += 1; },
        [&] { now.revision += 1; },
        [&] { now.name += u'x'; },
        [&] { now.isPrivate = false; },
        [&] { now.hasBroadcast = false; },
        [&] { now.routes.pop_back(); },
        [&] { std::swap(now.routes.front(), now.routes.back()); },
        [&] { now.pools.clear(); },
        [&] { now.isAutoAssign4 = true; },
        [&] { now.assign6.isRfc4193 = true; },
        [&] { now.multicastLimit = 0; },
        [&] { now.mtu = 1400; },
        [&] { now.dns.servers.clear(); },
        [&] { now.id = NetworkId::parse(u"4bb8520480e20666").value(); },
    };
    changes.at(static_cast<std::size_t>(which))();
    QVERIFY(hasChanged(network(), now));
    QVERIFY(hasChanged(now, network()));
}

void TestNetworkProof::theSameStateReadAgainIsNoChange() // CASES:M7
{
    NetworkRecord now = network();
    now.raw = {{u"clock"_s, 1}};
    now.dns.servers = {u"10.1.1.53"_s};
    QVERIFY(!hasChanged(network(), now));
}

void TestNetworkProof::aChangedMemberIsSeen() // ZF 35, 37
{
    QVERIFY(!hasChanged(member(), member()));
    MemberRecord now = member();
    now.addresses = {u"10.1.1.10"_s, u"fd00::1"_s};
    QVERIFY(!hasChanged(member(), now));
    now.addresses.pop_back();
    QVERIFY(hasChanged(member(), now));
    now = member();
    now.isBridge = true;
    QVERIFY(hasChanged(member(), now));
    now = member();
    now.revision += 1;
    QVERIFY(hasChanged(member(), now));
    now = member();
    now.isAuthorized = false;
    QVERIFY(hasChanged(member(), now));
}

void TestNetworkProof::nothingNewIsNothingToSend() // CASES:M4
{
    QVERIFY(canonicalEdit(editOf(network()), network()).isEmpty());
    QVERIFY(canonicalEdit({}, network()).isEmpty());
}

void TestNetworkProof::aRenameSendsTheNameOnly() // CASES:M10
{
    NetworkEdit edit = editOf(network());
    edit.name = u"shops"_s;
    NetworkEdit expected;
    expected.name = u"shops"_s;
    QCOMPARE(canonicalEdit(edit, network()), expected);
}

void TestNetworkProof::aListIsSentWholeOrNotAtAll() // ZF 16
{
    NetworkEdit edit = editOf(network());
    edit.routes->push_back(entry(u"10.1.1.7/24"_s));
    NetworkEdit expected;
    expected.routes = edit.routes;
    QCOMPARE(canonicalEdit(edit, network()), expected);
    edit = {};
    edit.routes = std::vector<RouteText>(); // to empty the list is an edit too
    QCOMPARE(canonicalEdit(edit, network()), edit);
}

void TestNetworkProof::whatIsSentIsWhatDiffers()
{
    QVERIFY(rc::check("the reduced edit is empty exactly when nothing differs, and differs as the whole", [] {
        const auto coin = [] { return *rc::gen::arbitrary<bool>(); };
        const NetworkRecord record = network();
        NetworkEdit edit = editOf(record);
        if (coin())
            edit.name = u"shops"_s;
        if (coin())
            edit.isPrivate.reset();
        if (coin())
            edit.hasBroadcast = false;
        if (coin())
            edit.routes->clear();
        if (coin())
            edit.pools->push_back({u"10.1.1.300"_s, u"x"_s});
        if (coin())
            edit.assign6 = AssignMode6{coin(), coin(), coin()};
        if (coin())
            edit.isAutoAssign4 = coin();
        if (coin())
            edit.multicastLimit = 0;
        if (coin())
            edit.mtu = 1400;
        if (coin())
            edit.dns = DnsSetting{};
        const auto reduced = canonicalEdit(edit, record);
        RC_ASSERT(reduced.isEmpty() == differences(edit, record).empty());
        RC_ASSERT(differences(reduced, record) == differences(edit, record));
        RC_ASSERT(canonicalEdit(reduced, record) == reduced);
        RC_ASSERT(applied(reduced, record) == applied(edit, record));
        RC_ASSERT(differences(edit, applied(edit, record)).empty());
    }));
}

void TestNetworkProof::aMembersEditIsReducedToo() // CASES:D5
{
    MemberEdit edit;
    edit.name = u"gate"_s;
    edit.isAuthorized = true;
    edit.hasNoAutoAssign = true;
    edit.addresses = {{Address::parse(u"10.1.1.10").value(), Address::parse(u"fd00::1").value()}};
    QVERIFY(canonicalEdit(edit, member()).isEmpty());
    edit.addresses->pop_back();
    MemberEdit expected;
    expected.addresses = edit.addresses;
    QCOMPARE(canonicalEdit(edit, member()), expected);
    MemberRecord done = member();
    done.addresses = {u"10.1.1.10"_s};
    QCOMPARE(applied(edit, member()), done);
}

QTEST_APPLESS_MAIN(TestNetworkProof)
#include "tst_networkproof.moc"
