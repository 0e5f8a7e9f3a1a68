// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/topology.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace interlock {

namespace {

template <typename Map, typename R>
void eraseEntry(Map &map, const typename Map::key_type &key, const R &row)
{
    for (auto [it, end] = map.equal_range(key); it != end; ++it) {
        if (it->second == &row) {
            map.erase(it);
            return;
        }
    }
}

/// Rows of `map` that overlap `prefix` and that `keep` wants, in the order of their keys.
template <typename R, typename Keep>
std::vector<const R *> rowsOverlapping(const PrefixMultiMap<const R *> &map, const Prefix &prefix, Keep &&keep)
{
    std::vector<const R *> found;
    map.forEachOverlapping(prefix, [&](const Prefix &, const R *row) {
        if (keep(*row))
            found.push_back(row);
    });
    std::ranges::sort(found, [](const R *a, const R *b) { return keyTie(*a) < keyTie(*b); });
    return found;
}

/// Whether a stored subnet keeps stand-ins of `range` away.
bool excludesFrom(const Prefix &range, const Prefix &prefix, SubnetRole role)
{
    return role != SubnetRole::StandinRange && prefix.length() > range.length() && range.contains(prefix);
}

constexpr auto kAll = [](const auto &) { return true; };

} // namespace

std::optional<Row> Topology::current(const Row &row) const
{
    return std::visit(
        [&]<typename R>(const R &r) -> std::optional<Row> {
            if constexpr (std::is_same_v<R, SubnetRow>) {
                return m_subnets.find(r.tenant, r.prefix);
            } else if constexpr (std::is_same_v<R, AddressRow>) {
                return m_addresses.find(r.tenant, r.address);
            } else {
                const auto it = rows<R>().find(r);
                if (it == rows<R>().end())
                    return std::nullopt;
                return Row(*it);
            }
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
    if constexpr (std::is_same_v<R, SubnetRow>) {
        if (const auto present = m_subnets.find(row.tenant, row.prefix)) {
            unfile(*present);
            m_subnets.erase(row.tenant, row.prefix);
        }
    } else if constexpr (std::is_same_v<R, AddressRow>) {
        m_addresses.erase(row.tenant, row.address);
    } else {
        auto &set = mutableRows<R>();
        const auto it = set.find(row);
        if (it == set.end())
            return;
        unfile(*it);
        set.erase(it);
    }
}

template <typename R>
void Topology::insertRow(const R &row)
{
    if constexpr (std::is_same_v<R, SubnetRow>) {
        m_subnets.insert(row);
        file(row);
    } else if constexpr (std::is_same_v<R, AddressRow>) {
        m_addresses.insert(row);
    } else {
        file(*mutableRows<R>().insert(row).first);
    }
}

void Topology::load(Row row)
{
    if (const auto *subnet = std::get_if<SubnetRow>(&row))
        m_subnets.load(*subnet);
    else
        apply({std::nullopt, std::move(row)});
}

void Topology::endLoad()
{
    m_subnets.endLoad();
}

void Topology::file(const SubnetRow &row)
{
    for (auto &[range, allocator] : m_allocators) {
        if (excludesFrom(range, row.prefix, row.role))
            allocator.exclude(row.prefix);
    }
}
void Topology::unfile(const SubnetRow &row)
{
    for (auto &[range, allocator] : m_allocators) {
        if (excludesFrom(range, row.prefix, row.role))
            allocator.unexclude(row.prefix);
    }
}

/// Calls `found(tenant, entry)` for each until it answers true. \returns whether it did
template <typename Found>
bool Topology::anySubnetExclusion(const Prefix &prefix, Found &&found) const
{
    if (m_subnets.trees().empty())
        return false;
    std::vector<Prefix> ranges;
    for (const InstanceRow &instance : rows<InstanceRow>()) {
        if (instance.standinRange.overlaps(prefix))
            ranges.push_back(instance.standinRange);
    }
    // An exclusion of a range that lies in another one is one of that, too, unless it is the range itself.
    std::ranges::sort(ranges);
    ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
    const auto excludes = [&](const TenantTree::Entry &entry, std::size_t upTo) {
        return std::any_of(
            ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(upTo),
            [&](const Prefix &range) { return excludesFrom(range, entry.prefix, m_subnets.roleOf(entry)); });
    };
    for (const auto &each : m_subnets.trees()) {
        const TenantTree &tree = each.second; // clang 14 cannot capture a structured binding
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            // All is asked of the range, which is known as a whole or not at all.
            for (const TenantTree::Entry &entry :
                 ranges[i].contains(prefix) ? tree.overlapping(prefix) : tree.contained(ranges[i])) {
                if (excludesFrom(ranges[i], entry.prefix, m_subnets.roleOf(entry)) && !excludes(entry, i) &&
                    found(each.first, entry))
                    return true;
            }
        }
    }
    return false;
}

std::vector<SubnetRow> Topology::subnetExclusions(const Prefix &prefix) const
{
    std::vector<SubnetRow> all;
    anySubnetExclusion(prefix, [&](const QString &tenant, const TenantTree::Entry &entry) {
        all.push_back(m_subnets.row(tenant, entry));
        return false;
    });
    return all;
}

bool Topology::hasSubnetExclusion(const Prefix &prefix) const
{
    return anySubnetExclusion(prefix, [](const QString &, const TenantTree::Entry &) { return true; });
}

void Topology::file(const PoolRow &row)
{
    m_pools.insert(row.prefix, &row);
    occupy(row.prefix);
}
void Topology::unfile(const PoolRow &row)
{
    m_pools.erase(row.prefix, &row);
    vacate(row.prefix);
}

void Topology::file(const AllocationRow &row)
{
    m_holders.emplace(std::pair(row.tenant, row.address), &row);
    m_byAddress.emplace(std::pair(row.instance, row.address), &row);
    occupyAddress(row);
}
void Topology::unfile(const AllocationRow &row)
{
    eraseEntry(m_holders, {row.tenant, row.address}, row);
    eraseEntry(m_byAddress, {row.instance, row.address}, row);
    vacateAddress(row);
}

void Topology::file(const ClaimRow &row)
{
    m_holds.insert(row.hold, &row);
    occupy(row.hold);
    if (row.hold != row.real) {
        m_translated.insert(row.real, &row);
        occupy(row.real);
    }
}
void Topology::unfile(const ClaimRow &row)
{
    m_holds.erase(row.hold, &row);
    vacate(row.hold);
    if (row.hold != row.real) {
        m_translated.erase(row.real, &row);
        vacate(row.real);
    }
}

void Topology::file(const ExclusionRow &row)
{
    m_exclusions.insert(row.prefix, &row);
    occupy(row.prefix);
}
void Topology::unfile(const ExclusionRow &row)
{
    m_exclusions.erase(row.prefix, &row);
    vacate(row.prefix);
}

void Topology::file(const QuarantineRow &row)
{
    m_quarantines.insert(row.carveOut, &row);
    m_quarantineEnds.emplace(row.until, row.carveOut);
    if (row.until > m_quarantineTime)
        occupy(row.carveOut);
}
void Topology::unfile(const QuarantineRow &row)
{
    m_quarantines.erase(row.carveOut, &row);
    m_quarantineEnds.erase({row.until, row.carveOut});
    if (row.until > m_quarantineTime)
        vacate(row.carveOut);
}

void Topology::file(const MemberRow &row)
{
    if (row.address)
        m_memberAddresses.emplace(std::pair(row.network, *row.address), &row);
}
void Topology::unfile(const MemberRow &row)
{
    if (row.address)
        eraseEntry(m_memberAddresses, {row.network, *row.address}, row);
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
    // Also where there is an allocator: somebody may have come with a tree since.
    m_subnets.noteInside(range);
    const auto found = m_allocators.find(range);
    if (found != m_allocators.end())
        return found->second;
    // Everything is filed by exclude(): it counts layers, so that a hold under an exclusion, or a claim's real prefix
    // under somebody's quarantine, stays occupied until the last of them is gone, in whatever order they go.
    CarveOutAllocator allocator(range, range.isIPv4() ? CarveOutAllocator::kSmallestLength : 64);
    const auto exclude = [&](const Prefix &prefix) {
        if (range.overlaps(prefix))
            allocator.exclude(prefix);
    };
    for (const PoolRow &row : rows<PoolRow>())
        exclude(row.prefix);
    for (const ExclusionRow &row : rows<ExclusionRow>())
        exclude(row.prefix);
    for (const auto &[tenant, tree] : m_subnets.trees()) {
        for (const TenantTree::Entry &entry : tree.contained(range)) {
            if (excludesFrom(range, entry.prefix, m_subnets.roleOf(entry)))
                allocator.exclude(entry.prefix);
        }
    }
    for (const auto &[until, carveOut] : m_quarantineEnds) {
        if (until > m_quarantineTime)
            exclude(carveOut);
    }
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
    m_topology.m_occupations.erase(std::ranges::find(m_topology.m_occupations, m_prefix));
    m_topology.vacate(m_prefix);
}

void Topology::setQuarantineTime(Timestamp now)
{
    // A clock may be set back, and a preview may ask about another moment: the way there is the same backwards.
    constexpr Prefix kLeast;
    const auto endOf = [&](Timestamp time) {
        return m_quarantineEnds.lower_bound({time + std::chrono::milliseconds(1), kLeast});
    };
    if (m_quarantineEnds.empty() || now == m_quarantineTime) {
        m_quarantineTime = now;
        return;
    }
    const auto [from, to] = std::minmax(m_quarantineTime, now);
    for (auto it = endOf(from), end = endOf(to); it != end; ++it) {
        if (now > m_quarantineTime)
            vacate(it->second);
        else
            occupy(it->second);
    }
    m_quarantineTime = now;
}

std::optional<Prefix> Topology::freeCarveOut(const Prefix &range, int length, Timestamp now)
{
    setQuarantineTime(now);
    return allocatorFor(range).peek(length);
}

const CarveOutAllocator &Topology::allocatorOf(const Prefix &range, Timestamp now)
{
    setQuarantineTime(now);
    return allocatorFor(range);
}

bool Topology::isUnoccupied(const Prefix &prefix, Timestamp now, const CommonName &cn, const Prefix &real) const
{
    if (m_pools.overlapsAny(prefix) || m_exclusions.overlapsAny(prefix) || hasSubnetExclusion(prefix))
        return false;
    if (m_quarantines.anyOverlapping(prefix,
                                     [&](const Prefix &, const QuarantineRow *row) { return row->until > now; }))
        return false;
    // The LAN behind a stand-in is occupied by nobody else, and yet no place for the stand-in.
    return !real.overlaps(prefix) &&
           !hasClaim(prefix, [&](const ClaimRow &claim) { return claim.cn != cn || claim.real != real; });
}

std::vector<const ClaimRow *> Topology::claimsOverlapping(const Prefix &prefix) const
{
    std::vector<const ClaimRow *> found = rowsOverlapping(m_holds, prefix, kAll);
    const auto held = static_cast<std::ptrdiff_t>(found.size());
    std::ranges::copy(rowsOverlapping(m_translated, prefix, kAll), std::back_inserter(found));
    const auto byKey = [](const ClaimRow *a, const ClaimRow *b) { return keyTie(*a) < keyTie(*b); };
    std::ranges::inplace_merge(found, found.begin() + held, byKey);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::vector<const ClaimRow *> Topology::claimsHolding(const Prefix &prefix) const
{
    return rowsOverlapping(m_holds, prefix, kAll);
}

std::vector<const PoolRow *> Topology::poolsOverlapping(const Prefix &prefix) const
{
    return rowsOverlapping(m_pools, prefix, kAll);
}

std::vector<const ExclusionRow *> Topology::exclusionsOverlapping(const Prefix &prefix) const
{
    return rowsOverlapping(m_exclusions, prefix, kAll);
}

std::vector<const QuarantineRow *> Topology::quarantinesOverlapping(const Prefix &prefix, Timestamp now) const
{
    return rowsOverlapping(m_quarantines, prefix, [&](const QuarantineRow &row) { return row.until > now; });
}

std::vector<const QuarantineRow *> Topology::expiredQuarantines(const Prefix &prefix, Timestamp now) const
{
    return rowsOverlapping(m_quarantines, prefix, [&](const QuarantineRow &row) { return row.until <= now; });
}

QString Topology::setting(const QString &name, const QString &fallback) const
{
    const auto *row = find<SettingRow>(name);
    return row ? row->value : fallback;
}

} // namespace interlock
