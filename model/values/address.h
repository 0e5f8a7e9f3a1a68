// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QHashFunctions>
#include <QString>
#include <QStringView>

#include <compare>
#include <cstdint>

namespace interlock {

/// 128-bit arithmetic for addresses. An extension of both compilers that we support; there is no standard type.
__extension__ typedef unsigned __int128 uint128;

enum class Family : std::uint8_t { IPv4 = 4, IPv6 = 6 };

/// Bits in an address of `family`: 32 or 128.
[[nodiscard]] constexpr int widthOf(Family family)
{
    return family == Family::IPv4 ? 32 : 128;
}

/// The greatest address of `family` as a number.
[[nodiscard]] constexpr uint128 maxOf(Family family)
{
    return family == Family::IPv4 ? uint128{0xffff'ffffU} : ~uint128{0};
}

/// One IPv4 or IPv6 address, without zone or port. Every IPv4 address sorts before every IPv6 address.
class Address
{
public:
    /// 0.0.0.0
    constexpr Address() = default;

    /// The address with that number; `value` must fit in the family (asserted).
    constexpr Address(Family family, uint128 value) : m_value(value), m_family(family)
    {
        Q_ASSERT(value <= maxOf(family));
    }

    [[nodiscard]] static constexpr Address ipv4(std::uint32_t value) { return {Family::IPv4, value}; }

    /// Reads canonical or non-canonical text of either family, surrounding blanks ignored.
    /// Refuses leading zeros in IPv4 octets (some programs read them as octal), zones, ports and masks.
    /// \returns Invalid
    [[nodiscard]] static Expected<Address> parse(QStringView text);

    [[nodiscard]] constexpr Family family() const { return m_family; }
    [[nodiscard]] constexpr bool isIPv4() const { return m_family == Family::IPv4; }
    [[nodiscard]] constexpr uint128 value() const { return m_value; }
    [[nodiscard]] constexpr int width() const { return widthOf(m_family); }

    /// Dotted quad, or RFC 5952 text in lower case.
    /// \source RFC 5952
    [[nodiscard]] QString toString() const;

    friend constexpr bool operator==(const Address &, const Address &) = default;
    friend constexpr std::strong_ordering operator<=>(const Address &a, const Address &b)
    {
        if (a.m_family != b.m_family)
            return a.m_family <=> b.m_family;
        return a.m_value < b.m_value   ? std::strong_ordering::less
               : a.m_value > b.m_value ? std::strong_ordering::greater
                                       : std::strong_ordering::equal;
    }
    friend size_t qHash(const Address &a, size_t seed = 0)
    {
        return qHashMulti(seed, static_cast<quint8>(a.m_family), static_cast<quint64>(a.m_value >> 64U),
                          static_cast<quint64>(a.m_value));
    }

private:
    uint128 m_value = 0;
    Family m_family = Family::IPv4;
};

} // namespace interlock
