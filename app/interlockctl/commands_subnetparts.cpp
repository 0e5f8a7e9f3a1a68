// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/subnetlookup.h"
#include "model/rules/prefixlist.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct PartArgs
{
    std::optional<Prefix> prefix;
    QStringList words;
    std::optional<QString> tenant;
    std::optional<QString> forTenant;
    std::optional<int> length;
    std::optional<int> count;
    std::optional<QString> name;
    std::optional<SubnetRole> role;
    std::optional<QString> description;
    std::optional<QString> tags;
    std::optional<int> reserveFirst;
    std::optional<int> reserveLast;
    bool keepsParent = false;
    EditOptions edit;
};

void declareTenant(Arguments args, PartArgs &a)
{
    args.optional("--tenant", a.tenant, "Whose tree; --tenant= is the shared one (default: the one that has it)",
                  "TENANT");
}

void declareFree(Arguments args, PartArgs &a)
{
    args.required("PARENT", a.prefix, "A stored subnet");
    args.optional("--length", a.length, "The lowest free prefixes of this length (default: every gap, as it is)", "N");
    args.optional("--count", a.count, "So many (default 1 of a length, 1000 gaps)", "K");
    declareTenant(args, a);
}

void declareAllocate(Arguments args, PartArgs &a)
{
    args.required("PARENT", a.prefix, "A stored subnet");
    args.required("--length", a.length, "Length of what is allocated, lowest first", "N");
    args.optional("--count", a.count, "So many, all or none (default 1)", "K");
    declareTenant(args, a);
    args.optional("--for-tenant", a.forTenant, "Whose the new ones are (default: the parent's)", "TENANT");
    args.optional("--name", a.name, "A name for people", "NAME");
    args.optional("--role", a.role, "What they are for; see subnet add", "ROLE");
    args.optional("--description", a.description, "What they are for, in words", "TEXT");
    args.optional("--tags", a.tags, "Tags, separated by ';'", "TAGS");
    args.optional("--reserve-first", a.reserveFirst, "Keep back so many addresses from the lowest of each", "K");
    args.optional("--reserve-last", a.reserveLast, "Keep back so many addresses from the highest of each", "K");
    args.dryRun(a.edit);
}

void declareSplit(Arguments args, PartArgs &a)
{
    args.required("PREFIX", a.prefix, "A stored subnet");
    args.required("--length", a.length, "Length of the parts, which take over all that is written about it", "N");
    args.flag("--keep-parent", a.keepsParent, "The subnet stays, and contains its parts");
    declareTenant(args, a);
    args.edit(a.edit);
}

void declareMerge(Arguments args, PartArgs &a)
{
    args.words("PREFIX", a.words, "Stored subnets that together are one prefix");
    declareTenant(args, a);
    args.dryRun(a.edit);
}

void declareResize(Arguments args, PartArgs &a)
{
    args.required("PREFIX", a.prefix, "A stored subnet");
    args.required("--length", a.length, "Its new length, shorter or longer", "N");
    declareTenant(args, a);
    args.edit(a.edit);
}

Expected<SubnetRow> target(Session &session, const PartArgs &a, const Prefix &prefix)
{
    return session.tryLook([&](Topology &topology) { return subnetIn(topology, a.tenant, prefix); });
}

