// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"
#include "model/store/connection.h"

#include <functional>

namespace interlock {

/// Reads every subnet, inside whatever transaction is open, in no particular order: on SQLite through its own
/// interface, because Qt's makes a value of every column, which for a million rows takes longer than everything else.
/// \returns StoreCorrupt when a row does not parse
[[nodiscard]] Expected<void> scanSubnets(Connection &connection, const std::function<void(const SubnetRow &)> &visit);

/// The same for the addresses of the tree.
[[nodiscard]] Expected<void> scanAddresses(Connection &connection,
                                           const std::function<void(const AddressRow &)> &visit);

} // namespace interlock
