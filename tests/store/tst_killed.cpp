// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/migrator.h"
#include "model/store/storecheck.h"
#include "tests/support/storeproof.h"

#include <QDir>
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QSet>
#include <QTest>
#include <QThread>

#include <map>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

/// Kills of each kind and back end.
constexpr int kKills = 20;
/// The same for work that takes longer to look through.
constexpr int kLongKills = 10;

template <typename R>
std::vector<R> rowsOf(const std::vector<Row> &rows)
{
    std::vector<R> found;
    for (const Row &row : rows) {
        if (const auto *one = std::get_if<R>(&row))
            found.push_back(*one);
    }
    return found;
}

void fillStore(Store &store, int connectors)
{
    (void)submit(store, usualInstance());
    for (int i = 0; i < connectors; ++i)
        (void)submit(store, ReplaceIroutes{CommonName::parse(u"filled-%1"_s.arg(i)).value(),
                                           {Prefix::parse(u"10.200.%1.0/24"_s.arg(i)).value()}});
}

} // namespace

/// kill -9 at random moments of a seeded sequence: whatever was answered is there, and nothing is half done.
class TestKilled : public QObject
{
    Q_OBJECT

private:
    QRandomGenerator m_random{20260101};

    /// Lets `process` go on for a random while, of at most `upTo` microseconds, and kills it.
    void killSomewhere(Workload &process, int upTo)
    {
        QThread::usleep(static_cast<unsigned long>(m_random.bounded(upTo)));
        process.kill();
    }

private Q_SLOTS:
    void initTestCase()
    {
        // A restore into PostgreSQL puts its safety copy there; the workloads inherit it.
        static const QTemporaryDir kHome;
        qputenv("XDG_DATA_HOME", kHome.path().toUtf8());
    }

    void anAnsweredSetOfIroutesIsThere_data() { addDialectRows(); }
    void anAnsweredSetOfIroutesIsThere()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        for (int round = 0; round < kKills; ++round) {
            Workload process(place.url(), u"iroutes"_s, {QString::number(round)});
            QVERIFY(process.waitForLine("iroutes"));
            killSomewhere(process, 30'000);
            // Later sets of a connector replace earlier ones, and the last may have been committed without an answer:
            // every answered set is an entry of the journal, and the rows are those of the last entry.
            const auto reopened = place.open();
            std::map<QString, QString> last;
            for (const QString &line : process.lines()) {
                const QStringList words = line.split(u' ');
                if (words[0] != u"iroutes"_s || words[1] == u"-"_s)
                    continue;
                const auto entry = await(reopened->journalEntry({words[1].toLongLong()}));
                VERIFY_OK(entry);
                QCOMPARE(entry->command, u"replaceIroutes"_s);
                QStringList prefixes;
                for (const RowChange &change : entry->changes) {
                    if (const auto *row = change.after ? std::get_if<IrouteRow>(&*change.after) : nullptr) {
                        QCOMPARE(row->cn.toString(), words[2]);
                        prefixes.append(row->prefix.toString());
                    }
                }
                QVERIFY2(prefixes.size() <= 3 && !prefixes.isEmpty(), qPrintable(line));
            }
            QCOMPARE(findings(*reopened), QStringList());
            std::map<QString, int> counts;
            for (const IrouteRow &row : rowsOf<IrouteRow>(allRows(*reopened)))
                ++counts[row.cn.toString()];
            for (const auto &[name, count] : counts)
                QCOMPARE(count, 3);
        }
    }

    void anAnsweredVerdictIsThere_data() { addDialectRows(); }
    void anAnsweredVerdictIsThere() // SOURCES S5
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        {
            const auto store = place.open();
            VERIFY_OK(submit(*store, usualInstance()));
        }
        QSet<QString> answered;
        for (int round = 0; round < kKills; ++round) {
            Workload process(place.url(), u"claims"_s, {QString::number(round)});
            QVERIFY(process.waitForLine("claim"));
            killSomewhere(process, 30'000);
            for (const QString &line : process.lines()) {
                const QStringList words = line.split(u' ');
                if (words[0] == u"claim"_s)
                    answered.insert(words.mid(2).join(u' '));
            }
            const auto store = place.open();
            QCOMPARE(findings(*store), QStringList());
            QSet<QString> present;
            for (const ClaimRow &row : rowsOf<ClaimRow>(allRows(*store)))
                present.insert(u"%1 %2 %3"_s.arg(row.cn.toString(), row.real.toString(), row.virtualPrefix.toString()));
            const QSet<QString> lost = QSet<QString>(answered).subtract(present);
            QVERIFY2(lost.isEmpty(), qPrintable(QStringList(lost.values()).join(u'\n')));
        }
        QVERIFY(answered.size() >= kKills);
    }

