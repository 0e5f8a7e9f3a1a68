// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/memberfindings.h"

#include "model/rules/networkproof.h"
#include "model/rules/sentroutes.h"

#include <QHash>
#include <QSet>
#include <QStringList>

#include <algorithm>
#include <iterator>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

using Kind = MemberFindingKind;

/// The addresses that the controller says a member has; none of one that is not there or not authorised.
QSet<Address> liveAddresses(const MemberRecord *recordOrNull)
{
    QSet<Address> addresses;
    if (!recordOrNull || !recordOrNull->isAuthorized)
        return addresses;
    for (const QString &text : recordOrNull->addresses) {
        if (const auto address = Address::parse(text))
            addresses.insert(*address);
    }
    return addresses;
}

std::optional<Prefix> targetOf(const std::optional<SentRoutes::Match> &match)
{
    return match ? std::optional(match->target) : std::nullopt;
}

/// Whether `address` names the network or everybody in `route`, as hosts understand it.
std::optional<Kind> specialIn(const Prefix &route, const Address &address)
{
    const int hostBits = widthOf(route.family()) - route.length();
    if (hostBits < 2)
        return std::nullopt;
    if (address == route.first())
        return Kind::NetworkAddress;
    return route.isIPv4() && address == route.last() ? std::optional(Kind::BroadcastAddress) : std::nullopt;
}

/// Checks one member after the other.
class Checking
{
public:
    Checking(const NetworkRecord &network, const RouteMerge &merge, const MemberPlan &plan)
        : m_before(network.routes), m_after(merge.desired),
          m_meanwhile(merge.first ? std::span<const RouteText>(*merge.first) : std::span<const RouteText>()),
          m_hasTwoSteps(merge.first.has_value())
    {
        for (const DuplicateAddress &each : plan.duplicates)
            m_duplicates.insert(each.address, &each);
    }

    void checkOurs(const WantedMember &member, const MemberRecord *recordOrNull)
    {
        begin(member.node, member.name.isEmpty() && recordOrNull ? recordOrNull->name : member.name, true);
        const auto edit = editFor(member);
        const auto has = liveAddresses(recordOrNull);
        for (const Address &address : *edit.addresses) {
            checkDuplicate(address);
            if (!member.isAuthorized)
                continue;
            const bool isLive = has.contains(address);
            if (!checkLoss(address, isLive))
                tellOutside(address);
        }
        if (member.isAuthorized && edit.addresses->size() > kMaxSentAddresses)
            tell(Kind::TooManyAddresses, std::nullopt);
    }

    void checkForeign(const ForeignMember &member)
    {
        begin(member.record.node, member.record.name, false);
        for (const Address &address : member.addresses)
            (void)checkLoss(address, true);
    }

    std::vector<MemberFinding> take() { return std::move(m_findings); }

private:
    void begin(const NodeId &node, const QString &name, bool isOurs)
    {
        m_node = node;
        m_name = name;
        m_isOurs = isOurs;
    }

    MemberFinding &tell(Kind kind, const std::optional<Address> &address)
    {
        m_findings.push_back({kind, m_node, m_name, m_isOurs, address});
        return m_findings.back();
    }

    void tellRoute(Kind kind, const Address &address, const Prefix &route,
                   const std::optional<Prefix> &instead = std::nullopt)
    {
        auto &finding = tell(kind, address);
        finding.route = route;
        finding.instead = instead;
    }

    void checkDuplicate(const Address &address)
    {
        const auto *duplicate = m_duplicates.value(address, nullptr);
        if (!duplicate)
            return;
        auto &finding = tell(Kind::DuplicateAddress, address);
        std::ranges::copy_if(duplicate->ours, std::back_inserter(finding.others),
                             [&](const NodeId &node) { return node != m_node; });
        std::ranges::copy(duplicate->foreign, std::back_inserter(finding.others));
    }

    /// What the plan does to an address; false when nothing is found about it and no route that is sent holds it.
    bool checkLoss(const Address &address, bool isLive)
    {
        const auto before = isLive ? targetOf(m_before.match(address)) : std::nullopt;
        const auto after = targetOf(m_after.match(address));
        if (!after && before)
            tellRoute(Kind::LostAddress, address, *before);
        if (!after)
            return before.has_value();
        if (m_isOurs) {
            if (const auto special = specialIn(*after, address))
                tellRoute(*special, address, *after);
        }
        if (before && before != after)
            tellRoute(Kind::PrefixChanged, address, *before, after);
        // The first step misses nothing but the targets whose gateway changes.
        const auto meanwhile = m_hasTwoSteps ? targetOf(m_meanwhile.match(address)) : after;
        if (before && meanwhile != after)
            tellRoute(Kind::Regatewayed, address, *after, meanwhile);
        return true;
    }

    void tellOutside(const Address &address)
    {
        if (const auto beyond = m_after.matchBeyond(address))
            tellRoute(Kind::BeyondLimit, address, beyond->target);
        else
            tell(Kind::Outside, address);
    }

