// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/claimresolver.h"

#include "model/rules/lan.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

void ensureConnector(TopologyEdit &edit, const CommonName &cn, Timestamp now)
{
    if (!edit.now().find<ConnectorRow>(cn))
        edit.put(ConnectorRow{cn, {}, {}, Translation::Client, now, 0});
}

Expected<InstanceRow> ClaimResolver::instanceNamed(const InstanceName &name) const
{
    if (const auto *row = m_edit.now().find<InstanceRow>(name))
        return *row;
    return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(name.toString()), {{u"instance"_s, name.toString()}});
}

void ClaimResolver::quarantine(const ClaimRow &claim)
{
    if (claim.isSentinel())
        return;
    bool isNumber = false;
    const int hours = m_edit.now().setting(u"quarantineHours"_s, {}).toInt(&isNumber);
    const Timestamp until = m_now + (isNumber ? std::chrono::hours(hours) : kQuarantine);
    if (until > m_now)
        m_edit.put(QuarantineRow{claim.hold, claim.cn, m_now, until, 0});
}

void ClaimResolver::store(const ClaimRow &claim)
{
    // What is granted now may lie where a quarantine has run out: its row has done its work.
    std::vector<QuarantineRow> expired;
    for (const QuarantineRow &row : m_edit.now().rows<QuarantineRow>()) {
        if (row.until <= m_now && row.carveOut.overlaps(claim.hold))
            expired.push_back(row);
    }
    for (const QuarantineRow &row : expired)
        m_edit.erase(row);
    ensureConnector(m_edit, claim.cn, m_now);
    m_edit.put(claim);
}

Expected<ClaimRow> ClaimResolver::withStandIn(ClaimRow claim, const Prefix &range)
{
    const QJsonObject payload{{u"real"_s, claim.real.toString()}, {u"standinRange"_s, range.toString()}};
    if (claim.real.family() != range.family()) {
        return fail(ErrorKind::Unsupported,
                    u"%1 would need a stand-in, and there are none for its address family"_s.arg(claim.real.toString()), payload);
    }
    if (claim.real.length() < range.length()) {
        return fail(ErrorKind::TooWide, u"a stand-in for %1 does not fit in %2"_s.arg(claim.real.toString(), range.toString()),
                    payload);
    }
    const auto carveOut = m_edit.space().freeCarveOut(range, claim.real.length(), m_now);
    if (!carveOut) {
        return fail(ErrorKind::Exhausted,
                    u"no free carve-out for a /%1 is left in %2"_s.arg(claim.real.length()).arg(range.toString()), payload);
    }
    claim.hold = *carveOut;
    claim.virtualPrefix = Prefix(carveOut->first(), claim.real.length());
    return claim;
}

Expected<void> ClaimResolver::displace(const Prefix &real, const CommonName &newcomer, const InstanceRow &instance)
{
    std::vector<ClaimRow> sentinels;
    for (const ClaimRow *claim : m_edit.now().claimsOverlapping(real)) {
        if (claim->cn != newcomer && claim->isSentinel() && claim->real.overlaps(real))
            sentinels.push_back(*claim);
    }
    std::ranges::stable_sort(sentinels, {}, &ClaimRow::allocatedAt);
    for (const ClaimRow &sentinel : sentinels) {
        const auto *own = m_edit.now().find<InstanceRow>(sentinel.instance);
        const auto moved = withStandIn(sentinel, own ? own->standinRange : instance.standinRange);
        if (!moved)
            return fail(moved.error());
        store(*moved);
    }
    return {};
}

