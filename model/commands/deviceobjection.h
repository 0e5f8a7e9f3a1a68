// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <optional>

namespace interlock {

// What speaks against an undo on the side of networks and devices: no value may be left behind for whoever is given the
// same name later.

/// Why a row that an undo brought back hangs in the air or has what is somebody else's now; of a row of another kind,
/// nothing.
[[nodiscard]] std::optional<QString> hangingObjection(const Topology &topology, const Row &row);

/// What still hangs on a row that an undo took away.
[[nodiscard]] std::optional<QString> leftBehindObjection(const Topology &topology, const Row &row);

} // namespace interlock
