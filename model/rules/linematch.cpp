// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/linematch.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <unordered_map>

namespace interlock {

namespace {

using Lines = std::span<const std::uint32_t>;
using Index = std::ptrdiff_t;

/// A place between lines of both texts.
struct Point
{
    Index before;
    Index after;
};

/// The lines between two points.
struct Region
{
    Point begin;
    Point end;

    [[nodiscard]] Index oldSize() const { return end.before - begin.before; }
    [[nodiscard]] Index newSize() const { return end.after - begin.after; }
};

/// The furthest line of the old text that a number of edits reaches, for each diagonal (line of the old text minus line
/// of the new one); -1 where they end on none. Grows as it is asked, as most differences are small.
class Reach
{
public:
    [[nodiscard]] Index at(Index diagonal) const
    {
        const Index i = diagonal + m_width;
        return i < 0 || i > 2 * m_width ? -1 : m_furthest[static_cast<std::size_t>(i)];
    }
    void set(Index diagonal, Index line)
    {
        if (diagonal > m_width || -diagonal > m_width)
            grow(std::max<Index>(16, 2 * std::abs(diagonal)));
        m_furthest[static_cast<std::size_t>(diagonal + m_width)] = line;
    }

private:
    void grow(Index width)
    {
        std::vector<Index> wider(static_cast<std::size_t>(2 * width + 1), -1);
        std::copy(m_furthest.begin(), m_furthest.end(), wider.begin() + (width - m_width));
        m_furthest = std::move(wider);
        m_width = width;
    }

    Index m_width = 0;
    std::vector<Index> m_furthest{-1};
};

/// Myers' search from both corners of a region until the two meet, in the middle of a shortest edit script.
class MiddleSearch
{
public:
    /// The region begins and ends with different lines, and neither side is empty.
    MiddleSearch(Lines before, Lines after, const Region &region)
        : m_before(before.data() + region.begin.before), m_after(after.data() + region.begin.after),
          m_n(region.oldSize()), m_m(region.newSize())
    {
    }

    /// A point of the region, counted from its begin, that a shortest script passes through and that is neither corner;
    /// nothing when that takes more than about `limit` steps.
    std::optional<Point> find(std::int64_t limit)
    {
        for (Index edits = 0; m_steps <= limit; ++edits) {
            if (const auto point = searchForward(edits))
                return point;
            if (const auto point = searchBackward(edits))
                return point;
        }
        return std::nullopt;
    }
    [[nodiscard]] std::int64_t steps() const { return m_steps; }

private:
    std::optional<Point> searchForward(Index edits)
    {
        const Index delta = m_n - m_m;
        const bool isOdd = delta % 2 != 0;
        for (Index k = firstDiagonal(edits, m_m); k <= std::min(edits, m_n); k += 2) {
            Index x = entry(m_forward, k, edits);
            while (x >= 0 && x < m_n && x - k < m_m && m_before[x] == m_after[x - k]) {
                ++x;
                ++m_steps;
            }
            m_forward.set(k, x);
            ++m_steps;
            // With an odd difference of the sizes the searches meet when this one has one edit more.
            const Index other = isOdd && std::abs(delta - k) < edits ? m_backward.at(delta - k) : -1;
            if (x >= 0 && other >= 0 && x + other >= m_n)
                return Point{x, x - k};
        }
        return std::nullopt;
    }

    /// The same in coordinates that count from the end.
    std::optional<Point> searchBackward(Index edits)
    {
        const Index delta = m_n - m_m;
        const bool isEven = delta % 2 == 0;
        for (Index k = firstDiagonal(edits, m_m); k <= std::min(edits, m_n); k += 2) {
            Index x = entry(m_backward, k, edits);
            while (x >= 0 && x < m_n && x - k < m_m && m_before[m_n - 1 - x] == m_after[m_m - 1 - (x - k)]) {
                ++x;
                ++m_steps;
            }
            m_backward.set(k, x);
            ++m_steps;
            const Index other = isEven && std::abs(delta - k) <= edits ? m_forward.at(delta - k) : -1;
            if (x >= 0 && other >= 0 && x + other >= m_n)
                return Point{m_n - x, m_m - (x - k)};
        }
        return std::nullopt;
    }

    /// The lowest diagonal of `edits`' parity that lies in the region.
    static Index firstDiagonal(Index edits, Index newSize)
    {
        return edits <= newSize ? -edits : -newSize + (edits - newSize) % 2;
    }

    /// Where diagonal `k` is entered by one edit more than `reach` has, before equal lines are followed; -1 if it is
    /// not.
    [[nodiscard]] Index entry(const Reach &reach, Index k, Index edits) const
    {
        if (edits == 0)
            return 0;
        const Index above = reach.at(k + 1);
        const Index below = reach.at(k - 1);
        const Index down = above >= 0 && above - k <= m_m ? above : -1;
        const Index right = below >= 0 && below < m_n ? below + 1 : -1;
        return std::max(down, right);
    }