Expected<ClaimRow> ClaimResolver::resolve(const CommonName &cn, const Prefix &real, const InstanceName &instanceName)
{
    if (const auto *claim = m_edit.now().find<ClaimRow>(cn, real))
        return *claim;
    if (const auto ok = checkLan(real); !ok)
        return fail(ok.error());
    const auto instance = instanceNamed(instanceName);
    if (!instance)
        return fail(instance.error());
    for (const IrouteRow *iroute : m_edit.now().list<IrouteRow>(cn)) {
        if (iroute->prefix != real && iroute->prefix.overlaps(real)) {
            return fail(ErrorKind::OverlapsItself,
                        u"%1 overlaps %2, which %3 declares"_s.arg(real.toString(), iroute->prefix.toString(), cn.toString()),
                        {{u"prefix"_s, iroute->prefix.toString()}});
        }
    }

    ClaimRow claim{cn, real, real, real, instance->name, m_now, 0};
    const std::vector<LanConflict> conflicts = conflictsOf(m_edit.now(), cn, real, m_now);
    if (!conflicts.empty()) {
        if (!real.isIPv4()) {
            return fail(ErrorKind::Conflict,
                        u"%1 of %2 collides with %3 of %4; there are no stand-ins for IPv6"_s.arg(
                            real.toString(), cn.toString(), conflicts.front().prefix.toString(), conflicts.front().owner),
                        {{u"real"_s, real.toString()},
                         {u"prefix"_s, conflicts.front().prefix.toString()},
                         {u"owner"_s, conflicts.front().owner}});
        }
        // Nobody's stand-in may lie on the newcomer's own LAN, its own neither.
        const Topology::Occupation occupation(m_edit.space(), real);
        if (instance->collision == CollisionPolicy::StandInBoth) {
            if (const auto ok = displace(real, cn, *instance); !ok)
                return fail(ok.error());
        }
        const auto moved = withStandIn(std::move(claim), instance->standinRange);
        if (!moved)
            return moved;
        claim = *moved;
    }
    store(claim);
    return *m_edit.now().find<ClaimRow>(cn, real);
}

Expected<ClaimRow> ClaimResolver::release(const CommonName &cn, const Prefix &real)
{
    const auto *found = m_edit.now().find<ClaimRow>(cn, real);
    if (!found) {
        return fail(ErrorKind::NotFound, u"%1 has no claim on %2"_s.arg(cn.toString(), real.toString()),
                    {{u"cn"_s, cn.toString()}, {u"real"_s, real.toString()}});
    }
    const ClaimRow claim = *found;
    m_edit.erase(claim);
    quarantine(claim);
    return claim;
}

Expected<ClaimRow> ClaimResolver::sentinelFor(const Prefix &real, const CommonName &to, const std::vector<ClaimRow> &displaced,
                                              const std::optional<InstanceName> &instance) const
{
    if (const auto *own = m_edit.now().find<ClaimRow>(to, real)) {
        ClaimRow claim = *own;
        claim.virtualPrefix = claim.hold = real;
        return claim;
    }
    const auto &instances = m_edit.now().rows<InstanceRow>();
    std::optional<InstanceName> name = instance;
    if (!name && !displaced.empty())
        name = displaced.front().instance;
    if (!name && instances.size() == 1)
        name = instances.begin()->name;
    if (!name) {
        return fail(ErrorKind::NotFound,
                    u"%1 has no claim on %2 yet and there are several instances: say which one with --instance"_s.arg(
                        to.toString(), real.toString()));
    }
    return instanceNamed(*name).map([&](const InstanceRow &row) {
        return ClaimRow{to, real, real, real, row.name, m_now, 0};
    });
}

