// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What devices have by division rules; used by decide_division.cpp, decide_device.cpp, decide_member.cpp and
// decide_network.cpp only.

#include "model/commands/receipt.h"
#include "model/rules/topologyedit.h"

namespace interlock::parts {

/// Gives `device` its share of every rule that is for it and that it has none of yet: of those for all devices, and of
/// those of the networks that it is a member of, where its address becomes the first of the share.
/// \returns Exhausted, naming the master
[[nodiscard]] Expected<void> giveShares(TopologyEdit &edit, const QString &device, Timestamp now);

/// Takes back what `device` has of the rules that are not, or no longer, for it: everything when it is gone.
/// \returns Conflict when somebody else has an address or a subnet in what would go
[[nodiscard]] Expected<void> takeShares(TopologyEdit &edit, const QString &device, Timestamp now);

/// After a membership of `device` (if any) began or ended: both of these.
[[nodiscard]] Expected<void> settleShares(TopologyEdit &edit, const QString &device, Timestamp now);

/// The rule by which members of the network get their address.
[[nodiscard]] std::optional<DivisionRuleRow> ruleOfNetwork(const Topology &topology, const NetworkName &network);

/// Gives each of `devices` its share of a new rule, all or none. \returns Exhausted, naming the master and the device
[[nodiscard]] Expected<void> giveRule(TopologyEdit &edit, const DivisionRuleRow &rule,
                                      const std::vector<QString> &devices, Timestamp now);
/// Takes back everything that anybody has by the rule. \returns as takeShares()
[[nodiscard]] Expected<void> takeRule(TopologyEdit &edit, const DivisionRuleRow &rule, Timestamp now);

/// What the tree says about something that is there by the rule.
[[nodiscard]] QString divisionWords(const DivisionRuleRow &rule);

/// The lowest free addresses of a subnet, at most `count`; those whose quarantine is over are freed.
[[nodiscard]] std::vector<Prefix> freeAddresses(TopologyEdit &edit, const QString &tenant, const Prefix &subnet,
                                                std::size_t count, Timestamp now);

/// Somebody says which address a device is to have that gets it by `rule`. \returns Conflict
[[nodiscard]] Expected<void> refuseChoice(const DivisionRuleRow &rule);

} // namespace interlock::parts
