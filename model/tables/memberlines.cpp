// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/memberlines.h"

#include "model/rules/networkdiff.h"

#include <map>
#include <set>

namespace interlock {

namespace {

/// All that is said about one node; not owned.
struct Sources
{
    const MemberRow *rowOrNull = nullptr;
    const MemberRecord *recordOrNull = nullptr;
    const MemberPush *pushOrNull = nullptr;
};

std::set<NodeId> onlineNodes(std::span<const PeerRecord> peers)
{
    std::set<NodeId> nodes;
    for (const PeerRecord &peer : peers) {
        if (!peer.physicalAddress.isEmpty())
            nodes.insert(peer.node);
    }
    return nodes;
}

/// Nodes that the controller has otherwise than the rows, or not although it should.
std::set<NodeId> differentNodes(const NetworkContext &rows, std::span<const MemberRecord> records)
{
    const MemberPlan plan = planMembers(wantedMembers(rows), records);
    std::set<NodeId> nodes;
    for (const MemberWrite &write : plan.writes)
        nodes.insert(write.node);
    for (const MemberWrite &write : plan.refused)
        nodes.insert(write.node);
    return nodes;
}

MemberState stateOf(const Sources &sources, const std::set<NodeId> &different)
{
    const MemberRow *row = sources.rowOrNull;
    if (!row)
        return sources.recordOrNull->isAuthorized ? MemberState::Foreign : MemberState::Pending;
    const MemberPush *push = sources.pushOrNull;
    if (push && push->tries > 0 && push->version == row->version)
        return MemberState::Failed;
    if (different.contains(row->node))
        return MemberState::Staged;
    return sources.recordOrNull ? MemberState::Pushed : MemberState::Absent;
}

MemberLine lineOf(const NodeId &node, const Sources &sources)
{
    MemberLine line{node};
    if (const MemberRecord *record = sources.recordOrNull) {
        line.name = record->name;
        line.isAuthorized = record->isAuthorized;
        line.addresses = record->addresses;
        line.isBridge = record->isBridge;
        line.hasJoined = record->hasJoined;
        line.version = record->version;
    }
    if (const MemberRow *row = sources.rowOrNull) {
        if (!row->device.isEmpty())
            line.name = row->device;
        line.standing = row->standing;
        line.planned = row->address;
    }
    if (const MemberPush *push = sources.pushOrNull) {
        line.tries = push->tries;
        line.lastError = push->lastError;
    }
    return line;
}

} // namespace

std::vector<MemberLine> memberLines(const NetworkContext &rows, std::span<const MemberRecord> records,
                                    std::span<const MemberPush> pushes,
                                    const std::optional<std::vector<PeerRecord>> &peersOrNone)
{
    std::map<NodeId, Sources> nodes;
    for (const MemberRecord &record : records)
        nodes[record.node].recordOrNull = &record;
    for (const MemberRow &row : rows.members)
        nodes[row.node].rowOrNull = &row;
    for (const MemberPush &push : pushes) {
        if (const auto node = nodes.find(push.node); node != nodes.end())
            node->second.pushOrNull = &push;
    }
    const std::set<NodeId> different = differentNodes(rows, records);
    const std::set<NodeId> online = peersOrNone ? onlineNodes(*peersOrNone) : std::set<NodeId>();
    std::vector<MemberLine> lines;
    lines.reserve(nodes.size());
    for (const auto &[node, sources] : nodes) {
        if (sources.rowOrNull && sources.rowOrNull->standing == MemberStanding::Removed && !sources.recordOrNull)
            continue;
        MemberLine line = lineOf(node, sources);
        line.state = stateOf(sources, different);
        if (peersOrNone)
            line.isOnline = online.contains(node);
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace interlock
