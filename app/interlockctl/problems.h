// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/answer.h"
#include "model/commands/ports.h"

namespace interlock {

/// What a check found, as `problems`; exit code 1 when there is anything.
[[nodiscard]] Answer problemAnswer(const std::vector<StoreProblem> &problems, const QString &whenClean);

} // namespace interlock
