// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"
#include "model/rules/subnetqueries.h"
#include "tests/bench/bench.h"
#include "tests/bench/prefixdata.h"

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

constexpr double kMillisecond = 1e6;
constexpr int kRepeats = 25;

Prefix privateNet()
{
    return {Address::ipv4(0x0a00'0000U), 8};
}

SubnetRow subnetRow(const Prefix &prefix)
{
    return {{}, prefix, {}, SubnetRole::None, {}, {}, {}, {}, 1};
}

/// A figure with a goal in milliseconds.
void addBelow(Report &report, const QString &id, const QString &job, const Samples &samples, double milliseconds)
{
    const double took = samples.median() / kMillisecond;
    report.addLimit(id, job, u"%1 ms"_s.arg(took, 0, 'f', 3), took, milliseconds, u"< %1 ms"_s.arg(milliseconds));
}

/// What a decision takes whose changes are taken back.
template <typename Make>
Samples decisions(Report &report, Topology &topology, Make &&make)
{
    Samples samples;
    for (int i = 0; i < kRepeats; ++i) {
        samples.add(timed([&] {
            TopologyEdit edit(topology);
            report.check(decide(edit, make(i), {}).has_value(), u"subnets"_s, u"a command was refused"_s);
        }));
    }
    return samples;
}

void measureAdding(Report &report)
{
    Topology topology;
    for (const PrefixIndex::Entry &entry : makeEntries(Spread::OnePrivateNet, report.size(100'000, 2'000)))
        topology.load(subnetRow(entry.prefix));
    topology.endLoad();
    // Deep in the tree, where chains of parents are longest.
    std::vector<Prefix> free;
    for (Sequence numbers(14); free.size() < kRepeats;) {
        const Prefix prefix(Address::ipv4(0x0a00'0000U + numbers.below(1U << 24U)), 31);
        if (!topology.subnets().contains({}, prefix))
            free.push_back(prefix);
    }
    const Samples samples =
        decisions(report, topology, [&](int i) { return AddSubnet{subnetRow(free[static_cast<std::size_t>(i)])}; });
    addBelow(report, u"I14"_s, u"one subnet added into 100,000"_s, samples, 10);
}

void measureNextSubnet(Report &report)
{
    const auto taken = static_cast<std::uint32_t>(report.size(60'000, 2'000));
    Topology topology;
    topology.load(subnetRow(privateNet()));
    for (std::uint32_t i = 0; i < taken; ++i)
        topology.load(subnetRow(Prefix(Address::ipv4(0x0a00'0000U + (i << 8U)), 24)));
    topology.endLoad();
    const Samples samples =
        decisions(report, topology, [&](int) { return AllocateSubnets{{}, privateNet(), 24, 1, subnetRow({}), 1, 1}; });
    addBelow(report, u"I15"_s, u"next free /24 of a /8 with 60,000 taken"_s, samples, 50);
}

void measureNextAddress(Report &report, const Prefix &subnet, std::uint64_t step, const QString &where)
{
    Topology topology;
    topology.load(subnetRow(subnet));
    const std::size_t used = report.size(1'000'000, 20'000);
    for (std::size_t i = 0; i < used; ++i) {
        const Address address(subnet.family(), subnet.first().value() + 1 + i * step);
        topology.load(AddressRow{{}, address, AddressState::Used, {}, {}, {}, {}, {}, {}, 1});
    }
    topology.endLoad();
    const Samples samples = decisions(report, topology, [&](int) { return RequestAddress{{}, subnet, u"somebody"_s}; });
    addBelow(report, u"A7"_s, u"next free address with 1,000,000 used, "_s + where, samples, 10);
}

void measureSubnets(Report &report)
{
    measureAdding(report);
    measureNextSubnet(report);
    measureNextAddress(report, privateNet(), 1, u"a /8 in one run"_s);
    measureNextAddress(report, privateNet(), 2, u"every other one of a /8"_s);
    measureNextAddress(report, Prefix(Address(Family::IPv6, uint128{0xfd00} << 112U), 64), 1, u"an IPv6 /64"_s);
}

const Registration subnets(u"I14"_s, &measureSubnets);

} // namespace

} // namespace interlock::bench
