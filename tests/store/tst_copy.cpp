// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/storeproof.h"

#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QSqlRecord>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

/// Every table has rows afterwards, with text that is awkward for COPY, and a part of the journal is pruned.
void fill(Store &store, ManualClock &clock)
{
    AddInstance both = usualInstance();
    both.pools.push_back(prefix("fd00:8::/64"));
    (void)submit(store, both);
    (void)submit(store, ReplaceIroutes{cn("tab'quote\"back\\slash"), {prefix("10.1.0.0/16"), prefix("fd00:1::/48")}});
    (void)submit(store, SetConnector{cn("ä-site"), {}, u"grüppe"_s, u"line one\nline two\ttab \\N \\x41 end"_s});
    (void)submit(store, SetAllocation{cn("ä-site"), instanceName(), address("10.8.1.5")});
    (void)submit(store, SetAllocation{cn("ä-site"), instanceName(), address("fd00:8::5")});
    (void)submit(store, ExcludePrefix{prefix("100.64.0.0/24"), {}});
    (void)submit(store, SetOption{OptionScope::Cn, u"ä-site"_s, OptionType::DhcpOption, u"DNS 10.0.0.1"_s});
    (void)submit(store, SetSetting{u"quarantineHours"_s, u"48"_s});
    (void)submit(store, ResolveClaim{cn("ä-site"), prefix("10.8.1.0/24"), instanceName()});
    (void)submit(store, ResolveClaim{cn("b"), prefix("10.8.1.0/24"), instanceName()});
    (void)submit(store, ReleaseClaim{cn("b"), prefix("10.8.1.0/24")});
    clock.advance(std::chrono::hours(1));
    (void)await(store.pruneJournal(clock.now(), u"test"_s));
    const auto set = submit(store, ReplaceIroutes{cn("c"), {prefix("10.3.0.0/16")}});
    (void)submit(store, Revert{*set->journal});
}

void fillNotes(const StoreUrl &url)
{
    const auto connection = rawConnection(url);
    (void)raw(
        *connection,
        u"INSERT INTO member_push (network, node, row_version, tries, last_error, pushed_at) VALUES ('lab', 'aabbccddee', 3, 0, '', 5)"_s);
    (void)raw(
        *connection,
        u"INSERT INTO rendering (device, template, checksum, body, rendered_at) VALUES ('till-1', 'base', 'ab', 'line\"1\"', 6)"_s);
}

/// What the ports do not show.
QStringList plainTables(const StoreUrl &url)
{
    QStringList lines;
    const auto connection = rawConnection(url);
    for (const QString &name :
         {u"member_push_all"_s, u"rendering_all"_s, u"journal_checkpoint_all"_s, u"journal_change_all"_s}) {
        Statement *rows = connection->run(name).value();
        QStringList own;
        while (rows->next()) {
            QStringList columns;
            for (int i = 0; i < rows->query().record().count(); ++i)
                columns.append(rows->isNull(i) ? u"NULL"_s : u'\'' + rows->text(i) + u'\'');
            own.append(name + columns.join(u'|'));
        }
        rows->query().finish();
        own.sort(); // the back ends order text differently
        lines += own;
    }
    return lines;
}

Dialect otherThan(Dialect dialect)
{
    return dialect == Dialect::Sqlite && hasPostgres() ? Dialect::Postgres : Dialect::Sqlite;
}

} // namespace

