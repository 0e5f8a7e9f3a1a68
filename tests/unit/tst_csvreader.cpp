// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/csvreader.h"
#include "model/rules/csvtext.h"

#include <QTest>

#include <rapidcheck.h>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

struct Reading
{
    std::vector<CsvRecord> records;
    Expected<void> end;
};

/// `bytes`, given to the reader `pieceSize` at a time.
Reading readInPieces(const QByteArray &bytes, qsizetype pieceSize)
{
    Reading reading;
    CsvReader reader([&](CsvRecord record) { reading.records.push_back(std::move(record)); });
    for (qsizetype at = 0; at < bytes.size(); at += pieceSize) {
        reading.end = reader.feed(QByteArrayView(bytes).sliced(at, std::min(pieceSize, bytes.size() - at)));
        if (!reading.end)
            return reading;
    }
    reading.end = reader.finish();
    return reading;
}

/// "LINE: field|field" of each record.
QStringList told(const std::vector<CsvRecord> &records)
{
    QStringList lines;
    for (const CsvRecord &record : records)
        lines += u"%1: %2"_s.arg(record.line).arg(record.fields.join(u'|'));
    return lines;
}

/// Text with everything in it that has a meaning in CSV or for a spreadsheet.
QString anyText()
{
    const auto characters = *rc::gen::container<std::vector<char32_t>>(rc::gen::element(
        U'a', U',', U'"', U'\n', U'\r', U' ', U'\t', U'\'', U'=', U'+', U'-', U'@', U';', U'é', U'\U0001F5A7'));
    return QString::fromUcs4(characters.data(), static_cast<qsizetype>(characters.size()));
}

} // namespace

class TestCsvReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsRecords_data();
    void readsRecords();
    void whatIsNotCsvIsRefusedWithItsLine_data();
    void whatIsNotCsvIsRefusedWithItsLine();
    void aFieldThatIsNoUtf8IsNamedAndTheRestIsRead();
    void anEndlessRecordIsRefusedBeforeItFillsTheMemory();
    void afterAnErrorNothingMoreIsTaken();
    void whatIsWrittenReadsBackInPiecesOfAnySize();
    void noWrittenFieldBeginsAFormula();
};

void TestCsvReader::readsRecords_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QStringList>("records");

    QTest::newRow("nothing") << QByteArray() << QStringList();
    QTest::newRow("LF") << QByteArray("a,b\nc,d\n") << QStringList{u"1: a|b"_s, u"2: c|d"_s};
    QTest::newRow("CRLF") << QByteArray("a,b\r\nc,d\r\n") << QStringList{u"1: a|b"_s, u"2: c|d"_s};
    QTest::newRow("no last line end") << QByteArray("a\nb") << QStringList{u"1: a"_s, u"2: b"_s};
    QTest::newRow("a byte order mark") << QByteArray("\xef\xbb\xbf"
                                                     "a\n")
                                       << QStringList{u"1: a"_s};
    QTest::newRow("less than a byte order mark") << QByteArray("a") << QStringList{u"1: a"_s};
    QTest::newRow("blank lines are records without fields")
        << QByteArray("a\n\n  \r\nb\n") << QStringList{u"1: a"_s, u"2: "_s, u"3: "_s, u"4: b"_s};
    QTest::newRow("empty fields") << QByteArray(",\n\"\"\n") << QStringList{u"1: |"_s, u"2: "_s};
    QTest::newRow("quotes, commas and line ends in quotes")
        << QByteArray("\"a \"\"b\"\"\",\"c,d\"\n\"e\r\nf\",g\nh\n")
        << QStringList{u"1: a \"b\"|c,d"_s, u"2: e\r\nf|g"_s, u"4: h"_s};
    QTest::newRow("blanks around a field, and quoted ones")
        << QByteArray("  a\t, \" b \" ,c\n") << QStringList{u"1: a| b |c"_s};
    QTest::newRow("UTF-8") << QByteArray("Zürich\n") << QStringList{u"1: Zürich"_s};
}

void TestCsvReader::readsRecords()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QStringList, records);
    for (const qsizetype size : {qsizetype{1}, qsizetype{2}, qsizetype{1000}}) {
        const Reading reading = readInPieces(bytes, size);
        QVERIFY(reading.end);
        QCOMPARE(told(reading.records), records);
    }
}

