// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnetitems.h"

#include "model/rules/topology.h"

#include <array>
#include <limits>

namespace interlock {

namespace {

/// All addresses of `prefix`, as far as they can be counted: a stand-in is in use as a whole.
std::uint32_t sizeOf(const Prefix &prefix)
{
    const uint128 last = prefix.last().value() - prefix.first().value();
    return last >= std::numeric_limits<std::uint32_t>::max() ? std::numeric_limits<std::uint32_t>::max()
                                                             : static_cast<std::uint32_t>(last) + 1;
}

/// The same text for a million of them.
const QString &textOf(SubnetRole role)
{
    static const std::array<QString, 7> kTexts{QString(),
                                               enumText(SubnetRole::Container),
                                               enumText(SubnetRole::ZerotierChild),
                                               enumText(SubnetRole::OpenvpnPool),
                                               enumText(SubnetRole::ConnectorLan),
                                               enumText(SubnetRole::StandinRange),
                                               enumText(SubnetRole::Reserved)};
    return kTexts.at(static_cast<std::size_t>(role));
}

SubnetItem itemOf(const SubnetRow &row)
{
    return {row.prefix,
            SubnetKind::Subnet,
            row.tenant,
            row.name,
            textOf(row.role),
            row.tags,
            row.role == SubnetRole::Reserved};
}

SubnetItem itemOf(const AddressRow &row)
{
    const bool isUsed = row.state == AddressState::Used;
    return {Prefix::host(row.address),
            SubnetKind::Address,
            row.tenant,
            row.holder,
            isUsed ? QString() : enumText(row.state),
            row.tags,
            !isUsed};
}

SubnetItem itemOf(const AllocationRow &row)
{
    return {Prefix::host(row.address), SubnetKind::Address, row.tenant, row.cn.toString()};
}

SubnetItem itemOf(const IrouteRow &row)
{
    return {row.prefix, SubnetKind::Lan, {}, row.cn.toString(), enumText(SubnetRole::ConnectorLan)};
}

/// A sentinel is the LAN itself, which has its own row.
std::optional<SubnetItem> itemOf(const ClaimRow &row)
{
    if (row.isSentinel())
        return std::nullopt;
    SubnetItem item{row.virtualPrefix, SubnetKind::StandIn, {}, row.cn.toString(), enumText(SubnetRole::StandinRange)};
    item.addresses = sizeOf(row.virtualPrefix);
    return item;
}

template <typename R>
constexpr bool kIsItem =
    std::is_same_v<R, SubnetRow> || std::is_same_v<R, AddressRow> || std::is_same_v<R, AllocationRow> ||
    std::is_same_v<R, IrouteRow> || std::is_same_v<R, ClaimRow>;

} // namespace

std::optional<SubnetItem> SubnetItems::itemOf(const Row &row) const
{
    return std::visit(
        [this]<typename R>(const R &r) -> std::optional<SubnetItem> {
            if constexpr (kIsItem<R>) {
                return interlock::itemOf(r);
            } else if constexpr (std::is_same_v<R, PoolRow>) {
                const auto tenant = m_tenants.find(r.instance);
                return SubnetItem{r.prefix, SubnetKind::Pool, tenant == m_tenants.end() ? QString() : tenant->second,
                                  r.instance.toString(), enumText(SubnetRole::OpenvpnPool)};
            } else {
                return std::nullopt;
            }
        },
        row);
}

std::vector<SubnetItem> SubnetItems::all(const Topology &topology)
{
    m_tenants.clear();
    topology.forEachRow<InstanceRow>([this](const InstanceRow &row) { m_tenants[row.name] = row.tenant; });
    std::vector<SubnetItem> items;
    items.reserve(topology.subnets().size());
    const auto add = [&](const auto &row) {
        if (auto item = itemOf(Row(row)))
            items.push_back(*std::move(item));
    };
    topology.forEachRow<SubnetRow>([&](const SubnetRow &row) { items.push_back(interlock::itemOf(row)); });
    topology.forEachRow<AddressRow>([&](const AddressRow &row) { items.push_back(interlock::itemOf(row)); });
    topology.forEachRow<PoolRow>(add);
    topology.forEachRow<IrouteRow>(add);
    topology.forEachRow<ClaimRow>(add);
    topology.forEachRow<AllocationRow>(add);
    return items;
}

std::optional<SubnetItemChange> SubnetItems::changeOf(const RowChange &change)
{
    if (const auto *instance = change.after ? std::get_if<InstanceRow>(&*change.after) : nullptr)
        m_tenants[instance->name] = instance->tenant;
    SubnetItemChange made;
    if (change.before)
        made.before = itemOf(*change.before);
    if (change.after)
        made.after = itemOf(*change.after);
    if (!made.before && !made.after)
        return std::nullopt;
    return made;
}

bool SubnetItems::needsReload(const RowChange &change)
{
    const auto *before = change.before ? std::get_if<InstanceRow>(&*change.before) : nullptr;
    const auto *after = change.after ? std::get_if<InstanceRow>(&*change.after) : nullptr;
    return before && after && before->tenant != after->tenant;
}

} // namespace interlock
