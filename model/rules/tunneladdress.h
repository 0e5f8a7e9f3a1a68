// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topologyedit.h"

namespace interlock {

/// Refuses an address that may not be handed to a client of `instance`: it must be inside one of its pools, and neither
/// the network address, the broadcast address, nor the server's own.
///
/// \returns Invalid
///
/// \source SEMANTICS.md 1
[[nodiscard]] Expected<void> checkTunnelAddress(const Topology &topology, const InstanceRow &instance, Address address);

/// Gives `cn` exactly `address` on `instance` in place of the one it had in that family.
///
/// \returns NotFound (instance), Invalid (outside of the pools, or not to be handed out), Exists with payload `owner`
[[nodiscard]] Expected<AllocationRow> setAllocation(TopologyEdit &edit, const CommonName &cn,
                                                    const InstanceName &instance, Address address, Timestamp now);

/// The IPv4 allocation of `cn` on `instance`; the lowest free address of the first pool with room when it has none.
///
/// \returns NotFound (instance), Exhausted
///
/// \complexity O(log n) a pool, however full it is
[[nodiscard]] Expected<AllocationRow> requestAllocation(TopologyEdit &edit, const CommonName &cn,
                                                        const InstanceName &instance, Timestamp now);

/// Ends every allocation of `cn` on `instance`, or on all instances. \returns NotFound when there is none
[[nodiscard]] Expected<std::vector<AllocationRow>> releaseAllocations(TopologyEdit &edit, const CommonName &cn,
                                                                      const std::optional<InstanceName> &instance);

} // namespace interlock
