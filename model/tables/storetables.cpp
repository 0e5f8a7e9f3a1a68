// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/storetables.h"

#include "model/commands/whendone.h"
#include "model/rules/rowimage.h"
#include "model/rules/topology.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

constexpr auto kFlushEvery = 100ms;
constexpr auto kLookEvery = 5s;
constexpr int kJournalRows = 1000;

template <typename R>
constexpr Table tableOfRow()
{
    if constexpr (std::is_same_v<R, ConnectorRow>)
        return Table::Connectors;
    else if constexpr (std::is_same_v<R, IrouteRow>)
        return Table::Iroutes;
    else if constexpr (std::is_same_v<R, AllocationRow>)
        return Table::Allocations;
    else if constexpr (std::is_same_v<R, ClaimRow>)
        return Table::Claims;
    else if constexpr (std::is_same_v<R, ExclusionRow>)
        return Table::Exclusions;
    else if constexpr (std::is_same_v<R, QuarantineRow>)
        return Table::Quarantine;
    else
        return Table::Options;
}

template <typename R, typename... Rows>
constexpr bool kIsOneOf = (std::is_same_v<R, Rows> || ...);

/// Rows that are listed one by one; instances and pools are listed together, and others are not listed here.
template <typename R>
constexpr bool kIsListed =
    kIsOneOf<R, ConnectorRow, IrouteRow, AllocationRow, ClaimRow, ExclusionRow, QuarantineRow, OptionRow>;

std::vector<Prefix> inOrder(const std::map<Prefix, int> &pools)
{
    std::vector<std::pair<int, Prefix>> ordered;
    for (const auto &[prefix, ordinal] : pools)
        ordered.emplace_back(ordinal, prefix);
    std::ranges::sort(ordered);
    std::vector<Prefix> prefixes;
    for (const auto &[ordinal, prefix] : ordered)
        prefixes.push_back(prefix);
    return prefixes;
}

} // namespace

/// Copied on the store's thread, made into rows on the pool, shown on the GUI thread.
struct StoreTables::Snapshot
{
    std::vector<Row> rows;
    std::map<Table, std::vector<TableRow>> listed;

    void copy(const Topology &topology)
    {
        rows.clear();
        const auto add = [&]<typename R>(const RowSet<R> &set) { rows.insert(rows.end(), set.begin(), set.end()); };
        add(topology.rows<InstanceRow>());
        add(topology.rows<PoolRow>());
        add(topology.rows<ConnectorRow>());
        add(topology.rows<IrouteRow>());
        add(topology.rows<AllocationRow>());
        add(topology.rows<ClaimRow>());
        add(topology.rows<ExclusionRow>());
        add(topology.rows<QuarantineRow>());
        add(topology.rows<OptionRow>());
    }

    /// Leaves instances and pools in `rows`.
    void list()
    {
        std::vector<Row> rest;
        for (Row &row : rows) {
            std::visit(
                [&]<typename R>(const R &r) {
                    if constexpr (kIsListed<R>)
                        listed[tableOfRow<R>()].push_back(rowOf(r));
                    else
                        rest.push_back(std::move(row));
                },
                row);
        }
        rows = std::move(rest);
    }
};

StoreTables::StoreTables(Queries &queries, ChangeFeed &feed, const Clock &clock, QObject *parent)
    : QObject(parent), m_queries(queries), m_clock(clock)
{
    for (const Table table : kTables) {
        m_models[table] = std::make_unique<StoreTableModel>(table);
        connect(m_models[table].get(), &StoreTableModel::totalChanged, this, &StoreTables::countsChanged);
    }
    m_models[Table::Journal]->sort(0, Qt::DescendingOrder);
    m_flushTimer.setSingleShot(true);
    m_flushTimer.setInterval(kFlushEvery);
    connect(&m_flushTimer, &QTimer::timeout, this, &StoreTables::flush);
    connect(&m_lookTimer, &QTimer::timeout, this, &StoreTables::look);
    // Before the first look, so that no entry is missed between the two.
    connect(&feed, &ChangeFeed::committed, this, &StoreTables::receive);
    connect(&feed, &ChangeFeed::resetHappened, this, [this] {
        m_isReloadWanted = m_isLoading;
        load();
    });
    connect(&feed, &ChangeFeed::availabilityChanged, this, [this](bool isAvailable, const QString &why) {
        // What is under way may still say that it is not.
        m_isLookWanted = isAvailable && (m_isLooking || m_isLoading);
        if (!isAvailable)
            setUnavailable({ErrorKind::StoreUnavailable, why, {}});
        else if (!m_isLookWanted)
            look();
    });
    m_lookTimer.start(kLookEvery);
    load();
}

StoreTables::~StoreTables() = default;

StoreTableModel &StoreTables::model(Table table) const
{
    return *m_models.at(table);
}

qint64 StoreTables::count(Table table) const
{
    if (table == Table::Journal && m_info)
        return m_info->head.value;
    return model(table).totalCount();
}

