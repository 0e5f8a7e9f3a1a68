// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace interlock {

/// The unchanging part of a PrefixIndex, for one family: prefixes sorted by (first address, length, identity), each
/// with its parent and the end of its subtree, under a first level that narrows a search to a few of them.
/// Key is std::uint32_t for IPv4 and uint128 for IPv6; 20 and 32 bytes a prefix and at most four more for the first
/// level.
///
/// Of equal prefixes each is the parent of the next, so that every chain of parents is complete.
template <typename Key>
class PrefixTable
{
public:
    using Position = std::uint32_t;
    static constexpr Position kNone = ~Position{0};
    static constexpr Family kFamily = std::is_same_v<Key, std::uint32_t> ? Family::IPv4 : Family::IPv6;
    static constexpr int kWidth = widthOf(kFamily);

    /// A row in the order of the table.
    struct Row
    {
        Key first = 0;
        std::uint32_t identity = 0;
        std::uint8_t length = 0;

        friend bool operator<(const Row &a, const Row &b)
        {
            if (a.first != b.first)
                return a.first < b.first;
            return a.length != b.length ? a.length < b.length : a.identity < b.identity;
        }
        friend bool operator==(const Row &, const Row &) = default;
    };

    PrefixTable() = default;
    /// Builds from rows that are sorted and fewer than 2^32 - 1 (asserted). \complexity O(n)
    explicit PrefixTable(const std::vector<Row> &sorted);

    [[nodiscard]] Position size() const { return static_cast<Position>(m_nodes.size()); }
    [[nodiscard]] Key first(Position at) const { return m_nodes[at].first; }
    [[nodiscard]] int length(Position at) const { return m_nodes[at].length; }
    [[nodiscard]] std::uint32_t identity(Position at) const { return m_nodes[at].identity; }
    /// The innermost row that contains this one, or an equal row before it; kNone for a root.
    [[nodiscard]] Position parent(Position at) const { return m_nodes[at].parent; }
    /// One past the last row that lies in this one.
    [[nodiscard]] Position subtreeEnd(Position at) const { return m_nodes[at].end; }
    /// The last address of a row's prefix.
    [[nodiscard]] static Key lastOf(const Row &row)
    {
        const auto all = static_cast<Key>(maxOf(kFamily));
        return row.length == 0 ? all
                               : static_cast<Key>(row.first | ~(all << static_cast<unsigned>(kWidth - row.length)));
    }
    [[nodiscard]] Row row(Position at) const { return {m_nodes[at].first, identity(at), m_nodes[at].length}; }

    /// The last of the longest rows that contain the prefix `first`/`length`; kNone without any.
    /// \complexity one narrowed binary search and a step for each row between the hit and the answer
    [[nodiscard]] Position innermost(Key first, int length) const;
    /// The first row with an address of at least `first`, and of those at `first` a length of at least `length`.
    [[nodiscard]] Position lowerBound(Key first, int length) const;
    /// The first row behind `first`: every row before it starts at or below `first`.
    [[nodiscard]] Position upperBound(Key first) const;
    /// The position of exactly this row, or kNone.
    [[nodiscard]] Position find(const Row &row) const;

    /// Bytes held, capacities included.
    [[nodiscard]] std::size_t bytes() const;

private:
    /// All that a search reads of a row in one place: at a million rows every other place is a cache miss.
    struct Node
    {
        Key first = 0;
        Position parent = kNone;
        Position end = 0;
        std::uint32_t identity = 0;
        std::uint8_t length = 0;
    };

    void link();
    void buildFirstLevel();
    [[nodiscard]] std::size_t bucketOf(Key first) const;

    std::vector<Node> m_nodes;
    std::vector<Position> m_buckets; ///< where each value of the leading bits behind the common ones begins
    int m_skippedBits = 0;
    int m_bucketBits = 0;
};

extern template class PrefixTable<std::uint32_t>;
extern template class PrefixTable<uint128>;

} // namespace interlock
