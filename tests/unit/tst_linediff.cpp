// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/linediff.h"

#include "model/rules/linematch.h"

#include <QRegularExpression>
#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <optional>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const DiffLabels kLabels{u"a"_s, u"b"_s};

/// Lines with their line feeds.
QStringList linesOf(const QString &text)
{
    QStringList lines = text.split(u'\n');
    const QString last = lines.takeLast();
    for (QString &line : lines)
        line += u'\n';
    if (!last.isEmpty())
        lines += last;
    return lines;
}

/// The lines of one hunk of a diff and where it applies.
struct Hunk
{
    qsizetype oldBegin = 0;
    qsizetype oldCount = 0;
    qsizetype newBegin = 0;
    qsizetype newCount = 0;
    QStringList lines; ///< each with its mark
};

/// Reads a diff as `patch` does; nothing when it is not one, as when a count in a head is wrong.
std::optional<std::vector<Hunk>> hunksOf(const QString &diff)
{
    static const QRegularExpression head(u"^@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@\n$"_s);
    QStringList lines = linesOf(diff);
    if (lines.size() < 3 || lines[0] != u"--- a\n" || lines[1] != u"+++ b\n")
        return std::nullopt;
    std::vector<Hunk> hunks;
    for (const QString &line : lines.mid(2)) {
        if (const auto match = head.match(line); match.hasMatch()) {
            const auto number = [&match](int group, qsizetype other) {
                return match.captured(group).isEmpty() ? other : match.captured(group).toLongLong();
            };
            hunks.push_back({number(1, 0), number(2, 1), number(3, 0), number(4, 1), {}});
            // A hunk without lines is counted from the line before.
            hunks.back().oldBegin -= hunks.back().oldCount == 0 ? 0 : 1;
            hunks.back().newBegin -= hunks.back().newCount == 0 ? 0 : 1;
        } else if (hunks.empty()) {
            return std::nullopt;
        } else if (line == u"\\ No newline at end of file\n" && !hunks.back().lines.isEmpty()) {
            hunks.back().lines.back().chop(1);
        } else {
            hunks.back().lines += line;
        }
    }
    for (const Hunk &hunk : hunks) {
        const auto count = [&hunk](QChar mark) {
            return std::count_if(hunk.lines.begin(), hunk.lines.end(),
                                 [mark](const QString &line) { return line.startsWith(mark); });
        };
        if (count(u' ') + count(u'-') != hunk.oldCount || count(u' ') + count(u'+') != hunk.newCount ||
            count(u' ') + count(u'-') + count(u'+') != hunk.lines.size())
            return std::nullopt;
    }
    return hunks;
}

/// The text that the diff makes of `before`; nothing when it does not apply exactly where it says.
std::optional<QString> applied(const QString &before, const QString &diff)
{
    if (diff.isEmpty())
        return before;
    const auto hunks = hunksOf(diff);
    if (!hunks)
        return std::nullopt;
    const QStringList lines = linesOf(before);
    QStringList result;
    qsizetype at = 0;
    for (const Hunk &hunk : *hunks) {
        if (hunk.oldBegin < at || hunk.oldBegin > lines.size())
            return std::nullopt;
        while (at < hunk.oldBegin)
            result += lines[at++];
        if (result.size() != hunk.newBegin)
            return std::nullopt;
        for (const QString &line : hunk.lines) {
            if (line[0] == u'+') {
                result += line.mid(1);
            } else {
                if (at >= lines.size() || lines[at] != line.mid(1))
                    return std::nullopt;
                if (line[0] == u' ')
                    result += lines[at];
                ++at;
            }
        }
    }
    while (at < lines.size())
        result += lines[at++];
    return result.join(QString());
}

/// How many lines have a mark other than a blank.
qsizetype editsOf(const QString &diff)
{
    const QStringList lines = linesOf(diff).mid(2);
    return std::count_if(lines.begin(), lines.end(),
                         [](const QString &line) { return line[0] == u'+' || line[0] == u'-'; });
}

/// The fewest edits, by the table that everybody learns.
qsizetype fewestEdits(const QStringList &a, const QStringList &b)
{
    std::vector<std::vector<qsizetype>> cost(static_cast<std::size_t>(a.size() + 1),
                                             std::vector<qsizetype>(static_cast<std::size_t>(b.size() + 1)));
    for (std::size_t i = 0; i < cost.size(); ++i) {
        for (std::size_t j = 0; j < cost[i].size(); ++j) {
            if (i == 0 || j == 0)
                cost[i][j] = static_cast<qsizetype>(i + j);
            else if (a[static_cast<qsizetype>(i - 1)] == b[static_cast<qsizetype>(j - 1)])
                cost[i][j] = cost[i - 1][j - 1];
            else
                cost[i][j] = std::min(cost[i - 1][j], cost[i][j - 1]) + 1;
        }
    }
    return cost.back().back();
}

