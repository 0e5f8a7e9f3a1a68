// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rowcodec.h"
#include "model/store/connection.h"
#include "model/values/timestamp.h"

#include <QSqlError>

#include <optional>

namespace interlock {

/// What it means that there is no next row: the end, or the connection went away in the middle.
[[nodiscard]] inline Expected<void> endOfRows(Connection &connection, Statement &statement, const QString &name)
{
    if (statement.query().lastError().isValid())
        return fail(connection.error(statement.query(), name));
    return {};
}

/// Runs a statement with its binds from `valueOf(name)` and calls `visit(statement)` on every row, to the end: on
/// SQLite the change of one that has RETURNING is committed only then.
template <typename ValueOf, typename Visit>
[[nodiscard]] Expected<void> forEachRow(Connection &connection, const QString &name, ValueOf &&valueOf, Visit &&visit)
{
    const auto run = connection.run(name, valueOf);
    if (!run)
        return fail(run.error());
    Statement &statement = **run;
    while (statement.next())
        visit(statement);
    auto outcome = endOfRows(connection, statement, name);
    statement.query().finish();
    return outcome;
}

/// The same for a statement without binds.
template <typename Visit>
[[nodiscard]] Expected<void> forEachRow(Connection &connection, const QString &name, Visit &&visit)
{
    return forEachRow(
        connection, name, [](const QString &) { return QVariant(); }, visit);
}

[[nodiscard]] inline Timestamp timeAt(const Statement &row, int column)
{
    return Timestamp::fromMilliseconds(row.number(column));
}

[[nodiscard]] inline std::optional<QString> optionalText(const Statement &row, int column)
{
    return row.isNull(column) ? std::nullopt : std::optional(row.text(column));
}

[[nodiscard]] inline std::optional<Timestamp> optionalTime(const Statement &row, int column)
{
    return row.isNull(column) ? std::nullopt : std::optional(timeAt(row, column));
}

/// The row whose fields are the columns of `statement`, in their order. \returns Invalid when one does not parse
template <typename R>
[[nodiscard]] Expected<R> readRow(const Statement &statement)
{
    int column = 0;
    return buildRow<R>([&]<typename T>(const Field<R, T> &) -> Expected<Encoded<T>> {
        const int at = column++;
        if constexpr (std::same_as<Encoded<T>, bool>)
            return statement.number(at) != 0;
        else if constexpr (std::same_as<Encoded<T>, qint64>)
            return statement.number(at);
        else
            return statement.text(at);
    });
}

/// A text to bind: a null string would be NULL, which is not the same as empty to a database.
[[nodiscard]] inline QString neverNull(const QString &text)
{
    return text.isNull() ? QStringLiteral("") : text;
}

/// What a column may be null for.
[[nodiscard]] inline QVariant orNull(const std::optional<Timestamp> &time)
{
    return time ? QVariant(time->milliseconds()) : QVariant();
}
template <typename T>
[[nodiscard]] QVariant orNull(const std::optional<T> &value)
{
    return value ? QVariant(value->toString()) : QVariant();
}

} // namespace interlock
