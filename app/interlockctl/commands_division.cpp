// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/devicelookup.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/subnetlookup.h"
#include "app/interlockctl/variablewords.h"
#include "model/rules/divisionshares.h"
#include "model/rules/templatetext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct DivisionArgs
{
    std::optional<QString> label;
    std::optional<QString> newLabel;
    std::optional<QString> tenant;
    std::optional<Prefix> master;
    std::optional<int> length;
    std::optional<int> subnets;
    std::optional<int> addresses;
    std::optional<NetworkName> network;
    bool movesAddresses = false;
    EditOptions edit;
};

void declareAdd(Arguments args, DivisionArgs &a)
{
    args.required("LABEL", a.label, "What its variables' names begin with");
    args.required("--master", a.master, "The subnet that is divided", "P");
    args.required("--length", a.length, "Length of each subnet; 32 or 128: single addresses of the master", "N");
    args.optional("--tenant", a.tenant, "Whose tree the master is in (default: the one that has it)", "TENANT");
    args.optional("--subnets", a.subnets, "So many for each device (default 1)", "N");
    args.optional("--addresses", a.addresses, "So many in each subnet (default 1)", "N");
    args.optional("--network", a.network, "Only for its members, whose address there is the first they get", "N");
    args.flag("--move-addresses", a.movesAddresses, "Members of the network that have an address get another one");
    args.edit(a.edit);
}

void declareSet(Arguments args, DivisionArgs &a)
{
    args.required("LABEL", a.label, "A rule; what it divides stays as it is");
    args.optional("--label", a.newLabel, "Another label, which renames its variables", "LABEL");
    args.optional("--addresses", a.addresses, "More addresses in each subnet; not fewer", "N");
    args.edit(a.edit);
}

void declareLabel(Arguments args, DivisionArgs &a)
{
    args.required("LABEL", a.label, "A rule");
}

void declareRemove(Arguments args, DivisionArgs &a)
{
    args.required("LABEL", a.label, "A rule; what devices have by it goes with it");
    args.edit(a.edit);
}

void declareNothing(Arguments, DivisionArgs &) {}

struct DeviceShare
{
    QString device;
    std::vector<DivisionPart> parts;
};

/// What every device has by the rule, by name.
std::vector<DeviceShare> sharesOf(const Topology &topology, const DivisionRuleRow &rule)
{
    std::vector<DeviceShare> shares;
    for (const DivisionShareRow *row : topology.list<DivisionShareRow>(rule.label)) {
        if (shares.empty() || shares.back().device != row->device)
            shares.push_back({row->device, divisionPartsOf(topology, rule, row->device)});
    }
    return shares;
}

QJsonObject shareJson(const DivisionRule &rule, const DeviceShare &share)
{
    QJsonArray parts;
    for (const DivisionPart &part : share.parts) {
        QJsonArray addresses;
        for (const Address &address : part.addresses)
            addresses.append(address.toString());
        const QJsonValue subnet = rule.isOfSingleAddresses() ? QJsonValue() : QJsonValue(part.subnet.toString());
        parts.append(QJsonObject{{u"subnet"_s, subnet}, {u"addresses"_s, addresses}});
    }
    return {{u"device"_s, share.device}, {u"parts"_s, parts}};
}

QString addressesText(const DivisionPart &part)
{
    QStringList texts;
    for (const Address &address : part.addresses)
        texts += address.toString();
    return texts.join(u' ');
}

/// The devices that an edit gave something to.
qint64 servedBy(const Receipt &receipt)
{
    qint64 devices = 0;
    QString last;
    for (const DivisionShareRow &row : rowsOf<DivisionShareRow>(receipt)) {
        devices += row.device == last ? 0 : 1;
        last = row.device;
    }
    return devices;
}

QJsonObject ruleBody(const Receipt &receipt)
{
    const auto rules = rowsOf<DivisionRuleRow>(receipt);
    QJsonObject object = rules.empty() ? QJsonObject() : rowJson(rules.front());
    object.insert(u"deviceCount"_s, servedBy(receipt));
    return object;
}

Answer answerRule(const DivisionArgs &a, const Receipt &receipt, const QString &done)
{
    Answer answer = editAnswer(a.edit, receipt, ruleBody(receipt), done);
    if (receipt.journal)
        answer.notes += pushNotes(receipt);
    return answer;
}

QString served(const Receipt &receipt)
{
    const qint64 number = servedBy(receipt);
    return number == 0 ? u"no device is there yet that it is for"_s
                       : counted(number, u"device has its share"_s, u"devices have their share"_s);
}

Expected<Answer> add(Session &session, const DivisionArgs &a)
{
    const auto master = session.tryLook([&a](Topology &topology) { return subnetIn(topology, a.tenant, *a.master); });
    if (!master)
        return fail(master.error());
    DivisionRuleRow row{*a.label,
                        master->tenant,
                        master->prefix,
                        *a.length,
                        a.subnets.value_or(1),
                        a.addresses.value_or(1),
                        a.network ? a.network->toString() : QString(),
                        {},
                        0};
    auto receipt = session.edit(AddDivisionRule{std::move(row), a.movesAddresses}, a.edit);
    if (!receipt) {
        Error error = receipt.error();
        if (error.kind == ErrorKind::Conflict && error.payload.contains(u"members"_s))
            error.detail += u"; --move-addresses says that this is meant"_s;
        return fail(std::move(error));
    }
    return answerRule(a, *receipt, u"Division rule %1 is stored: %2."_s.arg(*a.label, served(*receipt)));
}

