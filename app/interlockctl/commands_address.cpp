// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/subnetlookup.h"
#include "app/interlockctl/table.h"

#include <QRandomGenerator>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct AddressArgs
{
    std::optional<Prefix> subnet;
    std::optional<Address> address;
    std::optional<QString> tenant;
    std::optional<QString> holder;
    std::optional<QString> description;
    std::optional<QString> tags;
    std::vector<QString> custom;
    std::optional<AddressChoice> choice;
    std::optional<int> count;
    std::optional<Address> from;
    std::optional<int> limit;
    bool isReserved = false;
    bool isNow = false;
    bool isAll = false;
    EditOptions edit;
};

void declareTenant(Arguments args, AddressArgs &a)
{
    args.optional("--tenant", a.tenant, "Whose; --tenant= is the shared tree (default: the one that has it)", "TENANT");
}

void declareRequest(Arguments args, AddressArgs &a)
{
    args.required("SUBNET", a.subnet, "A stored subnet; never an address of one of its children");
    args.optional("--for", a.holder, "Who has it", "NAME");
    args.optional("--description", a.description, "What it is for", "TEXT");
    args.optional("--choice", a.choice, "lowest (default), random or sparse", "HOW");
    args.optional("--count", a.count, "So many, all or none (default 1)", "K");
    declareTenant(args, a);
    args.dryRun(a.edit);
}

void declareAdd(Arguments args, AddressArgs &a)
{
    args.required("ADDRESS", a.address, "Exactly this address; it must lie in a stored subnet");
    args.optional("--for", a.holder, "Who has it", "NAME");
    args.optional("--description", a.description, "What it is for", "TEXT");
    args.optional("--tags", a.tags, "Tags, separated by ';'", "TAGS");
    args.repeated("--custom", a.custom, false, "A value of your own", "KEY=VALUE");
    args.flag("--reserved", a.isReserved, "Keep it back for nobody");
    args.optional("--subnet", a.subnet, "Refuse when it does not lie in this one", "PREFIX");
    declareTenant(args, a);
    args.edit(a.edit);
}

void declareList(Arguments args, AddressArgs &a)
{
    args.required("SUBNET", a.subnet, "A stored subnet");
    args.optional("--from", a.from, "Begin with this address", "ADDRESS");
    args.optional("--limit", a.limit, "At most so many (default 256)", "N");
    args.flag("--all", a.isAll, "Also the free ones");
    declareTenant(args, a);
}

void declareRelease(Arguments args, AddressArgs &a)
{
    args.required("ADDRESS", a.address, "An address that somebody has or that is kept back");
    args.flag("--now", a.isNow, "Without the quarantine");
    declareTenant(args, a);
    args.edit(a.edit);
}

/// The answer of an edit: one address stands alone, several are a list.
Expected<Answer> answerEdit(Session &session, const AddressArgs &a, Command command, const QString &done)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    const auto rows = rowsOf<AddressRow>(*receipt);
    QJsonArray list;
    QStringList texts;
    for (const AddressRow &row : rows) {
        list.append(rowJson(row));
        texts += row.address.toString();
    }
    const QJsonObject body = list.size() == 1 ? list.first().toObject() : QJsonObject{{u"addresses"_s, list}};
    return editAnswer(a.edit, *receipt, body, done + texts.join(u", "_s) + u'.');
}

Expected<Answer> request(Session &session, const AddressArgs &a)
{
    const auto subnet = session.tryLook([&a](Topology &topology) { return subnetIn(topology, a.tenant, *a.subnet); });
    if (!subnet)
        return fail(subnet.error());
    RequestAddress command;
    command.tenant = subnet->tenant;
    command.subnet = subnet->prefix;
    command.holder = a.holder.value_or(QString());
    command.description = a.description.value_or(QString());
    command.choice = a.choice.value_or(AddressChoice::Lowest);
    command.seed = QRandomGenerator::system()->generate64();
    command.count = a.count.value_or(1);
    const QString whom = command.holder.isEmpty() ? QString() : u" for "_s + command.holder;
    return answerEdit(session, a, std::move(command), u"Taken%1: "_s.arg(whom));
}

Expected<Answer> add(Session &session, const AddressArgs &a)
{
    const auto custom = withCustom({}, a.custom);
    if (!custom)
        return fail(custom.error());
    const auto tenant =
        session.tryLook([&a](Topology &topology) { return tenantHolding(topology, a.tenant, *a.address); });
    if (!tenant)
        return fail(tenant.error());
    AddAddress command;
    command.tenant = *tenant;
    command.address = *a.address;
    command.state = a.isReserved ? AddressState::Reserved : AddressState::Used;
    command.holder = a.holder.value_or(QString());
    command.description = a.description.value_or(QString());
    command.tags = a.tags.value_or(QString());
    command.custom = *custom;
    command.subnet = a.subnet;
    return answerEdit(session, a, std::move(command), u"Taken: "_s);
}

