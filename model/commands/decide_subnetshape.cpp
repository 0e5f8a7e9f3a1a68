// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/prefixset.h"
#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"
#include "model/rules/subnettext.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

/// 2^16 parts at most.
constexpr int kMostBits = 16;

tl::unexpected<Error> badLength(int length, const Prefix &prefix)
{
    return fail(ErrorKind::Invalid, u"length: /%1 is no length for %2"_s.arg(length).arg(prefix.toString()),
                {{u"field"_s, u"length"_s}, {u"prefix"_s, prefix.toString()}});
}

std::vector<Prefix> partsOf(const Prefix &whole, int length)
{
    std::vector<Prefix> all;
    const uint128 count = uint128{1} << static_cast<unsigned>(length - whole.length());
    const auto shift = static_cast<unsigned>(widthOf(whole.family()) - length);
    for (uint128 i = 0; i < count; ++i)
        all.emplace_back(Address(whole.family(), whole.first().value() + (i << shift)), length);
    return all;
}

/// One row from many: nothing of what was written is lost; what cannot stand side by side is told in the description.
SubnetRow mergedRow(const std::vector<SubnetRow> &rows, const Prefix &whole)
{
    SubnetRow merged = rows.front();
    merged.prefix = whole;
    QStringList lines;
    QStringList tags;
    QJsonObject custom;
    for (const SubnetRow &row : rows) {
        merged.createdAt = std::min(merged.createdAt, row.createdAt);
        if (merged.name.isEmpty())
            merged.name = row.name;
        if (!row.name.isEmpty() && row.name != merged.name)
            lines.append(u"%1: %2"_s.arg(row.prefix.toString(), row.name));
        if (row.role != merged.role)
            lines.append(u"%1: role %2"_s.arg(row.prefix.toString(), enumText(row.role)));
        if (!row.description.isEmpty() && !lines.contains(row.description))
            lines.append(row.description);
        tags.append(row.tags);
        const QJsonObject keys = QJsonDocument::fromJson(row.custom.toUtf8()).object();
        for (auto it = keys.begin(); it != keys.end(); ++it) {
            if (!custom.contains(it.key()))
                custom.insert(it.key(), it.value());
            else if (custom.value(it.key()) != it.value())
                lines.append(u"%1: %2=%3"_s.arg(row.prefix.toString(), it.key(), it.value().toString()));
        }
    }
    merged.description = lines.join(u'\n');
    merged.tags = canonicalTags(tags.join(u';')).value_or(tags.join(u';'));
    merged.custom =
        custom.isEmpty() ? QString() : QString::fromUtf8(QJsonDocument(custom).toJson(QJsonDocument::Compact));
    return merged;
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const SplitSubnet &c, Timestamp)
{
    const auto present = subnetAt(edit.now(), c.tenant, c.prefix);
    if (!present)
        return fail(present.error());
    if (c.length <= c.prefix.length() || c.length > widthOf(c.prefix.family()))
        return badLength(c.length, c.prefix);
    if (c.length - c.prefix.length() > kMostBits) {
        return fail(ErrorKind::Limit, u"length: more than %1 parts"_s.arg(1 << kMostBits),
                    {{u"field"_s, u"length"_s}, {u"limit"_s, 1 << kMostBits}});
    }
    std::vector<AddressRow> ends;
    for (AddressRow &row : directAddresses(edit.now(), c.tenant, c.prefix)) {
        if (!checkUsable(Prefix(row.address, c.length), row.address))
            ends.push_back(std::move(row));
    }
    if (const auto ok = refuseAddresses(ends, u"addresses that would be network or broadcast address of a part"_s); !ok)
        return fail(ok.error());
    SubnetEffects effects;
    noteTouched(edit.now(), c.prefix, effects);
    const std::vector<SubnetRow> children = childrenOf(edit.now(), c.tenant, c.prefix);
    std::vector<Row> rows;
    if (c.keepParent) {
        SubnetRow parent = *present;
        if (parent.role == SubnetRole::None)
            parent.role = SubnetRole::Container;
        edit.put(parent);
        rows.emplace_back(parent);
    } else {
        edit.erase(*present);
    }
    for (const Prefix &part : partsOf(c.prefix, c.length)) {
        const auto behind = std::ranges::upper_bound(children, part, {}, &SubnetRow::prefix);
        if (behind != children.begin() && std::prev(behind)->prefix.contains(part))
            continue;
        SubnetRow row = *present;
        row.prefix = part;
        row.version = 0;
        edit.put(row);
        rows.emplace_back(std::move(row));
    }
    return subnetOutcome(edit.now(), rows, std::move(effects));
}

Expected<Outcome> run(TopologyEdit &edit, const MergeSubnets &c, Timestamp)
{
    std::vector<Prefix> prefixes = c.prefixes;
    std::ranges::sort(prefixes);
    std::vector<SubnetRow> rows;
    for (const Prefix &prefix : prefixes) {
        const auto row = subnetAt(edit.now(), c.tenant, prefix);
        if (!row)
            return fail(row.error());
        rows.push_back(*row);
    }
    const auto overlapping =
        std::ranges::adjacent_find(prefixes, [](const Prefix &a, const Prefix &b) { return a.overlaps(b); });
    const auto whole = PrefixSet::aggregate(prefixes);
    if (prefixes.size() < 2 || overlapping != prefixes.end() || whole.size() != 1) {
        return fail(ErrorKind::Invalid, u"prefixes: these do not make up one prefix"_s, {{u"field"_s, u"prefixes"_s}});
    }
    SubnetEffects effects;
    noteTouched(edit.now(), whole.front(), effects);
    for (const SubnetRow &row : rows)
        edit.erase(row);
    if (const auto ok = checkPlacement(edit.now(), c.tenant, whole.front()); !ok)
        return fail(ok.error());
    const auto merged = checkedSubnet(mergedRow(rows, whole.front()));
    if (!merged)
        return fail(merged.error());
    SubnetRow row = *merged;
    row.version = 0;
    edit.put(row);
    effects.newChildren = childrenOf(edit.now(), c.tenant, row.prefix);
    return subnetOutcome(edit.now(), std::array<Row, 1>{row}, std::move(effects));
}

