// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixset.h"
#include "tests/bench/bench.h"
#include "tests/bench/prefixdata.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

void measure(Report &report, Spread spread, const QString &where)
{
    std::vector<Prefix> input;
    for (const auto &entry : makeEntries(spread, report.size(1'000'000, 20'000)))
        input.push_back(entry.prefix);
    std::size_t minimal = 0;
    const auto ours = [&] { return timed([&] { minimal = PrefixSet::aggregate(input).size(); }); };
    const auto peer = [&] {
        auto copy = input;
        return timed([&] {
            std::sort(copy.begin(), copy.end());
            doNotOptimize(copy.front());
        });
    };
    const auto pair = interleaved(7, ours, peer);
    report.check(minimal > 0 && minimal < input.size(), u"D1"_s, u"nothing was aggregated, "_s + where);
    report.addAtMost(u"D1"_s, u"lossless minimal set, "_s + where, u"std::sort of the same input"_s, pair, 1, 2);
}

void measureD1(Report &report)
{
    measure(report, Spread::WholeInternet, u"1M all over IPv4"_s);
    measure(report, Spread::OnePrivateNet, u"1M in 10.0.0.0/8"_s);
    measure(report, Spread::IPv6, u"1M in fd00::/8"_s);
}

const Registration d1(u"D1"_s, &measureD1);

} // namespace

} // namespace interlock::bench
