// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/broadcastrisk.h"
#include "model/rules/memberplan.h"
#include "model/rules/routemerge.h"

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// The most static addresses of a member that reach it. \source zerotier/FACTS.md 42 (read in the source)
inline constexpr std::size_t kMaxSentAddresses = 32;

/// What an apply does to members, or what is wrong with them.
enum class MemberFindingKind {
    LostAddress,      ///< it has an address that no route that is sent holds any more (P15)
    Outside,          ///< its address is in no route that is planned (D9)
    BeyondLimit,      ///< the only routes that hold its address stand behind the ones that are sent (FACTS 30)
    Regatewayed,      ///< the route of its address is away for a moment, because the gateway changes (M5)
    PrefixChanged,    ///< its address gets another prefix length
    NetworkAddress,   ///< its address is the first one of its route, which names the network
    BroadcastAddress, ///< its address is the last one of its route
    DuplicateAddress, ///< another member has its address too (D8)
    TooManyAddresses, ///< it has more addresses than reach a member
    Broadcast,        ///< the network as a whole: see `risk` (D12)
};

template <>
struct EnumNames<MemberFindingKind>
{
    static constexpr NameTable<MemberFindingKind, 10> kTable{
        {{MemberFindingKind::LostAddress, u"lost-address"},
         {MemberFindingKind::Outside, u"outside"},
         {MemberFindingKind::BeyondLimit, u"beyond-limit"},
         {MemberFindingKind::Regatewayed, u"regatewayed"},
         {MemberFindingKind::PrefixChanged, u"prefix-changed"},
         {MemberFindingKind::NetworkAddress, u"network-address"},
         {MemberFindingKind::BroadcastAddress, u"broadcast-address"},
         {MemberFindingKind::DuplicateAddress, u"duplicate-address"},
         {MemberFindingKind::TooManyAddresses, u"too-many-addresses"},
         {MemberFindingKind::Broadcast, u"broadcast"}}};
};

struct MemberFinding
{
    MemberFindingKind kind = MemberFindingKind::Outside;
    std::optional<NodeId> node = {};     ///< none: the network as a whole
    QString name = {};                   ///< of the member: ours, else the controller's
    bool isOurs = true;                  ///< a member that our rows know
    std::optional<Address> address = {}; ///< the one that it is about
    /// The route that the address has now (LostAddress, PrefixChanged), that is away for a moment (Regatewayed), that
    /// holds it without being sent (BeyondLimit), or whose first or last address it is.
    std::optional<Prefix> route = {};
    std::optional<Prefix> instead = {}; ///< the route that it gets for that, for good or for a moment
    std::vector<NodeId> others = {};    ///< that have the address too
    std::optional<RiskNote> risk = {};

    /// How bad it is: Fine for what is only worth knowing.
    [[nodiscard]] RiskLevel level() const;
    /// What has to be confirmed before it may happen; none for what needs no word, and for errors.
    [[nodiscard]] std::optional<ApplyNeed> need() const;
    /// One English sentence without a final newline, which names the member.
    [[nodiscard]] QString toString() const;

    friend bool operator==(const MemberFinding &, const MemberFinding &) = default;
};

/// What applying `merge` to `network` does to its members: first the network as a whole, then our members in the order
/// of our rows, then those of others that lose or change something, in the order of the controller.
///
/// Reach is judged by the routes that members are sent. What a member has is what the controller says that it has, and
/// counts when it is authorised; an address of ours that is to go anyway is not told of. Of one address that is not
/// reached there is one finding, the worst. Members of ours that are not authorised have no reach to lose.
///
/// \param network  as it is live; its routes are those before, its multicast limit the one after
/// \complexity O((n + m) log n) in routes and addresses
/// \source CASES.md P15, D8, D9, D12, M5; SEMANTICS.md 6; zerotier/FACTS.md 29 to 31, 34, 40 to 42
[[nodiscard]] std::vector<MemberFinding> checkMembers(std::span<const WantedMember> wanted,
                                                      std::span<const MemberRecord> live, const NetworkRecord &network,
                                                      const RouteMerge &merge);
/// The same for who has planMembers() of both already.
[[nodiscard]] std::vector<MemberFinding> checkMembers(std::span<const WantedMember> wanted,
                                                      std::span<const MemberRecord> live, const NetworkRecord &network,
                                                      const RouteMerge &merge, const MemberPlan &plan);

/// The confirmations that the findings ask for, ascending, each once.
[[nodiscard]] std::vector<ApplyNeed> needsOf(std::span<const MemberFinding> findings);

} // namespace interlock
