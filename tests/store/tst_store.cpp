// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/storeproof.h"

#include <QSignalSpy>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

template <typename R>
R onlyRow(const Expected<Receipt> &receipt)
{
    return std::get<R>(receipt->rows().at(0));
}

} // namespace

class TestStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoSitesWithTheSameLanGetTwoPrefixes_data() { addDialectRows(); }
    void twoSitesWithTheSameLanGetTwoPrefixes() // SOURCES S5, S6
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(submit(*store, ReplaceIroutes{cn("site-a"), {prefix("192.168.1.0/27")}}));
        VERIFY_OK(submit(*store, ReplaceIroutes{cn("site-b"), {prefix("192.168.1.0/27")}}));
        const auto first = submit(*store, ResolveClaim{cn("site-a"), prefix("192.168.1.0/27"), instanceName()});
        VERIFY_OK(first);
        QVERIFY(onlyRow<ClaimRow>(first).isSentinel());
        const auto second = submit(*store, ResolveClaim{cn("site-b"), prefix("192.168.1.0/27"), instanceName()});
        VERIFY_OK(second);
        QCOMPARE(onlyRow<ClaimRow>(second).virtualPrefix.toString(), u"100.64.0.0/27"_s);
        // Sticky: asked again, nothing is written.
        const auto again = submit(*store, ResolveClaim{cn("site-b"), prefix("192.168.1.0/27"), instanceName()});
        VERIFY_OK(again);
        QVERIFY(!again->journal);
        QCOMPARE(onlyRow<ClaimRow>(again), onlyRow<ClaimRow>(second));
        const auto problems = await(store->check());
        VERIFY_OK(problems);
        QVERIFY2(problems->empty(), qPrintable(problems->empty() ? QString() : problems->front().detail));
    }

    void rowsSurviveTheStoresEnd_data() { addDialectRows(); }
    void rowsSurviveTheStoresEnd()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        std::vector<Row> before;
        {
            const auto store = place.open();
            AddInstance v6 = usualInstance();
            v6.pools.push_back(prefix("fd00:8::/64"));
            VERIFY_OK(submit(*store, v6));
            VERIFY_OK(submit(*store,
                             ReplaceIroutes{cn("a \"b\" $(c), d\\e"), {prefix("10.1.0.0/16"), prefix("fd00:1::/48")}}));
            VERIFY_OK(submit(*store, SetAllocation{cn("ä-site"), instanceName(), address("10.8.1.5")}));
            VERIFY_OK(submit(*store, SetAllocation{cn("ä-site"), instanceName(), address("fd00:8::5")}));
            VERIFY_OK(submit(*store, ExcludePrefix{prefix("100.64.0.0/24"), u"carrier"_s}));
            VERIFY_OK(
                submit(*store, SetOption{OptionScope::Cn, u"ä-site"_s, OptionType::DhcpOption, u"DNS 10.0.0.1"_s}));
            VERIFY_OK(submit(*store, SetSetting{u"quarantineHours"_s, u"48"_s}));
            VERIFY_OK(submit(*store, ResolveClaim{cn("b"), prefix("10.8.1.0/24"), instanceName()}));
            VERIFY_OK(submit(*store, ReleaseClaim{cn("b"), prefix("10.8.1.0/24")}));
            before = allRows(*store);
        }
        const auto store = place.open();
        QVERIFY(allRows(*store) == before);
        QVERIFY(before.size() >= 12);
    }

    void aRevertIsACommandAndSoIsItsUndo_data() { addDialectRows(); }
    void aRevertIsACommandAndSoIsItsUndo()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(submit(*store, ResolveClaim{cn("a"), prefix("192.168.1.0/24"), instanceName()}));
        VERIFY_OK(submit(*store, ResolveClaim{cn("b"), prefix("192.168.1.0/24"), instanceName()}));
        const std::vector<Row> before = allRows(*store);
        const auto moved = submit(*store, ReassignClaim{prefix("192.168.1.0/24"), cn("b")});
        VERIFY_OK(moved);
        const auto undone = submit(*store, Revert{*moved->journal});
        VERIFY_OK(undone);
        const auto entry = await(store->journalEntry(*undone->journal));
        VERIFY_OK(entry);
        QCOMPARE(entry->reverts, moved->journal);
        const auto redone = submit(*store, Revert{*undone->journal});
        VERIFY_OK(redone);
        const auto twice = submit(*store, Revert{*moved->journal});
        VERIFY_OK(twice); // the rows equal its after image again
        const std::vector<Row> after = allRows(*store);
        // The stand-in that the first owner had for a while is kept from others for the length of the quarantine.
        QCOMPARE(difference(before, after), QStringList{u"+ claim_quarantine 100.64.1.0/24 a"_s});
        const auto problems = await(store->check());
        VERIFY_OK(problems);
        QVERIFY2(problems->empty(), qPrintable(problems->empty() ? QString() : problems->front().detail));
    }

    void aStaleVersionIsRefusedWithBothVersions_data() { addDialectRows(); }
    void aStaleVersionIsRefusedWithBothVersions()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, ReplaceIroutes{cn("a"), {prefix("10.1.0.0/16")}}));
        VERIFY_OK(submit(*store, ReplaceIroutes{cn("a"), {prefix("10.2.0.0/16")}}, 1));
        const auto stale = submit(*store, ReplaceIroutes{cn("a"), {prefix("10.3.0.0/16")}}, 1);
        QVERIFY(!stale);
        QCOMPARE(stale.error().kind, ErrorKind::Stale);
        QCOMPARE(stale.error().payload.value("expected"_L1).toInteger(), 1);
        QCOMPARE(stale.error().payload.value("actual"_L1).toInteger(), 2);
    }

    void anotherProcessSeesACommitWithinTwoSeconds_data() { addDialectRows(); }
    void anotherProcessSeesACommitWithinTwoSeconds()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        QVERIFY(allRows(*there).empty());
        std::vector<JournalEntry> seen;
        connect(&there->feed(), &ChangeFeed::committed, this, [&](const std::vector<JournalEntry> &entries) {
            seen.insert(seen.end(), entries.begin(), entries.end());
        });
        VERIFY_OK(submit(*here, usualInstance()));
        const auto set = submit(*here, ReplaceIroutes{cn("a"), {prefix("10.1.0.0/16")}});
        VERIFY_OK(set);
        QTRY_COMPARE_WITH_TIMEOUT(seen.size(), std::size_t{2}, 10000);
        QCOMPARE(seen[1].id, *set->journal);
        QVERIFY(seen[1].changes == set->changes);
        QVERIFY(allRows(*here) == allRows(*there));
    }

    void twoRowsMayExchangeTheirAddresses_data() { addDialectRows(); }
    void twoRowsMayExchangeTheirAddresses()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(submit(*store, SetAllocation{cn("a"), instanceName(), address("10.8.0.5")}));
        VERIFY_OK(submit(*store, SetAllocation{cn("b"), instanceName(), address("10.8.0.6")}));
        const ImportCcd exchange{instanceName(), {{cn("a"), address("10.8.0.6")}, {cn("b"), address("10.8.0.5")}}};
        VERIFY_OK(submit(*store, exchange));
        const auto problems = await(store->check());
        VERIFY_OK(problems);
        QVERIFY2(problems->empty(), qPrintable(problems->empty() ? QString() : problems->front().detail));
        const auto again = place.open();
        QVERIFY(allRows(*again) == allRows(*store));
    }

    void aPreviewChangesNothing_data() { addDialectRows(); }
    void aPreviewChangesNothing()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        const std::vector<Row> before = allRows(*store);
        const auto preview =
            await(store->preview({ResolveClaim{cn("a"), prefix("10.8.0.0/24"), instanceName()}, u"test"_s}));
        VERIFY_OK(preview);
        QCOMPARE(onlyRow<ClaimRow>(preview).virtualPrefix.toString(), u"100.64.0.0/24"_s);
        QVERIFY(!preview->journal);
        QVERIFY(allRows(*store) == before);
    }
};

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
