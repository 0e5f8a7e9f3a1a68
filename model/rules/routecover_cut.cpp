// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routecover_cut.h"

#include "model/rules/routecover_knapsack.h"

#include <algorithm>

namespace interlock {

namespace {

/// What a subtree is worth when each split costs a price.
struct Profit
{
    uint128 value = 0;
    std::uint64_t splits = 0;
};

/// A split is worth its gap: the excess that it takes away. The best cut is the set of splits, each below another or a
/// root, that is worth most. Nearly all of a large tree cannot be in it, and is not even built:
/// - At a price for each split, the best subtrees are found by looking only at nodes whose excess is above the price.
///   The lowest price at which they have no more splits than allowed says what no cut can exceed.
/// - The best cut among the nodes above the price is found exactly (CutKnapsack).
/// - A node that cannot be in a cut as good as that one, because of what it costs at the price, is left out for good.
/// If
///   others remain, the best cut is found among them all. As equals remain too, ties are settled as promised.
/// The bound is that of the Lagrangian relaxation. \source Fisher 1981, "The Lagrangian relaxation method"
class CutSearch
{
public:
    CutSearch(const CoverIslands &islands, const std::vector<CoverNode> &roots, std::size_t splits)
        : m_islands(islands), m_roots(static_cast<std::uint32_t>(roots.size())), m_splits(splits)
    {
        for (const CoverNode &root : roots)
            m_tree.nodes.push_back({root});
    }

    std::vector<CoverNode> run()
    {
        findPrice();
        (void)profitOfAll();
        for (std::uint32_t root = 0; root < m_roots; ++root)
            openAbovePrice(root);
        CutKnapsack knapsack(m_tree, m_roots, m_splits);
        const auto slack = slackAgainst(knapsack.leastExcess());
        bool isWider = false;
        for (std::uint32_t root = 0; root < m_roots; ++root)
            isWider = openWithin(root, slack) || isWider;
        return isWider ? CutKnapsack(m_tree, m_roots, m_splits).best() : knapsack.best();
    }

private:
    [[nodiscard]] CutNode &node(std::uint32_t at) { return m_tree.nodes[at]; }
    [[nodiscard]] uint128 gap(std::uint32_t at)
    {
        const auto left = node(at).left;
        return node(at).cover.excess - node(left).cover.excess - node(left + 1).cover.excess;
    }

    void split(std::uint32_t at)
    {
        if (node(at).left != 0)
            return;
        const CoverNode cover = node(at).cover;
        const auto middle = m_islands.middleOf(cover);
        node(at).left = static_cast<std::uint32_t>(m_tree.nodes.size());
        m_tree.nodes.push_back({m_islands.nodeOf(cover.low, middle)});
        m_tree.nodes.push_back({m_islands.nodeOf(middle, cover.high)});
    }

    /// Keeps the value in the node, where it is above the price.
    Profit profit(std::uint32_t at)
    {
        if (node(at).cover.excess <= m_price)
            return {};
        split(at);
        const auto left = profit(node(at).left);
        const auto right = profit(node(at).left + 1);
        const auto sum = gap(at) + left.value + right.value;
        node(at).profit = sum > m_price ? sum - m_price : 0;
        if (sum <= m_price)
            return {};
        return {sum - m_price, left.splits + right.splits + 1};
    }
    [[nodiscard]] uint128 keptProfit(std::uint32_t at)
    {
        return node(at).cover.excess <= m_price ? 0 : node(at).profit;
    }
    Profit profitOfAll()
    {
        Profit all;
        for (std::uint32_t root = 0; root < m_roots; ++root) {
            const auto one = profit(root);
            all = {all.value + one.value, all.splits + one.splits};
        }
        return all;
    }
    [[nodiscard]] bool isAffordable(uint128 price)
    {
        m_price = price;
        return profitOfAll().splits <= m_splits;
    }

    /// The lowest price, or one little above it, at which no more than the splits allowed are worth it. Goes down from
    /// above, because a low price looks at much of the tree.
    void findPrice()
    {
        uint128 high = 1;
        for (std::uint32_t root = 0; root < m_roots; ++root)
            high = std::max(high, node(root).cover.excess);
        uint128 low = high / 2;
        while (low > 0 && isAffordable(low)) {
            high = low;
            low /= 2;
        }
        while (high - low > std::max(uint128{1}, high >> 20U)) {
            const auto middle = low + (high - low) / 2;
            (isAffordable(middle) ? high : low) = middle;
        }
        m_price = high;
    }

    void openAbovePrice(std::uint32_t at)
    {
        if (node(at).cover.excess <= m_price)
            return;
        node(at).isOpen = true;
        openAbovePrice(node(at).left);
        openAbovePrice(node(at).left + 1);
    }

    /// How much less than the bound a cut may be worth and still be as good as the one that leaves `excess`.
    [[nodiscard]] uint128 slackAgainst(uint128 excess)
    {
        uint128 all = 0;
        for (std::uint32_t root = 0; root < m_roots; ++root)
            all += node(root).cover.excess;
        const auto worth = all - excess;
        const auto profit = profitOfAll().value;
        if (m_price > (~uint128{0} - profit) / m_splits)
            return ~uint128{0}; // the bound needs more than 128 bits, and says nothing
        return profit + m_price * m_splits - worth;
    }

    /// Opens what may be in a cut that is worth at most `slack` less than the bound. True when anything was opened.
    bool openWithin(std::uint32_t at, uint128 slack)
    {
        const auto excess = node(at).cover.excess;
        if (excess == 0 || (excess < m_price && m_price - excess > slack))
            return false;
        split(at);
        const auto left = node(at).left;
        const auto sum = gap(at) + keptProfit(left) + keptProfit(left + 1);
        const auto loss = sum < m_price ? m_price - sum : 0;
        if (loss > slack)
            return false;
        const bool isNew = !node(at).isOpen;
        node(at).isOpen = true;
        const bool isLeftNew = openWithin(left, slack - loss);
        const bool isRightNew = openWithin(left + 1, slack - loss);
        return isNew || isLeftNew || isRightNew;
    }

    const CoverIslands &m_islands;
    CutTree m_tree;
    std::uint32_t m_roots;
    std::size_t m_splits;
    uint128 m_price = 0;
};

} // namespace

std::vector<CoverNode> bestCut(const CoverIslands &islands, const std::vector<CoverNode> &roots, std::size_t splits)
{
    if (splits == 0)
        return roots;
    return CutSearch(islands, roots, splits).run();
}

} // namespace interlock
