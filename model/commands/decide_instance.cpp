// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"
#include "model/rules/claimresolver.h"
#include "model/rules/managementendpoint.h"
#include "model/rules/tunneladdress.h"

#include <QJsonArray>

#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

Outcome instanceOutcome(const Topology &topology, const InstanceName &name)
{
    std::vector<Row> rows{*topology.find<InstanceRow>(name)};
    for (const PoolRow *pool : topology.list<PoolRow>(name))
        rows.emplace_back(*pool);
    return rows;
}

Expected<void> checkInstance(const InstanceRow &row)
{
    if (const auto endpoint = ManagementEndpoint::parse(row.management); !endpoint)
        return fail(endpoint.error());
    if (!row.passwordFile.isEmpty() && !row.passwordFile.startsWith(u'/'))
        return invalid(u"passwordFile"_s, u"the password file must be an absolute path"_s);
    if (row.blockLength < 0 || row.blockLength > 32)
        return invalid(u"blockLength"_s, u"a block length is 0 to 32"_s);
    if (row.blockLength6 < 0 || row.blockLength6 > 128)
        return invalid(u"blockLength6"_s, u"an IPv6 block length is 0 to 128"_s);
    if (!row.network.contains(row.serverAddress))
        return invalid(u"serverAddress"_s, u"the server address %1 is not in the network %2"_s.arg(
                                               row.serverAddress.toString(), row.network.toString()));
    if (row.publicAddress && row.network.contains(*row.publicAddress))
        return invalid(u"publicAddress"_s, u"clients find the server at %1 before they are in its network %2"_s.arg(
                                               row.publicAddress->toString(), row.network.toString()));
    if (!row.standinRange.isIPv4())
        return fail(ErrorKind::Unsupported,
                    u"stand-ins are IPv4: %1 cannot be their range"_s.arg(row.standinRange.toString()),
                    {{u"field"_s, u"standinRange"_s}});
    if (row.standinRange.overlaps(row.network))
        return fail(ErrorKind::Overlap,
                    u"the stand-in range %1 overlaps the tunnel network %2"_s.arg(row.standinRange.toString(),
                                                                                  row.network.toString()),
                    {{u"field"_s, u"standinRange"_s}});
    return {};
}

Expected<void> checkPools(const Topology &topology, const InstanceRow &instance, const std::vector<Prefix> &pools)
{
    if (pools.empty())
        return invalid(u"pool"_s, u"an instance needs at least one pool"_s);
    for (std::size_t i = 0; i < pools.size(); ++i) {
        if (pools[i].family() == instance.network.family() && !instance.network.contains(pools[i])) {
            return invalid(u"pool"_s, u"the pool %1 is not in the network %2, whose mask its clients are given"_s.arg(
                                          pools[i].toString(), instance.network.toString()));
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (pools[i].overlaps(pools[j]))
                return fail(ErrorKind::OverlapsItself,
                            u"the pools %1 and %2 overlap"_s.arg(pools[j].toString(), pools[i].toString()));
        }
        for (const PoolRow *other : topology.poolsOverlapping(pools[i])) {
            const auto *owner = topology.find<InstanceRow>(other->instance);
            if (other->instance != instance.name && owner && owner->tenant == instance.tenant) {
                return fail(ErrorKind::PoolOverlap,
                            u"the pool %1 overlaps the pool %2 of instance %3"_s.arg(
                                pools[i].toString(), other->prefix.toString(), other->instance.toString()),
                            {{u"prefix"_s, other->prefix.toString()}, {u"instance"_s, other->instance.toString()}});
            }
        }
    }
    return {};
}

tl::unexpected<Error> claimsInTheWay(ErrorKind kind, const QString &detail, const std::vector<ClaimRow> &claims)
{
    QJsonArray list;
    for (const ClaimRow &claim : claims)
        list.append(QJsonObject{{u"cn"_s, claim.cn.toString()},
                                {u"real"_s, claim.real.toString()},
                                {u"virtual"_s, claim.virtualPrefix.toString()}});
    return fail(kind, detail.arg(claims.size()).arg(claims.front().real.toString(), claims.front().cn.toString()),
                {{u"claims"_s, list}});
}