class TestCopy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        // Where a restore into PostgreSQL puts its safety copy.
        qputenv("XDG_DATA_HOME", m_home.path().toUtf8());
    }

    void aStoreGoesToTheOtherBackEndAndBack_data() { addDialectRows(); }
    void aStoreGoesToTheOtherBackEndAndBack()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const StorePlace middle(otherThan(dialect));
        const StorePlace end(dialect);
        const auto source = place.open(&clock);
        fill(*source, clock);
        fillNotes(place.url());
        const auto there = await(source->copyTo(middle.url().toString()));
        VERIFY_OK(there);
        const auto half = middle.open();
        const auto back = await(half->copyTo(end.url().toString()));
        VERIFY_OK(back);
        QCOMPARE(*back, *there);
        const auto copy = end.open();
        QVERIFY(allRows(*half) == allRows(*source));
        QVERIFY(allRows(*copy) == allRows(*source));
        QVERIFY(wholeJournal(*half) == wholeJournal(*source));
        QVERIFY(wholeJournal(*copy) == wholeJournal(*source));
        QCOMPARE(plainTables(middle.url()), plainTables(place.url()));
        QCOMPARE(plainTables(end.url()), plainTables(place.url()));
        QCOMPARE(findings(*half), QStringList());
        QCOMPARE(findings(*copy), QStringList());
        // It is a store like any other.
        VERIFY_OK(submit(*copy, ReplaceIroutes{cn("d"), {prefix("10.4.0.0/16")}}));
        const auto journal = wholeJournal(*copy);
        QCOMPARE(journal.back().id.value, static_cast<qint64>(journal.size()));
    }

    void aStoreThatHoldsAnythingIsNoTarget_data() { addDialectRows(); }
    void aStoreThatHoldsAnythingIsNoTarget()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const StorePlace taken(otherThan(dialect));
        const auto source = place.open(&clock);
        fill(*source, clock);
        const auto target = taken.open();
        VERIFY_OK(submit(*target, ReplaceIroutes{cn("mine"), {prefix("10.9.0.0/16")}}));
        const auto before = allRows(*target);
        VERIFY_FAILS(await(source->copyTo(taken.url().toString())), ErrorKind::Exists);
        QVERIFY(allRows(*target) == before);
        QCOMPARE(wholeJournal(*target).size(), std::size_t{1});
    }

    void aStoreIsNoTargetForItself_data() { addDialectRows(); }
    void aStoreIsNoTargetForItself()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const auto store = place.open(&clock);
        fill(*store, clock);
        const auto before = allRows(*store);
        VERIFY_FAILS(await(store->copyTo(place.url().toString())), ErrorKind::Usage);
        VERIFY_FAILS(await(store->copyTo(u"nonsense"_s)), ErrorKind::Usage);
        if (dialect == Dialect::Sqlite) {
            const QString alias = place.path(u"alias.db"_s);
            QVERIFY(QFile::link(place.url().path, alias));
            QVERIFY(!await(store->copyTo(u"sqlite:"_s + alias)));
        }
        QVERIFY(allRows(*store) == before);
        QCOMPARE(findings(*store), QStringList());
    }

    void aBackupBringsBackWhatWas_data() { addDialectRows(); }
    void aBackupBringsBackWhatWas()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const QString file = place.path(u"backup"_s);
        const auto store = place.open(&clock);
        fill(*store, clock);
        fillNotes(place.url());
        const auto rows = allRows(*store);
        const auto journal = wholeJournal(*store);
        const QStringList plain = plainTables(place.url());
        VERIFY_OK(await(store->backup(file)));
        QCOMPARE(QFileInfo(file).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        VERIFY_FAILS(await(store->backup(file)), ErrorKind::Exists);

        VERIFY_OK(submit(*store, RemoveConnector{cn("ä-site")}));
        VERIFY_OK(submit(*store, ReplaceIroutes{cn("later"), {prefix("10.7.0.0/16")}}));
        const auto later = allRows(*store);
        const auto other = place.open(); // another console
        QVERIFY(allRows(*other) == later);
        QSignalSpy resets(&other->feed(), &ChangeFeed::resetHappened);

        const auto safety = await(store->restore(file));
        VERIFY_OK(safety);
        QVERIFY(allRows(*store) == rows);
        QTRY_VERIFY_WITH_TIMEOUT(!resets.isEmpty(), 10'000);
        QVERIFY(allRows(*other) == rows);
        QCOMPARE(plainTables(place.url()), plain);
        QCOMPARE(findings(*store), QStringList());

        // The journal is the backup's, and one entry that says so and cannot be taken back.
        auto after = wholeJournal(*store);
        const JournalEntry note = after.back();
        after.pop_back();
        QVERIFY(after == journal);
        QCOMPARE(note.command, u"restore"_s);
        QVERIFY(!note.isRevertible);
        VERIFY_FAILS(submit(*store, Revert{note.id}), ErrorKind::Unsupported);

        // What was there before the restore can be had again.
        QVERIFY(QFileInfo::exists(*safety));
        VERIFY_OK(await(store->restore(*safety)));
        QVERIFY(allRows(*store) == later);
        VERIFY_OK(submit(*other, ReplaceIroutes{cn("last"), {prefix("10.6.0.0/16")}}));
        QCOMPARE(findings(*store), QStringList());
    }

    void aFileThatIsNoSoundBackupChangesNothing_data()
    {
        QTest::addColumn<Dialect>("dialect");
        QTest::addColumn<QString>("damage");
        QTest::addColumn<ErrorKind>("kind");
        const std::vector<std::pair<QString, ErrorKind>> damages{
            {u"missing"_s, ErrorKind::NotFound},         {u"empty"_s, ErrorKind::StoreCorrupt},
            {u"text"_s, ErrorKind::StoreCorrupt},        {u"cut"_s, ErrorKind::StoreCorrupt},
            {u"overwritten"_s, ErrorKind::StoreCorrupt}, {u"another program's"_s, ErrorKind::StoreCorrupt},
            {u"row changed"_s, ErrorKind::StoreCorrupt}};
        for (const auto &[name, kind] : damages) {
            QTest::addRow("SQLite: %s", qPrintable(name)) << Dialect::Sqlite << name << kind;
            if (hasPostgres())
                QTest::addRow("PostgreSQL: %s", qPrintable(name)) << Dialect::Postgres << name << kind;
        }
    }
    void aFileThatIsNoSoundBackupChangesNothing()
    {
        QFETCH(Dialect, dialect);
        QFETCH(QString, damage);
        QFETCH(ErrorKind, kind);
        ManualClock clock;
        const StorePlace place(dialect);
        const QString path = place.path(u"backup"_s);
        const auto store = place.open(&clock);
        fill(*store, clock);
        VERIFY_OK(await(store->backup(path)));
        VERIFY_OK(submit(*store, ReplaceIroutes{cn("later"), {prefix("10.7.0.0/16")}}));
        const auto before = allRows(*store);
        const auto journal = wholeJournal(*store);
        QFile file(path);
        if (damage == u"missing"_s) {
            QVERIFY(file.remove());
        } else if (damage == u"row changed"_s || damage == u"another program's"_s) {
            QVERIFY(raw(*rawConnection({Dialect::Sqlite, path, {}, 0, {}, {}, {}, {}}),
                        damage == u"row changed"_s
                            ? u"UPDATE client_iroute SET prefix = '10.99.0.0/16' WHERE prefix = '10.1.0.0/16'"_s
                            : u"PRAGMA application_id = 7"_s));
        } else {
            QVERIFY(file.open(QIODevice::ReadWrite));
            const qint64 size = file.size();
            if (damage == u"empty"_s)
                QVERIFY(file.resize(0));
            else if (damage == u"cut"_s)
                QVERIFY(file.resize(size / 2));
            else if (damage == u"text"_s)
                QVERIFY(file.resize(0) && file.write(QByteArray(5000, 'x')) == 5000);
            else
                QVERIFY(file.seek(4096) && file.write(QByteArray(static_cast<int>(size) - 8192, '\x5a')) > 0);
            file.close();
        }
        VERIFY_FAILS(await(store->restore(path)), kind);
        QVERIFY(allRows(*store) == before);
        QVERIFY(wholeJournal(*store) == journal);
        QCOMPARE(findings(*store), QStringList());
    }

private:
    QTemporaryDir m_home;
};

QTEST_GUILESS_MAIN(TestCopy)
#include "tst_copy.moc"
