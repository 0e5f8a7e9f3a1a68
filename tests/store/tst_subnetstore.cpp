// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/ask.h"
#include "model/rules/subnetqueries.h"
#include "model/store/connection.h"

#include "tests/support/storeproof.h"

#include <QSet>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

SubnetRow subnetRow(const char *text, const QString &tenant = {})
{
    return {tenant,
            prefix(text),
            u"Łódź; \"edge\" 1"_s,
            SubnetRole::ZerotierChild,
            u"line\nline"_s,
            u"a;b"_s,
            uR"({"rack":"7"})"_s,
            {},
            0};
}

QStringList addressesOf(const Expected<Receipt> &receipt)
{
    QStringList list;
    for (const Row &row : receipt->rows()) {
        if (const auto *address = std::get_if<AddressRow>(&row))
            list += address->address.toString();
    }
    return list;
}

} // namespace

class TestSubnetStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rowsComeBackAsTheyWereWritten_data() { addDialectRows(); }
    void rowsComeBackAsTheyWereWritten();
    void everyEditIsUndoneAndTheJournalAgrees_data() { addDialectRows(); }
    void everyEditIsUndoneAndTheJournalAgrees();
    void theDatabaseRefusesDoubles_data() { addDialectRows(); }
    void theDatabaseRefusesDoubles();
    void racingConsolesNeverGetOneAddressTwice_data() { addDialectRows(); }
    void racingConsolesNeverGetOneAddressTwice(); // CASES A8
    void racingConsolesNeverGetOneSubnetTwice_data() { addDialectRows(); }
    void racingConsolesNeverGetOneSubnetTwice();
    void aPreviewChangesNothing_data() { addDialectRows(); }
    void aPreviewChangesNothing();
};

void TestSubnetStore::rowsComeBackAsTheyWereWritten()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    std::vector<Row> written;
    {
        const auto store = place.open();
        QVERIFY(submit(*store, AddSubnet{subnetRow("10.0.0.0/16", u"acme"_s)}));
        QVERIFY(submit(*store, AddSubnet{subnetRow("fd00::/64")}));
        QVERIFY(submit(*store, AddAddress{u"acme"_s, address("10.0.0.9"), AddressState::Used, u"printer"_s}));
        AddSubnet reserving{subnetRow("10.1.0.0/24")};
        reserving.reserveFirst = 1;
        reserving.reserveLast = 1;
        QVERIFY(submit(*store, reserving));
        QVERIFY(submit(*store, usualInstance()));
        QVERIFY(submit(*store, RequestAllocation{cn("branch"), instanceName()}));
        written = allRows(*store);
    }
    QVERIFY(written.size() >= 10);
    const auto again = place.open();
    QCOMPARE(allRows(*again), written);
    QCOMPARE(await(again->check())->size(), std::size_t{0});
    QCOMPARE(await(again->verifyJournal())->size(), std::size_t{0});
    const auto found = await(ask(
        *again, [](const Topology &topology) { return longestMatch(topology, u"acme"_s, test::address("10.0.0.9")); }));
    QVERIFY(found);
    QCOMPARE((*found)->prefix, prefix("10.0.0.0/16"));
}

void TestSubnetStore::everyEditIsUndoneAndTheJournalAgrees()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    QVERIFY(submit(*store, AddSubnet{subnetRow("10.0.0.0/16")}));
    QVERIFY(submit(*store, AddSubnet{subnetRow("10.0.1.0/24")}));
    RequestAddress many{{}, prefix("10.0.1.0/24"), u"host"_s};
    many.count = 50;
    QCOMPARE(addressesOf(submit(*store, many)).size(), 50);
    const auto subnets = [&] {
        QStringList list;
        for (const Row &row : allRows(*store)) {
            if (const auto *subnet = std::get_if<SubnetRow>(&row))
                list += subnet->prefix.toString();
            if (const auto *held = std::get_if<AddressRow>(&row))
                list += held->address.toString();
        }
        return list;
    };
    const QStringList before = subnets();
    const std::vector<Command> edits{
        MoveSubnet{{}, prefix("10.0.0.0/16"), prefix("172.16.0.0/16")}, SplitSubnet{{}, prefix("10.0.0.0/16"), 20},
        ResizeSubnet{{}, prefix("10.0.1.0/24"), 23}, RemoveSubnet{{}, prefix("10.0.0.0/16"), true}};
    for (const Command &edit : edits) {
        const auto done = submit(*store, edit);
        QVERIFY2(done.has_value(), qPrintable(done ? QString() : done.error().detail));
        QVERIFY(subnets() != before);
        QVERIFY(submit(*store, Revert{*done->journal}));
        QCOMPARE(subnets(), before);
    }
    QCOMPARE(await(store->verifyJournal())->size(), std::size_t{0});
    QCOMPARE(await(store->check())->size(), std::size_t{0});
}

