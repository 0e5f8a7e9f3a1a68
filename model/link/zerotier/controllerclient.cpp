// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerclient.h"

#include "model/link/zerotier/controllerexchange.h"
#include "model/link/zerotier/memberwalk.h"
#include "model/link/zerotier/networkcreation.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString laneOf(const NetworkId &id)
{
    return u"network/"_s + id.toString();
}

QString laneOf(const NetworkId &id, const NodeId &node)
{
    return u"member/"_s + id.toString() + u'/' + node.toString();
}

template <typename T>
QFuture<Expected<T>> answered(Expected<T> answer)
{
    const PendingAnswer<T> pending;
    pending.give(std::move(answer));
    return pending.future();
}

Error otherController(const NetworkId &id, const NodeId &node)
{
    return {ErrorKind::Invalid,
            u"network %1 is not of this controller, whose networks begin with %2: nobody could join it there"_s.arg(
                id.toString(), node.toString()),
            {{u"network"_s, id.toString()}, {u"node"_s, node.toString()}}};
}

} // namespace

ControllerClient::ControllerClient(ControllerEndpoint endpoint, const QByteArray &token, ControllerTimes times,
                                   QObject *parent)
    : QObject(parent), m_dialect(endpoint.flavour), m_times(times),
      m_sender(new ControllerSender(std::move(endpoint), token, times, this)), m_lanes(new WriteLanes(this))
{
}

ControllerClient::~ControllerClient()
{
    // Whoever is answered now may ask again: that is refused, because there is no sender.
    const auto *sender = std::exchange(m_sender, nullptr);
    const auto *lanes = std::exchange(m_lanes, nullptr);
    delete sender;
    delete lanes;
}

int ControllerClient::requestsSent() const
{
    return m_sender ? m_sender->requestsSent() : 0;
}

int ControllerClient::underWay() const
{
    return m_sender ? m_sender->underWay() : 0;
}

std::optional<Error> ControllerClient::obstacle() const
{
    if (!m_sender)
        return Error{ErrorKind::BackendUnavailable, u"the connection to the ZeroTier controller is closed"_s, {}};
    if (!m_sender->token())
        return m_sender->token().error();
    return std::nullopt;
}

template <typename T>
QFuture<Expected<T>> ControllerClient::ask(const ControllerRequest &request, Parse<T> parse)
{
    if (const auto error = obstacle())
        return answered<T>(fail(*error));
    const PendingAnswer<T> answer;
    exchange<T>(*m_sender, request, std::move(parse),
                [answer](Expected<T> said, const ControllerReply &) { answer.give(std::move(said)); });
    return answer.future();
}

template <typename T>
QFuture<Expected<T>> ControllerClient::write(const QString &lane, const ControllerRequest &request, Parse<T> parse)
{
    if (const auto error = obstacle())
        return answered<T>(fail(*error));
    const PendingAnswer<T> answer;
    m_lanes->enter(lane, [sender = m_sender, request, parse = std::move(parse), answer](const auto &turn) {
        exchange<T>(*sender, request, parse,
                    [answer, turn](Expected<T> said, const ControllerReply &) { answer.give(std::move(said)); });
    });
    return answer.future();
}

QFuture<Expected<void>> ControllerClient::erase(const QString &lane, const ControllerRequest &request)
{
    if (const auto error = obstacle())
        return answered<void>(fail(*error));
    const PendingAnswer<void> answer;
    m_lanes->enter(lane, [sender = m_sender, request, answer](const auto &turn) {
        sender->send(request, [sender, request, answer, turn](const ControllerReply &reply) {
            // Gone, and we may be the one who did it without hearing of it.
            const bool isOurs =
                reply.fault == ControllerFault::None && reply.status == 404 && reply.mayHaveArrivedBefore;
            if (reply.isGood() || isOurs)
                answer.give({});
            else
                answer.give(fail(sender->errorOf(request, reply)));
        });
    });
    return answer.future();
}

