// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/applyneed.h"
#include "model/values/route.h"

#include <optional>
#include <span>
#include <vector>

namespace interlock {

enum class RouteChangeKind {
    Keep,      ///< ours, planned, there
    Add,       ///< ours, planned, not there
    Remove,    ///< ours, there, no longer planned
    Gone,      ///< ours, no longer planned, and not there either: nothing to send
    Regateway, ///< ours, there with another gateway than planned
    Adopt,     ///< somebody else's, and exactly what is planned (M2)
    Conflict,  ///< somebody else's, with a planned target and another gateway (M3)
    Foreign,   ///< somebody else's; stays as it is
};

template <>
struct EnumNames<RouteChangeKind>
{
    static constexpr NameTable<RouteChangeKind, 8> kTable{{{RouteChangeKind::Keep, u"keep"},
                                                           {RouteChangeKind::Add, u"add"},
                                                           {RouteChangeKind::Remove, u"remove"},
                                                           {RouteChangeKind::Gone, u"gone"},
                                                           {RouteChangeKind::Regateway, u"regateway"},
                                                           {RouteChangeKind::Adopt, u"adopt"},
                                                           {RouteChangeKind::Conflict, u"conflict"},
                                                           {RouteChangeKind::Foreign, u"foreign"}}};
};

/// What becomes of one entry of a controller's list, or of one planned route that has none there.
struct RouteChange
{
    RouteChangeKind kind = RouteChangeKind::Foreign;
    std::optional<RouteText> was = {};   ///< the live entry, of Gone what it was; none of an addition
    std::optional<RouteText> route = {}; ///< what is sent in its place; none when the entry goes
    std::optional<Route> planned = {};   ///< what the plan has for this target
    bool isHeld = false;                 ///< waits for a decision: `route` equals `was` until there is one
    bool isDrift = false;                ///< somebody changed or removed what we had proved for this target

    friend bool operator==(const RouteChange &, const RouteChange &) = default;
};

enum class RouteMergeWarningKind {
    NearTarget,   ///< an entry that is no route has a planned target once it is masked; it stays
    StuckGateway, ///< our route goes and another with the same target stays: members may keep the old gateway (ZF 34)
};

struct RouteMergeWarning
{
    RouteMergeWarningKind kind = RouteMergeWarningKind::NearTarget;
    RouteText entry; ///< the one that stays
    Prefix target;

    friend bool operator==(const RouteMergeWarning &, const RouteMergeWarning &) = default;
};

/// What somebody decided about the routes of others that are in the way of the plan.
struct MergeDecisions
{
    bool isAdopting = false;
    bool isReplacingForeign = false;
};

struct RouteMerge
{
    /// Every live entry once as `was`, every entry that is sent once as `route`, in the order of the list that is sent;
    /// what goes stands behind the entry before it in the live list, Gone at the end.
    std::vector<RouteChange> changes;
    /// The list to send first when gateways change: `desired` without their targets. Absent when one step does.
    std::optional<std::vector<RouteText>> first;
    std::vector<Prefix> regatewayed; ///< these targets, in the order of sending
    std::vector<RouteText> desired;  ///< what is sent at last: ours as planned, then the others' in their live order
    bool isEqual = false;            ///< the controller has `desired`, order included: nothing to send (M4)
    bool isReordered = false;        ///< entries that stay come in another order than live
    std::vector<ApplyNeed> needs;    ///< ascending; whether decisions were given already or not
    std::vector<Route> ownedAfter;   ///< what is ours once `desired` was proved, in the order of sending
    std::vector<RouteMergeWarning> warnings;

    friend bool operator==(const RouteMerge &, const RouteMerge &) = default;
};

/// Three-way merge of the routes of one network.
///
/// A live entry is ours when it is a route that we proved there, target and gateway alike; of equal entries the first.
/// All else is somebody else's, and is sent as it is read, in its order. Ours are replaced by the plan. Where the plan
/// meets an entry of somebody else, with the same target, the whole target stays as it is until that is decided: our
/// entries for it in our part of the list, theirs in theirs. An entry equal to one of ours is somebody else's too: it
/// is merged into ours by adopting, and survives otherwise. Entries that are no routes can never be adopted or
/// replaced, only warned of.
///
/// \param owned  what we proved there the last time
/// \param plan   what is to be there, in the order of sending; of equal targets the first counts
/// \param live   what the controller has; any text, duplicates too
/// \complexity O(n log n)
/// \source SOURCES Z5, Z6; CASES.md M1 to M5, R3, R5; SEMANTICS.md 6; zerotier/FACTS.md 26, 27, 34
[[nodiscard]] RouteMerge mergeRoutes(std::span<const Route> owned, std::span<const Route> plan,
                                     std::span<const RouteText> live, const MergeDecisions &decisions = {});

} // namespace interlock
