// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace interlock {

/// Whether a prefix of `cover` contains `prefix`. `cover` is sorted and none of it contains another.
/// \complexity O(log n)
[[nodiscard]] inline bool isInOneOf(const std::vector<Prefix> &cover, const Prefix &prefix)
{
    const auto after = std::ranges::upper_bound(cover, prefix);
    return after != cover.begin() && std::prev(after)->contains(prefix);
}

} // namespace interlock
