// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/consistency.h"

#include "model/rules/subnetplacement.h"
#include "model/rules/tunneladdress.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

using Findings = std::vector<Inconsistency>;

void checkParents(const Topology &topology, Findings &findings, const Row &row, const CommonName *cn,
                  const InstanceName *instance)
{
    if (cn && !topology.find<ConnectorRow>(*cn))
        findings.push_back({row, true, u"there is no connector %1"_s.arg(cn->toString())});
    if (instance && !topology.find<InstanceRow>(*instance))
        findings.push_back({row, true, u"there is no instance %1"_s.arg(instance->toString())});
}

void checkClaim(const Topology &topology, Findings &findings, const ClaimRow &claim)
{
    checkParents(topology, findings, claim, &claim.cn, &claim.instance);
    if (claim.virtualPrefix.length() != claim.real.length() || !claim.hold.contains(claim.virtualPrefix))
        findings.push_back({claim, false, u"its virtual prefix does not fit its LAN or its carve-out"_s});
    for (const ClaimRow *other : topology.claimsOverlapping(claim.hold)) {
        // Each pair once.
        if (claim.cn < other->cn && other->hold.overlaps(claim.hold))
            findings.push_back(
                {claim, false,
                 u"%1 overlaps %2 of %3"_s.arg(claim.hold.toString(), other->hold.toString(), other->cn.toString())});
    }
    for (const PoolRow *pool : topology.poolsOverlapping(claim.hold))
        findings.push_back(
            {claim, false, u"%1 lies on the pool of %2"_s.arg(claim.hold.toString(), pool->instance.toString())});
}

void checkTree(const Topology &topology, Findings &findings)
{
    topology.subnets().forEach([&](const SubnetRow &row) {
        if (const auto ok = checkNeighbours(topology, row.tenant, row.prefix); !ok)
            findings.push_back({row, false, ok.error().detail});
    });
    topology.addresses().forEach([&](const AddressRow &row) {
        const auto subnet = topology.subnets().tree(row.tenant).longestMatch(row.address);
        if (!subnet)
            findings.push_back({row, true, u"%1 is in no subnet"_s.arg(row.address.toString())});
        else if (const auto ok = checkUsable(subnet->prefix, row.address); !ok)
            findings.push_back({row, false, ok.error().detail});
    });
}

/// What a device has by a rule is stored in the tree too, inside of what the rule divides.
void checkShare(const Topology &topology, Findings &findings, const DivisionShareRow &row)
{
    const auto *rule = topology.find<DivisionRuleRow>(row.label);
    if (!rule || !topology.find<DeviceRow>(row.device)) {
        findings.push_back(
            {row, true,
             u"%1 is gone"_s.arg(rule ? u"its device "_s + row.device : u"its division rule "_s + row.label)});
        return;
    }
    const bool isStored = row.part == 0 ? topology.subnets().contains(rule->tenant, row.prefix)
                                        : topology.addresses().find(rule->tenant, row.prefix.first()).has_value();
    if (!isStored)
        findings.push_back({row, true, u"%1 is not in the tree"_s.arg(row.prefix.toString())});
    if (!rule->master.contains(row.prefix))
        findings.push_back({row, false,
                            u"%1 is outside of %2, which rule %3 divides"_s.arg(row.prefix.toString(),
                                                                                rule->master.toString(), row.label)});
}

} // namespace

std::vector<Inconsistency> findInconsistencies(const Topology &topology)
{
    Findings findings;
    for (const PoolRow &row : topology.rows<PoolRow>())
        checkParents(topology, findings, row, nullptr, &row.instance);
    const IrouteRow *previous = nullptr;
    for (const IrouteRow &row : topology.rows<IrouteRow>()) {
        checkParents(topology, findings, row, &row.cn, nullptr);
        if (previous && previous->cn == row.cn && previous->prefix.overlaps(row.prefix))
            findings.push_back(
                {row, false,
                 u"%1 overlaps %2 of the same connector"_s.arg(row.prefix.toString(), previous->prefix.toString())});
        previous = &row;
    }
    for (const AllocationRow &row : topology.rows<AllocationRow>()) {
        checkParents(topology, findings, row, &row.cn, &row.instance);
        const auto *instance = topology.find<InstanceRow>(row.instance);
        if (!instance)
            continue;
        if (const auto ok = checkTunnelAddress(topology, *instance, row.address); !ok)
            findings.push_back({row, false, ok.error().detail});
        if (topology.holderOf(row.tenant, row.address) != &row)
            findings.push_back({row, false, u"%1 is held twice"_s.arg(row.address.toString())});
    }
    for (const ClaimRow &row : topology.rows<ClaimRow>())
        checkClaim(topology, findings, row);
    for (const DivisionShareRow &row : topology.rows<DivisionShareRow>())
        checkShare(topology, findings, row);
    checkTree(topology, findings);
    return findings;
}

} // namespace interlock
