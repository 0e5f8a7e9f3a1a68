// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/linereader.h"

#include <QTest>

#include <string>
#include <vector>

using namespace interlock::openvpn;
using Kind = LineReader::Kind;

namespace {

struct Seen
{
    Kind kind;
    std::string text;

    friend bool operator==(const Seen &, const Seen &) = default;
};
using Lines = std::vector<Seen>;

void drain(LineReader &reader, Lines &lines)
{
    while (const auto line = reader.next())
        lines.push_back({line->kind, std::string(line->text)});
}

Lines readWhole(const QByteArray &bytes)
{
    LineReader reader;
    Lines lines;
    reader.append(bytes);
    drain(reader, lines);
    return lines;
}

Lines readInPieces(const QByteArray &bytes, qsizetype size)
{
    LineReader reader;
    Lines lines;
    for (qsizetype at = 0; at < bytes.size(); at += size) {
        reader.append(QByteArrayView(bytes).sliced(at, std::min(size, bytes.size() - at)));
        drain(reader, lines);
    }
    return lines;
}

QByteArray filler(qsizetype size)
{
    return {size, 'x'};
}

} // namespace

class TestLineReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesEndInLfOrCrLf();
    void carriageReturnInsideALineStays();
    void lineWithoutAnEndWaits();
    void promptNeedsNoLineEnd(); // openvpn/FACTS.md 14
    void answerMayFollowThePromptDirectly();
    void longestLineIsRead();
    void overlongLineIsOneMark();
    void linesAreTheSameHoweverTheyWereCut_data();
    void linesAreTheSameHoweverTheyWereCut();
    void endlessLineHoldsNoMemory();
    void clearForgetsHalfALine();
};

void TestLineReader::linesEndInLfOrCrLf()
{
    QCOMPARE(
        readWhole("one\r\ntwo\n\r\n\nlast\n"),
        (Lines{{Kind::Text, "one"}, {Kind::Text, "two"}, {Kind::Text, ""}, {Kind::Text, ""}, {Kind::Text, "last"}}));
}

void TestLineReader::carriageReturnInsideALineStays()
{
    QCOMPARE(readWhole("a\rb\r\r\n"), (Lines{{Kind::Text, "a\rb\r"}}));
}

void TestLineReader::lineWithoutAnEndWaits()
{
    LineReader reader;
    reader.append("SUCCESS: pid");
    QVERIFY(!reader.next());
    reader.append("=1\r");
    QVERIFY(!reader.next());
    reader.append("\n");
    QCOMPARE(std::string(reader.next().value().text), std::string("SUCCESS: pid=1"));
    QVERIFY(!reader.next());
}

void TestLineReader::promptNeedsNoLineEnd()
{
    QCOMPARE(readWhole("ENTER PASSWORD:"), (Lines{{Kind::PasswordPrompt, ""}}));
    QCOMPARE(readWhole("ENTER PASSWORD:ENTER PASSWORD:"),
             (Lines{{Kind::PasswordPrompt, ""}, {Kind::PasswordPrompt, ""}}));
    QCOMPARE(readWhole("ENTER PASSWORD"), Lines{});
    QCOMPARE(readWhole("no ENTER PASSWORD:\n"), (Lines{{Kind::Text, "no ENTER PASSWORD:"}}));
}

void TestLineReader::answerMayFollowThePromptDirectly()
{
    QCOMPARE(readWhole("ENTER PASSWORD:SUCCESS: password is correct\r\n"),
             (Lines{{Kind::PasswordPrompt, ""}, {Kind::Text, "SUCCESS: password is correct"}}));
}

void TestLineReader::longestLineIsRead()
{
    const auto longest = filler(LineReader::kMaxLine);
    const Lines expected{{Kind::Text, longest.toStdString()}, {Kind::Text, "next"}};
    QCOMPARE(readWhole(longest + "\r\nnext\n"), expected);
    QCOMPARE(readInPieces(longest + "\r\nnext\n", 1), expected);
}

void TestLineReader::overlongLineIsOneMark()
{
    const Lines expected{{Kind::TooLong, ""}, {Kind::Text, "next"}};
    QCOMPARE(readWhole(filler(LineReader::kMaxLine + 1) + "\r\nnext\n"), expected);
    QCOMPARE(readInPieces(filler(5 * LineReader::kMaxLine) + "\nnext\n", 4096), expected);
    QCOMPARE(readWhole(filler(LineReader::kMaxLine + 2)), (Lines{{Kind::TooLong, ""}}));
}

void TestLineReader::linesAreTheSameHoweverTheyWereCut_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("greeting") << QByteArray("ENTER PASSWORD:SUCCESS: password is correct\r\n>INFO:x\r\n>HOLD:y:0\r\n");
    QTest::newRow("prompts") << QByteArray("ENTER PASSWORD:ENTER PASSWORD:ENTER PASSWORD:");
    QTest::newRow("nearly a prompt") << QByteArray("ENTER PASSWORX\nENTER\n");
    QTest::newRow("empty lines") << QByteArray("\r\n\n\r\n\r\r\n");
    QTest::newRow("overlong, then a prompt")
        << filler(LineReader::kMaxLine + 1) + "ENTER PASSWORD:\nENTER PASSWORD:after\n";
    QTest::newRow("at the limit") << filler(LineReader::kMaxLine) + "\r\n" + filler(LineReader::kMaxLine + 1) + "\n" +
                                         filler(LineReader::kMaxLine) + "\n";
}

void TestLineReader::linesAreTheSameHoweverTheyWereCut()
{
    QFETCH(const QByteArray, bytes);
    const auto expected = readWhole(bytes);
    QVERIFY(!expected.empty());
    for (const qsizetype size : {1, 2, 3, 7, 64, 1000, 65535, 65536, 65537})
        QCOMPARE(readInPieces(bytes, size), expected);
}

void TestLineReader::endlessLineHoldsNoMemory()
{
    LineReader reader;
    const auto chunk = filler(10'000);
    for (int round = 0; round < 1000; ++round) {
        reader.append(chunk);
        while (reader.next()) {
        }
        QVERIFY(reader.size() <= LineReader::kMaxLine + 1);
    }
}

void TestLineReader::clearForgetsHalfALine()
{
    LineReader reader;
    reader.append(filler(LineReader::kMaxLine + 2));
    QCOMPARE(reader.next().value().kind, Kind::TooLong);
    reader.clear();
    reader.append("new\n");
    QCOMPARE(std::string(reader.next().value().text), std::string("new"));
}

QTEST_GUILESS_MAIN(TestLineReader)
#include "tst_linereader.moc"
