// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"
#include "model/values/timestamp.h"

namespace interlock {

/// A copy of the whole store as one SQLite file, from either back end. \returns Exists, StoreUnavailable
[[nodiscard]] Expected<void> backupStore(Connection &connection, const QString &file);

/// Replaces everything by the contents of a backup file, in one transaction, after a backup of what is there.
/// \returns the path of that backup; StoreCorrupt and nothing changed when the file is no sound store
[[nodiscard]] Expected<QString> restoreStore(Connection &connection, const QString &file, Timestamp now);

/// Drops the images of entries before `date`, after a checkpoint of what they led to. \returns entries that lost their
/// images
[[nodiscard]] Expected<qint64> pruneJournal(Connection &connection, Timestamp date, const QString &actor,
                                            Timestamp now);

} // namespace interlock
