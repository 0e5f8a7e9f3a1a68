// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/membertablemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

using MemberColumn = MemberTableModel::Column;

namespace {

NodeId node(int number)
{
    return NodeId::parse(u"1%1"_s.arg(number, 9, 16, QChar(u'0'))).value();
}

NetworkName field()
{
    return NetworkName::parse(u"field").value();
}

NetworkContext context(std::vector<MemberRow> members)
{
    NetworkRow network{field(), NetworkId::parse(u"8056c2e21c000001").value(), ControllerName::parse(u"c").value(), {}};
    return {network, {network.controller, {}, {}}, {}, {}, {}, std::move(members)};
}

MemberRow ours(int number, const QString &address = {}, MemberStanding standing = MemberStanding::Authorized)
{
    MemberRow row{field(), node(number), standing};
    if (!address.isEmpty())
        row.address = Address::parse(address).value();
    row.device = u"router-%1"_s.arg(number);
    row.version = 7;
    return row;
}

/// As the controller has it once ours was pushed.
MemberRecord there(int number, const QString &address = {}, bool isAuthorized = true)
{
    MemberRecord record{node(number), u"there-%1"_s.arg(number), isAuthorized};
    record.hasNoAutoAssign = true;
    if (!address.isEmpty())
        record.addresses.push_back(address);
    record.hasJoined = true;
    record.version = u"1.14.1"_s;
    return record;
}

MemberPush push(int number, qint64 version, int tries, const QString &error = {})
{
    return {field(), node(number), version, tries, error};
}

/// A line that needs no sources.
MemberLine line(int number, const QString &name = {})
{
    MemberLine made{node(number)};
    made.name = name;
    return made;
}

std::vector<MemberLine> linesOf(int first, int last, int step = 1)
{
    std::vector<MemberLine> lines;
    for (int number = first; number <= last; number += step)
        lines.push_back(line(number));
    return lines;
}

QStringList shown(const MemberTableModel &model)
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
    MemberTableModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QSignalSpy inserted{&model, &QAbstractItemModel::rowsInserted};
    QSignalSpy removed{&model, &QAbstractItemModel::rowsRemoved};
    QSignalSpy layout{&model, &QAbstractItemModel::layoutChanged};
    QSignalSpy changed{&model, &QAbstractItemModel::dataChanged};
    QSignalSpy reset{&model, &QAbstractItemModel::modelReset};

    explicit Watched(std::vector<MemberLine> lines)
    {
        model.setLines(std::move(lines));
        inserted.clear();
    }
    /// Insertions, removals, new orders, changes, resets.
    [[nodiscard]] std::vector<qsizetype> steps() const
    {
        return {inserted.count(), removed.count(), layout.count(), changed.count(), reset.count()};
    }
};

} // namespace

class TestMemberTableModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theStateSaysHowFarAMemberCame_data();
    void theStateSaysHowFarAMemberCame();
    void aLineHasAllThatIsKnown();
    void whatIsRemovedAndGoneIsLeftOut();
    void whoIsOnlineMayNotBeKnown();
    void anAddressThatIsNotThereYetStandsBehindTheArrow_data();
    void anAddressThatIsNotThereYetStandsBehindTheArrow();
    void rowsShowTheirLines();
    void aFailureSaysWhy();
    void theSameAgainIsNotAnnounced();
    void whatIsOtherIsAnnouncedByNode();
    void linesMayComeInAnyOrder();
    void aScatteredChangeOfManyIsNoReset();
    void headersNameTheColumns();
};

// CASES:D1, D6, D10; ZF 39, 47
void TestMemberTableModel::theStateSaysHowFarAMemberCame_data()
{
    using Row = std::optional<MemberRow>;
    using Record = std::optional<MemberRecord>;
    using Push = std::optional<MemberPush>;
    const auto removed = MemberStanding::Removed;
    const auto barred = MemberStanding::Deauthorized;
    QTest::addColumn<Row>("row");
    QTest::addColumn<Record>("record");
    QTest::addColumn<Push>("push");
    QTest::addColumn<MemberState>("state");
    QTest::newRow("as it is to be") << Row(ours(1, u"10.0.0.1"_s)) << Record(there(1, u"10.0.0.1"_s)) << Push()
                                    << MemberState::Pushed;
    QTest::newRow("proved once, and changed there")
        << Row(ours(1, u"10.0.0.1"_s)) << Record(there(1, u"10.0.0.2"_s)) << Push(push(1, 7, 0)) << MemberState::Staged;
    QTest::newRow("never sent") << Row(ours(1)) << Record() << Push() << MemberState::Staged;
    QTest::newRow("tried, without success")
        << Row(ours(1)) << Record() << Push(push(1, 7, 2, u"refused"_s)) << MemberState::Failed;
    QTest::newRow("an older version was tried")
        << Row(ours(1)) << Record() << Push(push(1, 6, 2, u"refused"_s)) << MemberState::Staged;
    QTest::newRow("not to be authorised, and never there")
        << Row(ours(1, {}, barred)) << Record() << Push() << MemberState::Absent;
    QTest::newRow("removed, and still authorised")
        << Row(ours(1, {}, removed)) << Record(there(1)) << Push() << MemberState::Staged;
    QTest::newRow("removed, and came back")
        << Row(ours(1, {}, removed)) << Record(there(1, {}, false)) << Push() << MemberState::Pushed;
    QTest::newRow("wants to join") << Row() << Record(there(1, {}, false)) << Push() << MemberState::Pending;
    QTest::newRow("authorised by others") << Row() << Record(there(1)) << Push() << MemberState::Foreign;
}

