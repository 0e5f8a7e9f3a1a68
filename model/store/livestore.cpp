// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livestore.h"

#include "model/store/leasestore.h"
#include "model/store/livefacts.h"
#include "model/store/networkarchivestore.h"
#include "model/store/operationstore.h"
#include "model/store/posting.h"
#include "model/store/sessionhistorystore.h"
#include "model/store/storereader.h"

#include <QThread>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// A thread with a connection; begins at the first job.
class Lane
{
public:
    Lane(const StoreUrl &url, const QString &name) : m_reader(url)
    {
        m_thread.setObjectName(name);
        m_reader.moveToThread(&m_thread);
        m_thread.start();
    }
    ~Lane()
    {
        // What was handed in before is still answered: this queues up behind it.
        QMetaObject::invokeMethod(
            &m_reader, [this] { m_reader.close(); }, Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }
    Lane(const Lane &) = delete;
    Lane &operator=(const Lane &) = delete;

    /// `job(connection) -> Expected<T>`
    template <typename Job>
    auto run(Job job)
    {
        return postTo(m_reader, [job = std::move(job)](StoreReader &target) mutable {
            return target.connection().and_then([&](Connection *connection) { return job(*connection); });
        });
    }

private:
    QThread m_thread;
    StoreReader m_reader;
};

} // namespace

struct LiveStore::Private
{
    explicit Private(const StoreUrl &url)
        : leasing(url, u"store-lease"_s), writing(url, u"store-live"_s), reading(url, u"store-live-read"_s)
    {
    }

    // Each of these is touched on one lane only, and outlives it.
    LeaseStore leases;       ///< leasing
    LivePublisher publisher; ///< writing
    LiveReader reader;       ///< reading

    Lane leasing; ///< short statements only, because a renewal that is late is a lease lost
    Lane writing;
    Lane reading;
};

LiveStore::LiveStore(const StoreUrl &url) : m(std::make_unique<Private>(url)) {}

LiveStore::~LiveStore() = default;

QFuture<Expected<Lease>> LiveStore::acquire(LeaseKind kind, QString name, QString holder)
{
    return m->leasing.run([this, kind, name = std::move(name), holder = std::move(holder)](Connection &connection) {
        return m->leases.acquire(connection, kind, name, holder).and_then([&](const Lease &lease) {
            return abandonOperations(connection, lease).map([&] { return lease; });
        });
    });
}

QFuture<Expected<Lease>> LiveStore::renew(Lease lease)
{
    return m->leasing.run(
        [this, lease = std::move(lease)](Connection &connection) { return m->leases.renew(connection, lease); });
}

QFuture<Expected<void>> LiveStore::release(Lease lease)
{
    return m->leasing.run(
        [this, lease = std::move(lease)](Connection &connection) { return m->leases.release(connection, lease); });
}

QFuture<Expected<void>> LiveStore::ask(LeaseKind kind, QString name, QString wantedBy)
{
    return m->leasing.run([kind, name = std::move(name), wantedBy = std::move(wantedBy)](Connection &connection) {
        return askForLease(connection, kind, name, wantedBy);
    });
}

QFuture<Expected<void>> LiveStore::beat(QString agent)
{
    return m->leasing.run([agent = std::move(agent)](Connection &connection) { return beatAgent(connection, agent); });
}

QFuture<Expected<std::vector<LeaseState>>> LiveStore::list()
{
    return m->leasing.run([](Connection &connection) { return readLeases(connection); });
}

QFuture<Expected<bool>> LiveStore::publishSessions(Lease lease, InstanceHealth health,
                                                   std::vector<SessionFact> sessions, Publishing publishing)
{
    return m->writing.run([this, lease = std::move(lease), health = std::move(health), sessions = std::move(sessions),
                           publishing](Connection &connection) {
        return m->publisher.publish(connection, lease, health, sessions, publishing);
    });
}

QFuture<Expected<LiveSnapshot>> LiveStore::sessions(std::optional<InstanceName> instance)
{
    return m->reading.run([this, instance = std::move(instance)](Connection &connection) {
        return m->reader.read(connection, instance);
    });
}

