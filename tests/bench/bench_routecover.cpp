// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routecover.h"
#include "model/values/route.h"
#include "tests/bench/bench.h"
#include "tests/bench/prefixdata.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

void compare(Report &report, const std::vector<Prefix> &input, const std::optional<Prefix> &inside, bool isLossy,
             const QString &where)
{
    std::optional<RouteCover> cover;
    const auto ours = [&] {
        cover.reset();
        return timed([&] {
            if (auto found = coverRoutes(input, kMaxSentRoutes, inside))
                cover = std::move(*found);
        });
    };
    const auto peer = [&] {
        auto copy = input;
        return timed([&] {
            std::sort(copy.begin(), copy.end());
            doNotOptimize(copy.front());
        });
    };
    const auto pair = interleaved(5, ours, peer);
    report.check(cover && !cover->cover.empty() && cover->cover.size() <= kMaxSentRoutes &&
                     cover->isLossless == !isLossy,
                 u"D2"_s, u"no cover, or a wrong one, "_s + where);
    report.addAtMost(u"D2"_s, u"least cover with 128 routes, "_s + where, u"std::sort of the same input"_s, pair, 1, 2);
}

std::vector<Prefix> prefixesOf(Spread spread, std::size_t count)
{
    std::vector<Prefix> prefixes;
    for (const auto &entry : makeEntries(spread, count))
        prefixes.push_back(entry.prefix);
    return prefixes;
}

/// Addresses, each by itself: none can be left out early.
std::vector<Prefix> singleAddresses(std::size_t count)
{
    Sequence random(44);
    std::vector<Prefix> addresses;
    while (addresses.size() < count)
        addresses.emplace_back(Address::ipv4(static_cast<std::uint32_t>(random.next())), 32);
    return addresses;
}

void measureD2(Report &report)
{
    const auto count = report.size(1'000'000, 20'000);
    const auto in = [](QStringView text) { return Prefix::parse(text).value(); };
    compare(report, prefixesOf(Spread::WholeInternet, count), {}, true, u"1M all over IPv4"_s);
    compare(report, prefixesOf(Spread::OnePrivateNet, count), in(u"10.0.0.0/8"), false, u"1M in 10.0.0.0/8"_s);
    compare(report, prefixesOf(Spread::IPv6, count), in(u"fd00::/8"), true, u"1M in fd00::/8"_s);
    compare(report, singleAddresses(count), {}, true, u"1M addresses all over IPv4"_s);
}

const Registration d2(u"D2"_s, &measureD2);

} // namespace

} // namespace interlock::bench
