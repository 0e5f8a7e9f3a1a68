// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/sessionregistry.h"
#include "model/rules/topology.h"

namespace interlock {

/// The decision in the words that a session of `instance` is sent: where the server's own mask is another than the row
/// says, the tunnel address carries the server's. \source SEMANTICS.md 3
void useServersNetwork(ConnectDecision &decision, const Topology &topology, const std::optional<Prefix> &network);

/// Compares what was answered and installed with what the rows would answer now, and writes `declared`, `routes` and
/// `waitingFor` of the session's fact.
///
/// \param kernelRoutes  the prefixes that the VPN host routes into the tunnel; none when nobody looks after them here
///
/// \source SEMANTICS.md 3: applied, pending, waiting for a holder, unknown, declared without a kernel route
/// \param topology  changed for a moment: a LAN without a verdict is judged by the one it would get
void judgeRoutes(LiveSession &session, Topology &topology, const InstanceName &instance,
                 const SessionRegistry &registry, const std::vector<Prefix> &kernelRoutes, Timestamp now);

/// True if a prefix that is installed for the session is, by the rows, not its own any more.
[[nodiscard]] bool isMoved(const LiveSession &session);

/// True if the session goes on with a route that led to a LAN which has moved or is gone. To be called after
/// judgeRoutes().
[[nodiscard]] bool hasStaleRoute(const LiveSession &session);

/// True if a LAN was held back from the session's answer, and nobody is in its way any more: the session should ask
/// again. To be called after judgeRoutes(). \source openvpn/FACTS.md 43, 49
[[nodiscard]] bool isHeldBackForNobody(const LiveSession &session);

/// The lines of the answer that OpenVPN did not obey, which it tells in its log only; once the session is established.
///
/// \source openvpn/FACTS.md 46, 47, 55 (no event tells the address of a client on a tap device)
[[nodiscard]] QStringList skippedLines(const LiveSession &session, DeviceMode mode);

} // namespace interlock
