// SPDX-License-Identifier: GPL-3.0-or-later
//
// Topology as far as it is asked who has an address.
#include "model/rules/topology.h"

#include <utility>

namespace interlock {

const AllocationRow *Topology::holderOf(const QString &tenant, Address address) const
{
    const auto it = m_holders.find({tenant, address});
    return it == m_holders.end() ? nullptr : it->second;
}

std::vector<const AllocationRow *> Topology::holdersOf(const QString &tenant, Address address) const
{
    std::vector<const AllocationRow *> found;
    for (auto [it, end] = m_holders.equal_range({tenant, address}); it != end; ++it)
        found.push_back(it->second);
    return found;
}

void Topology::occupyAddress(const AllocationRow &row)
{
    for (auto &[space, allocator] : m_addressSpaces) {
        if (space.first == row.tenant && space.second.contains(row.address))
            allocator.exclude(Prefix::host(row.address));
    }
}

void Topology::vacateAddress(const AllocationRow &row)
{
    for (auto &[space, allocator] : m_addressSpaces) {
        if (space.first == row.tenant && space.second.contains(row.address))
            allocator.unexclude(Prefix::host(row.address));
    }
}

std::optional<Address> Topology::freeAddress(const QString &tenant, const Prefix &pool,
                                             std::span<const Address> unusable)
{
    Q_ASSERT(pool.isIPv4());
    auto found = m_addressSpaces.find({tenant, pool});
    if (found == m_addressSpaces.end()) {
        CarveOutAllocator allocator(pool, widthOf(Family::IPv4));
        const auto begin = m_holders.lower_bound({tenant, pool.first()});
        const auto end = m_holders.upper_bound({tenant, pool.last()});
        for (auto it = begin; it != end; ++it)
            allocator.exclude(Prefix::host(it->second->address));
        found = m_addressSpaces.emplace(std::pair(tenant, pool), std::move(allocator)).first;
    }
    CarveOutAllocator &allocator = found->second;
    for (const Address address : unusable)
        allocator.exclude(Prefix::host(address));
    const auto free = allocator.peek(widthOf(Family::IPv4));
    for (const Address address : unusable)
        allocator.unexclude(Prefix::host(address));
    if (!free)
        return std::nullopt;
    return free->first();
}

std::vector<const AllocationRow *> Topology::allocationsIn(const InstanceName &instance, const Prefix &block) const
{
    std::vector<const AllocationRow *> found;
    const Address last = block.last();
    for (auto it = m_byAddress.lower_bound({instance, block.first()});
         it != m_byAddress.end() && it->first.first == instance && it->first.second <= last; ++it)
        found.push_back(it->second);
    return found;
}

std::vector<const AllocationRow *> Topology::allocationsOf(const CommonName &cn) const
{
    std::vector<const AllocationRow *> found;
    for (const InstanceRow &instance : rows<InstanceRow>()) {
        for (const AllocationRow *row : list<AllocationRow>(instance.name, cn))
            found.push_back(row);
    }
    return found;
}

std::vector<const MemberRow *> Topology::membersAt(const NetworkName &network, Address address) const
{
    std::vector<const MemberRow *> found;
    const std::pair key(network, address);
    for (auto it = m_memberAddresses.lower_bound(key); it != m_memberAddresses.end() && it->first == key; ++it)
        found.push_back(it->second);
    return found;
}

} // namespace interlock
