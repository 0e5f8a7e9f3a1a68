// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace interlock {

/// How long a controller is waited for, and how often it is asked. Tests shorten them.
struct ControllerTimes
{
    std::chrono::milliseconds silence{10'000};        ///< without a byte in either direction, one try is given up
    std::chrono::milliseconds whole{60'000};          ///< one try takes no longer, however much dribbles in
    int tries = 3;                                    ///< of one request, the first included
    std::chrono::milliseconds retryFirst{250};        ///< before the second try; doubles
    std::chrono::milliseconds retryAfterMost{60'000}; ///< what Central may ask to wait for (429) before it is an error
    int centralPerSecond = 20;                        ///< requests that Central takes in one second (FACTS 54)
};

} // namespace interlock
