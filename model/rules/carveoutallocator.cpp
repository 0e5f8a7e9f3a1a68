// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/carveoutallocator.h"

#include <algorithm>

namespace interlock {

namespace {

using Span = std::pair<std::uint64_t, std::uint64_t>; ///< units from first up to, not including, second

void appendSpans(std::vector<Span> &spans, const std::vector<AlignedBlock> &blocks)
{
    for (const auto &block : blocks)
        spans.emplace_back(block.firstUnit(), block.endUnit());
}

/// Order of the greatest aligned block that starts at `begin` and ends at or before `end`.
int greatestOrderAt(std::uint64_t begin, std::uint64_t end)
{
    int order = 0;
    while (order < AlignedBlocks::kGreatestOrder && (begin & (std::uint64_t{1} << static_cast<unsigned>(order))) == 0 &&
           end - begin >= std::uint64_t{2} << static_cast<unsigned>(order))
        ++order;
    return order;
}

} // namespace

CarveOutAllocator::CarveOutAllocator(Prefix range, int smallestLength)
    : m_range(range),
      m_unitLength(std::clamp(smallestLength, range.length(),
                              std::min(widthOf(range.family()), range.length() + AlignedBlocks::kGreatestOrder))),
      m_topOrder(m_unitLength - range.length()), m_free(m_topOrder), m_held(m_topOrder), m_excluded(m_topOrder),
      m_freeUnits(std::uint64_t{1} << static_cast<unsigned>(m_topOrder))
{
    m_free.insert({m_topOrder, 0});
}

std::optional<Prefix> CarveOutAllocator::allocate(int length)
{
    const auto order = orderFor(length);
    if (!order)
        return std::nullopt;
    const auto free = m_free.lowest(*order);
    if (!free)
        return std::nullopt;
    const AlignedBlock wanted{*order, free->index << static_cast<unsigned>(free->order - *order)};
    takeFrom(*free, wanted);
    m_held.insert(wanted);
    m_heldUnits += wanted.units();
    return prefixOf(wanted);
}

std::optional<Prefix> CarveOutAllocator::peek(int length) const
{
    const auto order = orderFor(length);
    const auto free = order ? m_free.lowest(*order) : std::nullopt;
    if (!free)
        return std::nullopt;
    return prefixOf({*order, free->index << static_cast<unsigned>(free->order - *order)});
}

bool CarveOutAllocator::reserve(const Prefix &prefix)
{
    const auto wanted = blockFor(prefix);
    if (!wanted)
        return true;
    const auto free = m_free.covering(*wanted);
    if (!free)
        return false;
    takeFrom(*free, *wanted);
    m_held.insert(*wanted);
    m_heldUnits += wanted->units();
    return true;
}

bool CarveOutAllocator::release(const Prefix &prefix)
{
    const auto block = blockFor(prefix);
    if (!block)
        return true;
    if (!m_held.contains(*block))
        return false;
    m_held.erase(*block);
    m_heldUnits -= block->units();
    if (m_excluded.isEmpty())
        addFree(*block); // the common case, without looking for exclusions
    else
        reopen(*block);
    return true;
}

void CarveOutAllocator::exclude(const Prefix &prefix)
{
    const auto block = blockFor(prefix);
    if (!block)
        return;
    if (m_excluded.contains(*block)) {
        ++m_repeats.try_emplace({block->order, block->index}, 1U).first->second;
        return;
    }
    m_excludedUnits += newlyExcluded(*block);
    m_excluded.insert(*block);
    if (const auto free = m_free.covering(*block)) {
        takeFrom(*free, *block);
        return;
    }
    for (const auto &free : m_free.inside(*block)) {
        m_free.erase(free);
        m_freeUnits -= free.units();
    }
}

bool CarveOutAllocator::unexclude(const Prefix &prefix)
{
    const auto block = blockFor(prefix);
    if (!block)
        return true;
    if (!m_excluded.contains(*block))
        return false;
    if (const auto repeats = m_repeats.find({block->order, block->index}); repeats != m_repeats.end()) {
        if (--repeats->second == 1)
            m_repeats.erase(repeats);
        return true;
    }
    m_excluded.erase(*block);
    m_excludedUnits -= newlyExcluded(*block);
    reopen(*block);
    return true;
}

bool CarveOutAllocator::isFree(const Prefix &prefix) const
{
    if (!m_range.contains(prefix))
        return false;
    return m_free.covering(*blockFor(prefix)).has_value();
}

bool CarveOutAllocator::overlapsHeld(const Prefix &prefix) const
{
    const auto block = blockFor(prefix);
    return block && (m_held.covering(*block) || !m_held.inside(*block).empty());
}

std::optional<int> CarveOutAllocator::largestFree() const
{
    const auto order = m_free.greatestOrder();
    return order ? std::optional(m_unitLength - *order) : std::nullopt;
}

std::vector<Prefix> CarveOutAllocator::freeGaps() const
{
    return sortedPrefixes(m_free);
}

std::vector<Prefix> CarveOutAllocator::held() const
{
    return sortedPrefixes(m_held);
}

std::optional<AlignedBlock> CarveOutAllocator::blockFor(const Prefix &prefix) const
{
    if (!m_range.contains(prefix))
        return prefix.contains(m_range) ? std::optional(AlignedBlock{m_topOrder, 0}) : std::nullopt;
    const int length = std::min(prefix.length(), m_unitLength);
    if (length == m_range.length()) // also keeps the shift below the width when the range is everything
        return AlignedBlock{m_topOrder, 0};
    const auto offset = prefix.first().value() - m_range.first().value();
    return AlignedBlock{m_unitLength - length,
                        static_cast<std::uint64_t>(offset >> static_cast<unsigned>(m_range.first().width() - length))};
}

std::optional<int> CarveOutAllocator::orderFor(int length) const
{
    if (length < m_range.length())
        return std::nullopt;
    return m_unitLength - std::min(length, m_unitLength);
}

Prefix CarveOutAllocator::prefixOf(const AlignedBlock &block) const
{
    const int length = m_unitLength - block.order;
    if (block.index == 0) // keeps the shift below the width, as above
        return {m_range.first(), length};
    const auto offset = uint128{block.index} << static_cast<unsigned>(m_range.first().width() - length);
    return {Address(m_range.family(), m_range.first().value() + offset), length};
}

std::vector<Prefix> CarveOutAllocator::sortedPrefixes(const AlignedBlocks &blocks) const
{
    const AlignedBlock all{m_topOrder, 0};
    std::vector<Prefix> prefixes;
    if (blocks.contains(all))
        prefixes.push_back(m_range);
    for (const auto &block : blocks.inside(all))
        prefixes.push_back(prefixOf(block));
    std::sort(prefixes.begin(), prefixes.end());
    return prefixes;
}

/// Units of `block` that no exclusion other than `block` itself covers.
std::uint64_t CarveOutAllocator::newlyExcluded(const AlignedBlock &block) const
{
    if (m_excluded.covering(block))
        return 0;
    std::vector<Span> spans;
    appendSpans(spans, m_excluded.inside(block));
    std::sort(spans.begin(), spans.end());
    std::uint64_t uncovered = 0;
    std::uint64_t at = block.firstUnit();
    for (const auto &[begin, end] : spans) {
        if (begin > at)
            uncovered += begin - at;
        at = std::max(at, end);
    }
    return uncovered + (block.endUnit() - at);
}

/// Splits `free` down to `wanted`, which lies in it, and takes that out.
void CarveOutAllocator::takeFrom(AlignedBlock free, const AlignedBlock &wanted)
{
    m_free.erase(free);
    for (int order = free.order - 1; order >= wanted.order; --order)
        m_free.insert(wanted.within(order).buddy());
    m_freeUnits -= wanted.units();
}

void CarveOutAllocator::addFree(AlignedBlock block)
{
    m_freeUnits += block.units();
    while (block.order < m_topOrder && m_free.contains(block.buddy())) {
        m_free.erase(block.buddy());
        block = block.within(block.order + 1);
    }
    m_free.insert(block);
}

void CarveOutAllocator::addFreeUnits(std::uint64_t begin, std::uint64_t end)
{
    while (begin < end) {
        const int order = greatestOrderAt(begin, end);
        addFree({order, begin >> static_cast<unsigned>(order)});
        begin += std::uint64_t{1} << static_cast<unsigned>(order);
    }
}

/// Frees what neither a holder nor an exclusion covers in `block`, none of which is free yet.
void CarveOutAllocator::reopen(const AlignedBlock &block)
{
    if (m_excluded.covering(block) || m_held.covering(block))
        return;
    std::vector<Span> shut;
    appendSpans(shut, m_excluded.inside(block));
    appendSpans(shut, m_held.inside(block));
    if (shut.empty())
        return addFree(block);
    std::sort(shut.begin(), shut.end());
    std::uint64_t at = block.firstUnit();
    for (const auto &[begin, end] : shut) {
        if (begin > at)
            addFreeUnits(at, begin);
        at = std::max(at, end);
    }
    addFreeUnits(at, block.endUnit());
}

} // namespace interlock
