// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <vector>

namespace interlock {

/// Tenants' subnets in `part` of a shared `parent` that may lie in no shared one of `shared`, which are the shared
/// children in that part, in order: the outermost of each tenant, with those beside them that lie in a shared one now
/// and then. Tenants are asked only where there is room for them. \complexity O(tenants log n + answer)
struct TenantsEntry
{
    QString tenant;
    TenantTree::Entry entry;
};
[[nodiscard]] std::vector<TenantsEntry> tenantsBeside(const Topology &topology, const Prefix &parent,
                                                      const Prefix &part, const std::vector<TenantTree::Entry> &shared);

/// What keeps others out of a subnet: its children, and the pools and stand-ins in it. A view: the topology must stay.
class SubnetBlockers
{
public:
    SubnetBlockers(const Topology &topology, QString tenant, const Prefix &parent)
        : m_topology(topology), m_tenant(std::move(tenant)), m_parent(parent)
    {
    }

    /// Those that overlap `part`, which lies in the subnet: outermost ones, in order. Of a shared subnet the subnets of
    /// all tenants count. \complexity O(tenants log n + answer)
    [[nodiscard]] std::vector<Prefix> in(const Prefix &part) const;

private:
    const Topology &m_topology;
    QString m_tenant;
    Prefix m_parent;
};

} // namespace interlock
