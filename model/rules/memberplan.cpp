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

/// The writes for our members, of which those are refused that would give an address that another has.
class Writing
{
public:
    explicit Writing(const Holders &holders) : m_holders(holders) {}

    void add(MemberWrite write, const WantedMember &wanted, const MemberRecord *recordOrNull)
    {
        const bool isLive = recordOrNull && recordOrNull->isAuthorized;
        Candidate candidate{std::move(write), isLive ? addressesOf(*recordOrNull) : std::vector<Address>()};
        const std::size_t at = m_candidates.size();
        bool isHarmful = false;
        // To take away, or to end an authorisation, does no harm; nor does what the member has already.
        for (const Address &address : wanted.isAuthorized ? wanted.addresses : std::vector<Address>()) {
            if (std::ranges::find(candidate.has, address) != candidate.has.end())
                continue;
            m_takers[address].push_back(at);
            isHarmful = isHarmful || m_holders.isShared(address);
        }
        m_candidates.push_back(std::move(candidate));
        if (isHarmful)
            refuse(at);
    }

    void finish(MemberPlan &plan)
    {
        // Who is refused keeps what it has, so that nobody else gets that either.
        while (!m_unfinished.empty()) {
            const std::size_t at = m_unfinished.back();
            m_unfinished.pop_back();
            for (const Address &address : m_candidates[at].has) {
                for (const std::size_t taker : m_takers.value(address))
                    refuse(taker);
            }
        }
        for (Candidate &candidate : m_candidates)
            (candidate.isRefused ? plan.refused : plan.writes).push_back(std::move(candidate.write));
        std::stable_partition(plan.writes.begin(), plan.writes.end(),
                              [](const MemberWrite &write) { return !write.removed.empty(); });
    }

private:
    struct Candidate
    {
        MemberWrite write;
        std::vector<Address> has; ///< at the controller, as an authorised member
        bool isRefused = false;
    };

    void refuse(std::size_t at)
    {
        if (m_candidates[at].isRefused)
            return;
        m_candidates[at].isRefused = true;
        m_unfinished.push_back(at);
    }

    const Holders &m_holders;
    std::vector<Candidate> m_candidates;
    QHash<Address, std::vector<std::size_t>> m_takers; ///< who would get an address
    std::vector<std::size_t> m_unfinished;
};

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
    Writing writing(holders);
    for (const WantedMember *member : ours) {
        const MemberRecord *record = records.value(member->node, nullptr);
        if (!record)
            plan.missing.push_back(member->node);
        if (!record && !member->isAuthorized)
            continue;
        auto write = writeFor(*member, record);
        if (!write.edit.isEmpty())
            writing.add(std::move(write), *member, record);
    }
    writing.finish(plan);
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
