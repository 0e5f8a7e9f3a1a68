// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <optional>
#include <vector>

namespace interlock {

/// What the connector's session has as its iroute for `claim`: the real prefix of a sentinel, and of a connector that
/// is translated on the host where that is possible; the stand-in otherwise. None when the LAN is left out of its
/// answer. \source SEMANTICS.md 3
[[nodiscard]] std::optional<Prefix> installedPrefix(const Topology &topology, const ClaimRow &claim);

/// The prefixes that the VPN host must route to the tunnel device of `instance`: minimal, ascending, IPv4 before IPv6.
/// They are the stand-in range, and what is installed outside of it for the claims of connectors with an allocation on
/// `instance`. When another instance takes stand-ins from the same addresses, the range is not routed as a whole,
/// because a host has one route for it, but each stand-in is. The tunnel network itself, which the device brings along,
/// is never among them; on a tap device, where iroutes are ignored, nothing is.
///
/// \returns NotFound when there is no such instance
///
/// \complexity O(n log n) in the claims of the instance's connectors
///
/// \source openvpn/FACTS.md 4, 5; SEMANTICS.md 3
[[nodiscard]] Expected<std::vector<Prefix>> wantedKernelRoutes(const Topology &topology, const InstanceName &instance);

} // namespace interlock