QFuture<Expected<ControllerIdentity>> ControllerClient::probe()
{
    const auto readStatus = [dialect = m_dialect](const QByteArray &body) { return dialect.readStatus(body); };
    if (m_dialect.isCentral())
        return ask<ControllerIdentity>(m_dialect.getStatus(), readStatus);
    if (const auto error = obstacle())
        return answered<ControllerIdentity>(fail(*error));
    const PendingAnswer<ControllerIdentity> answer;
    const auto finish = [answer](const ControllerIdentity &identity, Expected<bool> ready) {
        if (!ready && ready.error().kind == ErrorKind::NotFound)
            ready = fail(ErrorKind::BackendMismatch,
                         u"node %1 answers, but its zerotier-one was built without a network controller: use one that "
                         "has it"_s.arg(identity.node->toString()),
                         ready.error().payload);
        answer.give(ready ? Expected<ControllerIdentity>(identity) : fail(ready.error()));
    };
    exchange<ControllerIdentity>(
        *m_sender, m_dialect.getStatus(), readStatus,
        [this, answer, finish](Expected<ControllerIdentity> identity, const ControllerReply &) {
            if (!identity && identity.error().kind == ErrorKind::NotFound)
                identity = fail(ErrorKind::BackendMismatch, u"that is not a ZeroTier controller: it has no status"_s,
                                identity.error().payload);
            if (!identity) {
                answer.give(fail(identity.error()));
                return;
            }
            exchange<bool>(
                *m_sender, m_dialect.getController(),
                [](const QByteArray &body) { return ControllerDialect::readController(body).map([] { return true; }); },
                [finish, identity = *identity](const Expected<bool> &ready, const ControllerReply &) {
                    finish(identity, ready);
                });
        });
    return answer.future();
}

QFuture<Expected<std::vector<NetworkId>>> ControllerClient::networks()
{
    return ask<std::vector<NetworkId>>(m_dialect.getNetworks(), &ControllerDialect::readNetworks);
}

QFuture<Expected<NetworkRecord>> ControllerClient::network(const NetworkId &id)
{
    return ask<NetworkRecord>(m_dialect.getNetwork(id), [dialect = m_dialect, id](const QByteArray &body) {
        return dialect.readNetwork(body, id);
    });
}

QFuture<Expected<NetworkRecord>> ControllerClient::createNetwork(const std::optional<NetworkId> &id,
                                                                 const NetworkEdit &edit)
{
    if (const auto error = obstacle())
        return answered<NetworkRecord>(fail(*error));
    if (id && m_dialect.isCentral())
        return answered<NetworkRecord>(
            fail(ErrorKind::Unsupported, u"ZeroTier Central chooses the id of a network itself"_s));
    const PendingAnswer<NetworkRecord> answer;
    const auto creation = std::make_shared<NetworkCreation>(
        NetworkCreation::Tools{*m_sender, m_dialect, *m_lanes, m_times.tries}, edit, answer);
    if (m_dialect.isCentral())
        creation->beginAtCentral();
    else
        creation->beginHere(id);
    return answer.future();
}

QFuture<Expected<NetworkRecord>> ControllerClient::writeNetwork(const NetworkId &id, const NetworkEdit &edit)
{
    return write<NetworkRecord>(
        laneOf(id), m_dialect.postNetwork(id, edit),
        [dialect = m_dialect, id](const QByteArray &body) { return dialect.readNetwork(body, id); });
}

