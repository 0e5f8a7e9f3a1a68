// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/importmerge.h"

#include "model/rules/rowimage.h"
#include "model/rules/subnettext.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace interlock {

namespace {

/// Where a row is in the address space, if what is decided about subnets and addresses looks at it.
std::optional<Prefix> prefixOf(const Row &row)
{
    const auto whole = [](Address address) { return Prefix::host(address); };
    if (const auto *subnet = std::get_if<SubnetRow>(&row))
        return subnet->prefix;
    if (const auto *address = std::get_if<AddressRow>(&row))
        return whole(address->address);
    if (const auto *allocation = std::get_if<AllocationRow>(&row))
        return whole(allocation->address);
    if (const auto *pool = std::get_if<PoolRow>(&row))
        return pool->prefix;
    return std::nullopt;
}

} // namespace

void ImportMerge::note(const ChangeSet &decided)
{
    for (const RowChange &change : decided) {
        const auto *before = change.before ? std::get_if<AddressRow>(&*change.before) : nullptr;
        if (before)
            m_replaced.emplace(std::pair(before->tenant, before->address), *before);
    }
}

void ImportMerge::begin(const SubnetImport &import)
{
    m_importOrNull = &import;
}

void ImportMerge::file()
{
    if (!m_places.empty())
        return;
    m_places.reserve(m_rows.subnets.size() + m_rows.addresses.size());
    for (std::size_t i = 0; i < m_rows.subnets.size(); ++i) {
        m_places.push_back({m_rows.subnets[i].prefix, {true, i}});
        m_tenants.insert(checkTenant(m_rows.subnets[i].tenant).value_or(QString()));
    }
    for (std::size_t i = 0; i < m_rows.addresses.size(); ++i) {
        const Address address = m_rows.addresses[i].address;
        m_places.push_back({Prefix::host(address), {false, i}});
        m_tenants.insert(checkTenant(m_rows.addresses[i].tenant).value_or(QString()));
    }
    // The order in which they are decided, as far as rows of one kind and prefix are concerned.
    std::ranges::sort(m_places, [](const Place &a, const Place &b) {
        return std::tie(a.prefix, b.place.isSubnet, a.place.row) < std::tie(b.prefix, a.place.isSubnet, b.place.row);
    });
    m_writtenSubnets.resize(m_rows.subnets.size());
    m_writtenAddresses.resize(m_rows.addresses.size());
    for (const ImportedRow &row : m_importOrNull->written())
        (row.place.isSubnet ? m_writtenSubnets : m_writtenAddresses)[row.place.row] = &row;
}

const ImportedRow *ImportMerge::writtenAt(const ImportPlace &place) const
{
    return (place.isSubnet ? m_writtenSubnets : m_writtenAddresses)[place.row];
}

bool ImportMerge::changesTenants(const ChangeSet &others)
{
    return std::ranges::any_of(others, [&](const RowChange &change) {
        const auto *tenant = std::get_if<TenantRow>(&change.any());
        if (!tenant || (change.before && change.after)) // another description is no other tenant
            return false;
        file();
        return m_tenants.contains(tenant->tenant);
    });
}

bool ImportMerge::addOverlapping(const Prefix &prefix, std::size_t most, std::set<std::size_t> &places)
{
    const auto add = [&](const Prefix &first, const Prefix &last) {
        const auto end = std::ranges::upper_bound(m_places, last, {}, &Place::prefix);
        for (auto it = std::ranges::lower_bound(m_places, first, {}, &Place::prefix);
             it != end && places.size() <= most; ++it)
            places.insert(static_cast<std::size_t>(it - m_places.begin()));
    };
    for (int length = 0; length < prefix.length(); ++length) {
        const Prefix around(prefix.first(), length);
        add(around, around);
    }
    // What lies inside begins with the prefix itself and ends with its last address.
    add(prefix, Prefix(prefix.last(), prefix.last().width()));
    return places.size() <= most;
}

ImportMerge::Verdict ImportMerge::take(const ChangeSet &others, std::size_t most)
{
    if (changesTenants(others))
        return Verdict::Different;
    std::set<std::size_t> places;
    for (const RowChange &change : others) {
        // What is written about a subnet that stays decides nothing.
        if (change.before && change.after && std::holds_alternative<SubnetRow>(*change.after))
            continue;
        for (const std::optional<Row> &row : {change.before, change.after}) {
            const auto prefix = row ? prefixOf(*row) : std::nullopt;
            if (!prefix)
                continue;
            file();
            if (!addOverlapping(*prefix, most, places))
                return Verdict::TooMuch;
        }
    }
    if (!places.empty())
        return decideAgain(places, others);
    for (const RowChange &change : others)
        m_topology.apply(change);
    return Verdict::Same;
}

ImportMerge::Verdict ImportMerge::decideAgain(const std::set<std::size_t> &places, const ChangeSet &others)
{
    // As they were decided: subnets by prefix, then addresses as in the file.
    std::vector<Place> again;
    std::ranges::transform(places, std::back_inserter(again), [this](std::size_t i) { return m_places[i]; });
    const auto addresses =
        std::stable_partition(again.begin(), again.end(), [](const Place &p) { return p.place.isSubnet; });
    std::ranges::sort(addresses, again.end(), {}, [](const Place &p) { return p.place.row; });

    ImportSubnets part{{}, {}, m_rows.keepExisting, m_rows.createTenants};
    ChangeSet before;
    for (const Place &row : again) {
        if (row.place.isSubnet)
            part.subnets.push_back(m_rows.subnets[row.place.row]);
        else
            part.addresses.push_back(m_rows.addresses[row.place.row]);
        if (const ImportedRow *written = writtenAt(row.place)) {
            const Row key = m_importOrNull->keyOf(*written);
            std::optional<Row> replaced;
            if (const auto *address = std::get_if<AddressRow>(&key)) {
                if (const auto it = m_replaced.find({address->tenant, address->address}); it != m_replaced.end())
                    replaced = it->second;
            }
            before.push_back({replaced, m_topology.current(key)});
        }
    }
    for (auto change = before.rbegin(); change != before.rend(); ++change)
        m_topology.apply({change->after, change->before});
    for (const RowChange &change : others)
        m_topology.apply(change);
    SubnetImport import(part, m_now);
    TopologyEdit edit(m_topology);
    import.step(edit, import.total());
    return import.refusals().empty() && edit.take() == before ? Verdict::Same : Verdict::Different;
}

} // namespace interlock
