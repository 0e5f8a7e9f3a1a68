// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_divisionparts.h"
#include "model/commands/decide_networkparts.h"
#include "model/commands/decide_parts.h"
#include "model/rules/devicevariables.h"
#include "model/rules/subnetqueries.h"
#include "model/rules/subnettext.h"
#include "model/rules/templatetext.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

constexpr qsizetype kLongestName = 64;

/// The name of a device, group or template. \returns Invalid
Expected<QString> checkedName(const QString &text, const QString &what)
{
    const auto line = checkLine(text, what);
    if (!line)
        return line;
    if (line->isEmpty() || line->size() > kLongestName) {
        return fail(ErrorKind::Invalid, u"the name of a %1 has 1 to %2 characters"_s.arg(what).arg(kLongestName),
                    {{u"field"_s, what}});
    }
    return line;
}

void ensureGroup(TopologyEdit &edit, const QString &group, Timestamp now)
{
    if (!group.isEmpty() && !edit.now().find<GroupRow>(group))
        edit.put(GroupRow{group, {}, now, 0});
}

/// The holder's row, after its variables were set, and all that it has then.
template <typename R>
Expected<Outcome> withVariables(TopologyEdit &edit, VariableScope scope, const QString &holder,
                                const VariableEdits &variables, Timestamp now)
{
    const auto set = run(edit, SetVariables{scope, holder, variables}, now);
    if (!set)
        return fail(set.error());
    std::vector<Row> rows{*edit.now().find<R>(holder)};
    for (const Row &row : std::get<std::vector<Row>>(*set))
        rows.push_back(row);
    return Outcome(std::move(rows));
}

/// A node or a common name is one device's.
Expected<void> checkIdentities(const Topology &topology, const DeviceRow &row)
{
    for (const DeviceRow &other : topology.rows<DeviceRow>()) {
        if (other.device == row.device)
            continue;
        if (row.node && other.node == row.node) {
            return fail(ErrorKind::Exists, u"node %1 is device '%2' already"_s.arg(row.node->toString(), other.device),
                        {{u"field"_s, u"member"_s}, {u"device"_s, other.device}});
        }
        if (row.cn && other.cn == row.cn) {
            return fail(ErrorKind::Exists,
                        u"common name '%1' is device '%2' already"_s.arg(row.cn->toString(), other.device),
                        {{u"field"_s, u"cn"_s}, {u"device"_s, other.device}});
        }
    }
    return {};
}

Expected<DeviceRow> checkedDevice(const Topology &topology, DeviceRow row)
{
    const auto name = checkedName(row.device, u"device"_s);
    if (!name)
        return fail(name.error());
    row.device = *name;
    if (!row.group.isEmpty()) {
        const auto group = checkedName(row.group, u"group"_s);
        if (!group)
            return fail(group.error());
        row.group = *group;
    }
    const auto description = checkLine(row.description, u"description"_s);
    if (!description)
        return fail(description.error());
    row.description = *description;
    if (const auto ok = checkIdentities(topology, row); !ok)
        return fail(ok.error());
    return row;
}

/// The member goes, and with it its address; the row stays as removed, because the node may come back.
void endMembership(TopologyEdit &edit, MemberRow member)
{
    member.standing = MemberStanding::Removed;
    member.address.reset();
    member.device.clear();
    edit.put(member);
}

/// Another node takes over the places of the old one, addresses included. \source CASES.md D3
Expected<void> changeNode(TopologyEdit &edit, const DeviceRow &device, Timestamp now)
{
    const auto memberships = membershipsOf(edit.now(), device.device);
    if (!device.node && !memberships.empty()) {
        return fail(ErrorKind::Conflict,
                    u"device '%1' is a member of network %2: it needs a node"_s.arg(
                        device.device, memberships.front().network.toString()),
                    {{u"device"_s, device.device}, {u"network"_s, memberships.front().network.toString()}});
    }
    for (const MemberRow &member : memberships) {
        if (device.node == member.node)
            continue;
        MemberRow next = member;
        next.node = *device.node;
        next.createdAt = now;
        if (const auto *present = edit.now().find<MemberRow>(member.network, next.node)) {
            if (present->address) {
                return fail(ErrorKind::Conflict,
                            u"node %1 has the address %2 in network %3 already"_s.arg(
                                next.node.toString(), present->address->toString(), member.network.toString()),
                            {{u"network"_s, member.network.toString()}});
            }
        }
        endMembership(edit, member);
        edit.put(next);
    }
    return {};
}

