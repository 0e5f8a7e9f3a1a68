// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetplacement.h"

#include "model/rules/subnetqueries.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

tl::unexpected<Error> collides(ErrorKind kind, const QString &sentence, const QString &tenant, const Prefix &prefix,
                               const QString &otherTenant, const Prefix &other)
{
    return fail(kind, sentence.arg(subnetText(tenant, prefix), subnetText(otherTenant, other)),
                {{u"field"_s, u"prefix"_s}, {u"prefix"_s, other.toString()}, {u"tenant"_s, otherTenant}});
}

tl::unexpected<Error> overlaps(const QString &tenant, const Prefix &prefix, const QString &otherTenant,
                               const Prefix &other)
{
    return collides(ErrorKind::Overlap, u"%1 overlaps with %2"_s, tenant, prefix, otherTenant, other);
}

tl::unexpected<Error> exists(const QString &tenant, const Prefix &prefix, const QString &otherTenant)
{
    return collides(ErrorKind::Exists, u"%1 is there already: %2"_s, tenant, prefix, otherTenant, prefix);
}

/// A tenant's subnet that contains `prefix` strictly.
std::optional<Prefix> outermostAround(const TenantTree &tree, const Prefix &prefix)
{
    const auto around = tree.containing(prefix);
    if (around.empty() || around.front().prefix == prefix)
        return std::nullopt;
    return around.front().prefix;
}

Expected<void> checkSharedPlacement(const Topology &topology, const Prefix &prefix)
{
    struct Inner
    {
        Prefix prefix;
        QString tenant;
    };
    std::vector<Inner> inside;
    for (const auto &[tenant, tree] : topology.subnets().trees()) {
        if (tenant.isEmpty())
            continue;
        if (tree.contains(prefix))
            return exists({}, prefix, tenant);
        if (const auto outer = outermostAround(tree, prefix))
            return overlaps({}, prefix, tenant, *outer);
        for (const TenantTree::Entry &entry : tree.children(prefix))
            inside.push_back({entry.prefix, tenant});
    }
    // Outermost ones of each tenant: two that overlap lie side by side in this order.
    std::ranges::stable_sort(inside, {}, &Inner::prefix);
    const Inner *outer = nullptr;
    for (const Inner &inner : inside) {
        if (outer && outer->prefix.contains(inner.prefix))
            return overlaps(inner.tenant, inner.prefix, outer->tenant, outer->prefix);
        outer = &inner;
    }
    return {};
}

/// Another tenant's subnet that overlaps `prefix`.
Expected<void> checkAgainstTenants(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    for (const auto &[other, tree] : topology.subnets().trees()) {
        if (other.isEmpty() || other == tenant)
            continue;
        const auto found = tree.firstOverlap(prefix);
        if (!found)
            continue;
        if (found->prefix == prefix)
            return exists(tenant, prefix, other);
        return overlaps(tenant, prefix, other, found->prefix);
    }
    return {};
}

} // namespace

QString subnetText(const QString &tenant, const Prefix &prefix)
{
    return tenant.isEmpty() ? u"%1 (shared)"_s.arg(prefix.toString())
                            : u"%1 of tenant %2"_s.arg(prefix.toString(), tenant);
}

Expected<void> checkPlacement(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    if (topology.subnets().contains(tenant, prefix))
        return exists(tenant, prefix, tenant);
    return checkNeighbours(topology, tenant, prefix);
}

Expected<void> checkNeighbours(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    if (tenant.isEmpty())
        return checkSharedPlacement(topology, prefix);
    const TenantTree &shared = topology.subnets().tree({});
    if (shared.contains(prefix))
        return exists(tenant, prefix, {});
    // One that contains a shared one would be the parent of a shared child.
    const auto inner = shared.children(prefix);
    if (!inner.empty())
        return overlaps(tenant, prefix, {}, inner.front().prefix);
    if (!outermostAround(shared, prefix))
        return {};
    return checkAgainstTenants(topology, tenant, prefix);
}

Expected<void> checkRoot(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    for (const auto &[other, tree] : topology.subnets().trees()) {
        if (!tenant.isEmpty() && !other.isEmpty() && other != tenant)
            continue;
        const auto found = tree.firstOverlap(prefix);
        if (found && found->prefix != prefix)
            return overlaps(tenant, prefix, other, found->prefix);
    }
    return {};
}

Expected<void> checkUnder(const Topology &topology, const QString &tenant, const Prefix &prefix, const Prefix &under)
{
    const QJsonObject payload{{u"field"_s, u"under"_s}, {u"prefix"_s, under.toString()}};
    if (under.family() != prefix.family()) {
        return fail(ErrorKind::Invalid,
                    u"IP version mismatch: %1 cannot lie in %2"_s.arg(prefix.toString(), under.toString()), payload);
    }
    if (under == prefix || !under.contains(prefix)) {
        return fail(ErrorKind::Invalid,
                    u"invalid parent: %1 does not lie in %2"_s.arg(prefix.toString(), under.toString()), payload);
    }
    if (!topology.subnets().contains(tenant, under) && !topology.subnets().contains({}, under))
        return fail(ErrorKind::NotFound, u"there is no subnet %1"_s.arg(subnetText(tenant, under)), payload);
    const auto parent = parentOf(topology, tenant, prefix);
    if (parent && parent->prefix == under)
        return {};
    return fail(ErrorKind::Invalid,
                u"invalid parent: %1 lies in %2"_s.arg(prefix.toString(), subnetText(parent->tenant, parent->prefix)),
                payload);
}

std::pair<Address, Address> usableRange(const Prefix &prefix)
{
    if (prefix.length() >= widthOf(prefix.family()) - 1)
        return {prefix.first(), prefix.last()};
    const Address first(prefix.family(), prefix.first().value() + 1);
    if (!prefix.isIPv4())
        return {first, prefix.last()};
    return {first, Address(prefix.family(), prefix.last().value() - 1)};
}

Expected<void> checkUsable(const Prefix &subnet, Address address)
{
    const auto [first, last] = usableRange(subnet);
    if (address >= first && address <= last)
        return {};
    return fail(ErrorKind::Invalid,
                u"%1 is the %2 address of %3"_s.arg(address.toString(), address < first ? u"network"_s : u"broadcast"_s,
                                                    subnet.toString()),
                {{u"field"_s, u"address"_s}, {u"address"_s, address.toString()}, {u"prefix"_s, subnet.toString()}});
}

} // namespace interlock
