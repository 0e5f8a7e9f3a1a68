// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/variabletablemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

using VariableColumn = VariableTableModel::Column;

namespace {

ResolvedVariable variable(const QString &name, const QString &value)
{
    return {name, value, VariableScope::Device, u"ankara-01"_s};
}

QStringList shown(const VariableTableModel &model)
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells += model.index(row, column).data().toString();
        lines += cells.join(u'|');
    }
    return lines;
}

/// A model that is watched by the tester.
struct Watched
{
    VariableTableModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QSignalSpy inserted{&model, &QAbstractItemModel::rowsInserted};
    QSignalSpy removed{&model, &QAbstractItemModel::rowsRemoved};
    QSignalSpy changed{&model, &QAbstractItemModel::dataChanged};
    QSignalSpy reset{&model, &QAbstractItemModel::modelReset};

    explicit Watched(std::vector<ResolvedVariable> variables)
    {
        model.setVariables(std::move(variables));
        inserted.clear();
    }
    /// Insertions, removals, changes, resets.
    [[nodiscard]] std::vector<qsizetype> steps() const
    {
        return {inserted.count(), removed.count(), changed.count(), reset.count()};
    }
};

} // namespace

class TestVariableTableModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRowSaysWhatIsInForceAndWhatItHides();
    void everyOriginIsNamed_data();
    void everyOriginIsNamed();
    void aCellShowsOneLine_data();
    void aCellShowsOneLine();
    void aClashIsSaid();
    void rowsAreByName();
    void theSameAgainIsNotAnnounced();
    void whatIsOtherIsAnnouncedByName();
    void headersNameTheColumns();
};

// CASES:V5; SOURCES Z4
void TestVariableTableModel::aRowSaysWhatIsInForceAndWhatItHides()
{
    const Watched w(resolveVariables(
        std::vector<VariableSource>{{VariableScope::Device, u"ankara-01"_s, {{u"dns"_s, u"10.0.0.53"_s}}},
                                    {VariableScope::Store, {}, {{u"dns"_s, u"9.9.9.9"_s}, {u"ntp"_s, u"10.0.0.1"_s}}},
                                    {VariableScope::Group, u"turkey"_s, {{u"dns"_s, u"10.1.0.53"_s}}}}));
    QCOMPARE(shown(w.model), (QStringList{u"dns|10.0.0.53|device ankara-01|group turkey: 10.1.0.53; store: 9.9.9.9"_s,
                                          u"ntp|10.0.0.1|store|"_s}));
}

void TestVariableTableModel::everyOriginIsNamed_data()
{
    QTest::addColumn<VariableScope>("scope");
    QTest::addColumn<QString>("holder");
    QTest::addColumn<QString>("text");
    QTest::newRow("a setting") << VariableScope::Store << QString() << u"store"_s;
    QTest::newRow("a group") << VariableScope::Group << u"turkey"_s << u"group turkey"_s;
    QTest::newRow("a template") << VariableScope::Template << u"openwrt"_s << u"template openwrt"_s;
    QTest::newRow("a device") << VariableScope::Device << u"ankara-01"_s << u"device ankara-01"_s;
    QTest::newRow("a network") << VariableScope::Network << u"field"_s << u"network field"_s;
    QTest::newRow("computed from nothing that has a name") << VariableScope::Network << QString() << u"computed"_s;
}

void TestVariableTableModel::everyOriginIsNamed()
{
    QFETCH(const VariableScope, scope);
    QFETCH(const QString, holder);
    QFETCH(const QString, text);
    const Watched w({{u"a"_s, u"1"_s, scope, holder}});
    QCOMPARE(shown(w.model), (QStringList{u"a|1|"_s + text + u'|'}));
    QCOMPARE(w.model.index(0, 0).data(VariableTableModel::OriginRole), QVariant(static_cast<int>(scope)));
}

