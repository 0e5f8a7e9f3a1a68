// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <vector>

namespace interlock {

/// Why a LAN is, or is not, pushed to a connector.
enum class VisibilityReason {
    SameBlock,    ///< pushed: both addresses fall into one block of one instance
    OtherBlock,   ///< not pushed: another block of the same instance
    NoAddress,    ///< not pushed: one of the two has no allocation on this instance
    Unclaimed,    ///< not pushed: the LAN is declared, but has no verdict yet
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

/// Every LAN of other connectors on the instances that `cn` has an allocation on, ordered by owner and prefix, with the
/// reason why it is pushed to `cn` or not. Visibility decides what is pushed; it is not a firewall.
/// \source SOURCES S8; SEMANTICS.md 3
[[nodiscard]] std::vector<VisibleLan> visibleLans(const Topology &topology, const CommonName &cn);

/// The prefixes that an answer to `cn` on `instance` pushes routes to, ascending and without repetition.
[[nodiscard]] std::vector<Prefix> pushedPrefixes(const Topology &topology, const CommonName &cn, const InstanceRow &instance);

} // namespace interlock
