// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/tables/subnetitems.h"
#include "model/tables/subnettreemodel.h"

#include <QTimer>

#include <memory>

namespace interlock {

/// The window's copy of the subnet tree: loaded once, sorted on the pool, and kept by the change feed at most ten times
/// a second. Lives on the GUI thread and never waits.
class SubnetTree : public QObject
{
    Q_OBJECT

public:
    /// Starts loading. The ports must outlive this object.
    SubnetTree(Queries &queries, ChangeFeed &feed, QObject *parent = nullptr);
    ~SubnetTree() override;

    [[nodiscard]] SubnetTreeModel &model() { return m_model; }
    /// True once everything was loaded, also when the store has gone since.
    [[nodiscard]] bool isLoaded() const { return m_isLoaded; }
    /// Loads anew; what is open stays open.
    void load();

Q_SIGNALS:
    void loaded();
    /// The store did not answer; what was shown stays. load() tries again.
    void failed(const interlock::Error &error);

private:
    void receive(const std::vector<JournalEntry> &entries);
    void flush();

    Queries &m_queries;
    SubnetTreeModel m_model;
    SubnetItems m_items;
    std::vector<JournalEntry> m_pending;
    QTimer m_flushTimer;
    bool m_isLoaded = false;
    bool m_isLoading = false;
    bool m_isReloadWanted = false;
};

} // namespace interlock
