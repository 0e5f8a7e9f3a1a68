// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/addressspace.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace interlock {

namespace {

/// Who reads by pieces reads so many rows at first.
constexpr std::size_t kLeastLearnt = 1024;

Address lastOf(Family family)
{
    return {family, maxOf(family)};
}

std::optional<Address> after(Address address)
{
    if (address.value() == maxOf(address.family()))
        return std::nullopt;
    return Address(address.family(), address.value() + 1);
}

std::optional<Address> before(Address address)
{
    if (address.value() == 0)
        return std::nullopt;
    return Address(address.family(), address.value() - 1);
}

} // namespace

std::map<Address, Address>::const_iterator AddressSpace::Space::runAt(Address address) const
{
    auto it = runs.upper_bound(address);
    if (it == runs.begin())
        return runs.end();
    --it;
    return it->first.family() == address.family() && it->second >= address ? it : runs.end();
}

void AddressSpace::Space::addToRuns(Address address)
{
    Address first = address;
    Address last = address;
    if (const auto next = after(address)) {
        if (const auto right = runs.find(*next); right != runs.end()) {
            last = right->second;
            runs.erase(right);
        }
    }
    if (const auto previous = before(address)) {
        if (const auto left = runAt(*previous); left != runs.end())
            first = left->first;
    }
    runs[first] = last;
}

void AddressSpace::Space::takeFromRuns(Address address)
{
    const auto found = runAt(address);
    const Address first = found->first;
    const Address last = found->second;
    runs.erase(found);
    if (first < address)
        runs.emplace(first, *before(address));
    if (address < last)
        runs.emplace(*after(address), last);
}

void AddressSpace::beginParts(std::shared_ptr<TreeNotes> notes)
{
    m_spaces.clear();
    m_size = 0;
    m_notes = std::move(notes);
}

void AddressSpace::learn(const TreePart &part, std::span<const AddressRow> rows)
{
    for (const AddressRow &row : rows)
        insert(row);
    const bool isCut = rows.size() >= part.atMost;
    m_spaces[part.tenant].known.add(part.first, isCut ? rows.back().address : part.last);
}

bool AddressSpace::isKnown(const QString &tenant, Address first, Address last) const
{
    if (!m_notes)
        return true;
    const auto space = m_spaces.find(tenant);
    return space != m_spaces.end() && space->second.known.contains(first, last);
}

Address AddressSpace::knownEnd(const QString &tenant, Address first, Address last) const
{
    if (!m_notes)
        return last;
    const auto space = m_spaces.find(tenant);
    const auto end = space == m_spaces.end() ? std::nullopt : space->second.known.endAt(first);
    return end ? std::min(*end, last) : first;
}

void AddressSpace::note(const QString &tenant, Address first, Address last, std::size_t atMost) const
{
    m_notes->note({TreePart::Kind::Addresses, tenant, {}, first, last, atMost});
}

void AddressSpace::noteFrom(const QString &tenant, Address end, Address first, Address last) const
{
    if (isKnown(tenant, first, last))
        return;
    const Address from = isKnown(tenant, first) ? *after(end) : first;
    const auto space = m_spaces.find(tenant);
    const std::size_t held = space == m_spaces.end() ? 0 : space->second.nodes.size();
    note(tenant, from, last, std::max(kLeastLearnt, 2 * held));
}

void AddressSpace::insert(const AddressRow &row)
{
    Space &space = m_spaces[row.tenant];
    const auto [it, isNew] = space.nodes.try_emplace(row.address);
    if (isNew) {
        space.addToRuns(row.address);
        ++m_size;
    } else if (it->second.state == AddressState::Quarantined) {
        space.quarantines.erase({it->second.until, row.address});
    }
    it->second = {row.holder,  nullptr,  row.until.milliseconds(), row.allocatedAt.milliseconds(),
                  row.version, row.state};
    if (!row.description.isEmpty() || !row.tags.isEmpty() || !row.custom.isEmpty())
        it->second.extras = std::make_unique<Extras>(Extras{row.description, row.tags, row.custom});
    if (row.state == AddressState::Quarantined)
        space.quarantines.emplace(row.until.milliseconds(), row.address);
}

void AddressSpace::erase(const QString &tenant, Address address)
{
    const auto space = m_spaces.find(tenant);
    if (space == m_spaces.end())
        return;
    const auto found = space->second.nodes.find(address);
    if (found == space->second.nodes.end())
        return;
    if (found->second.state == AddressState::Quarantined)
        space->second.quarantines.erase({found->second.until, address});
    space->second.nodes.erase(found);
    space->second.takeFromRuns(address);
    --m_size;
}

std::optional<AddressRow> AddressSpace::find(const QString &tenant, Address address) const
{
    return find(tenant, address, Prefix::host(address));
}

std::optional<AddressRow> AddressSpace::find(const QString &tenant, Address address, const Prefix &around) const
{
    if (!isKnown(tenant, address))
        note(tenant, around.first(), around.last(), TreePart::kAll);
    const auto space = m_spaces.find(tenant);
    if (space == m_spaces.end())
        return std::nullopt;
    const auto found = space->second.nodes.find(address);
    if (found == space->second.nodes.end())
        return std::nullopt;
    return rowOf(tenant, address, found->second);
}

std::optional<Address> AddressSpace::nextFree(const QString &tenant, Address from) const
{
    const auto space = m_spaces.find(tenant);
    std::optional<Address> free = from;
    if (space != m_spaces.end()) {
        const auto run = space->second.runAt(from);
        if (run != space->second.runs.end())
            free = after(run->second);
    }
    if (free && !isKnown(tenant, from, *free))
        noteFrom(tenant, knownEnd(tenant, from, *free), from, lastOf(from.family()));
    return free;
}

std::optional<Address> AddressSpace::nextHeld(const QString &tenant, Address from, Address last) const
{
    const auto space = m_spaces.find(tenant);
    std::optional<Address> held;
    if (space != m_spaces.end()) {
        const auto found = space->second.nodes.lower_bound(from);
        if (found != space->second.nodes.end() && found->first <= last)
            held = found->first;
    }
    const Address end = held.value_or(last);
    if (!isKnown(tenant, from, end))
        noteFrom(tenant, knownEnd(tenant, from, end), from, last);
    return held;
}

bool AddressSpace::hasAny(const QString &tenant, const Prefix &prefix) const
{
    return nextHeld(tenant, prefix.first(), prefix.last()).has_value();
}

std::vector<AddressRow> AddressSpace::expired(const QString &tenant, const Prefix &prefix, Timestamp now,
                                              std::size_t limit) const
{
    if (!isKnown(tenant, prefix.first(), prefix.last()))
        note(tenant, prefix.first(), prefix.last(), TreePart::kAll);
    std::vector<AddressRow> found;
    const auto space = m_spaces.find(tenant);
    if (space == m_spaces.end())
        return found;
    for (const auto &[until, address] : space->second.quarantines) {
        if (until > now.milliseconds() || found.size() >= limit)
            break;
        if (prefix.contains(address))
            found.push_back(rowOf(tenant, address, space->second.nodes.at(address)));
    }
    return found;
}

AddressRow AddressSpace::rowOf(const QString &tenant, Address address, const Node &node)
{
    AddressRow row{tenant,
                   address,
                   node.state,
                   node.holder,
                   {},
                   {},
                   {},
                   Timestamp::fromMilliseconds(node.until),
                   Timestamp::fromMilliseconds(node.allocatedAt),
                   node.version};
    if (node.extras) {
        row.description = node.extras->description;
        row.tags = node.extras->tags;
        row.custom = node.extras->custom;
    }
    return row;
}

} // namespace interlock
