// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/divisionrule.h"
#include "model/rules/topology.h"

#include <vector>

namespace interlock {

/// The stored rule as one that can be planned with.
[[nodiscard]] DivisionRule divisionRuleOf(const DivisionRuleRow &row);

/// What `device` has by the rule, one for each child; nothing when it has no share. \complexity O(log n + rows found)
[[nodiscard]] std::vector<DivisionPart> divisionPartsOf(const Topology &topology, const DivisionRuleRow &rule,
                                                        const QString &device);

} // namespace interlock
