// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/sessionhistorystore.h"

#include "model/store/leasestore.h"
#include "model/store/rowreading.h"
#include "model/store/writebatch.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Rows in one transaction: others who write are not kept waiting for long.
constexpr std::size_t kRowsAtOnce = 500;
/// A session whose end nobody has seen counts as alive for so long after it was last seen: until the next sample.
constexpr std::chrono::milliseconds kSampleTime = std::chrono::minutes(5);

/// The address in "1.2.3.4:1194", "[2001:db8::1]:1194" or without a port.
std::optional<Address> addressOf(const QString &realAddress)
{
    const auto parsed = [](const QString &text) -> std::optional<Address> {
        const auto address = Address::parse(text);
        return address ? std::optional(*address) : std::nullopt;
    };
    if (const auto whole = parsed(realAddress))
        return whole;
    QString host = realAddress.section(u':', 0, -2);
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1, host.size() - 2);
    return parsed(host);
}

QVariant numberOrText(const SessionHistoryRow &row, const QString &name)
{
    if (name == u"instance"_s)
        return row.key.instance.toString();
    if (name == u"generation"_s)
        return row.key.generation;
    if (name == u"cid"_s)
        return row.key.cid;
    if (name == u"connected_at"_s)
        return row.connectedSince.milliseconds();
    if (name == u"sampled_at"_s)
        return row.sampledAt.milliseconds();
    if (name == u"bytes_in"_s)
        return row.bytesIn;
    if (name == u"bytes_out"_s)
        return row.bytesOut;
    if (name == u"username"_s)
        return neverNull(row.username);
    if (name == u"real_address"_s)
        return neverNull(row.realAddress);
    if (name == u"client_version"_s)
        return neverNull(row.clientVersion);
    return neverNull(row.platform);
}

QVariant valueOf(const SessionHistoryRow &row, const QString &name)
{
    if (name == u"cn"_s)
        return orNull(row.cn);
    if (name == u"address"_s)
        return orNull(row.address);
    if (name == u"address6"_s)
        return orNull(row.address6);
    if (name == u"real_ip"_s)
        return orNull(addressOf(row.realAddress));
    if (name == u"ended_at"_s)
        return orNull(row.endedAt);
    if (name == u"end_reason"_s)
        return row.endReason ? QVariant(enumText(*row.endReason)) : QVariant();
    return numberOrText(row, name);
}

/// What may be null and otherwise has to parse.
template <typename T>
std::optional<T> parsed(const Statement &row, int column, bool &isGood)
{
    if (row.isNull(column))
        return std::nullopt;
    auto value = T::parse(row.text(column));
    isGood = isGood && value;
    return value ? std::optional<T>(*std::move(value)) : std::nullopt;
}

/// In the order of the columns of `session_history_*`.
std::optional<SessionHistoryRow> rowFrom(const Statement &row)
{
    auto instance = InstanceName::parse(row.text(0));
    if (!instance)
        return std::nullopt;
    bool isGood = true;
    SessionHistoryRow result{{*std::move(instance), row.number(1), row.number(2)},
                             parsed<CommonName>(row, 3, isGood),
                             row.text(4),
                             row.text(5),
                             parsed<Address>(row, 7, isGood),
                             parsed<Address>(row, 8, isGood),
                             timeAt(row, 9),
                             timeAt(row, 10),
                             optionalTime(row, 11),
                             row.number(12),
                             row.number(13),
                             row.text(14),
                             row.text(15)};
    if (const auto word = optionalText(row, 16)) {
        const auto reason = parseEnum<EndReason>(*word);
        isGood = isGood && reason;
        result.endReason = reason ? std::optional(*reason) : std::nullopt;
    }
    return isGood ? std::optional(std::move(result)) : std::nullopt;
}

Expected<void> begin(Connection &connection)
{
    return connection.direct(u"BEGIN"_s, u"beginning a transaction"_s).map([](const QSqlQuery &) {});
}

Expected<void> writeSome(Connection &connection, const Lease &lease, std::span<const SessionHistoryRow> rows)
{
    if (const auto begun = begin(connection); !begun)
        return begun;
    auto done = checkEpoch(connection, lease);
    if (done) {
        WriteBatch batch(connection);
        for (const SessionHistoryRow &row : rows)
            batch.add(u"session_history_upsert"_s, [&](const QString &name) { return valueOf(row, name); });
        done = batch.commit();
    }
    if (!done)
        connection.rollback();
    return done;
}

QString statementFor(const HistoryFilter &filter)
{
    if (filter.cn)
        return u"session_history_by_cn"_s;
    return filter.ip ? u"session_history_by_ip"_s : u"session_history_newest"_s;
}

