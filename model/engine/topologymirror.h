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
/// Of the subnet tree, which may have a million rows, it holds what logins ask for: subnets in the stand-in ranges, and
/// addresses in the pools.
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

    /// Reads what the last question to topology() has noted of the subnet tree: from then on it is here. Until then the
    /// store is the one to ask.
    void readNoted();

Q_SIGNALS:
    /// Loaded, or loaded anew: everything may be different.
    void replaced();
    /// These entries are in the topology now; they are consecutive.
    void changed(const std::vector<interlock::JournalEntry> &entries);
    void storeAvailableChanged(bool isAvailable, const QString &why);

private:
    struct Copy;

    void load();
    void finishLoading(Copy copy);
    void follow(const std::vector<JournalEntry> &entries);
    void receive(const std::vector<JournalEntry> &entries);
    void apply(const std::vector<JournalEntry> &entries);
    void look();
    void setStoreAvailable(bool isAvailable, const QString &why);

    Queries &m_queries;
    std::unique_ptr<Topology> m_topology;
    std::vector<JournalEntry> m_pending; ///< came while loading
    std::vector<JournalEntry> m_since;   ///< came while parts of the tree were read
    QTimer m_lookTimer;
    bool m_isLoading = false;
    bool m_isReloadWanted = false;
    bool m_isStale = false; ///< what it would be loaded anew for is not here yet
    bool m_isReading = false;
    int m_loads = 0; ///< tells a reading that belongs to an earlier one
    bool m_isLooking = false;
    bool m_isStoreAvailable = true;
};

} // namespace interlock
