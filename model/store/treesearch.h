// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/search.h"
#include "model/store/connection.h"

namespace interlock {

/// As Queries::searchTree(). \returns StoreCorrupt when a row does not parse
[[nodiscard]] Expected<std::vector<SearchHit>> findInTree(Connection &connection, const QString &typed,
                                                          std::size_t limit);

} // namespace interlock
