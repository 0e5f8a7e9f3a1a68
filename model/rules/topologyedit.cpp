// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/topologyedit.h"

#include "model/rules/rowimage.h"

#include <algorithm>

namespace interlock {

TopologyEdit::~TopologyEdit()
{
    // clang 14 cannot read libstdc++ 12's views
    for (auto entry = m_touched.rbegin(); entry != m_touched.rend(); ++entry)
        m_topology.apply({entry->after, entry->before});
}

TopologyEdit::Touched &TopologyEdit::touched(const Row &row)
{
    const auto [it, isNew] = m_places.try_emplace({tableOf(row), keyOf(row)}, m_touched.size());
    if (isNew) {
        const std::optional<Row> stored = m_topology.current(row);
        m_touched.push_back({stored, stored});
    }
    return m_touched[it->second];
}

void TopologyEdit::set(const Row &row, std::optional<Row> after)
{
    Touched &entry = touched(row);
    if (entry.after && !after)
        m_topology.noteRemoval(*entry.after);
    m_topology.apply({entry.after, after});
    entry.after = std::move(after);
}

void TopologyEdit::put(const Row &row)
{
    const Touched &entry = touched(row);
    if (entry.after && sameContent(*entry.after, row))
        return;
    // A row that returns to what it was within one edit keeps its times and version, and so is no change at all.
    if (entry.before && sameContent(*entry.before, row)) {
        set(row, entry.before);
        return;
    }
    renew(row);
}

void TopologyEdit::renew(const Row &row)
{
    const Touched &entry = touched(row);
    qint64 version =
        versionOf(row) + 1; // a row that comes back (undo) does not begin again at one that somebody remembers
    if (entry.before)
        version = versionOf(*entry.before) + 1;
    else if (entry.after)
        version = versionOf(*entry.after); // however often one edit writes it
    set(row, withVersion(row, version));
}

void TopologyEdit::erase(const Row &row)
{
    set(row, std::nullopt);
}

void TopologyEdit::touch(const Row &row)
{
    const Touched &entry = touched(row);
    if (entry.after && entry.before && versionOf(*entry.after) == versionOf(*entry.before))
        set(row, withVersion(*entry.after, versionOf(*entry.before) + 1));
}

ChangeSet TopologyEdit::changes() const
{
    ChangeSet result;
    const auto isDeletion = [](const Touched &entry) { return entry.before && !entry.after; };
    for (const Touched &entry : m_touched) {
        if (isDeletion(entry))
            result.push_back({entry.before, std::nullopt});
    }
    for (const Touched &entry : m_touched) {
        if (!isDeletion(entry) && entry.before != entry.after)
            result.push_back({entry.before, entry.after});
    }
    return result;
}

ChangeSet TopologyEdit::take()
{
    ChangeSet result = changes();
    m_touched.clear();
    m_places.clear();
    return result;
}

} // namespace interlock
