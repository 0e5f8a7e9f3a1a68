// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/commands/ports.h"
#include "model/engine/leasekeeper.h"
#include "model/engine/sessionregistry.h"

#include <QObject>
#include <QTimer>

namespace interlock {

/// Shows the sessions of one instance to every other console, and writes their history. Nothing waits for it; what the
/// store did not take is written with the next attempt.
///
/// \source SEMANTICS.md 4
class SessionPublisher : public QObject
{
    Q_OBJECT

public:
    /// All must outlive the publisher.
    SessionPublisher(InstanceName instance, LiveFeed &live, const LeaseKeeper &lease, const SessionRegistry &registry,
                     const Clock &clock, QObject *parent = nullptr);

    void setHealth(InstanceHealth health);
    [[nodiscard]] const InstanceHealth &health() const { return m_health; }

    /// Something changed that a reader should not wait for: published within a quarter of a second. Counters alone
    /// need no call.
    void touch();
    /// The session has begun or changed its address.
    void recordBegin(const LiveSession &session);
    void recordEnd(const LiveSession &session, Timestamp at);

private:
    void publish();
    void sample();
    void writeHistory();
    void keep(SessionHistoryRow row);
    [[nodiscard]] SessionHistoryRow rowOf(const LiveSession &session, Timestamp at) const;

    LiveFeed &m_live;
    const LeaseKeeper &m_lease;
    const SessionRegistry &m_registry;
    const Clock &m_clock;
    InstanceHealth m_health;
    std::vector<SessionHistoryRow> m_history; ///< not yet written
    QTimer m_soon;
    QTimer m_counters;
    QTimer m_samples;
    bool m_isPublishing = false;
    bool m_isWriting = false;
    bool m_isTouched = false;
};

} // namespace interlock
