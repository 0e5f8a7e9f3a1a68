// SPDX-License-Identifier: GPL-3.0-or-later
// Durable commands against the same transaction by hand, at the same fill (SEMANTICS.md 7, PERF:A1, A2, A4, G1, G2).
#include "tests/bench/bench.h"
#include "tests/bench/storebench.h"

#include "model/store/bulkload.h"
#include "model/store/rowtable.h"
#include "model/store/store.h"

#include <QSet>
#include <QSqlDriver>
#include <QSqlQuery>

#include <algorithm>
#include <array>
#include <deque>

#include <libpq-fe.h>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

const InstanceName kVpn = *InstanceName::parse(u"vpn");

/// Connectors 0..connectors, and claims for the first `held` of them.
std::vector<Row> filledWith(int held, int connectors)
{
    std::vector<Row> rows = instanceRows();
    for (int i = 0; i < connectors; ++i)
        rows.emplace_back(connectorRow(i));
    for (int i = 0; i < held; ++i)
        rows.emplace_back(claimRow(i));
    return rows;
}

/// Claims by the store's own path against claims by hand in a twin store.
Pair measureClaims(Report &report, Dialect dialect, int held, int rounds)
{
    BenchStore ours(dialect);
    BenchStore byHand(dialect);
    const std::vector<Row> rows = filledWith(held, held + rounds + 2);
    ours.fill(rows);
    byHand.fill(rows);
    (void)ours.commit(SetSetting{u"quarantineHours"_s, u"0"_s}); // the replica is read here, not in the first sample
    int next = held;
    int nextByHand = held;
    bool isRight = true;
    Pair pair = interleaved(
        rounds,
        [&] {
            const int number = next++;
            return timed([&] {
                const Receipt receipt = ours.commit(ResolveClaim{cnOf(number), lanOf(number), kVpn});
                const auto claim = std::get<ClaimRow>(receipt.rows().at(0));
                isRight = isRight && claim.virtualPrefix == claimRow(number).virtualPrefix;
            });
        },
        [&] {
            const int number = nextByHand++;
            const ChangeSet changes{{std::nullopt, Row(claimRow(number))}};
            const QString bytes = journalBytes(changes);
            return timed([&] { byHand.commitByHand(changes, bytes); });
        });
    report.check(isRight, u"A1"_s, u"the stand-ins are not the lowest free ones"_s);
    return pair;
}

void measureA1(Report &report)
{
    for (const Dialect dialect : dialects()) {
        // 131,072 carve-outs in all: 70 are left to measure with.
        const int full = static_cast<int>(report.size(131'000, 2'000));
        const Pair empty = measureClaims(report, dialect, 0, static_cast<int>(report.size(400, 10)));
        const Pair filled = measureClaims(report, dialect, full, static_cast<int>(report.size(68, 10)));
        report.addAtMost(u"A1"_s, u"%1: durable stand-in, 0 held"_s.arg(nameOf(dialect)),
                         u"the same transaction by hand"_s, empty, 1, 1.15);
        report.addAtMost(u"A1"_s, u"%1: durable stand-in, %2 held"_s.arg(nameOf(dialect)).arg(full),
                         u"the same transaction by hand"_s, filled, 1, 1.15);
        Pair both;
        both.ours = filled.ours;
        both.peer = empty.ours;
        report.addAtMost(u"A1"_s, u"%1: %2 held against none"_s.arg(nameOf(dialect)).arg(full), u"ours at 0 held"_s,
                         both, 1, 1.2);
    }
}

/// The routing article's algorithm: read every row, scan for the first free block, insert.
void loadAndScan(BenchStore &store, int number)
{
    Connection &connection = store.connection();
    orDie(connection.direct(connection.dialect() == Dialect::Sqlite ? u"BEGIN IMMEDIATE"_s : u"BEGIN"_s, u"begin"_s)
              .map([](const QSqlQuery &) {}));
    QSet<quint32> taken;
    Statement *rows = orDie(connection.run(u"virtual_claim_select"_s));
    while (rows->next())
        taken.insert(static_cast<quint32>(Prefix::parse(rows->text(2))->first().value()));
    rows->query().finish();
    quint32 candidate = 0x64400000U;
    while (taken.contains(candidate))
        candidate += 32;
    ClaimRow claim = claimRow(number);
    claim.virtualPrefix = claim.hold = Prefix(Address::ipv4(candidate), 27);
    orDie(writeChange(connection, {std::nullopt, Row(claim)}));
    orDie(connection.commit());
}

