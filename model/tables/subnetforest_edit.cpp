// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnetforest.h"

#include <QMultiHash>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace interlock {

namespace {

constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

std::uint32_t sumOf(std::uint32_t a, std::uint32_t b)
{
    return b > kMost - a ? kMost : a + b;
}

} // namespace

/// What has to be done for several edits at once.
struct SubnetForest::Batch
{
    Effects effects;
    std::vector<Slot> added;                ///< not yet in the order
    QMultiHash<Prefix, Slot> byPrefix = {}; ///< those of `added`
    std::vector<bool> isGone;
    std::vector<Dirty> dirty;
    std::vector<Slot> refreshed; ///< whose figures are to be made anew
    bool isCoverChanged = false; ///< a shared prefix came or went

    [[nodiscard]] bool has(Slot slot) const { return slot < isGone.size() && isGone[slot]; }
};

SubnetForest::Effects SubnetForest::apply(const std::vector<SubnetItemChange> &changes)
{
    Batch batch;
    batch.isGone.resize(m_nodes.size());
    for (const SubnetItemChange &change : changes)
        edit(change, batch);
    std::erase_if(batch.added, [&](Slot slot) { return batch.has(slot); });
    std::erase_if(batch.effects.touched, [&](Slot slot) { return batch.has(slot); });
    if (!batch.effects.removed.empty())
        std::erase_if(m_order, [&](Slot slot) { return batch.has(slot); });
    batch.effects.inserted = batch.added;
    settleTenants(batch);
    for (const Slot slot : batch.effects.inserted)
        batch.dirty.push_back({prefix(slot), space(slot)});
    insertIntoOrder(std::move(batch.added));
    relink(batch);
    return std::move(batch.effects);
}

/// Carries out one edit as far as it needs no neighbours.
void SubnetForest::edit(const SubnetItemChange &change, Batch &batch)
{
    const auto isIt = [](const SubnetItem &a, const SubnetItem &b) {
        return a.prefix == b.prefix && a.kind == b.kind && a.tenant == b.tenant &&
               (!isDerived(a.kind) || a.name == b.name);
    };
    const auto present = [&](const SubnetItem &identity) {
        const Slot slot = find(identity);
        if (slot != kNone && !batch.has(slot))
            return slot;
        const auto [begin, end] = batch.byPrefix.equal_range(identity.prefix);
        const auto it =
            std::find_if(begin, end, [&](Slot each) { return !batch.has(each) && isIt(item(each), identity); });
        return it == end ? kNone : *it;
    };
    if (change.before && (!change.after || !isIt(*change.before, *change.after))) {
        if (const Slot slot = present(*change.before); slot != kNone) {
            batch.isGone.resize(m_nodes.size());
            batch.isGone[slot] = true;
            batch.effects.removed.push_back(slot);
            batch.dirty.push_back({prefix(slot), space(slot)});
            batch.refreshed.push_back(m_nodes[slot].parent);
            batch.isCoverChanged |= isShared(slot);
        }
    }
    if (!change.after)
        return;
    if (const Slot slot = present(*change.after); slot != kNone) {
        if (item(slot) == *change.after)
            return;
        fill(slot, *change.after);
        batch.effects.touched.push_back(slot);
        batch.refreshed.push_back(slot);
    } else {
        const Slot created = create(*change.after);
        batch.added.push_back(created);
        batch.byPrefix.insert(change.after->prefix, created);
        batch.isCoverChanged |= isShared(created);
    }
}

void SubnetForest::release(const std::vector<Slot> &removed)
{
    m_unused.insert(m_unused.end(), removed.begin(), removed.end());
}

void SubnetForest::insertIntoOrder(std::vector<Slot> added)
{
    if (added.empty())
        return;
    const auto isLess = [this](Slot a, Slot b) { return compare(a, b) < 0; };
    std::sort(added.begin(), added.end(), isLess);
    // From the back, so that what lies before the first new one is not moved at all.
    auto from = m_order.size();
    auto to = from + added.size();
    m_order.resize(to);
    for (std::size_t next = added.size(); next > 0;) {
        if (from > 0 && isLess(added[next - 1], m_order[from - 1])) {
            m_order[--to] = m_order[--from];
        } else {
            m_order[--to] = added[--next];
        }
    }
}

