// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <vector>

namespace interlock {

/// A row that should not be as it is.
struct Inconsistency
{
    Row row;
    bool isOrphan = false; ///< refers to something that is not there; otherwise it overlaps or doubles something
    QString detail;
};

/// What the database's constraints forbid, looked for anew, and what they cannot express: holds of different CNs that
/// overlap, LANs of one CN that overlap, stand-ins of another length than their LAN or on a pool, addresses outside of
/// every pool, rows without their connector or instance.
[[nodiscard]] std::vector<Inconsistency> findInconsistencies(const Topology &topology);

} // namespace interlock
