// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <span>

namespace interlock {

/// What a LAN of a connector collides with.
enum class ConflictKind { Pool, Exclusion, Claim, Quarantine };

struct LanConflict
{
    ConflictKind kind = ConflictKind::Claim;
    Prefix prefix; ///< of the other party
    QString owner; ///< the CN, the instance of a pool, or the note of an exclusion

    friend bool operator==(const LanConflict &, const LanConflict &) = default;
};

/// Refuses what can be nobody's LAN: everything, loopback, link-local, multicast, 0/8 and 240/4.
///
/// \returns Unsupported
///
/// \source SEMANTICS.md 2
[[nodiscard]] Expected<void> checkLan(const Prefix &prefix);

/// Refuses a set in which two prefixes overlap, and what checkLan() refuses.
///
/// \returns OverlapsItself with payload `prefixes`, Unsupported
[[nodiscard]] Expected<void> checkLanSet(std::span<const Prefix> prefixes);

/// Everything that `real`, brought by `cn`, collides with: pools of any instance, exclusions, quarantined carve-outs,
/// claims of other CNs by their real prefix or carve-out, and stand-ins of `cn` itself, which are the addresses of
/// another LAN. Overlap counts, not equality. Unused claims count too.
///
/// \complexity of the answer, which is every claim when everybody has that LAN
///
/// \source SEMANTICS.md 2
[[nodiscard]] std::vector<LanConflict> conflictsOf(const Topology &topology, const CommonName &cn, const Prefix &real,
                                                   Timestamp now);

/// True if conflictsOf() would name anything. \complexity O(log n)
[[nodiscard]] bool hasConflict(const Topology &topology, const CommonName &cn, const Prefix &real, Timestamp now);

/// Refuses `real` as a LAN of `cn` when it overlaps another LAN that `cn` declares.
///
/// \returns OverlapsItself with payload `prefix`
[[nodiscard]] Expected<void> checkAgainstOwnLans(const Topology &topology, const CommonName &cn, const Prefix &real);

} // namespace interlock
