// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/journalpack.h"
#include "tests/support/storeproof.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

SubnetRow subnetRow(const char *text, const QString &description = {})
{
    return {u"acme"_s, prefix(text), u"name"_s, SubnetRole::None, description, {}, {}, {}, 1};
}

ChangeSet changesOf(int count)
{
    ChangeSet changes;
    for (int i = 0; i < count; ++i) {
        const Prefix place(Address::ipv4(0x0a000000U + (static_cast<quint32>(i) << 8U)), 24);
        changes.push_back({std::nullopt, Row(SubnetRow{{}, place, {}, SubnetRole::None, {}, {}, {}, {}, 1})});
    }
    return changes;
}

ChangeSet unpacked(const std::vector<JournalPack> &packs)
{
    ChangeSet changes;
    for (const JournalPack &pack : packs) {
        if (!unpackChanges(pack.images, changes))
            return {};
    }
    return changes;
}

/// One undoable entry of so many rows.
Command entryOf(int count)
{
    AllocateSubnets command{{}, prefix("10.0.0.0/8"), 24, count, {}};
    command.like.prefix = prefix("10.0.0.0/8");
    return command;
}

} // namespace

class TestJournalPack : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsPackedIsUnpacked()
    {
        const SubnetRow before = subnetRow("10.0.0.0/8", u"\"quoted\"\nnext line\r\n\\n\u2028 \u0001"_s);
        const SubnetRow after = subnetRow("10.0.0.0/8", u"Łódź 🚆"_s);
        const AddressRow address{
            {}, test::address("fd00::1"), AddressState::Quarantined, u"[\"a\",null]"_s, {}, {}, {}, {}, {}, 3};
        const ChangeSet changes{
            {before, std::nullopt}, {before, after}, {std::nullopt, after}, {std::nullopt, address}};
        JournalPacker packer;
        for (const RowChange &change : changes)
            packer.add(change);
        QCOMPARE(packer.changes(), 4);
        const auto packs = packer.take();
        QCOMPARE(packs.size(), std::size_t{1});
        QCOMPARE(packs[0].tables, (QStringList{u"subnet"_s, u"subnet_address"_s}));
        QVERIFY(unpacked(packs) == changes);
        QVERIFY(packer.take().empty());
    }

    void packsFollowEachOther()
    {
        const ChangeSet changes = changesOf(2'345);
        JournalPacker packer;
        for (const RowChange &change : changes)
            packer.add(change);
        const auto packs = packer.take();
        qint64 next = 0;
        for (const JournalPack &pack : packs) {
            QCOMPARE(pack.ordinal, next);
            next += pack.changes;
        }
        QCOMPARE(next, 2'345);
        QVERIFY(unpacked(packs) == changes);
    }

    void whatIsNoPackIsCorrupt_data()
    {
        QTest::addColumn<QByteArray>("images");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("not compressed") << QByteArray("[\"subnet\",null,null]\n");
        QTest::newRow("no lines") << qCompress(QByteArray("x"));
        QTest::newRow("no JSON") << qCompress(QByteArray("[\"subnet\",null\n"));
        QTest::newRow("no such table") << qCompress(QByteArray("[\"mars\",null,{}]\n"));
        QTest::newRow("no such fields") << qCompress(QByteArray("[\"subnet\",null,{}]\n"));
        QTest::newRow("no images") << qCompress(QByteArray("[\"subnet\",null,null]\n"));
    }
    void whatIsNoPackIsCorrupt()
    {
        QFETCH(QByteArray, images);
        ChangeSet changes;
        VERIFY_FAILS(unpackChanges(images, changes), ErrorKind::StoreCorrupt);
    }

    void largeEntriesOfAnyCommandArePacked_data() { addDialectRows(); }
    void largeEntriesOfAnyCommandArePacked()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, AddSubnet{subnetRow("11.0.0.0/8")}));
        SubnetRow parent = subnetRow("10.0.0.0/8");
        parent.tenant.clear();
        VERIFY_OK(submit(*store, AddSubnet{parent}));
        const auto before = allRows(*store);
        const auto small = submit(*store, entryOf(100));
        VERIFY_OK(small);
        const auto large = submit(*store, entryOf(static_cast<int>(kPackedFrom)));
        VERIFY_OK(large);
        const auto connection = rawConnection(place.url());
        const auto rows = [&](const QString &sql, const Expected<Receipt> &receipt) {
            return raw(*connection, sql.arg(receipt->journal->value)).value().toLongLong();
        };
        const QString single = u"SELECT COUNT(*) FROM journal_change WHERE journal_id = %1"_s;
        const QString packed = u"SELECT COALESCE(SUM(changes), 0) FROM journal_pack WHERE journal_id = %1"_s;
        QCOMPARE(rows(single, small), 100);
        QCOMPARE(rows(packed, small), 0);
        QCOMPARE(rows(single, large), 0);
        QCOMPARE(rows(packed, large), static_cast<qint64>(kPackedFrom));
        const auto entry = await(store->journalEntry(*large->journal));
        VERIFY_OK(entry);
        QVERIFY(entry->changes == large->changes);
        QCOMPARE(findings(*store), QStringList());

        // What somebody else changed by hand is noticed behind packs too.
        VERIFY_OK(raw(*connection, u"UPDATE subnet SET name = 'x' WHERE prefix = '10.1.0.0/24'"_s));
        QCOMPARE(await(store->verifyJournal())->size(), std::size_t{1});
        VERIFY_OK(raw(*connection, u"UPDATE subnet SET name = '' WHERE prefix = '10.1.0.0/24'"_s));

        VERIFY_OK(submit(*store, Revert{*large->journal}));
        VERIFY_OK(submit(*store, Revert{*small->journal}));
        QVERIFY(allRows(*store) == before);
        QCOMPARE(findings(*store), QStringList());
    }

    void packsArePruned_data() { addDialectRows(); }
    void packsArePruned()
    {
        QFETCH(Dialect, dialect);
        ManualClock clock;
        const StorePlace place(dialect);
        const auto store = place.open(&clock);
        SubnetRow parent = subnetRow("10.0.0.0/8");
        parent.tenant.clear();
        VERIFY_OK(submit(*store, AddSubnet{parent}));
        VERIFY_OK(submit(*store, entryOf(static_cast<int>(kPackedFrom))));
        clock.advance(std::chrono::hours(1));
        QCOMPARE(await(store->pruneJournal(clock.now(), u"test"_s)).value(), 2);
        const auto connection = rawConnection(place.url());
        QCOMPARE(raw(*connection, u"SELECT COUNT(*) FROM journal_pack"_s).value().toInt(), 0);
        QCOMPARE(findings(*store), QStringList());
        VERIFY_FAILS(submit(*store, Revert{{2}}), ErrorKind::Unsupported);
    }

    void packsGoAlongWithACopy_data() { addDialectRows(); }
    void packsGoAlongWithACopy()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const StorePlace target(dialect == Dialect::Sqlite && hasPostgres() ? Dialect::Postgres : Dialect::Sqlite);
        const auto store = place.open();
        SubnetRow parent = subnetRow("10.0.0.0/8");
        parent.tenant.clear();
        VERIFY_OK(submit(*store, AddSubnet{parent}));
        VERIFY_OK(submit(*store, entryOf(static_cast<int>(kPackedFrom))));
        VERIFY_OK(await(store->copyTo(target.url().toString())));
        const auto copy = target.open();
        QVERIFY(wholeJournal(*copy) == wholeJournal(*store));
        QCOMPARE(findings(*copy), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestJournalPack)
#include "tst_journalpack.moc"
