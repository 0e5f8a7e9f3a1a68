// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/memberplan.h"
#include "model/rules/policies.h"
#include "model/values/networkrecord.h"

#include <QSet>

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// The most bridges that a network's configuration has room for. \source zerotier/FACTS.md 41 (read in the source)
inline constexpr std::size_t kMaxBridges = 256;

enum class RiskLevel { Fine, Warning, Error };

/// What the numbers of a broadcast domain mean.
enum class RiskReason {
    LimitZero,          ///< error: no ARP request reaches anybody, so IPv4 is dead (FACTS 40, measured)
    BridgesReachLimit,  ///< warning: bridges are served first and leave nothing of the limit (FACTS 41, measured)
    TooManyBridges,     ///< warning: more of them than the configuration has room for (FACTS 41, from the source)
    MembersBeyondLimit, ///< fine: a multicast to all does not reach all; plain ARP is not capped by that (FACTS 40)
};

template <>
struct EnumNames<RiskLevel>
{
    static constexpr NameTable<RiskLevel, 3> kTable{
        {{RiskLevel::Fine, u"fine"}, {RiskLevel::Warning, u"warning"}, {RiskLevel::Error, u"error"}}};
};
template <>
struct EnumNames<RiskReason>
{
    static constexpr NameTable<RiskReason, 4> kTable{{{RiskReason::LimitZero, u"limit-zero"},
                                                      {RiskReason::BridgesReachLimit, u"bridges-reach-limit"},
                                                      {RiskReason::TooManyBridges, u"too-many-bridges"},
                                                      {RiskReason::MembersBeyondLimit, u"members-beyond-limit"}}};
};

[[nodiscard]] RiskLevel levelOf(RiskReason reason);

/// A reason with its numbers: how many there are of what the reason names, and what they are held against.
struct RiskNote
{
    RiskReason reason = RiskReason::MembersBeyondLimit;
    quint64 count = 0;
    quint64 limit = 0;

    /// One English sentence without a final newline.
    [[nodiscard]] QString toString() const;

    friend bool operator==(const RiskNote &, const RiskNote &) = default;
};

/// How many members have an address whose longest route this is. It is what the route splits on layer 3, and no
/// broadcast domain: members of two routes hear each other's ARP requests as before.
struct RouteLoad
{
    RouteText route;
    bool isSent = true;      ///< among the first kMaxSentRoutes; otherwise nobody has it
    std::size_t members = 0; ///< authorised ones
    std::size_t bridges = 0; ///< of them

    friend bool operator==(const RouteLoad &, const RouteLoad &) = default;
};

/// One network as the broadcast domain that it is: ZeroTier has one on layer 2 for each network, whatever its routes.
struct BroadcastRisk
{
    std::size_t members = 0; ///< all, with those that are not authorised
    std::size_t authorized = 0;
    std::optional<std::size_t> online = {}; ///< of the authorised ones; none when it is not known who is
    std::size_t bridges = 0;                ///< authorised ones
    quint64 multicastLimit = 0;
    bool hasBroadcast = true;
    /// The most members that one multicast to everybody reaches: the limit, or all but the sender.
    quint64 recipients = 0;
    quint64 bridgeRecipients = 0; ///< of these; bridges are served first
    /// The most members that one ARP request for an ordinary member's address reaches: the bridges, and behind them
    /// the one that has it, as far as the limit goes.
    quint64 arpRecipients = 0;
    bool isArpReaching = true;     ///< false: the one that has the address is not among these
    std::vector<RouteLoad> routes; ///< every entry of the network's list, in its order
    std::size_t outside = 0;       ///< authorised members whose addresses are all in no route that is sent
    std::vector<RiskNote> notes;   ///< worst first
    RiskLevel level = RiskLevel::Fine;

    friend bool operator==(const BroadcastRisk &, const BroadcastRisk &) = default;
};

/// \param onlineOrNone  nodes that are known to be online; none when nobody knows
/// \complexity O(n log n)
/// \source SOURCES Z9; CASES.md R7, D12; zerotier/FACTS.md 29 to 31, 40, 41
[[nodiscard]] BroadcastRisk assessBroadcast(const NetworkRecord &network, std::span<const MemberRecord> members,
                                            const std::optional<QSet<NodeId>> &onlineOrNone = {});

struct BroadcastChange
{
    BroadcastRisk before;
    BroadcastRisk after;

    friend bool operator==(const BroadcastChange &, const BroadcastChange &) = default;
};

/// The same before and after a plan. \source SOURCES Z9
[[nodiscard]] BroadcastChange assessPlan(const NetworkRecord &network, const NetworkEdit &edit,
                                         std::span<const MemberRecord> members, const MemberPlan &plan,
                                         const std::optional<QSet<NodeId>> &onlineOrNone = {});

} // namespace interlock
