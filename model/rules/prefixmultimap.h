// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <array>
#include <map>

namespace interlock {

/// Values filed under prefixes that may repeat and nest; made for many small edits between queries (PrefixIndex is the
/// structure for bulk data that changes seldom).
template <typename T>
class PrefixMultiMap
{
public:
    void insert(const Prefix &prefix, const T &value)
    {
        m_entries.emplace(prefix, value);
        ++lengthCount(prefix);
    }

    /// Removes one entry that equals (`prefix`, `value`); false when there is none.
    bool erase(const Prefix &prefix, const T &value)
    {
        const auto [begin, end] = m_entries.equal_range(prefix);
        for (auto it = begin; it != end; ++it) {
            if (it->second == value) {
                m_entries.erase(it);
                --lengthCount(prefix);
                return true;
            }
        }
        return false;
    }

    /// Calls `visit(prefix, value)` for every entry that overlaps `prefix`: containing ones first, outermost first.
    /// \complexity O(log n) for each length in use that is shorter, and for each entry found
    template <typename Visitor>
    void forEachOverlapping(const Prefix &prefix, Visitor &&visit) const
    {
        for (int length = 0; length < prefix.length(); ++length) {
            if (lengthCount(Prefix(prefix.first(), length)) == 0)
                continue;
            const auto [begin, end] = m_entries.equal_range(Prefix(prefix.first(), length));
            for (auto it = begin; it != end; ++it)
                visit(it->first, it->second);
        }
        const Address last = prefix.last();
        for (auto it = m_entries.lower_bound(prefix); it != m_entries.end() && it->first.first() <= last; ++it)
            visit(it->first, it->second);
    }

    [[nodiscard]] bool overlapsAny(const Prefix &prefix) const
    {
        bool found = false;
        forEachOverlapping(prefix, [&](const Prefix &, const T &) { found = true; });
        return found;
    }

private:
    [[nodiscard]] std::size_t &lengthCount(const Prefix &prefix)
    {
        return m_lengths.at(prefix.isIPv4() ? 0 : 1).at(static_cast<std::size_t>(prefix.length()));
    }
    [[nodiscard]] std::size_t lengthCount(const Prefix &prefix) const
    {
        return m_lengths.at(prefix.isIPv4() ? 0 : 1).at(static_cast<std::size_t>(prefix.length()));
    }

    std::multimap<Prefix, T> m_entries;
    std::array<std::array<std::size_t, 129>, 2> m_lengths{};
};

} // namespace interlock
