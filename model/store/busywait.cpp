// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/busywait.h"

#include <thread>
#include <utility>

#include <sqlite3.h>

namespace interlock {

namespace {

/// SQLite's own waiting sleeps up to 100 ms, which leaves the file idle most of the time when many processes write.
constexpr std::chrono::microseconds kPause{200};

} // namespace

BusyWait::BusyWait(sqlite3 *database, const QString &store, std::chrono::milliseconds patience)
    : m_database(database), m_patience(patience), m_turn(store)
{
    sqlite3_busy_handler(database, &BusyWait::onBusy, this);
}

void BusyWait::lineUp()
{
    if (!m_turn.isSomebodyWaiting())
        return;
    m_until.setRemainingTime(m_patience);
    m_isInLine = true;
    // When the time is up, the statement says so.
    (void)m_turn.await(m_until, m_patience);
}

int BusyWait::onBusy(void *self, int tries)
{
    auto &wait = *static_cast<BusyWait *>(self);
    if (tries == 0 && !std::exchange(wait.m_isInLine, false))
        wait.m_until.setRemainingTime(wait.m_patience);
    // Who has the store and waits for the file of live facts only is whom the others wait for.
    const bool hasStore = sqlite3_txn_state(wait.m_database, "main") == SQLITE_TXN_WRITE;
    if (hasStore ? wait.m_until.hasExpired() : !wait.m_turn.await(wait.m_until, wait.m_patience))
        return 0;
    std::this_thread::sleep_for(kPause);
    return 1;
}

} // namespace interlock
