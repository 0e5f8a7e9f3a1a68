// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/rowfilter.h"
#include "model/tables/visiblerows.h"

#include <QAbstractTableModel>
#include <QFuture>

#include <atomic>
#include <memory>

namespace interlock {

/// The rows of the subnet tree that are shown, flat, each with its depth: made for a million. Opening and closing
/// inserts and removes rows; edits arrive as insertions, removals, a new order and changed rows, so that selection,
/// scroll position and what is open stay. It is reset by load() alone. Lives on one thread; filters on the pool.
class SubnetTreeModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum class Column { Prefix, Name, Role, Used, Addresses, Free, Tenant, Tags };
    static constexpr int kColumnCount = 8;
    enum class RowKind {
        Subnet,
        Gap,     ///< free space between the items of one parent
        Derived, ///< a pool, a LAN, a stand-in: read-only
        Address,
    };
    enum Role {
        IdRole = Qt::UserRole, ///< QString, what a widget keeps; unique, stable over edits
        DepthRole,             ///< int, 0 for roots
        ExpandableRole,        ///< bool
        ExpandedRole,          ///< bool
        KindRole,              ///< int of RowKind
        ShareRole,             ///< double 0..1: how much is in use; invalid for gaps and addresses
        ReservedRole,          ///< bool: held back
        MatchRole,             ///< bool: false for what a filter only shows because a match is in it
        SortRole,              ///< the cell as a number, where it is one
    };

    explicit SubnetTreeModel(QObject *parent = nullptr);
    ~SubnetTreeModel() override;

    /// Replaces everything: roots are shown, and what was open and is still there is open.
    /// \complexity O(open before, new shown); build the forest elsewhere
    void load(SubnetForest forest);
    /// Carries out edits; while a filter is being worked out they wait for it. \complexity as SubnetForest::apply(),
    /// and O(shown)
    void apply(std::vector<SubnetItemChange> changes);

    [[nodiscard]] bool isExpanded(int row) const;
    /// Shows what is in the row, as it was last open. \complexity O(what is shown), a shift of the rows below
    void expand(int row);
    void collapse(int row);
    /// Opens everything inside, too. \returns the rows that are shown more
    int expandAll(int row);
    void collapseAll();
    /// How many rows expandAll() would show at most.
    [[nodiscard]] int countInside(int row) const;
    /// Opens what leads to the item with this identity. \returns its row, or -1 when there is none or a filter hides it
    int reveal(const SubnetItem &identity);

    /// Free space as rows. On in the beginning.
    void setGapsShown(bool areShown);
    [[nodiscard]] bool areGapsShown() const { return m_rows.areGapsShown(); }

    /// Begins to look for what matches; filterDone() follows, unless another filter comes first. An empty filter shows
    /// everything at once.
    void setFilter(RowFilter filter);
    [[nodiscard]] bool isFiltering() const { return m_isFiltering; }
    /// Items that match, or all without a filter.
    [[nodiscard]] int matchCount() const;
    [[nodiscard]] int totalCount() const { return static_cast<int>(m_forest->size()); }

    [[nodiscard]] RowKind kindAt(int row) const;
    /// The item in that row; for a gap the one that it lies in.
    [[nodiscard]] SubnetItem itemAt(int row) const;
    [[nodiscard]] SubnetUse useAt(int row) const;
    /// None for what is no gap.
    [[nodiscard]] std::optional<SubnetGap> gapAt(int row) const;
    /// The row of the item that this row lies in, or -1 for a root. \complexity O(log n)
    [[nodiscard]] int parentRow(int row) const;
    /// Where the item is shown, or -1. \complexity O(log n)
    [[nodiscard]] int find(const SubnetItem &identity) const;
    [[nodiscard]] const SubnetForest &forest() const { return *m_forest; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /// Bytes held by rows, items and their texts.
    [[nodiscard]] std::size_t bytes() const { return m_forest->bytes() + m_rows.bytes(); }

Q_SIGNALS:
    /// The filter that was set last is shown; also when edits changed matchCount().
    void filterDone();
    /// totalCount() is another number.
    void totalChanged();

private:
    using Slot = SubnetForest::Slot;

    [[nodiscard]] VisibleRow at(int row) const { return m_rows.at(static_cast<std::size_t>(row)); }
    [[nodiscard]] QVariant text(VisibleRow row, Column column) const;
    [[nodiscard]] QString gapText(VisibleRow row, Column column) const;
    [[nodiscard]] QVariant figure(VisibleRow row, Column column) const;
    [[nodiscard]] QString idOf(VisibleRow row) const;
    void setOpen(int row, bool isOpen);
    void applyNow(const std::vector<SubnetItemChange> &changes);
    void show(std::vector<VisibleRow> now);
    void showByRuns(const VisibleRows::Difference &difference, const std::vector<VisibleRow> &now);
    void showByOrder(const VisibleRows::Difference &difference, std::vector<VisibleRow> now);
    void announce(const std::vector<Slot> &touched);
    void reorder(std::vector<VisibleRow> now);
    void cancelFilter();
    /// \param marks  none: everything is shown
    void showFiltered(std::size_t matches, std::optional<std::vector<std::uint8_t>> marks);
    void applyWaiting();

    std::shared_ptr<SubnetForest> m_forest; ///< not written while the pool reads it
    VisibleRows m_rows;
    RowFilter m_filter;
    std::size_t m_matches = 0;
    bool m_isFiltering = false;
    int m_readers = 0; ///< filters on the pool, cancelled ones too
    std::shared_ptr<std::atomic_bool> m_isCancelled;
    std::vector<SubnetItemChange> m_waiting;
};

} // namespace interlock
