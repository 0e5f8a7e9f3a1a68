// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockd/unixsignals.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace interlock {

namespace {

// What a handler may touch: it runs between any two instructions.
std::array<int, 2> pipeEnds{-1, -1};

extern "C" void passOn(int number)
{
    const int saved = errno;
    const auto byte = static_cast<unsigned char>(number);
    (void)!write(pipeEnds[1], &byte, 1);
    errno = saved;
}

} // namespace

UnixSignals::UnixSignals(std::initializer_list<int> numbers)
{
    if (pipe2(pipeEnds.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        qFatal("no pipe for signals");
    m_notifier = std::make_unique<QSocketNotifier>(pipeEnds[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &UnixSignals::readAll);
    struct sigaction action
    {
    };
    action.sa_handler = passOn;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int number : numbers)
        sigaction(number, &action, nullptr);
}

UnixSignals::~UnixSignals() = default; // the pipe stays: a signal may come until the process is gone

void UnixSignals::readAll()
{
    unsigned char byte = 0;
    while (read(pipeEnds[0], &byte, 1) == 1)
        Q_EMIT received(byte);
}

} // namespace interlock
