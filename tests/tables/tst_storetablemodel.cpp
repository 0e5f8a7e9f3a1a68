// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/storetablemodel.h"

#include "tests/support/topologies.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <rapidcheck.h>

#include <map>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

TableRow iroute(const QString &cn, const QString &prefix, qint64 version = 1)
{
    return rowOf(IrouteRow{CommonName::parse(cn).value(), Prefix::parse(prefix).value(), {}, version});
}

RowDelta now(const TableRow &row)
{
    return {row.id, row};
}

QStringList shown(const StoreTableModel &model, int column = 1)
{
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row)
        texts += model.index(row, column).data().toString();
    return texts;
}

/// A model that is watched by the tester, and must not be reset after its loading.
struct Watched
{
    StoreTableModel model{Table::Iroutes};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QSignalSpy inserted{&model, &QAbstractItemModel::rowsInserted};
    QSignalSpy removed{&model, &QAbstractItemModel::rowsRemoved};
    QSignalSpy moved{&model, &QAbstractItemModel::rowsMoved};
    QSignalSpy changed{&model, &QAbstractItemModel::dataChanged};
    QSignalSpy reset{&model, &QAbstractItemModel::modelReset};

    explicit Watched(std::vector<TableRow> rows)
    {
        model.load(std::move(rows));
        reset.clear();
    }
};

} // namespace

class TestStoreTableModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void prefixesAreOrderedByValueWhateverTheirText();
    void orderCanBeTurnedAroundWithoutLosingARow();
    void neighboursAreAnnouncedTogether();
    void aRowThatMovesTakesItsIndexAlong();
    void whatIsEqualIsNotAnnounced();
    void theLastEditOfARowCounts();
    void theFilterTakesRowsOutAndPutsThemBack();
    void aFilterThatScattersIsNoReset();
    void editsUnderAFilterFollowIt();
    void anyEditsEndAsAFreshLoadWould();
    void everyTableHasACellForEachColumn();
};

void TestStoreTableModel::prefixesAreOrderedByValueWhateverTheirText()
{
    Watched w({iroute(u"a"_s, u"10.10.0.0/16"_s), iroute(u"b"_s, u"fd00::/64"_s), iroute(u"c"_s, u"10.9.0.0/16"_s),
               iroute(u"d"_s, u"10.9.0.0/24"_s), iroute(u"e"_s, u"9.0.0.0/8"_s)});
    w.model.sort(1, Qt::AscendingOrder);
    QCOMPARE(shown(w.model),
             (QStringList{u"9.0.0.0/8"_s, u"10.9.0.0/16"_s, u"10.9.0.0/24"_s, u"10.10.0.0/16"_s, u"fd00::/64"_s}));
}

