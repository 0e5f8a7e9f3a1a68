// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/subnetblockers.h"

#include <optional>
#include <utility>
#include <vector>

namespace interlock {

/// The free addresses of one subnet: usable ones that nobody has, keeps back or waits for, and that lie in no child,
/// pool or stand-in of it. A view: the topology must stay; addresses that are taken meanwhile are seen, subnets are
/// not.
class FreeAddresses
{
public:
    FreeAddresses(const Topology &topology, QString tenant, const Prefix &subnet);

    /// The lowest from `from` on. \complexity O(log n) for each run of held addresses and each child that is passed,
    /// and what is in a part of the subnet for each such part
    [[nodiscard]] std::optional<Address> next(Address from) const;
    [[nodiscard]] std::optional<Address> lowest() const { return next(m_range.first); }
    /// As far from others as it goes, so that each has room to grow. \complexity O(held addresses and children)
    [[nodiscard]] std::optional<Address> middleOfGreatestGap() const;
    [[nodiscard]] const std::pair<Address, Address> &range() const { return m_range; }

private:
    [[nodiscard]] Address endOfGap(Address begin) const;
    void look(const Prefix &part) const;

    const Topology &m_topology;
    QString m_tenant;
    std::pair<Address, Address> m_range;
    Prefix m_subnet;
    SubnetBlockers m_all;
    mutable std::optional<Prefix> m_part;   ///< what m_blockers were asked for
    mutable std::vector<Prefix> m_blockers; ///< outermost ones, in order
};

} // namespace interlock
