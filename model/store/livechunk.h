// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/sessionfact.h"

#include <QByteArray>

namespace interlock {

// Live facts as bytes, because a row for each of a hundred thousand sessions every two seconds would cost more than the
// sessions themselves.

[[nodiscard]] QByteArray packSessions(const std::vector<const SessionFact *> &sessions);
/// The inverse of packSessions(). \returns StoreCorrupt
[[nodiscard]] Expected<std::vector<SessionFact>> unpackSessions(const QByteArray &bytes);

[[nodiscard]] QByteArray packHealth(const InstanceHealth &health);
/// The inverse of packHealth(). \returns StoreCorrupt
[[nodiscard]] Expected<InstanceHealth> unpackHealth(const QByteArray &bytes);

} // namespace interlock
