// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/networkdesk.h"
#include "app/interlockctl/output.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"
#include "app/interlockctl/ztjson.h"
#include "model/engine/networkapplier.h"
#include "model/rules/routecover.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct RouteArgs
{
    std::optional<NetworkName> network;
    std::vector<ApplyNeed> confirmed;
    std::optional<QString> seen;
    std::optional<int> budget;
    bool isDryRun = false;
};

void declareNetwork(Arguments args, RouteArgs &a)
{
    args.required("NETWORK", a.network, "A network");
}

void declareDiff(Arguments args, RouteArgs &a)
{
    declareNetwork(args, a);
    args.repeated("--confirm", a.confirmed, false, "As if this were confirmed: adopt or replace-foreign", "KIND");
}

void declareApply(Arguments args, RouteArgs &a)
{
    declareNetwork(args, a);
    args.repeated("--confirm", a.confirmed, false,
                  "Say that it is meant: removals, adopt, replace-foreign, outside, lost-addresses, regateway", "KIND");
    args.optional("--if-live", a.seen, "Refuse (kind stale) unless the controller still has what a diff showed",
                  "FINGERPRINT");
    args.flag("--dry-run", a.isDryRun, "Print what would be sent and send nothing");
}

void declareAggregate(Arguments args, RouteArgs &a)
{
    declareNetwork(args, a);
    args.optional("--budget", a.budget, "The most routes (default: what members are sent, less the others')", "N");
}

void declareDrift(Arguments args, RouteArgs &a)
{
    args.optional("NETWORK", a.network, "Only this network");
}

Expected<NetworkSight> lookAt(NetworkDesk &desk, const NetworkName &network)
{
    return NetworkDesk::wait(desk.reader().look(network));
}

MergeDecisions decisionsOf(const std::vector<ApplyNeed> &confirmed)
{
    const auto has = [&](ApplyNeed need) { return std::ranges::find(confirmed, need) != confirmed.end(); };
    return {has(ApplyNeed::Adopt), has(ApplyNeed::ReplaceForeign)};
}

Expected<Answer> plan(Session &session, const RouteArgs &a)
{
    const auto rows = session.tryLook([&a](Topology &topology) { return networkContext(topology, *a.network); });
    if (!rows)
        return fail(rows.error());
    const NetworkRow &network = rows->network;
    const auto planned = planNetwork(*rows, {});
    if (!planned)
        return fail(planned.error());
    Table table({u"TARGET"_s, u"VIA"_s, u"NAME"_s}, QString());
    const QJsonArray routes = planJson(*planned, rows->below);
    for (const QJsonValue route : routes) {
        const QString via = route["via"_L1].toString();
        table.add({route["target"_L1].toString(), via.isEmpty() ? u"-"_s : via, route["name"_L1].toString()});
    }
    Answer answer{{{u"network"_s, network.name.toString()},
                   {u"routes"_s, routes},
                   {u"count"_s, routes.size()},
                   {u"limit"_s, static_cast<qint64>(kMaxSentRoutes)},
                   {u"warnings"_s, warningsJson(*planned)}},
                  table.toString(),
                  {},
                  0};
    for (const PlanWarning &warning : planned->warnings)
        answer.notes += u"warning: "_s + warning.detail;
    return answer;
}

Expected<Answer> diff(Session &session, const RouteArgs &a)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto sight = lookAt(**desk, *a.network);
    if (!sight)
        return fail(sight.error());
    const auto found = diffNetwork(sight->rows, sight->live, sight->members, decisionsOf(a.confirmed));
    if (!found)
        return fail(found.error());
    QJsonObject document = diffJson(*found, sight->live);
    document.insert(u"network"_s, a.network->toString());
    return Answer{document, diffText(*found, sight->live, sight->rows.network), {}, 0};
}

