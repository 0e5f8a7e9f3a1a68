// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/rowsteps.h"

#include <algorithm>

namespace interlock {

namespace {

void extend(std::vector<RowRun> &runs, std::size_t place)
{
    if (!runs.empty() && runs.back().last + 1 == place)
        runs.back().last = place;
    else
        runs.push_back({place, place});
}

/// The numbers that are in no longest ascending part of `numbers`, ascending.
std::vector<std::size_t> outOfOrder(const std::vector<std::size_t> &numbers)
{
    // ends[k]: where the ascending part of k + 1 numbers ends that ends lowest
    std::vector<std::size_t> ends;
    std::vector<std::optional<std::size_t>> before(numbers.size());
    for (std::size_t at = 0; at < numbers.size(); ++at) {
        const auto end = std::lower_bound(ends.begin(), ends.end(), numbers[at],
                                          [&](std::size_t place, std::size_t value) { return numbers[place] < value; });
        if (end != ends.begin())
            before[at] = *(end - 1);
        if (end == ends.end())
            ends.push_back(at);
        else
            *end = at;
    }
    std::vector<bool> stays(numbers.size(), false);
    for (auto at = ends.empty() ? std::nullopt : std::optional(ends.back()); at; at = before[*at])
        stays[*at] = true;
    std::vector<std::size_t> moved;
    for (std::size_t at = 0; at < numbers.size(); ++at) {
        if (!stays[at])
            moved.push_back(numbers[at]);
    }
    std::ranges::sort(moved);
    return moved;
}

} // namespace

RowSteps rowSteps(const std::vector<std::optional<std::size_t>> &from, std::size_t oldCount)
{
    RowSteps steps;
    std::vector<std::optional<std::size_t>> rankOf(oldCount);
    std::size_t rank = 0;
    for (std::size_t at = 0; at < from.size(); ++at) {
        if (from[at])
            rankOf[*from[at]] = rank++;
        else
            extend(steps.inserted, at);
    }
    for (std::size_t at = 0; at < oldCount; ++at) {
        if (rankOf[at])
            steps.kept.push_back(*rankOf[at]);
        else
            extend(steps.removed, at);
    }
    steps.moved = outOfOrder(steps.kept);
    return steps;
}

} // namespace interlock
