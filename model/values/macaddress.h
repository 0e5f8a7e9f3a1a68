// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QHashFunctions>
#include <QString>
#include <QStringView>

#include <compare>
#include <cstdint>

namespace interlock {

/// A 48-bit MAC address.
class MacAddress
{
public:
    constexpr MacAddress() = default;
    /// `value` must be below 2^48 (asserted).
    constexpr explicit MacAddress(std::uint64_t value) : m_value(value) { Q_ASSERT(value >> 48U == 0); }

    /// Reads `02:aa:bb:cc:00:01`, `02-aa-...`, `02aa.bbcc.0001` and `02aabbcc0001`, any case, with or without the
    /// `@vid` that OpenVPN appends in TAP mode (cut off: FACTS.md 51). Mixed separators are refused.
    /// \returns Invalid
    [[nodiscard]] static Expected<MacAddress> parse(QStringView text);

    [[nodiscard]] constexpr std::uint64_t value() const { return m_value; }
    [[nodiscard]] constexpr bool isMulticast() const { return ((m_value >> 40U) & 1U) != 0; }

    /// Lower case with colons.
    [[nodiscard]] QString toString() const;

    friend constexpr bool operator==(const MacAddress &, const MacAddress &) = default;
    friend constexpr auto operator<=>(const MacAddress &, const MacAddress &) = default;
    friend size_t qHash(const MacAddress &mac, size_t seed = 0) { return qHash(mac.m_value, seed); }

private:
    std::uint64_t m_value = 0;
};

} // namespace interlock
