// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/topology.h"

#include <algorithm>

namespace interlock {

std::optional<Row> Topology::current(const Row &row) const
{
    return std::visit(
        [&]<typename R>(const R &r) -> std::optional<Row> {
            const auto it = rows<R>().find(r);
            if (it == rows<R>().end())
                return std::nullopt;
            return Row(*it);
        },
        row);
}

void Topology::apply(const RowChange &change)
{
    if (change.before || change.after)
        std::visit([this](const auto &row) { removeRow(row); }, change.any());
    if (change.after)
        std::visit([this](const auto &row) { insertRow(row); }, *change.after);
}

template <typename R>
void Topology::removeRow(const R &row)
{
    auto &set = mutableRows<R>();
    const auto it = set.find(row);
    if (it == set.end())
        return;
    unfile(*it);
    set.erase(it);
}

template <typename R>
void Topology::insertRow(const R &row)
{
    file(*mutableRows<R>().insert(row).first);
}

void Topology::file(const PoolRow &row)
{
    occupy(row.prefix);
}
void Topology::unfile(const PoolRow &row)
{
    vacate(row.prefix);
}

void Topology::file(const AllocationRow &row)
{
    m_holders[{row.tenant, row.address}] = &row;
    m_byAddress[{row.instance, row.address}] = &row;
}
void Topology::unfile(const AllocationRow &row)
{
    m_holders.erase({row.tenant, row.address});
    m_byAddress.erase({row.instance, row.address});
}

void Topology::file(const ClaimRow &row)
{
    m_claimSpace.insert(row.real, &row);
    occupy(row.real);
    if (row.hold != row.real) {
        m_claimSpace.insert(row.hold, &row);
        occupy(row.hold);
    }
}
void Topology::unfile(const ClaimRow &row)
{
    m_claimSpace.erase(row.real, &row);
    vacate(row.real);
    if (row.hold != row.real) {
        m_claimSpace.erase(row.hold, &row);
        vacate(row.hold);
    }
}

void Topology::file(const ExclusionRow &row)
{
    occupy(row.prefix);
}
void Topology::unfile(const ExclusionRow &row)
{
    vacate(row.prefix);
}

void Topology::file(const QuarantineRow &row)
{
    m_quarantined.emplace(row.until, row.carveOut);
    occupy(row.carveOut);
}
void Topology::unfile(const QuarantineRow &row)
{
    if (m_quarantined.erase({row.until, row.carveOut}) > 0)
        vacate(row.carveOut);
}

void Topology::occupy(const Prefix &prefix)
{
    for (auto &[range, allocator] : m_allocators) {
        if (range.overlaps(prefix))
            allocator.exclude(prefix);
    }
}

void Topology::vacate(const Prefix &prefix)
{
    for (auto &[range, allocator] : m_allocators) {
        if (range.overlaps(prefix))
            allocator.unexclude(prefix);
    }
}

CarveOutAllocator &Topology::allocatorFor(const Prefix &range)
{
    const auto found = m_allocators.find(range);
    if (found != m_allocators.end())
        return found->second;
    // Everything is filed by exclude(): it counts layers, so that a hold under an exclusion, or a claim's real prefix under
    // somebody's quarantine, stays occupied until the last of them is gone, in whatever order they go.
    CarveOutAllocator allocator(range, range.isIPv4() ? CarveOutAllocator::kSmallestLength : 64);
    const auto exclude = [&](const Prefix &prefix) {
        if (range.overlaps(prefix))
            allocator.exclude(prefix);
    };
    for (const PoolRow &row : rows<PoolRow>())
        exclude(row.prefix);
    for (const ExclusionRow &row : rows<ExclusionRow>())
        exclude(row.prefix);
    for (const auto &[until, carveOut] : m_quarantined)
        exclude(carveOut);
    for (const Prefix &prefix : m_occupations)
        exclude(prefix);
    for (const ClaimRow &row : rows<ClaimRow>()) {
        exclude(row.real);
        if (row.hold != row.real)
            exclude(row.hold);
    }
    return m_allocators.emplace(range, std::move(allocator)).first->second;
}

Topology::Occupation::Occupation(Topology &topology, const Prefix &prefix) : m_topology(topology), m_prefix(prefix)
{
    m_topology.m_occupations.push_back(prefix);
    m_topology.occupy(prefix);
}

Topology::Occupation::~Occupation()
{
    std::erase(m_topology.m_occupations, m_prefix);
    m_topology.vacate(m_prefix);
}

void Topology::expireQuarantine(Timestamp now)
{
    while (!m_quarantined.empty() && m_quarantined.begin()->first <= now) {
        vacate(m_quarantined.begin()->second);
        m_quarantined.erase(m_quarantined.begin());
    }
}

std::optional<Prefix> Topology::freeCarveOut(const Prefix &range, int length, Timestamp now)
{
    expireQuarantine(now);
    return allocatorFor(range).peek(length);
}

const CarveOutAllocator &Topology::allocatorOf(const Prefix &range, Timestamp now)
{
    expireQuarantine(now);
    return allocatorFor(range);
}

bool Topology::isUnoccupied(const Prefix &prefix, Timestamp now, const CommonName &cn, const Prefix &real) const
{
    if (!poolsOverlapping(prefix).empty() || !exclusionsOverlapping(prefix).empty()
        || !quarantinesOverlapping(prefix, now).empty())
        return false;
    return std::ranges::all_of(claimsOverlapping(prefix),
                               [&](const ClaimRow *claim) { return claim->cn == cn && claim->real == real; });
}

std::vector<const ClaimRow *> Topology::claimsOverlapping(const Prefix &prefix) const
{
    std::vector<const ClaimRow *> found;
    m_claimSpace.forEachOverlapping(prefix, [&](const Prefix &, const ClaimRow *claim) { found.push_back(claim); });
    std::ranges::sort(found, [](const ClaimRow *a, const ClaimRow *b) { return keyTie(*a) < keyTie(*b); });
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::vector<const PoolRow *> Topology::poolsOverlapping(const Prefix &prefix) const
{
    std::vector<const PoolRow *> found;
    for (const PoolRow &row : rows<PoolRow>()) {
        if (row.prefix.overlaps(prefix))
            found.push_back(&row);
    }
    return found;
}

std::vector<const ExclusionRow *> Topology::exclusionsOverlapping(const Prefix &prefix) const
{
    std::vector<const ExclusionRow *> found;
    for (const ExclusionRow &row : rows<ExclusionRow>()) {
        if (row.prefix.overlaps(prefix))
            found.push_back(&row);
    }
    return found;
}

std::vector<const QuarantineRow *> Topology::quarantinesOverlapping(const Prefix &prefix, Timestamp now) const
{
    std::vector<const QuarantineRow *> found;
    for (const QuarantineRow &row : rows<QuarantineRow>()) {
        if (row.until > now && row.carveOut.overlaps(prefix))
            found.push_back(&row);
    }
    return found;
}

const AllocationRow *Topology::holderOf(const QString &tenant, Address address) const
{
    const auto it = m_holders.find({tenant, address});
    return it == m_holders.end() ? nullptr : it->second;
}

std::vector<const AllocationRow *> Topology::allocationsIn(const InstanceName &instance, const Prefix &block) const
{
    std::vector<const AllocationRow *> found;
    const Address last = block.last();
    for (auto it = m_byAddress.lower_bound({instance, block.first()});
         it != m_byAddress.end() && it->first.first == instance && it->first.second <= last; ++it)
        found.push_back(it->second);
    return found;
}

std::vector<const AllocationRow *> Topology::allocationsOf(const CommonName &cn) const
{
    std::vector<const AllocationRow *> found;
    for (const InstanceRow &instance : rows<InstanceRow>()) {
        for (const AllocationRow *row : list<AllocationRow>(instance.name, cn))
            found.push_back(row);
    }
    return found;
}

QString Topology::setting(const QString &name, const QString &fallback) const
{
    const auto *row = find<SettingRow>(name);
    return row ? row->value : fallback;
}

} // namespace interlock
