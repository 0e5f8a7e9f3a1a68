// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/dailywindow.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestDailyWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itIsOpenFromItsFirstMinuteToItsLast_data()
    {
        QTest::addColumn<QString>("window");
        QTest::addColumn<QString>("moment");
        QTest::addColumn<bool>("isOpen");
        const auto add = [](const char *name, const QString &window, const QString &moment, bool isOpen) {
            QTest::newRow(name) << window << moment << isOpen;
        };
        add("its first moment", u"02:00-04:30"_s, u"2026-03-01T02:00:00.000Z"_s, true);
        add("before it", u"02:00-04:30"_s, u"2026-03-01T01:59:59.999Z"_s, false);
        add("its last moment", u"02:00-04:30"_s, u"2026-03-01T04:29:59.999Z"_s, true);
        add("after it", u"02:00-04:30"_s, u"2026-03-01T04:30:00.000Z"_s, false);
        add("over midnight, before", u"23:00-01:00"_s, u"2026-03-01T23:30:00.000Z"_s, true);
        add("over midnight, after", u"23:00-01:00"_s, u"2026-03-02T00:59:59.999Z"_s, true);
        add("over midnight, at noon", u"23:00-01:00"_s, u"2026-03-02T12:00:00.000Z"_s, false);
        add("until midnight", u"23:00-00:00"_s, u"2026-03-02T00:00:00.000Z"_s, false);
        add("before 1970", u"23:00-01:00"_s, u"1969-12-31T23:30:00.000Z"_s, true);
    }
    void itIsOpenFromItsFirstMinuteToItsLast()
    {
        QFETCH(const QString, window);
        QFETCH(const QString, moment);
        const auto parsed = DailyWindow::parse(window);
        QVERIFY(parsed);
        QCOMPARE(parsed->toString(), window);
        QTEST(parsed->contains(Timestamp::parse(moment).value()), "isOpen");
    }

    void whatIsNoWindowIsRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "-", "02:00", "02:00-", "02:00-02:00", "2:00-4:30", "02:00-24:00", "02:60-04:00",
                                 "02:00-04:30-05:00", "02:00 - 04:30", "+2:00-04:30"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void whatIsNoWindowIsRefused()
    {
        QFETCH(const QString, text);
        const auto parsed = DailyWindow::parse(text);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().kind, ErrorKind::Invalid);
    }
};

QTEST_GUILESS_MAIN(TestDailyWindow)
#include "tst_dailywindow.moc"
