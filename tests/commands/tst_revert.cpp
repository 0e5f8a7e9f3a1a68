// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"
#include "model/commands/revertible.h"

#include "tests/support/desk.h"

#include <QJsonArray>
#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

struct MainDesk : Desk
{
    MainDesk() { addInstance(u"main", {u"10.8.0.0/24"_s}); }

    QString revert(JournalId entry)
    {
        const auto outcome = submit(Revert{entry});
        conflicting.clear();
        if (!outcome) {
            const QJsonArray rows = outcome.error().payload.value("rows"_L1).toArray();
            for (const QJsonValue &row : rows)
                conflicting += row["table"_L1].toString() + u' ' + row["key"_L1].toString();
        }
        return refusalOf(outcome);
    }
    QString allocate(QStringView cn, QStringView address)
    {
        return run(SetAllocation{cname(cn), iname(u"main"), addr(address)});
    }

    QStringList conflicting; ///< the rows that the last refusal named
};

} // namespace

class TestRevert : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachCommandIsTakenBack_data();
    void eachCommandIsTakenBack();      // DESIGN 4
    void redoIsTheRevertOfTheRevert();  // SEMANTICS 5
    void aRowThatChangedSinceIsNamed(); // DESIGN 4
    void timesAndVersionsDoNotCount();  // SEMANTICS 5
    void whatIsRestoredHasANewVersion();
    void anUndoneSetIsANewVersionOfIt(); // SEMANTICS 5
    void revertOfReassignRestoresBothClaims();
    void aTakenCarveOutIsAConflict(); // SEMANTICS 5
    void aTakenPrefixIsAConflict();
    void aCarveOutInSomebodysQuarantineIsAConflict();
    void exclusionsDoNotHinderAnUndo(); // SEMANTICS 2: what stands there is kept
    void lansBelowDoNotHinderAnUndo();
    void aTakenAddressIsAConflict();
    void anAddressThatIsOutsideNowIsAConflict();
    void aPoolIsNotPutBackOnAClaim();
    void aPoolIsNotTakenFromUnderAnAllocation();
    void anInstanceInUseStays();
    void anInstanceThatIsGoneIsAConflict();
    void aFreedCarveOutIsQuarantined(); // SEMANTICS 2
    void aConnectorInUseStays();
    void aConnectorComesBackWithWhatHangsOnIt();
    void aSingleOptionWithANewValueIsAConflict();
    void anIrouteThatOverlapsANewOneIsAConflict();
    void whatIsNotRevertible_data();
    void whatIsNotRevertible(); // SEMANTICS 5: and says why
};

void TestRevert::eachCommandIsTakenBack_data()
{
    QTest::addColumn<int>("which");
    int which = 0;
    for (const char *name : {"iroutes",
                             "stand-in",
                             "release of a sentinel",
                             "release of a stand-in",
                             "reassign",
                             "reassign in the range",
                             "exclude",
                             "unexclude",
                             "pools with moved claims",
                             "dropped allocations",
                             "remove connector",
                             "rename connector",
                             "allocation",
                             "option",
                             "import",
                             "setting",
                             "add instance",
                             "remove instance",
                             "connector",
                             "resolve of a kept prefix"})
        QTest::newRow(name) << which++;
}

