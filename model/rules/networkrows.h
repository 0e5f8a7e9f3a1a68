// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"
#include "model/rules/rowfields.h"
#include "model/values/name.h"
#include "model/values/prefix.h"
#include "model/values/timestamp.h"

#include <optional>
#include <tuple>

namespace interlock {

// The rows of the ZeroTier side: controllers, networks on them, and what is ours there.

/// A ZeroTier controller. Key: name.
struct ControllerRow
{
    ControllerName name;
    QString url;       ///< http or https, checked by who speaks to it; never with a secret in it
    QString tokenFile; ///< absolute path, or the name of a credential; never the token
    ControllerFlavour flavour = ControllerFlavour::SelfHosted;
    std::optional<NodeId> node =
        {}; ///< with which the ids of its networks begin; none before it answered, or of Central
    Timestamp createdAt = {};
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"controller", u"name", &ControllerRow::name),
                                               dataField(u"url", u"url", &ControllerRow::url),
                                               dataField(u"tokenFile", u"token_file", &ControllerRow::tokenFile),
                                               dataField(u"flavour", u"flavour", &ControllerRow::flavour),
                                               dataField(u"node", u"node", &ControllerRow::node),
                                               metaField(u"createdAt", u"created_at", &ControllerRow::createdAt),
                                               metaField(u"version", u"version", &ControllerRow::version)};
    friend bool operator==(const ControllerRow &, const ControllerRow &) = default;
};

/// A network setting that a row leaves to whoever set it on the controller.
inline constexpr int kNotOurs = -1;

/// A ZeroTier network whose routes come from the subnet tree. Key: name.
struct NetworkRow
{
    NetworkName name;
    NetworkId networkId;
    ControllerName controller;
    QString tenant; ///< whose tree `subnet` is in
    Prefix subnet = {};
    ChildRoutes children = ChildRoutes::Off;
    ParentRoute parent = ParentRoute::Attached;
    std::optional<Address> gateway = {}; ///< for ParentRoute::Via
    QString key = {};          ///< `[a-z0-9_]+`: the end of its variables' names, made once from the first name
    QString title = {};        ///< its name on the controller
    bool isAutoAssign = false; ///< the controller chooses members' addresses itself (zerotier/FACTS.md 48)
    int multicastLimit = kNotOurs;
    int mtu = kNotOurs;
    QString dnsDomain = {};             ///< empty: DNS is not ours
    QString dnsServers = {};            ///< addresses, joined by `;`
    std::optional<Address> server = {}; ///< of the VPN's own server, for variables
    Timestamp createdAt = {};
    qint64 version = 0;

    static constexpr auto kFields =
        std::tuple{keyField(u"network", u"name", &NetworkRow::name),
                   dataField(u"networkId", u"network_id", &NetworkRow::networkId),
                   dataField(u"controller", u"controller", &NetworkRow::controller),
                   dataField(u"tenant", u"tenant", &NetworkRow::tenant),
                   dataField(u"subnet", u"subnet", &NetworkRow::subnet),
                   dataField(u"children", u"children", &NetworkRow::children),
                   dataField(u"parent", u"parent", &NetworkRow::parent),
                   dataField(u"gateway", u"gateway", &NetworkRow::gateway),
                   dataField(u"key", u"variable_key", &NetworkRow::key),
                   dataField(u"title", u"title", &NetworkRow::title),
                   dataField(u"autoAssign", u"auto_assign", &NetworkRow::isAutoAssign),
                   dataField(u"multicastLimit", u"multicast_limit", &NetworkRow::multicastLimit),
                   dataField(u"mtu", u"mtu", &NetworkRow::mtu),
                   dataField(u"dnsDomain", u"dns_domain", &NetworkRow::dnsDomain),
                   dataField(u"dnsServers", u"dns_servers", &NetworkRow::dnsServers),
                   dataField(u"server", u"server", &NetworkRow::server),
                   metaField(u"createdAt", u"created_at", &NetworkRow::createdAt),
                   metaField(u"version", u"version", &NetworkRow::version)};
    friend bool operator==(const NetworkRow &, const NetworkRow &) = default;
};

/// A route of ours that was proved to be on the controller, when it was last applied. Key: (network, target).
struct OwnedRouteRow
{
    NetworkName network;
    Prefix target;
    std::optional<Address> via = {};
    Timestamp appliedAt = {};
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"network", u"network", &OwnedRouteRow::network),
                                               keyField(u"target", u"target", &OwnedRouteRow::target),
                                               dataField(u"via", u"via", &OwnedRouteRow::via),
                                               metaField(u"appliedAt", u"applied_at", &OwnedRouteRow::appliedAt),
                                               metaField(u"version", u"version", &OwnedRouteRow::version)};
    friend bool operator==(const OwnedRouteRow &, const OwnedRouteRow &) = default;
};

/// An assignment pool of ours, likewise. Key: (network, first, last).
struct OwnedPoolRow
{
    NetworkName network;
    Address first;
    Address last;
    Timestamp appliedAt = {};
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"network", u"network", &OwnedPoolRow::network),
                                               keyField(u"first", u"first_address", &OwnedPoolRow::first),
                                               keyField(u"last", u"last_address", &OwnedPoolRow::last),
                                               metaField(u"appliedAt", u"applied_at", &OwnedPoolRow::appliedAt),
                                               metaField(u"version", u"version", &OwnedPoolRow::version)};
    friend bool operator==(const OwnedPoolRow &, const OwnedPoolRow &) = default;
};

/// What a member of a network is to be. Key: (network, node). Its address is one of the tree's, in the network's
/// subnet.
struct MemberRow
{
    NetworkName network;
    NodeId node;
    MemberStanding standing = MemberStanding::Authorized;
    std::optional<Address> address = {};
    QString device = {}; ///< whose it is; empty: nobody's
    Timestamp createdAt = {};
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"network", u"network", &MemberRow::network),
                                               keyField(u"node", u"node", &MemberRow::node),
                                               dataField(u"standing", u"standing", &MemberRow::standing),
                                               dataField(u"address", u"address", &MemberRow::address),
                                               dataField(u"device", u"device", &MemberRow::device),
                                               metaField(u"createdAt", u"created_at", &MemberRow::createdAt),
                                               metaField(u"version", u"version", &MemberRow::version)};
    friend bool operator==(const MemberRow &, const MemberRow &) = default;
};

} // namespace interlock
