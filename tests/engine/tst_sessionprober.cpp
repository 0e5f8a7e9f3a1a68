// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/sessionprober.h"
#include "tests/support/serversaid.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

LiveSession sessionWith(const QStringList &installed)
{
    LiveSession session{{1}, {}, SessionFact{SessionKey{iname(u"main"), 3, 1}}, {}, {}, {}, false, false, {}, {}, {}};
    for (const QString &prefix : installed)
        session.fact.installed.push_back(pfx(prefix));
    return session;
}

} // namespace

class TestSessionProber : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstHostOfTheFirstIPv4LanIsAsked_data()
    {
        QTest::addColumn<QStringList>("installed");
        QTest::addColumn<QString>("target");
        QTest::newRow("a stand-in") << QStringList{u"100.64.0.32/27"_s} << u"100.64.0.33"_s;
        QTest::newRow("the first of several") << QStringList{u"10.1.0.0/16"_s, u"10.2.0.0/16"_s} << u"10.1.0.1"_s;
        QTest::newRow("two addresses, both hosts") << QStringList{u"10.1.0.4/31"_s} << u"10.1.0.4"_s;
        QTest::newRow("one address") << QStringList{u"10.1.0.4/32"_s} << u"10.1.0.4"_s;
        QTest::newRow("IPv6 beside it") << QStringList{u"10.1.0.0/16"_s, u"fd00:1::/64"_s} << u"10.1.0.1"_s;
        QTest::newRow("IPv6 alone") << QStringList{u"fd00:1::/64"_s} << u"unsupported"_s;
        QTest::newRow("no LAN") << QStringList() << u"notFound"_s;
    }
    void theFirstHostOfTheFirstIPv4LanIsAsked()
    {
        QFETCH(const QStringList, installed);
        const auto lan = probedLan(sessionWith(installed));
        QTEST(lan ? firstHost(*lan).toString() : nameOf(lan.error().kind), "target");
    }

    void onAnotherHostThanTheServersNothingIsSent()
    {
        SessionProber prober;
        QStringList answers;
        prober.probe(
            sessionWith({u"127.0.0.0/8"_s}), Address::parse(u"203.0.113.77").value(),
            [&](const Expected<QJsonObject> &found) { answers += found ? u"sent"_s : nameOf(found.error().kind); });
        QCOMPARE(answers, QStringList(u"unsupported"_s));
    }
};

QTEST_GUILESS_MAIN(TestSessionProber)
#include "tst_sessionprober.moc"
