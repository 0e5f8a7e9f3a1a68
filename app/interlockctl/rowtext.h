// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/changeset.h"

#include <QString>

namespace interlock {

/// One line about `row` for people: "claim branch-a 192.168.1.0/24 as 100.64.0.0/24".
[[nodiscard]] QString rowText(const Row &row);

/// One line a change, beginning with `+`, `-` or `~`; a change of a row names the fields that differ.
[[nodiscard]] QString changesText(const ChangeSet &changes);

} // namespace interlock
