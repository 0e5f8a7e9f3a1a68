// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/subnetobjection.h"

#include "model/rules/subnetplacement.h"

using namespace Qt::StringLiterals;

namespace interlock {

std::optional<QString> subnetObjection(const Topology &topology, const SubnetRow &row)
{
    if (const auto ok = checkNeighbours(topology, row.tenant, row.prefix); !ok)
        return ok.error().detail;
    return std::nullopt;
}

std::optional<QString> addressObjection(const Topology &topology, const AddressRow &row)
{
    if (const auto *other = topology.holderOf(row.tenant, row.address))
        return u"%1 is the address of %2 now"_s.arg(row.address.toString(), other->cn.toString());
    if (const auto pools = topology.poolsOverlapping(Prefix::host(row.address)); !pools.empty())
        return u"%1 lies in a pool of %2 now"_s.arg(row.address.toString(), pools.front()->instance.toString());
    const auto subnet = topology.subnets().tree(row.tenant).longestMatch(row.address);
    if (!subnet)
        return u"%1 would be in no subnet"_s.arg(row.address.toString());
    if (const auto ok = checkUsable(subnet->prefix, row.address); !ok)
        return ok.error().detail;
    return std::nullopt;
}

std::optional<QString> absenceObjection(const Topology &topology, const SubnetRow &row)
{
    const TenantTree &tree = topology.subnets().tree(row.tenant);
    if (tree.longestMatch(row.prefix))
        return std::nullopt; // what is around it has the addresses now
    std::optional<QString> reason;
    for (const Prefix &gap : tree.gaps(row.prefix)) {
        topology.addresses().forEachIn(row.tenant, gap.first(), gap.last(), [&](const AddressRow &address) {
            reason = u"%1 would be in no subnet"_s.arg(address.address.toString());
            return false;
        });
        if (reason)
            break;
    }
    return reason;
}

} // namespace interlock
