// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/storetablemodel.h"

#include "model/tables/rownumber.h"

#include <algorithm>
#include <iterator>

namespace interlock {

namespace {

/// More runs than this cost more one by one than all rows at once.
constexpr std::size_t kManyRuns = 1000;

std::strong_ordering compare(const Cell &a, const Cell &b)
{
    if (const auto order = a.number <=> b.number; order != 0)
        return order;
    if (const auto order = a.prefixes <=> b.prefixes; order != 0)
        return order;
    if (!a.prefixes.empty())
        return std::strong_ordering::equal;
    return QString::compare(a.text, b.text, Qt::CaseInsensitive) <=> 0;
}

std::size_t runsIn(const std::vector<std::size_t> &places)
{
    std::size_t runs = places.empty() ? 0 : 1;
    for (std::size_t i = 1; i < places.size(); ++i)
        runs += places[i] == places[i - 1] + 1 ? 0U : 1U;
    return runs;
}

} // namespace

StoreTableModel::StoreTableModel(Table table, QObject *parent)
    : QAbstractTableModel(parent), m_table(table), m_columns(columnsOf(table))
{
}

StoreTableModel::~StoreTableModel() = default;

bool StoreTableModel::isBefore(const TableRow &a, const TableRow &b) const
{
    const auto order = compare(a.cells[m_sortColumn], b.cells[m_sortColumn]);
    if (order != 0)
        return m_sortOrder == Qt::AscendingOrder ? order < 0 : order > 0;
    // Total, so that a row is found by its place. The other columns first: an id orders prefixes as text.
    for (std::size_t i = 0; i < a.cells.size(); ++i) {
        if (const auto next = compare(a.cells[i], b.cells[i]); next != 0)
            return next < 0;
    }
    return a.id < b.id;
}

std::size_t StoreTableModel::place(const TableRow &row) const
{
    const auto it = std::ranges::lower_bound(m_shown, &row,
                                             [this](const TableRow *a, const TableRow *b) { return isBefore(*a, *b); });
    return static_cast<std::size_t>(it - m_shown.begin());
}

int StoreTableModel::find(const QString &id) const
{
    const auto it = m_rows.find(id);
    if (it == m_rows.end())
        return -1;
    const std::size_t at = place(*it->second);
    return at < m_shown.size() && m_shown[at] == it->second.get() ? number(at) : -1;
}

void StoreTableModel::load(std::vector<TableRow> rows)
{
    beginResetModel();
    m_rows.clear();
    m_shown.clear();
    for (TableRow &row : rows) {
        QString id = row.id;
        m_rows.insert_or_assign(std::move(id), std::make_unique<TableRow>(std::move(row)));
    }
    for (const auto &[id, row] : m_rows) {
        if (m_filter.matches(*row))
            m_shown.push_back(row.get());
    }
    std::ranges::sort(m_shown, [this](const TableRow *a, const TableRow *b) { return isBefore(*a, *b); });
    endResetModel();
    Q_EMIT totalChanged();
}

template <typename Range>
void StoreTableModel::fromTheBack(const std::vector<std::size_t> &places, Range range)
{
    for (std::size_t end = places.size(); end > 0;) {
        std::size_t begin = end - 1;
        while (begin > 0 && places[begin - 1] + 1 == places[begin])
            --begin;
        range(places[begin], places[end - 1]);
        end = begin;
    }
}

void StoreTableModel::hideRows(std::vector<std::size_t> places)
{
    std::ranges::sort(places);
    fromTheBack(places, [this](std::size_t first, std::size_t last) {
        beginRemoveRows({}, number(first), number(last));
        m_shown.erase(m_shown.begin() + number(first), m_shown.begin() + number(last) + 1);
        endRemoveRows();
    });
}

void StoreTableModel::showRows(Shown rows)
{
    std::ranges::sort(rows, [this](const TableRow *a, const TableRow *b) { return isBefore(*a, *b); });
    // From the back, so that the places of those before stay what they are.
    for (std::size_t end = rows.size(); end > 0;) {
        const std::size_t at = place(*rows[end - 1]);
        std::size_t begin = end - 1;
        while (begin > 0 && place(*rows[begin - 1]) == at)
            --begin;
        beginInsertRows({}, number(at), number(at + (end - begin) - 1));
        m_shown.insert(m_shown.begin() + number(at), rows.begin() + number(begin), rows.begin() + number(end));
        endInsertRows();
        end = begin;
    }
}

void StoreTableModel::update(TableRow &row, TableRow now)
{
    if (row == now)
        return;
    const auto from = static_cast<std::size_t>(find(row.id));
    // Where it goes, asked while the order still holds: the old row counts as absent.
    const std::size_t found = place(now);
    const std::size_t to = found > from ? found - 1 : found;
    if (to != from) {
        beginMoveRows({}, number(from), number(from), {}, number(to > from ? to + 1 : to));
        m_shown.erase(m_shown.begin() + number(from));
        row = std::move(now);
        m_shown.insert(m_shown.begin() + number(to), &row);
        endMoveRows();
    } else {
        row = std::move(now);
    }
    Q_EMIT dataChanged(index(number(to), 0), index(number(to), columnCount() - 1), {Qt::DisplayRole, StateRole});
}

void StoreTableModel::apply(std::vector<RowDelta> deltas)
{
    const std::size_t before = m_rows.size();
    std::unordered_map<QString, std::size_t> last;
    for (std::size_t i = 0; i < deltas.size(); ++i)
        last[deltas[i].id] = i;

    std::vector<std::size_t> hidden;
    std::vector<QString> gone;
    for (const auto &[id, i] : last) {
        const auto &now = deltas[i].row;
        if (now && m_filter.matches(*now))
            continue;
        if (const int at = find(id); at >= 0)
            hidden.push_back(static_cast<std::size_t>(at));
        if (!now)
            gone.push_back(id);
    }
    hideRows(std::move(hidden));
    for (const QString &id : gone)
        m_rows.erase(id);

    Shown added;
    for (std::size_t i = 0; i < deltas.size(); ++i) {
        auto &[id, now] = deltas[i];
        if (!now || last.at(id) != i)
            continue;
        auto &row = m_rows[id];
        if (row && find(id) >= 0) {
            update(*row, *std::move(now));
            continue;
        }
        row = std::make_unique<TableRow>(*std::move(now));
        if (m_filter.matches(*row))
            added.push_back(row.get());
    }
    showRows(std::move(added));
    if (m_rows.size() != before)
        Q_EMIT totalChanged();
}

void StoreTableModel::setFilter(RowFilter filter)
{
    m_filter = std::move(filter);
    std::vector<std::size_t> hidden;
    for (std::size_t i = 0; i < m_shown.size(); ++i) {
        if (!m_filter.matches(*m_shown[i]))
            hidden.push_back(i);
    }
    if (runsIn(hidden) > kManyRuns) {
        hidden.resize(m_shown.size());
        for (std::size_t i = 0; i < hidden.size(); ++i)
            hidden[i] = i;
    }
    hideRows(std::move(hidden));
    Shown added;
    for (const auto &[id, row] : m_rows) {
        if (m_filter.matches(*row) && find(id) < 0)
            added.push_back(row.get());
    }
    if (added.size() > kManyRuns && !m_shown.empty()) {
        // Among many, each would be a run of its own.
        added.insert(added.end(), m_shown.begin(), m_shown.end());
        std::vector<std::size_t> all(m_shown.size());
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = i;
        hideRows(std::move(all));
    }
    showRows(std::move(added));
}

int StoreTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : number(m_shown.size());
}

int StoreTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : number(m_columns.size());
}

QVariant StoreTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const TableRow &row = rowAt(index.row());
    const Cell &cell = row.cells[static_cast<std::size_t>(index.column())];
    const Column &column = m_columns[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (column.isNumber ? Qt::AlignRight : Qt::AlignLeft)));
    case IdRole:
        return row.id;
    case StateRole:
        return static_cast<int>(cell.state);
    case AddressRole:
        return column.isAddress;
    default:
        return {};
    }
}

QVariant StoreTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Column &column = m_columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return column.title;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (column.isNumber ? Qt::AlignRight : Qt::AlignLeft)));
    return {};
}

void StoreTableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount())
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<const TableRow *> rows;
    for (const QModelIndex &index : before)
        rows.push_back(&rowAt(index.row()));
    m_sortColumn = static_cast<std::size_t>(column);
    m_sortOrder = order;
    std::ranges::sort(m_shown, [this](const TableRow *a, const TableRow *b) { return isBefore(*a, *b); });
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after += index(number(place(*rows[static_cast<std::size_t>(i)])), before[i].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

} // namespace interlock
