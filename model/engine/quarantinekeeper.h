// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/engine/leasekeeper.h"
#include "model/engine/sessionregistry.h"
#include "model/engine/topologymirror.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <optional>

namespace interlock {

/// How it is done. Tests shorten the first two.
struct QuarantineTimes
{
    std::chrono::milliseconds every = std::chrono::minutes(1);
    std::chrono::milliseconds soon = std::chrono::seconds(1); ///< after the sessions have become known
    /// Quarantines that end within this time are looked at: less than the shortest one lasts, and several times
    /// `every`.
    std::chrono::milliseconds ahead = std::chrono::minutes(3);
};

/// Keeps a freed carve-out in quarantine for as long as a live session of one instance has it installed, or was pushed
/// a route to it, while this process has the instance's lease: shortly before the quarantine ends it is prolonged, with
/// all others that end then in one commit. A session whose answer is not known may have been told of anything that was
/// freed after it connected. While the sessions are not known nothing is prolonged; when they are known again, what has
/// ended meanwhile and is still free is taken back into quarantine.
///
/// \source SEMANTICS.md 2
class QuarantineKeeper : public QObject
{
    Q_OBJECT

public:
    /// All references must outlive the keeper. \param actor  of what it commits, as the journal shows it
    QuarantineKeeper(InstanceName instance, CommandGateway &gateway, TopologyMirror &mirror, const LeaseKeeper &lease,
                     const SessionRegistry &registry, const Clock &clock, QString actor, QuarantineTimes times = {},
                     QObject *parent = nullptr);

    /// Whether the registry has every live session of the server now.
    void setSessionsKnown(bool areKnown);

private:
    void look();
    [[nodiscard]] std::vector<QuarantineRow> ending(Timestamp now) const;
    void prolong(std::vector<Prefix> carveOuts);

    const InstanceName m_instance;
    CommandGateway &m_gateway;
    TopologyMirror &m_mirror;
    const LeaseKeeper &m_lease;
    const SessionRegistry &m_registry;
    const Clock &m_clock;
    const QString m_actor;
    const QuarantineTimes m_times;
    QTimer m_timer;
    bool m_areSessionsKnown = false;
    bool m_isAsking = false;
    std::optional<Timestamp> m_lookedAt; ///< since the sessions are known: what had ended by then was in no use
};

} // namespace interlock
