// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/rules/topology.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <vector>

namespace interlock {

/// The committed rows, as a copy that lives on this thread: loaded once, brought forward by the feed. A client that
/// connects is decided upon from here, without waiting for the store. When the store goes away the last state stays.
class TopologyMirror : public QObject
{
    Q_OBJECT

public:
    /// Begins to load when the event loop runs. Both ports must outlive the mirror.
    TopologyMirror(Queries &queries, ChangeFeed &feed, QObject *parent = nullptr);

    /// False until the first load has ended.
    [[nodiscard]] bool isLoaded() const { return m_topology != nullptr; }
    /// Only while isLoaded(). Mutable for trial edits, which leave it as it was.
    [[nodiscard]] Topology &topology() const { return *m_topology; }

    /// Whether the store answered when it was last asked.
    [[nodiscard]] bool isStoreAvailable() const { return m_isStoreAvailable; }

Q_SIGNALS:
    /// Loaded, or loaded anew: everything may be different.
    void replaced();
    /// These entries are in the topology now; they are consecutive.
    void changed(const std::vector<interlock::JournalEntry> &entries);
    void storeAvailableChanged(bool isAvailable, const QString &why);

private:
    void load();
    void finishLoading(std::vector<Row> rows);
    void receive(const std::vector<JournalEntry> &entries);
    void apply(const std::vector<JournalEntry> &entries);
    void look();
    void setStoreAvailable(bool isAvailable, const QString &why);

    Queries &m_queries;
    std::unique_ptr<Topology> m_topology;
    std::vector<JournalEntry> m_pending; ///< came while loading
    QTimer m_lookTimer;
    bool m_isLoading = false;
    bool m_isReloadWanted = false;
    bool m_isLooking = false;
    bool m_isStoreAvailable = true;
};

} // namespace interlock
