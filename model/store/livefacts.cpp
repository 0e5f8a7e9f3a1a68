// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livefacts.h"

#include "model/store/leasestore.h"
#include "model/store/livechunk.h"
#include "model/store/rowreading.h"
#include "model/store/writebatch.h"

#include <QUuid>

#include <algorithm>
#include <bit>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// How many sessions a chunk has about.
constexpr std::size_t kChunkSize = 128;
/// How often a reader says that it looks.
constexpr std::chrono::milliseconds kBeat{1000};
/// Who has not looked for so long is forgotten.
constexpr std::chrono::milliseconds kForgetReader{60'000};

/// A session stays in its chunk while others come and go, so that their chunks stay as they were.
std::vector<QByteArray> chunksOf(const std::vector<SessionFact> &sessions)
{
    const std::size_t count = std::bit_ceil(sessions.size() / kChunkSize + 1);
    std::vector<std::vector<const SessionFact *>> parts(count);
    for (const SessionFact &fact : sessions)
        parts[static_cast<std::size_t>(fact.key.cid) % count].push_back(&fact);
    std::vector<QByteArray> chunks;
    for (const auto &part : parts)
        chunks.push_back(packSessions(part));
    return chunks;
}

Expected<bool> doesAnybodyLook(Connection &connection)
{
    qint64 readers = 0;
    const auto counted = forEachRow(
        connection, u"reader_count"_s, [](const QString &) -> QVariant { return qint64{kReaderTime.count()}; },
        [&](Statement &row) { readers = row.number(0); });
    if (!counted)
        return fail(counted.error());
    return readers > 0;
}

/// The sessions of one instance by their numbers; each is copied once, because they are large.
void appendSorted(const std::map<qint64, std::vector<SessionFact>> &chunks, std::vector<SessionFact> &into)
{
    std::vector<const SessionFact *> order;
    for (const auto &chunk : chunks) {
        for (const SessionFact &fact : chunk.second)
            order.push_back(&fact);
    }
    std::ranges::sort(order, {},
                      [](const SessionFact *fact) { return std::pair(fact->key.generation, fact->key.cid); });
    into.reserve(into.size() + order.size());
    for (const SessionFact *fact : order)
        into.push_back(*fact);
}

/// Rolls back when `work` fails; the work commits by itself.
template <typename Work>
auto inTransaction(Connection &connection, Work work) -> decltype(work())
{
    if (const auto begun = connection.direct(u"BEGIN"_s, u"beginning a transaction"_s); !begun)
        return fail(begun.error());
    auto result = work();
    if (!result)
        connection.rollback();
    return result;
}

} // namespace

Expected<bool> LivePublisher::publish(Connection &connection, const Lease &lease, const InstanceHealth &health,
                                      const std::vector<SessionFact> &sessions, Publishing publishing)
{
    if (!connection.hasLiveFacts())
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    const Written &last = m_written[health.instance];
    if (last.epoch == lease.epoch && publishing == Publishing::WhileLookedAt) {
        const auto isLookedAt = doesAnybodyLook(connection);
        if (!isLookedAt)
            return fail(isLookedAt.error());
        if (!*isLookedAt)
            return checkEpoch(connection, lease).map([] { return false; });
    }
    const std::vector<QByteArray> chunks = chunksOf(sessions);
    auto written = inTransaction(connection, [&] { return write(connection, lease, health, chunks); });
    if (!written)
        return fail(written.error());
    m_written[health.instance] = *std::move(written);
    return true;
}

Expected<LivePublisher::Written> LivePublisher::write(Connection &connection, const Lease &lease,
                                                      const InstanceHealth &health,
                                                      const std::vector<QByteArray> &chunks) const
{
    if (const auto ok = checkEpoch(connection, lease); !ok)
        return fail(ok.error());
    const Written &last = m_written.at(health.instance);
    Written now{lease.epoch, last.revision + 1, {}};
    const auto valueOf = [&](const QString &name) -> QVariant {
        if (name == u"instance"_s)
            return health.instance.toString();
        if (name == u"epoch"_s)
            return lease.epoch;
        return packHealth(health);
    };
    const auto advanced = connection.run(u"instance_feed_advance"_s, [&](const QString &name) -> QVariant {
        return name == u"revision"_s ? QVariant(last.revision) : valueOf(name);
    });
    if (!advanced)
        return fail(advanced.error());
    // What was written before is not there after a crash of the server, or when another program has taken its place.
    const bool isThere = last.epoch == lease.epoch && (*advanced)->query().numRowsAffected() == 1;
    WriteBatch batch(connection);
    if (!isThere)
        batch.add(u"instance_feed_replace"_s, [&](const QString &name) -> QVariant {
            return name == u"revision"_s ? QVariant(now.revision) : valueOf(name);
        });
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        now.hashes.push_back(qHash(chunks[i]));
        if (isThere && i < last.hashes.size() && last.hashes[i] == now.hashes[i])
            continue;
        batch.add(u"session_chunk_replace"_s, [&](const QString &name) -> QVariant {
            if (name == u"chunk"_s)
                return static_cast<qint64>(i);
            if (name == u"revision"_s)
                return now.revision;
            return name == u"facts"_s ? QVariant(chunks[i]) : valueOf(name);
        });
    }
    if (!isThere || chunks.size() < last.hashes.size())
        batch.add(u"session_chunk_delete_from"_s, [&](const QString &name) -> QVariant {
            return name == u"chunk"_s ? QVariant(static_cast<qint64>(chunks.size())) : valueOf(name);
        });
    return batch.commit().map([&] { return now; });
}

