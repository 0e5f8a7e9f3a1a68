// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/visiblerows.h"

#include <algorithm>

namespace interlock {

namespace {

using Part = VisibleRow::Part;

/// An opened item whose contents are being listed.
struct Frame
{
    SubnetForest::Slot slot;
    std::size_t end;          ///< position behind its contents
    uint128 next;             ///< first address that nothing has yet; 0 behind the last address of all
    uint128 last;             ///< of the item
    bool hasBounding = false; ///< without one there is no gap: all is free
};

/// Takes what ends at `last`; beside an equal one it may have been taken already.
void pass(Frame &frame, uint128 last)
{
    if (!frame.hasBounding || last >= frame.next)
        frame.next = last + 1;
    frame.hasBounding = true;
}

/// The runs of neighbours in [begin, end) for which `isIt(place)` holds.
template <typename IsIt>
std::vector<VisibleRows::Run> runsOf(std::size_t begin, std::size_t end, IsIt isIt)
{
    std::vector<VisibleRows::Run> runs;
    for (std::size_t at = begin; at < end; ++at) {
        if (!isIt(at))
            continue;
        if (!runs.empty() && runs.back().last + 1 == at)
            runs.back().last = at;
        else
            runs.push_back({at, at});
    }
    return runs;
}

} // namespace

Prefix SubnetGap::firstPrefix() const
{
    int length = first.width();
    while (length > 0) {
        const Prefix wider(first, length - 1);
        if (wider.first() != first || wider.last() > last)
            break;
        --length;
    }
    return {first, length};
}

VisibleRows::VisibleRows(const SubnetForest &forest) : m_forest(&forest)
{
    grow();
    m_rows = list();
}

void VisibleRows::grow()
{
    m_states.resize(m_forest->slotCount());
}

bool VisibleRows::isBefore(VisibleRow a, VisibleRow b) const
{
    if (a.slot() == b.slot())
        return a.part() < b.part();
    if (a.part() == Part::Tail && m_forest->isInside(b.slot(), a.slot()))
        return false;
    if (b.part() == Part::Tail && m_forest->isInside(a.slot(), b.slot()))
        return true;
    return m_forest->isBefore(a.slot(), b.slot());
}

std::optional<std::size_t> VisibleRows::find(VisibleRow row) const
{
    const auto it = std::ranges::partition_point(m_rows, [&](VisibleRow each) { return isBefore(each, row); });
    if (it == m_rows.end() || *it != row)
        return std::nullopt;
    return static_cast<std::size_t>(it - m_rows.begin());
}

int VisibleRows::depth(VisibleRow row) const
{
    return m_forest->depth(row.slot()) + (row.part() == Part::Tail ? 1 : 0);
}

SubnetGap VisibleRows::gap(VisibleRow row) const
{
    const bool isTail = row.part() == Part::Tail;
    const Slot parent = isTail ? row.slot() : m_forest->parent(row.slot());
    if (parent == SubnetForest::kNone) // it lost its parent, and is about to go
        return {m_forest->prefix(row.slot()).first(), m_forest->prefix(row.slot()).first()};
    const Prefix outer = m_forest->prefix(parent);
    const Family family = outer.family();
    Address first = outer.first();
    const Address last = isTail ? outer.last() : Address(family, m_forest->first(row.slot()) - 1);
    std::size_t at = m_forest->positionOf(row.slot()) + (isTail ? m_forest->subtreeSize(parent) : 0);
    for (at = std::min(at, m_forest->size()); at > 0 && m_forest->order()[at - 1] != parent; --at) {
        Slot sibling = m_forest->order()[at - 1];
        while (sibling != SubnetForest::kNone && m_forest->parent(sibling) != parent)
            sibling = m_forest->parent(sibling);
        // Addresses and notes hold nothing: the one before is the next place.
        if (sibling != SubnetForest::kNone && m_forest->isBounding(sibling)) {
            first = m_forest->last(sibling) < last.value() ? Address(family, m_forest->last(sibling) + 1) : last;
            break;
        }
    }
    return {first, std::max(first, last)};
}

bool VisibleRows::isExpandable(Slot slot) const
{
    return m_isMarking ? (m_states[slot] & kAbove) != 0 : m_forest->subtreeSize(slot) > 1;
}

bool VisibleRows::isOpen(Slot slot) const
{
    return m_isMarking ? (m_states[slot] & (kAbove | kFolded)) == kAbove
                       : (m_states[slot] & kOpen) != 0 && m_forest->subtreeSize(slot) > 1;
}

void VisibleRows::setOpen(Slot slot, bool isOpen)
{
    const auto bit = m_isMarking ? kFolded : kOpen;
    const bool isSet = isOpen != m_isMarking;
    m_states[slot] = static_cast<std::uint8_t>(isSet ? m_states[slot] | bit : m_states[slot] & ~bit);
}

void VisibleRows::closeAll()
{
    for (std::uint8_t &state : m_states)
        state = static_cast<std::uint8_t>(m_isMarking ? state | kFolded : state & ~kOpen);
}

void VisibleRows::forget(const std::vector<Slot> &slots)
{
    grow();
    for (const Slot slot : slots)
        m_states[slot] = 0;
}

void VisibleRows::setMarks(std::optional<std::vector<std::uint8_t>> marks)
{
    m_isMarking = marks.has_value();
    for (std::size_t slot = 0; slot < m_states.size(); ++slot) {
        const int mark = marks && slot < marks->size() ? (*marks)[slot] : 0;
        m_states[slot] = static_cast<std::uint8_t>((m_states[slot] & kOpen) | mark);
    }
}

void VisibleRows::mark(Slot slot, bool isMatch)
{
    m_states[slot] = static_cast<std::uint8_t>(isMatch ? m_states[slot] | kMatch : m_states[slot] & ~kMatch);
    // What has nothing marked inside any more stays until the next filter: rows do not vanish under the hand.
    for (Slot outer = m_forest->parent(slot); isMatch && outer != SubnetForest::kNone; outer = m_forest->parent(outer))
        m_states[outer] |= kAbove;
}

std::vector<VisibleRow> VisibleRows::list() const
{
    return list(0, m_forest->size(), SubnetForest::kNone);
}

std::vector<VisibleRow> VisibleRows::listInside(Slot slot) const
{
    const std::size_t at = m_forest->positionOf(slot);
    return list(at + 1, at + m_forest->subtreeSize(slot), slot);
}

std::vector<VisibleRow> VisibleRows::list(std::size_t begin, std::size_t end, Slot parent) const
{
    const SubnetForest &forest = *m_forest;
    const bool hasGaps = m_areGapsShown && !m_isMarking;
    std::vector<VisibleRow> rows;
    std::vector<Frame> open;
    const auto enter = [&](Slot slot, std::size_t behind) {
        open.push_back({slot, behind, forest.first(slot), forest.last(slot)});
    };
    if (parent != SubnetForest::kNone)
        enter(parent, end);
    std::size_t nextEnd = open.empty() ? end : open.back().end; // of the innermost that is open
    for (std::size_t at = begin;;) {
        while (at == nextEnd && !open.empty()) {
            const Frame &frame = open.back();
            if (hasGaps && frame.hasBounding && frame.next != 0 && frame.next <= frame.last)
                rows.emplace_back(frame.slot, Part::Tail);
            open.pop_back();
            nextEnd = open.empty() ? end : open.back().end;
        }
        if (at == end)
            return rows;
        const Slot slot = forest.order()[at];
        const std::size_t behind = at + forest.subtreeSize(slot);
        if (m_isMarking && (m_states[slot] & (kMatch | kAbove)) == 0) {
            at = behind;
            continue;
        }
        if (hasGaps && !open.empty() && forest.isBounding(slot)) {
            Frame &frame = open.back();
            if (forest.first(slot) > frame.next && (frame.next != 0 || !frame.hasBounding))
                rows.emplace_back(slot, Part::Gap);
            pass(frame, forest.last(slot));
        }
        rows.emplace_back(slot, Part::Item);
        if (isOpen(slot)) {
            enter(slot, behind);
            nextEnd = behind;
            ++at;
        } else {
            at = behind;
        }
    }
}

std::size_t VisibleRows::endOfInside(std::size_t row) const
{
    const Slot slot = m_rows[row].slot();
    const auto begin = m_rows.begin() + static_cast<std::ptrdiff_t>(row) + 1;
    const auto it = std::partition_point(begin, m_rows.end(), [&](VisibleRow each) {
        return (each.slot() == slot && each.part() == Part::Tail) || m_forest->isInside(each.slot(), slot);
    });
    return static_cast<std::size_t>(it - m_rows.begin());
}

VisibleRows::Difference VisibleRows::differenceTo(const std::vector<VisibleRow> &now) const
{
    // Mostly the two are the same up to a place and again from a place on.
    const auto begins = std::ranges::mismatch(m_rows, now);
    const auto same = static_cast<std::size_t>(begins.in1 - m_rows.begin());
    std::size_t oldEnd = m_rows.size();
    std::size_t newEnd = now.size();
    while (oldEnd > same && newEnd > same && m_rows[oldEnd - 1] == now[newEnd - 1]) {
        --oldEnd;
        --newEnd;
    }
    Difference difference;
    if (same == oldEnd && same == newEnd)
        return difference;
    std::vector<std::uint8_t> seen(m_forest->slotCount());
    const auto bit = [](VisibleRow row, int shift) { return 1 << (static_cast<int>(row.part()) + shift); };
    constexpr int kOld = 0;
    constexpr int kNew = 3;
    for (std::size_t at = same; at < oldEnd; ++at)
        seen[m_rows[at].slot()] |= static_cast<std::uint8_t>(bit(m_rows[at], kOld));
    for (std::size_t at = same; at < newEnd; ++at)
        seen[now[at].slot()] |= static_cast<std::uint8_t>(bit(now[at], kNew));
    const auto isGone = [&](std::size_t at) { return (seen[m_rows[at].slot()] & bit(m_rows[at], kNew)) == 0; };
    const auto hasCome = [&](std::size_t at) { return (seen[now[at].slot()] & bit(now[at], kOld)) == 0; };
    difference.removed = runsOf(same, oldEnd, isGone);
    difference.inserted = runsOf(same, newEnd, hasCome);
    std::size_t kept = same;
    for (std::size_t at = same; at < newEnd; ++at) {
        if (hasCome(at))
            continue;
        while (isGone(kept))
            ++kept;
        difference.isInOrder = difference.isInOrder && m_rows[kept] == now[at];
        ++kept;
    }
    return difference;
}

void VisibleRows::insert(std::size_t at, const VisibleRow *begin, const VisibleRow *end)
{
    m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(at), begin, end);
}

void VisibleRows::erase(Run run)
{
    m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(run.first),
                 m_rows.begin() + static_cast<std::ptrdiff_t>(run.last) + 1);
}

} // namespace interlock
