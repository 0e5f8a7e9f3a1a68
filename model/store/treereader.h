// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"
#include "model/store/connection.h"

namespace interlock {

/// Reads what `topology` has noted, inside whatever transaction is open: the parts one by one, or the whole tree where
/// that was asked for or is quicker.
/// \complexity some ten look-ups in an index for a part, and the rows of the answer
/// \returns StoreCorrupt when a row does not parse; afterwards the topology is of no use
[[nodiscard]] Expected<void> readNotedParts(Connection &connection, Topology &topology);

/// The rows of one part, subnets from the outermost in the order of their prefixes, addresses ascending.
/// \returns StoreCorrupt when a row does not parse
[[nodiscard]] Expected<std::vector<Row>> readTreePart(Connection &connection, const TreePart &part);

/// All that have subnets, ascending. \complexity O(tenants log n)
[[nodiscard]] Expected<std::vector<QString>> readSubnetTenants(Connection &connection);

} // namespace interlock
