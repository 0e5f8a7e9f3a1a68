// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <chrono>
#include <optional>

namespace interlock {

/// Tells the service manager how it stands with this process: datagrams to NOTIFY_SOCKET. Without a service manager it
/// does nothing.
/// \source sd_notify(3), sd_watchdog_enabled(3)
class ServiceNotifier
{
public:
    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    [[nodiscard]] static ServiceNotifier fromEnvironment();

    void ready(const QByteArray &status) const { send("READY=1\nSTATUS=" + status); }
    void status(const QByteArray &status) const { send("STATUS=" + status); }
    /// To be followed by ready().
    void reloading() const;
    void stopping() const { send("STOPPING=1"); }
    void alive() const { send("WATCHDOG=1"); }

    /// How often alive() is due: half of what the manager waits for. None when it does not watch this process.
    [[nodiscard]] std::optional<std::chrono::milliseconds> watchdogInterval() const { return m_watchdogInterval; }

private:
    /// A manager that does not listen any more is no reason to end: failures are ignored.
    void send(const QByteArray &state) const;

    QByteArray m_socket; ///< empty: nobody to tell
    std::optional<std::chrono::milliseconds> m_watchdogInterval;
};

} // namespace interlock
