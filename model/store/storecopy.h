// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"

namespace interlock {

/// Copies every row, the journal, its checkpoint its pushes, snapshots and renderings from `from` into `to`, which must
/// be empty of them; the transactions are the caller's. Live facts and leases are of a running system and stay.
/// \returns rows copied
[[nodiscard]] Expected<qint64> copyContents(Connection &from, Connection &to);

/// Removes what copyContents() copies.
[[nodiscard]] Expected<void> clearContents(Connection &connection);

/// Copies the store into the empty or missing store at `url`, of whichever back end, in one transaction there.
/// \returns Exists when the target holds anything, Usage for a bad address
[[nodiscard]] Expected<qint64> copyStoreTo(Connection &from, const QString &url);

} // namespace interlock
