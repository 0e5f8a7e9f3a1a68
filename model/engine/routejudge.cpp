// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/routejudge.h"

#include <QSet>

#include <algorithm>

namespace interlock {

namespace {

bool hasKernelRoute(const Prefix &prefix, const std::vector<Prefix> &kernelRoutes)
{
    return std::ranges::any_of(kernelRoutes, [&](const Prefix &route) { return route.contains(prefix); });
}

std::vector<Prefix> installedOf(const ConnectDecision &decision)
{
    std::vector<Prefix> prefixes;
    for (const AnsweredLan &lan : decision.lans)
        prefixes.push_back(lan.installed);
    std::ranges::sort(prefixes);
    return prefixes;
}

RouteState stateOf(const LiveSession &session, const ConnectDecision &now, const std::vector<Prefix> &kernelRoutes)
{
    const SessionFact &fact = session.fact;
    if (!session.isAnswerKnown)
        return RouteState::Unknown;
    if (fact.waitingFor)
        return RouteState::WaitingForHolder;
    if (fact.answer != toStringList(now.lines) || fact.installed != fact.declared)
        return RouteState::Pending;
    const bool isRouted =
        std::ranges::all_of(fact.declared, [&](const Prefix &prefix) { return hasKernelRoute(prefix, kernelRoutes); });
    return isRouted ? RouteState::Applied : RouteState::NoKernelRoute;
}

/// True if a route was pushed that would not be pushed now.
bool isStale(const QStringList &answer, const QStringList &lines)
{
    const QSet<QString> now(lines.begin(), lines.end());
    return std::ranges::any_of(
        answer, [&](const QString &line) { return line.startsWith(u"push \"route") && !now.contains(line); });
}

/// The address of `ifconfig-push A M` or `ifconfig-ipv6-push A/L`.
std::optional<Address> pushedAddress(const QString &line)
{
    if (!line.startsWith(u"ifconfig-"))
        return std::nullopt;
    const auto prefix = Prefix::parse(line.section(u' ', 1, 1).section(u'/', 0, 0));
    return prefix ? std::optional(prefix->first()) : std::nullopt;
}

} // namespace

void useServersNetwork(ConnectDecision &decision, const Topology &topology, const std::optional<Prefix> &network)
{
    if (!network)
        return;
    const auto *row = topology.find<InstanceRow>(decision.instance);
    const auto *allocation = topology.find<AllocationRow>(decision.instance, decision.cn, 4);
    if (!row || !allocation)
        return;
    const auto ours = ServerLine::ifconfigPush(allocation->address, row->network);
    const auto theirs = ServerLine::ifconfigPush(allocation->address, *network);
    if (ours && theirs)
        std::ranges::replace(decision.lines, *ours, *theirs);
}

void judgeRoutes(LiveSession &session, Topology &topology, const InstanceName &instance,
                 const SessionRegistry &registry, const std::vector<Prefix> &kernelRoutes, Timestamp at)
{
    SessionFact &fact = session.fact;
    fact.waitingFor.reset();
    fact.declared.clear();
    session.isRouteStale = false;
    if (!session.cn()) {
        fact.routes = RouteState::Unknown;
        return;
    }
    TopologyEdit trial(topology);
    auto now = decideConnect(trial, *session.cn(), instance, at);
    if (!now || now->action == ConnectAction::Deny) {
        fact.routes = session.isAnswerKnown ? RouteState::Pending : RouteState::Unknown;
        return;
    }
    useServersNetwork(*now, topology, session.tunnelNetwork);
    fact.declared = installedOf(*now);
    for (const Prefix &prefix : session.heldBack) {
        if (std::ranges::binary_search(fact.declared, prefix)) {
            if (const auto holder = registry.holderOf(prefix, *session.cn()))
                fact.waitingFor = holder;
        }
    }
    fact.routes = stateOf(session, *now, kernelRoutes);
    session.isRouteStale = fact.routes == RouteState::Pending && isStale(fact.answer, toStringList(now->lines));
}

bool isMoved(const LiveSession &session)
{
    return session.fact.state == SessionState::Established &&
           std::ranges::any_of(session.fact.installed, [&](const Prefix &prefix) {
               return !std::ranges::binary_search(session.fact.declared, prefix);
           });
}

bool hasStaleRoute(const LiveSession &session)
{
    return session.fact.state == SessionState::Established && session.isRouteStale;
}

bool isHeldBackForNobody(const LiveSession &session)
{
    const SessionFact &fact = session.fact;
    return fact.state == SessionState::Established && !fact.waitingFor &&
           std::ranges::any_of(session.heldBack, [&](const Prefix &prefix) {
               return std::ranges::binary_search(fact.declared, prefix) &&
                      !std::ranges::binary_search(fact.installed, prefix);
           });
}

QStringList skippedLines(const LiveSession &session, DeviceMode mode)
{
    const SessionFact &fact = session.fact;
    QStringList skipped;
    for (const QString &line : fact.answer) {
        const auto pushed = pushedAddress(line);
        if (!pushed)
            continue;
        const auto &given = pushed->isIPv4() ? fact.address : fact.address6;
        if (given != pushed && (given || mode == DeviceMode::Tun))
            skipped += line;
    }
    for (const AnsweredLan &lan : session.lans) {
        if (!std::ranges::binary_search(fact.installed, lan.installed))
            skipped += ServerLine::iroute(lan.installed).toString();
    }
    return skipped;
}

} // namespace interlock
