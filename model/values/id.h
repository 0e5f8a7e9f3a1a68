// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHashFunctions>

#include <compare>

namespace interlock {

/// A row's number in the store. `Tag` keeps the ids of different things apart.
template <typename Tag>
struct Id
{
    qint64 value = 0;

    friend constexpr bool operator==(const Id &, const Id &) = default;
    friend constexpr auto operator<=>(const Id &, const Id &) = default;
    friend size_t qHash(const Id &id, size_t seed = 0) { return qHash(id.value, seed); }
};

/// The place of an entry in the journal: gapless, in commit order, from 1.
using JournalId = Id<struct JournalTag>;

} // namespace interlock