void TestMemberTableModel::theStateSaysHowFarAMemberCame()
{
    QFETCH(const std::optional<MemberRow>, row);
    QFETCH(const std::optional<MemberRecord>, record);
    QFETCH(const std::optional<MemberPush>, push);
    QFETCH(const MemberState, state);
    std::vector<MemberRow> rows;
    std::vector<MemberRecord> records;
    std::vector<MemberPush> pushes;
    if (row)
        rows.push_back(*row);
    if (record)
        records.push_back(*record);
    if (push)
        pushes.push_back(*push);
    const auto lines = memberLines(context(rows), records, pushes);
    QCOMPARE(lines.size(), std::size_t{1});
    QCOMPARE(enumText(lines.front().state), enumText(state));
    MemberTableModel model;
    model.setLines(lines);
    const QModelIndex index = model.index(0, static_cast<int>(MemberColumn::State));
    QCOMPARE(index.data().toString(), enumText(state));
    QCOMPARE(index.data(MemberTableModel::StateRole), QVariant(static_cast<int>(state)));
    QCOMPARE(index.data(MemberTableModel::OursRole), QVariant(row.has_value()));
}

void TestMemberTableModel::aLineHasAllThatIsKnown()
{
    MemberRecord foreign = there(3, u"10.0.0.3"_s);
    foreign.isBridge = true;
    const auto lines = memberLines(context({ours(2, u"10.0.0.2"_s)}), std::vector{foreign, there(2)},
                                   std::vector{push(2, 7, 1, u"timeout"_s), push(9, 7, 1)},
                                   std::vector<PeerRecord>{{node(3), 12, u"192.0.2.1/9993"_s}, {node(2)}, {node(9)}});
    MemberLine second{node(2), u"router-2"_s, MemberState::Failed, MemberStanding::Authorized, true};
    second.planned = Address::parse(u"10.0.0.2").value();
    second.isOnline = false;
    second.hasJoined = true;
    second.version = u"1.14.1"_s;
    second.tries = 1;
    second.lastError = u"timeout"_s;
    MemberLine third{node(3), u"there-3"_s, MemberState::Foreign, {}, true, {u"10.0.0.3"_s}};
    third.isOnline = true;
    third.isBridge = true;
    third.hasJoined = true;
    third.version = u"1.14.1"_s;
    QVERIFY(lines == (std::vector{second, third}));
}

// ZF 46
void TestMemberTableModel::whatIsRemovedAndGoneIsLeftOut()
{
    const auto lines =
        memberLines(context({ours(1, {}, MemberStanding::Removed), ours(2, {}, MemberStanding::Deauthorized)}), {}, {});
    QCOMPARE(lines.size(), std::size_t{1});
    QCOMPARE(lines.front().node, node(2));
}

// ZF 39
void TestMemberTableModel::whoIsOnlineMayNotBeKnown()
{
    const std::vector records{there(1), there(2)};
    const Watched unknown(memberLines(context({}), records, {}));
    const Watched known(memberLines(context({}), records, {}, std::vector<PeerRecord>{{node(2), 5, u"192.0.2.1/1"_s}}));
    const auto online = [](const Watched &w, int row) {
        const QModelIndex index = w.model.index(row, static_cast<int>(MemberColumn::Online));
        return std::pair(index.data().toString(), index.data(MemberTableModel::OnlineRole));
    };
    QCOMPARE(online(unknown, 0), std::pair(QString(), QVariant()));
    QCOMPARE(online(known, 0), std::pair(u"no"_s, QVariant(false)));
    QCOMPARE(online(known, 1), std::pair(u"yes"_s, QVariant(true)));
}

void TestMemberTableModel::anAddressThatIsNotThereYetStandsBehindTheArrow_data()
{
    QTest::addColumn<QStringList>("addresses");
    QTest::addColumn<QString>("planned");
    QTest::addColumn<QString>("cell");
    QTest::newRow("none") << QStringList() << QString() << QString();
    QTest::newRow("as planned") << QStringList{u"10.0.0.1"_s} << u"10.0.0.1"_s << u"10.0.0.1"_s;
    QTest::newRow("nothing planned") << QStringList{u"10.0.0.1"_s} << QString() << u"10.0.0.1"_s;
    QTest::newRow("another one") << QStringList{u"10.0.0.1"_s} << u"10.0.0.2"_s << u"10.0.0.1 \u2192 10.0.0.2"_s;
    QTest::newRow("one too many") << QStringList{u"10.0.0.1"_s, u"10.0.0.2"_s} << u"10.0.0.2"_s
                                  << u"10.0.0.1, 10.0.0.2 \u2192 10.0.0.2"_s;
    QTest::newRow("the first one") << QStringList() << u"10.0.0.2"_s << u"\u2192 10.0.0.2"_s;
}

