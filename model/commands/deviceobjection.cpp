// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/deviceobjection.h"

#include "model/rules/subnetqueries.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

using Reason = std::optional<QString>;

bool isThere(const Topology &topology, VariableScope scope, const QString &holder)
{
    switch (scope) {
    case VariableScope::Group:
        return topology.find<GroupRow>(holder);
    case VariableScope::Template:
        return topology.find<TemplateRow>(holder);
    case VariableScope::Device:
        return topology.find<DeviceRow>(holder);
    case VariableScope::Store:
    case VariableScope::Network:
        return true;
    }
    Q_UNREACHABLE();
}

/// Why a device would not have exactly what a rule gives it.
Reason shareReason(const Topology &topology, const DivisionRuleRow &rule, const QString &device)
{
    const auto shares = topology.list<DivisionShareRow>(rule.label, device);
    const bool hasSubnets = rule.length < widthOf(rule.master.family());
    const int wanted = rule.subnets * (rule.addresses + (hasSubnets ? 1 : 0));
    if (std::ssize(shares) != wanted)
        return u"device %1 would not have its share of division rule %2"_s.arg(device, rule.label);
    for (const DivisionShareRow *share : shares) {
        if (!rule.master.contains(share->prefix)) {
            return u"%1 of device %2 would be outside of %3, which rule %4 divides"_s.arg(
                share->prefix.toString(), device, rule.master.toString(), rule.label);
        }
    }
    return {};
}

bool isIn(const MemberRow &member, const QString &device)
{
    return member.device == device && member.standing != MemberStanding::Removed;
}

/// The same for everybody that the rule is for.
Reason shareReason(const Topology &topology, const DivisionRuleRow &rule)
{
    for (const DeviceRow &device : topology.rows<DeviceRow>()) {
        if (!rule.network.isEmpty())
            break;
        if (const auto reason = shareReason(topology, rule, device.device))
            return reason;
    }
    const auto name = NetworkName::parse(rule.network);
    const auto members = name ? topology.list<MemberRow>(*name) : std::vector<const MemberRow *>();
    for (const MemberRow *member : members) {
        const bool isDevice = !member->device.isEmpty() && isIn(*member, member->device);
        if (const auto reason = isDevice ? shareReason(topology, rule, member->device) : Reason())
            return reason;
    }
    return {};
}

/// What speaks against a membership that begins or ends.
Reason membershipReason(const Topology &topology, const MemberRow &row, bool isIn)
{
    const auto &rules = topology.rows<DivisionRuleRow>();
    const auto rule = std::ranges::find(rules, row.network.toString(), &DivisionRuleRow::network);
    if (row.device.isEmpty() || rule == rules.end())
        return {};
    if (isIn)
        return shareReason(topology, *rule, row.device);
    const auto members = topology.list<MemberRow>(row.network);
    const bool isStillIn =
        std::ranges::any_of(members, [&row](const MemberRow *member) { return interlock::isIn(*member, row.device); });
    if (isStillIn || topology.list<DivisionShareRow>(rule->label, row.device).empty())
        return {};
    return u"device %1 has its share of division rule %2 now"_s.arg(row.device, rule->label);
}

struct Hanging
{
    const Topology &topology;

    Reason operator()(const VariableRow &row) const
    {
        if (isThere(topology, row.scope, row.holder))
            return {};
        return u"%1 %2, which has the variable %3, is gone"_s.arg(enumText(row.scope), row.holder, row.variable);
    }
    Reason operator()(const DeviceRow &row) const
    {
        if (!row.group.isEmpty() && !topology.find<GroupRow>(row.group))
            return u"its group %1 is gone"_s.arg(row.group);
        for (const DeviceRow &other : topology.rows<DeviceRow>()) {
            const bool hasSame = (row.node && other.node == row.node) || (row.cn && other.cn == row.cn);
            if (other.device != row.device && hasSame)
                return u"its node or common name is device %1 now"_s.arg(other.device);
        }
        for (const DivisionRuleRow &rule : topology.rows<DivisionRuleRow>()) {
            if (const auto reason = rule.network.isEmpty() ? shareReason(topology, rule, row.device) : Reason())
                return reason;
        }
        return {};
    }
    Reason operator()(const MemberRow &row) const
    {
        if (!topology.find<NetworkRow>(row.network))
            return u"its network %1 is gone"_s.arg(row.network.toString());
        if (!row.device.isEmpty() && !topology.find<DeviceRow>(row.device))
            return u"its device %1 is gone"_s.arg(row.device);
        return membershipReason(topology, row, row.standing != MemberStanding::Removed);
    }
    Reason operator()(const NetworkRow &row) const
    {
        if (!topology.find<ControllerRow>(row.controller))
            return u"its controller %1 is gone"_s.arg(row.controller.toString());
        if (!topology.subnets().contains(row.tenant, row.subnet))
            return u"its subnet %1 is gone"_s.arg(row.subnet.toString());
        return {};
    }
    Reason operator()(const DivisionRuleRow &row) const
    {
        if (!topology.subnets().contains(row.tenant, row.master))
            return u"the subnet %1 that rule %2 divides is gone"_s.arg(row.master.toString(), row.label);
        if (row.network.isEmpty())
            return shareReason(topology, row);
        const auto name = NetworkName::parse(row.network);
        if (!name || !topology.find<NetworkRow>(*name))
            return u"the network %1 of rule %2 is gone"_s.arg(row.network, row.label);
        for (const DivisionRuleRow &other : topology.rows<DivisionRuleRow>()) {
            if (other.network == row.network && other.label != row.label)
                return u"members of network %1 get their address by rule %2 now"_s.arg(row.network, other.label);
        }
        return shareReason(topology, row);
    }
    Reason operator()(const DivisionShareRow &row) const
    {
        const auto *rule = topology.find<DivisionRuleRow>(row.label);
        if (!rule)
            return u"division rule %1 is gone"_s.arg(row.label);
        if (!topology.find<DeviceRow>(row.device))
            return u"device %1 is gone"_s.arg(row.device);
        const bool isThere = row.part == 0 ? topology.subnets().contains(rule->tenant, row.prefix)
                                           : topology.addresses().find(rule->tenant, row.prefix.first()).has_value();
        if (!isThere)
            return u"%1, which device %2 had by rule %3, is gone"_s.arg(row.prefix.toString(), row.device, row.label);
        const auto around = row.part == 0 ? parentOf(topology, rule->tenant, row.prefix) : std::nullopt;
        if (around && around->prefix != rule->master && rule->master.contains(around->prefix))
            return u"%1 of device %2 would lie in %3"_s.arg(row.prefix.toString(), row.device,
                                                            around->prefix.toString());
        return {};
    }
    template <typename R>
    Reason operator()(const R &) const
    {
        return {};
    }
};

