// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/commands/macentry.h"
#include "model/commands/receipt.h"

#include <QFuture>
#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace interlock {

class Topology;
struct SearchHit;
struct SubnetFilter;
struct SubnetKey;
struct SubnetPage;

// What the interface, the command line and the engine know of the store. Every future is answered on every path; values
// cross threads, references do not.

/// The one way in for edits.
class CommandGateway
{
public:
    virtual ~CommandGateway() = default;

    /// Decides and commits; the receipt comes when the change is durable.
    [[nodiscard]] virtual QFuture<Expected<Receipt>> submit(Submission submission) = 0;
    /// Decides and changes nothing.
    [[nodiscard]] virtual QFuture<Expected<Receipt>> preview(Submission submission) = 0;
};

struct JournalFilter
{
    int limit = 100;    ///< newest first
    QString table = {}; ///< only entries that touched this table; empty: any
    QString actor = {};
    std::optional<JournalId> before = {}; ///< page: entries older than this
};

struct StoreInfo
{
    QString backend; ///< "sqlite" or "postgresql"
    int schemaVersion = 0;
    QString location; ///< without secrets
    JournalId head;
    std::vector<std::pair<QString, qint64>> counts; ///< rows of each table
};

/// One finding of a check: `kind` is overlap, orphan, journal, corrupt...
struct StoreProblem
{
    QString kind;
    QString table;
    QString key;
    QString detail;
};

class Queries
{
public:
    virtual ~Queries() = default;

    /// Runs `look` on the store's thread with every row as committed by anybody until now. `look` must be quick and
    /// must not keep references. Where it asks for parts of the tree of subnets that nobody has read yet they are read,
    /// and it runs again: what it did the last time before the future is answered with success counts.
    [[nodiscard]] virtual QFuture<Expected<void>> inspect(std::function<void(Topology &)> look) = 0;

    /// Subnets of the filter in the order of (tenant, prefix), behind `after`, at most `limit`. Read where they are
    /// stored, so that a page of a million costs no more than one of a hundred.
    /// \complexity O(tenants + rows looked at), in the database
    [[nodiscard]] virtual QFuture<Expected<SubnetPage>> listSubnets(SubnetFilter filter, std::optional<SubnetKey> after,
                                                                    std::size_t limit) = 0;
    /// Subnets and addresses that have to do with `typed`, best first, as search() finds everything else: what is
    /// typed, what contains it, what lies in it, and names, holders, descriptions, tags and tenants with that text.
    /// \complexity O(tenants log n + answer) for an address or prefix that has `limit` answers, else a scan of the
    /// rows in the database
    [[nodiscard]] virtual QFuture<Expected<std::vector<SearchHit>>> searchTree(QString typed, std::size_t limit) = 0;

    [[nodiscard]] virtual QFuture<Expected<std::vector<JournalEntry>>> journal(JournalFilter filter) = 0;
    /// One entry with its images (which pruning may have dropped). \returns NotFound
    [[nodiscard]] virtual QFuture<Expected<JournalEntry>> journalEntry(JournalId id) = 0;
    [[nodiscard]] virtual QFuture<Expected<StoreInfo>> info() = 0;
    /// Overlaps, orphans, journal against tables, and the database's own integrity check; empty means clean.
    [[nodiscard]] virtual QFuture<Expected<std::vector<StoreProblem>>> check() = 0;
    [[nodiscard]] virtual QFuture<Expected<std::vector<MacEntry>>> macs() = 0;
};

/// Upkeep that is no edit: not undoable, and it says so.
class StoreUpkeep
{
public:
    virtual ~StoreUpkeep() = default;

    /// A copy of the whole store in one file; refuses to overwrite.
    [[nodiscard]] virtual QFuture<Expected<void>> backup(QString file) = 0;
    /// Replaces the contents of this store by those of a backup file, after a backup of the present ones (whose path is
    /// returned).
    [[nodiscard]] virtual QFuture<Expected<QString>> restore(QString file) = 0;
    /// Copies everything into another, empty store. \returns rows copied
    [[nodiscard]] virtual QFuture<Expected<qint64>> copyTo(QString url) = 0;
    /// Drops the images of entries before `date`. \returns entries whose images went
    [[nodiscard]] virtual QFuture<Expected<qint64>> pruneJournal(Timestamp date, QString actor) = 0;
    /// Replays the images since the last checkpoint and compares them with the tables.
    [[nodiscard]] virtual QFuture<Expected<std::vector<StoreProblem>>> verifyJournal() = 0;
};

/// Live facts that are not journalled. An engine shows its lease with every change: \returns LeaseHeld when a newer
/// epoch exists. An operator needs none. \source SOURCES S4
class MacMap
{
public:
    using Fence = std::optional<Lease>;

    virtual ~MacMap() = default;

    /// `add` and `update` upsert, `erase` removes; removing what is not there is no error.
    [[nodiscard]] virtual QFuture<Expected<void>> learnMac(MacEntry entry, Fence fence = {}) = 0;
    [[nodiscard]] virtual QFuture<Expected<void>> forgetMac(MacAddress mac, Fence fence = {}) = 0;
    [[nodiscard]] virtual QFuture<Expected<qint64>> forgetMacsOf(CommonName cn, Fence fence = {}) = 0;
    /// Everything learnt on `instance` goes; for the taker of its lease. \source SOURCES S4: wiped at every start
    [[nodiscard]] virtual QFuture<Expected<qint64>> wipeMacs(InstanceName instance, Fence fence = {}) = 0;
};

/// Committed journal entries in order, from this process and from every other one.
class ChangeFeed : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

Q_SIGNALS:
    /// One or more entries, consecutive; emitted on the store's thread, so connect with a context object.
    void committed(const std::vector<interlock::JournalEntry> &entries);
    /// What the feed showed before is no longer connected to what is there (a restore, a lost connection with pruned
    /// entries): load anew.
    void resetHappened();
    /// The store became reachable or unreachable; `why` is empty when it is reachable.
    void availabilityChanged(bool isAvailable, const QString &why);
};

class Clock
{
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

} // namespace interlock