    const std::uint32_t *m_before;
    const std::uint32_t *m_after;
    Index m_n;
    Index m_m;
    Reach m_forward;
    Reach m_backward;
    std::int64_t m_steps = 0;
};

class LineMatcher
{
public:
    LineMatcher(Lines before, Lines after, std::int64_t budget) : m_before(before), m_after(after), m_budget(budget)
    {
        m_marks.isRemoved.assign(before.size(), false);
        m_marks.isAdded.assign(after.size(), false);
    }

    LineMarks match()
    {
        compare({{0, 0}, {static_cast<Index>(m_before.size()), static_cast<Index>(m_after.size())}});
        return std::move(m_marks);
    }

private:
    [[nodiscard]] bool isSame(Index i, Index j) const
    {
        return m_before[static_cast<std::size_t>(i)] == m_after[static_cast<std::size_t>(j)];
    }

    void compare(Region region)
    {
        auto &[begin, end] = region;
        while (begin.before < end.before && begin.after < end.after && isSame(begin.before, begin.after)) {
            ++begin.before;
            ++begin.after;
        }
        while (begin.before < end.before && begin.after < end.after && isSame(end.before - 1, end.after - 1)) {
            --end.before;
            --end.after;
        }
        if (region.oldSize() == 0 || region.newSize() == 0 || m_budget <= 0)
            return replace(region);
        // Half of what is left, so that what is given up in one place leaves something for the others.
        MiddleSearch search(m_before, m_after, region);
        const auto middle = search.find(m_budget / 2);
        m_budget -= search.steps();
        if (!middle)
            return compareByAnchors(region);
        const Point split{begin.before + middle->before, begin.after + middle->after};
        compare({begin, split});
        compare({split, end});
    }

    void replace(const Region &region)
    {
        for (Index i = region.begin.before; i < region.end.before; ++i)
            m_marks.isRemoved[static_cast<std::size_t>(i)] = true;
        for (Index j = region.begin.after; j < region.end.after; ++j)
            m_marks.isAdded[static_cast<std::size_t>(j)] = true;
    }

    void compareByAnchors(const Region &region)
    {
        Point begin = region.begin;
        const auto anchors = commonOrder(uniquePairs(region));
        if (anchors.empty())
            return replace(region);
        for (const Point &anchor : anchors) {
            compare({begin, anchor});
            begin = {anchor.before + 1, anchor.after + 1};
        }
        compare({begin, region.end});
    }

    /// The lines that either side of the region has exactly once, in the order of the old text.
    [[nodiscard]] std::vector<Point> uniquePairs(const Region &region) const
    {
        struct Seen
        {
            int inOld = 0;
            int inNew = 0;
            Index newAt = 0;
        };
        std::unordered_map<std::uint32_t, Seen> seen;
        for (Index i = region.begin.before; i < region.end.before; ++i)
            ++seen[m_before[static_cast<std::size_t>(i)]].inOld;
        for (Index j = region.begin.after; j < region.end.after; ++j) {
            Seen &line = seen[m_after[static_cast<std::size_t>(j)]];
            ++line.inNew;
            line.newAt = j;
        }
        std::vector<Point> pairs;
        for (Index i = region.begin.before; i < region.end.before; ++i) {
            const Seen &line = seen[m_before[static_cast<std::size_t>(i)]];
            if (line.inOld == 1 && line.inNew == 1)
                pairs.push_back({i, line.newAt});
        }
        return pairs;
    }

    /// The longest part of `pairs` that ascends in the new text too.
    static std::vector<Point> commonOrder(const std::vector<Point> &pairs)
    {
        constexpr auto kNone = static_cast<std::size_t>(-1);
        std::vector<std::size_t> lastOf; // [length - 1]: the pair that ends an ascent of that length lowest
        std::vector<std::size_t> previous(pairs.size(), kNone);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const auto at = std::lower_bound(lastOf.begin(), lastOf.end(), pairs[i].after,
                                             [&pairs](std::size_t a, Index after) { return pairs[a].after < after; });
            if (at != lastOf.begin())
                previous[i] = *(at - 1);
            if (at == lastOf.end())
                lastOf.push_back(i);
            else
                *at = i;
        }
        std::vector<Point> order;
        for (std::size_t i = lastOf.empty() ? kNone : lastOf.back(); i != kNone; i = previous[i])
            order.push_back(pairs[i]);
        std::reverse(order.begin(), order.end());
        return order;
    }

    Lines m_before;
    Lines m_after;
    std::int64_t m_budget;
    LineMarks m_marks;
};

} // namespace

LineMarks matchLines(Lines before, Lines after, std::int64_t budget)
{
    return LineMatcher(before, after, budget).match();
}

} // namespace interlock
