// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/routetablemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <map>

using namespace interlock;
using namespace Qt::StringLiterals;

using RouteColumn = RouteTableModel::Column;

namespace {

/// "10.0.0.0/8", "10.0.0.0/8 via 10.1.1.254"
Route route(const QString &text)
{
    Route made{Prefix::parse(text.section(u' ', 0, 0)).value()};
    if (text.contains(u"via"_s))
        made.via = Address::parse(text.section(u' ', 2, 2)).value();
    return made;
}

std::vector<Route> routes(const QStringList &texts)
{
    std::vector<Route> made;
    std::ranges::transform(texts, std::back_inserter(made), route);
    return made;
}

/// A controller's texts, which need not be routes.
std::vector<RouteText> live(const QStringList &texts)
{
    std::vector<RouteText> made;
    for (const QString &text : texts)
        made.push_back({text.section(u' ', 0, 0), text.section(u' ', 2, 2)});
    return made;
}

NetworkDiff diffOf(const QStringList &owned, const QStringList &plan, const QStringList &there,
                   const MergeDecisions &decisions = {})
{
    NetworkDiff diff;
    diff.routes = mergeRoutes(routes(owned), routes(plan), live(there), decisions);
    return diff;
}

/// The same routes as `plan`, all of them ours and there.
NetworkDiff settled(const QStringList &plan)
{
    return diffOf(plan, plan, plan);
}

QStringList settledTargets(int first, int last)
{
    QStringList texts;
    for (int i = first; i <= last; ++i)
        texts += u"10.%1.%2.0/24"_s.arg(i / 256).arg(i % 256);
    return texts;
}

QStringList shown(const RouteTableModel &model)
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
    RouteTableModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QSignalSpy inserted{&model, &QAbstractItemModel::rowsInserted};
    QSignalSpy removed{&model, &QAbstractItemModel::rowsRemoved};
    QSignalSpy moved{&model, &QAbstractItemModel::rowsMoved};
    QSignalSpy layout{&model, &QAbstractItemModel::layoutChanged};
    QSignalSpy changed{&model, &QAbstractItemModel::dataChanged};
    QSignalSpy reset{&model, &QAbstractItemModel::modelReset};

    explicit Watched(const NetworkDiff &diff) { set(diff); }
    /// Counts from here on.
    void set(const NetworkDiff &diff)
    {
        for (QSignalSpy *spy : {&inserted, &removed, &moved, &layout, &changed})
            spy->clear();
        model.setDiff(diff);
    }
    /// Insertions, removals, moves, new orders, changes, resets.
    [[nodiscard]] std::vector<qsizetype> steps() const
    {
        return {inserted.count(), removed.count(), moved.count(), layout.count(), changed.count(), reset.count()};
    }
    [[nodiscard]] QString changedRows(qsizetype at) const
    {
        return u"%1-%2"_s.arg(changed[at][0].toModelIndex().row()).arg(changed[at][1].toModelIndex().row());
    }
};

} // namespace

class TestRouteTableModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKindHasItsRow();
    void decisionsShowWhatBecomesOfOthers();
    void rolesSayWhatIsHeldAndWhatDrifted();
    void aTextThatIsNoRouteIsShownAsItIs();
    void membersAreThoseOfTheListThatIsSent();
    void theRouteBehindTheLimitIsMarked();
    void equalTargetsAreDifferentRows();
    void theSameAgainIsNotAnnounced();
    void aNewRouteIsOneInsertion();
    void neighboursThatChangeAreOneRun();
    void aRouteThatMovesIsOneMove();
    void aScatteredChangeIsANewOrderAndNoReset();
    void clearingIsOneRemoval();
    void anyDiffEndsAsAFreshOneAndKeepsItsIndexes_data();
    void anyDiffEndsAsAFreshOneAndKeepsItsIndexes();
    void headersNameTheColumns();
};

