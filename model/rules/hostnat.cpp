// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/hostnat.h"

#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString mapOf(const std::vector<HostNatRule> &rules, Prefix NatPair::*from, Prefix NatPair::*to)
{
    QStringList elements;
    for (const HostNatRule &rule : rules)
        elements += (rule.pair.*from).toString() + u" : "_s + (rule.pair.*to).toString();
    return u"map { "_s + elements.join(u", "_s) + u" }"_s;
}

QString namesOf(std::vector<InterfaceName> tunnels)
{
    std::ranges::sort(tunnels);
    tunnels.erase(std::unique(tunnels.begin(), tunnels.end()), tunnels.end());
    QStringList names;
    for (const InterfaceName &tunnel : tunnels)
        names += u'"' + tunnel.toString() + u'"';
    return u"{ "_s + names.join(u", "_s) + u" }"_s;
}

/// A claim whose real prefix overlaps that of `claim`, or whose hold does: of another CN. Null when there is none.
const ClaimRow *otherOrNull(const Topology &topology, const ClaimRow &claim)
{
    const ClaimRow *found = nullptr;
    (void)topology.hasClaim(claim.real, [&](const ClaimRow &other) {
        if (other.cn != claim.cn)
            found = &other;
        return found != nullptr;
    });
    return found;
}

} // namespace

std::optional<Error> hostTranslationProblem(const Topology &topology, const ClaimRow &claim)
{
    const QString real = claim.real.toString();
    if (const auto pools = topology.poolsOverlapping(claim.real); !pools.empty()) {
        const PoolRow &pool = *pools.front();
        return Error{
            ErrorKind::PoolOverlap,
            u"%1 overlaps the pool %2 of %3, so the VPN host cannot tell the two apart"_s.arg(
                real, pool.prefix.toString(), pool.instance.toString()),
            {{u"real"_s, real}, {u"pool"_s, pool.prefix.toString()}, {u"instance"_s, pool.instance.toString()}}};
    }
    if (const ClaimRow *other = otherOrNull(topology, claim)) {
        const QString overlaps = (other->real.overlaps(claim.real) ? other->real : other->virtualPrefix).toString();
        return Error{ErrorKind::Conflict,
                     u"%1 overlaps %2 of %3, so the VPN host cannot tell the two apart"_s.arg(real, overlaps,
                                                                                              other->cn.toString()),
                     {{u"real"_s, real}, {u"overlaps"_s, overlaps}, {u"owner"_s, other->cn.toString()}}};
    }
    return std::nullopt;
}

HostNatPlan planHostNat(const Topology &topology)
{
    HostNatPlan plan;
    for (const ConnectorRow &connector : topology.rows<ConnectorRow>()) {
        if (connector.translation != Translation::Host)
            continue;
        for (const ClaimRow *claim : topology.list<ClaimRow>(connector.cn)) {
            if (claim->isSentinel())
                continue;
            const NatPair pair{claim->real, claim->virtualPrefix};
            if (auto problem = hostTranslationProblem(topology, *claim))
                plan.refusals.push_back({connector.cn, pair, *std::move(problem)});
            else
                plan.rules.push_back({connector.cn, pair});
        }
    }
    return plan;
}

QString renderHostNft(const HostNatPlan &plan, const std::vector<InterfaceName> &tunnels)
{
    Q_ASSERT(!tunnels.empty());
    QStringList lines{u"# Interlock: stand-ins that the VPN host translates"_s,
                      // Declaring the table first makes the deletion succeed on a host that does not have it yet.
                      u"table ip interlock_host"_s, u"delete table ip interlock_host"_s};
    if (!plan.rules.empty()) {
        const QString toReal = mapOf(plan.rules, &NatPair::virtualPrefix, &NatPair::real);
        const QString toStandIn = mapOf(plan.rules, &NatPair::real, &NatPair::virtualPrefix);
        lines << u"table ip interlock_host {"_s << u"    chain prerouting {"_s
              << u"        type nat hook prerouting priority dstnat; policy accept;"_s
              << u"        dnat ip prefix to ip daddr "_s + toReal << u"    }"_s << u"    chain output {"_s
              << u"        type nat hook output priority -100; policy accept;"_s
              << u"        dnat ip prefix to ip daddr "_s + toReal << u"    }"_s
              << u"    chain postrouting {"_s
              // Before a masquerade of the host, which would take the LAN's address away first. Only what came out of a
              // tunnel: the host's own network may have the same addresses.
              << u"        type nat hook postrouting priority srcnat - 5; policy accept;"_s
              << u"        iifname %1 snat ip prefix to ip saddr %2"_s.arg(namesOf(tunnels), toStandIn) << u"    }"_s
              << u"}"_s;
    }
    return lines.join(u'\n') + u'\n';
}

} // namespace interlock
