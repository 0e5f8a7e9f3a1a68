// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ownserver.h"
#include "tests/support/storeproof.h"

#include <QFile>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

ReplaceIroutes set(int number)
{
    return {CommonName::parse(u"site-%1"_s.arg(number)).value(), {prefix("10.1.0.0/16"), prefix("10.2.0.0/16")}};
}

std::unique_ptr<Store> openStore(const StoreUrl &url)
{
    auto store = Store::open(url, Store::Opening::Create);
    if (!store)
        qFatal("%s", qPrintable(store.error().detail));
    return *std::move(store);
}

} // namespace

/// A server that goes away: each call ends with a typed error, nothing that was answered is lost, and the same Store
/// goes on.
class TestServerFaults : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<OwnServer> m_server;

    /// Ends the connections that `where` chooses.
    void endConnections(const QString &where) const
    {
        VERIFY_OK(raw(
            *rawConnection(m_server->url()),
            u"SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'interlock' AND "_s +
                where));
    }

    [[nodiscard]] StoreUrl newDatabase() const
    {
        static int number = 0;
        StoreUrl url = m_server->url();
        url.database = u"faults_%1"_s.arg(++number);
        (void)raw(*rawConnection(m_server->url()), u"CREATE DATABASE "_s + url.database);
        return url;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!hasPostgres() && qEnvironmentVariableIsSet("CI"))
            qFatal("INTERLOCK_TEST_POSTGRES is not set, and in CI every store test runs on both back ends");
        if (!hasPostgres())
            QSKIP("no PostgreSQL server");
        m_server = std::make_unique<OwnServer>();
    }
    void cleanupTestCase() { m_server.reset(); }

    void aStoppedServerIsSaidAndComesBackByItself()
    {
        const auto store = openStore(newDatabase());
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(submit(*store, set(1)));
        const auto rows = allRows(*store);
        QSignalSpy availability(&store->feed(), &ChangeFeed::availabilityChanged);
        m_server->control(u"stop"_s);
        VERIFY_FAILS(submit(*store, set(2)), ErrorKind::StoreUnavailable);
        VERIFY_FAILS(await(store->info()), ErrorKind::StoreUnavailable);
        VERIFY_FAILS(await(store->check()), ErrorKind::StoreUnavailable);
        VERIFY_FAILS(await(store->journal({})), ErrorKind::StoreUnavailable);
        VERIFY_FAILS(await(store->macs()), ErrorKind::StoreUnavailable);
        VERIFY_FAILS(await(store->preview({set(2), u"test"_s})), ErrorKind::StoreUnavailable);
        VERIFY_FAILS(await(store->inspect([](Topology &) {})), ErrorKind::StoreUnavailable);
        QTRY_COMPARE_WITH_TIMEOUT(availability.size(), 1, 10'000);
        QCOMPARE(availability.at(0).at(0).toBool(), false);
        QVERIFY(!availability.at(0).at(1).toString().isEmpty());

        m_server->control(u"start"_s);
        QTRY_COMPARE_WITH_TIMEOUT(availability.size(), 2, 10'000);
        QCOMPARE(availability.at(1).at(0).toBool(), true);
        QVERIFY(allRows(*store) == rows);
        VERIFY_OK(submit(*store, set(2)));
        QCOMPARE(findings(*store), QStringList());
    }

    void aStopIsNoticedWithoutAnyCall()
    {
        const auto store = openStore(newDatabase());
        QSignalSpy availability(&store->feed(), &ChangeFeed::availabilityChanged);
        m_server->control(u"kill"_s);
        QTRY_COMPARE_WITH_TIMEOUT(availability.size(), 1, 10'000);
        m_server->control(u"start"_s);
        QTRY_COMPARE_WITH_TIMEOUT(availability.size(), 2, 10'000);
        VERIFY_OK(submit(*store, set(1)));
    }

    void aRestartCostsOneCallAtMost()
    {
        const auto store = openStore(newDatabase());
        VERIFY_OK(submit(*store, set(1)));
        for (int round = 0; round < 3; ++round) {
            m_server->control(u"restart"_s);
            if (const auto first = submit(*store, set(round + 2)); !first)
                QCOMPARE(first.error().kind, ErrorKind::StoreUnavailable);
            VERIFY_OK(submit(*store, set(round + 2)));
        }
        QCOMPARE(findings(*store), QStringList());
        QVERIFY(allRows(*store).size() == 4 * 3);
    }

    void aServerKilledInTheMiddleLosesNothingThatWasAnswered()
    {
        const StoreUrl url = newDatabase();
        const auto store = openStore(url);
        VERIFY_OK(submit(*store, usualInstance()));
        std::vector<JournalEntry> seen;
        connect(
            &store->feed(), &ChangeFeed::committed, &store->feed(),
            [&](const std::vector<JournalEntry> &entries) { seen.insert(seen.end(), entries.begin(), entries.end()); },
            Qt::DirectConnection);
        QRandomGenerator random(20260104);
        int failed = 0;
        for (int round = 0; round < 6; ++round) {
            std::vector<QFuture<Expected<Receipt>>> waiting;
            for (int i = 0; i < 3000; ++i)
                waiting.push_back(store->submit({set(round * 3000 + i), u"test"_s}));
            waiting.front().waitForFinished();
            QThread::usleep(random.bounded(100'000U));
            m_server->control(u"kill"_s);
            m_server->control(u"start"_s);
            std::vector<JournalId> answered;
            for (const auto &future : waiting) {
                const auto receipt = await(future);
                if (receipt) {
                    answered.push_back(*receipt->journal);
                } else {
                    QCOMPARE(receipt.error().kind, ErrorKind::StoreUnavailable);
                    ++failed;
                }
            }
            QVERIFY(!answered.empty());
            const auto fresh = openStore(url);
            const auto last = await(fresh->journalEntry(answered.back()));
            VERIFY_OK(last);
            const auto info = await(fresh->info());
            VERIFY_OK(info);
            QVERIFY(info->head >= answered.back()); // and the numbers have no gap, as the check says
            QCOMPARE(findings(*fresh), QStringList());
            QVERIFY(allRows(*store) == allRows(*fresh));
        }
        QVERIFY(failed > 0);
        // The feed has told of every entry once, in order, across all of it.
        const auto head = await(store->info())->head;
        QCOMPARE(static_cast<qint64>(seen.size()), head.value - 1);
        for (std::size_t i = 0; i < seen.size(); ++i)
            QCOMPARE(seen[i].id.value, static_cast<qint64>(i) + 2);
    }

    void aCommitWhoseAnswerIsLostIsThereAfterwards_data()
    {
        QTest::addColumn<bool>("isServerKilled");
        QTest::newRow("connection ended") << false;
        QTest::newRow("server killed") << true;
    }
    void aCommitWhoseAnswerIsLostIsThereAfterwards()
    {
        QFETCH(bool, isServerKilled);
        const StoreUrl url = newDatabase();
        const auto store = openStore(url);
        VERIFY_OK(submit(*store, set(1)));
        QSignalSpy committed(&store->feed(), &ChangeFeed::committed);
        // With a standby that never confirms, a commit is durable and its answer does not come.
        const auto wait = [&](bool isOn) {
            const auto admin = rawConnection(m_server->url());
            VERIFY_OK(raw(*admin, isOn ? u"ALTER SYSTEM SET synchronous_standby_names = 'nobody'"_s
                                       : u"ALTER SYSTEM RESET synchronous_standby_names"_s));
            VERIFY_OK(raw(*admin, u"SELECT pg_reload_conf()"_s));
            QTRY_COMPARE_WITH_TIMEOUT(
                raw(*rawConnection(m_server->url()), u"SHOW synchronous_standby_names"_s)->toString(),
                isOn ? u"nobody"_s : QString(), 10'000);
        };
        wait(true);
        const auto answer = store->submit({set(2), u"test"_s});
        const auto admin = rawConnection(m_server->url());
        QTRY_COMPARE_WITH_TIMEOUT(
            raw(*admin, u"SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"_s)->toInt(), 1, 10'000);
        if (isServerKilled) {
            m_server->control(u"kill"_s);
            m_server->control(u"start"_s);
        } else {
            endConnections(u"wait_event = 'SyncRep'"_s);
        }
        VERIFY_FAILS(await(answer), ErrorKind::StoreUnavailable);
        wait(false);
        const auto rows = allRows(*store);
        QVERIFY(rows == allRows(*openStore(url)));
        QCOMPARE(rows.size(), std::size_t{6}); // two sets: it was committed
        QTRY_COMPARE_WITH_TIMEOUT(committed.size(), 1, 10'000);
        QVERIFY(!submit(*store, set(2))->journal); // asked again, there is nothing to do
        QCOMPARE(findings(*store), QStringList());
    }

    void anEndedConnectionIsMadeAnewAndHearsOthersAgain()
    {
        const StoreUrl url = newDatabase();
        const auto here = openStore(url);
        const auto there = openStore(url);
        VERIFY_OK(submit(*here, set(1)));
        (void)allRows(*there);
        QSignalSpy committed(&there->feed(), &ChangeFeed::committed);
        endConnections(u"datname = '%1'"_s.arg(url.database));
        (void)submit(*here, set(2)); // may be the call that notices
        VERIFY_OK(submit(*here, set(3)));
        const auto rows = allRows(*here);
        QTRY_VERIFY_WITH_TIMEOUT(!committed.isEmpty(), 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(allRows(*there) == rows, 10'000);
    }

    void whoMayNotWriteIsToldSo()
    {
        const StoreUrl url = newDatabase();
        const auto owner = openStore(url);
        VERIFY_OK(submit(*owner, set(1)));
        const auto admin = rawConnection(url);
        VERIFY_OK(raw(*admin, u"CREATE ROLE reader LOGIN"_s));
        VERIFY_OK(raw(*admin, u"GRANT USAGE ON SCHEMA live TO reader"_s));
        VERIFY_OK(raw(*admin, u"GRANT SELECT ON ALL TABLES IN SCHEMA public, live TO reader"_s));
        StoreUrl reading = url;
        reading.user = u"reader"_s;
        const auto store = Store::open(reading, Store::Opening::Existing);
        VERIFY_OK(store);
        const auto rows = allRows(**store);
        VERIFY_FAILS(submit(**store, set(2)), ErrorKind::ReadOnly);
        QVERIFY(allRows(**store) == rows);
        // A server that takes no writes at all says the same.
        VERIFY_OK(raw(*admin, u"ALTER ROLE reader SET default_transaction_read_only = on"_s));
        VERIFY_FAILS(submit(*Store::open(reading, Store::Opening::Existing).value(), set(2)), ErrorKind::ReadOnly);
    }

    void aServerThatCannotBeReachedIsSaid_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::newRow("wrong password") << u"password"_s;
        QTest::newRow("unknown database") << u"database"_s;
        QTest::newRow("unknown user") << u"user"_s;
        QTest::newRow("no socket there") << u"socket"_s;
        QTest::newRow("nobody listens") << u"port"_s;
        QTest::newRow("unknown host") << u"host"_s;
    }
    void aServerThatCannotBeReachedIsSaid()
    {
        QFETCH(QString, fault);
        StoreUrl url = newDatabase();
        if (fault == u"password"_s) {
            const auto admin = rawConnection(m_server->url());
            VERIFY_OK(raw(*admin, u"CREATE ROLE guarded LOGIN PASSWORD 'right'"_s));
            QFile rules(m_server->folder() + u"/data/pg_hba.conf"_s);
            QVERIFY(rules.open(QIODevice::ReadOnly));
            const QByteArray before = rules.readAll();
            rules.close();
            QVERIFY(rules.open(QIODevice::WriteOnly) && rules.write("local all guarded scram-sha-256\n" + before) > 0);
            rules.close();
            VERIFY_OK(raw(*admin, u"SELECT pg_reload_conf()"_s));
            url.user = u"guarded"_s;
            url.password = u"hunter2"_s;
            QTRY_VERIFY_WITH_TIMEOUT(!Store::open(url, Store::Opening::Existing), 10'000);
        } else if (fault == u"database"_s) {
            url.database = u"no_such_database"_s;
        } else if (fault == u"user"_s) {
            url.user = u"no_such_user"_s;
        } else if (fault == u"socket"_s) {
            url.host = m_server->folder() + u"/data"_s;
        } else if (fault == u"port"_s) {
            url.host = u"127.0.0.1"_s;
            url.port = 1;
        } else {
            url.host = u"no-such-host.invalid"_s;
        }
        const auto store = Store::open(url, Store::Opening::Existing);
        VERIFY_FAILS(store, ErrorKind::StoreUnavailable);
        QVERIFY(!store.error().detail.contains(u"hunter2"_s));
        QVERIFY2(store.error().detail.contains(url.toString()), qPrintable(store.error().detail));
    }
};

QTEST_GUILESS_MAIN(TestServerFaults)
#include "tst_serverfaults.moc"
