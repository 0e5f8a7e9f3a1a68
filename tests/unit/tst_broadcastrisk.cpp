// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/broadcastrisk.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

NodeId node(int number)
{
    return NodeId::parse(u"aabb%1"_s.arg(number, 6, 16, QChar(u'0'))).value();
}

MemberRecord record(int number, const QStringList &texts, bool isBridge = false)
{
    MemberRecord made{node(number)};
    made.isAuthorized = true;
    made.isBridge = isBridge;
    made.addresses = {texts.begin(), texts.end()};
    return made;
}

NetworkRecord network(const QStringList &targets, quint64 limit = 32)
{
    NetworkRecord made{NetworkId::parse(u"4bb8520480e20665").value()};
    for (const QString &target : targets)
        made.routes.push_back({target, {}});
    made.multicastLimit = limit;
    return made;
}

/// `bridges` of `count` authorised members are bridges.
std::vector<MemberRecord> crowd(int count, int bridges)
{
    std::vector<MemberRecord> members;
    for (int i = 1; i <= count; ++i)
        members.push_back(record(i, {}, i <= bridges));
    return members;
}

QStringList told(const BroadcastRisk &risk)
{
    QStringList words;
    for (const auto &note : risk.notes)
        words << enumText(note.reason);
    return words;
}

} // namespace

class TestBroadcastRisk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theNumbersOfANetworkAreCounted();
    void whatWasMeasuredIsJudgedSo_data();
    void whatWasMeasuredIsJudgedSo();
    void aRouteIsNoBroadcastDomain();
    void routesThatAreNotSentHaveNobody();
    void aMemberCountsOnceInARoute();
    void everyReasonHasItsSentence();
    void thePlanIsShownBeforeAndAfter();
    void numbersAddUp();
};

void TestBroadcastRisk::theNumbersOfANetworkAreCounted() // SOURCES Z9
{
    auto members = crowd(5, 1);
    members[3].isAuthorized = false;
    members[4].isAuthorized = false;
    members[4].isBridge = true; // of no account: it is not let in
    const auto risk = assessBroadcast(network({}), members, QSet<NodeId>{node(1), node(4), node(77)});
    BroadcastRisk expected;
    expected.members = 5;
    expected.authorized = 3;
    expected.online = 1;
    expected.bridges = 1;
    expected.multicastLimit = 32;
    expected.recipients = 2;
    expected.bridgeRecipients = 1;
    expected.arpRecipients = 2;
    QCOMPARE(risk, expected);
    QCOMPARE(assessBroadcast(network({}), members).online, std::nullopt);
}

/// The measurements of transcripts/14, and the borders between them.
void TestBroadcastRisk::whatWasMeasuredIsJudgedSo_data() // CASES:D12, ZF 40, 41
{
    QTest::addColumn<int>("members");
    QTest::addColumn<int>("bridges");
    QTest::addColumn<quint64>("limit");
    QTest::addColumn<bool>("isArpReaching");
    QTest::addColumn<QString>("level");
    QTest::addColumn<QStringList>("reasons");
    const QString zero = u"limit-zero"_s;
    const QString bridges = u"bridges-reach-limit"_s;
    const QString beyond = u"members-beyond-limit"_s;
    QTest::newRow("limit 0: ping 0 of 6") << 2 << 0 << quint64{0} << false << u"error"_s << QStringList{zero};
    QTest::newRow("limit 1, no bridges: fine") << 2 << 0 << quint64{1} << true << u"fine"_s << QStringList{};
    QTest::newRow("300 ordinary members, limit 32: fine")
        << 300 << 0 << quint64{32} << true << u"fine"_s << QStringList{beyond};
    QTest::newRow("40 bridges, limit 32: ping 0 of 6")
        << 42 << 40 << quint64{32} << false << u"warning"_s << QStringList{bridges, beyond};
    QTest::newRow("40 bridges, limit 64: ping 6 of 6") << 42 << 40 << quint64{64} << true << u"fine"_s << QStringList{};
    QTest::newRow("as many bridges as the limit")
        << 40 << 32 << quint64{32} << false << u"warning"_s << QStringList{bridges, beyond};
    QTest::newRow("one bridge less") << 40 << 31 << quint64{32} << true << u"fine"_s << QStringList{beyond};
    QTest::newRow("256 bridges") << 300 << 256 << quint64{1000} << true << u"fine"_s << QStringList{};
    QTest::newRow("257 bridges") << 300 << 257 << quint64{1000} << true << u"warning"_s
                                 << QStringList{u"too-many-bridges"_s};
    QTest::newRow("a limit of -5") << 300 << 0 << quint64{18446744073709551611U} << true << u"fine"_s << QStringList{};
    QTest::newRow("nobody") << 0 << 0 << quint64{32} << true << u"fine"_s << QStringList{};
    QTest::newRow("nobody, limit 0") << 0 << 0 << quint64{0} << false << u"error"_s << QStringList{zero};
}