Expected<std::vector<ClaimRow>> ClaimResolver::reassign(const Prefix &real, const CommonName &to,
                                                        const std::optional<InstanceName> &instance)
{
    if (const auto ok = checkLan(real); !ok)
        return fail(ok.error());
    if (const auto pools = m_edit.now().poolsOverlapping(real); !pools.empty()) {
        return fail(ErrorKind::PoolOverlap,
                    u"%1 overlaps the pool %2 of instance %3: nobody can keep it"_s.arg(
                        real.toString(), pools.front()->prefix.toString(), pools.front()->instance.toString()),
                    {{u"prefix"_s, pools.front()->prefix.toString()}, {u"instance"_s, pools.front()->instance.toString()}});
    }
    std::vector<ClaimRow> displaced;
    for (const ClaimRow *claim : m_edit.now().claimsOverlapping(real)) {
        // The hold, not only the virtual prefix: the rest of a carve-out is set aside as well.
        if (claim->cn != to && claim->hold.overlaps(real))
            displaced.push_back(*claim);
    }
    std::ranges::stable_sort(displaced, {}, &ClaimRow::allocatedAt);
    const auto sentinel = sentinelFor(real, to, displaced, instance);
    if (!sentinel)
        return fail(sentinel.error());

    // What a displaced claim leaves must not be given to the next one: it is for `to`.
    const Topology::Occupation occupation(m_edit.space(), real);
    std::vector<ClaimRow> result;
    const auto *fallback = m_edit.now().find<InstanceRow>(sentinel->instance);
    for (const ClaimRow &claim : displaced) {
        const auto *own = m_edit.now().find<InstanceRow>(claim.instance);
        if (!own && !fallback)
            return fail(ErrorKind::NotFound, u"there is no instance '%1' any more"_s.arg(claim.instance.toString()));
        const auto moved = withStandIn(claim, own ? own->standinRange : fallback->standinRange);
        if (!moved)
            return fail(moved.error());
        // The old carve-out goes to the new owner; what lies beyond its prefix is free again at once, nobody used it.
        store(*moved);
        result.push_back(*moved);
    }
    if (const auto *own = m_edit.now().find<ClaimRow>(to, real))
        quarantine(*own);
    store(*sentinel);
    result.insert(result.begin(), *sentinel);
    for (ClaimRow &claim : result)
        claim = *m_edit.now().find<ClaimRow>(claim.cn, claim.real);
    return result;
}

Expected<ClaimRow> ClaimResolver::standIn(const CommonName &cn, const Prefix &real, const std::optional<Prefix> &wanted)
{
    const auto *found = m_edit.now().find<ClaimRow>(cn, real);
    if (!found) {
        return fail(ErrorKind::NotFound, u"%1 has no claim on %2"_s.arg(cn.toString(), real.toString()),
                    {{u"cn"_s, cn.toString()}, {u"real"_s, real.toString()}});
    }
    const ClaimRow claim = *found;
    if ((!wanted && !claim.isSentinel()) || wanted == claim.virtualPrefix)
        return claim;
    const auto instance = instanceNamed(claim.instance);
    if (!instance)
        return fail(instance.error());
    Expected<ClaimRow> moved = claim;
    if (wanted) {
        const Prefix &range = instance->standinRange;
        if (wanted->family() != real.family() || wanted->length() != real.length()) {
            return fail(ErrorKind::Invalid, u"a stand-in for %1 has the same length, %2 has not"_s.arg(real.toString(), wanted->toString()));
        }
        if (!range.contains(*wanted))
            return fail(ErrorKind::Invalid, u"%1 is outside of the stand-in range %2"_s.arg(wanted->toString(), range.toString()));
        moved->virtualPrefix = *wanted;
        moved->hold = Prefix(wanted->first(), std::min(wanted->length(), std::max(CarveOutAllocator::kSmallestLength, range.length())));
        if (!m_edit.now().isUnoccupied(moved->hold, m_now, cn, real)) {
            return fail(ErrorKind::Overlap, u"%1 is occupied"_s.arg(moved->hold.toString()), {{u"prefix"_s, moved->hold.toString()}});
        }
    } else {
        moved = withStandIn(claim, instance->standinRange);
        if (!moved)
            return moved;
    }
    store(*moved);
    if (!moved->hold.overlaps(claim.hold))
        quarantine(claim);
    return *m_edit.now().find<ClaimRow>(cn, real);
}

} // namespace interlock
