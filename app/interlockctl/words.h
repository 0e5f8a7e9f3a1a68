// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

namespace interlock {

/// The error for people: what failed, what was not changed, what to do next.
/// \param doing  the words of the command line, "claim release"
[[nodiscard]] QString errorText(const Error &error, const QString &doing);

/// 2 for wrong usage, 1 for everything else.
[[nodiscard]] int exitCodeFor(ErrorKind kind);

} // namespace interlock
