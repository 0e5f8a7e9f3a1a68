// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/rownumber.h"
#include "model/tables/rowsteps.h"

#include <QAbstractTableModel>
#include <QString>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace interlock {

/// A table of lines that are given as a whole, in their order. What is other than before arrives as removals, moves,
/// insertions and changed rows, never as a reset, so that selection and scroll position of a view stay.
///
/// \tparam Line  copyable and comparable, with `QString key() const` that no two lines of one list share
template <typename Line>
class LineTableModel : public QAbstractTableModel
{
public:
    /// More steps than this cost a view more one by one than a new order of all rows.
    static constexpr std::size_t kManySteps = 100;

    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] const std::vector<Line> &lines() const { return m_lines; }
    [[nodiscard]] const Line &lineAt(int row) const { return m_lines[static_cast<std::size_t>(row)]; }
    /// The row of the line with this key, or -1. \complexity O(n)
    [[nodiscard]] int find(const QString &key) const
    {
        const auto it = std::ranges::find_if(m_lines, [&key](const Line &line) { return line.key() == key; });
        return it == m_lines.end() ? -1 : static_cast<int>(it - m_lines.begin());
    }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : number(m_lines.size());
    }

protected:
    /// Shows `now` instead. \param roles  what a changed line may change
    /// \complexity O(n log n), and a shift of the rows below for each of at most kManySteps steps
    void show(std::vector<Line> now, const QList<int> &roles)
    {
        const auto from = placesBefore(now);
        const RowSteps steps = rowSteps(from, m_lines.size());
        if (steps.count() > kManySteps)
            stepByOrder(now, from);
        else
            stepByRuns(now, steps);
        replaceChanged(std::move(now), roles);
    }

