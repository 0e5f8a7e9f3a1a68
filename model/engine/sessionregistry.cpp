// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/sessionregistry.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The words that the server shows where there is nothing.
QString orEmpty(const QString &text)
{
    return text == "UNDEF"_L1 ? QString() : text;
}

std::vector<Prefix> takenBy(const LiveSession &session)
{
    std::vector<Prefix> prefixes = session.fact.installed;
    for (const AnsweredLan &lan : session.lans)
        prefixes.push_back(lan.installed);
    return prefixes;
}

} // namespace

std::vector<LiveSession> SessionRegistry::clear()
{
    std::vector<LiveSession> gone;
    gone.reserve(m_sessions.size());
    for (auto &entry : m_sessions)
        gone.push_back(std::move(entry.second));
    m_sessions.clear();
    m_taken = {};
    return gone;
}

LiveSession &SessionRegistry::appear(openvpn::ClientId cid)
{
    const auto [it, isNew] = m_sessions.try_emplace(
        cid.value, LiveSession{cid, {}, SessionFact{SessionKey{m_instance, 0, cid.value}}, {}, {}, {}, false, {}, {}});
    return it->second;
}

void SessionRegistry::file(const LiveSession &session)
{
    for (const Prefix &prefix : takenBy(session))
        m_taken.insert(prefix, session.cid.value);
}

void SessionRegistry::unfile(const LiveSession &session)
{
    for (const Prefix &prefix : takenBy(session))
        m_taken.erase(prefix, session.cid.value);
}

void SessionRegistry::setInstalled(LiveSession &session, std::vector<Prefix> installed)
{
    unfile(session);
    std::ranges::sort(installed);
    session.fact.installed = std::move(installed);
    file(session);
}

void SessionRegistry::setLans(LiveSession &session, std::vector<AnsweredLan> lans)
{
    unfile(session);
    session.lans = std::move(lans);
    file(session);
}

LiveSession &SessionRegistry::connect(const openvpn::ClientConnected &event, Timestamp now)
{
    LiveSession &session = appear(event.cid);
    session.kid = event.kid;
    SessionFact &fact = session.fact;
    if (const auto cn = event.env.commonName())
        fact.cn = *cn;
    fact.username = event.env.username();
    fact.realAddress = event.env.realAddress();
    fact.clientVersion = event.env.ivVersion();
    fact.platform = event.env.ivPlatform();
    fact.connectedSince = now;
    fact.state = SessionState::Waiting;
    return session;
}

void SessionRegistry::answered(openvpn::ClientId cid, const ConnectDecision &decision)
{
    LiveSession *session = find(cid);
    if (!session)
        return;
    session->fact.answer = toStringList(decision.lines);
    session->fact.state = SessionState::Connecting;
    session->isAnswerKnown = true;
    setLans(*session, decision.lans);
}

void SessionRegistry::restoreAnswer(openvpn::ClientId cid, const SessionFact &published)
{
    LiveSession *session = find(cid);
    if (!session || session->isAnswerKnown || published.answer.isEmpty())
        return;
    session->fact.answer = published.answer;
    session->fact.alerts = published.alerts;
    session->fact.clientVersion = published.clientVersion;
    session->fact.platform = published.platform;
    session->isAnswerKnown = true;
}

void SessionRegistry::address(const openvpn::ClientAddress &event)
{
    LiveSession *session = find(event.cid);
    if (!session)
        return;
    if (!event.isPrimary) {
        std::vector<Prefix> installed = session->fact.installed;
        if (std::ranges::find(installed, event.prefix) == installed.end())
            installed.push_back(event.prefix);
        setInstalled(*session, std::move(installed));
    } else if (event.prefix.isIPv4()) {
        session->fact.address = event.prefix.first();
    } else {
        session->fact.address6 = event.prefix.first();
    }
}

LiveSession *SessionRegistry::established(const openvpn::ClientEstablished &event, Timestamp now)
{
    LiveSession *session = find(event.cid);
    if (!session)
        return nullptr;
    SessionFact &fact = session->fact;
    if (!event.env.realAddress().isEmpty())
        fact.realAddress = event.env.realAddress();
    if (!fact.address)
        fact.address = event.env.ifconfigPoolRemote();
    fact.connectedSince = event.env.timeUnix().value_or(now);
    fact.state = fact.address || fact.address6 ? SessionState::Established : SessionState::WithoutAddress;
    return session;
}

