// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QStringView>

#include <chrono>

namespace interlock {

/// A length of time as people write it: a whole number and ms, s, m, h or d ("10s", "2h").
struct Duration
{
    std::chrono::milliseconds length{0};

    /// \returns Invalid; also for zero and for more than ten years
    [[nodiscard]] static Expected<Duration> parse(QStringView text);
};

} // namespace interlock
