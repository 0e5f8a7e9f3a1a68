// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/devicelookup.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/variablewords.h"
#include "model/rules/devicevariables.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct DeviceArgs
{
    std::optional<QString> name;
    std::optional<QString> group;
    std::optional<std::optional<NodeId>> node;
    std::optional<std::optional<CommonName>> cn;
    std::optional<QString> description;
    std::vector<QString> variables;
    std::optional<QString> templateName;
    std::optional<NetworkName> network;
    std::optional<Prefix> subnet;
    std::optional<Address> address;
    EditOptions edit;
};

void declareContent(Arguments args, DeviceArgs &a)
{
    args.optional("--group", a.group, "Its group, made when there is none; --group= takes it out", "G");
    args.optional("--member", a.node, "Its ZeroTier node id; --member= takes it away", "NODE");
    args.optional("--cn", a.cn, "Its common name as an OpenVPN connector; --cn= takes it away", "CN");
    args.optional("--description", a.description, "Free text", "D");
}

void declareAdd(Arguments args, DeviceArgs &a)
{
    args.required("NAME", a.name, "A name for it");
    declareContent(args, a);
    args.repeated("--variable", a.variables, false, "A value for its configuration, again for each", "NAME=VALUE");
    args.edit(a.edit);
}

void declareSet(Arguments args, DeviceArgs &a)
{
    args.required("NAME", a.name, "A device; what is not named stays");
    declareContent(args, a);
    args.repeated("--variable", a.variables, false,
                  "A value for its configuration, again for each; NAME alone takes it away", "NAME[=VALUE]");
    args.edit(a.edit);
}

void declareList(Arguments args, DeviceArgs &a)
{
    args.optional("--group", a.group, "Only devices of this group", "G");
}

void declareName(Arguments args, DeviceArgs &a)
{
    args.required("NAME", a.name, "A device");
}

void declareRemove(Arguments args, DeviceArgs &a)
{
    args.required("NAME", a.name, "A device; its memberships end, and its addresses are free");
    args.edit(a.edit);
}

void declareProvision(Arguments args, DeviceArgs &a)
{
    args.required("NAME", a.name, "A device with a ZeroTier node (device set NAME --member NODE)");
    args.required("--network", a.network, "The network that it becomes an authorised member of", "N");
    args.optional("--subnet", a.subnet, "Give it the lowest free address of this subnet", "P");
    args.optional("--address", a.address, "Give it exactly this address", "A");
    args.edit(a.edit);
}

void declareVariables(Arguments args, DeviceArgs &a)
{
    args.required("NAME", a.name, "A device");
    args.optional("--template", a.templateName, "With the values that this template brings", "T");
}

/// The answer of an edit, and which controllers do not know of it yet.
Expected<Answer> answerDevice(const DeviceArgs &a, const Expected<Receipt> &receipt, const QString &done)
{
    if (!receipt)
        return fail(receipt.error());
    Answer answer = editAnswer(a.edit, *receipt, holderBody<DeviceRow>(*receipt), done);
    if (receipt->journal)
        answer.notes += shareNotes(*receipt) + pushNotes(*receipt);
    return answer;
}

Expected<Answer> add(Session &session, const DeviceArgs &a)
{
    auto variables = readAssignments(a.variables, BareName::Refused);
    if (!variables)
        return fail(variables.error());
    const auto number = std::ssize(*variables);
    DeviceRow row{*a.name,
                  a.group.value_or(QString()),
                  a.node.value_or(std::nullopt),
                  a.cn.value_or(std::nullopt),
                  a.description.value_or(QString()),
                  {},
                  0};
    const QString with = number == 0 ? QString() : u", with "_s + counted(number, u"variable"_s, u"variables"_s);
    return answerDevice(a, session.edit(AddDevice{std::move(row), *std::move(variables)}, a.edit),
                        u"Device %1 is stored%2."_s.arg(*a.name, with));
}

Expected<Answer> set(Session &session, const DeviceArgs &a)
{
    auto variables = readAssignments(a.variables, BareName::Removes);
    if (!variables)
        return fail(variables.error());
    SetDevice command{*a.name, a.group, a.node, a.cn, a.description, *std::move(variables)};
    return answerDevice(a, session.edit(std::move(command), a.edit), u"Device %1 is changed."_s.arg(*a.name));
}

Expected<Answer> remove(Session &session, const DeviceArgs &a)
{
    return answerDevice(a, session.edit(RemoveDevice{*a.name}, a.edit),
                        u"Device %1 is removed, and its addresses are free."_s.arg(*a.name));
}

QString textOf(const auto &optionalName)
{
    return optionalName ? optionalName->toString() : u"-"_s;
}