void measureA2(Report &report)
{
    for (const Dialect dialect : dialects()) {
        const int held = static_cast<int>(report.size(131'000, 2'000));
        const int rounds = static_cast<int>(report.size(30, 5));
        BenchStore ours(dialect);
        BenchStore article(dialect);
        const std::vector<Row> rows = filledWith(held, held + rounds + 2);
        ours.fill(rows);
        article.fill(rows);
        (void)ours.commit(SetSetting{u"quarantineHours"_s, u"0"_s});
        int next = held;
        int nextArticle = held;
        const Pair pair = interleaved(
            rounds,
            [&] {
                const int number = next++;
                return timed([&] { (void)ours.commit(ResolveClaim{cnOf(number), lanOf(number), kVpn}); });
            },
            [&] {
                const int number = nextArticle++;
                return timed([&] { loadAndScan(article, number); });
            });
        report.addFaster(u"A2"_s, u"%1: durable stand-in, %2 held"_s.arg(nameOf(dialect)).arg(held),
                         u"load all rows and scan"_s, pair, 1, dialect == Dialect::Sqlite ? 250 : 400);
    }
}

void measureA4(Report &report)
{
    constexpr int kRequesters = 64;
    for (const Dialect dialect : dialects()) {
        const int rounds = static_cast<int>(report.size(15, 2));
        BenchStore together(dialect);
        BenchStore alone(dialect);
        const std::vector<Row> rows = filledWith(0, (rounds + 2) * kRequesters);
        together.fill(rows);
        alone.fill(rows);
        const auto store = orDie(Store::open(together.url(), Store::Opening::Existing));
        (void)alone.commit(SetSetting{u"quarantineHours"_s, u"0"_s});
        int next = 0;
        int nextAlone = 0;
        QSet<Prefix> granted;
        int answers = 0;
        const Pair pair = interleaved(
            rounds,
            [&] {
                return timed([&] {
                    std::vector<QFuture<Expected<Receipt>>> futures;
                    for (int i = 0; i < kRequesters; ++i, ++next)
                        futures.push_back(store->submit({ResolveClaim{cnOf(next), lanOf(next), kVpn}, u"bench"_s, {}}));
                    for (auto &future : futures) {
                        future.waitForFinished();
                        granted.insert(std::get<ClaimRow>(orDie(future.result()).rows().at(0)).virtualPrefix);
                        ++answers;
                    }
                });
            },
            [&] {
                return timed([&] {
                    for (int i = 0; i < kRequesters; ++i, ++nextAlone)
                        (void)alone.commit(ResolveClaim{cnOf(nextAlone), lanOf(nextAlone), kVpn});
                });
            });
        report.check(granted.size() == answers, u"A4"_s, u"two requesters were given one stand-in"_s);
        report.addFaster(u"A4"_s, u"%1: 64 requesters at once"_s.arg(nameOf(dialect)), u"one commit each"_s, pair,
                         kRequesters, 8);
    }
}

/// One kind of command against its own changes by hand.
void measureCommand(Report &report, Dialect dialect, const QString &job, const std::vector<Row> &fill, int rounds,
                    const std::function<Command(int)> &command)
{
    BenchStore ours(dialect);
    BenchStore byHand(dialect);
    ours.fill(fill);
    byHand.fill(fill);
    (void)ours.commit(SetSetting{u"quarantineHours"_s, u"0"_s});
    int next = 0;
    std::deque<ChangeSet> done;
    const Pair pair = interleaved(
        rounds,
        [&] {
            const Command wanted = command(next++);
            ChangeSet changes;
            const double time = timed([&] { changes = ours.commit(wanted).changes; });
            done.push_back(std::move(changes));
            return time;
        },
        [&] {
            // The peer goes first in every other round: it then repeats what ours did last, on rows of its own.
            if (done.empty())
                done.push_back(ours.commit(command(next++)).changes);
            const ChangeSet changes = std::move(done.front());
            done.pop_front();
            const QString bytes = journalBytes(changes);
            return timed([&] { byHand.commitByHand(changes, bytes); });
        });
    report.addAtMost(u"G1"_s, u"%1: %2"_s.arg(nameOf(dialect), job), u"the same transaction by hand"_s, pair, 1, 1.15);
}

void measureG1(Report &report)
{
    const int rounds = static_cast<int>(report.size(300, 5));
    const std::vector<Row> rows = filledWith(rounds + 4, rounds + 4);
    for (const Dialect dialect : dialects()) {
        measureCommand(report, dialect, u"iroute set"_s, rows, rounds, [](int i) {
            return ReplaceIroutes{cnOf(i), {lanOf(i)}};
        });
        measureCommand(report, dialect, u"allocation set"_s, rows, rounds, [](int i) {
            return SetAllocation{cnOf(i), kVpn, Address::ipv4(0x0a800000U + static_cast<std::uint32_t>(i) + 5)};
        });
        measureCommand(report, dialect, u"connector set"_s, rows, rounds, [](int i) {
            return SetConnector{cnOf(i), {}, {}, u"branch"_s};
        });
        measureCommand(report, dialect, u"claim release"_s, rows, rounds, [](int i) {
            return ReleaseClaim{cnOf(i), lanOf(i)};
        });
    }
}

