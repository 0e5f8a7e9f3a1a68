// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/controllerflavour.h"
#include "model/values/name.h"
#include "model/values/route.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace interlock {

/// What answered at a controller's address.
struct ControllerIdentity
{
    ControllerFlavour flavour = ControllerFlavour::SelfHosted;
    std::optional<NodeId> node; ///< every network id begins with it; none of Central
    QString version;
    qint64 clock = 0; ///< milliseconds since 1970, by the controller
};

/// How a network gives its members IPv6 addresses.
struct AssignMode6
{
    bool isPool = false;     ///< "zt": from the pools
    bool isRfc4193 = false;  ///< one /128 a member, derived from its id
    bool isSixPlane = false; ///< one /80 a member

    friend bool operator==(const AssignMode6 &, const AssignMode6 &) = default;
};

struct DnsSetting
{
    QString domain;
    std::vector<QString> servers;

    friend bool operator==(const DnsSetting &, const DnsSetting &) = default;
};

/// A network as its controller says that it is.
struct NetworkRecord
{
    NetworkId id;
    QString name = {};
    bool isPrivate = true;
    bool hasBroadcast = true;
    std::vector<RouteText> routes = {}; ///< in the order in which the controller sends them; kMaxSentRoutes at most
    std::vector<PoolText> pools = {};
    bool isAutoAssign4 = false;
    AssignMode6 assign6 = {};
    quint64 multicastLimit = 32; ///< recipients of one multicast; 0 kills IPv4 (FACTS 40)
    qint64 mtu = 2800;
    DnsSetting dns = {};
    qint64 revision = 0;     ///< self-hosted: of this record; Central: when it was changed, in milliseconds
    qint64 creationTime = 0; ///< milliseconds since 1970
    QJsonObject raw = {};    ///< all that the controller said, for a snapshot

    friend bool operator==(const NetworkRecord &, const NetworkRecord &) = default;
};

/// What to change in a network: what is absent stays as it is. The whole list replaces the whole list.
struct NetworkEdit
{
    std::optional<QString> name = {};
    std::optional<bool> isPrivate = {};
    std::optional<bool> hasBroadcast = {};
    std::optional<std::vector<RouteText>> routes = {};
    std::optional<std::vector<PoolText>> pools = {};
    std::optional<bool> isAutoAssign4 = {};
    std::optional<AssignMode6> assign6 = {};
    std::optional<quint64> multicastLimit = {};
    std::optional<qint64> mtu = {};
    std::optional<DnsSetting> dns = {};

    [[nodiscard]] bool isEmpty() const { return *this == NetworkEdit(); }
    friend bool operator==(const NetworkEdit &, const NetworkEdit &) = default;
};

} // namespace interlock
