// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_subnetparts.h"

#include "model/rules/subnetplacement.h"
#include "model/rules/subnettext.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

constexpr std::size_t kMostTouched = 1000;
constexpr int kMostReserved = 256;
constexpr qsizetype kLongestDescription = 4000;
constexpr int kMostNamed = 20;

Expected<QString> checkedDescription(const QString &text)
{
    if (text.size() > kLongestDescription) {
        return fail(ErrorKind::Invalid, u"description: more than %1 characters"_s.arg(kLongestDescription),
                    {{u"field"_s, u"description"_s}});
    }
    return text.trimmed();
}

/// Puts what `check` answers into `field`; keeps the first error.
void assign(QString &field, const Expected<QString> &checked, std::optional<Error> &error)
{
    if (checked)
        field = *checked;
    else if (!error)
        error = checked.error();
}

} // namespace

Expected<SubnetRow> checkedSubnet(SubnetRow row)
{
    std::optional<Error> error;
    assign(row.tenant, checkTenant(row.tenant), error);
    if (!row.name.isEmpty() && row.name.trimmed().isEmpty())
        return fail(ErrorKind::Invalid, u"name: nothing but blanks"_s, {{u"field"_s, u"name"_s}});
    assign(row.name, checkLine(row.name, u"name"_s), error);
    assign(row.description, checkedDescription(row.description), error);
    assign(row.tags, canonicalTags(row.tags), error);
    assign(row.custom, canonicalCustom(row.custom), error);
    if (error)
        return fail(*error);
    return row;
}

Expected<AddressRow> checkedAddress(AddressRow row)
{
    std::optional<Error> error;
    assign(row.tenant, checkTenant(row.tenant), error);
    assign(row.holder, checkLine(row.holder, u"holder"_s), error);
    assign(row.description, checkedDescription(row.description), error);
    assign(row.tags, canonicalTags(row.tags), error);
    assign(row.custom, canonicalCustom(row.custom), error);
    if (error)
        return fail(*error);
    return row;
}

Expected<SubnetRow> subnetAt(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    if (auto row = topology.subnets().find(tenant, prefix))
        return *std::move(row);
    return fail(ErrorKind::NotFound, u"there is no subnet %1"_s.arg(subnetText(tenant, prefix)),
                {{u"prefix"_s, prefix.toString()}, {u"tenant"_s, tenant}});
}

void ensureTenant(TopologyEdit &edit, const QString &tenant, Timestamp now)
{
    if (!tenant.isEmpty() && !edit.now().find<TenantRow>(tenant))
        edit.put(TenantRow{tenant, {}, now, 0});
}

Expected<void> reserveEnds(TopologyEdit &edit, const SubnetRow &subnet, int first, int last, Timestamp now)
{
    const auto usable = usableRange(subnet.prefix);
    const Address lowest = usable.first;
    const Address highest = usable.second;
    const uint128 less = highest.value() - lowest.value();
    if (first < 0 || last < 0 || first > kMostReserved || last > kMostReserved) {
        return fail(ErrorKind::Invalid, u"reserve: a number from 0 to %1"_s.arg(kMostReserved),
                    {{u"field"_s, u"reserve"_s}});
    }
    const auto wanted = static_cast<uint128>(first) + static_cast<uint128>(last);
    if (wanted > 0 && wanted - 1 > less) {
        return fail(ErrorKind::Invalid, u"reserve: %1 has not so many addresses"_s.arg(subnet.prefix.toString()),
                    {{u"field"_s, u"reserve"_s}});
    }
    const auto reserve = [&](uint128 value) {
        const Address address(lowest.family(), value);
        const auto inner = edit.now().subnets().tree(subnet.tenant).longestMatch(address);
        if (inner && inner->prefix == subnet.prefix && !edit.now().addresses().find(subnet.tenant, address) &&
            !edit.now().holderOf(subnet.tenant, address))
            edit.put(AddressRow{subnet.tenant, address, AddressState::Reserved, {}, {}, {}, {}, {}, now, 0});
    };
    for (uint128 i = 0; i < static_cast<uint128>(first); ++i)
        reserve(lowest.value() + i);
    for (uint128 i = 0; i < static_cast<uint128>(last); ++i)
        reserve(highest.value() - i);
    return {};
}

void noteTouched(const Topology &topology, const Prefix &prefix, SubnetEffects &effects)
{
    std::vector<CommonName> &connectors = effects.connectors;
    const auto add = [&](const Row &row) {
        if (std::ranges::find(effects.touched, row) == effects.touched.end())
            effects.touched.push_back(row);
    };
    for (const PoolRow *pool : topology.poolsOverlapping(prefix))
        add(*pool);
    std::vector<const ClaimRow *> claims;
    // A claim may be met twice: by its hold and by its LAN.
    if (topology.hasClaim(prefix, [&](const ClaimRow &claim) {
            claims.push_back(&claim);
            return claims.size() >= kMostTouched;
        })) {
        claims.resize(kMostTouched);
    }
    std::ranges::sort(claims, [](const ClaimRow *a, const ClaimRow *b) { return keyTie(*a) < keyTie(*b); });
    claims.erase(std::unique(claims.begin(), claims.end()), claims.end());
    for (const ClaimRow *claim : claims) {
        add(*claim);
        if (const auto *iroute = topology.find<IrouteRow>(claim->cn, claim->real))
            add(*iroute);
        connectors.push_back(claim->cn);
    }
    std::ranges::sort(connectors);
    connectors.erase(std::unique(connectors.begin(), connectors.end()), connectors.end());
}

Expected<void> refuseAddresses(const std::vector<AddressRow> &addresses, const QString &why)
{
    if (addresses.empty())
        return {};
    QJsonArray list;
    QStringList named;
    for (const AddressRow &row : addresses) {
        list.append(row.address.toString());
        if (named.size() < kMostNamed)
            named.append(row.address.toString());
    }
    return fail(ErrorKind::Conflict, u"%1 (%2): %3"_s.arg(why).arg(addresses.size()).arg(named.join(u", "_s)),
                {{u"addresses"_s, list}});
}

std::vector<AddressRow> directAddresses(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    std::vector<AddressRow> found;
    const auto take = [&](const AddressRow &row) {
        found.push_back(row);
        return true;
    };
    // Between the children: however many addresses are in these, they are not looked at.
    std::optional<Address> from = prefix.first();
    for (const TenantTree::Entry &child : topology.subnets().tree(tenant).children(prefix)) {
        if (*from < child.prefix.first()) {
            topology.addresses().forEachIn(tenant, *from, Address(from->family(), child.prefix.first().value() - 1),
                                           take);
        }
        if (child.prefix.last() == prefix.last())
            return found;
        from = Address(from->family(), child.prefix.last().value() + 1);
    }
    topology.addresses().forEachIn(tenant, *from, prefix.last(), take);
    return found;
}

Outcome subnetOutcome(const Topology &topology, std::span<const Row> keys, SubnetEffects effects)
{
    SubnetOutcome outcome;
    outcome.rows.reserve(keys.size());
    for (const Row &key : keys) {
        if (auto row = topology.current(key))
            outcome.rows.push_back(*std::move(row));
    }
    outcome.effects = std::move(effects);
    return outcome;
}

} // namespace interlock::parts
