// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/clientfinder.h"

#include "model/link/openvpn/fields.h"

#include <QHashFunctions>
#include <QHashSeed>

#include <bit>

namespace interlock::openvpn {

RouteKey RouteKey::of(std::string_view realAddress, std::string_view cn)
{
    const auto colon = realAddress.rfind(':');
    if (colon != std::string_view::npos) {
        const auto address = readQuad(realAddress.substr(0, colon));
        const auto portText = realAddress.substr(colon + 1);
        const auto port = readNumber<std::uint16_t>(portText);
        if (address && port && !portText.starts_with('0')) // each key has one text
            return RouteKey(std::uint64_t{*address} << 16U | *port);
    }
    const auto inner = qHashBits(cn.data(), cn.size(), QHashSeed::globalSeed());
    return RouteKey(qHashBits(realAddress.data(), realAddress.size(), inner) | std::uint64_t{1} << 63U);
}

std::uint64_t RouteKey::hash() const
{
    const auto mixed = (m_value ^ QHashSeed::globalSeed()) * 0x9e3779b97f4a7c15U;
    return mixed ^ (mixed >> 32U);
}

ClientFinder::ClientFinder(std::span<const StatusClient> clients, std::span<const RouteKey> keys)
    : m_clients(clients), m_slots(std::bit_ceil(clients.size() * 2 + 1))
{
    for (std::uint32_t position = 0; position < clients.size(); ++position) {
        const auto &client = clients[position];
        auto &slot = m_slots[slotOf(keys[position], client.realAddress, client.cn)];
        if (slot.position == 0 || clients[slot.position - 1].cid < client.cid)
            slot = {keys[position], position + 1};
    }
}

void ClientFinder::join(std::span<StatusRoute> routes, std::span<const RouteKey> keys) const
{
    // The slots lie far apart in memory. Asked for in time, for many routes at a time, they are there when they are
    // read.
    for (const auto key : keys)
        __builtin_prefetch(&m_slots[key.hash() & mask()]);
    for (std::size_t at = 0; at < routes.size(); ++at) {
        const auto position = m_slots[slotOf(keys[at], routes[at].realAddress, routes[at].cn)].position;
        routes[at].client = position != 0 ? std::optional(position - 1) : std::nullopt;
    }
}

std::size_t ClientFinder::slotOf(RouteKey key, std::string_view realAddress, std::string_view cn) const
{
    for (auto at = key.hash() & mask();; at = (at + 1) & mask()) {
        const auto &slot = m_slots[at];
        if (slot.position == 0)
            return at;
        if (slot.key != key)
            continue;
        if (key.isExact())
            return at;
        const auto &client = m_clients[slot.position - 1];
        if (client.realAddress == realAddress && client.cn == cn)
            return at;
    }
}

} // namespace interlock::openvpn
