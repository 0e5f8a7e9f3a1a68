// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/networkdesk.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/subnetlookup.h"
#include "app/interlockctl/table.h"
#include "model/rules/routeplan.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// `attached`, `omit` or `via:ADDRESS`.
struct ParentChoice
{
    ParentRoute parent = ParentRoute::Attached;
    std::optional<Address> gateway;

    static Expected<ParentChoice> parse(const QString &text)
    {
        if (!text.startsWith(u"via:"_s))
            return parseEnum<ParentRoute>(text).map([](ParentRoute known) { return ParentChoice{known, {}}; });
        const QString typed = text.mid(4);
        const auto gateway = parseGateway(typed, typed.contains(u':') ? Family::IPv6 : Family::IPv4);
        if (!gateway)
            return fail(gateway.error());
        // A gateway that is none, or the LAN, is a parent that is attached.
        return *gateway ? ParentChoice{ParentRoute::Via, *gateway} : ParentChoice{ParentRoute::Attached, {}};
    }
};

/// A network id, or `new`.
struct IdChoice
{
    std::optional<NetworkId> id;

    static Expected<IdChoice> parse(const QString &text)
    {
        if (text == u"new"_s)
            return IdChoice{};
        return NetworkId::parse(text).map([](const NetworkId &known) { return IdChoice{known}; });
    }
};

struct NetworkArgs
{
    std::optional<NetworkName> name;
    std::optional<ControllerName> controller;
    std::optional<IdChoice> id;
    std::optional<Prefix> subnet;
    std::optional<QString> tenant;
    bool isFromChildren = false;
    std::optional<ChildRoutes> children;
    std::optional<ParentChoice> parent;
    std::optional<QString> title;
    std::optional<bool> isAutoAssign;
    std::optional<int> multicastLimit;
    std::optional<int> mtu;
    std::optional<QString> dnsDomain;
    std::vector<QString> dnsServers;
    std::optional<std::optional<Address>> server;
    bool isDeleted = false;
    EditOptions edit;
};

void declareSettings(Arguments args, NetworkArgs &a)
{
    args.flag("--routes-from-children", a.isFromChildren, "A route for each direct child of the subnet");
    args.optional("--children", a.children, "Which children have a route: off, direct, leaves or all", "LEVELS");
    args.optional("--parent", a.parent, "The subnet's own route: attached, omit or via:ADDRESS", "HOW");
    args.optional("--title", a.title, "Its name on the controller", "TEXT");
    args.optional("--auto-assign", a.isAutoAssign, "yes: the controller chooses members' addresses (default no)",
                  "yes|no");
    args.optional("--multicast-limit", a.multicastLimit, "Recipients of one multicast; -1: leave it alone", "N");
    args.optional("--mtu", a.mtu, "1280 to 10000; -1: leave it alone", "N");
    args.optional("--dns-domain", a.dnsDomain, "The domain that its DNS servers answer for; empty: none", "DOMAIN");
    args.repeated("--dns-server", a.dnsServers, false, "A DNS server, again for each", "ADDRESS");
    args.optional("--server", a.server, "The VPN's own server, for variables; empty: none", "ADDRESS");
}

void declareAdd(Arguments args, NetworkArgs &a)
{
    args.required("NAME", a.name, "A name for it; variables of its members end in it");
    args.required("--controller", a.controller, "The controller that it is on", "NAME");
    args.required("--id", a.id, "Its id, or 'new'; one that the controller does not have is created", "NWID|new");
    args.required("--subnet", a.subnet, "The stored subnet that its routes are made from", "PREFIX");
    args.optional("--tenant", a.tenant, "Whose tree the subnet is in (default: the one that has it)", "TENANT");
    declareSettings(args, a);
    args.edit(a.edit);
}

void declareSet(Arguments args, NetworkArgs &a)
{
    args.required("NAME", a.name, "A network");
    declareSettings(args, a);
    args.edit(a.edit);
}

void declareName(Arguments args, NetworkArgs &a)
{
    args.required("NAME", a.name, "A network");
}

void declareRemove(Arguments args, NetworkArgs &a)
{
    args.required("NAME", a.name, "A network; its members' addresses are free afterwards");
    args.flag("--delete", a.isDeleted, "Delete it on its controller, too, with all members");
    args.edit(a.edit);
}

void declareNothing(Arguments, NetworkArgs &) {}

