// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"
#include "model/rules/subnetqueries.h"
#include "tests/bench/bench.h"
#include "tests/bench/prefixdata.h"

#include <set>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

constexpr double kMillisecond = 1e6;
constexpr int kRounds = 25;

Prefix privateNet()
{
    return {Address::ipv4(0x0a00'0000U), 8};
}

SubnetRow subnetRow(const Prefix &prefix, const QString &tenant = {})
{
    return {tenant, prefix, {}, SubnetRole::None, {}, {}, {}, {}, 1};
}

/// What a decision takes whose changes are taken back.
double decision(Report &report, Topology &topology, const Command &command)
{
    return timed([&] {
        TopologyEdit edit(topology);
        report.check(decide(edit, command, {}).has_value(), u"subnets"_s, u"a command was refused"_s);
    });
}

/// Adding a subnet, against looking at all of them for what overlaps it.
void measureAdding(Report &report)
{
    Topology topology;
    const auto entries = makeEntries(Spread::OnePrivateNet, report.size(100'000, 2'000));
    for (const PrefixIndex::Entry &entry : entries)
        topology.load(subnetRow(entry.prefix));
    topology.endLoad();
    // Deep in the tree, where chains of parents are longest.
    std::vector<Prefix> free;
    for (Sequence numbers(14); free.size() < std::size_t{kRounds};) {
        const Prefix prefix(Address::ipv4(0x0a00'0000U + numbers.below(1U << 24U)), 31);
        if (!topology.subnets().contains({}, prefix))
            free.push_back(prefix);
    }
    std::size_t next = 0;
    const auto ours = [&] { return decision(report, topology, AddSubnet{subnetRow(free[next++ % free.size()])}); };
    const auto peer = [&] {
        const Prefix &prefix = free[next % free.size()];
        std::size_t overlapping = 0;
        const double took = timed([&] {
            for (const PrefixIndex::Entry &entry : entries)
                overlapping += entry.prefix.overlaps(prefix) ? 1U : 0U;
        });
        report.check(overlapping < entries.size(), u"I14"_s, u"everything overlaps"_s);
        return took;
    };
    report.addFasterWithin(u"I14"_s, u"one subnet added into 100,000, decided whole"_s, u"asking all for an overlap"_s,
                           interleaved(kRounds, ours, peer), 20, 10 * kMillisecond);
}

/// The next free /24, against walking an ordered map with the same prefixes.
void measureNextSubnet(Report &report, std::uint32_t tenants, const QString &where)
{
    const auto taken = static_cast<std::uint32_t>(report.size(60'000, 2'000));
    Topology topology;
    topology.load(subnetRow(privateNet()));
    std::vector<PrefixIndex::Entry> entries{{privateNet(), 0}};
    for (std::uint32_t i = 0; i < taken; ++i) {
        const Prefix prefix(Address::ipv4(0x0a00'0000U + (i << 8U)), 24);
        topology.load(subnetRow(prefix, tenants == 0 ? QString() : u"t%1"_s.arg(i % tenants)));
        entries.push_back({prefix, i + 1});
    }
    topology.endLoad();
    const MapIndex<std::uint64_t> map(entries);
    const Prefix expected(Address::ipv4(0x0a00'0000U + (taken << 8U)), 24);
    const auto ours = [&] {
        std::vector<Prefix> found;
        const double took = timed([&] { found = nextFreeSubnets(topology, {}, privateNet(), 24, 1); });
        report.check(found == std::vector{expected}, u"I15"_s, u"another prefix"_s);
        return took;
    };
    const auto peer = [&] {
        std::optional<Prefix> found;
        const double took = timed([&] { found = map.nextFree(privateNet(), 24); });
        report.check(found == expected, u"I15"_s, u"the map finds another prefix"_s);
        return took;
    };
    const Pair pair = interleaved(kRounds, ours, peer);
    // Each is compared with pools, stand-ins and held addresses too, which the map does not know.
    report.addFasterWithin(u"I15"_s, u"next free /24 of a /8 with 60,000 taken, "_s + where, u"walking std::map"_s,
                           pair, 0.25, 50 * kMillisecond);
}

/// The next free address, against walking an ordered set of those that are taken.
void measureNextAddress(Report &report, const Prefix &subnet, std::uint64_t step, double times, const QString &where)
{
    Topology topology;
    topology.load(subnetRow(subnet));
    std::set<Address> taken;
    const std::size_t used = report.size(1'000'000, 20'000);
    for (std::size_t i = 0; i < used; ++i) {
        const Address address(subnet.family(), subnet.first().value() + 1 + i * step);
        topology.load(AddressRow{{}, address, AddressState::Used, {}, {}, {}, {}, {}, {}, 1});
        taken.insert(taken.end(), address);
    }
    topology.endLoad();
    const auto ours = [&] { return decision(report, topology, RequestAddress{{}, subnet, u"somebody"_s}); };
    const auto peer = [&] {
        uint128 next = subnet.first().value() + 1;
        const double took = timed([&] {
            for (auto it = taken.begin(); it != taken.end() && it->value() == next; ++it)
                ++next;
        });
        report.check(next == subnet.first().value() + 1 + (step == 1 ? used : 1), u"A7"_s, u"another address"_s);
        return took;
    };
    const Pair pair = interleaved(kRounds, ours, peer);
    const QString job = u"next free address with 1,000,000 used, decided whole, "_s + where;
    if (times > 0)
        report.addFasterWithin(u"A7"_s, job, u"walking std::set"_s, pair, times, 10 * kMillisecond);
    else
        report.addCompared(u"A7"_s, job, u"walking std::set, the answer alone"_s, pair, 1);
}

void measureSubnets(Report &report)
{
    measureAdding(report);
    measureNextSubnet(report, 0, u"of one tree"_s);
    measureNextSubnet(report, 200, u"of 200 tenants"_s);
    measureNextAddress(report, privateNet(), 1, 100, u"a /8 in one run"_s);
    measureNextAddress(report, privateNet(), 2, 0, u"every other one of a /8"_s);
    measureNextAddress(report, Prefix(Address(Family::IPv6, uint128{0xfd00} << 112U), 64), 1, 100, u"an IPv6 /64"_s);
}

const Registration subnets(u"I14"_s, &measureSubnets);

} // namespace

} // namespace interlock::bench
