// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/leasekeeper.h"
#include "tests/support/fakelive.h"

#include <QSignalSpy>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Beats as often as it can, and waits for a store for so long that only a test that means it sees the end.
constexpr LeaseTimes kPatient{1ms, 60s, 60s};
constexpr LeaseTimes kImpatient{1ms, 20ms, 20ms};

struct Bed
{
    explicit Bed(LeaseTimes times = kPatient, LeaseRank rank = LeaseRank::Agent)
        : keeper(leases, LeaseKind::Instance, u"main"_s, u"host/1"_s, times, rank),
          acquired(&keeper, &LeaseKeeper::acquired), lost(&keeper, &LeaseKeeper::lost),
          heldByOther(&keeper, &LeaseKeeper::heldByOther)
    {
    }

    void own()
    {
        keeper.start();
        QTRY_VERIFY(keeper.lease());
    }

    FakeLeases leases;
    LeaseKeeper keeper;
    QSignalSpy acquired;
    QSignalSpy lost;
    QSignalSpy heldByOther;
};

} // namespace

class TestLeaseKeeper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsFreeIsTakenAndRenewed();
    void whatIsHeldIsWaitedForAndItsHolderNamedOnce();
    void whatAnotherTookIsLost();
    void aStoreThatIsSilentForTooLongEndsIt();
    void aStoreThatIsSilentEndsNothingWhereThatIsAllowed();
    void whatWasLostIsTakenAgainWithANewEpoch();
    void stoppingGivesItUpAndIsNoLoss();
    void anAnswerThatComesAfterTheStopIsGivenBack();
    void certaintyEndsBeforePatience();
    void whatComesFreeSoonIsTriedThen();
    void anAgentAsksOnceForWhatAnotherHas();
    void anAgentKeepsWhatAnotherWants();
    void aDesktopHandsOverWhenItIsAsked();
    void aDesktopLeavesItToAnAgentThatLives();
};

void TestLeaseKeeper::whatIsFreeIsTakenAndRenewed()
{
    Bed bed;
    bed.own();
    QTRY_VERIFY(bed.leases.renewals > 2);
    QCOMPARE(bed.keeper.lease()->holder, u"host/1"_s);
    QCOMPARE(bed.keeper.lease()->name, u"main"_s);
    QCOMPARE(bed.acquired.size(), 1);
    QCOMPARE(bed.lost.size(), 0);
}

void TestLeaseKeeper::whatIsHeldIsWaitedForAndItsHolderNamedOnce()
{
    Bed bed;
    bed.leases.other = u"host/2"_s;
    bed.keeper.start();
    QTRY_COMPARE(bed.keeper.heldBy(), u"host/2"_s);
    bed.leases.other = u"host/3"_s;
    QTRY_COMPARE(bed.keeper.heldBy(), u"host/3"_s);
    QCOMPARE(bed.heldByOther.size(), 2);
    bed.leases.other.clear();
    QTRY_VERIFY(bed.keeper.lease());
    QVERIFY(bed.keeper.heldBy().isEmpty());
}

void TestLeaseKeeper::whatAnotherTookIsLost()
{
    Bed bed;
    bed.own();
    bed.leases.other = u"host/2"_s;
    QTRY_COMPARE(bed.lost.size(), 1);
    QVERIFY(!bed.keeper.lease());
    QTRY_COMPARE(bed.keeper.heldBy(), u"host/2"_s);
}

void TestLeaseKeeper::aStoreThatIsSilentForTooLongEndsIt()
{
    // SEMANTICS.md 4: who cannot renew does not know whether it still owns.
    Bed bed(kImpatient);
    bed.leases.isMute = false;
    bed.own();
    bed.leases.isMute = true;
    QTRY_COMPARE(bed.lost.size(), 1);
    QVERIFY(!bed.keeper.lease());
}

void TestLeaseKeeper::aStoreThatIsSilentEndsNothingWhereThatIsAllowed()
{
    Bed bed(kImpatient);
    bed.keeper.setKeepsWithoutStore(true);
    bed.own();
    bed.leases.isMute = true;
    QElapsedTimer silent;
    silent.start();
    QTRY_VERIFY(silent.elapsed() > 5 * kImpatient.patience.count());
    QVERIFY(bed.keeper.lease());
    QCOMPARE(bed.lost.size(), 0);
    // What may no longer go on ends at the next beat.
    bed.keeper.setKeepsWithoutStore(false);
    QTRY_COMPARE(bed.lost.size(), 1);
}

