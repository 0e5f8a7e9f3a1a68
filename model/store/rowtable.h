// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/changeset.h"
#include "model/store/connection.h"

#include <functional>

namespace interlock {

/// Writes one change of one row. \returns Conflict when a constraint refuses it or the row to change is not there
[[nodiscard]] Expected<void> writeChange(Connection &connection, const RowChange &change);

/// `changes` as they may be written one by one: an address that moves from one row to another within the set is given
/// up before it is taken, which no order of updates achieves when two rows exchange theirs.
[[nodiscard]] ChangeSet inWritingOrder(const ChangeSet &changes);

class Pipeline;

/// writeChange() as a part of a pipeline.
void addChange(Pipeline &pipeline, const RowChange &change);

/// The value of placeholder `name` for `row`: a field, or the key of a prefix or address field (`prefix_key`,
/// `hold_last`).
[[nodiscard]] QVariant boundValue(const Row &row, const QString &name);

/// Reads every row of every journalled table, table by table.
/// \returns StoreCorrupt naming the table when a row does not parse; the error of `visit`
[[nodiscard]] Expected<void> readAllRows(Connection &connection, const std::function<void(Row)> &visit);

/// Reads every row of the table with that index.
[[nodiscard]] Expected<void> readRows(Connection &connection, std::size_t table, const std::function<void(Row)> &visit);

} // namespace interlock
