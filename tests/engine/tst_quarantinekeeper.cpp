// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/quarantinekeeper.h"
#include "tests/support/fakelive.h"
#include "tests/support/fakestore.h"
#include "tests/support/serversaid.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QString kBlock = u"100.64.0.0/27"_s;
/// Always in use by session 99: when it was prolonged, the others were looked at.
const QString kWitness = u"100.66.0.0/27"_s;

/// A keeper of the instance `main` that looks every few milliseconds, at a clock that the test moves.
struct Bed
{
    Bed()
    {
        store.put(instanceRow(u"main", u"10.8.0.0/24"));
        lease.start();
        connectAt(99, "witness", clock.now()).fact.installed = pfxs({kWitness});
    }

    /// The block is in quarantine, and it ends within the next look.
    void free(const QString &block, std::chrono::milliseconds endsIn = 2min)
    {
        store.put(QuarantineRow{pfx(block), cname(u"gone"), clock.now(), clock.now() + endsIn, 1});
    }
    LiveSession &connectAt(qint64 cid, const QByteArray &cn, Timestamp since)
    {
        return registry.connect(asks(cid, cn), since);
    }
    /// A session that was answered these lines.
    LiveSession &answered(qint64 cid, const QStringList &lines = {})
    {
        LiveSession &session = connectAt(cid, "site-" + QByteArray::number(cid), clock.now());
        session.fact.state = SessionState::Established;
        session.fact.answer = lines;
        session.isAnswerKnown = true;
        return session;
    }
    /// How long the block is kept back yet, in minutes.
    [[nodiscard]] int minutesOf(const QString &block) const
    {
        const auto *row = store.queries.topology.find<QuarantineRow>(pfx(block));
        return row ? static_cast<int>(
                         std::chrono::duration_cast<std::chrono::minutes>(row->until - clock.now()).count())
                   : -1;
    }
    [[nodiscard]] int submissions() const { return static_cast<int>(store.submitted.count(u"prolongQuarantine"_s)); }
    void waitForTheWitness() { QTRY_COMPARE(minutesOf(kWitness), 24 * 60); }
    /// So many beats of the lease that many a look went by, too.
    void letLooksGoBy()
    {
        const int renewals = leases.renewals;
        QTRY_VERIFY(leases.renewals > renewals + 20);
    }

    SteppedClock clock;
    FakeStore store{clock};
    FakeLeases leases;
    TopologyMirror mirror{store.queries, store.feed};
    LeaseKeeper lease{leases, LeaseKind::Instance, u"main"_s, u"host/1"_s, {2ms, 60s, 60s}};
    SessionRegistry registry{iname(u"main")};
    QuarantineKeeper keeper{iname(u"main"), store, mirror,          lease,
                            registry,       clock, u"interlockd"_s, QuarantineTimes{2ms, 2ms, 3min}};
};

} // namespace

/// "A freed carve-out is quarantined until no live session has it installed or was pushed a route to it." SEMANTICS.md
/// 2
class TestQuarantineKeeper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatASessionHasIsKeptBack_data();
    void whatASessionHasIsKeptBack();
    void aSessionWithAnUnknownAnswerMayHaveAnything_data();
    void aSessionWithAnUnknownAnswerMayHaveAnything();
    void whatWasAnsweredCountsBeforeItIsInstalled();
    void itIsCommittedUnderTheLease();
    void allThatEndSoonAreOneCommit();
    void aBlockInUseIsCommittedOnceADay();
    void withoutAQuarantineTimeItIsCommittedOnceAnHour();
    void whenTheSessionHasEndedTheQuarantineEnds();
    void whileTheSessionsAreNotKnownNothingIsProlonged();
    void whatEndedWhileTheyWereNotKnownIsTakenBack();
    void withoutTheLeaseNothingIsProlonged();
    void whatTheStoreRefusedIsTriedAgain();
};

