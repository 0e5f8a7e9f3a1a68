// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/tablerow.h"
#include "ui/widgets/stateview.h"

namespace interlock {

[[nodiscard]] QString glyphOf(Table table);

/// What an empty table says: what would be in it, and the command that puts it there.
/// \param ctl  how interlockctl is called for this store
[[nodiscard]] StateText emptyState(Table table, const QString &ctl);

} // namespace interlock