void TestStoreTableModel::orderCanBeTurnedAroundWithoutLosingARow()
{
    Watched w({iroute(u"a"_s, u"10.10.0.0/16"_s), iroute(u"b"_s, u"10.9.0.0/16"_s), iroute(u"c"_s, u"10.8.0.0/16"_s)});
    const QPersistentModelIndex kept = w.model.index(0, 0);
    w.model.sort(1, Qt::DescendingOrder);
    QCOMPARE(shown(w.model, 0), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    w.model.sort(1, Qt::AscendingOrder);
    QCOMPARE(shown(w.model, 0), (QStringList{u"c"_s, u"b"_s, u"a"_s}));
    QCOMPARE(kept.data().toString(), u"a"_s);
    QCOMPARE(w.reset.count(), 0);
}

void TestStoreTableModel::neighboursAreAnnouncedTogether()
{
    Watched w({iroute(u"a"_s, u"10.0.0.0/24"_s), iroute(u"z"_s, u"10.0.0.0/24"_s)});
    std::vector<RowDelta> more;
    std::vector<RowDelta> less;
    for (int i = 0; i < 100; ++i) {
        more.push_back(now(iroute(u"m"_s, u"10.1.%1.0/24"_s.arg(i))));
        less.push_back({more.back().id});
    }
    w.model.apply(more);
    QCOMPARE(w.inserted.count(), 1);
    QCOMPARE(w.model.rowCount(), 102);
    w.model.apply(less);
    QCOMPARE(w.removed.count(), 1);
    QCOMPARE(shown(w.model, 0), (QStringList{u"a"_s, u"z"_s}));
    QCOMPARE(w.reset.count(), 0);
}

void TestStoreTableModel::aRowThatMovesTakesItsIndexAlong()
{
    StoreTableModel model(Table::Connectors);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto connector = [](const QString &cn, const QString &group) {
        return rowOf(ConnectorRow{CommonName::parse(cn).value(), group, {}, Translation::Client, {}, 1});
    };
    model.load({connector(u"a"_s, u"1"_s), connector(u"b"_s, u"2"_s), connector(u"c"_s, u"3"_s)});
    model.sort(1, Qt::AscendingOrder);
    const QPersistentModelIndex first = model.index(0, 0);
    const QSignalSpy moved(&model, &QAbstractItemModel::rowsMoved);
    model.apply({now(connector(u"a"_s, u"9"_s))});
    QCOMPARE(shown(model, 0), (QStringList{u"b"_s, u"c"_s, u"a"_s}));
    QCOMPARE(first.row(), 2);
    QCOMPARE(moved.count(), 1);
    model.apply({now(connector(u"c"_s, u"0"_s))});
    QCOMPARE(shown(model, 0), (QStringList{u"c"_s, u"b"_s, u"a"_s}));
}

void TestStoreTableModel::whatIsEqualIsNotAnnounced()
{
    Watched w({iroute(u"a"_s, u"10.0.0.0/24"_s, 1)});
    w.model.apply({now(iroute(u"a"_s, u"10.0.0.0/24"_s, 1))});
    QCOMPARE(w.changed.count(), 0);
    w.model.apply({now(iroute(u"a"_s, u"10.0.0.0/24"_s, 2))});
    QCOMPARE(w.changed.count(), 1);
}

void TestStoreTableModel::theLastEditOfARowCounts()
{
    Watched w({});
    const TableRow row = iroute(u"a"_s, u"10.0.0.0/24"_s);
    w.model.apply({now(row), {row.id}, now(row), {row.id}});
    QCOMPARE(w.model.rowCount(), 0);
    w.model.apply({now(row), {row.id}, now(row)});
    QCOMPARE(shown(w.model), QStringList{u"10.0.0.0/24"_s});
}

void TestStoreTableModel::theFilterTakesRowsOutAndPutsThemBack()
{
    Watched w({iroute(u"a"_s, u"10.1.0.0/24"_s), iroute(u"b"_s, u"10.2.0.0/24"_s), iroute(u"c"_s, u"10.1.7.0/24"_s)});
    const QPersistentModelIndex kept = w.model.index(2, 0);
    w.model.setFilter(RowFilter::parse(u"in:10.1.0.0/16"_s).value());
    QCOMPARE(shown(w.model, 0), (QStringList{u"a"_s, u"c"_s}));
    QCOMPARE(w.model.totalCount(), 3);
    QCOMPARE(kept.row(), 1);
    w.model.setFilter({});
    QCOMPARE(shown(w.model, 0), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
    QCOMPARE(kept.row(), 2);
    QCOMPARE(w.reset.count(), 0);
}

void TestStoreTableModel::aFilterThatScattersIsNoReset()
{
    std::vector<TableRow> rows;
    for (int i = 0; i < 6000; ++i)
        rows.push_back(iroute(i % 2 == 0 ? u"even"_s : u"odd"_s, u"10.%1.%2.0/24"_s.arg(i / 256).arg(i % 256)));
    Watched w(rows);
    w.model.sort(1, Qt::AscendingOrder);
    const QStringList all = shown(w.model);
    w.model.setFilter(RowFilter::parse(u"even"_s).value());
    QCOMPARE(w.model.rowCount(), 3000);
    QVERIFY2(w.removed.count() < 10, qPrintable(QString::number(w.removed.count())));
    w.model.setFilter({});
    QVERIFY2(w.inserted.count() < 10, qPrintable(QString::number(w.inserted.count())));
    QCOMPARE(shown(w.model), all);
    QCOMPARE(w.reset.count(), 0);
}

void TestStoreTableModel::editsUnderAFilterFollowIt()
{
    StoreTableModel model(Table::Connectors);
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto connector = [](const QString &cn, const QString &group) {
        return rowOf(ConnectorRow{CommonName::parse(cn).value(), group, {}, Translation::Client, {}, 1});
    };
    model.load({connector(u"a"_s, u"north"_s), connector(u"b"_s, u"south"_s)});
    model.setFilter(RowFilter::parse(u"north"_s).value());
    model.apply({now(connector(u"c"_s, u"north"_s)), now(connector(u"d"_s, u"south"_s))});
    QCOMPARE(shown(model, 0), (QStringList{u"a"_s, u"c"_s}));
    model.apply({now(connector(u"a"_s, u"south"_s)), now(connector(u"b"_s, u"north"_s))});
    QCOMPARE(shown(model, 0), (QStringList{u"b"_s, u"c"_s}));
    QCOMPARE(model.totalCount(), 4);
}

void TestStoreTableModel::anyEditsEndAsAFreshLoadWould()
{
    const bool holds = rc::check("edits end as a load of what they leave", [] {
        Watched w({});
        w.model.sort(*rc::gen::inRange(0, 3), *rc::gen::element(Qt::AscendingOrder, Qt::DescendingOrder));
        if (*rc::gen::arbitrary<bool>())
            w.model.setFilter(RowFilter::parse(u"-2"_s).value());
        std::map<QString, TableRow> rows;
        for (int batch = 0; batch < 8; ++batch) {
            std::vector<RowDelta> deltas;
            for (int i = *rc::gen::inRange(0, 12); i > 0; --i) {
                const TableRow row = iroute(u"cn-%1"_s.arg(*rc::gen::inRange(0, 4)),
                                            u"10.%1.0.0/16"_s.arg(*rc::gen::inRange(0, 6)), *rc::gen::inRange(1, 4));
                if (*rc::gen::arbitrary<bool>()) {
                    deltas.push_back(now(row));
                    rows.insert_or_assign(row.id, row);
                } else {
                    deltas.push_back({row.id});
                    rows.erase(row.id);
                }
            }
            w.model.apply(deltas);
        }
        const QStringList cns = shown(w.model, 0);
        const QStringList prefixes = shown(w.model, 1);
        std::vector<TableRow> left;
        for (const auto &[id, row] : rows)
            left.push_back(row);
        RC_ASSERT(w.reset.count() == 0);
        w.model.load(left);
        RC_ASSERT(shown(w.model, 0) == cns);
        RC_ASSERT(shown(w.model, 1) == prefixes);
        RC_ASSERT(w.model.totalCount() == static_cast<int>(rows.size()));
    });
    QVERIFY(holds);
}

void TestStoreTableModel::everyTableHasACellForEachColumn()
{
    const CommonName cn = CommonName::parse(u"a").value();
    const InstanceName name = InstanceName::parse(u"vpn").value();
    const std::map<Table, TableRow> rows{{Table::Instances, rowOf(instanceRow(u"vpn", u"10.8.0.0/16"), {})},
                                         {Table::Connectors, rowOf(connectorRow(u"a"))},
                                         {Table::Iroutes, rowOf(irouteRow(u"a", u"10.0.0.0/8"))},
                                         {Table::Claims, rowOf(ClaimRow{cn, {}, {}, {}, name, {}, 1})},
                                         {Table::Allocations, rowOf(AllocationRow{name, cn, 4, {}, {}, {}, 1})},
                                         {Table::Exclusions, rowOf(exclusionRow(u"10.0.0.0/8"))},
                                         {Table::Quarantine, rowOf(QuarantineRow{{}, cn, {}, {}, 1})},
                                         {Table::Options, rowOf(OptionRow{})},
                                         {Table::Journal, rowOf(JournalEntry{})}};
    for (const Table table : kTables) {
        StoreTableModel model(table);
        model.load({rows.at(table)});
        QCOMPARE(rows.at(table).cells.size(), model.columns().size());
        for (int column = 0; column < model.columnCount(); ++column)
            QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
    }
}

QTEST_GUILESS_MAIN(TestStoreTableModel)
#include "tst_storetablemodel.moc"
