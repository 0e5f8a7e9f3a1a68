// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/tables/storetablemodel.h"

#include <QTimer>

#include <map>
#include <memory>
#include <set>

namespace interlock {

/// The window's copy of the store: a model a table, loaded once and kept by the change feed. Lives on the GUI thread
/// and never waits.
class StoreTables : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Loading,     ///< nothing to show yet
        Ready,       ///< what is shown was so at lastGood()
        Unavailable, ///< the store does not answer; what was there stays, and is as old as lastGood()
    };

    /// Starts loading. The ports must outlive this object.
    StoreTables(Queries &queries, ChangeFeed &feed, const Clock &clock, QObject *parent = nullptr);
    ~StoreTables() override;

    [[nodiscard]] StoreTableModel &model(Table table) const;
    [[nodiscard]] State state() const { return m_state; }
    /// True once everything was loaded, also when the store has gone since.
    [[nodiscard]] bool isLoaded() const { return m_isLoaded; }
    /// Why the store is unavailable.
    [[nodiscard]] const Error &error() const { return m_error; }
    /// When the store was last heard of; none before the first time.
    [[nodiscard]] std::optional<Timestamp> lastGood() const { return m_lastGood; }
    /// None before isLoaded(). Its head is kept up to date, its counts are those of the loading.
    [[nodiscard]] const std::optional<StoreInfo> &info() const { return m_info; }
    /// Rows of the table in the store: of the journal only the newest are loaded.
    [[nodiscard]] qint64 count(Table table) const;

    /// Asks the store whether everything shown is current; also happens by itself every few seconds.
    void look();

Q_SIGNALS:
    /// state(), error() or lastGood() changed.
    void stateChanged();
    void countsChanged();

private:
    struct Snapshot;
    using Deltas = std::map<Table, std::vector<RowDelta>>;

    void load();
    void loadJournal();
    void loadInfo();
    void finishLoading(StoreInfo info);
    void show(Snapshot snapshot);
    void receive(const std::vector<JournalEntry> &entries);
    void flush();
    void file(const RowChange &change, Deltas &deltas);
    void setGood();
    void setUnavailable(Error error);

    Queries &m_queries;
    const Clock &m_clock;
    std::map<Table, std::unique_ptr<StoreTableModel>> m_models;
    std::map<InstanceName, InstanceRow> m_instances;
    std::map<InstanceName, std::map<Prefix, int>> m_pools; ///< with their ordinals
    std::set<InstanceName> m_changedInstances;
    std::vector<JournalEntry> m_pending;
    QTimer m_flushTimer;
    QTimer m_lookTimer;
    State m_state = State::Loading;
    Error m_error;
    std::optional<Timestamp> m_lastGood;
    std::optional<StoreInfo> m_info;
    bool m_isLoaded = false;
    bool m_isLoading = false;
    bool m_isReloadWanted = false;
    bool m_isLooking = false;
    bool m_isLookWanted = false; ///< the store came back while it was looked
};

} // namespace interlock