void TestQuarantineKeeper::whatASessionHasIsKeptBack_data()
{
    QTest::addColumn<QStringList>("installed");
    QTest::addColumn<QStringList>("answer");
    QTest::addColumn<bool>("isKept");
    const auto row = [](const char *name, const QStringList &installed, const QStringList &answer, bool isKept) {
        QTest::newRow(name) << installed << answer << isKept;
    };
    row("installed", {kBlock}, {}, true);
    row("a part of it installed", {u"100.64.0.8/30"_s}, {}, true);
    row("pushed a route", {}, {uR"(push "route 100.64.0.0 255.255.255.224")"_s}, true);
    row("pushed a route to a part", {}, {uR"(push "route 100.64.0.8 255.255.255.252")"_s}, true);
    row("pushed with a gateway and a metric", {}, {uR"(push "route 100.64.0.0 255.255.255.224 vpn_gateway 5")"_s},
        true);
    row("pushed among others", {},
        {u"ifconfig-push 10.8.0.9 255.255.255.0"_s, u"iroute 10.1.0.0 255.255.0.0"_s,
         uR"(push "route 100.64.0.32 255.255.255.224")"_s, uR"(push "route 100.64.0.0 255.255.255.224")"_s},
        true);
    row("the block beside it", {u"100.64.0.32/27"_s}, {uR"(push "route 100.64.0.32 255.255.255.224")"_s}, false);
    row("an operator's route to the whole range", {}, {uR"(push "route 100.64.0.0 255.192.0.0")"_s}, false);
    row("no route at all", {}, {uR"(push "dhcp-option DNS 100.64.0.1")"_s, uR"(push "route-ipv6 fd00::/8")"_s}, false);
}

void TestQuarantineKeeper::whatASessionHasIsKeptBack()
{
    QFETCH(QStringList, installed);
    QFETCH(QStringList, answer);
    QFETCH(bool, isKept);
    Bed bed;
    bed.free(kBlock);
    bed.free(kWitness);
    bed.answered(1);
    bed.answered(2, answer).fact.installed = pfxs(installed);
    bed.keeper.setSessionsKnown(true);
    bed.waitForTheWitness();
    QCOMPARE(bed.minutesOf(kBlock), isKept ? 24 * 60 : 2);
}

void TestQuarantineKeeper::aSessionWithAnUnknownAnswerMayHaveAnything_data()
{
    QTest::addColumn<SessionState>("state");
    QTest::addColumn<int>("minutesBeforeTheRelease");
    QTest::addColumn<bool>("isKept");
    QTest::newRow("connected before") << SessionState::Established << 1 << true;
    QTest::newRow("connected before, without address") << SessionState::WithoutAddress << 1 << true;
    QTest::newRow("connected after") << SessionState::Established << -1 << false;
    QTest::newRow("asks, and nobody has answered") << SessionState::Waiting << 1 << false;
}

void TestQuarantineKeeper::aSessionWithAnUnknownAnswerMayHaveAnything()
{
    QFETCH(SessionState, state);
    QFETCH(int, minutesBeforeTheRelease);
    QFETCH(bool, isKept);
    Bed bed;
    bed.free(kBlock);
    bed.free(kWitness);
    LiveSession &session = bed.answered(1);
    session.fact.state = state;
    session.fact.connectedSince = bed.clock.now() + std::chrono::minutes(-minutesBeforeTheRelease);
    session.isAnswerKnown = false;
    bed.keeper.setSessionsKnown(true);
    bed.waitForTheWitness();
    QCOMPARE(bed.minutesOf(kBlock), isKept ? 24 * 60 : 2);
}

void TestQuarantineKeeper::whatWasAnsweredCountsBeforeItIsInstalled()
{
    Bed bed;
    bed.free(kBlock);
    bed.free(kWitness);
    bed.answered(1).lans = {{pfx(u"192.168.1.0/27"), pfx(kBlock)}};
    bed.keeper.setSessionsKnown(true);
    bed.waitForTheWitness();
    QCOMPARE(bed.minutesOf(kBlock), 24 * 60);
}

void TestQuarantineKeeper::itIsCommittedUnderTheLease()
{
    Bed bed;
    bed.free(kWitness);
    bed.keeper.setSessionsKnown(true);
    bed.waitForTheWitness();
    QVERIFY(bed.store.fence.has_value());
    QCOMPARE(bed.store.fence->epoch, bed.lease.lease()->epoch);
    QCOMPARE(bed.store.fence->name, u"main"_s);
}

void TestQuarantineKeeper::allThatEndSoonAreOneCommit()
{
    Bed bed;
    const QStringList blocks{kBlock, u"100.64.0.32/27"_s, u"100.64.0.64/27"_s};
    for (const QString &block : blocks)
        bed.free(block);
    bed.free(u"100.64.0.96/27"_s, 1h);
    bed.free(kWitness);
    bed.answered(1).fact.installed = pfxs(blocks + QStringList(u"100.64.0.96/27"_s));
    bed.keeper.setSessionsKnown(true);
    bed.waitForTheWitness();
    QCOMPARE(bed.store.commits, 1);
    for (const QString &block : blocks)
        QCOMPARE(bed.minutesOf(block), 24 * 60);
    QCOMPARE(bed.minutesOf(u"100.64.0.96/27"_s), 60); // it has time
}