QFuture<Expected<NetworkRecord>> ControllerClient::restoreNetwork(const NetworkId &id, const QJsonObject &raw)
{
    const auto request = m_dialect.postSavedNetwork(id, raw);
    const auto parse = [dialect = m_dialect, id](const QByteArray &body) { return dialect.readNetwork(body, id); };
    if (m_dialect.isCentral())
        return write<NetworkRecord>(laneOf(id), request, parse);
    if (const auto error = obstacle())
        return answered<NetworkRecord>(fail(*error));
    const PendingAnswer<NetworkRecord> answer;
    m_lanes->enter(laneOf(id), [this, id, request, parse, answer](const auto &turn) {
        exchange<ControllerIdentity>(
            *m_sender, m_dialect.getStatus(),
            [dialect = m_dialect](const QByteArray &body) { return dialect.readStatus(body); },
            [this, id, request, parse, answer, turn](const Expected<ControllerIdentity> &here, const auto &) {
                if (!here)
                    answer.give(fail(here.error()));
                else if (!id.toString().startsWith(here->node->toString()))
                    answer.give(fail(otherController(id, *here->node)));
                else
                    exchange<NetworkRecord>(*m_sender, request, parse,
                                            [answer, turn](Expected<NetworkRecord> restored, const auto &) {
                                                answer.give(std::move(restored));
                                            });
            });
    });
    return answer.future();
}

QFuture<Expected<void>> ControllerClient::deleteNetwork(const NetworkId &id)
{
    return erase(laneOf(id), m_dialect.deleteNetwork(id));
}

QFuture<Expected<std::vector<MemberRecord>>> ControllerClient::members(const NetworkId &id)
{
    const auto readAll = [dialect = m_dialect](const QByteArray &body) { return dialect.readMembers(body); };
    if (m_dialect.isCentral())
        return ask<std::vector<MemberRecord>>(m_dialect.getMembers(id), readAll);
    if (const auto error = obstacle())
        return answered<std::vector<MemberRecord>>(fail(*error));
    const PendingAnswer<std::vector<MemberRecord>> answer;
    exchange<std::vector<MemberRecord>>(
        *m_sender, m_dialect.getMembers(id), readAll,
        [this, id, answer](Expected<std::vector<MemberRecord>> all, const ControllerReply &) {
            if (!all && all.error().kind == ErrorKind::NotFound)
                std::make_shared<MemberWalk>(*m_sender, m_dialect, id, answer)->begin();
            else
                answer.give(std::move(all));
        });
    return answer.future();
}

QFuture<Expected<std::map<NodeId, qint64>>> ControllerClient::memberRevisions(const NetworkId &id)
{
    return ask<std::map<NodeId, qint64>>(m_dialect.getMemberList(id), [dialect = m_dialect](const QByteArray &body) {
        return dialect.readMemberRevisions(body);
    });
}

QFuture<Expected<MemberRecord>> ControllerClient::member(const NetworkId &id, const NodeId &node)
{
    return ask<MemberRecord>(m_dialect.getMember(id, node), [dialect = m_dialect, node](const QByteArray &body) {
        return dialect.readMember(body, node);
    });
}

QFuture<Expected<MemberRecord>> ControllerClient::writeMember(const NetworkId &id, const NodeId &node,
                                                              const MemberEdit &edit)
{
    return write<MemberRecord>(
        laneOf(id, node), m_dialect.postMember(id, node, edit),
        [dialect = m_dialect, node](const QByteArray &body) { return dialect.readMember(body, node); });
}

QFuture<Expected<MemberRecord>> ControllerClient::restoreMember(const NetworkId &id, const NodeId &node,
                                                                const QJsonObject &raw)
{
    return write<MemberRecord>(
        laneOf(id, node), m_dialect.postSavedMember(id, node, raw),
        [dialect = m_dialect, node](const QByteArray &body) { return dialect.readMember(body, node); });
}

QFuture<Expected<void>> ControllerClient::deleteMember(const NetworkId &id, const NodeId &node)
{
    return erase(laneOf(id, node), m_dialect.deleteMember(id, node));
}

QFuture<Expected<std::vector<PeerRecord>>> ControllerClient::peers()
{
    if (m_dialect.isCentral())
        return answered<std::vector<PeerRecord>>(std::vector<PeerRecord>());
    return ask<std::vector<PeerRecord>>(m_dialect.getPeers(), &ControllerDialect::readPeers);
}

} // namespace interlock
