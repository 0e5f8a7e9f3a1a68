// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livestore.h"
#include "tests/support/storeproof.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A store in which b has just given 100.64.0.0/24 up, and who owns its instance.
struct Bed
{
    explicit Bed(Dialect dialect) : place(dialect), store(place.open(&clock))
    {
        bool isMade = submit(*store, usualInstance()).has_value();
        for (const char *name : {"a", "b"})
            isMade = isMade && submit(*store, ResolveClaim{cn(name), prefix("192.168.1.0/24"), instanceName()});
        isMade = isMade && submit(*store, ReleaseClaim{cn("b"), prefix("192.168.1.0/24")});
        if (!isMade)
            qFatal("the bed was not made");
    }

    [[nodiscard]] Lease acquire(const QString &holder) const
    {
        return await(store->live().acquire(LeaseKind::Instance, u"vpn"_s, holder)).value();
    }
    [[nodiscard]] Expected<Receipt> prolong(const Lease &lease) const
    {
        return await(
            store->submit({ProlongQuarantine{instanceName(), {prefix("100.64.0.0/24")}}, u"interlockd"_s, {}, lease}));
    }
    [[nodiscard]] QString resolve(const char *name) const
    {
        const auto receipt = submit(*store, ResolveClaim{cn(name), prefix("192.168.1.0/24"), instanceName()});
        return receipt ? std::get<ClaimRow>(receipt->rows().front()).virtualPrefix.toString()
                       : nameOf(receipt.error().kind);
    }

    ManualClock clock;
    StorePlace place;
    std::unique_ptr<Store> store;
};

QuarantineRow onlyQuarantine(Store &store)
{
    std::vector<QuarantineRow> found;
    for (const Row &row : allRows(store)) {
        if (const auto *quarantine = std::get_if<QuarantineRow>(&row))
            found.push_back(*quarantine);
    }
    if (found.size() != 1)
        qFatal("there are %zu quarantines", found.size());
    return found.front();
}

} // namespace

/// A block that a live session has stays in quarantine. SEMANTICS 2
class TestQuarantine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aProlongedQuarantineLastsForEverybody_data() { addDialectRows(); }
    void aProlongedQuarantineLastsForEverybody()
    {
        QFETCH(Dialect, dialect);
        Bed bed(dialect);
        const Lease lease = bed.acquire(u"host/1"_s);
        const QuarantineRow before = onlyQuarantine(*bed.store);
        bed.clock.advance(24h - 1min);
        const auto receipt = bed.prolong(lease);
        VERIFY_OK(receipt);
        QVERIFY(receipt->journal.has_value());
        QuarantineRow expected = before;
        expected.until = bed.clock.now() + 24h;
        ++expected.version;
        QCOMPARE(onlyQuarantine(*bed.store), expected);
        QCOMPARE(onlyQuarantine(*bed.place.open()), expected);
        bed.clock.advance(1h);
        QCOMPARE(bed.resolve("c"), u"100.64.1.0/24"_s);
        bed.clock.advance(23h);
        QCOMPARE(bed.resolve("d"), u"100.64.0.0/24"_s);
    }

    void itIsJournalledAndNotTakenBack_data() { addDialectRows(); }
    void itIsJournalledAndNotTakenBack()
    {
        QFETCH(Dialect, dialect);
        Bed bed(dialect);
        bed.clock.advance(24h - 1min);
        VERIFY_OK(bed.prolong(bed.acquire(u"host/1"_s)));
        const JournalEntry entry = wholeJournal(*bed.store).back();
        QCOMPARE(entry.command, u"prolongQuarantine"_s);
        QCOMPARE(entry.actor, u"interlockd"_s);
        QVERIFY(!entry.isRevertible);
        const auto refused = submit(*bed.store, Revert{entry.id});
        VERIFY_FAILS(refused, ErrorKind::Unsupported);
        QCOMPARE(refused.error().payload.value("reason"_L1).toString(), u"keptBack"_s);
        const auto problems = await(bed.store->verifyJournal());
        VERIFY_OK(problems);
        QVERIFY(problems->empty());
        QCOMPARE(findings(*bed.store), QStringList());
    }

    void sayingItAgainWritesNothing_data() { addDialectRows(); }
    void sayingItAgainWritesNothing()
    {
        QFETCH(Dialect, dialect);
        Bed bed(dialect);
        const Lease lease = bed.acquire(u"host/1"_s);
        bed.clock.advance(24h - 1min);
        VERIFY_OK(bed.prolong(lease));
        bed.clock.advance(1min);
        const auto again = bed.prolong(lease);
        VERIFY_OK(again);
        QVERIFY(!again->journal);
    }

    void whoLostTheLeaseProlongsNothing_data() { addDialectRows(); }
    void whoLostTheLeaseProlongsNothing()
    {
        QFETCH(Dialect, dialect);
        Bed bed(dialect);
        const Lease old = bed.acquire(u"host/1"_s);
        VERIFY_OK(await(bed.store->live().release(old)));
        (void)bed.acquire(u"host/2"_s);
        bed.clock.advance(24h - 1min);
        const QuarantineRow before = onlyQuarantine(*bed.store);
        VERIFY_FAILS(bed.prolong(old), ErrorKind::LeaseHeld);
        QCOMPARE(onlyQuarantine(*bed.store), before);
    }
};

QTEST_GUILESS_MAIN(TestQuarantine)
#include "tst_quarantine.moc"
