// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <cstddef>
#include <vector>

namespace interlock {

/// How a row answers what was typed, best first.
enum class SearchMatch {
    Exact,     ///< its name, prefix or address is what was typed
    Contains,  ///< its prefix contains the typed address or prefix; narrower ones first
    Inside,    ///< its prefix or address lies in the typed prefix; wider ones first
    TextStart, ///< a text of it begins with what was typed
    Text,      ///< a text of it has it somewhere
};

struct SearchHit
{
    Row row;
    SearchMatch match = SearchMatch::Text;
    QString field; ///< JSON key of the field that matched

    friend bool operator==(const SearchHit &, const SearchHit &) = default;
};

/// The word for `match`: "exact", "contains", "inside", "textStart", "text".
[[nodiscard]] QString nameOf(SearchMatch match);

inline constexpr std::size_t kSearchLimit = 50;

/// Connectors, iroutes, claims, allocations, instances and exclusions that have to do with `typed`: a common name or a
/// piece of one (any case), an address, a prefix in any notation, a piece of a description. Best first; at equal rank
/// in the order of the tables, then of their keys. Nothing for blanks. Each row comes once, by its best match.
/// \complexity O(rows), a comparison of numbers or of text each
[[nodiscard]] std::vector<SearchHit> search(const Topology &topology, QStringView typed,
                                            std::size_t limit = kSearchLimit);

} // namespace interlock
