// SPDX-License-Identifier: GPL-3.0-or-later
//
// Topology as far as it may hold the tree of subnets in parts. \source DECISIONS 42
#include "model/rules/topology.h"

#include <utility>

namespace interlock {

void Topology::beginParts(const std::vector<QString> &tenants)
{
    m_notes = std::make_shared<TreeNotes>();
    m_subnets.beginParts(tenants, m_notes);
    m_addresses.beginParts(m_notes);
    m_allocators.clear(); // subnets are filed in them
}

void Topology::beginWhole()
{
    m_notes.reset();
    m_subnets = {};
    m_addresses = {};
    m_allocators.clear();
}

TreeNotes Topology::takeNotes()
{
    return m_notes ? std::exchange(*m_notes, {}) : TreeNotes();
}

void Topology::noteWhole()
{
    if (m_notes)
        m_notes->noteWhole();
}

void Topology::noteRemoval(const Row &row) const
{
    if (const auto *subnet = std::get_if<SubnetRow>(&row))
        m_subnets.noteRemoval(subnet->tenant, subnet->prefix);
}

void Topology::learn(const TreePart &part, const std::vector<Row> &rows)
{
    if (part.kind == TreePart::Kind::Addresses) {
        std::vector<AddressRow> addresses;
        addresses.reserve(rows.size());
        for (const Row &row : rows)
            addresses.push_back(std::get<AddressRow>(row));
        m_addresses.learn(part, addresses);
        return;
    }
    // Known first, so that nothing is noted.
    m_subnets.learn(part);
    for (const Row &each : rows) {
        const auto &row = std::get<SubnetRow>(each);
        if (!m_subnets.contains(row.tenant, row.prefix))
            apply({std::nullopt, each});
    }
}

std::vector<Row> Topology::rowsOf(const TreePart &part) const
{
    std::vector<Row> rows;
    if (part.kind == TreePart::Kind::Addresses) {
        m_addresses.forEachIn(part.tenant, part.first, part.last, [&](AddressRow row) {
            rows.emplace_back(std::move(row));
            return rows.size() < part.atMost;
        });
        return rows;
    }
    const TenantTree &tree = m_subnets.tree(part.tenant);
    const auto add = [&](const std::vector<TenantTree::Entry> &entries) {
        for (const TenantTree::Entry &entry : entries) {
            // One that equals the prefix is around it and in it.
            if (rows.empty() || std::get<SubnetRow>(rows.back()).prefix != entry.prefix)
                rows.emplace_back(m_subnets.row(part.tenant, entry));
        }
    };
    add(tree.containing(part.prefix));
    if (part.kind == TreePart::Kind::Children)
        add(tree.children(part.prefix));
    else if (part.kind == TreePart::Kind::Inside)
        add(tree.contained(part.prefix));
    return rows;
}

void Topology::follow(const RowChange &change)
{
    std::visit(
        [&]<typename R>(const R &row) {
            if constexpr (std::is_same_v<R, SubnetRow>) {
                followSubnet(change, row);
            } else if constexpr (std::is_same_v<R, AddressRow>) {
                if (m_addresses.isKnown(row.tenant, row.address))
                    apply(change);
            } else {
                apply(change);
            }
        },
        change.any());
}

void Topology::followSubnet(const RowChange &change, const SubnetRow &row)
{
    auto verdict = m_subnets.judgeForeign(row.tenant, row.prefix);
    if (verdict == SubnetSpace::Foreign::Forget) {
        for (const SubnetRow &loose : m_subnets.looseRows(row.tenant))
            apply({loose, std::nullopt});
        m_subnets.forgetLoose(row.tenant);
        verdict = m_subnets.judgeForeign(row.tenant, row.prefix);
    }
    if (verdict == SubnetSpace::Foreign::Repeat)
        apply(change);
}

} // namespace interlock
