// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/commands/macentry.h"
#include "model/rules/topology.h"

#include <QJsonArray>
#include <QJsonObject>

#include <span>

namespace interlock {

// The only place that says how a row looks in JSON. Keys are the glossary's; times RFC 3339 in UTC; choices as the
// words of the command line.

/// Any row by its own fields. A claim has `sentinel` and `carveOut` (null for a sentinel) in place of its hold;
/// the tags and custom values of subnets and addresses are a list and an object.
[[nodiscard]] QJsonObject rowJson(const Row &row);

/// With `pools`, in the order in which they are asked.
[[nodiscard]] QJsonObject instanceJson(const InstanceRow &row, std::vector<PoolRow> pools);
[[nodiscard]] QJsonObject instanceJson(const Topology &topology, const InstanceRow &row);

/// With `block`: the visibility unit on its instance, or null when the instance is unknown.
[[nodiscard]] QJsonObject allocationJson(const AllocationRow &row, const InstanceRow *instanceOrNull);

/// With `used`: whether the connector still advertises that LAN.
[[nodiscard]] QJsonObject claimJson(const Topology &topology, const ClaimRow &row);

/// With `line`: what is pushed.
[[nodiscard]] QJsonObject optionJson(const OptionRow &row);

/// An object with `state`: "learnt".
[[nodiscard]] QJsonObject macJson(const MacEntry &entry);

/// Each change as {table, change: "inserted"|"changed"|"removed", before, after}.
[[nodiscard]] QJsonArray changesJson(const ChangeSet &changes);

/// Without its changes.
[[nodiscard]] QJsonObject entryJson(const JournalEntry &entry);

[[nodiscard]] QJsonArray prefixesJson(std::span<const Prefix> prefixes);

} // namespace interlock