void TestCsvReader::whatIsNotCsvIsRefusedWithItsLine_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("detail");

    const QString stray = u"a quote stands inside an unquoted field, or text follows a closing quote"_s;
    QTest::newRow("a quote inside") << QByteArray("a\nb\"c\n") << u"line 2: "_s + stray;
    QTest::newRow("text after a quote") << QByteArray("a\n\"b\nc\"d\n") << u"line 3: "_s + stray;
    QTest::newRow("an open quote") << QByteArray("a\n\"b\nc,d\n")
                                   << u"line 2: a quoted field that begins here is not closed"_s;
    QTest::newRow("UTF-16") << QByteArray("\xff\xfe"
                                          "a\0",
                                          4)
                            << u"line 1: the file is UTF-16; save it as UTF-8"_s;
    QTest::newRow("too many fields") << "a\n" + QByteArray(300, ',') + '\n'
                                     << u"line 2: the record has more than 1 MiB or 256 fields"_s;
}

void TestCsvReader::whatIsNotCsvIsRefusedWithItsLine()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, detail);
    const Reading reading = readInPieces(bytes, 3);
    QVERIFY(!reading.end);
    QCOMPARE(reading.end.error().detail, detail);
    QCOMPARE(u"line %1"_s.arg(reading.end.error().payload.value("line"_L1).toInteger()), detail.section(u':', 0, 0));
}

void TestCsvReader::aFieldThatIsNoUtf8IsNamedAndTheRestIsRead()
{
    const Reading reading = readInPieces("a,Z\xfcrich,c\nd,e,f\n", 4);
    QVERIFY(reading.end);
    QCOMPARE(told(reading.records), QStringList({u"1: a||c"_s, u"2: d|e|f"_s}));
    QCOMPARE(reading.records[0].undecodable, qsizetype{1});
    QCOMPARE(reading.records[1].undecodable, qsizetype{-1});
}

void TestCsvReader::anEndlessRecordIsRefusedBeforeItFillsTheMemory()
{
    CsvReader reader([](const CsvRecord &) { QFAIL("no record ends here"); });
    const QByteArray piece(100'000, 'a');
    Expected<void> fed = reader.feed("\"");
    int pieces = 0;
    while (fed && pieces++ < 100)
        fed = reader.feed(piece);
    QVERIFY(!fed);
    QCOMPARE(fed.error().kind, ErrorKind::Limit);
    QVERIFY(pieces < 15);
}

void TestCsvReader::afterAnErrorNothingMoreIsTaken()
{
    std::vector<CsvRecord> records;
    CsvReader reader([&](CsvRecord record) { records.push_back(std::move(record)); });
    const auto refused = reader.feed("a\"b\n");
    QVERIFY(!refused);
    const auto again = reader.feed("c\n");
    QVERIFY(!again);
    QCOMPARE(again.error(), refused.error());
    const auto atEnd = reader.finish();
    QVERIFY(!atEnd);
    QCOMPARE(atEnd.error(), refused.error());
    QVERIFY(records.empty());
}

void TestCsvReader::whatIsWrittenReadsBackInPiecesOfAnySize()
{
    QVERIFY(rc::check("every record comes back", [] {
        const auto shape = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0U, 4U));
        QByteArray bytes;
        std::vector<QStringList> written;
        for (const unsigned count : shape) {
            QStringList fields;
            for (unsigned i = 0; i < count; ++i)
                fields += anyText();
            written.push_back(fields);
            appendCsvRecord(bytes, fields);
        }
        const Reading reading = readInPieces(bytes, *rc::gen::inRange(1, 20));
        RC_ASSERT(reading.end.has_value());
        std::vector<QStringList> read;
        qint64 line = 0;
        for (const CsvRecord &record : reading.records) {
            RC_ASSERT(record.line > line);
            line = record.line;
            read.push_back(record.fields);
        }
        RC_ASSERT(read == written);
    }));
}

void TestCsvReader::noWrittenFieldBeginsAFormula() // CASES, CSV: formula injection defused and undone
{
    QVERIFY(rc::check("guarded, and given back", [] {
        const QString text = anyText();
        const QString guarded = withoutFormula(text);
        const bool beginsFormula = !guarded.isEmpty() && QStringView(u"=+-@\t\r\n").contains(guarded.front());
        RC_ASSERT(!beginsFormula);
        RC_ASSERT(withFormula(guarded) == text);
    }));
    QCOMPARE(withoutFormula(u"=1+1"_s), u"'=1+1"_s);
    QCOMPARE(withoutFormula(u"'=1+1"_s), u"''=1+1"_s);
    QCOMPARE(withoutFormula(u"'tis"_s), u"'tis"_s);
    QCOMPARE(withFormula(u"'tis"_s), u"'tis"_s);
    QCOMPARE(withFormula(u"-1"_s), u"-1"_s);
}

QTEST_GUILESS_MAIN(TestCsvReader)
#include "tst_csvreader.moc"
