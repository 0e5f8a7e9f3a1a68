// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/leasekeeper.h"

#include "model/commands/whendone.h"

using namespace Qt::StringLiterals;

namespace interlock {

LeaseKeeper::LeaseKeeper(Leases &leases, LeaseKind kind, QString name, QString holder, LeaseTimes times,
                         QObject *parent)
    : QObject(parent), m_leases(leases), m_kind(kind), m_name(std::move(name)), m_holder(std::move(holder)),
      m_times(times)
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
    return m_lease && std::chrono::milliseconds(m_heard.elapsed()) < m_times.patience;
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
    else
        acquire();
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
            Q_EMIT acquired();
        } else if (lease.error().kind == ErrorKind::LeaseHeld) {
            const QString holder = lease.error().payload[u"holder"_s].toString();
            if (holder != m_heldBy) {
                m_heldBy = holder;
                Q_EMIT heldByOther(holder);
            }
        }
    });
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
            m_lease = *lease;
            m_renewed = asked;
            m_heard = asked;
            Q_EMIT confirmed();
        } else if (lease.error().kind == ErrorKind::LeaseHeld) {
            lose(u"it is another's now: "_s + lease.error().detail);
        } else if (m_keepsWithoutStore) {
            m_heard.start();
            Q_EMIT confirmed();
        }
    });
}

void LeaseKeeper::lose(const QString &why)
{
    m_lease.reset();
    Q_EMIT lost(why);
}

} // namespace interlock
