// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/commandarguments.h"
#include "model/rules/rowimage.h"
#include "model/rules/templatetext.h"

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

/// The row's own fields, as a command that makes it is told them.
template <typename R>
QJsonObject contentOf(const R &row)
{
    QJsonObject object = imageOf(row);
    object.remove("createdAt"_L1);
    object.remove("version"_L1);
    return object;
}

/// Values may be passwords: the images say what the rows are, the arguments only which.
std::vector<QString> namesOf(const VariableEdits &variables)
{
    std::vector<QString> names;
    for (const auto &[name, value] : variables)
        names.push_back(name);
    return names;
}

std::optional<std::vector<QString>> namesIfAny(const VariableEdits &variables)
{
    return variables.empty() ? std::nullopt : std::optional(namesOf(variables));
}

} // namespace

QJsonObject describe(const AddController &c)
{
    return contentOf(c.controller);
}
QJsonObject describe(const SetController &c)
{
    return CommandArguments()
        .with(u"controller", c.name)
        .with(u"url", c.url)
        .with(u"tokenFile", c.tokenFile)
        .with(u"flavour", c.flavour)
        .with(u"node", c.node)
        .take();
}
QJsonObject describe(const RemoveController &c)
{
    return CommandArguments().with(u"controller", c.name).take();
}
QJsonObject describe(const AddNetwork &c)
{
    return contentOf(c.network);
}
QJsonObject describe(const SetNetwork &c)
{
    return CommandArguments()
        .with(u"network", c.name)
        .with(u"children", c.children)
        .with(u"parent", c.parent)
        .with(u"gateway", c.gateway)
        .with(u"title", c.title)
        .with(u"autoAssign", c.isAutoAssign)
        .with(u"multicastLimit", c.multicastLimit)
        .with(u"mtu", c.mtu)
        .with(u"dnsDomain", c.dnsDomain)
        .with(u"dnsServers", c.dnsServers)
        .with(u"server", c.server)
        .take();
}
QJsonObject describe(const RemoveNetwork &c)
{
    return CommandArguments().with(u"network", c.name).take();
}
QJsonObject describe(const RecordApply &c)
{
    return CommandArguments().with(u"network", c.network).with(u"routes", c.routes).with(u"pools", c.pools).take();
}
QJsonObject describe(const SetMembers &c)
{
    return CommandArguments().with(u"network", c.network).with(u"nodes", c.nodes).with(u"standing", c.standing).take();
}
QJsonObject describe(const AssignMember &c)
{
    return CommandArguments()
        .with(u"network", c.network)
        .with(u"node", c.node)
        .with(u"address", c.address)
        .with(u"subnet", c.subnet)
        .with(u"device", c.device)
        .take();
}
QJsonObject describe(const AdoptMembers &c)
{
    std::vector<NodeId> nodes;
    for (const MemberAdoption &member : c.members)
        nodes.push_back(member.node);
    return CommandArguments().with(u"network", c.network).with(u"nodes", nodes).take();
}

QJsonObject describe(const AddDevice &c)
{
    QJsonObject object = contentOf(c.device);
    if (!c.variables.empty())
        object.insert("variables"_L1, jsonOf(namesOf(c.variables)));
    return object;
}
QJsonObject describe(const SetDevice &c)
{
    return CommandArguments()
        .with(u"device", c.device)
        .with(u"group", c.group)
        .with(u"node", c.node)
        .with(u"cn", c.cn)
        .with(u"description", c.description)
        .with(u"variables", namesIfAny(c.variables))
        .take();
}
QJsonObject describe(const RemoveDevice &c)
{
    return CommandArguments().with(u"device", c.device).take();
}
QJsonObject describe(const ProvisionDevice &c)
{
    return CommandArguments()
        .with(u"device", c.device)
        .with(u"network", c.network)
        .with(u"subnet", c.subnet)
        .with(u"address", c.address)
        .take();
}
QJsonObject describe(const SetGroup &c)
{
    return CommandArguments()
        .with(u"group", c.group)
        .with(u"description", c.description)
        .with(u"variables", namesIfAny(c.variables))
        .take();
}
QJsonObject describe(const RemoveGroup &c)
{
    return CommandArguments().with(u"group", c.group).take();
}
QJsonObject describe(const SetTemplate &c)
{
    // A text may be a megabyte, and whoever lists the journal is not asking for it.
    const auto checksum = c.text ? std::optional(textChecksum(*c.text)) : std::nullopt;
    return CommandArguments()
        .with(u"template", c.name)
        .with(u"checksum", checksum)
        .with(u"description", c.description)
        .with(u"variables", namesIfAny(c.variables))
        .take();
}
QJsonObject describe(const RemoveTemplate &c)
{
    return CommandArguments().with(u"template", c.name).take();
}
QJsonObject describe(const SetVariables &c)
{
    return CommandArguments()
        .with(u"scope", c.scope)
        .with(u"holder", c.holder)
        .with(u"variables", namesOf(c.values))
        .take();
}
QJsonObject describe(const AddDivisionRule &c)
{
    return CommandArguments()
        .with(u"label", c.rule.label)
        .with(u"tenant", c.rule.tenant)
        .with(u"master", c.rule.master)
        .with(u"length", c.rule.length)
        .with(u"subnets", c.rule.subnets)
        .with(u"addresses", c.rule.addresses)
        .with(u"network", c.rule.network)
        .with(u"movesAddresses", c.movesAddresses)
        .take();
}
QJsonObject describe(const SetDivisionRule &c)
{
    return CommandArguments()
        .with(u"label", c.label)
        .with(u"newLabel", c.newLabel)
        .with(u"addresses", c.addresses)
        .take();
}
QJsonObject describe(const RemoveDivisionRule &c)
{
    return CommandArguments().with(u"label", c.label).take();
}

} // namespace interlock::parts
