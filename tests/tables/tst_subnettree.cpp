// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnettree.h"

#include "tests/support/fakequeries.h"
#include "tests/support/topologies.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

SubnetRow subnetRow(const QString &prefix, SubnetRole role = SubnetRole::None)
{
    SubnetRow row;
    row.prefix = Prefix::parse(prefix).value();
    row.role = role;
    return row;
}

AllocationRow allocationRow(const QString &text)
{
    AllocationRow row{InstanceName::parse(u"vpn").value(), CommonName::parse(u"a").value(), 4, {}, {}, {}, 1};
    row.address = Address::parse(text).value();
    return row;
}

JournalEntry entry(qint64 id, ChangeSet changes)
{
    JournalEntry made;
    made.id = JournalId{id};
    made.changes = std::move(changes);
    return made;
}

struct Bed
{
    FakeQueries queries;
    ChangeFeed feed;

    explicit Bed(const ChangeSet &rows)
    {
        for (const RowChange &change : rows)
            queries.topology.apply(change);
    }
};

} // namespace

class TestSubnetTree : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void poolsLansAndStandInsAreInTheTree();
    void aReservedRoleIsHeldBack();
    void theFeedChangesRowsWithoutAReset();
    void whatIsCommittedDuringTheLoadIsNotLost();
    void aStoreThatDoesNotAnswerIsSaid();
};

void TestSubnetTree::poolsLansAndStandInsAreInTheTree()
{
    ClaimRow standIn{CommonName::parse(u"a").value(),
                     Prefix::parse(u"192.168.1.0/24").value(),
                     Prefix::parse(u"100.64.0.0/24").value(),
                     Prefix::parse(u"100.64.0.0/24").value(),
                     InstanceName::parse(u"vpn").value(),
                     {},
                     1};
    Bed bed({{{}, subnetRow(u"10.8.0.0/16"_s)},
             {{}, instanceRow(u"vpn", u"10.8.0.0/16")},
             {{}, PoolRow{InstanceName::parse(u"vpn").value(), Prefix::parse(u"10.8.0.0/16").value(), 0, 1}},
             {{}, connectorRow(u"a")},
             {{}, irouteRow(u"a", u"192.168.1.0/24")},
             {{}, allocationRow(u"10.8.0.5"_s)},
             {{}, standIn}});
    SubnetTree tree(bed.queries, bed.feed);
    QTRY_VERIFY(tree.isLoaded());
    tree.model().expandAll(0);
    QStringList rows;
    for (int row = 0; row < tree.model().rowCount(); ++row) {
        rows += tree.model().index(row, 0).data().toString() + u' ' +
                QString::number(static_cast<int>(tree.model().kindAt(row)));
    }
    // 0 a subnet, 2 derived, 3 an address
    QCOMPARE(rows, (QStringList{u"10.8.0.0/16 0"_s, u"10.8.0.0/16 2"_s, u"10.8.0.5 3"_s, u"100.64.0.0/24 2"_s,
                                u"192.168.1.0/24 2"_s}));
    QCOMPARE(tree.model().useAt(0).used, 1.0);
    QCOMPARE(tree.model().useAt(3).used, 256.0);
}

void TestSubnetTree::aReservedRoleIsHeldBack()
{
    Bed bed({{{}, subnetRow(u"10.0.0.0/16"_s)}, {{}, subnetRow(u"10.0.1.0/24"_s, SubnetRole::Reserved)}});
    SubnetTree tree(bed.queries, bed.feed);
    QTRY_VERIFY(tree.isLoaded());
    QCOMPARE(tree.model().useAt(0), (SubnetUse{65536, 0, 256}));
}

void TestSubnetTree::theFeedChangesRowsWithoutAReset()
{
    Bed bed({{{}, subnetRow(u"10.0.0.0/16"_s)}});
    SubnetTree tree(bed.queries, bed.feed);
    const QAbstractItemModelTester tester(&tree.model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    QTRY_VERIFY(tree.isLoaded());
    const QSignalSpy reset(&tree.model(), &QAbstractItemModel::modelReset);
    Q_EMIT bed.feed.committed({entry(1, {{{}, subnetRow(u"10.0.1.0/24"_s)}, {{}, subnetRow(u"10.1.0.0/16"_s)}})});
    QTRY_COMPARE(tree.model().totalCount(), 3);
    QCOMPARE(tree.model().rowCount(), 2);
    Q_EMIT bed.feed.committed({entry(2, {{subnetRow(u"10.0.0.0/16"_s), {}}})});
    QTRY_COMPARE(tree.model().totalCount(), 2);
    QCOMPARE(tree.model().index(0, 0).data().toString(), u"10.0.1.0/24"_s);
    QCOMPARE(reset.count(), 0);
}

void TestSubnetTree::whatIsCommittedDuringTheLoadIsNotLost()
{
    Bed bed({{{}, subnetRow(u"10.0.0.0/16"_s)}});
    SubnetTree tree(bed.queries, bed.feed);
    Q_EMIT bed.feed.committed({entry(1, {{{}, subnetRow(u"10.1.0.0/16"_s)}})});
    QVERIFY(!tree.isLoaded());
    QTRY_COMPARE(tree.model().totalCount(), 2);
}

void TestSubnetTree::aStoreThatDoesNotAnswerIsSaid()
{
    Bed bed({{{}, subnetRow(u"10.0.0.0/16"_s)}});
    bed.queries.failure = Error{ErrorKind::StoreUnavailable, u"gone"_s, {}};
    SubnetTree tree(bed.queries, bed.feed);
    const QSignalSpy failed(&tree, &SubnetTree::failed);
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(!tree.isLoaded());
    bed.queries.failure.reset();
    tree.load();
    QTRY_VERIFY(tree.isLoaded());
    QCOMPARE(tree.model().totalCount(), 1);
}

QTEST_GUILESS_MAIN(TestSubnetTree)
#include "tst_subnettree.moc"
