// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/networkdiff.h"

#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// One entry of a network's list of routes, or one that goes, as it is listed.
struct RouteLine
{
    QString id; ///< the target, and which one of it behind the first: "10.1.1.0/24", "10.1.1.0/24 #2"
    RouteChange change;
    std::optional<std::size_t> number = {};  ///< from 1, among those that are sent; none when it is not
    QString name = {};                       ///< of the stored subnet that the target is
    std::optional<std::size_t> members = {}; ///< whose address takes this route once it is sent; none: not known

    [[nodiscard]] QString key() const { return id; }
    /// What is sent, or what was there.
    [[nodiscard]] RouteText shown() const;
    /// A controller takes it, and no member ever gets it. \source zerotier/FACTS.md 29, 30
    [[nodiscard]] bool isBeyondLimit() const { return number && *number > kMaxSentRoutes; }

    friend bool operator==(const RouteLine &, const RouteLine &) = default;
};

/// One line for each change, in the order of the list that is sent; no two have the same id.
/// \param below  where the names come from, ascending by prefix, as in NetworkContext
/// \complexity O(n log n)
[[nodiscard]] std::vector<RouteLine> routeLines(const NetworkDiff &diff, std::span<const PlanSubnet> below = {});

} // namespace interlock
