// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/changeset.h"
#include "model/tables/subnetitem.h"

#include <map>
#include <optional>
#include <vector>

namespace interlock {

class Topology;

/// Makes items of the tree from stored rows: subnets and addresses, and, as derived rows, pools, LANs, stand-ins and
/// the addresses that OpenVPN's clients hold.
class SubnetItems
{
public:
    /// Every item of `topology`. Remembers the tenants of its instances. \complexity O(rows)
    [[nodiscard]] std::vector<SubnetItem> all(const Topology &topology);
    /// What an edit of one row does to the items; nothing when the row is none of theirs.
    [[nodiscard]] std::optional<SubnetItemChange> changeOf(const RowChange &change);
    /// True for an edit that moves items which are in no row of the edit: an instance went to another tenant.
    [[nodiscard]] static bool needsReload(const RowChange &change);

private:
    [[nodiscard]] std::optional<SubnetItem> itemOf(const Row &row) const;

    std::map<InstanceName, QString> m_tenants;
};

} // namespace interlock
