// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <QByteArray>
#include <QJsonObject>

namespace interlock {

/// The table that `row` belongs to: an index into kTableNames.
[[nodiscard]] inline std::size_t tableOf(const Row &row)
{
    return row.index();
}

/// Identity of a row as text, unique within its table: the key fields as a compact JSON array.
[[nodiscard]] QString keyOf(const Row &row);

/// The whole row as JSON, with every field; the image that the journal keeps.
[[nodiscard]] QJsonObject imageOf(const Row &row);

/// imageOf() as compact JSON text, made directly: it is written at every commit. Fields stand in the order of the row's
/// list.
[[nodiscard]] QString imageText(const Row &row);

/// The row of `table` that `image` describes.
/// \returns StoreCorrupt when a field is missing, unless it is one that may be absent, or does not parse
[[nodiscard]] Expected<Row> rowFromImage(std::size_t table, const QJsonObject &image);

/// True when both rows have the same identity and data; versions and times are ignored.
/// \source SEMANTICS.md 5
[[nodiscard]] bool sameContent(const Row &a, const Row &b);

[[nodiscard]] qint64 versionOf(const Row &row);
[[nodiscard]] Row withVersion(Row row, qint64 version);

/// The index of the table called `name`.
/// \returns StoreCorrupt
[[nodiscard]] Expected<std::size_t> tableNamed(QStringView name);

} // namespace interlock
