// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/divisionshares.h"

namespace interlock {

DivisionRule divisionRuleOf(const DivisionRuleRow &row)
{
    return {row.label,   row.master,    row.length,
            row.subnets, row.addresses, row.network.isEmpty() ? DivisionKind::Device : DivisionKind::Member};
}

std::vector<DivisionPart> divisionPartsOf(const Topology &topology, const DivisionRuleRow &rule, const QString &device)
{
    std::vector<DivisionPart> parts;
    int ordinal = 0;
    for (const DivisionShareRow *row : topology.list<DivisionShareRow>(rule.label, device)) {
        if (row->ordinal != ordinal)
            parts.push_back({row->prefix, {}}); // its child, or the single address that stands for one
        ordinal = row->ordinal;
        if (row->part > 0)
            parts.back().addresses.push_back(row->prefix.first());
    }
    return parts;
}

} // namespace interlock