void TestRevert::eachCommandIsTakenBack()
{
    QFETCH(int, which);
    MainDesk d;
    d.addInstance(u"empty", {u"10.77.0.0/24"_s});
    d.setIroutes(u"a", {u"192.168.1.0/24"_s, u"10.20.1.0/24"_s});
    d.setIroutes(u"b", {u"192.168.1.0/24"_s});
    d.setIroutes(u"c", {u"192.168.5.0/24"_s});
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"a", u"10.20.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    d.allocate(u"a", u"10.8.0.10");
    d.allocate(u"b", u"10.8.0.200");
    d.run(SetOption{OptionScope::Cn, u"a"_s, OptionType::Ping, u"10"_s});
    d.run(ExcludePrefix{pfx(u"100.70.0.0/16"), u"lab"_s});
    SetInstance pools{iname(u"main")};
    pools.network = pfx(u"10.0.0.0/8");
    pools.pools = pfxs({u"10.8.0.0/24"_s, u"10.20.0.0/16"_s});
    pools.moveClaims = true;
    SetInstance narrow{iname(u"main")};
    narrow.pools = pfxs({u"10.8.0.0/25"_s});
    narrow.dropAllocations = true;
    SetConnector connector{cname(u"a")};
    connector.group = u"g"_s;
    const std::vector<Command> commands{ReplaceIroutes{cname(u"a"), pfxs({u"172.16.0.0/24"_s})},
                                        StandInClaim{cname(u"a"), pfx(u"192.168.1.0/24")},
                                        ReleaseClaim{cname(u"a"), pfx(u"192.168.1.0/24")},
                                        ReleaseClaim{cname(u"b"), pfx(u"192.168.1.0/24")},
                                        ReassignClaim{pfx(u"192.168.1.0/24"), cname(u"b")},
                                        ReassignClaim{pfx(u"100.64.0.0/26"), cname(u"a")},
                                        ExcludePrefix{pfx(u"100.64.0.0/16"), {}},
                                        UnexcludePrefix{pfx(u"100.70.0.0/16")},
                                        pools,
                                        narrow,
                                        RemoveConnector{cname(u"a")},
                                        RenameConnector{cname(u"b"), cname(u"z")},
                                        SetAllocation{cname(u"a"), iname(u"main"), addr(u"10.8.0.11")},
                                        SetOption{OptionScope::Cn, u"a"_s, OptionType::Ping, u"20"_s},
                                        ImportCcd{iname(u"main"),
                                                  {{cname(u"a"), addr(u"10.8.0.200")},
                                                   {cname(u"b"), addr(u"10.8.0.10")},
                                                   {cname(u"new"), addr(u"10.8.0.7")}}},
                                        SetSetting{u"quarantineHours"_s, u"48"_s},
                                        AddInstance{instanceRow(u"third", u"10.78.0.0/24"), pfxs({u"10.78.0.0/24"_s})},
                                        RemoveInstance{iname(u"empty")},
                                        connector,
                                        ResolveClaim{cname(u"c"), pfx(u"192.168.5.0/24"), iname(u"main")}};
    // What is freed by an undo is kept back for a while, and that is no part of what is taken back.
    const auto content = [&] {
        d.pass(ClaimResolver::kQuarantine);
        QStringList lines = d.content();
        lines.removeIf([](const QString &line) { return line.startsWith(u"claim_quarantine"); });
        return lines;
    };
    const QStringList before = content();
    QCOMPARE(d.run(commands.at(static_cast<std::size_t>(which))), u"accepted"_s);
    const QStringList after = content();
    QVERIFY(after != before);
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(content(), before);
    QCOMPARE(d.undo(), u"accepted"_s); // redo
    QCOMPARE(content(), after);
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(content(), before);
}

void TestRevert::redoIsTheRevertOfTheRevert()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    const QStringList after = d.content();
    QCOMPARE(d.undo(), u"accepted"_s);
    QVERIFY(!d.topology.find<ClaimRow>(cname(u"b"), pfx(u"192.168.1.0/24")));
    QCOMPARE(d.journal.back().reverts, std::optional(JournalId{3}));
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.content(), after); // the same carve-out, and no quarantine
}

void TestRevert::aRowThatChangedSinceIsNamed()
{
    MainDesk d;
    d.setIroutes(u"a", {u"192.168.1.0/24"_s, u"192.168.2.0/24"_s});
    const JournalId entry = d.head();
    d.setIroutes(u"a", {u"192.168.2.0/24"_s});
    const QStringList before = d.fingerprint();
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"client_iroute [\"a\",\"192.168.1.0/24\"]"_s});
    QCOMPARE(d.fingerprint(), before);
}

void TestRevert::timesAndVersionsDoNotCount()
{
    MainDesk d;
    d.setIroutes(u"a", {u"192.168.1.0/24"_s});
    const JournalId entry = d.head();
    d.pass(1h);
    d.setIroutes(u"a", {});
    d.setIroutes(u"a", {u"192.168.1.0/24"_s}); // as it was, but newer
    QCOMPARE(d.revert(entry), u"accepted"_s);
    QCOMPARE(d.topology.rows<IrouteRow>().size(), std::size_t{0});
}

void TestRevert::whatIsRestoredHasANewVersion()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.release(u"a", u"192.168.1.0/24");
    d.undo();
    const auto *claim = d.topology.find<ClaimRow>(cname(u"a"), pfx(u"192.168.1.0/24"));
    QVERIFY(claim);
    QCOMPARE(claim->version, 2);
}

void TestRevert::anUndoneSetIsANewVersionOfIt()
{
    MainDesk d;
    d.setIroutes(u"a", {u"192.168.1.0/24"_s});
    d.setIroutes(u"a", {u"192.168.2.0/24"_s});
    const qint64 seen = d.topology.find<ConnectorRow>(cname(u"a"))->version;
    d.undo();
    QCOMPARE(d.topology.find<ConnectorRow>(cname(u"a"))->version, seen + 1);
}

void TestRevert::revertOfReassignRestoresBothClaims()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    const QStringList before = d.claims();
    d.reassign(u"192.168.1.0/24", u"b");
    const QStringList after = d.claims();
    d.pass(1h);
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.claims(), before);
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.claims(), after);
}

