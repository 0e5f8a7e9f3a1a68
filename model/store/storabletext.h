// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/changeset.h"

namespace interlock {

/// False for text that one back end would cut or change without a word: a null character, half of a surrogate pair.
[[nodiscard]] bool isStorable(const QString &text);

/// True when every text that `changes` writes is.
[[nodiscard]] bool isStorable(const ChangeSet &changes);

} // namespace interlock
