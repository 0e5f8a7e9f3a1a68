// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/memberplan.h"
#include "model/rules/networkproof.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

NodeId node(int number)
{
    return NodeId::parse(u"aabb%1"_s.arg(number, 6, 16, QChar(u'0'))).value();
}

std::vector<Address> addresses(const QStringList &texts)
{
    std::vector<Address> list;
    for (const auto &text : texts)
        list.push_back(Address::parse(text).value());
    return list;
}

WantedMember wanted(int number, const QStringList &texts, bool isAuthorized = true)
{
    return {node(number), {}, isAuthorized, addresses(texts)};
}

/// As the controller has it once our write was done.
MemberRecord record(int number, const QStringList &texts, bool isAuthorized = true)
{
    MemberRecord made{node(number)};
    made.isAuthorized = isAuthorized;
    made.hasNoAutoAssign = true;
    made.addresses = {texts.begin(), texts.end()};
    made.hasJoined = true;
    return made;
}

/// A device that joined on its own.
MemberRecord joiner(int number)
{
    MemberRecord made{node(number)};
    made.hasJoined = true;
    return made;
}

QString told(const MemberWrite &write)
{
    QStringList parts{write.node.toString().right(2)};
    if (write.isNew)
        parts << u"new"_s;
    if (write.edit.name)
        parts << u"name="_s + *write.edit.name;
    if (write.edit.isAuthorized)
        parts << (*write.edit.isAuthorized ? u"authorized"_s : u"unauthorized"_s);
    if (write.edit.hasNoAutoAssign)
        parts << (*write.edit.hasNoAutoAssign ? u"noAuto"_s : u"auto"_s);
    if (write.edit.addresses) {
        QStringList list;
        for (const Address &address : *write.edit.addresses)
            list << address.toString();
        parts << u'[' + list.join(u' ') + u']';
    }
    for (const QString &text : write.removed)
        parts << u'-' + text;
    return parts.join(u' ');
}

QStringList told(const std::vector<MemberWrite> &writes)
{
    QStringList lines;
    for (const auto &write : writes)
        lines << told(write);
    return lines;
}

MemberPlan planned(const std::vector<WantedMember> &ours, const std::vector<MemberRecord> &live)
{
    return planMembers(ours, live);
}

int pick(int end)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end));
}

std::vector<WantedMember> someWanted()
{
    std::vector<WantedMember> made;
    const int count = pick(6);
    for (int i = 0; i < count; ++i) {
        QStringList texts;
        for (int n = pick(3); n > 0; --n)
            texts << u"10.1.1.%1"_s.arg(pick(8));
        made.push_back(wanted(pick(8), texts, pick(4) > 0));
        made.back().name = pick(2) == 0 ? u"m%1"_s.arg(i) : QString();
    }
    return made;
}

std::vector<MemberRecord> someLive()
{
    std::vector<MemberRecord> made;
    std::set<int> numbers;
    const int count = pick(7);
    for (int i = 0; i < count; ++i) {
        const int number = pick(10);
        if (!numbers.insert(number).second)
            continue;
        QStringList texts;
        for (int n = pick(3); n > 0; --n)
            texts << (pick(6) == 0 ? u"10.1.1.999"_s : u"10.1.1.%1"_s.arg(pick(8)));
        made.push_back(record(number, texts, pick(3) > 0));
        made.back().hasNoAutoAssign = pick(2) == 0;
        made.back().isBridge = pick(3) == 0;
        made.back().name = pick(2) == 0 ? u"theirs"_s : QString();
    }
    return made;
}

} // namespace

class TestMemberPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDeviceWithAnAddressIsAuthorisedWithExactlyThat();
    void aJoinerOfOursGetsWhatItMisses();
    void aMemberThatIsAsItShouldBeIsNotWritten();
    void aChangedAddressIsOneWrite();
    void aDeletedAddressLeavesTheMemberWithoutOne();
    void addressesThatOthersPutOnOurMemberGo();
    void aMemberThatIsNotToBeAuthorisedIsShutOut();
    void aNameIsGivenOnlyWhereThereIsNone();
    void whoWantsToJoinIsPending();
    void membersOfOthersAreListedWithTheirAddresses();
    void twoOfOursWithOneAddressAreRefused();
    void anAddressOfAForeignMemberIsRefused();
    void whoseAddressWasTakenMeanwhileIsNotLetInAgain();
    void whatARefusedMemberKeepsIsNotGivenAway();
    void whoHasADuplicateAlreadyMayStillBeShutOut();
    void anUnauthorisedStrangerBlocksNothing();
    void whatFreesAnAddressGoesFirst();
    void twoSpellingsOfOneAddressAreOne();
    void bridgesStayWhatTheyAre();
    void tenThousandMembersWithoutAChangeNeedNoWrite();
    void doingTheWritesLeavesNothingToWrite();
    void everyMemberIsToldOfOnce();
    void noWriteGivesAnAddressThatAnotherHolds();
};

