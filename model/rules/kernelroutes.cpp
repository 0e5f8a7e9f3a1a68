// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/kernelroutes.h"

#include "model/rules/hostnat.h"
#include "model/rules/instancelookup.h"
#include "model/rules/lan.h"
#include "model/rules/prefixset.h"

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

bool isRangeOfItsOwn(const Topology &topology, const InstanceRow &instance)
{
    return std::ranges::none_of(topology.rows<InstanceRow>(), [&](const InstanceRow &other) {
        return other.name != instance.name && other.standinRange.overlaps(instance.standinRange);
    });
}

/// True if the tunnel device brings the route along, or it would be one to the clients themselves.
bool isTunnelSpace(const Topology &topology, const InstanceRow &instance, const Prefix &prefix)
{
    return instance.network.contains(prefix) ||
           std::ranges::any_of(topology.list<PoolRow>(instance.name),
                               [&](const PoolRow *pool) { return pool->prefix.contains(prefix); });
}

} // namespace

std::optional<Prefix> installedPrefix(const Topology &topology, const ClaimRow &claim)
{
    if (claim.isSentinel())
        return claim.real;
    const auto *connector = topology.find<ConnectorRow>(claim.cn);
    if (!connector || connector->translation != Translation::Host)
        return claim.virtualPrefix;
    return hostTranslationProblem(topology, claim) ? std::nullopt : std::optional(claim.real);
}

Expected<std::vector<Prefix>> wantedKernelRoutes(const Topology &topology, const InstanceName &name,
                                                 std::span<const Prefix> live)
{
    const auto instance = instanceNamed(topology, name);
    if (!instance)
        return fail(instance.error());
    if (instance->mode == DeviceMode::Tap)
        return std::vector<Prefix>();
    std::vector<Prefix> wanted;
    if (isRangeOfItsOwn(topology, *instance))
        wanted.push_back(instance->standinRange);
    std::set<CommonName> seen; // a connector may have an allocation of each family
    for (const AllocationRow *allocation : topology.list<AllocationRow>(name)) {
        if (!seen.insert(allocation->cn).second)
            continue;
        for (const ClaimRow *claim : topology.list<ClaimRow>(allocation->cn)) {
            if (!topology.find<IrouteRow>(claim->cn, claim->real))
                continue; // unused: a session that still has it says so itself
            const auto prefix = installedPrefix(topology, *claim);
            if (prefix && !isTunnelSpace(topology, *instance, *prefix))
                wanted.push_back(*prefix);
        }
    }
    for (const Prefix &prefix : live) {
        // A file of the server's own can install anything, the default route too.
        if (checkLan(prefix) && !isTunnelSpace(topology, *instance, prefix))
            wanted.push_back(prefix);
    }
    return PrefixSet::aggregate(wanted);
}

} // namespace interlock