LiveReader::LiveReader() : m_name(QUuid::createUuid().toString(QUuid::WithoutBraces)) {}

Expected<void> LiveReader::beat(Connection &connection)
{
    if (m_sinceBeat.isValid() && std::chrono::milliseconds(m_sinceBeat.elapsed()) < kBeat)
        return {};
    const auto forgotten =
        connection.run(u"reader_forget"_s, [](const QString &) -> QVariant { return qint64{kForgetReader.count()}; });
    if (!forgotten)
        return fail(forgotten.error());
    const auto seen = connection.run(u"reader_beat"_s, [&](const QString &) -> QVariant { return m_name; });
    if (!seen)
        return fail(seen.error());
    m_sinceBeat.start();
    return {};
}

Expected<void> LiveReader::update(Connection &connection, const InstanceName &instance, qint64 epoch, qint64 revision)
{
    Seen &seen = m_seen[instance];
    if (seen.epoch != epoch || seen.revision > revision)
        seen = {epoch, 0, {}};
    if (seen.revision == revision)
        return {};
    const auto valueOf = [&](const QString &name) -> QVariant {
        return name == u"revision"_s ? QVariant(seen.revision) : QVariant(instance.toString());
    };
    std::map<qint64, std::vector<SessionFact>> chunks;
    const auto listed = forEachRow(connection, u"session_chunk_list"_s, valueOf, [&](Statement &row) {
        chunks[row.number(0)] = std::move(seen.chunks[row.number(0)]);
    });
    if (!listed)
        return listed;
    std::optional<Error> wrong;
    const auto fetched = forEachRow(connection, u"session_chunk_since"_s, valueOf, [&](Statement &row) {
        auto facts = unpackSessions(row.query().value(1).toByteArray());
        if (facts)
            chunks[row.number(0)] = *std::move(facts);
        else
            wrong = facts.error();
    });
    seen.chunks = std::move(chunks);
    seen.revision = fetched && !wrong ? revision : 0;
    if (!fetched)
        return fetched;
    return wrong ? Expected<void>(fail(*wrong)) : Expected<void>();
}

Expected<LiveSnapshot> LiveReader::readInside(Connection &connection, const std::optional<InstanceName> &instance)
{
    struct Feed
    {
        LiveInstance live;
        qint64 epoch;
        qint64 revision;
    };
    LiveSnapshot snapshot;
    if (const auto ok =
            forEachRow(connection, u"database_time"_s, [&](Statement &row) { snapshot.asOf = timeAt(row, 0); });
        !ok)
        return fail(ok.error());
    std::vector<Feed> feeds;
    std::optional<Error> wrong;
    const auto read = forEachRow(connection, u"instance_feed_select"_s, [&](Statement &row) {
        auto health = unpackHealth(row.query().value(4).toByteArray());
        if (!health)
            wrong = health.error();
        else if (!instance || health->instance == *instance)
            feeds.push_back({{*std::move(health), timeAt(row, 3)}, row.number(1), row.number(2)});
    });
    if (!read)
        return fail(read.error());
    if (wrong)
        return fail(*wrong);
    // Not in the order of the database, which may be a language's.
    std::ranges::sort(feeds, {}, [](const Feed &feed) { return feed.live.health.instance; });
    for (Feed &feed : feeds) {
        const InstanceName name = feed.live.health.instance;
        auto owner = ownerOf(connection, LeaseKind::Instance, name.toString());
        if (!owner)
            return fail(owner.error());
        feed.live.owner = *std::move(owner);
        if (const auto ok = update(connection, name, feed.epoch, feed.revision); !ok)
            return fail(ok.error());
        appendSorted(m_seen[name].chunks, snapshot.sessions);
        snapshot.instances.push_back(std::move(feed.live));
    }
    return snapshot;
}

Expected<LiveSnapshot> LiveReader::read(Connection &connection, const std::optional<InstanceName> &instance)
{
    if (!connection.hasLiveFacts())
        return LiveSnapshot();
    if (const auto ok = beat(connection); !ok)
        return fail(ok.error());
    if (const auto ok = connection.beginRead(); !ok)
        return fail(ok.error());
    auto snapshot = readInside(connection, instance);
    connection.rollback();
    return snapshot;
}

} // namespace interlock
