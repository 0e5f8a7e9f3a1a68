// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QString>

namespace interlock {

/// A whole file as text, `-` being standard input; line ends and a missing last one stay as they are.
/// \returns NotFound, ReadOnly (it cannot be read), Limit above 16 MiB, Invalid when it is not UTF-8
[[nodiscard]] Expected<QString> readTextFile(const QString &path);

} // namespace interlock
