// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/routeplan.h"
#include "model/rules/topology.h"
#include "model/values/route.h"

#include <vector>

namespace interlock {

/// All that the rows say about one network: a copy, so that it can be worked on anywhere.
struct NetworkContext
{
    NetworkRow network;
    ControllerRow controller;
    std::vector<PlanSubnet> below; ///< what may become routes, ascending: for planRoutes()
    std::vector<Route> owned;      ///< proved on the controller by the last apply
    std::vector<AssignmentPool> ownedPools;
    std::vector<MemberRow> members;
};

/// \returns NotFound when there is no such network, or its controller or its subnet is gone
/// \complexity O(children), with ChildRoutes::Leaves and All O(everything in the network's subnet)
[[nodiscard]] Expected<NetworkContext> networkContext(const Topology &topology, const NetworkName &name);

} // namespace interlock
