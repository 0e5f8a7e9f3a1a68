// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

namespace interlock {

/// How many leading bits two addresses of one family have in common: 0 to 32, or to 128.
[[nodiscard]] inline int sharedBits(const Address &a, const Address &b)
{
    int bits = a.width();
    for (auto difference = a.value() ^ b.value(); difference != 0; difference >>= 1U)
        --bits;
    return bits;
}

} // namespace interlock
