// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/ask.h"
#include "model/commands/decide.h"
#include "model/rules/subnetfree.h"
#include "model/rules/subnetqueries.h"
#include "model/store/treereader.h"
#include "tests/support/registryfill.h"
#include "tests/support/storeproof.h"

#include <QTest>

#include <random>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

SubnetRow named(const QString &tenant, const Prefix &prefix, const QString &name, SubnetRole role = SubnetRole::None)
{
    return {tenant, prefix, name, role, {}, {}, {}, {}, 0};
}

/// A store with a made-up registry, and a topology that holds all of it.
struct Registry
{
    explicit Registry(Dialect dialect) : place(dialect)
    {
        store = place.open(&clock);
        connection = Connection::open(place.url(), Connection::Access::Existing).value();
        const auto filled = fillWithRegistry(*connection, {3000, 500});
        if (!filled)
            qFatal("the registry cannot be stored: %s", qPrintable(filled.error().detail));
        makeSubnetRegistry({3000, 500}, [&](const Row &row) { whole.load(row); });
        whole.endLoad();
    }

    ManualClock clock;
    StorePlace place;
    std::unique_ptr<Store> store;
    std::unique_ptr<Connection> connection;
    Topology whole;
};

/// Prefixes with something in them or around them, and others.
std::vector<Prefix> somePrefixes(const Topology &topology)
{
    std::vector<Prefix> all;
    topology.subnets().forEach([&](const SubnetRow &row) { all.push_back(row.prefix); });
    std::mt19937 random(7);
    std::ranges::shuffle(all, random);
    all.resize(40);
    for (std::size_t i = 0; i < 20; ++i)
        all.push_back(Prefix(all[i].first(), std::min(all[i].length() + 3, all[i].first().width())));
    for (const char *text : {"0.0.0.0/0", "::/0", "10.0.0.0/8", "10.3.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
                             "255.255.255.255/32", "ffff::/16"})
        all.push_back(prefix(text));
    return all;
}

QStringList textOf(const std::vector<Row> &rows)
{
    QStringList list;
    for (const Row &row : rows)
        list += imageText(row);
    return list;
}

} // namespace

class TestTreeReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPartIsWhatTheWholeTreeHasThere_data() { addDialectRows(); }
    void aPartIsWhatTheWholeTreeHasThere();
    void theWholeTreeIsWhatWasStored_data() { addDialectRows(); }
    void theWholeTreeIsWhatWasStored();
    void commandsDecideOnPartsAsOnTheWhole_data() { addDialectRows(); }
    void commandsDecideOnPartsAsOnTheWhole();
    void anotherConsolesEditIsSeenInPartsThatWereRead_data() { addDialectRows(); }
    void anotherConsolesEditIsSeenInPartsThatWereRead();
    void manyPartsOfOneBatchAreDecidedInOrder_data() { addDialectRows(); }
    void manyPartsOfOneBatchAreDecidedInOrder();
    void sharedAddressesAreSeenByWhoBegins_data() { addDialectRows(); }
    void sharedAddressesAreSeenByWhoBegins();
    void claimsKeepOutOfStoredSubnets_data() { addDialectRows(); }
    void claimsKeepOutOfStoredSubnets(); // SEMANTICS 2
};

void TestTreeReader::aPartIsWhatTheWholeTreeHasThere()
{
    QFETCH(Dialect, dialect);
    const Registry registry(dialect);
    const auto tenants = readSubnetTenants(*registry.connection);
    QVERIFY(tenants);
    std::vector<QString> expected;
    for (const auto &each : registry.whole.subnets().trees())
        expected.push_back(each.first);
    QCOMPARE(*tenants, expected);
    for (const Prefix &where : somePrefixes(registry.whole)) {
        for (const QString &tenant : *tenants) {
            for (const auto kind : {TreePart::Kind::Chain, TreePart::Kind::Children, TreePart::Kind::Inside}) {
                const TreePart part{kind, tenant, where};
                const auto rows = readTreePart(*registry.connection, part);
                QVERIFY2(rows, rows ? "" : qPrintable(rows.error().detail));
                QCOMPARE(textOf(*rows), textOf(registry.whole.rowsOf(part)));
            }
            for (const std::size_t most : {std::size_t{1}, std::size_t{7}, TreePart::kAll}) {
                const TreePart part{TreePart::Kind::Addresses, tenant, {}, where.first(), where.last(), most};
                const auto rows = readTreePart(*registry.connection, part);
                QVERIFY(rows);
                QCOMPARE(textOf(*rows), textOf(registry.whole.rowsOf(part)));
            }
        }
    }
}

