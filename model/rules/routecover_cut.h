// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

#include <cstdint>
#include <vector>

namespace interlock {

/// A prefix that could stand for the islands [low, high): the longest that holds them all.
struct CoverNode
{
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    int length = 0;
    uint128 excess = 0; ///< addresses in it that are in no island; 0 of an island, more of anything else

    friend bool operator==(const CoverNode &, const CoverNode &) = default;
};

/// Disjoint prefixes in ascending order, no two of which are halves of a prefix that could stand for both.
class CoverIslands
{
public:
    CoverIslands() = default;
    CoverIslands(const CoverIslands &) = delete;
    CoverIslands &operator=(const CoverIslands &) = delete;
    virtual ~CoverIslands() = default;

    /// The node for [low, high), not empty.
    [[nodiscard]] virtual CoverNode nodeOf(std::uint32_t low, std::uint32_t high) const = 0;
    /// The first island in the upper half of `node`, which has two or more. \complexity O(log n)
    [[nodiscard]] virtual std::uint32_t middleOf(const CoverNode &node) const = 0;
};

/// Splits `roots` into halves, with at most `splits` splits in all, so that the least excess is left. Of those results,
/// the one with the fewest splits; of those, the first in the order of lists of prefixes.
/// \param roots   disjoint and ascending
/// \param splits  at most 254, and fewer than it takes to split all roots into their islands
/// \returns the nodes that are left, ascending
[[nodiscard]] std::vector<CoverNode> bestCut(const CoverIslands &islands, const std::vector<CoverNode> &roots,
                                             std::size_t splits);

} // namespace interlock
