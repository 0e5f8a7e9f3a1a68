// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/subnetqueries.h"
#include "model/store/connection.h"

namespace interlock {

/// As Queries::listSubnets(). \returns StoreCorrupt when a row does not parse
[[nodiscard]] Expected<SubnetPage> readSubnetPage(Connection &connection, const SubnetFilter &filter,
                                                  const std::optional<SubnetKey> &after, std::size_t limit);

} // namespace interlock
