// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct AllocationArgs
{
    std::optional<CommonName> cn;
    std::optional<Address> address;
    std::optional<InstanceName> instance;
    EditOptions edit;
};

void declareList(Arguments args, AllocationArgs &a)
{
    args.optional("CN", a.cn, "Only the addresses of this connector");
    args.optional("--instance", a.instance, "Only addresses of this instance", "NAME");
}

void declareSet(Arguments args, AllocationArgs &a)
{
    args.required("CN", a.cn, "Common name; the connector is made when there is none");
    args.required("ADDRESS", a.address, "An address in a pool of the instance");
    args.required("--instance", a.instance, "The OpenVPN instance", "NAME");
    args.edit(a.edit);
}

void declareRequest(Arguments args, AllocationArgs &a)
{
    args.required("CN", a.cn, "Common name; the connector is made when there is none");
    args.required("--instance", a.instance, "The OpenVPN instance", "NAME");
    args.dryRun(a.edit);
}

void declareRelease(Arguments args, AllocationArgs &a)
{
    args.required("CN", a.cn, "Common name");
    args.optional("--instance", a.instance, "Only on this instance (default: everywhere)", "NAME");
    args.dryRun(a.edit);
}

Expected<Answer> list(Session &session, const AllocationArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        if (a.instance) {
            if (const auto known = instanceIn(topology, *a.instance); !known)
                return fail(known.error());
        }
        if (a.cn) {
            if (const auto known = connectorIn(topology, *a.cn); !known)
                return fail(known.error());
        }
        Table table({u"INSTANCE"_s, u"ADDRESS"_s, u"CN"_s, u"BLOCK"_s, u"SINCE"_s}, u"No address is allocated."_s);
        QJsonArray allocations;
        for (const AllocationRow &row : topology.rows<AllocationRow>()) {
            if ((a.instance && row.instance != *a.instance) || (a.cn && row.cn != *a.cn))
                continue;
            const QJsonObject object = allocationJson(row, topology.find<InstanceRow>(row.instance));
            allocations.append(object);
            table.add({row.instance.toString(), row.address.toString(), row.cn.toString(),
                       object.value(u"block"_s).toString(), row.allocatedAt.toString()});
        }
        return Answer{{{u"allocations"_s, allocations}}, table.toString(), {}, 0};
    });
}

/// The rows that the receipt speaks of, with their blocks.
Expected<std::vector<QJsonObject>> blocksOf(Session &session, const Receipt &receipt)
{
    return session.look([&receipt](Topology &topology) {
        std::vector<QJsonObject> objects;
        for (const AllocationRow &row : rowsOf<AllocationRow>(receipt))
            objects.push_back(allocationJson(row, topology.find<InstanceRow>(row.instance)));
        return objects;
    });
}

Expected<Answer> give(Session &session, const AllocationArgs &a, Command command)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    return blocksOf(session, *receipt).map([&](const std::vector<QJsonObject> &rows) {
        const QJsonObject row = rows.empty() ? QJsonObject() : rows.front();
        return editAnswer(
            a.edit, *receipt, row,
            u"%1 has %2 on %3."_s.arg(a.cn->toString(), row.value(u"address"_s).toString(), a.instance->toString()));
    });
}

Expected<Answer> set(Session &session, const AllocationArgs &a)
{
    return give(session, a, SetAllocation{*a.cn, *a.instance, *a.address});
}

Expected<Answer> request(Session &session, const AllocationArgs &a)
{
    auto answer = give(session, a, RequestAllocation{*a.cn, *a.instance});
    // Whoever asked wants the address, also when it was there before.
    if (answer && !a.edit.isDryRun && answer->document.value(u"journal"_s).isNull())
        answer->text = u"%1 has %2 on %3 already."_s.arg(
            a.cn->toString(), answer->document.value(u"address"_s).toString(), a.instance->toString());
    return answer;
}

Expected<Answer> release(Session &session, const AllocationArgs &a)
{
    const auto receipt = session.edit(ReleaseAllocation{*a.cn, a.instance}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    return blocksOf(session, *receipt).map([&](const std::vector<QJsonObject> &rows) {
        QJsonArray allocations;
        for (const QJsonObject &row : rows)
            allocations.append(row);
        return editAnswer(
            a.edit, *receipt, {{u"cn"_s, a.cn->toString()}, {u"allocations"_s, allocations}},
            u"%1 gave up %2."_s.arg(a.cn->toString(), counted(std::ssize(rows), u"address"_s, u"addresses"_s)));
    });
}

} // namespace

void addAllocationCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("allocation", "Connectors' own tunnel addresses");
    tree.addVerb<AllocationArgs>(group, "list", "List allocations with the block each falls into", declareList, list);
    tree.addVerb<AllocationArgs>(group, "set", "Give a connector exactly this address", declareSet, set);
    tree.addVerb<AllocationArgs>(group, "request", "Give a connector the lowest free address, unless it has one",
                                 declareRequest, request);
    tree.addVerb<AllocationArgs>(group, "release", "Take a connector's addresses back", declareRelease, release);
}

} // namespace interlock
