// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace interlock {

/// Which lines of the old text go and which of the new one come; those without a mark are the same lines in the same
/// order.
struct LineMarks
{
    std::vector<bool> isRemoved;
    std::vector<bool> isAdded;
};

/// About how many steps of comparing one match may take: some tenths of a second.
inline constexpr std::int64_t kLineMatchBudget = 30'000'000;

/// Compares lines that are given as numbers, equal for equal lines. The fewest marks when `budget` suffices; with less
/// the marks are right all the same.
/// \complexity O((n + m) D), within the budget and O((n + m) log (n + m))
/// \source Myers 1986, the linear space variant; Cohen's patience diff beyond the budget
[[nodiscard]] LineMarks matchLines(std::span<const std::uint32_t> before, std::span<const std::uint32_t> after,
                                   std::int64_t budget = kLineMatchBudget);

} // namespace interlock
