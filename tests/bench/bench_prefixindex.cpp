// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bench.h"
#include "tests/bench/prefixdata.h"
#include "tests/bench/prefixserver.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

using Entry = PrefixIndex::Entry;

constexpr int kRounds = 7;

const QString kNoServer = u"no PostgreSQL server (INTERLOCK_TEST_POSTGRES)"_s;

/// Times of one question each, asked in turns: `ours` of every one of `questions`, the server of a few of them, because
/// it takes some thousand times as long.
template <typename Question, typename Ours, typename Peer>
Pair againstServer(const std::vector<Question> &questions, std::size_t few, Ours ours, Peer peer)
{
    std::size_t next = 0;
    const auto all = [&] {
        return timed([&] {
                   for (const Question &question : questions)
                       doNotOptimize(ours(question));
               }) /
               static_cast<double>(questions.size());
    };
    const auto some = [&] {
        return timed([&] {
                   for (std::size_t i = 0; i < few; ++i)
                       peer(questions[next++ % questions.size()]);
               }) /
               static_cast<double>(few);
    };
    return interleaved(kRounds, all, some);
}

/// B2 against the database's own index.
void measureAgainstGist(Report &report, const std::vector<Entry> &entries, const std::vector<Address> &queries,
                        const PrefixIndex &index, const QString &where)
{
    const QString job = u"longest match, "_s + where;
    constexpr double kGoal = 8'000;
    if (!PrefixServer::isThere())
        return report.addNotMeasured(u"B2"_s, job, u">= 8000x faster than GiST"_s, kNoServer);
    PrefixServer server(entries);
    const auto find = [&](const Address &query) {
        const auto hit = index.lookUp(query);
        return hit ? std::uint64_t{hit->identity} + 1 : 0;
    };
    bool isRight = true;
    const Pair pair = againstServer(queries, report.size(200, 20), find, [&](const Address &query) {
        isRight = isRight && server.longestMatch(query) == find(query);
    });
    report.check(isRight, u"B2"_s, u"longest match differs from PostgreSQL's, "_s + where);
    report.addFaster(u"B2"_s, job, u"PostgreSQL, GiST inet_ops"_s, pair, 1, kGoal);
}

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
    measureAgainstGist(report, entries, queries, index, where);
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

/// B5 against the database: `parents` are the networks that are asked for.
void measureTreeAgainstServer(Report &report, const std::vector<Entry> &entries, const std::vector<Prefix> &parents,
                              const PrefixIndex &index)
{
    const QString subtree = u"subtree of a /16 as a run, 1M"_s;
    const QString firstFree = u"first free /24 in a /16, 1M"_s;
    if (!PrefixServer::isThere()) {
        report.addNotMeasured(u"B5"_s, subtree, u">= 1000x faster than GiST"_s, kNoServer);
        report.addNotMeasured(u"B5"_s, firstFree, u">= 5000x faster than an anti-join"_s, kNoServer);
        return;
    }
    PrefixServer server(entries);
    bool isRight = true;
    const auto sizeOf = [&](const Prefix &parent) { return std::uint64_t{index.containedRun(parent).size()}; };
    const auto few = report.size(100, 10);
    report.addFaster(
        u"B5"_s, subtree, u"PostgreSQL, GiST, counted there"_s,
        againstServer(parents, few, sizeOf,
                      [&](const Prefix &parent) { isRight = isRight && server.countInside(parent) == sizeOf(parent); }),
        1, 1'000);
    report.addCompared(
        u"B5"_s, u"subtree of a /16 copied out, 1M"_s, u"PostgreSQL, GiST, rows fetched"_s,
        againstServer(
            parents, few, [&](const Prefix &parent) { return index.contained(parent).size(); },
            [&](const Prefix &parent) { isRight = isRight && server.fetchInside(parent) == sizeOf(parent); }),
        1);
    report.check(isRight, u"B5"_s, u"subtree differs from PostgreSQL's"_s);
    const auto nextFree = [&](const Prefix &parent) { return index.nextFree(parent, 24); };
    report.addFaster(u"B5"_s, firstFree, u"PostgreSQL, anti-join over GiST"_s,
                     againstServer(parents, 3, nextFree,
                                   [&](const Prefix &parent) {
                                       isRight = isRight && server.firstFree24(parent) == nextFree(parent);
                                   }),
                     1, 5'000);
    report.check(isRight, u"B5"_s, u"first free /24 differs from PostgreSQL's"_s);
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
    measureTreeAgainstServer(report, entries, parents, index);
}

const Registration b2(u"B2"_s, &measureB2);
const Registration b4(u"B4"_s, &measureB4);
const Registration b5(u"B5"_s, &measureB5);

} // namespace

} // namespace interlock::bench