struct LeftBehind
{
    const Topology &topology;

    Reason operator()(const GroupRow &row) const
    {
        const auto found = std::ranges::find(topology.rows<DeviceRow>(), row.group, &DeviceRow::group);
        if (found != topology.rows<DeviceRow>().end())
            return u"device %1 is in group %2 now"_s.arg(found->device, row.group);
        return variableOf(VariableScope::Group, row.group);
    }
    Reason operator()(const TemplateRow &row) const { return variableOf(VariableScope::Template, row.name); }
    Reason operator()(const DeviceRow &row) const
    {
        for (const MemberRow &member : topology.rows<MemberRow>()) {
            if (member.device == row.device)
                return u"device %1 is a member of network %2 now"_s.arg(row.device, member.network.toString());
        }
        for (const DivisionRuleRow &rule : topology.rows<DivisionRuleRow>()) {
            if (!topology.list<DivisionShareRow>(rule.label, row.device).empty())
                return u"device %1 has its share of division rule %2 now"_s.arg(row.device, rule.label);
        }
        return variableOf(VariableScope::Device, row.device);
    }
    Reason operator()(const MemberRow &row) const { return membershipReason(topology, row, false); }
    Reason operator()(const SubnetRow &row) const
    {
        for (const NetworkRow &network : topology.rows<NetworkRow>()) {
            if (network.tenant == row.tenant && network.subnet == row.prefix)
                return u"network %1 takes its routes from %2 now"_s.arg(network.name.toString(), row.prefix.toString());
        }
        for (const DivisionRuleRow &rule : topology.rows<DivisionRuleRow>()) {
            if (rule.tenant == row.tenant && rule.master == row.prefix)
                return u"division rule %1 divides %2 now"_s.arg(rule.label, row.prefix.toString());
        }
        return shareOf(row.tenant, row.prefix);
    }
    Reason operator()(const AddressRow &row) const
    {
        for (const NetworkRow &network : topology.rows<NetworkRow>()) {
            const bool isItsTree = row.tenant.isEmpty() || row.tenant == network.tenant;
            const auto members = topology.membersAt(network.name, row.address);
            if (isItsTree && !members.empty()) {
                return u"%1 is the address of %2 in network %3 now"_s.arg(
                    row.address.toString(), members.front()->node.toString(), network.name.toString());
            }
        }
        return shareOf(row.tenant, Prefix::host(row.address));
    }
    Reason operator()(const NetworkRow &row) const
    {
        const auto &rules = topology.rows<DivisionRuleRow>();
        const auto found = std::ranges::find(rules, row.name.toString(), &DivisionRuleRow::network);
        if (found == rules.end())
            return {};
        return u"members of network %1 get their address by division rule %2 now"_s.arg(row.name.toString(),
                                                                                        found->label);
    }
    Reason operator()(const DivisionRuleRow &row) const
    {
        const auto shares = topology.list<DivisionShareRow>(row.label);
        if (shares.empty())
            return {};
        return u"device %1 has its share of division rule %2 now"_s.arg(shares.front()->device, row.label);
    }
    template <typename R>
    Reason operator()(const R &) const
    {
        return {};
    }

private:
    [[nodiscard]] Reason shareOf(const QString &tenant, const Prefix &prefix) const
    {
        for (const DivisionRuleRow &rule : topology.rows<DivisionRuleRow>()) {
            if (rule.tenant != tenant || !rule.master.contains(prefix))
                continue;
            for (const DivisionShareRow *share : topology.list<DivisionShareRow>(rule.label)) {
                if (share->prefix == prefix)
                    return u"device %1 has %2 by division rule %3 now"_s.arg(share->device, prefix.toString(),
                                                                             rule.label);
            }
        }
        return {};
    }
    [[nodiscard]] Reason variableOf(VariableScope scope, const QString &holder) const
    {
        const auto found = topology.list<VariableRow>(scope, holder);
        if (found.empty())
            return {};
        return u"%1 %2 has the variable %3 now"_s.arg(enumText(scope), holder, found.front()->variable);
    }
};

} // namespace

std::optional<QString> hangingObjection(const Topology &topology, const Row &row)
{
    return std::visit(Hanging{topology}, row);
}

std::optional<QString> leftBehindObjection(const Topology &topology, const Row &row)
{
    return std::visit(LeftBehind{topology}, row);
}

} // namespace interlock