void TestMemberPlan::aDeviceWithAnAddressIsAuthorisedWithExactlyThat() // CASES:D1, SOURCES Z8, ZF 39
{
    const auto plan = planned({wanted(1, {u"10.1.1.10"_s})}, {});
    QCOMPARE(told(plan.writes), QStringList{u"01 new authorized noAuto [10.1.1.10]"_s});
    QCOMPARE(plan.missing, std::vector<NodeId>{node(1)});
    QVERIFY(!plan.writes.front().edit.name);
}

void TestMemberPlan::aJoinerOfOursGetsWhatItMisses() // CASES:D1, ZF 47
{
    const auto plan = planned({wanted(1, {u"10.1.1.10"_s})}, {joiner(1)});
    QCOMPARE(told(plan.writes), QStringList{u"01 authorized noAuto [10.1.1.10]"_s});
    QVERIFY(plan.missing.empty());
    QVERIFY(plan.pending.empty());
}

void TestMemberPlan::aMemberThatIsAsItShouldBeIsNotWritten()
{
    const auto plan = planned({wanted(1, {u"10.1.1.10"_s, u"fd00::1"_s})}, {record(1, {u"10.1.1.10"_s, u"FD00::1"_s})});
    QCOMPARE(plan, MemberPlan());
}

void TestMemberPlan::aChangedAddressIsOneWrite() // CASES:D5
{
    const auto plan = planned({wanted(1, {u"10.1.1.11"_s})}, {record(1, {u"10.1.1.10"_s})});
    QCOMPARE(told(plan.writes), QStringList{u"01 [10.1.1.11] -10.1.1.10"_s});
}

void TestMemberPlan::aDeletedAddressLeavesTheMemberWithoutOne() // CASES:D6
{
    const auto plan = planned({wanted(1, {})}, {record(1, {u"10.1.1.10"_s})});
    QCOMPARE(told(plan.writes), QStringList{u"01 [] -10.1.1.10"_s});
}

void TestMemberPlan::addressesThatOthersPutOnOurMemberGo() // SOURCES Z8, ZF 42, 48
{
    auto live = record(1, {u"10.1.1.10"_s, u"0.0.0.0"_s, u"junk"_s});
    live.hasNoAutoAssign = false;
    const auto plan = planned({wanted(1, {u"10.1.1.10"_s})}, {live});
    QCOMPARE(told(plan.writes), QStringList{u"01 noAuto [10.1.1.10] -0.0.0.0 -junk"_s});
}

void TestMemberPlan::aMemberThatIsNotToBeAuthorisedIsShutOut() // ZF 46
{
    const auto plan = planned({wanted(1, {}, false), wanted(2, {u"10.1.1.2"_s}, false)}, {record(1, {})});
    QCOMPARE(told(plan.writes), QStringList{u"01 unauthorized"_s});
    QCOMPARE(plan.missing, std::vector<NodeId>{node(2)}); // and nothing to write for it
}

void TestMemberPlan::aNameIsGivenOnlyWhereThereIsNone() // ZF 20
{
    auto first = wanted(1, {});
    auto second = wanted(2, {});
    auto third = wanted(3, {});
    first.name = second.name = third.name = u"ours"_s;
    auto named = record(2, {});
    named.name = u"theirs"_s;
    const auto plan = planned({first, second, third}, {record(1, {}), named});
    QCOMPARE(told(plan.writes), QStringList({u"01 name=ours"_s, u"03 new name=ours authorized noAuto []"_s}));
}

void TestMemberPlan::whoWantsToJoinIsPending() // ZF 47
{
    const auto plan = planned({}, {joiner(1), record(2, {u"10.1.1.2"_s}, false)});
    QCOMPARE(plan.pending, std::vector<MemberRecord>({joiner(1), record(2, {u"10.1.1.2"_s}, false)}));
    QVERIFY(plan.writes.empty() && plan.foreign.empty());
}

