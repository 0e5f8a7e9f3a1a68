// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/storeproof.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

bool canMount = false;

void writeText(const char *path, const QByteArray &text)
{
    QFile file(QString::fromLatin1(path));
    if (file.open(QIODevice::WriteOnly))
        file.write(text);
}

/// Gives this process mounts of its own, which nobody else sees and which end with it; before there are threads.
void separateMounts()
{
    const QByteArray uid = QByteArray::number(getuid());
    const QByteArray gid = QByteArray::number(getgid());
    if (getuid() == 0) {
        canMount = unshare(CLONE_NEWNS) == 0;
    } else if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
        writeText("/proc/self/setgroups", "deny");
        writeText("/proc/self/uid_map", "0 " + uid + " 1");
        writeText("/proc/self/gid_map", "0 " + gid + " 1");
        canMount = true;
    }
    canMount = canMount && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

/// A small disk of its own.
class SmallDisk
{
public:
    explicit SmallDisk(int kilobytes)
    {
        if (mount("tmpfs", m_path.constData(), "tmpfs", 0, size(kilobytes).constData()) != 0)
            qFatal("tmpfs cannot be mounted");
    }
    ~SmallDisk() { umount2(m_path.constData(), MNT_DETACH); }
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;

    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }
    [[nodiscard]] StoreUrl url() const { return {Dialect::Sqlite, path(u"store.db"_s), {}, 0, {}, {}, {}, {}}; }
    void resize(int kilobytes) { remount(0, kilobytes); }
    [[nodiscard]] bool setReadOnly(int kilobytes) { return remount(MS_RDONLY, kilobytes); }

private:
    static QByteArray size(int kilobytes) { return "size=" + QByteArray::number(kilobytes) + 'k'; }
    bool remount(unsigned long flags, int kilobytes)
    {
        return mount("tmpfs", m_path.constData(), "tmpfs", MS_REMOUNT | flags, size(kilobytes).constData()) == 0;
    }

    QTemporaryDir m_folder;
    QByteArray m_path = m_folder.path().toUtf8();
};

#define NEEDS_MOUNTS()                                                                                                 \
    do {                                                                                                               \
        if (!canMount && qEnvironmentVariableIsSet("CI"))                                                              \
            QFAIL("neither root nor a user namespace: in CI this is tested");                                          \
        if (!canMount)                                                                                                 \
            QSKIP("neither root nor a user namespace to mount a small disk in");                                       \
    } while (false)

ReplaceIroutes set(int number, int size = 1)
{
    ReplaceIroutes command{CommonName::parse(u"site-%1"_s.arg(number)).value(), {}};
    for (int i = 0; i < size; ++i)
        command.prefixes.push_back(Prefix::parse(u"10.%1.%2.0/24"_s.arg(100 + i / 256).arg(i % 256)).value());
    return command;
}

StoreUrl fileUrl(const QString &path)
{
    return {Dialect::Sqlite, path, {}, 0, {}, {}, {}, {}};
}

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("unreadable");
}

void removeStore(const QString &path)
{
    for (const QString &ending : {QString(), u"-wal"_s, u"-shm"_s, u".live"_s, u".live-wal"_s, u".live-shm"_s})
        QFile::remove(path + ending);
}

} // namespace

