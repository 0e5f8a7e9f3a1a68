// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/status3data.h"

#include "tests/bench/prefixdata.h"

#include <numeric>
#include <utility>
#include <vector>

namespace interlock::bench {

namespace {

std::vector<std::uint32_t> shuffled(std::size_t count, Sequence &random)
{
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    for (auto at = count; at > 1; --at)
        std::swap(order[at - 1], order[random.below(static_cast<std::uint32_t>(at))]);
    return order;
}

QByteArray number(std::uint64_t value, int base = 10)
{
    return QByteArray::number(static_cast<quint64>(value), base);
}

QByteArray quad(std::uint32_t address)
{
    return number(address >> 24U) + '.' + number(address >> 16U & 255U) + '.' + number(address >> 8U & 255U) + '.' +
           number(address & 255U);
}

QByteArray cn(std::uint32_t client)
{
    return "branch-" + number(client);
}

QByteArray realAddress(std::uint32_t client)
{
    return quad(0xc6120000U + client * 7U) + ':' + number(1024 + client * 31 % 60000);
}

QByteArray target(std::uint32_t client, bool isIroute, Routes routes)
{
    if (routes == Routes::IPv4)
        return isIroute ? quad(0x64400000U + client * 32U) + "/27" : quad(0x0a080002U + client);
    const auto low = number(client & 0xffffU, 16);
    const auto high = number(client >> 16U, 16);
    return isIroute ? "fd00:64:" + high + ':' + low + "::/64" : "fd00:8::" + high + ':' + low;
}

} // namespace

QByteArray makeStatus(std::size_t clients, Routes routes)
{
    Sequence random(42);
    QByteArray text =
        "TITLE\tOpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)] [LZO] [LZ4] [EPOLL] [PKCS11] [MH/PKTINFO] "
        "[AEAD] [DCO]\nTIME\t2026-11-21 19:56:59\t1795291019\nHEADER\tCLIENT_LIST\tCommon Name\tReal "
        "Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes Sent\tConnected "
        "Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\n";
    for (const auto client : shuffled(clients, random)) {
        text += "CLIENT_LIST\t" + cn(client) + '\t' + realAddress(client) + '\t' + target(client, false, Routes::IPv4) +
                '\t';
        if (routes == Routes::IPv6)
            text += target(client, false, Routes::IPv6);
        text += '\t' + number(random.next() >> 30U) + '\t' + number(random.next() >> 28U) +
                "\t2026-11-21 19:56:58\t1795291018\tUNDEF\t" + number(client) + '\t' + number(client) +
                "\tAES-256-GCM\n";
    }
    text += "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\n";
    for (const auto entry : shuffled(clients * 2, random)) {
        text += "ROUTING_TABLE\t" + target(entry / 2, entry % 2 == 1, routes) + '\t' + cn(entry / 2) + '\t' +
                realAddress(entry / 2) + "\t2026-11-21 19:56:59\t1795291019\n";
    }
    return text + "GLOBAL_STATS\tMax bcast/mcast queue length\t0\nGLOBAL_STATS\tdco_enabled\t0\n";
}

QByteArray makeByteCounts(std::size_t lines, std::size_t clients)
{
    Sequence random(42);
    QByteArray text;
    for (std::size_t line = 0; line < lines; ++line)
        text += ">BYTECOUNT_CLI:" + number(line % clients) + ',' + number(random.next() >> 30U) + ',' +
                number(random.next() >> 28U) + "\r\n";
    return text;
}

} // namespace interlock::bench
