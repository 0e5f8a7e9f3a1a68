// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/memberrecord.h"

#include <span>
#include <vector>

namespace interlock {

/// A member of a network as our rows have it.
struct WantedMember
{
    NodeId node;
    QString name = {};
    bool isAuthorized = true;
    std::vector<Address> addresses = {}; ///< one that is in it twice counts once

    friend bool operator==(const WantedMember &, const WantedMember &) = default;
};

/// What to send for one member.
struct MemberWrite
{
    NodeId node;
    MemberEdit edit;                   ///< only what the controller has otherwise
    bool isNew = false;                ///< there is no such member yet: it is authorised in advance (FACTS 39)
    std::vector<QString> removed = {}; ///< addresses that the member has there and loses by this, as they are spelt

    friend bool operator==(const MemberWrite &, const MemberWrite &) = default;
};

/// A member that is authorised at the controller and that our rows do not know. Its addresses count as used.
struct ForeignMember
{
    MemberRecord record;
    std::vector<Address> addresses = {}; ///< those of its texts that are one

    friend bool operator==(const ForeignMember &, const ForeignMember &) = default;
};

/// An address that several members have, at least one of them ours. A controller would take it without a word.
struct DuplicateAddress
{
    Address address;
    std::vector<NodeId> ours = {};    ///< in the order of our rows
    std::vector<NodeId> foreign = {}; ///< in the order of the controller

    friend bool operator==(const DuplicateAddress &, const DuplicateAddress &) = default;
};

struct MemberPlan
{
    /// Those that take an address away come first, so that no two members hold it longer than a request takes; else in
    /// the order of our rows.
    std::vector<MemberWrite> writes;
    std::vector<MemberWrite> refused;         ///< not to be sent: they would give an address that another has (D8)
    std::vector<NodeId> missing;              ///< ours that the controller does not have
    std::vector<MemberRecord> pending;        ///< neither authorised nor known to us: whoever wants to join (FACTS 47)
    std::vector<ForeignMember> foreign;       ///< authorised and not known to us: to be adopted or not (D10)
    std::vector<DuplicateAddress> duplicates; ///< ascending

    friend bool operator==(const MemberPlan &, const MemberPlan &) = default;
};

/// The state that a member of ours is to have: authorised or not, nothing assigned by the controller itself, exactly
/// the wanted addresses. Whether it is a bridge is not touched. \source SOURCES Z8; CASES.md D1; FACTS 41, 48
[[nodiscard]] MemberEdit editFor(const WantedMember &wanted);

/// Compares our rows with the members that the controller has.
///
/// A name is written only where the controller has none, because others may name members there. A member that is not
/// to be authorised and is not there needs no write. Addresses of members that are not authorised disturb nobody: they
/// are duplicates only among our rows.
///
/// \param wanted  a node that is in it twice counts once
/// \complexity O(n log d) in the members of both sides and the addresses that are wanted twice
/// \source SOURCES Z8; CASES.md D1, D5, D6, D8, D10; zerotier/FACTS.md 39, 42, 46 to 48
[[nodiscard]] MemberPlan planMembers(std::span<const WantedMember> wanted, std::span<const MemberRecord> live);

/// The members once every write was done; new ones at the end. What is refused is not done.
[[nodiscard]] std::vector<MemberRecord> membersAfter(std::span<const MemberRecord> live, const MemberPlan &plan);

} // namespace interlock
