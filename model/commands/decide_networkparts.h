// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the commands on networks, members and devices have in common; used by decide_network.cpp, decide_member.cpp and
// decide_device.cpp only.

#include "model/commands/receipt.h"
#include "model/rules/topologyedit.h"

#include <algorithm>

namespace interlock::parts {

/// \returns NotFound
[[nodiscard]] Expected<NetworkRow> networkAt(const Topology &topology, const NetworkName &name);
[[nodiscard]] Expected<DeviceRow> deviceAt(const Topology &topology, const QString &device);

/// A device is in a network with one node. \returns Exists when it is there with another one
[[nodiscard]] Expected<void> checkOnlyMembership(const Topology &topology, const QString &device,
                                                 const NetworkName &network, const NodeId &node);

/// Gives back the address of `member`, as ReleaseAddress does; its row is the caller's business. One that is gone
/// already is no error.
[[nodiscard]] Expected<void> freeAddress(TopologyEdit &edit, const NetworkRow &network, const MemberRow &member,
                                         Timestamp now);

/// Gives `member` exactly `address`, or the lowest free one of `subnet`, and frees the one that it had; then stores it.
/// \returns Exists naming who has it, Invalid when it is not in the network's subnet, Exhausted
[[nodiscard]] Expected<MemberRow> giveAddress(TopologyEdit &edit, const NetworkRow &network, MemberRow member,
                                              const std::optional<Address> &address,
                                              const std::optional<Prefix> &subnet, Timestamp now);

/// Removes every row of `R` whose key begins with `key`.
template <typename R, typename... Key>
void eraseAll(TopologyEdit &edit, const Key &...key)
{
    std::vector<R> rows;
    for (const R *row : edit.now().list<R>(key...))
        rows.push_back(*row);
    for (const R &row : rows)
        edit.erase(row);
}

/// Afterwards the rows of `R` whose key begins with `key` are exactly `rowOf(value)` of each value.
template <typename R, typename Key, typename Values, typename Make>
void replaceAll(TopologyEdit &edit, const Key &key, const Values &values, Make &&rowOf)
{
    RowSet<R> wanted;
    for (const auto &value : values)
        wanted.insert(rowOf(value));
    std::vector<R> gone;
    for (const R *row : edit.now().list<R>(key)) {
        if (!wanted.contains(*row))
            gone.push_back(*row);
    }
    for (const R &row : gone)
        edit.erase(row);
    for (const R &row : wanted)
        edit.put(row);
}

} // namespace interlock::parts
