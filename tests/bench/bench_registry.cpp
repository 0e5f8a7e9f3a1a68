// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/replica.h"
#include "model/tables/subnetitems.h"
#include "model/tables/subnettreemodel.h"
#include "tests/bench/bench.h"
#include "tests/bench/storebench.h"
#include "tests/support/registryfill.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSqlDriver>

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

constexpr std::size_t kMillion = 1'000'000;
constexpr int kRounds = 5;

/// Steps through all subnets and touches every column, as the least that a reader can do.
double bareSelect(Report &report, Connection &connection, std::size_t expected)
{
    const QByteArray sql = connection.positionalText(u"subnet_select"_s)->sql.toUtf8();
    std::size_t rows = 0;
    qint64 bytes = 0;
    const double took = timed([&] {
        const QVariant handle = connection.database().driver()->handle();
        sqlite3 *database = *static_cast<sqlite3 *const *>(handle.constData());
        sqlite3_stmt *statement = nullptr;
        sqlite3_prepare_v2(database, sql.constData(), static_cast<int>(sql.size()), &statement, nullptr);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            for (int column = 0; column < sqlite3_column_count(statement); ++column) {
                doNotOptimize(sqlite3_column_text(statement, column));
                bytes += sqlite3_column_bytes(statement, column);
            }
            ++rows;
        }
        sqlite3_finalize(statement);
    });
    doNotOptimize(bytes);
    report.check(rows == expected, u"tree-load"_s, u"rows are missing"_s);
    return took;
}

/// The whole tree as the rules use it.
double loadTopology(Report &report, BenchStore &store, std::size_t expected, Replica &replica)
{
    const double took = timed([&] {
        Connection &connection = store.connection();
        const JournalHead head = orDie(connection.journalHead());
        orDie(replica.advanceTo(connection, head).map([](const Replica::Progress &) {}));
        replica.topology().noteWhole();
        orDie(replica.readNoted(connection, 0));
    });
    report.check(replica.topology().subnets().size() == expected, u"tree-load"_s, u"subnets are missing"_s);
    return took;
}