// CASES:M1 to M5
void TestRouteTableModel::everyKindHasItsRow()
{
    const Watched w(
        diffOf({u"10.0.1.0/24"_s, u"10.0.3.0/24"_s, u"10.0.8.0/24"_s, u"10.0.9.0/24"_s},
               {u"10.0.1.0/24"_s, u"10.0.2.0/24"_s, u"10.0.3.0/24 via 10.0.1.3"_s, u"10.0.4.0/24"_s, u"10.0.5.0/24"_s},
               {u"10.0.1.0/24"_s, u"10.0.9.0/24"_s, u"10.0.3.0/24"_s, u"10.0.4.0/24"_s, u"10.0.5.0/24 via 10.0.1.5"_s,
                u"172.16.0.0/12 via 10.0.1.9"_s}));
    QCOMPARE(
        shown(w.model),
        (QStringList{u"1|10.0.1.0/24|attached|keep||"_s, u"|10.0.9.0/24|attached|remove||"_s,
                     u"2|10.0.2.0/24|attached|add||"_s, u"3|10.0.3.0/24|attached \u2192 10.0.1.3|regateway||"_s,
                     u"4|10.0.4.0/24|attached|adopt|somebody else's, equal to the plan: waits to be adopted|"_s,
                     u"5|10.0.5.0/24|10.0.1.5|conflict|somebody else's, in the way of 10.0.5.0/24: waits to be "
                     "replaced|"_s,
                     u"6|172.16.0.0/12|10.0.1.9|foreign|somebody else's, stays|"_s,
                     u"|10.0.8.0/24|attached|gone|not there any more; somebody changed what we had put there|"_s}));
}

// CASES:M2, M3
void TestRouteTableModel::decisionsShowWhatBecomesOfOthers()
{
    const Watched w(diffOf({u"10.0.3.0/24"_s}, {u"10.0.3.0/24"_s, u"10.0.4.0/24"_s, u"10.0.5.0/24"_s},
                           {u"10.0.3.0/24"_s, u"10.0.4.0/24"_s, u"10.0.5.0/24 via 10.0.3.5"_s, u"10.0.3.0/24"_s},
                           {true, true}));
    QCOMPARE(shown(w.model),
             (QStringList{u"1|10.0.3.0/24|attached|keep||"_s, u"2|10.0.4.0/24|attached|adopt|becomes ours|"_s,
                          u"3|10.0.5.0/24|10.0.3.5 \u2192 attached|conflict|replaced by 10.0.5.0/24|"_s,
                          u"|10.0.3.0/24|attached|adopt|merged into 10.0.3.0/24|"_s}));
}

void TestRouteTableModel::rolesSayWhatIsHeldAndWhatDrifted()
{
    // Of ours for the second target only another's is there: it drifted, and waits.
    const Watched w(diffOf({u"10.0.1.0/24"_s, u"10.0.2.0/24"_s}, {u"10.0.1.0/24"_s, u"10.0.2.0/24"_s},
                           {u"10.0.1.0/24"_s, u"10.0.2.0/24 via 10.0.1.5"_s}));
    QList<QVariantList> roles;
    for (int row = 0; row < w.model.rowCount(); ++row) {
        const QModelIndex index = w.model.index(row, 0);
        roles += {index.data(RouteTableModel::IdRole), index.data(RouteTableModel::KindRole),
                  index.data(RouteTableModel::HeldRole), index.data(RouteTableModel::DriftRole),
                  index.data(RouteTableModel::BeyondLimitRole)};
    }
    QCOMPARE(roles,
             (QList<QVariantList>{{u"10.0.1.0/24"_s, static_cast<int>(RouteChangeKind::Keep), false, false, false},
                                  {u"10.0.2.0/24"_s, static_cast<int>(RouteChangeKind::Conflict), true, true, false}}));
}

// ZF 26, 27
void TestRouteTableModel::aTextThatIsNoRouteIsShownAsItIs()
{
    const Watched w(diffOf({}, {}, {u"10.1.1.7/24"_s, u"FD00::/48"_s}));
    QCOMPARE(shown(w.model), (QStringList{u"1|10.1.1.7/24|attached|foreign|somebody else's, stays|"_s,
                                          u"2|FD00::/48|attached|foreign|somebody else's, stays|"_s}));
    QCOMPARE(w.model.find(u"10.1.1.7/24"_s), 0);
}

// SOURCES Z9
void TestRouteTableModel::membersAreThoseOfTheListThatIsSent()
{
    const auto member = [](const QString &node, const QString &address) {
        MemberRecord record{NodeId::parse(node).value()};
        record.isAuthorized = true;
        record.addresses = {address};
        return record;
    };
    NetworkDiff diff = diffOf({u"10.0.9.0/24"_s}, {u"10.0.1.0/24"_s, u"10.0.0.0/16"_s}, {u"10.0.9.0/24"_s});
    NetworkRecord after{NetworkId::parse(u"8056c2e21c000001").value()};
    after.routes = diff.routes.desired;
    diff.risk.after = assessBroadcast(after, std::vector{member(u"1000000001"_s, u"10.0.1.5"_s),
                                                         member(u"1000000002"_s, u"10.0.1.6"_s),
                                                         member(u"1000000003"_s, u"10.0.7.7"_s)});
    RouteTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setDiff(diff, std::vector{PlanSubnet{Prefix::parse(u"10.0.1.0/24").value(), u"ankara"_s}});
    QCOMPARE(shown(model), (QStringList{u"|10.0.9.0/24|attached|remove||"_s, u"1|10.0.1.0/24|attached|add|ankara|2"_s,
                                        u"2|10.0.0.0/16|attached|add||1"_s}));
    // What was worked out for another list is not shown.
    diff.risk.after.routes.front().route.target = u"10.0.2.0/24"_s;
    model.setDiff(diff);
    QCOMPARE(shown(model), (QStringList{u"|10.0.9.0/24|attached|remove||"_s, u"1|10.0.1.0/24|attached|add||"_s,
                                        u"2|10.0.0.0/16|attached|add||1"_s}));
}

