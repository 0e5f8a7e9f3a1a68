// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/routecover_cut.h"

#include <array>
#include <cstdint>
#include <vector>

namespace interlock {

struct CutNode
{
    CoverNode cover;
    uint128 profit = 0;     ///< of the subtree, at the price of the search
    std::uint32_t left = 0; ///< the lower half, the upper one follows; 0: not split yet
    bool isOpen = false;    ///< may be split
};

/// The roots come first, ascending.
struct CutTree
{
    std::vector<CutNode> nodes;
};

/// The best cut with at most `splits` splits of open nodes, by a knapsack over the tree from below: for each node and
/// number of splits the least excess, and how many of the splits the lower half has. A node with s splittable nodes has
/// at most s + 1 entries, so that all takes O(nodes * splits).
class CutKnapsack
{
public:
    CutKnapsack(const CutTree &tree, std::uint32_t roots, std::size_t splits);

    /// What the best cut leaves.
    [[nodiscard]] uint128 leastExcess() const { return m_leastExcess; }
    /// Its nodes, ascending: with the least excess, of those with the fewest splits, of those the first in the order of
    /// lists of prefixes.
    [[nodiscard]] std::vector<CoverNode> best() const;

private:
    static constexpr std::size_t kMostEntries = 255;

    /// For one number of splits.
    struct Entry
    {
        uint128 excess;
        std::uint8_t rank; ///< of the best list of this number among those of the node, in the order of lists
    };

    void solve(std::uint32_t at);
    std::size_t join(std::size_t leftBegin, std::size_t rightBegin);
    void rank(std::size_t leftBegin, std::size_t rightBegin, std::size_t count, std::size_t choices);
    void take(std::uint32_t at, std::size_t splits, std::vector<CoverNode> &into) const;

    const CutTree &m_tree;
    std::uint32_t m_roots;
    std::size_t m_mostEntries;
    uint128 m_leastExcess = 0;
    std::size_t m_bestSplits = 0;
    std::vector<Entry> m_stack; ///< the tables of the nodes that wait for their sibling or parent
    std::array<Entry, kMostEntries> m_joined = {};
    std::vector<std::uint8_t> m_choices;  ///< splits of the lower part, by the splits of both parts
    std::vector<std::size_t> m_choicesOf; ///< where those of a node begin
    std::vector<std::size_t> m_chain;     ///< where those of the roots so far and the next root begin
};

} // namespace interlock
