// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/carveoutallocator.h"
#include "tests/bench/bench.h"
#include "tests/bench/prefixdata.h"

#include <set>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

constexpr int kRangeLength = 10;
constexpr std::uint32_t kRangeFirst = 0x6440'0000U; // 100.64.0.0/10
constexpr int kUnitLength = 27;

std::uint32_t sizeOf(int length)
{
    return std::uint32_t{1} << static_cast<unsigned>(32 - length);
}

/// Free space as a set of gaps, searched from the lowest: what most people write.
class GapSet
{
public:
    GapSet() { m_gaps.emplace(kRangeFirst, kRangeFirst + sizeOf(kRangeLength)); }

    std::optional<std::uint32_t> allocate(int length)
    {
        const auto size = sizeOf(length);
        for (auto gap = m_gaps.begin(); gap != m_gaps.end(); ++gap) {
            const auto [begin, end] = *gap;
            const auto first = (begin + size - 1) / size * size;
            if (first >= end || end - first < size)
                continue;
            auto hint = m_gaps.erase(gap);
            if (first + size < end)
                hint = m_gaps.emplace_hint(hint, first + size, end);
            if (begin < first)
                m_gaps.emplace_hint(hint, begin, first);
            return first;
        }
        return std::nullopt;
    }

    void release(std::uint32_t first, int length)
    {
        auto begin = first;
        auto end = first + sizeOf(length);
        auto next = m_gaps.lower_bound({first, 0});
        if (next != m_gaps.end() && next->first == end) {
            end = next->second;
            next = m_gaps.erase(next);
        }
        if (next != m_gaps.begin() && std::prev(next)->second == begin) {
            begin = std::prev(next)->first;
            next = m_gaps.erase(std::prev(next));
        }
        m_gaps.emplace_hint(next, begin, end);
    }

private:
    std::set<std::pair<std::uint32_t, std::uint32_t>> m_gaps;
};

/// The same splitting and merging as ours, over a std::set of free blocks for each size: the best that sets can do.
class BuddySets
{
public:
    BuddySets() { m_free[kRangeLength].insert(kRangeFirst); }

    std::optional<std::uint32_t> allocate(int length)
    {
        int best = -1;
        for (int each = length; each >= kRangeLength; --each) {
            if (!set(each).empty() && (best < 0 || *set(each).begin() < *set(best).begin()))
                best = each;
        }
        if (best < 0)
            return std::nullopt;
        const auto first = *set(best).begin();
        set(best).erase(set(best).begin());
        for (int each = best + 1; each <= length; ++each)
            set(each).insert(first + sizeOf(each));
        return first;
    }

    void release(std::uint32_t first, int length)
    {
        for (; length > kRangeLength; --length) {
            const auto buddy = set(length).find(first ^ sizeOf(length));
            if (buddy == set(length).end())
                break;
            set(length).erase(buddy);
            first &= ~sizeOf(length);
        }
        set(length).insert(first);
    }

private:
    std::set<std::uint32_t> &set(int length) { return m_free[static_cast<std::size_t>(length)]; }

    std::array<std::set<std::uint32_t>, kUnitLength + 1> m_free;
};

/// Ours under the same two names.
class Ours
{
public:
    std::optional<std::uint32_t> allocate(int length)
    {
        const auto got = m_allocator.allocate(length);
        return got ? std::optional(static_cast<std::uint32_t>(got->first().value())) : std::nullopt;
    }
    void release(std::uint32_t first, int length) { m_allocator.release(Prefix(Address::ipv4(first), length)); }

private:
    CarveOutAllocator m_allocator{Prefix(Address::ipv4(kRangeFirst), kRangeLength), kUnitLength};
};

/// Half of them /27, the others up to a /20.
int anyLength(Sequence &random)
{
    return random.below(2) == 0 ? kUnitLength : 20 + static_cast<int>(random.below(7));
}

/// One allocator under a load that is the same for every kind: filled to three quarters, then a release and an
/// allocation in turns.
template <typename Allocator>
class Load
{
public:
    Load()
    {
        std::uint32_t units = 0;
        while (units < 98'304) { // of 131,072
            const int length = anyLength(m_random);
            hold(length, m_allocator.allocate(length));
            units += sizeOf(length) / sizeOf(kUnitLength);
        }
    }

    template <typename Measure>
    void run(std::size_t turns, Measure measure)
    {
        for (std::size_t turn = 0; turn < turns && !m_held.empty(); ++turn) {
            const auto victim = m_random.below(static_cast<std::uint32_t>(m_held.size()));
            const auto [first, length] = m_held[victim];
            m_held[victim] = m_held.back();
            m_held.pop_back();
            measure([&] { m_allocator.release(first, length); });
            // as large as what was freed, so that the fill stays where it is
            std::optional<std::uint32_t> got;
            const int wanted = m_random.below(2) == 0 ? length : anyLength(m_random);
            measure([&] { got = m_allocator.allocate(wanted); });
            hold(wanted, got);
        }
    }

    /// The same for two allocators exactly when they gave out the same addresses in the same order.
    [[nodiscard]] std::uint64_t fingerprint() const { return m_fingerprint; }

private:
    void hold(int length, const std::optional<std::uint32_t> &first)
    {
        m_fingerprint = (m_fingerprint ^ first.value_or(1)) * 0x0000'0100'0000'01b3U;
        if (first)
            m_held.emplace_back(*first, length);
    }

    Sequence m_random{46};
    Allocator m_allocator;
    std::vector<std::pair<std::uint32_t, int>> m_held;
    std::uint64_t m_fingerprint = 0xcbf2'9ce4'8422'2325U;
};

template <typename Peer>
void compare(Report &report, const QString &peerName)
{
    const auto turns = report.size(5'000, 200);
    Load<Ours> ours;
    Load<Peer> peer;
    const auto run = [turns](auto &load) { return timed([&] { load.run(turns, [](auto &&work) { work(); }); }); };
    const auto pair = interleaved(
        9, [&] { return run(ours); }, [&] { return run(peer); });
    report.check(ours.fingerprint() == peer.fingerprint(), u"A5"_s, u"addresses differ from "_s + peerName);
    report.addFaster(u"A5"_s, u"allocate and release, mixed sizes, 3/4 full"_s, peerName, pair,
                     static_cast<double>(turns) * 2, 2);
}

void measureA5(Report &report)
{
    compare<GapSet>(report, u"std::set of gaps"_s);
    compare<BuddySets>(report, u"std::set of blocks a size"_s);

    Samples single;
    Load<Ours> load;
    load.run(report.size(500'000, 500), [&](auto &&work) { single.add(timed(work)); });
    const auto p99 = single.percentile(99);
    report.addLimit(u"A5"_s, u"one call, p99, clock included"_s, durationText(p99), p99, 1000, u"< 1 us"_s);
}

const Registration a5(u"A5"_s, &measureA5);

} // namespace

} // namespace interlock::bench
