// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routecover_cut.h"

#include "model/rules/routecover_knapsack.h"

#include <algorithm>
#include <type_traits>

namespace interlock {

namespace {

/// The best cut is the set of splits, each below another or at a root, whose gaps sum up to most. Nearly all of a large
/// tree cannot be in it, and is hardly looked at:
/// - At a price for each split, the most profitable set is found from below, and where no gap is above the price
///   nothing is profitable. The lowest price at which that set has no more splits than allowed says what no cut can
///   exceed.
/// - Splits that would cost too much of that bound are left out, and among the others the best cut is found exactly
///   (CutKnapsack). If it is as close to the bound as was assumed, nothing that was left out can be in a cut as good;
///   else more is let in. As equals are let in, ties are settled as promised.
/// The bound is that of a Lagrangian relaxation. \source Fisher 1981, "The Lagrangian relaxation method"
template <typename Gap>
class CutSearch
{
public:
    /// Sums of gaps: those of IPv4 and the price of 127 splits fit in 64 bits.
    using Sum = std::conditional_t<std::is_same_v<Gap, uint128>, uint128, std::uint64_t>;

    CutSearch(const std::vector<CoverSplit<Gap>> &splits, const std::vector<CoverRange> &roots, std::size_t most)
        : m_splits(splits), m_roots(roots), m_most(most)
    {
    }

    std::vector<CoverRange> run()
    {
        findPrice();
        const auto bound = boundAtPrice();
        Sum slack = m_price / 2;
        for (;;) {
            const auto knapsack = solveWithin(slack);
            const auto needed = bound - knapsack.mostGain(); // wraps to the greatest number where there is no bound
            if (needed <= slack)
                return ranges(knapsack);
            // Little is saved by a step that stops short of what is known to be enough.
            slack = slack > needed / (2 * kGrowth) ? needed : std::max(slack * kGrowth, Sum{1});
        }
    }

private:
    static constexpr Sum kGrowth = 4;
    static constexpr Sum kNoBound = ~Sum{0};

    /// A split that may be profitable. The first one stands for none: its profit is 0.
    struct Hopeful
    {
        Sum profit = 0; ///< at m_price, of all below it
        Sum gap = 0;
        std::uint32_t left = 0;
        std::uint32_t right = 0;
        std::uint32_t count = 0; ///< of the splits that are profitable
    };

    /// Appends what has a gap of `width` bits below it, from below. \returns its place; 0: it has none
    std::uint32_t collect(std::uint32_t split, int width)
    {
        if (split == 0 || m_splits[split].width < width)
            return 0;
        const auto left = collect(m_splits[split].left, width);
        const auto right = collect(m_splits[split].right, width);
        m_hopeful.push_back({0, m_splits[split].gap, left, right, 0});
        return static_cast<std::uint32_t>(m_hopeful.size() - 1);
    }
    void collectAll(int width)
    {
        m_hopeful.assign(1, {});
        m_hopefulRoots.clear();
        for (const CoverRange &root : m_roots)
            m_hopefulRoots.push_back(collect(root.split, width));
    }

    /// The most profitable set at a price.
    struct Offer
    {
        Sum gain = 0; ///< of its gaps, what the splits cost not taken off
        std::size_t count = 0;
    };
    Offer offerAt(Sum price)
    {
        m_price = price;
        for (std::size_t at = 1; at < m_hopeful.size(); ++at) {
            Hopeful &here = m_hopeful[at];
            const Hopeful &left = m_hopeful[here.left];
            const Hopeful &right = m_hopeful[here.right];
            const auto sum = here.gap + left.profit + right.profit;
            const bool isProfitable = sum > price;
            here.profit = isProfitable ? sum - price : 0;
            here.count = isProfitable ? left.count + right.count + 1 : 0;
        }
        Offer offer;
        for (const auto root : m_hopefulRoots) {
            offer.gain += m_hopeful[root].profit + price * m_hopeful[root].count;
            offer.count += m_hopeful[root].count;
        }
        return offer;
    }

