// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/addressranges.h"
#include "model/rules/rows.h"
#include "model/rules/treepart.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace interlock {

/// Every address of the tree that is held, kept back or waits, and the runs that they make, so that the next free one
/// is found without looking at those before it; or those of some ranges only. Each question answers from what is there
/// and notes what it would have had to know: an answer counts when nothing was noted.
class AddressSpace
{
public:
    /// Rows that are held.
    [[nodiscard]] std::size_t size() const { return m_size; }

    /// Empty; from now on only what learn() is told is known.
    void beginParts(std::shared_ptr<TreeNotes> notes);
    /// Takes in `rows`, which are all that there are of `part`, ascending.
    void learn(const TreePart &part, std::span<const AddressRow> rows);
    /// Whether it is known who has `address`.
    [[nodiscard]] bool isKnown(const QString &tenant, Address address) const
    {
        return isKnown(tenant, address, address);
    }

    /// Stores `row` in the place of the one with its key. \complexity O(log n)
    void insert(const AddressRow &row);
    /// Does nothing when it is not there. \complexity O(log n)
    void erase(const QString &tenant, Address address);

    [[nodiscard]] std::optional<AddressRow> find(const QString &tenant, Address address) const;
    /// find() for who is going to ask about others in `around`, too: what is missing is noted once for all of them.
    [[nodiscard]] std::optional<AddressRow> find(const QString &tenant, Address address, const Prefix &around) const;
    /// The lowest address from `from` on, of its family, that has no row; none when all do. \complexity O(log n)
    [[nodiscard]] std::optional<Address> nextFree(const QString &tenant, Address from) const;
    /// True if any row is in `prefix`.
    [[nodiscard]] bool hasAny(const QString &tenant, const Prefix &prefix) const;
    /// The lowest address from `from` to `last` that has a row.
    [[nodiscard]] std::optional<Address> nextHeld(const QString &tenant, Address from, Address last) const;
    /// Rows whose quarantine is over at `now`, in `prefix`, soonest first; at most `limit`.
    [[nodiscard]] std::vector<AddressRow> expired(const QString &tenant, const Prefix &prefix, Timestamp now,
                                                  std::size_t limit) const;

    /// Calls `visit(row)` for the rows of `tenant` from `first` to `last`, ascending, until it answers false.
    template <typename Visit>
    void forEachIn(const QString &tenant, Address first, Address last, Visit &&visit) const
    {
        const Address end = knownEnd(tenant, first, last);
        const auto space = m_spaces.find(tenant);
        if (space != m_spaces.end()) {
            const auto &nodes = space->second.nodes;
            for (auto it = nodes.lower_bound(first); it != nodes.end() && it->first <= end; ++it) {
                if (!visit(rowOf(tenant, it->first, it->second)))
                    return;
            }
        }
        noteFrom(tenant, end, first, last);
    }
    /// Calls `visit(address, state)` for all of these, without making rows.
    template <typename Visit>
    void forEachState(const QString &tenant, Address first, Address last, Visit &&visit) const
    {
        if (!isKnown(tenant, first, last))
            note(tenant, first, last, TreePart::kAll);
        const auto space = m_spaces.find(tenant);
        if (space == m_spaces.end())
            return;
        const auto &nodes = space->second.nodes;
        for (auto it = nodes.lower_bound(first); it != nodes.end() && it->first <= last; ++it)
            visit(it->first, it->second.state);
    }
    /// Calls `visit(row)` for all, in the order of (tenant, address).
    template <typename Visit>
    void forEach(Visit &&visit) const
    {
        if (m_notes)
            m_notes->noteWhole();
        for (const auto &[tenant, space] : m_spaces) {
            for (const auto &[address, node] : space.nodes)
                visit(rowOf(tenant, address, node));
        }
    }

private:
    struct Extras
    {
        QString description;
        QString tags;
        QString custom;
    };
    struct Node
    {
        QString holder;
        std::unique_ptr<Extras> extras;
        qint64 until = 0;
        qint64 allocatedAt = 0;
        qint64 version = 0;
        AddressState state = AddressState::Used;
    };
    struct Space
    {
        std::map<Address, Node> nodes;
        std::map<Address, Address> runs; ///< first and last of each run; never two that touch
        std::set<std::pair<qint64, Address>> quarantines;
        AddressRanges known;

        void addToRuns(Address address);
        void takeFromRuns(Address address);
        /// The run that holds `address`, or end.
        [[nodiscard]] std::map<Address, Address>::const_iterator runAt(Address address) const;
    };

    static AddressRow rowOf(const QString &tenant, Address address, const Node &node);
    [[nodiscard]] bool isKnown(const QString &tenant, Address first, Address last) const;
    /// How far from `first` to `last` everything is known; `first` itself when nothing is.
    [[nodiscard]] Address knownEnd(const QString &tenant, Address first, Address last) const;
    void note(const QString &tenant, Address first, Address last, std::size_t atMost) const;
    /// Notes what lies behind `end` of knownEnd(), in pieces that grow from one time to the next.
    void noteFrom(const QString &tenant, Address end, Address first, Address last) const;

    std::map<QString, Space> m_spaces;
    std::size_t m_size = 0;
    std::shared_ptr<TreeNotes> m_notes; ///< none: everything is known
};

} // namespace interlock