void TestRevert::aTakenCarveOutIsAConflict()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    d.release(u"b", u"192.168.1.0/24");
    const JournalId entry = d.head();
    d.pass(24h);
    QCOMPARE(d.resolve(u"c", u"192.168.1.0/25"), u"100.64.0.0/25"_s);
    const QStringList before = d.fingerprint();
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"virtual_claim [\"c\",\"192.168.1.0/25\"]"_s});
    QCOMPARE(d.fingerprint(), before);
}

void TestRevert::aTakenPrefixIsAConflict()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.release(u"a", u"192.168.1.0/24");
    const JournalId entry = d.head();
    d.resolve(u"b", u"192.168.0.0/16");
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"virtual_claim [\"b\",\"192.168.0.0/16\"]"_s});
}

void TestRevert::aCarveOutInSomebodysQuarantineIsAConflict()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    d.release(u"b", u"192.168.1.0/24");
    const JournalId entry = d.head();
    d.pass(24h);
    QCOMPARE(d.resolve(u"c", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
    d.pass(1min);
    d.release(u"c", u"192.168.1.0/24");
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"claim_quarantine [\"100.64.0.0/24\"]"_s});
    d.pass(24h);
    QCOMPARE(d.revert(entry), u"accepted"_s);
}

void TestRevert::exclusionsDoNotHinderAnUndo()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    d.run(ExcludePrefix{pfx(u"100.64.0.0/16"), {}});
    const QStringList before = d.claims();
    d.reassign(u"192.168.1.0/24", u"b");
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.claims(), before);
}

void TestRevert::lansBelowDoNotHinderAnUndo()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");                              // 100.64.0.0/24
    QCOMPARE(d.resolve(u"c", u"100.64.0.0/25"), u"100.64.1.0/25"_s); // a LAN where b has its stand-in
    const QStringList before = d.claims();
    d.release(u"b", u"192.168.1.0/24");
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.claims(), before);
}

void TestRevert::aTakenAddressIsAConflict()
{
    MainDesk d;
    d.allocate(u"a", u"10.8.0.10");
    d.run(ReleaseAllocation{cname(u"a")});
    const JournalId entry = d.head();
    d.allocate(u"b", u"10.8.0.10");
    const QStringList before = d.fingerprint();
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"address [\"main\",\"b\",4]"_s});
    QCOMPARE(d.fingerprint(), before);
    QCOMPARE(d.topology.holderOf({}, addr(u"10.8.0.10"))->cn, cname(u"b"));
}

void TestRevert::anAddressThatIsOutsideNowIsAConflict()
{
    MainDesk d;
    d.allocate(u"a", u"10.8.0.200");
    d.run(ReleaseAllocation{cname(u"a")});
    const JournalId entry = d.head();
    SetInstance narrow{iname(u"main")};
    narrow.pools = pfxs({u"10.8.0.0/25"_s});
    QCOMPARE(d.run(narrow), u"accepted"_s);
    QCOMPARE(d.revert(entry), u"!conflict"_s);
}

void TestRevert::aPoolIsNotPutBackOnAClaim()
{
    MainDesk d;
    d.addInstance(u"other", {u"10.9.0.0/24"_s});
    d.run(RemoveInstance{iname(u"other")});
    const JournalId entry = d.head();
    QCOMPARE(d.resolve(u"a", u"10.9.0.0/25"), u"kept"_s);
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"virtual_claim [\"a\",\"10.9.0.0/25\"]"_s});
}

void TestRevert::aPoolIsNotTakenFromUnderAnAllocation()
{
    MainDesk d;
    SetInstance wider{iname(u"main")};
    wider.network = pfx(u"10.8.0.0/16");
    wider.pools = pfxs({u"10.8.0.0/24"_s, u"10.8.1.0/24"_s});
    d.run(wider);
    const JournalId entry = d.head();
    QCOMPARE(d.allocate(u"a", u"10.8.1.10"), u"accepted"_s);
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"address [\"main\",\"a\",4]"_s});
}

void TestRevert::anInstanceInUseStays()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    QCOMPARE(d.revert({1}), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"virtual_claim [\"a\",\"192.168.1.0/24\"]"_s});
    d.release(u"a", u"192.168.1.0/24");
    d.run(SetOption{OptionScope::Instance, u"main"_s, OptionType::Ping, u"10"_s});
    QCOMPARE(d.revert({1}), u"!conflict"_s);
    d.run(ClearOptions{OptionScope::Instance, u"main"_s});
    QCOMPARE(d.revert({1}), u"accepted"_s);
    QCOMPARE(d.topology.rows<PoolRow>().size(), std::size_t{0});
}

