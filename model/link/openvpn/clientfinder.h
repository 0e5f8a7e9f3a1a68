// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/statussnapshot.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace interlock::openvpn {

/// What a client and its routes have in common: the real address, or, as an IPv6 address comes without its port, the
/// address and the CN.
/// \source openvpn/FACTS.md 36
class RouteKey
{
public:
    /// Of nothing.
    constexpr RouteKey() = default;
    [[nodiscard]] static RouteKey of(std::string_view realAddress, std::string_view cn);

    /// Where to look in a table; seeded, as clients choose their ports and names.
    [[nodiscard]] std::uint64_t hash() const;
    /// True if equal keys mean equal addresses: `A.B.C.D:port` fits in the key. Else the texts decide.
    [[nodiscard]] bool isExact() const { return (m_value >> 63U) == 0; }

    friend bool operator==(const RouteKey &, const RouteKey &) = default;

private:
    explicit RouteKey(std::uint64_t value) : m_value(value) {}

    std::uint64_t m_value = 0;
};

/// Joins routes to clients. Of two sessions with one key the younger one has the routes.
/// \source openvpn/FACTS.md 21, 36
class ClientFinder
{
public:
    ClientFinder() = default;
    /// \param clients  must stay as they are while this is used
    /// \param keys  of each of them
    ClientFinder(std::span<const StatusClient> clients, std::span<const RouteKey> keys);

    /// Sets `client` of each route. `keys` are those of the routes; the more at a time, the less is waited for memory.
    void join(std::span<StatusRoute> routes, std::span<const RouteKey> keys) const;

private:
    struct Slot
    {
        RouteKey key;
        std::uint32_t position = 0; ///< plus one; 0 for none
    };

    /// The slot of that key, or the empty one where it would be.
    [[nodiscard]] std::size_t slotOf(RouteKey key, std::string_view realAddress, std::string_view cn) const;
    [[nodiscard]] std::size_t mask() const { return m_slots.size() - 1; }

    std::span<const StatusClient> m_clients;
    std::vector<Slot> m_slots = std::vector<Slot>(1);
};

} // namespace interlock::openvpn