/// Where a device's address comes from when nobody said it.
Expected<Prefix> homeSubnet(const Topology &topology, const NetworkRow &network)
{
    const auto children = childrenOf(topology, network.tenant, network.subnet);
    QJsonArray names;
    for (const SubnetRow &child : children) {
        if (child.role != SubnetRole::Reserved)
            names.append(child.prefix.toString());
    }
    if (network.children == ChildRoutes::Off || names.isEmpty())
        return network.subnet;
    return fail(ErrorKind::Invalid,
                u"say from which child of %1 the address is to be: --subnet PREFIX (there are %2)"_s
                    .arg(network.subnet.toString())
                    .arg(names.size()),
                {{u"field"_s, u"subnet"_s}, {u"children"_s, names}});
}

} // namespace

Expected<DeviceRow> deviceAt(const Topology &topology, const QString &device)
{
    const auto *found = topology.find<DeviceRow>(device);
    if (!found)
        return fail(ErrorKind::NotFound, u"there is no device '%1'"_s.arg(device), {{u"device"_s, device}});
    return *found;
}

Expected<void> checkOnlyMembership(const Topology &topology, const QString &device, const NetworkName &network,
                                   const NodeId &node)
{
    for (const MemberRow &member : membershipsOf(topology, device)) {
        if (member.network == network && member.node != node) {
            return fail(
                ErrorKind::Exists,
                u"device '%1' is in network %2 as node %3 already"_s.arg(device, network.toString(),
                                                                         member.node.toString()),
                {{u"device"_s, device}, {u"network"_s, network.toString()}, {u"node"_s, member.node.toString()}});
        }
    }
    return {};
}

Expected<Outcome> run(TopologyEdit &edit, const AddDevice &c, Timestamp now)
{
    auto row = checkedDevice(edit.now(), c.device);
    if (!row)
        return fail(row.error());
    if (edit.now().find<DeviceRow>(row->device)) {
        return fail(ErrorKind::Exists, u"there is a device '%1' already"_s.arg(row->device),
                    {{u"device"_s, row->device}});
    }
    ensureGroup(edit, row->group, now);
    row->createdAt = now;
    row->version = 0;
    edit.put(*row);
    if (const auto ok = giveShares(edit, row->device, now); !ok)
        return fail(ok.error());
    return withVariables<DeviceRow>(edit, VariableScope::Device, row->device, c.variables, now);
}

Expected<Outcome> run(TopologyEdit &edit, const SetDevice &c, Timestamp now)
{
    const auto present = deviceAt(edit.now(), c.device);
    if (!present)
        return fail(present.error());
    DeviceRow changed = *present;
    changed.group = c.group.value_or(changed.group);
    changed.node = c.node.value_or(changed.node);
    changed.cn = c.cn.value_or(changed.cn);
    changed.description = c.description.value_or(changed.description);
    const auto row = checkedDevice(edit.now(), std::move(changed));
    if (!row)
        return fail(row.error());
    ensureGroup(edit, row->group, now);
    if (row->node != present->node) {
        if (const auto ok = changeNode(edit, *row, now); !ok)
            return fail(ok.error());
    }
    edit.put(*row);
    return withVariables<DeviceRow>(edit, VariableScope::Device, c.device, c.variables, now);
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveDevice &c, Timestamp now)
{
    const auto row = deviceAt(edit.now(), c.device);
    if (!row)
        return fail(row.error());
    for (const MemberRow &member : membershipsOf(edit.now(), c.device)) {
        const auto network = networkAt(edit.now(), member.network);
        if (!network)
            return fail(network.error());
        if (const auto ok = freeAddress(edit, *network, member, now); !ok)
            return fail(ok.error());
        endMembership(edit, member);
    }
    // Nobody is taken for it who is given its name later.
    std::vector<MemberRow> former;
    std::ranges::copy_if(edit.now().rows<MemberRow>(), std::back_inserter(former),
                         [&c](const MemberRow &member) { return member.device == c.device; });
    for (MemberRow &member : former) {
        member.device.clear();
        edit.put(member);
    }
    eraseAll<VariableRow>(edit, VariableScope::Device, c.device);
    edit.erase(*row);
    if (const auto ok = takeShares(edit, c.device, now); !ok)
        return fail(ok.error());
    return Outcome(std::vector<Row>{*row});
}

