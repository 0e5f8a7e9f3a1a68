// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// What the connector's session has as its iroute for `claim`: the real prefix of a sentinel, and of a connector that
/// is translated on the host where that is possible; the stand-in otherwise. None when the LAN is left out of its
/// answer. \source SEMANTICS.md 3
[[nodiscard]] std::optional<Prefix> installedPrefix(const Topology &topology, const ClaimRow &claim);

/// The prefixes that the VPN host must route to the tunnel device of `instance`: minimal, ascending, IPv4 before IPv6.
/// They are the stand-in range, and outside of it what is installed for the LANs of connectors with an allocation on
/// `instance`: each that is declared and has a claim, and each of `live`. A claim whose LAN nobody declares any more
/// has a route as long as a session still has it, and no longer. When another instance takes stand-ins from the same
/// addresses, the range is not routed as a whole, because a host has one route for it, but each stand-in is. The
/// tunnel network itself, which the device brings along, is never among them; on a tap device, where iroutes are
/// ignored, nothing is.
///
/// \param live  what live sessions of the instance have installed; what can be nobody's LAN is left out
///
/// \returns NotFound when there is no such instance
///
/// \complexity O(n log n) in the claims of the instance's connectors and in `live`
///
/// \source openvpn/FACTS.md 4, 5; SEMANTICS.md 3
[[nodiscard]] Expected<std::vector<Prefix>> wantedKernelRoutes(const Topology &topology, const InstanceName &instance,
                                                               std::span<const Prefix> live = {});

} // namespace interlock
