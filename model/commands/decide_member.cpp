// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_networkparts.h"
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/subnetqueries.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

/// Who holds a member's address in the tree.
QString holderOf(const MemberRow &member)
{
    return member.device.isEmpty() ? member.node.toString() : member.device;
}

MemberRow memberOf(const Topology &topology, const NetworkName &network, const NodeId &node, Timestamp now)
{
    const auto *present = topology.find<MemberRow>(network, node);
    return present ? *present : MemberRow{network, node, MemberStanding::Deauthorized, {}, {}, now, 0};
}

/// Whose tree the address is in: the network's tenant's, or the shared one.
std::optional<AddressRow> storedAddress(const Topology &topology, const NetworkRow &network, Address address)
{
    for (const QString &tenant : {network.tenant, QString()}) {
        if (auto row = topology.addresses().find(tenant, address))
            return row;
    }
    return std::nullopt;
}

Expected<Address> requested(TopologyEdit &edit, const NetworkRow &network, const MemberRow &member,
                            const Prefix &subnet, Timestamp now)
{
    const bool isTenants = edit.now().subnets().contains(network.tenant, subnet);
    const auto outcome = run(
        edit, RequestAddress{isTenants ? network.tenant : QString(), subnet, holderOf(member), network.name.toString()},
        now);
    if (!outcome)
        return fail(outcome.error());
    return std::get<AddressRow>(std::get<SubnetOutcome>(*outcome).rows.front()).address;
}

Expected<void> checkInNetwork(const NetworkRow &network, const Prefix &prefix)
{
    if (network.subnet.contains(prefix))
        return {};
    return fail(ErrorKind::Invalid,
                u"%1 is not in %2, the subnet of network %3"_s.arg(prefix.isSingleAddress() ? prefix.first().toString()
                                                                                            : prefix.toString(),
                                                                   network.subnet.toString(), network.name.toString()),
                {{u"field"_s, u"address"_s}, {u"network"_s, network.name.toString()}});
}

} // namespace

Expected<void> freeAddress(TopologyEdit &edit, const NetworkRow &network, const MemberRow &member, Timestamp now)
{
    if (!member.address)
        return {};
    const auto row = storedAddress(edit.now(), network, *member.address);
    if (!row || row->state != AddressState::Used)
        return {};
    const auto done = run(edit, ReleaseAddress{row->tenant, row->address}, now);
    return done ? Expected<void>() : Expected<void>(fail(done.error()));
}

Expected<MemberRow> giveAddress(TopologyEdit &edit, const NetworkRow &network, MemberRow member,
                                const std::optional<Address> &address, const std::optional<Prefix> &subnet,
                                Timestamp now)
{
    if (address && address == member.address) {
        edit.put(member);
        return member;
    }
    if (address || subnet) {
        const Prefix place = address ? Prefix(*address, address->width()) : *subnet;
        if (const auto ok = checkInNetwork(network, place); !ok)
            return fail(ok.error());
    }
    // First: an exchange of addresses within one subnet that is full has to find the old one free.
    if (const auto ok = freeAddress(edit, network, member, now); !ok)
        return fail(ok.error());
    member.address = address;
    if (address) {
        AddressRow row{network.tenant,
                       *address,
                       AddressState::Used,
                       holderOf(member),
                       network.name.toString(),
                       {},
                       {},
                       {},
                       now,
                       0};
        const auto taken = takeAddress(edit, std::move(row), std::nullopt, now);
        if (!taken)
            return fail(taken.error());
    } else if (subnet) {
        const auto found = requested(edit, network, member, *subnet, now);
        if (!found)
            return fail(found.error());
        member.address = *found;
    }
    edit.put(member);
    return *edit.now().find<MemberRow>(member.network, member.node);
}

Expected<Outcome> run(TopologyEdit &edit, const SetMembers &c, Timestamp now)
{
    const auto network = networkAt(edit.now(), c.network);
    if (!network)
        return fail(network.error());
    std::vector<Row> rows;
    for (const NodeId &node : c.nodes) {
        MemberRow member = memberOf(edit.now(), c.network, node, now);
        member.standing = c.standing;
        if (c.standing == MemberStanding::Removed) {
            if (const auto ok = freeAddress(edit, *network, member, now); !ok)
                return fail(ok.error());
            member.address.reset();
        }
        edit.put(member);
        rows.emplace_back(*edit.now().find<MemberRow>(c.network, node));
    }
    return Outcome(std::move(rows));
}

Expected<Outcome> run(TopologyEdit &edit, const AssignMember &c, Timestamp now)
{
    const auto network = networkAt(edit.now(), c.network);
    if (!network)
        return fail(network.error());
    MemberRow member = memberOf(edit.now(), c.network, c.node, now);
    if (c.device && !c.device->isEmpty()) {
        if (const auto device = deviceAt(edit.now(), *c.device); !device)
            return fail(device.error());
    }
    member.device = c.device.value_or(member.device);
    const auto given = giveAddress(edit, *network, std::move(member), c.address, c.subnet, now);
    if (!given)
        return fail(given.error());
    return Outcome(std::vector<Row>{*given});
}

