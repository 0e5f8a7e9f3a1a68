// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/memberjson.h"

#include "model/link/zerotier/jsonreading.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// "1.14.1"; empty for a client of which only -1 is known.
QString versionFrom(const QJsonValue &major, const QJsonValue &minor, const QJsonValue &revision)
{
    const qint64 first = integerIn(major).value_or(-1);
    if (first < 0)
        return {};
    return u"%1.%2.%3"_s.arg(first).arg(integerIn(minor).value_or(0)).arg(integerIn(revision).value_or(0));
}

std::optional<Timestamp> momentFrom(const QJsonValue &said)
{
    const qint64 milliseconds = integerIn(said).value_or(0);
    return milliseconds > 0 ? std::optional(Timestamp::fromMilliseconds(milliseconds)) : std::nullopt;
}

void readPaths(const QJsonArray &paths, PeerRecord &peer)
{
    for (const QJsonValue path : paths) {
        if (const auto received = momentFrom(path[u"lastReceive"]); received && peer.lastReceive < received)
            peer.lastReceive = received;
        if (path[u"preferred"].toBool() && !path[u"expired"].toBool())
            peer.physicalAddress = path[u"address"].toString();
    }
}

} // namespace

Expected<MemberRecord> memberFrom(const QJsonObject &said)
{
    auto node = NodeId::parse(said[u"id"].toString());
    if (!node)
        node = NodeId::parse(said[u"address"].toString());
    if (!node)
        return fail(ErrorKind::BackendMismatch,
                    u"the answer is not what a ZeroTier controller says: a member without a node id"_s);
    MemberRecord record{*node};
    record.name = said[u"name"].toString();
    record.isAuthorized = said[u"authorized"].toBool();
    record.isBridge = said[u"activeBridge"].toBool();
    record.hasNoAutoAssign = said[u"noAutoAssignIps"].toBool();
    for (const QJsonValue address : said[u"ipAssignments"].toArray()) {
        if (address.isString())
            record.addresses.push_back(address.toString());
    }
    record.revision = integerIn(said[u"revision"]).value_or(0);
    record.version = versionFrom(said[u"vMajor"], said[u"vMinor"], said[u"vRev"]);
    record.hasJoined = !record.version.isEmpty() || !said[u"identity"].toString().isEmpty();
    record.raw = said;
    return record;
}

Expected<std::vector<MemberRecord>> membersFrom(const QJsonObject &said)
{
    const QJsonValue data = said.value(u"data"_s);
    if (!data.isArray())
        return fail(ErrorKind::BackendMismatch,
                    u"the answer is not what a ZeroTier controller says: no list of members"_s);
    const QJsonArray entries = data.toArray();
    std::vector<MemberRecord> members;
    members.reserve(static_cast<std::size_t>(entries.size()));
    for (const QJsonValue entry : entries) {
        if (auto member = memberFrom(entry.toObject()))
            members.push_back(*std::move(member));
    }
    return members;
}

Expected<std::map<NodeId, qint64>> memberRevisionsFrom(const QJsonDocument &said)
{
    std::map<NodeId, qint64> revisions;
    const auto take = [&revisions](const QJsonObject &entries) {
        for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
            if (const auto node = NodeId::parse(entry.key()))
                revisions.insert_or_assign(*node, integerIn(entry.value()).value_or(0));
        }
    };
    if (said.isObject()) {
        take(said.object());
        return revisions;
    }
    for (const QJsonValue entry : said.array()) {
        if (!entry.isObject())
            return fail(ErrorKind::BackendMismatch,
                        u"the answer is not what a ZeroTier controller says: no list of members"_s);
        take(entry.toObject());
    }
    return revisions;
}

QJsonObject memberBody(const MemberEdit &edit)
{
    QJsonObject body;
    if (edit.name)
        body.insert(u"name"_s, *edit.name);
    if (edit.isAuthorized)
        body.insert(u"authorized"_s, *edit.isAuthorized);
    if (edit.hasNoAutoAssign)
        body.insert(u"noAutoAssignIps"_s, *edit.hasNoAutoAssign);
    if (edit.addresses) {
        QJsonArray addresses;
        for (const Address &address : *edit.addresses)
            addresses.append(address.toString());
        body.insert(u"ipAssignments"_s, addresses);
    }
    return body;
}

QJsonObject memberRestoreBody(QJsonObject raw)
{
    for (const auto &key :
         {u"id"_s, u"address"_s, u"nwid"_s, u"objtype"_s, u"revision"_s, u"creationTime"_s, u"identity"_s, u"vMajor"_s,
          u"vMinor"_s, u"vProto"_s, u"vRev"_s, u"lastAuthorizedCredential"_s, u"lastAuthorizedCredentialType"_s,
          u"lastAuthorizedTime"_s, u"lastDeauthorizedTime"_s})
        raw.remove(key);
    if (!raw.value(u"activeBridge"_s).toBool())
        raw.remove(u"activeBridge"_s);
    return raw;
}

Expected<std::vector<PeerRecord>> peersFrom(const QJsonDocument &said)
{
    if (!said.isArray())
        return fail(ErrorKind::BackendMismatch,
                    u"the answer is not what a ZeroTier controller says: no list of peers"_s);
    std::vector<PeerRecord> peers;
    for (const QJsonValue entry : said.array()) {
        const auto node = NodeId::parse(entry[u"address"].toString());
        if (!node)
            continue;
        PeerRecord peer{*node};
        peer.latency = static_cast<int>(
            std::clamp<qint64>(integerIn(entry[u"latency"]).value_or(-1), -1, std::numeric_limits<int>::max()));
        readPaths(entry[u"paths"].toArray(), peer);
        peer.version = versionFrom(entry[u"versionMajor"], entry[u"versionMinor"], entry[u"versionRev"]);
        peer.role = entry[u"role"].toString();
        peers.push_back(std::move(peer));
    }
    return peers;
}

} // namespace interlock
