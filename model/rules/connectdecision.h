// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/serverline.h"
#include "model/rules/topologyedit.h"

#include <vector>

namespace interlock {

enum class ConnectAction { Accept, Deny };

/// A LAN that the answer leaves out, and why.
struct ConnectProblem
{
    std::optional<Prefix> prefix; ///< none when it is not about one LAN
    Error error;

    friend bool operator==(const ConnectProblem &, const ConnectProblem &) = default;
};

/// A LAN that the answer carries, and the prefix under which OpenVPN is told of it.
struct AnsweredLan
{
    Prefix real;
    Prefix installed; ///< the iroute: the virtual prefix, or the real one where the VPN host translates

    friend bool operator==(const AnsweredLan &, const AnsweredLan &) = default;
};

/// What a connecting client is told.
struct ConnectDecision
{
    CommonName cn;
    InstanceName instance;
    ConnectAction action = ConnectAction::Accept;
    QString denyReason;                   ///< for the client, when denied
    std::vector<ServerLine> lines;        ///< of client-auth, in order
    std::vector<ClaimRow> claims;         ///< the verdicts behind them, one for each LAN that has one
    std::vector<ConnectProblem> problems; ///< LANs that are left out; the rest is answered (SEMANTICS.md 2)
    std::vector<AnsweredLan> lans;        ///< those that `lines` carry, one iroute each, in the same order

    /// Takes the LAN that is installed as `installed` out of the answer, its translation too, and says why in a
    /// problem; nothing when no line carries it.
    void leaveOut(const Prefix &installed, Error why);
};

/// Decides the answer to `cn` connecting to `instance`: its address, its LANs under their real or stand-in prefixes,
/// the LANs of peers in its block, and the push options of instance, group and CN (narrower ones come last and win in
/// the client).
///
/// Makes the connector row of a CN that is admitted unknown, claims its LANs, and allocates an address where the
/// instance says so. Only what the edit's change set holds, once it is durable, may be answered.
///
/// \returns NotFound when there is no such instance
///
/// \source SOURCES S3, S5, S8; SEMANTICS.md 2, 3; openvpn/FACTS.md 2
[[nodiscard]] Expected<ConnectDecision> decideConnect(TopologyEdit &edit, const CommonName &cn,
                                                      const InstanceName &instance, Timestamp now);

/// The answer as far as it needs nothing that is not stored already: for a store that cannot be written to, and to ask
/// what a live session would be told now. A LAN without a verdict is a problem (StoreUnavailable).
///
/// \returns NotFound when there is no such instance
///
/// \source SEMANTICS.md 3, 4 (`admit-known`)
[[nodiscard]] Expected<ConnectDecision> decideFromStored(const Topology &topology, const CommonName &cn,
                                                         const InstanceName &instance);

} // namespace interlock
