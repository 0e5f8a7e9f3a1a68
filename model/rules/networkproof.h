// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/memberrecord.h"
#include "model/values/networkrecord.h"

#include <vector>

namespace interlock {

/// One thing that a controller did not do as it was asked, in words for a person.
struct FieldDifference
{
    /// The controller's own name of it: "multicastLimit", "v6AssignMode.rfc4193", "routes[3]" (from 0, in the list
    /// that was asked for; of an entry that nobody asked for, in the one that was got).
    QString field;
    QString asked; ///< "10.1.1.0/24 via 10.1.1.254"; "nothing" for an entry that nobody asked for
    QString got;   ///< "nothing" for an entry that is missing

    /// "routes[3]: asked for 10.1.1.0/24 via 10.1.1.254, got 10.1.1.0/24"
    [[nodiscard]] QString toString() const;

    friend bool operator==(const FieldDifference &, const FieldDifference &) = default;
};

// A 200 of a controller proves nothing (FACTS 18): what it answers, or has a moment later (FACTS 37), is compared with
// what was asked. Texts that mean the same, as another spelling of an IPv6 address, are no difference. Order is one.

/// What `got` has otherwise than `asked`, in the order of the fields; empty when all of it was done. A dropped entry of
/// a list is one difference, not one for every entry behind it.
/// \complexity O(n log n)
/// \source CASES.md M8, R4; zerotier/FACTS.md 17, 18, 25 to 28
[[nodiscard]] std::vector<FieldDifference> differences(const NetworkEdit &asked, const NetworkRecord &got);
/// The same of a member. \source zerotier/FACTS.md 37, 42
[[nodiscard]] std::vector<FieldDifference> differences(const MemberEdit &asked, const MemberRecord &got);

/// True if somebody wrote between the two: another creation time (the network was made anew), another revision, or
/// other content under the same revision, because concurrent writes may share one. \source CASES.md M7; FACTS 21, 38
[[nodiscard]] bool hasChanged(const NetworkRecord &before, const NetworkRecord &now);
[[nodiscard]] bool hasChanged(const MemberRecord &before, const MemberRecord &now);

/// Those fields of `edit` that `record` does not have already; empty when there is nothing to send. A list stays whole,
/// because a controller replaces it whole. \source CASES.md M4, M10; FACTS 16
[[nodiscard]] NetworkEdit canonicalEdit(const NetworkEdit &edit, const NetworkRecord &record);
[[nodiscard]] MemberEdit canonicalEdit(const MemberEdit &edit, const MemberRecord &record);

/// `record` with what `edit` asks for, as a controller that does as it is asked would have it; its revision stays.
[[nodiscard]] NetworkRecord applied(const NetworkEdit &edit, NetworkRecord record);
[[nodiscard]] MemberRecord applied(const MemberEdit &edit, MemberRecord record);

} // namespace interlock
