// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <compare>
#include <optional>

namespace interlock {

/// The most routes of a network that its members are sent; the rest is dropped without a word.
/// \source SOURCES Z3 (ZT_MAX_NETWORK_ROUTES), zerotier/FACTS.md 29
inline constexpr std::size_t kMaxSentRoutes = 128;

/// One route of a ZeroTier network.
struct Route
{
    Prefix target;
    std::optional<Address> via = {}; ///< none: directly attached

    /// "10.0.0.0/8", "10.0.0.0/8 via 10.1.1.254".
    [[nodiscard]] QString toString() const;

    friend bool operator==(const Route &, const Route &) = default;
    friend auto operator<=>(const Route &, const Route &) = default;
};

/// A route as a controller holds it. It takes texts that are no route ("10.1.1.7/24", "10.1.1.0/0"): what others put
/// there has to survive unchanged. \source zerotier/FACTS.md 24 to 27
struct RouteText
{
    QString target;
    QString via; ///< empty: directly attached

    [[nodiscard]] static RouteText of(const Route &route);
    /// The route, or nothing when the text is none, as of a target with host bits.
    [[nodiscard]] std::optional<Route> route() const;
    [[nodiscard]] QString toString() const;

    friend bool operator==(const RouteText &, const RouteText &) = default;
};

/// A range that a controller may assign addresses from, both ends included.
struct AssignmentPool
{
    Address first;
    Address last; ///< of the same family, not below `first`

    /// "10.1.1.10-10.1.1.99"
    [[nodiscard]] QString toString() const;
    /// The inverse of toString(). \returns Invalid
    [[nodiscard]] static Expected<AssignmentPool> parse(QStringView text);

    friend bool operator==(const AssignmentPool &, const AssignmentPool &) = default;
    friend auto operator<=>(const AssignmentPool &, const AssignmentPool &) = default;
};

/// A pool as a controller holds it, unchecked. \source zerotier/FACTS.md 49
struct PoolText
{
    QString first;
    QString last;

    [[nodiscard]] static PoolText of(const AssignmentPool &pool);
    [[nodiscard]] std::optional<AssignmentPool> pool() const;
    [[nodiscard]] QString toString() const;

    friend bool operator==(const PoolText &, const PoolText &) = default;
};

} // namespace interlock
