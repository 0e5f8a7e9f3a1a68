// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/subnetimport.h"

#include "model/commands/decide_subnetparts.h"
#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"

#include <QJsonObject>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Also where a tenant's address is stored as everybody's, because the subnet that holds it is.
bool isStored(const Topology &topology, const QString &tenant, Address address)
{
    if (topology.addresses().find(tenant, address))
        return true;
    if (tenant.isEmpty() || !topology.addresses().find({}, address))
        return false;
    const auto place = longestMatch(topology, tenant, address);
    return place && place->tenant.isEmpty();
}

/// Which rows are there before, by a key that they would be stored under.
template <typename R, typename KeyOf>
std::vector<bool> repeatedIn(const std::vector<R> &rows, const KeyOf &keyOf)
{
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return keyOf(rows[i]); });
    std::vector<bool> isRepeated(rows.size());
    for (std::size_t i = 1; i < order.size(); ++i)
        isRepeated[order[i]] = keyOf(rows[order[i]]) == keyOf(rows[order[i - 1]]);
    return isRepeated;
}

template <typename Value>
tl::unexpected<Error> twice(const Value &value)
{
    return fail(ErrorKind::Exists, u"%1 is in the import twice"_s.arg(value.toString()));
}

} // namespace

QJsonObject argumentsOf(const ImportSubnets &rows)
{
    // The rows are in the images.
    return {{u"subnets"_s, static_cast<qint64>(rows.subnets.size())},
            {u"addresses"_s, static_cast<qint64>(rows.addresses.size())}};
}

SubnetImport::SubnetImport(const ImportSubnets &rows, Timestamp now)
    : m_rows(rows), m_now(now), m_order(rows.subnets.size()),
      m_isSubnetRepeated(
          repeatedIn(rows.subnets, [](const SubnetRow &r) { return std::pair(r.prefix, QStringView(r.tenant)); })),
      m_isAddressRepeated(
          repeatedIn(rows.addresses, [](const AddressRow &r) { return std::pair(r.address, QStringView(r.tenant)); }))
{
    std::iota(m_order.begin(), m_order.end(), std::size_t{0});
    std::ranges::stable_sort(m_order, {}, [&](std::size_t i) { return m_rows.subnets[i].prefix; });
}

void SubnetImport::step(TopologyEdit &edit, std::size_t count)
{
    const std::size_t end = std::min(total(), m_next + count);
    for (; m_next < end; ++m_next) {
        const bool isSubnet = m_next < m_order.size();
        const ImportPlace place{isSubnet, isSubnet ? m_order[m_next] : m_next - m_order.size()};
        auto tenant = decide(edit, place);
        if (!tenant)
            m_refusals.push_back({place, tenant.error().kind, tenant.error().detail});
        else if (*tenant)
            m_written.push_back({place, **std::move(tenant)});
    }
}

Expected<std::optional<QString>> SubnetImport::decide(TopologyEdit &edit, const ImportPlace &place)
{
    // Neither of two rows is the one that is meant, even where what is stored already may stay.
    if (place.isSubnet) {
        const SubnetRow &row = m_rows.subnets[place.row];
        return m_isSubnetRepeated[place.row] ? Expected<std::optional<QString>>(twice(row.prefix))
                                             : addSubnet(edit, row);
    }
    const AddressRow &row = m_rows.addresses[place.row];
    return m_isAddressRepeated[place.row] ? Expected<std::optional<QString>>(twice(row.address))
                                          : addAddress(edit, row);
}

Row SubnetImport::keyOf(const ImportedRow &row) const
{
    if (row.place.isSubnet) {
        SubnetRow key;
        key.tenant = row.tenant;
        key.prefix = m_rows.subnets[row.place.row].prefix;
        return key;
    }
    AddressRow key;
    key.tenant = row.tenant;
    key.address = m_rows.addresses[row.place.row].address;
    return key;
}

Expected<void> SubnetImport::checkKnown(TopologyEdit &edit, const QString &tenant) const
{
    if (tenant.isEmpty() || edit.now().find<TenantRow>(tenant))
        return {};
    if (!m_rows.createTenants)
        return fail(ErrorKind::NotFound, u"there is no tenant '%1'"_s.arg(tenant), {{u"tenant"_s, tenant}});
    parts::ensureTenant(edit, tenant, m_now);
    return {};
}

Expected<std::optional<QString>> SubnetImport::addSubnet(TopologyEdit &edit, const SubnetRow &asked) const
{
    auto row = parts::checkedSubnet(asked);
    if (!row)
        return fail(row.error());
    if (const auto ok = checkKnown(edit, row->tenant); !ok)
        return fail(ok.error());
    if (m_rows.keepExisting && edit.now().subnets().contains(row->tenant, row->prefix))
        return std::nullopt;
    if (const auto ok = checkPlacement(edit.now(), row->tenant, row->prefix); !ok)
        return fail(ok.error());
    row->createdAt = m_now;
    row->version = 0;
    edit.put(*row);
    return row->tenant;
}

Expected<std::optional<QString>> SubnetImport::addAddress(TopologyEdit &edit, const AddressRow &asked)
{
    const auto row = parts::checkedAddress(asked);
    if (!row)
        return fail(row.error());
    if (const auto ok = checkKnown(edit, row->tenant); !ok)
        return fail(ok.error());
    if (m_rows.keepExisting && isStored(edit.now(), row->tenant, row->address))
        return std::nullopt;
    for (const QString &tenant : {row->tenant, QString()}) {
        if (m_untaken.contains({tenant, row->address}))
            return twice(row->address);
    }
    const auto taken = parts::takeAddress(edit, *row, std::nullopt, m_now);
    if (!taken)
        return fail(taken.error());
    if (taken->state != AddressState::Used)
        m_untaken.emplace(taken->tenant, taken->address);
    if (taken->state == AddressState::Quarantined) {
        AddressRow waiting = *taken;
        waiting.until = row->until;
        edit.renew(waiting);
    }
    return taken->tenant;
}

} // namespace interlock
