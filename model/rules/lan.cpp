// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/lan.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct Special
{
    Prefix prefix;
    QString name;
};

const std::vector<Special> &specials()
{
    const auto p = [](QStringView text) { return Prefix::parse(text).value(); };
    static const std::vector<Special> kSpecials{
        {p(u"0.0.0.0/8"), u"this network"_s},    {p(u"127.0.0.0/8"), u"loopback"_s},
        {p(u"169.254.0.0/16"), u"link-local"_s}, {p(u"224.0.0.0/4"), u"multicast"_s},
        {p(u"240.0.0.0/4"), u"reserved"_s},      {p(u"::1/128"), u"loopback"_s},
        {p(u"fe80::/10"), u"link-local"_s},      {p(u"ff00::/8"), u"multicast"_s},
    };
    return kSpecials;
}

/// `claim` overlaps `real` somehow; whether that hinders `cn` from keeping `real`. Two real prefixes of one CN may
/// overlap, because one of them is no longer in use.
bool collidesWith(const ClaimRow &claim, const CommonName &cn, const Prefix &real)
{
    return claim.cn != cn || (!claim.isSentinel() && claim.hold.overlaps(real));
}

} // namespace

Expected<void> checkLan(const Prefix &prefix)
{
    const QJsonObject payload{{u"prefix"_s, prefix.toString()}};
    if (prefix.length() == 0)
        return fail(ErrorKind::Unsupported,
                    u"%1 is everything: it cannot be the LAN of a connector"_s.arg(prefix.toString()), payload);
    for (const Special &special : specials()) {
        if (special.prefix.overlaps(prefix)) {
            return fail(ErrorKind::Unsupported,
                        u"%1 overlaps %2 (%3): it cannot be the LAN of a connector"_s.arg(
                            prefix.toString(), special.prefix.toString(), special.name),
                        payload);
        }
    }
    return {};
}

Expected<void> checkLanSet(std::span<const Prefix> prefixes)
{
    std::vector<Prefix> sorted(prefixes.begin(), prefixes.end());
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (const auto ok = checkLan(sorted[i]); !ok)
            return ok;
        // In this order a prefix is followed directly by what it contains.
        if (i > 0 && sorted[i - 1].overlaps(sorted[i])) {
            return fail(
                ErrorKind::OverlapsItself,
                u"%1 and %2 of the same connector overlap"_s.arg(sorted[i - 1].toString(), sorted[i].toString()),
                {{u"prefixes"_s, QJsonArray{sorted[i - 1].toString(), sorted[i].toString()}}});
        }
    }
    return {};
}

std::vector<LanConflict> conflictsOf(const Topology &topology, const CommonName &cn, const Prefix &real, Timestamp now)
{
    std::vector<LanConflict> conflicts;
    for (const PoolRow *pool : topology.poolsOverlapping(real))
        conflicts.push_back({ConflictKind::Pool, pool->prefix, pool->instance.toString()});
    for (const ExclusionRow *exclusion : topology.exclusionsOverlapping(real))
        conflicts.push_back({ConflictKind::Exclusion, exclusion->prefix, exclusion->note});
    for (const SubnetRow &subnet : topology.subnetExclusions(real))
        conflicts.push_back({ConflictKind::Exclusion, subnet.prefix, subnet.name});
    for (const ClaimRow *claim : topology.claimsOverlapping(real)) {
        if (!collidesWith(*claim, cn, real))
            continue;
        const bool isByHold = claim->cn == cn || !claim->real.overlaps(real);
        conflicts.push_back({ConflictKind::Claim, isByHold ? claim->hold : claim->real, claim->cn.toString()});
    }
    for (const QuarantineRow *row : topology.quarantinesOverlapping(real, now))
        conflicts.push_back({ConflictKind::Quarantine, row->carveOut, row->cn.toString()});
    return conflicts;
}

bool hasConflict(const Topology &topology, const CommonName &cn, const Prefix &real, Timestamp now)
{
    return !topology.poolsOverlapping(real).empty() || !topology.exclusionsOverlapping(real).empty() ||
           topology.hasSubnetExclusion(real) ||
           topology.hasClaim(real, [&](const ClaimRow &claim) { return collidesWith(claim, cn, real); }) ||
           !topology.quarantinesOverlapping(real, now).empty();
}

Expected<void> checkAgainstOwnLans(const Topology &topology, const CommonName &cn, const Prefix &real)
{
    for (const IrouteRow *iroute : topology.list<IrouteRow>(cn)) {
        if (iroute->prefix != real && iroute->prefix.overlaps(real)) {
            return fail(
                ErrorKind::OverlapsItself,
                u"%1 overlaps %2, which %3 declares"_s.arg(real.toString(), iroute->prefix.toString(), cn.toString()),
                {{u"prefix"_s, iroute->prefix.toString()}});
        }
    }
    return {};
}

} // namespace interlock
