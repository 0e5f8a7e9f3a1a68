// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storeworker.h"

#include "model/store/migrator.h"

#include <QSqlDriver>

#include <chrono>
#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The log file's changes tell at once; this is for file systems that do not tell.
constexpr std::chrono::milliseconds kPollSqlite{250};
/// Notifications tell at once; this catches one that was lost with its connection.
constexpr std::chrono::milliseconds kPollPostgres{1000};
/// Notifications of so long are answered together.
constexpr std::chrono::milliseconds kGather{20};
/// More requests than this wait for the next transaction, so that nobody waits for a huge one.
constexpr std::size_t kBatchLimit = 256;

} // namespace

StoreWorker::StoreWorker(StoreUrl url, const Clock &clock, ChangeFeed &feed)
    : m_url(std::move(url)), m_feed(feed), m_commitPath(m_replica, clock)
{
}

Expected<void> StoreWorker::open(Connection::Access access)
{
    if (const auto ok = connectAnew(access); !ok)
        return ok;
    m_poll = new QTimer(this);
    connect(m_poll, &QTimer::timeout, this, &StoreWorker::lookForOthers);
    m_poll->start(m_url.dialect == Dialect::Sqlite ? kPollSqlite : kPollPostgres);
    m_gather = new QTimer(this);
    m_gather->setSingleShot(true);
    connect(m_gather, &QTimer::timeout, this, &StoreWorker::lookForOthers);
    return {};
}

void StoreWorker::close()
{
    delete std::exchange(m_poll, nullptr);
    delete std::exchange(m_gather, nullptr);
    delete std::exchange(m_file, nullptr);
    m_connection.reset();
}

Expected<void> StoreWorker::connectAnew(Connection::Access access)
{
    m_connection.reset();
    auto opened = Connection::open(m_url, access);
    if (!opened)
        return fail(opened.error());
    if (const auto ok = migrate(**opened); !ok)
        return ok;
    m_connection = *std::move(opened);
    m_dataVersion = -1;
    watch();
    return {};
}

void StoreWorker::watch()
{
    if (m_url.dialect == Dialect::Postgres)
        watchNotifications();
    else
        watchFile();
}

void StoreWorker::watchFile()
{
    delete std::exchange(m_file, new QFileSystemWatcher(this));
    // Every commit is written to the log first. It is there as long as a connection is.
    m_file->addPath(m_url.path + u"-wal"_s);
    connect(m_file, &QFileSystemWatcher::fileChanged, this, &StoreWorker::lookSoon);
}

void StoreWorker::watchNotifications()
{
    QSqlDriver *driver = m_connection->database().driver();
    driver->subscribeToNotification(u"interlock_journal"_s);
    // Later: what is done then may end the connection, and the driver is still in the middle of it when it tells.
    connect(driver, &QSqlDriver::notification, this, [this](const QString &, QSqlDriver::NotificationSource source) {
        if (source == QSqlDriver::SelfSource)
            return;
        m_othersMayHaveWritten = true;
        lookSoon();
    });
}

void StoreWorker::lookSoon()
{
    // Once for many: a busy store tells of every commit.
    if (m_gather && !m_gather->isActive())
        m_gather->start(kGather);
}

Expected<Connection *> StoreWorker::connection()
{
    if (m_connection && !m_connection->isBroken())
        return m_connection.get();
    if (auto ok = connectAnew(Connection::Access::Existing); !ok) {
        // It was there before, so it may come back.
        if (ok.error().kind == ErrorKind::NotFound)
            ok.error().kind = ErrorKind::StoreUnavailable;
        noteFailure(ok.error());
        return fail(ok.error());
    }
    noteSuccess();
    return m_connection.get();
}

void StoreWorker::noteFailure(const Error &error)
{
    // A full disk or somebody's long transaction stops writers only: the store is still there to be read.
    const bool isGone = error.kind == ErrorKind::StoreUnavailable && (!m_connection || m_connection->isBroken());
    if (!isGone || !m_isAvailable)
        return;
    m_isAvailable = false;
    Q_EMIT m_feed.availabilityChanged(false, error.detail);
}

void StoreWorker::noteSuccess()
{
    if (m_isAvailable)
        return;
    m_isAvailable = true;
    Q_EMIT m_feed.availabilityChanged(true, {});
}

