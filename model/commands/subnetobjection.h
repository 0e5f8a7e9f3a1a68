// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <optional>

namespace interlock {

// What speaks against an undo in the tree, in the topology as the undo leaves it; nothing when all is well.

/// Against a subnet that came back.
[[nodiscard]] std::optional<QString> subnetObjection(const Topology &topology, const SubnetRow &row);
/// Against an address that came back.
[[nodiscard]] std::optional<QString> addressObjection(const Topology &topology, const AddressRow &row);
/// Against the absence of a subnet: an address that would be in no subnet of its tenant.
[[nodiscard]] std::optional<QString> absenceObjection(const Topology &topology, const SubnetRow &row);

} // namespace interlock
