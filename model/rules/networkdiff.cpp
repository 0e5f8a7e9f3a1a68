// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/networkdiff.h"

#include "model/rules/networkproof.h"
#include "model/rules/routelimit.h"
#include "model/rules/subnetplacement.h"

#include <QCryptographicHash>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Live entries that stay besides ours: what the limit is shared with.
std::vector<RouteText> staying(const NetworkContext &rows, const RoutePlan &plan, std::span<const RouteText> live)
{
    std::vector<RouteText> stay;
    for (const RouteChange &change : mergeRoutes(rows.owned, plan.routes, live, {true, true}).changes) {
        if (change.kind == RouteChangeKind::Foreign && change.was)
            stay.push_back(*change.was);
    }
    return stay;
}

/// What the rows say about a network besides its routes. \source SEMANTICS.md 6
NetworkEdit settingsOf(const NetworkRow &row)
{
    NetworkEdit edit;
    edit.name = row.title;
    edit.isAutoAssign4 = row.isAutoAssign && row.subnet.isIPv4();
    if (row.multicastLimit != kNotOurs)
        edit.multicastLimit = static_cast<quint64>(row.multicastLimit);
    if (row.mtu != kNotOurs)
        edit.mtu = row.mtu;
    if (!row.dnsDomain.isEmpty()) {
        const QStringList servers = row.dnsServers.split(u';', Qt::SkipEmptyParts);
        edit.dns = DnsSetting{row.dnsDomain, {servers.begin(), servers.end()}};
    }
    return edit;
}

/// What an apply sends; the list of routes only when it is not what the controller has.
void fillEdits(NetworkDiff &diff, const NetworkContext &rows, const NetworkRecord &live)
{
    NetworkEdit edit = settingsOf(rows.network);
    if (!diff.pools.isEqual)
        edit.pools = diff.pools.desired;
    if (!diff.routes.isEqual)
        edit.routes = diff.routes.desired;
    diff.edit = canonicalEdit(edit, live);
    if (diff.routes.first)
        diff.first.routes = *diff.routes.first;
}

void sortNeeds(NetworkDiff &diff)
{
    diff.needs = diff.routes.needs;
    const auto more = needsOf(diff.findings);
    diff.needs.insert(diff.needs.end(), more.begin(), more.end());
    std::ranges::sort(diff.needs);
    diff.needs.erase(std::unique(diff.needs.begin(), diff.needs.end()), diff.needs.end());
}

} // namespace

Expected<RoutePlan> planNetwork(const NetworkContext &rows, std::span<const RouteText> live)
{
    const NetworkRow &network = rows.network;
    auto plan = planRoutes(network.subnet, rows.below, {network.children, network.parent, network.gateway});
    if (!plan)
        return plan;
    if (const auto ok = checkRouteLimit(network.subnet, plan->routes, rows.below, staying(rows, *plan, live)); !ok)
        return fail(ok.error());
    return plan;
}

std::vector<AssignmentPool> planPools(const NetworkRow &network, const RoutePlan &plan)
{
    std::vector<AssignmentPool> pools;
    if (!network.isAutoAssign)
        return pools;
    const bool hasChildren =
        std::ranges::any_of(plan.routes, [&](const Route &route) { return route.target != network.subnet; });
    for (const Route &route : plan.routes) {
        if (hasChildren && route.target == network.subnet)
            continue;
        const auto [first, last] = usableRange(route.target);
        pools.push_back({first, last});
    }
    return pools;
}

std::vector<WantedMember> wantedMembers(const NetworkContext &rows)
{
    std::vector<WantedMember> wanted;
    wanted.reserve(rows.members.size());
    for (const MemberRow &row : rows.members) {
        WantedMember member{row.node, row.device, row.standing == MemberStanding::Authorized, {}};
        if (row.address)
            member.addresses.push_back(*row.address);
        wanted.push_back(std::move(member));
    }
    return wanted;
}

Expected<NetworkDiff> diffNetwork(const NetworkContext &rows, const NetworkRecord &live,
                                  std::span<const MemberRecord> members, const MergeDecisions &decisions,
                                  const std::optional<QSet<NodeId>> &onlineOrNone)
{
    auto plan = planNetwork(rows, live.routes);
    if (!plan)
        return fail(plan.error());
    NetworkDiff diff;
    diff.plan = *std::move(plan);
    diff.plannedPools = planPools(rows.network, diff.plan);
    diff.routes = mergeRoutes(rows.owned, diff.plan.routes, live.routes, decisions);
    diff.pools = mergePools(rows.ownedPools, diff.plannedPools, live.pools);
    fillEdits(diff, rows, live);
    diff.wanted = wantedMembers(rows);
    diff.members = planMembers(diff.wanted, members);
    diff.findings = checkMembers(diff.wanted, members, live, diff.routes, diff.members);
    diff.risk = assessPlan(live, diff.edit, members, diff.members, onlineOrNone);
    sortNeeds(diff);
    return diff;
}

std::vector<RouteChange> driftOf(std::span<const Route> owned, std::span<const RouteText> live)
{
    std::vector<RouteChange> drifted;
    for (RouteChange &change : mergeRoutes(owned, owned, live).changes) {
        const bool isOther = change.isDrift || change.kind == RouteChangeKind::Add ||
                             change.kind == RouteChangeKind::Conflict || change.kind == RouteChangeKind::Regateway;
        if (isOther && change.planned)
            drifted.push_back(std::move(change));
    }
    return drifted;
}

QString fingerprintOf(const NetworkRecord &live)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&hash](const QString &text) {
        hash.addData(text.toUtf8());
        hash.addData(QByteArrayView("\0", 1));
    };
    add(QString::number(live.creationTime));
    add(QString::number(live.revision));
    add(live.name);
    add(QString::number(live.multicastLimit));
    add(live.isAutoAssign4 ? u"1"_s : u"0"_s);
    for (const RouteText &route : live.routes)
        add(route.toString());
    add(u"pools"_s);
    for (const PoolText &pool : live.pools)
        add(pool.toString());
    return QString::fromLatin1(hash.result().toHex().left(16));
}

} // namespace interlock
