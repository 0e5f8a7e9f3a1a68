// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/commands/networkarchive.h"
#include "model/store/storeurl.h"

#include <memory>

namespace interlock {

/// The leases, live facts, operations and notes of a store, behind the ports.
///
/// It has threads of its own, each with a connection that is opened at the first call: nobody's import makes a renewal
/// late, and nobody who looks keeps the engine from writing. Calls may come from any thread.
class LiveStore final : public Leases, public LiveFeed, public Operations, public NetworkArchive
{
public:
    /// Of a store that was opened and migrated.
    explicit LiveStore(const StoreUrl &url);
    /// What was asked before is still answered. Leases that were not released run out, on SQLite at once.
    ~LiveStore() override;

    [[nodiscard]] QFuture<Expected<Lease>> acquire(LeaseKind kind, QString name, QString holder) override;
    [[nodiscard]] QFuture<Expected<Lease>> renew(Lease lease) override;
    [[nodiscard]] QFuture<Expected<void>> release(Lease lease) override;
    [[nodiscard]] QFuture<Expected<void>> ask(LeaseKind kind, QString name, QString wantedBy) override;
    [[nodiscard]] QFuture<Expected<void>> beat(QString agent) override;
    [[nodiscard]] QFuture<Expected<std::vector<LeaseState>>> list() override;

    [[nodiscard]] QFuture<Expected<bool>> publishSessions(Lease lease, InstanceHealth health,
                                                          std::vector<SessionFact> sessions,
                                                          Publishing publishing = Publishing::WhileLookedAt) override;
    [[nodiscard]] QFuture<Expected<LiveSnapshot>> sessions(std::optional<InstanceName> instance) override;
    [[nodiscard]] QFuture<Expected<void>> recordHistory(Lease lease, std::vector<SessionHistoryRow> rows) override;
    [[nodiscard]] QFuture<Expected<std::vector<SessionHistoryRow>>> history(HistoryFilter filter) override;
    [[nodiscard]] QFuture<Expected<qint64>> pruneHistory(Lease lease, std::chrono::milliseconds age,
                                                         int atMost) override;
    [[nodiscard]] QFuture<Expected<Generation>> lastGeneration(InstanceName instance) override;
    [[nodiscard]] QFuture<Expected<Generation>> beginGeneration(Lease lease, QString run) override;

    [[nodiscard]] QFuture<Expected<OperationId>> request(Operation operation) override;
    [[nodiscard]] QFuture<Expected<OperationState>> state(OperationId id) override;
    [[nodiscard]] QFuture<Expected<std::vector<Operation>>> take(Lease lease) override;
    [[nodiscard]] QFuture<Expected<void>> finish(OperationId id, Expected<QJsonObject> result) override;
    [[nodiscard]] QFuture<Expected<std::vector<Denial>>> denials(InstanceName instance) override;

    [[nodiscard]] QFuture<Expected<SnapshotInfo>> saveSnapshot(NetworkSnapshot snapshot) override;
    [[nodiscard]] QFuture<Expected<std::vector<SnapshotInfo>>> snapshots(NetworkName network) override;
    [[nodiscard]] QFuture<Expected<NetworkSnapshot>> snapshot(NetworkName network,
                                                              std::optional<SnapshotId> id) override;
    [[nodiscard]] QFuture<Expected<void>> recordPushes(std::vector<MemberPush> pushes) override;
    [[nodiscard]] QFuture<Expected<std::vector<MemberPush>>> pushes(NetworkName network) override;
    [[nodiscard]] QFuture<Expected<void>> saveRendering(SavedRendering rendering) override;
    [[nodiscard]] QFuture<Expected<std::optional<SavedRendering>>> rendering(QString device, QString name) override;

private:
    struct Private;
    std::unique_ptr<Private> m;
};

} // namespace interlock
