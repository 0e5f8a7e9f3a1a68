// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/clientanswerer.h"

#include "model/engine/routejudge.h"
#include "model/engine/sessionalert.h"

#include <algorithm>
#include <span>
#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// How many logins the median is of.
constexpr std::size_t kLogins = 64;

} // namespace

ClientAnswerer::ClientAnswerer(InstanceName instance, const EnginePorts &ports, TopologyMirror &mirror,
                               const LeaseKeeper &lease, SessionRegistry &registry, const QString &actor,
                               RefusalOf refusalOf, QObject *parent)
    : QObject(parent), m_instance(std::move(instance)), m_mirror(mirror), m_lease(lease), m_registry(registry),
      m_handler(ports.gateway, mirror, ports.clock, actor), m_refusalOf(std::move(refusalOf))
{
    connect(&lease, &LeaseKeeper::confirmed, this, [this] {
        for (const openvpn::ClientId cid : std::exchange(m_unanswered, {}))
            answer(cid);
        for (const openvpn::ClientReauth &event : std::exchange(m_unansweredKeys, {}))
            reauthenticated(event);
    });
}

const InstanceRow *ClientAnswerer::row() const
{
    return m_mirror.isLoaded() ? m_mirror.topology().find<InstanceRow>(m_instance) : nullptr;
}

void ClientAnswerer::alert(LiveSession &session, const QString &sentence) const
{
    interlock::alert(m_instance, session, sentence);
}

void ClientAnswerer::setLink(openvpn::ManagementClient *linkOrNull)
{
    m_linkOrNull = linkOrNull;
    beginRun();
}

void ClientAnswerer::beginRun()
{
    ++m_run;
    m_unanswered.clear();
    m_unansweredKeys.clear();
}

// --- a client asks

void ClientAnswerer::connected(LiveSession &session, const openvpn::ClientEnvironment &env)
{
    session.asked.start();
    session.fact.alerts.clear();
    compareEnvironment(session, env);
    answer(session.cid);
}

void ClientAnswerer::compareEnvironment(LiveSession &session, const openvpn::ClientEnvironment &env)
{
    const InstanceRow *instance = row();
    if (!instance)
        return;
    session.tunnelNetwork.reset();
    if (const auto device = env.deviceType();
        device && (*device == openvpn::DeviceType::Tap) != (instance->mode == DeviceMode::Tap)) {
        alert(session, u"the server's device is %1, the instance says %2"_s.arg(
                           *device == openvpn::DeviceType::Tap ? u"tap"_s : u"tun"_s, enumText(instance->mode)));
    }
    if (const auto local = env.ifconfigLocal(); local && *local != instance->serverAddress) {
        alert(session, u"the server's tunnel address is %1, the instance says %2"_s.arg(
                           local->toString(), instance->serverAddress.toString()));
    }
    const auto mask = env.ifconfigNetmask();
    if (!mask || !instance->network.isIPv4() || mask->toString() == instance->network.netmask())
        return;
    alert(session, u"the server's tunnel mask is %1, the instance says %2; the server's is used"_s.arg(
                       mask->toString(), instance->network.netmask()));
    if (const auto network =
            Prefix::parseMasked(u"%1 %2"_s.arg(instance->network.first().toString(), mask->toString())))
        session.tunnelNetwork = *network;
}

void ClientAnswerer::answer(openvpn::ClientId cid)
{
    const LiveSession *session = m_registry.find(cid);
    if (!session || !session->kid)
        return;
    if (!m_lease.isCertain()) {
        m_unanswered.insert(cid); // it may be another's client by now (SEMANTICS.md 4)
        return;
    }
    const openvpn::KeyId kid = *session->kid;
    if (!session->cn())
        return deny(cid, kid, u"the certificate's common name cannot be used"_s);
    if (const auto reason = m_refusalOf(*session->cn()))
        return deny(cid, kid, *reason);
    m_handler.decide(*session->cn(), m_instance, m_lease.lease(),
                     [this, cid, kid, run = m_run](Expected<Verdict> verdict) {
                         const LiveSession *asked = m_registry.find(cid);
                         if (run != m_run || !asked || asked->kid != kid)
                             return; // it left, or the server began anew, while the store was asked
                         if (!m_lease.isCertain() || (!verdict && verdict.error().kind == ErrorKind::LeaseHeld)) {
                             m_unanswered.insert(cid);
                             return;
                         }
                         if (!verdict)
                             return deny(cid, kid,
                                         verdict.error().kind == ErrorKind::StoreUnavailable
                                             ? u"the store cannot be reached, try again later"_s
                                             : u"no answer could be made: "_s + nameOf(verdict.error().kind));
                         if (verdict->decision.action == ConnectAction::Deny)
                             return deny(cid, kid, verdict->decision.denyReason);
                         give(cid, *std::move(verdict));
                     });
}

void ClientAnswerer::holdBack(LiveSession &session, ConnectDecision &decision)
{
    session.heldBack.clear();
    const auto lans = decision.lans;
    for (const AnsweredLan &lan : lans) {
        const auto holder = m_registry.holderOf(lan.installed, *session.cn());
        if (!holder)
            continue;
        decision.leaveOut(lan.installed, {ErrorKind::Conflict,
                                          u"%1 is still installed for %2; it comes when that session ends"_s.arg(
                                              lan.installed.toString(), holder->toString()),
                                          {}});
        session.heldBack.push_back(lan.installed);
        session.fact.waitingFor = holder;
    }
    // The server counts the tunnel address too, and drops the rest without a word (FACTS 46).
    constexpr std::size_t kMaxRoutes = 256;
    while (decision.lans.size() + 1 > kMaxRoutes) {
        const Prefix last = decision.lans.back().installed;
        decision.leaveOut(
            last, {ErrorKind::Limit,
                   u"%1 is left out: a client has at most %2 routes (max-routes-per-client)"_s.arg(last.toString())
                       .arg(kMaxRoutes),
                   {}});
    }
}

