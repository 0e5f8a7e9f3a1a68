// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnettreemodel.h"

#include "model/commands/whendone.h"
#include "model/tables/rownumber.h"
#include "model/tables/subnetfilter.h"

#include <algorithm>
#include <utility>

namespace interlock {

namespace {

/// More runs than this cost more one by one than a new order of all rows.
constexpr std::size_t kManyTreeRuns = 16;
/// More changed rows than this are announced as one range.
constexpr std::size_t kManyChanges = 256;

std::uint32_t keyOf(VisibleRow row)
{
    return row.slot() << 2U | static_cast<std::uint32_t>(row.part());
}

} // namespace

SubnetTreeModel::SubnetTreeModel(QObject *parent)
    : QAbstractTableModel(parent), m_forest(std::make_shared<SubnetForest>()), m_rows(*m_forest)
{
}

SubnetTreeModel::~SubnetTreeModel()
{
    cancelFilter();
}

void SubnetTreeModel::load(SubnetForest forest)
{
    auto now = std::make_shared<SubnetForest>(std::move(forest));
    const bool wasMarking = m_rows.isMarking();
    m_rows.setMarks({}); // what is open, without what the filter opened
    std::vector<Slot> open;
    for (const Slot slot : m_forest->order()) {
        if (!m_rows.isOpen(slot))
            continue;
        if (const Slot same = now->find(m_forest->item(slot)); same != SubnetForest::kNone)
            open.push_back(same);
    }
    beginResetModel();
    VisibleRows rows(*now);
    rows.setGapsShown(m_rows.areGapsShown());
    for (const Slot slot : open)
        rows.setOpen(slot, true);
    rows.replace(rows.list());
    m_rows = std::move(rows);
    m_forest = std::move(now);
    m_waiting.clear();
    endResetModel();
    Q_EMIT totalChanged();
    if (wasMarking || m_isFiltering)
        setFilter(m_filter);
}

void SubnetTreeModel::apply(std::vector<SubnetItemChange> changes)
{
    if (m_readers == 0)
        return applyNow(changes);
    m_waiting.insert(m_waiting.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
}

void SubnetTreeModel::applyWaiting()
{
    if (m_readers == 0 && !m_waiting.empty())
        applyNow(std::exchange(m_waiting, {}));
}

void SubnetTreeModel::applyNow(const std::vector<SubnetItemChange> &changes)
{
    const std::size_t before = m_forest->size();
    const std::size_t matchesBefore = m_matches;
    for (const SubnetItemChange &change : changes) {
        const Slot slot = m_rows.isMarking() && change.before ? m_forest->find(*change.before) : SubnetForest::kNone;
        if (slot != SubnetForest::kNone && m_rows.isMatch(slot)) {
            --m_matches;
            m_rows.mark(slot, false);
        }
    }
    const SubnetForest::Effects effects = m_forest->apply(changes);
    m_rows.forget(effects.inserted);
    if (m_rows.isMarking()) {
        const SubnetFilter filter(m_filter);
        const auto judge = [&](Slot slot) {
            const bool isMatch = filter.matches(*m_forest, slot);
            if (isMatch && !m_rows.isMatch(slot))
                ++m_matches;
            else if (!isMatch && m_rows.isMatch(slot))
                --m_matches;
            m_rows.mark(slot, isMatch);
        };
        std::ranges::for_each(effects.inserted, judge);
        std::ranges::for_each(effects.touched, judge);
    }
    show(m_rows.list());
    m_rows.forget(effects.removed);
    m_forest->release(effects.removed);
    announce(effects.touched);
    if (m_forest->size() != before)
        Q_EMIT totalChanged();
    if (m_matches != matchesBefore)
        Q_EMIT filterDone();
}

/// Makes `now` of what is shown, and says how.
void SubnetTreeModel::show(std::vector<VisibleRow> now)
{
    const auto difference = m_rows.differenceTo(now);
    if (difference.isInOrder && difference.removed.size() + difference.inserted.size() <= kManyTreeRuns)
        showByRuns(difference, now);
    else
        showByOrder(difference, std::move(now));
}

void SubnetTreeModel::showByRuns(const VisibleRows::Difference &difference, const std::vector<VisibleRow> &now)
{
    std::vector<VisibleRow> behind;
    for (std::size_t i = difference.removed.size(); i > 0; --i) {
        const auto run = difference.removed[i - 1];
        if (run.last + 1 < m_rows.size())
            behind.push_back(m_rows.at(run.last + 1));
        beginRemoveRows({}, number(run.first), number(run.last));
        m_rows.erase(run);
        endRemoveRows();
    }
    for (const auto &run : difference.inserted) {
        beginInsertRows({}, number(run.first), number(run.last));
        m_rows.insert(run.first, now.data() + run.first, now.data() + run.last + 1);
        endInsertRows();
    }
    // The free space behind what came or went is larger or smaller now.
    const auto announceRow = [this](std::size_t row) {
        if (row < m_rows.size())
            Q_EMIT dataChanged(index(number(row), 0), index(number(row), kColumnCount - 1));
    };
    for (const auto &run : difference.inserted)
        announceRow(run.last + 1);
    for (const VisibleRow row : behind)
        announceRow(m_rows.find(row).value_or(m_rows.size()));
}

/// Everything at once: new rows come behind all others, all are put in order, and what is gone is cut off at the end.
void SubnetTreeModel::showByOrder(const VisibleRows::Difference &difference, std::vector<VisibleRow> now)
{
    std::vector<VisibleRow> come;
    for (const auto &run : difference.inserted)
        come.insert(come.end(), now.begin() + number(run.first), now.begin() + number(run.last) + 1);
    std::vector<VisibleRow> gone;
    for (const auto &run : difference.removed) {
        for (std::size_t row = run.first; row <= run.last; ++row)
            gone.push_back(m_rows.at(row));
    }
    if (!come.empty()) {
        const std::size_t first = m_rows.size();
        beginInsertRows({}, number(first), number(first + come.size() - 1));
        m_rows.insert(first, come.data(), come.data() + come.size());
        endInsertRows();
    }
    const std::size_t left = now.size();
    now.insert(now.end(), gone.begin(), gone.end());
    reorder(std::move(now));
    if (!gone.empty()) {
        beginRemoveRows({}, number(left), number(left + gone.size() - 1));
        m_rows.erase({left, left + gone.size() - 1});
        endRemoveRows();
    }
    if (m_rows.size() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
}

void SubnetTreeModel::reorder(std::vector<VisibleRow> now)
{
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<bool> isKept(m_forest->slotCount());
    std::vector<std::uint32_t> keys;
    for (const QModelIndex &each : before) {
        keys.push_back(keyOf(at(each.row())));
        isKept[at(each.row()).slot()] = true;
    }
    m_rows.replace(std::move(now));
    QHash<std::uint32_t, int> places;
    for (std::size_t row = 0; row < m_rows.size() && !before.isEmpty(); ++row) {
        if (isKept[m_rows.at(row).slot()])
            places.insert(keyOf(m_rows.at(row)), number(row));
    }
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after += index(places.value(keys[static_cast<std::size_t>(i)], -1), before[i].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void SubnetTreeModel::announce(const std::vector<Slot> &touched)
{
    std::vector<std::size_t> rows;
    for (const Slot slot : touched) {
        if (const auto row = m_rows.find({slot, VisibleRow::Part::Item}))
            rows.push_back(*row);
    }
    std::ranges::sort(rows);
    const auto announceRange = [this](std::size_t first, std::size_t last) {
        Q_EMIT dataChanged(index(number(first), 0), index(number(last), kColumnCount - 1));
    };
    if (rows.size() > kManyChanges)
        return announceRange(rows.front(), rows.back());
    for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
        end = begin + 1;
        while (end < rows.size() && rows[end] == rows[end - 1] + 1)
            ++end;
        announceRange(rows[begin], rows[end - 1]);
    }
}

void SubnetTreeModel::expand(int row)
{
    setOpen(row, true);
}

void SubnetTreeModel::collapse(int row)
{
    setOpen(row, false);
}

void SubnetTreeModel::setOpen(int row, bool isOpen)
{
    const VisibleRow opened = at(row);
    if (!opened.isItem() || !m_rows.isExpandable(opened.slot()) || m_rows.isOpen(opened.slot()) == isOpen)
        return;
    const auto below = static_cast<std::size_t>(row) + 1;
    if (isOpen) {
        m_rows.setOpen(opened.slot(), true);
        const auto inside = m_rows.listInside(opened.slot());
        beginInsertRows({}, number(below), number(below + inside.size() - 1));
        m_rows.insert(below, inside.data(), inside.data() + inside.size());
        endInsertRows();
    } else {
        const std::size_t end = m_rows.endOfInside(static_cast<std::size_t>(row));
        beginRemoveRows({}, number(below), number(end - 1));
        m_rows.setOpen(opened.slot(), false);
        m_rows.erase({below, end - 1});
        endRemoveRows();
    }
    Q_EMIT dataChanged(index(row, 0), index(row, 0), {ExpandedRole});
}

int SubnetTreeModel::expandAll(int row)
{
    const VisibleRow opened = at(row);
    const int before = rowCount();
    if (!opened.isItem())
        return 0;
    const std::size_t first = m_forest->positionOf(opened.slot());
    for (std::size_t position = first; position < first + m_forest->subtreeSize(opened.slot()); ++position)
        m_rows.setOpen(m_forest->order()[position], true);
    show(m_rows.list());
    Q_EMIT dataChanged(index(row, 0), index(row + rowCount() - before, 0), {ExpandedRole});
    return rowCount() - before;
}

void SubnetTreeModel::collapseAll()
{
    m_rows.closeAll();
    show(m_rows.list());
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0), {ExpandedRole});
}

int SubnetTreeModel::countInside(int row) const
{
    return at(row).isItem() ? static_cast<int>(m_forest->subtreeSize(at(row).slot())) - 1 : 0;
}

int SubnetTreeModel::reveal(const SubnetItem &identity)
{
    const Slot wanted = m_forest->find(identity);
    if (wanted == SubnetForest::kNone)
        return -1;
    std::vector<Slot> way;
    for (Slot slot = m_forest->parent(wanted); slot != SubnetForest::kNone; slot = m_forest->parent(slot))
        way.push_back(slot);
    for (auto it = way.rbegin(); it != way.rend(); ++it) {
        if (const auto row = m_rows.find({*it, VisibleRow::Part::Item}))
            expand(number(*row));
    }
    return find(identity);
}

void SubnetTreeModel::setGapsShown(bool areShown)
{
    if (areShown == m_rows.areGapsShown())
        return;
    m_rows.setGapsShown(areShown);
    show(m_rows.list());
}

void SubnetTreeModel::cancelFilter()
{
    if (m_isCancelled)
        m_isCancelled->store(true);
    m_isFiltering = false;
}

void SubnetTreeModel::setFilter(RowFilter filter)
{
    cancelFilter();
    m_filter = std::move(filter);
    if (m_filter.isEmpty()) {
        return showFiltered(0, {});
    }
    m_isFiltering = true;
    m_isCancelled = std::make_shared<std::atomic_bool>(false);
    ++m_readers;
    auto found = QtFuture::makeReadyFuture(SubnetFilter(m_filter))
                     .then(QtFuture::Launch::Async,
                           [forest = std::shared_ptr<const SubnetForest>(m_forest), isCancelled = m_isCancelled](
                               const SubnetFilter &search) { return search.marks(*forest, *isCancelled); });
    whenDone(found, this, [this, mine = m_isCancelled](SubnetFilter::Result result) {
        --m_readers;
        if (m_isFiltering && mine == m_isCancelled) {
            m_isFiltering = false;
            showFiltered(result.matches, std::move(result.marks));
        }
        applyWaiting();
    });
}

void SubnetTreeModel::showFiltered(std::size_t matches, std::optional<std::vector<std::uint8_t>> marks)
{
    m_matches = matches;
    m_rows.setMarks(std::move(marks));
    show(m_rows.list());
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1),
                           {ExpandableRole, ExpandedRole, MatchRole});
    Q_EMIT filterDone();
}

int SubnetTreeModel::matchCount() const
{
    return m_rows.isMarking() ? static_cast<int>(m_matches) : totalCount();
}

int SubnetTreeModel::find(const SubnetItem &identity) const
{
    const Slot slot = m_forest->find(identity);
    if (slot == SubnetForest::kNone)
        return -1;
    const auto row = m_rows.find({slot, VisibleRow::Part::Item});
    return row ? number(*row) : -1;
}

int SubnetTreeModel::parentRow(int row) const
{
    const VisibleRow child = at(row);
    const Slot parent = child.part() == VisibleRow::Part::Tail ? child.slot() : m_forest->parent(child.slot());
    if (parent == SubnetForest::kNone)
        return -1;
    const auto found = m_rows.find({parent, VisibleRow::Part::Item});
    return found ? number(*found) : -1;
}

} // namespace interlock