void TestMemberPlan::membersOfOthersAreListedWithTheirAddresses() // CASES:D10
{
    const auto theirs = record(1, {u"10.1.1.10"_s, u"junk"_s, u"10.1.1.10"_s});
    const auto plan = planned({}, {theirs, record(2, {})});
    QCOMPARE(plan.foreign, std::vector<ForeignMember>({{theirs, addresses({u"10.1.1.10"_s})}, {record(2, {}), {}}}));
    QVERIFY(plan.writes.empty() && plan.pending.empty());
}

void TestMemberPlan::twoOfOursWithOneAddressAreRefused() // CASES:D8
{
    const auto plan = planned({wanted(1, {u"10.1.1.10"_s}), wanted(2, {u"10.1.1.10"_s}), wanted(3, {u"10.1.1.3"_s})},
                              {record(1, {u"10.1.1.10"_s})});
    QCOMPARE(plan.duplicates,
             std::vector<DuplicateAddress>({{Address::parse(u"10.1.1.10").value(), {node(1), node(2)}, {}}}));
    QCOMPARE(told(plan.refused), QStringList{u"02 new authorized noAuto [10.1.1.10]"_s});
    QCOMPARE(told(plan.writes), QStringList{u"03 new authorized noAuto [10.1.1.3]"_s});
}

void TestMemberPlan::anAddressOfAForeignMemberIsRefused() // CASES:D8, D10
{
    const auto plan = planned({wanted(1, {u"10.1.1.10"_s, u"fd00::1"_s})}, {record(2, {u"FD00::0:1"_s})});
    QCOMPARE(plan.duplicates,
             std::vector<DuplicateAddress>({{Address::parse(u"fd00::1").value(), {node(1)}, {node(2)}}}));
    QCOMPARE(told(plan.refused), QStringList{u"01 new authorized noAuto [10.1.1.10 fd00::1]"_s});
    QVERIFY(plan.writes.empty());
}

void TestMemberPlan::whoseAddressWasTakenMeanwhileIsNotLetInAgain() // CASES:D8
{
    const auto plan =
        planned({wanted(1, {u"10.1.1.10"_s})}, {record(1, {u"10.1.1.10"_s}, false), record(9, {u"10.1.1.10"_s})});
    QCOMPARE(told(plan.refused), QStringList{u"01 authorized"_s});
    QVERIFY(plan.writes.empty());
}

void TestMemberPlan::whatARefusedMemberKeepsIsNotGivenAway() // CASES:D8
{
    const auto plan = planned({wanted(1, {u"10.1.1.3"_s}), wanted(2, {u"10.1.1.2"_s}), wanted(3, {u"10.1.1.1"_s})},
                              {record(1, {u"10.1.1.2"_s}), record(2, {u"10.1.1.1"_s}), record(9, {u"10.1.1.3"_s})});
    QCOMPARE(told(plan.refused), QStringList({u"01 [10.1.1.3] -10.1.1.2"_s, u"02 [10.1.1.2] -10.1.1.1"_s,
                                              u"03 new authorized noAuto [10.1.1.1]"_s}));
    QVERIFY(plan.writes.empty());
    QCOMPARE(plan.duplicates.size(), 1U);
}

void TestMemberPlan::whoHasADuplicateAlreadyMayStillBeShutOut() // CASES:D8
{
    const auto plan = planned({wanted(1, {u"10.1.1.10"_s}, false), wanted(2, {u"10.1.1.10"_s})},
                              {record(1, {u"10.1.1.10"_s}), record(2, {u"10.1.1.10"_s, u"10.1.1.99"_s})});
    QCOMPARE(told(plan.writes), QStringList({u"02 [10.1.1.10] -10.1.1.99"_s, u"01 unauthorized"_s}));
    QVERIFY(plan.refused.empty());
    QCOMPARE(plan.duplicates.size(), 1U);
}

void TestMemberPlan::anUnauthorisedStrangerBlocksNothing()
{
    const auto plan = planned({wanted(1, {u"10.1.1.10"_s})}, {record(2, {u"10.1.1.10"_s}, false)});
    QVERIFY(plan.duplicates.empty());
    QCOMPARE(plan.writes.size(), 1U);
}

void TestMemberPlan::whatFreesAnAddressGoesFirst() // CASES:D5, D8
{
    const auto plan =
        planned({wanted(1, {u"10.1.1.2"_s}), wanted(2, {u"10.1.1.3"_s})}, {record(2, {u"10.1.1.2"_s}), joiner(1)});
    QCOMPARE(told(plan.writes), QStringList({u"02 [10.1.1.3] -10.1.1.2"_s, u"01 authorized noAuto [10.1.1.2]"_s}));
}

