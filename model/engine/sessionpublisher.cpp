// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/sessionpublisher.h"

#include "model/commands/whendone.h"

#include <algorithm>
#include <map>
#include <utility>

using namespace std::chrono_literals;

namespace interlock {

namespace {

constexpr auto kPublishSoon = 200ms;
constexpr auto kCounters = 2s;
constexpr auto kSamples = 5min;
/// A server tells the ends of its sessions together with its own.
constexpr std::chrono::milliseconds kTogether = 2s;
/// Rows that wait for a store which is away. A hundred thousand sessions fit; beyond it the newest are lost.
constexpr std::size_t kMaxWaiting = 200'000;

} // namespace

SessionPublisher::SessionPublisher(InstanceName instance, LiveFeed &live, const LeaseKeeper &lease,
                                   const SessionRegistry &registry, const Clock &clock, QObject *parent)
    : QObject(parent), m_live(live), m_lease(lease), m_registry(registry), m_clock(clock), m_health{std::move(instance)}
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(kPublishSoon);
    connect(&m_soon, &QTimer::timeout, this, &SessionPublisher::publish);
    connect(&m_counters, &QTimer::timeout, this, &SessionPublisher::publish);
    connect(&m_samples, &QTimer::timeout, this, &SessionPublisher::sample);
    m_counters.start(kCounters);
    m_samples.start(kSamples);
}

void SessionPublisher::setHealth(InstanceHealth health)
{
    if (health == m_health)
        return;
    m_health = std::move(health);
    touch();
}

void SessionPublisher::touch()
{
    m_isTouched = true;
    if (!m_soon.isActive())
        m_soon.start();
}

void SessionPublisher::publish()
{
    if (m_isPublishing || !m_lease.lease())
        return;
    // A counter may wait until somebody looks; an answer is what the next owner has to know.
    const auto publishing = std::exchange(m_isTouched, false) ? Publishing::Always : Publishing::WhileLookedAt;
    std::vector<SessionFact> facts;
    facts.reserve(m_registry.size());
    m_registry.forEach([&](const LiveSession &session) {
        facts.push_back(session.fact);
        facts.back().key.generation = m_health.generation;
    });
    m_isPublishing = true;
    whenDone(m_live.publishSessions(*m_lease.lease(), m_health, std::move(facts), publishing), this,
             [this](const Expected<bool> &) {
                 m_isPublishing = false; // a failure is the lease's business
                 if (m_isTouched)
                     touch();
             });
    writeHistory();
}

namespace {

SessionHistoryRow rowFrom(const SessionFact &fact, Timestamp at)
{
    SessionHistoryRow row{fact.key};
    row.cn = fact.cn;
    row.username = fact.username;
    row.realAddress = fact.realAddress;
    row.address = fact.address;
    row.address6 = fact.address6;
    row.connectedSince = fact.connectedSince;
    row.sampledAt = at;
    row.bytesIn = fact.bytesIn;
    row.bytesOut = fact.bytesOut;
    row.clientVersion = fact.clientVersion;
    row.platform = fact.platform;
    return row;
}

} // namespace

SessionHistoryRow SessionPublisher::rowOf(const LiveSession &session, Timestamp at) const
{
    SessionHistoryRow row = rowFrom(session.fact, at);
    row.key.generation = m_health.generation;
    return row;
}

void SessionPublisher::keep(SessionHistoryRow row)
{
    if (m_history.size() < kMaxWaiting)
        m_history.push_back(std::move(row));
    touch();
}

void SessionPublisher::recordBegin(const LiveSession &session)
{
    keep(rowOf(session, m_clock.now()));
}

void SessionPublisher::recordEnd(const LiveSession &session, Timestamp at, std::optional<EndReason> why)
{
    SessionHistoryRow row = rowOf(session, at);
    row.endedAt = at;
    row.endReason = why;
    if (!why) {
        forgetUnexplained(at + -kTogether);
        m_unexplained.push_back(row);
    }
    keep(std::move(row));
}

void SessionPublisher::forgetUnexplained(Timestamp before)
{
    // In the order of their ends.
    const auto isLate = [before](const SessionHistoryRow &row) { return !(row.endedAt < before); };
    m_unexplained.erase(m_unexplained.begin(), std::ranges::find_if(m_unexplained, isLate));
}

void SessionPublisher::serverEnds()
{
    forgetUnexplained(m_clock.now() + -kTogether);
    for (SessionHistoryRow &row : std::exchange(m_unexplained, {})) {
        row.endReason = EndReason::ServerRestart;
        keep(std::move(row));
    }
}

void SessionPublisher::recordUnwatched(const SessionFact &published, EndReason why)
{
    SessionHistoryRow row = rowFrom(published, published.lastSeen.value_or(published.connectedSince));
    row.endReason = why;
    keep(std::move(row));
}

void SessionPublisher::sample()
{
    const Timestamp now = m_clock.now();
    m_registry.forEach([&](const LiveSession &session) {
        if (session.fact.state == SessionState::Established)
            keep(rowOf(session, now));
    });
}

void SessionPublisher::writeHistory()
{
    // Without a number of the run a row has no name yet.
    if (m_isWriting || m_history.empty() || m_health.generation == 0 || !m_lease.lease())
        return;
    m_isWriting = true;
    std::map<SessionKey, SessionHistoryRow> latest;
    for (SessionHistoryRow &row : std::exchange(m_history, {})) {
        if (row.key.generation == 0)
            row.key.generation = m_health.generation;
        latest.insert_or_assign(row.key, row);
    }
    std::vector<SessionHistoryRow> rows;
    for (auto &entry : latest)
        rows.push_back(std::move(entry.second));
    whenDone(m_live.recordHistory(*m_lease.lease(), rows), this, [this, rows](const Expected<void> &written) mutable {
        m_isWriting = false;
        if (!written && written.error().kind == ErrorKind::StoreUnavailable) {
            // What came meanwhile is newer, and stands behind it.
            rows.insert(rows.end(), m_history.begin(), m_history.end());
            m_history = std::move(rows);
        }
        if (!m_history.empty() && written)
            touch();
    });
}

} // namespace interlock
