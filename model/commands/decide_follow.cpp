// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"

#include <set>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

/// What an edit took away of the tree, and where it went when it was moved.
class TreeLosses
{
public:
    TreeLosses(const ChangeSet &changes, const MoveSubnet *moved) : m_moved(moved)
    {
        for (const RowChange &change : changes) {
            if (!change.before)
                continue;
            if (const auto *subnet = std::get_if<SubnetRow>(&*change.before); subnet && !change.after)
                m_subnets.insert({subnet->tenant, subnet->prefix});
            if (const auto *address = std::get_if<AddressRow>(&*change.before); address && isGone(change.after))
                m_addresses.insert({address->tenant, address->address});
        }
    }

    [[nodiscard]] bool isEmpty() const { return m_subnets.empty() && m_addresses.empty(); }
    [[nodiscard]] const auto &addresses() const { return m_addresses; }
    [[nodiscard]] bool hasSubnet(const QString &tenant, const Prefix &prefix) const
    {
        return m_subnets.contains({tenant, prefix});
    }
    [[nodiscard]] bool hasAddress(const QString &tenant, Address address) const
    {
        return m_addresses.contains({tenant, address});
    }

    /// Where it is now, if it was moved.
    [[nodiscard]] std::optional<Address> place(Address address) const
    {
        if (!m_moved || !m_moved->prefix.contains(address))
            return std::nullopt;
        return Address(m_moved->to.family(),
                       address.value() - m_moved->prefix.first().value() + m_moved->to.first().value());
    }
    /// The same for a subnet that stays its tenant's.
    [[nodiscard]] std::optional<Prefix> place(const Prefix &prefix) const
    {
        const bool isMoved = m_moved && m_moved->prefix.contains(prefix) &&
                             m_moved->toTenant.value_or(m_moved->tenant) == m_moved->tenant;
        return isMoved ? std::optional(Prefix(*place(prefix.first()), prefix.length())) : std::nullopt;
    }

private:
    [[nodiscard]] static bool isGone(const std::optional<Row> &after)
    {
        return !after || std::get<AddressRow>(*after).state != AddressState::Used;
    }

    const MoveSubnet *m_moved;
    std::set<std::pair<QString, Prefix>> m_subnets;
    std::set<std::pair<QString, Address>> m_addresses;
};

void followMembers(TopologyEdit &edit, const TreeLosses &lost)
{
    std::vector<MemberRow> bereft;
    for (const auto &[tenant, address] : lost.addresses()) {
        for (const NetworkRow &network : edit.now().rows<NetworkRow>()) {
            if (!tenant.isEmpty() && tenant != network.tenant)
                continue;
            for (const MemberRow *member : edit.now().membersAt(network.name, address))
                bereft.push_back(*member);
        }
    }
    for (MemberRow &member : bereft) {
        member.address = lost.place(*member.address);
        edit.put(member);
    }
}

Expected<void> followNetworks(TopologyEdit &edit, const TreeLosses &lost)
{
    std::vector<NetworkRow> users;
    for (const NetworkRow &network : edit.now().rows<NetworkRow>()) {
        if (lost.hasSubnet(network.tenant, network.subnet))
            users.push_back(network);
    }
    for (NetworkRow &network : users) {
        const auto subnet = lost.place(network.subnet);
        if (!subnet) {
            return fail(ErrorKind::Conflict,
                        u"network %1 takes its routes from %2: it stays until the network is removed"_s.arg(
                            network.name.toString(), network.subnet.toString()),
                        {{u"network"_s, network.name.toString()}, {u"prefix"_s, network.subnet.toString()}});
        }
        network.subnet = *subnet;
        for (auto *address : {&network.gateway, &network.server}) {
            if (*address)
                *address = lost.place(**address);
        }
        edit.put(network);
    }
    return {};
}

/// The network moved before its rule, if it did.
Expected<void> checkInNetwork(const Topology &topology, const DivisionRuleRow &rule)
{
    const auto name = NetworkName::parse(rule.network);
    const auto *network = name ? topology.find<NetworkRow>(*name) : nullptr;
    if (!network || network->subnet.contains(rule.master))
        return {};
    return fail(ErrorKind::Conflict,
                u"members of network %1 get their addresses by division rule %2: what it divides stays in %3"_s.arg(
                    rule.network, rule.label, network->subnet.toString()),
                {{u"rule"_s, rule.label}, {u"network"_s, rule.network}});
}

Expected<void> followRules(TopologyEdit &edit, const TreeLosses &lost)
{
    std::vector<DivisionRuleRow> rules;
    for (const DivisionRuleRow &rule : edit.now().rows<DivisionRuleRow>()) {
        if (lost.hasSubnet(rule.tenant, rule.master))
            rules.push_back(rule);
    }
    for (DivisionRuleRow &rule : rules) {
        const auto master = lost.place(rule.master);
        if (!master) {
            return fail(ErrorKind::Conflict,
                        u"division rule %1 divides %2: it stays until the rule is removed"_s.arg(
                            rule.label, rule.master.toString()),
                        {{u"rule"_s, rule.label}, {u"prefix"_s, rule.master.toString()}});
        }
        rule.master = *master;
        if (const auto ok = checkInNetwork(edit.now(), rule); !ok)
            return ok;
        edit.put(rule);
    }
    return {};
}

/// An address stays in its subnet, which may have moved already, and that one in the master.
Prefix whereItBelongs(const Topology &topology, const DivisionRuleRow &rule, const DivisionShareRow &share)
{
    const auto *subnet = topology.find<DivisionShareRow>(share.label, share.device, share.ordinal, 0);
    return subnet && share.part > 0 ? subnet->prefix : rule.master;
}

/// What devices have by division rules goes with the device or with the rule, and only then.
Expected<void> followShares(TopologyEdit &edit, const TreeLosses &lost)
{
    std::vector<DivisionShareRow> shares;
    for (const DivisionRuleRow &rule : edit.now().rows<DivisionRuleRow>()) {
        for (const DivisionShareRow *share : edit.now().list<DivisionShareRow>(rule.label)) {
            const bool isLost = share->part == 0 ? lost.hasSubnet(rule.tenant, share->prefix)
                                                 : lost.hasAddress(rule.tenant, share->prefix.first());
            if (isLost)
                shares.push_back(*share);
        }
    }
    for (DivisionShareRow &share : shares) {
        const auto prefix = lost.place(share.prefix);
        const auto *rule = edit.now().find<DivisionRuleRow>(share.label);
        if (!prefix || !whereItBelongs(edit.now(), *rule, share).contains(*prefix)) {
            const QString what = share.part == 0 ? share.prefix.toString() : share.prefix.first().toString();
            return fail(
                ErrorKind::Conflict,
                u"device %1 has %2 by division rule %3: it stays there until the device or the rule is removed"_s.arg(
                    share.device, what, share.label),
                {{u"rule"_s, share.label}, {u"device"_s, share.device}, {u"prefix"_s, what}});
        }
        share.prefix = *prefix;
        edit.put(share);
    }
    return {};
}

} // namespace

Expected<void> followTree(TopologyEdit &edit, const MoveSubnet *moved)
{
    if (edit.now().rows<NetworkRow>().empty() && edit.now().rows<DivisionRuleRow>().empty())
        return {};
    const TreeLosses lost(edit.changes(), moved);
    if (lost.isEmpty())
        return {};
    followMembers(edit, lost);
    for (const auto follow : {followNetworks, followRules, followShares}) {
        if (const auto ok = follow(edit, lost); !ok)
            return ok;
    }
    return {};
}

} // namespace interlock::parts