void TestMemberPlan::twoSpellingsOfOneAddressAreOne() // ZF 42
{
    const auto plan = planned({wanted(1, {u"fd00::1"_s, u"fd00:0::1"_s})}, {});
    QCOMPARE(told(plan.writes), QStringList{u"01 new authorized noAuto [fd00::1]"_s});
    QVERIFY(plan.duplicates.empty());
}

void TestMemberPlan::bridgesStayWhatTheyAre() // CASES:R7
{
    auto live = record(1, {u"10.1.1.10"_s});
    live.isBridge = true;
    const auto plan = planned({wanted(1, {u"10.1.1.11"_s})}, {live});
    QVERIFY(membersAfter(std::vector{live}, plan).front().isBridge);
    QVERIFY(!membersAfter({}, planned({wanted(2, {})}, {})).front().isBridge);
}

void TestMemberPlan::tenThousandMembersWithoutAChangeNeedNoWrite() // CASES:D13, ZF 53
{
    std::vector<WantedMember> ours;
    std::vector<MemberRecord> live;
    for (int i = 1; i <= 10'000; ++i) {
        const QString text = u"10.1.%1.%2"_s.arg(i / 250).arg(i % 250 + 1);
        ours.push_back(wanted(i, {text}));
        live.push_back(record(i, {text}));
    }
    QCOMPARE(planned(ours, live), MemberPlan());
    live[5000].isAuthorized = false;
    QCOMPARE(told(planned(ours, live).writes), QStringList{node(5001).toString().right(2) + u" authorized"_s});
}

void TestMemberPlan::doingTheWritesLeavesNothingToWrite()
{
    QVERIFY(rc::check("and every member of ours that is written is as it should be", [] {
        const auto ours = someWanted();
        const auto live = someLive();
        const auto plan = planned(ours, live);
        const auto after = membersAfter(live, plan);
        const auto again = planned(ours, after);
        RC_ASSERT(again.writes.empty());
        std::set<NodeId> refused;
        for (const auto &write : plan.refused)
            refused.insert(write.node);
        std::set<NodeId> seen;
        for (const auto &member : ours) {
            if (!seen.insert(member.node).second || refused.contains(member.node))
                continue;
            const auto found = std::ranges::find(after, member.node, &MemberRecord::node);
            RC_ASSERT(found != after.end() || !member.isAuthorized);
            if (found != after.end())
                RC_ASSERT(differences(editFor(member), *found).empty());
        }
    }));
}

void TestMemberPlan::everyMemberIsToldOfOnce()
{
    QVERIFY(rc::check("a live member is ours, pending or foreign; ours are there or missing", [] {
        const auto ours = someWanted();
        const auto live = someLive();
        const auto plan = planned(ours, live);
        std::set<NodeId> mine;
        for (const auto &member : ours)
            mine.insert(member.node);
        std::set<NodeId> there;
        for (const auto &each : live)
            there.insert(each.node);
        std::set<NodeId> strangers;
        for (const auto &each : plan.pending)
            RC_ASSERT(!each.isAuthorized && strangers.insert(each.node).second);
        for (const auto &each : plan.foreign)
            RC_ASSERT(each.record.isAuthorized && strangers.insert(each.record.node).second);
        for (const NodeId &each : there)
            RC_ASSERT(mine.contains(each) != strangers.contains(each));
        for (const NodeId &each : mine)
            RC_ASSERT(there.contains(each) == (std::ranges::find(plan.missing, each) == plan.missing.end()));
    }));
}

void TestMemberPlan::noWriteGivesAnAddressThatAnotherHolds() // CASES:D8
{
    QVERIFY(rc::check("afterwards two authorised members share an address only if they did before", [] {
        const auto ours = someWanted();
        const auto live = someLive();
        const auto shared = [](const std::vector<MemberRecord> &members) {
            std::map<Address, int> counts;
            for (const auto &each : members) {
                std::set<Address> own;
                for (const QString &text : each.addresses) {
                    if (const auto address = Address::parse(text); address && each.isAuthorized)
                        own.insert(*address);
                }
                for (const Address &address : own)
                    ++counts[address];
            }
            return counts;
        };
        const auto before = shared(live);
        for (const auto &[address, count] : shared(membersAfter(live, planned(ours, live)))) {
            if (count > 1)
                RC_ASSERT(before.contains(address) && before.at(address) >= count);
        }
    }));
}

QTEST_APPLESS_MAIN(TestMemberPlan)
#include "tst_memberplan.moc"
