// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <optional>
#include <utility>
#include <vector>

namespace interlock {

// Questions about the tree. All are pure, and each answers one page at most, so that who asks can stop between pages;
// ask() of commands/ask.h brings them to the store's thread.

/// Identity of a subnet, and the order in which subnets are listed.
struct SubnetKey
{
    QString tenant;
    Prefix prefix;

    friend bool operator==(const SubnetKey &, const SubnetKey &) = default;
};

struct SubnetFilter
{
    std::optional<QString> tenant = {}; ///< any when absent; empty: shared
    std::optional<Prefix> within = {};  ///< inside of or equal to this
    std::optional<SubnetRole> role = {};
    QString tag = {};
};

[[nodiscard]] bool matches(const SubnetRow &row, const SubnetFilter &filter);

struct SubnetPage
{
    std::vector<SubnetRow> rows;
    std::optional<SubnetKey> next; ///< the key to go on after; none at the end
};

/// Stored subnets in the order of (tenant, prefix), which puts a parent directly before its descendants; those behind
/// `after`, at most `limit`. \complexity O(log n + rows looked at)
[[nodiscard]] SubnetPage listSubnets(const Topology &topology, const SubnetFilter &filter,
                                     const std::optional<SubnetKey> &after, std::size_t limit);

/// Every subnet that contains or equals `prefix`, outermost first: those of `tenant` and the shared ones; of every
/// tenant when absent.
[[nodiscard]] std::vector<SubnetRow> subnetChain(const Topology &topology, const std::optional<QString> &tenant,
                                                 const Prefix &prefix);
/// The most specific subnet that contains `prefix` strictly: the tenant's, else the shared one.
[[nodiscard]] std::optional<SubnetRow> parentOf(const Topology &topology, const QString &tenant, const Prefix &prefix);
/// The most specific subnet that holds `address`: the tenant's, else the shared one. \source SOURCES Z4
[[nodiscard]] std::optional<SubnetRow> longestMatch(const Topology &topology, const QString &tenant, Address address);
/// Direct children of (tenant, prefix), which need not be stored: for a shared one, tenants' subnets too. In order of
/// prefix.
[[nodiscard]] std::vector<SubnetRow> childrenOf(const Topology &topology, const QString &tenant, const Prefix &prefix);

enum class DerivedKind { Pool, Iroute, StandIn };

/// A prefix of the OpenVPN side that appears in the tree and is not edited there.
struct DerivedSubnet
{
    DerivedKind kind = DerivedKind::Pool;
    Prefix prefix;
    QString owner; ///< the instance of a pool, the connector of an iroute or stand-in

    friend bool operator==(const DerivedSubnet &, const DerivedSubnet &) = default;
};

/// Those that lie in or equal `within` (all when absent), by prefix, then kind and owner, and behind `after`; at most
/// `limit`. \complexity O(pools + claims + iroutes): ask for large pages
[[nodiscard]] std::vector<DerivedSubnet> derivedSubnets(const Topology &topology, const std::optional<Prefix> &within,
                                                        const std::optional<DerivedSubnet> &after, std::size_t limit);

/// The free space of `parent` as the fewest prefixes: together with its direct children it is exactly the parent. Those
/// behind `after`, at most `limit`. \complexity O(log n + children)
[[nodiscard]] std::vector<Prefix> freeGaps(const Topology &topology, const QString &tenant, const Prefix &parent,
                                           const std::optional<Prefix> &after, std::size_t limit);

/// The lowest `count` prefixes of `length` in `parent` that overlap no child of it, no pool and no stand-in in it, and
/// hold no address that somebody has; fewer when there are not so many. \source CASES.md I15
[[nodiscard]] std::vector<Prefix> nextFreeSubnets(const Topology &topology, const QString &tenant, const Prefix &parent,
                                                  int length, int count);

/// How full a subnet is, in addresses. size = inChildren + used + reserved + quarantined + unusable + free, where the
/// last five are of the space outside of its children.
struct Utilisation
{
    uint128 size = 0; ///< 2^128 counts as 2^128 - 1
    uint128 inChildren = 0;
    uint128 used = 0;
    uint128 reserved = 0;
    uint128 quarantined = 0;
    uint128 unusable = 0; ///< network and broadcast address
    uint128 free = 0;
    uint128 usedBelow = 0; ///< used addresses of the whole subtree, this level included

    friend bool operator==(const Utilisation &, const Utilisation &) = default;
};

/// \complexity O(log n + children + addresses in `prefix`)
[[nodiscard]] Utilisation utilisationOf(const Topology &topology, const QString &tenant, const Prefix &prefix);

enum class HostState { Free, Used, Reserved, Quarantined, InChild, Allocation };

/// One address of a host list.
struct HostRow
{
    Address address;
    HostState state = HostState::Free;
    QString holder; ///< or the child's prefix for InChild

    friend bool operator==(const HostRow &, const HostRow &) = default;
};

struct HostPage
{
    std::vector<HostRow> rows;
    std::optional<Address> next; ///< where the next page begins; none at the end
};

/// Addresses of `subnet` from `from` (its first usable one when absent) on, at most `limit`. Network and broadcast
/// address are left out for IPv4 lengths up to 30, the network address (subnet-router anycast) for IPv6 lengths up to
/// 126.
///
/// \returns Invalid when `from` is not in the subnet
/// \complexity O(limit * log n), however large the subnet is
/// \source CASES.md H1 to H4
[[nodiscard]] Expected<HostPage> listHosts(const Topology &topology, const QString &tenant, const Prefix &subnet,
                                           const std::optional<Address> &from, std::size_t limit);

/// Addresses that somebody has, keeps back or that wait, in `within`, ascending, behind `after`; at most `limit`.
[[nodiscard]] std::vector<AddressRow> listAddresses(const Topology &topology, const QString &tenant,
                                                    const Prefix &within, const std::optional<Address> &after,
                                                    std::size_t limit);

/// Two things in the tree that lie on each other and do not belong together.
struct SubnetCollision
{
    QString kind; ///< "tenants" (overlapping trees), "pool", "standIn", "iroute"
    SubnetKey subnet;
    Prefix other;
    QString owner; ///< the tenant, instance or connector of the other

    friend bool operator==(const SubnetCollision &, const SubnetCollision &) = default;
};

/// Overlaps of different tenants' subnets, and of subnets with pools, stand-ins and iroutes where neither the role nor
/// nesting explains them. At most `limit`. \complexity O(n)
[[nodiscard]] std::vector<SubnetCollision> findCollisions(const Topology &topology, std::size_t limit);

} // namespace interlock
