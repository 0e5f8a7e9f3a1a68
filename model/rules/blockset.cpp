// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/blockset.h"

#include <bit>

namespace interlock {

namespace {

std::uint64_t lowestBit(std::uint64_t word)
{
    return static_cast<std::uint64_t>(std::countr_zero(word));
}

} // namespace

BlockSet::BlockSet(std::uint64_t bound, bool sparse)
    : m_bound(bound), m_sparse(sparse || bound > (std::uint64_t{1} << 22U))
{
    Q_ASSERT(bound > 0);
    if (m_sparse)
        return;
    auto bits = bound;
    do {
        bits = (bits + kWordBits - 1) / kWordBits;
        m_offset[m_levels + 1U] = m_offset[m_levels] + static_cast<std::uint32_t>(bits);
        ++m_levels;
    } while (bits > 1);
}

bool BlockSet::containsSparse(std::uint64_t number) const
{
    const auto chunk = m_chunks.find(number / (kChunkWords * kWordBits));
    if (chunk == m_chunks.end())
        return false;
    const auto at = number % (kChunkWords * kWordBits);
    return (chunk->second[at / kWordBits] & bitOf(at)) != 0;
}

void BlockSet::insert(std::uint64_t number)
{
    Q_ASSERT(number < m_bound && !contains(number));
    ++m_size;
    if (!m_sparse)
        return insertDense(number);
    const auto at = number % (kChunkWords * kWordBits);
    m_chunks[number / (kChunkWords * kWordBits)][at / kWordBits] |= bitOf(at);
}

void BlockSet::erase(std::uint64_t number)
{
    Q_ASSERT(contains(number));
    --m_size;
    if (!m_sparse)
        return eraseDense(number);
    const auto chunk = m_chunks.find(number / (kChunkWords * kWordBits));
    const auto at = number % (kChunkWords * kWordBits);
    chunk->second[at / kWordBits] &= ~bitOf(at);
    if (chunk->second == Chunk{})
        m_chunks.erase(chunk);
}

std::optional<std::uint64_t> BlockSet::firstFrom(std::uint64_t number) const
{
    if (m_size == 0 || number >= m_bound)
        return std::nullopt;
    return m_sparse ? firstFromSparse(number) : firstFromDense(number);
}

void BlockSet::insertDense(std::uint64_t number)
{
    if (m_words.empty())
        m_words.resize(m_offset[m_levels]);
    for (std::size_t level = 0; level < m_levels; ++level) {
        auto &word = m_words[m_offset[level] + number / kWordBits];
        const bool wasEmpty = word == 0;
        word |= bitOf(number);
        if (!wasEmpty)
            return;
        number /= kWordBits;
    }
}

void BlockSet::eraseDense(std::uint64_t number)
{
    for (std::size_t level = 0; level < m_levels; ++level) {
        auto &word = m_words[m_offset[level] + number / kWordBits];
        word &= ~bitOf(number);
        if (word != 0)
            return;
        number /= kWordBits;
    }
}

std::optional<std::uint64_t> BlockSet::firstFromDense(std::uint64_t number) const
{
    for (std::size_t level = 0; level < m_levels; ++level) {
        const std::size_t words = m_offset[level + 1] - m_offset[level];
        if (number / kWordBits >= words)
            return std::nullopt;
        const auto rest = m_words[m_offset[level] + number / kWordBits] & (~std::uint64_t{0} << (number % kWordBits));
        if (rest != 0) {
            number = number / kWordBits * kWordBits + lowestBit(rest);
            while (level-- > 0)
                number = number * kWordBits + lowestBit(m_words[m_offset[level] + number]);
            return number;
        }
        number = number / kWordBits + 1; // nothing left in this word: go on behind it, one level up
    }
    return std::nullopt;
}

std::optional<std::uint64_t> BlockSet::firstFromSparse(std::uint64_t number) const
{
    constexpr auto kChunkBits = kChunkWords * kWordBits;
    const auto home = number / kChunkBits;
    for (auto chunk = m_chunks.lower_bound(home); chunk != m_chunks.end(); ++chunk) {
        const auto from = chunk->first == home ? number % kChunkBits : 0;
        for (auto word = from / kWordBits; word < kChunkWords; ++word) {
            auto rest = chunk->second[word];
            if (word == from / kWordBits)
                rest &= ~std::uint64_t{0} << (from % kWordBits);
            if (rest != 0)
                return chunk->first * kChunkBits + word * kWordBits + lowestBit(rest);
        }
    }
    return std::nullopt;
}

} // namespace interlock
