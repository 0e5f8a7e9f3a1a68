// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/topologymirror.h"

#include "model/commands/whendone.h"

#include <set>
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
        if constexpr (!Topology::kIsInSpace<T>)
            rows.insert(rows.end(), topology.rows<T>().begin(), topology.rows<T>().end());
    };
    (copy(std::type_identity<R>()), ...);
}

/// What logins ask of the subnet tree: what is kept out of the stand-in ranges, and who has addresses in the pools.
std::vector<TreePart> partsForLogins(const Topology &topology)
{
    std::vector<TreePart> parts;
    std::set<Prefix> ranges;
    for (const InstanceRow &instance : topology.rows<InstanceRow>())
        ranges.insert(instance.standinRange);
    for (const auto &each : topology.subnets().trees()) {
        for (const Prefix &range : ranges)
            parts.push_back({TreePart::Kind::Inside, each.first, range});
    }
    for (const PoolRow &pool : topology.rows<PoolRow>()) {
        if (const auto *instance = topology.find<InstanceRow>(pool.instance))
            parts.push_back({TreePart::Kind::Addresses, instance->tenant, {}, pool.prefix.first(), pool.prefix.last()});
    }
    return parts;
}

/// Parts of the tree and their rows.
struct CopiedParts
{
    std::vector<TreePart> parts;
    std::vector<std::vector<Row>> rows;

    void take(const Topology &topology)
    {
        rows.clear();
        for (const TreePart &part : parts)
            rows.push_back(topology.rowsOf(part));
    }
    void giveTo(Topology &topology) const
    {
        for (std::size_t i = 0; i < parts.size(); ++i)
            topology.learn(parts[i], rows[i]);
    }
};

} // namespace

/// Everything but the subnet tree, and of that whose there are and what logins ask of them.
struct TopologyMirror::Copy
{
    std::vector<Row> rows;
    std::vector<QString> tenants;
    CopiedParts tree;

    void take(const Topology &topology)
    {
        rows.clear();
        copyRows(topology, rows, static_cast<const Row *>(nullptr));
        tenants.clear();
        for (const auto &each : topology.subnets().trees())
            tenants.push_back(each.first);
        tree.parts = partsForLogins(topology);
        tree.take(topology);
    }
};

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
    auto copy = std::make_shared<Copy>();
    whenDone(m_queries.inspect([copy](const Topology &topology) { copy->take(topology); }), this,
             [this, copy](const Expected<void> &looked) {
                 m_isLoading = false;
                 if (!looked) {
                     m_isStale = true; // look() tries again
                     return setStoreAvailable(false, looked.error().detail);
                 }
                 finishLoading(std::move(*copy));
             });
}

void TopologyMirror::finishLoading(Copy copy)
{
    auto topology = std::make_unique<Topology>();
    for (Row &row : copy.rows)
        topology->apply({std::nullopt, std::move(row)});
    topology->beginParts(copy.tenants);
    copy.tree.giveTo(*topology);
    m_topology = std::move(topology);
    m_isStale = false;
    ++m_loads;
    m_isReading = false;
    // What the copy holds already is written once more, in order, and ends the same.
    follow(std::exchange(m_pending, {}));
    setStoreAvailable(true, {});
    Q_EMIT replaced();
    if (std::exchange(m_isReloadWanted, false))
        load();
}

void TopologyMirror::readNoted()
{
    std::vector<TreePart> parts = m_topology->takeNotes().take();
    if (parts.empty() || m_isReading)
        return; // what is asked again is noted again
    auto copied = std::make_shared<CopiedParts>(CopiedParts{std::move(parts), {}});
    m_isReading = true;
    m_since.clear();
    whenDone(m_queries.inspect([copied](const Topology &topology) { copied->take(topology); }), this,
             [this, copied, loads = m_loads](const Expected<void> &looked) {
                 if (loads != m_loads)
                     return; // loaded anew meanwhile
                 m_isReading = false;
                 if (!looked)
                     return;
                 copied->giveTo(*m_topology);
                 // Again in order: of what came after the reading nothing was known then.
                 follow(std::exchange(m_since, {}));
             });
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
    follow(entries);
    if (m_isReading)
        m_since.insert(m_since.end(), entries.begin(), entries.end());
    Q_EMIT changed(entries);
}

void TopologyMirror::follow(const std::vector<JournalEntry> &entries)
{
    for (const JournalEntry &entry : entries) {
        for (const RowChange &change : entry.changes)
            m_topology->follow(change);
    }
}

void TopologyMirror::look()
{
    if (m_isLooking || m_isLoading)
        return;
    if (!m_topology || m_isStale)
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
