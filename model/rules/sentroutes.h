// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/prefixindex.h"
#include "model/values/route.h"

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// A controller's list of routes, asked which of them gives a member's address its prefix.
///
/// Members are sent the first kMaxSentRoutes entries and no more; an address takes the longest target of these that
/// holds it, with a gateway or without, and an address that none holds does not reach its member. A target with host
/// bits counts as what it is once masked.
/// \source zerotier/FACTS.md 26, 29 to 31
class SentRoutes
{
public:
    struct Match
    {
        Prefix target;            ///< masked
        std::size_t position = 0; ///< in the list; of equal targets the first

        friend bool operator==(const Match &, const Match &) = default;
    };

    /// \complexity O(n log n)
    explicit SentRoutes(std::span<const RouteText> list);

    /// The longest target that holds `address` among those that are sent. \complexity O(log n)
    [[nodiscard]] std::optional<Match> match(const Address &address) const { return longest(m_sent, address); }
    /// The same among those that are not sent, because they stand too far behind.
    [[nodiscard]] std::optional<Match> matchBeyond(const Address &address) const { return longest(m_beyond, address); }

private:
    [[nodiscard]] static std::optional<Match> longest(const PrefixIndex &index, const Address &address);

    PrefixIndex m_sent;
    PrefixIndex m_beyond;
};

} // namespace interlock
