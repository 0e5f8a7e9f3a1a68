// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace interlock {

/// Places [first, last] of a list.
struct RowRun
{
    std::size_t first = 0;
    std::size_t last = 0;

    friend bool operator==(const RowRun &, const RowRun &) = default;
};

/// The fewest steps from one list of rows to another: first the removals, then the moves, then the insertions.
struct RowSteps
{
    std::vector<RowRun> removed;    ///< places in the old list, ascending; neighbours are one run
    std::vector<std::size_t> kept;  ///< for each row that stays, in the old order: which of them it is in the new one
    std::vector<std::size_t> moved; ///< those of `kept` that have to move, ascending; the others stay where they are
    std::vector<RowRun> inserted;   ///< places in the new list, ascending; neighbours are one run

    [[nodiscard]] std::size_t count() const { return removed.size() + moved.size() + inserted.size(); }
    friend bool operator==(const RowSteps &, const RowSteps &) = default;
};

/// \param from      for each row of the new list its place in the old one, none of them twice; none: it is new
/// \param oldCount  rows of the old list
/// \complexity O(n log n)
[[nodiscard]] RowSteps rowSteps(const std::vector<std::optional<std::size_t>> &from, std::size_t oldCount);

} // namespace interlock
