// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topologyedit.h"

#include <chrono>
#include <list>
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
    /// How long it is kept back whatever the setting says: so that the owner of the sessions has the time to see that
    /// one of them still has it.
    static constexpr std::chrono::minutes kLeastQuarantine{5};
    /// By how much a quarantine is prolonged at least.
    static constexpr std::chrono::hours kLeastProlongation{1};

    ClaimResolver(TopologyEdit &edit, Timestamp now) : m_edit(edit), m_now(now) {}

    /// The verdict for (cn, real); an existing one is returned unchanged, whatever else has changed since.
    ///
    /// A LAN without conflict becomes a sentinel. One that overlaps a pool, an exclusion, a quarantined carve-out,
    /// another CN's claim or a stand-in of its own CN gets the lowest free stand-in of its own length from the range of
    /// `instance`; under stand-in-both every sentinel of another CN that it overlaps gets one first, oldest first. All
    /// or nothing: a refusal leaves the edit as it was.
    ///
    /// \returns Unsupported, TooWide, Exhausted, NotFound (instance), OverlapsItself (against another LAN of this CN),
    /// Conflict for an IPv6 LAN that collides: there are no IPv6 stand-ins, the LAN is left out
    [[nodiscard]] Expected<ClaimRow> resolve(const CommonName &cn, const Prefix &real, const InstanceName &instance);

    /// Ends the claim; its carve-out goes into quarantine. \returns NotFound
    [[nodiscard]] Expected<ClaimRow> release(const CommonName &cn, const Prefix &real);

    /// Makes `to` the owner of `real`: its claim becomes a sentinel (made if absent, for `instance`), and every other
    /// claim whose carve-out or kept prefix overlaps `real` gets a stand-in of its own length, oldest first. Carve-outs
    /// that are given up this way are quarantined like any other. The first of the answer is the claim of `to`.
    ///
    /// \returns PoolOverlap, Exhausted, TooWide, Unsupported (an IPv6 owner cannot be moved), NotFound (no instance
    /// known), OverlapsItself (against another LAN of `to`)
    [[nodiscard]] Expected<std::vector<ClaimRow>> reassign(const Prefix &real, const CommonName &to,
                                                           const std::optional<InstanceName> &instance);

    /// Gives the claim a stand-in: `wanted`, or the lowest free one; without `wanted` a stand-in that exists is kept.
    ///
    /// \returns NotFound, Invalid (wanted has another length, lies outside of the range or is the LAN itself), Overlap
    /// (wanted is occupied), Exhausted, TooWide, Unsupported (IPv6)
    [[nodiscard]] Expected<ClaimRow> standIn(const CommonName &cn, const Prefix &real,
                                             const std::optional<Prefix> &wanted);

    /// Gives the claim the lowest free stand-in though it may have one: where it is now it cannot stay.
    ///
    /// \returns NotFound, Exhausted, TooWide, Unsupported (IPv6)
    [[nodiscard]] Expected<ClaimRow> move(const CommonName &cn, const Prefix &real);

    /// Keeps back the carve-out that `claim` held; the real prefix of a sentinel needs none.
    void quarantine(const ClaimRow &claim);

    /// Keeps back a carve-out for as long again, if it is in quarantine, or was and nobody has it yet. One that is kept
    /// for half that time anyway stays as it is, so that two who say the same prolong it once.
    void prolong(const Prefix &carveOut);

private:
    /// Moves that were found and are not yet stored; what they take is kept from one another.
    struct Plan
    {
        std::vector<ClaimRow> moved;
        std::list<Topology::Occupation> taken;
    };

    [[nodiscard]] Expected<ClaimRow> claimOf(const CommonName &cn, const Prefix &real) const;
    [[nodiscard]] Expected<ClaimRow> withStandIn(ClaimRow claim, const Prefix &range);
    [[nodiscard]] Expected<void> planMoves(Plan &plan, std::vector<ClaimRow> claims);
    [[nodiscard]] Expected<ClaimRow> withWanted(ClaimRow claim, const Prefix &wanted, const Prefix &range) const;
    [[nodiscard]] Expected<ClaimRow> sentinelFor(const Prefix &real, const CommonName &to,
                                                 const std::vector<ClaimRow> &displaced,
                                                 const std::optional<InstanceName> &instance) const;
    ClaimRow store(const ClaimRow &claim);
    [[nodiscard]] std::chrono::milliseconds quarantineTime() const;

    TopologyEdit &m_edit;
    Timestamp m_now;
};

/// Makes sure that the connector row of `cn` exists. \source SEMANTICS.md 2: a connector exists from its first mention
void ensureConnector(TopologyEdit &edit, const CommonName &cn, Timestamp now);

} // namespace interlock
