// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <set>
#include <tuple>
#include <utility>

namespace interlock {

/// References to the key fields of `row`, as a tuple in the order of its field list.
template <typename R>
[[nodiscard]] auto keyTie(const R &row)
{
    return [&]<std::size_t... I>(std::index_sequence<I...>)
    {
        return std::tuple_cat([&] {
            if constexpr (std::get<I>(R::kFields).use == FieldUse::Key)
                return std::tie(row.*(std::get<I>(R::kFields).member));
            else
                return std::tuple<>();
        }()...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(R::kFields)>>());
}

/// Orders rows by key; can be asked with a tuple of key values (or of the first few of them, for a range).
template <typename R>
struct ByKey
{
    using is_transparent = void;

    bool operator()(const R &a, const R &b) const { return keyTie(a) < keyTie(b); }
    template <typename... T>
    bool operator()(const R &a, const std::tuple<T...> &b) const
    {
        return leading<sizeof...(T)>(keyTie(a)) < b;
    }
    template <typename... T>
    bool operator()(const std::tuple<T...> &a, const R &b) const
    {
        return a < leading<sizeof...(T)>(keyTie(b));
    }

private:
    template <std::size_t N, typename Tuple>
    static auto leading(const Tuple &tuple)
    {
        return [&]<std::size_t... I>(std::index_sequence<I...>)
        {
            return std::tie(std::get<I>(tuple)...);
        }
        (std::make_index_sequence<N>());
    }
};

/// Rows of one table, ordered by key; addresses of rows are stable until that row changes.
template <typename R>
using RowSet = std::set<R, ByKey<R>>;

} // namespace interlock
