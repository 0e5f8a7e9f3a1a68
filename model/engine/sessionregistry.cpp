// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/sessionregistry.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

/// The words that the server shows where there is nothing.
QString orEmpty(const QString &text)
{
    return text == "UNDEF"_L1 ? QString() : text;
}

/// How much older than the events a status may be, at most: it is parsed aside (SEMANTICS.md 4).
constexpr auto kStatusDelay = 5s;

/// The prefixes of a status by client, each list ascending, in one array.
class InstalledPrefixes
{
public:
    explicit InstalledPrefixes(const openvpn::StatusSnapshot &snapshot) : m_ends(snapshot.clients().size() + 1)
    {
        const std::vector<openvpn::StatusRoute> &routes = snapshot.routes();
        for (const openvpn::StatusRoute &route : routes) {
            if (isInstalled(snapshot, route))
                ++m_ends[*route.client() + 1];
        }
        std::partial_sum(m_ends.begin(), m_ends.end(), m_ends.begin());
        m_prefixes.resize(m_ends.back());
        std::vector<std::uint32_t> next(m_ends.begin(), m_ends.end() - 1);
        for (const openvpn::StatusRoute &route : routes) {
            if (isInstalled(snapshot, route))
                m_prefixes[next[*route.client()]++] = route.prefix();
        }
        for (std::size_t client = 0; client + 1 < m_ends.size(); ++client) {
            if (m_ends[client + 1] - m_ends[client] > 1)
                std::ranges::sort(of(client));
        }
    }

    [[nodiscard]] std::span<Prefix> of(std::size_t client)
    {
        return std::span(m_prefixes).subspan(m_ends[client], m_ends[client + 1] - m_ends[client]);
    }

private:
    /// Not the tunnel address, a MAC, or an address that was learnt inside of a prefix.
    static bool isInstalled(const openvpn::StatusSnapshot &snapshot, const openvpn::StatusRoute &route)
    {
        if (route.isMac() || !route.client() || route.isCached())
            return false;
        const Prefix prefix = route.prefix();
        return !prefix.isSingleAddress() || !snapshot.clients()[*route.client()].isVirtualAddress(prefix.first());
    }

    std::vector<std::uint32_t> m_ends; ///< of the list of client i: [i, i + 1)
    std::vector<Prefix> m_prefixes;
};

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
    m_left.clear();
    m_taken = {};
    return gone;
}

LiveSession &SessionRegistry::appear(openvpn::ClientId cid)
{
    const auto [it, isNew] = m_sessions.try_emplace(
        cid.value,
        LiveSession{
            cid, {}, SessionFact{SessionKey{m_instance, 0, cid.value}}, {}, {}, {}, false, false, {}, {}, {}, 0});
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
    session.heardAt = now;
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
    if (published.waitingFor)
        std::ranges::set_difference(published.declared, published.installed, std::back_inserter(session->heldBack));
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

LiveSession &SessionRegistry::appearFrom(const openvpn::StatusClient &client, StatusDifference &difference)
{
    LiveSession &session = appear(client.cid());
    SessionFact &fact = session.fact;
    if (const auto cn = client.commonName(); cn && client.cn() != "UNDEF")
        fact.cn = *cn;
    fact.username = orEmpty(client.usernameText());
    fact.realAddress = client.realAddressText();
    fact.connectedSince = client.connectedSince();
    fact.state = client.looksWaiting() ? SessionState::Waiting : SessionState::WithoutAddress;
    difference.appeared.push_back(client.cid());
    return session;
}

void SessionRegistry::update(LiveSession &session, const openvpn::StatusClient &client, Timestamp now)
{
    SessionFact &fact = session.fact;
    fact.address = client.virtualAddress();
    fact.address6 = client.virtualAddress6();
    // An address comes with ESTABLISHED, which may have been told while nobody was there to hear it (FACTS 21, 35).
    if (fact.address || fact.address6)
        fact.state = fact.state == SessionState::Leaving ? fact.state : SessionState::Established;
    else if (!client.looksWaiting() && (fact.state == SessionState::Waiting || fact.state == SessionState::Connecting))
        fact.state = SessionState::WithoutAddress;
    setCounters(session, static_cast<qint64>(client.bytesReceived()), static_cast<qint64>(client.bytesSent()), now);
}

void SessionRegistry::removeUnseen(StatusDifference &difference, Timestamp now)
{
    for (auto it = m_sessions.begin(); it != m_sessions.end();) {
        const LiveSession &session = it->second;
        if (session.statusCount == m_statusCount || now - session.heardAt < kStatusDelay) {
            ++it;
            continue;
        }
        unfile(session);
        difference.gone.push_back(std::move(it->second));
        it = m_sessions.erase(it);
    }
}

StatusDifference SessionRegistry::reconcile(const openvpn::StatusSnapshot &snapshot, Timestamp now)
{
    StatusDifference difference;
    InstalledPrefixes installed(snapshot);
    const auto left = std::exchange(m_left, {});
    ++m_statusCount;
    std::size_t seen = 0;
    for (std::size_t i = 0; i < snapshot.clients().size(); ++i) {
        const openvpn::StatusClient &client = snapshot.clients()[i];
        const auto it = m_sessions.find(client.cid().value);
        if (it == m_sessions.end() && !left.empty() && left.contains(client.cid().value)) {
            m_left.insert(client.cid().value);
            continue;
        }
        LiveSession &session = it == m_sessions.end() ? appearFrom(client, difference) : it->second;
        seen += session.statusCount == m_statusCount ? 0 : 1;
        session.statusCount = m_statusCount;
        update(session, client, now);
        if (session.fact.state == SessionState::Waiting && !session.kid && client.looksWaiting())
            difference.mayBeWaiting.push_back(client.cid());
        const auto prefixes = installed.of(i);
        if (session.fact.state != SessionState::Waiting && session.fact.state != SessionState::Connecting &&
            !std::ranges::equal(session.fact.installed, prefixes))
            setInstalled(session, {prefixes.begin(), prefixes.end()});
    }
    if (seen < m_sessions.size())
        removeUnseen(difference, now);
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
    m_left.insert(cid.value);
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
