// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/storeproof.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

MacAddress mac(const char *text)
{
    return MacAddress::parse(QString::fromLatin1(text)).value();
}

MacEntry entry(const char *address, const char *name, const char *instance = "tap", qint64 seen = 1000)
{
    return {mac(address), cn(name), instanceName(instance), Timestamp::fromMilliseconds(seen)};
}

std::vector<MacEntry> macs(Store &store)
{
    return await(store.macs()).value();
}

} // namespace

class TestMacStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMacIsWhereItWasSeenLast_data() { addDialectRows(); }
    void aMacIsWhereItWasSeenLast() // SOURCES S4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        QVERIFY(macs(*store).empty());
        VERIFY_OK(await(store->learnMac(entry("00-0C-29-AB-CD-EF", "b"))));
        VERIFY_OK(await(store->learnMac(entry("000c.29ab.0001", "a"))));
        const MacEntry moved = entry("00:0c:29:ab:cd:ef", "c", "other", 2000);
        VERIFY_OK(await(store->learnMac(moved)));
        QVERIFY(macs(*store) == (std::vector<MacEntry>{entry("00:0c:29:ab:00:01", "a"), moved}));
    }

    void aMacIsForgottenOnceAndTwice_data() { addDialectRows(); }
    void aMacIsForgottenOnceAndTwice() // SOURCES S4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(await(store->learnMac(entry("00:0c:29:ab:cd:ef", "a"))));
        VERIFY_OK(await(store->forgetMac(mac("00:0c:29:ab:cd:ef"))));
        VERIFY_OK(await(store->forgetMac(mac("00:0c:29:ab:cd:ef"))));
        QVERIFY(macs(*store).empty());
    }

    void whatASessionBroughtGoesWithIt_data() { addDialectRows(); }
    void whatASessionBroughtGoesWithIt() // SOURCES S4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(await(store->learnMac(entry("00:00:00:00:00:01", "a"))));
        VERIFY_OK(await(store->learnMac(entry("00:00:00:00:00:02", "a"))));
        VERIFY_OK(await(store->learnMac(entry("00:00:00:00:00:03", "A"))));
        QCOMPARE(*await(store->forgetMacsOf(cn("a"))), 2);
        QCOMPARE(*await(store->forgetMacsOf(cn("a"))), 0);
        QVERIFY(macs(*store) == std::vector<MacEntry>{entry("00:00:00:00:00:03", "A")});
    }

    void aStartWipesItsOwnInstanceOnly_data() { addDialectRows(); }
    void aStartWipesItsOwnInstanceOnly() // SOURCES S4, S9
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(await(store->learnMac(entry("00:00:00:00:00:01", "a", "one"))));
        VERIFY_OK(await(store->learnMac(entry("00:00:00:00:00:02", "a", "two"))));
        QCOMPARE(*await(store->wipeMacs(instanceName("one"))), 1);
        QVERIFY(macs(*store) == std::vector<MacEntry>{entry("00:00:00:00:00:02", "a", "two")});
    }

    void everyProcessSeesThemAndTheJournalDoesNot_data() { addDialectRows(); }
    void everyProcessSeesThemAndTheJournalDoesNot()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto here = place.open();
        const auto there = place.open();
        VERIFY_OK(await(here->learnMac(entry("00:00:00:00:00:01", "a"))));
        QCOMPARE(macs(*there).size(), std::size_t{1});
        QVERIFY(wholeJournal(*there).empty());
        QCOMPARE(findings(*there), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestMacStore)
#include "tst_macstore.moc"
