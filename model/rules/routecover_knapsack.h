// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

#include <array>
#include <cstdint>
#include <vector>

namespace interlock {

/// A split that may be made once the one above it is.
template <typename Sum>
struct OpenSplit
{
    Sum gap = 0;             ///< what it gains
    std::uint32_t left = 0;  ///< place of the split below it, in the lower half; 0: none
    std::uint32_t right = 0; ///< in the upper half
};

/// The most that splits can gain, by a knapsack over the tree from below: for each split and number of splits below it
/// the greatest gain, and how many of them are in the lower half. A split with s others below it has at most s + 1
/// entries, so that all takes O(splits * most).
/// Of equal gains the fewest splits are the best, and of those the ones whose list of prefixes comes first.
template <typename Sum>
class CutKnapsack
{
public:
    /// \param open   each behind the ones below it, which are behind one another in the order lower half, upper half;
    /// the
    ///               first one stands for none
    /// \param roots  places of the splits that may be made at once, ascending like their prefixes; 0: none there
    /// \param most   splits that may be made, at most kMost
    CutKnapsack(const std::vector<OpenSplit<Sum>> &open, const std::vector<std::uint32_t> &roots, std::size_t most);

    static constexpr std::size_t kMost = 127;

    [[nodiscard]] Sum mostGain() const { return m_mostGain; }
    /// How many splits each root has in the best set.
    [[nodiscard]] std::vector<std::size_t> splitsOfRoots() const;
    /// When `splits` > 0 are made at and below the one at `at`: how many of them are below it in the lower half.
    [[nodiscard]] std::size_t splitsBelow(std::uint32_t at, std::size_t splits) const
    {
        return m_choices[m_choicesOf[at] + splits - 1];
    }

private:
    static constexpr std::size_t kMostEntries = kMost + 1;

    /// For one number of splits.
    struct Entry
    {
        Sum gain;
        std::uint8_t rank; ///< of the best list of this number among those of the same prefix, in the order of lists
    };
    struct Table
    {
        const Entry *entries;
        std::size_t size;
    };

    /// Of what cannot be split.
    static constexpr Entry kNone = {};

    void add(const OpenSplit<Sum> &split, std::size_t at);
    [[nodiscard]] Table lastTable(std::size_t end);
    void addRoots(const std::vector<std::uint32_t> &roots);
    std::size_t join(const Table &left, const Table &right, std::size_t most);
    void rank(const Table &left, const Table &right, std::size_t count);

    std::size_t m_most;
    Sum m_mostGain = 0;
    std::size_t m_bestSplits = 0;
    std::vector<Entry> m_stack;        ///< the tables that wait for what is above them
    std::vector<std::size_t> m_begins; ///< where they begin
    std::array<Entry, kMostEntries> m_joined = {};
    std::vector<std::uint8_t> m_choices;  ///< splits in the lower part, by those of both parts
    std::vector<std::size_t> m_choicesOf; ///< where those of a split begin
    std::vector<std::size_t> m_chain;     ///< where those of the roots so far and the next one begin
};

extern template class CutKnapsack<std::uint64_t>;
extern template class CutKnapsack<uint128>;

} // namespace interlock
