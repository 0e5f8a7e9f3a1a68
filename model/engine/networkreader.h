// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/commands/networkarchive.h"
#include "model/commands/ports.h"
#include "model/engine/controllerpool.h"
#include "model/rules/networkcontext.h"

namespace interlock {

/// What the engine of ZeroTier networks needs. All must outlive it.
struct NetworkPorts
{
    CommandGateway &gateway;
    Queries &queries;
    Leases &leases;
    NetworkArchive &archive;
    ControllerPool &controllers;
    const Clock &clock;
};

/// One network at one moment: what the rows say and what its controller says.
struct NetworkSight
{
    NetworkContext rows;
    NetworkRecord live;
    std::vector<MemberRecord> members; ///< by node
    ControllerClient *client = nullptr;
};

/// Reads a network from the store and from its controller. Changes nothing.
class NetworkReader : public QObject
{
public:
    explicit NetworkReader(const NetworkPorts &ports, QObject *parent = nullptr) : QObject(parent), m_ports(ports) {}

    /// The rows alone. \returns NotFound
    [[nodiscard]] QFuture<Expected<NetworkContext>> rows(const NetworkName &network);
    /// Rows, network and members. \returns NotFound with `lost` when the controller does not have the network any more
    /// (CASES.md M12); BackendMismatch when the controller is another one; what the client returns
    [[nodiscard]] QFuture<Expected<NetworkSight>> look(const NetworkName &network);
    /// The controller's part of `sight` anew.
    [[nodiscard]] QFuture<Expected<NetworkSight>> lookAgain(const NetworkSight &sight);

private:
    [[nodiscard]] QFuture<Expected<NetworkSight>> ask(NetworkSight sight);

    NetworkPorts m_ports;
};

/// `error`, and when it says that a network is gone, what can be done about it.
[[nodiscard]] Error lostNetwork(Error error, const NetworkRow &network);

} // namespace interlock