/// Claims whose hold lies on a pool cannot stay: a stand-in for each, the oldest first, or the refusal that lists them.
Expected<void> settleClaims(TopologyEdit &edit, const std::vector<Prefix> &pools, bool move, Timestamp now)
{
    RowSet<ClaimRow> found;
    for (const Prefix &pool : pools) {
        for (const ClaimRow *claim : edit.now().claimsHolding(pool))
            found.insert(*claim);
    }
    std::vector<ClaimRow> inTheWay(found.begin(), found.end());
    if (inTheWay.empty())
        return {};
    if (!move) {
        return claimsInTheWay(
            ErrorKind::PoolOverlap,
            u"%1 claims lie on the pools, the first is %2 of %3; --move-claims gives each of them a stand-in"_s,
            inTheWay);
    }
    std::ranges::stable_sort(inTheWay, {}, &ClaimRow::allocatedAt);
    std::vector<ClaimRow> immovable;
    std::ranges::copy_if(inTheWay, std::back_inserter(immovable),
                         [](const ClaimRow &claim) { return !claim.real.isIPv4(); });
    if (!immovable.empty()) {
        return claimsInTheWay(
            ErrorKind::Unsupported,
            u"%1 IPv6 claims lie on the pools and there are no stand-ins for IPv6: release them first, beginning with %2 of %3"_s,
            immovable);
    }
    ClaimResolver resolver(edit, now);
    for (const ClaimRow &claim : inTheWay) {
        if (const auto moved = resolver.move(claim.cn, claim.real); !moved)
            return fail(moved.error());
    }
    return {};
}

Expected<void> settleAllocations(TopologyEdit &edit, const InstanceRow &instance, bool drop)
{
    std::vector<AllocationRow> outside;
    for (const AllocationRow *row : edit.now().list<AllocationRow>(instance.name)) {
        if (!checkTunnelAddress(edit.now(), instance, row->address))
            outside.push_back(*row);
    }
    if (outside.empty())
        return {};
    if (!drop) {
        QJsonArray list;
        for (const AllocationRow &row : outside)
            list.append(QJsonObject{{u"cn"_s, row.cn.toString()}, {u"address"_s, row.address.toString()}});
        return fail(
            ErrorKind::Conflict,
            u"%1 allocations of instance %2 would be in no pool, the first is %3 of %4; --drop-allocations ends them"_s
                .arg(outside.size())
                .arg(instance.name.toString(), outside.front().address.toString(), outside.front().cn.toString()),
            {{u"allocations"_s, list}});
    }
    for (const AllocationRow &row : outside)
        edit.erase(row);
    return {};
}

Expected<void> putPools(TopologyEdit &edit, const InstanceRow &instance, const std::vector<Prefix> &pools,
                        bool moveClaims, Timestamp now)
{
    if (const auto ok = checkPools(edit.now(), instance, pools); !ok)
        return ok;
    std::vector<PoolRow> present;
    for (const PoolRow *row : edit.now().list<PoolRow>(instance.name))
        present.push_back(*row);
    for (const PoolRow &row : present) {
        if (std::ranges::find(pools, row.prefix) == pools.end())
            edit.erase(row);
    }
    int ordinal = 0;
    for (const Prefix &pool : pools)
        edit.put(PoolRow{instance.name, pool, ordinal++, 0});
    return settleClaims(edit, pools, moveClaims, now);
}

