// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/subnetimport.h"
#include "model/rules/topology.h"

#include <map>
#include <set>

namespace interlock {

/// What an import has decided on a topology of its own, and what others commit meanwhile: whether the import would have
/// been decided the same way after them.
class ImportMerge
{
public:
    enum class Verdict {
        Same,      ///< the topology has both
        Different, ///< the import is to be decided anew, on a topology that is read anew
        TooMuch,   ///< more rows to decide again than allowed; nothing was done
    };

    /// \param rows  must outlive it, and `topology` too
    ImportMerge(Topology &topology, const ImportSubnets &rows, Timestamp now)
        : m_topology(topology), m_rows(rows), m_now(now)
    {
    }

    /// Notes rows that the import has replaced, which are few.
    void note(const ChangeSet &decided);
    /// All is decided; `import` says what was written, and must outlive it.
    void begin(const SubnetImport &import);

    /// Takes in what others have committed, in order.
    /// \param most  rows of the import that may be decided again
    /// \complexity O(log n) for each change, and deciding the rows of the import that the changes overlap
    [[nodiscard]] Verdict take(const ChangeSet &others, std::size_t most);

private:
    struct Place
    {
        Prefix prefix;
        ImportPlace place;
    };

    [[nodiscard]] bool changesTenants(const ChangeSet &others);
    /// Adds the places of all rows that overlap `prefix`. \returns false when there are more than `most`
    [[nodiscard]] bool addOverlapping(const Prefix &prefix, std::size_t most, std::set<std::size_t> &places);
    [[nodiscard]] const ImportedRow *writtenAt(const ImportPlace &place) const;
    [[nodiscard]] Verdict decideAgain(const std::set<std::size_t> &places, const ChangeSet &others);
    void file();

    Topology &m_topology;
    const ImportSubnets &m_rows;
    Timestamp m_now;
    const SubnetImport *m_importOrNull = nullptr;
    std::map<std::pair<QString, Address>, Row> m_replaced;
    // Made when somebody else has written something that matters, which most imports never meet.
    std::vector<Place> m_places; ///< of all rows, by prefix
    std::set<QString> m_tenants;
    std::vector<const ImportedRow *> m_writtenSubnets; ///< by position in the import; null where nothing was written
    std::vector<const ImportedRow *> m_writtenAddresses;
};

} // namespace interlock
