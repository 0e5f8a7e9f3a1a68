// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_divisionparts.h"
#include "model/commands/decide_networkparts.h"
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/devicevariables.h"
#include "model/rules/divisionshares.h"
#include "model/rules/subnetfree.h"
#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

QString wordsFor(const DivisionRuleRow &rule)
{
    return u"division rule "_s + rule.label;
}

std::vector<Prefix> freeAddresses(const Topology &topology, const DivisionRuleRow &rule, std::size_t count)
{
    std::vector<Prefix> found;
    const FreeAddresses all(topology, rule.tenant, rule.master);
    for (auto next = all.lowest(); next && found.size() < count;
         next = all.next(Address(next->family(), next->value() + 1))) {
        found.push_back(Prefix::host(*next));
        if (*next == all.range().second)
            break;
    }
    return found;
}

MemberRow *memberWith(std::vector<MemberRow> &members, const QString &network)
{
    const auto found = std::ranges::find(members, network, [](const MemberRow &row) { return row.network.toString(); });
    return found == members.end() ? nullptr : &*found;
}

bool isFor(const Topology &topology, const DivisionRuleRow &rule, const QString &device)
{
    if (!topology.find<DeviceRow>(device))
        return false;
    if (rule.network.isEmpty())
        return true;
    auto members = membershipsOf(topology, device);
    return memberWith(members, rule.network) != nullptr;
}

/// Hands out the free parts of one master, to one device after the other.
class ShareGiver
{
public:
    ShareGiver(TopologyEdit &edit, const DivisionRuleRow &rule, std::size_t devices, Timestamp now)
        : m_edit(edit), m_row(rule), m_rule(divisionRuleOf(rule)), m_now(now), m_free(freeParts(devices))
    {
    }

    Expected<void> give(const QString &device)
    {
        const auto plan = planDivision(m_rule, device, std::span(m_free).subspan(m_used));
        if (!plan)
            return fail(plan.error());
        for (std::size_t i = 0; i < plan->parts.size(); ++i) {
            if (const auto ok = store(device, static_cast<int>(i) + 1, plan->parts[i]); !ok)
                return ok;
        }
        // They are in order, and what was passed over is for nobody.
        const auto last = std::ranges::find(m_free, plan->parts.back().subnet);
        m_used = static_cast<std::size_t>(last - m_free.begin()) + 1;
        return m_row.network.isEmpty() ? Expected<void>() : settle(device, plan->firstAddress());
    }

private:
    std::vector<Prefix> freeParts(std::size_t devices) const
    {
        const std::size_t each = static_cast<std::size_t>(m_rule.subnetCount);
        const std::size_t count = divisionCandidates(m_rule) + (devices - 1) * each;
        if (m_rule.isOfSingleAddresses())
            return freeAddresses(m_edit.now(), m_row, count);
        return nextFreeSubnets(m_edit.now(), m_row.tenant, m_row.master, m_row.length, static_cast<int>(count));
    }

    Expected<void> store(const QString &device, int ordinal, const DivisionPart &part)
    {
        if (!m_rule.isOfSingleAddresses()) {
            if (const auto ok = checkPlacement(m_edit.now(), m_row.tenant, part.subnet); !ok)
                return ok;
            m_edit.put(
                SubnetRow{m_row.tenant, part.subnet, device, SubnetRole::None, wordsFor(m_row), {}, {}, m_now, 0});
            m_edit.put(DivisionShareRow{m_row.label, device, ordinal, 0, part.subnet, 0});
        }
        int number = 0;
        for (const Address &address : part.addresses) {
            if (const auto ok = storeAddress(device, {ordinal, ++number}, address); !ok)
                return ok;
        }
        return {};
    }

    struct Place
    {
        int ordinal;
        int part;
    };

    Expected<void> storeAddress(const QString &device, Place place, Address address)
    {
        const auto taken = takeAddress(
            m_edit, {m_row.tenant, address, AddressState::Used, device, wordsFor(m_row), {}, {}, {}, m_now, 0},
            std::nullopt, m_now);
        if (!taken)
            return fail(taken.error());
        m_edit.put(DivisionShareRow{m_row.label, device, place.ordinal, place.part, Prefix::host(address), 0});
        return {};
    }

    /// The device's address in the network is the first of its share. \source CASES.md S10
    Expected<void> settle(const QString &device, Address first)
    {
        auto members = membershipsOf(m_edit.now(), device);
        MemberRow *member = memberWith(members, m_row.network);
        const auto network = networkAt(m_edit.now(), member->network);
        if (!network)
            return fail(network.error());
        if (const auto ok = freeAddress(m_edit, *network, *member, m_now); !ok)
            return ok;
        member->address = first;
        m_edit.put(*member);
        return {};
    }

