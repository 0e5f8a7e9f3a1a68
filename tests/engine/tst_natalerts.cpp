// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/natalerts.h"
#include "tests/support/serversaid.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

class TestNatAlerts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSentenceIsShownAsLongAsItHolds()
    {
        SessionRegistry registry{iname(u"main")};
        LiveSession &ana = registry.connect(asks(1, "ana"), Timestamp());
        LiveSession &bob = registry.connect(asks(2, "bob"), Timestamp());
        ana.fact.alerts = {u"something else"_s};
        NatAlerts alerts(iname(u"main"));
        QVERIFY(alerts.replace({{cname(u"ana"), {u"overlap"_s, u"pool"_s}}}, registry));
        QCOMPARE(ana.fact.alerts, (QStringList{u"something else"_s, u"overlap"_s, u"pool"_s}));
        QVERIFY(!alerts.replace({{cname(u"ana"), {u"overlap"_s, u"pool"_s}}}, registry));
        QVERIFY(alerts.replace({{cname(u"ana"), {u"pool"_s}}, {cname(u"bob"), {u"overlap"_s}}}, registry));
        QCOMPARE(ana.fact.alerts, (QStringList{u"something else"_s, u"pool"_s}));
        QCOMPARE(bob.fact.alerts, QStringList(u"overlap"_s));
        QVERIFY(alerts.replace({}, registry));
        QCOMPARE(ana.fact.alerts, QStringList(u"something else"_s));
        QCOMPARE(bob.fact.alerts, QStringList());
    }

    void aSessionThatBeginsLaterShowsItToo()
    {
        SessionRegistry registry{iname(u"main")};
        NatAlerts alerts(iname(u"main"));
        QVERIFY(!alerts.replace({{cname(u"ana"), {u"overlap"_s}}}, registry));
        LiveSession &ana = registry.connect(asks(1, "ana"), Timestamp());
        LiveSession &bob = registry.connect(asks(2, "bob"), Timestamp());
        alerts.show(ana);
        alerts.show(ana);
        alerts.show(bob);
        QCOMPARE(ana.fact.alerts, QStringList(u"overlap"_s));
        QCOMPARE(bob.fact.alerts, QStringList());
    }
};

QTEST_GUILESS_MAIN(TestNatAlerts)
#include "tst_natalerts.moc"
