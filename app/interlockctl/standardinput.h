// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

namespace interlock {

/// Everything on standard input as text.
/// \returns Limit above 16 MiB, Invalid when it is not UTF-8
[[nodiscard]] Expected<QString> readStandardInput();

} // namespace interlock