/// Decides in which space each prefix of a tenant lies, once it is known what is shared.
void SubnetForest::settleTenants(Batch &batch)
{
    if (m_tenants.size() == 1)
        return;
    std::vector<Slot> shared;
    std::ranges::copy_if(batch.added, std::back_inserter(shared), [this](Slot slot) { return isShared(slot); });
    std::erase_if(batch.added, [this](Slot slot) { return isShared(slot); });
    insertIntoOrder(std::move(shared));
    if (!batch.isCoverChanged) {
        // Who is there already stays where it is, and says for those that come what is around them.
        for (const Slot slot : batch.added) {
            if (isInShared(slot))
                m_nodes[slot].bits |= kInShared;
        }
        return;
    }
    const auto cover = sharedCover();
    for (const Slot slot : batch.added) {
        if (isCovered(cover, slot))
            m_nodes[slot].bits |= kInShared;
    }
    std::vector<Slot> moved;
    const auto isMoved = [&](Slot slot) { return isCovered(cover, slot) != ((m_nodes[slot].bits & kInShared) != 0); };
    std::ranges::copy_if(m_order, std::back_inserter(moved), isMoved);
    if (moved.empty())
        return;
    std::erase_if(m_order, isMoved);
    for (const Slot slot : moved) {
        batch.dirty.push_back({prefix(slot), space(slot)});
        batch.refreshed.push_back(m_nodes[slot].parent);
        m_nodes[slot].bits ^= kInShared;
        batch.dirty.push_back({prefix(slot), space(slot)});
        batch.effects.touched.push_back(slot);
    }
    batch.added.insert(batch.added.end(), moved.begin(), moved.end());
}

/// Whether a tenant's prefix, which is not in the order yet, lies in a shared one. The links must be those of the
/// order.
bool SubnetForest::isInShared(Slot slot) const
{
    if (m_nodes[slot].tenant == 0)
        return false;
    const std::size_t behind = lowerBound(family(slot), 0, first(slot), length(slot) + 1);
    Slot outer = behind == 0 ? kNone : m_order[behind - 1];
    while (outer != kNone && !(isShared(outer) && prefix(outer).contains(prefix(slot))))
        outer = m_nodes[outer].parent;
    return outer != kNone;
}

SubnetForest::Slot SubnetForest::outerOf(const Range &range) const
{
    if (range.begin == 0 || range.begin == range.end)
        return kNone;
    Slot slot = m_order[range.begin - 1];
    while (slot != kNone && !accepts(slot, m_order[range.begin]))
        slot = m_nodes[slot].parent;
    return slot;
}

void SubnetForest::relink(Batch &batch)
{
    std::vector<Range> ranges;
    for (const Dirty &dirty : batch.dirty)
        ranges.push_back(contents(dirty));
    std::ranges::sort(ranges, {}, &Range::begin);
    std::vector<Range> merged;
    for (const Range &range : ranges) {
        if (range.begin == range.end)
            continue;
        if (!merged.empty() && range.begin < merged.back().end)
            merged.back().end = std::max(merged.back().end, range.end);
        else
            merged.push_back(range);
    }
    std::vector<bool> isNew(m_nodes.size());
    for (const Slot slot : batch.effects.inserted)
        isNew[slot] = true;
    for (const Range &range : merged) {
        std::vector<Node> before;
        before.reserve(range.end - range.begin);
        for (std::size_t at = range.begin; at < range.end; ++at)
            before.push_back(m_nodes[m_order[at]]);
        link(range);
        for (std::size_t at = range.begin; at < range.end; ++at) {
            const Slot slot = m_order[at];
            if (!isNew[slot] && before[at - range.begin] != m_nodes[slot])
                batch.effects.touched.push_back(slot);
        }
        batch.refreshed.push_back(outerOf(range));
    }
    std::erase_if(batch.refreshed, [&](Slot slot) { return slot == kNone || batch.has(slot); });
    refresh(batch.refreshed, batch.effects);
    auto &touched = batch.effects.touched;
    std::ranges::sort(touched);
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
}

