// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockd/servicenotifier.h"

#include <algorithm>
#include <cstddef>

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace interlock {

ServiceNotifier ServiceNotifier::fromEnvironment()
{
    ServiceNotifier notifier;
    notifier.m_socket = qgetenv("NOTIFY_SOCKET");
    const QByteArray pid = qgetenv("WATCHDOG_PID");
    bool isNumber = false;
    const qint64 microseconds = qgetenv("WATCHDOG_USEC").toLongLong(&isNumber);
    if (isNumber && microseconds > 0 && (pid.isEmpty() || pid == QByteArray::number(getpid())))
        notifier.m_watchdogInterval = std::chrono::milliseconds(std::max<qint64>(1, microseconds / 2000));
    return notifier;
}

void ServiceNotifier::reloading() const
{
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const qint64 microseconds = qint64{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
    send("RELOADING=1\nMONOTONIC_USEC=" + QByteArray::number(microseconds));
}

void ServiceNotifier::send(const QByteArray &state) const
{
    sockaddr_un address{};
    const auto length = static_cast<std::size_t>(m_socket.size());
    if (length < 2 || length >= sizeof(address.sun_path) || (m_socket[0] != '/' && m_socket[0] != '@'))
        return;
    address.sun_family = AF_UNIX;
    std::ranges::copy(m_socket, address.sun_path);
    if (address.sun_path[0] == '@')
        address.sun_path[0] = '\0'; // an abstract socket: no file, and no zero byte at its end
    const int handle = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (handle < 0)
        return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    (void)sendto(handle, state.constData(), static_cast<std::size_t>(state.size()), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr *>(&address), size);
    close(handle);
}

} // namespace interlock
