// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

#include <cstdint>
#include <vector>

namespace interlock {

/// Where a prefix that stands for several islands falls into two that stand for fewer. Islands are disjoint prefixes in
/// ascending order; the split at `at` has the island `at` as the first one of its upper half, so that a split is known
/// by its place and 0 is none.
template <typename Gap>
struct CoverSplit
{
    Gap gap = 0;             ///< addresses that are in the prefix and in neither half
    std::uint32_t left = 0;  ///< the split of the lower half; 0: that is one island
    std::uint32_t right = 0; ///< the split of the upper half; 0: that is one island
    std::uint8_t width = 0;  ///< of the widest gap in this and all splits below it: gaps are less than 2^width
};

/// The islands [low, high), and the split of the longest prefix that holds them; 0: one island.
struct CoverRange
{
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::uint32_t split = 0;
};

/// Splits `roots`, with at most `most` splits in all, so that the gaps of the splits sum up to most. Of those results,
/// the one with the fewest splits; of those, the first in the order of lists of prefixes.
/// \param splits  by place
/// \param roots   ascending, not empty
/// \param most    at most 127, and fewer than it takes to split all roots into their islands
/// \returns the ranges that are left, ascending
template <typename Gap>
[[nodiscard]] std::vector<CoverRange> bestCut(const std::vector<CoverSplit<Gap>> &splits,
                                              const std::vector<CoverRange> &roots, std::size_t most);

extern template std::vector<CoverRange> bestCut(const std::vector<CoverSplit<std::uint32_t>> &,
                                                const std::vector<CoverRange> &, std::size_t);
extern template std::vector<CoverRange> bestCut(const std::vector<CoverSplit<uint128>> &,
                                                const std::vector<CoverRange> &, std::size_t);

} // namespace interlock