void TestLeaseKeeper::whatWasLostIsTakenAgainWithANewEpoch()
{
    Bed bed;
    bed.own();
    QCOMPARE(bed.keeper.lease()->epoch, 1);
    bed.leases.other = u"host/2"_s;
    QTRY_COMPARE(bed.lost.size(), 1);
    bed.leases.other.clear();
    QTRY_COMPARE(bed.acquired.size(), 2);
    QCOMPARE(bed.keeper.lease()->epoch, 2);
}

void TestLeaseKeeper::stoppingGivesItUpAndIsNoLoss()
{
    Bed bed;
    bed.own();
    bed.keeper.stop();
    QVERIFY(!bed.keeper.lease());
    QCOMPARE(bed.leases.releases, 1);
    QCOMPARE(bed.lost.size(), 0);
}

void TestLeaseKeeper::anAnswerThatComesAfterTheStopIsGivenBack()
{
    Bed bed;
    bed.keeper.start();
    bed.keeper.stop(); // the answer is on its way
    QTRY_COMPARE(bed.leases.releases, 1);
    QVERIFY(!bed.keeper.lease());
    QCOMPARE(bed.acquired.size(), 0);
}

void TestLeaseKeeper::certaintyEndsBeforePatience()
{
    // DECISIONS.md 29: who was not confirmed lately waits with what it does, and keeps what it has.
    Bed bed({1ms, 60s, 200ms});
    bed.own();
    QTRY_VERIFY(bed.keeper.isCertain());
    bed.leases.isMute = true;
    QTRY_VERIFY(!bed.keeper.isCertain());
    QVERIFY(bed.keeper.lease());
    bed.leases.unmute();
    QTRY_VERIFY(bed.keeper.isCertain());
    QCOMPARE(bed.lost.size(), 0);
    QCOMPARE(bed.acquired.size(), 1);
}

void TestLeaseKeeper::whatComesFreeSoonIsTriedThen()
{
    Bed bed({60s, 60s, 60s});
    bed.leases.other = u"host/2"_s;
    bed.leases.otherIsFreeIn = 5;
    bed.keeper.start();
    QTRY_VERIFY(bed.leases.acquisitions > 2);
    bed.leases.other.clear();
    QTRY_VERIFY(bed.keeper.lease());
}

void TestLeaseKeeper::anAgentAsksOnceForWhatAnotherHas()
{
    Bed bed;
    bed.leases.other = u"desk"_s;
    bed.keeper.start();
    QTRY_VERIFY(bed.leases.acquisitions > 3);
    QCOMPARE(bed.leases.asked, QStringList{u"host/1"_s});
    // Another has it since: what was asked of the first was forgotten with its lease.
    bed.leases.other = u"desk/2"_s;
    bed.leases.wantedBy.reset();
    QTRY_COMPARE(bed.leases.asked.size(), 2);
}

void TestLeaseKeeper::anAgentKeepsWhatAnotherWants()
{
    Bed bed;
    bed.own();
    bed.leases.wantedBy = u"host/2"_s;
    const int before = bed.leases.renewals;
    QTRY_VERIFY(bed.leases.renewals > before + 3);
    QCOMPARE(bed.lost.size(), 0);
    QCOMPARE(bed.leases.releases, 0);
}

void TestLeaseKeeper::aDesktopHandsOverWhenItIsAsked()
{
    // SEMANTICS.md 4. Who hands over has stopped before the other may begin.
    Bed bed(kPatient, LeaseRank::Desktop);
    bed.own();
    int releasesAtLoss = -1;
    QObject::connect(&bed.keeper, &LeaseKeeper::lost, &bed.keeper, [&] { releasesAtLoss = bed.leases.releases; });
    bed.leases.agents = {u"host/2"_s};
    bed.leases.wantedBy = u"host/2"_s;
    QTRY_COMPARE(bed.leases.releases, 1);
    QCOMPARE(releasesAtLoss, 0);
    QVERIFY(!bed.keeper.lease());
    QTRY_COMPARE(bed.keeper.heldBy(), u"host/2"_s);
}

void TestLeaseKeeper::aDesktopLeavesItToAnAgentThatLives()
{
    Bed bed(kPatient, LeaseRank::Desktop);
    bed.leases.agents = {u"host/2"_s};
    bed.keeper.start();
    QTRY_VERIFY(bed.leases.lists > 3);
    QCOMPARE(bed.leases.acquisitions, 0);
    QCOMPARE(bed.keeper.heldBy(), u"host/2"_s);
    QCOMPARE(bed.leases.asked, QStringList());
    bed.leases.agents.clear();
    QTRY_VERIFY(bed.keeper.lease());
}

QTEST_GUILESS_MAIN(TestLeaseKeeper)
#include "tst_leasekeeper.moc"
