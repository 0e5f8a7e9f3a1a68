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

} // namespace

QJsonObject argumentsOf(const ImportSubnets &rows)
{
    // The rows are in the images.
    return {{u"subnets"_s, static_cast<qint64>(rows.subnets.size())},
            {u"addresses"_s, static_cast<qint64>(rows.addresses.size())}};
}

SubnetImport::SubnetImport(const ImportSubnets &rows, Timestamp now)
    : m_rows(rows), m_now(now), m_order(rows.subnets.size())
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
        auto tenant =
            isSubnet ? addSubnet(edit, m_rows.subnets[place.row]) : addAddress(edit, m_rows.addresses[place.row]);
        if (!tenant)
            m_refusals.push_back({place, tenant.error().kind, tenant.error().detail});
        else if (*tenant)
            m_written.push_back({place, **std::move(tenant)});
    }
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

Expected<std::optional<QString>> SubnetImport::addAddress(TopologyEdit &edit, const AddressRow &asked) const
{
    const auto row = parts::checkedAddress(asked);
    if (!row)
        return fail(row.error());
    if (const auto ok = checkKnown(edit, row->tenant); !ok)
        return fail(ok.error());
    if (m_rows.keepExisting && isStored(edit.now(), row->tenant, row->address))
        return std::nullopt;
    const auto taken = parts::takeAddress(edit, *row, std::nullopt, m_now);
    if (!taken)
        return fail(taken.error());
    if (taken->state == AddressState::Quarantined) {
        AddressRow waiting = *taken;
        waiting.until = row->until;
        edit.renew(waiting);
    }
    return taken->tenant;
}

} // namespace interlock
