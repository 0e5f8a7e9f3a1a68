// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/prefixindex.h"
#include "model/rules/rows.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace interlock {

/// Every stored subnet, made for a million of them: a tree of prefixes for each tenant, and beside it only what was
/// written about a subnet. Rows are made when they are asked for.
class SubnetSpace
{
public:
    using Entry = PrefixIndex::Entry;

    /// The tree of one tenant; identities are those of this space.
    struct Tree
    {
        PrefixIndex index;
        std::vector<Entry> loaded; ///< waits for endLoad()
    };

    [[nodiscard]] std::size_t size() const { return m_size; }

    /// Stores `row` in the place of the one with its key. \complexity some microseconds at a million
    void insert(const SubnetRow &row);
    /// Does nothing when it is not there.
    void erase(const QString &tenant, const Prefix &prefix);
    /// insert() for rows that are known to be new; nothing may be asked before endLoad().
    void load(const SubnetRow &row);
    void endLoad();

    [[nodiscard]] std::optional<SubnetRow> find(const QString &tenant, const Prefix &prefix) const;
    [[nodiscard]] bool contains(const QString &tenant, const Prefix &prefix) const;
    /// The row of an entry of that tenant's tree.
    [[nodiscard]] SubnetRow row(const QString &tenant, const Entry &entry) const;
    [[nodiscard]] SubnetRole roleOf(const Entry &entry) const { return m_nodes[entry.identity].role; }

    /// The tree of `tenant`, which is empty when there is none.
    [[nodiscard]] const PrefixIndex &tree(const QString &tenant) const;
    /// The trees by tenant; some may be empty.
    [[nodiscard]] const std::map<QString, Tree> &trees() const { return m_trees; }

    /// Calls `visit(row)` for all, in the order of (tenant, prefix).
    template <typename Visit>
    void forEach(Visit &&visit) const
    {
        for (const auto &[tenant, tree] : m_trees) {
            for (const Family family : {Family::IPv4, Family::IPv6}) {
                for (const Entry &entry : tree.index.contained(Prefix(Address(family, 0), 0)))
                    visit(row(tenant, entry));
            }
        }
    }

private:
    /// What few subnets have.
    struct Extras
    {
        QString description;
        QString tags;
        QString custom;
    };
    struct Node
    {
        QString name;
        std::unique_ptr<Extras> extras;
        qint64 createdAt = 0;
        qint64 version = 0;
        SubnetRole role = SubnetRole::None;
    };

    static Node nodeOf(const SubnetRow &row);
    std::uint32_t place(Node node);

    std::map<QString, Tree> m_trees;
    std::vector<Node> m_nodes;
    std::vector<std::uint32_t> m_freeNodes;
    std::size_t m_size = 0;
};

} // namespace interlock