/// Texts of few different lines, with all line ends, and often none at the end.
rc::Gen<QString> lineText()
{
    const auto piece = rc::gen::elementOf(
        std::vector<QString>{u"a\n"_s, u"b\n"_s, u"c\n"_s, u"\n"_s, u"a\r\n"_s, u"-- x\n"_s, u"+\n"_s,
                             u"\\ No newline at end of file\n"_s, u"@@ -1 +1 @@\n"_s, u"ß😀"_s, u"d"_s});
    return rc::gen::map(rc::gen::container<std::vector<QString>>(piece), [](const std::vector<QString> &pieces) {
        QString text;
        for (const QString &each : pieces)
            text += each;
        return text;
    });
}

using Ids = std::vector<std::uint32_t>;

/// What has no mark on one side is what has none on the other.
bool isMatch(const Ids &before, const Ids &after, const LineMarks &marks)
{
    if (marks.isRemoved.size() != before.size() || marks.isAdded.size() != after.size())
        return false;
    Ids kept;
    Ids came;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (!marks.isRemoved[i])
            kept.push_back(before[i]);
    }
    for (std::size_t j = 0; j < after.size(); ++j) {
        if (!marks.isAdded[j])
            came.push_back(after[j]);
    }
    return kept == came;
}

std::ptrdiff_t marksIn(const LineMarks &marks)
{
    return std::count(marks.isRemoved.begin(), marks.isRemoved.end(), true) +
           std::count(marks.isAdded.begin(), marks.isAdded.end(), true);
}

QString numbered(int from, int to)
{
    QString text;
    for (int i = from; i <= to; ++i)
        text += QString::number(i) + u'\n';
    return text;
}

} // namespace

class TestLineDiff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalTextsHaveNoDiff();
    void diffsReadAsThoseOfTheDiffProgram_data();
    void diffsReadAsThoseOfTheDiffProgram();
    void labelsAreOneLine();
    void aDiffAppliedToTheOldTextGivesTheNewOne();
    void aDiffHasTheFewestEdits();
    void aMatchIsRightWithAnyBudget();
    void uniqueLinesAreFoundWhenTheBudgetEnds();
    void largeTextsWithoutCommonLinesAreReplaced();
    void aLargeTextWithFewChangesHasTheFewestEdits();
};

void TestLineDiff::equalTextsHaveNoDiff()
{
    for (const QString &text : {QString(), u"a"_s, u"a\n"_s, u"a\r\nb"_s})
        QCOMPARE(unifiedDiff(text, text, kLabels), QString());
}

void TestLineDiff::diffsReadAsThoseOfTheDiffProgram_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::addColumn<int>("context");
    QTest::addColumn<QString>("hunks");
    // As GNU diffutils 3.8 prints them with -U and these texts.
    QTest::newRow("a line in the middle") << numbered(1, 9) << numbered(1, 4) + u"x\n"_s + numbered(6, 9) << 3
                                          << u"@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"_s;
    QTest::newRow("the first line") << numbered(1, 5) << numbered(2, 5) << 3 << u"@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n"_s;
    QTest::newRow("a line at the end") << numbered(1, 4) << numbered(1, 5) << 3
                                       << u"@@ -2,3 +2,4 @@\n 2\n 3\n 4\n+5\n"_s;
    QTest::newRow("something out of nothing") << QString() << u"a\nb\n"_s << 3 << u"@@ -0,0 +1,2 @@\n+a\n+b\n"_s;
    QTest::newRow("nothing out of something") << u"a\n"_s << QString() << 3 << u"@@ -1 +0,0 @@\n-a\n"_s;
    QTest::newRow("the line feed at the end goes")
        << u"a\nb\n"_s << u"a\nb"_s << 3 << u"@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n"_s;
    QTest::newRow("the line feed at the end comes")
        << u"a"_s << u"a\n"_s << 3 << u"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"_s;
    QTest::newRow("neither has one") << u"a\nz"_s << u"b\nz"_s << 3
                                     << u"@@ -1,2 +1,2 @@\n-a\n+b\n z\n\\ No newline at end of file\n"_s;
    QTest::newRow("carriage returns are content") << u"a\r\n"_s << u"a\n"_s << 3 << u"@@ -1 +1 @@\n-a\r\n+a\n"_s;
    QTest::newRow("contexts that touch are one hunk") << numbered(1, 8) << u"x\n"_s + numbered(2, 7) + u"y\n"_s << 3
                                                      << u"@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n"_s;
    QTest::newRow("contexts that do not are two")
        << numbered(1, 9) << u"x\n"_s + numbered(2, 8) + u"y\n"_s << 3
        << u"@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+y\n"_s;
    QTest::newRow("no context, a line more") << numbered(1, 3) << u"1\n2\nx\n3\n"_s << 0 << u"@@ -2,0 +3 @@\n+x\n"_s;
    QTest::newRow("no context, a line less") << numbered(1, 3) << u"1\n3\n"_s << 0 << u"@@ -2 +1,0 @@\n-2\n"_s;
    QTest::newRow("less than no context is none") << numbered(1, 3) << u"1\n3\n"_s << -5 << u"@@ -2 +1,0 @@\n-2\n"_s;
    QTest::newRow("all the context that there is")
        << numbered(1, 3) << u"1\n3\n"_s << std::numeric_limits<int>::max() << u"@@ -1,3 +1,2 @@\n 1\n-2\n 3\n"_s;
}

