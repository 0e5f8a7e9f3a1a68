// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/rowtable.h"
#include "tests/support/storeproof.h"

#include <QSemaphore>
#include <QTest>

#include <thread>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kRequests = 64;

CommonName site(int number)
{
    return CommonName::parse(u"site-%1"_s.arg(number)).value();
}

Submission claimOf(int number)
{
    return {ResolveClaim{site(number), prefix("192.168.1.0/27"), instanceName()}, u"test"_s};
}

/// Keeps the store's thread waiting until it is let go, so that what is handed in meanwhile comes together.
class Held
{
public:
    explicit Held(Store &store)
    {
        m_done = store.inspect([this](Topology &) {
            m_isThere.release();
            m_letGo.acquire();
        });
        m_isThere.acquire();
    }
    void letGo() { m_letGo.release(); }

private:
    QSemaphore m_isThere;
    QSemaphore m_letGo;
    QFuture<Expected<void>> m_done;
};

} // namespace

class TestBatch : public QObject
{
    Q_OBJECT

private:
    /// How many entries each commit had.
    static std::shared_ptr<std::vector<std::size_t>> commitsOf(Store &store)
    {
        auto sizes = std::make_shared<std::vector<std::size_t>>();
        connect(
            &store.feed(), &ChangeFeed::committed, &store.feed(),
            [sizes](const std::vector<JournalEntry> &entries) { sizes->push_back(entries.size()); },
            Qt::DirectConnection);
        return sizes;
    }

private Q_SLOTS:
    void requestsThatWaitShareACommitAndEachGetsItsOwnAnswer_data() { addDialectRows(); }
    void requestsThatWaitShareACommitAndEachGetsItsOwnAnswer()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        const auto commits = commitsOf(*store);
        Held held(*store);
        std::vector<QFuture<Expected<Receipt>>> waiting;
        for (int i = 0; i < kRequests; ++i)
            waiting.push_back(store->submit(claimOf(i)));
        held.letGo();
        for (int i = 0; i < kRequests; ++i) {
            const auto receipt = await(waiting.at(static_cast<std::size_t>(i)));
            VERIFY_OK(receipt);
            const auto claim = std::get<ClaimRow>(receipt->rows().at(0));
            QCOMPARE(claim.cn, site(i));
            // In the order in which they came: the first keeps the LAN, the others get the stand-ins one by one.
            QCOMPARE(claim.virtualPrefix,
                     i == 0 ? prefix("192.168.1.0/27")
                            : Prefix(Address(address("100.64.0.0").family(),
                                             address("100.64.0.0").value() + static_cast<unsigned>(32 * (i - 1))),
                                     27));
            QCOMPARE(receipt->journal->value, i + 2);
        }
        QCOMPARE(*commits, std::vector<std::size_t>{kRequests});
        QCOMPARE(findings(*store), QStringList());
    }

    void requestsOfManyThreadsAreAllAnswered_data() { addDialectRows(); }
    void requestsOfManyThreadsAreAllAnswered() // CASES A8
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        std::array<std::vector<QString>, 8> answers;
        {
            std::vector<std::jthread> threads;
            for (std::size_t thread = 0; thread < answers.size(); ++thread) {
                threads.emplace_back([&, thread] {
                    for (int i = 0; i < 25; ++i) {
                        const auto receipt = await(store->submit(
                            {RequestAllocation{site(static_cast<int>(thread) * 100 + i), instanceName()}, u"test"_s}));
                        answers.at(thread).push_back(
                            receipt ? std::get<AllocationRow>(receipt->rows().at(0)).address.toString()
                                    : receipt.error().detail);
                    }
                });
            }
        }
        QSet<QString> distinct;
        for (const auto &own : answers) {
            for (const QString &answer : own)
                distinct.insert(answer);
        }
        QCOMPARE(distinct.size(), 200);
        QVERIFY(std::ranges::all_of(distinct, [](const QString &text) { return text.startsWith(u"10.8."_s); }));
        QCOMPARE(findings(*store), QStringList());
    }

    void aRefusalSpoilsNobodyElses_data() { addDialectRows(); }
    void aRefusalSpoilsNobodyElses()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        Held held(*store);
        std::vector<QFuture<Expected<Receipt>>> waiting;
        for (int i = 0; i < kRequests; ++i) {
            if (i % 8 == 3)
                waiting.push_back(store->submit({ReleaseClaim{site(i), prefix("10.1.0.0/16")}, u"test"_s}));
            else
                waiting.push_back(store->submit(claimOf(i)));
        }
        held.letGo();
        qint64 number = 1;
        for (int i = 0; i < kRequests; ++i) {
            const auto receipt = await(waiting.at(static_cast<std::size_t>(i)));
            if (i % 8 == 3) {
                VERIFY_FAILS(receipt, ErrorKind::NotFound);
            } else {
                VERIFY_OK(receipt);
                QCOMPARE(receipt->journal->value, ++number);
            }
        }
        QCOMPARE(findings(*store), QStringList());
    }

    void whatTheDatabaseRefusesSpoilsNobodyElses_data() { addDialectRows(); }
    void whatTheDatabaseRefusesSpoilsNobodyElses()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(submit(*store, SetConnector{cn("stranger"), {}, {}, u"here"_s}));
        (void)allRows(*store);
        // A row that no journal entry tells of, so that the rules decide on what is not so.
        VERIFY_OK(writeChange(*rawConnection(place.url()), {std::nullopt, ClaimRow{cn("stranger"),
                                                                                   prefix("10.77.0.0/27"),
                                                                                   prefix("100.64.0.0/27"),
                                                                                   prefix("100.64.0.0/27"),
                                                                                   instanceName(),
                                                                                   {},
                                                                                   1}}));
        Held held(*store);
        std::vector<QFuture<Expected<Receipt>>> waiting;
        for (int i = 0; i < kRequests; ++i)
            waiting.push_back(store->submit(claimOf(i)));
        held.letGo();
        for (int i = 0; i < kRequests; ++i) {
            const auto receipt = await(waiting.at(static_cast<std::size_t>(i)));
            VERIFY_OK(receipt);
            const auto claim = std::get<ClaimRow>(receipt->rows().at(0));
            QCOMPARE(claim.cn, site(i));
            QVERIFY(!claim.hold.overlaps(prefix("100.64.0.0/27")));
        }
        const auto entries = wholeJournal(*store);
        QCOMPARE(entries.size(), std::size_t{kRequests + 2});
        // Only the stranger is not in the journal.
        QCOMPARE(findings(*store).size(), 1);
    }

    void aValueThatNoColumnHoldsSpoilsNobodyElses_data() { addDialectRows(); }
    void aValueThatNoColumnHoldsSpoilsNobodyElses()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        Held held(*store);
        std::vector<QFuture<Expected<Receipt>>> waiting;
        const auto odd = store->submit({ExcludePrefix{prefix("100.100.0.0/24"), QString(u"a\0b"_s)}, u"te\0st"_s});
        for (int i = 0; i < kRequests; ++i)
            waiting.push_back(store->submit(claimOf(i)));
        held.letGo();
        for (const auto &future : waiting)
            VERIFY_OK(await(future));
        // Taken or refused, but not as a failure of the store.
        if (const auto answer = await(odd); !answer)
            QVERIFY2(answer.error().kind == ErrorKind::Invalid, qPrintable(answer.error().detail));
        QCOMPARE(findings(*store), QStringList());
    }

    void theEndOfTheStoreAnswersWhatWaits_data() { addDialectRows(); }
    void theEndOfTheStoreAnswersWhatWaits()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        std::vector<QFuture<Expected<Receipt>>> waiting;
        std::vector<QFuture<Expected<StoreInfo>>> questions;
        {
            auto store = place.open();
            VERIFY_OK(submit(*store, usualInstance()));
            Held held(*store);
            for (int i = 0; i < 600; ++i) {
                waiting.push_back(store->submit(claimOf(i)));
                if (i % 50 == 0)
                    questions.push_back(store->info());
            }
            held.letGo();
            store.reset();
        }
        qint64 number = 1;
        for (const auto &future : waiting) {
            QVERIFY(future.isFinished());
            QCOMPARE(future.resultCount(), 1);
            VERIFY_OK(future.result());
            QCOMPARE(future.result()->journal->value, ++number);
        }
        for (const auto &future : questions) {
            QVERIFY(future.isFinished());
            VERIFY_OK(future.result());
        }
        QCOMPARE(wholeJournal(*place.open()).size(), std::size_t{601});
    }
};

QTEST_GUILESS_MAIN(TestBatch)
#include "tst_batch.moc"