// SOURCES Z3; ZF 29, 30
void TestRouteTableModel::theRouteBehindTheLimitIsMarked()
{
    const auto sent = static_cast<int>(kMaxSentRoutes);
    // What goes is not counted.
    const Watched w(diffOf({u"192.168.0.0/24"_s}, settledTargets(0, sent), {u"192.168.0.0/24"_s}));
    QCOMPARE(w.model.rowCount(), sent + 2);
    QCOMPARE(w.model.index(sent, 0).data().toString(), u"128"_s);
    QCOMPARE(w.model.index(sent, 0).data(RouteTableModel::BeyondLimitRole), QVariant(false));
    QCOMPARE(w.model.index(sent + 1, 0).data().toString(), u"129"_s);
    QCOMPARE(w.model.index(sent + 1, 0).data(RouteTableModel::BeyondLimitRole), QVariant(true));
    QCOMPARE(w.model.index(sent + 1, static_cast<int>(RouteColumn::Note)).data().toString(),
             u"behind the first 128 routes: no member gets it"_s);
}

void TestRouteTableModel::equalTargetsAreDifferentRows()
{
    Watched w(diffOf({}, {}, {u"10.0.0.0/8"_s, u"10.0.0.0/8 via 10.0.0.1"_s, u"10.0.0.0/8"_s}));
    QStringList ids;
    for (const RouteLine &line : w.model.lines())
        ids += line.id;
    QCOMPARE(ids, (QStringList{u"10.0.0.0/8"_s, u"10.0.0.0/8 #2"_s, u"10.0.0.0/8 #3"_s}));
    w.set(diffOf({}, {}, {u"10.0.0.0/8"_s, u"10.0.0.0/8 via 10.0.0.1"_s}));
    QCOMPARE(w.steps(), (std::vector<qsizetype>{0, 1, 0, 0, 0, 0}));
}

void TestRouteTableModel::theSameAgainIsNotAnnounced()
{
    const NetworkDiff diff = settled(settledTargets(1, 9));
    Watched w(diff);
    QCOMPARE(w.steps(), (std::vector<qsizetype>{1, 0, 0, 0, 0, 0}));
    w.set(diff);
    QCOMPARE(w.steps(), (std::vector<qsizetype>{0, 0, 0, 0, 0, 0}));
}

void TestRouteTableModel::aNewRouteIsOneInsertion()
{
    Watched w(settled(settledTargets(1, 9)));
    const QPersistentModelIndex last = w.model.index(8, 0);
    QStringList more = settledTargets(1, 9);
    more.insert(6, u"10.9.0.0/16"_s);
    w.set(settled(more));
    // Those behind it have another number.
    QCOMPARE(w.steps(), (std::vector<qsizetype>{1, 0, 0, 0, 1, 0}));
    QCOMPARE(w.changedRows(0), u"7-9"_s);
    QCOMPARE(last.row(), 9);
    QCOMPARE(last.data().toString(), u"10"_s);
}

void TestRouteTableModel::neighboursThatChangeAreOneRun()
{
    const QStringList targets = settledTargets(1, 9);
    Watched w(settled(targets));
    QStringList plan = targets;
    for (const int at : {1, 2, 3, 7})
        plan[at] += u" via 10.0.1.1"_s;
    w.set(diffOf(targets, plan, targets));
    QCOMPARE(w.steps(), (std::vector<qsizetype>{0, 0, 0, 0, 2, 0}));
    QCOMPARE(w.changedRows(0), u"1-3"_s);
    QCOMPARE(w.changedRows(1), u"7-7"_s);
    QVERIFY(w.changed[0][2].value<QList<int>>().contains(Qt::DisplayRole));
}

