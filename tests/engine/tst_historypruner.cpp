// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/historypruner.h"
#include "tests/support/fakelive.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Bed
{
    explicit Bed(std::chrono::milliseconds keep, PruneTimes times = {60s, 1ms}) : pruner(live, keeper, keep, times) {}

    FakeLeases leases;
    FakeLiveFeed live;
    LeaseKeeper keeper{leases, LeaseKind::Instance, u"main"_s, u"host/1"_s, {1ms, 60s}};
    HistoryPruner pruner;
};

} // namespace

class TestHistoryPruner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void batchesFollowEachOtherUntilNothingIsLeft()
    {
        Bed bed(24h);
        bed.live.prunable = {500, 500, 3};
        bed.keeper.start();
        QTRY_VERIFY(bed.live.prunable.empty());
        QCOMPARE(bed.live.prunedAge, std::chrono::milliseconds(24h));
        QTRY_COMPARE(bed.live.prunings, 4); // the last found nothing
        const int renewals = bed.leases.renewals;
        QTRY_VERIFY(bed.leases.renewals > renewals + 5); // while many a pause went by
        QCOMPARE(bed.live.prunings, 4);
    }

    void itIsDoneAgainAfterAWhile()
    {
        Bed bed(24h, {1ms, 1ms});
        bed.keeper.start();
        QTRY_VERIFY(bed.live.prunings > 3);
    }

    void withoutTheLeaseNothingIsRemoved()
    {
        Bed bed(24h, {1ms, 1ms});
        bed.leases.other = u"host/2"_s;
        bed.keeper.start();
        QTRY_COMPARE(bed.keeper.heldBy(), u"host/2"_s);
        QCOMPARE(bed.live.prunings, 0);
        bed.leases.other.clear();
        QTRY_VERIFY(bed.live.prunings > 0);
    }

    void whoeverKeepsForEverRemovesNothing()
    {
        Bed bed(0ms, {1ms, 1ms});
        bed.keeper.start();
        QTRY_VERIFY(bed.leases.renewals > 5);
        QCOMPARE(bed.live.prunings, 0);
    }
};

QTEST_GUILESS_MAIN(TestHistoryPruner)
#include "tst_historypruner.moc"
