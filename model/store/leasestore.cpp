// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/leasestore.h"

#include "model/store/rowreading.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

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
        return qint64{kLeaseTime.count()};
    };
}

tl::unexpected<Error> heldBy(const Lease &lease)
{
    const QString what = u"the lease of %1 %2"_s.arg(enumText(lease.kind), lease.name);
    return fail(ErrorKind::LeaseHeld,
                lease.holder.isEmpty() ? what + u" was given up"_s : u"%1 has %2"_s.arg(lease.holder, what),
                {{u"kind"_s, enumText(lease.kind)}, {u"name"_s, lease.name}, {u"holder"_s, lease.holder}});
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

bool hasLiveFacts(const Connection &connection)
{
    return connection.dialect() == Dialect::Postgres || !connection.isReadOnly();
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
    if (!hasLiveFacts(connection))
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
        if (hasLocks)
            m_held.at(key).epoch = lease.epoch;
        return lease;
    }
    if (hasLocks && mayTake && !hadLock)
        m_held.erase(key);
    if (!done)
        return fail(done.error());
    const auto other = current(connection, kind, name);
    if (!other)
        return fail(other.error());
    return heldBy(*other ? (*other)->lease : Lease{kind, name, u"another process"_s, 0, {}});
}

Expected<Lease> LeaseStore::renew(Connection &connection, const Lease &lease)
{
    Lease renewed = lease;
    if (connection.dialect() == Dialect::Sqlite) {
        // The lock lasts by itself; a write a second would only wear the disk and stand in the way of others.
        const auto row = current(connection, lease.kind, lease.name);
        if (!row)
            return fail(row.error());
        const bool isOurs = *row && m_held.contains({lease.kind, lease.name}) && (*row)->lease.epoch == lease.epoch &&
                            (*row)->lease.holder == lease.holder;
        if (!isOurs)
            return heldBy(*row ? (*row)->lease : Lease{lease.kind, lease.name, {}, 0, {}});
        renewed.expires = (*row)->now + kLeaseTime;
        renewed.wantedBy = (*row)->lease.wantedBy;
        return renewed;
    }
    bool isOurs = false;
    const auto done = forEachRow(connection, u"lease_renew"_s, valuesOf(lease), [&](Statement &row) {
        isOurs = true;
        renewed.expires = timeAt(row, 0);
        renewed.wantedBy = optionalText(row, 1);
    });
    if (!done)
        return fail(done.error());
    if (isOurs)
        return renewed;
    const auto other = current(connection, lease.kind, lease.name);
    if (!other)
        return fail(other.error());
    return heldBy(*other ? (*other)->lease : Lease{lease.kind, lease.name, {}, 0, {}});
}

Expected<void> LeaseStore::release(Connection &connection, const Lease &lease)
{
    auto done = connection.run(u"lease_release"_s, valuesOf(lease)).map([](Statement *) {});
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
    if (!hasLiveFacts(connection))
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
    if (found.epoch != lease.epoch || found.holder != lease.holder)
        return heldBy(found);
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