/// Texts do not follow a rename: whoever wrote them is told.
QStringList templatesThatSay(const Topology &topology, const DivisionRuleRow &before)
{
    const auto names = divisionNames(divisionRuleOf(before));
    QStringList found;
    for (const TemplateRow &row : topology.rows<TemplateRow>()) {
        const auto used = variablesOf(row.text);
        if (std::ranges::find_first_of(used, names) != used.end())
            found += row.name;
    }
    return found;
}

Expected<Answer> set(Session &session, const DivisionArgs &a)
{
    if (!a.newLabel && !a.addresses)
        return fail(ErrorKind::Usage, u"say what is to change: --label or --addresses"_s);
    const auto users = session.look([&a](Topology &topology) {
        const auto *present = topology.find<DivisionRuleRow>(*a.label);
        return present && a.newLabel && *a.newLabel != *a.label ? templatesThatSay(topology, *present) : QStringList();
    });
    if (!users)
        return fail(users.error());
    const auto receipt = session.edit(SetDivisionRule{*a.label, a.newLabel, a.addresses}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    Answer answer = answerRule(
        a, *receipt, u"Division rule %1 is changed: %2."_s.arg(a.newLabel.value_or(*a.label), served(*receipt)));
    answer.document.insert(u"templatesWithOldNames"_s, QJsonArray::fromStringList(*users));
    for (const QString &name : *users) {
        answer.notes += u"Template %1 has variables of %2 in it, which are called %3_... now: 'template set %1'."_s.arg(
            name, *a.label, *a.newLabel);
    }
    return answer;
}

Expected<Answer> remove(Session &session, const DivisionArgs &a)
{
    const auto receipt = session.edit(RemoveDivisionRule{*a.label}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    return answerRule(a, *receipt, u"Division rule %1 is removed, and what devices had by it is free."_s.arg(*a.label));
}

QString lengthText(const DivisionRuleRow &row)
{
    return u'/' + QString::number(row.length);
}

Expected<Answer> list(Session &session, const DivisionArgs &)
{
    return session.look([](Topology &topology) {
        Table table({u"LABEL"_s, u"MASTER"_s, u"LENGTH"_s, u"SUBNETS"_s, u"ADDRESSES"_s, u"NETWORK"_s, u"DEVICES"_s},
                    u"There are no division rules yet. 'division add' stores one."_s);
        QJsonArray rules;
        for (const DivisionRuleRow &row : topology.rows<DivisionRuleRow>()) {
            const qint64 devices = std::ssize(sharesOf(topology, row));
            QJsonObject object = rowJson(row);
            object.insert(u"deviceCount"_s, devices);
            rules.append(object);
            table.add({row.label, row.master.toString(), lengthText(row), QString::number(row.subnets),
                       QString::number(row.addresses), row.network.isEmpty() ? u"-"_s : row.network,
                       QString::number(devices)});
        }
        return Answer{{{u"rules"_s, rules}}, table.toString(), {}, 0};
    });
}

Expected<Answer> show(Session &session, const DivisionArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        const auto *row = topology.find<DivisionRuleRow>(*a.label);
        if (!row) {
            return fail(ErrorKind::NotFound, u"there is no division rule '%1'"_s.arg(*a.label),
                        {{u"label"_s, *a.label}});
        }
        const DivisionRule rule = divisionRuleOf(*row);
        Table head({u"LABEL"_s, u"MASTER"_s, u"LENGTH"_s, u"NETWORK"_s, u"VERSION"_s}, QString());
        head.add({row->label, row->master.toString(), lengthText(*row), row->network.isEmpty() ? u"-"_s : row->network,
                  QString::number(row->version)});
        Table shares({u"DEVICE"_s, u"SUBNET"_s, u"ADDRESSES"_s}, u"No device has anything by it yet."_s);
        QJsonArray list;
        for (const DeviceShare &share : sharesOf(topology, *row)) {
            list.append(shareJson(rule, share));
            for (const DivisionPart &part : share.parts) {
                shares.add(
                    {share.device, rule.isOfSingleAddresses() ? u"-"_s : part.subnet.toString(), addressesText(part)});
            }
        }
        QStringList names;
        for (const QString &name : divisionNames(rule))
            names += name;
        QJsonObject object = rowJson(*row);
        object.insert(u"shares"_s, list);
        object.insert(u"variables"_s, QJsonArray::fromStringList(names));
        const QStringList parts{head.toString(), shares.toString(), u"Variables: %1"_s.arg(names.join(u' '))};
        return Answer{object, parts.join(u"\n\n"_s), {}, 0};
    });
}

} // namespace

void addDivisionCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("division", "Rules that give every device subnets and addresses of its own");
    tree.addVerb<DivisionArgs>(group, "add", "Store a rule, and give every device its share", declareAdd, add);
    tree.addVerb<DivisionArgs>(group, "set", "Rename a rule, or give more addresses", declareSet, set);
    tree.addVerb<DivisionArgs>(group, "list", "List rules", declareNothing, list);
    tree.addVerb<DivisionArgs>(group, "show", "Show what every device has by a rule", declareLabel, show);
    tree.addVerb<DivisionArgs>(group, "remove", "Remove a rule and what devices have by it", declareRemove, remove);
}

} // namespace interlock
