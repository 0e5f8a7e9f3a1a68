// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/replica.h"

#include "model/rules/rowimage.h"
#include "model/store/journalstore.h"
#include "model/store/migrator.h"
#include "model/store/rowtable.h"
#include "model/store/treereader.h"

namespace interlock {

namespace {

/// More than this many entries behind, reading the rows is quicker than replaying the images.
constexpr qint64 kReplayLimit = 5000;
/// A question that is not answered after so many readings goes through the whole tree.
constexpr int kManyRounds = 24;

/// The same for the changes of one entry: a change costs about as much as two rows that are read.
qint64 mostReplayed(const Topology &topology)
{
    constexpr qint64 kAlways = 20'000;
    return kAlways + static_cast<qint64>(topology.subnets().size() + topology.addresses().size()) / 2;
}

} // namespace

Expected<void> Replica::load(Connection &connection, const JournalHead &head)
{
    // A migration gives the store a new incarnation, which is what leads here.
    if (const auto ok = refuseNewer(connection); !ok)
        return ok;
    m_topology = Topology();
    m_isLoaded = false;
    for (std::size_t table = 0; table < kTableCount; ++table) {
        if (table == tableOf(SubnetRow()) || table == tableOf(AddressRow()))
            continue;
        const auto read = readRows(connection, table, [this](Row row) { m_topology.load(std::move(row)); });
        if (!read)
            return read;
    }
    const auto tenants = readSubnetTenants(connection);
    if (!tenants)
        return fail(tenants.error());
    m_topology.beginParts(*tenants);
    m_head = head;
    m_isLoaded = true;
    m_wasEverLoaded = true;
    return {};
}

Expected<Replica::Progress> Replica::advanceTo(Connection &connection, const JournalHead &head)
{
    Progress progress;
    if (m_isLoaded && head == m_head)
        return progress;
    const qint64 behind = head.id.value - m_head.id.value;
    if (!m_isLoaded || head.incarnation != m_head.incarnation || behind < 0 || behind > kReplayLimit) {
        progress.wasReloaded = m_wasEverLoaded;
        if (const auto ok = load(connection, head); !ok)
            return fail(ok.error());
        return progress;
    }
    auto entries = readEntriesAfter(connection, m_head.id, static_cast<int>(behind), mostReplayed(m_topology));
    if (!entries)
        return fail(entries.error());
    for (const JournalEntry &entry : *entries) {
        if (!entry.hasImages) {
            progress.wasReloaded = true;
            if (const auto ok = load(connection, head); !ok)
                return fail(ok.error());
            return progress;
        }
    }
    for (const JournalEntry &entry : *entries) {
        for (const RowChange &change : entry.changes)
            m_topology.follow(change);
    }
    m_head = head;
    progress.entries = *std::move(entries);
    return progress;
}

Expected<void> Replica::readNoted(Connection &connection, int round)
{
    if (round >= kManyRounds)
        m_topology.noteWhole();
    auto read = readNotedParts(connection, m_topology);
    if (!read)
        invalidate();
    return read;
}

} // namespace interlock
