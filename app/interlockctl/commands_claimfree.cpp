// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"

#include <map>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct FreeArgs
{
    std::optional<int> length;
    std::optional<InstanceName> instance;
};

void declareFree(Arguments args, FreeArgs &a)
{
    args.optional("--length", a.length, "Which carve-out comes next for a LAN of this length (default 27)", "N");
    args.optional("--instance", a.instance, "Only the range of this instance", "NAME");
}

/// Ranges in use, each with the instances that take their stand-ins from it.
Expected<std::map<Prefix, QStringList>> rangesOf(const Topology &topology, const std::optional<InstanceName> &only)
{
    if (only) {
        if (const auto known = instanceIn(topology, *only); !known)
            return fail(known.error());
    }
    std::map<Prefix, QStringList> ranges;
    for (const InstanceRow &row : topology.rows<InstanceRow>()) {
        if (!only || row.name == *only)
            ranges[row.standinRange] += row.name.toString();
    }
    return ranges;
}

/// The blocks of `allocator` that `prefixes` cover, each prefix counted for itself.
uint128 blocksUnder(const CarveOutAllocator &allocator, const std::vector<Prefix> &prefixes)
{
    uint128 blocks = 0;
    for (const Prefix &prefix : prefixes) {
        if (!prefix.overlaps(allocator.range()))
            continue;
        const int length = std::max(prefix.length(), allocator.range().length());
        blocks += uint128{1} << static_cast<unsigned>(std::max(0, allocator.unitLength() - length));
    }
    return blocks;
}

std::vector<Prefix> standIns(const Topology &topology)
{
    std::vector<Prefix> carveOuts;
    for (const ClaimRow &row : topology.rows<ClaimRow>()) {
        if (!row.isSentinel())
            carveOuts.push_back(row.hold);
    }
    return carveOuts;
}

std::vector<Prefix> quarantined(const Topology &topology, Timestamp now)
{
    std::vector<Prefix> carveOuts;
    for (const QuarantineRow &row : topology.rows<QuarantineRow>()) {
        if (row.until > now)
            carveOuts.push_back(row.carveOut);
    }
    return carveOuts;
}

QJsonObject rangeJson(Topology &topology, const Prefix &range, const QStringList &instances, int length)
{
    const Timestamp now = Session::now();
    const CarveOutAllocator &allocator = topology.allocatorOf(range, now);
    const auto count = [](uint128 blocks) { return static_cast<qint64>(blocks); };
    const auto largest = allocator.largestFree();
    // The topology files everything that occupies space in one layer; who it is, the rows say.
    const uint128 held = blocksUnder(allocator, standIns(topology));
    const uint128 resting = blocksUnder(allocator, quarantined(topology, now));
    const uint128 taken = allocator.capacity() - allocator.freeBlocks();
    const uint128 excluded = taken - std::min(taken, held + resting);
    const auto next = topology.freeCarveOut(range, length, now);
    return {{u"range"_s, range.toString()},
            {u"instances"_s, QJsonArray::fromStringList(instances)},
            {u"unitLength"_s, allocator.unitLength()},
            {u"capacity"_s, count(allocator.capacity())},
            {u"free"_s, count(allocator.freeBlocks())},
            {u"held"_s, count(held)},
            {u"quarantined"_s, count(resting)},
            {u"excluded"_s, count(excluded)},
            {u"largestFree"_s, largest ? QJsonValue(*largest) : QJsonValue()},
            {u"length"_s, length},
            {u"next"_s, next ? QJsonValue(Prefix(next->first(), length).toString()) : QJsonValue()}};
}

QString orNone(const QJsonValue &value, const QString &before = {})
{
    if (value.isNull())
        return u"none"_s;
    return before + (value.isString() ? value.toString() : QString::number(value.toInteger()));
}

Expected<Answer> free(Session &session, const FreeArgs &a)
{
    const int length = a.length.value_or(CarveOutAllocator::kSmallestLength);
    if (length < 1 || length > 32)
        return fail(ErrorKind::Invalid, u"a length is 1 to 32"_s, {{u"argument"_s, u"--length"_s}});
    return session.tryLook([&](Topology &topology) -> Expected<Answer> {
        const auto ranges = rangesOf(topology, a.instance);
        if (!ranges)
            return fail(ranges.error());
        Table table({u"RANGE"_s, u"INSTANCES"_s, u"BLOCKS"_s, u"FREE"_s, u"HELD"_s, u"RESTING"_s, u"EXCLUDED"_s,
                     u"LARGEST FREE"_s, u"NEXT /%1"_s.arg(length)},
                    u"There are no instances, so there is no stand-in range."_s);
        QJsonArray list;
        for (const auto &[range, instances] : *ranges) {
            const QJsonObject object = rangeJson(topology, range, instances, length);
            list.append(object);
            const auto number = [&](const QString &key) { return QString::number(object.value(key).toInteger()); };
            table.add({range.toString(), instances.join(u' '), number(u"capacity"_s), number(u"free"_s),
                       number(u"held"_s), number(u"quarantined"_s), number(u"excluded"_s),
                       orNone(object.value(u"largestFree"_s), u"/"_s), orNone(object.value(u"next"_s))});
        }
        QJsonArray exclusions;
        QStringList lines{table.toString()};
        for (const ExclusionRow &row : topology.rows<ExclusionRow>()) {
            exclusions.append(rowJson(row));
            lines += u"excluded: %1  %2"_s.arg(row.prefix.toString(), row.note).trimmed();
        }
        QJsonArray resting;
        for (const QuarantineRow &row : topology.rows<QuarantineRow>()) {
            if (row.until <= Session::now())
                continue;
            resting.append(rowJson(row));
            lines += u"quarantined until %1: %2, which %3 had"_s.arg(row.until.toString(), row.carveOut.toString(),
                                                                     row.cn.toString());
        }
        return Answer{{{u"ranges"_s, list}, {u"exclusions"_s, exclusions}, {u"quarantined"_s, resting}},
                      lines.join(u'\n'),
                      {},
                      0};
    });
}

} // namespace

void addClaimFree(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<FreeArgs>(group, "free", "What is left of the stand-in ranges, counted in their smallest carve-outs",
                           declareFree, free);
}

} // namespace interlock
