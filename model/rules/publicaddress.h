// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topologyedit.h"

#include <span>
#include <vector>

namespace interlock {

/// A LAN that contains the public address of a server. Whoever is pushed a route to it sends the packets that carry its
/// own tunnel into the tunnel.
struct LanAroundServer
{
    CommonName cn;
    Prefix lan;
    InstanceName instance;
    Address publicAddress;

    friend auto operator<=>(const LanAroundServer &, const LanAroundServer &) = default;
};

/// The declared LANs that contain the public address of `instance`, ordered by CN; none when it has no such address.
///
/// \complexity linear in the declared LANs
[[nodiscard]] std::vector<LanAroundServer> lansAround(const Topology &topology, const InstanceRow &instance);

/// Refuses what `edit` has brought about, when it is not `confirmed`: a LAN that was not declared before around a
/// public address, or a public address that is new inside of a declared LAN. A LAN that only changes hands is not new.
///
/// \returns Conflict with payload `lans`, objects {cn, prefix, instance, publicAddress}, and `confirm`, the words to
/// confirm it with
///
/// \complexity linear in the changes, times the instances with a public address; in the declared LANs for one that is
/// new
///
/// \source SEMANTICS.md 2
[[nodiscard]] Expected<void> checkPublicAddresses(const TopologyEdit &edit, std::span<const Confirmation> confirmed);

} // namespace interlock
