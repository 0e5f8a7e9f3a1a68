// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <optional>

namespace interlock {

/// How errors name a subnet: "10.0.0.0/16 of tenant a", "10.0.0.0/16 (shared)" when `tenant` is empty.
[[nodiscard]] QString subnetText(const QString &tenant, const Prefix &prefix);

/// Refuses a subnet that may not be stored beside the present ones:
/// - the same prefix in the same tenant, or in the shared tree and a tenant's (Exists);
/// - a shared one inside of a tenant's (Overlap);
/// - one that overlaps another tenant's where a shared one contains both (Overlap), or a shared one that would contain
///   overlapping subnets of two tenants.
///
/// The payload names the other party by `prefix` and `tenant`.
///
/// \complexity O(log n) for a tenant; O(tenants log n + outermost subnets inside) for a shared one
/// \source CASES.md I2, I3, I6, I7, I12; SEMANTICS.md 6
[[nodiscard]] Expected<void> checkPlacement(const Topology &topology, const QString &tenant, const Prefix &prefix);

/// checkPlacement() for a subnet that is stored already, which is no error by itself. \source CASES.md I12
[[nodiscard]] Expected<void> checkNeighbours(const Topology &topology, const QString &tenant, const Prefix &prefix);

/// Refuses a subnet that something contains or that something lies in, among its own tenant's and the shared ones (of
/// every tenant when it is shared). \returns Overlap \source CASES.md I1, I3
[[nodiscard]] Expected<void> checkRoot(const Topology &topology, const QString &tenant, const Prefix &prefix);

/// Refuses `prefix` unless its direct parent would be `under`. \returns NotFound, Invalid \source CASES.md I4, I10
[[nodiscard]] Expected<void> checkUnder(const Topology &topology, const QString &tenant, const Prefix &prefix,
                                        const Prefix &under);

/// The first and the last address that may be handed out: all of a /31, /32, /127 and /128; otherwise without network
/// and broadcast address for IPv4, and without the first address (subnet-router anycast) for IPv6.
/// \source RFC 3021, RFC 4291 2.6.1, RFC 6164
[[nodiscard]] std::pair<Address, Address> usableRange(const Prefix &prefix);

/// Refuses an address that is nobody's in `subnet`: its network or broadcast address. \returns Invalid
[[nodiscard]] Expected<void> checkUsable(const Prefix &subnet, Address address);

} // namespace interlock
