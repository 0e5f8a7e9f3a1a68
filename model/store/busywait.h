// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/writeturn.h"

#include <chrono>

struct sqlite3;

namespace interlock {

/// How a connection to a SQLite store waits while others write: in the order in which they came, and no longer than
/// `patience` without anybody before it getting done.
class BusyWait
{
public:
    /// Becomes the busy handler of `database`, which must end first.
    BusyWait(sqlite3 *database, const QString &store, std::chrono::milliseconds patience);

    /// Before a write transaction begins: lines up if somebody waits already.
    void lineUp();
    /// After each statement.
    void leave()
    {
        m_turn.leave();
        m_isInLine = false;
    }

private:
    static int onBusy(void *self, int tries);

    sqlite3 *m_database;
    std::chrono::milliseconds m_patience;
    QDeadlineTimer m_until;
    bool m_isInLine = false; ///< the time of this statement runs since lineUp()
    WriteTurn m_turn;
};

} // namespace interlock
