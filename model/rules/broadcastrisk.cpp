// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/broadcastrisk.h"

#include "model/rules/networkproof.h"
#include "model/rules/sentroutes.h"

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Counts an authorised member in each route that one of its addresses has as its longest.
void countRoutes(const MemberRecord &member, const SentRoutes &sent, BroadcastRisk &risk)
{
    std::set<std::size_t> positions;
    bool hasAddress = false;
    for (const QString &text : member.addresses) {
        const auto address = Address::parse(text);
        if (!address)
            continue;
        hasAddress = true;
        if (const auto match = sent.match(*address))
            positions.insert(match->position);
    }
    for (const std::size_t position : positions) {
        ++risk.routes[position].members;
        risk.routes[position].bridges += member.isBridge ? 1U : 0U;
    }
    risk.outside += hasAddress && positions.empty() ? 1U : 0U;
}

void judge(BroadcastRisk &risk)
{
    const quint64 limit = risk.multicastLimit;
    const quint64 others = risk.authorized > 0 ? risk.authorized - 1 : 0;
    risk.recipients = std::min(limit, others);
    risk.bridgeRecipients = std::min<quint64>(risk.bridges, risk.recipients);
    risk.arpRecipients = std::min(limit, std::min<quint64>(risk.bridges + 1, others));
    risk.isArpReaching = risk.bridges < limit;
    if (limit == 0)
        risk.notes.push_back({RiskReason::LimitZero, others, limit});
    else if (risk.bridges >= limit)
        risk.notes.push_back({RiskReason::BridgesReachLimit, risk.bridges, limit});
    if (risk.bridges > kMaxBridges)
        risk.notes.push_back({RiskReason::TooManyBridges, risk.bridges, kMaxBridges});
    if (limit > 0 && others > limit)
        risk.notes.push_back({RiskReason::MembersBeyondLimit, others, limit});
    for (const RiskNote &note : risk.notes)
        risk.level = std::max(risk.level, levelOf(note.reason));
}

} // namespace

RiskLevel levelOf(RiskReason reason)
{
    switch (reason) {
    case RiskReason::LimitZero:
        return RiskLevel::Error;
    case RiskReason::BridgesReachLimit:
    case RiskReason::TooManyBridges:
        return RiskLevel::Warning;
    case RiskReason::MembersBeyondLimit:
        break;
    }
    return RiskLevel::Fine;
}

QString RiskNote::toString() const
{
    switch (reason) {
    case RiskReason::LimitZero:
        return u"the multicast limit is 0: ARP requests reach none of the %1 other members, so IPv4 does not work"_s
            .arg(count);
    case RiskReason::BridgesReachLimit:
        return u"the multicast limit of %2 is used up by %1 bridges, which are served first: ARP requests do not reach "
               u"other members"_s.arg(count)
                   .arg(limit);
    case RiskReason::TooManyBridges:
        return u"there are %1 bridges, and a network's configuration has room for %2"_s.arg(count).arg(limit);
    case RiskReason::MembersBeyondLimit:
        break;
    }
    return u"a multicast to everybody reaches %2 of %1 other members; plain ARP is not capped by this, because it goes "
           u"to a group of its own for each address"_s.arg(count)
               .arg(limit);
}

BroadcastRisk assessBroadcast(const NetworkRecord &network, std::span<const MemberRecord> members,
                              const std::optional<QSet<NodeId>> &onlineOrNone)
{
    BroadcastRisk risk;
    risk.members = members.size();
    risk.multicastLimit = network.multicastLimit;
    risk.hasBroadcast = network.hasBroadcast;
    for (const RouteText &route : network.routes)
        risk.routes.push_back({route, risk.routes.size() < kMaxSentRoutes});
    if (onlineOrNone)
        risk.online = 0;
    const SentRoutes sent(network.routes);
    for (const MemberRecord &member : members) {
        if (!member.isAuthorized)
            continue;
        ++risk.authorized;
        risk.bridges += member.isBridge ? 1U : 0U;
        if (onlineOrNone && onlineOrNone->contains(member.node))
            ++*risk.online;
        countRoutes(member, sent, risk);
    }
    judge(risk);
    return risk;
}

BroadcastChange assessPlan(const NetworkRecord &network, const NetworkEdit &edit, std::span<const MemberRecord> members,
                           const MemberPlan &plan, const std::optional<QSet<NodeId>> &onlineOrNone)
{
    return {assessBroadcast(network, members, onlineOrNone),
            assessBroadcast(applied(edit, network), membersAfter(members, plan), onlineOrNone)};
}

} // namespace interlock
