// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"

namespace interlock {

enum class Overwriting { Refused, Allowed };

/// Writes a consistent copy of a SQLite store to `path` through SQLite's online backup; writers may go on meanwhile.
/// The file, for its owner alone, appears under its name only when it is complete and on disk. \returns Exists,
/// StoreUnavailable
[[nodiscard]] Expected<void> backupToFile(Connection &connection, const QString &path,
                                          Overwriting overwriting = Overwriting::Refused);

/// PostgreSQL, inside of a transaction: copies every table of the store into the schema `interlock_backup_v<version>`,
/// in place of an older backup of that version.
[[nodiscard]] Expected<void> backupSchema(Connection &connection, int version);

} // namespace interlock
