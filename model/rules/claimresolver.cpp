// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/claimresolver.h"

#include "model/rules/instancelookup.h"
#include "model/rules/lan.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

void ensureConnector(TopologyEdit &edit, const CommonName &cn, Timestamp now)
{
    if (!edit.now().find<ConnectorRow>(cn))
        edit.put(ConnectorRow{cn, {}, {}, Translation::Client, now, 0});
}

Expected<ClaimRow> ClaimResolver::claimOf(const CommonName &cn, const Prefix &real) const
{
    if (const auto *row = m_edit.now().find<ClaimRow>(cn, real))
        return *row;
    return fail(ErrorKind::NotFound, u"%1 has no claim on %2"_s.arg(cn.toString(), real.toString()),
                {{u"cn"_s, cn.toString()}, {u"real"_s, real.toString()}});
}

void ClaimResolver::quarantine(const ClaimRow &claim)
{
    if (!claim.isSentinel())
        m_edit.renew(QuarantineRow{claim.hold, claim.cn, m_now, m_now + quarantineTime(), 0});
}

std::chrono::milliseconds ClaimResolver::quarantineTime() const
{
    bool isNumber = false;
    const int hours = m_edit.now().setting(u"quarantineHours"_s, {}).toInt(&isNumber);
    return std::max<std::chrono::milliseconds>(isNumber ? std::chrono::hours(hours) : kQuarantine, kLeastQuarantine);
}

void ClaimResolver::prolong(const Prefix &carveOut)
{
    const auto *row = m_edit.now().find<QuarantineRow>(carveOut);
    const auto time = std::max<std::chrono::milliseconds>(quarantineTime(), kLeastProlongation);
    if (!row || row->until - m_now >= time / 2)
        return;
    QuarantineRow longer = *row;
    longer.until = m_now + time;
    m_edit.renew(longer);
}

/// Writes the verdict and answers the row as it is then.
ClaimRow ClaimResolver::store(const ClaimRow &claim)
{
    // What is granted now may lie where a quarantine has run out: its row has done its work.
    std::vector<QuarantineRow> expired;
    for (const QuarantineRow *row : m_edit.now().expiredQuarantines(claim.hold, m_now))
        expired.push_back(*row);
    for (const QuarantineRow &row : expired)
        m_edit.erase(row);
    const ClaimRow *before = m_edit.now().find<ClaimRow>(claim.cn, claim.real);
    const std::optional<ClaimRow> left = before && before->hold != claim.hold ? std::optional(*before) : std::nullopt;
    ensureConnector(m_edit, claim.cn, m_now);
    m_edit.put(claim);
    if (left)
        quarantine(*left);
    return *m_edit.now().find<ClaimRow>(claim.cn, claim.real);
}

Expected<ClaimRow> ClaimResolver::withStandIn(ClaimRow claim, const Prefix &range)
{
    const QJsonObject payload{{u"real"_s, claim.real.toString()}, {u"standinRange"_s, range.toString()}};
    if (claim.real.family() != range.family()) {
        return fail(ErrorKind::Unsupported,
                    u"%1 would need a stand-in, and there are none for its address family"_s.arg(claim.real.toString()),
                    payload);
    }
    if (claim.real.length() < range.length()) {
        return fail(ErrorKind::TooWide,
                    u"a stand-in for %1 does not fit in %2"_s.arg(claim.real.toString(), range.toString()), payload);
    }
    const auto carveOut = m_edit.space().freeCarveOut(range, claim.real.length(), m_now);
    if (!carveOut) {
        return fail(ErrorKind::Exhausted,
                    u"no free carve-out for a /%1 is left in %2"_s.arg(claim.real.length()).arg(range.toString()),
                    payload);
    }
    claim.hold = *carveOut;
    claim.virtualPrefix = Prefix(carveOut->first(), claim.real.length());
    return claim;
}

/// Finds a stand-in for each of `claims`, the oldest first, and writes none of them yet.
Expected<void> ClaimResolver::planMoves(Plan &plan, std::vector<ClaimRow> claims)
{
    std::ranges::stable_sort(claims, {}, &ClaimRow::allocatedAt);
    for (ClaimRow &claim : claims) {
        const auto instance = instanceNamed(m_edit.now(), claim.instance);
        if (!instance)
            return fail(instance.error());
        auto moved = withStandIn(std::move(claim), instance->standinRange);
        if (!moved)
            return fail(moved.error());
        plan.taken.emplace_back(m_edit.space(), moved->hold);
        plan.moved.push_back(*std::move(moved));
    }
    return {};
}

Expected<ClaimRow> ClaimResolver::resolve(const CommonName &cn, const Prefix &real, const InstanceName &instanceName)
{
    if (const auto *claim = m_edit.now().find<ClaimRow>(cn, real))
        return *claim;
    if (const auto ok = checkLan(real); !ok)
        return fail(ok.error());
    const auto instance = instanceNamed(m_edit.now(), instanceName);
    if (!instance)
        return fail(instance.error());
    if (const auto ok = checkAgainstOwnLans(m_edit.now(), cn, real); !ok)
        return fail(ok.error());

    const ClaimRow sentinel{cn, real, real, real, instance->name, m_now, 0};
    if (!hasConflict(m_edit.now(), cn, real, m_now))
        return store(sentinel);
    if (!real.isIPv4()) {
        const LanConflict conflict = conflictsOf(m_edit.now(), cn, real, m_now).front();
        return fail(
            ErrorKind::Conflict,
            u"%1 of %2 collides with %3 of %4; there are no stand-ins for IPv6"_s.arg(
                real.toString(), cn.toString(), conflict.prefix.toString(), conflict.owner),
            {{u"real"_s, real.toString()}, {u"prefix"_s, conflict.prefix.toString()}, {u"owner"_s, conflict.owner}});
    }
    Plan plan;
    // Nobody's stand-in may lie on the newcomer's own LAN, its own neither.
    plan.taken.emplace_back(m_edit.space(), real);
    if (instance->collision == CollisionPolicy::StandInBoth) {
        std::vector<ClaimRow> sentinels;
        for (const ClaimRow *claim : m_edit.now().claimsHolding(real)) {
            if (claim->cn != cn && claim->isSentinel())
                sentinels.push_back(*claim);
        }
        if (const auto ok = planMoves(plan, std::move(sentinels)); !ok)
            return fail(ok.error());
    }
    const auto moved = withStandIn(sentinel, instance->standinRange);
    if (!moved)
        return moved;
    for (const ClaimRow &claim : plan.moved)
        store(claim);
    return store(*moved);
}

