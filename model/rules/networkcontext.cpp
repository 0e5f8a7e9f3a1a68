// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/networkcontext.h"

#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Everything stored strictly inside of the network's subnet, of its tenant; in a shared one of every tenant,
/// ascending.
std::vector<SubnetRow> everythingIn(const Topology &topology, const NetworkRow &network)
{
    SubnetFilter filter;
    filter.within = network.subnet;
    if (!network.tenant.isEmpty())
        filter.tenant = network.tenant;
    auto rows = listSubnets(topology, filter, std::nullopt, std::numeric_limits<std::size_t>::max()).rows;
    std::erase_if(rows, [&](const SubnetRow &row) { return row.prefix == network.subnet; });
    std::ranges::stable_sort(rows, {}, &SubnetRow::prefix);
    return rows;
}

/// Without what is kept back, and what lies in it. \source SEMANTICS.md 6
std::vector<PlanSubnet> withoutReserved(const std::vector<SubnetRow> &ascending)
{
    std::vector<PlanSubnet> kept;
    const Prefix *reserved = nullptr;
    for (const SubnetRow &row : ascending) {
        if (reserved && reserved->contains(row.prefix))
            continue;
        if (row.role == SubnetRole::Reserved)
            reserved = &row.prefix;
        else
            kept.push_back({row.prefix, row.name});
    }
    return kept;
}

} // namespace

Expected<NetworkContext> networkContext(const Topology &topology, const NetworkName &name)
{
    const auto *network = topology.find<NetworkRow>(name);
    if (!network) {
        return fail(ErrorKind::NotFound, u"there is no network '%1'"_s.arg(name.toString()),
                    {{u"network"_s, name.toString()}});
    }
    const auto *controller = topology.find<ControllerRow>(network->controller);
    if (!controller) {
        return fail(ErrorKind::NotFound, u"there is no controller '%1'"_s.arg(network->controller.toString()),
                    {{u"controller"_s, network->controller.toString()}});
    }
    if (!topology.subnets().contains(network->tenant, network->subnet)) {
        return fail(ErrorKind::NotFound,
                    u"the subnet %1 of network %2 is not in the tree any more"_s.arg(
                        subnetText(network->tenant, network->subnet), name.toString()),
                    {{u"prefix"_s, network->subnet.toString()}, {u"network"_s, name.toString()}});
    }
    NetworkContext context{*network, *controller, {}, {}, {}, {}};
    if (network->children == ChildRoutes::Direct)
        context.below = withoutReserved(childrenOf(topology, network->tenant, network->subnet));
    else if (network->children != ChildRoutes::Off)
        context.below = withoutReserved(everythingIn(topology, *network));
    for (const OwnedRouteRow *row : topology.list<OwnedRouteRow>(name))
        context.owned.push_back({row->target, row->via});
    for (const OwnedPoolRow *row : topology.list<OwnedPoolRow>(name))
        context.ownedPools.push_back({row->first, row->last});
    for (const MemberRow *row : topology.list<MemberRow>(name))
        context.members.push_back(*row);
    return context;
}

} // namespace interlock