/// The address table names its tenant: a moved instance takes its addresses along.
Expected<void> moveTenant(TopologyEdit &edit, const InstanceRow &instance)
{
    std::vector<AllocationRow> allocations;
    for (const AllocationRow *row : edit.now().list<AllocationRow>(instance.name))
        allocations.push_back(*row);
    for (AllocationRow &row : allocations) {
        if (row.tenant == instance.tenant)
            continue;
        if (const auto *holder = edit.now().holderOf(instance.tenant, row.address)) {
            return fail(ErrorKind::Exists,
                        u"%1 is in use in tenant '%2' already, by %3"_s.arg(row.address.toString(), instance.tenant,
                                                                            holder->cn.toString()),
                        {{u"address"_s, row.address.toString()}, {u"owner"_s, holder->cn.toString()}});
        }
        row.tenant = instance.tenant;
        edit.put(row);
    }
    return {};
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const AddInstance &c, Timestamp now)
{
    InstanceRow row = c.instance;
    if (edit.now().find<InstanceRow>(row.name)) {
        return fail(ErrorKind::Exists, u"there is an instance '%1' already"_s.arg(row.name.toString()),
                    {{u"instance"_s, row.name.toString()}});
    }
    row.createdAt = now;
    row.version = 0;
    if (const auto ok = checkInstance(row); !ok)
        return fail(ok.error());
    edit.put(row);
    if (const auto ok = putPools(edit, row, c.pools, c.moveClaims, now); !ok)
        return fail(ok.error());
    return instanceOutcome(edit.now(), row.name);
}

Expected<Outcome> run(TopologyEdit &edit, const SetInstance &c, Timestamp now)
{
    const auto *found = edit.now().find<InstanceRow>(c.name);
    if (!found)
        return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(c.name.toString()),
                    {{u"instance"_s, c.name.toString()}});
    InstanceRow row = *found;
    const auto set = [](auto &member, const auto &value) {
        if (value)
            member = *value;
    };
    set(row.management, c.management);
    set(row.network, c.network);
    set(row.serverAddress, c.serverAddress);
    set(row.publicAddress, c.publicAddress);
    set(row.mode, c.mode);
    set(row.passwordFile, c.passwordFile);
    set(row.blockLength, c.blockLength);
    set(row.blockLength6, c.blockLength6);
    set(row.collision, c.collision);
    set(row.standinRange, c.standinRange);
    set(row.unknownCn, c.unknownCn);
    set(row.autoAllocate, c.autoAllocate);
    set(row.moveLive, c.moveLive);
    set(row.whenStoreDown, c.whenStoreDown);
    set(row.tenant, c.tenant);
    if (const auto ok = checkInstance(row); !ok)
        return fail(ok.error());
    edit.put(row);

    std::vector<const PoolRow *> stored = edit.now().list<PoolRow>(c.name);
    std::ranges::stable_sort(stored, {}, [](const PoolRow *pool) { return pool->ordinal; });
    std::vector<Prefix> pools;
    for (const PoolRow *pool : stored)
        pools.push_back(pool->prefix);
    if (const auto ok = putPools(edit, row, c.pools.value_or(pools), c.moveClaims, now); !ok)
        return fail(ok.error());
    if (const auto ok = settleAllocations(edit, row, c.dropAllocations); !ok)
        return fail(ok.error());
    if (const auto ok = moveTenant(edit, row); !ok)
        return fail(ok.error());
    return instanceOutcome(edit.now(), c.name);
}

Expected<Outcome> run(TopologyEdit &edit, const RemoveInstance &c, Timestamp)
{
    const auto *found = edit.now().find<InstanceRow>(c.name);
    if (!found)
        return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(c.name.toString()),
                    {{u"instance"_s, c.name.toString()}});
    const InstanceRow row = *found;
    const auto allocations = edit.now().list<AllocationRow>(c.name).size();
    const auto claims = std::ranges::count_if(edit.now().rows<ClaimRow>(),
                                              [&](const ClaimRow &claim) { return claim.instance == c.name; });
    if (allocations > 0 || claims > 0) {
        return fail(ErrorKind::Conflict,
                    u"instance %1 still has %2 allocations and %3 claims: release them first"_s.arg(c.name.toString())
                        .arg(allocations)
                        .arg(claims),
                    {{u"allocations"_s, static_cast<qint64>(allocations)}, {u"claims"_s, static_cast<qint64>(claims)}});
    }
    std::vector<Row> doomed;
    for (const PoolRow *pool : edit.now().list<PoolRow>(c.name))
        doomed.emplace_back(*pool);
    for (const OptionRow *option : edit.now().list<OptionRow>(OptionScope::Instance, c.name.toString()))
        doomed.emplace_back(*option);
    for (const Row &gone : doomed)
        edit.erase(gone);
    edit.erase(row);
    return Outcome(std::vector<Row>{row});
}

} // namespace interlock::parts
