// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/rowfilter.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestRowFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRowIsFoundByWhatIsTyped_data();
    void aRowIsFoundByWhatIsTyped();
    void whatCannotBeMeantIsRefused_data();
    void whatCannotBeMeantIsRefused();
};

void TestRowFilter::aRowIsFoundByWhatIsTyped_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("isFound");
    // The row: br-ankara-03, 10.1.4.0/25, client
    QTest::newRow("nothing") << u""_s << true;
    QTest::newRow("blanks") << u"  "_s << true;
    QTest::newRow("a part of a word") << u"ankara"_s << true;
    QTest::newRow("other case") << u"ANKARA"_s << true;
    QTest::newRow("two words of two cells") << u"ankara client"_s << true;
    QTest::newRow("one of two words") << u"ankara router"_s << false;
    QTest::newRow("without what is there") << u"-ankara"_s << false;
    QTest::newRow("without what is not there") << u"ankara -router"_s << true;
    QTest::newRow("a lone minus is a word") << u"-"_s << true;
    QTest::newRow("inside") << u"in:10.1.0.0/16"_s << true;
    QTest::newRow("inside of itself") << u"in:10.1.4.0/25"_s << true;
    QTest::newRow("outside") << u"in:10.2.0.0/16"_s << false;
    QTest::newRow("text of a prefix that is not inside") << u"in:10.1.4.0/26"_s << false;
    QTest::newRow("of the other family") << u"in:::/0"_s << false;
    QTest::newRow("host bits are cut off") << u"in:10.1.4.77/16"_s << true;
    QTest::newRow("not inside") << u"-in:10.2.0.0/16"_s << true;
    QTest::newRow("pattern") << u"/^br-.*-0[1-3]$/"_s << true;
    QTest::newRow("pattern that is nowhere") << u"/^ankara/"_s << false;
    QTest::newRow("pattern with a blank") << u"/br ankara/"_s << false;
    QTest::newRow("not the pattern") << u"-/router|host/"_s << true;
    QTest::newRow("length of a prefix is no pattern") << u"/25"_s << true;
    QTest::newRow("quotes keep words together") << u"\"client ankara\""_s << false;
    QTest::newRow("quote that is still open") << u"\"anka"_s << true;
}

void TestRowFilter::aRowIsFoundByWhatIsTyped()
{
    QFETCH(QString, typed);
    QFETCH(bool, isFound);
    const TableRow row{
        u"1"_s, {{u"br-ankara-03"_s}, {u"10.1.4.0/25"_s, {Prefix::parse(u"10.1.4.0/25").value()}}, {u"client"_s}}};
    const auto filter = RowFilter::parse(typed);
    QVERIFY(filter);
    QCOMPARE(filter->matches(row), isFound);
}

void TestRowFilter::whatCannotBeMeantIsRefused_data()
{
    QTest::addColumn<QString>("typed");
    QTest::newRow("in: of nothing that is a prefix") << u"in:10.1"_s;
    QTest::newRow("in: of a word") << u"a in:lan"_s;
    QTest::newRow("a pattern with an open bracket") << u"/a(b/"_s;
}

void TestRowFilter::whatCannotBeMeantIsRefused()
{
    QFETCH(QString, typed);
    const auto filter = RowFilter::parse(typed);
    QVERIFY(!filter);
    QCOMPARE(filter.error().kind, ErrorKind::Invalid);
}

QTEST_GUILESS_MAIN(TestRowFilter)
#include "tst_rowfilter.moc"
