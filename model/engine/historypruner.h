// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/engine/leasekeeper.h"

#include <QObject>
#include <QTimer>

#include <chrono>

namespace interlock {

/// How it is done. Tests shorten the times.
struct PruneTimes
{
    std::chrono::milliseconds every = std::chrono::hours(1);
    std::chrono::milliseconds pause = std::chrono::seconds(1); ///< between two batches: others write too
};

/// Removes what is too old from the history of one instance, while this process has its lease: some hundred rows in a
/// transaction, until there are none, and again each hour.
class HistoryPruner : public QObject
{
    Q_OBJECT

public:
    /// All must outlive the pruner. \param keep  how long a row is kept after its session was last seen; zero: for ever
    HistoryPruner(LiveFeed &live, const LeaseKeeper &lease, std::chrono::milliseconds keep, PruneTimes times = {},
                  QObject *parent = nullptr);

private:
    void prune();

    LiveFeed &m_live;
    const LeaseKeeper &m_lease;
    const std::chrono::milliseconds m_keep;
    const PruneTimes m_times;
    QTimer m_timer;
};

} // namespace interlock
