// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/store.h"

#include "model/commands/systemclock.h"
#include "model/rules/search.h"
#include "model/rules/subnetqueries.h"
#include "model/store/journalstore.h"
#include "model/store/leasestore.h"
#include "model/store/livestore.h"
#include "model/store/macstore.h"
#include "model/store/posting.h"
#include "model/store/storecheck.h"
#include "model/store/storecopy.h"
#include "model/store/storeimporter.h"
#include "model/store/storereader.h"
#include "model/store/storeworker.h"
#include "model/store/subnetpages.h"
#include "model/store/treesearch.h"
#include "model/store/upkeep.h"

#include <QThread>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// What an engine writes it writes while its lease is its own; nobody can take it in between.
template <typename Work>
auto fenced(Connection &connection, const std::optional<Lease> &fence, Work work) -> decltype(work())
{
    if (!fence)
        return work();
    if (const auto begun = connection.direct(u"BEGIN"_s, u"beginning a transaction"_s); !begun)
        return fail(begun.error());
    auto result = checkEpoch(connection, *fence).and_then(work);
    if (result) {
        if (const auto done = connection.commit(); !done)
            result = fail(done.error());
    }
    if (!result)
        connection.rollback();
    return result;
}

} // namespace

struct Store::Private
{
    SystemClock systemClock;
    const Clock *clock = &systemClock;
    ChangeFeed feed;
    QThread thread;
    QThread readThread;
    QThread importThread;
    std::unique_ptr<StoreWorker> worker;
    std::unique_ptr<StoreReader> reader;
    std::unique_ptr<StoreImporter> importer;
    std::unique_ptr<LiveStore> live;

    template <typename Job>
    auto post(Job job)
    {
        return postTo(*worker, std::move(job));
    }

    /// On the writing connection. `job(connection) -> Expected<T>`.
    template <typename Job>
    auto withConnection(Job job)
    {
        return post([job = std::move(job)](StoreWorker &target) mutable {
            return target.connection().and_then([&](Connection *connection) { return job(*connection); });
        });
    }

    /// The same on the reading connection.
    template <typename Job>
    auto withReader(Job job)
    {
        return postTo(*reader, [job = std::move(job)](StoreReader &target) mutable {
            return target.connection().and_then([&](Connection *connection) { return job(*connection); });
        });
    }
};

Store::Store() : m(std::make_unique<Private>()) {}

Store::~Store()
{
    // What was handed in before is still answered: these calls queue up behind it.
    m->live.reset();
    if (m->importThread.isRunning()) {
        m->importer->end();
        // The answers of those that wait are cancellations.
        QMetaObject::invokeMethod(
            m->importer.get(), [] {}, Qt::BlockingQueuedConnection);
        m->importThread.quit();
        m->importThread.wait();
    }
    if (m->readThread.isRunning()) {
        QMetaObject::invokeMethod(
            m->reader.get(), [reader = m->reader.get()] { reader->close(); }, Qt::BlockingQueuedConnection);
        m->readThread.quit();
        m->readThread.wait();
    }
    if (m->thread.isRunning()) {
        QMetaObject::invokeMethod(
            m->worker.get(),
            [worker = m->worker.get()] {
                worker->drainAll();
                worker->close();
            },
            Qt::BlockingQueuedConnection);
        m->thread.quit();
        m->thread.wait();
    }
}

Expected<std::unique_ptr<Store>> Store::open(const StoreUrl &url, Opening opening, const Clock *clockOrNull)
{
    std::unique_ptr<Store> store(new Store);
    if (clockOrNull)
        store->m->clock = clockOrNull;
    store->m->thread.setObjectName(u"store"_s);
    store->m->worker = std::make_unique<StoreWorker>(url, *store->m->clock, store->m->feed);
    store->m->worker->moveToThread(&store->m->thread);
    store->m->thread.start();
    const auto access = opening == Opening::Create ? Connection::Access::Create : Connection::Access::Existing;
    auto opened = store->m->post([access](StoreWorker &worker) { return worker.open(access); });
    opened.waitForFinished();
    if (const auto result = opened.result(); !result)
        return fail(result.error());
    store->m->readThread.setObjectName(u"store-read"_s);
    store->m->reader = std::make_unique<StoreReader>(url);
    store->m->reader->moveToThread(&store->m->readThread);
    store->m->readThread.start();
    store->m->importThread.setObjectName(u"store-import"_s);
    store->m->importer = std::make_unique<StoreImporter>(url, *store->m->clock);
    store->m->importer->moveToThread(&store->m->importThread);
    store->m->importThread.start();
    store->m->live = std::make_unique<LiveStore>(url);
    return store;
}

ChangeFeed &Store::feed()
{
    return m->feed;
}

