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

void SubnetSpace::insert(const SubnetRow &row)
{
    PrefixIndex &index = m_trees[row.tenant].index;
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
    const auto present = tree->second.index.equalTo(prefix);
    if (present.empty())
        return;
    tree->second.index.erase(present.front());
    m_nodes[present.front().identity] = Node();
    m_freeNodes.push_back(present.front().identity);
    --m_size;
}

void SubnetSpace::load(const SubnetRow &row)
{
    m_trees[row.tenant].loaded.push_back({row.prefix, place(nodeOf(row))});
    ++m_size;
}

void SubnetSpace::endLoad()
{
    for (auto &[tenant, tree] : m_trees) {
        if (tree.loaded.empty())
            continue;
        Q_ASSERT(tree.index.isEmpty());
        tree.index = PrefixIndex(std::exchange(tree.loaded, {}));
    }
}

std::optional<SubnetRow> SubnetSpace::find(const QString &tenant, const Prefix &prefix) const
{
    const auto present = tree(tenant).equalTo(prefix);
    if (present.empty())
        return std::nullopt;
    return row(tenant, present.front());
}

bool SubnetSpace::contains(const QString &tenant, const Prefix &prefix) const
{
    return !tree(tenant).equalTo(prefix).empty();
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

const PrefixIndex &SubnetSpace::tree(const QString &tenant) const
{
    static const PrefixIndex kNone;
    const auto found = m_trees.find(tenant);
    return found == m_trees.end() ? kNone : found->second.index;
}

} // namespace interlock
