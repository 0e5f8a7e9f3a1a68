// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/leasekeeper.h"

#include "model/commands/whendone.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

LeaseKeeper::LeaseKeeper(Leases &leases, LeaseKind kind, QString name, QString holder, LeaseTimes times, LeaseRank rank,
                         QObject *parent)
    : QObject(parent), m_leases(leases), m_kind(kind), m_name(std::move(name)), m_holder(std::move(holder)),
      m_times(times), m_rank(rank)
{
    connect(&m_timer, &QTimer::timeout, this, &LeaseKeeper::beat);
}

void LeaseKeeper::start()
{
    m_isWanted = true;
    m_timer.start(m_times.beat);
    beat();
}

void LeaseKeeper::stop()
{
    m_isWanted = false;
    m_timer.stop();
    if (m_lease)
        (void)m_leases.release(*m_lease);
    m_lease.reset();
}

bool LeaseKeeper::isCertain() const
{
    const std::chrono::milliseconds limit =
        m_isCutOff ? m_times.patience : std::min(m_times.certainty, m_times.patience);
    return m_lease && std::chrono::milliseconds(m_heard.elapsed()) < limit;
}

void LeaseKeeper::beat()
{
    if (m_lease && !m_keepsWithoutStore && std::chrono::milliseconds(m_renewed.elapsed()) >= m_times.patience)
        return lose(u"it could not be renewed: the store does not answer"_s);
    if (m_isAsking)
        return;
    m_isAsking = true;
    if (m_lease)
        renew();
    else if (m_rank == LeaseRank::Desktop)
        acquireUnlessAgentLives();
    else
        acquire();
}

void LeaseKeeper::acquireUnlessAgentLives()
{
    whenDone(m_leases.list(), this, [this](const Expected<std::vector<LeaseState>> &states) {
        m_isAsking = false;
        if (!states || !m_isWanted)
            return;
        const auto agent = std::ranges::find_if(
            *states, [](const LeaseState &state) { return state.lease.kind == LeaseKind::Agent && state.isFresh; });
        if (agent != states->end())
            return setHeldBy(agent->lease.holder);
        m_isAsking = true;
        acquire();
    });
}

void LeaseKeeper::acquire()
{
    QElapsedTimer asked;
    asked.start();
    whenDone(m_leases.acquire(m_kind, m_name, m_holder), this, [this, asked](const Expected<Lease> &lease) {
        m_isAsking = false;
        if (lease && !m_isWanted) {
            (void)m_leases.release(*lease);
        } else if (lease) {
            m_lease = *lease;
            m_heldBy.clear();
            m_renewed = asked; // counted from before the database counted
            m_heard = asked;
            m_isCutOff = false;
            Q_EMIT acquired();
        } else if (lease.error().kind == ErrorKind::LeaseHeld) {
            refused(lease.error());
        }
    });
}

void LeaseKeeper::refused(const Error &error)
{
    const QString holder = error.payload[u"holder"_s].toString();
    // Another agent will not obey, and a wish of another agent serves as well.
    if (m_rank == LeaseRank::Agent && !holder.isEmpty() && !error.payload.contains(u"wantedBy"_s))
        (void)m_leases.ask(m_kind, m_name, m_holder);
    // A holder that is dead renews no more: at that moment its lease is free.
    const QJsonValue freeIn = error.payload[u"freeInMilliseconds"_s];
    if (freeIn.isDouble() && std::chrono::milliseconds(freeIn.toInteger()) < m_times.beat)
        beatIn(std::chrono::milliseconds(freeIn.toInteger()));
    setHeldBy(holder);
}

void LeaseKeeper::beatIn(std::chrono::milliseconds time)
{
    QTimer::singleShot(time, this, [this] {
        if (m_isWanted)
            beat();
    });
}

void LeaseKeeper::setHeldBy(const QString &holder)
{
    if (holder == m_heldBy)
        return;
    m_heldBy = holder;
    Q_EMIT heldByOther(holder);
}

void LeaseKeeper::renew()
{
    QElapsedTimer asked;
    asked.start();
    whenDone(m_leases.renew(*m_lease), this, [this, asked](const Expected<Lease> &lease) {
        m_isAsking = false;
        if (!m_lease)
            return;
        if (lease) {
            renewed(*lease, asked);
        } else if (lease.error().kind == ErrorKind::LeaseHeld) {
            lose(u"it is another's now: "_s + lease.error().detail);
        } else {
            // A connection that was lost is made anew by the next try, before others take its lock's absence for a
            // death.
            beatIn(m_times.beat / 4);
            if (!m_keepsWithoutStore)
                return;
            m_heard.start();
            m_isCutOff = true;
            Q_EMIT confirmed();
        }
    });
}

void LeaseKeeper::renewed(const Lease &lease, const QElapsedTimer &asked)
{
    m_lease = lease;
    m_renewed = asked;
    m_heard = asked;
    m_isCutOff = false;
    if (m_rank == LeaseRank::Agent || !lease.wantedBy) {
        Q_EMIT confirmed();
        return;
    }
    // The sockets are closed first: only then may the next one answer.
    lose(u"it is handed over to "_s + *lease.wantedBy);
    (void)m_leases.release(lease);
}

void LeaseKeeper::lose(const QString &why)
{
    m_lease.reset();
    Q_EMIT lost(why);
}

} // namespace interlock
