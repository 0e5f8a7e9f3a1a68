// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/fields.h"

#include <array>
#include <bit>
#include <cstring>

namespace interlock::openvpn {

namespace {

constexpr qint64 kEndOfYear9999 = 253'402'300'799;

/// The value of a hexadecimal digit; 16 for anything else.
constexpr std::array<std::uint8_t, 256> kHex = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(16);
    for (std::uint8_t digit = 0; digit < 10; ++digit)
        values[std::size_t{'0'} + digit] = digit;
    for (std::uint8_t digit = 10; digit < 16; ++digit) {
        values[std::size_t{'a'} + digit - 10] = digit;
        values[std::size_t{'A'} + digit - 10] = digit;
    }
    return values;
}();

/// Groups of an IPv6 address, and where `::` stands among them. \source RFC 4291 2.2
class Ipv6Groups
{
public:
    /// Takes a group, or the dotted quad at the end. \returns false when there is none
    bool take(std::string_view &rest)
    {
        std::uint32_t group = 0;
        std::size_t digits = 0;
        for (; digits < rest.size() && digits < 5; ++digits) {
            const auto digit = kHex[static_cast<std::uint8_t>(rest[digits])];
            if (digit > 15)
                break;
            group = group << 4U | digit;
        }
        if (digits > 0 && digits < rest.size() && rest[digits] == '.')
            return takeQuad(rest);
        if (digits == 0 || digits > 4 || m_count == 8)
            return false;
        m_value = m_value << 16U | group;
        ++m_count;
        rest.remove_prefix(digits);
        return true;
    }
    /// \returns false for the second one
    bool takeGap()
    {
        if (m_gap >= 0)
            return false;
        m_gap = m_count;
        return true;
    }
    [[nodiscard]] std::optional<Address> address() const
    {
        if (m_gap < 0)
            return m_count == 8 ? std::optional(Address(Family::IPv6, m_value)) : std::nullopt;
        if (m_count == 8) // the gap stands for at least one
            return std::nullopt;
        const auto bitsBehind = static_cast<unsigned>(16 * (m_count - m_gap));
        const uint128 behind = m_value & ((uint128{1} << bitsBehind) - 1);
        const uint128 before = m_gap > 0 ? m_value >> bitsBehind << static_cast<unsigned>(16 * (8 - m_gap)) : 0;
        return Address(Family::IPv6, before | behind);
    }

private:
    bool takeQuad(std::string_view &rest)
    {
        const auto quad = m_count <= 6 ? readQuad(rest) : std::nullopt;
        if (!quad)
            return false;
        m_value = m_value << 32U | *quad;
        m_count += 2;
        rest = {};
        return true;
    }

    uint128 m_value = 0;
    int m_count = 0;
    int m_gap = -1; ///< groups before it
};

std::optional<Address> readIpv6(std::string_view rest)
{
    Ipv6Groups groups;
    if (rest.starts_with("::")) {
        (void)groups.takeGap();
        rest.remove_prefix(2);
        if (rest.empty())
            return groups.address();
    }
    while (groups.take(rest)) {
        if (rest.empty())
            return groups.address();
        if (rest.starts_with("::")) {
            if (!groups.takeGap())
                return std::nullopt;
            rest.remove_prefix(2);
            if (rest.empty())
                return groups.address();
        } else if (rest.front() == ':') {
            rest.remove_prefix(1);
        } else {
            return std::nullopt;
        }
    }
    return std::nullopt;
}

/// Length of a contiguous mask.
std::optional<int> lengthOfMask(std::uint32_t mask)
{
    const int length = std::countl_one(mask);
    if (length < 32 && (mask << static_cast<unsigned>(length)) != 0)
        return std::nullopt;
    return length;
}

/// `27` or `255.255.255.224`.
std::optional<int> readIpv4Length(std::string_view text)
{
    if (const auto length = readNumber<int>(text))
        return *length <= widthOf(Family::IPv4) ? length : std::nullopt;
    const auto mask = readQuad(text);
    return mask ? lengthOfMask(*mask) : std::nullopt;
}

/// Takes a dotted quad off the front of `rest`, which stays as it is when there is none.
std::optional<std::uint32_t> takeQuad(std::string_view &rest)
{
    const char *at = rest.data();
    const char *const end = at + rest.size();
    const auto digitAt = [end](const char *place) {
        return place == end ? 10U : static_cast<unsigned>(static_cast<unsigned char>(*place)) - '0';
    };
    std::uint32_t address = 0;
    for (int dots = 0;; ++dots, ++at) {
        auto octet = digitAt(at);
        if (octet > 9)
            return std::nullopt;
        for (auto digit = digitAt(++at); digit <= 9; digit = digitAt(++at)) {
            if (octet == 0 || octet > 25)
                return std::nullopt; // a leading zero, or too much
            octet = octet * 10 + digit;
        }
        if (octet > 255)
            return std::nullopt;
        address = address << 8U | octet;
        if (dots == 3)
            break;
        if (at == end || *at != '.')
            return std::nullopt;
    }
    rest.remove_prefix(static_cast<std::size_t>(at - rest.data()));
    return address;
}

/// All at once: pairs of neighbours are joined three times.
std::optional<std::uint32_t> readEightDigits(const char *at)
{
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t digits = 0;
    std::memcpy(&digits, at, sizeof digits);
    digits ^= 0x3030303030303030U;
    if (((digits | (digits + 0x7676767676767676U)) & 0x8080808080808080U) != 0)
        return std::nullopt;
    digits = (digits * 10 + (digits >> 8U)) & 0x00ff00ff00ff00ffU;
    digits = (digits * 100 + (digits >> 16U)) & 0x0000ffff0000ffffU;
    return static_cast<std::uint32_t>(digits * 10'000 + (digits >> 32U));
}

} // namespace

std::optional<std::uint32_t> readQuad(std::string_view text)
{
    const auto quad = takeQuad(text);
    return text.empty() ? quad : std::nullopt;
}

std::optional<Timestamp> readMoment(std::string_view seconds)
{
    constexpr std::size_t kUsual = std::string_view("1795290300").size();
    if (seconds.size() == kUsual) {
        const auto head = readEightDigits(seconds.data());
        const auto tail = readNumber<unsigned>(seconds.substr(8));
        if (!head || !tail)
            return std::nullopt;
        return Timestamp::fromMilliseconds((qint64{*head} * 100 + *tail) * 1000);
    }
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
    auto rest = text;
    if (const auto quad = takeQuad(rest)) {
        const auto address = Address::ipv4(*quad);
        if (rest.empty())
            return Prefix::host(address);
        const auto length = rest.front() == '/' ? readIpv4Length(rest.substr(1)) : std::nullopt;
        return length ? std::optional(Prefix(address, *length)) : std::nullopt;
    }
    const auto slash = text.find('/');
    const auto address = readAddress(text.substr(0, slash));
    if (!address)
        return std::nullopt;
    const auto length =
        slash == std::string_view::npos ? std::optional(address->width()) : readNumber<int>(text.substr(slash + 1));
    if (!length || *length > address->width())
        return std::nullopt;
    return Prefix(*address, *length);
}

} // namespace interlock::openvpn
