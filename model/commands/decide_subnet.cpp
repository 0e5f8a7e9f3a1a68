// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"
#include "model/rules/subnettext.h"

#include <array>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

/// Addresses that cannot be handed out any more once `subnet` is there. \returns Conflict
Expected<void> checkEnds(const Topology &topology, const SubnetRow &subnet)
{
    std::vector<AddressRow> ends;
    for (const Address end : {subnet.prefix.first(), subnet.prefix.last()}) {
        const auto row = topology.addresses().find(subnet.tenant, end);
        const auto inner = topology.subnets().tree(subnet.tenant).longestMatch(end);
        const bool isInChild = inner && inner->prefix.length() > subnet.prefix.length();
        if (row && !isInChild && !checkUsable(subnet.prefix, end))
            ends.push_back(*row);
    }
    return refuseAddresses(
        ends, u"addresses that would be network or broadcast address of %1"_s.arg(subnet.prefix.toString()));
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const SetTenant &c, Timestamp now)
{
    const auto tenant = checkTenant(c.tenant);
    if (!tenant)
        return fail(tenant.error());
    if (tenant->isEmpty())
        return fail(ErrorKind::Invalid, u"tenant: the shared tree has no row"_s, {{u"field"_s, u"tenant"_s}});
    const auto description = checkLine(c.description, u"description"_s);
    if (!description)
        return fail(description.error());
    const auto *present = edit.now().find<TenantRow>(*tenant);
    edit.put(TenantRow{*tenant, *description, present ? present->createdAt : now, 0});
    return Outcome(std::vector<Row>{*edit.now().find<TenantRow>(*tenant)});
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveTenant &c, Timestamp)
{
    const auto *found = edit.now().find<TenantRow>(c.tenant);
    if (!found)
        return fail(ErrorKind::NotFound, u"there is no tenant '%1'"_s.arg(c.tenant.left(80)),
                    {{u"tenant"_s, c.tenant}});
    const TenantRow row = *found;
    if (const auto subnet = edit.now().subnets().tree(row.tenant).any()) {
        return fail(ErrorKind::Conflict,
                    u"tenant %1 has subnets, such as %2"_s.arg(row.tenant, subnet->prefix.toString()),
                    {{u"tenant"_s, row.tenant}, {u"prefix"_s, subnet->prefix.toString()}});
    }
    edit.erase(row);
    return Outcome(std::vector<Row>{row});
}

Expected<Outcome> run(TopologyEdit &edit, const AddSubnet &c, Timestamp now)
{
    const auto checked = checkedSubnet(c.subnet);
    if (!checked)
        return fail(checked.error());
    SubnetRow row = *checked;
    row.createdAt = now;
    row.version = 0;
    if (c.under) {
        if (const auto ok = checkUnder(edit.now(), row.tenant, row.prefix, *c.under); !ok)
            return fail(ok.error());
    }
    if (const auto ok = checkPlacement(edit.now(), row.tenant, row.prefix); !ok)
        return fail(ok.error());
    if (c.isRoot) {
        if (const auto ok = checkRoot(edit.now(), row.tenant, row.prefix); !ok)
            return fail(ok.error());
    }
    SubnetEffects effects;
    effects.newChildren = childrenOf(edit.now(), row.tenant, row.prefix);
    noteTouched(edit.now(), row.prefix, effects);
    ensureTenant(edit, row.tenant, now);
    edit.put(row);
    if (const auto ok = checkEnds(edit.now(), row); !ok)
        return fail(ok.error());
    if (const auto ok = reserveEnds(edit, row, c.reserveFirst, c.reserveLast, now); !ok)
        return fail(ok.error());
    return subnetOutcome(edit.now(), std::array<Row, 1>{row}, std::move(effects));
}

Expected<Outcome> run(TopologyEdit &edit, const AllocateSubnets &c, Timestamp now)
{
    const auto like = checkedSubnet(c.like);
    if (!like)
        return fail(like.error());
    if (const auto parent = subnetAt(edit.now(), c.parentTenant, c.parent); !parent)
        return fail(parent.error());
    if (like->tenant != c.parentTenant && !c.parentTenant.isEmpty()) {
        return fail(ErrorKind::Invalid,
                    u"tenant: a child of %1 belongs to the same tenant"_s.arg(subnetText(c.parentTenant, c.parent)),
                    {{u"field"_s, u"tenant"_s}});
    }
    if (c.length <= c.parent.length() || c.length > widthOf(c.parent.family())) {
        return fail(c.length <= c.parent.length() ? ErrorKind::TooWide : ErrorKind::Invalid,
                    u"length: /%1 does not fit in %2"_s.arg(c.length).arg(c.parent.toString()),
                    {{u"field"_s, u"length"_s}, {u"prefix"_s, c.parent.toString()}});
    }
    if (c.count < 1 || c.count > kMostAtOnce) {
        return fail(ErrorKind::Limit, u"count: a number from 1 to %1"_s.arg(kMostAtOnce),
                    {{u"field"_s, u"count"_s}, {u"limit"_s, kMostAtOnce}});
    }
    const auto prefixes = nextFreeSubnets(edit.now(), c.parentTenant, c.parent, c.length, c.count);
    if (prefixes.size() < static_cast<std::size_t>(c.count)) {
        return fail(ErrorKind::Exhausted,
                    u"%1 has only %2 free /%3"_s.arg(c.parent.toString()).arg(prefixes.size()).arg(c.length),
                    {{u"prefix"_s, c.parent.toString()}, {u"free"_s, static_cast<qint64>(prefixes.size())}});
    }
    SubnetEffects effects;
    std::vector<Row> rows;
    ensureTenant(edit, like->tenant, now);
    for (const Prefix &prefix : prefixes) {
        SubnetRow row = *like;
        row.prefix = prefix;
        row.createdAt = now;
        row.version = 0;
        if (const auto ok = checkPlacement(edit.now(), row.tenant, prefix); !ok)
            return fail(ok.error());
        noteTouched(edit.now(), prefix, effects);
        edit.put(row);
        if (const auto ok = reserveEnds(edit, row, c.reserveFirst, c.reserveLast, now); !ok)
            return fail(ok.error());
        rows.emplace_back(std::move(row));
    }
    return subnetOutcome(edit.now(), rows, std::move(effects));
}

Expected<Outcome> run(TopologyEdit &edit, const SetSubnet &c, Timestamp)
{
    const auto present = subnetAt(edit.now(), c.tenant, c.prefix);
    if (!present)
        return fail(present.error());
    SubnetRow row = *present;
    row.name = c.name.value_or(row.name);
    row.role = c.role.value_or(row.role);
    row.description = c.description.value_or(row.description);
    row.tags = c.tags.value_or(row.tags);
    row.custom = c.custom.value_or(row.custom);
    const auto checked = checkedSubnet(std::move(row));
    if (!checked)
        return fail(checked.error());
    SubnetEffects effects;
    if (checked->role != present->role)
        noteTouched(edit.now(), c.prefix, effects);
    edit.put(*checked);
    return subnetOutcome(edit.now(), std::array<Row, 1>{*checked}, std::move(effects));
}

} // namespace interlock::parts
