// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/pendinganswer.h"
#include "model/link/zerotier/requestqueue.h"
#include "model/link/zerotier/writelanes.h"

#include <QFutureWatcher>
#include <QTest>

#include <memory>
#include <vector>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TestRequestQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fourAreUnderWayAndTheOthersWaitTheirTurn();
    void whoStartsAnotherFromWithinDoesNotPassTheOthers();
    void whatWaitsAtTheEndIsDroppedWithoutBeingStarted();
    void aDroppedOneThatAsksAgainIsNotStarted();
    void aPauseHoldsBackWhatHasNotStarted();
    void theLimitLetsNoMoreThroughInAnySecond();
    void writersOfOneThingGoOneAfterTheOther();
    void writersOfDifferentThingsDoNotWait();
    void aTurnThatOutlivesTheLanesIsHarmless();
    void whoeverWaitsInALaneIsDroppedAtTheEnd();
    void anAnswerIsGivenOnce();
    void aForgottenAnswerIsGiven();
};

void TestRequestQueue::fourAreUnderWayAndTheOthersWaitTheirTurn() // CASES:C19 ZF 7
{
    RequestQueue queue;
    std::vector<int> started;
    for (int i = 0; i < 200; ++i)
        queue.enter([&started, i] { started.push_back(i); });
    QCOMPARE(started, (std::vector{0, 1, 2, 3}));
    QCOMPARE(queue.waiting(), qsizetype(196));
    for (int i = 4; i < 200; ++i) {
        queue.leave();
        QCOMPARE(started.back(), i);
        QCOMPARE(queue.underWay(), 4);
    }
    for (int i = 0; i < 4; ++i)
        queue.leave();
    QCOMPARE(queue.underWay(), 0);
}

void TestRequestQueue::whoStartsAnotherFromWithinDoesNotPassTheOthers()
{
    RequestQueue queue;
    QStringList started;
    for (int i = 0; i < 4; ++i)
        queue.enter([] {});
    queue.enter([&] {
        started += u"first"_s;
        queue.enter([&] { started += u"third"_s; });
    });
    queue.enter([&] { started += u"second"_s; });
    for (int i = 0; i < 3; ++i)
        queue.leave();
    QCOMPARE(started, (QStringList{u"first"_s, u"second"_s, u"third"_s}));
}

void TestRequestQueue::whatWaitsAtTheEndIsDroppedWithoutBeingStarted()
{
    const auto held = std::make_shared<int>(0);
    {
        RequestQueue queue;
        for (int i = 0; i < 50; ++i)
            queue.enter([held] { ++*held; });
        QCOMPARE(held.use_count(), 47L);
    }
    QCOMPARE(*held, 4);
    QCOMPARE(held.use_count(), 1L);
}

void TestRequestQueue::aDroppedOneThatAsksAgainIsNotStarted()
{
    bool hasStarted = false;
    auto *queue = new RequestQueue;
    for (int i = 0; i < 4; ++i)
        queue->enter([] {});
    {
        const PendingAnswer<int> answer;
        (void)answer.future().then(QtFuture::Launch::Sync,
                                   [&](const Expected<int> &) { queue->enter([&] { hasStarted = true; }); });
        queue->enter([answer] {});
    }
    delete queue;
    QVERIFY(!hasStarted);
}

void TestRequestQueue::aPauseHoldsBackWhatHasNotStarted() // ZF 54
{
    RequestQueue queue;
    queue.holdFor(20ms);
    bool hasStarted = false;
    queue.enter([&] { hasStarted = true; });
    QVERIFY(!hasStarted);
    QTRY_VERIFY(hasStarted);
}

void TestRequestQueue::theLimitLetsNoMoreThroughInAnySecond() // ZF 54
{
    RateLimit limit(20);
    std::vector<RateLimit::Time> passed;
    // Somebody asks every 7 ms for ten seconds.
    for (RateLimit::Time now = 0ms; now < 10s; now += 7ms) {
        if (limit.waitAt(now) > 0ms)
            continue;
        limit.count(now);
        passed.push_back(now);
    }
    for (std::size_t i = 20; i < passed.size(); ++i)
        QVERIFY(passed[i] - passed[i - 20] > 1s);
    QVERIFY(passed.size() >= 180); // and nearly all of what is allowed
}

void TestRequestQueue::writersOfOneThingGoOneAfterTheOther() // CASES:M11 ZF 35
{
    WriteLanes lanes;
    std::vector<WriteLanes::Turn> turns;
    QStringList started;
    for (const auto &name : {u"a"_s, u"b"_s, u"c"_s}) {
        lanes.enter(u"network/1"_s, [&, name](const WriteLanes::Turn &turn) {
            started += name;
            turns.push_back(turn);
        });
    }
    QCOMPARE(started, QStringList{u"a"_s});
    const auto copy = turns.front(); // somebody still has it
    turns.clear();
    QTest::qWait(0);
    QCOMPARE(started, QStringList{u"a"_s});
    const_cast<WriteLanes::Turn &>(copy).reset();
    QTRY_COMPARE(started, (QStringList{u"a"_s, u"b"_s}));
    turns.clear();
    QTRY_COMPARE(started, (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    turns.clear();
    // Free again: who comes now starts at once, when the last turn was given back.
    QTest::qWait(0);
    lanes.enter(u"network/1"_s, [&](const WriteLanes::Turn &) { started += u"d"_s; });
    QCOMPARE(started.last(), u"d"_s);
}

void TestRequestQueue::writersOfDifferentThingsDoNotWait() // ZF 36
{
    WriteLanes lanes;
    std::vector<WriteLanes::Turn> turns;
    for (int i = 0; i < 100; ++i)
        lanes.enter(u"member/%1"_s.arg(i), [&](const WriteLanes::Turn &turn) { turns.push_back(turn); });
    QCOMPARE(turns.size(), std::size_t(100));
}

void TestRequestQueue::aTurnThatOutlivesTheLanesIsHarmless()
{
    WriteLanes::Turn kept;
    {
        WriteLanes lanes;
        lanes.enter(u"network/1"_s, [&](const WriteLanes::Turn &turn) { kept = turn; });
    }
    kept.reset();
    QTest::qWait(0);
    QVERIFY(!kept);
}

void TestRequestQueue::whoeverWaitsInALaneIsDroppedAtTheEnd()
{
    const auto held = std::make_shared<int>(0);
    WriteLanes::Turn kept;
    {
        WriteLanes lanes;
        for (int i = 0; i < 10; ++i)
            lanes.enter(u"network/1"_s, [&kept, held](const WriteLanes::Turn &turn) {
                ++*held;
                kept = turn;
            });
    }
    QCOMPARE(*held, 1);
    QCOMPARE(held.use_count(), 1L);
}

void TestRequestQueue::anAnswerIsGivenOnce()
{
    const PendingAnswer<int> answer;
    answer.give(1);
    answer.give(2);
    QCOMPARE(answer.future().result(), Expected<int>(1));
    QCOMPARE(answer.future().resultCount(), 1);
}

void TestRequestQueue::aForgottenAnswerIsGiven()
{
    QFuture<Expected<int>> future;
    {
        const PendingAnswer<int> answer;
        future = answer.future();
        const auto copy = answer;
    }
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().error().kind, ErrorKind::BackendUnavailable);
}

QTEST_GUILESS_MAIN(TestRequestQueue)
#include "tst_requestqueue.moc"