void TestVariableTableModel::aCellShowsOneLine_data()
{
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("cell");
    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("one line") << u"10.0.0.53"_s << u"10.0.0.53"_s;
    QTest::newRow("two lines") << u"one\ntwo"_s << u"one\u2026"_s;
    QTest::newRow("lines of Windows") << u"one\r\ntwo"_s << u"one\u2026"_s;
    QTest::newRow("as long as a cell") << QString(200, u'x') << QString(200, u'x');
    QTest::newRow("longer than a cell") << QString(65536, u'x') << QString(200, u'x') + u'\u2026';
}

void TestVariableTableModel::aCellShowsOneLine()
{
    QFETCH(const QString, value);
    QFETCH(const QString, cell);
    const Watched w({variable(u"a"_s, value)});
    const QModelIndex index = w.model.index(0, static_cast<int>(VariableColumn::Value));
    QCOMPARE(index.data().toString(), cell);
    QCOMPARE(index.data(VariableTableModel::ValueRole).toString(), value);
}

// CASES:V5
void TestVariableTableModel::aClashIsSaid()
{
    const Watched w(resolveVariables(
        std::vector<VariableSource>{{VariableScope::Device, u"ankara-01"_s, {{u"ip_address"_s, u"10.0.0.9"_s}}},
                                    {VariableScope::Network, u"field"_s, {{u"ip_address"_s, u"10.0.0.1"_s}}}}));
    const QModelIndex index = w.model.index(0, static_cast<int>(VariableColumn::Overrode));
    QCOMPARE(index.data(VariableTableModel::ClashRole), QVariant(true));
    QCOMPARE(index.data(Qt::ToolTipRole).toString(),
             u"A computed value hides one that somebody typed.\ndevice ankara-01: 10.0.0.9"_s);
    QVERIFY(!index.siblingAtColumn(0).data(Qt::ToolTipRole).isValid());
}

void TestVariableTableModel::rowsAreByName()
{
    const Watched w({variable(u"b"_s, u"1"_s), variable(u"a"_s, u"2"_s), variable(u"b"_s, u"3"_s)});
    QCOMPARE(shown(w.model), (QStringList{u"a|2|device ankara-01|"_s, u"b|1|device ankara-01|"_s}));
}

void TestVariableTableModel::theSameAgainIsNotAnnounced()
{
    const std::vector variables{variable(u"a"_s, u"1"_s), variable(u"b"_s, u"2"_s)};
    Watched w(variables);
    w.model.setVariables(variables);
    QCOMPARE(w.steps(), (std::vector<qsizetype>{0, 0, 0, 0}));
}

void TestVariableTableModel::whatIsOtherIsAnnouncedByName()
{
    Watched w({variable(u"a"_s, u"1"_s), variable(u"b"_s, u"2"_s), variable(u"d"_s, u"4"_s), variable(u"e"_s, u"5"_s)});
    const QPersistentModelIndex kept = w.model.index(2, 1);
    w.model.setVariables(
        {variable(u"b"_s, u"2"_s), variable(u"c"_s, u"3"_s), variable(u"d"_s, u"new"_s), variable(u"e"_s, u"new"_s)});
    QCOMPARE(w.steps(), (std::vector<qsizetype>{1, 1, 1, 0}));
    QCOMPARE(w.changed[0][0].toModelIndex().row(), 2);
    QCOMPARE(w.changed[0][1].toModelIndex().row(), 3);
    QCOMPARE(kept.data().toString(), u"new"_s);
    QCOMPARE(shown(w.model), (QStringList{u"b|2|device ankara-01|"_s, u"c|3|device ankara-01|"_s,
                                          u"d|new|device ankara-01|"_s, u"e|new|device ankara-01|"_s}));
}

void TestVariableTableModel::headersNameTheColumns()
{
    const VariableTableModel model;
    QStringList titles;
    for (int column = 0; column < model.columnCount(); ++column)
        titles += model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    QCOMPARE(titles, (QStringList{u"Name"_s, u"Value"_s, u"Origin"_s, u"Overrode"_s}));
}

QTEST_GUILESS_MAIN(TestVariableTableModel)
#include "tst_variabletablemodel.moc"
