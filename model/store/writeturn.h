// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDeadlineTimer>
#include <QString>

#include <chrono>
#include <cstdint>
#include <optional>

namespace interlock {

/// Who has to wait for a SQLite store draws a number. SQLite has no queue: it gives the file to whoever asks at the
/// right moment, which under load may be the same few for long.
///
/// The numbers are counted in the file `<store>.turns`, mapped by every process; each is a lock of the operating system
/// on one byte of it, so that who ended in whatever way waits no longer. It is about the order only: what excludes is
/// SQLite's own lock. Where the file cannot be made or locked, and behind somebody who was stopped, nobody waits for
/// it.
class WriteTurn
{
public:
    /// \param store  the file of the store; nothing is opened before the first call that needs it
    explicit WriteTurn(QString store) : m_store(std::move(store)) {}
    ~WriteTurn();
    WriteTurn(const WriteTurn &) = delete;
    WriteTurn &operator=(const WriteTurn &) = delete;

    /// Whether anybody else has a number; who just comes then draws one as well.
    [[nodiscard]] bool isSomebodyWaiting();
    /// Draws a number, unless it has one, and waits until everybody before it is done. To be called again and again
    /// while its turn lasts: that shows the others that it is awake. Each time that somebody before it is done, `until`
    /// moves to `patience` from then: who is next in a minute has not waited in vain. \returns false when the time is
    /// up
    [[nodiscard]] bool await(QDeadlineTimer &until, std::chrono::milliseconds patience);
    /// Gives the number back, if it has one.
    void leave()
    {
        if (m_number)
            giveBack();
    }

private:
    struct Board;

    [[nodiscard]] bool open();
    void close();
    [[nodiscard]] bool draw();
    /// A number from `first` to `last` that somebody else has.
    [[nodiscard]] std::optional<std::uint64_t> held(std::uint64_t first, std::uint64_t last) const;
    void giveBack();

    QString m_store;
    bool m_isTried = false;
    int m_descriptor = -1;
    Board *m_board = nullptr; ///< in the mapped file; null where there is none
    std::optional<std::uint64_t> m_number;
};

} // namespace interlock
