// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/memberplan.h"

#include "model/rules/networkproof.h"

#include <QHash>
#include <QSet>

#include <algorithm>

namespace interlock {

namespace {

std::vector<Address> withoutRepeats(const std::vector<Address> &addresses)
{
    std::vector<Address> once;
    QSet<Address> seen;
    for (const Address &address : addresses) {
        if (const auto count = seen.size(); seen.insert(address), seen.size() > count)
            once.push_back(address);
    }
    return once;
}

std::vector<Address> addressesOf(const MemberRecord &record)
{
    std::vector<Address> addresses;
    for (const QString &text : record.addresses) {
        if (const auto address = Address::parse(text))
            addresses.push_back(*address);
    }
    return withoutRepeats(addresses);
}

/// The addresses of our rows, and who has each.
class Holders
{
public:
    void addOurs(const WantedMember &member)
    {
        for (const Address &address : withoutRepeats(member.addresses))
            m_holders[address].ours.push_back(member.node);
    }
    /// Of others only what ours have too.
    void addForeign(const ForeignMember &member)
    {
        for (const Address &address : member.addresses) {
            if (const auto found = m_holders.find(address); found != m_holders.end())
                found->foreign.push_back(member.record.node);
        }
    }
    [[nodiscard]] bool isShared(const Address &address) const
    {
        const auto found = m_holders.constFind(address);
        return found != m_holders.constEnd() && found->ours.size() + found->foreign.size() > 1;
    }
    [[nodiscard]] std::vector<DuplicateAddress> duplicates() const
    {
        std::vector<DuplicateAddress> shared;
        for (auto at = m_holders.cbegin(); at != m_holders.cend(); ++at) {
            if (at->ours.size() + at->foreign.size() > 1)
                shared.push_back({at.key(), at->ours, at->foreign});
        }
        std::ranges::sort(shared, {}, &DuplicateAddress::address);
        return shared;
    }

private:
    struct Nodes
    {
        std::vector<NodeId> ours;
        std::vector<NodeId> foreign;
    };
    QHash<Address, Nodes> m_holders;
};

MemberWrite writeFor(const WantedMember &wanted, const MemberRecord *recordOrNull)
{
    MemberWrite write{wanted.node, editFor(wanted), recordOrNull == nullptr};
    if (!wanted.name.isEmpty() && (!recordOrNull || recordOrNull->name.isEmpty()))
        write.edit.name = wanted.name;
    if (!recordOrNull)
        return write;
    write.edit = canonicalEdit(write.edit, *recordOrNull);
    if (!write.edit.addresses)
        return write;
    for (const QString &text : recordOrNull->addresses) {
        const auto address = Address::parse(text);
        if (!address || std::ranges::find(wanted.addresses, *address) == wanted.addresses.end())
            write.removed.push_back(text);
    }
    return write;
}

/// True if the write gives its member an address that another has. A write that only takes something away, or that
/// ends an authorisation, does no harm.
bool isHarmful(const MemberWrite &write, const WantedMember &wanted, const MemberRecord *recordOrNull,
               const Holders &holders)
{
    if (!wanted.isAuthorized)
        return false;
    const bool isAuthorizing = write.edit.isAuthorized.has_value();
    const auto had = recordOrNull && !isAuthorizing ? addressesOf(*recordOrNull) : std::vector<Address>();
    return std::ranges::any_of(wanted.addresses, [&](const Address &address) {
        return holders.isShared(address) && std::ranges::find(had, address) == had.end();
    });
}

} // namespace

MemberEdit editFor(const WantedMember &wanted)
{
    MemberEdit edit;
    edit.isAuthorized = wanted.isAuthorized;
    edit.hasNoAutoAssign = true;
    edit.addresses = withoutRepeats(wanted.addresses);
    return edit;
}

MemberPlan planMembers(std::span<const WantedMember> wanted, std::span<const MemberRecord> live)
{
    MemberPlan plan;
    Holders holders;
    QSet<NodeId> known;
    std::vector<const WantedMember *> ours;
    for (const WantedMember &member : wanted) {
        if (known.contains(member.node))
            continue;
        known.insert(member.node);
        ours.push_back(&member);
        holders.addOurs(member);
    }
    QHash<NodeId, const MemberRecord *> records;
    for (const MemberRecord &record : live) {
        if (records.contains(record.node))
            continue;
        records.insert(record.node, &record);
        if (known.contains(record.node))
            continue;
        if (!record.isAuthorized) {
            plan.pending.push_back(record);
        } else {
            plan.foreign.push_back({record, addressesOf(record)});
            holders.addForeign(plan.foreign.back());
        }
    }
    for (const WantedMember *member : ours) {
        const MemberRecord *record = records.value(member->node, nullptr);
        if (!record)
            plan.missing.push_back(member->node);
        if (!record && !member->isAuthorized)
            continue;
        auto write = writeFor(*member, record);
        if (write.edit.isEmpty())
            continue;
        auto &list = isHarmful(write, *member, record, holders) ? plan.refused : plan.writes;
        list.push_back(std::move(write));
    }
    std::stable_partition(plan.writes.begin(), plan.writes.end(),
                          [](const MemberWrite &write) { return !write.removed.empty(); });
    plan.duplicates = holders.duplicates();
    return plan;
}

std::vector<MemberRecord> membersAfter(std::span<const MemberRecord> live, const MemberPlan &plan)
{
    QHash<NodeId, const MemberWrite *> writes;
    for (const MemberWrite &write : plan.writes)
        writes.insert(write.node, &write);
    std::vector<MemberRecord> after;
    after.reserve(live.size());
    for (const MemberRecord &record : live) {
        const MemberWrite *write = writes.value(record.node, nullptr);
        after.push_back(write ? applied(write->edit, record) : record);
    }
    for (const MemberWrite &write : plan.writes) {
        if (write.isNew)
            after.push_back(applied(write.edit, MemberRecord{write.node}));
    }
    return after;
}

} // namespace interlock