// The shared tenant is a null text as often as an empty one, and only one of the two is stored.
void TestTreeReader::sharedAddressesAreSeenByWhoBegins()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    {
        const auto store = place.open();
        VERIFY_OK(submit(*store, AddSubnet{named(QString(), prefix("10.0.0.0/16"), u"shared"_s)}));
        VERIFY_OK(submit(*store, RequestAddress{QString(), prefix("10.0.0.0/16"), u"one"_s}));
        VERIFY_OK(submit(*store,
                         AddAddress{QString(), Address::parse(u"10.0.5.1"_s).value(), AddressState::Used, u"five"_s}));
        VERIFY_OK(submit(*store, AddSubnet{named(u"acme"_s, prefix("10.0.5.0/24"), u"acme's"_s)}));
    }
    for (const QString &shared : {QString(), u""_s}) {
        const auto store = place.open();
        VERIFY_OK(submit(*store, RequestAddress{shared, prefix("10.0.0.0/16"), u"next"_s}));
    }
    VERIFY_OK(submit(*place.open(), RequestAddress{u"acme"_s, prefix("10.0.5.0/24"), u"acme"_s}));
    VERIFY_OK(submit(*place.open(), ReleaseAddress{QString(), Address::parse(u"10.0.0.2"_s).value(), true}));
    QStringList held;
    for (const Row &row : allRows(*place.open())) {
        if (const auto *address = std::get_if<AddressRow>(&row))
            held += address->tenant + u':' + address->address.toString();
    }
    held.sort();
    QCOMPARE(held, (QStringList{u":10.0.0.1"_s, u":10.0.0.3"_s, u":10.0.5.1"_s, u"acme:10.0.5.2"_s}));
}

void TestTreeReader::theWholeTreeIsWhatWasStored()
{
    QFETCH(Dialect, dialect);
    const Registry registry(dialect);
    QStringList expected;
    registry.whole.forEachRow<TenantRow>([&](const TenantRow &row) { expected += imageText(Row(row)); });
    registry.whole.forEachRow<SubnetRow>([&](const SubnetRow &row) { expected += imageText(Row(row)); });
    registry.whole.forEachRow<AddressRow>([&](const AddressRow &row) { expected += imageText(Row(row)); });
    QCOMPARE(textOf(allRows(*registry.store)), expected);
    QCOMPARE(expected.size(), 3 + 3000 + 500);
}

void TestTreeReader::commandsDecideOnPartsAsOnTheWhole()
{
    QFETCH(Dialect, dialect);
    Registry registry(dialect);
    const QString tenant = u"water-001"_s;
    std::vector<Prefix> own;
    registry.whole.subnets().forEach([&](const SubnetRow &each) {
        if (each.tenant == tenant && each.prefix.length() == 24 && each.prefix != prefix("10.0.1.0/24"))
            own.push_back(each.prefix);
    });
    const SubnetRow row = named(tenant, prefix("10.0.1.0/25"), u"half"_s);
    const SubnetRow shared = named({}, prefix("10.0.0.0/9"), u"half"_s, SubnetRole::Container);
    const std::vector<Command> commands{
        AddSubnet{row, false, {}, 1, 1},
        AddSubnet{shared},
        AllocateSubnets{{}, prefix("10.0.0.0/8"), 16, 2, named(u"rail-000"_s, {}, u"new"_s), 0, 1},
        SplitSubnet{tenant, prefix("10.0.1.0/24"), 26, true},
        MergeSubnets{tenant, {prefix("10.0.1.128/26"), prefix("10.0.1.192/26")}},
        ResizeSubnet{tenant, own.at(0), 23}, // another tenant has the other half
        MoveSubnet{tenant, prefix("10.0.1.0/24"), prefix("10.99.1.0/24")},
        RemoveSubnet{tenant, prefix("10.99.1.0/24"), false},
        RemoveSubnet{{}, prefix("10.0.0.0/16"), true},
        RequestAddress{tenant, own.back(), u"desk"_s, {}, AddressChoice::Lowest, 1, 3},
        Revert{{3}},
        RemoveTenant{u"rail-000"_s},
    };
    int accepted = 0;
    for (const Command &command : commands) {
        TopologyEdit edit(registry.whole);
        Expected<Outcome> outcome = std::monostate();
        if (const auto *revert = std::get_if<Revert>(&command)) {
            const auto entry = await(registry.store->journalEntry(revert->entry));
            QVERIFY(entry);
            outcome = revertEntry(edit, *entry, registry.clock.now());
        } else {
            outcome = decide(edit, command, registry.clock.now());
        }
        // Nothing of what was read before is left.
        registry.store.reset();
        registry.store = registry.place.open(&registry.clock);
        const auto receipt = submit(*registry.store, command);
        QCOMPARE(receipt.has_value(), outcome.has_value());
        if (!receipt) {
            QCOMPARE(receipt.error().detail, outcome.error().detail);
            continue;
        }
        ++accepted;
        QCOMPARE(receipt->changes, edit.take());
    }
    QVERIFY(accepted >= 9);
    QStringList expected;
    registry.whole.forEachRow<SubnetRow>([&](const SubnetRow &each) { expected += imageText(Row(each)); });
    const auto now = await(ask(*registry.store, [](const Topology &topology) {
        QStringList list;
        topology.forEachRow<SubnetRow>([&](const SubnetRow &each) { list += imageText(Row(each)); });
        return list;
    }));
    QCOMPARE(now.value(), expected);
}

