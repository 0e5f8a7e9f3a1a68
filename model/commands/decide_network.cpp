// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_divisionparts.h"
#include "model/commands/decide_networkparts.h"
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/subnettext.h"

#include <QJsonArray>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

constexpr int kMostMulticast = 1'000'000;

/// Refuses what would put a secret into the store, or what nobody can speak to.
Expected<void> checkController(const ControllerRow &row)
{
    const QUrl url(row.url, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"http"_s && url.scheme() != u"https"_s))
        return invalid(u"url"_s, u"the address of a controller is http://HOST:PORT or https://..."_s);
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment())
        return invalid(u"url"_s, u"the address of a controller has no user, password, query or fragment in it"_s);
    if (row.tokenFile.trimmed().isEmpty())
        return invalid(u"tokenFile"_s, u"a controller needs the file that its token is in"_s);
    return {};
}

std::vector<const NetworkRow *> networksOn(const Topology &topology, const ControllerName &controller)
{
    std::vector<const NetworkRow *> found;
    for (const NetworkRow &row : topology.rows<NetworkRow>()) {
        if (row.controller == controller)
            found.push_back(&row);
    }
    return found;
}

Expected<void> refuseNetworks(const Topology &topology, const ControllerName &controller, const QString &why)
{
    const auto networks = networksOn(topology, controller);
    if (networks.empty())
        return {};
    QJsonArray names;
    for (const NetworkRow *row : networks)
        names.append(row->name.toString());
    return fail(ErrorKind::Conflict,
                u"%1: %2 networks are on controller %3, the first is %4"_s.arg(why)
                    .arg(networks.size())
                    .arg(controller.toString(), networks.front()->name.toString()),
                {{u"controller"_s, controller.toString()}, {u"networks"_s, names}});
}

Expected<ControllerRow> controllerAt(const Topology &topology, const ControllerName &name)
{
    const auto *found = topology.find<ControllerRow>(name);
    if (!found) {
        return fail(ErrorKind::NotFound, u"there is no controller '%1'"_s.arg(name.toString()),
                    {{u"controller"_s, name.toString()}});
    }
    return *found;
}

/// The id of a network begins with its controller's node. \source zerotier/FACTS.md 15, CASES.md C5
Expected<void> checkNode(const ControllerRow &controller, const NetworkId &id)
{
    if (!controller.node || id.toString().startsWith(controller.node->toString()))
        return {};
    return fail(ErrorKind::BackendMismatch,
                u"network %1 is not of controller %2, whose networks begin with %3"_s.arg(
                    id.toString(), controller.name.toString(), controller.node->toString()),
                {{u"field"_s, u"id"_s}, {u"node"_s, controller.node->toString()}});
}

Expected<void> checkRouting(const NetworkRow &row)
{
    if ((row.parent == ParentRoute::Via) != row.gateway.has_value())
        return invalid(u"parent"_s, u"a gateway belongs to --parent via:ADDRESS, and only there"_s);
    if (row.gateway && !row.subnet.contains(*row.gateway)) {
        return invalid(u"gateway"_s, u"the gateway %1 is not in the subnet %2 of the network"_s.arg(
                                         row.gateway->toString(), row.subnet.toString()));
    }
    if (row.parent == ParentRoute::Omit && row.children == ChildRoutes::Off)
        return invalid(u"parent"_s, u"without the parent and without children the network has no route at all"_s);
    if (row.server && !row.subnet.contains(*row.server)) {
        return invalid(u"server"_s, u"the server %1 is not in the subnet %2 of the network"_s.arg(
                                        row.server->toString(), row.subnet.toString()));
    }
    return {};
}

