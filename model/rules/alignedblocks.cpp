// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/alignedblocks.h"

namespace interlock {

namespace {

/// Above this many units a bitset a size would be large and nearly empty.
constexpr int kDenseOrder = 22;

int lowestOrder(std::uint64_t orders)
{
    return std::countr_zero(orders);
}

std::uint64_t orderBit(int order)
{
    return std::uint64_t{1} << static_cast<unsigned>(order);
}

/// Bits of all orders from `order` on.
std::uint64_t from(int order)
{
    return ~std::uint64_t{0} << static_cast<unsigned>(order);
}

} // namespace

AlignedBlocks::AlignedBlocks(int topOrder)
{
    Q_ASSERT(topOrder >= 0 && topOrder <= kGreatestOrder);
    m_sets.reserve(static_cast<std::size_t>(topOrder) + 1);
    m_lowest.resize(static_cast<std::size_t>(topOrder) + 1);
    for (int order = 0; order <= topOrder; ++order)
        m_sets.emplace_back(orderBit(topOrder - order), topOrder > kDenseOrder);
}

void AlignedBlocks::insert(const AlignedBlock &block)
{
    set(block.order).insert(block.index);
    auto &lowest = m_lowest[static_cast<std::size_t>(block.order)];
    if ((m_orders & orderBit(block.order)) == 0 || block.firstUnit() < lowest)
        lowest = block.firstUnit();
    m_orders |= orderBit(block.order);
}

void AlignedBlocks::erase(const AlignedBlock &block)
{
    auto &members = set(block.order);
    members.erase(block.index);
    if (members.isEmpty()) {
        m_orders &= ~orderBit(block.order);
        return;
    }
    auto &lowest = m_lowest[static_cast<std::size_t>(block.order)];
    if (lowest == block.firstUnit())
        lowest = *members.firstFrom(block.index + 1) << static_cast<unsigned>(block.order);
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
    auto orders = m_orders & from(order);
    if (orders == 0)
        return std::nullopt;
    int best = lowestOrder(orders);
    for (orders &= orders - 1; orders != 0; orders &= orders - 1) {
        const int candidate = lowestOrder(orders);
        if (m_lowest[static_cast<std::size_t>(candidate)] < m_lowest[static_cast<std::size_t>(best)])
            best = candidate;
    }
    return AlignedBlock{best, m_lowest[static_cast<std::size_t>(best)] >> static_cast<unsigned>(best)};
}

std::optional<int> AlignedBlocks::greatestOrder() const
{
    if (m_orders == 0)
        return std::nullopt;
    return 63 - std::countl_zero(m_orders);
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