    TopologyEdit &m_edit;
    DivisionRuleRow m_row;
    DivisionRule m_rule;
    Timestamp m_now;
    std::vector<Prefix> m_free;
    std::size_t m_used = 0;
};

/// Takes back what one device has by one rule.
class ShareTaker
{
public:
    ShareTaker(TopologyEdit &edit, const DivisionRuleRow &rule, Timestamp now) : m_edit(edit), m_rule(rule), m_now(now)
    {
    }

    Expected<void> take(const QString &device)
    {
        std::vector<DivisionShareRow> shares;
        for (const DivisionShareRow *row : m_edit.now().list<DivisionShareRow>(m_rule.label, device))
            shares.push_back(*row);
        // Addresses first: then what is left in a subnet is somebody else's.
        for (const DivisionShareRow &share : shares) {
            if (const auto ok = share.part > 0 ? takeAddressBack(share) : Expected<void>(); !ok)
                return ok;
        }
        for (const DivisionShareRow &share : shares) {
            if (const auto ok = share.part == 0 ? takeSubnet(share) : Expected<void>(); !ok)
                return ok;
            m_edit.erase(share);
        }
        return {};
    }

private:
    Expected<void> takeAddressBack(const DivisionShareRow &share)
    {
        const auto row = m_edit.now().addresses().find(m_rule.tenant, share.prefix.first());
        if (!row)
            return {};
        if (m_rule.length < share.prefix.length()) { // goes with its subnet, and nobody could be given it before
            m_edit.erase(*row);
            return {};
        }
        if (row->state != AddressState::Used)
            return {};
        const auto done = run(m_edit, ReleaseAddress{row->tenant, row->address}, m_now);
        return done ? Expected<void>() : Expected<void>(fail(done.error()));
    }

    Expected<void> takeSubnet(const DivisionShareRow &share)
    {
        const auto row = m_edit.now().subnets().find(m_rule.tenant, share.prefix);
        if (!row)
            return {};
        if (const auto children = childrenOf(m_edit.now(), m_rule.tenant, share.prefix); !children.empty())
            return refused(share, children.front().prefix.toString());
        for (const AddressRow &address : directAddresses(m_edit.now(), m_rule.tenant, share.prefix)) {
            if (address.state != AddressState::Quarantined)
                return refused(share, address.address.toString() +
                                          (address.holder.isEmpty() ? QString() : u" of "_s + address.holder));
            m_edit.erase(address);
        }
        m_edit.erase(*row);
        return {};
    }

    [[nodiscard]] Expected<void> refused(const DivisionShareRow &share, const QString &other) const
    {
        return fail(ErrorKind::Conflict,
                    u"%1, which device %2 gives back, has %3 in it: move that elsewhere first"_s.arg(
                        share.prefix.toString(), share.device, other),
                    {{u"prefix"_s, share.prefix.toString()}, {u"device"_s, share.device}, {u"holds"_s, other}});
    }

    TopologyEdit &m_edit;
    DivisionRuleRow m_rule;
    Timestamp m_now;
};

Expected<DivisionRuleRow> ruleAt(const Topology &topology, const QString &label)
{
    const auto *found = topology.find<DivisionRuleRow>(label);
    if (!found) {
        return fail(ErrorKind::NotFound, u"there is no division rule '%1'"_s.arg(label.left(80)),
                    {{u"label"_s, label.left(80)}});
    }
    return *found;
}

std::vector<QString> otherLabels(const Topology &topology, const QString &label)
{
    std::vector<QString> labels;
    for (const DivisionRuleRow &row : topology.rows<DivisionRuleRow>()) {
        if (row.label != label)
            labels.push_back(row.label);
    }
    return labels;
}

std::vector<QString> devicesOf(const Topology &topology, const QString &label)
{
    std::vector<QString> devices;
    for (const DivisionShareRow *row : topology.list<DivisionShareRow>(label)) {
        if (devices.empty() || devices.back() != row->device)
            devices.push_back(row->device);
    }
    return devices;
}

Outcome outcomeWithShares(const Topology &topology, const QString &label)
{
    std::vector<Row> rows{*topology.find<DivisionRuleRow>(label)};
    for (const DivisionShareRow *row : topology.list<DivisionShareRow>(label))
        rows.emplace_back(*row);
    return Outcome(std::move(rows));
}