Expected<NetworkRow> checkedNetwork(NetworkRow row)
{
    if (const auto ok = checkRouting(row); !ok)
        return fail(ok.error());
    const auto title = checkLine(row.title, u"title"_s);
    if (!title)
        return fail(title.error());
    row.title = *title;
    if (row.multicastLimit < kNotOurs || row.multicastLimit > kMostMulticast)
        return invalid(u"multicastLimit"_s, u"a multicast limit is 0 to %1"_s.arg(kMostMulticast));
    if (row.mtu != kNotOurs && (row.mtu < 1280 || row.mtu > 10000))
        return invalid(u"mtu"_s, u"an MTU is 1280 to 10000"_s);
    row.dnsDomain = row.dnsDomain.trimmed();
    QStringList servers;
    for (const QString &text : row.dnsServers.split(u';', Qt::SkipEmptyParts)) {
        const auto address = Address::parse(text);
        if (!address)
            return invalid(u"dnsServers"_s, address.error().detail);
        servers.append(address->toString());
    }
    row.dnsServers = servers.join(u';');
    if (row.dnsDomain.isEmpty() != servers.isEmpty())
        return invalid(u"dnsDomain"_s, u"DNS needs both a domain and its servers"_s);
    return row;
}

/// The end of variables' names: what a network's name leaves of `[a-z0-9_]+`.
QString keyOfName(const NetworkName &name)
{
    QString key;
    for (const QChar c : name.toString().toLower())
        key += (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') ? c : QChar(u'_');
    return key;
}

Expected<void> checkFree(const Topology &topology, const NetworkRow &row)
{
    if (topology.find<NetworkRow>(row.name)) {
        return fail(ErrorKind::Exists, u"there is a network '%1' already"_s.arg(row.name.toString()),
                    {{u"network"_s, row.name.toString()}});
    }
    for (const NetworkRow &other : topology.rows<NetworkRow>()) {
        if (other.controller == row.controller && other.networkId == row.networkId) {
            return fail(ErrorKind::Exists,
                        u"network %1 is '%2' already"_s.arg(row.networkId.toString(), other.name.toString()),
                        {{u"network"_s, other.name.toString()}, {u"field"_s, u"id"_s}});
        }
        if (other.key == row.key) {
            return fail(ErrorKind::Exists,
                        u"the variables of network '%1' end in _%2 too: choose another name"_s.arg(
                            other.name.toString(), row.key),
                        {{u"network"_s, other.name.toString()}, {u"field"_s, u"name"_s}});
        }
    }
    return {};
}

} // namespace

Expected<NetworkRow> networkAt(const Topology &topology, const NetworkName &name)
{
    const auto *found = topology.find<NetworkRow>(name);
    if (!found) {
        return fail(ErrorKind::NotFound, u"there is no network '%1'"_s.arg(name.toString()),
                    {{u"network"_s, name.toString()}});
    }
    return *found;
}

Expected<Outcome> run(TopologyEdit &edit, const AddController &c, Timestamp now)
{
    ControllerRow row = c.controller;
    if (edit.now().find<ControllerRow>(row.name)) {
        return fail(ErrorKind::Exists, u"there is a controller '%1' already"_s.arg(row.name.toString()),
                    {{u"controller"_s, row.name.toString()}});
    }
    if (const auto ok = checkController(row); !ok)
        return fail(ok.error());
    row.createdAt = now;
    row.version = 0;
    edit.put(row);
    return Outcome(std::vector<Row>{*edit.now().find<ControllerRow>(row.name)});
}

Expected<Outcome> run(TopologyEdit &edit, const SetController &c, Timestamp)
{
    const auto present = controllerAt(edit.now(), c.name);
    if (!present)
        return fail(present.error());
    ControllerRow row = *present;
    row.url = c.url.value_or(row.url);
    row.tokenFile = c.tokenFile.value_or(row.tokenFile);
    row.flavour = c.flavour.value_or(row.flavour);
    row.node = c.node ? c.node : row.node;
    if (const auto ok = checkController(row); !ok)
        return fail(ok.error());
    // A node that was not known before is no other one.
    if (row.flavour != present->flavour || (present->node && row.node != present->node)) {
        if (const auto ok = refuseNetworks(edit.now(), c.name, u"it would be another controller"_s); !ok)
            return fail(ok.error());
    }
    for (const NetworkRow *network : networksOn(edit.now(), c.name)) {
        if (const auto ok = checkNode(row, network->networkId); !ok)
            return fail(ok.error());
    }
    edit.put(row);
    return Outcome(std::vector<Row>{*edit.now().find<ControllerRow>(c.name)});
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveController &c, Timestamp)
{
    const auto row = controllerAt(edit.now(), c.name);
    if (!row)
        return fail(row.error());
    if (const auto ok = refuseNetworks(edit.now(), c.name, u"it cannot go"_s); !ok)
        return fail(ok.error());
    edit.erase(*row);
    return Outcome(std::vector<Row>{*row});
}

