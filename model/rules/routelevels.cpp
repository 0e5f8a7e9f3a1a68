// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routelevels.h"

#include <algorithm>

namespace interlock {

std::vector<Prefix> ofLevel(std::span<const Prefix> prefixes, ChildRoutes level)
{
    Q_ASSERT(std::is_sorted(prefixes.begin(), prefixes.end()));
    std::vector<Prefix> chosen;
    if (level == ChildRoutes::Off)
        return chosen;
    for (const Prefix &prefix : prefixes) {
        // What lies in a prefix follows it directly, and so does its repetition.
        const bool isInLast = !chosen.empty() && chosen.back().contains(prefix);
        if (isInLast && (level == ChildRoutes::Direct || chosen.back() == prefix))
            continue;
        if (isInLast && level == ChildRoutes::Leaves)
            chosen.back() = prefix;
        else
            chosen.push_back(prefix);
    }
    return chosen;
}

} // namespace interlock
