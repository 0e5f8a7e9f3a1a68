// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/endreasons.h"
#include "tests/support/serversaid.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

using openvpn::ClientId;

namespace {

constexpr Timestamp kNow = Timestamp::fromMilliseconds(kStatusTime * 1000);

/// The reason as the history has it; empty when nothing is known.
QString text(const std::optional<EndReason> &reason)
{
    return reason ? enumText(*reason) : QString();
}

} // namespace

class TestEndReasons : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theReasonIsTheBestThatIsKnown_data()
    {
        QTest::addColumn<QString>("log");
        QTest::addColumn<bool>("isNoted");
        QTest::addColumn<int>("state");
        QTest::addColumn<QStringList>("alerts");
        QTest::addColumn<bool>("hasReturned");
        QTest::addColumn<QString>("reason");
        const int live = static_cast<int>(SessionState::Established);
        const int leaving = static_cast<int>(SessionState::Leaving);
        // The lines as OpenVPN 2.6.14 writes them.
        const QString silent = u"ana/192.0.2.1:1194 SIGUSR1[soft,ping-restart] received, client-instance restarting"_s;
        const QString leaves = u"ana/192.0.2.1:1194 CC-EEN exit message received by peer"_s;
        const QString older = u"ana/192.0.2.1:1194 SIGTERM[soft,remote-exit] received, client-instance exiting"_s;
        const QString killed = u"ana/192.0.2.1:1194 SIGTERM[soft,delayed-exit] received, client-instance exiting"_s;
        const QStringList refused{u"refused: an operator refuses this common name"_s};
        QTest::newRow("nothing is known") << QString() << false << live << QStringList() << false << u""_s;
        QTest::newRow("it fell silent") << silent << false << live << QStringList() << false << u"pingTimeout"_s;
        QTest::newRow("it said that it leaves") << leaves << false << live << QStringList() << false << u"left"_s;
        QTest::newRow("it said so in the older way") << older << false << live << QStringList() << false << u"left"_s;
        QTest::newRow("it came back") << QString() << false << live << QStringList() << true << u"replaced"_s;
        QTest::newRow("it left and came back") << leaves << false << live << QStringList() << true << u"left"_s;
        QTest::newRow("an operator ended it") << killed << true << leaving << QStringList() << true << u"killed"_s;
        QTest::newRow("the engine restarted it")
            << killed << false << leaving << QStringList() << true << u"restarted"_s;
        QTest::newRow("it was refused") << killed << false << leaving << refused << false << u"denied"_s;
        QTest::newRow("it was refused before, and lives") << QString() << false << live << refused << false << u""_s;
        QTest::newRow("another client fell silent")
            << u"bob/192.0.2.2:1194 SIGUSR1[soft,ping-restart] received, client-instance restarting"_s << false << live
            << QStringList() << false << u""_s;
        // openvpn/FACTS.md 56: a common name has nearly any byte, but it stands before the address.
        QTest::newRow("a name that pretends to be another's line")
            << u"x/192.0.2.1:1194 CC-EEN exit message received by peer/192.0.2.2:1194 CC-EEN exit message received by peer"_s
            << false << live << QStringList() << false << u""_s;
    }
    void theReasonIsTheBestThatIsKnown()
    {
        QFETCH(const QString, log);
        QFETCH(const bool, isNoted);
        QFETCH(const int, state);
        QFETCH(const QStringList, alerts);
        QFETCH(const bool, hasReturned);
        SessionRegistry registry{iname(u"main")};
        LiveSession &session = registry.connect(asks(1, "ana"), kNow);
        session.fact.realAddress = u"192.0.2.1:1194"_s;
        session.fact.state = static_cast<SessionState>(state);
        session.fact.alerts = alerts;
        if (hasReturned)
            (void)registry.connect(asks(5, "ana"), kNow);
        const auto ended = registry.remove(ClientId{1});
        EndReasons reasons;
        if (isNoted)
            reasons.note(ClientId{1}, EndReason::Killed);
        reasons.hear(log);
        QTEST(text(reasons.take(*ended, registry)), "reason");
        LiveSession next = *ended;
        next.fact.state = SessionState::Established;
        QCOMPARE(text(reasons.take(next, SessionRegistry(iname(u"main")))), QString()); // the next of that address
    }

    void anotherRunHasOtherClients() // openvpn/FACTS.md 39
    {
        SessionRegistry registry{iname(u"main")};
        (void)registry.connect(asks(1, "ana"), kNow);
        const auto ended = registry.remove(ClientId{1});
        EndReasons reasons;
        reasons.note(ClientId{1}, EndReason::Killed);
        reasons.clear();
        QCOMPARE(text(reasons.take(*ended, registry)), QString());
    }
};

QTEST_GUILESS_MAIN(TestEndReasons)
#include "tst_endreasons.moc"
