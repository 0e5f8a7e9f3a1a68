// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"
#include "model/values/route.h"

#include <optional>
#include <vector>

namespace interlock {

// What can be asked of the rows of ZeroTier controllers, networks and members. None of it talks to a controller: what a
// network is to look like is sent by an apply, and what a member is to be by a push.

struct AddController
{
    ControllerRow controller; ///< createdAt and version are set by the store
};
/// Changes what is present. Another flavour, or another node, is refused while networks hang on it. \source CASES.md C9
struct SetController
{
    ControllerName name;
    std::optional<QString> url = {};
    std::optional<QString> tokenFile = {};
    std::optional<ControllerFlavour> flavour = {};
    std::optional<NodeId> node = {};
};
/// Refused while networks are on it.
struct RemoveController
{
    ControllerName name;
};

/// `network.key` is made from its name when it is empty.
struct AddNetwork
{
    NetworkRow network;
};
/// Changes what is present.
struct SetNetwork
{
    NetworkName name;
    std::optional<ChildRoutes> children = {};
    std::optional<ParentRoute> parent = {}; ///< `gateway` goes with it
    std::optional<Address> gateway = {};
    std::optional<QString> title = {};
    std::optional<bool> isAutoAssign = {};
    std::optional<int> multicastLimit = {};
    std::optional<int> mtu = {};
    std::optional<QString> dnsDomain = {};
    std::optional<QString> dnsServers = {};
    std::optional<std::optional<Address>> server = {};
};
/// What is ours on it is forgotten, and the addresses of its members are free. Nothing changes on the controller.
struct RemoveNetwork
{
    NetworkName name;
};
/// Afterwards exactly these are ours on the controller: it was just proved. Not revertible.
struct RecordApply
{
    NetworkName network;
    std::vector<Route> routes;
    std::vector<AssignmentPool> pools;
};

/// Makes the members that have no row. A removed one gives its address back.
struct SetMembers
{
    NetworkName network;
    std::vector<NodeId> nodes;
    MemberStanding standing = MemberStanding::Authorized;
};
/// Gives a member one address of the tree, and takes the one that it had. \source SOURCES Z8
struct AssignMember
{
    NetworkName network;
    NodeId node;
    std::optional<Address> address = {}; ///< exactly this one
    std::optional<Prefix> subnet = {};   ///< the lowest free one of this subnet; neither: no address
    std::optional<QString> device = {};  ///< whose the member is from now on
};

struct MemberAdoption
{
    NodeId node;
    MemberStanding standing = MemberStanding::Authorized;
    std::optional<Address> address = {};
    QString name = {}; ///< who holds the address, when no device does
};
/// Members that somebody else made become ours as they are. \source CASES.md D10
struct AdoptMembers
{
    NetworkName network;
    std::vector<MemberAdoption> members;
};

} // namespace interlock
