// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/addressspace.h"

#include <iterator>

namespace interlock {

namespace {

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
    if (space == m_spaces.end())
        return from;
    const auto run = space->second.runAt(from);
    return run == space->second.runs.end() ? from : after(run->second);
}

std::optional<Address> AddressSpace::previousFree(const QString &tenant, Address from) const
{
    const auto space = m_spaces.find(tenant);
    if (space == m_spaces.end())
        return from;
    const auto run = space->second.runAt(from);
    return run == space->second.runs.end() ? from : before(run->first);
}

std::optional<Address> AddressSpace::nextHeld(const QString &tenant, Address from) const
{
    const auto space = m_spaces.find(tenant);
    if (space == m_spaces.end())
        return std::nullopt;
    const auto found = space->second.nodes.lower_bound(from);
    if (found == space->second.nodes.end() || found->first.family() != from.family())
        return std::nullopt;
    return found->first;
}

bool AddressSpace::hasAny(const QString &tenant, const Prefix &prefix) const
{
    const auto held = nextHeld(tenant, prefix.first());
    return held && *held <= prefix.last();
}

std::vector<AddressRow> AddressSpace::expired(const QString &tenant, const Prefix &prefix, Timestamp now,
                                              std::size_t limit) const
{
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
