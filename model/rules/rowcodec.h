// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <concepts>
#include <optional>
#include <type_traits>

namespace interlock {

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

// Every field is text, a number or a truth value at its border. These two functions are the only place that says which:
// the JSON image and the SQL binding both go through them.

/// What a field is outside of the program: QString, qint64 or bool. A value that may be absent is a text, then empty.
template <typename T>
[[nodiscard]] auto encodeField(const T &value)
{
    if constexpr (std::same_as<T, bool>)
        return value;
    else if constexpr (std::integral<T>)
        return static_cast<qint64>(value);
    else if constexpr (std::same_as<T, Timestamp>)
        return value.milliseconds();
    else if constexpr (std::same_as<T, QString>)
        return value;
    else if constexpr (NamedEnum<T>)
        return enumText(value);
    else if constexpr (kIsOptional<T>)
        return value ? encodeField(*value) : QString();
    else
        return value.toString();
}

template <typename T>
using Encoded = decltype(encodeField(std::declval<const T &>()));

/// The inverse of encodeField().
/// \returns Invalid when `encoded` is no such value
template <typename T>
[[nodiscard]] Expected<T> decodeField(const Encoded<T> &encoded)
{
    if constexpr (std::same_as<T, bool> || std::same_as<T, QString>)
        return encoded;
    else if constexpr (std::integral<T>)
        return static_cast<T>(encoded);
    else if constexpr (std::same_as<T, Timestamp>)
        return Timestamp::fromMilliseconds(encoded);
    else if constexpr (NamedEnum<T>)
        return parseEnum<T>(encoded);
    else if constexpr (kIsOptional<T>)
        return encoded.isEmpty() ? Expected<T>(T())
                                 : T::value_type::parse(encoded).map([](const auto &value) { return T(value); });
    else
        return T::parse(encoded);
}

/// Builds a row from a function that yields each encoded field: `read(field) -> Expected<Encoded<T>>`.
/// \returns the first error, or the row
template <typename R, typename Read>
[[nodiscard]] Expected<R> buildRow(Read &&read)
{
    std::optional<Error> error;
    const auto one = [&]<typename T>(const Field<R, T> &field) -> std::optional<T> {
        if (error)
            return std::nullopt;
        Expected<Encoded<T>> raw = read(field);
        if (!raw) {
            error = raw.error();
            return std::nullopt;
        }
        Expected<T> value = decodeField<T>(*raw);
        if (!value) {
            error = value.error();
            return std::nullopt;
        }
        return *std::move(value);
    };
    // Braces evaluate from left to right; every field is present unless `error` is set.
    return std::apply(
        [&](const auto &...field) -> Expected<R> {
            auto parts = std::tuple{one(field)...};
            if (error)
                return fail(*error);
            return std::apply([](auto &...part) { return R{*std::move(part)...}; }, parts);
        },
        R::kFields);
}

} // namespace interlock
