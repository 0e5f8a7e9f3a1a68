// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace interlock {

/// A place in a list as Qt's views count: no list here is longer than their numbers go.
[[nodiscard]] constexpr int number(std::size_t value)
{
    return static_cast<int>(value);
}

} // namespace interlock