Expected<Answer> free(Session &session, const PartArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        const auto parent = subnetIn(topology, a.tenant, *a.prefix);
        if (!parent)
            return fail(parent.error());
        const int width = parent->prefix.first().width();
        if (a.length && (*a.length < parent->prefix.length() || *a.length > width))
            return fail(ErrorKind::Invalid, u"a length is %1 to %2 here"_s.arg(parent->prefix.length()).arg(width),
                        {{u"argument"_s, u"--length"_s}});
        const int count = a.count.value_or(a.length ? 1 : 1000);
        if (count < 1)
            return fail(ErrorKind::Invalid, u"a count is at least 1"_s, {{u"argument"_s, u"--count"_s}});
        const auto found =
            a.length ? nextFreeSubnets(topology, parent->tenant, parent->prefix, *a.length, count)
                     : freeGaps(topology, parent->tenant, parent->prefix, {}, static_cast<std::size_t>(count));
        QStringList lines;
        for (const Prefix &prefix : found)
            lines += prefix.toString();
        const QJsonObject document{{u"tenant"_s, parent->tenant},
                                   {u"prefix"_s, parent->prefix.toString()},
                                   {u"length"_s, a.length ? QJsonValue(*a.length) : QJsonValue()},
                                   {u"free"_s, prefixesJson(found)}};
        return Answer{document, lines.isEmpty() ? u"Nothing is free."_s : lines.join(u'\n'), {}, 0};
    });
}

/// The subnets that are there now, a line each, below `done`.
Expected<Answer> answerMany(Session &session, const PartArgs &a, Command command, const QString &done)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    QStringList lines{done};
    for (const SubnetRow &row : rowsOf<SubnetRow>(*receipt))
        lines += u"  %1  %2"_s.arg(row.prefix.toString(), row.name).trimmed().prepend(u"  "_s);
    return subnetEditAnswer(a.edit, *receipt, subnetsBody(*receipt), lines.join(u'\n'));
}

Expected<Answer> allocate(Session &session, const PartArgs &a)
{
    const auto parent = target(session, a, *a.prefix);
    if (!parent)
        return fail(parent.error());
    AllocateSubnets command;
    command.parentTenant = parent->tenant;
    command.parent = parent->prefix;
    command.length = *a.length;
    command.count = a.count.value_or(1);
    command.like.tenant = a.forTenant.value_or(parent->tenant);
    command.like.name = a.name.value_or(QString());
    command.like.role = a.role.value_or(SubnetRole::None);
    command.like.description = a.description.value_or(QString());
    command.like.tags = a.tags.value_or(QString());
    command.reserveFirst = a.reserveFirst.value_or(0);
    command.reserveLast = a.reserveLast.value_or(0);
    return answerMany(session, a, std::move(command), u"Allocated in %1:"_s.arg(parent->prefix.toString()));
}

Expected<Answer> split(Session &session, const PartArgs &a)
{
    const auto row = target(session, a, *a.prefix);
    if (!row)
        return fail(row.error());
    return answerMany(session, a, SplitSubnet{row->tenant, row->prefix, *a.length, a.keepsParent},
                      u"%1 is split into:"_s.arg(row->prefix.toString()));
}

Expected<Answer> merge(Session &session, const PartArgs &a)
{
    const auto prefixes = parsePrefixList(a.words.join(u' '));
    if (!prefixes)
        return fail(prefixes.error());
    if (prefixes->empty())
        return fail(ErrorKind::Usage, u"PREFIX is required"_s);
    const auto first = target(session, a, prefixes->front());
    if (!first)
        return fail(first.error());
    return answerMany(session, a, MergeSubnets{first->tenant, *prefixes}, u"Merged into:"_s);
}

Expected<Answer> resize(Session &session, const PartArgs &a)
{
    const auto row = target(session, a, *a.prefix);
    if (!row)
        return fail(row.error());
    return answerMany(session, a, ResizeSubnet{row->tenant, row->prefix, *a.length},
                      u"%1 is resized to:"_s.arg(row->prefix.toString()));
}

} // namespace

void addSubnetParts(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<PartArgs>(group, "free", "What is free in a subnet", declareFree, free);
    tree.addVerb<PartArgs>(group, "allocate", "Take the lowest free prefixes of a length", declareAllocate, allocate);
    tree.addVerb<PartArgs>(group, "split", "Divide a subnet into parts", declareSplit, split);
    tree.addVerb<PartArgs>(group, "merge", "Make one subnet of several", declareMerge, merge);
    tree.addVerb<PartArgs>(group, "resize", "Give a subnet another length", declareResize, resize);
}

} // namespace interlock
