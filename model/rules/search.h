// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <cstddef>
#include <optional>
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
    QString field;    ///< JSON key of the field that matched
    int distance = 0; ///< among hits of the same match: less is better

    friend bool operator==(const SearchHit &, const SearchHit &) = default;
};

/// The word for `match`: "exact", "contains", "inside", "textStart", "text".
[[nodiscard]] QString nameOf(SearchMatch match);

inline constexpr std::size_t kSearchLimit = 50;

/// What somebody typed, and how rows answer it.
class SearchQuestion
{
public:
    /// \param typed  a common name or a piece of one (any case), an address, a prefix in any notation, a piece of a
    /// description. Blanks around do not count.
    explicit SearchQuestion(QStringView typed);

    [[nodiscard]] bool isEmpty() const { return m_text.isEmpty(); }
    [[nodiscard]] const QString &text() const { return m_text; }
    /// The address or prefix that it is, host bits cut off.
    [[nodiscard]] const std::optional<Prefix> &prefix() const { return m_prefix; }
    /// Could be a piece of an address or prefix and is none: such pieces are looked for in their text.
    [[nodiscard]] bool isPieceOfAddress() const { return m_isPieceOfAddress; }

    /// The best match of `row`'s fields; none where none matches, and for tables that are not searched.
    [[nodiscard]] std::optional<SearchHit> match(const Row &row) const;

private:
    QString m_text;
    std::optional<Prefix> m_prefix;
    bool m_isPieceOfAddress = false;
};

/// The best `limit` of `hits`; at equal rank in the order of the tables, then as they come.
[[nodiscard]] std::vector<SearchHit> bestHits(std::vector<SearchHit> hits, std::size_t limit = kSearchLimit);

/// Connectors, iroutes, claims, allocations, instances, exclusions and tenants that have to do with `typed`, best
/// first; at equal rank in the order of the tables, then of their keys. Nothing for blanks. Each row comes once, by its
/// best match. Subnets and addresses are too many to look through: the store finds them, see Queries::searchTree().
/// \complexity O(rows), a comparison of numbers or of text each
[[nodiscard]] std::vector<SearchHit> search(const Topology &topology, QStringView typed,
                                            std::size_t limit = kSearchLimit);

} // namespace interlock