void TestRouteTableModel::aRouteThatMovesIsOneMove()
{
    QStringList targets = settledTargets(1, 9);
    Watched w(settled(targets));
    const QPersistentModelIndex kept = w.model.index(1, static_cast<int>(RouteColumn::Target));
    targets.move(1, 7);
    w.set(settled(targets));
    QCOMPARE(w.steps(), (std::vector<qsizetype>{0, 0, 1, 0, 1, 0}));
    QCOMPARE(kept.row(), 7);
    QCOMPARE(kept.data().toString(), u"10.0.2.0/24"_s);
}

void TestRouteTableModel::aScatteredChangeIsANewOrderAndNoReset()
{
    QStringList targets = settledTargets(0, 599);
    Watched w(settled(targets));
    const QPersistentModelIndex kept = w.model.index(599, 0);
    const QPersistentModelIndex gone = w.model.index(300, 0);
    QStringList half;
    for (int i = 599; i >= 0; i -= 2)
        half += {targets[i], u"172.16.%1.0/24"_s.arg(i % 256) + (i < 256 ? u""_s : u" via 10.0.0.%1"_s.arg(i / 256))};
    w.set(diffOf(targets, {}, half));
    QCOMPARE(w.inserted.count(), 1);
    QCOMPARE(w.removed.count(), 0); // ours that are not there any more are Gone
    QCOMPARE(w.moved.count(), 0);
    QVERIFY(w.layout.count() == 1 || w.layout.count() == 2);
    QCOMPARE(w.reset.count(), 0);
    QCOMPARE(kept.data(RouteTableModel::IdRole).toString(), targets[599]);
    QCOMPARE(gone.data(RouteTableModel::IdRole).toString(), targets[300]);
    w.set(settled(half.mid(0, 1)));
    QCOMPARE(w.removed.count(), 1);
    QVERIFY(!gone.isValid());
    QCOMPARE(kept.row(), 0);
}

void TestRouteTableModel::clearingIsOneRemoval()
{
    Watched w(settled(settledTargets(0, 299)));
    w.set({});
    QCOMPARE(w.steps(), (std::vector<qsizetype>{0, 1, 0, 0, 0, 0}));
    w.model.clear();
    QCOMPARE(w.model.rowCount(), 0);
}

void TestRouteTableModel::anyDiffEndsAsAFreshOneAndKeepsItsIndexes_data()
{
    QTest::addColumn<int>("targets");
    QTest::addColumn<int>("longest");
    QTest::newRow("few, step by step") << 12 << 14;
    QTest::newRow("many, as a new order") << 500 << 400;
}

void TestRouteTableModel::anyDiffEndsAsAFreshOneAndKeepsItsIndexes()
{
    QFETCH(const int, targets);
    QFETCH(const int, longest);
    const QStringList all = settledTargets(0, targets - 1);
    const bool holds = rc::check([&all, longest] {
        const auto anyDiff = [&all, longest] {
            NetworkDiff diff;
            const auto size = static_cast<std::size_t>(*rc::gen::inRange(0, longest));
            const auto count = static_cast<int>(all.size());
            for (const int key : *rc::gen::container<std::vector<int>>(size, rc::gen::inRange(0, count))) {
                const RouteText text{all[key], {}};
                const bool goes = *rc::gen::inRange(0, 4) == 0;
                diff.routes.changes.push_back({goes ? RouteChangeKind::Remove : RouteChangeKind::Foreign, text,
                                               goes ? std::nullopt : std::optional(text)});
            }
            return diff;
        };
        Watched w(anyDiff());
        std::map<QString, QPersistentModelIndex> kept;
        for (int row = 0; row < w.model.rowCount(); ++row)
            kept[w.model.lineAt(row).id] = w.model.index(row, 1);
        const NetworkDiff next = anyDiff();
        w.set(next);
        RC_ASSERT(w.model.lines() == routeLines(next));
        for (const auto &each : kept) {
            const int row = w.model.find(each.first);
            RC_ASSERT(each.second.row() == row);
        }
        RC_ASSERT(w.reset.count() == 0);
    });
    QVERIFY(holds);
}

void TestRouteTableModel::headersNameTheColumns()
{
    const RouteTableModel model;
    QStringList titles;
    for (int column = 0; column < model.columnCount(); ++column)
        titles += model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    QCOMPARE(titles, (QStringList{u"No."_s, u"Target"_s, u"Via"_s, u"State"_s, u"Note"_s, u"Members"_s}));
    QVERIFY(!model.headerData(model.columnCount(), Qt::Horizontal, Qt::DisplayRole).isValid());
}

QTEST_GUILESS_MAIN(TestRouteTableModel)
#include "tst_routetablemodel.moc"