void measureLoading(Report &report)
{
    const std::size_t count = report.size(kMillion, 20'000);
    BenchStore store(Dialect::Sqlite);
    orDie(fillWithRegistry(store.connection(), {count, 0}));
    const auto bare = [&] { return bareSelect(report, store.connection(), count); };
    const auto topology = [&] {
        Replica replica;
        return loadTopology(report, store, count, replica);
    };
    const auto model = [&] {
        Replica replica;
        SubnetTreeModel shown;
        const double read = loadTopology(report, store, count, replica);
        const double built = timed([&] { shown.load(SubnetForest(SubnetItems().all(replica.topology()))); });
        report.check(static_cast<std::size_t>(shown.totalCount()) == count, u"tree-load"_s, u"items are missing"_s);
        return read + built;
    };
    const QString select = u"bare SELECT of every column"_s;
    report.addAtMost(u"tree-load"_s, u"1,000,000 subnets from SQLite to the rules' tree"_s, select,
                     interleaved(kRounds, topology, bare), 1, 3);
    report.addAtMost(u"tree-load"_s, u"1,000,000 subnets from SQLite to the window's tree"_s, select,
                     interleaved(kRounds, model, bare), 1, 3);
}

/// What whole processes take, one after the other, on one store.
class Programs
{
public:
    Programs(Report &report, const StoreUrl &store) : m_report(report), m_store(store) {}

    /// Runs one and keeps its answer.
    const QJsonObject &run(const QStringList &words)
    {
        QProcess program;
        const QString path = qEnvironmentVariable("INTERLOCK_BIN") + u"/interlockctl"_s;
        m_took += timed([&] {
            program.start(path, QStringList{u"--store"_s, u"sqlite:"_s + m_store.path, u"--json"_s} + words);
            program.waitForFinished(-1);
        });
        const QByteArray said = program.readAllStandardOutput();
        m_report.check(program.exitStatus() == QProcess::NormalExit && program.exitCode() == 0, u"tree-cli"_s,
                       words.join(u' ') + u": "_s + QString::fromUtf8(said.left(200)));
        m_answer = QJsonDocument::fromJson(said).object();
        ++m_count;
        return m_answer;
    }
    /// Of one process.
    [[nodiscard]] double time() const { return m_took / m_count; }

private:
    Report &m_report;
    const StoreUrl &m_store;
    QJsonObject m_answer;
    double m_took = 0;
    int m_count = 0;
};

void findOne(Programs &programs)
{
    programs.run({u"subnet"_s, u"find"_s, u"10.0.9.20"_s});
}
void findFree(Programs &programs)
{
    programs.run({u"subnet"_s, u"free"_s, u"10.0.0.0/8"_s, u"--length"_s, u"24"_s});
}
void splitAndUndo(Programs &programs)
{
    const QJsonObject split =
        programs.run({u"subnet"_s, u"split"_s, u"10.0.1.0/24"_s, u"--length"_s, u"26"_s, u"--keep-parent"_s});
    programs.run({u"journal"_s, u"revert"_s, QString::number(split.value("journal"_L1).toInteger())});
}
void requestAndRelease(Programs &programs)
{
    const QJsonObject taken = programs.run({u"address"_s, u"request"_s, u"10.0.1.0/24"_s});
    programs.run({u"address"_s, u"release"_s, taken.value("address"_L1).toString()});
}
void listPages(Programs &programs)
{
    const QJsonObject page = programs.run({u"subnet"_s, u"list"_s, u"--limit"_s, u"100"_s});
    programs.run({u"subnet"_s, u"list"_s, u"--limit"_s, u"100"_s, u"--after"_s, page.value("next"_L1).toString()});
}
void searchAddress(Programs &programs)
{
    programs.run({u"search"_s, u"10.0.0.0/16"_s});
}
void searchText(Programs &programs)
{
    programs.run({u"search"_s, u"srv-00011-03"_s});
}

/// The same commands on a store with a thousand subnets and on one with a million: who has more pays hardly more.
void measureCommands(Report &report)
{
    if (!qEnvironmentVariableIsSet("INTERLOCK_BIN")) {
        report.addNotMeasured(u"tree-cli"_s, u"interlockctl on 1,000,000 subnets"_s, u"<= 3x the time"_s,
                              u"INTERLOCK_BIN does not say where the programs are"_s);
        return;
    }
    const std::size_t count = report.size(kMillion, 5'000);
    BenchStore large(Dialect::Sqlite);
    orDie(fillWithRegistry(large.connection(), {count, count / 10}));
    BenchStore small(Dialect::Sqlite);
    orDie(fillWithRegistry(small.connection(), {1'000, 100}));
    const auto compare = [&](const QString &job, void (*scenario)(Programs &)) {
        const auto on = [&](const BenchStore &store) {
            Programs programs(report, store.url());
            scenario(programs);
            return programs.time();
        };
        const Pair pair = interleaved(
            kRounds, [&] { return on(large); }, [&] { return on(small); });
        report.addAtMost(u"tree-cli"_s, u"interlockctl, each process: "_s + job, u"the same with 1,000 subnets"_s, pair,
                         1, 3);
    };
    compare(u"subnet find"_s, &findOne);
    compare(u"subnet free --length 24 in the /8"_s, &findFree);
    compare(u"subnet split, journal revert"_s, &splitAndUndo);
    compare(u"address request, release"_s, &requestAndRelease);
    compare(u"subnet list, two pages of 100"_s, &listPages);
    compare(u"search of a /16"_s, &searchAddress);
    compare(u"search of a text, which reads every row"_s, &searchText);
}

const Registration load(u"tree-load"_s, &measureLoading);
const Registration commands(u"tree-cli"_s, &measureCommands);

} // namespace

} // namespace interlock::bench
