// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/carveoutallocator.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

Prefix prefix(QStringView text)
{
    return Prefix::parse(text).value();
}

QStringList texts(const std::vector<Prefix> &prefixes)
{
    QStringList list;
    for (const auto &each : prefixes)
        list << each.toString();
    return list;
}

QString text(const std::optional<Prefix> &each)
{
    return each ? each->toString() : u"none"_s;
}

constexpr int kModelOrder = 6;
constexpr unsigned kModelUnits = 1U << kModelOrder;

/// The allocator as anybody would write it without caring for speed: a flag for each block.
struct NaiveAllocator
{
    struct Run
    {
        unsigned order;
        unsigned first;
        [[nodiscard]] unsigned end() const { return first + (1U << order); }
        bool operator==(const Run &) const = default;
    };
    std::vector<Run> held;
    std::vector<Run> excluded;

    static bool covers(const std::vector<Run> &runs, unsigned unit)
    {
        return std::any_of(runs.begin(), runs.end(),
                           [=](const Run &run) { return run.first <= unit && unit < run.end(); });
    }
    [[nodiscard]] bool isFree(const Run &run) const
    {
        for (unsigned unit = run.first; unit < run.end(); ++unit) {
            if (covers(held, unit) || covers(excluded, unit))
                return false;
        }
        return true;
    }
    [[nodiscard]] std::optional<Run> lowest(unsigned order) const
    {
        for (unsigned first = 0; first < kModelUnits; first += 1U << order) {
            if (isFree({order, first}))
                return Run{order, first};
        }
        return std::nullopt;
    }
    static bool removeOne(std::vector<Run> &runs, const Run &run)
    {
        const auto found = std::find(runs.begin(), runs.end(), run);
        if (found == runs.end())
            return false;
        runs.erase(found);
        return true;
    }
    [[nodiscard]] static unsigned count(const std::vector<Run> &runs)
    {
        unsigned units = 0;
        for (unsigned unit = 0; unit < kModelUnits; ++unit)
            units += covers(runs, unit) ? 1U : 0U;
        return units;
    }
    /// The free units as maximal aligned runs.
    void gaps(unsigned order, unsigned first, std::vector<Run> &into) const
    {
        if (isFree({order, first}))
            return into.push_back({order, first});
        if (order == 0)
            return;
        gaps(order - 1, first, into);
        gaps(order - 1, first + (1U << (order - 1)), into);
    }
};

/// An allocator whose `window` alone is open, so that ranges of any width compare with the naive one.
CarveOutAllocator openOnlyIn(const Prefix &window, const Prefix &range, int unitLength)
{
    CarveOutAllocator allocator(range, unitLength);
    for (auto inner = window; inner.length() > range.length(); inner = *inner.parent()) {
        const auto bit = uint128{1} << static_cast<unsigned>(inner.first().width() - inner.length());
        allocator.exclude(Prefix(Address(inner.family(), inner.first().value() ^ bit), inner.length()));
    }
    return allocator;
}

