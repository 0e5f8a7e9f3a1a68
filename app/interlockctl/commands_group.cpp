// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/devicelookup.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/variablewords.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct GroupArgs
{
    std::optional<QString> name;
    std::optional<QString> description;
    std::vector<QString> variables;
    EditOptions edit;
};

void declareAdd(Arguments args, GroupArgs &a)
{
    args.required("NAME", a.name, "A name for it");
    args.optional("--description", a.description, "Free text", "D");
    args.repeated("--variable", a.variables, false, "A value for all devices in it, again for each", "NAME=VALUE");
    args.edit(a.edit);
}

void declareSet(Arguments args, GroupArgs &a)
{
    args.required("NAME", a.name, "A group, made when there is none; what is not named stays");
    args.optional("--description", a.description, "Free text", "D");
    args.repeated("--variable", a.variables, false,
                  "A value for all devices in it, again for each; NAME alone takes it away", "NAME[=VALUE]");
    args.edit(a.edit);
}

void declareName(Arguments args, GroupArgs &a)
{
    args.required("NAME", a.name, "A group");
}

void declareRemove(Arguments args, GroupArgs &a)
{
    args.required("NAME", a.name, "A group without devices; its variables go with it");
    args.edit(a.edit);
}

void declareNothing(Arguments, GroupArgs &) {}

Expected<Answer> answerGroup(Session &session, const GroupArgs &a, Command command, const QString &done)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    return editAnswer(a.edit, *receipt, holderBody<GroupRow>(*receipt), done);
}

Expected<Answer> add(Session &session, const GroupArgs &a)
{
    auto variables = readAssignments(a.variables, BareName::Refused);
    if (!variables)
        return fail(variables.error());
    return answerGroup(session, a, SetGroup{*a.name, a.description, true, *std::move(variables)},
                       u"Group %1 is stored."_s.arg(*a.name));
}

Expected<Answer> set(Session &session, const GroupArgs &a)
{
    auto variables = readAssignments(a.variables, BareName::Removes);
    if (!variables)
        return fail(variables.error());
    return answerGroup(session, a, SetGroup{*a.name, a.description, false, *std::move(variables)},
                       u"Group %1 is set."_s.arg(*a.name));
}

Expected<Answer> remove(Session &session, const GroupArgs &a)
{
    return answerGroup(session, a, RemoveGroup{*a.name}, u"Group %1 is removed."_s.arg(*a.name));
}

Expected<Answer> list(Session &session, const GroupArgs &)
{
    return session.look([](Topology &topology) {
        std::map<QString, qint64> members;
        for (const DeviceRow &device : topology.rows<DeviceRow>())
            ++members[device.group];
        Table table({u"GROUP"_s, u"DEVICES"_s, u"VARIABLES"_s, u"DESCRIPTION"_s},
                    u"There are no groups yet. 'group add', or 'device add --group', makes one."_s);
        QJsonArray groups;
        for (const GroupRow &row : topology.rows<GroupRow>()) {
            const qint64 devices = members[row.group];
            const qint64 variables = std::ssize(topology.list<VariableRow>(VariableScope::Group, row.group));
            QJsonObject object = rowJson(row);
            object.insert(u"deviceCount"_s, devices);
            object.insert(u"variableCount"_s, variables);
            groups.append(object);
            table.add({row.group, QString::number(devices), QString::number(variables), row.description});
        }
        return Answer{{{u"groups"_s, groups}}, table.toString(), {}, 0};
    });
}

Expected<Answer> show(Session &session, const GroupArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        const auto row = groupIn(topology, *a.name);
        if (!row)
            return fail(row.error());
        Table devices({u"DEVICE"_s, u"DESCRIPTION"_s}, u"No device is in it."_s);
        QJsonArray list;
        for (const DeviceRow &device : topology.rows<DeviceRow>()) {
            if (device.group != *a.name)
                continue;
            list.append(rowJson(device));
            devices.add({device.device, device.description});
        }
        const auto variables = variablesIn(topology, VariableScope::Group, *a.name);
        QJsonObject object = rowJson(*row);
        object.insert(u"devices"_s, list);
        object.insert(u"variables"_s, variablesJson(variables));
        Table head({u"GROUP"_s, u"VERSION"_s, u"DESCRIPTION"_s}, QString());
        head.add({row->group, QString::number(row->version), row->description});
        const QStringList parts{head.toString(), devices.toString(),
                                variableTable(variables, u"No variables."_s).toString()};
        return Answer{object, parts.join(u"\n\n"_s), {}, 0};
    });
}

} // namespace

void addGroupCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("group", "Groups of devices, and the variables that they share");
    tree.addVerb<GroupArgs>(group, "add", "Make a group", declareAdd, add);
    tree.addVerb<GroupArgs>(group, "set", "Change a group and its variables", declareSet, set);
    tree.addVerb<GroupArgs>(group, "list", "List groups", declareNothing, list);
    tree.addVerb<GroupArgs>(group, "show", "Show a group with its devices and variables", declareName, show);
    tree.addVerb<GroupArgs>(group, "remove", "Remove a group that no device is in", declareRemove, remove);
}

} // namespace interlock