    void anImportIsThereAsAWholeOrNotAtAll_data() { addDialectRows(); }
    void anImportIsThereAsAWholeOrNotAtAll()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        {
            const auto store = place.open();
            VERIFY_OK(submit(*store, usualInstance()));
        }
        for (int round = 0; round < kLongKills; ++round) {
            Workload process(place.url(), u"imports"_s, {QString::number(round)});
            QVERIFY(process.waitForLine(round % 2 == 0 ? "ready" : "import"));
            killSomewhere(process, 200'000);
            const auto store = place.open();
            std::map<QString, int> parts; // of import "round-number"
            for (const IrouteRow &row : rowsOf<IrouteRow>(allRows(*store)))
                ++parts[row.cn.toString().section(u'-', 1)];
            for (const auto &[name, count] : parts)
                QCOMPARE(count, 150);
            for (const QString &line : process.lines()) {
                if (const QStringList words = line.split(u' '); words[0] == u"import"_s)
                    QVERIFY2(parts.contains(words[2].section(u'-', 1)), qPrintable(line));
            }
            QCOMPARE(findings(*store), QStringList());
        }
    }

    void aFileIsStoredAsAWholeOrNotAtAll_data() { addDialectRows(); }
    void aFileIsStoredAsAWholeOrNotAtAll()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        VERIFY_OK(submit(*place.open(), usualInstance()));
        const QStringList things = thingsAt(place);
        int cut = 0;
        for (int round = 0; round < kLongKills; ++round) {
            Workload process(place.url(), u"files"_s, {QString::number(round)});
            // While rows are checked and wait, and while they are stored.
            QVERIFY(process.waitForLine(round % 2 == 0 ? "checked 2000" : "storing"));
            killSomewhere(process, 100'000);
            const QStringList lines = process.lines();
            cut += lines.isEmpty() || !lines.last().startsWith(u"stored"_s) ? 1 : 0;
            const auto store = place.open();
            std::map<QString, std::pair<int, int>> files; // by tenant
            for (const Row &row : allRows(*store)) {
                if (const auto *subnet = std::get_if<SubnetRow>(&row))
                    ++files[subnet->tenant].first;
                else if (const auto *address = std::get_if<AddressRow>(&row))
                    ++files[address->tenant].second;
                else if (const auto *tenant = std::get_if<TenantRow>(&row))
                    files.try_emplace(tenant->tenant);
            }
            for (const auto &[tenant, counts] : files)
                QVERIFY2(counts == std::pair(5'000, 500), qPrintable(tenant));
            for (const QString &line : lines) {
                if (line.startsWith(u"stored"_s))
                    QVERIFY2(files.contains(line.section(u' ', 2)), qPrintable(line));
            }
            QCOMPARE(findings(*store), QStringList());
            // Nor is anything left of what waited: no table, no file, and nobody holds a lock.
            QCOMPARE(thingsAt(place), things);
            VERIFY_OK(submit(*store, SetSetting{u"quarantineHours"_s, QString::number(round)}));
        }
        qInfo("%d of %d kills came in the middle of a file", cut, kLongKills);
        QVERIFY2(cut > 0, "every kill came between two files");
    }

    void aMigrationIsDoneAsAWholeOrNotAtAll_data() { addDialectRows(); }
    void aMigrationIsDoneAsAWholeOrNotAtAll()
    {
        QFETCH(Dialect, dialect);
        int upTo = 0;
        {
            const StorePlace place(dialect);
            (void)place.open();
            QElapsedTimer timer;
            timer.start();
            Workload process(place.url(), u"migrate"_s, {u"test_migrations"_s, QString::number(kSchemaVersion + 2)});
            QVERIFY(process.waitForEnd(60));
            upTo = static_cast<int>(timer.nsecsElapsed() / 1000);
        }
        int done = 0;
        for (int round = 0; round < kLongKills; ++round) {
            const StorePlace place(dialect);
            {
                const auto store = place.open();
                fillStore(*store, 5);
            }
            Workload process(place.url(), u"migrate"_s, {u"test_migrations"_s, QString::number(kSchemaVersion + 2)});
            QVERIFY(process.waitForLine("ready"));
            killSomewhere(process, upTo);
            const bool isAnswered = process.lines().contains(u"migrated"_s);
            const auto connection = rawConnection(place.url());
            const auto version = schemaVersion(*connection);
            VERIFY_OK(version);
            if (*version == kSchemaVersion) {
                QVERIFY(!isAnswered);
                QVERIFY(!raw(*connection, u"SELECT COUNT(*) FROM probe"_s));
                const auto store = place.open();
                QCOMPARE(findings(*store), QStringList());
                // The next start carries on where that one was cut off.
                VERIFY_OK(migrate(*connection, u"test_migrations"_s, kSchemaVersion + 2));
            } else {
                ++done;
            }
            QCOMPARE(schemaVersion(*connection).value(), kSchemaVersion + 2);
            QCOMPARE(raw(*connection, u"SELECT COUNT(*) FROM probe"_s).value().toInt(), 70'000);
            QCOMPARE(raw(*connection, u"SELECT COUNT(*) FROM probe_dialect"_s).value().toInt(), 1);
            const auto problems = checkStore(*connection);
            VERIFY_OK(problems);
            QVERIFY(problems->empty());
        }
        qInfo("%d of %d migrations were through before the kill", done, kLongKills);
        QVERIFY2(done < kLongKills, "every kill came too late");
    }

    void aRestoreIsDoneAsAWholeOrNotAtAll_data() { addDialectRows(); }
    void aRestoreIsDoneAsAWholeOrNotAtAll()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const QString few = place.path(u"few"_s);
        const QString many = place.path(u"many"_s);
        std::vector<Row> fewRows;
        std::vector<Row> manyRows;
        {
            const auto store = place.open();
            fillStore(*store, 3);
            fewRows = allRows(*store);
            VERIFY_OK(await(store->backup(few)));
            fillStore(*store, 120);
            manyRows = allRows(*store);
            VERIFY_OK(await(store->backup(many)));
        }
        for (int round = 0; round < kLongKills; ++round) {
            Workload process(place.url(), u"restores"_s, {few, many});
            QVERIFY(process.waitForLine(round % 2 == 0 ? "ready" : "restored"));
            killSomewhere(process, 150'000);
            const auto store = place.open();
            QCOMPARE(findings(*store), QStringList());
            const std::vector<Row> rows = allRows(*store);
            QVERIFY(rows == fewRows || rows == manyRows);
        }
    }

    void aBackupUnderItsNameIsWhole_data() { addDialectRows(); }
    void aBackupUnderItsNameIsWhole()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        std::vector<Row> rows;
        {
            const auto store = place.open();
            fillStore(*store, 50);
            rows = allRows(*store);
        }
        for (int round = 0; round < kLongKills; ++round) {
            const QTemporaryDir folder;
            Workload process(place.url(), u"backups"_s, {folder.path()});
            QVERIFY(process.waitForLine(round % 2 == 0 ? "ready" : "backup"));
            killSomewhere(process, 30'000);
            int found = 0;
            for (const QString &name : QDir(folder.path()).entryList({u"backup-*"_s}, QDir::Files)) {
                if (name.contains(u'.'))
                    continue; // what was cut off has another name
                ++found;
                const auto backup = Store::open({Dialect::Sqlite, folder.filePath(name), {}, 0, {}, {}, {}, {}},
                                                Store::Opening::Existing);
                VERIFY_OK(backup);
                QVERIFY(allRows(**backup) == rows);
                QCOMPARE(findings(**backup), QStringList());
            }
            qsizetype answered = 0;
            for (const QString &line : process.lines())
                answered += line.startsWith(u"backup "_s) ? 1 : 0;
            QVERIFY(found >= answered);
        }
        const auto store = place.open();
        QCOMPARE(findings(*store), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestKilled)
#include "tst_killed.moc"