Expected<ClaimRow> ClaimResolver::release(const CommonName &cn, const Prefix &real)
{
    const auto claim = claimOf(cn, real);
    if (!claim)
        return claim;
    m_edit.erase(*claim);
    quarantine(*claim);
    return claim;
}

Expected<ClaimRow> ClaimResolver::sentinelFor(const Prefix &real, const CommonName &to,
                                              const std::vector<ClaimRow> &displaced,
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
    return instanceNamed(m_edit.now(), *name).map([&](const InstanceRow &row) {
        return ClaimRow{to, real, real, real, row.name, m_now, 0};
    });
}

Expected<std::vector<ClaimRow>> ClaimResolver::reassign(const Prefix &real, const CommonName &to,
                                                        const std::optional<InstanceName> &instance)
{
    if (const auto ok = checkLan(real); !ok)
        return fail(ok.error());
    if (const auto ok = checkAgainstOwnLans(m_edit.now(), to, real); !ok)
        return fail(ok.error());
    if (const auto pools = m_edit.now().poolsOverlapping(real); !pools.empty()) {
        return fail(
            ErrorKind::PoolOverlap,
            u"%1 overlaps the pool %2 of instance %3: nobody can keep it"_s.arg(
                real.toString(), pools.front()->prefix.toString(), pools.front()->instance.toString()),
            {{u"prefix"_s, pools.front()->prefix.toString()}, {u"instance"_s, pools.front()->instance.toString()}});
    }
    std::vector<ClaimRow> displaced;
    // By hold, not only by virtual prefix: the rest of a carve-out is set aside as well.
    for (const ClaimRow *claim : m_edit.now().claimsHolding(real)) {
        if (claim->cn != to || claim->real != real)
            displaced.push_back(*claim);
    }
    const auto sentinel = sentinelFor(real, to, displaced, instance);
    if (!sentinel)
        return fail(sentinel.error());

    Plan plan;
    plan.taken.emplace_back(m_edit.space(), real);
    if (const auto ok = planMoves(plan, std::move(displaced)); !ok)
        return fail(ok.error());
    std::vector<ClaimRow> result;
    for (const ClaimRow &claim : plan.moved)
        result.push_back(store(claim));
    result.insert(result.begin(), store(*sentinel));
    return result;
}

/// `claim` with the stand-in that the operator asks for, if that can be had.
Expected<ClaimRow> ClaimResolver::withWanted(ClaimRow claim, const Prefix &wanted, const Prefix &range) const
{
    const QJsonObject payload{{u"real"_s, claim.real.toString()}, {u"virtual"_s, wanted.toString()}};
    if (wanted.family() != claim.real.family() || wanted.length() != claim.real.length()) {
        return fail(
            ErrorKind::Invalid,
            u"a stand-in for %1 has the same length, %2 has not"_s.arg(claim.real.toString(), wanted.toString()),
            payload);
    }
    if (wanted == claim.real)
        return fail(ErrorKind::Invalid, u"%1 is the LAN itself and no stand-in for it"_s.arg(wanted.toString()),
                    payload);
    if (!range.contains(wanted)) {
        return fail(ErrorKind::Invalid,
                    u"%1 is outside of the stand-in range %2"_s.arg(wanted.toString(), range.toString()), payload);
    }
    const int smallest = std::max(CarveOutAllocator::kSmallestLength, range.length());
    claim.virtualPrefix = wanted;
    claim.hold = Prefix(wanted.first(), std::min(wanted.length(), smallest));
    if (!m_edit.now().isUnoccupied(claim.hold, m_now, claim.cn, claim.real)) {
        return fail(ErrorKind::Overlap, u"%1 is occupied"_s.arg(claim.hold.toString()),
                    {{u"prefix"_s, claim.hold.toString()}});
    }
    return claim;
}

Expected<ClaimRow> ClaimResolver::standIn(const CommonName &cn, const Prefix &real, const std::optional<Prefix> &wanted)
{
    const auto claim = claimOf(cn, real);
    if (!claim)
        return claim;
    if (!claim->isSentinel() && (!wanted || wanted == claim->virtualPrefix))
        return claim;
    if (!real.isIPv4() || !wanted)
        return move(cn, real);
    return instanceNamed(m_edit.now(), claim->instance)
        .and_then([&](const InstanceRow &instance) { return withWanted(*claim, *wanted, instance.standinRange); })
        .map([&](const ClaimRow &moved) { return store(moved); });
}

Expected<ClaimRow> ClaimResolver::move(const CommonName &cn, const Prefix &real)
{
    const auto claim = claimOf(cn, real);
    if (!claim)
        return claim;
    return instanceNamed(m_edit.now(), claim->instance)
        .and_then([&](const InstanceRow &instance) { return withStandIn(*claim, instance.standinRange); })
        .map([&](const ClaimRow &moved) { return store(moved); });
}

} // namespace interlock
