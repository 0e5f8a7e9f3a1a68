// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/addressranges.h"

#include <algorithm>
#include <iterator>

namespace interlock {

namespace {

/// Whether nothing lies between `last` and `first`, or they overlap.
bool touches(Address last, Address first)
{
    return last.family() == first.family() &&
           (last >= first || (last.value() != maxOf(last.family()) && last.value() + 1 == first.value()));
}

} // namespace

void AddressRanges::add(Address first, Address last)
{
    auto it = m_ranges.upper_bound(first);
    if (it != m_ranges.begin() && touches(std::prev(it)->second, first)) {
        --it;
        first = it->first;
    }
    while (it != m_ranges.end() && touches(last, it->first)) {
        last = std::max(last, it->second);
        it = m_ranges.erase(it);
    }
    m_ranges.emplace(first, last);
}

bool AddressRanges::contains(Address first, Address last) const
{
    const auto end = endAt(first);
    return end && *end >= last;
}

std::optional<Address> AddressRanges::endAt(Address address) const
{
    const auto behind = m_ranges.upper_bound(address);
    if (behind == m_ranges.begin() || std::prev(behind)->first.family() != address.family() ||
        std::prev(behind)->second < address)
        return std::nullopt;
    return std::prev(behind)->second;
}

} // namespace interlock
