// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/fields.h"

#include <QString>

#include <algorithm>
#include <array>
#include <bit>

#include <arpa/inet.h>

namespace interlock::openvpn {

namespace {

constexpr qint64 kEndOfYear9999 = 253'402'300'799;

std::optional<Address> readIpv6(std::string_view text)
{
    std::array<char, INET6_ADDRSTRLEN + 1> copy{};
    if (text.size() >= copy.size())
        return std::nullopt;
    std::copy(text.begin(), text.end(), copy.begin());
    std::array<std::uint8_t, 16> bytes{};
    if (std::find(text.begin(), text.end(), '\0') != text.end() || inet_pton(AF_INET6, copy.data(), bytes.data()) != 1)
        return std::nullopt;
    uint128 value = 0;
    for (const auto byte : bytes)
        value = value << 8U | byte;
    return Address(Family::IPv6, value);
}

/// Length of a contiguous mask.
std::optional<int> lengthOfMask(std::uint32_t mask)
{
    const int length = std::countl_one(mask);
    if (length < 32 && (mask << static_cast<unsigned>(length)) != 0)
        return std::nullopt;
    return length;
}

} // namespace

std::optional<std::uint32_t> readQuad(std::string_view text)
{
    std::uint32_t address = 0;
    std::uint32_t octet = 0;
    int digits = 0;
    int dots = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            if (digits > 0 && octet == 0)
                return std::nullopt;
            octet = octet * 10 + static_cast<std::uint32_t>(c - '0');
            if (++digits > 3 || octet > 255)
                return std::nullopt;
        } else if (c == '.' && digits > 0 && dots < 3) {
            address = address << 8U | octet;
            octet = 0;
            digits = 0;
            ++dots;
        } else {
            return std::nullopt;
        }
    }
    if (dots != 3 || digits == 0)
        return std::nullopt;
    return address << 8U | octet;
}

std::optional<Timestamp> readMoment(std::string_view seconds)
{
    const auto value = readNumber<qint64>(seconds);
    if (!value || *value > kEndOfYear9999)
        return std::nullopt;
    return Timestamp::fromMilliseconds(*value * 1000);
}

std::optional<Address> readAddress(std::string_view text)
{
    if (const auto quad = readQuad(text))
        return Address::ipv4(*quad);
    if (text.find(':') == std::string_view::npos)
        return std::nullopt;
    return readIpv6(text);
}

std::optional<Prefix> readPrefix(std::string_view text)
{
    const auto slash = text.find('/');
    const auto address = readAddress(text.substr(0, slash));
    if (!address)
        return std::nullopt;
    if (slash == std::string_view::npos)
        return Prefix(*address, address->width());
    const auto size = text.substr(slash + 1);
    std::optional<int> length = readNumber<int>(size);
    if (!length && address->isIPv4()) {
        if (const auto mask = readQuad(size))
            length = lengthOfMask(*mask);
    }
    if (!length || *length > address->width())
        return std::nullopt;
    return Prefix(*address, *length);
}

} // namespace interlock::openvpn
