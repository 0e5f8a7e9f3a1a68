// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/poolmerge.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

namespace interlock {

namespace {

bool isSame(const PoolText &a, const PoolText &b)
{
    if (a == b)
        return true;
    const auto pool = a.pool();
    return pool && pool == b.pool();
}

} // namespace

PoolMerge mergePools(std::span<const AssignmentPool> owned, std::span<const AssignmentPool> plan,
                     std::span<const PoolText> live)
{
    PoolMerge merge;
    const std::set<AssignmentPool> planned(plan.begin(), plan.end());
    std::set<AssignmentPool> missing(owned.begin(), owned.end());
    std::set<AssignmentPool> ours; // and there
    std::set<AssignmentPool> others;
    std::vector<PoolText> foreign;
    for (const PoolText &text : live) {
        const auto pool = text.pool();
        if (pool && missing.erase(*pool) > 0) {
            ours.insert(*pool);
            if (!planned.contains(*pool))
                merge.removed.push_back(*pool);
            continue;
        }
        if (pool)
            others.insert(*pool);
        foreign.push_back(text);
    }
    std::set<AssignmentPool> seen;
    for (const AssignmentPool &pool : plan) {
        if (!seen.insert(pool).second || (others.contains(pool) && !ours.contains(pool)))
            continue;
        merge.desired.push_back(PoolText::of(pool));
        merge.ownedAfter.push_back(pool);
        if (!ours.contains(pool))
            merge.added.push_back(pool);
    }
    std::ranges::copy(foreign, std::back_inserter(merge.desired));
    merge.isEqual = std::ranges::equal(merge.desired, live, isSame);
    return merge;
}

} // namespace interlock