Expected<Answer> release(Session &session, const AddressArgs &a)
{
    const auto row = session.tryLook([&a](Topology &topology) { return addressIn(topology, a.tenant, *a.address); });
    if (!row)
        return fail(row.error());
    const auto receipt = session.edit(ReleaseAddress{row->tenant, row->address, a.isNow}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    // One that waits is still there.
    const auto kept = std::ranges::find_if(receipt->changes, [](const RowChange &change) {
        return change.after && std::holds_alternative<AddressRow>(*change.after);
    });
    if (kept == receipt->changes.end())
        return editAnswer(a.edit, *receipt, rowJson(*row), u"%1 is free."_s.arg(row->address.toString()));
    const auto waiting = std::get<AddressRow>(*kept->after);
    return editAnswer(a.edit, *receipt, rowJson(waiting),
                      u"%1 is released, and free from %2."_s.arg(waiting.address.toString(), waiting.until.toString()));
}

QString stateText(HostState state)
{
    switch (state) {
    case HostState::Free:
        return u"free"_s;
    case HostState::Used:
        return u"used"_s;
    case HostState::Reserved:
        return u"reserved"_s;
    case HostState::Quarantined:
        return u"quarantined"_s;
    case HostState::InChild:
        return u"inChild"_s;
    case HostState::Allocation:
        return u"allocation"_s;
    }
    Q_UNREACHABLE();
}

/// Every address, also the free ones, from `from` on.
Expected<Answer> listAll(const Topology &topology, const SubnetRow &subnet, const AddressArgs &a, std::size_t limit)
{
    return listHosts(topology, subnet.tenant, subnet.prefix, a.from, limit).map([&](const HostPage &page) {
        Table table({u"ADDRESS"_s, u"STATE"_s, u"HOLDER"_s}, u"It has no usable address."_s);
        QJsonArray list;
        for (const HostRow &row : page.rows) {
            list.append(QJsonObject{
                {u"address"_s, row.address.toString()}, {u"state"_s, stateText(row.state)}, {u"holder"_s, row.holder}});
            table.add({row.address.toString(), stateText(row.state), row.holder});
        }
        const QJsonValue next = page.next ? QJsonValue(page.next->toString()) : QJsonValue();
        QString text = table.toString();
        if (page.next)
            text += u"\nThere is more: --from %1"_s.arg(page.next->toString());
        return Answer{{{u"prefix"_s, subnet.prefix.toString()},
                       {u"tenant"_s, subnet.tenant},
                       {u"addresses"_s, list},
                       {u"next"_s, next}},
                      text,
                      {},
                      0};
    });
}

/// Addresses that somebody has, keeps back or that wait.
Expected<Answer> listHeld(const Topology &topology, const SubnetRow &subnet, const AddressArgs &a, std::size_t limit)
{
    std::optional<Address> after;
    if (a.from) {
        if (!subnet.prefix.contains(*a.from))
            return fail(ErrorKind::Invalid, u"%1 is not in %2"_s.arg(a.from->toString(), subnet.prefix.toString()),
                        {{u"argument"_s, u"--from"_s}});
        if (*a.from != subnet.prefix.first())
            after = Address(a.from->family(), a.from->value() - 1);
    }
    auto rows = listAddresses(topology, subnet.tenant, subnet.prefix, after, limit + 1);
    QJsonValue next;
    if (rows.size() > limit) {
        next = rows.back().address.toString();
        rows.pop_back();
    }
    Table table({u"ADDRESS"_s, u"STATE"_s, u"HOLDER"_s, u"DESCRIPTION"_s}, u"Nobody has an address there."_s);
    QJsonArray list;
    for (const AddressRow &row : rows) {
        list.append(rowJson(row));
        table.add({row.address.toString(), enumText(row.state), row.holder, row.description});
    }
    QString text = table.toString();
    if (!next.isNull())
        text += u"\nThere is more: --from %1"_s.arg(next.toString());
    return Answer{{{u"prefix"_s, subnet.prefix.toString()},
                   {u"tenant"_s, subnet.tenant},
                   {u"addresses"_s, list},
                   {u"next"_s, next}},
                  text,
                  {},
                  0};
}

Expected<Answer> list(Session &session, const AddressArgs &a)
{
    const int limit = a.limit.value_or(256);
    if (limit < 1)
        return fail(ErrorKind::Invalid, u"a limit is at least 1"_s, {{u"argument"_s, u"--limit"_s}});
    return session.tryLook([&](Topology &topology) -> Expected<Answer> {
        const auto subnet = subnetIn(topology, a.tenant, *a.subnet);
        if (!subnet)
            return fail(subnet.error());
        const auto most = static_cast<std::size_t>(limit);
        return a.isAll ? listAll(topology, *subnet, a, most) : listHeld(topology, *subnet, a, most);
    });
}

} // namespace

void addAddressCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("address", "Addresses of subnets: who has which");
    tree.addVerb<AddressArgs>(group, "request", "Take free addresses of a subnet", declareRequest, request);
    tree.addVerb<AddressArgs>(group, "add", "Take exactly this address", declareAdd, add);
    tree.addVerb<AddressArgs>(group, "list", "List the addresses of a subnet", declareList, list);
    tree.addVerb<AddressArgs>(group, "release", "Give an address back", declareRelease, release);
}

} // namespace interlock
