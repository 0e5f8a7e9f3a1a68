// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

#include <QByteArray>

#include <optional>
#include <utility>

namespace interlock {

/// An IPv4 or IPv6 network in CIDR form; host bits are always zero.
/// Sorts by first address, then shorter length first, so that a parent comes directly before its descendants.
class Prefix
{
public:
    /// 0.0.0.0/0
    constexpr Prefix() = default;

    /// The prefix of `length` that contains `address`: host bits are cut off. `length` must be 0..width (asserted).
    constexpr Prefix(Address address, int length)
        : m_first(address.family(), address.value() & maskOf(address.family(), length)),
          m_length(static_cast<std::uint8_t>(length))
    {
    }

    /// The /32 or /128 that is one address.
    [[nodiscard]] static constexpr Prefix host(Address address) { return {address, address.width()}; }

    /// Reads `10.0.0.0/8`, `10.0.0.0 255.0.0.0`, `10.0.0.0/255.0.0.0`, or a bare address (a /32 or /128).
    /// Surrounding blanks are ignored.
    /// \returns HostBits with payload `canonical` when host bits are set; Invalid for anything else
    [[nodiscard]] static Expected<Prefix> parse(QStringView text);

    /// Like parse(), but cuts host bits off instead of refusing them.
    [[nodiscard]] static Expected<Prefix> parseMasked(QStringView text);

    [[nodiscard]] constexpr Address first() const { return m_first; }
    /// The last address, for IPv4 the broadcast address of lengths up to 30.
    [[nodiscard]] constexpr Address last() const
    {
        return {family(), m_first.value() | (maxOf(family()) & ~maskOf(family(), m_length))};
    }
    [[nodiscard]] constexpr int length() const { return m_length; }
    [[nodiscard]] constexpr Family family() const { return m_first.family(); }
    [[nodiscard]] constexpr bool isIPv4() const { return m_first.isIPv4(); }
    [[nodiscard]] constexpr bool isSingleAddress() const { return m_length == widthOf(family()); }

    [[nodiscard]] constexpr bool contains(Address address) const
    {
        return address.family() == family() && (address.value() & maskOf(family(), m_length)) == m_first.value();
    }
    [[nodiscard]] constexpr bool contains(const Prefix &other) const
    {
        return other.m_length >= m_length && contains(other.m_first);
    }
    /// Two prefixes overlap exactly when one contains the other.
    [[nodiscard]] constexpr bool overlaps(const Prefix &other) const
    {
        return contains(other) || other.contains(*this);
    }

    /// The prefix one bit shorter that contains this one; none for /0.
    [[nodiscard]] constexpr std::optional<Prefix> parent() const
    {
        if (m_length == 0)
            return std::nullopt;
        return Prefix(m_first, m_length - 1);
    }

    /// Dotted mask for IPv4 ("255.255.255.224"); the mask as an address for IPv6.
    [[nodiscard]] QString netmask() const;
    /// Canonical CIDR text, always with the length ("10.8.1.1/32").
    [[nodiscard]] QString toString() const;
    /// OpenVPN's form: "10.0.0.0 255.0.0.0" for IPv4, CIDR for IPv6.
    [[nodiscard]] QString toNetworkAndMask() const;

    /// Bytes whose order is the order of prefixes: family, first address in network order, length (6 or 18 bytes).
    /// One index over this key serves both families.
    [[nodiscard]] QByteArray sortKey() const;
    /// sortKey() of the last address with the greatest length: everything inside this prefix is <= it.
    [[nodiscard]] QByteArray lastKey() const;
    /// \returns Invalid if `key` was not made by sortKey()
    [[nodiscard]] static Expected<Prefix> fromSortKey(const QByteArray &key);

    /// The mask of `length` as a number of the family's width.
    [[nodiscard]] static constexpr uint128 maskOf(Family family, int length)
    {
        Q_ASSERT(length >= 0 && length <= widthOf(family));
        if (length == 0)
            return 0;
        const auto shift = static_cast<unsigned>(widthOf(family) - length);
        return (maxOf(family) >> shift) << shift;
    }

    friend constexpr bool operator==(const Prefix &, const Prefix &) = default;
    friend constexpr std::strong_ordering operator<=>(const Prefix &, const Prefix &) = default;
    friend size_t qHash(const Prefix &p, size_t seed = 0) { return qHashMulti(seed, p.m_first, p.m_length); }

private:
    Address m_first;
    std::uint8_t m_length = 0;
};

} // namespace interlock
