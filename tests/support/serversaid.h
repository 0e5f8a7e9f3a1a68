// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/event.h"
#include "model/link/openvpn/status3.h"
#include "tests/support/managementdouble.h"
#include "tests/support/topologies.h"

// What an OpenVPN server says of its clients, as typed events and as rows of `status 3`.

namespace interlock::test {

using Variables = std::vector<std::pair<QByteArray, QByteArray>>;

/// The moment of ManagementDouble::status(), in seconds.
inline constexpr qint64 kStatusTime = 1'795'291'019;

inline openvpn::ClientEnvironment environmentOf(const QByteArray &cn, const Variables &more = {})
{
    openvpn::ClientEnvironment env;
    env.add("common_name", cn);
    for (const auto &[name, value] : more)
        env.add(name, value);
    return env;
}
inline openvpn::ClientConnected asks(qint64 cid, const QByteArray &cn, const Variables &more = {})
{
    return {{cid}, {1}, environmentOf(cn, more)};
}
inline openvpn::ClientEstablished established(qint64 cid, const QByteArray &cn, const Variables &more = {})
{
    return {{cid}, environmentOf(cn, more)};
}
inline openvpn::ClientAddress address(qint64 cid, QStringView prefix, bool isPrimary = false)
{
    return {{cid}, Prefix::parseMasked(prefix).value(), isPrimary};
}

/// A client of `status 3`.
struct ClientRow
{
    qint64 cid = 0;
    QByteArray cn;
    QByteArray virtualAddress = {};
    QByteArray cipher = "AES-256-GCM";
    qint64 since = kStatusTime - 10;
    qint64 bytesIn = 0;
    qint64 bytesOut = 0;

    [[nodiscard]] QByteArray realAddress() const { return "10.99.0.11:" + QByteArray::number(50'000 + cid); }
    [[nodiscard]] QByteArray toLine() const
    {
        const QByteArrayList fields{"CLIENT_LIST",
                                    cn,
                                    realAddress(),
                                    virtualAddress,
                                    "",
                                    QByteArray::number(bytesIn),
                                    QByteArray::number(bytesOut),
                                    "2026-11-21 19:56:49",
                                    QByteArray::number(since),
                                    "UNDEF",
                                    QByteArray::number(cid),
                                    QByteArray::number(cid),
                                    cipher};
        return fields.join('\t') + "\r\n";
    }
    /// A route to it; `target` as the server writes it.
    [[nodiscard]] QByteArray route(const QByteArray &target) const
    {
        return "ROUTING_TABLE\t" + target + '\t' + cn + '\t' + realAddress() + "\t2026-11-21 19:56:59\t1795291019\r\n";
    }
};

/// One that nobody has answered. \source openvpn/FACTS.md 37
inline ClientRow waitingRow(qint64 cid, const QByteArray &cn)
{
    return {cid, cn, {}, "BF-CBC"};
}

/// The whole answer; each client with an address has its route, and `routes` are those besides.
inline QByteArray statusText(const std::vector<ClientRow> &clients, const QByteArray &routes = {})
{
    QByteArray lines;
    QByteArray own;
    for (const ClientRow &client : clients) {
        lines += client.toLine();
        if (!client.virtualAddress.isEmpty())
            own += client.route(client.virtualAddress);
    }
    return ManagementDouble::status(lines, own + routes);
}
inline openvpn::StatusSnapshot status(const std::vector<ClientRow> &clients, const QByteArray &routes = {})
{
    return openvpn::parseStatus3(statusText(clients, routes)).value();
}

} // namespace interlock::test
