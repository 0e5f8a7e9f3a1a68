// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/macentry.h"
#include "model/store/connection.h"

#include <vector>

namespace interlock {

// The MAC map: live facts, in tables that survive no crash. \source SOURCES S4

[[nodiscard]] Expected<void> upsertMac(Connection &connection, const MacEntry &entry);
[[nodiscard]] Expected<void> deleteMac(Connection &connection, MacAddress mac);
/// \returns how many went
[[nodiscard]] Expected<qint64> deleteMacsOf(Connection &connection, const CommonName &cn);
/// \returns how many went
[[nodiscard]] Expected<qint64> deleteMacsOn(Connection &connection, const InstanceName &instance);
/// Ordered by MAC.
[[nodiscard]] Expected<std::vector<MacEntry>> readMacs(Connection &connection);

} // namespace interlock