Expected<Outcome> run(TopologyEdit &edit, const AdoptMembers &c, Timestamp now)
{
    const auto network = networkAt(edit.now(), c.network);
    if (!network)
        return fail(network.error());
    std::vector<Row> rows;
    for (const MemberAdoption &adoption : c.members) {
        MemberRow member = memberOf(edit.now(), c.network, adoption.node, now);
        member.standing = adoption.standing;
        const auto given = giveAddress(edit, *network, std::move(member), adoption.address, std::nullopt, now);
        if (!given)
            return fail(given.error());
        if (!adoption.name.isEmpty() && adoption.address) {
            auto row = storedAddress(edit.now(), *network, *adoption.address);
            row->holder = adoption.name;
            const auto checked = checkedAddress(*std::move(row));
            if (!checked)
                return fail(checked.error());
            edit.put(*checked);
        }
        rows.emplace_back(*given);
    }
    return Outcome(std::move(rows));
}

namespace {

/// The rows of `R` that the edit took away, or changed so that `isGone(after)`.
template <typename R, typename IsGone>
std::vector<R> goneRows(const ChangeSet &changes, IsGone &&isGone)
{
    std::vector<R> gone;
    for (const RowChange &change : changes) {
        const auto *before = change.before ? std::get_if<R>(&*change.before) : nullptr;
        if (before && (!change.after || isGone(std::get<R>(*change.after))))
            gone.push_back(*before);
    }
    return gone;
}

Address movedAddress(Address address, const MoveSubnet &move)
{
    return {move.to.family(), address.value() - move.prefix.first().value() + move.to.first().value()};
}

Expected<void> followSubnets(TopologyEdit &edit, const std::vector<SubnetRow> &gone, const MoveSubnet *moved)
{
    for (const SubnetRow &subnet : gone) {
        std::vector<NetworkRow> users;
        for (const NetworkRow &network : edit.now().rows<NetworkRow>()) {
            if (network.tenant == subnet.tenant && network.subnet == subnet.prefix)
                users.push_back(network);
        }
        for (NetworkRow &network : users) {
            const bool isMove = moved && moved->toTenant.value_or(moved->tenant) == moved->tenant &&
                                moved->prefix.contains(subnet.prefix);
            if (!isMove) {
                return fail(ErrorKind::Conflict,
                            u"network %1 takes its routes from %2: it stays until the network is removed"_s.arg(
                                network.name.toString(), subnet.prefix.toString()),
                            {{u"network"_s, network.name.toString()}, {u"prefix"_s, subnet.prefix.toString()}});
            }
            const Prefix target(movedAddress(subnet.prefix.first(), *moved), subnet.prefix.length());
            for (auto *address : {&network.gateway, &network.server}) {
                if (*address)
                    *address = movedAddress(**address, *moved);
            }
            network.subnet = target;
            edit.put(network);
        }
        for (const DivisionRuleRow &rule : edit.now().rows<DivisionRuleRow>()) {
            if (rule.tenant == subnet.tenant && rule.master == subnet.prefix) {
                return fail(ErrorKind::Conflict,
                            u"division rule %1 divides %2: it stays until the rule is removed"_s.arg(
                                rule.label, subnet.prefix.toString()),
                            {{u"rule"_s, rule.label}, {u"prefix"_s, subnet.prefix.toString()}});
            }
        }
    }
    return {};
}

} // namespace

Expected<void> followTree(TopologyEdit &edit, const MoveSubnet *moved)
{
    if (edit.now().rows<NetworkRow>().empty() && edit.now().rows<DivisionRuleRow>().empty())
        return {};
    const ChangeSet changes = edit.changes();
    const auto addresses =
        goneRows<AddressRow>(changes, [](const AddressRow &after) { return after.state != AddressState::Used; });
    std::vector<MemberRow> bereft;
    for (const AddressRow &row : addresses) {
        for (const NetworkRow &network : edit.now().rows<NetworkRow>()) {
            if (!row.tenant.isEmpty() && row.tenant != network.tenant)
                continue;
            for (const MemberRow *member : edit.now().membersAt(network.name, row.address))
                bereft.push_back(*member);
        }
    }
    for (MemberRow &member : bereft) {
        const Address old = *member.address;
        const bool isMoved = moved && moved->prefix.contains(old);
        member.address = isMoved ? std::optional(movedAddress(old, *moved)) : std::nullopt;
        edit.put(member);
    }
    const auto subnets = goneRows<SubnetRow>(changes, [](const SubnetRow &) { return false; });
    return followSubnets(edit, subnets, moved);
}

} // namespace interlock::parts
