// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"
#include "model/values/route.h"

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// A prefix and whom its packets go to: routes of different gateways are of different groups and never merge.
struct GroupedPrefix
{
    Prefix prefix;
    int group = 0;

    friend bool operator==(const GroupedPrefix &, const GroupedPrefix &) = default;
    friend auto operator<=>(const GroupedPrefix &, const GroupedPrefix &) = default;
};

/// What loses its isolation: two or more wanted prefixes that one route stands for.
struct MergedRoute
{
    Prefix into;
    int group = 0;
    std::vector<Prefix> from; ///< ascending, without repetition; may hold `into` itself when others lie in it

    friend bool operator==(const MergedRoute &, const MergedRoute &) = default;
};

/// A few routes that reach whatever was wanted, and what they reach besides.
struct RouteCover
{
    std::vector<GroupedPrefix> cover;     ///< ascending
    uint128 covered = 0;                  ///< addresses in the routes, each once; all of IPv6 is the greatest number
    uint128 wanted = 0;                   ///< addresses in what was wanted, each once; as above
    std::vector<MergedRoute> merged = {}; ///< ascending
    bool isLossless = true;               ///< no address is covered that was not wanted

    friend bool operator==(const RouteCover &, const RouteCover &) = default;
};

/// The routes, at most `budget`, that cover all of `wanted` and the fewest addresses besides. Of those, the fewest
/// routes; of those, the first in the order of lists of prefixes. The order of `wanted` makes no difference, and it may
/// overlap and repeat. More than kMaxSentRoutes in the budget count as that many.
///
/// \param inside  every route lies strictly inside of it, because a route of that target is the parent's own
///
/// A prefix whose next wider wanted one is of its own group needs no route. Of the others, one that overlaps a wanted
/// prefix of another group is a route as it is, and the rest are merged, but only into routes that overlap no wanted
/// prefix of another group. So no wanted address ever changes the group of its longest match.
///
/// \returns Limit with `budget` and `needed`, the fewest routes that would do, when the budget is too small; Invalid
/// when the families differ or a prefix is not strictly inside `inside` (payload `prefix`, `subnet`); Conflict when one
/// prefix is in two groups (payload `prefix`)
///
/// \complexity that of sorting, and O(n) for the tree, of which all but some hundreds of splits is shown to be in no
/// best cover by a bound. Where very many gaps are equally wide the bound does not help: O(n * budget).
///
/// \source CASES.md P9, P10; PERFORMANCE.md D2; SOURCES Z3
[[nodiscard]] Expected<RouteCover> coverRoutes(std::span<const GroupedPrefix> wanted, std::size_t budget,
                                               const std::optional<Prefix> &inside = {});
/// The same with one group, 0.
[[nodiscard]] Expected<RouteCover> coverRoutes(std::span<const Prefix> wanted, std::size_t budget,
                                               const std::optional<Prefix> &inside = {});

} // namespace interlock
