// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/prefixdata.h"

#include <QSet>

namespace interlock::bench {

namespace {

int routingTableLength(Sequence &random)
{
    const auto percent = random.below(100);
    if (percent < 60)
        return 24;
    return percent < 90 ? 16 + static_cast<int>(random.below(8)) : 25 + static_cast<int>(random.below(8));
}

Prefix anyPrefix(Spread spread, Sequence &random)
{
    const auto bits = random.next();
    switch (spread) {
    case Spread::WholeInternet:
        return {Address::ipv4(static_cast<std::uint32_t>(bits)), routingTableLength(random)};
    case Spread::OnePrivateNet:
        return {Address::ipv4(0x0a00'0000U | (static_cast<std::uint32_t>(bits) & 0x00ff'ffffU)),
                16 + static_cast<int>(random.below(17))};
    case Spread::IPv6:
        break;
    }
    const auto high = 0xfd00'0000'0000'0000U | (bits & 0x00ff'ffff'ffff'ffffU);
    return {Address(Family::IPv6, uint128{high} << 64U), 32 + static_cast<int>(random.below(33))};
}

} // namespace

std::vector<PrefixIndex::Entry> makeEntries(Spread spread, std::size_t count)
{
    Sequence random(42);
    QSet<Prefix> seen;
    seen.reserve(static_cast<qsizetype>(count));
    std::vector<PrefixIndex::Entry> entries;
    entries.reserve(count);
    while (entries.size() < count) {
        const auto prefix = anyPrefix(spread, random);
        if (seen.contains(prefix))
            continue;
        seen.insert(prefix);
        entries.push_back({prefix, static_cast<std::uint32_t>(entries.size())});
    }
    return entries;
}

std::vector<Address> makeQueries(const std::vector<PrefixIndex::Entry> &entries, std::size_t count)
{
    Sequence random(43);
    std::vector<Address> queries;
    queries.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto &prefix = entries[random.below(static_cast<std::uint32_t>(entries.size()))].prefix;
        const auto anywhere = uint128{random.next()} << 64U | random.next();
        const auto hostBits = prefix.last().value() ^ prefix.first().value();
        if (random.below(4) > 0)
            queries.emplace_back(prefix.family(), prefix.first().value() | (anywhere & hostBits));
        else
            queries.emplace_back(prefix.family(), anywhere & maxOf(prefix.family()));
    }
    return queries;
}

} // namespace interlock::bench