void SessionRegistry::setCounters(LiveSession &session, qint64 in, qint64 out, Timestamp now)
{
    SessionFact &fact = session.fact;
    const double seconds = static_cast<double>((now - session.countedAt).count()) / 1000.0;
    // The first report has nothing to be compared with, and two in one moment would divide by nothing.
    const bool isComparable = session.countedAt != Timestamp() && seconds > 0.05;
    if (isComparable) {
        fact.rateIn = static_cast<double>(std::max<qint64>(0, in - fact.bytesIn)) / seconds;
        fact.rateOut = static_cast<double>(std::max<qint64>(0, out - fact.bytesOut)) / seconds;
    }
    if (in != fact.bytesIn || out != fact.bytesOut)
        fact.lastSeen = now;
    fact.bytesIn = in;
    fact.bytesOut = out;
    session.countedAt = now;
}

void SessionRegistry::count(const openvpn::ByteCount &event, Timestamp now)
{
    if (LiveSession *session = find(event.cid))
        setCounters(*session, static_cast<qint64>(event.bytesIn), static_cast<qint64>(event.bytesOut), now);
}

StatusDifference SessionRegistry::reconcile(const openvpn::StatusSnapshot &snapshot, Timestamp now)
{
    StatusDifference difference;
    for (auto it = m_sessions.begin(); it != m_sessions.end();) {
        if (snapshot.clientOrNull(openvpn::ClientId{it->first})) {
            ++it;
            continue;
        }
        unfile(it->second);
        difference.gone.push_back(std::move(it->second));
        it = m_sessions.erase(it);
    }
    std::vector<std::vector<Prefix>> installed(snapshot.clients().size());
    for (const openvpn::StatusRoute &route : snapshot.routes()) {
        const auto *prefix = std::get_if<Prefix>(&route.target);
        if (!prefix || !route.client || route.isCached)
            continue;
        const openvpn::StatusClient &client = snapshot.clients()[*route.client];
        const bool isOwn = prefix->first() == prefix->last() &&
                           (client.virtualAddress == prefix->first() || client.virtualAddress6 == prefix->first());
        if (!isOwn)
            installed[*route.client].push_back(*prefix);
    }
    for (std::size_t i = 0; i < snapshot.clients().size(); ++i) {
        const openvpn::StatusClient &client = snapshot.clients()[i];
        const bool isNew = !find(client.cid);
        LiveSession &session = appear(client.cid);
        SessionFact &fact = session.fact;
        if (isNew) {
            difference.appeared.push_back(client.cid);
            if (const auto cn = client.commonName(); cn && client.cn != "UNDEF")
                fact.cn = *cn;
            fact.username = orEmpty(client.usernameText());
            fact.realAddress = client.realAddressText();
            fact.connectedSince = client.connectedSince;
            if (client.looksWaiting()) {
                fact.state = SessionState::Waiting;
                difference.mayBeWaiting.push_back(client.cid);
            }
        }
        if (isNew && !client.looksWaiting()) {
            fact.state = client.virtualAddress || client.virtualAddress6 ? SessionState::Established
                                                                         : SessionState::WithoutAddress;
        }
        fact.address = client.virtualAddress;
        fact.address6 = client.virtualAddress6;
        setCounters(session, static_cast<qint64>(client.bytesReceived), static_cast<qint64>(client.bytesSent), now);
        if (fact.state != SessionState::Waiting && fact.state != SessionState::Connecting)
            setInstalled(session, std::move(installed[i]));
    }
    return difference;
}

std::optional<LiveSession> SessionRegistry::remove(openvpn::ClientId cid)
{
    const auto it = m_sessions.find(cid.value);
    if (it == m_sessions.end())
        return std::nullopt;
    unfile(it->second);
    LiveSession session = std::move(it->second);
    m_sessions.erase(it);
    return session;
}

LiveSession *SessionRegistry::find(openvpn::ClientId cid)
{
    const auto it = m_sessions.find(cid.value);
    return it == m_sessions.end() ? nullptr : &it->second;
}

const LiveSession *SessionRegistry::find(openvpn::ClientId cid) const
{
    const auto it = m_sessions.find(cid.value);
    return it == m_sessions.end() ? nullptr : &it->second;
}

std::vector<openvpn::ClientId> SessionRegistry::sessionsOf(const CommonName &cn) const
{
    std::vector<openvpn::ClientId> found;
    for (const auto &entry : m_sessions) {
        if (entry.second.fact.cn == cn)
            found.push_back(entry.second.cid);
    }
    std::ranges::sort(found);
    return found;
}

std::optional<CommonName> SessionRegistry::holderOf(const Prefix &prefix, const CommonName &besides) const
{
    std::optional<CommonName> holder;
    m_taken.anyOverlapping(prefix, [&](const Prefix &, qint64 cid) {
        const CommonName *cn = m_sessions.at(cid).cn();
        if (cn && *cn != besides)
            holder = *cn;
        return holder.has_value();
    });
    return holder;
}

} // namespace interlock
