// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routecover_knapsack.h"

#include <algorithm>

namespace interlock {

CutKnapsack::CutKnapsack(const CutTree &tree, std::uint32_t roots, std::size_t splits)
    : m_tree(tree), m_roots(roots), m_mostEntries(splits + 1), m_choicesOf(tree.nodes.size())
{
    Q_ASSERT(roots > 0 && m_mostEntries <= kMostEntries);
    solve(0);
    for (std::uint32_t root = 1; root < roots; ++root) {
        const auto begin = m_stack.size();
        solve(root);
        m_chain.push_back(join(0, begin));
    }
    m_leastExcess = m_stack.back().excess;
    while (m_stack[m_bestSplits].excess != m_leastExcess)
        ++m_bestSplits;
}

std::vector<CoverNode> CutKnapsack::best() const
{
    std::vector<std::size_t> splitsOf(m_roots);
    auto splits = m_bestSplits;
    for (std::size_t root = m_roots - 1; root > 0; --root) {
        const std::size_t before = m_choices[m_chain[root - 1] + splits];
        splitsOf[root] = splits - before;
        splits = before;
    }
    splitsOf[0] = splits;
    std::vector<CoverNode> nodes;
    for (std::uint32_t root = 0; root < m_roots; ++root)
        take(root, splitsOf[root], nodes);
    return nodes;
}

void CutKnapsack::take(std::uint32_t at, std::size_t splits, std::vector<CoverNode> &into) const
{
    const CutNode &node = m_tree.nodes[at];
    if (splits == 0) {
        into.push_back(node.cover);
        return;
    }
    const std::size_t below = m_choices[m_choicesOf[at] + splits - 1];
    take(node.left, below, into);
    take(node.left + 1, splits - 1 - below, into);
}

/// Puts the table of a node on the stack.
void CutKnapsack::solve(std::uint32_t at)
{
    const CutNode &node = m_tree.nodes[at];
    const auto begin = m_stack.size();
    m_stack.push_back({node.cover.excess, 0});
    if (!node.isOpen)
        return;
    solve(node.left);
    const auto middle = m_stack.size();
    solve(node.left + 1);
    m_choicesOf[at] = join(begin + 1, middle);
    if (m_stack.size() - begin > m_mostEntries)
        m_stack.pop_back();
    for (auto entry = begin + 1; entry < m_stack.size(); ++entry)
        ++m_stack[entry].rank; // the node itself begins where they all begin and is shorter: it is the first list
}

/// Replaces the two tables at the end of the stack by the one for both parts together. \returns where its choices begin
std::size_t CutKnapsack::join(std::size_t leftBegin, std::size_t rightBegin)
{
    const auto lefts = rightBegin - leftBegin;
    const auto rights = m_stack.size() - rightBegin;
    const auto count = std::min(lefts + rights - 1, m_mostEntries);
    const auto choices = m_choices.size();
    m_choices.resize(choices + count);
    for (std::size_t splits = 0; splits < count; ++splits) {
        std::size_t best = splits < rights ? 0 : splits - rights + 1;
        uint128 least = ~uint128{0};
        std::uint8_t leastRank = 0xff;
        const auto last = std::min(splits, lefts - 1);
        for (auto left = best; left <= last; ++left) {
            const Entry &lower = m_stack[leftBegin + left];
            const auto excess = lower.excess + m_stack[rightBegin + splits - left].excess;
            // Lists that differ in the lower part differ before the upper one begins.
            if (excess < least || (excess == least && lower.rank < leastRank)) {
                least = excess;
                leastRank = lower.rank;
                best = left;
            }
        }
        m_joined[splits].excess = least;
        m_choices[choices + splits] = static_cast<std::uint8_t>(best);
    }
    rank(leftBegin, rightBegin, count, choices);
    m_stack.resize(leftBegin);
    m_stack.insert(m_stack.end(), m_joined.begin(), m_joined.begin() + static_cast<std::ptrdiff_t>(count));
    return choices;
}

/// Numbers the joined lists in their order.
void CutKnapsack::rank(std::size_t leftBegin, std::size_t rightBegin, std::size_t count, std::size_t choices)
{
    std::array<std::uint32_t, kMostEntries> order;
    for (std::size_t splits = 0; splits < count; ++splits) {
        const std::size_t left = m_choices[choices + splits];
        const std::uint32_t lower = m_stack[leftBegin + left].rank;
        const std::uint32_t upper = m_stack[rightBegin + splits - left].rank;
        order[splits] = lower << 16U | upper << 8U | static_cast<std::uint32_t>(splits);
    }
    std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t at = 0; at < count; ++at)
        m_joined[order[at] & 0xffU].rank = static_cast<std::uint8_t>(at);
}

} // namespace interlock
