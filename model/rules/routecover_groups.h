// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/routecover_keys.h"

#include <tl/expected.hpp>

#include <vector>

namespace interlock {

/// Wanted prefixes, by what may become of them.
template <typename Key>
struct CoverParts
{
    std::vector<Key> kept;    ///< whose next wider prefix is of another group, or that have none; empty for one group
    std::vector<Key> pinned;  ///< of `kept`, those that overlap one of another group: routes of their own
    std::vector<Key> islands; ///< the lossless minimal sets of the others, group by group
    std::vector<std::uint32_t> begins; ///< where the islands of each group begin, and the end
};

/// Which of the wanted prefixes overlap one of another group.
template <typename Key>
class Nesting
{
public:
    /// \returns the key that two groups have
    tl::expected<void, Key> read(const std::vector<Key> &keys)
    {
        std::vector<std::size_t> open; // places in kept, each inside of the one before and of another group than it
        for (const Key &key : keys) {
            while (!open.empty() && !contains(kept[open.back()], key))
                open.pop_back();
            if (!open.empty()) {
                const Key &wider = kept[open.back()];
                if (wider.group() == key.group())
                    continue;
                if (wider.length() == key.length())
                    return tl::unexpected<Key>(key);
                isPinned[open.back()] = true; // what is wider still has been since this wider one came
            }
            isPinned.push_back(!open.empty());
            open.push_back(kept.size());
            kept.push_back(key);
        }
        return {};
    }

    std::vector<Key> kept;
    std::vector<bool> isPinned;
};

/// \param keys  sorted, each once
/// \returns the key that two groups have, where there is one
template <typename Key>
[[nodiscard]] tl::expected<CoverParts<Key>, Key> partByGroup(const std::vector<Key> &keys, std::size_t groups,
                                                             int shortest)
{
    CoverParts<Key> parts;
    parts.begins.push_back(0);
    if (groups == 1) {
        appendMinimal(keys, shortest, parts.islands);
        parts.begins.push_back(static_cast<std::uint32_t>(parts.islands.size()));
        return parts;
    }
    Nesting<Key> nesting;
    if (const auto read = nesting.read(keys); !read)
        return tl::unexpected<Key>(read.error());
    std::vector<std::vector<Key>> loose(groups);
    for (std::size_t at = 0; at < nesting.kept.size(); ++at) {
        const Key &key = nesting.kept[at];
        (nesting.isPinned[at] ? parts.pinned : loose[key.group()]).push_back(key);
    }
    for (const auto &group : loose) {
        appendMinimal(group, shortest, parts.islands);
        parts.begins.push_back(static_cast<std::uint32_t>(parts.islands.size()));
    }
    parts.kept = std::move(nesting.kept);
    return parts;
}

/// Finds prefixes of other groups.
template <typename Key>
class ForeignIndex
{
public:
    /// \param kept  sorted; empty when there is one group
    explicit ForeignIndex(std::vector<Key> kept) : m_kept(std::move(kept)), m_runEnds(m_kept.size())
    {
        for (auto at = m_kept.size(); at-- > 0;) {
            const bool isSame = at + 1 < m_kept.size() && m_kept[at + 1].group() == m_kept[at].group();
            m_runEnds[at] = isSame ? m_runEnds[at + 1] : at + 1;
        }
    }

    /// True if a prefix of another group than that of `outer` lies in it. \complexity O(log n)
    [[nodiscard]] bool isInside(const Key &outer) const
    {
        const auto first = Key(outer.first(), outer.length(), 0);
        const auto begin = std::lower_bound(m_kept.begin(), m_kept.end(), first);
        const auto end =
            std::partition_point(begin, m_kept.end(), [&](const Key &key) { return contains(outer, key); });
        if (begin == end)
            return false;
        const auto runEnd =
            m_kept.begin() + static_cast<std::ptrdiff_t>(m_runEnds[static_cast<std::size_t>(begin - m_kept.begin())]);
        return begin->group() != outer.group() || runEnd < end;
    }

private:
    std::vector<Key> m_kept;
    std::vector<std::size_t> m_runEnds;
};

} // namespace interlock
