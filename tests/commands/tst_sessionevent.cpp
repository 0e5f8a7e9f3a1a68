// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/sessionjson.h"

#include <QJsonArray>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const Timestamp kNow = Timestamp::fromMilliseconds(1'767'225'600'000);

SessionFact session(qint64 cid, SessionState state = SessionState::Established)
{
    SessionFact fact{{InstanceName::parse(u"vpn").value(), 1, cid}};
    fact.state = state;
    return fact;
}

Prefix lan()
{
    return Prefix::parse(u"10.1.0.0/16").value();
}

/// "kind cid" of each.
QStringList shown(const std::vector<SessionEvent> &events)
{
    QStringList lines;
    for (const SessionEvent &event : events)
        lines += u"%1 %2%3"_s.arg(enumText(event.kind))
                     .arg(event.session.key.cid)
                     .arg(event.text.isEmpty() ? QString() : u' ' + event.text);
    return lines;
}

} // namespace

class TestSessionEvent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingHappensWhileOnlyCountersMove()
    {
        SessionFact later = session(1);
        later.bytesIn = 5;
        later.rateIn = 1;
        later.lastSeen = kNow;
        QVERIFY(sessionEvents({session(1)}, {later}, kNow).empty());
    }

    void aNewSessionConnectsAndIsEstablishedAndHasRoutes()
    {
        SessionFact fact = session(1);
        fact.installed = {lan()};
        QCOMPARE(shown(sessionEvents({}, {fact}, kNow)),
                 (QStringList{u"connect 1"_s, u"established 1"_s, u"routes 1"_s}));
        QCOMPARE(shown(sessionEvents({}, {session(1, SessionState::Waiting)}, kNow)), QStringList{u"connect 1"_s});
    }

    void eachStepIsToldOnce()
    {
        const SessionFact waiting = session(1, SessionState::Connecting);
        const SessionFact there = session(1, SessionState::WithoutAddress);
        QCOMPARE(shown(sessionEvents({waiting}, {there}, kNow)), QStringList{u"established 1"_s});
        QVERIFY(sessionEvents({there}, {session(1)}, kNow).empty());
        QVERIFY(sessionEvents({there}, {session(1, SessionState::Leaving)}, kNow).empty());
    }

    void whatIsNotThereAnyMoreHasGoneAsItWasLast()
    {
        SessionFact last = session(2);
        last.bytesOut = 7;
        const auto events = sessionEvents({session(3), last, session(1)}, {session(3), session(4)}, kNow);
        QCOMPARE(shown(events),
                 (QStringList{u"disconnect 1"_s, u"disconnect 2"_s, u"connect 4"_s, u"established 4"_s}));
        QVERIFY(events[1] == (SessionEvent{SessionEventKind::Disconnect, kNow, last, {}}));
    }

    void changedRoutesAndNewAlertsAreTold()
    {
        SessionFact before = session(1);
        before.alerts = QStringList{u"old"_s};
        SessionFact after = before;
        after.routes = RouteState::Pending;
        after.alerts = QStringList{u"old"_s, u"new"_s};
        QCOMPARE(shown(sessionEvents({before}, {after}, kNow)), (QStringList{u"routes 1"_s, u"alert 1 new"_s}));
    }

    void aSessionIsReadBackFromItsJson()
    {
        SessionFact fact = session(1, SessionState::Leaving);
        fact.cn = CommonName::parse(u"sité \"x\"").value();
        fact.username = u"bob"_s;
        fact.realAddress = u"192.0.2.1:1194"_s;
        fact.address = Address::parse(u"10.8.0.5").value();
        fact.address6 = Address::parse(u"fd00::5").value();
        fact.connectedSince = kNow;
        fact.lastSeen = kNow + std::chrono::milliseconds(1);
        fact.bytesIn = 9'007'199'254'740'993; // no double has this one
        fact.bytesOut = 2;
        fact.rateIn = 0.5;
        fact.rateOut = 3;
        fact.routes = RouteState::WaitingForHolder;
        fact.waitingFor = CommonName::parse(u"other").value();
        fact.declared = {lan()};
        fact.installed = {lan()};
        fact.answer = QStringList{u"iroute 10.1.0.0 255.255.0.0"_s};
        fact.alerts = QStringList{u"odd"_s};
        fact.clientVersion = u"2.6.14"_s;
        fact.platform = u"linux"_s;
        QVERIFY(parseSession(sessionJson(fact)) == fact);
        QVERIFY(parseSession(sessionJson(session(2))) == session(2));
    }

    void aFieldOfAnotherKindIsRefused_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("no key") << u"session"_s << QJsonValue();
        QTest::newRow("a number for a text") << u"username"_s << QJsonValue(1);
        QTest::newRow("a text for a number") << u"bytesIn"_s << QJsonValue(u"1"_s);
        QTest::newRow("a fraction of a byte") << u"bytesIn"_s << QJsonValue(0.5);
        QTest::newRow("an unknown word") << u"state"_s << QJsonValue(u"up"_s);
        QTest::newRow("no address") << u"address"_s << QJsonValue(u"10.8.0.5/24"_s);
        QTest::newRow("host bits") << u"declared"_s << QJsonValue(QJsonArray{u"10.1.0.1/16"_s});
        QTest::newRow("no list") << u"answer"_s << QJsonValue(u"iroute"_s);
        QTest::newRow("no time") << u"connectedSince"_s << QJsonValue();
    }
    void aFieldOfAnotherKindIsRefused()
    {
        QFETCH(QString, key);
        QFETCH(QJsonValue, value);
        QJsonObject object = sessionJson(session(1));
        object.insert(key, value);
        QVERIFY(!parseSession(object));
    }
};

QTEST_GUILESS_MAIN(TestSessionEvent)
#include "tst_sessionevent.moc"