namespace {

/// Refuses a new shape that turns parents and children around.
Expected<void> checkResized(const Topology &topology, const SubnetRow &before, const Prefix &after)
{
    const auto parent = parentOf(topology, before.tenant, before.prefix);
    if (parent && parent->prefix.length() >= after.length()) {
        return fail(
            ErrorKind::Overlap,
            u"%1 overlaps with %2, its parent"_s.arg(after.toString(), subnetText(parent->tenant, parent->prefix)),
            {{u"field"_s, u"length"_s}, {u"prefix"_s, parent->prefix.toString()}, {u"tenant"_s, parent->tenant}});
    }
    for (const SubnetRow &child : childrenOf(topology, before.tenant, before.prefix)) {
        if (child.prefix.contains(after)) {
            return fail(
                ErrorKind::Overlap,
                u"%1 overlaps with %2, its child"_s.arg(after.toString(), subnetText(child.tenant, child.prefix)),
                {{u"field"_s, u"length"_s}, {u"prefix"_s, child.prefix.toString()}, {u"tenant"_s, child.tenant}});
        }
    }
    return {};
}

/// Addresses that the new shape leaves in no subnet, or as network or broadcast address.
std::vector<AddressRow> misplacedIn(const Topology &topology, const QString &tenant, const Prefix &whole)
{
    std::vector<AddressRow> misplaced;
    const TenantTree &tree = topology.subnets().tree(tenant);
    topology.addresses().forEachIn(tenant, whole.first(), whole.last(), [&](AddressRow row) {
        const auto subnet = tree.longestMatch(row.address);
        if (!subnet || !checkUsable(subnet->prefix, row.address))
            misplaced.push_back(std::move(row));
        return true;
    });
    return misplaced;
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const ResizeSubnet &c, Timestamp)
{
    const auto present = subnetAt(edit.now(), c.tenant, c.prefix);
    if (!present)
        return fail(present.error());
    if (c.length < 0 || c.length > widthOf(c.prefix.family()))
        return badLength(c.length, c.prefix);
    const Prefix after(c.prefix.first(), c.length);
    SubnetEffects effects;
    if (after == c.prefix)
        return subnetOutcome(edit.now(), std::array<Row, 1>{*present}, std::move(effects));
    if (const auto ok = checkResized(edit.now(), *present, after); !ok)
        return fail(ok.error());
    const std::vector<SubnetRow> before = childrenOf(edit.now(), c.tenant, c.prefix);
    edit.erase(*present);
    if (const auto ok = checkPlacement(edit.now(), c.tenant, after); !ok)
        return fail(ok.error());
    SubnetRow row = *present;
    row.prefix = after;
    row.version = 0;
    edit.put(row);
    const Prefix &wider = after.contains(c.prefix) ? after : c.prefix;
    if (const auto ok = refuseAddresses(misplacedIn(edit.now(), c.tenant, wider),
                                        u"addresses that have no place in the new shape"_s);
        !ok)
        return fail(ok.error());
    for (SubnetRow &child : childrenOf(edit.now(), c.tenant, after)) {
        if (std::ranges::find(before, child) == before.end())
            effects.newChildren.push_back(std::move(child));
    }
    effects.movedSubnets.push_back({c.tenant, c.prefix, after});
    noteTouched(edit.now(), wider, effects);
    return subnetOutcome(edit.now(), std::array<Row, 1>{row}, std::move(effects));
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveSubnet &c, Timestamp)
{
    const auto present = subnetAt(edit.now(), c.tenant, c.prefix);
    if (!present)
        return fail(present.error());
    SubnetEffects effects;
    noteTouched(edit.now(), c.prefix, effects);
    std::vector<QString> tenants{c.tenant};
    if (c.tenant.isEmpty() && c.withChildren) {
        for (const auto &[tenant, tree] : edit.now().subnets().trees()) {
            if (!tenant.isEmpty())
                tenants.push_back(tenant);
        }
    }
    for (const QString &tenant : tenants) {
        if (c.withChildren) {
            for (const TenantTree::Entry &entry : edit.now().subnets().tree(tenant).contained(c.prefix))
                effects.lost.emplace_back(edit.now().subnets().row(tenant, entry));
            edit.now().addresses().forEachIn(tenant, c.prefix.first(), c.prefix.last(), [&](AddressRow row) {
                if (edit.now().subnets().tree(tenant).longestMatch(row.address))
                    effects.lost.emplace_back(std::move(row));
                return true;
            });
        } else {
            effects.lost.emplace_back(*present);
            for (AddressRow &row : directAddresses(edit.now(), tenant, c.prefix))
                effects.lost.emplace_back(std::move(row));
        }
    }
    for (const Row &row : effects.lost)
        edit.erase(row);
    SubnetOutcome outcome;
    outcome.rows = {Row(*present)};
    outcome.effects = std::move(effects);
    return Outcome(std::move(outcome));
}

} // namespace interlock::parts
