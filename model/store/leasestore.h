// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"
#include "model/store/leaselock.h"

#include <map>
#include <vector>

namespace interlock {

/// The leases of a store as one process sees them. It keeps a lock beside each that it has, which is gone as soon as
/// the process is: on SQLite one of the operating system, which decides; on PostgreSQL an advisory lock of the
/// connection, one for each epoch, whose absence lets others take the lease before it has run out. \source DECISIONS.md
/// 29
class LeaseStore
{
public:
    [[nodiscard]] Expected<Lease> acquire(Connection &connection, LeaseKind kind, const QString &name,
                                          const QString &holder);
    [[nodiscard]] Expected<Lease> renew(Connection &connection, const Lease &lease);
    [[nodiscard]] Expected<void> release(Connection &connection, const Lease &lease);

private:
    using Key = std::pair<LeaseKind, QString>;
    struct Held
    {
        LeaseLock lock;
        QString holder;
        qint64 epoch; ///< 0 until the row says so
    };

    [[nodiscard]] Expected<Lease> renewLocked(Connection &connection, const Lease &lease);
    [[nodiscard]] Expected<bool> lock(Connection &connection, const Key &key, const QString &holder);

    std::map<Key, Held> m_held; ///< SQLite only
};

[[nodiscard]] Expected<void> askForLease(Connection &connection, LeaseKind kind, const QString &name,
                                         const QString &wantedBy);
[[nodiscard]] Expected<void> beatAgent(Connection &connection, const QString &agent);
/// By kind and name.
[[nodiscard]] Expected<std::vector<LeaseState>> readLeases(Connection &connection);

/// Inside of a transaction that writes in the name of `lease`: \returns LeaseHeld when a newer epoch exists or it was
/// given up. On PostgreSQL nobody can acquire it before the transaction is over.
[[nodiscard]] Expected<void> checkEpoch(Connection &connection, const Lease &lease);

/// Who has that lease now. On SQLite the lock says so, on PostgreSQL the clock.
[[nodiscard]] Expected<std::optional<QString>> ownerOf(Connection &connection, LeaseKind kind, const QString &name);

} // namespace interlock
