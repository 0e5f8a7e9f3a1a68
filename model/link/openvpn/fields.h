// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"
#include "model/values/prefix.h"
#include "model/values/timestamp.h"

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace interlock::openvpn {

// The small pieces that lines of the management interface are made of.

/// A decimal number that is all of `text`, without sign.
template <std::integral T>
[[nodiscard]] std::optional<T> readNumber(std::string_view text)
{
    T value = 0;
    const auto *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < 0)
        return std::nullopt;
    return value;
}

/// Seconds since 1970, up to the year 9999.
[[nodiscard]] std::optional<Timestamp> readMoment(std::string_view seconds);

/// A dotted quad without leading zeros, as a number.
[[nodiscard]] std::optional<std::uint32_t> readQuad(std::string_view text);

/// An address of either family, without anything around it.
/// \complexity without allocation or system call: it is read a hundred thousand times a status
/// \source RFC 4291 2.2
[[nodiscard]] std::optional<Address> readAddress(std::string_view text);

/// `A`, `A/length` or `A/mask`; host bits are cut off.
/// \source openvpn/FACTS.md 22
[[nodiscard]] std::optional<Prefix> readPrefix(std::string_view text);

/// The part of `rest` before the next `separator`; `rest` is what follows it, or empty.
[[nodiscard]] inline std::string_view takeField(std::string_view &rest, char separator)
{
    const auto end = rest.find(separator);
    const auto field = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return field;
}

} // namespace interlock::openvpn
