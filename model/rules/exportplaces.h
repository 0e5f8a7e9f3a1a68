// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <optional>
#include <vector>

namespace interlock {

/// The direct parent of each subnet among `subnets`: of its tenant, else shared.
/// \complexity O(n log n)
[[nodiscard]] std::vector<std::optional<Prefix>> parentsAmong(const std::vector<SubnetRow> &subnets);

/// The most specific of `subnets` that each address lies in: of its tenant, else shared.
/// \complexity O(n log n)
[[nodiscard]] std::vector<std::optional<Prefix>> placesAmong(const std::vector<AddressRow> &addresses,
                                                             const std::vector<SubnetRow> &subnets);

} // namespace interlock
