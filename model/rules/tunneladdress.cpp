// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/tunneladdress.h"

#include "model/rules/claimresolver.h"
#include "model/rules/instancelookup.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

std::vector<const PoolRow *> poolsInOrder(const Topology &topology, const InstanceName &instance)
{
    auto pools = topology.list<PoolRow>(instance);
    std::ranges::stable_sort(pools, {}, [](const PoolRow *pool) { return pool->ordinal; });
    return pools;
}

/// What is never handed out: the ends of the network, those of a pool that has a network of its own, and the server.
std::vector<Address> unusableAddresses(const InstanceRow &instance, const Prefix &pool)
{
    std::vector<Address> unusable{instance.serverAddress};
    const Prefix network = instance.network.contains(pool) ? instance.network : pool;
    if (network.length() < network.first().width() - 1) {
        unusable.push_back(network.first());
        if (network.isIPv4())
            unusable.push_back(network.last());
    }
    return unusable;
}

} // namespace

Expected<void> checkTunnelAddress(const Topology &topology, const InstanceRow &instance, Address address)
{
    const QJsonObject payload{{u"address"_s, address.toString()}, {u"instance"_s, instance.name.toString()}};
    for (const PoolRow *pool : topology.list<PoolRow>(instance.name)) {
        if (!pool->prefix.contains(address))
            continue;
        if (!std::ranges::count(unusableAddresses(instance, pool->prefix), address))
            return {};
        return fail(ErrorKind::Invalid,
                    u"%1 is the network, broadcast or server address of instance %2"_s.arg(address.toString(),
                                                                                           instance.name.toString()),
                    payload);
    }
    return fail(ErrorKind::Invalid,
                u"%1 is in no pool of instance %2"_s.arg(address.toString(), instance.name.toString()), payload);
}

Expected<AllocationRow> setAllocation(TopologyEdit &edit, const CommonName &cn, const InstanceName &instanceName,
                                      Address address, Timestamp now)
{
    const auto instance = instanceNamed(edit.now(), instanceName);
    if (!instance)
        return fail(instance.error());
    if (const auto ok = checkTunnelAddress(edit.now(), *instance, address); !ok)
        return fail(ok.error());
    const auto *holder = edit.now().holderOf(instance->tenant, address);
    if (holder && (holder->cn != cn || holder->instance != instanceName)) {
        return fail(ErrorKind::Exists,
                    u"%1 is already the address of %2 on instance %3"_s.arg(address.toString(), holder->cn.toString(),
                                                                            holder->instance.toString()),
                    {{u"address"_s, address.toString()}, {u"owner"_s, holder->cn.toString()}});
    }
    // Other connectors' addresses are set next.
    const auto pools = edit.now().poolsOverlapping(Prefix::host(address));
    const Prefix around = pools.empty() ? Prefix::host(address) : pools.front()->prefix;
    if (const auto row = edit.now().addresses().find(instance->tenant, address, around)) {
        return fail(ErrorKind::Exists,
                    u"%1 is already an address of the subnet tree, of '%2'"_s.arg(address.toString(), row->holder),
                    {{u"address"_s, address.toString()}, {u"owner"_s, row->holder}});
    }
    const int family = static_cast<int>(address.family());
    ensureConnector(edit, cn, now);
    edit.put(AllocationRow{instanceName, cn, family, address, instance->tenant, now, 0});
    return *edit.now().find<AllocationRow>(instanceName, cn, family);
}

Expected<AllocationRow> requestAllocation(TopologyEdit &edit, const CommonName &cn, const InstanceName &instanceName,
                                          Timestamp now)
{
    const auto instance = instanceNamed(edit.now(), instanceName);
    if (!instance)
        return fail(instance.error());
    if (const auto *own = edit.now().find<AllocationRow>(instanceName, cn, 4))
        return *own;
    for (const PoolRow *pool : poolsInOrder(edit.now(), instanceName)) {
        if (!pool->prefix.isIPv4())
            continue;
        std::vector<Address> unusable = unusableAddresses(*instance, pool->prefix);
        // Addresses of the subnet tree that were there before the pool was.
        edit.now().addresses().forEachState(instance->tenant, pool->prefix.first(), pool->prefix.last(),
                                            [&](Address held, AddressState) { unusable.push_back(held); });
        const auto free = edit.space().freeAddress(instance->tenant, pool->prefix, unusable);
        if (free)
            return setAllocation(edit, cn, instanceName, *free, now);
    }
    return fail(ErrorKind::Exhausted,
                u"no free address is left in the pools of instance %1"_s.arg(instanceName.toString()),
                {{u"instance"_s, instanceName.toString()}});
}

Expected<std::vector<AllocationRow>> releaseAllocations(TopologyEdit &edit, const CommonName &cn,
                                                        const std::optional<InstanceName> &instance)
{
    std::vector<AllocationRow> released;
    for (const AllocationRow *row : edit.now().allocationsOf(cn)) {
        if (!instance || row->instance == *instance)
            released.push_back(*row);
    }
    if (released.empty())
        return fail(ErrorKind::NotFound, u"%1 has no such allocation"_s.arg(cn.toString()), {{u"cn"_s, cn.toString()}});
    for (const AllocationRow &row : released)
        edit.erase(row);
    return released;
}

} // namespace interlock