/// A network has one rule at most, and its addresses are in the network's subnet.
Expected<NetworkRow> checkNetwork(const Topology &topology, const DivisionRuleRow &rule)
{
    const auto name = NetworkName::parse(rule.network);
    if (!name)
        return fail(name.error());
    const auto network = networkAt(topology, *name);
    if (!network)
        return network;
    const bool isTenants = rule.tenant.isEmpty() || rule.tenant == network->tenant;
    if (!isTenants || !network->subnet.contains(rule.master)) {
        return invalid(u"master"_s, u"members of network %1 have addresses in %2, and %3 is not in there"_s.arg(
                                        rule.network, network->subnet.toString(), rule.master.toString()));
    }
    if (const auto other = ruleOfNetwork(topology, *name)) {
        return fail(
            ErrorKind::Exists,
            u"members of network %1 get their address by division rule %2 already"_s.arg(rule.network, other->label),
            {{u"field"_s, u"network"_s}, {u"label"_s, other->label}});
    }
    return network;
}

/// Addresses that people may have written down do not change unasked.
Expected<void> refuseMoves(const std::vector<MemberRow> &members, const DivisionRuleRow &rule)
{
    QJsonArray moved;
    QString first;
    for (const MemberRow &member : members) {
        if (!member.address)
            continue;
        if (moved.isEmpty())
            first = u"%1 (%2)"_s.arg(member.device, member.address->toString());
        moved.append(QJsonObject{{u"device"_s, member.device},
                                 {u"node"_s, member.node.toString()},
                                 {u"address"_s, member.address->toString()}});
    }
    if (moved.isEmpty())
        return {};
    return fail(ErrorKind::Conflict,
                u"devices would get another address in network %1: %2 of them, the first is %3"_s.arg(rule.network)
                    .arg(moved.size())
                    .arg(first),
                {{u"network"_s, rule.network}, {u"members"_s, moved}});
}

/// Whom a new rule is for, in order of their names.
Expected<std::vector<QString>> devicesFor(const Topology &topology, const AddDivisionRule &c)
{
    std::vector<QString> devices;
    if (c.rule.network.isEmpty()) {
        for (const DeviceRow &row : topology.rows<DeviceRow>())
            devices.push_back(row.device);
        return devices;
    }
    const auto network = checkNetwork(topology, c.rule);
    if (!network)
        return fail(network.error());
    std::vector<MemberRow> members;
    for (const MemberRow *row : topology.list<MemberRow>(network->name)) {
        if (!row->device.isEmpty() && row->standing != MemberStanding::Removed)
            members.push_back(*row);
    }
    if (const auto ok = c.movesAddresses ? Expected<void>() : refuseMoves(members, c.rule); !ok)
        return fail(ok.error());
    std::ranges::transform(members, std::back_inserter(devices), &MemberRow::device);
    std::ranges::sort(devices);
    return devices;
}

/// Every device gets the addresses that a rule has more of now.
Expected<void> giveMore(TopologyEdit &edit, const DivisionRuleRow &rule, int more, Timestamp now)
{
    std::vector<DivisionShareRow> subnets;
    for (const DivisionShareRow *row : edit.now().list<DivisionShareRow>(rule.label)) {
        if (row->part == 0)
            subnets.push_back(*row);
    }
    for (const DivisionShareRow &share : subnets) {
        std::vector<Address> taken;
        for (const AddressRow &row : directAddresses(edit.now(), rule.tenant, share.prefix))
            taken.push_back(row.address);
        const auto added = divisionAddresses(share.prefix, more, taken);
        if (std::ssize(added) < more) {
            return fail(ErrorKind::Exhausted,
                        u"%1 of device %2 has %3 free addresses, and %4 more are wanted in each subnet"_s
                            .arg(share.prefix.toString(), share.device)
                            .arg(added.size())
                            .arg(more),
                        {{u"prefix"_s, share.prefix.toString()},
                         {u"device"_s, share.device},
                         {u"wanted"_s, more},
                         {u"free"_s, static_cast<qint64>(added.size())}});
        }
        int part = rule.addresses - more;
        for (const Address &address : added) {
            AddressRow row{rule.tenant, address, AddressState::Used, share.device, wordsFor(rule), {}, {}, {}, now, 0};
            if (const auto stored = takeAddress(edit, std::move(row), std::nullopt, now); !stored)
                return fail(stored.error());
            edit.put(DivisionShareRow{rule.label, share.device, share.ordinal, ++part, Prefix::host(address), 0});
        }
    }
    return {};
}

/// The tree says by which rule something is there, unless somebody wrote something else.
void renameWords(TopologyEdit &edit, const DivisionRuleRow &present, const DivisionRuleRow &rule,
                 const DivisionShareRow &share)
{
    const auto put = [&](auto row) {
        if (row && row->description == wordsFor(present)) {
            row->description = wordsFor(rule);
            edit.put(*row);
        }
    };
    if (share.part == 0)
        put(edit.now().subnets().find(rule.tenant, share.prefix));
    else
        put(edit.now().addresses().find(rule.tenant, share.prefix.first()));
}

