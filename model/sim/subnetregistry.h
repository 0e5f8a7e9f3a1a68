// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <cstddef>
#include <functional>

namespace interlock {

/// How large a registry is wanted; the same numbers give the same rows on every machine.
struct RegistrySize
{
    std::size_t subnets = 1000;
    std::size_t addresses = 0; ///< at most so many: what lies in the /24 of servers
};

/// Makes up a registry as one meets it, and calls `visit(row)` for its tenants, its subnets and its addresses, in this
/// order:
/// - a shared 10.0.0.0/8 with a region in each /16, and in it the /24 of one server after another, which belong to
///   tenants and are cut into /28, with holes as removed servers leave them;
/// - for each tenant 172.16.0.0/12 of its own, which overlaps that of every other tenant, with /24 and /27 in it;
/// - for each tenant a /48 of fd00::/8 in /64.
///
/// Names, descriptions, tags and custom values are those of some subnets only. What it makes passes checkPlacement()
/// in that order. Fewer rows than asked for come only where the /8 is full, at some 1.5 million.
/// \complexity O(rows), in constant memory
void makeSubnetRegistry(const RegistrySize &size, const std::function<void(const Row &)> &visit);

/// The tenants of a registry of that size: 3 to 200.
[[nodiscard]] std::size_t tenantsOfRegistry(std::size_t subnets);

} // namespace interlock
