// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/storeurl.h"

#include <QString>
#include <QStringList>

namespace interlock {

/// One statement from resources/sql, with its `:name` placeholders turned into `?` and listed in order of appearance.
struct SqlText
{
    QString sql;
    QStringList placeholders; ///< a name stands once for each of its places
};

/// The statement `name` for `dialect`: the dialect's own file where there is one, else the common one. A statement that
/// does not exist is a broken build (asserted). `${now}` in it becomes the database's time in milliseconds since 1970.
[[nodiscard]] SqlText sqlText(Dialect dialect, const QString &name);

/// The statement with `$1`, `$2`... in place of `?`, as PostgreSQL itself wants it.
[[nodiscard]] QString numberedSql(const SqlText &text);

/// The text of a file under resources/sql, comments removed; empty if there is none.
[[nodiscard]] QString sqlFile(const QString &path);

/// The statements of a script, which lines of `--;;` separate.
[[nodiscard]] QStringList sqlScript(const QString &path);

} // namespace interlock