/// What can be wrong with the place of a store: each a typed error, nothing changed, and no restart to get over it.
class TestFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFullDiskIsSaidAndGotOver()
    {
        NEEDS_MOUNTS();
        SmallDisk disk(2048);
        const auto store = Store::open(disk.url(), Store::Opening::Create);
        VERIFY_OK(store);
        int answered = 0;
        Expected<Receipt> last;
        for (; answered < 2000; ++answered) {
            last = submit(**store, set(answered, 20));
            if (!last)
                break;
        }
        VERIFY_FAILS(last, ErrorKind::StoreUnavailable);
        QVERIFY2(last.error().detail.contains(u"full"_s), qPrintable(last.error().detail));
        QVERIFY(answered > 20);
        const auto rows = allRows(**store);
        QCOMPARE(rows.size(), static_cast<std::size_t>(answered * 21));
        VERIFY_FAILS(submit(**store, set(answered, 20)), ErrorKind::StoreUnavailable);
        QVERIFY(allRows(**store) == rows);

        disk.resize(64 * 1024);
        VERIFY_OK(submit(**store, set(answered, 20)));
        QCOMPARE(findings(**store), QStringList());
        QVERIFY(allRows(*Store::open(disk.url(), Store::Opening::Existing).value()) == allRows(**store));
    }

    void aDiskTooSmallForAStoreIsSaidAndGotOver()
    {
        NEEDS_MOUNTS();
        SmallDisk disk(96);
        VERIFY_FAILS(Store::open(disk.url(), Store::Opening::Create), ErrorKind::StoreUnavailable);
        disk.resize(16 * 1024);
        const auto store = Store::open(disk.url(), Store::Opening::Create);
        VERIFY_OK(store);
        VERIFY_OK(submit(**store, set(1)));
        QCOMPARE(findings(**store), QStringList());
    }

    void aBackupThatDoesNotFitLeavesNothing_data() { addDialectRows(); }
    void aBackupThatDoesNotFitLeavesNothing()
    {
        NEEDS_MOUNTS();
        QFETCH(Dialect, dialect);
        const SmallDisk disk(64);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, set(1)));
        VERIFY_FAILS(await(store->backup(disk.path(u"backup"_s))), ErrorKind::StoreUnavailable);
        QCOMPARE(QDir(disk.path({})).entryList(QDir::Files), QStringList());
        VERIFY_OK(submit(*store, set(2)));
        QCOMPARE(findings(*store), QStringList());
    }

    void aDiskThatBecomesReadOnlyIsSaidAndGotOver()
    {
        NEEDS_MOUNTS();
        SmallDisk disk(8192);
        std::vector<Row> rows;
        {
            const auto store = Store::open(disk.url(), Store::Opening::Create);
            VERIFY_OK(store);
            VERIFY_OK(submit(**store, usualInstance()));
            VERIFY_OK(submit(**store, set(1)));
            rows = allRows(**store);
        }
        QVERIFY(disk.setReadOnly(8192));
        {
            const auto store = Store::open(disk.url(), Store::Opening::Existing);
            VERIFY_OK(store);
            QVERIFY(allRows(**store) == rows);
            QCOMPARE(findings(**store), QStringList());
            VERIFY_FAILS(submit(**store, set(2)), ErrorKind::ReadOnly);
            VERIFY_FAILS(
                await((*store)->learnMac({MacAddress::parse(u"000000000001").value(), cn("a"), instanceName(), {}})),
                ErrorKind::ReadOnly);
            VERIFY_OK(await((*store)->preview({set(2), u"test"_s})));
            VERIFY_OK(await((*store)->macs()));
            QVERIFY(allRows(**store) == rows);
        }
        VERIFY_FAILS(Store::open(fileUrl(disk.path(u"new.db"_s)), Store::Opening::Create), ErrorKind::ReadOnly);
        disk.resize(8192);
        const auto store = Store::open(disk.url(), Store::Opening::Existing);
        VERIFY_OK(store);
        VERIFY_OK(submit(**store, set(2)));
        QCOMPARE(findings(**store), QStringList());
    }

    void whatIsNoStoreIsRefusedAndLeftAlone_data()
    {
        QTest::addColumn<QByteArray>("contents");
        QTest::newRow("text") << QByteArray("Dear diary,\n");
        QTest::newRow("long text") << QByteArray(20'000, 'x');
        QTest::newRow("zeros") << QByteArray(8192, '\0');
        QTest::newRow("begin of a database alone") << QByteArray("SQLite format 3\0", 16);
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"other.db"_s);
        const auto make = [&](const QStringList &statements) {
            QFile::remove(path);
            const QString name = u"other"_s;
            {
                QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
                database.setDatabaseName(path);
                database.open();
                QSqlQuery query(database);
                for (const QString &sql : statements)
                    query.exec(sql);
            }
            QSqlDatabase::removeDatabase(name);
            return contentsOf(path);
        };
        QTest::newRow("another program's database") << make({u"CREATE TABLE notes (t TEXT)"_s});
        QTest::newRow("another program's empty database")
            << make({u"PRAGMA application_id = 77"_s, u"CREATE TABLE x (t)"_s, u"DROP TABLE x"_s});
        QTest::newRow("tables of our names")
            << make({u"CREATE TABLE journal (id INTEGER)"_s, u"CREATE TABLE schema_version (version INTEGER)"_s});
    }
    void whatIsNoStoreIsRefusedAndLeftAlone()
    {
        QFETCH(QByteArray, contents);
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"store.db"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size());
        file.close();
        for (const auto opening : {Store::Opening::Create, Store::Opening::Existing})
            VERIFY_FAILS(Store::open(fileUrl(path), opening), ErrorKind::StoreCorrupt);
        QCOMPARE(contentsOf(path), contents);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{u"store.db"_s});
    }

    void aPlaceWhereNoFileCanBeIsRefused()
    {
        const QTemporaryDir folder;
        VERIFY_FAILS(Store::open(fileUrl(folder.path()), Store::Opening::Create), ErrorKind::StoreUnavailable);
        VERIFY_FAILS(Store::open(fileUrl(u"/proc/no/such/store.db"_s), Store::Opening::Create),
                     ErrorKind::StoreUnavailable);
        VERIFY_FAILS(Store::open(fileUrl(folder.filePath(u"missing.db"_s)), Store::Opening::Existing),
                     ErrorKind::NotFound);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList());
        const auto store = Store::open(fileUrl(folder.filePath(u"a/b/c/store.db"_s)), Store::Opening::Create);
        VERIFY_OK(store);
    }

    void aFileCutShortWhileItWasBegunIsOpened()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"store.db"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        const auto store = Store::open(fileUrl(path), Store::Opening::Existing);
        VERIFY_OK(store);
        VERIFY_OK(submit(**store, set(1)));
    }

    void damageIsFoundAndNeverACrash()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"store.db"_s);
        std::vector<Row> rows;
        {
            const auto store = Store::open(fileUrl(path), Store::Opening::Create).value();
            VERIFY_OK(submit(*store, usualInstance()));
            for (int i = 0; i < 30; ++i)
                VERIFY_OK(submit(*store, set(i, 5)));
            rows = allRows(*store);
        }
        const QByteArray sound = contentsOf(path);
        QRandomGenerator random(20260103);
        int found = 0;
        for (int round = 0; round < 60; ++round) {
            removeStore(path);
            QByteArray damaged = sound;
            for (int i = 0; i < 40; ++i)
                damaged[static_cast<qsizetype>(random.bounded(static_cast<quint32>(damaged.size())))] =
                    static_cast<char>(random.bounded(256));
            if (round % 10 == 9)
                damaged.truncate(random.bounded(static_cast<int>(damaged.size())));
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(damaged) == damaged.size());
            file.close();
            const auto store = Store::open(fileUrl(path), Store::Opening::Existing);
            if (!store) {
                QVERIFY2(store.error().kind == ErrorKind::StoreCorrupt || store.error().kind == ErrorKind::StoreNewer,
                         qPrintable(store.error().detail));
                ++found;
                continue;
            }
            if (!findings(**store).isEmpty())
                ++found;
            else
                QVERIFY(allRows(**store) == rows);
            const auto written = submit(**store, set(99));
            if (!written)
                QVERIFY2(written.error().kind == ErrorKind::StoreCorrupt || written.error().kind == ErrorKind::Conflict,
                         qPrintable(written.error().detail));
        }
        QVERIFY2(found > 30, qPrintable(QString::number(found)));
    }

    void damagedLiveFactsAreBegunAnew()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"store.db"_s);
        {
            const auto store = Store::open(fileUrl(path), Store::Opening::Create).value();
            VERIFY_OK(submit(*store, set(1)));
        }
        QFile live(path + u".live"_s);
        QVERIFY(live.open(QIODevice::WriteOnly | QIODevice::Truncate) && live.write(QByteArray(9000, 'x')) == 9000);
        live.close();
        const auto store = Store::open(fileUrl(path), Store::Opening::Existing);
        VERIFY_OK(store);
        VERIFY_OK(await((*store)->learnMac({MacAddress::parse(u"000000000001").value(), cn("a"), instanceName(), {}})));
        QCOMPARE(await((*store)->macs())->size(), std::size_t{1});
        QCOMPARE(findings(**store), QStringList());
    }

    void aLockThatIsHeldLongIsSaidInTimeAndGotOver_data() { addDialectRows(); }
    void aLockThatIsHeldLongIsSaidInTimeAndGotOver()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        StoreUrl url = place.url();
        url.patience = std::chrono::seconds(2);
        const auto store = Store::open(url, Store::Opening::Create).value();
        VERIFY_OK(submit(*store, set(1)));
        const auto rows = allRows(*store);
        Workload other(place.url(), u"lock"_s);
        QVERIFY(other.waitForLine("locked"));
        QElapsedTimer timer;
        timer.start();
        std::vector<QFuture<Expected<Receipt>>> waiting;
        for (int i = 0; i < 50; ++i)
            waiting.push_back(store->submit({set(i + 2), u"test"_s}));
        // Together, and not one after another.
        for (const auto &future : waiting)
            VERIFY_FAILS(await(future), ErrorKind::StoreUnavailable);
        qInfo("%d requests were told after %.1f s", 50, static_cast<double>(timer.elapsed()) / 1000.0);
        QVERIFY(timer.elapsed() < 20'000);
        QVERIFY(allRows(*store) == rows); // reading goes on
        other.kill();
        VERIFY_OK(submit(*store, set(2)));
        QCOMPARE(findings(*store), QStringList());
    }

    void aStoreThatIsDeletedWhileOpenTakesNoMoreAnswers()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"store.db"_s);
        const auto store = Store::open(fileUrl(path), Store::Opening::Create).value();
        VERIFY_OK(submit(*store, set(1)));
        const QString backup = folder.filePath(u"backup"_s);
        VERIFY_OK(await(store->backup(backup)));
        const auto rows = allRows(*store);
        QSignalSpy availability(&store->feed(), &ChangeFeed::availabilityChanged);
        removeStore(path);
        VERIFY_FAILS(submit(*store, set(2)), ErrorKind::StoreUnavailable);
        VERIFY_FAILS(await(store->info()), ErrorKind::StoreUnavailable);
        QVERIFY(!QFileInfo::exists(path));
        QTRY_COMPARE_WITH_TIMEOUT(availability.size(), 1, 10'000);
        QCOMPARE(availability.at(0).at(0).toBool(), false);
        // Put back from the backup, the same program goes on, without anybody asking.
        QVERIFY(QFile::copy(backup, path));
        QTRY_COMPARE_WITH_TIMEOUT(availability.size(), 2, 10'000);
        QCOMPARE(availability.at(1).at(0).toBool(), true);
        QVERIFY(allRows(*store) == rows);
        VERIFY_OK(submit(*store, set(2)));
        QCOMPARE(findings(*store), QStringList());
    }

    void aStoreThatIsReplacedWhileOpenIsTheNewOne()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"store.db"_s);
        const QString otherPath = folder.filePath(u"other.db"_s);
        std::vector<Row> otherRows;
        {
            const auto other = Store::open(fileUrl(otherPath), Store::Opening::Create).value();
            VERIFY_OK(submit(*other, set(7)));
            otherRows = allRows(*other);
        }
        const auto store = Store::open(fileUrl(path), Store::Opening::Create).value();
        VERIFY_OK(submit(*store, set(1)));
        (void)allRows(*store);
        QSignalSpy resets(&store->feed(), &ChangeFeed::resetHappened);
        removeStore(path);
        QVERIFY(QFile::rename(otherPath, path));
        QVERIFY(allRows(*store) == otherRows);
        QCOMPARE(resets.size(), 1);
        const auto next = submit(*store, set(8));
        VERIFY_OK(next);
        QCOMPARE(next->journal->value, 2);
        QCOMPARE(findings(*store), QStringList());
    }
};

int main(int argc, char **argv)
{
    separateMounts();
    QCoreApplication application(argc, argv);
    TestFaults test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_faults.moc"
