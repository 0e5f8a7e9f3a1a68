// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/leasestore.h"

#include "model/store/rowreading.h"

#include <QCryptographicHash>

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The first half of a lease's locks on PostgreSQL, the second is the epoch. Two names of one number take longer to
/// be succeeded, and no more than that.
qint64 lockOf(const Lease &lease)
{
    const QByteArray key = enumText(lease.kind).toUtf8() + '/' + lease.name.toUtf8();
    const QByteArray hash = QCryptographicHash::hash(key, QCryptographicHash::Sha256);
    quint32 number = 0;
    std::memcpy(&number, hash.constData(), sizeof number);
    return number >> 1U;
}

/// Binds what the statements of leases have in common.
auto valuesOf(const Lease &lease)
{
    return [&lease](const QString &name) -> QVariant {
        if (name == u"kind"_s)
            return enumText(lease.kind);
        if (name == u"name"_s)
            return lease.name;
        if (name == u"holder"_s)
            return lease.holder;
        if (name == u"epoch"_s)
            return lease.epoch;
        if (name == u"orphan"_s)
            return qint64{kOrphanTime.count()};
        if (name == u"lock"_s)
            return lockOf(lease);
        return qint64{kLeaseTime.count()};
    };
}

Error heldBy(const Lease &lease)
{
    const QString what = u"the lease of %1 %2"_s.arg(enumText(lease.kind), lease.name);
    return {ErrorKind::LeaseHeld,
            lease.holder.isEmpty() ? what + u" was given up"_s : u"%1 has %2"_s.arg(lease.holder, what),
            {{u"kind"_s, enumText(lease.kind)}, {u"name"_s, lease.name}, {u"holder"_s, lease.holder}}};
}

/// No epoch is given twice.
bool isSameTaking(const Lease &one, const Lease &other)
{
    return one.epoch == other.epoch && one.holder == other.holder;
}

Lease givenUp(const Lease &lease)
{
    return {lease.kind, lease.name, {}, 0, {}};
}

struct Current
{
    Lease lease;
    Timestamp now;
};

/// The row, if there is one.
Expected<std::optional<Current>> current(Connection &connection, LeaseKind kind, const QString &name)
{
    const Lease wanted{kind, name, {}, 0, {}};
    std::optional<Current> found;
    const auto read = forEachRow(connection, u"lease_current"_s, valuesOf(wanted), [&](Statement &row) {
        found = Current{{kind, name, row.text(0), row.number(1), timeAt(row, 2), optionalText(row, 3)}, timeAt(row, 4)};
    });
    if (!read)
        return fail(read.error());
    return found;
}

/// What somebody who waits for it is told.
Error heldBy(const Current &found, Dialect dialect)
{
    Error error = heldBy(found.lease);
    if (found.lease.wantedBy)
        error.payload.insert(u"wantedBy"_s, *found.lease.wantedBy);
    if (dialect == Dialect::Sqlite)
        return error;
    const Timestamp orphaned = found.lease.expires + (kOrphanTime - kLeaseTime);
    const Timestamp next = orphaned > found.now ? orphaned : found.lease.expires;
    if (next > found.now)
        error.payload.insert(u"freeInMilliseconds"_s, qint64{(next - found.now).count()});
    return error;
}

/// PostgreSQL: the lock of that epoch, if this connection has it.
Expected<void> unlock(Connection &connection, const Lease &lease)
{
    return forEachRow(connection, u"lease_unlock"_s, valuesOf(lease), [](const Statement &) {});
}

bool isFresh(const Connection &connection, const Lease &lease, Timestamp now)
{
    if (lease.holder.isEmpty())
        return false;
    if (connection.dialect() == Dialect::Sqlite)
        return LeaseLock::isTaken(connection.url().path, lease.kind, lease.name);
    return lease.expires > now;
}

Expected<void> readAgents(Connection &connection, std::vector<LeaseState> &states)
{
    if (!connection.hasLiveFacts())
        return {};
    return forEachRow(connection, u"agent_list"_s, [&](Statement &row) {
        const Timestamp expires = timeAt(row, 1) + kAgentTime;
        states.push_back({{LeaseKind::Agent, row.text(0), row.text(0), 0, expires}, expires > timeAt(row, 2)});
    });
}

} // namespace

Expected<bool> LeaseStore::lock(Connection &connection, const Key &key, const QString &holder)
{
    if (const auto held = m_held.find(key); held != m_held.end())
        return held->second.holder == holder;
    if (connection.isReadOnly())
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    auto taken = LeaseLock::take(connection.url().path, key.first, key.second);
    if (!taken)
        return fail(taken.error());
    const bool isTaken = taken->has_value();
    if (isTaken)
        m_held.emplace(key, Held{**std::move(taken), holder, 0});
    return isTaken;
}

Expected<Lease> LeaseStore::acquire(Connection &connection, LeaseKind kind, const QString &name, const QString &holder)
{
    Lease lease{kind, name, holder, 0, {}};
    const Key key{kind, name};
    const bool hasLocks = connection.dialect() == Dialect::Sqlite;
    const bool hadLock = m_held.contains(key);
    bool mayTake = true;
    if (hasLocks) {
        const auto locked = lock(connection, key, holder);
        if (!locked)
            return fail(locked.error());
        mayTake = *locked;
    }
    Expected<void> done;
    if (mayTake)
        done = forEachRow(
            connection, u"lease_acquire"_s,
            [&](const QString &place) -> QVariant {
                return place == u"is_free"_s ? QVariant(hasLocks ? 1 : 0) : valuesOf(lease)(place);
            },
            [&](Statement &row) {
                lease.epoch = row.number(0);
                lease.expires = timeAt(row, 1);
            });
    if (done && lease.epoch > 0) {
        if (hasLocks) {
            m_held.at(key).epoch = lease.epoch;
        } else if (const auto ok = unlock(connection, {kind, name, holder, lease.epoch - 1, {}}); !ok) {
            return fail(ok.error());
        }
        return lease;
    }
    if (hasLocks && mayTake && !hadLock)
        m_held.erase(key);
    if (!done)
        return fail(done.error());
    const auto other = current(connection, kind, name);
    if (!other)
        return fail(other.error());
    return fail(*other ? heldBy(**other, connection.dialect())
                       : heldBy(Lease{kind, name, u"another process"_s, 0, {}}));
}

