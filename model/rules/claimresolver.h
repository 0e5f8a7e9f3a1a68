// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topologyedit.h"

#include <chrono>
#include <optional>
#include <vector>

namespace interlock {

/// Settles who keeps a real prefix and who gets a stand-in. Every decision is a set of row changes in one edit.
///
/// \source SOURCES S5, S6; SEMANTICS.md 2; RFC 6598; openvpn/FACTS.md 2, 9
class ClaimResolver
{
public:
    /// How long a freed carve-out is kept back, unless the setting `quarantineHours` says otherwise.
    static constexpr std::chrono::hours kQuarantine{24};

    ClaimResolver(TopologyEdit &edit, Timestamp now) : m_edit(edit), m_now(now) {}

    /// The verdict for (cn, real); an existing one is returned unchanged, whatever else has changed since.
    ///
    /// A LAN without conflict becomes a sentinel. One that overlaps a pool, an exclusion, a quarantined carve-out or another CN's claim gets
    /// the lowest free stand-in of its own length from the range of `instance`; under stand-in-both every sentinel of
    /// another CN that it overlaps gets one first, oldest first.
    /// \returns Unsupported, TooWide, Exhausted, NotFound (instance), OverlapsItself (against another LAN of this CN),
    ///          Conflict for an IPv6 LAN that collides: there are no IPv6 stand-ins, the LAN is left out
    [[nodiscard]] Expected<ClaimRow> resolve(const CommonName &cn, const Prefix &real, const InstanceName &instance);

    /// Ends the claim; its carve-out goes into quarantine. \returns NotFound
    [[nodiscard]] Expected<ClaimRow> release(const CommonName &cn, const Prefix &real);

    /// Makes `to` the owner of `real`: its claim becomes a sentinel (made if absent, for `instance`), and every claim of
    /// another CN whose virtual prefix overlaps `real` gets a stand-in of its own length.
    /// \returns PoolOverlap, Exhausted, TooWide, Unsupported (an IPv6 owner cannot be moved), NotFound (no instance known)
    [[nodiscard]] Expected<std::vector<ClaimRow>> reassign(const Prefix &real, const CommonName &to,
                                                           const std::optional<InstanceName> &instance);

    /// Gives the claim a stand-in: `wanted`, or the lowest free one; without `wanted` a stand-in that exists is kept.
    /// \returns NotFound, Invalid (wanted has another length or lies outside of the range), Overlap (wanted is occupied),
    ///          Exhausted, TooWide, Unsupported (IPv6)
    [[nodiscard]] Expected<ClaimRow> standIn(const CommonName &cn, const Prefix &real, const std::optional<Prefix> &wanted);

private:
    [[nodiscard]] Expected<InstanceRow> instanceNamed(const InstanceName &name) const;
    [[nodiscard]] Expected<ClaimRow> withStandIn(ClaimRow claim, const Prefix &range);
    [[nodiscard]] Expected<void> displace(const Prefix &real, const CommonName &newcomer, const InstanceRow &instance);
    [[nodiscard]] Expected<ClaimRow> sentinelFor(const Prefix &real, const CommonName &to,
                                                 const std::vector<ClaimRow> &displaced,
                                                 const std::optional<InstanceName> &instance) const;
    void quarantine(const ClaimRow &claim);
    void store(const ClaimRow &claim);

    TopologyEdit &m_edit;
    Timestamp m_now;
};

/// Makes sure that the connector row of `cn` exists. \source SEMANTICS.md 2: a connector exists from its first mention
void ensureConnector(TopologyEdit &edit, const CommonName &cn, Timestamp now);

} // namespace interlock
