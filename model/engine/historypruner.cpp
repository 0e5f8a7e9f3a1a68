// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/historypruner.h"

#include "model/commands/whendone.h"

#include <QLoggingCategory>

namespace interlock {

namespace {

Q_LOGGING_CATEGORY(logHistory, "interlock.history")

constexpr int kRowsAtOnce = 500;

} // namespace

HistoryPruner::HistoryPruner(LiveFeed &live, const LeaseKeeper &lease, std::chrono::milliseconds keep, PruneTimes times,
                             QObject *parent)
    : QObject(parent), m_live(live), m_lease(lease), m_keep(keep), m_times(times)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &HistoryPruner::prune);
    if (m_keep.count() <= 0)
        return;
    connect(&lease, &LeaseKeeper::acquired, this, [this] { m_timer.start(m_times.pause); });
}

void HistoryPruner::prune()
{
    if (!m_lease.lease())
        return; // whoever has it now does it, or we when it is ours again
    whenDone(m_live.pruneHistory(*m_lease.lease(), m_keep, kRowsAtOnce), this, [this](const Expected<qint64> &removed) {
        const qint64 count = removed.value_or(0);
        if (count > 0) {
            qCInfo(logHistory, "pruned instance=%s rows=%lld",
                   qPrintable(m_lease.lease() ? m_lease.lease()->name : QString()), static_cast<long long>(count));
        }
        m_timer.start(count > 0 ? m_times.pause : m_times.every);
    });
}

} // namespace interlock
