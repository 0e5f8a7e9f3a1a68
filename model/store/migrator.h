// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"

namespace interlock {

/// The schema that this program reads and writes.
inline constexpr int kSchemaVersion = 7;

/// Brings the store's schema to `target`, in one transaction, after a backup of what is there. A fresh store runs every
/// migration.
///
/// Migrations are `resources/sql/migrations/NNNN_name.sql`, each followed by its dialect's own
/// `NNNN_name.<dialect>.sql`; they are append-only: a released file never changes. \returns StoreNewer when the store
/// was written by a newer program; StoreCorrupt when it is no store of ours; ReadOnly
[[nodiscard]] Expected<void> migrate(Connection &connection, const QString &folder = QStringLiteral("migrations"),
                                     int target = kSchemaVersion);

/// For a store that is open already: \returns StoreNewer when a newer program has migrated it meanwhile
[[nodiscard]] Expected<void> refuseNewer(Connection &connection);

/// The version of the schema, 0 for an empty database.
[[nodiscard]] Expected<int> schemaVersion(Connection &connection);

/// Where the backup of `version` of a SQLite store is put.
[[nodiscard]] QString backupPath(const StoreUrl &url, int version);

} // namespace interlock
