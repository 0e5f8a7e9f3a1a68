// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/devicelookup.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/variablewords.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct VariableArgs
{
    QStringList words;
    std::optional<QString> group;
    std::optional<QString> templateName;
    std::optional<QString> device;
    EditOptions edit;
};

void declareSet(Arguments args, VariableArgs &a)
{
    args.words("NAME=VALUE", a.words, "Values for all devices; what is typed for a group, template or device wins");
    args.edit(a.edit);
}

void declareUnset(Arguments args, VariableArgs &a)
{
    args.words("NAME", a.words, "The variables to take away");
    args.edit(a.edit);
}

void declareList(Arguments args, VariableArgs &a)
{
    args.optional("--group", a.group, "Those of this group (default: those of the store)", "G");
    args.optional("--template", a.templateName, "Those that this template brings", "T");
    args.optional("--device", a.device, "Those typed for this device; all that it has: device variables", "D");
}

Expected<Answer> submit(Session &session, const VariableArgs &a, VariableEdits edits, const QString &done)
{
    const auto receipt = session.edit(SetVariables{VariableScope::Store, {}, std::move(edits)}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    const QJsonObject body{{u"variables"_s, namesJson(rowsOf<VariableRow>(*receipt))}};
    return editAnswer(a.edit, *receipt, body, done);
}

Expected<Answer> set(Session &session, const VariableArgs &a)
{
    if (a.words.isEmpty())
        return fail(ErrorKind::Usage, u"say which and what: NAME=VALUE"_s);
    auto edits = readAssignments(a.words, BareName::Refused);
    if (!edits)
        return fail(edits.error());
    const auto number = std::ssize(*edits);
    return submit(session, a, *std::move(edits),
                  u"%1 set for all devices."_s.arg(counted(number, u"variable is"_s, u"variables are"_s)));
}

Expected<Answer> unset(Session &session, const VariableArgs &a)
{
    if (a.words.isEmpty())
        return fail(ErrorKind::Usage, u"say which: NAME"_s);
    VariableEdits edits;
    for (const QString &word : a.words)
        edits.emplace_back(word, std::nullopt);
    const auto number = std::ssize(edits);
    return submit(session, a, std::move(edits),
                  u"%1 taken away."_s.arg(counted(number, u"variable is"_s, u"variables are"_s)));
}

struct VariableHolder
{
    VariableScope scope = VariableScope::Store;
    QString name;
};

Expected<VariableHolder> holderOf(const VariableArgs &a)
{
    std::vector<VariableHolder> given;
    if (a.group)
        given.push_back({VariableScope::Group, *a.group});
    if (a.templateName)
        given.push_back({VariableScope::Template, *a.templateName});
    if (a.device)
        given.push_back({VariableScope::Device, *a.device});
    if (given.size() > 1)
        return fail(ErrorKind::Usage, u"give one of --group, --template and --device"_s);
    return given.empty() ? VariableHolder() : given.front();
}

Expected<void> checkHolder(const Topology &topology, const VariableHolder &holder)
{
    const auto isThere = [](const auto &row) { return row ? Expected<void>() : Expected<void>(fail(row.error())); };
    switch (holder.scope) {
    case VariableScope::Group:
        return isThere(groupIn(topology, holder.name));
    case VariableScope::Template:
        return isThere(templateIn(topology, holder.name));
    case VariableScope::Device:
        return isThere(deviceIn(topology, holder.name));
    case VariableScope::Store:
    case VariableScope::Network:
        return {};
    }
    Q_UNREACHABLE();
}

Expected<Answer> list(Session &session, const VariableArgs &a)
{
    const auto holder = holderOf(a);
    if (!holder)
        return fail(holder.error());
    return session.tryLook([&holder](Topology &topology) -> Expected<Answer> {
        if (const auto ok = checkHolder(topology, *holder); !ok)
            return fail(ok.error());
        const auto rows = variablesIn(topology, holder->scope, holder->name);
        const QString whenEmpty = holder->scope == VariableScope::Store
                                      ? u"No variable is set for all devices. 'variable set NAME=VALUE' sets one."_s
                                      : u"It has no variables."_s;
        return Answer{{{u"variables"_s, variablesJson(rows)}}, variableTable(rows, whenEmpty).toString(), {}, 0};
    });
}

} // namespace

void addVariableCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("variable", "Values for the configurations of all devices");
    tree.addVerb<VariableArgs>(group, "set", "Set variables for all devices", declareSet, set);
    tree.addVerb<VariableArgs>(group, "unset", "Take variables away", declareUnset, unset);
    tree.addVerb<VariableArgs>(group, "list", "List variables as they were typed", declareList, list);
}

} // namespace interlock