void copyReadyLines(Connection &connection, const QString &target, const QByteArray &lines)
{
    const QVariant handle = connection.database().driver()->handle();
    PGconn *server = *static_cast<PGconn *const *>(handle.constData());
    PQclear(PQexec(server, QString(u"COPY "_s + target + u" FROM STDIN"_s).toUtf8().constData()));
    constexpr qsizetype kChunk = 64 * 1024;
    for (qsizetype begin = 0; begin < lines.size(); begin += kChunk)
        PQputCopyData(server, lines.constData() + begin, static_cast<int>(std::min(kChunk, lines.size() - begin)));
    PQputCopyEnd(server, nullptr);
    while (PGresult *result = PQgetResult(server)) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            qFatal("COPY was refused: %s", PQresultErrorMessage(result));
        PQclear(result);
    }
}

/// The peer of the bulk path: rows whose values are ready, by COPY or in statements of 1,000 rows.
double loadByHand(BenchStore &store, const std::vector<IrouteRow> &rows)
{
    Connection &connection = store.connection();
    if (connection.dialect() == Dialect::Postgres) {
        // The server's COPY of ready lines, through the same handle: nothing but the database's own work.
        QByteArray lines;
        for (const IrouteRow &row : rows)
            lines += row.cn.toString().toUtf8() + '\t' + row.prefix.toString().toLatin1() + "\t0\t1\t\\\\x" +
                     row.prefix.sortKey().toHex() + '\n';
        return timed([&] {
            orDie(connection.beginWrite());
            copyReadyLines(connection, u"client_iroute (cn, prefix, created_at, version, prefix_key)"_s, lines);
            orDie(connection.commit());
        });
    }
    constexpr std::size_t kBatch = 1000;
    QString sql = u"INSERT INTO client_iroute (cn, prefix, created_at, version, prefix_key) VALUES "_s;
    for (std::size_t i = 0; i < kBatch; ++i)
        sql += i == 0 ? u"(?, ?, 0, 1, ?)"_s : u", (?, ?, 0, 1, ?)"_s;
    std::vector<std::array<QVariant, 3>> ready;
    for (const IrouteRow &row : rows)
        ready.push_back({row.cn.toString(), row.prefix.toString(), row.prefix.sortKey()});
    return timed([&] {
        orDie(connection.beginWrite());
        QSqlQuery query(connection.database());
        query.prepare(sql);
        for (std::size_t begin = 0; begin + kBatch <= ready.size(); begin += kBatch) {
            int place = 0;
            for (std::size_t i = begin; i < begin + kBatch; ++i) {
                for (const QVariant &value : ready[i])
                    query.bindValue(place++, value);
            }
            if (!query.exec())
                qFatal("the batch was refused");
        }
        orDie(connection.commit());
    });
}

void measureG2(Report &report)
{
    const int count = static_cast<int>(report.size(100'000, 2'000));
    std::vector<Row> connectors = instanceRows();
    std::vector<IrouteRow> iroutes;
    ImportCcd import{kVpn, {}};
    for (int i = 0; i < count; ++i) {
        connectors.emplace_back(connectorRow(i));
        iroutes.push_back({cnOf(i), lanOf(i), {}, 1});
        import.entries.push_back({cnOf(i), {}, {}, {lanOf(i)}, {}});
    }
    for (const Dialect dialect : dialects()) {
        const double goal = dialect == Dialect::Postgres ? 1 / 0.6 : 1 / 0.8;
        const QString peer =
            dialect == Dialect::Postgres ? u"COPY of ready lines"_s : u"1,000-row batches of ready values"_s;
        const Pair rows = interleaved(
            static_cast<int>(report.size(3, 1)),
            [&] {
                BenchStore store(dialect);
                store.fill(connectors);
                Connection &connection = store.connection();
                return timed([&] {
                    orDie(connection.beginWrite());
                    BulkLoader loader(connection, u"client_iroute_insert"_s);
                    for (const IrouteRow &row : iroutes) {
                        const Row any(row);
                        orDie(loader.add([&](const QString &name) { return boundValue(any, name); }));
                    }
                    orDie(loader.finish());
                    orDie(connection.commit());
                });
            },
            [&] {
                BenchStore store(dialect);
                store.fill(connectors);
                return loadByHand(store, iroutes);
            });
        report.addAtMost(u"G2"_s, u"%1: %2 rows in bulk, values made on the way"_s.arg(nameOf(dialect)).arg(count),
                         peer, rows, count, goal);
        const Pair whole = interleaved(
            1,
            [&] {
                BenchStore store(dialect);
                store.fill(connectors);
                (void)store.commit(SetSetting{u"quarantineHours"_s, u"0"_s});
                return timed([&] { (void)store.commit(import); });
            },
            [&] {
                BenchStore store(dialect);
                store.fill(connectors);
                return loadByHand(store, iroutes);
            });
        report.addCompared(
            u"G2"_s,
            u"%1: import of %2 LANs as one undoable command (2 rows and 2 images each)"_s.arg(nameOf(dialect))
                .arg(count),
            peer, whole, count);
    }
}

const Registration a1(u"A1"_s, &measureA1);
const Registration a2(u"A2"_s, &measureA2);
const Registration a4(u"A4"_s, &measureA4);
const Registration g1(u"G1"_s, &measureG1);
const Registration g2(u"G2"_s, &measureG2);

} // namespace

} // namespace interlock::bench