/// Finds the parents of a range that lies in one item, and adds its figures up. \complexity O(range)
void SubnetForest::link(const Range &range)
{
    const Slot outer = outerOf(range);
    Slot top = outer;
    for (std::size_t at = range.begin; at < range.end; ++at) {
        const Slot slot = m_order[at];
        while (top != kNone && !accepts(top, slot))
            top = m_nodes[top].parent;
        Node &node = m_nodes[slot];
        node.parent = top;
        node.depth = top == kNone ? 0 : static_cast<std::uint8_t>(m_nodes[top].depth + 1);
        const bool isNote = top != kNone && m_nodes[top].length == node.length && isDerived(kind(slot));
        node.bits = static_cast<std::uint8_t>((node.bits & ~(kNote | kBounded)) | (isNote ? kNote : 0));
        node.size = 1;
        node.used = node.own;
        node.held = 0;
        top = slot;
    }
    for (std::size_t at = range.end; at > range.begin; --at) {
        const Slot slot = m_order[at - 1];
        addUp(slot);
        if (const Slot parent = m_nodes[slot].parent; parent != outer && parent != kNone)
            addTo(parent, slot);
    }
}

/// Ends the sums of an item that all its children were added to.
void SubnetForest::addUp(Slot slot)
{
    Node &node = m_nodes[slot];
    if ((node.bits & kReserved) != 0) {
        const double size = std::ldexp(1, widthOf(family(slot)) - node.length);
        node.held = std::max(0.0, size - node.used);
    } else if ((node.bits & kBounded) == 0) {
        // Network and broadcast; in IPv6 only the former, which every router answers to (RFC 4291 2.6.1).
        const bool isNet = kind(slot) == SubnetKind::Subnet || kind(slot) == SubnetKind::Pool;
        const int spare = widthOf(family(slot)) - node.length;
        if (isNet && spare > 1)
            node.held += family(slot) == Family::IPv4 ? 2 : 1;
    }
}

void SubnetForest::addTo(Slot parent, Slot child)
{
    Node &outer = m_nodes[parent];
    const Node &inner = m_nodes[child];
    outer.size += inner.size;
    outer.used = sumOf(outer.used, inner.used);
    if ((inner.bits & kNote) == 0)
        outer.held += inner.held;
    if (isBounding(child))
        outer.bits |= kBounded;
}

/// Adds up anew what these items and everything around them hold.
void SubnetForest::refresh(const std::vector<Slot> &slots, Effects &effects)
{
    std::vector<bool> isSeen(m_nodes.size());
    std::vector<Slot> all;
    for (const Slot start : slots) {
        for (Slot slot = start; slot != kNone && !isSeen[slot]; slot = m_nodes[slot].parent) {
            isSeen[slot] = true;
            all.push_back(slot);
        }
    }
    // What is inside first.
    std::ranges::stable_sort(all, std::greater(), [this](Slot slot) { return m_nodes[slot].depth; });
    for (const Slot slot : all) {
        Node &node = m_nodes[slot];
        const Node before = node;
        node.size = 1;
        node.used = node.own;
        node.held = 0;
        node.bits = static_cast<std::uint8_t>(node.bits & ~kBounded);
        for (std::size_t at = positionOf(slot) + 1; at < m_order.size() && m_nodes[m_order[at]].parent == slot;) {
            addTo(slot, m_order[at]);
            at += m_nodes[m_order[at]].size;
        }
        addUp(slot);
        if (node != before)
            effects.touched.push_back(slot);
    }
}

} // namespace interlock