Expected<Lease> LeaseStore::renewLocked(Connection &connection, const Lease &lease)
{
    // The lock lasts by itself; a write a second would only wear the disk and stand in the way of others.
    const auto row = current(connection, lease.kind, lease.name);
    if (!row)
        return fail(row.error());
    const bool isOurs = *row && m_held.contains({lease.kind, lease.name}) && isSameTaking((*row)->lease, lease);
    if (!isOurs)
        return fail(heldBy(*row ? (*row)->lease : givenUp(lease)));
    Lease renewed = lease;
    renewed.expires = (*row)->now + kLeaseTime;
    renewed.wantedBy = (*row)->lease.wantedBy;
    return renewed;
}

Expected<Lease> LeaseStore::renew(Connection &connection, const Lease &lease)
{
    if (connection.dialect() == Dialect::Sqlite)
        return renewLocked(connection, lease);
    Lease renewed = lease;
    bool isRenewed = false;
    const auto done = forEachRow(connection, u"lease_renew"_s, valuesOf(lease), [&](Statement &row) {
        isRenewed = true;
        renewed.expires = timeAt(row, 0);
        renewed.wantedBy = optionalText(row, 1);
    });
    if (!done)
        return fail(done.error());
    if (isRenewed)
        return renewed;
    const auto row = current(connection, lease.kind, lease.name);
    if (!row)
        return fail(row.error());
    if (*row && isSameTaking((*row)->lease, lease)) {
        // The lock went with an earlier connection. Who saw that may be about to take the lease: the lock of an epoch
        // never comes back, so this is the next one, or another's by now.
        auto again = acquire(connection, lease.kind, lease.name, lease.holder);
        if (!again || again->epoch == lease.epoch + 1)
            return again;
    }
    if (const auto ok = unlock(connection, lease); !ok)
        return fail(ok.error());
    return fail(heldBy(*row ? (*row)->lease : givenUp(lease)));
}

Expected<void> LeaseStore::release(Connection &connection, const Lease &lease)
{
    auto done = connection.run(u"lease_release"_s, valuesOf(lease)).map([](Statement *) {});
    if (connection.dialect() == Dialect::Postgres)
        return done.and_then([&] { return unlock(connection, lease); });
    const auto held = m_held.find({lease.kind, lease.name});
    // Also when the row could not be written: the lock is what others look at.
    if (held != m_held.end() && held->second.epoch == lease.epoch)
        m_held.erase(held);
    return done;
}

Expected<void> askForLease(Connection &connection, LeaseKind kind, const QString &name, const QString &wantedBy)
{
    const Lease lease{kind, name, {}, 0, {}};
    return connection
        .run(u"lease_ask"_s,
             [&](const QString &place) -> QVariant {
                 return place == u"wanted_by"_s ? QVariant(wantedBy) : valuesOf(lease)(place);
             })
        .map([](Statement *) {});
}

Expected<void> beatAgent(Connection &connection, const QString &agent)
{
    if (!connection.hasLiveFacts())
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    return connection.run(u"agent_beat"_s, [&](const QString &) -> QVariant { return agent; }).map([](Statement *) {});
}

Expected<std::vector<LeaseState>> readLeases(Connection &connection)
{
    std::vector<LeaseState> states;
    std::optional<Error> wrong;
    const auto read = forEachRow(connection, u"lease_list"_s, [&](Statement &row) {
        const auto kind = parseEnum<LeaseKind>(row.text(0));
        if (!kind) {
            wrong = Error{ErrorKind::StoreCorrupt, u"a row of the leases does not parse"_s, {}};
            return;
        }
        const Lease lease{*kind, row.text(1), row.text(2), row.number(3), timeAt(row, 4), optionalText(row, 5)};
        states.push_back({lease, isFresh(connection, lease, timeAt(row, 6))});
    });
    if (!read)
        return fail(read.error());
    if (wrong)
        return fail(*wrong);
    std::ranges::sort(states, {},
                      [](const LeaseState &state) { return std::pair(state.lease.kind, state.lease.name); });
    if (const auto agents = readAgents(connection, states); !agents)
        return fail(agents.error());
    return states;
}

Expected<void> checkEpoch(Connection &connection, const Lease &lease)
{
    Lease found{lease.kind, lease.name, {}, 0, {}};
    const auto read = forEachRow(connection, u"lease_fence"_s, valuesOf(lease), [&](Statement &row) {
        found.holder = row.text(0);
        found.epoch = row.number(1);
    });
    if (!read)
        return read;
    if (!isSameTaking(found, lease))
        return fail(heldBy(found));
    return {};
}

Expected<std::optional<QString>> ownerOf(Connection &connection, LeaseKind kind, const QString &name)
{
    const auto row = current(connection, kind, name);
    if (!row)
        return fail(row.error());
    if (*row && isFresh(connection, (*row)->lease, (*row)->now))
        return (*row)->lease.holder;
    return std::nullopt;
}

} // namespace interlock
