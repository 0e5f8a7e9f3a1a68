// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/rules/topology.h"
#include "model/store/connection.h"

namespace interlock {

/// The topology as committed, kept at the head of the journal: other processes' commits come in through their images.
/// Of the tree of subnets it holds what was asked for.
class Replica
{
public:
    struct Progress
    {
        std::vector<JournalEntry> entries; ///< others' commits since the last time, in order
        bool wasReloaded = false;          ///< everything was read anew, entries are not known one by one
    };

    /// Brings the topology to `head` (the head of the journal inside the running transaction).
    /// \returns StoreNewer when a newer program has migrated the store
    /// \complexity O(changes since the last time); all rows but the tree the first time, or when the images needed were
    /// pruned
    [[nodiscard]] Expected<Progress> advanceTo(Connection &connection, const JournalHead &head);

    /// Own changes that are about to be committed as `id`. `changes` are in the topology already.
    void noteCommitted(JournalId id) { m_head.id = id; }

    /// Reads what the last question to topology() has noted, inside of the transaction in which it was brought to its
    /// head, or of a later one after which it was.
    /// \param round  how often this was done for one question: who asks again and again gets everything
    [[nodiscard]] Expected<void> readNoted(Connection &connection, int round);

    /// Forgets everything: the next advanceTo() reads all rows.
    void invalidate() { m_isLoaded = false; }

    [[nodiscard]] Topology &topology() { return m_topology; }
    [[nodiscard]] JournalId head() const { return m_head.id; }
    [[nodiscard]] const JournalHead &journalHead() const { return m_head; }
    [[nodiscard]] bool isLoaded() const { return m_isLoaded; }

private:
    [[nodiscard]] Expected<void> load(Connection &connection, const JournalHead &head);

    Topology m_topology;
    JournalHead m_head;
    bool m_isLoaded = false;
    bool m_wasEverLoaded = false; ///< somebody may have seen what it was
};

} // namespace interlock