Expected<Outcome> run(TopologyEdit &edit, const ProvisionDevice &c, Timestamp now)
{
    const auto device = deviceAt(edit.now(), c.device);
    if (!device)
        return fail(device.error());
    const auto network = networkAt(edit.now(), c.network);
    if (!network)
        return fail(network.error());
    if (!device->node) {
        return fail(ErrorKind::Invalid,
                    u"device '%1' has no ZeroTier node: say which with 'device set --member NODE'"_s.arg(c.device),
                    {{u"field"_s, u"member"_s}, {u"device"_s, c.device}});
    }
    if (const auto ok = checkOnlyMembership(edit.now(), c.device, c.network, *device->node); !ok)
        return fail(ok.error());
    const auto *present = edit.now().find<MemberRow>(c.network, *device->node);
    MemberRow member =
        present ? *present : MemberRow{c.network, *device->node, MemberStanding::Authorized, {}, {}, now, 0};
    const QString before = std::exchange(member.device, c.device);
    member.standing = MemberStanding::Authorized;
    const bool isAtHome = member.address && (!c.address || c.address == member.address) &&
                          (!c.subnet || c.subnet->contains(*member.address));
    const auto rule = ruleOfNetwork(edit.now(), c.network);
    if (isAtHome || rule) {
        const bool isChoice = rule && (c.address || c.subnet) && !(isAtHome && before == c.device);
        if (isChoice)
            return fail(refuseChoice(*rule).error());
        edit.put(member);
        for (const QString &each : {before, c.device}) {
            if (const auto ok = settleShares(edit, each, now); !ok)
                return fail(ok.error());
        }
        return Outcome(std::vector<Row>{*edit.now().find<MemberRow>(c.network, *device->node)});
    }
    std::optional<Prefix> subnet = c.subnet;
    if (!subnet && !c.address) {
        const auto home = homeSubnet(edit.now(), *network);
        if (!home)
            return fail(home.error());
        subnet = *home;
    }
    const auto given = giveAddress(edit, *network, std::move(member), c.address, subnet, now);
    if (!given)
        return fail(given.error());
    return Outcome(std::vector<Row>{*given});
}

Expected<Outcome> run(TopologyEdit &edit, const SetGroup &c, Timestamp now)
{
    const auto name = checkedName(c.group, u"group"_s);
    if (!name)
        return fail(name.error());
    const auto *present = edit.now().find<GroupRow>(*name);
    if (present && c.isNew)
        return fail(ErrorKind::Exists, u"there is a group '%1' already"_s.arg(*name), {{u"group"_s, *name}});
    GroupRow row = present ? *present : GroupRow{*name, {}, now, 0};
    const auto description = checkLine(c.description.value_or(row.description), u"description"_s);
    if (!description)
        return fail(description.error());
    row.description = *description;
    edit.put(row);
    return withVariables<GroupRow>(edit, VariableScope::Group, *name, c.variables, now);
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveGroup &c, Timestamp)
{
    const auto *found = edit.now().find<GroupRow>(c.group);
    if (!found)
        return fail(ErrorKind::NotFound, u"there is no group '%1'"_s.arg(c.group), {{u"group"_s, c.group}});
    const GroupRow row = *found;
    QJsonArray devices;
    for (const DeviceRow &device : edit.now().rows<DeviceRow>()) {
        if (device.group == c.group)
            devices.append(device.device);
    }
    if (!devices.isEmpty()) {
        return fail(ErrorKind::Conflict,
                    u"%1 devices are in group '%2', the first is '%3'"_s.arg(devices.size())
                        .arg(c.group, devices.first().toString()),
                    {{u"group"_s, c.group}, {u"devices"_s, devices}});
    }
    eraseAll<VariableRow>(edit, VariableScope::Group, c.group);
    edit.erase(row);
    return Outcome(std::vector<Row>{row});
}

Expected<Outcome> run(TopologyEdit &edit, const SetTemplate &c, Timestamp now)
{
    const auto name = checkedName(c.name, u"template"_s);
    if (!name)
        return fail(name.error());
    const auto *present = edit.now().find<TemplateRow>(*name);
    if (present && c.isNew)
        return fail(ErrorKind::Exists, u"there is a template '%1' already"_s.arg(*name), {{u"template"_s, *name}});
    if (!present && !c.text) {
        return fail(ErrorKind::Invalid, u"a template needs a text: --file FILE or --text TEXT"_s,
                    {{u"field"_s, u"text"_s}});
    }
    if (c.text) {
        if (const auto ok = checkTemplateText(*c.text); !ok)
            return fail(ok.error());
    }
    TemplateRow row = present ? *present : TemplateRow{*name, {}, {}, now, 0};
    row.text = c.text.value_or(row.text);
    const auto description = checkLine(c.description.value_or(row.description), u"description"_s);
    if (!description)
        return fail(description.error());
    row.description = *description;
    edit.put(row);
    return withVariables<TemplateRow>(edit, VariableScope::Template, *name, c.variables, now);
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveTemplate &c, Timestamp)
{
    const auto *found = edit.now().find<TemplateRow>(c.name);
    if (!found)
        return fail(ErrorKind::NotFound, u"there is no template '%1'"_s.arg(c.name), {{u"template"_s, c.name}});
    const TemplateRow row = *found;
    eraseAll<VariableRow>(edit, VariableScope::Template, c.name);
    edit.erase(row);
    return Outcome(std::vector<Row>{row});
}

} // namespace interlock::parts
