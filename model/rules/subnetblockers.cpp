// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetblockers.h"

#include "model/rules/prefixset.h"

#include <algorithm>

namespace interlock {

namespace {

/// Tenants are asked about an eighth of a part at most, unless the hole is larger.
constexpr int kHoleBits = 3;

/// What `shared` leave of `part`, in a few prefixes that may hold more than that.
std::vector<Prefix> roomIn(const Prefix &part, const std::vector<TenantTree::Entry> &shared)
{
    std::vector<Prefix> taken;
    taken.reserve(shared.size());
    for (const TenantTree::Entry &entry : shared) {
        if (entry.prefix.contains(part))
            return {};
        taken.push_back(entry.prefix);
    }
    const int longest = std::min(part.length() + kHoleBits, part.first().width());
    std::vector<Prefix> room;
    for (const Prefix &hole : PrefixSet::subtract(part, taken)) {
        const Prefix around(hole.first(), std::min(hole.length(), longest));
        if (room.empty() || !room.back().contains(around))
            room.push_back(around);
    }
    return room;
}

} // namespace

std::vector<TenantsEntry> tenantsBeside(const Topology &topology, const Prefix &parent, const Prefix &part,
                                        const std::vector<TenantTree::Entry> &shared)
{
    std::vector<TenantsEntry> all;
    const std::vector<Prefix> room = roomIn(part, shared);
    for (const auto &[tenant, tree] : topology.subnets().trees()) {
        if (tenant.isEmpty())
            continue;
        std::optional<Prefix> last; // one around several rooms is found in each
        for (const Prefix &each : room) {
            for (const TenantTree::Entry &entry : tree.childrenIn(parent, each)) {
                if (entry.prefix != last)
                    all.push_back({tenant, entry});
                last = entry.prefix;
            }
        }
    }
    return all;
}

std::vector<Prefix> SubnetBlockers::in(const Prefix &part) const
{
    std::vector<Prefix> all;
    const std::vector<TenantTree::Entry> own = m_topology.subnets().tree(m_tenant).childrenIn(m_parent, part);
    for (const TenantTree::Entry &entry : own)
        all.push_back(entry.prefix);
    if (m_tenant.isEmpty()) {
        for (const TenantsEntry &each : tenantsBeside(m_topology, m_parent, part, own))
            all.push_back(each.entry.prefix);
    }
    const auto add = [&](const Prefix &prefix) {
        if (prefix != m_parent && m_parent.contains(prefix))
            all.push_back(prefix);
    };
    for (const PoolRow *pool : m_topology.poolsOverlapping(part))
        add(pool->prefix);
    for (const ClaimRow *claim : m_topology.claimsHolding(part)) {
        if (!claim->isSentinel())
            add(claim->hold);
    }
    // One tree's are in order already.
    if (!std::ranges::is_sorted(all))
        std::ranges::sort(all);
    std::vector<Prefix> outermost;
    outermost.reserve(all.size());
    for (const Prefix &prefix : all) {
        if (outermost.empty() || !outermost.back().contains(prefix))
            outermost.push_back(prefix);
    }
    return outermost;
}

} // namespace interlock
