// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <vector>

namespace interlock {

/// Why a LAN is, or is not, pushed to a connector.
enum class VisibilityReason {
    SameBlock,  ///< pushed: both addresses fall into one block of one instance
    OtherBlock, ///< not pushed: another block of the same instance
    NoAddress,  ///< not pushed: one of the two has no allocation on this instance
    Unclaimed,  ///< not pushed: the LAN is declared, but has no verdict yet
    OwnLan,     ///< not pushed: it lies on a LAN of the connector's own, which the route would take away from it
};

/// One LAN of another connector, as seen by one connector on one instance.
struct VisibleLan
{
    InstanceName instance;
    CommonName owner;
    Prefix real;
    std::optional<Prefix> effective; ///< what would be pushed: the virtual prefix; none while unclaimed
    VisibilityReason reason = VisibilityReason::SameBlock;

    [[nodiscard]] bool isPushed() const { return reason == VisibilityReason::SameBlock; }
    friend bool operator==(const VisibleLan &, const VisibleLan &) = default;
};

[[nodiscard]] QString nameOf(VisibilityReason reason);

/// Every LAN of other connectors on the instances that `cn` has an allocation on, ordered by instance, owner and
/// prefix, with the reason why it is pushed to `cn` or not; on every instance when `cn` has no allocation at all.
/// Visibility decides what is pushed; it is not a firewall.
///
/// \source SOURCES S8; SEMANTICS.md 3
[[nodiscard]] std::vector<VisibleLan> visibleLans(const Topology &topology, const CommonName &cn);

/// Routes that one answer may push to the LANs of peers. \source SEMANTICS.md 3
inline constexpr std::size_t kMaxPushedRoutes = 500;

/// All the prefixes that an answer to `cn` on `instance` should push routes to, ascending and without repetition;
/// kMaxPushedRoutes is the caller's business.
[[nodiscard]] std::vector<Prefix> pushedPrefixes(const Topology &topology, const CommonName &cn,
                                                 const InstanceRow &instance);

} // namespace interlock