void TestLineDiff::diffsReadAsThoseOfTheDiffProgram()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    QFETCH(int, context);
    QFETCH(QString, hunks);
    QCOMPARE(unifiedDiff(before, after, kLabels, context), u"--- a\n+++ b\n"_s + hunks);
}

void TestLineDiff::labelsAreOneLine()
{
    const QString diff = unifiedDiff(u"a\n", u"b\n", {u"old\n@@\t1"_s, u"neu 😀\r"_s});
    QCOMPARE(diff, u"--- old?@@?1\n+++ neu 😀?\n@@ -1 +1 @@\n-a\n+b\n"_s);
}

void TestLineDiff::aDiffAppliedToTheOldTextGivesTheNewOne()
{
    QVERIFY(rc::check([] {
        const QString before = *lineText();
        const QString after = *lineText();
        const int context = *rc::gen::inRange(0, 5);
        RC_ASSERT(applied(before, unifiedDiff(before, after, kLabels, context)) == after);
    }));
}

void TestLineDiff::aDiffHasTheFewestEdits()
{
    QVERIFY(rc::check([] {
        const QString before = *lineText();
        const QString after = *lineText();
        RC_ASSERT(editsOf(unifiedDiff(before, after, kLabels)) == fewestEdits(linesOf(before), linesOf(after)));
    }));
}

void TestLineDiff::aMatchIsRightWithAnyBudget()
{
    QVERIFY(rc::check([] {
        const auto kinds = *rc::gen::inRange(1U, 40U);
        const auto text = rc::gen::container<Ids>(rc::gen::inRange(0U, kinds));
        const Ids before = *text;
        const Ids after = *text;
        const auto best = matchLines(before, after);
        RC_ASSERT(isMatch(before, after, best));
        for (const std::int64_t budget : {-1, 0, 1, 2, 5, 10, 30, 100, 1000}) {
            const auto marks = matchLines(before, after, budget);
            RC_ASSERT(isMatch(before, after, marks));
            RC_ASSERT(marksIn(marks) >= marksIn(best));
        }
    }));
}

void TestLineDiff::uniqueLinesAreFoundWhenTheBudgetEnds()
{
    // Two halves that have nothing in common but one line each, and that in the same order.
    Ids before;
    Ids after;
    for (std::uint32_t i = 0; i < 500; ++i) {
        before.push_back(i % 100 == 50 ? 10'000 + i : i);
        after.push_back(i % 100 == 50 ? 10'000 + i : 1000 + i);
    }
    const auto marks = matchLines(before, after, 1000);
    QVERIFY(isMatch(before, after, marks));
    QCOMPARE(marksIn(marks), 990);
    QCOMPARE(marksIn(matchLines(before, after, 0)), 1000);
}

void TestLineDiff::largeTextsWithoutCommonLinesAreReplaced()
{
    constexpr int kLines = 100'000;
    const QString before = numbered(1, kLines);
    const QString after = numbered(kLines + 1, 2 * kLines);
    const QString diff = unifiedDiff(before, after, kLabels);
    QVERIFY(diff.startsWith(u"--- a\n+++ b\n@@ -1,100000 +1,100000 @@\n-1\n-2\n"_s));
    QCOMPARE(editsOf(diff), 2 * kLines);
    QVERIFY(applied(before, diff) == after);
}

void TestLineDiff::aLargeTextWithFewChangesHasTheFewestEdits()
{
    QStringList lines = linesOf(numbered(1, 100'000));
    const QString before = lines.join(QString());
    for (qsizetype i = 50; i < lines.size(); i += 1000)
        lines[i] = i % 2000 == 50 ? u"changed\n"_s : QString();
    const QString after = lines.join(QString());
    const QString diff = unifiedDiff(before, after, kLabels);
    QCOMPARE(editsOf(diff), 150);
    QVERIFY(applied(before, diff) == after);
}

QTEST_GUILESS_MAIN(TestLineDiff)
#include "tst_linediff.moc"
