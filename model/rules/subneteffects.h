// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <vector>

namespace interlock {

struct SubnetMove
{
    QString tenant;
    Prefix from;
    Prefix to;

    friend bool operator==(const SubnetMove &, const SubnetMove &) = default;
};

struct AddressMove
{
    QString tenant;
    Address from;
    Address to;
    QString holder;

    friend bool operator==(const AddressMove &, const AddressMove &) = default;
};

/// What an edit of the tree does besides the rows it writes: what a preview shows.
struct SubnetEffects
{
    std::vector<SubnetMove> movedSubnets;
    std::vector<AddressMove> movedAddresses;
    std::vector<SubnetRow> newChildren; ///< stored before, and now directly below a subnet that this edit makes
    std::vector<Row> lost;              ///< rows that go and have no successor
    /// Pools, iroutes and claims whose prefixes overlap what changes: what is routed there now.
    std::vector<Row> touched;
    std::vector<CommonName> connectors; ///< whose sessions that concerns, each once, ascending

    friend bool operator==(const SubnetEffects &, const SubnetEffects &) = default;
};

/// What a command on the tree answers: the rows that it is about, as they are afterwards, and its effects.
struct SubnetOutcome
{
    std::vector<Row> rows;
    SubnetEffects effects;

    friend bool operator==(const SubnetOutcome &, const SubnetOutcome &) = default;
};

} // namespace interlock