    SentRoutes m_before;
    SentRoutes m_after;
    SentRoutes m_meanwhile; ///< between the two steps
    bool m_hasTwoSteps = false;
    QHash<Address, const DuplicateAddress *> m_duplicates;
    std::optional<NodeId> m_node;
    QString m_name;
    bool m_isOurs = true;
    std::vector<MemberFinding> m_findings;
};

QString routeText(const std::optional<Prefix> &route)
{
    return route ? route->toString() : u"no route"_s;
}

} // namespace

RiskLevel MemberFinding::level() const
{
    switch (kind) {
    case Kind::Broadcast:
        return risk ? levelOf(risk->reason) : RiskLevel::Fine;
    case Kind::PrefixChanged:
        return RiskLevel::Fine;
    case Kind::DuplicateAddress:
        return RiskLevel::Error;
    default:
        return RiskLevel::Warning;
    }
}

std::optional<ApplyNeed> MemberFinding::need() const
{
    switch (kind) {
    case Kind::LostAddress:
        return ApplyNeed::LostAddresses;
    case Kind::Outside:
    case Kind::BeyondLimit:
        return ApplyNeed::Outside;
    case Kind::Regatewayed:
        return ApplyNeed::Regateway;
    default:
        return std::nullopt;
    }
}

QString MemberFinding::toString() const
{
    const QString id = node ? node->toString() : QString();
    const QString who = name.isEmpty() ? u"member %1"_s.arg(id) : u"member '%1' (%2)"_s.arg(name, id);
    const QString what = address ? address->toString() : QString();
    switch (kind) {
    case Kind::LostAddress:
        return u"%1 loses %2: its route %3 is no longer sent, and no other holds it"_s.arg(who, what, routeText(route));
    case Kind::Outside:
        return u"%1 does not get %2: no planned route holds it"_s.arg(who, what);
    case Kind::BeyondLimit:
        return u"%1 does not get %2: its route %3 stands behind the first %4, and no more are sent"_s
            .arg(who, what, routeText(route))
            .arg(kMaxSentRoutes);
    case Kind::Regatewayed:
        return instead ? u"%1 has %2 in %3 for a moment, while the gateway of %4 changes"_s.arg(
                             who, what, routeText(instead), routeText(route))
                       : u"%1 is without %2 for a moment, while the gateway of %3 changes"_s.arg(who, what,
                                                                                                 routeText(route));
    case Kind::PrefixChanged:
        return u"%1 has %2 in %3, no longer in %4"_s.arg(who, what, routeText(instead), routeText(route));
    case Kind::NetworkAddress:
        return u"%1 has %2, the network address of %3"_s.arg(who, what, routeText(route));
    case Kind::BroadcastAddress:
        return u"%1 has %2, the broadcast address of %3"_s.arg(who, what, routeText(route));
    case Kind::DuplicateAddress: {
        QStringList ids;
        for (const NodeId &other : others)
            ids += other.toString();
        return u"%1 has %2, and so has %3"_s.arg(who, what, ids.join(u", "_s));
    }
    case Kind::TooManyAddresses:
        return u"%1 has more than the %2 addresses that reach a member"_s.arg(who).arg(kMaxSentAddresses);
    case Kind::Broadcast:
        break;
    }
    return risk ? risk->toString() : QString();
}

std::vector<MemberFinding> checkMembers(std::span<const WantedMember> wanted, std::span<const MemberRecord> live,
                                        const NetworkRecord &network, const RouteMerge &merge)
{
    return checkMembers(wanted, live, network, merge, planMembers(wanted, live));
}

std::vector<MemberFinding> checkMembers(std::span<const WantedMember> wanted, std::span<const MemberRecord> live,
                                        const NetworkRecord &network, const RouteMerge &merge, const MemberPlan &plan)
{
    std::vector<MemberFinding> findings;
    NetworkEdit edit;
    edit.routes = merge.desired;
    const auto risk = assessBroadcast(applied(edit, network), membersAfter(live, plan));
    for (const RiskNote &note : risk.notes) {
        if (levelOf(note.reason) != RiskLevel::Fine)
            findings.push_back({.kind = Kind::Broadcast, .isOurs = false, .risk = note});
    }
    QHash<NodeId, const MemberRecord *> records;
    for (const MemberRecord &record : live) {
        if (!records.contains(record.node))
            records.insert(record.node, &record);
    }
    Checking checking(network, merge, plan);
    QSet<NodeId> seen;
    for (const WantedMember &member : wanted) {
        if (seen.contains(member.node))
            continue;
        seen.insert(member.node);
        checking.checkOurs(member, records.value(member.node, nullptr));
    }
    for (const ForeignMember &member : plan.foreign)
        checking.checkForeign(member);
    std::ranges::move(checking.take(), std::back_inserter(findings));
    return findings;
}

std::vector<ApplyNeed> needsOf(std::span<const MemberFinding> findings)
{
    std::set<ApplyNeed> needs;
    for (const MemberFinding &finding : findings) {
        if (const auto need = finding.need())
            needs.insert(*need);
    }
    return {needs.begin(), needs.end()};
}

} // namespace interlock