NetworkRow rowOf(const NetworkArgs &a, const NetworkRecord &record, const SubnetRow &subnet)
{
    NetworkRow row{*a.name, record.id, *a.controller, subnet.tenant, subnet.prefix};
    row.children = a.children.value_or(a.isFromChildren ? ChildRoutes::Direct : ChildRoutes::Off);
    const ParentChoice parent = a.parent.value_or(ParentChoice());
    row.parent = parent.parent;
    row.gateway = parent.gateway;
    row.title = a.title.value_or(record.name);
    row.isAutoAssign = a.isAutoAssign.value_or(record.isAutoAssign4);
    row.multicastLimit = a.multicastLimit.value_or(kNotOurs);
    row.mtu = a.mtu.value_or(kNotOurs);
    row.dnsDomain = a.dnsDomain.value_or(QString());
    row.dnsServers = QStringList(a.dnsServers.begin(), a.dnsServers.end()).join(u';');
    row.server = a.server.value_or(std::nullopt);
    return row;
}

Expected<Answer> answerRow(const NetworkArgs &a, const Expected<Receipt> &receipt, const QString &done)
{
    if (!receipt)
        return fail(receipt.error());
    const auto rows = rowsOf<NetworkRow>(*receipt);
    return editAnswer(a.edit, *receipt, rows.empty() ? QJsonObject() : rowJson(rows.front()), done);
}

/// Whether the rows would take it, before anything is made on the controller. \source CASES.md C6, C8
Expected<SubnetRow> rehearse(Session &session, const NetworkArgs &a, const std::optional<NodeId> &node)
{
    const auto subnet = session.tryLook([&a](Topology &topology) { return subnetIn(topology, a.tenant, *a.subnet); });
    if (!subnet)
        return subnet;
    // An id that nobody has yet stands for the new one.
    const auto stand =
        a.id->id ? *a.id->id : NetworkId::parse((node ? node->toString() : u"0000000001"_s) + u"000001"_s);
    if (!stand)
        return fail(stand.error());
    NetworkRecord record{*stand};
    const auto rehearsed = session.edit(AddNetwork{rowOf(a, record, *subnet)}, EditOptions{true, a.edit.ifVersion});
    if (!rehearsed)
        return fail(rehearsed.error());
    return subnet;
}

Expected<NetworkRecord> findOrCreate(ControllerClient &client, const NetworkArgs &a, bool &isCreated)
{
    if (a.id->id) {
        const auto present = NetworkDesk::wait(client.network(*a.id->id));
        if (present || present.error().kind != ErrorKind::NotFound)
            return present;
    }
    if (a.edit.isDryRun)
        return NetworkRecord{a.id->id ? *a.id->id : *NetworkId::parse(u"0000000001000001"_s)};
    NetworkEdit edit;
    edit.name = a.title.value_or(a.name->toString());
    edit.isPrivate = true;
    edit.isAutoAssign4 = a.isAutoAssign.value_or(false);
    auto created = NetworkDesk::wait(client.createNetwork(a.id->id, edit));
    if (!created) {
        Error error = created.error();
        error.detail = u"failed to create the network, and nothing was stored: "_s + error.detail;
        return fail(std::move(error));
    }
    isCreated = true;
    return created;
}

Expected<Answer> add(Session &session, const NetworkArgs &a)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto client = (*desk)->client(*a.controller);
    if (!client)
        return fail(client.error());
    const auto identity = NetworkDesk::wait((*client)->probe());
    if (!identity)
        return fail(identity.error());
    const auto subnet = rehearse(session, a, identity->node);
    if (!subnet)
        return fail(subnet.error());
    bool isCreated = false;
    const auto record = findOrCreate(**client, a, isCreated);
    if (!record)
        return fail(record.error());
    const auto receipt = session.edit(AddNetwork{rowOf(a, *record, *subnet)}, a.edit);
    if (!receipt && isCreated) {
        // What was made for a row that there is not is taken back, and only that. CASES.md C7
        const auto undone = NetworkDesk::wait((*client)->deleteNetwork(record->id));
        Error error = receipt.error();
        error.detail += undone ? u"; the network %1 that was just created is deleted again"_s.arg(record->id.toString())
                               : u"; the network %1 that was just created could not be deleted again: %2"_s.arg(
                                     record->id.toString(), undone.error().detail);
        return fail(std::move(error));
    }
    auto answer =
        answerRow(a, receipt,
                  (isCreated ? u"Network %1 is created as %2. 'zt apply %1' sends its routes."_s
                             : u"Network %1 is %2, as it is. 'zt diff %1' shows what an apply would change."_s)
                      .arg(a.name->toString(), record->id.toString()));
    if (answer)
        answer->document.insert(u"created"_s, isCreated);
    return answer;
}