void TestSubnetStore::theDatabaseRefusesDoubles()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    QVERIFY(submit(*store, AddSubnet{subnetRow("10.0.0.0/16")}));
    QVERIFY(submit(*store, usualInstance()));
    QVERIFY(submit(*store, SetAllocation{cn("branch"), instanceName(), address("10.8.0.9")}));
    const auto connection = rawConnection(place.url());
    const auto second = [&](const char *sql) {
        return connection->direct(QString::fromLatin1(sql), u"a double"_s).has_value();
    };
    QVERIFY(!second("INSERT INTO subnet SELECT * FROM subnet"));
    QVERIFY(
        !second("INSERT INTO subnet (tenant, prefix, prefix_key, name, role, description, tags, custom, created_at, "
                "version) SELECT tenant, prefix, prefix_key, 'other', 'none', '', '', '', 0, 1 FROM subnet"));
    QVERIFY(
        !second("INSERT INTO address (tenant, address, address_key, kind, holder, description, tags, custom, until, "
                "allocated_at, version) SELECT tenant, address, address_key, 'used', 'x', '', '', '', 0, 0, 1 "
                "FROM address WHERE kind = 'allocation'"));
    QVERIFY(second("INSERT INTO address (tenant, address, address_key, kind, holder, description, tags, custom, until, "
                   "allocated_at, version) SELECT 'other', address, address_key, 'used', 'x', '', '', '', 0, 0, 1 "
                   "FROM address WHERE kind = 'allocation'"));
}

void TestSubnetStore::racingConsolesNeverGetOneAddressTwice()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto first = place.open();
    const auto second = place.open();
    QVERIFY(submit(*first, AddSubnet{subnetRow("10.0.0.0/20")}));
    constexpr int kEach = 1000;
    std::vector<QFuture<Expected<Receipt>>> waiting;
    for (int i = 0; i < kEach; ++i) {
        for (Store *store : {first.get(), second.get()})
            waiting.push_back(store->submit({RequestAddress{{}, prefix("10.0.0.0/20"), u"host"_s}, u"test"_s}));
    }
    QSet<QString> handedOut;
    for (auto &future : waiting) {
        const auto receipt = await(future);
        QVERIFY2(receipt.has_value(), qPrintable(receipt ? QString() : receipt.error().detail));
        for (const QString &text : addressesOf(receipt))
            handedOut.insert(text);
    }
    QCOMPARE(handedOut.size(), 2 * kEach);
    QCOMPARE(await(second->verifyJournal())->size(), std::size_t{0});
}

void TestSubnetStore::racingConsolesNeverGetOneSubnetTwice()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto first = place.open();
    const auto second = place.open();
    QVERIFY(submit(*first, AddSubnet{subnetRow("10.0.0.0/8")}));
    constexpr int kEach = 100;
    std::vector<QFuture<Expected<Receipt>>> waiting;
    for (int i = 0; i < kEach; ++i) {
        for (Store *store : {first.get(), second.get()}) {
            AllocateSubnets command{{}, prefix("10.0.0.0/8"), 24, 1, subnetRow("0.0.0.0/0")};
            waiting.push_back(store->submit({command, u"test"_s}));
        }
    }
    QSet<QString> taken;
    for (auto &future : waiting) {
        const auto receipt = await(future);
        QVERIFY(receipt);
        taken.insert(std::get<SubnetRow>(receipt->rows().front()).prefix.toString());
    }
    QCOMPARE(taken.size(), 2 * kEach);
}

void TestSubnetStore::aPreviewChangesNothing()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const auto store = place.open();
    QVERIFY(submit(*store, AddSubnet{subnetRow("10.0.0.0/16")}));
    const auto before = allRows(*store);
    const auto preview = await(store->preview({SplitSubnet{{}, prefix("10.0.0.0/16"), 24}, u"test"_s}));
    QVERIFY(preview);
    QVERIFY(!preview->journal);
    QCOMPARE(preview->rows().size(), std::size_t{256});
    QCOMPARE(allRows(*store), before);
}

QTEST_GUILESS_MAIN(TestSubnetStore)
#include "tst_subnetstore.moc"