LiveStore &Store::live()
{
    return *m->live;
}

QFuture<Expected<Receipt>> Store::submit(Submission submission)
{
    StoreWorker::Waiting waiting{std::move(submission), {}};
    QFuture<Expected<Receipt>> future = waiting.promise.future();
    m->worker->enqueue(std::move(waiting));
    return future;
}

QFuture<Expected<Receipt>> Store::preview(Submission submission)
{
    return m->post([submission = std::move(submission)](StoreWorker &worker) { return worker.preview(submission); });
}

QFuture<Expected<ImportResult>> Store::importRows(ImportRequest request)
{
    return postTo(*m->importer, [request = std::move(request)](StoreImporter &importer) mutable {
        return importer.import(std::move(request));
    });
}

QFuture<Expected<void>> Store::inspect(std::function<void(Topology &)> look)
{
    return m->post([look = std::move(look)](StoreWorker &worker) { return worker.inspect(look); });
}

QFuture<Expected<SubnetPage>> Store::listSubnets(SubnetFilter filter, std::optional<SubnetKey> after, std::size_t limit)
{
    return m->withReader([filter = std::move(filter), after = std::move(after), limit](Connection &connection) {
        return readSubnetPage(connection, filter, after, limit);
    });
}

QFuture<Expected<std::vector<SearchHit>>> Store::searchTree(QString typed, std::size_t limit)
{
    return m->withReader(
        [typed = std::move(typed), limit](Connection &connection) { return findInTree(connection, typed, limit); });
}

QFuture<Expected<std::vector<JournalEntry>>> Store::journal(JournalFilter filter)
{
    return m->withReader(
        [filter = std::move(filter)](Connection &connection) { return readEntries(connection, filter); });
}

QFuture<Expected<JournalEntry>> Store::journalEntry(JournalId id)
{
    return m->withReader([id](Connection &connection) { return readEntry(connection, id); });
}

QFuture<Expected<StoreInfo>> Store::info()
{
    return m->withReader([](Connection &connection) { return storeInfo(connection); });
}

QFuture<Expected<std::vector<StoreProblem>>> Store::check()
{
    return m->withReader([](Connection &connection) { return checkStore(connection); });
}

QFuture<Expected<std::vector<StoreProblem>>> Store::verifyJournal()
{
    return m->withReader([](Connection &connection) { return verifyJournalImages(connection); });
}

QFuture<Expected<void>> Store::backup(QString file)
{
    return m->withReader([file = std::move(file)](Connection &connection) { return backupStore(connection, file); });
}

QFuture<Expected<QString>> Store::restore(QString file)
{
    return m->post([file = std::move(file), clock = m->clock](StoreWorker &worker) {
        auto restored = worker.connection().and_then(
            [&](Connection *connection) { return restoreStore(*connection, file, clock->now()); });
        if (restored)
            worker.contentsReplaced();
        return restored;
    });
}

QFuture<Expected<qint64>> Store::copyTo(QString url)
{
    return m->withReader([url = std::move(url)](Connection &connection) { return copyStoreTo(connection, url); });
}

QFuture<Expected<qint64>> Store::pruneJournal(Timestamp date, QString actor)
{
    return m->withConnection([date, actor = std::move(actor), clock = m->clock](Connection &connection) {
        return interlock::pruneJournal(connection, date, actor, clock->now());
    });
}

QFuture<Expected<std::vector<MacEntry>>> Store::macs()
{
    return m->withReader([](Connection &connection) { return readMacs(connection); });
}

QFuture<Expected<void>> Store::learnMac(MacEntry entry, Fence fence)
{
    return m->withConnection([entry = std::move(entry), fence = std::move(fence)](Connection &connection) {
        return fenced(connection, fence, [&] { return upsertMac(connection, entry); });
    });
}

QFuture<Expected<void>> Store::forgetMac(MacAddress mac, Fence fence)
{
    return m->withConnection([mac, fence = std::move(fence)](Connection &connection) {
        return fenced(connection, fence, [&] { return deleteMac(connection, mac); });
    });
}

QFuture<Expected<qint64>> Store::forgetMacsOf(CommonName cn, Fence fence)
{
    return m->withConnection([cn = std::move(cn), fence = std::move(fence)](Connection &connection) {
        return fenced(connection, fence, [&] { return deleteMacsOf(connection, cn); });
    });
}

QFuture<Expected<qint64>> Store::wipeMacs(InstanceName instance, Fence fence)
{
    return m->withConnection([instance = std::move(instance), fence = std::move(fence)](Connection &connection) {
        return fenced(connection, fence, [&] { return deleteMacsOn(connection, instance); });
    });
}

} // namespace interlock