    /// The lowest price, or one little above it, at which no more splits than allowed are profitable. Goes down from
    /// above, because the lower a price, the more is hopeful.
    void findPrice()
    {
        int width = 0;
        for (const CoverRange &root : m_roots)
            width = std::max<int>(width, root.split == 0 ? 0 : m_splits[root.split].width);
        Q_ASSERT(width > 0); // or all islands would fit
        Sum high = kNoBound; // where nothing is profitable
        Offer few;
        for (;;) {
            collectAll(width);
            --width;
            const auto low = Sum{1} << static_cast<unsigned>(width);
            const auto offer = offerAt(low);
            if (offer.count > m_most)
                return findPriceBetween(low, offer, high, few);
            if (width == 0)
                return;
            high = low;
            few = offer;
        }
    }
    /// At the price at which two sets are equal, a third one is better than both, or there is none between them.
    void findPriceBetween(Sum low, Offer many, Sum high, Offer few)
    {
        for (int step = 0; step < kSteps && high - low > 1; ++step) {
            const auto sum = many.gain - few.gain;
            const auto count = static_cast<Sum>(many.count - few.count);
            const auto equal = std::max<Sum>(sum / count + (sum % count == 0 ? 0U : 1U), low + 1);
            if (equal >= high)
                break;
            const auto offer = offerAt(equal);
            if (offer.count > m_most) {
                low = equal;
                many = offer;
                continue;
            }
            high = equal;
            if (offer.count == few.count)
                return;
            few = offer;
        }
        (void)offerAt(high); // the profits at the price that is kept
    }

    /// What no cut exceeds.
    [[nodiscard]] Sum boundAtPrice() const
    {
        Sum profit = 0;
        for (const auto root : m_hopefulRoots)
            profit += m_hopeful[root].profit;
        return m_price > (kNoBound - profit) / m_most ? kNoBound : profit + m_price * m_most;
    }

    /// The best cut with splits that are in sets whose profit is at most `slack` less than the greatest.
    [[nodiscard]] CutKnapsack<Sum> solveWithin(Sum slack)
    {
        m_open.assign(1, {});
        m_openRoots.clear();
        for (std::size_t root = 0; root < m_roots.size(); ++root)
            m_openRoots.push_back(open(m_roots[root].split, m_hopefulRoots[root], slack));
        return CutKnapsack<Sum>(m_open, m_openRoots, m_most);
    }
    std::uint32_t open(std::uint32_t split, std::uint32_t hopeful, Sum slack)
    {
        if (split == 0)
            return 0;
        const CoverSplit<Gap> &here = m_splits[split];
        const Hopeful &profits = m_hopeful[hopeful];
        const auto sum = here.gap + m_hopeful[profits.left].profit + m_hopeful[profits.right].profit;
        const auto loss = sum < m_price ? m_price - sum : 0;
        if (loss > slack)
            return 0;
        const auto left = open(here.left, profits.left, slack - loss);
        const auto right = open(here.right, profits.right, slack - loss);
        m_open.push_back({here.gap, left, right});
        return static_cast<std::uint32_t>(m_open.size() - 1);
    }

    [[nodiscard]] std::vector<CoverRange> ranges(const CutKnapsack<Sum> &knapsack) const
    {
        std::vector<CoverRange> left;
        const auto splits = knapsack.splitsOfRoots();
        for (std::size_t root = 0; root < m_roots.size(); ++root)
            take(knapsack, m_roots[root], m_openRoots[root], splits[root], left);
        return left;
    }
    void take(const CutKnapsack<Sum> &knapsack, const CoverRange &range, std::uint32_t opened, std::size_t splits,
              std::vector<CoverRange> &into) const
    {
        if (splits == 0) {
            into.push_back(range);
            return;
        }
        const auto below = knapsack.splitsBelow(opened, splits);
        const CoverSplit<Gap> &here = m_splits[range.split];
        take(knapsack, {range.low, range.split, here.left}, m_open[opened].left, below, into);
        take(knapsack, {range.split, range.high, here.right}, m_open[opened].right, splits - 1 - below, into);
    }

    static constexpr int kSteps = 24; ///< a bound is one at any price

    const std::vector<CoverSplit<Gap>> &m_splits;
    const std::vector<CoverRange> &m_roots;
    std::size_t m_most;
    Sum m_price = 0;
    std::vector<Hopeful> m_hopeful;
    std::vector<std::uint32_t> m_hopefulRoots;
    std::vector<OpenSplit<Sum>> m_open; ///< from below; the first one stands for none
    std::vector<std::uint32_t> m_openRoots;
};

} // namespace

template <typename Gap>
std::vector<CoverRange> bestCut(const std::vector<CoverSplit<Gap>> &splits, const std::vector<CoverRange> &roots,
                                std::size_t most)
{
    if (most == 0)
        return roots;
    return CutSearch<Gap>(splits, roots, most).run();
}

template std::vector<CoverRange> bestCut(const std::vector<CoverSplit<std::uint32_t>> &,
                                         const std::vector<CoverRange> &, std::size_t);
template std::vector<CoverRange> bestCut(const std::vector<CoverSplit<uint128>> &, const std::vector<CoverRange> &,
                                         std::size_t);

} // namespace interlock
