// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

namespace interlock {

/// The error for people: what failed, what was not changed, what to do next.
/// \param doing  the words of the command line, "claim release"
[[nodiscard]] QString errorText(const Error &error, const QString &doing);

/// 2 for wrong usage, 3 for what was done in part, 1 for everything else.
[[nodiscard]] int exitCodeFor(const Error &error);
/// Whether a backend was told something before it failed, or may have been: `partly` in the payload.
[[nodiscard]] bool isPartlyDone(const Error &error);

} // namespace interlock
