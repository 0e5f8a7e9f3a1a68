// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetqueries.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct OwnedPrefix
{
    Prefix prefix;
    const QString *tenant;
};

/// Collects until the limit is reached.
class Collisions
{
public:
    Collisions(const Topology &topology, std::size_t limit) : m_topology(topology), m_limit(limit) {}

    /// Subnets of different tenants, each against the nearest around it that is another tenant's.
    void betweenTenants()
    {
        std::vector<OwnedPrefix> all;
        for (const auto &[tenant, tree] : m_topology.subnets().trees()) {
            if (tenant.isEmpty())
                continue;
            for (const Family family : {Family::IPv4, Family::IPv6}) {
                for (const TenantTree::Entry &entry : tree.contained(Prefix(Address(family, 0), 0)))
                    all.push_back({entry.prefix, &tenant});
            }
        }
        std::ranges::stable_sort(all, {}, &OwnedPrefix::prefix);
        std::vector<OwnedPrefix> around;
        for (const OwnedPrefix &inner : all) {
            while (!around.empty() && !around.back().prefix.contains(inner.prefix))
                around.pop_back();
            const auto other = std::find_if(around.rbegin(), around.rend(),
                                            [&](const OwnedPrefix &outer) { return outer.tenant != inner.tenant; });
            if (other != around.rend() &&
                !add(u"tenants"_s, {*inner.tenant, inner.prefix}, other->prefix, *other->tenant))
                return;
            around.push_back(inner);
        }
    }

    /// A pool is explained by the subnet around it, and by one for it.
    void withPools()
    {
        for (const PoolRow &pool : m_topology.rows<PoolRow>()) {
            withSubnets(u"pool"_s, pool.prefix, pool.instance.toString(), [&](const Prefix &prefix, SubnetRole role) {
                return role == SubnetRole::OpenvpnPool || (prefix != pool.prefix && prefix.contains(pool.prefix));
            });
        }
    }

    void withClaims()
    {
        for (const ClaimRow &claim : m_topology.rows<ClaimRow>()) {
            if (claim.isSentinel())
                continue;
            withSubnets(u"standIn"_s, claim.virtualPrefix, claim.cn.toString(),
                        [&](const Prefix &prefix, SubnetRole role) {
                            return prefix.contains(claim.virtualPrefix) &&
                                   (role == SubnetRole::StandinRange || role == SubnetRole::Container);
                        });
        }
    }

    void withIroutes()
    {
        for (const IrouteRow &iroute : m_topology.rows<IrouteRow>()) {
            withSubnets(u"iroute"_s, iroute.prefix, iroute.cn.toString(), [&](const Prefix &prefix, SubnetRole role) {
                return role == SubnetRole::ConnectorLan || (prefix != iroute.prefix && prefix.contains(iroute.prefix));
            });
        }
    }

    std::vector<SubnetCollision> take() { return std::move(m_found); }

private:
    template <typename Explained>
    void withSubnets(const QString &kind, const Prefix &prefix, const QString &owner, Explained &&isExplained)
    {
        for (const auto &[tenant, tree] : m_topology.subnets().trees()) {
            for (const TenantTree::Entry &entry : tree.overlapping(prefix)) {
                if (!isExplained(entry.prefix, m_topology.subnets().roleOf(entry)) &&
                    !add(kind, {tenant, entry.prefix}, prefix, owner))
                    return;
            }
        }
    }

    bool add(const QString &kind, SubnetKey subnet, const Prefix &other, const QString &owner)
    {
        if (m_found.size() >= m_limit)
            return false;
        m_found.push_back({kind, std::move(subnet), other, owner});
        return true;
    }

    const Topology &m_topology;
    std::size_t m_limit;
    std::vector<SubnetCollision> m_found;
};

} // namespace

std::vector<SubnetCollision> findCollisions(const Topology &topology, std::size_t limit)
{
    Collisions collisions(topology, limit);
    collisions.betweenTenants();
    collisions.withPools();
    collisions.withClaims();
    collisions.withIroutes();
    return collisions.take();
}

} // namespace interlock
