// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <array>
#include <functional>
#include <set>
#include <utility>

namespace interlock {

/// Values filed under prefixes that may repeat and nest; made for many small edits between queries (PrefixIndex is the
/// structure for bulk data that changes seldom). Thousands of values under one prefix cost no more than under many:
/// everybody's LAN is 192.168.1.0/24.
template <typename T>
class PrefixMultiMap
{
public:
    /// Files `value` under `prefix`; the same pair twice is one entry. \complexity O(log n)
    void insert(const Prefix &prefix, const T &value)
    {
        if (m_entries.emplace(prefix, value).second)
            ++lengthCount(prefix);
    }

    /// Removes the entry (`prefix`, `value`); false when there is none. \complexity O(log n)
    bool erase(const Prefix &prefix, const T &value)
    {
        if (m_entries.erase(Entry(prefix, value)) == 0)
            return false;
        --lengthCount(prefix);
        return true;
    }

    /// True if `matches(prefix, value)` is, for an entry that overlaps `prefix`; asks no more after the first that
    /// does.
    ///
    /// \complexity O(log n) for each length in use that is shorter, and one step for each entry asked
    template <typename Predicate>
    bool anyOverlapping(const Prefix &prefix, Predicate &&matches) const
    {
        for (int length = 0; length < prefix.length(); ++length) {
            const Prefix outer(prefix.first(), length);
            if (lengthCount(outer) == 0)
                continue;
            for (auto it = m_entries.lower_bound(outer); it != m_entries.end() && it->first == outer; ++it) {
                if (matches(it->first, it->second))
                    return true;
            }
        }
        const Address last = prefix.last();
        for (auto it = m_entries.lower_bound(prefix); it != m_entries.end() && it->first.first() <= last; ++it) {
            if (matches(it->first, it->second))
                return true;
        }
        return false;
    }

    /// Calls `visit(prefix, value)` for every entry that overlaps `prefix`: containing ones first, outermost first;
    /// values under one prefix come in no particular order.
    ///
    /// \complexity as anyOverlapping()
    template <typename Visitor>
    void forEachOverlapping(const Prefix &prefix, Visitor &&visit) const
    {
        anyOverlapping(prefix, [&](const Prefix &found, const T &value) {
            visit(found, value);
            return false;
        });
    }

    /// True if any entry overlaps `prefix`.
    [[nodiscard]] bool overlapsAny(const Prefix &prefix) const
    {
        return anyOverlapping(prefix, [](const Prefix &, const T &) { return true; });
    }

private:
    using Entry = std::pair<Prefix, T>;
    struct Before
    {
        using is_transparent = void;
        bool operator()(const Entry &a, const Entry &b) const
        {
            return a.first != b.first ? a.first < b.first : std::less<T>()(a.second, b.second);
        }
        bool operator()(const Entry &a, const Prefix &b) const { return a.first < b; }
        bool operator()(const Prefix &a, const Entry &b) const { return a < b.first; }
    };

    [[nodiscard]] std::size_t &lengthCount(const Prefix &prefix)
    {
        return m_lengths.at(prefix.isIPv4() ? 0 : 1).at(static_cast<std::size_t>(prefix.length()));
    }
    [[nodiscard]] std::size_t lengthCount(const Prefix &prefix) const
    {
        return m_lengths.at(prefix.isIPv4() ? 0 : 1).at(static_cast<std::size_t>(prefix.length()));
    }

    std::set<Entry, Before> m_entries;
    std::array<std::array<std::size_t, 129>, 2> m_lengths{};
};

} // namespace interlock
