// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetfree.h"

#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"

#include <algorithm>

namespace interlock {

namespace {

/// What is in the way is asked for in parts that hold so many of what is looked for: most answers are in the first one.
constexpr int kPartBits = 12;

/// Behind `prefix`, or none at the end of the family.
std::optional<Address> behind(const Prefix &prefix)
{
    const Address last = prefix.last();
    if (last.value() == maxOf(last.family()))
        return std::nullopt;
    return Address(last.family(), last.value() + 1);
}

/// Whether somebody has an address of `candidate`, in the tenant's tree or in the shared one.
bool isHeld(const Topology &topology, const QString &tenant, const Prefix &candidate, const Prefix &part)
{
    // Asked as far as others are going to be asked about.
    const auto holds = [&](const QString &space) {
        const auto held = topology.addresses().nextHeld(space, candidate.first(), part.last());
        return held && *held <= candidate.last();
    };
    return holds(tenant) || (!tenant.isEmpty() && holds({}));
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
    const SubnetBlockers all(topology, tenant, parent);
    const int partLength = std::max(parent.length(), length - kPartBits);
    const auto isEnough = [&] { return found.size() >= static_cast<std::size_t>(count); };
    std::optional<Address> from = parent.first();
    while (from && parent.contains(*from) && !isEnough()) {
        const Prefix part(*from, partLength);
        const std::vector<Prefix> blockers = all.in(part);
        auto blocker = blockers.begin();
        while (from && part.contains(*from) && !isEnough()) {
            const Prefix candidate(*from, length);
            while (blocker != blockers.end() && blocker->last() < candidate.first())
                ++blocker;
            if (candidate.first() < *from) {
                // What was rounded down to an earlier block begins in the next one.
                from = behind(candidate);
            } else if (blocker != blockers.end() && blocker->overlaps(candidate)) {
                from = behind(blocker->contains(candidate) ? *blocker : candidate);
            } else {
                if (!isHeld(topology, tenant, candidate, part))
                    found.push_back(candidate);
                from = behind(candidate);
            }
        }
    }
    return found;
}

FreeAddresses::FreeAddresses(const Topology &topology, QString tenant, const Prefix &subnet)
    : m_topology(topology), m_tenant(std::move(tenant)), m_range(usableRange(subnet)), m_subnet(subnet),
      m_all(topology, m_tenant, subnet)
{
}

void FreeAddresses::look(const Prefix &part) const
{
    if (m_part == part)
        return;
    m_blockers = m_all.in(part);
    m_part = part;
}

std::optional<Address> FreeAddresses::next(Address from) const
{
    std::optional<Address> candidate = std::max(from, m_range.first);
    while (candidate && *candidate <= m_range.second) {
        const Prefix host(*candidate, candidate->width());
        if (!m_part || !m_part->contains(host))
            look(Prefix(*candidate, std::max(m_subnet.length(), candidate->width() - kPartBits)));
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
    look(m_subnet);
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
    limit(m_topology.addresses().nextHeld(m_tenant, begin, end));
    limit(m_topology.addresses().nextHeld({}, begin, end));
    const auto after = std::ranges::upper_bound(m_blockers, Prefix::host(begin));
    if (after != m_blockers.end())
        limit(after->first());
    return end;
}

} // namespace interlock