void agreesWithTheNaiveAllocator(const Prefix &window, const Prefix &range, int unitLength)
{
    using Run = NaiveAllocator::Run;
    auto allocator = openOnlyIn(window, range, unitLength);
    NaiveAllocator naive;
    const auto toPrefix = [&](const Run &run) {
        const auto shift = static_cast<unsigned>(window.first().width() - unitLength);
        return Prefix(Address(window.family(), window.first().value() + (uint128{run.first} << shift)),
                      unitLength - static_cast<int>(run.order));
    };
    const auto shutOutside = allocator.excludedBlocks();
    const auto steps = *rc::gen::container<std::vector<std::tuple<int, unsigned, unsigned>>>(rc::gen::tuple(
        rc::gen::inRange(0, 6), rc::gen::inRange(0U, kModelOrder + 1U), rc::gen::inRange(0U, kModelUnits)));
    for (const auto &[what, order, at] : steps) {
        const Run run{order, at >> order << order};
        if (what == 0) {
            const auto expected = naive.lowest(order);
            const auto peeked = allocator.peek(unitLength - static_cast<int>(order));
            const auto got = allocator.allocate(unitLength - static_cast<int>(order));
            RC_ASSERT(got == (expected ? std::optional(toPrefix(*expected)) : std::nullopt));
            RC_ASSERT(peeked == got);
            if (expected)
                naive.held.push_back(*expected);
        } else if (what == 1) {
            const bool expected = naive.isFree(run);
            RC_ASSERT(allocator.isFree(toPrefix(run)) == expected);
            RC_ASSERT(allocator.reserve(toPrefix(run)) == expected);
            if (expected)
                naive.held.push_back(run);
        } else if (what == 2) {
            naive.excluded.push_back(run);
            allocator.exclude(toPrefix(run));
        } else if (what == 3) {
            RC_ASSERT(allocator.unexclude(toPrefix(run)) == naive.removeOne(naive.excluded, run));
        } else if (what == 4 && !naive.held.empty()) {
            const auto victim = naive.held[at % naive.held.size()];
            RC_ASSERT(naive.removeOne(naive.held, victim));
            RC_ASSERT(allocator.release(toPrefix(victim)));
        } else if (what == 5) {
            RC_ASSERT(allocator.release(toPrefix(run)) == naive.removeOne(naive.held, run));
        }
        std::vector<Run> gaps;
        naive.gaps(kModelOrder, 0, gaps);
        std::vector<Prefix> expectedGaps;
        unsigned freeUnits = 0;
        for (const auto &gap : gaps) {
            expectedGaps.push_back(toPrefix(gap));
            freeUnits += 1U << gap.order;
        }
        RC_ASSERT(allocator.freeGaps() == expectedGaps);
        RC_ASSERT(allocator.freeBlocks() == freeUnits);
        RC_ASSERT(allocator.heldBlocks() == naive.count(naive.held));
        RC_ASSERT(allocator.excludedBlocks() - shutOutside == naive.count(naive.excluded));
    }
}

} // namespace

