// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/subnetlookup.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct SubnetArgs
{
    std::optional<Prefix> prefix;
    std::optional<QString> tenant;
    std::optional<QString> name;
    std::optional<SubnetRole> role;
    std::optional<QString> description;
    std::optional<QString> tags;
    std::vector<QString> custom;
    std::optional<Prefix> under;
    std::optional<Prefix> to;
    std::optional<QString> toTenant;
    std::optional<int> reserveFirst;
    std::optional<int> reserveLast;
    bool isRoot = false;
    bool withChildren = false;
    EditOptions edit;
};

void declareText(Arguments args, SubnetArgs &a)
{
    args.optional("--name", a.name, "A name for people", "NAME");
    args.optional("--role", a.role,
                  "none, container, zerotier-child, openvpn-pool, connector-lan, standin-range or reserved", "ROLE");
    args.optional("--description", a.description, "What it is for", "TEXT");
    args.optional("--tags", a.tags, "Tags, separated by ';'", "TAGS");
    args.repeated("--custom", a.custom, false, "A value of your own; without a value the key goes", "KEY=VALUE");
}

void declareTenant(Arguments args, SubnetArgs &a)
{
    args.optional("--tenant", a.tenant, "Whose tree; --tenant= is the shared one (default: the one that has it)",
                  "TENANT");
}

void declareAdd(Arguments args, SubnetArgs &a)
{
    args.required("PREFIX", a.prefix, "The subnet; it lies below the most specific one that contains it");
    args.optional("--tenant", a.tenant, "Whose tree (default: the shared one); made when there is none", "TENANT");
    declareText(args, a);
    args.flag("--root", a.isRoot, "Refuse when anything contains it or lies in it");
    args.optional("--under", a.under, "Refuse unless this one becomes its direct parent", "PREFIX");
    args.optional("--reserve-first", a.reserveFirst, "Keep back so many addresses from the lowest", "K");
    args.optional("--reserve-last", a.reserveLast, "Keep back so many addresses from the highest", "K");
    args.edit(a.edit);
}

void declareSet(Arguments args, SubnetArgs &a)
{
    args.required("PREFIX", a.prefix, "A stored subnet");
    declareTenant(args, a);
    declareText(args, a);
    args.edit(a.edit);
}

void declareMove(Arguments args, SubnetArgs &a)
{
    args.required("PREFIX", a.prefix, "A stored subnet; its children and addresses go with it");
    args.required("--to", a.to, "Where to, of the same length; every address in it changes alike", "PREFIX");
    declareTenant(args, a);
    args.optional("--to-tenant", a.toTenant, "Into this tenant's tree", "TENANT");
    args.edit(a.edit);
}

void declareRemove(Arguments args, SubnetArgs &a)
{
    args.required("PREFIX", a.prefix, "A stored subnet; its own addresses go with it");
    declareTenant(args, a);
    args.flag("--with-children", a.withChildren, "Also everything in it (otherwise its children move up)");
    args.edit(a.edit);
}

/// The row that an edit is about.
Expected<SubnetRow> target(Session &session, const SubnetArgs &a)
{
    return session.tryLook([&a](Topology &topology) { return subnetIn(topology, a.tenant, *a.prefix); });
}

/// The answer of an edit with one subnet as its subject.
Expected<Answer> answerOne(Session &session, const SubnetArgs &a, Command command, const QString &done)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    const auto rows = rowsOf<SubnetRow>(*receipt);
    return subnetEditAnswer(a.edit, *receipt, rows.empty() ? QJsonObject() : rowJson(rows.front()), done);
}

Expected<Answer> add(Session &session, const SubnetArgs &a)
{
    const auto custom = withCustom({}, a.custom);
    if (!custom)
        return fail(custom.error());
    SubnetRow row;
    row.tenant = a.tenant.value_or(QString());
    row.prefix = *a.prefix;
    row.name = a.name.value_or(QString());
    row.role = a.role.value_or(SubnetRole::None);
    row.description = a.description.value_or(QString());
    row.tags = a.tags.value_or(QString());
    row.custom = *custom;
    return answerOne(session, a,
                     AddSubnet{row, a.isRoot, a.under, a.reserveFirst.value_or(0), a.reserveLast.value_or(0)},
                     u"%1 is stored for %2."_s.arg(a.prefix->toString(), tenantText(row.tenant)));
}

Expected<Answer> set(Session &session, const SubnetArgs &a)
{
    const auto row = target(session, a);
    if (!row)
        return fail(row.error());
    SetSubnet command{row->tenant, row->prefix, a.name, a.role, a.description, a.tags, {}};
    if (!a.custom.empty()) {
        const auto custom = withCustom(row->custom, a.custom);
        if (!custom)
            return fail(custom.error());
        command.custom = *custom;
    }
    return answerOne(session, a, std::move(command), u"%1 is changed."_s.arg(row->prefix.toString()));
}

Expected<Answer> move(Session &session, const SubnetArgs &a)
{
    const auto row = target(session, a);
    if (!row)
        return fail(row.error());
    return answerOne(session, a, MoveSubnet{row->tenant, row->prefix, *a.to, a.toTenant},
                     u"%1 is %2 now."_s.arg(row->prefix.toString(), a.to->toString()));
}

Expected<Answer> remove(Session &session, const SubnetArgs &a)
{
    const auto row = target(session, a);
    if (!row)
        return fail(row.error());
    const auto receipt = session.edit(RemoveSubnet{row->tenant, row->prefix, a.withChildren}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    return subnetEditAnswer(a.edit, *receipt, rowJson(*row), u"%1 is removed."_s.arg(row->prefix.toString()));
}

} // namespace

void addSubnetCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("subnet", "The tree of subnets: who uses which addresses for what");
    tree.addVerb<SubnetArgs>(group, "add", "Store a subnet", declareAdd, add);
    tree.addVerb<SubnetArgs>(group, "set", "Rename or describe a subnet; what is not named stays", declareSet, set);
    tree.addVerb<SubnetArgs>(group, "move", "Give a subnet and all in it other addresses", declareMove, move);
    tree.addVerb<SubnetArgs>(group, "remove", "Remove a subnet", declareRemove, remove);
    addSubnetLists(tree, group);
    addSubnetParts(tree, group);
    addSubnetFiles(tree, group);
}

} // namespace interlock
