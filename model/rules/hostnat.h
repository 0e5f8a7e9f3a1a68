// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/interfacename.h"
#include "model/rules/natpair.h"
#include "model/rules/topology.h"

#include <optional>
#include <vector>

namespace interlock {

/// A LAN that the VPN host translates.
struct HostNatRule
{
    CommonName cn;
    NatPair pair;

    friend bool operator==(const HostNatRule &, const HostNatRule &) = default;
};

/// A LAN that it does not, and why.
struct HostNatRefusal
{
    CommonName cn;
    NatPair pair;
    Error error;

    friend bool operator==(const HostNatRefusal &, const HostNatRefusal &) = default;
};

/// What the VPN host translates for connectors with `translation host`, ordered by CN and real prefix.
struct HostNatPlan
{
    std::vector<HostNatRule> rules;
    std::vector<HostNatRefusal> refusals;

    friend bool operator==(const HostNatPlan &, const HostNatPlan &) = default;
};

/// Why the VPN host cannot translate `claim`; none when it can. The host sees real prefixes only, so two LANs that
/// overlap are one to it (openvpn/FACTS.md 10). PoolOverlap with payload `pool` and `instance`, Conflict with `owner`
/// and `overlaps`.
///
/// \complexity O(log n)
[[nodiscard]] std::optional<Error> hostTranslationProblem(const Topology &topology, const ClaimRow &claim);

/// The plan of every connector with `translation host`. \source SEMANTICS.md 3
[[nodiscard]] HostNatPlan planHostNat(const Topology &topology);

/// Text for nft: the own table `ip interlock_host`, replaced as a whole in one transaction; without rules it removes
/// what an earlier one installed. Who sends to a stand-in, be it a client, a machine behind the host or the host
/// itself, reaches the LAN; what comes out of one of `tunnels` carries the stand-in. The host part is kept.
///
/// \param tunnels  the host's tunnel devices; at least one (asserted)
///
/// \source openvpn/FACTS.md 13
[[nodiscard]] QString renderHostNft(const HostNatPlan &plan, const std::vector<InterfaceName> &tunnels);

} // namespace interlock