void TestQuarantineKeeper::aBlockInUseIsCommittedOnceADay()
{
    Bed bed;
    bed.free(kWitness);
    bed.keeper.setSessionsKnown(true);
    for (int day = 1; day <= 4; ++day) {
        bed.waitForTheWitness();
        bed.letLooksGoBy();
        bed.clock.advance(23h);
        bed.letLooksGoBy();
        QCOMPARE(bed.submissions(), day);
        bed.clock.advance(58min);
    }
}

void TestQuarantineKeeper::withoutAQuarantineTimeItIsCommittedOnceAnHour()
{
    Bed bed;
    bed.store.put(SettingRow{u"quarantineHours"_s, u"0"_s, 1});
    bed.free(kWitness, ClaimResolver::kLeastQuarantine);
    bed.keeper.setSessionsKnown(true);
    bed.letLooksGoBy();
    QCOMPARE(bed.submissions(), 0);
    bed.clock.advance(3min);
    QTRY_COMPARE(bed.minutesOf(kWitness), 60);
    bed.clock.advance(56min);
    bed.letLooksGoBy();
    QCOMPARE(bed.submissions(), 1);
    bed.clock.advance(2min);
    QTRY_COMPARE(bed.minutesOf(kWitness), 60);
}

void TestQuarantineKeeper::whenTheSessionHasEndedTheQuarantineEnds()
{
    Bed bed;
    bed.free(kBlock);
    bed.free(kWitness);
    bed.answered(1).fact.installed = pfxs({kBlock});
    bed.keeper.setSessionsKnown(true);
    bed.waitForTheWitness();
    QCOMPARE(bed.minutesOf(kBlock), 24 * 60);
    QVERIFY(bed.registry.remove({1}));
    bed.clock.advance(23h + 58min);
    bed.waitForTheWitness();
    QCOMPARE(bed.minutesOf(kBlock), 2);
    bed.clock.advance(23h + 58min); // over, and nobody takes it back
    bed.waitForTheWitness();
    QVERIFY(bed.minutesOf(kBlock) < 0);
}

void TestQuarantineKeeper::whileTheSessionsAreNotKnownNothingIsProlonged()
{
    Bed bed;
    bed.free(kWitness);
    bed.letLooksGoBy();
    QCOMPARE(bed.submissions(), 0);
    bed.keeper.setSessionsKnown(true);
    bed.waitForTheWitness();
    bed.keeper.setSessionsKnown(false);
    bed.clock.advance(24h);
    bed.letLooksGoBy();
    QCOMPARE(bed.submissions(), 1);
}

void TestQuarantineKeeper::whatEndedWhileTheyWereNotKnownIsTakenBack()
{
    Bed bed;
    bed.free(kBlock);
    bed.free(kWitness);
    bed.answered(1).fact.installed = pfxs({kBlock});
    bed.clock.advance(72h);
    bed.keeper.setSessionsKnown(true);
    bed.waitForTheWitness();
    QCOMPARE(bed.minutesOf(kBlock), 24 * 60);
}

void TestQuarantineKeeper::withoutTheLeaseNothingIsProlonged()
{
    Bed bed;
    QTRY_VERIFY(bed.lease.lease());
    bed.leases.other = u"host/2"_s;
    QTRY_VERIFY(!bed.lease.lease());
    bed.free(kWitness);
    bed.keeper.setSessionsKnown(true);
    const int tries = bed.leases.acquisitions;
    QTRY_VERIFY(bed.leases.acquisitions > tries + 20);
    QCOMPARE(bed.submissions(), 0);
    bed.leases.other.clear();
    bed.waitForTheWitness();
}

void TestQuarantineKeeper::whatTheStoreRefusedIsTriedAgain()
{
    Bed bed;
    bed.free(kWitness);
    QTRY_VERIFY(bed.mirror.isLoaded());
    bed.store.queries.failure = Error{ErrorKind::StoreUnavailable, u"the disk is gone"_s, {}};
    bed.keeper.setSessionsKnown(true);
    QTRY_VERIFY(bed.submissions() > 1);
    QCOMPARE(bed.store.commits, 0);
    bed.store.queries.failure.reset();
    bed.waitForTheWitness();
    QCOMPARE(bed.store.commits, 1);
}

QTEST_GUILESS_MAIN(TestQuarantineKeeper)
#include "tst_quarantinekeeper.moc"
