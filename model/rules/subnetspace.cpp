// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetspace.h"

#include <utility>

namespace interlock {

SubnetSpace::Node SubnetSpace::nodeOf(const SubnetRow &row)
{
    Node node{row.name, nullptr, row.createdAt.milliseconds(), row.version, row.role};
    if (!row.description.isEmpty() || !row.tags.isEmpty() || !row.custom.isEmpty())
        node.extras = std::make_unique<Extras>(Extras{row.description, row.tags, row.custom});
    return node;
}

std::uint32_t SubnetSpace::place(Node node)
{
    if (m_freeNodes.empty()) {
        m_nodes.push_back(std::move(node));
        return static_cast<std::uint32_t>(m_nodes.size() - 1);
    }
    const std::uint32_t at = m_freeNodes.back();
    m_freeNodes.pop_back();
    m_nodes[at] = std::move(node);
    return at;
}

TenantTree &SubnetSpace::treeFor(const QString &tenant)
{
    const auto [it, isNew] = m_trees.try_emplace(tenant, tenant, m_notes);
    if (isNew && m_notes) {
        // beginParts() named all that had subnets, so this is the first of them.
        for (const Family family : {Family::IPv4, Family::IPv6})
            it->second.m_known.learnInside(Prefix(Address(family, 0), 0));
    }
    return it->second;
}

void SubnetSpace::beginParts(const std::vector<QString> &tenants, std::shared_ptr<TreeNotes> notes)
{
    *this = {};
    m_notes = std::move(notes);
    for (const QString &tenant : tenants)
        m_trees.try_emplace(tenant, tenant, m_notes);
}

void SubnetSpace::learn(const TreePart &part)
{
    TreeKnowledge &known = treeFor(part.tenant).m_known;
    switch (part.kind) {
    case TreePart::Kind::Chain:
        return known.learnChain(part.prefix);
    case TreePart::Kind::Children:
        return known.learnChildren(part.prefix);
    case TreePart::Kind::Inside:
        return known.learnInside(part.prefix);
    case TreePart::Kind::Addresses:
        break;
    }
    Q_UNREACHABLE();
}

void SubnetSpace::noteRemoval(const QString &tenant, const Prefix &prefix) const
{
    const TenantTree &present = tree(tenant);
    if (m_notes && !present.areChildrenKnown(prefix))
        present.note(TreePart::Kind::Children, prefix);
}

void SubnetSpace::noteInside(const Prefix &prefix) const
{
    if (!m_notes)
        return;
    for (const auto &[tenant, tree] : m_trees) {
        if (!tree.m_known.hasInside(prefix))
            tree.note(TreePart::Kind::Inside, prefix);
    }
}

SubnetSpace::Foreign SubnetSpace::judgeForeign(const QString &tenant, const Prefix &prefix)
{
    if (!m_notes)
        return Foreign::Repeat;
    // A tenant that is heard of for the first time has subnets from now on; nobody has asked about them.
    const TreeKnowledge &known = m_trees.try_emplace(tenant, tenant, m_notes).first->second.m_known;
    if (known.hasLoose())
        return Foreign::Forget;
    return known.isKept(prefix) ? Foreign::Repeat : Foreign::Ignore;
}

std::vector<SubnetRow> SubnetSpace::looseRows(const QString &tenant) const
{
    std::vector<SubnetRow> rows;
    const TenantTree &present = tree(tenant);
    for (const Family family : {Family::IPv4, Family::IPv6}) {
        for (const Entry &entry : present.m_index.contained(Prefix(Address(family, 0), 0))) {
            if (!present.m_known.isKept(entry.prefix))
                rows.push_back(row(tenant, entry));
        }
    }
    return rows;
}

void SubnetSpace::forgetLoose(const QString &tenant)
{
    if (const auto found = m_trees.find(tenant); found != m_trees.end())
        found->second.m_known.forgetLoose();
}

void SubnetSpace::insert(const SubnetRow &row)
{
    PrefixIndex &index = treeFor(row.tenant).m_index;
    if (const auto present = index.equalTo(row.prefix); !present.empty()) {
        m_nodes[present.front().identity] = nodeOf(row);
        return;
    }
    index.insert({row.prefix, place(nodeOf(row))});
    ++m_size;
}

void SubnetSpace::erase(const QString &tenant, const Prefix &prefix)
{
    const auto tree = m_trees.find(tenant);
    if (tree == m_trees.end())
        return;
    const auto present = tree->second.m_index.equalTo(prefix);
    if (present.empty())
        return;
    tree->second.m_index.erase(present.front());
    m_nodes[present.front().identity] = Node();
    m_freeNodes.push_back(present.front().identity);
    --m_size;
}

void SubnetSpace::load(const SubnetRow &row)
{
    if (!m_loadingOrNull || m_loadingOrNull->m_tenant != row.tenant)
        m_loadingOrNull = &m_trees.try_emplace(row.tenant, row.tenant, m_notes).first->second;
    m_loadingOrNull->m_loaded.push_back({row.prefix, place(nodeOf(row))});
    ++m_size;
}

void SubnetSpace::endLoad()
{
    m_loadingOrNull = nullptr;
    for (auto &[tenant, tree] : m_trees) {
        if (tree.m_loaded.empty())
            continue;
        Q_ASSERT(tree.m_index.isEmpty());
        tree.m_index = PrefixIndex(std::exchange(tree.m_loaded, {}));
    }
}

std::optional<SubnetRow> SubnetSpace::find(const QString &tenant, const Prefix &prefix) const
{
    const auto present = tree(tenant).at(prefix);
    if (!present)
        return std::nullopt;
    return row(tenant, *present);
}

bool SubnetSpace::contains(const QString &tenant, const Prefix &prefix) const
{
    return tree(tenant).contains(prefix);
}

SubnetRow SubnetSpace::row(const QString &tenant, const Entry &entry) const
{
    const Node &node = m_nodes[entry.identity];
    SubnetRow row{tenant,      entry.prefix, node.name, node.role,
                  {},          {},           {},        Timestamp::fromMilliseconds(node.createdAt),
                  node.version};
    if (node.extras) {
        row.description = node.extras->description;
        row.tags = node.extras->tags;
        row.custom = node.extras->custom;
    }
    return row;
}

const TenantTree &SubnetSpace::tree(const QString &tenant) const
{
    static const TenantTree kNone;
    const auto found = m_trees.find(tenant);
    return found == m_trees.end() ? kNone : found->second;
}

} // namespace interlock
