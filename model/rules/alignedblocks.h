// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/blockset.h"

#include <bit>
#include <utility>
#include <vector>

namespace interlock {

/// The aligned run of 2^order units that starts at unit index * 2^order.
struct AlignedBlock
{
    int order = 0;
    std::uint64_t index = 0;

    [[nodiscard]] std::uint64_t units() const { return std::uint64_t{1} << static_cast<unsigned>(order); }
    [[nodiscard]] std::uint64_t firstUnit() const { return index << static_cast<unsigned>(order); }
    [[nodiscard]] std::uint64_t endUnit() const { return firstUnit() + units(); }
    /// The block of `wider` >= order that contains this one.
    [[nodiscard]] AlignedBlock within(int wider) const
    {
        return {wider, index >> static_cast<unsigned>(wider - order)};
    }
    [[nodiscard]] AlignedBlock buddy() const { return {order, index ^ 1U}; }

    friend bool operator==(const AlignedBlock &, const AlignedBlock &) = default;
};

/// A set of aligned blocks of every size in a space of 2^topOrder units: one BlockSet a size.
/// Blocks of different sizes may overlap; who uses it decides whether they do.
class AlignedBlocks
{
public:
    static constexpr int kGreatestOrder = 62;

    /// topOrder is 0..kGreatestOrder.
    explicit AlignedBlocks(int topOrder);

    [[nodiscard]] bool isEmpty() const { return m_orders == 0; }
    [[nodiscard]] bool contains(const AlignedBlock &block) const { return set(block.order).contains(block.index); }
    /// `block` must not be a member (asserted).
    void insert(const AlignedBlock &block);
    /// `block` must be a member (asserted).
    void erase(const AlignedBlock &block);

    /// The smallest member that is `block` or contains it. \complexity O(sizes in use)
    [[nodiscard]] std::optional<AlignedBlock> covering(const AlignedBlock &block) const;
    /// The member of at least `order` that starts lowest; none when there is no such member. \complexity O(sizes in
    /// use)
    [[nodiscard]] std::optional<AlignedBlock> lowest(int order) const;
    /// The order of the greatest member.
    [[nodiscard]] std::optional<int> greatestOrder() const;
    /// Every member strictly inside `block`, in no particular order. \complexity O(members found + sizes in use)
    [[nodiscard]] std::vector<AlignedBlock> inside(const AlignedBlock &block) const;

private:
    [[nodiscard]] const BlockSet &set(int order) const { return m_sets[static_cast<std::size_t>(order)]; }
    [[nodiscard]] BlockSet &set(int order) { return m_sets[static_cast<std::size_t>(order)]; }

    std::vector<BlockSet> m_sets;
    /// The first unit of the lowest member of each order, kept because lowest() is what allocating waits for.
    std::vector<std::uint64_t> m_lowest;
    std::uint64_t m_orders = 0; ///< bit n: there are members of order n
};

} // namespace interlock
