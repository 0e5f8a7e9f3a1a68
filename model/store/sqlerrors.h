// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/storeurl.h"
#include "model/values/error.h"

class QSqlError;

namespace interlock {

/// What a failure of the database means here, by its extended result code or SQLSTATE alone (QSqlError::type() does not
/// tell). A broken constraint is Conflict with payload `constraint: true`. The text never holds bound values.
[[nodiscard]] Error errorFrom(Dialect dialect, const QSqlError &error, const QString &what);

/// True if the error came from a constraint: somebody else was faster, or the replica was out of date.
[[nodiscard]] bool isConstraintError(const Error &error);

} // namespace interlock
