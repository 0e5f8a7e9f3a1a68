// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/routeplan.h"

#include <span>

namespace interlock {

/// Whether members are sent all routes of a network: `ours` and behind them `foreign`, those of others that are kept.
/// A controller takes more, and drops what is too much without a word (zerotier/FACTS.md 28 to 30), so that more is
/// refused.
///
/// \param subnet  the network's
/// \param ours    as planRoutes() gives them
/// \param below   as planRoutes() takes them: where the names come from
///
/// \returns Limit; the detail names the first routes that would fall off. Payload: `limit`, `count` and `tooMany`;
/// `fallsOff`, all routes that would fall off, in the order of sending, as {target, via (null: attached), name (null
/// without one), isForeign}; `foreign`, all foreign routes as {target, via}, which have their part in it; `remedies`,
/// which of these are enough, each alone: "aggregate" (coverRoutes() over the children), "direct" and "leaves" (fewer
/// levels), "dropParent", "removeForeign"
///
/// \complexity O(n log n)
///
/// \source CASES.md P8, P9, P12, P17; SOURCES Z3, Z10
[[nodiscard]] Expected<void> checkRouteLimit(const Prefix &subnet, std::span<const Route> ours,
                                             std::span<const PlanSubnet> below, std::span<const RouteText> foreign);

} // namespace interlock
