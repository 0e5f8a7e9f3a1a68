// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/enginebed.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A server's double with an engine, and what its history says.
struct Bed : EngineBed
{
    /// "ended REASON" or "lives REASON" of a session of the history; without it "no row".
    [[nodiscard]] QString rowOf(qint64 cid, qint64 generation = 1) const
    {
        const auto it = live.rows.find({iname(u"main"), generation, cid});
        if (it == live.rows.end())
            return u"no row"_s;
        const SessionHistoryRow &row = it->second;
        const QString reason = row.endReason ? enumText(*row.endReason) : u"-"_s;
        return (row.endedAt ? u"ended "_s : u"no end seen "_s) + reason;
    }
    void startWith(const std::vector<ClientRow> &clients)
    {
        hasStatus(clients);
        startReady();
        QTRY_COMPARE(instance().health().generation, 1);
        for (const ClientRow &client : clients)
            QTRY_COMPARE(rowOf(client.cid), u"no end seen -"_s);
    }
};

} // namespace

/// Why a session ended, as it is written into the history.
class TestSessionEnds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSessionThatAnOperatorEndedWasKilled()
    {
        Bed bed;
        bed.startWith({{5, "ana", "10.8.0.10"}});
        (void)bed.operations.ask(
            {{}, OperationKind::Reconnect, iname(u"main"), SessionKey{iname(u"main"), 1, 5}, {}, {}, {}, {}});
        QTRY_COMPARE(bed.lastSent(), "client-kill 5");
        bed.leaves(5, "ana");
        QTRY_COMPARE(bed.rowOf(5), u"ended killed"_s);
    }

    void oneThatTheServerLostIsExplainedByItsLog()
    {
        Bed bed;
        bed.startWith({{5, "ana", "10.8.0.10"}});
        bed.server.say(">LOG:1795291020,,ana/10.99.0.11:50005 SIGUSR1[soft,ping-restart] received, "
                       "client-instance restarting\r\n");
        bed.leaves(5, "ana");
        QTRY_COMPARE(bed.rowOf(5), u"ended pingTimeout"_s);
    }

    // openvpn/FACTS.md 39: the ends come first, and without a reason.
    void aServerThatBeginsAnewEndedThem()
    {
        Bed bed;
        bed.startWith({{5, "ana", "10.8.0.10"}, {6, "bob", "10.8.0.11"}, {7, "eve", "10.8.0.12"}});
        bed.leaves(7, "eve");
        QTRY_COMPARE(bed.rowOf(7), u"ended -"_s);
        bed.clock.advance(1min);
        bed.leaves(5, "ana");
        QTRY_COMPARE(bed.rowOf(5), u"ended -"_s);
        bed.server.connectedSince += 60;
        bed.hasStatus({});
        bed.server.restart();
        QTRY_COMPARE(bed.instance().health().generation, 2);
        QTRY_COMPARE(bed.rowOf(6), u"ended serverRestart"_s); // the server did not even tell it
        QTRY_COMPARE(bed.rowOf(5), u"ended serverRestart"_s);
        QCOMPARE(bed.rowOf(7), u"ended -"_s); // long before
    }

    void whatEndedWhileNobodyWatchedIsKnownAsSuch()
    {
        Bed bed;
        bed.startWith({{5, "ana", "10.8.0.10"}, {6, "bob", "10.8.0.11"}});
        QTRY_COMPARE(bed.live.facts.size(), 2U);
        QTRY_COMPARE(bed.live.facts.front().key.generation, 1);
        bed.hasStatus({{6, "bob", "10.8.0.11"}});
        bed.restartEngine();
        QTRY_COMPARE(bed.rowOf(5), u"no end seen unwatched"_s);
        QCOMPARE(bed.rowOf(6), u"no end seen -"_s);
    }

    void theServerBeganAnewWhileNobodyWatched()
    {
        Bed bed;
        bed.startWith({{5, "ana", "10.8.0.10"}});
        QTRY_COMPARE(bed.live.facts.size(), 1U);
        QTRY_COMPARE(bed.live.facts.front().key.generation, 1);
        bed.server.connectedSince += 60;
        bed.hasStatus({{5, "zoe", "10.8.0.12"}});
        bed.restartEngine();
        QTRY_COMPARE(bed.rowOf(5), u"no end seen serverRestart"_s);
        QTRY_COMPARE(bed.rowOf(5, 2), u"no end seen -"_s);
    }
};

QTEST_GUILESS_MAIN(TestSessionEnds)
#include "tst_sessionends.moc"
