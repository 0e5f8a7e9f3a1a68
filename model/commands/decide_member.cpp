// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_divisionparts.h"
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
        if (const auto ok = settleShares(edit, member.device, now); !ok)
            return fail(ok.error());
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
        if (const auto ok = checkOnlyMembership(edit.now(), *c.device, c.network, c.node); !ok)
            return fail(ok.error());
    }
    const QString before = std::exchange(member.device, c.device.value_or(member.device));
    if (const auto rule = ruleOfNetwork(edit.now(), c.network); rule && !member.device.isEmpty()) {
        const bool isItsOwn = member.device == before && c.address && c.address == member.address;
        const bool saysOnlyWhoItIs = c.device && !c.address && !c.subnet;
        if (const auto ok = isItsOwn || saysOnlyWhoItIs ? Expected<void>() : refuseChoice(*rule); !ok)
            return fail(ok.error());
        if (member.device == before)
            return Outcome(std::vector<Row>{member});
    }
    if (const auto given = giveAddress(edit, *network, std::move(member), c.address, c.subnet, now); !given)
        return fail(given.error());
    for (const QString &device : {before, c.device.value_or(QString())}) {
        if (const auto ok = settleShares(edit, device, now); !ok)
            return fail(ok.error());
    }
    return Outcome(std::vector<Row>{*edit.now().find<MemberRow>(c.network, c.node)});
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
        if (!member.device.isEmpty() && ruleOfNetwork(edit.now(), c.network)) { // whatever it has at the controller
            edit.put(member);
            if (const auto ok = settleShares(edit, member.device, now); !ok)
                return fail(ok.error());
            rows.emplace_back(*edit.now().find<MemberRow>(c.network, adoption.node));
            continue;
        }
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

} // namespace interlock::parts
