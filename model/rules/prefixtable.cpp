// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixtable.h"

#include <algorithm>
#include <bit>

namespace interlock {

namespace {

/// The first level has at most one value for each row, and stops growing where it would fall out of the cache itself.
constexpr int kMostBucketBits = 20;

int commonBits(std::uint32_t a, std::uint32_t b)
{
    return std::countl_zero(a ^ b);
}

int commonBits(uint128 a, uint128 b)
{
    const auto difference = a ^ b;
    const auto high = static_cast<std::uint64_t>(difference >> 64U);
    return high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<std::uint64_t>(difference));
}

} // namespace

template <typename Key>
PrefixTable<Key>::PrefixTable(const std::vector<Row> &sorted)
{
    Q_ASSERT(sorted.size() < kNone && std::is_sorted(sorted.begin(), sorted.end()));
    m_nodes.reserve(sorted.size());
    for (const auto &row : sorted) {
        m_nodes.push_back({row.first, kNone, 0, row.identity, row.length});
    }
    link();
    buildFirstLevel();
}

template <typename Key>
typename PrefixTable<Key>::Position PrefixTable<Key>::innermost(Key first, int length) const
{
    const auto behind = upperBound(first);
    if (behind == 0)
        return kNone;
    // Whatever contains the prefix is an ancestor of the last row at or below it, or that row. An ancestor shares its
    // own length with that row, so it is enough to compare lengths with what the row shares with the prefix.
    auto at = behind - 1;
    const int shared = std::min(length, commonBits(first, m_nodes[at].first));
    while (at != kNone && m_nodes[at].length > shared)
        at = m_nodes[at].parent;
    return at;
}

template <typename Key>
typename PrefixTable<Key>::Position PrefixTable<Key>::lowerBound(Key first, int length) const
{
    const auto end = upperBound(first);
    if (end == 0 || m_nodes[end - 1].first != first)
        return end;
    const auto bucket = m_nodes.begin() + m_buckets[bucketOf(first)]; // one of its rows starts at `first`
    const auto found = std::partition_point(bucket, m_nodes.begin() + end, [=](const Node &node) {
        return node.first < first || (node.first == first && node.length < length);
    });
    return static_cast<Position>(found - m_nodes.begin());
}

template <typename Key>
typename PrefixTable<Key>::Position PrefixTable<Key>::upperBound(Key first) const
{
    if (m_nodes.empty() || first < m_nodes.front().first)
        return 0;
    if (first >= m_nodes.back().first)
        return size();
    const auto bucket = bucketOf(first);
    auto low = m_buckets[bucket];
    auto count = m_buckets[bucket + 1] - low;
    while (count > 0) { // without branches on the keys: which way it goes cannot be predicted
        const auto half = count / 2;
        const bool right = m_nodes[low + half].first <= first;
        low = right ? low + half + 1 : low;
        count = right ? count - half - 1 : half;
    }
    return low;
}

template <typename Key>
typename PrefixTable<Key>::Position PrefixTable<Key>::find(const Row &row) const
{
    const auto begin = lowerBound(row.first, row.length);
    const auto end =
        begin < size() && m_nodes[begin].first == row.first ? lowerBound(row.first, row.length + 1) : begin;
    const auto found = std::partition_point(m_nodes.begin() + begin, m_nodes.begin() + end,
                                            [&](const Node &node) { return node.identity < row.identity; });
    if (found == m_nodes.begin() + end || found->identity != row.identity)
        return kNone;
    return static_cast<Position>(found - m_nodes.begin());
}

template <typename Key>
std::size_t PrefixTable<Key>::bytes() const
{
    return m_nodes.capacity() * sizeof(Node) + m_buckets.capacity() * sizeof(Position);
}

/// Parents and subtree ends in one pass: what is still open is the chain of parents of the row before.
template <typename Key>
void PrefixTable<Key>::link()
{
    auto open = kNone;
    for (Position at = 0; at < size(); ++at) {
        while (open != kNone && commonBits(m_nodes[open].first, m_nodes[at].first) < m_nodes[open].length) {
            m_nodes[open].end = at;
            open = m_nodes[open].parent;
        }
        m_nodes[at].parent = open;
        open = at;
    }
    for (; open != kNone; open = m_nodes[open].parent)
        m_nodes[open].end = size();
}

template <typename Key>
void PrefixTable<Key>::buildFirstLevel()
{
    if (m_nodes.empty())
        return;
    m_skippedBits = std::min(commonBits(m_nodes.front().first, m_nodes.back().first), kWidth - 1);
    const int wanted = static_cast<int>(std::bit_width(m_nodes.size())) - 1;
    m_bucketBits = std::clamp(wanted, 1, std::min(kMostBucketBits, kWidth - m_skippedBits));
    const auto buckets = std::size_t{1} << static_cast<unsigned>(m_bucketBits);
    m_buckets.reserve(buckets + 1);
    for (Position at = 0; at < size(); ++at) {
        const auto bucket = bucketOf(m_nodes[at].first);
        while (m_buckets.size() <= bucket)
            m_buckets.push_back(at);
    }
    m_buckets.resize(buckets + 1, size());
}

template <typename Key>
std::size_t PrefixTable<Key>::bucketOf(Key first) const
{
    const auto behindCommon = static_cast<Key>(first << static_cast<unsigned>(m_skippedBits));
    return static_cast<std::size_t>(behindCommon >> static_cast<unsigned>(kWidth - m_bucketBits));
}

template class PrefixTable<std::uint32_t>;
template class PrefixTable<uint128>;

} // namespace interlock
