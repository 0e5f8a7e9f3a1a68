// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/statussnapshot.h"

#include <array>
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
    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const
    {
        auto mixed = (m_words[0] ^ seed) * 0x9e3779b97f4a7c15U;
        mixed = ((mixed ^ (mixed >> 32U)) + m_words[1]) * 0xc2b2ae3d27d4eb4fU;
        mixed = ((mixed ^ (mixed >> 32U)) + m_words[2]) * 0x9e3779b97f4a7c15U;
        return mixed ^ (mixed >> 32U);
    }
    /// True if equal keys mean equal addresses: `A.B.C.D:port` fits in the key. Else the texts decide.
    [[nodiscard]] bool isExact() const { return m_words[2] >> 56U != kInexact; }

    friend bool operator==(const RouteKey &a, const RouteKey &b)
    {
        return ((a.m_words[0] ^ b.m_words[0]) | (a.m_words[1] ^ b.m_words[1]) | (a.m_words[2] ^ b.m_words[2])) == 0;
    }

private:
    static constexpr std::uint64_t kInexact = 0xff;

    std::array<std::uint64_t, 3> m_words{}; ///< the text and, in the highest byte, its size; or a hash and kInexact
};

/// Joins routes to clients. Of two sessions with one key the younger one has the routes.
/// \source openvpn/FACTS.md 21, 36
class ClientFinder
{
public:
    /// Of nobody.
    ClientFinder();
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
    [[nodiscard]] std::size_t homeOf(RouteKey key) const { return key.hash(m_seed) & (m_slots.size() - 1); }

    std::uint64_t m_seed;
    std::span<const StatusClient> m_clients;
    std::vector<Slot> m_slots = std::vector<Slot>(1);
};

} // namespace interlock::openvpn