void rename(TopologyEdit &edit, const DivisionRuleRow &present, const DivisionRuleRow &rule)
{
    std::vector<DivisionShareRow> shares;
    for (const DivisionShareRow *row : edit.now().list<DivisionShareRow>(present.label))
        shares.push_back(*row);
    edit.put(rule);
    for (DivisionShareRow &share : shares) {
        renameWords(edit, present, rule, share);
        edit.erase(share);
        share.label = rule.label;
        edit.put(share);
    }
    edit.erase(present);
}

} // namespace

std::optional<DivisionRuleRow> ruleOfNetwork(const Topology &topology, const NetworkName &network)
{
    const auto &rules = topology.rows<DivisionRuleRow>();
    const auto found = std::ranges::find(rules, network.toString(), &DivisionRuleRow::network);
    return found == rules.end() ? std::nullopt : std::optional(*found);
}

Expected<void> refuseChoice(const DivisionRuleRow &rule)
{
    return fail(ErrorKind::Conflict,
                u"devices have their address in network %1 by division rule %2: leave the address to the rule"_s.arg(
                    rule.network, rule.label),
                {{u"rule"_s, rule.label}, {u"network"_s, rule.network}});
}

Expected<void> giveShares(TopologyEdit &edit, const QString &device, Timestamp now)
{
    std::vector<DivisionRuleRow> rules;
    for (const DivisionRuleRow &rule : edit.now().rows<DivisionRuleRow>()) {
        if (edit.now().list<DivisionShareRow>(rule.label, device).empty() && isFor(edit.now(), rule, device))
            rules.push_back(rule);
    }
    for (const DivisionRuleRow &rule : rules) {
        if (const auto ok = ShareGiver(edit, rule, 1, now).give(device); !ok)
            return ok;
    }
    return {};
}

Expected<void> takeShares(TopologyEdit &edit, const QString &device, Timestamp now)
{
    std::vector<DivisionRuleRow> rules;
    for (const DivisionRuleRow &rule : edit.now().rows<DivisionRuleRow>()) {
        if (!edit.now().list<DivisionShareRow>(rule.label, device).empty() && !isFor(edit.now(), rule, device))
            rules.push_back(rule);
    }
    for (const DivisionRuleRow &rule : rules) {
        if (const auto ok = ShareTaker(edit, rule, now).take(device); !ok)
            return ok;
    }
    return {};
}

Expected<Outcome> run(TopologyEdit &edit, const AddDivisionRule &c, Timestamp now)
{
    DivisionRuleRow row = c.rule;
    row.createdAt = now;
    row.version = 0;
    if (const auto ok = checkDivisionRule(divisionRuleOf(row), otherLabels(edit.now(), {})); !ok)
        return fail(ok.error());
    if (const auto master = subnetAt(edit.now(), row.tenant, row.master); !master)
        return fail(master.error());
    const auto devices = devicesFor(edit.now(), c);
    if (!devices)
        return fail(devices.error());
    edit.put(row);
    ShareGiver giver(edit, row, std::max<std::size_t>(devices->size(), 1), now);
    for (const QString &device : *devices) {
        if (const auto ok = giver.give(device); !ok)
            return fail(ok.error());
    }
    return outcomeWithShares(edit.now(), row.label);
}

Expected<Outcome> run(TopologyEdit &edit, const SetDivisionRule &c, Timestamp now)
{
    const auto present = ruleAt(edit.now(), c.label);
    if (!present)
        return fail(present.error());
    DivisionRuleRow row = *present;
    row.label = c.newLabel.value_or(row.label);
    row.addresses = c.addresses.value_or(row.addresses);
    if (const auto ok = checkDivisionChange(divisionRuleOf(*present), divisionRuleOf(row)); !ok)
        return fail(ok.error());
    if (const auto ok = checkDivisionRule(divisionRuleOf(row), otherLabels(edit.now(), c.label)); !ok)
        return fail(ok.error());
    if (row.label == present->label)
        edit.put(row);
    else
        rename(edit, *present, row);
    if (const auto ok = giveMore(edit, row, row.addresses - present->addresses, now); !ok)
        return fail(ok.error());
    return outcomeWithShares(edit.now(), row.label);
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveDivisionRule &c, Timestamp now)
{
    const auto row = ruleAt(edit.now(), c.label);
    if (!row)
        return fail(row.error());
    ShareTaker taker(edit, *row, now);
    for (const QString &device : devicesOf(edit.now(), c.label)) {
        if (const auto ok = taker.take(device); !ok)
            return fail(ok.error());
    }
    edit.erase(*row);
    return Outcome(std::vector<Row>{*row});
}

} // namespace interlock::parts
