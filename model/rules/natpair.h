// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <compare>

namespace interlock {

/// A LAN and the prefix under which the others know it, translated one to one.
struct NatPair
{
    Prefix real;
    Prefix virtualPrefix;

    /// True if both are IPv4, of one length and different: what the translators of routers and of OpenVPN can do.
    [[nodiscard]] bool isTranslatable() const
    {
        return real.isIPv4() && virtualPrefix.isIPv4() && real.length() == virtualPrefix.length() &&
               real != virtualPrefix;
    }

    friend bool operator==(const NatPair &, const NatPair &) = default;
    friend auto operator<=>(const NatPair &, const NatPair &) = default;
};

} // namespace interlock
