// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/importgateway.h"
#include "model/commands/ports.h"
#include "model/store/storeurl.h"

#include <memory>

namespace interlock {

class LiveStore;
class StoreWorker;

/// A store, behind the ports. It owns a thread with the one writing connection, and answers every call through a
/// future.
///
/// Calls may come from any thread. Requests that wait while a commit is under way share the next one. When the database
/// goes away, calls fail with StoreUnavailable and each later call tries to connect again.
class Store final : public CommandGateway, public ImportGateway, public Queries, public StoreUpkeep, public MacMap
{
public:
    enum class Opening {
        Create,   ///< a missing SQLite file is made, an empty database gets the schema
        Existing, ///< a missing SQLite file is NotFound
    };

    /// Opens and migrates; blocks until the store is ready or has failed.
    /// \param clock  must outlive the store; the system's clock when null
    [[nodiscard]] static Expected<std::unique_ptr<Store>> open(const StoreUrl &url, Opening opening,
                                                               const Clock *clockOrNull = nullptr);
    ~Store() override;

    [[nodiscard]] QFuture<Expected<Receipt>> submit(Submission submission) override;
    [[nodiscard]] QFuture<Expected<Receipt>> preview(Submission submission) override;

    [[nodiscard]] QFuture<Expected<ImportResult>> importRows(ImportRequest request) override;

    [[nodiscard]] QFuture<Expected<void>> inspect(std::function<void(Topology &)> look) override;
    [[nodiscard]] QFuture<Expected<SubnetPage>> listSubnets(SubnetFilter filter, std::optional<SubnetKey> after,
                                                            std::size_t limit) override;
    [[nodiscard]] QFuture<Expected<std::vector<SearchHit>>> searchTree(QString typed, std::size_t limit) override;
    [[nodiscard]] QFuture<Expected<std::vector<JournalEntry>>> journal(JournalFilter filter) override;
    [[nodiscard]] QFuture<Expected<JournalEntry>> journalEntry(JournalId id) override;
    [[nodiscard]] QFuture<Expected<StoreInfo>> info() override;
    [[nodiscard]] QFuture<Expected<std::vector<StoreProblem>>> check() override;
    [[nodiscard]] QFuture<Expected<std::vector<MacEntry>>> macs() override;

    [[nodiscard]] QFuture<Expected<void>> backup(QString file) override;
    [[nodiscard]] QFuture<Expected<QString>> restore(QString file) override;
    [[nodiscard]] QFuture<Expected<qint64>> copyTo(QString url) override;
    [[nodiscard]] QFuture<Expected<qint64>> pruneJournal(Timestamp date, QString actor) override;
    [[nodiscard]] QFuture<Expected<std::vector<StoreProblem>>> verifyJournal() override;

    [[nodiscard]] QFuture<Expected<void>> learnMac(MacEntry entry, Fence fence = {}) override;
    [[nodiscard]] QFuture<Expected<void>> forgetMac(MacAddress mac, Fence fence = {}) override;
    [[nodiscard]] QFuture<Expected<qint64>> forgetMacsOf(CommonName cn, Fence fence = {}) override;
    [[nodiscard]] QFuture<Expected<qint64>> wipeMacs(InstanceName instance, Fence fence = {}) override;

    [[nodiscard]] ChangeFeed &feed();
    /// Leases, live facts and operations, on threads of their own.
    [[nodiscard]] LiveStore &live();

private:
    Store();

    struct Private;
    std::unique_ptr<Private> m;
};

} // namespace interlock
