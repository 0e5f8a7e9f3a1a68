// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/interrupt.h"

namespace interlock {

namespace {

volatile std::sig_atomic_t interrupts = 0;

void note(int /*signal*/)
{
    interrupts = 1;
}

} // namespace

Interrupt::Interrupt()
{
    interrupts = 0;
    struct sigaction action = {};
    action.sa_handler = note; // without SA_RESTART: a read that waits returns
    sigaction(SIGINT, &action, &m_before);
}

Interrupt::~Interrupt()
{
    sigaction(SIGINT, &m_before, nullptr);
}

bool Interrupt::wasAsked()
{
    return interrupts != 0;
}

} // namespace interlock