QFuture<Expected<void>> LiveStore::recordHistory(Lease lease, std::vector<SessionHistoryRow> rows)
{
    return m->writing.run([lease = std::move(lease), rows = std::move(rows)](Connection &connection) {
        return writeHistory(connection, lease, rows);
    });
}

QFuture<Expected<std::vector<SessionHistoryRow>>> LiveStore::history(HistoryFilter filter)
{
    return m->reading.run(
        [filter = std::move(filter)](Connection &connection) { return readHistory(connection, filter); });
}

QFuture<Expected<qint64>> LiveStore::pruneHistory(Lease lease, std::chrono::milliseconds age, int atMost)
{
    return m->writing.run([lease = std::move(lease), age, atMost](Connection &connection) {
        return interlock::pruneHistory(connection, lease, age, atMost);
    });
}

QFuture<Expected<Generation>> LiveStore::lastGeneration(InstanceName instance)
{
    return m->reading.run(
        [instance = std::move(instance)](Connection &connection) { return readGeneration(connection, instance); });
}

QFuture<Expected<Generation>> LiveStore::beginGeneration(Lease lease, QString run)
{
    return m->writing.run([lease = std::move(lease), run = std::move(run)](Connection &connection) {
        return writeNextGeneration(connection, lease, run);
    });
}

QFuture<Expected<OperationId>> LiveStore::request(Operation operation)
{
    return m->writing.run(
        [operation = std::move(operation)](Connection &connection) { return requestOperation(connection, operation); });
}

QFuture<Expected<OperationState>> LiveStore::state(OperationId id)
{
    return m->reading.run([id](Connection &connection) { return readOperation(connection, id); });
}

QFuture<Expected<std::vector<Operation>>> LiveStore::take(Lease lease)
{
    return m->writing.run(
        [lease = std::move(lease)](Connection &connection) { return takeOperations(connection, lease); });
}

QFuture<Expected<void>> LiveStore::finish(OperationId id, Expected<QJsonObject> result)
{
    return m->writing.run(
        [id, result = std::move(result)](Connection &connection) { return finishOperation(connection, id, result); });
}

QFuture<Expected<std::vector<Denial>>> LiveStore::denials(InstanceName instance)
{
    return m->reading.run(
        [instance = std::move(instance)](Connection &connection) { return readDenials(connection, instance); });
}

QFuture<Expected<SnapshotInfo>> LiveStore::saveSnapshot(NetworkSnapshot snapshot)
{
    return m->writing.run(
        [snapshot = std::move(snapshot)](Connection &connection) { return writeSnapshot(connection, snapshot); });
}

QFuture<Expected<std::vector<SnapshotInfo>>> LiveStore::snapshots(NetworkName network)
{
    return m->reading.run(
        [network = std::move(network)](Connection &connection) { return readSnapshots(connection, network); });
}

QFuture<Expected<NetworkSnapshot>> LiveStore::snapshot(NetworkName network, std::optional<SnapshotId> id)
{
    return m->reading.run(
        [network = std::move(network), id](Connection &connection) { return readSnapshot(connection, network, id); });
}

QFuture<Expected<void>> LiveStore::recordPushes(std::vector<MemberPush> pushes)
{
    return m->writing.run(
        [pushes = std::move(pushes)](Connection &connection) { return writePushes(connection, pushes); });
}

QFuture<Expected<std::vector<MemberPush>>> LiveStore::pushes(NetworkName network)
{
    return m->reading.run(
        [network = std::move(network)](Connection &connection) { return readPushes(connection, network); });
}

QFuture<Expected<void>> LiveStore::saveRendering(SavedRendering rendering)
{
    return m->writing.run(
        [rendering = std::move(rendering)](Connection &connection) { return writeRendering(connection, rendering); });
}

QFuture<Expected<std::optional<SavedRendering>>> LiveStore::rendering(QString device, QString name)
{
    return m->reading.run([device = std::move(device), name = std::move(name)](Connection &connection) {
        return readRendering(connection, device, name);
    });
}

} // namespace interlock