void ClientAnswerer::give(openvpn::ClientId cid, Verdict verdict)
{
    LiveSession &session = *m_registry.find(cid);
    ConnectDecision &decision = verdict.decision;
    useServersNetwork(decision, m_mirror.topology(), session.tunnelNetwork);
    holdBack(session, decision);
    if (verdict.isFromStoredOnly)
        alert(session, u"answered while the store could not be reached, from what was known before"_s);
    for (const ConnectProblem &problem : decision.problems)
        alert(session, problem.error.detail);
    const QStringList texts = toStringList(decision.lines);
    const auto command = openvpn::ManagementCommand::clientAuth(
        cid, *session.kid, std::span<const QString>(texts.constData(), static_cast<std::size_t>(texts.size())));
    if (!command) {
        alert(session, command.error().detail);
        return deny(cid, *session.kid, u"no answer could be made"_s);
    }
    m_registry.answered(cid, decision);
    ++m_answers;
    m_linkOrNull->send(*command, [this, cid, run = m_run](const Expected<openvpn::Answer> &reply) {
        LiveSession *given = m_registry.find(cid);
        if (reply || !given || run != m_run)
            return;
        alert(*given, u"the server did not take the answer: "_s + reply.error().detail);
        if (reply.error().kind == ErrorKind::BackendUnavailable) {
            // It was lost with the link. If the client still waits when we are back, it is made to ask again.
            given->kid.reset();
            given->fact.state = SessionState::Waiting;
        }
    });
    m_logins.push_back(session.asked.nsecsElapsed() / 1000);
    if (m_logins.size() > kLogins)
        m_logins.erase(m_logins.begin());
    Q_EMIT answered(cid);
}

std::optional<qint64> ClientAnswerer::loginMicroseconds() const
{
    if (m_logins.empty())
        return std::nullopt;
    auto logins = m_logins;
    const auto middle = logins.begin() + static_cast<std::ptrdiff_t>(logins.size() / 2);
    std::ranges::nth_element(logins, middle);
    return *middle;
}

void ClientAnswerer::reauthenticated(const openvpn::ClientReauth &event)
{
    if (!m_lease.isCertain()) {
        m_unansweredKeys.push_back(event);
        return;
    }
    // Left unanswered, the tunnel dies; the lines of an answer would be ignored (FACTS 42).
    LiveSession *session = m_registry.find(event.cid);
    if (session)
        session->kid = event.kid;
    const auto cn = event.env.commonName();
    if (cn && m_mirror.isLoaded()) {
        if (const auto reason = m_refusalOf(*cn))
            return deny(event.cid, event.kid, *reason);
        const auto verdict = decideFromStored(m_mirror.topology(), *cn, m_instance);
        if (verdict && verdict->action == ConnectAction::Deny)
            return deny(event.cid, event.kid, verdict->denyReason);
    }
    if (m_linkOrNull)
        m_linkOrNull->send(openvpn::ManagementCommand::clientAuthNt(event.cid, event.kid));
}

// --- ending sessions

void ClientAnswerer::refuse(openvpn::ClientId cid, const QString &reason, const Reply &reply)
{
    const LiveSession *session = m_registry.find(cid);
    const bool isLive = session && (session->fact.state == SessionState::Established ||
                                    session->fact.state == SessionState::WithoutAddress);
    if (isLive)
        end(cid, openvpn::ManagementCommand::clientRevoke(cid, reason), reason, reply);
    else if (session && session->kid)
        deny(cid, *session->kid, reason, reply);
    else
        restart(cid, reply);
}

void ClientAnswerer::deny(openvpn::ClientId cid, openvpn::KeyId kid, const QString &reason, const Reply &reply)
{
    end(cid, openvpn::ManagementCommand::clientDeny(cid, kid, reason, reason), reason, reply);
}

void ClientAnswerer::end(openvpn::ClientId cid, const Expected<openvpn::ManagementCommand> &command,
                         const QString &reason, const Reply &reply)
{
    if (!command || !m_linkOrNull) {
        if (reply)
            reply(fail(command ? Error{ErrorKind::BackendUnavailable, u"there is no link"_s, {}} : command.error()));
        return;
    }
    ++m_refusals;
    if (LiveSession *session = m_registry.find(cid)) {
        session->fact.state = SessionState::Leaving;
        alert(*session, u"refused: "_s + reason);
    }
    m_linkOrNull->send(*command, [reply](const Expected<openvpn::Answer> &answer) {
        if (reply)
            reply(answer.map([](const openvpn::Answer &) {}));
    });
    Q_EMIT ending();
}

void ClientAnswerer::restart(openvpn::ClientId cid, const Reply &reply)
{
    if (!m_linkOrNull) {
        if (reply)
            reply(fail(ErrorKind::BackendUnavailable, u"there is no link"_s));
        return;
    }
    if (LiveSession *session = m_registry.find(cid))
        session->fact.state = SessionState::Leaving;
    m_linkOrNull->send(openvpn::ManagementCommand::clientKill(cid), [reply](const Expected<openvpn::Answer> &answer) {
        if (reply)
            reply(answer.map([](const openvpn::Answer &) {}));
    });
    Q_EMIT ending();
}

} // namespace interlock
