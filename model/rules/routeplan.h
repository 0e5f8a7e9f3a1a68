// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"
#include "model/values/route.h"

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// How a network's subnet becomes routes.
struct RouteOptions
{
    ChildRoutes children = ChildRoutes::Off;
    ParentRoute parent = ParentRoute::Attached;
    std::optional<Address> gateway = {}; ///< with ParentRoute::Via, and only then
};

/// A stored subnet strictly inside of the network's.
struct PlanSubnet
{
    Prefix prefix;
    QString name = {};

    friend bool operator==(const PlanSubnet &, const PlanSubnet &) = default;
};

/// What is allowed and works otherwise than most people expect.
enum class PlanWarningKind {
    AttachedParent,   ///< Linux members do not install the parent's route (zerotier/FACTS.md 33)
    ChildrenAreApart, ///< the parent is left out: members of two children do not reach each other
};

template <>
struct EnumNames<PlanWarningKind>
{
    static constexpr NameTable<PlanWarningKind, 2> kTable{{{PlanWarningKind::AttachedParent, u"attached-parent"},
                                                           {PlanWarningKind::ChildrenAreApart, u"children-are-apart"}}};
};

struct PlanWarning
{
    PlanWarningKind kind = PlanWarningKind::AttachedParent;
    QString detail; ///< one English sentence without a final newline

    friend bool operator==(const PlanWarning &, const PlanWarning &) = default;
};

/// The routes that a network is to have of ours, in the order of sending.
struct RoutePlan
{
    std::vector<Route> routes;
    std::vector<QString> names; ///< of the subnets that they come from, one for each
    std::vector<PlanWarning> warnings;

    friend bool operator==(const RoutePlan &, const RoutePlan &) = default;
};

/// Children ascending, the parent last: a member's own address gets its prefix from the first of equal routes, so that
/// the narrow ones must come first (zerotier/FACTS.md 30 to 32). Deterministic to the byte.
///
/// \param below  everything stored strictly inside of `subnet` that may become a route, ascending; what two tenants
///               have alike is planned once
/// \returns Invalid when the families differ, something of `below` is not inside, the gateway is in no attached route
///          or is one's network or broadcast address, or nothing at all would be left to send
/// \complexity O(n)
/// \source SOURCES Z1, Z2; CASES.md P1 to P6, P11, P13; SEMANTICS.md 6
[[nodiscard]] Expected<RoutePlan> planRoutes(const Prefix &subnet, std::span<const PlanSubnet> below,
                                             const RouteOptions &options);

/// Refuses more routes than members are sent, before anything is sent: ours and what others keep there.
/// \returns Limit: `limit`, `count`; `cut` names what would fall off, in the order of sending; `foreign` lists the
///          routes of others, when without them it would fit; `remedies` of "aggregate", "dropParent",
///          "removeForeign", those that alone may help
/// \complexity O(what is cut)
/// \source SOURCES Z3; CASES.md P8, P9, P12, P17
[[nodiscard]] Expected<void> checkRouteLimit(const RoutePlan &plan, std::span<const RouteText> foreign);

/// A gateway as somebody typed it. Empty text and "LAN" mean none: directly attached.
/// \returns Invalid for what a controller would corrupt without a word (zerotier/FACTS.md 25)
/// \source CASES.md P7
[[nodiscard]] Expected<std::optional<Address>> parseGateway(QStringView text, Family family);

} // namespace interlock