void TestBroadcastRisk::whatWasMeasuredIsJudgedSo()
{
    QFETCH(int, members);
    QFETCH(int, bridges);
    QFETCH(quint64, limit);
    const auto risk = assessBroadcast(network({}, limit), crowd(members, bridges));
    QTEST(risk.isArpReaching, "isArpReaching");
    QTEST(enumText(risk.level), "level");
    QTEST(told(risk), "reasons");
}

void TestBroadcastRisk::aRouteIsNoBroadcastDomain() // SOURCES Z9, ZF 41
{
    auto members = crowd(40, 40);
    for (std::size_t i = 0; i < members.size(); ++i)
        members[i].addresses = {u"10.1.%1.9"_s.arg(i % 4)};
    const auto flat = assessBroadcast(network({u"10.0.0.0/8"_s}), members);
    const auto split = assessBroadcast(
        network({u"10.1.0.0/24"_s, u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.1.3.0/24"_s, u"10.0.0.0/8"_s}), members);
    QCOMPARE(flat.routes, std::vector<RouteLoad>({{{u"10.0.0.0/8"_s, {}}, true, 40, 40}}));
    QCOMPARE(split.routes.front(), (RouteLoad{{u"10.1.0.0/24"_s, {}}, true, 10, 10}));
    QCOMPARE(split.routes.back(), (RouteLoad{{u"10.0.0.0/8"_s, {}}, true, 0, 0}));
    // Split or not, who hears an ARP request stays the same.
    QCOMPARE(split.notes, flat.notes);
    QCOMPARE(split.arpRecipients, flat.arpRecipients);
    QCOMPARE(enumText(split.level), u"warning"_s);
}

void TestBroadcastRisk::routesThatAreNotSentHaveNobody() // ZF 29, 30
{
    QStringList targets;
    for (int i = 0; i < 129; ++i)
        targets << u"10.1.%1.0/24"_s.arg(i);
    const auto risk = assessBroadcast(
        network(targets), std::vector{record(1, {u"10.1.127.1"_s}), record(2, {u"10.1.128.1"_s}), record(3, {})});
    QCOMPARE(risk.routes.size(), 129U);
    QCOMPARE(risk.routes[127], (RouteLoad{{targets[127], {}}, true, 1, 0}));
    QCOMPARE(risk.routes[128], (RouteLoad{{targets[128], {}}, false, 0, 0}));
    QCOMPARE(risk.outside, 1U); // who has no address at all is not outside of anything
}

void TestBroadcastRisk::aMemberCountsOnceInARoute()
{
    const auto risk = assessBroadcast(network({u"10.1.1.0/24"_s, u"10.1.2.0/24"_s, u"10.1.1.7/24"_s}),
                                      std::vector{record(1, {u"10.1.1.1"_s, u"10.1.1.2"_s, u"10.1.2.1"_s, u"junk"_s})});
    QCOMPARE(risk.routes[0].members, 1U);
    QCOMPARE(risk.routes[1].members, 1U);
    QCOMPARE(risk.routes[2].members, 0U);
}

void TestBroadcastRisk::everyReasonHasItsSentence() // ZF 40, 41
{
    QCOMPARE((RiskNote{RiskReason::LimitZero, 5, 0}.toString()),
             u"the multicast limit is 0: ARP requests reach none of the 5 other members, so IPv4 does not work"_s);
    QCOMPARE((RiskNote{RiskReason::BridgesReachLimit, 40, 32}.toString()),
             u"the multicast limit of 32 is used up by 40 bridges, which are served first: ARP requests do not reach "
             u"other members"_s);
    QCOMPARE((RiskNote{RiskReason::TooManyBridges, 300, 256}.toString()),
             u"there are 300 bridges, and a network's configuration has room for 256"_s);
    QCOMPARE((RiskNote{RiskReason::MembersBeyondLimit, 299, 32}.toString()),
             u"a multicast to everybody reaches 32 of 299 other members; plain ARP is not capped by this, because it "
             u"goes to a group of its own for each address"_s);
}

void TestBroadcastRisk::thePlanIsShownBeforeAndAfter() // SOURCES Z9
{
    const auto live = std::vector{record(1, {u"10.1.1.1"_s}, true), record(2, {u"10.1.1.2"_s})};
    const std::vector<WantedMember> ours{{node(2), {}, true, {Address::parse(u"10.1.2.2").value()}},
                                         {node(3), {}, true, {Address::parse(u"10.1.2.3").value()}}};
    NetworkEdit edit;
    edit.routes = {{u"10.1.1.0/24"_s, {}}, {u"10.1.2.0/24"_s, {}}};
    edit.multicastLimit = 1;
    const auto change =
        assessPlan(network({u"10.0.0.0/8"_s}), edit, live, planMembers(ours, live), QSet<NodeId>{node(2)});
    QCOMPARE(change.before.routes, std::vector<RouteLoad>({{{u"10.0.0.0/8"_s, {}}, true, 2, 1}}));
    QCOMPARE(change.after.routes,
             std::vector<RouteLoad>({{{u"10.1.1.0/24"_s, {}}, true, 1, 1}, {{u"10.1.2.0/24"_s, {}}, true, 2, 0}}));
    QCOMPARE(change.before.authorized, 2U);
    QCOMPARE(change.after.authorized, 3U);
    QCOMPARE(change.after.online, std::optional<std::size_t>(1));
    QCOMPARE(enumText(change.before.level), u"fine"_s);
    QCOMPARE(told(change.after), QStringList({u"bridges-reach-limit"_s, u"members-beyond-limit"_s}));
}

void TestBroadcastRisk::numbersAddUp()
{
    QVERIFY(rc::check("recipients fit the limit, bridges first, and the level is that of the worst reason", [] {
        const auto pick = [](int end) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end)); };
        const int count = pick(60);
        const int bridges = pick(count + 1);
        const auto limit = static_cast<quint64>(pick(50));
        const auto risk = assessBroadcast(network({}, limit), crowd(count, bridges));
        RC_ASSERT(risk.recipients <= limit && risk.recipients <= static_cast<quint64>(count));
        RC_ASSERT(risk.bridgeRecipients <= risk.recipients);
        RC_ASSERT(risk.bridgeRecipients == risk.recipients || risk.bridgeRecipients == static_cast<quint64>(bridges));
        RC_ASSERT(risk.arpRecipients <= risk.recipients);
        if (bridges + 2 <= count) // an ordinary member asks for another
            RC_ASSERT(risk.isArpReaching == (risk.arpRecipients == static_cast<quint64>(bridges) + 1));
        RC_ASSERT((risk.level == RiskLevel::Error) == (limit == 0));
        RC_ASSERT((risk.level == RiskLevel::Warning) == (limit > 0 && static_cast<quint64>(bridges) >= limit));
        RC_ASSERT(std::ranges::is_sorted(risk.notes, std::ranges::greater(),
                                         [](const RiskNote &note) { return levelOf(note.reason); }));
    }));
}

QTEST_APPLESS_MAIN(TestBroadcastRisk)
#include "tst_broadcastrisk.moc"
