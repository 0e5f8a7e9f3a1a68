// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bench.h"
#include "tests/bench/prefixdata.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

using Entry = PrefixIndex::Entry;

constexpr int kRounds = 7;

/// B2 on one set of prefixes; the sum of what was found must be the same.
template <typename Key>
void measureLongestMatch(Report &report, Spread spread, const QString &where)
{
    const auto entries = makeEntries(spread, report.size(1'000'000, 20'000));
    const auto queries = makeQueries(entries, report.size(500'000, 10'000));
    const PrefixIndex index(entries);
    const MapIndex<Key> map(entries);
    std::uint64_t oursSum = 0;
    std::uint64_t peerSum = 0;
    const auto ours = [&] {
        return timed([&] {
            for (const auto &query : queries) {
                const auto hit = index.lookUp(query);
                oursSum += hit ? std::uint64_t{hit->identity} + 1 : 0;
            }
        });
    };
    std::uint64_t entrySum = 0;
    const auto entryOut = [&] {
        return timed([&] {
            for (const auto &query : queries) {
                const auto match = index.longestMatch(query);
                entrySum += match ? std::uint64_t{match->identity} + 1 : 0;
            }
        });
    };
    const auto peer = [&] {
        return timed([&] {
            for (const auto &query : queries)
                peerSum += map.longestMatch(query);
        });
    };
    const auto pair = interleaved(kRounds, ours, peer);
    report.check(oursSum == peerSum, u"B2"_s, u"longest match differs from std::map, "_s + where);
    report.addFaster(u"B2"_s, u"longest match, "_s + where, u"std::map and parents"_s, pair,
                     static_cast<double>(queries.size()), 10);
    peerSum = 0;
    const auto entryPair = interleaved(kRounds, entryOut, peer);
    report.check(entrySum == peerSum, u"B2"_s, u"entry of the longest match differs from std::map, "_s + where);
    report.addCompared(u"B2"_s, u"the same, whole entry out, "_s + where, u"std::map and parents"_s, entryPair,
                       static_cast<double>(queries.size()));
    const auto bytes = static_cast<double>(index.bytes()) / static_cast<double>(entries.size());
    report.addLimit(u"B2"_s, u"memory of the index, "_s + where, QString::number(bytes, 'f', 1) + u" bytes a prefix"_s,
                    bytes, 40, u"<= 40 bytes a prefix"_s);
}

void measureB2(Report &report)
{
    measureLongestMatch<std::uint64_t>(report, Spread::WholeInternet, u"1M all over IPv4"_s);
    measureLongestMatch<std::uint64_t>(report, Spread::OnePrivateNet, u"1M in 10.0.0.0/8"_s);
    measureLongestMatch<Prefix>(report, Spread::IPv6, u"1M in fd00::/8"_s);
}

/// The smallest thing that can be sorted in place of an entry.
struct CompactEntry
{
    std::uint64_t key;
    std::uint32_t identity;

    friend bool operator<(const CompactEntry &a, const CompactEntry &b) { return a.key < b.key; }
};

void measureB4(Report &report)
{
    const auto entries = makeEntries(Spread::WholeInternet, report.size(1'000'000, 20'000));
    std::vector<CompactEntry> compact;
    for (const auto &[prefix, identity] : entries)
        compact.push_back(
            {static_cast<std::uint64_t>(prefix.first().value()) << 8U | static_cast<std::uint64_t>(prefix.length()),
             identity});
    const auto build = [&] { return timed([&] { doNotOptimize(PrefixIndex(entries)); }); };
    const auto sortCopyOf = [](const auto &input) {
        return [&input] {
            auto copy = input;
            return timed([&] {
                std::sort(copy.begin(), copy.end());
                doNotOptimize(copy.front());
            });
        };
    };
    report.addAtMost(u"B4"_s, u"build the index, 1M all over IPv4"_s, u"std::sort of the same array"_s,
                     interleaved(kRounds, build, sortCopyOf(entries)), 1, 2.5);
    report.addAtMost(u"B4"_s, u"build the index, 1M all over IPv4"_s, u"std::sort of 16-byte keys"_s,
                     interleaved(kRounds, build, sortCopyOf(compact)), 1, 2.5);
}

/// A tree of /16 networks in which most of the /24 below are taken.
std::vector<Entry> makeFullNetworks(std::size_t networks)
{
    Sequence random(44);
    std::vector<Entry> entries;
    for (std::uint32_t network = 0; network < networks; ++network) {
        entries.push_back({Prefix(Address::ipv4(network << 16U), 16), static_cast<std::uint32_t>(entries.size())});
        const auto firstFree = random.below(256);
        for (std::uint32_t subnet = 0; subnet < 256; ++subnet) {
            if (subnet != firstFree && (subnet < firstFree || random.below(20) > 0))
                entries.push_back({Prefix(Address::ipv4(network << 16U | subnet << 8U), 24),
                                   static_cast<std::uint32_t>(entries.size())});
        }
    }
    return entries;
}

void measureB5(Report &report)
{
    const auto networks = report.size(4096, 64);
    const auto entries = makeFullNetworks(networks);
    const PrefixIndex index(entries);
    const MapIndex<std::uint64_t> map(entries);
    std::vector<Prefix> parents;
    Sequence random(45);
    for (std::size_t i = 0; i < report.size(20'000, 200); ++i)
        parents.emplace_back(Address::ipv4(random.below(static_cast<std::uint32_t>(networks)) << 16U), 16);

    const auto sumOf = [&parents](std::uint64_t &sum, auto valueOf) {
        return [&parents, &sum, valueOf] {
            return timed([&] {
                for (const auto &parent : parents)
                    sum += valueOf(parent);
            });
        };
    };
    const auto firstOf = [](const std::optional<Prefix> &free) {
        return free ? static_cast<std::uint64_t>(free->first().value()) : 1U;
    };
    const auto operations = static_cast<double>(parents.size());

    std::uint64_t oursSum = 0;
    std::uint64_t peerSum = 0;
    const auto subtree =
        interleaved(kRounds, sumOf(oursSum, [&](const Prefix &parent) { return index.containedRun(parent).size(); }),
                    sumOf(peerSum, [&](const Prefix &parent) { return map.countInside(parent); }));
    report.check(oursSum == peerSum, u"B5"_s, u"subtree differs from std::map"_s);
    report.addCompared(u"B5"_s, u"subtree of a /16 as a run, 1M"_s, u"walking std::map"_s, subtree, operations);

    const auto list =
        interleaved(kRounds, sumOf(oursSum, [&](const Prefix &parent) { return index.contained(parent).size(); }),
                    sumOf(peerSum, [&](const Prefix &parent) { return map.countInside(parent); }));
    report.check(oursSum == peerSum, u"B5"_s, u"listed subtree differs from std::map"_s);
    report.addCompared(u"B5"_s, u"subtree of a /16 copied out, 1M"_s, u"walking std::map, no copy"_s, list, operations);

    const auto free =
        interleaved(kRounds, sumOf(oursSum, [&](const Prefix &parent) { return firstOf(index.nextFree(parent, 24)); }),
                    sumOf(peerSum, [&](const Prefix &parent) { return firstOf(map.nextFree(parent, 24)); }));
    report.check(oursSum == peerSum, u"B5"_s, u"first free /24 differs from std::map"_s);
    report.addCompared(u"B5"_s, u"first free /24 in a /16, 1M"_s, u"walking std::map"_s, free, operations);
}

const Registration b2(u"B2"_s, &measureB2);
const Registration b4(u"B4"_s, &measureB4);
const Registration b5(u"B5"_s, &measureB5);

} // namespace

} // namespace interlock::bench
