// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/centraljson.h"

#include "model/link/zerotier/jsonreading.h"
#include "model/link/zerotier/memberjson.h"
#include "model/link/zerotier/networkjson.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

Expected<NetworkRecord> centralNetworkFrom(const QJsonObject &said)
{
    QJsonObject config = said.value(u"config"_s).toObject();
    config.insert(u"id"_s, said.value(u"id"_s));
    auto record = networkFrom(config);
    if (!record)
        return record;
    record->revision = integerIn(config.value(u"lastModified"_s)).value_or(record->revision);
    record->raw = said;
    return record;
}

Expected<MemberRecord> centralMemberFrom(const QJsonObject &said)
{
    QJsonObject config = said.value(u"config"_s).toObject();
    QString node = said.value(u"nodeId"_s).toString();
    if (node.isEmpty())
        node = said.value(u"id"_s).toString().section(u'-', -1);
    config.insert(u"id"_s, node);
    config.insert(u"name"_s, said.value(u"name"_s));
    auto record = memberFrom(config);
    if (!record)
        return record;
    if (const qint64 seen = integerIn(said.value(u"lastSeen"_s)).value_or(0); seen > 0)
        record->lastSeen = Timestamp::fromMilliseconds(seen);
    record->physicalAddress = said.value(u"physicalAddress"_s).toString();
    if (const QString version = said.value(u"clientVersion"_s).toString(); !version.isEmpty())
        record->version = version.startsWith(u'v') ? version.sliced(1) : version;
    record->hasJoined = record->hasJoined || record->lastSeen.has_value();
    record->raw = said;
    return record;
}

Expected<std::vector<MemberRecord>> centralMembersFrom(const QJsonDocument &said)
{
    if (!said.isArray())
        return fail(ErrorKind::BackendMismatch, u"the answer is not what ZeroTier Central says: no list of members"_s);
    const QJsonArray entries = said.array();
    std::vector<MemberRecord> members;
    members.reserve(static_cast<std::size_t>(entries.size()));
    for (const QJsonValue entry : entries) {
        if (auto member = centralMemberFrom(entry.toObject()))
            members.push_back(*std::move(member));
    }
    return members;
}

QJsonObject centralNetworkBody(const NetworkEdit &edit)
{
    return {{u"config"_s, networkBody(edit)}};
}

QJsonObject centralMemberBody(const MemberEdit &edit)
{
    QJsonObject config = memberBody(edit);
    QJsonObject body;
    if (const QJsonValue name = config.take(u"name"_s); !name.isUndefined())
        body.insert(u"name"_s, name);
    if (!config.isEmpty())
        body.insert(u"config"_s, config);
    return body;
}

QJsonObject centralNetworkRestoreBody(const QJsonObject &raw)
{
    QJsonObject body{{u"config"_s, networkRestoreBody(raw.value(u"config"_s).toObject())}};
    for (const auto &key : {u"description"_s, u"rulesSource"_s}) {
        if (raw.contains(key))
            body.insert(key, raw.value(key));
    }
    return body;
}

QJsonObject centralMemberRestoreBody(const QJsonObject &raw)
{
    QJsonObject body{{u"config"_s, memberRestoreBody(raw.value(u"config"_s).toObject())}};
    for (const auto &key : {u"name"_s, u"description"_s, u"hidden"_s}) {
        if (raw.contains(key))
            body.insert(key, raw.value(key));
    }
    return body;
}

} // namespace interlock