void TestRevert::anInstanceThatIsGoneIsAConflict()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.release(u"a", u"192.168.1.0/24");
    const JournalId claim = d.head();
    d.run(SetOption{OptionScope::Instance, u"main"_s, OptionType::Ping, u"10"_s});
    d.run(ClearOptions{OptionScope::Instance, u"main"_s});
    const JournalId option = d.head();
    d.run(RemoveInstance{iname(u"main")});
    QCOMPARE(d.revert(claim), u"!conflict"_s);
    QCOMPARE(d.revert(option), u"!conflict"_s);
}

void TestRevert::aFreedCarveOutIsQuarantined()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    d.undo();
    QCOMPARE(d.resolve(u"c", u"192.168.1.0/24"), u"100.64.1.0/24"_s);
    d.pass(24h);
    QCOMPARE(d.resolve(u"d", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
}

void TestRevert::aConnectorInUseStays()
{
    MainDesk d;
    d.setIroutes(u"a", {u"192.168.1.0/24"_s}); // made the connector
    const JournalId entry = d.head();
    d.resolve(u"a", u"192.168.1.0/24");
    QCOMPARE(d.revert(entry), u"accepted"_s);
    QVERIFY(d.topology.find<ConnectorRow>(cname(u"a")));
    QCOMPARE(d.topology.rows<IrouteRow>().size(), std::size_t{0});
    QCOMPARE(d.claims(), QStringList{u"a 192.168.1.0/24 kept"_s});
}

void TestRevert::aConnectorComesBackWithWhatHangsOnIt()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.release(u"a", u"192.168.1.0/24");
    const JournalId entry = d.head();
    d.run(RemoveConnector{cname(u"a")});
    QCOMPARE(d.revert(entry), u"accepted"_s);
    QVERIFY(d.topology.find<ConnectorRow>(cname(u"a")));
}

void TestRevert::aSingleOptionWithANewValueIsAConflict()
{
    MainDesk d;
    d.run(SetOption{OptionScope::Cn, u"a"_s, OptionType::Ping, u"10"_s});
    d.run(ClearOptions{OptionScope::Cn, u"a"_s});
    const JournalId entry = d.head();
    d.run(SetOption{OptionScope::Cn, u"a"_s, OptionType::Ping, u"20"_s});
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"push_option [\"cn\",\"a\",\"ping\",\"20\"]"_s});
}

void TestRevert::anIrouteThatOverlapsANewOneIsAConflict()
{
    MainDesk d;
    d.setIroutes(u"a", {u"192.168.0.0/16"_s});
    d.setIroutes(u"a", {});
    const JournalId entry = d.head();
    d.setIroutes(u"a", {u"192.168.1.0/24"_s});
    QCOMPARE(d.revert(entry), u"!conflict"_s);
    QCOMPARE(d.conflicting, QStringList{u"client_iroute [\"a\",\"192.168.1.0/24\"]"_s});
}

void TestRevert::whatIsNotRevertible_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<bool>("isRevertible");
    QTest::addColumn<bool>("hasImages");
    QTest::addColumn<QString>("reason");
    QTest::newRow("an operator's edit") << u"resolveClaim"_s << true << true << QString();
    QTest::newRow("an answer to a client") << u"decideConnect"_s << false << true << u"clientAnswer"_s;
    QTest::newRow("an answer from before kinds were told apart")
        << u"decideConnect"_s << true << true << u"clientAnswer"_s;
    QTest::newRow("a restore") << u"restore"_s << false << true << u"restore"_s;
    QTest::newRow("a prune") << u"pruneJournal"_s << false << true << u"prune"_s;
    QTest::newRow("a block that is kept back") << u"prolongQuarantine"_s << false << true << u"keptBack"_s;
    QTest::newRow("what a newer program notes") << u"applyNetwork"_s << false << true << u"event"_s;
    QTest::newRow("an edit whose images were pruned") << u"resolveClaim"_s << true << false << u"imagesGone"_s;
}

void TestRevert::whatIsNotRevertible() // SEMANTICS 5
{
    QFETCH(QString, command);
    QFETCH(bool, isRevertible);
    QFETCH(bool, hasImages);
    QFETCH(QString, reason);
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    const QStringList before = d.fingerprint();
    JournalEntry &entry = d.journal.back();
    entry.command = command;
    entry.isRevertible = isRevertible;
    entry.hasImages = hasImages;
    const auto outcome = d.submit(Revert{entry.id});
    if (reason.isEmpty()) {
        QVERIFY(outcome);
        return;
    }
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Unsupported);
    QCOMPARE(outcome.error().payload, (QJsonObject{{u"journal"_s, entry.id.value}, {u"reason"_s, reason}}));
    QVERIFY(outcome.error().detail.endsWith(reasonText(*parseEnum<NotRevertible>(reason))));
    QCOMPARE(d.fingerprint(), before);
}

QTEST_GUILESS_MAIN(TestRevert)
#include "tst_revert.moc"
