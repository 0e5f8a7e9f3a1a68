// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/routecover_cut.h"
#include "model/rules/routecover_keys.h"

#include <array>
#include <utility>

namespace interlock {

/// The binary tree of the prefixes that could stand for several islands, without those that have one half only.
template <typename Key>
class CoverTree
{
public:
    using Number = typename Key::Number;
    using Gap = typename Key::Gap;

    /// \param islands  disjoint; ascending in each range that is grown
    explicit CoverTree(std::vector<Key> islands) : m_islands(std::move(islands)), m_splits(m_islands.size()) {}

    /// Adds the splits of the islands [low, high), not empty. \complexity O(high - low)
    CoverRange grow(std::uint32_t low, std::uint32_t high)
    {
        std::array<Waiting, widthOf(Key::kFamily) + 1> waiting; // each in the upper half of the one before
        std::size_t depth = 0;
        for (auto at = low + 1; at < high; ++at) {
            const int length = sharedLength<Key>(m_islands[at - 1].first(), m_islands[at].first());
            Grown below{};
            while (depth > 0 && waiting[depth - 1].length > length)
                below = finish(waiting[--depth], below);
            waiting[depth++] = {at, length, below};
        }
        Grown below{};
        while (depth > 0)
            below = finish(waiting[--depth], below);
        return {low, high, below.split};
    }

    [[nodiscard]] const std::vector<CoverSplit<Gap>> &splits() const { return m_splits; }
    /// The longest prefix that holds the islands of `range`.
    [[nodiscard]] Key keyOf(const CoverRange &range) const
    {
        const Key &first = m_islands[range.low];
        if (range.split == 0)
            return first;
        const int length = sharedLength<Key>(m_islands[range.split - 1].first(), m_islands[range.split].first());
        return Key(firstAround<Key>(first.first(), length), length, first.group());
    }

private:
    struct Grown
    {
        std::uint32_t split = 0;
        int length = 0;
    };
    struct Waiting
    {
        std::uint32_t at;
        int length;
        Grown left;
    };

    Grown finish(const Waiting &done, const Grown &right)
    {
        CoverSplit<Gap> &split = m_splits[done.at];
        const auto sizeBelow = [&](const Grown &half, std::uint32_t island) {
            return sizeOf<Key>(half.split == 0 ? m_islands[island].length() : half.length);
        };
        const auto halves = sizeBelow(done.left, done.at - 1) + sizeBelow(right, done.at);
        split.gap = static_cast<Gap>(sizeOf<Key>(done.length) - halves);
        split.left = done.left.split;
        split.right = right.split;
        split.width = static_cast<std::uint8_t>(widthOf(Key::kFamily) - sharedLength<Key>(split.gap, 0));
        if (split.left != 0)
            split.width = std::max(split.width, m_splits[split.left].width);
        if (split.right != 0)
            split.width = std::max(split.width, m_splits[split.right].width);
        return {done.at, done.length};
    }

    std::vector<Key> m_islands;
    std::vector<CoverSplit<Gap>> m_splits;
};

} // namespace interlock
