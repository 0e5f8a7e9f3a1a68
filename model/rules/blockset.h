// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace interlock {

/// A set of numbers below a bound, with a fast "lowest member from here on".
///
/// Up to 2^22 numbers it is a bitset under 64-way summary levels: every operation touches at most four words a way.
/// Above that it is an ordered map of 512-bit chunks, so that a wide IPv6 range costs only what is in it. Nothing is
/// allocated before the first insertion.
class BlockSet
{
public:
    /// The empty set of numbers below `bound`, which must be at least 1; `sparse` forces the map.
    explicit BlockSet(std::uint64_t bound, bool sparse);

    [[nodiscard]] bool isEmpty() const { return m_size == 0; }
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] bool contains(std::uint64_t number) const
    {
        if (m_size == 0)
            return false;
        return m_sparse ? containsSparse(number) : (m_words[number / kWordBits] & bitOf(number)) != 0;
    }

    /// Adds `number`, which must not be a member (asserted). \complexity O(1) dense, O(log chunks) sparse
    void insert(std::uint64_t number);
    /// Removes `number`, which must be a member (asserted). \complexity as insert()
    void erase(std::uint64_t number);

    /// The lowest member that is `number` or above. \complexity as insert()
    [[nodiscard]] std::optional<std::uint64_t> firstFrom(std::uint64_t number) const;

private:
    static constexpr std::size_t kMaxLevels = 4;
    static constexpr std::uint64_t kWordBits = 64;
    static constexpr std::size_t kChunkWords = 8;
    using Chunk = std::array<std::uint64_t, kChunkWords>;

    static constexpr std::uint64_t bitOf(std::uint64_t number) { return std::uint64_t{1} << (number % kWordBits); }

    void insertDense(std::uint64_t number);
    void eraseDense(std::uint64_t number);
    [[nodiscard]] bool containsSparse(std::uint64_t number) const;
    [[nodiscard]] std::optional<std::uint64_t> firstFromDense(std::uint64_t number) const;
    [[nodiscard]] std::optional<std::uint64_t> firstFromSparse(std::uint64_t number) const;

    std::uint64_t m_bound;
    std::uint64_t m_size = 0;
    bool m_sparse;
    std::uint8_t m_levels = 0;
    /// Where each level begins in m_words; level 0 holds the members, level n + 1 a bit for each word of level n.
    std::array<std::uint32_t, kMaxLevels + 1> m_offset{};
    std::vector<std::uint64_t> m_words;
    std::map<std::uint64_t, Chunk> m_chunks;
};

} // namespace interlock
