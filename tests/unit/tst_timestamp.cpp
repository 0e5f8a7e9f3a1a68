// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/timestamp.h"

#include <QTest>

#include <rapidcheck.h>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestTimestamp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsMomentsWithTheirZone_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        QTest::newRow("UTC") << u"2026-01-31T08:00:00Z"_s << u"2026-01-31T08:00:00.000Z"_s;
        QTest::newRow("milliseconds") << u"2026-01-31T08:00:00.125Z"_s << u"2026-01-31T08:00:00.125Z"_s;
        QTest::newRow("east of Greenwich") << u"2026-01-31T01:30:00+02:00"_s << u"2026-01-30T23:30:00.000Z"_s;
        QTest::newRow("west of Greenwich") << u"2026-01-31T08:00:00-05:30"_s << u"2026-01-31T13:30:00.000Z"_s;
        QTest::newRow("a date is its midnight UTC") << u"2026-01-31"_s << u"2026-01-31T00:00:00.000Z"_s;
        QTest::newRow("a leap day") << u"2028-02-29"_s << u"2028-02-29T00:00:00.000Z"_s;
        QTest::newRow("before 1970") << u"1969-12-31T23:59:59.999Z"_s << u"1969-12-31T23:59:59.999Z"_s;
        QTest::newRow("blanks around") << u" 2026-01-31 "_s << u"2026-01-31T00:00:00.000Z"_s;
    }
    void readsMomentsWithTheirZone()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const auto moment = Timestamp::parse(text);
        QVERIFY2(moment.has_value(), qPrintable(moment ? QString() : moment.error().detail));
        QCOMPARE(moment->toString(), canonical);
        QCOMPARE(Timestamp::parse(moment->toString()).value(), *moment);
    }

    void refusesWhatIsNoMoment_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << QString();
        QTest::newRow("no zone: another moment on every machine") << u"2026-01-31T08:00:00"_s;
        QTest::newRow("no such day") << u"2026-02-30"_s;
        QTest::newRow("no such hour") << u"2026-01-31T25:00:00Z"_s;
        QTest::newRow("a number") << u"1767225600"_s;
        QTest::newRow("day first") << u"31.01.2026"_s;
        QTest::newRow("a word") << u"yesterday!"_s;
    }
    void refusesWhatIsNoMoment()
    {
        QFETCH(QString, text);
        const auto moment = Timestamp::parse(text);
        QVERIFY(!moment);
        QCOMPARE(moment.error().kind, ErrorKind::Invalid);
    }

    void textRoundTripsForEveryMillisecondOfFourDigitYears()
    {
        const qint64 first = Timestamp::parse(u"1000-01-01"_s).value().milliseconds();
        const qint64 last = Timestamp::parse(u"9999-12-31T23:59:59.999Z"_s).value().milliseconds();
        QVERIFY(rc::check("parse(toString(t)) == t", [&] {
            const auto moment = Timestamp::fromMilliseconds(*rc::gen::inRange(first, last));
            RC_ASSERT(Timestamp::parse(moment.toString()) == moment);
        }));
    }

    void differencesAndSumsAreInMilliseconds()
    {
        using namespace std::chrono_literals;
        const auto start = Timestamp::fromMilliseconds(1'000);
        QCOMPARE((start + 24h).milliseconds(), qint64{86'401'000});
        QVERIFY((start + 24h) - start == 24h);
        QVERIFY(start < start + 1ms);
    }
};

QTEST_GUILESS_MAIN(TestTimestamp)
#include "tst_timestamp.moc"