Expected<void> StoreWorker::catchUp(int round)
{
    const auto link = connection();
    if (!link)
        return fail(link.error());
    if (const auto begun = (*link)->beginRead(); !begun)
        return begun;
    const auto head = (*link)->journalHead();
    if (!head) {
        (*link)->rollback();
        return fail(head.error());
    }
    auto progress = m_replica.advanceTo(**link, *head);
    // What was noted is read from the state that the topology is brought to.
    const auto read = progress && round > 0 ? m_replica.readNoted(**link, round) : Expected<void>();
    (*link)->rollback();
    if (!progress)
        return fail(progress.error());
    if (progress->wasReloaded)
        Q_EMIT m_feed.resetHappened();
    if (!progress->entries.empty())
        Q_EMIT m_feed.committed(progress->entries);
    return read;
}

Expected<void> StoreWorker::inspect(const std::function<void(Topology &)> &look)
{
    (void)m_replica.topology().takeNotes();
    int round = 0;
    do {
        if (const auto ok = catchUp(round++); !ok) {
            noteFailure(ok.error());
            return ok;
        }
        if (round == 1)
            (void)m_replica.topology().takeNotes(); // following others may leave some
        look(m_replica.topology());
    } while (m_replica.topology().hasNotes());
    return {};
}

Expected<Receipt> StoreWorker::preview(const Submission &submission)
{
    Expected<Receipt> receipt;
    return inspect([&](Topology &) { receipt = m_commitPath.preview(*m_connection, submission); }).and_then([&] {
        return std::move(receipt);
    });
}

void StoreWorker::contentsReplaced()
{
    m_replica.invalidate();
    Q_EMIT m_feed.resetHappened();
}

void StoreWorker::lookForOthers()
{
    if (!m_connection || m_connection->isBroken()) {
        // Nobody asks now; a try here brings the feed back without waiting for somebody to ask.
        (void)connection();
        return;
    }
    if (m_url.dialect == Dialect::Sqlite && !haveOthersWritten())
        return;
    // Before anybody asked there is nothing to bring forward.
    if (m_replica.isLoaded()) {
        if (const auto ok = catchUp(); !ok)
            noteFailure(ok.error());
    }
}

bool StoreWorker::haveOthersWritten()
{
    if (m_url.dialect == Dialect::Postgres)
        return std::exchange(m_othersMayHaveWritten, false);
    // Changes exactly when another connection has committed; costs no transaction.
    auto version = m_connection->direct(u"PRAGMA main.data_version"_s, u"looking for changes"_s);
    if (!version || !version->next())
        return false;
    const qint64 value = version->value(0).toLongLong();
    return std::exchange(m_dataVersion, value) != value;
}

void StoreWorker::enqueue(Waiting waiting)
{
    waiting.promise.start();
    const QMutexLocker lock(&m_mutex);
    m_queue.push_back(std::move(waiting));
    if (m_isDrainPosted)
        return;
    m_isDrainPosted = true;
    QMetaObject::invokeMethod(this, &StoreWorker::drain, Qt::QueuedConnection);
}

void StoreWorker::drainAll()
{
    for (bool isEmpty = false; !isEmpty;) {
        drain();
        const QMutexLocker lock(&m_mutex);
        isEmpty = m_queue.empty();
    }
}

void StoreWorker::publish(CommitPath::Result &result)
{
    if (result.wasReloaded)
        Q_EMIT m_feed.resetHappened();
    if (!result.entries.empty())
        Q_EMIT m_feed.committed(result.entries);
}

void StoreWorker::drain()
{
    std::vector<Submission> batch;
    std::vector<QPromise<Expected<Receipt>>> promises;
    {
        const QMutexLocker lock(&m_mutex);
        while (!m_queue.empty() && batch.size() < kBatchLimit) {
            batch.push_back(std::move(m_queue.front().submission));
            promises.push_back(std::move(m_queue.front().promise));
            m_queue.pop_front();
        }
        m_isDrainPosted = !m_queue.empty();
        if (m_isDrainPosted)
            QMetaObject::invokeMethod(this, &StoreWorker::drain, Qt::QueuedConnection);
    }
    if (batch.empty())
        return;
    CommitPath::Result result;
    if (const auto link = connection(); link) {
        // What others wrote is read before the lock is taken, so that it is held for less; a failure shows again there.
        if (m_replica.isLoaded() && haveOthersWritten())
            (void)catchUp();
        result = m_commitPath.commit(**link, batch);
    } else {
        for (std::size_t i = 0; i < batch.size(); ++i)
            result.receipts.emplace_back(fail(link.error()));
    }
    for (const auto &receipt : result.receipts) {
        if (!receipt)
            noteFailure(receipt.error());
    }
    // The feed first: who gets the receipt finds the change in every model already on its way.
    publish(result);
    for (std::size_t i = 0; i < promises.size(); ++i) {
        promises[i].addResult(std::move(result.receipts[i]));
        promises[i].finish();
    }
}

} // namespace interlock
