// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/exactjson.h"

#include <optional>

namespace interlock {

/// An address as a controller reads it: what has a colon is IPv6, what has a dot is IPv4, and what is then no address
/// after all becomes the zero address without a word.
/// \source zerotier/FACTS.md 25, 26, 42, 49
struct LooseAddress
{
    enum class Family { None, V4, V6 };

    Family family = Family::None;
    QByteArray text;   ///< canonical, without what followed a slash
    unsigned bits = 0; ///< the number behind the slash, modulo 65536; 0 without one

    [[nodiscard]] bool hasValidBits() const;
};

/// \param text  UTF-8; longer than 63 bytes is no address
[[nodiscard]] LooseAddress readLooseAddress(const QByteArray &text);

/// How many elements of any list a controller keeps; it answers 200 and drops the others.
/// \source zerotier/FACTS.md 28
inline constexpr std::size_t kKeptElements = 16384;

/// What a controller stores of a list of routes: only what has a target with a valid mask, only `target` and `via`,
/// kKeptElements at most. A `via` that is no text or of the other family becomes null.
/// \complexity O(elements)
/// \source zerotier/FACTS.md 20, 24 to 28
[[nodiscard]] ExactJson::Array storedRoutes(const ExactJson::Array &sent);

/// What a controller stores of a list of pools: those with two ends of one family. \source zerotier/FACTS.md 49
[[nodiscard]] ExactJson::Array storedPools(const ExactJson::Array &sent);

/// What a controller stores of a member's addresses, masks stripped; or the type of the first element that is no text.
/// \source zerotier/FACTS.md 42
struct StoredAddresses
{
    ExactJson::Array addresses;
    const char *badTypeOrNull = nullptr;
};
[[nodiscard]] StoredAddresses storedAddresses(const ExactJson::Array &sent);

} // namespace interlock