Answer applyAnswer(const RouteArgs &a, const ApplyReport &report)
{
    QJsonObject document = diffJson(report.diff, *report.after);
    document.insert(u"network"_s, a.network->toString());
    document.insert(u"posts"_s, report.posts);
    document.insert(u"routes"_s, routesJson(report.after->routes));
    document.insert(u"differences"_s, differencesJson(report.differences));
    document.insert(u"journal"_s, report.journal ? QJsonValue(report.journal->value) : QJsonValue());
    document.insert(u"snapshot"_s, report.snapshot ? QJsonValue(report.snapshot->id.value) : QJsonValue());
    if (report.members)
        document.insert(u"members"_s, pushJson(*report.members));
    QStringList lines;
    lines += report.posts == 0 ? u"Network %1 was as planned already; nothing was sent."_s.arg(a.network->toString())
                               : u"Network %1 was sent in %2, and a fresh reading shows %3."_s.arg(
                                     a.network->toString(), counted(report.posts, u"request"_s, u"requests"_s),
                                     counted(std::ssize(report.after->routes), u"route"_s, u"routes"_s));
    if (report.members && !report.members->written.empty())
        lines += counted(std::ssize(report.members->written), u"member was"_s, u"members were"_s) +
                 u" written and read back."_s;
    Answer answer{document, lines.join(u'\n'), {}, report.isWhole() ? 0 : 3};
    for (const FieldDifference &one : report.differences)
        answer.notes += u"not as asked: "_s + one.toString();
    if (report.members)
        answer.notes += pushLines(*report.members);
    if (report.membersError)
        answer.notes += u"members were not written: "_s + report.membersError->detail;
    if (!report.snapshotError.isEmpty())
        answer.notes += u"warning: no snapshot was kept: "_s + report.snapshotError;
    return answer;
}

Expected<Answer> apply(Session &session, const RouteArgs &a)
{
    if (a.isDryRun)
        return diff(session, a);
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    NetworkApplier applier((*desk)->ports());
    const auto report =
        NetworkDesk::wait(applier.apply({*a.network, a.confirmed, a.seen, session.actor(), (*desk)->holder()}));
    if (!report)
        return fail(report.error());
    return applyAnswer(a, *report);
}

Expected<Answer> live(Session &session, const RouteArgs &a)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto sight = lookAt(**desk, *a.network);
    if (!sight)
        return fail(sight.error());
    Table table({u"TARGET"_s, u"VIA"_s, u"OWNER"_s}, u"The controller has no routes for it."_s);
    QJsonArray routes;
    for (const RouteText &route : sight->live.routes) {
        const auto canonical = route.route();
        const bool isOurs = canonical && std::ranges::find(sight->rows.owned, *canonical) != sight->rows.owned.end();
        QJsonObject object = routeJson(route);
        object.insert(u"owner"_s, isOurs ? u"ours"_s : u"foreign"_s);
        routes.append(object);
        table.add({route.target, route.via.isEmpty() ? u"-"_s : route.via, isOurs ? u"ours"_s : u"foreign"_s});
    }
    QJsonObject document = networkRecordJson(sight->live);
    document.insert(u"network"_s, a.network->toString());
    document.insert(u"routes"_s, routes);
    document.insert(u"memberCount"_s, static_cast<qint64>(sight->members.size()));
    document.insert(u"risk"_s, riskJson(assessBroadcast(sight->live, sight->members)));
    const QString head = u"%1 \"%2\", revision %3, multicast limit %4, %5 members"_s.arg(
        sight->live.id.toString(), sight->live.name, QString::number(sight->live.revision),
        QString::number(sight->live.multicastLimit), QString::number(sight->members.size()));
    return Answer{document, printable(head + u"\n\n"_s + table.toString(), true), {}, 0};
}

/// What somebody else changed of ours since the last apply, and what the rows have that was not applied yet.
QJsonObject driftJson(const NetworkSight &sight, QStringList &lines)
{
    QJsonArray drifted;
    for (const RouteChange &change : driftOf(sight.rows.owned, sight.live.routes)) {
        drifted.append(QJsonObject{{u"target"_s, change.planned->target.toString()},
                                   {u"owned"_s, change.planned->toString()},
                                   {u"live"_s, change.was ? QJsonValue(change.was->toString()) : QJsonValue()},
                                   {u"state"_s, change.was ? u"changed"_s : u"missing"_s}});
        lines += u"  %1: %2 is %3"_s.arg(sight.rows.network.name.toString(), change.planned->toString(),
                                         change.was ? u"now "_s + change.was->toString() : u"gone"_s);
    }
    const auto wanted = diffNetwork(sight.rows, sight.live, sight.members);
    return {{u"network"_s, sight.rows.network.name.toString()},
            {u"state"_s, drifted.isEmpty() ? u"equal"_s : u"drifted"_s},
            {u"routes"_s, drifted},
            {u"unapplied"_s, wanted ? QJsonValue(!wanted->isEqual()) : QJsonValue()},
            {u"memberWrites"_s, wanted ? QJsonValue(static_cast<qint64>(wanted->members.writes.size())) : QJsonValue()},
            {u"error"_s, wanted ? QJsonValue() : QJsonValue(errorJson(wanted.error()))}};
}

