// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/networkjson.h"

#include "model/link/zerotier/jsonreading.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

std::vector<RouteText> routesFrom(const QJsonValue &said)
{
    std::vector<RouteText> routes;
    for (const QJsonValue entry : said.toArray()) {
        if (const QString target = entry[u"target"].toString(); !target.isEmpty())
            routes.push_back({target, entry[u"via"].toString()});
    }
    return routes;
}

std::vector<PoolText> poolsFrom(const QJsonValue &said)
{
    std::vector<PoolText> pools;
    for (const QJsonValue entry : said.toArray()) {
        PoolText pool{entry[u"ipRangeStart"].toString(), entry[u"ipRangeEnd"].toString()};
        if (!pool.first.isEmpty() || !pool.last.isEmpty())
            pools.push_back(std::move(pool));
    }
    return pools;
}

/// `[]` when it was never set.
DnsSetting dnsFrom(const QJsonValue &said)
{
    DnsSetting dns{said[u"domain"].toString(), {}};
    for (const QJsonValue server : said[u"servers"].toArray()) {
        if (server.isString())
            dns.servers.push_back(server.toString());
    }
    return dns;
}

AssignMode6 assign6From(const QJsonValue &said)
{
    return {said[u"zt"].toBool(), said[u"rfc4193"].toBool(), said[u"6plane"].toBool()};
}

QJsonArray jsonOf(const std::vector<RouteText> &routes)
{
    QJsonArray array;
    for (const RouteText &route : routes)
        array.append(QJsonObject{{u"target"_s, route.target},
                                 {u"via"_s, route.via.isEmpty() ? QJsonValue(QJsonValue::Null) : route.via}});
    return array;
}

QJsonArray jsonOf(const std::vector<PoolText> &pools)
{
    QJsonArray array;
    for (const PoolText &pool : pools)
        array.append(QJsonObject{{u"ipRangeStart"_s, pool.first}, {u"ipRangeEnd"_s, pool.last}});
    return array;
}

QJsonObject jsonOf(const DnsSetting &dns)
{
    QJsonArray servers;
    for (const QString &server : dns.servers)
        servers.append(server);
    return {{u"domain"_s, dns.domain}, {u"servers"_s, servers}};
}

/// All three: an object replaces the whole one. \source zerotier/FACTS.md 16
QJsonObject jsonOf(const AssignMode6 &mode)
{
    return {{u"zt"_s, mode.isPool}, {u"rfc4193"_s, mode.isRfc4193}, {u"6plane"_s, mode.isSixPlane}};
}

template <typename T>
bool isAs(const T &present, const std::optional<T> &wanted)
{
    return !wanted || present == *wanted;
}

} // namespace

Expected<NetworkRecord> networkFrom(const QJsonObject &said)
{
    auto id = NetworkId::parse(said[u"id"].toString());
    if (!id)
        id = NetworkId::parse(said[u"nwid"].toString());
    if (!id)
        return fail(ErrorKind::BackendMismatch,
                    u"the answer is not what a ZeroTier controller says: a network without an id"_s);
    NetworkRecord record{*id};
    record.name = said[u"name"].toString();
    record.isPrivate = said[u"private"].toBool(true);
    record.hasBroadcast = said[u"enableBroadcast"].toBool(true);
    record.routes = routesFrom(said[u"routes"]);
    record.pools = poolsFrom(said[u"ipAssignmentPools"]);
    record.isAutoAssign4 = said[u"v4AssignMode"][u"zt"].toBool();
    record.assign6 = assign6From(said[u"v6AssignMode"]);
    record.multicastLimit = unsignedIn(said[u"multicastLimit"]).value_or(record.multicastLimit);
    record.mtu = integerIn(said[u"mtu"]).value_or(record.mtu);
    record.dns = dnsFrom(said[u"dns"]);
    record.revision = integerIn(said[u"revision"]).value_or(0);
    record.creationTime = integerIn(said[u"creationTime"]).value_or(0);
    record.raw = said;
    return record;
}

Expected<std::vector<NetworkId>> networkIdsFrom(const QJsonDocument &said)
{
    const QJsonValue listed = said.isArray() ? QJsonValue(said.array()) : said.object().value(u"data"_s);
    if (!listed.isArray())
        return fail(ErrorKind::BackendMismatch,
                    u"the answer is not what a ZeroTier controller says: no list of networks"_s);
    std::vector<NetworkId> ids;
    for (const QJsonValue entry : listed.toArray()) {
        if (const auto id = NetworkId::parse(entry.isObject() ? entry[u"id"].toString() : entry.toString()))
            ids.push_back(*id);
    }
    return ids;
}

QJsonObject networkBody(const NetworkEdit &edit)
{
    QJsonObject body;
    if (edit.name)
        body.insert(u"name"_s, *edit.name);
    if (edit.isPrivate)
        body.insert(u"private"_s, *edit.isPrivate);
    if (edit.hasBroadcast)
        body.insert(u"enableBroadcast"_s, *edit.hasBroadcast);
    if (edit.routes)
        body.insert(u"routes"_s, jsonOf(*edit.routes));
    if (edit.pools)
        body.insert(u"ipAssignmentPools"_s, jsonOf(*edit.pools));
    if (edit.isAutoAssign4)
        body.insert(u"v4AssignMode"_s, QJsonObject{{u"zt"_s, *edit.isAutoAssign4}});
    if (edit.assign6)
        body.insert(u"v6AssignMode"_s, jsonOf(*edit.assign6));
    if (edit.multicastLimit)
        body.insert(u"multicastLimit"_s, jsonOf(*edit.multicastLimit));
    if (edit.mtu)
        body.insert(u"mtu"_s, *edit.mtu);
    if (edit.dns)
        body.insert(u"dns"_s, jsonOf(*edit.dns));
    return body;
}

QJsonObject networkRestoreBody(QJsonObject raw)
{
    for (const auto &key :
         {u"id"_s, u"nwid"_s, u"objtype"_s, u"revision"_s, u"creationTime"_s, u"lastModified"_s, u"clock"_s, u"meta"_s})
        raw.remove(key);
    // `[null]` stands for none; a controller would not take it for an entry.
    if (raw.value(u"authTokens"_s) == QJsonArray{QJsonValue::Null})
        raw.remove(u"authTokens"_s);
    return raw;
}

bool holds(const NetworkRecord &record, const NetworkEdit &edit)
{
    return isAs(record.name, edit.name) && isAs(record.isPrivate, edit.isPrivate) &&
           isAs(record.hasBroadcast, edit.hasBroadcast) && isAs(record.routes, edit.routes) &&
           isAs(record.pools, edit.pools) && isAs(record.isAutoAssign4, edit.isAutoAssign4) &&
           isAs(record.assign6, edit.assign6) && isAs(record.multicastLimit, edit.multicastLimit) &&
           isAs(record.mtu, edit.mtu) && isAs(record.dns, edit.dns);
}

} // namespace interlock
