// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <map>

namespace interlock {

/// A trial on a topology: the rules put and erase rows through it and see the result at once; what is not taken is
/// undone when the edit ends. A preview is an edit that nobody takes.
///
/// One edit at a time works on a topology.
class TopologyEdit
{
public:
    explicit TopologyEdit(Topology &topology) : m_topology(topology) {}
    ~TopologyEdit();
    TopologyEdit(const TopologyEdit &) = delete;
    TopologyEdit &operator=(const TopologyEdit &) = delete;

    /// The topology as the edit has left it so far.
    [[nodiscard]] const Topology &now() const { return m_topology; }
    /// Mutable only for its caches (allocators are made on the first question).
    [[nodiscard]] Topology &space() { return m_topology; }

    /// Inserts or replaces `row`; its version becomes one more than that of the row it replaces, or than its own. A row
    /// whose content does not change is left alone, times and version included.
    void put(const Row &row);
    /// Like put(), but times are content too: for rows that are about a time.
    void renew(const Row &row);
    /// Removes the row with the identity of `row`, if it is there.
    void erase(const Row &row);
    /// Gives the row a new version though its content stays: a set that hangs on it has changed.
    void touch(const Row &row);

    /// Everything so far as a change set, one entry a row; what ended as it began is left out.
    [[nodiscard]] ChangeSet changes() const;
    /// changes(), and keeps them in the topology.
    [[nodiscard]] ChangeSet take();

private:
    struct Touched
    {
        std::optional<Row> before;
        std::optional<Row> after;
    };

    Touched &touched(const Row &row);
    void set(const Row &row, std::optional<Row> after);

    Topology &m_topology;
    std::map<std::pair<std::size_t, QString>, std::size_t> m_places;
    std::vector<Touched> m_touched;
};

} // namespace interlock