Expected<Answer> set(Session &session, const NetworkArgs &a)
{
    SetNetwork command{*a.name};
    command.children = a.children;
    if (!command.children && a.isFromChildren)
        command.children = ChildRoutes::Direct;
    if (a.parent) {
        command.parent = a.parent->parent;
        command.gateway = a.parent->gateway;
    }
    command.title = a.title;
    command.isAutoAssign = a.isAutoAssign;
    command.multicastLimit = a.multicastLimit;
    command.mtu = a.mtu;
    command.dnsDomain = a.dnsDomain;
    if (!a.dnsServers.empty() || (a.dnsDomain && a.dnsDomain->isEmpty()))
        command.dnsServers = QStringList(a.dnsServers.begin(), a.dnsServers.end()).join(u';');
    command.server = a.server;
    return answerRow(a, session.edit(std::move(command), a.edit),
                     u"Network %1 is changed. 'zt apply %1' sends it."_s.arg(a.name->toString()));
}

Expected<Answer> list(Session &session, const NetworkArgs &)
{
    return session.look([](Topology &topology) {
        Table table({u"NETWORK"_s, u"ID"_s, u"CONTROLLER"_s, u"SUBNET"_s, u"CHILDREN"_s, u"PARENT"_s, u"ROUTES"_s,
                     u"MEMBERS"_s},
                    u"There are no networks yet. 'zt network add' stores one."_s);
        QJsonArray networks;
        for (const NetworkRow &row : topology.rows<NetworkRow>()) {
            const auto owned = topology.list<OwnedRouteRow>(row.name).size();
            const auto members = topology.list<MemberRow>(row.name).size();
            QJsonObject object = rowJson(row);
            object.insert(u"ownedRouteCount"_s, static_cast<qint64>(owned));
            object.insert(u"memberCount"_s, static_cast<qint64>(members));
            networks.append(object);
            const QString parent = row.gateway ? u"via "_s + row.gateway->toString() : enumText(row.parent);
            table.add({row.name.toString(), row.networkId.toString(), row.controller.toString(), row.subnet.toString(),
                       enumText(row.children), parent, QString::number(owned), QString::number(members)});
        }
        return Answer{{{u"networks"_s, networks}}, table.toString(), {}, 0};
    });
}

Expected<Answer> show(Session &session, const NetworkArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        const auto context = networkContext(topology, *a.name);
        if (!context)
            return fail(context.error());
        const QJsonObject object = rowJson(context->network);
        Table table({u"KEY"_s, u"VALUE"_s}, QString());
        for (auto it = object.begin(); it != object.end(); ++it)
            table.add({it.key(), it.value().toVariant().toString()});
        return Answer{object, table.toString(), {}, 0};
    });
}

/// On the controller first: what is not deleted there is still ours.
Expected<void> deleteThere(Session &session, const NetworkName &name)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto rows = NetworkDesk::wait((*desk)->reader().rows(name));
    if (!rows)
        return fail(rows.error());
    const auto client = (*desk)->client(rows->controller);
    if (!client)
        return fail(client.error());
    const auto done = NetworkDesk::wait((*client)->deleteNetwork(rows->network.networkId));
    // Gone already is what was wanted. CASES.md C13
    return done || done.error().kind == ErrorKind::NotFound ? Expected<void>() : done;
}

Expected<Answer> remove(Session &session, const NetworkArgs &a)
{
    if (a.isDeleted && !a.edit.isDryRun) {
        if (const auto done = deleteThere(session, *a.name); !done)
            return fail(done.error());
    }
    return answerRow(a, session.edit(RemoveNetwork{*a.name}, a.edit),
                     (a.isDeleted ? u"Network %1 is deleted on its controller and forgotten here."_s
                                  : u"Network %1 is forgotten here; nothing changed on its controller."_s)
                         .arg(a.name->toString()));
}

} // namespace

void addZtNetworks(CommandTree &tree, CLI::App &zt)
{
    CLI::App &group = tree.addGroup(zt, "network", "Networks, whose routes are made from the subnet tree");
    tree.addVerb<NetworkArgs>(group, "add", "Create a network, or take over one that is there", declareAdd, add);
    tree.addVerb<NetworkArgs>(group, "set", "Change what its routes are made from, and its settings", declareSet, set);
    tree.addVerb<NetworkArgs>(group, "list", "List networks", declareNothing, list);
    tree.addVerb<NetworkArgs>(group, "show", "Show what is stored about a network", declareName, show);
    tree.addVerb<NetworkArgs>(group, "remove", "Forget a network", declareRemove, remove);
}

} // namespace interlock
