// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routecover_knapsack.h"

#include <algorithm>

namespace interlock {

template <typename Sum>
CutKnapsack<Sum>::CutKnapsack(const std::vector<OpenSplit<Sum>> &open, const std::vector<std::uint32_t> &roots,
                              std::size_t most)
    : m_most(most), m_choicesOf(open.size())
{
    Q_ASSERT(most > 0 && most <= kMost && !roots.empty());
    for (std::size_t at = 1; at < open.size(); ++at)
        add(open[at], at);
    addRoots(roots);
}

template <typename Sum>
std::vector<std::size_t> CutKnapsack<Sum>::splitsOfRoots() const
{
    std::vector<std::size_t> splitsOf(m_chain.size() + 1);
    auto splits = m_bestSplits;
    for (auto root = m_chain.size(); root > 0; --root) {
        const std::size_t before = m_choices[m_chain[root - 1] + splits];
        splitsOf[root] = splits - before;
        splits = before;
    }
    splitsOf[0] = splits;
    return splitsOf;
}

/// Replaces the tables of the splits below, which are the last ones, by that of `split`.
template <typename Sum>
void CutKnapsack<Sum>::add(const OpenSplit<Sum> &split, std::size_t at)
{
    const auto right = split.right == 0 ? Table{&kNone, 1} : lastTable(m_stack.size());
    const auto left =
        split.left == 0 ? Table{&kNone, 1} : lastTable(m_stack.size() - (split.right == 0 ? 0 : right.size));
    const auto count = join(left, right, m_most);
    m_choicesOf[at] = m_choices.size() - count;
    m_stack.resize(m_stack.size() - (split.left == 0 ? 0 : left.size) - (split.right == 0 ? 0 : right.size));
    m_begins.push_back(m_stack.size());
    m_stack.push_back({0, 0});
    // The prefix itself begins where all others do and is shorter: it is the first list.
    for (std::size_t below = 0; below < count; ++below)
        m_stack.push_back({m_joined[below].gain + split.gap, static_cast<std::uint8_t>(m_joined[below].rank + 1)});
}

/// The table before `end`, which is no longer waited for.
template <typename Sum>
typename CutKnapsack<Sum>::Table CutKnapsack<Sum>::lastTable(std::size_t end)
{
    const auto begin = m_begins.back();
    m_begins.pop_back();
    return {m_stack.data() + begin, end - begin};
}

template <typename Sum>
void CutKnapsack<Sum>::addRoots(const std::vector<std::uint32_t> &roots)
{
    m_begins.push_back(m_stack.size());
    std::size_t next = 0; // of the tables, which are those of the roots now
    const auto tableOf = [&](std::uint32_t root) {
        if (root == 0)
            return Table{&kNone, 1};
        const auto begin = m_begins[next++];
        return Table{m_stack.data() + begin, m_begins[next] - begin};
    };
    const auto first = tableOf(roots.front());
    std::vector<Entry> all(first.entries, first.entries + first.size);
    for (std::size_t root = 1; root < roots.size(); ++root) {
        const auto count = join({all.data(), all.size()}, tableOf(roots[root]), m_most + 1);
        m_chain.push_back(m_choices.size() - count);
        all.assign(m_joined.begin(), m_joined.begin() + static_cast<std::ptrdiff_t>(count));
    }
    m_mostGain = all.back().gain;
    while (all[m_bestSplits].gain != m_mostGain)
        ++m_bestSplits;
}

/// Sets m_joined to the table for both parts together, at most `most` entries, and appends the choices.
/// \returns the number of entries
template <typename Sum>
std::size_t CutKnapsack<Sum>::join(const Table &left, const Table &right, std::size_t most)
{
    const auto count = std::min(left.size + right.size - 1, most);
    const auto choices = m_choices.size();
    m_choices.resize(choices + count);
    for (std::size_t splits = 0; splits < count; ++splits) {
        auto best = splits < right.size ? 0 : splits - right.size + 1;
        auto gain = left.entries[best].gain + right.entries[splits - best].gain;
        for (auto lower = best + 1; lower <= std::min(splits, left.size - 1); ++lower) {
            const auto both = left.entries[lower].gain + right.entries[splits - lower].gain;
            // Lists that differ in the lower part differ before the upper one begins.
            if (both > gain || (both == gain && left.entries[lower].rank < left.entries[best].rank)) {
                gain = both;
                best = lower;
            }
        }
        m_joined[splits].gain = gain;
        m_choices[choices + splits] = static_cast<std::uint8_t>(best);
    }
    rank(left, right, count);
    return count;
}

/// Numbers the joined lists in their order.
template <typename Sum>
void CutKnapsack<Sum>::rank(const Table &left, const Table &right, std::size_t count)
{
    const auto *choices = m_choices.data() + m_choices.size() - count;
    std::array<std::uint32_t, kMostEntries> order;
    for (std::size_t splits = 0; splits < count; ++splits) {
        const std::uint32_t lower = left.entries[choices[splits]].rank;
        const std::uint32_t upper = right.entries[splits - choices[splits]].rank;
        order[splits] = lower << 16U | upper << 8U | static_cast<std::uint32_t>(splits);
    }
    std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t at = 0; at < count; ++at)
        m_joined[order[at] & 0xffU].rank = static_cast<std::uint8_t>(at);
}

template class CutKnapsack<std::uint64_t>;
template class CutKnapsack<uint128>;

} // namespace interlock
