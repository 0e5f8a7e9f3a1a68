// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/rowfilter.h"

#include <QAbstractTableModel>

#include <memory>
#include <unordered_map>

namespace interlock {

/// The rows of one table, filtered and ordered by itself. Edits arrive as insertions, removals, moves and changed rows,
/// so that selection and scroll position of a view stay; it is reset by load() alone.
class StoreTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role {
        IdRole = Qt::UserRole, ///< QString, what a widget keeps
        StateRole,             ///< int of CellState
        AddressRole,           ///< bool: holds addresses, times or numbers
    };

    explicit StoreTableModel(Table table, QObject *parent = nullptr);
    ~StoreTableModel() override;

    [[nodiscard]] Table table() const { return m_table; }
    [[nodiscard]] const std::vector<Column> &columns() const { return m_columns; }

    /// Replaces everything. \complexity O(n log n)
    void load(std::vector<TableRow> rows);
    /// Carries out edits, the last one for an id counts; neighbours are announced together.
    /// \complexity O(d log n) comparisons, and a shift of the rows for each run of neighbours
    void apply(std::vector<RowDelta> deltas);
    /// \complexity O(n)
    void setFilter(RowFilter filter);

    /// Rows with and without those that the filter hides.
    [[nodiscard]] int totalCount() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

    /// The row that is shown there.
    [[nodiscard]] const TableRow &rowAt(int row) const { return *m_shown[static_cast<std::size_t>(row)]; }
    /// Where `id` is shown, or -1. \complexity O(log n)
    [[nodiscard]] int find(const QString &id) const;

Q_SIGNALS:
    /// totalCount() is another number.
    void totalChanged();

private:
    using Shown = std::vector<TableRow *>;

    [[nodiscard]] bool isBefore(const TableRow &a, const TableRow &b) const;
    [[nodiscard]] std::size_t place(const TableRow &row) const; ///< where it is or would be
    void hideRows(std::vector<std::size_t> places);
    void showRows(Shown rows);
    void update(TableRow &row, TableRow now);
    /// Calls `range(first, last)` for each run of neighbours in ascending `places`, the last one first.
    template <typename Range>
    static void fromTheBack(const std::vector<std::size_t> &places, Range range);

    const Table m_table;
    const std::vector<Column> m_columns;
    std::unordered_map<QString, std::unique_ptr<TableRow>> m_rows;
    Shown m_shown; ///< ordered by isBefore()
    RowFilter m_filter;
    std::size_t m_sortColumn = 0;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

} // namespace interlock
