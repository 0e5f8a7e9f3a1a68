// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/answer.h"
#include "model/rules/subnetqueries.h"

#include <QStringList>

#include <optional>

namespace interlock {

/// The stored subnet that the words mean: of `tenant` ("" is the shared tree), or of the only one that has it.
/// \returns NotFound; Conflict with the tenants when several have it
[[nodiscard]] Expected<SubnetRow> subnetIn(const Topology &topology, const std::optional<QString> &tenant,
                                           const Prefix &prefix);

/// The tenant whose subnet is the most specific one that holds `address`, when nobody says which.
/// \returns NotFound; Conflict with the tenants when several are as specific
[[nodiscard]] Expected<QString> tenantHolding(const Topology &topology, const std::optional<QString> &tenant,
                                              Address address);

/// The address that somebody has, keeps back or that waits.
/// \returns NotFound; Conflict with the tenants when several have it
[[nodiscard]] Expected<AddressRow> addressIn(const Topology &topology, const std::optional<QString> &tenant,
                                             Address address);

/// The tenant for people.
[[nodiscard]] QString tenantText(const QString &tenant);

/// What an edit moves, loses and touches: {movedSubnets, movedAddresses, newChildren, lost, touched, connectors}.
[[nodiscard]] QJsonObject effectsJson(const SubnetEffects &effects);
/// The same for people, a line for each; empty when there are none.
[[nodiscard]] QStringList effectLines(const SubnetEffects &effects);

/// The effects in a receipt, or none.
[[nodiscard]] SubnetEffects effectsOf(const Receipt &receipt);

/// The answer of an edit of the tree: editAnswer() with the effects in both forms.
[[nodiscard]] Answer subnetEditAnswer(const EditOptions &options, const Receipt &receipt, QJsonObject body,
                                      const QString &done);

/// Subnets as JSON, with the key `subnets`.
[[nodiscard]] QJsonObject subnetsBody(const Receipt &receipt);

/// Every option of the form KEY=VALUE into `custom`, a stored JSON text; without a value the key goes.
/// \returns Invalid
[[nodiscard]] Expected<QString> withCustom(const QString &custom, const std::vector<QString> &assignments);

/// A number of addresses, which may need more than 64 bits.
[[nodiscard]] QString countText(uint128 count);

} // namespace interlock
