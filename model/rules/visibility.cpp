// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/visibility.h"

#include "model/rules/block.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

int blockLengthOf(const InstanceRow &instance, Family family)
{
    return family == Family::IPv4 ? instance.blockLength : instance.blockLength6;
}

/// True if the two share a block of `instance` in at least one family.
bool shareBlock(const Topology &topology, const InstanceRow &instance, const CommonName &a, const CommonName &b)
{
    for (const AllocationRow *mine : topology.list<AllocationRow>(instance.name, a)) {
        const auto *theirs = topology.find<AllocationRow>(instance.name, b, mine->family);
        const int length = blockLengthOf(instance, mine->address.family());
        if (theirs && blockOf(mine->address, length) == blockOf(theirs->address, length))
            return true;
    }
    return false;
}

bool hasAddress(const Topology &topology, const InstanceRow &instance, const CommonName &cn)
{
    const auto [begin, end] = topology.range<AllocationRow>(instance.name, cn);
    return begin != end;
}

/// A route to `prefix` would take a part of one of the client's own LANs away: the first of two colliding sites keeps
/// its real prefix under keep-first, and the second cannot name it (openvpn/FACTS.md 9). A wider route takes nothing:
/// the LAN is longer.
bool liesOnOwnLan(const std::vector<const IrouteRow *> &ownLans, const Prefix &prefix)
{
    return std::ranges::any_of(ownLans, [&](const IrouteRow *own) { return own->prefix.contains(prefix); });
}

} // namespace

QString nameOf(VisibilityReason reason)
{
    switch (reason) {
    case VisibilityReason::SameBlock:
        return u"sameBlock"_s;
    case VisibilityReason::OtherBlock:
        return u"otherBlock"_s;
    case VisibilityReason::NoAddress:
        return u"noAddress"_s;
    case VisibilityReason::Unclaimed:
        return u"unclaimed"_s;
    case VisibilityReason::OwnLan:
        return u"ownLan"_s;
    }
    Q_UNREACHABLE();
}

std::vector<VisibleLan> visibleLans(const Topology &topology, const CommonName &cn)
{
    std::vector<VisibleLan> result;
    const bool isNowhere = topology.allocationsOf(cn).empty();
    const auto ownLans = topology.list<IrouteRow>(cn);
    for (const InstanceRow &instance : topology.rows<InstanceRow>()) {
        if (!isNowhere && !hasAddress(topology, instance, cn))
            continue;
        for (const IrouteRow &iroute : topology.rows<IrouteRow>()) {
            if (iroute.cn == cn)
                continue;
            const auto *claim = topology.find<ClaimRow>(iroute.cn, iroute.prefix);
            VisibleLan lan{instance.name, iroute.cn, iroute.prefix, std::nullopt, VisibilityReason::SameBlock};
            if (claim)
                lan.effective = claim->virtualPrefix;
            if (isNowhere || !hasAddress(topology, instance, iroute.cn))
                lan.reason = VisibilityReason::NoAddress;
            else if (!shareBlock(topology, instance, cn, iroute.cn))
                lan.reason = VisibilityReason::OtherBlock;
            else if (!claim)
                lan.reason = VisibilityReason::Unclaimed;
            else if (liesOnOwnLan(ownLans, *lan.effective))
                lan.reason = VisibilityReason::OwnLan;
            result.push_back(std::move(lan));
        }
    }
    return result;
}

std::vector<Prefix> pushedPrefixes(const Topology &topology, const CommonName &cn, const InstanceRow &instance)
{
    // Asked at every login: looks only at the peers in the block, not at every connector.
    const auto ownLans = topology.list<IrouteRow>(cn);
    std::vector<Prefix> prefixes;
    for (const AllocationRow *mine : topology.list<AllocationRow>(instance.name, cn)) {
        const Prefix block = blockOf(mine->address, blockLengthOf(instance, mine->address.family()));
        for (const AllocationRow *peer : topology.allocationsIn(instance.name, block)) {
            if (peer->cn == cn)
                continue;
            for (const IrouteRow *iroute : topology.list<IrouteRow>(peer->cn)) {
                const auto *claim = topology.find<ClaimRow>(peer->cn, iroute->prefix);
                if (claim && !liesOnOwnLan(ownLans, claim->virtualPrefix))
                    prefixes.push_back(claim->virtualPrefix);
            }
        }
    }
    std::ranges::sort(prefixes);
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
    return prefixes;
}

} // namespace interlock
