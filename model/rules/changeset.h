// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <optional>
#include <vector>

namespace interlock {

/// One row before and after an edit; an insertion has no `before`, a deletion no `after`. Both have the same identity.
struct RowChange
{
    std::optional<Row> before;
    std::optional<Row> after;

    [[nodiscard]] const Row &any() const { return after ? *after : *before; }
    friend bool operator==(const RowChange &, const RowChange &) = default;
};

/// What a command does to the rows, one entry a row. Deletions stand before insertions and updates, so that it can be
/// carried out in order without meeting a row that is about to go.
using ChangeSet = std::vector<RowChange>;

} // namespace interlock
