// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/routeplan.h"

namespace interlock {

/// Those of `prefixes`, which are in order (asserted), that have a route of their own, each once.
/// \complexity O(n) \source CASES.md P11
[[nodiscard]] std::vector<Prefix> ofLevel(std::span<const Prefix> prefixes, ChildRoutes level);

} // namespace interlock
