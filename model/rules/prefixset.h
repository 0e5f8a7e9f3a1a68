// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <span>
#include <vector>

namespace interlock {

/// Sets of addresses, written as lists of prefixes. What is returned is always minimal: ascending, disjoint, and
/// without two halves of one prefix. Both families may be mixed.
struct PrefixSet
{
    /// The fewest prefixes that hold exactly the addresses of `prefixes`, which may come in any order, overlap and
    /// repeat. \complexity O(n log n)
    [[nodiscard]] static std::vector<Prefix> aggregate(std::span<const Prefix> prefixes);

    /// The addresses of `whole` that are in none of `holes`. \complexity O(n log n)
    [[nodiscard]] static std::vector<Prefix> subtract(const Prefix &whole, std::span<const Prefix> holes);

    /// Appends the fewest prefixes that hold exactly `first` to `last`, both included and of one family (asserted).
    /// Nothing is appended when `first` is behind `last`.
    static void appendRange(const Address &first, const Address &last, std::vector<Prefix> &into);
};

} // namespace interlock
