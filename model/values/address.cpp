// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/address.h"

#include <QStringList>

#include <array>
#include <charconv>

#include <arpa/inet.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

tl::unexpected<Error> notAnAddress(QStringView text)
{
    return fail(ErrorKind::Invalid, u"'%1' is not an IPv4 or IPv6 address"_s.arg(text.left(80)),
                {{u"text"_s, text.left(80).toString()}});
}

/// A login writes a dozen of these, and inet_ntop goes through printf for each.
QString ipv4Text(std::uint32_t value)
{
    std::array<char, 15> text{};
    char *at = text.data();
    for (int octet = 3; octet >= 0; --octet) {
        at = std::to_chars(at, text.data() + text.size(), value >> static_cast<unsigned>(8 * octet) & 0xffU).ptr;
        if (octet > 0)
            *at++ = '.';
    }
    return QString::fromLatin1(text.data(), at - text.data());
}

} // namespace

Expected<Address> Address::parse(QStringView text)
{
    const QStringView trimmed = text.trimmed();
    // The longest text of an address is 45 characters (an IPv6 address with an embedded IPv4 one).
    if (trimmed.isEmpty() || trimmed.size() > 45)
        return notAnAddress(text);
    std::array<char, 46> ascii{};
    for (qsizetype i = 0; i < trimmed.size(); ++i) {
        const char16_t c = trimmed[i].unicode();
        if (c < 0x21 || c > 0x7e)
            return notAnAddress(text);
        ascii.at(static_cast<std::size_t>(i)) = static_cast<char>(c);
    }
    // inet_pton is strict in what we want strict: four decimal octets without leading zeros, no zone, no mask.
    std::array<unsigned char, 16> bytes{};
    if (trimmed.contains(u':')) {
        if (inet_pton(AF_INET6, ascii.data(), bytes.data()) != 1)
            return notAnAddress(text);
        uint128 value = 0;
        for (const unsigned char byte : bytes)
            value = (value << 8U) | byte;
        return Address(Family::IPv6, value);
    }
    if (inet_pton(AF_INET, ascii.data(), bytes.data()) != 1)
        return notAnAddress(text);
    return Address::ipv4((std::uint32_t{bytes[0]} << 24U) | (std::uint32_t{bytes[1]} << 16U) |
                         (std::uint32_t{bytes[2]} << 8U) | std::uint32_t{bytes[3]});
}

QString Address::toString() const
{
    if (isIPv4())
        return ipv4Text(static_cast<std::uint32_t>(m_value));
    std::array<unsigned char, 16> bytes{};
    for (int i = 0; i < 16; ++i)
        bytes.at(static_cast<std::size_t>(i)) =
            static_cast<unsigned char>(m_value >> static_cast<unsigned>(8 * (15 - i)));
    std::array<char, 46> text{};
    // glibc writes RFC 5952 text, except that it keeps the dotted form of IPv4-compatible addresses; that is
    // what RFC 5952 section 5 recommends for known prefixes and is read back to the same value.
    inet_ntop(AF_INET6, bytes.data(), text.data(), static_cast<socklen_t>(text.size()));
    return QString::fromLatin1(text.data());
}

} // namespace interlock
