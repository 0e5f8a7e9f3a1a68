// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/route.h"

#include <span>
#include <vector>

namespace interlock {

struct PoolMerge
{
    std::vector<PoolText> desired;          ///< ours as planned, then the others' in their live order
    std::vector<AssignmentPool> added;      ///< in the order of the plan
    std::vector<AssignmentPool> removed;    ///< ours that are there and no longer planned, in their live order
    bool isEqual = false;                   ///< the controller has `desired`, order included: nothing to send
    std::vector<AssignmentPool> ownedAfter; ///< what is ours once `desired` was proved

    friend bool operator==(const PoolMerge &, const PoolMerge &) = default;
};

/// Three-way merge of the assignment pools of one network: ours are replaced by the plan, everything else stays as it
/// is read. A planned pool that somebody else has there already is not sent a second time and does not become ours, so
/// that it survives when the plan drops it.
///
/// \param owned  what we proved there the last time
/// \param plan   what is to be there; a pool that is in it twice counts once
/// \complexity O(n log n)
/// \source SOURCES Z5, Z6; zerotier/FACTS.md 16, 49
[[nodiscard]] PoolMerge mergePools(std::span<const AssignmentPool> owned, std::span<const AssignmentPool> plan,
                                   std::span<const PoolText> live);

} // namespace interlock