Expected<Answer> drift(Session &session, const RouteArgs &a)
{
    const auto names = session.look([&a](Topology &topology) {
        std::vector<NetworkName> found;
        for (const NetworkRow &row : topology.rows<NetworkRow>()) {
            if (!a.network || row.name == *a.network)
                found.push_back(row.name);
        }
        return found;
    });
    if (!names)
        return fail(names.error());
    if (a.network && names->empty()) {
        return fail(ErrorKind::NotFound, u"there is no network '%1'"_s.arg(a.network->toString()),
                    {{u"network"_s, a.network->toString()}});
    }
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    QJsonArray networks;
    QStringList lines;
    bool isClean = true;
    for (const NetworkName &name : *names) {
        const auto sight = lookAt(**desk, name);
        if (!sight) {
            const bool isLost = sight.error().payload["lost"_L1].toBool();
            networks.append(QJsonObject{{u"network"_s, name.toString()},
                                        {u"state"_s, isLost ? u"lost"_s : u"unreachable"_s},
                                        {u"error"_s, errorJson(sight.error())}});
            lines += u"  %1: %2"_s.arg(name.toString(), sight.error().detail);
            isClean = false;
            continue;
        }
        networks.append(driftJson(*sight, lines));
        isClean = isClean && networks.last()["state"_L1].toString() == u"equal"_s;
    }
    const QString head = isClean ? u"Every route of ours is on its controller as it was applied."_s
                                 : u"Not as it was applied ('zt diff' shows what an apply would do):"_s;
    return Answer{{{u"networks"_s, networks}}, (QStringList{head} + lines).join(u'\n'), {}, 0};
}

Expected<Answer> aggregate(Session &session, const RouteArgs &a)
{
    const auto rows = session.tryLook([&a](Topology &topology) { return networkContext(topology, *a.network); });
    if (!rows)
        return fail(rows.error());
    const NetworkRow &network = rows->network;
    const auto planned = planRoutes(network.subnet, rows->below, {network.children, network.parent, network.gateway});
    if (!planned)
        return fail(planned.error());
    std::vector<Prefix> children;
    for (const Route &route : planned->routes) {
        if (route.target != network.subnet)
            children.push_back(route.target);
    }
    const std::size_t room = kMaxSentRoutes - (children.size() < planned->routes.size() ? 1 : 0);
    const std::size_t budget = a.budget && *a.budget >= 0 ? static_cast<std::size_t>(*a.budget) : room;
    const auto cover = coverRoutes(children, budget, network.subnet);
    if (!cover)
        return fail(cover.error());
    Table table({u"ROUTE"_s, u"IN PLACE OF"_s}, QString());
    QJsonArray routes;
    for (const GroupedPrefix &one : cover->cover) {
        const auto merged = std::ranges::find(cover->merged, one.prefix, &MergedRoute::into);
        QJsonArray from;
        if (merged != cover->merged.end())
            from = prefixesJson(merged->from);
        routes.append(QJsonObject{{u"target"_s, one.prefix.toString()}, {u"replaces"_s, from}});
        table.add({one.prefix.toString(), from.isEmpty() ? u"-"_s : u"%1 children"_s.arg(from.size())});
    }
    const double over = static_cast<double>(cover->covered) / std::max(1.0, static_cast<double>(cover->wanted));
    const QString head =
        u"%1 children fit into %2 routes, which cover %3 times their addresses. %4 routes stand for several children: "
        "these lose their isolation from each other. This is a proposal: nothing was changed."_s.arg(children.size())
            .arg(cover->cover.size())
            .arg(over, 0, 'f', 2)
            .arg(cover->merged.size());
    return Answer{{{u"network"_s, network.name.toString()},
                   {u"routes"_s, routes},
                   {u"children"_s, static_cast<qint64>(children.size())},
                   {u"overCoverage"_s, over},
                   {u"lossless"_s, cover->isLossless}},
                  head + u"\n\n"_s + table.toString(),
                  {},
                  0};
}

} // namespace

void addZtRoutes(CommandTree &tree, CLI::App &zt)
{
    tree.addVerb<RouteArgs>(zt, "plan", "The routes that the rows make of a network; nothing is asked or sent",
                            declareNetwork, plan);
    tree.addVerb<RouteArgs>(zt, "diff", "What an apply would change on the controller, and what it would cost",
                            declareDiff, diff);
    tree.addVerb<RouteArgs>(zt, "apply", "Send a network what its rows say, and prove it", declareApply, apply);
    tree.addVerb<RouteArgs>(zt, "live", "What the controller has", declareNetwork, live);
    tree.addVerb<RouteArgs>(zt, "drift", "What others changed of what was applied", declareDrift, drift);
    tree.addVerb<RouteArgs>(zt, "aggregate", "The best cover of the children by fewer routes, as a proposal",
                            declareAggregate, aggregate);
}

} // namespace interlock
