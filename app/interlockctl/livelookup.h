// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/session.h"
#include "model/commands/liveports.h"

namespace interlock {

/// The live facts of one instance or all, no older than a few seconds where somebody owns them: an owner publishes only
/// while it knows that somebody looks, so the first reading waits until it has noticed.
/// \returns NotFound when there is no such instance
[[nodiscard]] Expected<LiveSnapshot> liveFacts(Session &session, const std::optional<InstanceName> &instance);

/// Who has the instance's lease. \returns NotFound when there is no such instance; NoOwner
[[nodiscard]] Expected<QString> ownerOf(Session &session, const InstanceName &instance);

/// The session of that key.
/// \returns NotFound, saying so when its generation is over; NoOwner when nobody could know
[[nodiscard]] Expected<SessionFact> sessionIn(const LiveSnapshot &snapshot, const SessionKey &key);

} // namespace interlock