/// The place before the newest row, or after the row that the page before ended with.
QVariant positionValue(const HistoryFilter &filter, const QString &name)
{
    if (name == u"before_at"_s)
        return filter.before ? filter.before->connectedSince.milliseconds() : std::numeric_limits<qint64>::max();
    if (name == u"before_instance"_s)
        return filter.before ? filter.before->key.instance.toString() : u""_s;
    if (name == u"before_generation"_s)
        return filter.before ? filter.before->key.generation : 0;
    return filter.before ? filter.before->key.cid : 0;
}

} // namespace

Expected<void> writeHistory(Connection &connection, const Lease &lease, const std::vector<SessionHistoryRow> &rows)
{
    if (connection.isReadOnly())
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    for (std::size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
        const std::span some = std::span(rows).subspan(first, std::min(kRowsAtOnce, rows.size() - first));
        if (const auto done = writeSome(connection, lease, some); !done)
            return done;
    }
    return {};
}

Expected<std::vector<SessionHistoryRow>> readHistory(Connection &connection, const HistoryFilter &filter)
{
    // Far from the ends, because the statement adds to it.
    constexpr qint64 kAlways = qint64{1} << 60;
    std::vector<SessionHistoryRow> rows;
    bool isGood = true;
    const auto read = forEachRow(
        connection, statementFor(filter),
        [&](const QString &name) -> QVariant {
            if (name == u"cn"_s)
                return orNull(filter.cn);
            if (name == u"ip"_s)
                return filter.ip ? filter.ip->toString() : u""_s;
            if (name == u"from"_s)
                return filter.from ? filter.from->milliseconds() : -kAlways;
            if (name == u"until"_s)
                return filter.to ? filter.to->milliseconds() : kAlways;
            if (name == u"sample_time"_s)
                return qint64{kSampleTime.count()};
            return name == u"limit"_s ? QVariant(std::max(filter.limit, 0)) : positionValue(filter, name);
        },
        [&](const Statement &row) {
            if (auto parsedRow = rowFrom(row))
                rows.push_back(*std::move(parsedRow));
            else
                isGood = false;
        });
    if (!read)
        return fail(read.error());
    if (!isGood)
        return fail(ErrorKind::StoreCorrupt, u"a row of the history of sessions does not parse"_s);
    return rows;
}

Expected<qint64> pruneHistory(Connection &connection, const Lease &lease, std::chrono::milliseconds age, int atMost)
{
    if (const auto begun = begin(connection); !begun)
        return fail(begun.error());
    const auto remove = [&]() -> Expected<qint64> {
        if (const auto ok = checkEpoch(connection, lease); !ok)
            return fail(ok.error());
        const auto done = connection.run(u"session_history_prune"_s, [&](const QString &name) -> QVariant {
            if (name == u"instance"_s)
                return lease.name;
            return name == u"age"_s ? QVariant(qint64{age.count()}) : QVariant(atMost);
        });
        if (!done)
            return fail(done.error());
        const qint64 removed = (*done)->query().numRowsAffected();
        return connection.commit().map([&] { return removed; });
    };
    auto removed = remove();
    if (!removed)
        connection.rollback();
    return removed;
}

Expected<Generation> readGeneration(Connection &connection, const InstanceName &instance)
{
    Generation found;
    const auto valueOfInstance = [&](const QString &) -> QVariant { return instance.toString(); };
    const auto read = forEachRow(connection, u"instance_generation_one"_s, valueOfInstance, [&](const Statement &row) {
        found = {row.number(0), row.text(1)};
    });
    if (!read)
        return fail(read.error());
    return found;
}

Expected<Generation> writeNextGeneration(Connection &connection, const Lease &lease, const QString &run)
{
    const auto instance = InstanceName::parse(lease.name);
    if (!instance)
        return fail(instance.error());
    if (const auto begun = begin(connection); !begun)
        return fail(begun.error());
    const auto write = [&]() -> Expected<Generation> {
        if (const auto ok = checkEpoch(connection, lease); !ok)
            return fail(ok.error());
        auto last = readGeneration(connection, *instance);
        if (!last)
            return last;
        Generation next{last->number + 1, run};
        // A restored store may know less than its own history.
        const auto seen = forEachRow(
            connection, u"session_history_generation"_s,
            [&](const QString &) -> QVariant { return instance->toString(); },
            [&](const Statement &row) { next.number = std::max(next.number, row.number(0) + 1); });
        if (!seen)
            return fail(seen.error());
        WriteBatch batch(connection);
        batch.add(u"instance_generation_set"_s, [&](const QString &name) -> QVariant {
            if (name == u"instance"_s)
                return instance->toString();
            return name == u"number"_s ? QVariant(next.number) : QVariant(neverNull(run));
        });
        return batch.commit().map([&] { return next; });
    };
    auto written = write();
    if (!written)
        connection.rollback();
    return written;
}

} // namespace interlock
