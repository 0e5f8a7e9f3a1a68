// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnettree.h"

#include "model/commands/whendone.h"
#include "model/rules/topology.h"

#include <utility>

using namespace std::chrono_literals;

namespace interlock {

namespace {

constexpr auto kTreeFlushEvery = 100ms;

/// Copied on the store's thread, sorted on the pool, shown on the GUI thread.
struct Snapshot
{
    SubnetItems items;
    std::vector<SubnetItem> copied;
    SubnetForest forest;
};

} // namespace

SubnetTree::SubnetTree(Queries &queries, ChangeFeed &feed, QObject *parent) : QObject(parent), m_queries(queries)
{
    m_flushTimer.setSingleShot(true);
    m_flushTimer.setInterval(kTreeFlushEvery);
    connect(&m_flushTimer, &QTimer::timeout, this, &SubnetTree::flush);
    // Before the first look, so that no entry is missed between the two.
    connect(&feed, &ChangeFeed::committed, this, &SubnetTree::receive);
    connect(&feed, &ChangeFeed::resetHappened, this, &SubnetTree::load);
    load();
}

SubnetTree::~SubnetTree() = default;

void SubnetTree::load()
{
    m_isReloadWanted = m_isLoading;
    if (std::exchange(m_isLoading, true))
        return;
    auto snapshot = std::make_shared<Snapshot>();
    auto sorted =
        m_queries.inspect([snapshot](const Topology &topology) { snapshot->copied = snapshot->items.all(topology); })
            .then(QtFuture::Launch::Async, [snapshot](Expected<void> looked) {
                if (looked)
                    snapshot->forest = SubnetForest(std::exchange(snapshot->copied, {}));
                return looked;
            });
    whenDone(sorted, this, [this, snapshot](const Expected<void> &looked) {
        m_isLoading = false;
        if (looked) {
            m_items = std::move(snapshot->items);
            m_model.load(std::move(snapshot->forest));
            m_isLoaded = true;
            flush();
            Q_EMIT loaded();
        } else {
            Q_EMIT failed(looked.error());
        }
        if (std::exchange(m_isReloadWanted, false))
            load();
    });
}

void SubnetTree::receive(const std::vector<JournalEntry> &entries)
{
    m_pending.insert(m_pending.end(), entries.begin(), entries.end());
    if (!m_isLoading && !m_flushTimer.isActive())
        m_flushTimer.start();
}

void SubnetTree::flush()
{
    // While loading they wait. What the snapshot has already is written once more, in order, and ends the same.
    if (m_isLoading || m_pending.empty())
        return;
    std::vector<SubnetItemChange> changes;
    bool needsReload = !m_isLoaded;
    for (const JournalEntry &entry : std::exchange(m_pending, {})) {
        for (const RowChange &change : entry.changes) {
            needsReload |= SubnetItems::needsReload(change);
            if (auto made = m_items.changeOf(change))
                changes.push_back(*std::move(made));
        }
    }
    if (needsReload)
        load();
    else if (!changes.empty())
        m_model.apply(std::move(changes));
}

} // namespace interlock
