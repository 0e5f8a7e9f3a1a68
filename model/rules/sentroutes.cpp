// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/sentroutes.h"

namespace interlock {

SentRoutes::SentRoutes(std::span<const RouteText> list)
{
    std::vector<PrefixIndex::Entry> sent;
    std::vector<PrefixIndex::Entry> beyond;
    for (std::size_t at = 0; at < list.size(); ++at) {
        if (!list[at].target.contains(u'/'))
            continue;
        // Of equal prefixes the index gives the greatest identity, and we want the first.
        if (const auto target = Prefix::parseMasked(list[at].target))
            (at < kMaxSentRoutes ? sent : beyond).push_back({*target, ~static_cast<std::uint32_t>(at)});
    }
    m_sent = PrefixIndex(sent);
    m_beyond = PrefixIndex(beyond);
}

std::optional<SentRoutes::Match> SentRoutes::longest(const PrefixIndex &index, const Address &address)
{
    const auto entry = index.longestMatch(address);
    return entry ? std::optional(Match{entry->prefix, ~entry->identity}) : std::nullopt;
}

} // namespace interlock
