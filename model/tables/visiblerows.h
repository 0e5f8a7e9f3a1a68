// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/subnetforest.h"

#include <optional>
#include <vector>

namespace interlock {

/// A row that a view of the tree shows: an item, or a run of free space.
class VisibleRow
{
public:
    using Slot = SubnetForest::Slot;
    enum class Part : std::uint8_t {
        Gap,  ///< the free space before an item, behind what comes before it in the same parent
        Item, ///< the item itself
        Tail, ///< the free space behind the last item in the slot's item
    };

    constexpr VisibleRow() = default;
    constexpr VisibleRow(Slot slot, Part part) : m_packed(slot << 2U | static_cast<std::uint32_t>(part)) {}

    [[nodiscard]] constexpr Slot slot() const { return m_packed >> 2U; }
    [[nodiscard]] constexpr Part part() const { return static_cast<Part>(m_packed & 3U); }
    [[nodiscard]] constexpr bool isItem() const { return part() == Part::Item; }
    friend constexpr bool operator==(const VisibleRow &, const VisibleRow &) = default;

private:
    std::uint32_t m_packed = 0;
};

/// A run of free addresses between items of one parent.
struct SubnetGap
{
    Address first;
    Address last;

    [[nodiscard]] double size() const { return static_cast<double>(last.value() - first.value()) + 1; }
    /// The largest prefix that begins where the run begins.
    [[nodiscard]] Prefix firstPrefix() const;
    friend bool operator==(const SubnetGap &, const SubnetGap &) = default;
};

/// Which rows of a forest are shown: a flat list that opening and closing splices. What is open is kept for closed
/// branches too, so that a branch opens as it was left.
class VisibleRows
{
public:
    using Slot = SubnetForest::Slot;
    enum Mark : std::uint8_t { Match = 1, AboveMatch = 2 };
    /// Places [first, last].
    struct Run
    {
        std::size_t first = 0;
        std::size_t last = 0;
    };
    /// How one list becomes another one.
    struct Difference
    {
        std::vector<Run> removed;  ///< places in the old list
        std::vector<Run> inserted; ///< places in the new list
        bool isInOrder = true;     ///< rows of both lists are in the same order in both
    };

    VisibleRows() = default;
    /// Shows the roots of `forest`, which must outlive this.
    explicit VisibleRows(const SubnetForest &forest);

    [[nodiscard]] std::size_t size() const { return m_rows.size(); }
    [[nodiscard]] VisibleRow at(std::size_t row) const { return m_rows[row]; }
    /// Where `row` is shown. \complexity O(log n)
    [[nodiscard]] std::optional<std::size_t> find(VisibleRow row) const;
    /// Depth for drawing, 0 for roots.
    [[nodiscard]] int depth(VisibleRow row) const;
    /// The free space that a gap stands for. \complexity O(log n), and a step for each address before it
    [[nodiscard]] SubnetGap gap(VisibleRow row) const;

    [[nodiscard]] bool isExpandable(Slot slot) const;
    [[nodiscard]] bool isOpen(Slot slot) const;
    /// Remembers, shows nothing. While marks are shown this is forgotten with them.
    void setOpen(Slot slot, bool isOpen);
    void closeAll();
    /// Slots that apply() of the forest removed, or made: they begin closed and without mark.
    void forget(const std::vector<Slot> &slots);

    /// Shows only what is marked, everything open; or all again. An item's mark is at its slot; takes nothing into the
    /// list until list() is taken over. \param marks  none: all
    void setMarks(std::optional<std::vector<std::uint8_t>> marks);
    [[nodiscard]] bool isMarking() const { return m_isMarking; }
    [[nodiscard]] bool isMatch(Slot slot) const { return m_isMarking && (m_states[slot] & kMatch) != 0; }
    /// Marks one item, and what it is in. The change is not in the list yet.
    void mark(Slot slot, bool isMatch);
    void setGapsShown(bool areShown) { m_areGapsShown = areShown; }
    [[nodiscard]] bool areGapsShown() const { return m_areGapsShown; }

    /// What should be shown now. \complexity O(shown)
    [[nodiscard]] std::vector<VisibleRow> list() const;
    /// What opening `slot` shows below it. \complexity O(answer)
    [[nodiscard]] std::vector<VisibleRow> listInside(Slot slot) const;
    /// One behind the last row that is shown inside the item at `row`. \complexity O(log n)
    [[nodiscard]] std::size_t endOfInside(std::size_t row) const;
    /// \complexity O(both)
    [[nodiscard]] Difference differenceTo(const std::vector<VisibleRow> &now) const;

    void insert(std::size_t at, const VisibleRow *begin, const VisibleRow *end);
    void erase(Run run);
    void replace(std::vector<VisibleRow> rows) { m_rows = std::move(rows); }
    /// Bytes held, capacities included.
    [[nodiscard]] std::size_t bytes() const { return m_rows.capacity() * sizeof(VisibleRow) + m_states.capacity(); }

private:
    enum State : std::uint8_t { kMatch = Match, kAbove = AboveMatch, kOpen = 4, kFolded = 8 };

    [[nodiscard]] bool isBefore(VisibleRow a, VisibleRow b) const;
    [[nodiscard]] std::vector<VisibleRow> list(std::size_t begin, std::size_t end, Slot parent) const;
    void grow();

    const SubnetForest *m_forest = nullptr;
    std::vector<VisibleRow> m_rows;
    std::vector<std::uint8_t> m_states; ///< by slot
    bool m_isMarking = false;
    bool m_areGapsShown = true;
};

} // namespace interlock