void TestTreeReader::anotherConsolesEditIsSeenInPartsThatWereRead()
{
    QFETCH(Dialect, dialect);
    const Registry registry(dialect);
    const auto other = registry.place.open(&registry.clock);
    const auto free = [&] {
        return await(ask(*registry.store,
                         [](const Topology &topology) {
                             return nextFreeSubnets(topology, {}, prefix("10.0.0.0/8"), 16, 1);
                         }))
            .value();
    };
    const auto chain = [&] {
        return await(ask(*registry.store,
                         [](const Topology &topology) {
                             return subnetChain(topology, {}, prefix("10.200.3.4/32")).size();
                         }))
            .value();
    };
    const std::vector<Prefix> before = free();
    QCOMPARE(before.size(), std::size_t{1});
    QCOMPARE(chain(), std::size_t{1});
    const auto taken =
        submit(*other, AllocateSubnets{{}, prefix("10.0.0.0/8"), 16, 1, named({}, {}, u"taken"_s), 0, 0});
    QVERIFY(taken);
    QCOMPARE(std::get<SubnetRow>(taken->rows().front()).prefix, before.front());
    QVERIFY(submit(*other, AddSubnet{named(u"new"_s, prefix("10.200.0.0/16"), {})}));
    QVERIFY(free() != before);
    QCOMPARE(chain(), std::size_t{2});
    QVERIFY(submit(*other, Revert{*taken->journal}));
    QCOMPARE(free(), before);
}

void TestTreeReader::manyPartsOfOneBatchAreDecidedInOrder()
{
    QFETCH(Dialect, dialect);
    const Registry registry(dialect);
    // None of them waits for the one before, so that several share a transaction.
    std::vector<QFuture<Expected<Receipt>>> answers;
    for (int i = 0; i < 20; ++i) {
        answers.push_back(registry.store->submit(
            {AllocateSubnets{{}, prefix("10.0.0.0/8"), 16, 1, named({}, {}, QString::number(i)), 0, 0},
             u"test"_s,
             {},
             {}}));
    }
    std::set<Prefix> given;
    for (auto &answer : answers) {
        const auto receipt = await(answer);
        QVERIFY2(receipt, receipt ? "" : qPrintable(receipt.error().detail));
        given.insert(std::get<SubnetRow>(receipt->rows().front()).prefix);
    }
    QCOMPARE(given.size(), answers.size());
}

void TestTreeReader::claimsKeepOutOfStoredSubnets()
{
    QFETCH(Dialect, dialect);
    const StorePlace place(dialect);
    const ManualClock clock;
    {
        const auto store = place.open(&clock);
        QVERIFY(submit(*store, usualInstance()));
        for (const char *text : {"100.64.0.0/26", "100.64.0.128/25", "10.99.0.0/16"}) {
            QVERIFY(submit(*store, AddSubnet{named(u"acme"_s, prefix(text), {})}));
        }
    }
    // A console that has read nothing of the tree yet.
    const auto store = place.open(&clock);
    const auto hold = [&](const char *name) {
        const auto receipt = submit(*store, ResolveClaim{cn(name), prefix("192.168.1.0/27"), instanceName()});
        return receipt ? std::get<ClaimRow>(receipt->rows().front()).hold.toString() : receipt.error().detail;
    };
    QCOMPARE(hold("first"), u"192.168.1.0/27"_s);
    QCOMPARE(hold("second"), u"100.64.0.64/27"_s);
    QCOMPARE(hold("third"), u"100.64.0.96/27"_s);
    QCOMPARE(hold("fourth"), u"100.64.1.0/27"_s);
    // A LAN on a stored subnet needs a stand-in, too.
    const auto on = submit(*store, ResolveClaim{cn("on"), prefix("100.64.0.0/27"), instanceName()});
    QVERIFY(on);
    QVERIFY(!std::get<ClaimRow>(on->rows().front()).isSentinel());
    // Of a tenant that comes later, by another console.
    const auto other = place.open(&clock);
    QVERIFY(submit(*other, AddSubnet{named(u"late"_s, prefix("100.64.1.64/26"), {})}));
    QCOMPARE(hold("fifth"), u"100.64.1.128/27"_s);
}

QTEST_GUILESS_MAIN(TestTreeReader)
#include "tst_treereader.moc"
