// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>

namespace interlock {

/// While it exists, Ctrl+C (SIGINT) does not end the program but is remembered, and a read that waits returns.
/// At most one at a time.
class Interrupt
{
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt &) = delete;
    Interrupt &operator=(const Interrupt &) = delete;

    [[nodiscard]] static bool wasAsked();

private:
    struct sigaction m_before = {};
};

} // namespace interlock
