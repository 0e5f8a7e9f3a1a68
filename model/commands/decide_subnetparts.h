// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the commands on the tree have in common; used by decide_subnet*.cpp and decide_address.cpp only.

#include "model/commands/receipt.h"
#include "model/rules/topologyedit.h"

#include <span>

namespace interlock::parts {

/// Subnets or addresses that one command asks for.
constexpr int kMostAtOnce = 65536;

/// `row` with every text in its stored form. \returns Invalid, naming the field
[[nodiscard]] Expected<SubnetRow> checkedSubnet(SubnetRow row);
[[nodiscard]] Expected<AddressRow> checkedAddress(AddressRow row);

/// The stored subnet. \returns NotFound
[[nodiscard]] Expected<SubnetRow> subnetAt(const Topology &topology, const QString &tenant, const Prefix &prefix);

/// A tenant exists from its first mention.
void ensureTenant(TopologyEdit &edit, const QString &tenant, Timestamp now);

/// Keeps back the first and last usable addresses of a stored subnet that are in no child of it and that nobody has.
/// \returns Invalid when there are not so many
[[nodiscard]] Expected<void> reserveEnds(TopologyEdit &edit, const SubnetRow &subnet, int first, int last,
                                         Timestamp now);

/// Takes `row` as it is; AddAddress after its texts were checked. \returns what AddAddress documents
[[nodiscard]] Expected<AddressRow> takeAddress(TopologyEdit &edit, AddressRow row, const std::optional<Prefix> &subnet,
                                               Timestamp now);

/// Adds pools and claims that overlap `prefix`, and the iroutes of those claims, to what the edit touches.
/// \complexity O(log n + rows found), at most 1000 of each
void noteTouched(const Topology &topology, const Prefix &prefix, SubnetEffects &effects);

/// Refuses when `addresses` is not empty. \returns Conflict with payload `addresses`
[[nodiscard]] Expected<void> refuseAddresses(const std::vector<AddressRow> &addresses, const QString &why);

/// Addresses of `tenant` in `prefix` that are in no subnet of the tenant inside of it.
[[nodiscard]] std::vector<AddressRow> directAddresses(const Topology &topology, const QString &tenant,
                                                      const Prefix &prefix);

/// The stored rows of `keys` and the effects, as the answer to a command.
[[nodiscard]] Outcome subnetOutcome(const Topology &topology, std::span<const Row> keys, SubnetEffects effects);

} // namespace interlock::parts
