// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/alignedblocks.h"

namespace interlock {

namespace {

/// Above this many units a bitset a size would be large and nearly empty.
constexpr int kDenseOrder = 22;

int lowestOrder(uint128 orders)
{
    const auto low = static_cast<std::uint64_t>(orders);
    return low != 0 ? std::countr_zero(low) : 64 + std::countr_zero(static_cast<std::uint64_t>(orders >> 64U));
}

uint128 from(int order)
{
    return ~uint128{0} << static_cast<unsigned>(order);
}

} // namespace

AlignedBlocks::AlignedBlocks(int topOrder)
{
    Q_ASSERT(topOrder >= 0 && topOrder < 128);
    m_sets.reserve(static_cast<std::size_t>(topOrder) + 1);
    for (int order = 0; order <= topOrder; ++order)
        m_sets.emplace_back(uint128{1} << static_cast<unsigned>(topOrder - order), topOrder > kDenseOrder);
}

void AlignedBlocks::insert(const AlignedBlock &block)
{
    set(block.order).insert(block.index);
    m_orders |= uint128{1} << static_cast<unsigned>(block.order);
}

void AlignedBlocks::erase(const AlignedBlock &block)
{
    auto &members = set(block.order);
    members.erase(block.index);
    if (members.isEmpty())
        m_orders &= ~(uint128{1} << static_cast<unsigned>(block.order));
}

std::optional<AlignedBlock> AlignedBlocks::covering(const AlignedBlock &block) const
{
    for (auto orders = m_orders & from(block.order); orders != 0; orders &= orders - 1) {
        const auto candidate = block.within(lowestOrder(orders));
        if (contains(candidate))
            return candidate;
    }
    return std::nullopt;
}

std::optional<AlignedBlock> AlignedBlocks::lowest(int order) const
{
    std::optional<AlignedBlock> best;
    uint128 bestUnit = 0;
    for (auto orders = m_orders & from(order); orders != 0; orders &= orders - 1) {
        const int candidateOrder = lowestOrder(orders);
        const AlignedBlock candidate{candidateOrder, *set(candidateOrder).firstFrom(0)};
        if (!best || candidate.firstUnit() < bestUnit) {
            best = candidate;
            bestUnit = candidate.firstUnit();
        }
    }
    return best;
}

std::optional<int> AlignedBlocks::greatestOrder() const
{
    if (m_orders == 0)
        return std::nullopt;
    const auto high = static_cast<std::uint64_t>(m_orders >> 64U);
    return high != 0 ? 127 - std::countl_zero(high) : 63 - std::countl_zero(static_cast<std::uint64_t>(m_orders));
}

std::vector<AlignedBlock> AlignedBlocks::inside(const AlignedBlock &block) const
{
    std::vector<AlignedBlock> found;
    for (auto orders = m_orders & ~from(block.order); orders != 0; orders &= orders - 1) {
        const int order = lowestOrder(orders);
        const auto widen = static_cast<unsigned>(block.order - order);
        const auto end = (block.index + 1) << widen;
        for (auto index = set(order).firstFrom(block.index << widen); index && *index < end;
             index = set(order).firstFrom(*index + 1))
            found.push_back({order, *index});
    }
    return found;
}

} // namespace interlock
