// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/exactjsonreader.h"

#include <QTest>

#include <rapidcheck.h>

using namespace interlock;

namespace {

ExactJson someJson(int depth)
{
    switch (*rc::gen::inRange(0, depth > 0 ? 8 : 6)) {
    case 0:
        return ExactJson();
    case 1:
        return *rc::gen::arbitrary<bool>();
    case 2:
        return ExactJson(quint64(*rc::gen::arbitrary<std::uint64_t>()));
    case 3:
        return ExactJson(qint64(*rc::gen::arbitrary<std::int64_t>()));
    case 4:
        return double(*rc::gen::inRange(-1000, 1000)) / 8;
    case 5: {
        const auto codes = *rc::gen::container<std::vector<char16_t>>(rc::gen::inRange(1, 0xd7ff));
        return QStringView(codes.data(), qsizetype(codes.size())).toUtf8();
    }
    case 6: {
        ExactJson::Array array;
        for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
            array.push_back(someJson(depth - 1));
        return array;
    }
    default: {
        ExactJson::Object object;
        for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
            object[QByteArray::number(*rc::gen::inRange(0, 99))] = someJson(depth - 1);
        return object;
    }
    }
}

} // namespace

class TestExactJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBack();
    void textIsWrittenAsAControllerDoes_data();
    void textIsWrittenAsAControllerDoes();
    void aMistakeIsNamedInTheControllersWords_data();
    void aMistakeIsNamedInTheControllersWords();
    void aHundredThousandBracketsAreNoTrouble();
};

void TestExactJson::whatIsWrittenIsReadBack()
{
    QVERIFY(rc::check("the same value", [] {
        const ExactJson value = someJson(3);
        const auto read = readExactJson(value.toText());
        RC_ASSERT(read.has_value());
        RC_ASSERT(*read == value);
    }));
}

void TestExactJson::textIsWrittenAsAControllerDoes_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("written");
    const auto row = [](const char *name, const QByteArray &sent, const QByteArray &written) {
        QTest::newRow(name) << sent << written;
    };
    row("the largest number", "18446744073709551615", "18446744073709551615"); // ZF 17, 19
    row("the smallest number", "-9223372036854775808", "-9223372036854775808");
    row("beyond them", "18446744073709551616", "1.8446744073709552e+19");
    row("a fraction", "12.70", "12.7");
    row("a whole fraction", "1e2", "100.0");
    row("sorted keys, blanks", " {\"b\" : [1 , 2] ,\n\t\"a\":{ } }\r\n", R"({"a":{},"b":[1,2]})");
    row("equal keys", R"({"a":1,"a":2})", R"({"a":2})");
    row("escapes", R"("\"\\\/\b\f\n\r\t\u0001\u00fc\ud83d\ude00")",
        "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\xc3\xbc\xf0\x9f\x98\x80\"");
    row("UTF-8", "\"B\xc3\xbcro\xe2\x80\x93\xe6\x9d\xb1\"", "\"B\xc3\xbcro\xe2\x80\x93\xe6\x9d\xb1\"");
    row("literals", "[true,false,null]", "[true,false,null]");
}

void TestExactJson::textIsWrittenAsAControllerDoes()
{
    QFETCH(const QByteArray, sent);
    QFETCH(const QByteArray, written);
    const auto value = readExactJson(sent);
    QVERIFY2(value, value ? "" : value.error().constData());
    QCOMPARE(value->toText(), written);
}

void TestExactJson::aMistakeIsNamedInTheControllersWords_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char *name, const QByteArray &sent, const QByteArray &words) {
        QTest::newRow(name) << sent << "[json.exception.parse_error.101] parse error at line " + words;
    };
    // Recorded in transcripts 02 and 05:
    row("nothing", "",
        "1, column 1: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal");
    row("an end too early", R"({"name": "x")",
        "1, column 13: syntax error while parsing object - unexpected end of input; expected '}'");
    row("no JSON", "name=x", "1, column 2: syntax error while parsing value - invalid literal; last read: 'na'");
    row("half a literal", R"({"authorized":tru)",
        "1, column 18: syntax error while parsing value - invalid literal; last read: '\"authorized\":tru'");
    row("no UTF-8",
        "{\"name\":\"a\xff\xfe"
        "b\"}",
        "1, column 11: syntax error while parsing value - invalid string: ill-formed UTF-8 byte; last read: '\"a\xff'");
    // Of the same kinds:
    row("on the second line", "{\n\"a\" 1}",
        "2, column 5: syntax error while parsing object separator - unexpected number literal; expected ':'");
    row("an end in an array", "[1,2",
        "1, column 5: syntax error while parsing array - unexpected end of input; expected ']'");
    row("something behind", "{} x",
        "1, column 4: syntax error while parsing value - invalid literal; last read: '{} x'; expected end of input");
    row("a number as a key", "{1:2}",
        "1, column 2: syntax error while parsing object key - unexpected number literal; expected string literal");
}

void TestExactJson::aMistakeIsNamedInTheControllersWords()
{
    QFETCH(const QByteArray, sent);
    QFETCH(const QByteArray, words);
    const auto value = readExactJson(sent);
    QVERIFY(!value);
    QCOMPARE(value.error(), words);
}

void TestExactJson::aHundredThousandBracketsAreNoTrouble() // transcript 08
{
    const QByteArray deep = QByteArray(100000, '[') + QByteArray(100000, ']');
    const auto value = readExactJson(deep);
    QVERIFY(value);
    QVERIFY(value->toText().startsWith("[[[["));
    QVERIFY(!readExactJson(deep.chopped(1)));
    QVERIFY(!readExactJson(deep + ']'));
}

QTEST_GUILESS_MAIN(TestExactJson)
#include "tst_exactjson.moc"
