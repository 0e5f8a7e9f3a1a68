// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"
#include "model/values/route.h"

#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace interlock {

struct RouteOptions
{
    ChildRoutes children = ChildRoutes::Off;
    ParentRoute parent = ParentRoute::Attached;
    std::optional<Address> gateway = {}; ///< with ParentRoute::Via, and only then

    friend bool operator==(const RouteOptions &, const RouteOptions &) = default;
};

/// A stored subnet strictly inside the network's subnet.
struct PlanSubnet
{
    Prefix prefix;
    QString name = {};

    friend bool operator==(const PlanSubnet &, const PlanSubnet &) = default;
};

enum class PlanWarningKind {
    ParentNotInstalled, ///< Linux members leave the attached route of the parent out (zerotier/FACTS.md 33)
};

struct PlanWarning
{
    PlanWarningKind kind = PlanWarningKind::ParentNotInstalled;
    QString detail;               ///< one English sentence without a final newline
    std::vector<Prefix> prefixes; ///< the targets that it is about

    friend bool operator==(const PlanWarning &, const PlanWarning &) = default;
};

struct RoutePlan
{
    std::vector<Route> routes; ///< in the order to send: the children ascending, then the parent
    std::vector<PlanWarning> warnings = {};

    friend bool operator==(const RoutePlan &, const RoutePlan &) = default;
};

/// The routes of a network with `subnet`. The children come before the parent, because a controller takes the first
/// route that matches (zerotier/FACTS.md 32); each is directly attached, and sent once if two tenants have it. Without
/// any child the parent's route is all. How many routes members are sent is not looked at: see checkRouteLimit().
///
/// \param below  every stored subnet strictly inside `subnet` but those of role Reserved, in the order of prefixes
///               (asserted)
///
/// \returns Invalid when nothing would be left to send; when a subnet is of the other family or not strictly inside
/// `subnet` (payload `prefix`); when a gateway is missing or not asked for; when the gateway is of the other family, in
/// none of the attached routes, or the network or broadcast address of the one it is in (payload `gateway`)
///
/// \complexity O(n)
///
/// \source CASES.md P1 to P6, P11, P13; SOURCES Z1, Z2, Z10; SEMANTICS.md 6
[[nodiscard]] Expected<RoutePlan> planRoutes(const Prefix &subnet, std::span<const PlanSubnet> below,
                                             const RouteOptions &options);

/// A gateway as it was typed. Nothing and "LAN", in capitals or not, mean that there is none: directly attached.
/// Surrounding blanks are ignored. All that a controller would misread is refused (zerotier/FACTS.md 25).
/// \returns Invalid \source CASES.md P7
[[nodiscard]] Expected<std::optional<Address>> parseGateway(QStringView text, Family family);

/// The one of `routes` that decides about `address`: the longest that holds it, the first of equal ones. Those behind
/// the first kMaxSentRoutes do not count. \source zerotier/FACTS.md 30, 31
[[nodiscard]] std::optional<Route> longestRoute(std::span<const Route> routes, const Address &address);

/// Those of `addresses` that lie in none of `routes`, in their order: members do not get them. Routes behind the first
/// kMaxSentRoutes do not count. \complexity O((n + m) log n) \source CASES.md P5, P15; zerotier/FACTS.md 30, 31
[[nodiscard]] std::vector<Address> addressesOutside(std::span<const Route> routes, std::span<const Address> addresses);

} // namespace interlock
