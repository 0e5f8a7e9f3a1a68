// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

#include <QByteArray>
#include <QString>

#include <array>
#include <cstring>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace interlock {

/// A tun device whose far side is the test: what the host sends into it is read here, what is written here comes out
/// of it on the host. Gone with the object.
class TunDevice
{
public:
    explicit TunDevice(const char *name) : m_fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC))
    {
        ifreq request{};
        std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
        request.ifr_flags = IFF_TUN | IFF_NO_PI;
        m_isOpen = m_fd >= 0 && ::ioctl(m_fd, TUNSETIFF, &request) == 0;
    }
    ~TunDevice() { ::close(m_fd); }
    TunDevice(const TunDevice &) = delete;
    TunDevice &operator=(const TunDevice &) = delete;

    [[nodiscard]] bool isOpen() const { return m_isOpen; }

    /// An UDP datagram without content.
    [[nodiscard]] bool send(Address from, Address to, std::uint16_t fromPort, std::uint16_t toPort) const
    {
        std::array<std::uint8_t, 28> packet{0x45, 0, 0, 28, 0, 0, 0x40, 0, 64, 17};
        put32(&packet[12], from);
        put32(&packet[16], to);
        put16(&packet[10], checksum(packet.data(), 20));
        put16(&packet[20], fromPort);
        put16(&packet[22], toPort);
        put16(&packet[24], 8); // its length; no checksum of its own
        return ::write(m_fd, packet.data(), packet.size()) == 28;
    }

    /// The next UDP datagram as "FROM:PORT > TO:PORT"; empty when none comes within five seconds.
    [[nodiscard]] QString receive() const
    {
        pollfd ready{m_fd, POLLIN, 0};
        std::array<std::uint8_t, 2048> p{};
        while (::poll(&ready, 1, 5000) == 1) {
            const auto size = ::read(m_fd, p.data(), p.size());
            if (size < 28 || (p[0] >> 4U) != 4 || p[9] != 17)
                continue; // the kernel's own chatter, as router solicitations
            return QStringLiteral("%1:%2 > %3:%4")
                .arg(address(&p[12]).toString())
                .arg(p[20] * 256 + p[21])
                .arg(address(&p[16]).toString())
                .arg(p[22] * 256 + p[23]);
        }
        return {};
    }

private:
    static void put16(std::uint8_t *at, unsigned value)
    {
        at[0] = static_cast<std::uint8_t>(value >> 8U);
        at[1] = static_cast<std::uint8_t>(value & 0xffU);
    }
    static void put32(std::uint8_t *at, Address value)
    {
        const auto number = static_cast<std::uint32_t>(value.value());
        put16(at, number >> 16U);
        put16(at + 2, number & 0xffffU);
    }
    static Address address(const std::uint8_t *at)
    {
        return Address::ipv4((std::uint32_t{at[0]} << 24U) | (std::uint32_t{at[1]} << 16U) |
                             (std::uint32_t{at[2]} << 8U) | at[3]);
    }
    static unsigned checksum(const std::uint8_t *at, std::size_t size) // RFC 1071
    {
        unsigned sum = 0;
        for (std::size_t i = 0; i < size; i += 2)
            sum += (unsigned{at[i]} << 8U) + at[i + 1];
        while ((sum >> 16U) != 0)
            sum = (sum & 0xffffU) + (sum >> 16U);
        return ~sum & 0xffffU;
    }

    int m_fd;
    bool m_isOpen = false;
};

} // namespace interlock