Expected<Outcome> run(TopologyEdit &edit, const AddNetwork &c, Timestamp now)
{
    const auto controller = controllerAt(edit.now(), c.network.controller);
    if (!controller)
        return fail(controller.error());
    if (const auto ok = checkNode(*controller, c.network.networkId); !ok)
        return fail(ok.error());
    const auto subnet = subnetAt(edit.now(), c.network.tenant, c.network.subnet);
    if (!subnet)
        return fail(subnet.error());
    auto row = checkedNetwork(c.network);
    if (!row)
        return fail(row.error());
    if (row->key.isEmpty())
        row->key = keyOfName(row->name);
    if (const auto ok = checkFree(edit.now(), *row); !ok)
        return fail(ok.error());
    row->createdAt = now;
    row->version = 0;
    edit.put(*row);
    return Outcome(std::vector<Row>{*edit.now().find<NetworkRow>(row->name)});
}

Expected<Outcome> run(TopologyEdit &edit, const SetNetwork &c, Timestamp)
{
    const auto present = networkAt(edit.now(), c.name);
    if (!present)
        return fail(present.error());
    NetworkRow changed = *present;
    const auto set = [](auto &member, const auto &value) {
        if (value)
            member = *value;
    };
    set(changed.children, c.children);
    if (c.parent) {
        changed.parent = *c.parent;
        changed.gateway = c.gateway;
    }
    set(changed.title, c.title);
    set(changed.isAutoAssign, c.isAutoAssign);
    set(changed.multicastLimit, c.multicastLimit);
    set(changed.mtu, c.mtu);
    set(changed.dnsDomain, c.dnsDomain);
    set(changed.dnsServers, c.dnsServers);
    set(changed.server, c.server);
    const auto row = checkedNetwork(std::move(changed));
    if (!row)
        return fail(row.error());
    edit.put(*row);
    return Outcome(std::vector<Row>{*edit.now().find<NetworkRow>(c.name)});
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveNetwork &c, Timestamp now)
{
    const auto row = networkAt(edit.now(), c.name);
    if (!row)
        return fail(row.error());
    if (const auto rule = ruleOfNetwork(edit.now(), c.name)) {
        return fail(ErrorKind::Conflict,
                    u"members of network %1 have their address by division rule %2: remove the rule first"_s.arg(
                        c.name.toString(), rule->label),
                    {{u"network"_s, c.name.toString()}, {u"rule"_s, rule->label}});
    }
    std::vector<MemberRow> members;
    for (const MemberRow *member : edit.now().list<MemberRow>(c.name))
        members.push_back(*member);
    for (const MemberRow &member : members) {
        if (const auto ok = freeAddress(edit, *row, member, now); !ok)
            return fail(ok.error());
        edit.erase(member);
    }
    eraseAll<OwnedRouteRow>(edit, c.name);
    eraseAll<OwnedPoolRow>(edit, c.name);
    edit.erase(*row);
    return Outcome(std::vector<Row>{*row});
}

Expected<Outcome> run(TopologyEdit &edit, const RecordApply &c, Timestamp now)
{
    if (const auto network = networkAt(edit.now(), c.network); !network)
        return fail(network.error());
    replaceAll<OwnedRouteRow>(edit, c.network, c.routes, [&](const Route &route) {
        return OwnedRouteRow{c.network, route.target, route.via, now, 0};
    });
    replaceAll<OwnedPoolRow>(edit, c.network, c.pools, [&](const AssignmentPool &pool) {
        return OwnedPoolRow{c.network, pool.first, pool.last, now, 0};
    });
    return Outcome();
}

} // namespace interlock::parts
