// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/rowimage.h"
#include "model/store/migrator.h"
#include "model/store/storecheck.h"
#include "tests/support/storeproof.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

const QString kFolder = u"test_migrations"_s;
/// The two of them, which come after the program's own.
constexpr int kFirst = kSchemaVersion + 1;
constexpr int kSecond = kSchemaVersion + 2;

void fill(Store &store)
{
    (void)submit(store, usualInstance());
    (void)submit(store, ReplaceIroutes{cn("a"), {prefix("10.1.0.0/16"), prefix("10.2.0.0/16")}});
    (void)submit(store, ResolveClaim{cn("a"), prefix("10.1.0.0/16"), instanceName()});
    (void)submit(store, SetAllocation{cn("a"), instanceName(), address("10.8.0.9")});
}

int numberOf(Connection &connection, const QString &sql)
{
    return raw(connection, sql).value().toInt();
}

} // namespace

class TestMigrations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFreshDatabaseGetsTheWholeSchema_data() { addDialectRows(); }
    void aFreshDatabaseGetsTheWholeSchema()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto connection = Connection::open(place.url(), Connection::Access::Create);
        VERIFY_OK(connection);
        QCOMPARE(schemaVersion(**connection).value(), 0);
        VERIFY_OK(migrate(**connection));
        QCOMPARE(schemaVersion(**connection).value(), kSchemaVersion);
        QCOMPARE(numberOf(**connection, u"SELECT COUNT(*) FROM schema_version"_s), kSchemaVersion);
        const auto problems = checkStore(**connection);
        VERIFY_OK(problems);
        QVERIFY(problems->empty());
        VERIFY_OK(migrate(**connection)); // nothing to do
        QVERIFY(!QFileInfo::exists(backupPath(place.url(), 0)));
    }

    void everyMigrationRunsOnceInOrderWithItsDialectsOwn_data() { addDialectRows(); }
    void everyMigrationRunsOnceInOrderWithItsDialectsOwn()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        fill(*place.open());
        const auto connection = rawConnection(place.url());
        VERIFY_OK(migrate(*connection, kFolder, kFirst));
        QCOMPARE(numberOf(*connection, u"SELECT COUNT(*) FROM probe"_s), 80'000);
        VERIFY_OK(migrate(*connection, kFolder, kSecond));
        QCOMPARE(numberOf(*connection, u"SELECT COUNT(*) FROM probe"_s), 70'000);
        QCOMPARE(raw(*connection, u"SELECT name FROM probe_dialect"_s).value().toString(),
                 dialect == Dialect::Sqlite ? u"sqlite"_s : u"postgres"_s);
        QCOMPARE(numberOf(*connection, u"SELECT COUNT(*) FROM schema_version"_s), kSecond);
        const auto problems = checkStore(*connection);
        VERIFY_OK(problems);
        QVERIFY(problems->empty());
    }

    void whatWasThereIsBackedUpFirst_data() { addDialectRows(); }
    void whatWasThereIsBackedUpFirst()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        std::vector<Row> rows;
        std::vector<JournalEntry> journal;
        {
            const auto store = place.open();
            fill(*store);
            rows = allRows(*store);
            journal = wholeJournal(*store);
        }
        const auto connection = rawConnection(place.url());
        VERIFY_OK(migrate(*connection, kFolder, kSecond));
        if (dialect == Dialect::Sqlite) {
            StoreUrl url = place.url();
            url.path = backupPath(place.url(), kSchemaVersion);
            QVERIFY(url.path.endsWith(u".v%1.backup"_s.arg(kSchemaVersion)));
            QCOMPARE(QFileInfo(url.path).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
            const auto backup = Store::open(url, Store::Opening::Existing);
            VERIFY_OK(backup);
            QVERIFY(allRows(**backup) == rows);
            QVERIFY(wholeJournal(**backup) == journal);
            QCOMPARE(findings(**backup), QStringList());
            return;
        }
        const QString schema = u"interlock_backup_v%1"_s.arg(kSchemaVersion);
        // Every table as it was; those that no migration of the test touches are still equal.
        for (const char16_t *name : kTableNames) {
            QString table = QString::fromUtf16(name);
            if (table == u"allocation"_s || table == u"subnet_address"_s)
                table = u"address"_s; // both are rows of it
            QCOMPARE(numberOf(*connection, u"SELECT COUNT(*) FROM %1.%2"_s.arg(schema, table)),
                     numberOf(*connection, u"SELECT COUNT(*) FROM "_s + table));
            if (table != u"connector"_s)
                QCOMPARE(numberOf(*connection,
                                  u"SELECT COUNT(*) FROM (SELECT * FROM %1.%2 EXCEPT SELECT * FROM %2) x"_s.arg(schema,
                                                                                                                table)),
                         0);
        }
        QCOMPARE(numberOf(*connection, u"SELECT COUNT(*) FROM %1.journal"_s.arg(schema)),
                 static_cast<int>(journal.size()));
        QCOMPARE(numberOf(*connection, u"SELECT COUNT(*) FROM %1.schema_version"_s.arg(schema)), kSchemaVersion);
    }

    void aStoreFromBeforeThePublicAddressGoesOnWithItsJournal_data() { addDialectRows(); }
    void aStoreFromBeforeThePublicAddressGoesOnWithItsJournal()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto connection = Connection::open(place.url(), Connection::Access::Create);
        VERIFY_OK(connection);
        VERIFY_OK(migrate(**connection, u"migrations"_s, 4));
        InstanceRow row = usualInstance().instance;
        row.version = 1;
        QJsonObject image = imageOf(row);
        image.remove(u"publicAddress"_s);
        for (const QString &sql :
             {u"INSERT INTO instance (name, management, network, server_address, mode, password_file, block_length, "
              "block_length6, collision, standin_range, unknown_cn, auto_allocate, move_live, when_store_down, tenant, "
              "created_at, version) VALUES ('vpn', 'tcp:127.0.0.1:7505', '10.8.0.0/16', '10.8.0.1', 'tun', '', 27, 64, "
              "'keep-first', '100.64.0.0/10', 'deny', 0, 'never', 'admit-known', '', 0, 1)"_s,
              u"INSERT INTO journal (id, at, actor, command, arguments, reverts, revertible, has_images) "
              "VALUES (1, 0, 'test', 'addInstance', '{}', NULL, 1, 1)"_s,
              u"INSERT INTO journal_change (journal_id, ordinal, table_name, row_key, before_image, after_image) "
              "VALUES (1, 0, 'instance', '[\"vpn\"]', NULL, '%1')"_s.arg(
                  QString::fromUtf8(QJsonDocument(image).toJson(QJsonDocument::Compact)))})
            VERIFY_OK(raw(**connection, sql));

        const auto store = place.open();
        QVERIFY(allRows(*store) == std::vector<Row>{row});
        const auto problems = await(store->verifyJournal());
        VERIFY_OK(problems);
        QVERIFY(problems->empty());
        SetInstance set{instanceName()};
        set.publicAddress = address("203.0.113.7");
        set.pools = usualInstance().pools;
        VERIFY_OK(submit(*store, set));
        VERIFY_OK(submit(*store, Revert{{2}}));
        VERIFY_OK(submit(*store, Revert{{1}}));
        QVERIFY(allRows(*store).empty());
        QCOMPARE(findings(*store), QStringList());
    }

    void aFailedMigrationLeavesTheStoreAsItWas_data() { addDialectRows(); }
    void aFailedMigrationLeavesTheStoreAsItWas()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        fill(*place.open());
        const auto before = allRows(*place.open());
        {
            const auto connection = rawConnection(place.url());
            for (int attempt = 0; attempt < 2; ++attempt) {
                const auto failed = migrate(*connection, u"failing_migrations"_s, kFirst);
                VERIFY_FAILS(failed, ErrorKind::Conflict);
                QCOMPARE(schemaVersion(*connection).value(), kSchemaVersion);
                QVERIFY(!raw(*connection, u"SELECT n FROM probe"_s));
                QVERIFY(!raw(*connection, u"SELECT probe FROM connector"_s));
            }
            // The same connection goes on, and a good migration still works.
        }
        const auto store = place.open();
        QVERIFY(allRows(*store) == before);
        QCOMPARE(findings(*store), QStringList());
        VERIFY_OK(submit(*store, ReplaceIroutes{cn("b"), {prefix("10.3.0.0/16")}}));
        VERIFY_OK(migrate(*rawConnection(place.url()), kFolder, kSecond));
    }

    void manyProcessesMayOpenAnEmptyStoreAtOnce_data() { addDialectRows(); }
    void manyProcessesMayOpenAnEmptyStoreAtOnce()
    {
        QFETCH(Dialect, dialect);
        for (int round = 0; round < 5; ++round) {
            const StorePlace place(dialect);
            std::vector<std::unique_ptr<Workload>> processes;
            for (int i = 0; i < 6; ++i)
                processes.push_back(std::make_unique<Workload>(place.url(), u"open"_s));
            for (const auto &process : processes) {
                QVERIFY(process->waitForEnd(60));
                QCOMPARE(process->exitCode(), 0);
            }
            const auto store = place.open();
            QCOMPARE(findings(*store), QStringList());
            QCOMPARE(numberOf(*rawConnection(place.url()), u"SELECT COUNT(*) FROM schema_version"_s), kSchemaVersion);
            QCOMPARE(numberOf(*rawConnection(place.url()), u"SELECT COUNT(*) FROM store_identity"_s), 1);
        }
    }

    void manyProcessesMayMigrateAtOnce_data() { addDialectRows(); }
    void manyProcessesMayMigrateAtOnce()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        fill(*place.open());
        std::vector<std::unique_ptr<Workload>> processes;
        for (int i = 0; i < 4; ++i)
            processes.push_back(
                std::make_unique<Workload>(place.url(), u"migrate"_s, QStringList{kFolder, QString::number(kSecond)}));
        for (const auto &process : processes) {
            QVERIFY(process->waitForEnd(60));
            QCOMPARE(process->exitCode(), 0);
        }
        const auto connection = rawConnection(place.url());
        QCOMPARE(numberOf(*connection, u"SELECT COUNT(*) FROM probe"_s), 70'000);
        QCOMPARE(numberOf(*connection, u"SELECT COUNT(*) FROM schema_version"_s), kSecond);
    }

    void aNewerSchemaIsRefused_data() { addDialectRows(); }
    void aNewerSchemaIsRefused()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto open = place.open();
        fill(*open);
        (void)allRows(*open);
        VERIFY_OK(migrate(*rawConnection(place.url()), kFolder, kSecond));
        const auto late = Store::open(place.url(), Store::Opening::Existing);
        VERIFY_FAILS(late, ErrorKind::StoreNewer);
        QCOMPARE(late.error().payload.value("schemaVersion"_L1).toInt(), kSecond);
        // One that had it open does not write rows of an older shape into it.
        VERIFY_FAILS(submit(*open, ReplaceIroutes{cn("b"), {prefix("10.3.0.0/16")}}), ErrorKind::StoreNewer);
        QCOMPARE(numberOf(*rawConnection(place.url()), u"SELECT COUNT(*) FROM client_iroute"_s), 2);
    }
};

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"
