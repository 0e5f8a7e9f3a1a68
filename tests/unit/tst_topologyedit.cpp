// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/topologyedit.h"

#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TestTopologyEdit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsNotTakenIsUndone();
    void whatIsTakenStays();
    void anExchangeOfAddressesIsUndone();
    void aRowHasOneEntryHoweverOftenItIsWritten();
    void whatEndsAsItBeganIsNoChange();
    void aRowThatDoesNotChangeKeepsItsTimes();
    void renewingIsAboutTimes();
    void versionsGoUpByOne();
    void aTouchedRowHasANewVersionAndNothingElse();
    void deletionsComeFirst();
};

void TestTopologyEdit::whatIsNotTakenIsUndone()
{
    Space s;
    s.resolve(u"a", u"192.168.1.0/24");
    s.resolve(u"b", u"192.168.1.0/24");
    const QStringList before = s.fingerprint();
    {
        TopologyEdit edit(s.topology);
        ClaimResolver resolver(edit, s.now);
        QVERIFY(resolver.reassign(pfx(u"192.168.1.0/24"), cname(u"c"), {}));
        QVERIFY(resolver.release(cname(u"b"), pfx(u"192.168.1.0/24")));
        edit.put(exclusionRow(u"100.64.0.0/16"));
        edit.put(poolRow(u"main", u"10.8.0.0/24", 5));
        edit.erase(connectorRow(u"a"));
        edit.erase(connectorRow(u"nobody"));
        QVERIFY(s.fingerprint() != before);
    }
    QCOMPARE(s.fingerprint(), before);
}

void TestTopologyEdit::whatIsTakenStays()
{
    Space s;
    ChangeSet changes;
    {
        TopologyEdit edit(s.topology);
        edit.put(connectorRow(u"a"));
        QCOMPARE(edit.changes().size(), std::size_t{1});
        changes = edit.take();
        QCOMPARE(edit.changes(), ChangeSet());
    }
    QCOMPARE(changes.front().after, s.topology.current(connectorRow(u"a")));
}

void TestTopologyEdit::anExchangeOfAddressesIsUndone()
{
    Space s;
    const AllocationRow a = allocationRow(u"main", u"a", u"10.8.0.10");
    const AllocationRow b = allocationRow(u"main", u"b", u"10.8.0.11");
    s.put(a);
    s.put(b);
    {
        TopologyEdit edit(s.topology);
        AllocationRow row = a;
        row.address = b.address;
        edit.put(row);
        row = b;
        row.address = a.address;
        edit.put(row);
    }
    QCOMPARE(*s.topology.holderOf({}, a.address), a);
    QCOMPARE(*s.topology.holderOf({}, b.address), b);
}

void TestTopologyEdit::aRowHasOneEntryHoweverOftenItIsWritten()
{
    Space s;
    TopologyEdit edit(s.topology);
    ConnectorRow row = connectorRow(u"a");
    row.version = 0;
    for (const auto *text : {u"one", u"two", u"three"}) {
        row.description = QString::fromUtf16(text);
        edit.put(row);
    }
    row.version = 1;
    QCOMPARE(edit.changes(), (ChangeSet{{std::nullopt, row}}));
}

void TestTopologyEdit::whatEndsAsItBeganIsNoChange()
{
    Space s;
    s.put(connectorRow(u"a"));
    const QStringList before = s.fingerprint();
    TopologyEdit edit(s.topology);
    ConnectorRow row = connectorRow(u"a");
    row.description = u"x"_s;
    edit.put(row);
    row.description.clear();
    row.createdAt = s.now;
    edit.put(row);
    edit.erase(row);
    edit.put(row);
    edit.put(connectorRow(u"b"));
    edit.erase(connectorRow(u"b"));
    edit.erase(connectorRow(u"nobody"));
    QCOMPARE(edit.take(), ChangeSet());
    QCOMPARE(s.fingerprint(), before);
}

void TestTopologyEdit::aRowThatDoesNotChangeKeepsItsTimes()
{
    Space s;
    s.put(irouteRow(u"a", u"10.0.0.0/24"));
    TopologyEdit edit(s.topology);
    IrouteRow row = irouteRow(u"a", u"10.0.0.0/24");
    row.createdAt = s.now;
    edit.put(row);
    QCOMPARE(edit.changes(), ChangeSet());
}

void TestTopologyEdit::renewingIsAboutTimes()
{
    Space s;
    const QuarantineRow old{pfx(u"100.64.0.0/27"), cname(u"a"), s.now, s.now + 1h, 4};
    s.put(old);
    TopologyEdit edit(s.topology);
    QuarantineRow row = old;
    row.until = s.now + 2h;
    edit.renew(row);
    row.version = 5;
    QCOMPARE(edit.changes(), (ChangeSet{{old, row}}));
}

void TestTopologyEdit::versionsGoUpByOne()
{
    Space s;
    ConnectorRow row = connectorRow(u"a");
    row.version = 7;
    s.put(row);
    TopologyEdit edit(s.topology);
    row.description = u"x"_s;
    row.version = 99; // what the caller thinks does not count
    edit.put(row);
    QCOMPARE(edit.now().find<ConnectorRow>(cname(u"a"))->version, 8);
    row.description = u"y"_s;
    edit.put(row);
    QCOMPARE(edit.now().find<ConnectorRow>(cname(u"a"))->version, 8);
    // A row that comes back does not begin again at a version that somebody may remember.
    ConnectorRow gone = connectorRow(u"gone");
    gone.version = 5;
    edit.put(gone);
    QCOMPARE(edit.now().find<ConnectorRow>(cname(u"gone"))->version, 6);
}

void TestTopologyEdit::aTouchedRowHasANewVersionAndNothingElse()
{
    Space s;
    const ConnectorRow before = connectorRow(u"a");
    s.put(before);
    TopologyEdit edit(s.topology);
    edit.touch(before);
    edit.touch(before);
    ConnectorRow after = before;
    after.version = 2;
    QCOMPARE(edit.changes(), (ChangeSet{{before, after}}));
    edit.touch(connectorRow(u"nobody"));
    QCOMPARE(edit.changes().size(), std::size_t{1});
}

void TestTopologyEdit::deletionsComeFirst()
{
    Space s;
    s.put(connectorRow(u"a"));
    s.put(connectorRow(u"b"));
    TopologyEdit edit(s.topology);
    edit.put(connectorRow(u"c"));
    edit.erase(connectorRow(u"b"));
    edit.touch(connectorRow(u"a"));
    const ChangeSet changes = edit.changes();
    QCOMPARE(changes.size(), std::size_t{3});
    QCOMPARE(changes[0].before, std::optional<Row>(connectorRow(u"b")));
    QVERIFY(!changes[0].after);
    QVERIFY(changes[1].after && changes[2].after);
}

QTEST_GUILESS_MAIN(TestTopologyEdit)
#include "tst_topologyedit.moc"
