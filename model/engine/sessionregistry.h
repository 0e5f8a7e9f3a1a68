// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/sessionfact.h"
#include "model/link/openvpn/event.h"
#include "model/link/openvpn/statussnapshot.h"
#include "model/rules/connectdecision.h"
#include "model/rules/prefixmultimap.h"

#include <QElapsedTimer>

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace interlock {

/// A session of one instance as its owner knows it.
struct LiveSession
{
    openvpn::ClientId cid;
    std::optional<openvpn::KeyId> kid;   ///< none for a session that is known from a status only
    SessionFact fact;                    ///< `key.generation` is filled when it is published
    std::vector<AnsweredLan> lans;       ///< that the answer carried
    std::vector<Prefix> heldBack;        ///< left out of the answer, because another session had them installed
    std::optional<Prefix> tunnelNetwork; ///< the server's own, where it is not the one of the rows
    bool isAnswerKnown = false;
    bool isRouteStale = false; ///< was pushed a route that it would not be pushed now, as it was last judged
    Timestamp countedAt;       ///< when the counters were last told
    Timestamp heardAt;         ///< its last CONNECT
    QElapsedTimer asked;       ///< since its CONNECT
    quint64 statusCount = 0;   ///< of the last status that had it

    /// The CN, or a null pointer while it is none.
    [[nodiscard]] const CommonName *cn() const { return fact.cn ? &*fact.cn : nullptr; }
};

/// What a status said that was not known.
struct StatusDifference
{
    std::vector<LiveSession> gone;               ///< known sessions that are not there any more
    std::vector<openvpn::ClientId> appeared;     ///< sessions that were not known
    std::vector<openvpn::ClientId> mayBeWaiting; ///< look as if nobody had answered them, and we cannot
};

/// The sessions of one run of an OpenVPN server, by client id. No clock, no input or output.
///
/// \source openvpn/FACTS.md 20-22, 36-39
class SessionRegistry
{
public:
    explicit SessionRegistry(InstanceName instance) : m_instance(std::move(instance)) {}

    /// Forgets everything: a new run has begun. \returns what was there, for the history
    std::vector<LiveSession> clear();

    /// A client asks. One that is known by that id asks again, and keeps what is known of it.
    LiveSession &connect(const openvpn::ClientConnected &event, Timestamp now);
    /// Notes the answer: from now on its LANs count as taken, because OpenVPN installs them without telling of a
    /// conflict (FACTS 43).
    void answered(openvpn::ClientId cid, const ConnectDecision &decision);
    /// The answer that an earlier process of ours gave, as it was published.
    void restoreAnswer(openvpn::ClientId cid, const SessionFact &published);
    void address(const openvpn::ClientAddress &event);
    /// \returns the session, or null when it is not known
    LiveSession *established(const openvpn::ClientEstablished &event, Timestamp now);
    void count(const openvpn::ByteCount &event, Timestamp now);
    /// Brings the registry to what the server says; sessions that appeared have no answer that is known. A status is
    /// older than the events that came while it was read: who has just asked stays, who has left does not come back.
    ///
    /// \complexity linear in the clients and routes of the snapshot, and O(log n) for each route that changed
    [[nodiscard]] StatusDifference reconcile(const openvpn::StatusSnapshot &snapshot, Timestamp now);
    std::optional<LiveSession> remove(openvpn::ClientId cid);

    [[nodiscard]] LiveSession *find(openvpn::ClientId cid);
    [[nodiscard]] const LiveSession *find(openvpn::ClientId cid) const;
    /// Every session of `cn`: more than one while it reconnects (FACTS 21).
    [[nodiscard]] std::vector<openvpn::ClientId> sessionsOf(const CommonName &cn) const;
    /// Another CN with a live session that has, or was just answered, a prefix that overlaps `prefix`.
    [[nodiscard]] std::optional<CommonName> holderOf(const Prefix &prefix, const CommonName &besides) const;

    [[nodiscard]] std::size_t size() const { return m_sessions.size(); }
    template <typename Visitor>
    void forEach(Visitor &&visit)
    {
        for (auto &entry : m_sessions)
            visit(entry.second);
    }
    template <typename Visitor>
    void forEach(Visitor &&visit) const
    {
        for (const auto &entry : m_sessions)
            visit(entry.second);
    }

private:
    LiveSession &appear(openvpn::ClientId cid);
    LiveSession &appearFrom(const openvpn::StatusClient &client, StatusDifference &difference);
    static void update(LiveSession &session, const openvpn::StatusClient &client, Timestamp now);
    void removeUnseen(StatusDifference &difference, Timestamp now);
    void setInstalled(LiveSession &session, std::vector<Prefix> installed);
    void setLans(LiveSession &session, std::vector<AnsweredLan> lans);
    void unfile(const LiveSession &session);
    void file(const LiveSession &session);
    static void setCounters(LiveSession &session, qint64 in, qint64 out, Timestamp now);

    InstanceName m_instance;
    std::unordered_map<qint64, LiveSession> m_sessions;
    std::unordered_set<qint64> m_left; ///< ended since the last status
    quint64 m_statusCount = 0;
    PrefixMultiMap<qint64> m_taken; ///< installed and answered prefixes, by client id
};

} // namespace interlock