private:
    using Places = std::vector<std::size_t>;

    class Removing
    {
    public:
        Removing(LineTableModel &model, RowRun run) : m_model(model)
        {
            m_model.beginRemoveRows({}, number(run.first), number(run.last));
        }
        ~Removing() { m_model.endRemoveRows(); }
        Q_DISABLE_COPY_MOVE(Removing)

    private:
        LineTableModel &m_model;
    };
    class Inserting
    {
    public:
        Inserting(LineTableModel &model, RowRun run) : m_model(model)
        {
            m_model.beginInsertRows({}, number(run.first), number(run.last));
        }
        ~Inserting() { m_model.endInsertRows(); }
        Q_DISABLE_COPY_MOVE(Inserting)

    private:
        LineTableModel &m_model;
    };
    class Moving
    {
    public:
        /// \param before  the row, as they stand before the move, that it goes in front of; not itself nor the next
        Moving(LineTableModel &model, std::size_t row, std::size_t before) : m_model(model)
        {
            m_model.beginMoveRows({}, number(row), number(row), {}, number(before));
        }
        ~Moving() { m_model.endMoveRows(); }
        Q_DISABLE_COPY_MOVE(Moving)

    private:
        LineTableModel &m_model;
    };
    class Reordering
    {
    public:
        explicit Reordering(LineTableModel &model) : m_model(model)
        {
            Q_EMIT m_model.layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
        }
        ~Reordering() { Q_EMIT m_model.layoutChanged({}, QAbstractItemModel::VerticalSortHint); }
        Q_DISABLE_COPY_MOVE(Reordering)

    private:
        LineTableModel &m_model;
    };

    [[nodiscard]] std::vector<std::optional<std::size_t>> placesBefore(const std::vector<Line> &now) const
    {
        std::unordered_map<QString, std::size_t> places;
        places.reserve(m_lines.size());
        for (std::size_t at = 0; at < m_lines.size(); ++at)
            places.emplace(m_lines[at].key(), at);
        std::vector<std::optional<std::size_t>> from(now.size());
        for (std::size_t at = 0; at < now.size(); ++at) {
            if (const auto it = places.find(now[at].key()); it != places.end())
                from[at] = it->second;
        }
        return from;
    }

    void remove(RowRun run)
    {
        const Removing removing(*this, run);
        m_lines.erase(m_lines.begin() + number(run.first), m_lines.begin() + number(run.last) + 1);
    }

    void insert(RowRun run, const Line *lines)
    {
        const Inserting inserting(*this, run);
        m_lines.insert(m_lines.begin() + number(run.first), lines, lines + (run.last - run.first + 1));
    }

    void stepByRuns(const std::vector<Line> &now, const RowSteps &steps)
    {
        // From the back, so that the places of those before stay what they are.
        for (auto run = steps.removed.rbegin(); run != steps.removed.rend(); ++run)
            remove(*run);
        Places order = steps.kept;
        for (const std::size_t rank : steps.moved)
            moveBehindPredecessor(order, rank);
        for (const RowRun run : steps.inserted)
            insert(run, now.data() + run.first);
    }

    /// Moves the row with this rank behind the one of the rank before: all lower ranks are in order then.
    void moveBehindPredecessor(Places &order, std::size_t rank)
    {
        const auto placeOf = [&order](std::size_t wanted) {
            return static_cast<std::size_t>(std::ranges::find(order, wanted) - order.begin());
        };
        const std::size_t from = placeOf(rank);
        const std::size_t before = rank == 0 ? 0 : placeOf(rank - 1) + 1;
        if (from == before)
            return;
        const Moving moving(*this, from, before);
        const auto turn = [from, before](auto begin) {
            if (from < before)
                std::rotate(begin + number(from), begin + number(from) + 1, begin + number(before));
            else
                std::rotate(begin + number(before), begin + number(from), begin + number(from) + 1);
        };
        turn(order.begin());
        turn(m_lines.begin());
    }

    /// With one removal, one insertion and at most two new orders, however scattered the steps are.
    void stepByOrder(const std::vector<Line> &now, const std::vector<std::optional<std::size_t>> &from)
    {
        Places order;
        std::vector<bool> stays(m_lines.size(), false);
        std::vector<Line> added;
        for (std::size_t at = 0; at < now.size(); ++at) {
            if (!from[at]) {
                added.push_back(now[at]);
                continue;
            }
            order.push_back(*from[at]);
            stays[*from[at]] = true;
        }
        const std::size_t kept = order.size();
        for (std::size_t at = 0; at < m_lines.size(); ++at) {
            if (!stays[at])
                order.push_back(at);
        }
        reorder(order);
        if (kept < m_lines.size())
            remove({kept, m_lines.size() - 1});
        if (added.empty())
            return;
        insert({kept, now.size() - 1}, added.data());
        Places mixed;
        std::size_t nextKept = 0;
        std::size_t nextAdded = kept;
        for (const auto &place : from)
            mixed.push_back(place ? nextKept++ : nextAdded++);
        reorder(mixed);
    }

    /// \param order  for each place the row that comes to it
    void reorder(const Places &order)
    {
        if (std::ranges::is_sorted(order))
            return;
        const Reordering reordering(*this);
        std::vector<int> placeOf(order.size());
        std::vector<Line> lines;
        lines.reserve(order.size());
        for (std::size_t at = 0; at < order.size(); ++at) {
            placeOf[order[at]] = number(at);
            lines.push_back(std::move(m_lines[order[at]]));
        }
        m_lines.swap(lines);
        const QModelIndexList before = persistentIndexList();
        QModelIndexList after;
        for (const QModelIndex &each : before)
            after += index(placeOf[static_cast<std::size_t>(each.row())], each.column());
        changePersistentIndexList(before, after);
    }

    void replaceChanged(std::vector<Line> now, const QList<int> &roles)
    {
        std::vector<RowRun> runs;
        for (std::size_t at = 0; at < now.size(); ++at) {
            if (m_lines[at] == now[at])
                continue;
            if (!runs.empty() && runs.back().last + 1 == at)
                runs.back().last = at;
            else
                runs.push_back({at, at});
        }
        if (runs.size() > kManySteps)
            runs = {{runs.front().first, runs.back().last}};
        m_lines = std::move(now);
        for (const RowRun run : runs)
            Q_EMIT dataChanged(index(number(run.first), 0), index(number(run.last), columnCount() - 1), roles);
    }

    std::vector<Line> m_lines;
};

} // namespace interlock
