// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/broadcastrisk.h"
#include "model/rules/memberfindings.h"
#include "model/rules/networkcontext.h"
#include "model/rules/poolmerge.h"
#include "model/rules/routemerge.h"

namespace interlock {

/// What separates a network's controller from its rows, and what applying the rows would do: everything that a page or
/// a command shows before somebody says yes. \source DESIGN.md 6
struct NetworkDiff
{
    RoutePlan plan;
    std::vector<AssignmentPool> plannedPools;
    RouteMerge routes;
    PoolMerge pools;
    /// What is sent first, when gateways change; empty otherwise.
    NetworkEdit first;
    /// What is sent at last: only what differs. Empty: the controller has everything, order included.
    NetworkEdit edit;
    std::vector<WantedMember> wanted;
    MemberPlan members;
    std::vector<MemberFinding> findings;
    BroadcastChange risk;
    std::vector<ApplyNeed> needs; ///< what has to be confirmed, ascending, each once

    [[nodiscard]] bool isEqual() const { return first.isEmpty() && edit.isEmpty(); }
};

/// The plan alone, with the hard stop: ours and what stays of others' must not exceed what members are sent.
/// \param live  the controller's list; empty when it is not known
/// \returns what planRoutes() and checkRouteLimit() return
[[nodiscard]] Expected<RoutePlan> planNetwork(const NetworkContext &rows, std::span<const RouteText> live);

/// Pools that go with the routes: none while the controller assigns nothing itself; otherwise the addresses of each
/// planned child, or of the parent when it is alone. \source zerotier/FACTS.md 48, 49
[[nodiscard]] std::vector<AssignmentPool> planPools(const NetworkRow &network, const RoutePlan &plan);

/// Our members as they are to be. A removed one is neither authorised nor has it an address.
[[nodiscard]] std::vector<WantedMember> wantedMembers(const NetworkContext &rows);

/// \returns what planNetwork() returns
[[nodiscard]] Expected<NetworkDiff> diffNetwork(const NetworkContext &rows, const NetworkRecord &live,
                                                std::span<const MemberRecord> members,
                                                const MergeDecisions &decisions = {},
                                                const std::optional<QSet<NodeId>> &onlineOrNone = {});

/// Routes of ours that are not as we proved them: gone (`was` is absent), or with another gateway. `planned` is what
/// was proved. \source CASES.md R4
[[nodiscard]] std::vector<RouteChange> driftOf(std::span<const Route> owned, std::span<const RouteText> live);

/// A short text that is another one as soon as anybody changed the network: what a confirmation was given for.
/// \source CASES.md M7; zerotier/FACTS.md 21
[[nodiscard]] QString fingerprintOf(const NetworkRecord &live);

} // namespace interlock
