// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <optional>

namespace interlock {

/// How often a holder renews, and how long it goes on without. Tests shorten them.
struct LeaseTimes
{
    std::chrono::milliseconds beat{1'000};
    std::chrono::milliseconds patience{4'000};  ///< less than a lease lasts, so that two never answer at once
    std::chrono::milliseconds certainty{1'500}; ///< less than kOrphanTime, for the same reason
};

/// Who gives way to whom. \source SEMANTICS.md 4
enum class LeaseRank {
    Agent,   ///< keeps what it has, and asks whoever has what it wants
    Desktop, ///< hands over when it is asked, and takes only while no agent is alive
};

/// Tries to own something until it does, and keeps it.
///
/// A holder that could not renew for a while does not know whether it still owns: it stops, unless it was told that it
/// may go on (see setKeepsWithoutStore()).
///
/// \source SEMANTICS.md 4
class LeaseKeeper : public QObject
{
    Q_OBJECT

public:
    /// \param holder  unique to this process, readable
    LeaseKeeper(Leases &leases, LeaseKind kind, QString name, QString holder, LeaseTimes times = {},
                LeaseRank rank = LeaseRank::Agent, QObject *parent = nullptr);

    void start();
    /// Gives it up; lost() is not emitted.
    void stop();

    /// Goes on owning while the store cannot be reached: nobody else can take what nobody can reach.
    void setKeepsWithoutStore(bool keeps) { m_keepsWithoutStore = keeps; }

    /// What is shown with every write; none while it is not owned.
    [[nodiscard]] const std::optional<Lease> &lease() const { return m_lease; }
    /// True while it is owned and that was heard lately. A process that was not run for a while wakes up owning what
    /// has long been another's: whoever is about to act asks this first, and else waits for confirmed() or lost().
    [[nodiscard]] bool isCertain() const;
    /// Who has it instead, or for whom it is left; empty when that is not known.
    [[nodiscard]] const QString &heldBy() const { return m_heldBy; }

Q_SIGNALS:
    void acquired();
    /// It was owned a moment ago, or nobody can know better.
    void confirmed();
    void lost(const QString &why);
    void heldByOther(const QString &holder);

private:
    void beat();
    void beatIn(std::chrono::milliseconds time);
    void acquire();
    void acquireUnlessAgentLives();
    void refused(const Error &error);
    void renew();
    void renewed(const Lease &lease, const QElapsedTimer &asked);
    void setHeldBy(const QString &holder);
    void lose(const QString &why);

    Leases &m_leases;
    LeaseKind m_kind;
    QString m_name;
    QString m_holder;
    LeaseTimes m_times;
    LeaseRank m_rank;
    std::optional<Lease> m_lease;
    QString m_heldBy;
    QTimer m_timer;
    QElapsedTimer m_renewed;
    QElapsedTimer m_heard; ///< since the store last said anything about it, even that it cannot be reached
    bool m_isAsking = false;
    bool m_isWanted = false;
    bool m_keepsWithoutStore = false;
    bool m_isCutOff = false; ///< what was heard last is that the store cannot be reached
};

} // namespace interlock
