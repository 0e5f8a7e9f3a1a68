// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/topologymirror.h"

#include "model/commands/whendone.h"

#include <utility>

using namespace std::chrono_literals;

namespace interlock {

namespace {

/// How soon a store that went away is noticed, and one that came back, while nothing is committed.
constexpr auto kLookEvery = 1s;

template <typename... R>
void copyRows(const Topology &topology, std::vector<Row> &rows, const std::variant<R...> *)
{
    const auto copy = [&]<typename T>(const std::type_identity<T> &) {
        // The tree is the store's to judge by; logins are answered from the other rows.
        if constexpr (!Topology::kIsInSpace<T>)
            rows.insert(rows.end(), topology.rows<T>().begin(), topology.rows<T>().end());
    };
    (copy(std::type_identity<R>()), ...);
}

} // namespace

TopologyMirror::TopologyMirror(Queries &queries, ChangeFeed &feed, QObject *parent)
    : QObject(parent), m_queries(queries)
{
    // Before the first look, so that no entry is missed between the two.
    connect(&feed, &ChangeFeed::committed, this, &TopologyMirror::receive);
    connect(&feed, &ChangeFeed::resetHappened, this, [this] {
        m_isReloadWanted = m_isLoading;
        load();
    });
    connect(&feed, &ChangeFeed::availabilityChanged, this, &TopologyMirror::setStoreAvailable);
    connect(&m_lookTimer, &QTimer::timeout, this, &TopologyMirror::look);
    m_lookTimer.start(kLookEvery);
    // Not from here: a store that answers at once would be heard before anybody listens to replaced().
    QMetaObject::invokeMethod(this, &TopologyMirror::load, Qt::QueuedConnection);
}

void TopologyMirror::load()
{
    if (m_isLoading)
        return;
    m_isLoading = true;
    auto rows = std::make_shared<std::vector<Row>>();
    whenDone(m_queries.inspect(
                 [rows](const Topology &topology) { copyRows(topology, *rows, static_cast<const Row *>(nullptr)); }),
             this, [this, rows](const Expected<void> &looked) {
                 m_isLoading = false;
                 if (!looked)
                     return setStoreAvailable(false, looked.error().detail); // look() tries again
                 finishLoading(std::move(*rows));
             });
}

void TopologyMirror::finishLoading(std::vector<Row> rows)
{
    auto topology = std::make_unique<Topology>();
    for (Row &row : rows)
        topology->apply({std::nullopt, std::move(row)});
    m_topology = std::move(topology);
    // What the copy holds already is written once more, in order, and ends the same.
    for (const JournalEntry &entry : std::exchange(m_pending, {})) {
        for (const RowChange &change : entry.changes)
            m_topology->apply(change);
    }
    setStoreAvailable(true, {});
    Q_EMIT replaced();
    if (std::exchange(m_isReloadWanted, false))
        load();
}

void TopologyMirror::receive(const std::vector<JournalEntry> &entries)
{
    setStoreAvailable(true, {});
    if (m_isLoading || !m_topology)
        m_pending.insert(m_pending.end(), entries.begin(), entries.end());
    else
        apply(entries);
}

void TopologyMirror::apply(const std::vector<JournalEntry> &entries)
{
    for (const JournalEntry &entry : entries) {
        for (const RowChange &change : entry.changes)
            m_topology->apply(change);
    }
    Q_EMIT changed(entries);
}

void TopologyMirror::look()
{
    if (m_isLooking || m_isLoading)
        return;
    if (!m_topology)
        return load();
    m_isLooking = true;
    whenDone(m_queries.inspect([](const Topology &) {}), this, [this](const Expected<void> &looked) {
        m_isLooking = false;
        setStoreAvailable(looked.has_value(), looked ? QString() : looked.error().detail);
    });
}

void TopologyMirror::setStoreAvailable(bool isAvailable, const QString &why)
{
    if (isAvailable == m_isStoreAvailable)
        return;
    m_isStoreAvailable = isAvailable;
    Q_EMIT storeAvailableChanged(isAvailable, why);
}

} // namespace interlock
