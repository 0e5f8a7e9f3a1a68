// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/clientfinder.h"

#include <QHashFunctions>
#include <QHashSeed>

#include <bit>
#include <cstring>

namespace interlock::openvpn {

namespace {

/// How many bytes of `word` are `value`; all must be below 128, or more may be counted.
constexpr std::uint64_t countOf(std::uint64_t word, char value)
{
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    const auto different = (word ^ kOnes * static_cast<std::uint8_t>(value)) + kOnes * 0x7fU; // the highest bit tells
    return 8 - ((different >> 7U & kOnes) * kOnes >> 56U);
}

} // namespace

RouteKey RouteKey::of(std::string_view realAddress, std::string_view cn)
{
    RouteKey key;
    auto &words = key.m_words;
    constexpr std::size_t kLongest = std::string_view("198.51.100.200:65535").size();
    if (realAddress.size() <= kLongest) {
        std::memcpy(words.data(), realAddress.data(), realAddress.size());
        words[2] |= std::uint64_t{realAddress.size()} << 56U;
        // An IPv6 address has more colons, and anything without a port has none.
        if (countOf(words[0], ':') + countOf(words[1], ':') + countOf(words[2], ':') == 1)
            return key;
    }
    const auto inner = qHashBits(cn.data(), cn.size(), QHashSeed::globalSeed());
    words = {qHashBits(realAddress.data(), realAddress.size(), inner), 0, kInexact << 56U};
    return key;
}

ClientFinder::ClientFinder() : m_seed(QHashSeed::globalSeed()) {}

ClientFinder::ClientFinder(std::span<const StatusClient> clients, std::span<const RouteKey> keys)
    : m_seed(QHashSeed::globalSeed()), m_clients(clients), m_slots(std::bit_ceil(clients.size() * 2 + 1))
{
    for (std::uint32_t position = 0; position < clients.size(); ++position) {
        const auto &client = clients[position];
        auto &slot = m_slots[slotOf(keys[position], client.realAddress(), client.cn())];
        if (slot.position == 0 || clients[slot.position - 1].cid() < client.cid())
            slot = {keys[position], position + 1};
    }
}

void ClientFinder::join(std::span<StatusRoute> routes, std::span<const RouteKey> keys) const
{
    // The slots lie far apart in memory. Asked for in time, for many routes at a time, they are there when they are
    // read.
    for (const auto key : keys)
        __builtin_prefetch(&m_slots[homeOf(key)]);
    for (std::size_t at = 0; at < routes.size(); ++at)
        routes[at].m_client = m_slots[slotOf(keys[at], routes[at].realAddress(), routes[at].cn())].position;
}

std::size_t ClientFinder::slotOf(RouteKey key, std::string_view realAddress, std::string_view cn) const
{
    for (auto at = homeOf(key);; at = (at + 1) & (m_slots.size() - 1)) {
        const auto &slot = m_slots[at];
        if (slot.position == 0)
            return at;
        if (slot.key != key)
            continue;
        if (key.isExact())
            return at;
        const auto &client = m_clients[slot.position - 1];
        if (client.realAddress() == realAddress && client.cn() == cn)
            return at;
    }
}

} // namespace interlock::openvpn