class TestCarveOutAllocator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // SOURCES:S6
    void theStandInRangeHoldsEvery27OnceLowestFirstAndThenIsExhausted()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        QCOMPARE(static_cast<quint64>(allocator.capacity()), 131'072U);
        for (std::uint32_t block = 0; block < 131'072; ++block)
            QCOMPARE(allocator.allocate(27), Prefix(Address::ipv4(0x64400000U + block * 32), 27));
        QVERIFY(!allocator.allocate(27));
        QVERIFY(!allocator.peek(27));
        QVERIFY(!allocator.largestFree());
        QCOMPARE(static_cast<quint64>(allocator.freeBlocks()), 0U);
    }

    void aLongerRequestSetsAsideAWholeBlock()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        QCOMPARE(text(allocator.allocate(30)), u"100.64.0.0/27"_s);
        QCOMPARE(text(allocator.allocate(32)), u"100.64.0.32/27"_s);
        QVERIFY(!allocator.reserve(prefix(u"100.64.0.60/30")));
        QVERIFY(allocator.reserve(prefix(u"100.64.0.64/30")));
        QCOMPARE(texts(allocator.held()), QStringList({u"100.64.0.0/27"_s, u"100.64.0.32/27"_s, u"100.64.0.64/27"_s}));
    }

    void mixedSizesFillTheGapsBelow()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        QCOMPARE(text(allocator.allocate(27)), u"100.64.0.0/27"_s);
        QCOMPARE(text(allocator.allocate(24)), u"100.64.1.0/24"_s);
        QCOMPARE(text(allocator.allocate(27)), u"100.64.0.32/27"_s);
        QCOMPARE(text(allocator.allocate(25)), u"100.64.0.128/25"_s);
        QCOMPARE(text(allocator.allocate(26)), u"100.64.0.64/26"_s);
        QCOMPARE(text(allocator.allocate(16)), u"100.65.0.0/16"_s);
        QCOMPARE(text(allocator.allocate(27)), u"100.64.2.0/27"_s);
    }

    void aRequestWiderThanTheRangeGetsNothingAndChangesNothing()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        QVERIFY(!allocator.allocate(9));
        QVERIFY(!allocator.allocate(0));
        QCOMPARE(texts(allocator.freeGaps()), QStringList({u"100.64.0.0/10"_s}));
        QCOMPARE(text(allocator.allocate(10)), u"100.64.0.0/10"_s);
    }

    void whatIsReleasedMergesWithItsNeighbours()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        for (int i = 0; i < 8; ++i)
            QVERIFY(allocator.allocate(27));
        for (const auto &held : allocator.held())
            QVERIFY(allocator.release(held));
        QCOMPARE(texts(allocator.freeGaps()), QStringList({u"100.64.0.0/10"_s}));
        QCOMPARE(allocator.largestFree(), std::optional(10));
    }

    void onlyWhatIsHeldAsOneCanBeReleased()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        QVERIFY(allocator.reserve(prefix(u"100.64.0.0/24")));
        QVERIFY(!allocator.release(prefix(u"100.64.0.0/25")));
        QVERIFY(!allocator.release(prefix(u"100.64.0.0/23")));
        QVERIFY(!allocator.release(prefix(u"100.64.1.0/24")));
        QCOMPARE(static_cast<quint64>(allocator.heldBlocks()), 8U);
        QVERIFY(allocator.release(prefix(u"100.64.0.0/24")));
        QVERIFY(!allocator.release(prefix(u"100.64.0.0/24")));
    }

    void whatLiesOutsideTheRangeNeedsNoBlocks()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        QVERIFY(allocator.reserve(prefix(u"192.168.1.0/24")));
        QVERIFY(allocator.reserve(prefix(u"192.168.1.0/24")));
        QVERIFY(allocator.reserve(prefix(u"fd00::/64")));
        QVERIFY(allocator.release(prefix(u"192.168.1.0/24")));
        QVERIFY(!allocator.isFree(prefix(u"192.168.1.0/24")));
        QVERIFY(!allocator.isFree(prefix(u"100.0.0.0/8")));
        QCOMPARE(texts(allocator.freeGaps()), QStringList({u"100.64.0.0/10"_s}));
    }

    void aPrefixAroundTheRangeTakesAllOfIt()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        QVERIFY(allocator.reserve(prefix(u"100.0.0.0/8")));
        QVERIFY(!allocator.allocate(27));
        QVERIFY(allocator.release(prefix(u"100.0.0.0/8")));
        QCOMPARE(text(allocator.allocate(27)), u"100.64.0.0/27"_s);
        QVERIFY(!allocator.reserve(prefix(u"100.0.0.0/8")));
    }

    void exclusionsKeepWhatIsHeldAndShutItOnceItIsReleased()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        QCOMPARE(text(allocator.allocate(27)), u"100.64.0.0/27"_s);
        allocator.exclude(prefix(u"100.64.0.0/16"));
        allocator.exclude(prefix(u"100.64.0.0/24"));
        QCOMPARE(static_cast<quint64>(allocator.excludedBlocks()), 2048U);
        QCOMPARE(text(allocator.peek(27)), u"100.65.0.0/27"_s);
        QVERIFY(allocator.overlapsHeld(prefix(u"100.64.0.0/16")));
        QVERIFY(allocator.release(prefix(u"100.64.0.0/27")));
        QCOMPARE(text(allocator.peek(27)), u"100.65.0.0/27"_s);
        QVERIFY(allocator.unexclude(prefix(u"100.64.0.0/16")));
        QCOMPARE(text(allocator.peek(27)), u"100.64.1.0/27"_s);
        QVERIFY(allocator.unexclude(prefix(u"100.64.0.0/24")));
        QCOMPARE(texts(allocator.freeGaps()), QStringList({u"100.64.0.0/10"_s}));
    }

    void anExclusionMadeTwiceIsLiftedByTheSecondLift()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        allocator.exclude(prefix(u"100.64.0.0/16"));
        allocator.exclude(prefix(u"100.64.0.0/16"));
        QVERIFY(allocator.unexclude(prefix(u"100.64.0.0/16")));
        QCOMPARE(text(allocator.peek(27)), u"100.65.0.0/27"_s);
        QVERIFY(allocator.unexclude(prefix(u"100.64.0.0/16")));
        QCOMPARE(text(allocator.peek(27)), u"100.64.0.0/27"_s);
        QVERIFY(!allocator.unexclude(prefix(u"100.64.0.0/16")));
    }

    void aCopyIsAPreviewThatLeavesTheOriginalAlone()
    {
        CarveOutAllocator allocator(prefix(u"100.64.0.0/10"));
        auto preview = allocator;
        QVERIFY(preview.allocate(12));
        preview.exclude(prefix(u"100.112.0.0/12"));
        QCOMPARE(texts(allocator.freeGaps()), QStringList({u"100.64.0.0/10"_s}));
        QCOMPARE(texts(preview.freeGaps()), QStringList({u"100.80.0.0/12"_s, u"100.96.0.0/12"_s}));
    }

    void aHugeIPv6RangeWorksLikeASmallOne()
    {
        CarveOutAllocator allocator(prefix(u"fd00::/8"), 64);
        QVERIFY(allocator.capacity() == std::uint64_t{1} << 56U);
        QCOMPARE(text(allocator.allocate(64)), u"fd00::/64"_s);
        QCOMPARE(text(allocator.allocate(48)), u"fd00:0:1::/48"_s);
        QCOMPARE(text(allocator.allocate(128)), u"fd00:0:0:1::/64"_s);
        QVERIFY(allocator.reserve(prefix(u"fdff:ffff:ffff:ffff::/64")));
        QVERIFY(!allocator.isFree(prefix(u"fdff:ffff:ffff::/48")));
        QCOMPARE(text(allocator.allocate(9)), u"none"_s);
        QCOMPARE(text(allocator.allocate(10)), u"fd40::/10"_s);
        for (const auto &held : allocator.held())
            QVERIFY(allocator.release(held));
        QCOMPARE(texts(allocator.freeGaps()), QStringList({u"fd00::/8"_s}));
    }

    void rangesAtTheEdgesOfTheFamiliesAreWhole_data()
    {
        QTest::addColumn<QString>("range");
        QTest::addColumn<int>("unitLength");
        QTest::addColumn<QString>("lowest");
        QTest::newRow("all of IPv4 in addresses") << u"0.0.0.0/0"_s << 32 << u"0.0.0.0/32"_s;
        QTest::newRow("the end of IPv4") << u"255.255.255.0/24"_s << 27 << u"255.255.255.0/27"_s;
        QTest::newRow("one block") << u"10.0.0.0/27"_s << 27 << u"10.0.0.0/27"_s;
        QTest::newRow("smaller than a block") << u"10.0.0.4/30"_s << 27 << u"10.0.0.4/30"_s;
        QTest::newRow("all of IPv6 as one") << u"::/0"_s << 0 << u"::/0"_s;
        QTest::newRow("all of IPv6, as fine as it gets") << u"::/0"_s << 128 << u"::/62"_s;
        QTest::newRow("the end of IPv6") << u"ffff:ffff:ffff:ffff::/64"_s << 126 << u"ffff:ffff:ffff:ffff::/126"_s;
    }
    void rangesAtTheEdgesOfTheFamiliesAreWhole()
    {
        QFETCH(QString, range);
        QFETCH(int, unitLength);
        QFETCH(QString, lowest);
        CarveOutAllocator allocator(prefix(range), unitLength);
        const Prefix last(prefix(range).last(), prefix(range).first().width());
        QCOMPARE(text(allocator.allocate(128)), lowest);
        QVERIFY(!allocator.reserve(prefix(lowest)));
        QCOMPARE(allocator.reserve(last), allocator.capacity() > 1);
        for (const auto &held : allocator.held())
            QVERIFY(allocator.release(held));
        QCOMPARE(texts(allocator.freeGaps()), QStringList({range}));
        QVERIFY(allocator.freeBlocks() == allocator.capacity());
    }

    // SOURCES:S6: never two owners, lowest first, exhausted only when full
    void anyHistoryLeavesWhatTheNaiveAllocatorHas()
    {
        QVERIFY(rc::check("dense",
                          [] { agreesWithTheNaiveAllocator(prefix(u"100.64.8.0/21"), prefix(u"100.64.0.0/10"), 27); }));
        QVERIFY(rc::check("sparse", [] {
            agreesWithTheNaiveAllocator(prefix(u"fd12:3456:789a:bc40::/58"), prefix(u"fd00::/8"), 64);
        }));
    }
};

QTEST_GUILESS_MAIN(TestCarveOutAllocator)
#include "tst_carveoutallocator.moc"
