// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/commitpath.h"

#include <QFileSystemWatcher>
#include <QMutex>
#include <QPromise>
#include <QTimer>

#include <deque>
#include <functional>

namespace interlock {

/// What lives on a store's thread: the connection, the replica, the queue of submissions, and the watch on other
/// processes' commits.
class StoreWorker : public QObject
{
    Q_OBJECT

public:
    StoreWorker(StoreUrl url, const Clock &clock, ChangeFeed &feed);

    struct Waiting
    {
        Submission submission;
        QPromise<Expected<Receipt>> promise;
    };

    /// On the store's thread, first of all.
    [[nodiscard]] Expected<void> open(Connection::Access access);
    /// On the store's thread, last of all.
    void close();

    /// From any thread.
    void enqueue(Waiting waiting);

    /// On the store's thread: the connection, made anew if it was lost. \returns StoreUnavailable
    [[nodiscard]] Expected<Connection *> connection();
    /// On the store's thread: `look` at the topology with everything that is committed; again and again, until it has
    /// asked for no part of the tree that is not there.
    [[nodiscard]] Expected<void> inspect(const std::function<void(Topology &)> &look);
    [[nodiscard]] Expected<Receipt> preview(const Submission &submission);
    /// The contents were replaced under us: forget them and tell everybody.
    void contentsReplaced();

    /// On the store's thread: answers everything that waits.
    void drainAll();

private:
    void drain();
    [[nodiscard]] Expected<void> connectAnew(Connection::Access access);
    /// \param round  of a question whose last answer was not complete
    [[nodiscard]] Expected<void> catchUp(int round = 0);
    void watch();
    void watchFile();
    void watchNotifications();
    void lookSoon();
    void publish(CommitPath::Result &result);
    void noteFailure(const Error &error);
    void noteSuccess();
    void lookForOthers();
    [[nodiscard]] bool haveOthersWritten();

    const StoreUrl m_url;
    ChangeFeed &m_feed;
    std::unique_ptr<Connection> m_connection;
    Replica m_replica;
    CommitPath m_commitPath;
    QTimer *m_poll = nullptr;             ///< made on the store's thread
    QTimer *m_gather = nullptr;           ///< likewise
    QFileSystemWatcher *m_file = nullptr; ///< likewise; SQLite only
    bool m_othersMayHaveWritten = false;  ///< PostgreSQL: a notification came that nobody has followed up
    qint64 m_dataVersion = -1;
    bool m_isAvailable = true;

    QMutex m_mutex;
    std::deque<Waiting> m_queue;  ///< guarded by m_mutex
    bool m_isDrainPosted = false; ///< guarded by m_mutex
};

} // namespace interlock
