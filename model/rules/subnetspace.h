// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"
#include "model/rules/tenanttree.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace interlock {

/// Stored subnets, made for a million of them: a tree of prefixes for each tenant, and beside it only what was written
/// about a subnet. Rows are made when they are asked for. It holds all of them, or the parts that somebody has read.
class SubnetSpace
{
public:
    using Entry = TenantTree::Entry;

    /// Rows that are held.
    [[nodiscard]] std::size_t size() const { return m_size; }
    /// Whether it holds all that there are.
    [[nodiscard]] bool isWhole() const { return !m_notes; }

    /// Empty; from now on only what learn() is told is known. \param tenants  all that have subnets
    void beginParts(const std::vector<QString> &tenants, std::shared_ptr<TreeNotes> notes);
    /// `part`, of which every row is stored here now, is known.
    void learn(const TreePart &part);
    /// Notes what is not known inside of `prefix`, of any tenant. \complexity O(tenants)
    void noteInside(const Prefix &prefix) const;
    /// Notes what lies in a subnet that an edit takes away: it is in its parent then.
    void noteRemoval(const QString &tenant, const Prefix &prefix) const;
    /// What is to be done with somebody else's edit of (tenant, prefix).
    enum class Foreign {
        Repeat, ///< what is known is complete with it
        Ignore, ///< nobody has asked about that place
        Forget, ///< looseRows() has to go first: chains and children may not be what they were
    };
    [[nodiscard]] Foreign judgeForeign(const QString &tenant, const Prefix &prefix);
    /// Rows that are known only as a chain or as children; they must be erased before forgetLoose().
    [[nodiscard]] std::vector<SubnetRow> looseRows(const QString &tenant) const;
    void forgetLoose(const QString &tenant);

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
    [[nodiscard]] const TenantTree &tree(const QString &tenant) const;
    /// The trees by tenant; identities are those of this space. Some may be empty.
    [[nodiscard]] const std::map<QString, TenantTree> &trees() const { return m_trees; }

    /// Calls `visit(row)` for all, in the order of (tenant, prefix).
    template <typename Visit>
    void forEach(Visit &&visit) const
    {
        if (m_notes)
            m_notes->noteWhole();
        for (const auto &[tenant, tree] : m_trees) {
            for (const Family family : {Family::IPv4, Family::IPv6}) {
                for (const Entry &entry : tree.m_index.contained(Prefix(Address(family, 0), 0)))
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
    TenantTree &treeFor(const QString &tenant);

    std::map<QString, TenantTree> m_trees;
    TenantTree *m_loadingOrNull = nullptr; ///< of the last row of load(): the next one is mostly of that, too
    std::vector<Node> m_nodes;
    std::vector<std::uint32_t> m_freeNodes;
    std::size_t m_size = 0;
    std::shared_ptr<TreeNotes> m_notes; ///< none: everything is here
};

} // namespace interlock
