// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_divisionparts.h"
#include "model/commands/decide_networkparts.h"
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/divisionshares.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

Expected<DivisionRuleRow> ruleAt(const Topology &topology, const QString &label)
{
    const auto *found = topology.find<DivisionRuleRow>(label);
    if (!found) {
        return fail(ErrorKind::NotFound, u"there is no division rule '%1'"_s.arg(label.left(80)),
                    {{u"label"_s, label.left(80)}});
    }
    return *found;
}

std::vector<QString> otherLabels(const Topology &topology, const QString &label)
{
    std::vector<QString> labels;
    for (const DivisionRuleRow &row : topology.rows<DivisionRuleRow>()) {
        if (row.label != label)
            labels.push_back(row.label);
    }
    return labels;
}

Outcome outcomeWithShares(const Topology &topology, const QString &label)
{
    std::vector<Row> rows{*topology.find<DivisionRuleRow>(label)};
    for (const DivisionShareRow *row : topology.list<DivisionShareRow>(label))
        rows.emplace_back(*row);
    return Outcome(std::move(rows));
}

/// A network has one rule at most, and its addresses are in the network's subnet.
Expected<NetworkRow> checkNetwork(const Topology &topology, const DivisionRuleRow &rule)
{
    const auto name = NetworkName::parse(rule.network);
    if (!name)
        return fail(name.error());
    const auto network = networkAt(topology, *name);
    if (!network)
        return network;
    const bool isTenants = rule.tenant.isEmpty() || rule.tenant == network->tenant;
    if (!isTenants || !network->subnet.contains(rule.master)) {
        return invalid(u"master"_s, u"members of network %1 have addresses in %2, and %3 is not in there"_s.arg(
                                        rule.network, network->subnet.toString(), rule.master.toString()));
    }
    if (const auto other = ruleOfNetwork(topology, *name)) {
        return fail(
            ErrorKind::Exists,
            u"members of network %1 get their address by division rule %2 already"_s.arg(rule.network, other->label),
            {{u"field"_s, u"network"_s}, {u"label"_s, other->label}});
    }
    return network;
}

/// Addresses that people may have written down do not change unasked.
Expected<void> refuseMoves(const std::vector<MemberRow> &members, const DivisionRuleRow &rule)
{
    QJsonArray moved;
    QString first;
    for (const MemberRow &member : members) {
        if (!member.address)
            continue;
        if (moved.isEmpty())
            first = u"%1 (%2)"_s.arg(member.device, member.address->toString());
        moved.append(QJsonObject{{u"device"_s, member.device},
                                 {u"node"_s, member.node.toString()},
                                 {u"address"_s, member.address->toString()}});
    }
    if (moved.isEmpty())
        return {};
    return fail(ErrorKind::Conflict,
                u"devices would get another address in network %1: %2 of them, the first is %3"_s.arg(rule.network)
                    .arg(moved.size())
                    .arg(first),
                {{u"network"_s, rule.network}, {u"members"_s, moved}});
}

/// Whom a new rule is for, in order of their names. Members give their addresses back.
Expected<std::vector<QString>> devicesFor(TopologyEdit &edit, const AddDivisionRule &c, Timestamp now)
{
    const Topology &topology = edit.now();
    std::vector<QString> devices;
    if (c.rule.network.isEmpty()) {
        for (const DeviceRow &row : topology.rows<DeviceRow>())
            devices.push_back(row.device);
        return devices;
    }
    const auto network = checkNetwork(topology, c.rule);
    if (!network)
        return fail(network.error());
    std::vector<MemberRow> members;
    for (const MemberRow *row : topology.list<MemberRow>(network->name)) {
        if (row->standing != MemberStanding::Removed && topology.find<DeviceRow>(row->device))
            members.push_back(*row);
    }
    if (const auto ok = c.movesAddresses ? Expected<void>() : refuseMoves(members, c.rule); !ok)
        return fail(ok.error());
    // Theirs are to be had, too.
    for (MemberRow &member : members) {
        if (const auto ok = freeAddress(edit, *network, member, now); !ok)
            return fail(ok.error());
        member.address.reset();
        edit.put(member);
        devices.push_back(member.device);
    }
    std::ranges::sort(devices);
    devices.erase(std::unique(devices.begin(), devices.end()), devices.end());
    return devices;
}

/// How many addresses the device has in that subnet of the rule.
int addressesIn(const Topology &topology, const DivisionShareRow &subnet)
{
    int last = 0;
    for (const DivisionShareRow *row : topology.list<DivisionShareRow>(subnet.label, subnet.device, subnet.ordinal))
        last = row->part;
    return last;
}