void StoreTables::load()
{
    if (m_isLoading)
        return;
    m_isLoading = true;
    auto snapshot = std::make_shared<Snapshot>();
    auto listed = m_queries.inspect([snapshot](const Topology &topology) { snapshot->copy(topology); })
                      .then(QtFuture::Launch::Async, [snapshot](Expected<void> looked) {
                          if (looked)
                              snapshot->list();
                          return looked;
                      });
    whenDone(listed, this, [this, snapshot](const Expected<void> &looked) {
        if (!looked)
            return setUnavailable(looked.error());
        show(std::move(*snapshot));
        loadJournal();
    });
}

void StoreTables::show(Snapshot snapshot)
{
    m_instances.clear();
    m_pools.clear();
    for (Row &row : snapshot.rows) {
        if (auto *instance = std::get_if<InstanceRow>(&row))
            m_instances.insert_or_assign(instance->name, *instance);
        else if (auto *pool = std::get_if<PoolRow>(&row))
            m_pools[pool->instance][pool->prefix] = pool->ordinal;
    }
    for (const auto &[name, row] : m_instances)
        snapshot.listed[Table::Instances].push_back(rowOf(row, inOrder(m_pools[name])));
    for (const Table table : kTables) {
        if (table != Table::Journal)
            model(table).load(std::move(snapshot.listed[table]));
    }
}

void StoreTables::loadJournal()
{
    whenDone(m_queries.journal({kJournalRows}), this, [this](const Expected<std::vector<JournalEntry>> &entries) {
        if (!entries)
            return setUnavailable(entries.error());
        std::vector<TableRow> rows;
        for (const JournalEntry &entry : *entries)
            rows.push_back(rowOf(entry));
        model(Table::Journal).load(std::move(rows));
        loadInfo();
    });
}

void StoreTables::loadInfo()
{
    whenDone(m_queries.info(), this, [this](Expected<StoreInfo> info) {
        if (!info)
            return setUnavailable(info.error());
        finishLoading(*std::move(info));
    });
}

void StoreTables::finishLoading(StoreInfo info)
{
    m_info = std::move(info);
    m_isLoaded = true;
    m_isLoading = false;
    flush();
    setGood();
    Q_EMIT countsChanged();
    if (std::exchange(m_isReloadWanted, false))
        load();
}

void StoreTables::receive(const std::vector<JournalEntry> &entries)
{
    m_pending.insert(m_pending.end(), entries.begin(), entries.end());
    if (!m_isLoading && !m_flushTimer.isActive())
        m_flushTimer.start();
}

void StoreTables::file(const RowChange &change, Deltas &deltas)
{
    std::visit(
        [&]<typename R>(const R &row) {
            if constexpr (kIsListed<R>) {
                RowDelta delta{keyOf(row)};
                if (change.after)
                    delta.row = rowOf(row);
                deltas[tableOfRow<R>()].push_back(std::move(delta));
            } else if constexpr (std::is_same_v<R, InstanceRow>) {
                m_changedInstances.insert(row.name);
                if (change.after) {
                    m_instances.insert_or_assign(row.name, row);
                } else {
                    m_instances.erase(row.name);
                    deltas[Table::Instances].push_back({keyOf(row)});
                }
            } else if constexpr (std::is_same_v<R, PoolRow>) {
                m_changedInstances.insert(row.instance);
                if (change.after)
                    m_pools[row.instance][row.prefix] = row.ordinal;
                else
                    m_pools[row.instance].erase(row.prefix);
            }
        },
        change.any());
}

void StoreTables::flush()
{
    // While loading they wait. What the snapshot has already is written once more, in order, and ends the same.
    if (m_isLoading || m_pending.empty())
        return;
    Deltas deltas;
    for (const JournalEntry &entry : std::exchange(m_pending, {})) {
        for (const RowChange &change : entry.changes)
            file(change, deltas);
        deltas[Table::Journal].push_back({QString::number(entry.id.value), rowOf(entry)});
        if (m_info)
            m_info->head = std::max(m_info->head, entry.id);
    }
    for (const InstanceName &name : std::exchange(m_changedInstances, {})) {
        if (const auto it = m_instances.find(name); it != m_instances.end())
            deltas[Table::Instances].push_back({keyOf(it->second), rowOf(it->second, inOrder(m_pools[name]))});
    }
    for (auto &[table, changes] : deltas)
        model(table).apply(std::move(changes));
    setGood();
    Q_EMIT countsChanged();
}

void StoreTables::look()
{
    if (m_isLooking || m_isLoading)
        return;
    if (!m_isLoaded)
        return load();
    m_isLooking = true;
    whenDone(m_queries.inspect([](const Topology &) {}), this, [this](const Expected<void> &looked) {
        m_isLooking = false;
        if (looked)
            setGood();
        else
            setUnavailable(looked.error());
    });
}

void StoreTables::setGood()
{
    m_lastGood = m_clock.now();
    m_isLookWanted = false;
    m_state = m_isLoaded ? State::Ready : State::Loading;
    Q_EMIT stateChanged();
}

void StoreTables::setUnavailable(Error error)
{
    m_isLoading = false;
    m_error = std::move(error);
    m_state = State::Unavailable;
    Q_EMIT stateChanged();
    if (std::exchange(m_isLookWanted, false))
        look();
}

} // namespace interlock
