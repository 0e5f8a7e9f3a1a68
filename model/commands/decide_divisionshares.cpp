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

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

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
        while (m_free[m_used++] != plan->parts.back().subnet) {
        }
        return m_row.network.isEmpty() ? Expected<void>() : settle(device, plan->firstAddress());
    }

private:
    [[nodiscard]] std::vector<Prefix> freeParts(std::size_t devices)
    {
        const std::size_t each = static_cast<std::size_t>(m_rule.subnetCount);
        const std::size_t count = divisionCandidates(m_rule) + (devices - 1) * each;
        if (m_rule.isOfSingleAddresses())
            return freeAddresses(m_edit, m_row.tenant, m_row.master, count, m_now);
        for (const AddressRow &row : m_edit.now().addresses().expired(m_row.tenant, m_row.master, m_now, kMostAtOnce))
            m_edit.erase(row);
        return nextFreeSubnets(m_edit.now(), m_row.tenant, m_row.master, m_row.length, static_cast<int>(count));
    }

    Expected<void> store(const QString &device, int ordinal, const DivisionPart &part)
    {
        if (!m_rule.isOfSingleAddresses()) {
            if (const auto ok = checkPlacement(m_edit.now(), m_row.tenant, part.subnet); !ok)
                return ok;
            m_edit.put(
                SubnetRow{m_row.tenant, part.subnet, device, SubnetRole::None, divisionWords(m_row), {}, {}, m_now, 0});
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
            m_edit, {m_row.tenant, address, AddressState::Used, device, divisionWords(m_row), {}, {}, {}, m_now, 0},
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

std::vector<QString> devicesOf(const Topology &topology, const QString &label)
{
    std::vector<QString> devices;
    for (const DivisionShareRow *row : topology.list<DivisionShareRow>(label)) {
        if (devices.empty() || devices.back() != row->device)
            devices.push_back(row->device);
    }
    return devices;
}

} // namespace

QString divisionWords(const DivisionRuleRow &rule)
{
    return u"division rule "_s + rule.label;
}

std::vector<Prefix> freeAddresses(TopologyEdit &edit, const QString &tenant, const Prefix &subnet, std::size_t count,
                                  Timestamp now)
{
    for (const AddressRow &row : edit.now().addresses().expired(tenant, subnet, now, kMostAtOnce))
        edit.erase(row);
    std::vector<Prefix> found;
    const FreeAddresses all(edit.now(), tenant, subnet);
    auto next = all.lowest();
    while (next && found.size() < count) {
        found.push_back(Prefix::host(*next));
        const bool isLast = *next == all.range().second;
        next = isLast ? std::nullopt : all.next(Address(next->family(), next->value() + 1));
    }
    return found;
}

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

Expected<void> settleShares(TopologyEdit &edit, const QString &device, Timestamp now)
{
    if (device.isEmpty())
        return {};
    const auto taken = takeShares(edit, device, now);
    return taken ? giveShares(edit, device, now) : taken;
}

Expected<void> giveRule(TopologyEdit &edit, const DivisionRuleRow &rule, const std::vector<QString> &devices,
                        Timestamp now)
{
    ShareGiver giver(edit, rule, std::max<std::size_t>(devices.size(), 1), now);
    for (const QString &device : devices) {
        if (const auto ok = giver.give(device); !ok)
            return ok;
    }
    return {};
}

Expected<void> takeRule(TopologyEdit &edit, const DivisionRuleRow &rule, Timestamp now)
{
    ShareTaker taker(edit, rule, now);
    for (const QString &device : devicesOf(edit.now(), rule.label)) {
        if (const auto ok = taker.take(device); !ok)
            return ok;
    }
    return {};
}

} // namespace interlock::parts
