// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"
#include "model/rules/subnettext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

/// What a subtree holds: subnets with parents before children, and their addresses.
struct Subtree
{
    std::vector<SubnetRow> subnets;
    std::vector<AddressRow> addresses;
};

Subtree subtreeOf(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    Subtree all;
    for (const auto &[other, tree] : topology.subnets().trees()) {
        if (other != tenant && !tenant.isEmpty())
            continue;
        const auto inside = tree.contained(prefix);
        for (const TenantTree::Entry &entry : inside)
            all.subnets.push_back(topology.subnets().row(other, entry));
        if (inside.empty())
            continue;
        topology.addresses().forEachIn(other, prefix.first(), prefix.last(), [&](AddressRow row) {
            all.addresses.push_back(std::move(row));
            return true;
        });
    }
    std::ranges::stable_sort(all.subnets, {}, &SubnetRow::prefix);
    return all;
}

/// `address`, as far behind the beginning of `to` as it is behind that of `from`.
Address movedAddress(Address address, const Prefix &from, const Prefix &to)
{
    return {to.family(), to.first().value() + (address.value() - from.first().value())};
}

Expected<void> checkTarget(const Topology &topology, const MoveSubnet &c, const QString &toTenant)
{
    if (c.to.family() != c.prefix.family()) {
        return fail(ErrorKind::Invalid,
                    u"to: IP version mismatch, %1 cannot become %2"_s.arg(c.prefix.toString(), c.to.toString()),
                    {{u"field"_s, u"to"_s}});
    }
    if (c.to.length() != c.prefix.length()) {
        return fail(ErrorKind::Invalid, u"to: %1 has not the length of %2"_s.arg(c.to.toString(), c.prefix.toString()),
                    {{u"field"_s, u"to"_s}});
    }
    if (toTenant == c.tenant)
        return {};
    if (c.tenant.isEmpty()) {
        for (const SubnetRow &child : childrenOf(topology, c.tenant, c.prefix)) {
            if (!child.tenant.isEmpty()) {
                return fail(
                    ErrorKind::Unsupported,
                    u"to: %1 lies in it, which is another tenant's"_s.arg(subnetText(child.tenant, child.prefix)),
                    {{u"field"_s, u"tenant"_s}, {u"prefix"_s, child.prefix.toString()}});
            }
        }
    }
    return {};
}

/// Refuses a target in which something is.
Expected<void> checkEmpty(const Topology &topology, const QString &tenant, const Prefix &to)
{
    const auto inside = topology.subnets().tree(tenant).contained(to);
    if (!inside.empty()) {
        return fail(inside.front().prefix == to ? ErrorKind::Exists : ErrorKind::Overlap,
                    u"%1 overlaps with %2"_s.arg(to.toString(), subnetText(tenant, inside.front().prefix)),
                    {{u"field"_s, u"to"_s}, {u"prefix"_s, inside.front().prefix.toString()}, {u"tenant"_s, tenant}});
    }
    std::vector<AddressRow> held;
    topology.addresses().forEachIn(tenant, to.first(), to.last(), [&](AddressRow row) {
        held.push_back(std::move(row));
        return held.size() < 100;
    });
    return refuseAddresses(held, u"addresses that are in %1 already"_s.arg(to.toString()));
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const MoveSubnet &c, Timestamp now)
{
    const auto present = subnetAt(edit.now(), c.tenant, c.prefix);
    if (!present)
        return fail(present.error());
    const auto toTenant = checkTenant(c.toTenant.value_or(c.tenant));
    if (!toTenant)
        return fail(toTenant.error());
    if (const auto ok = checkTarget(edit.now(), c, *toTenant); !ok)
        return fail(ok.error());
    SubnetEffects effects;
    if (c.to == c.prefix && *toTenant == c.tenant)
        return subnetOutcome(edit.now(), std::vector<Row>{*present}, std::move(effects));
    noteTouched(edit.now(), c.prefix, effects);
    noteTouched(edit.now(), c.to, effects);
    const Subtree subtree = subtreeOf(edit.now(), c.tenant, c.prefix);
    for (const SubnetRow &row : subtree.subnets)
        edit.erase(row);
    for (const AddressRow &row : subtree.addresses)
        edit.erase(row);
    const auto tenantOf = [&](const QString &tenant) { return tenant == c.tenant ? *toTenant : tenant; };
    if (const auto ok = checkEmpty(edit.now(), *toTenant, c.to); !ok)
        return fail(ok.error());
    ensureTenant(edit, *toTenant, now);
    std::vector<Row> rows;
    for (SubnetRow row : subtree.subnets) {
        const Prefix from = row.prefix;
        row.tenant = tenantOf(row.tenant);
        row.prefix = Prefix(movedAddress(from.first(), c.prefix, c.to), from.length());
        row.version = 0;
        if (const auto ok = checkPlacement(edit.now(), row.tenant, row.prefix); !ok)
            return fail(ok.error());
        effects.movedSubnets.push_back({row.tenant, from, row.prefix});
        edit.put(row);
        rows.emplace_back(std::move(row));
    }
    for (AddressRow row : subtree.addresses) {
        const Address from = row.address;
        row.tenant = tenantOf(row.tenant);
        row.address = movedAddress(from, c.prefix, c.to);
        row.version = 0;
        if (const auto *holder = edit.now().holderOf(row.tenant, row.address)) {
            return fail(ErrorKind::Exists,
                        u"to: %1 is the address of %2"_s.arg(row.address.toString(), holder->cn.toString()),
                        {{u"field"_s, u"to"_s}, {u"owner"_s, holder->cn.toString()}});
        }
        effects.movedAddresses.push_back({row.tenant, from, row.address, row.holder});
        edit.put(row);
    }
    return subnetOutcome(edit.now(), rows, std::move(effects));
}

} // namespace interlock::parts
