// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerdialect.h"

#include "model/link/zerotier/centraljson.h"
#include "model/link/zerotier/jsonreading.h"
#include "model/link/zerotier/memberjson.h"
#include "model/link/zerotier/networkjson.h"

using namespace Qt::StringLiterals;

namespace interlock {

using Verb = ControllerRequest::Verb;

QString ControllerDialect::networksPath() const
{
    return isCentral() ? u"/network"_s : u"/controller/network"_s;
}

ControllerRequest ControllerDialect::onNetwork(Verb verb, const NetworkId &id, const QJsonObject &body) const
{
    return {verb, networksPath() + u'/' + id.toString(), u"network %1"_s.arg(id.toString()),
            verb == Verb::Post ? compactJson(body) : QByteArray()};
}

ControllerRequest ControllerDialect::onMember(Verb verb, const NetworkId &id, const NodeId &node,
                                              const QJsonObject &body) const
{
    ControllerRequest request = onNetwork(verb, id, body);
    request.path += u"/member/"_s + node.toString();
    request.subject = u"member %1 of network %2"_s.arg(node.toString(), id.toString());
    return request;
}

ControllerRequest ControllerDialect::getStatus() const
{
    return {Verb::Get, u"/status"_s, u"its status"_s};
}

ControllerRequest ControllerDialect::getController() const
{
    return {Verb::Get, u"/controller"_s, u"its network controller"_s};
}

ControllerRequest ControllerDialect::getPeers() const
{
    return {Verb::Get, u"/peer"_s, u"its peers"_s};
}

ControllerRequest ControllerDialect::getNetworks() const
{
    return {Verb::Get, networksPath(), u"its networks"_s};
}

ControllerRequest ControllerDialect::getNetwork(const NetworkId &id) const
{
    return onNetwork(Verb::Get, id);
}

ControllerRequest ControllerDialect::postNewNetwork(const NetworkEdit &edit) const
{
    return {Verb::Post, networksPath(), u"a new network"_s, compactJson(centralNetworkBody(edit)),
            ControllerRequest::Repeat::WhenNotSent};
}

ControllerRequest ControllerDialect::postNetwork(const NetworkId &id, const NetworkEdit &edit) const
{
    return onNetwork(Verb::Post, id, isCentral() ? centralNetworkBody(edit) : networkBody(edit));
}

ControllerRequest ControllerDialect::postSavedNetwork(const NetworkId &id, const QJsonObject &raw) const
{
    return onNetwork(Verb::Post, id, isCentral() ? centralNetworkRestoreBody(raw) : networkRestoreBody(raw));
}

ControllerRequest ControllerDialect::deleteNetwork(const NetworkId &id) const
{
    return onNetwork(Verb::Delete, id);
}

ControllerRequest ControllerDialect::getMembers(const NetworkId &id) const
{
    ControllerRequest request = getMemberList(id);
    if (!isCentral())
        request.path.prepend(u"/unstable"_s);
    return request;
}

ControllerRequest ControllerDialect::getMemberList(const NetworkId &id) const
{
    ControllerRequest request = onNetwork(Verb::Get, id);
    request.path += u"/member"_s;
    return request;
}

ControllerRequest ControllerDialect::getMember(const NetworkId &id, const NodeId &node) const
{
    return onMember(Verb::Get, id, node);
}

ControllerRequest ControllerDialect::postMember(const NetworkId &id, const NodeId &node, const MemberEdit &edit) const
{
    return onMember(Verb::Post, id, node, isCentral() ? centralMemberBody(edit) : memberBody(edit));
}

ControllerRequest ControllerDialect::postSavedMember(const NetworkId &id, const NodeId &node,
                                                     const QJsonObject &raw) const
{
    return onMember(Verb::Post, id, node, isCentral() ? centralMemberRestoreBody(raw) : memberRestoreBody(raw));
}

ControllerRequest ControllerDialect::deleteMember(const NetworkId &id, const NodeId &node) const
{
    return onMember(Verb::Delete, id, node);
}

Expected<NetworkRecord> ControllerDialect::readNetwork(const QByteArray &body, const std::optional<NetworkId> &id) const
{
    const auto said = readControllerObject(body);
    if (!said)
        return fail(said.error());
    auto record = isCentral() ? centralNetworkFrom(*said) : networkFrom(*said);
    if (record && id && record->id != *id)
        return fail(ErrorKind::BackendMismatch,
                    u"network %1 was asked for, and network %2 came"_s.arg(id->toString(), record->id.toString()));
    return record;
}

Expected<std::vector<NetworkId>> ControllerDialect::readNetworks(const QByteArray &body)
{
    const auto said = readControllerJson(body);
    if (!said)
        return fail(said.error());
    return networkIdsFrom(*said);
}

Expected<std::vector<MemberRecord>> ControllerDialect::readMembers(const QByteArray &body) const
{
    const auto said = readControllerJson(body);
    if (!said)
        return fail(said.error());
    return isCentral() ? centralMembersFrom(*said) : membersFrom(said->object());
}

Expected<std::map<NodeId, qint64>> ControllerDialect::readMemberRevisions(const QByteArray &body) const
{
    const auto said = readControllerJson(body);
    if (!said)
        return fail(said.error());
    if (!isCentral())
        return memberRevisionsFrom(*said);
    const auto members = centralMembersFrom(*said);
    if (!members)
        return fail(members.error());
    std::map<NodeId, qint64> revisions;
    for (const MemberRecord &member : *members)
        revisions.insert_or_assign(member.node, member.revision);
    return revisions;
}

Expected<MemberRecord> ControllerDialect::readMember(const QByteArray &body, const NodeId &node) const
{
    const auto said = readControllerObject(body);
    if (!said)
        return fail(said.error());
    auto record = isCentral() ? centralMemberFrom(*said) : memberFrom(*said);
    if (record && record->node != node)
        return fail(ErrorKind::BackendMismatch,
                    u"member %1 was asked for, and member %2 came"_s.arg(node.toString(), record->node.toString()));
    return record;
}

Expected<std::vector<PeerRecord>> ControllerDialect::readPeers(const QByteArray &body)
{
    const auto said = readControllerJson(body);
    if (!said)
        return fail(said.error());
    return peersFrom(*said);
}

} // namespace interlock
