// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <optional>

namespace interlock {

// What can be asked of division rules. The rows answered are the rule, and after it what devices have by it then.
// A subnet, or an address, that a device has by a rule stays until the device or the rule is removed. \source CASES.md
// "Division rules"

/// Every device gets its share at once, and those that come later when they come; all of them, or the rule is refused.
/// With a network: every device that is a member of it, whatever its standing, and its address there becomes the first
/// of its share.
/// \returns NotFound for the master or the network; Invalid, Exists with the `field`; Exhausted, naming the master and
/// the device that got nothing; Conflict with `members` when members would lose the address that they have
struct AddDivisionRule
{
    DivisionRuleRow rule;        ///< createdAt and version are set by the store
    bool movesAddresses = false; ///< members with an address lose it for the first one of their share
};
/// Changes what is present; the rest of a rule is what devices were given by.
/// \returns NotFound, Exists, Unsupported for fewer addresses, Exhausted
struct SetDivisionRule
{
    QString label;
    std::optional<QString> newLabel = {}; ///< the variables have other names then
    std::optional<int> addresses = {};    ///< more of them: every device gets the difference in each of its subnets
};
/// Takes everything back that devices have by it. Members of its network are without an address then.
/// \returns NotFound; Conflict when somebody else has an address or a subnet in what would go
struct RemoveDivisionRule
{
    QString label;
};

} // namespace interlock
