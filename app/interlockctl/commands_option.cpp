// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"
#include "model/rules/pushoption.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr auto kTypes = "route, route-ipv6, dhcp-option, redirect-gateway, block-outside-dns, ping, ping-restart";

struct OptionArgs
{
    std::optional<CommonName> cn;
    std::optional<QString> group;
    std::optional<InstanceName> instance;
    std::optional<OptionType> type;
    QStringList value;
    EditOptions edit;
};

struct Holder
{
    OptionScope scope;
    QString name;
};

void declareHolder(Arguments args, OptionArgs &a)
{
    args.optional("--cn", a.cn, "For this connector", "CN");
    args.optional("--group", a.group, "For every connector of this group", "G");
    args.optional("--instance", a.instance, "For everybody on this instance", "I");
}

void declareList(Arguments args, OptionArgs &a)
{
    declareHolder(args, a);
}

void declareSet(Arguments args, OptionArgs &a)
{
    declareHolder(args, a);
    args.required("TYPE", a.type, kTypes);
    args.words("VALUE", a.value,
               "As OpenVPN writes it: 10.0.0.0/8, DNS 10.0.0.1, 30; nothing for a type without a value");
    args.dryRun(a.edit);
}

void declareClear(Arguments args, OptionArgs &a)
{
    declareHolder(args, a);
    args.optional("TYPE", a.type, "Only options of this type (default: all)");
    args.words("VALUE", a.value, "Only this one (default: all of the type)");
    args.dryRun(a.edit);
}

Expected<std::optional<Holder>> holderOf(const OptionArgs &a)
{
    std::vector<Holder> given;
    if (a.cn)
        given.push_back({OptionScope::Cn, a.cn->toString()});
    if (a.group)
        given.push_back({OptionScope::Group, *a.group});
    if (a.instance)
        given.push_back({OptionScope::Instance, a.instance->toString()});
    if (given.size() > 1)
        return fail(ErrorKind::Usage, u"give one of --cn, --group and --instance"_s);
    return given.empty() ? std::nullopt : std::optional(given.front());
}

Expected<Holder> requiredHolderOf(const OptionArgs &a)
{
    return holderOf(a).and_then([](const std::optional<Holder> &holder) -> Expected<Holder> {
        if (!holder)
            return fail(ErrorKind::Usage, u"say for whom: --cn CN, --group G or --instance I"_s);
        return *holder;
    });
}

template <typename Rows>
Answer optionAnswer(const Rows &rows, const QString &whenEmpty)
{
    Table table({u"FOR"_s, u"NAME"_s, u"TYPE"_s, u"VALUE"_s}, whenEmpty);
    QJsonArray options;
    for (const OptionRow &row : rows) {
        options.append(optionJson(row));
        table.add({enumText(row.scope), row.holder, enumText(row.type), row.value});
    }
    return {{{u"options"_s, options}}, table.toString(), {}, 0};
}

Expected<Answer> list(Session &session, const OptionArgs &a)
{
    const auto holder = holderOf(a);
    if (!holder)
        return fail(holder.error());
    return session.look([&holder](Topology &topology) {
        std::vector<OptionRow> rows;
        for (const OptionRow &row : topology.rows<OptionRow>()) {
            if (!*holder || (row.scope == (*holder)->scope && row.holder == (*holder)->name))
                rows.push_back(row);
        }
        return optionAnswer(rows, u"No option is set."_s);
    });
}

Expected<Answer> answerOptions(Session &session, const OptionArgs &a, const Holder &holder, Command command,
                               const QString &done)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    const Answer listed = optionAnswer(rowsOf<OptionRow>(*receipt), u"No option is left."_s);
    QJsonObject body = listed.document;
    body.insert(enumText(holder.scope), holder.name);
    return editAnswer(a.edit, *receipt, body, done + u'\n' + listed.text);
}

Expected<Answer> set(Session &session, const OptionArgs &a)
{
    const auto holder = requiredHolderOf(a);
    if (!holder)
        return fail(holder.error());
    const auto option = PushOption::parse(*a.type, a.value.join(u' '));
    if (!option)
        return fail(option.error());
    return answerOptions(session, a, *holder, SetOption{holder->scope, holder->name, option->type(), option->value()},
                         u"Set: %1"_s.arg(option->toLine()));
}

Expected<Answer> clear(Session &session, const OptionArgs &a)
{
    const auto holder = requiredHolderOf(a);
    if (!holder)
        return fail(holder.error());
    std::optional<QString> value;
    if (!a.value.isEmpty()) {
        const auto option = PushOption::parse(*a.type, a.value.join(u' '));
        if (!option)
            return fail(option.error());
        value = option->value();
    }
    return answerOptions(session, a, *holder, ClearOptions{holder->scope, holder->name, a.type, value}, u"Cleared."_s);
}

} // namespace

void addOptionCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("option", "What else is pushed, typed, for a connector, a group or an instance");
    tree.addVerb<OptionArgs>(group, "list", "List options", declareList, list);
    tree.addVerb<OptionArgs>(group, "set", "Add an option, or replace it where clients obey one only", declareSet, set);
    tree.addVerb<OptionArgs>(group, "clear", "Take options away", declareClear, clear);
}

} // namespace interlock
