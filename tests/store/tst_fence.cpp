// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livestore.h"
#include "tests/support/storeproof.h"

#include <QTest>

#include <array>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

Lease acquire(Store &store, const char *holder)
{
    const auto lease = await(store.live().acquire(LeaseKind::Instance, u"vpn"_s, QString::fromLatin1(holder)));
    if (!lease)
        qFatal("%s", qPrintable(lease.error().detail));
    return *lease;
}

/// A store with an instance, a lease that is given up, and the one after it.
struct Bed
{
    explicit Bed(Dialect dialect) : place(dialect), store(place.open())
    {
        if (!submit(*store, usualInstance()))
            qFatal("the instance was not added");
        old = acquire(*store, "first");
        if (!await(store->live().release(old)))
            qFatal("the lease was not given up");
        present = acquire(*store, "second");
    }

    [[nodiscard]] Submission submission(const char *name, const std::optional<Lease> &fence) const
    {
        return {RequestAllocation{cn(name), instanceName()}, u"engine"_s, {}, fence};
    }

    StorePlace place;
    std::unique_ptr<Store> store;
    Lease old;
    Lease present;
};

/// "written", or the kind of the error, of each.
QStringList outcomes(std::vector<QFuture<Expected<Receipt>>> futures)
{
    QStringList words;
    for (auto &future : futures) {
        const auto receipt = await(future);
        words += receipt ? u"written"_s : nameOf(receipt.error().kind);
    }
    return words;
}

} // namespace

/// Every write of an engine carries its epoch and fails if a newer one exists. SEMANTICS 4
class TestFence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void underAnOldEpochNothingIsWritten_data() { addDialectRows(); }
    void underAnOldEpochNothingIsWritten()
    {
        QFETCH(Dialect, dialect);
        const Bed bed(dialect);
        const auto before = allRows(*bed.store);
        const auto entries = wholeJournal(*bed.store).size();
        const auto refused = await(bed.store->submit(bed.submission("a", bed.old)));
        VERIFY_FAILS(refused, ErrorKind::LeaseHeld);
        QCOMPARE(refused.error().payload.value("holder"_L1).toString(), u"second"_s);
        QCOMPARE(difference(before, allRows(*bed.store)), QStringList());
        QCOMPARE(wholeJournal(*bed.store).size(), entries);
    }

    void underThePresentEpochItIsWrittenHoweverOftenItWasRenewed_data() { addDialectRows(); }
    void underThePresentEpochItIsWrittenHoweverOftenItWasRenewed()
    {
        QFETCH(Dialect, dialect);
        const Bed bed(dialect);
        const auto renewed = await(bed.store->live().renew(bed.present));
        VERIFY_OK(renewed);
        VERIFY_OK(await(bed.store->submit(bed.submission("a", bed.present))));
        VERIFY_OK(await(bed.store->submit(bed.submission("b", *renewed))));
        QCOMPARE(wholeJournal(*bed.store).back().actor, u"engine"_s);
    }

    void whatWasGivenUpWritesNothing_data() { addDialectRows(); }
    void whatWasGivenUpWritesNothing()
    {
        QFETCH(Dialect, dialect);
        const Bed bed(dialect);
        VERIFY_OK(await(bed.store->live().release(bed.present)));
        VERIFY_FAILS(await(bed.store->submit(bed.submission("a", bed.present))), ErrorKind::LeaseHeld);
        Lease never = bed.present;
        never.name = u"nobody"_s;
        VERIFY_FAILS(await(bed.store->submit(bed.submission("a", never))), ErrorKind::LeaseHeld);
    }

    void anOldEpochSpoilsNobodysBatch_data() { addDialectRows(); }
    void anOldEpochSpoilsNobodysBatch()
    {
        QFETCH(Dialect, dialect);
        const Bed bed(dialect);
        // The first keeps the store's thread busy, so that the others are one batch.
        std::vector<QFuture<Expected<Receipt>>> futures;
        const std::array<std::optional<Lease>, 6> fences{std::nullopt, bed.present,  bed.old,
                                                         bed.present,  std::nullopt, bed.old};
        const std::array names{"a", "b", "c", "d", "e", "f"};
        for (std::size_t i = 0; i < fences.size(); ++i)
            futures.push_back(bed.store->submit(bed.submission(names.at(i), fences.at(i))));
        QCOMPARE(outcomes(std::move(futures)),
                 (QStringList{u"written"_s, u"written"_s, u"leaseHeld"_s, u"written"_s, u"written"_s, u"leaseHeld"_s}));
        QStringList holders;
        for (const Row &row : allRows(*bed.store)) {
            if (const auto *allocation = std::get_if<AllocationRow>(&row))
                holders += allocation->cn.toString();
        }
        QCOMPARE(holders, (QStringList{u"a"_s, u"b"_s, u"d"_s, u"e"_s}));
    }

    void anotherProcessesEpochIsSeenInTheTransaction_data() { addDialectRows(); }
    void anotherProcessesEpochIsSeenInTheTransaction()
    {
        QFETCH(Dialect, dialect);
        const Bed bed(dialect);
        const auto other = bed.place.open();
        VERIFY_OK(await(bed.store->submit(bed.submission("a", bed.present))));
        VERIFY_OK(await(bed.store->live().release(bed.present)));
        const Lease theirs = acquire(*other, "third");
        VERIFY_FAILS(await(bed.store->submit(bed.submission("b", bed.present))), ErrorKind::LeaseHeld);
        VERIFY_OK(await(other->submit(bed.submission("b", theirs))));
    }

    void macsOfAnOldEpochAreNotWritten_data() { addDialectRows(); }
    void macsOfAnOldEpochAreNotWritten()
    {
        QFETCH(Dialect, dialect);
        const Bed bed(dialect);
        const MacEntry entry{MacAddress::parse(u"00:0c:29:ab:cd:ef").value(), cn("a"), instanceName(), {}};
        VERIFY_FAILS(await(bed.store->learnMac(entry, bed.old)), ErrorKind::LeaseHeld);
        QCOMPARE(await(bed.store->macs())->size(), 0U);
        VERIFY_OK(await(bed.store->learnMac(entry, bed.present)));
        VERIFY_FAILS(await(bed.store->forgetMac(entry.mac, bed.old)), ErrorKind::LeaseHeld);
        VERIFY_FAILS(await(bed.store->forgetMacsOf(entry.cn, bed.old)), ErrorKind::LeaseHeld);
        VERIFY_FAILS(await(bed.store->wipeMacs(entry.instance, bed.old)), ErrorKind::LeaseHeld);
        QCOMPARE(await(bed.store->macs())->size(), 1U);
        QCOMPARE(*await(bed.store->wipeMacs(entry.instance, bed.present)), 1);
        QCOMPARE(await(bed.store->macs())->size(), 0U);
    }
};

QTEST_GUILESS_MAIN(TestFence)
#include "tst_fence.moc"
