// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetfree.h"

#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"

#include <algorithm>

namespace interlock {

namespace {

/// Behind `prefix`, or none at the end of the family.
std::optional<Address> behind(const Prefix &prefix)
{
    const Address last = prefix.last();
    if (last.value() == maxOf(last.family()))
        return std::nullopt;
    return Address(last.family(), last.value() + 1);
}

/// Prefixes strictly inside `parent` that nothing may be placed in, disjoint or nested, in order.
std::vector<Prefix> blockersIn(const Topology &topology, const QString &tenant, const Prefix &parent)
{
    std::vector<Prefix> blockers;
    const auto add = [&](const Prefix &prefix) {
        if (prefix != parent && parent.contains(prefix))
            blockers.push_back(prefix);
    };
    if (tenant.isEmpty()) {
        for (const auto &[other, tree] : topology.subnets().trees()) {
            for (const PrefixIndex::Entry &entry : tree.index.children(parent))
                add(entry.prefix);
        }
    } else {
        for (const PrefixIndex::Entry &entry : topology.subnets().tree(tenant).children(parent))
            add(entry.prefix);
    }
    for (const PoolRow *pool : topology.poolsOverlapping(parent))
        add(pool->prefix);
    for (const ClaimRow *claim : topology.claimsHolding(parent)) {
        if (!claim->isSentinel())
            add(claim->hold);
    }
    std::ranges::sort(blockers);
    return blockers;
}

} // namespace

std::vector<Prefix> nextFreeSubnets(const Topology &topology, const QString &tenant, const Prefix &parent, int length,
                                    int count)
{
    std::vector<Prefix> found;
    const int width = widthOf(parent.family());
    if (length < parent.length() || length > width || count <= 0)
        return found;
    if (length == parent.length() && topology.subnets().contains(tenant, parent))
        return found;
    const std::vector<Prefix> blockers = blockersIn(topology, tenant, parent);
    auto blocker = blockers.begin();
    std::optional<Address> from = parent.first();
    while (from && parent.contains(*from) && found.size() < static_cast<std::size_t>(count)) {
        const Prefix candidate(*from, length);
        // What was rounded down to an earlier block begins in the next one.
        if (candidate.first() < *from) {
            from = behind(candidate);
            continue;
        }
        while (blocker != blockers.end() && blocker->last() < candidate.first())
            ++blocker;
        if (blocker != blockers.end() && blocker->overlaps(candidate)) {
            from = behind(blocker->contains(candidate) ? *blocker : candidate);
            continue;
        }
        if (topology.addresses().hasAny(tenant, candidate) || topology.addresses().hasAny({}, candidate)) {
            from = behind(candidate);
            continue;
        }
        found.push_back(candidate);
        from = behind(candidate);
    }
    return found;
}

FreeAddresses::FreeAddresses(const Topology &topology, QString tenant, const Prefix &subnet)
    : m_topology(topology), m_tenant(std::move(tenant)), m_range(usableRange(subnet)),
      m_blockers(blockersIn(topology, m_tenant, subnet))
{
    // Outermost ones only, so that the last one that begins at or before an address is the one that may hold it.
    std::vector<Prefix> outermost;
    for (const Prefix &blocker : m_blockers) {
        if (outermost.empty() || !outermost.back().contains(blocker))
            outermost.push_back(blocker);
    }
    m_blockers = std::move(outermost);
}

std::optional<Address> FreeAddresses::next(Address from) const
{
    std::optional<Address> candidate = std::max(from, m_range.first);
    while (candidate && *candidate <= m_range.second) {
        const Prefix host(*candidate, candidate->width());
        const auto after = std::ranges::upper_bound(m_blockers, host);
        if (after != m_blockers.begin() && std::prev(after)->contains(*candidate)) {
            candidate = behind(*std::prev(after));
            continue;
        }
        auto free = m_topology.addresses().nextFree(m_tenant, *candidate);
        if (free && !m_tenant.isEmpty())
            free = m_topology.addresses().nextFree({}, *free);
        if (free == candidate) {
            if (!m_topology.holderOf(m_tenant, *candidate))
                return candidate;
            free = behind(host);
        }
        candidate = free;
    }
    return std::nullopt;
}

std::optional<Address> FreeAddresses::middleOfGreatestGap() const
{
    // Gaps between what is held or blocked; the greatest one, the lowest of equal ones.
    std::optional<Address> begin = next(m_range.first);
    std::optional<Address> best;
    uint128 greatest = 0;
    while (begin) {
        const Address end = endOfGap(*begin);
        const uint128 span = end.value() - begin->value();
        if (!best || span > greatest) {
            greatest = span;
            best = Address(begin->family(), begin->value() + span / 2);
        }
        if (end >= m_range.second)
            break;
        begin = next(Address(end.family(), end.value() + 1));
    }
    return best;
}

Address FreeAddresses::endOfGap(Address begin) const
{
    Address end = m_range.second;
    const auto limit = [&](const std::optional<Address> &held) {
        if (held && *held <= end)
            end = Address(held->family(), held->value() - 1);
    };
    limit(m_topology.addresses().nextHeld(m_tenant, begin));
    limit(m_topology.addresses().nextHeld({}, begin));
    const auto after = std::ranges::upper_bound(m_blockers, Prefix(begin, begin.width()));
    if (after != m_blockers.end())
        limit(after->first());
    return end;
}

} // namespace interlock