/// Every device gets the addresses that a rule has more of now.
Expected<void> giveMore(TopologyEdit &edit, const DivisionRuleRow &rule, Timestamp now)
{
    std::vector<DivisionShareRow> subnets;
    for (const DivisionShareRow *row : edit.now().list<DivisionShareRow>(rule.label)) {
        if (row->part == 0)
            subnets.push_back(*row);
    }
    for (const DivisionShareRow &share : subnets) {
        int part = addressesIn(edit.now(), share);
        const int more = rule.addresses - part;
        const auto added = freeAddresses(edit, rule.tenant, share.prefix, static_cast<std::size_t>(more), now);
        if (std::ssize(added) < more) {
            return fail(ErrorKind::Exhausted,
                        u"%1 of device %2 has %3 free addresses, and %4 more are wanted in each subnet"_s
                            .arg(share.prefix.toString(), share.device)
                            .arg(added.size())
                            .arg(more),
                        {{u"prefix"_s, share.prefix.toString()},
                         {u"device"_s, share.device},
                         {u"wanted"_s, more},
                         {u"free"_s, static_cast<qint64>(added.size())}});
        }
        for (const Prefix &address : added) {
            AddressRow row{rule.tenant,
                           address.first(),
                           AddressState::Used,
                           share.device,
                           divisionWords(rule),
                           {},
                           {},
                           {},
                           now,
                           0};
            if (const auto stored = takeAddress(edit, std::move(row), std::nullopt, now); !stored)
                return fail(stored.error());
            edit.put(DivisionShareRow{rule.label, share.device, share.ordinal, ++part, address, 0});
        }
    }
    return {};
}

/// The tree says by which rule something is there, unless somebody wrote something else.
void renameWords(TopologyEdit &edit, const DivisionRuleRow &present, const DivisionRuleRow &rule,
                 const DivisionShareRow &share)
{
    const auto put = [&](auto row) {
        if (row && row->description == divisionWords(present)) {
            row->description = divisionWords(rule);
            edit.put(*row);
        }
    };
    if (share.part == 0)
        put(edit.now().subnets().find(rule.tenant, share.prefix));
    else
        put(edit.now().addresses().find(rule.tenant, share.prefix.first()));
}

void rename(TopologyEdit &edit, const DivisionRuleRow &present, const DivisionRuleRow &rule)
{
    std::vector<DivisionShareRow> shares;
    for (const DivisionShareRow *row : edit.now().list<DivisionShareRow>(present.label))
        shares.push_back(*row);
    edit.put(rule);
    for (DivisionShareRow &share : shares) {
        renameWords(edit, present, rule, share);
        edit.erase(share);
        share.label = rule.label;
        edit.put(share);
    }
    edit.erase(present);
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const AddDivisionRule &c, Timestamp now)
{
    DivisionRuleRow row = c.rule;
    row.createdAt = now;
    row.version = 0;
    if (const auto ok = checkDivisionRule(divisionRuleOf(row), otherLabels(edit.now(), {})); !ok)
        return fail(ok.error());
    if (const auto master = subnetAt(edit.now(), row.tenant, row.master); !master)
        return fail(master.error());
    const auto devices = devicesFor(edit, c, now);
    if (!devices)
        return fail(devices.error());
    edit.put(row);
    if (const auto ok = giveRule(edit, row, *devices, now); !ok)
        return fail(ok.error());
    return outcomeWithShares(edit.now(), row.label);
}

Expected<Outcome> run(TopologyEdit &edit, const SetDivisionRule &c, Timestamp now)
{
    const auto present = ruleAt(edit.now(), c.label);
    if (!present)
        return fail(present.error());
    DivisionRuleRow row = *present;
    row.label = c.newLabel.value_or(row.label);
    row.addresses = c.addresses.value_or(row.addresses);
    if (const auto ok = checkDivisionChange(divisionRuleOf(*present), divisionRuleOf(row)); !ok)
        return fail(ok.error());
    if (const auto ok = checkDivisionRule(divisionRuleOf(row), otherLabels(edit.now(), c.label)); !ok)
        return fail(ok.error());
    if (row.label == present->label)
        edit.put(row);
    else
        rename(edit, *present, row);
    const auto more = row.addresses > present->addresses ? giveMore(edit, row, now) : Expected<void>();
    if (!more)
        return fail(more.error());
    return outcomeWithShares(edit.now(), row.label);
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveDivisionRule &c, Timestamp now)
{
    const auto row = ruleAt(edit.now(), c.label);
    if (!row)
        return fail(row.error());
    if (const auto ok = takeRule(edit, *row, now); !ok)
        return fail(ok.error());
    edit.erase(*row);
    return Outcome(std::vector<Row>{*row});
}

} // namespace interlock::parts
