// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/sessionevent.h"
#include "model/commands/sessionhistory.h"

#include <QJsonObject>

namespace interlock {

// The form of sessions in the command line's contract; absent values are null.

[[nodiscard]] QJsonObject sessionJson(const SessionFact &fact);
/// The inverse of sessionJson(). \returns Invalid
[[nodiscard]] Expected<SessionFact> parseSession(const QJsonObject &object);

[[nodiscard]] QJsonObject sessionEventJson(const SessionEvent &event);
[[nodiscard]] QJsonObject sessionHistoryJson(const SessionHistoryRow &row);
[[nodiscard]] QJsonObject instanceHealthJson(const InstanceHealth &health);

} // namespace interlock