Expected<Answer> list(Session &session, const DeviceArgs &a)
{
    return session.look([&a](Topology &topology) {
        std::map<QString, QStringList> addresses;
        for (const MemberRow &member : topology.rows<MemberRow>()) {
            if (member.standing != MemberStanding::Removed && member.address)
                addresses[member.device] += member.address->toString();
        }
        Table table({u"DEVICE"_s, u"GROUP"_s, u"NODE"_s, u"CN"_s, u"ADDRESSES"_s, u"DESCRIPTION"_s},
                    a.group ? u"No device is in that group."_s
                            : u"There are no devices yet. 'device add' stores one."_s);
        QJsonArray devices;
        for (const DeviceRow &row : topology.rows<DeviceRow>()) {
            if (a.group && row.group != *a.group)
                continue;
            const QStringList own = addresses[row.device];
            QJsonObject object = rowJson(row);
            object.insert(u"addresses"_s, QJsonArray::fromStringList(own));
            object.insert(u"variableCount"_s,
                          qint64{std::ssize(topology.list<VariableRow>(VariableScope::Device, row.device))});
            devices.append(object);
            table.add({row.device, row.group, textOf(row.node), textOf(row.cn), own.join(u' '), row.description});
        }
        return Answer{{{u"devices"_s, devices}}, table.toString(), {}, 0};
    });
}

Answer shown(const DeviceRow &row, const std::vector<MemberRow> &members, const DeviceVariables &variables)
{
    Table head({u"DEVICE"_s, u"GROUP"_s, u"NODE"_s, u"CN"_s, u"VERSION"_s, u"DESCRIPTION"_s}, QString());
    head.add({row.device, row.group, textOf(row.node), textOf(row.cn), QString::number(row.version), row.description});
    Table places({u"NETWORK"_s, u"NODE"_s, u"STANDING"_s, u"ADDRESS"_s},
                 u"In no network. 'device provision %1 --network N' makes it a member."_s.arg(row.device));
    QJsonArray list;
    for (const MemberRow &member : members) {
        list.append(rowJson(member));
        places.add(
            {member.network.toString(), member.node.toString(), enumText(member.standing), textOf(member.address)});
    }
    QJsonObject object = rowJson(row);
    object.insert(u"members"_s, list);
    object.insert(u"variables"_s, resolvedJson(variables.values));
    object.insert(u"warnings"_s, warningsJson(variables.warnings));
    const QStringList parts{head.toString(), places.toString(),
                            resolvedTable(variables.values, u"No variables."_s).toString()};
    return {object, parts.join(u"\n\n"_s), clashNotes(variables.values) + warningNotes(variables.warnings), 0};
}

Expected<Answer> show(Session &session, const DeviceArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        const auto row = deviceIn(topology, *a.name);
        if (!row)
            return fail(row.error());
        const auto variables = deviceVariables(topology, *a.name);
        if (!variables)
            return fail(variables.error());
        return shown(*row, membershipsOf(topology, *a.name), *variables);
    });
}

Expected<Answer> variables(Session &session, const DeviceArgs &a)
{
    const auto found =
        session.tryLook([&a](Topology &topology) { return deviceVariables(topology, *a.name, a.templateName); });
    if (!found)
        return fail(found.error());
    const Table table = resolvedTable(
        found->values, u"It has no variables. 'device set %1 --variable NAME=VALUE' gives it one."_s.arg(*a.name));
    QJsonObject object{{u"device"_s, *a.name},
                       {u"template"_s, a.templateName ? QJsonValue(*a.templateName) : QJsonValue()},
                       {u"variables"_s, resolvedJson(found->values)},
                       {u"warnings"_s, warningsJson(found->warnings)}};
    return Answer{object, table.toString(), clashNotes(found->values) + warningNotes(found->warnings), 0};
}

Expected<Answer> provision(Session &session, const DeviceArgs &a)
{
    if (a.subnet && a.address) {
        return fail(ErrorKind::Usage, u"give --subnet or --address: the address says which subnet it is from"_s);
    }
    const auto receipt = session.edit(ProvisionDevice{*a.name, *a.network, a.subnet, a.address}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    const auto rows = rowsOf<MemberRow>(*receipt);
    QString place = a.network->toString();
    if (!rows.empty() && rows.front().address)
        place += u" with the address "_s + rows.front().address->toString();
    Answer answer = editAnswer(a.edit, *receipt, rows.empty() ? QJsonObject() : rowJson(rows.front()),
                               u"Device %1 is a member of network %2."_s.arg(*a.name, place));
    if (receipt->journal)
        answer.notes += shareNotes(*receipt) + pushNotes(*receipt);
    return answer;
}

} // namespace

void addDeviceCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("device", "Routers and servers: their addresses, variables and configurations");
    tree.addVerb<DeviceArgs>(group, "add", "Store a device", declareAdd, add);
    tree.addVerb<DeviceArgs>(group, "set", "Change a device; another node takes over its addresses", declareSet, set);
    tree.addVerb<DeviceArgs>(group, "list", "List devices", declareList, list);
    tree.addVerb<DeviceArgs>(group, "show", "Show a device with its memberships and variables", declareName, show);
    tree.addVerb<DeviceArgs>(group, "remove", "Remove a device and free its addresses", declareRemove, remove);
    tree.addVerb<DeviceArgs>(group, "provision", "Make a device a member of a network, with one address",
                             declareProvision, provision);
    tree.addVerb<DeviceArgs>(group, "variables", "What stands for what in its configuration, and what was overridden",
                             declareVariables, variables);
    addDeviceRendering(tree, group);
}

} // namespace interlock