void TestMemberTableModel::anAddressThatIsNotThereYetStandsBehindTheArrow()
{
    QFETCH(const QStringList, addresses);
    QFETCH(const QString, planned);
    QFETCH(const QString, cell);
    MemberLine made = line(1);
    made.addresses = {addresses.begin(), addresses.end()};
    if (!planned.isEmpty())
        made.planned = Address::parse(planned).value();
    const Watched w({made});
    QCOMPARE(w.model.index(0, static_cast<int>(MemberColumn::Address)).data().toString(), cell);
}

void TestMemberTableModel::rowsShowTheirLines()
{
    const Watched w(memberLines(context({ours(1, u"10.0.0.1"_s), ours(4)}),
                                std::vector{there(2, {}, false), there(1, u"10.0.0.1"_s)}, {},
                                std::vector<PeerRecord>{{node(1), 5, u"192.0.2.1/1"_s}}));
    QCOMPARE(shown(w.model),
             (QStringList{u"1000000001|router-1|pushed|yes|10.0.0.1|yes|1.14.1"_s,
                          u"1000000002|there-2|pending|no||no|1.14.1"_s, u"1000000004|router-4|staged|||no|"_s}));
}

void TestMemberTableModel::aFailureSaysWhy()
{
    const Watched w(memberLines(context({ours(1)}), {}, std::vector{push(1, 7, 3, u"connection refused"_s)}));
    const QModelIndex index = w.model.index(0, static_cast<int>(MemberColumn::State));
    QCOMPARE(index.data(Qt::ToolTipRole).toString(), u"connection refused"_s);
    QCOMPARE(index.data(MemberTableModel::ErrorRole).toString(), u"connection refused"_s);
    QVERIFY(!index.siblingAtColumn(0).data(Qt::ToolTipRole).isValid());
}

void TestMemberTableModel::theSameAgainIsNotAnnounced()
{
    Watched w(linesOf(1, 200));
    w.model.setLines(linesOf(1, 200));
    QCOMPARE(w.steps(), (std::vector<qsizetype>{0, 0, 0, 0, 0}));
}

void TestMemberTableModel::whatIsOtherIsAnnouncedByNode()
{
    Watched w(linesOf(1, 10));
    const QPersistentModelIndex kept = w.model.index(9, 1);
    auto lines = linesOf(4, 12);
    lines[2].name = u"six"_s;
    lines[3].name = u"seven"_s;
    w.model.setLines(lines);
    QCOMPARE(w.steps(), (std::vector<qsizetype>{1, 1, 0, 1, 0}));
    QCOMPARE(w.changed[0][0].toModelIndex().row(), 2);
    QCOMPARE(w.changed[0][1].toModelIndex().row(), 3);
    QVERIFY(w.model.lines() == lines);
    QCOMPARE(kept.row(), 6);
    QCOMPARE(w.model.find(node(10).toString()), 6);
    QCOMPARE(w.model.find(node(1).toString()), -1);
}

void TestMemberTableModel::linesMayComeInAnyOrder()
{
    const Watched w({line(3), line(1, u"first"_s), line(2), line(1, u"second"_s)});
    QVERIFY(w.model.lines() == (std::vector{line(1, u"first"_s), line(2), line(3)}));
}

void TestMemberTableModel::aScatteredChangeOfManyIsNoReset()
{
    Watched w(linesOf(0, 19998, 2));
    const QPersistentModelIndex kept = w.model.index(5001, 0);
    const QPersistentModelIndex gone = w.model.index(5000, 0);
    // Every second one of the old goes, and one comes between any two that stay.
    auto lines = linesOf(1, 19999, 2);
    for (int number = 2; number < 20000; number += 4)
        lines.push_back(line(number, u"other"_s));
    w.model.setLines(lines);
    QCOMPARE(w.model.rowCount(), 15000);
    QCOMPARE(w.inserted.count(), 1);
    QCOMPARE(w.removed.count(), 1);
    QCOMPARE(w.layout.count(), 2);
    QCOMPARE(w.changed.count(), 1);
    QCOMPARE(w.reset.count(), 0);
    QCOMPARE(kept.data().toString(), node(10002).toString());
    QVERIFY(!gone.isValid());
}

void TestMemberTableModel::headersNameTheColumns()
{
    const MemberTableModel model;
    QStringList titles;
    for (int column = 0; column < model.columnCount(); ++column)
        titles += model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    QCOMPARE(titles, (QStringList{u"Node"_s, u"Name"_s, u"State"_s, u"Authorised"_s, u"Address"_s, u"Online"_s,
                                  u"Client version"_s}));
}

QTEST_GUILESS_MAIN(TestMemberTableModel)
#include "tst_membertablemodel.moc"
