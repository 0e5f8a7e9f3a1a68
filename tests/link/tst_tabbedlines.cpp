// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/tabbedlines.h"
#include "tests/support/generators.h"

#include <QByteArray>
#include <QTest>

using namespace interlock;
using namespace interlock::openvpn;

class TestTabbedLines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesAreCutIntoFields_data();
    void linesAreCutIntoFields();
    void fieldsAreThoseOfAPlainSearch();
    void fieldsBeyondTheMostAreLeftOut();
};

namespace {

using Lines = QList<QByteArrayList>;

Lines linesOf(const QByteArray &text)
{
    Lines found;
    TabbedLines lines({text.constData(), static_cast<std::size_t>(text.size())});
    while (lines.next()) {
        QByteArrayList fields;
        for (std::size_t field = 0; field < lines.size(); ++field)
            fields << QByteArray(lines[field].data(), static_cast<qsizetype>(lines[field].size()));
        const auto whole = lines.line();
        found << fields;
        if (QByteArray(whole.data(), static_cast<qsizetype>(whole.size())) != fields.join('\t'))
            found << QByteArrayList{"the line is another"};
    }
    return found;
}

/// What linesOf() should say.
Lines searchedIn(QByteArray text)
{
    if (text.endsWith('\n'))
        text.chop(1);
    else if (text.isEmpty())
        return {};
    Lines found;
    for (QByteArray line : text.split('\n')) {
        if (line.endsWith('\r'))
            line.chop(1);
        found << line.split('\t');
    }
    return found;
}

} // namespace

void TestTabbedLines::linesAreCutIntoFields_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<Lines>("expected");
    QTest::newRow("nothing") << QByteArray() << Lines{};
    QTest::newRow("an empty line") << QByteArray("\n") << Lines{{""}};
    QTest::newRow("LF and CRLF") << QByteArray("a\tb\nc\td\r\n") << Lines{{"a", "b"}, {"c", "d"}};
    QTest::newRow("the last without an end") << QByteArray("a\nb\t") << Lines{{"a"}, {"b", ""}};
    QTest::newRow("empty fields") << QByteArray("\t\ta\t\r\n") << Lines{{"", "", "a", ""}};
    QTest::newRow("a CR inside") << QByteArray("a\rb\t\rc\r\r\n") << Lines{{"a\rb", "\rc\r"}};
}

void TestTabbedLines::linesAreCutIntoFields()
{
    QFETCH(const QByteArray, text);
    QFETCH(const Lines, expected);
    QCOMPARE(linesOf(text), expected);
}

void TestTabbedLines::fieldsAreThoseOfAPlainSearch()
{
    QVERIFY(rc::check("as a search finds them", [] {
        const auto bytes = *rc::gen::container<std::string>(
            rc::gen::weightedElement<char>({{6, 'a'}, {3, '\t'}, {2, '\n'}, {1, '\r'}, {1, '\xff'}, {1, '\0'}}));
        const QByteArray text(bytes.data(), static_cast<qsizetype>(bytes.size()));
        const auto expected = searchedIn(text);
        for (const auto &line : expected)
            RC_PRE(line.size() <= static_cast<qsizetype>(TabbedLines::kMost));
        RC_ASSERT(linesOf(text) == expected);
    }));
}

void TestTabbedLines::fieldsBeyondTheMostAreLeftOut()
{
    const auto text = QByteArray("f\t").repeated(40) + "last\nnext\n";
    TabbedLines lines({text.constData(), static_cast<std::size_t>(text.size())});
    QVERIFY(lines.next());
    QCOMPARE(lines.size(), TabbedLines::kMost + 1);
    QCOMPARE(lines[TabbedLines::kMost - 1], std::string_view("f"));
    QCOMPARE(lines[TabbedLines::kMost], std::string_view());
    QVERIFY(lines.next());
    QCOMPARE(lines.size(), 1U);
    QCOMPARE(lines[0], std::string_view("next"));
}

QTEST_GUILESS_MAIN(TestTabbedLines)
#include "tst_tabbedlines.moc"
