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
    /// \param why  none when nothing is known; a server that ends within two seconds was it then, see serverEnds()
    void recordEnd(const LiveSession &session, Timestamp at, std::optional<EndReason> why = {});
    /// The server ends or begins anew: it has told the end of every session a moment before, without a reason.
    /// \source openvpn/FACTS.md 39, 40
    void serverEnds();
    /// An earlier owner showed the session, and it is not there any more. When it ended is not known.
    void recordUnwatched(const SessionFact &published, EndReason why);

private:
    void publish();
    void sample();
    void writeHistory();
    void keep(SessionHistoryRow row);
    [[nodiscard]] SessionHistoryRow rowOf(const LiveSession &session, Timestamp at) const;
    void forgetUnexplained(Timestamp before);

    LiveFeed &m_live;
    const LeaseKeeper &m_lease;
    const SessionRegistry &m_registry;
    const Clock &m_clock;
    InstanceHealth m_health;
    std::vector<SessionHistoryRow> m_history;     ///< not yet written
    std::vector<SessionHistoryRow> m_unexplained; ///< ended lately, nobody knows why
    QTimer m_soon;
    QTimer m_counters;
    QTimer m_samples;
    bool m_isPublishing = false;
    bool m_isWriting = false;
    bool m_isTouched = false;
};

} // namespace interlock
