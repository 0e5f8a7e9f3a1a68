// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/poolmerge.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

std::vector<AssignmentPool> pools(const QStringList &texts)
{
    std::vector<AssignmentPool> list;
    for (const auto &text : texts)
        list.push_back(AssignmentPool::parse(text).value());
    return list;
}

std::vector<PoolText> poolTexts(const QStringList &texts)
{
    std::vector<PoolText> list;
    for (const auto &text : texts)
        list.push_back({text.section(u'-', 0, 0), text.section(u'-', 1)});
    return list;
}

template <typename List>
QStringList texts(const List &list)
{
    QStringList all;
    for (const auto &each : list)
        all << each.toString();
    return all;
}

int pick(int end)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end));
}

} // namespace

class TestPoolMerge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void poolsOfOursAreReplacedAndTheirsStay();
    void aPoolThatSomebodyElseHasIsNotSentTwiceAndNotOurs();
    void poolsOfOthersSurviveAndMergingAgainFindsNothing();
};

void TestPoolMerge::poolsOfOursAreReplacedAndTheirsStay() // SOURCES Z6, ZF 49
{
    const auto merge = mergePools(
        pools({u"10.1.1.10-10.1.1.20"_s, u"10.1.2.10-10.1.2.20"_s}),
        pools({u"10.1.2.10-10.1.2.20"_s, u"10.1.3.10-10.1.3.20"_s}),
        poolTexts({u"10.9.9.9-10.9.9.1"_s, u"10.1.1.10-10.1.1.20"_s, u"10.1.2.10-10.1.2.20"_s, u"0.0.0.0-x"_s}));
    QCOMPARE(texts(merge.desired),
             QStringList({u"10.1.2.10-10.1.2.20"_s, u"10.1.3.10-10.1.3.20"_s, u"10.9.9.9-10.9.9.1"_s, u"0.0.0.0-x"_s}));
    QCOMPARE(texts(merge.added), QStringList{u"10.1.3.10-10.1.3.20"_s});
    QCOMPARE(texts(merge.removed), QStringList{u"10.1.1.10-10.1.1.20"_s});
    QCOMPARE(texts(merge.ownedAfter), QStringList({u"10.1.2.10-10.1.2.20"_s, u"10.1.3.10-10.1.3.20"_s}));
    QVERIFY(!merge.isEqual);
}

void TestPoolMerge::aPoolThatSomebodyElseHasIsNotSentTwiceAndNotOurs() // SOURCES Z6
{
    const auto live = poolTexts({u"10.1.1.10-10.1.1.20"_s});
    const auto merge = mergePools({}, pools({u"10.1.1.10-10.1.1.20"_s}), live);
    QCOMPARE(merge, (PoolMerge{live, {}, {}, true, {}}));
    QCOMPARE(mergePools(merge.ownedAfter, {}, live).desired, live);
}

void TestPoolMerge::poolsOfOthersSurviveAndMergingAgainFindsNothing()
{
    QVERIFY(rc::check("pools", [] {
        const auto some = [](int most) {
            std::vector<AssignmentPool> made;
            const int count = pick(most);
            for (int i = 0; i < count; ++i) {
                const auto first = Address::ipv4(0x0a010100U + static_cast<std::uint32_t>(pick(4)));
                made.push_back({first, Address::ipv4(0x0a010110U)});
            }
            return made;
        };
        const auto owned = some(4);
        const auto plan = some(4);
        std::vector<PoolText> live;
        for (const auto &each : some(6))
            live.push_back(pick(4) == 0 ? PoolText{u"10.1.1.300"_s, {}} : PoolText::of(each));
        const auto merge = mergePools(owned, plan, live);
        std::set<AssignmentPool> mine(owned.begin(), owned.end());
        auto at = merge.desired.begin() + static_cast<std::ptrdiff_t>(merge.ownedAfter.size());
        for (const auto &each : live) {
            if (const auto pool = each.pool(); pool && mine.erase(*pool) > 0)
                continue;
            RC_ASSERT(at != merge.desired.end() && *at == each);
            ++at;
        }
        RC_ASSERT(at == merge.desired.end());
        for (const auto &each : plan)
            RC_ASSERT(std::ranges::find(merge.desired, PoolText::of(each)) != merge.desired.end());
        const auto again = mergePools(merge.ownedAfter, plan, merge.desired);
        RC_ASSERT(again.isEqual && again.desired == merge.desired && again.ownedAfter == merge.ownedAfter);
    }));
}

QTEST_APPLESS_MAIN(TestPoolMerge)
#include "tst_poolmerge.moc"
