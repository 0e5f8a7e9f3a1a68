// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/store/connection.h"

namespace interlock {

/// \returns NoOwner
[[nodiscard]] Expected<OperationId> requestOperation(Connection &connection, const Operation &operation);
/// \returns NotFound
[[nodiscard]] Expected<OperationState> readOperation(Connection &connection, OperationId id);
/// Oldest first. \returns LeaseHeld
[[nodiscard]] Expected<std::vector<Operation>> takeOperations(Connection &connection, const Lease &lease);
/// \returns NotFound when it is not taken
[[nodiscard]] Expected<void> finishOperation(Connection &connection, OperationId id,
                                             const Expected<QJsonObject> &result);
/// What an owner before `lease` has taken and not finished has failed: it may or may not have been done.
[[nodiscard]] Expected<void> abandonOperations(Connection &connection, const Lease &lease);
[[nodiscard]] Expected<std::vector<Denial>> readDenials(Connection &connection, const InstanceName &instance);

} // namespace interlock
