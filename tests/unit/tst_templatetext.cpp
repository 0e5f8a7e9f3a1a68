// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/templatetext.h"

#include "model/rules/variables.h"

#include <QJsonArray>
#include <QTest>

#include <rapidcheck.h>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

using Values = QHash<QString, QString>;

/// The result, or the kind of the error behind an exclamation mark.
QString rendered(QStringView text, const Values &values = {})
{
    const auto result = renderTemplate(text, values);
    return result ? result->text : u'!' + nameOf(result.error().kind);
}

QString checksumOf(QStringView text, const Values &values)
{
    return renderTemplate(text, values).value().checksum;
}

QJsonObject at(int line, int column)
{
    return {{u"line"_s, line}, {u"column"_s, column}};
}

QJsonObject undefined(const QString &name, int line, int column)
{
    QJsonObject object = at(line, column);
    object.insert(u"name"_s, name);
    return object;
}

/// Texts that are full of braces, names, blanks and line ends.
rc::Gen<QString> braceText()
{
    const auto piece = rc::gen::elementOf(std::vector<QString>{u"{"_s, u"{{"_s, u"}"_s, u"}}"_s, u"a"_s, u"b_1"_s,
                                                               u" "_s, u"\n"_s, u"\r\n"_s, u"ß"_s, u"😀"_s, u"|"_s});
    return rc::gen::map(rc::gen::container<std::vector<QString>>(piece), [](const std::vector<QString> &pieces) {
        QString text;
        for (const QString &each : pieces)
            text += each;
        return text;
    });
}

} // namespace

class TestTemplateText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void valuesStandWhereTheirNamesStood_data();
    void valuesStandWhereTheirNamesStood();
    void whatWasUsedIsTold();
    void allUndefinedVariablesAreNamedWithTheirPlaces();
    void columnsCountCharacters();
    void faultsAreRefused_data();
    void faultsAreRefused();
    void allFaultsAreFoundAtOnce();
    void aFaultHidesNoGoodName();
    void aValueIsNotExpandedAgain();
    void aRenameChangesOnlyWhatUsesTheName();
    void theChecksumIsThatOfTheBytes();
    void sizesAreBounded();
    void whatIsNoUnicodeIsRefused();
    void everyTextHasATemplate();
    void everyTemplateIsRenderedOrRefusedForAReason();
};

void TestTemplateText::valuesStandWhereTheirNamesStood_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << QString() << QString();
    QTest::newRow("no expression") << u"hello\n"_s << u"hello\n"_s;
    QTest::newRow("blanks around the name") << u"{{ a }}{{a}}{{\ta  }}"_s << u"AAA"_s;
    QTest::newRow("line ends stay") << u"x {{ a }}\r\n{{ a }}\n\r{{ a }}"_s << u"x A\r\nA\n\rA"_s;
    QTest::newRow("an empty value") << u"[{{ empty }}]"_s << u"[]"_s;
    QTest::newRow("upper case of a label") << u"{{ OW_subnet1_ip1 }}"_s << u"10.0.0.1"_s;
    QTest::newRow("closing braces are text") << u"{\"x\":{\"y\":{{ a }}}}"_s << u"{\"x\":{\"y\":A}}"_s;
    QTest::newRow("single braces are text") << u"if (x) { y; }"_s << u"if (x) { y; }"_s;
    QTest::newRow("only closed") << u"}} {{ a }}"_s << u"}} A"_s;
    QTest::newRow("1 brace") << u"{ a }"_s << u"{ a }"_s;
    QTest::newRow("3 braces: one and a value") << u"${{{ a }}}"_s << u"${A}"_s;
    QTest::newRow("4 braces: two") << u"{{{{ a }}"_s << u"{{ a }}"_s;
    QTest::newRow("5 braces: three") << u"{{{{{ a }}"_s << u"{{{ a }}"_s;
    QTest::newRow("6 braces: two and a value") << u"{{{{{{ a }}"_s << u"{{A"_s;
    QTest::newRow("7 braces: three and a value") << u"{{{{{{{ a }}"_s << u"{{{A"_s;
    QTest::newRow("8 braces: four") << u"{{{{{{{{ a }}"_s << u"{{{{ a }}"_s;
    QTest::newRow("the end of the text is behind a brace") << u"{{ a }}{"_s << u"A{"_s;
}

void TestTemplateText::valuesStandWhereTheirNamesStood()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    const Values values{{u"a"_s, u"A"_s}, {u"empty"_s, QString()}, {u"OW_subnet1_ip1"_s, u"10.0.0.1"_s}};
    QCOMPARE(rendered(text, values), expected);
}

void TestTemplateText::whatWasUsedIsTold()
{
    const QString text = u"{{ b }} {{ a }} {{ b }} {{{{ c }}"_s;
    const auto result = renderTemplate(text, {{u"a"_s, u"1"_s}, {u"b"_s, u"2"_s}, {u"c"_s, u"3"_s}});
    const std::vector expected{u"a"_s, u"b"_s};
    QVERIFY(result);
    QCOMPARE(result->used, expected);
    QCOMPARE(variablesOf(text), expected);
}

void TestTemplateText::allUndefinedVariablesAreNamedWithTheirPlaces()
{
    const auto result = renderTemplate(u"{{ a }}\n  {{ x }}, {{ y }}\r\n{{ x }}", {{u"a"_s, u"A"_s}});
    QVERIFY(!result);
    QCOMPARE(nameOf(result.error().kind), u"notFound"_s);
    QCOMPARE(result.error().detail,
             u"the template uses variables that have no value: x (line 2, column 3), y (line 2, column 12)"_s);
    const QJsonArray expected{undefined(u"x"_s, 2, 3), undefined(u"y"_s, 2, 12), undefined(u"x"_s, 3, 1)};
    QCOMPARE(result.error().payload.value("undefined"_L1).toArray(), expected);
}

void TestTemplateText::columnsCountCharacters()
{
    const auto result = renderTemplate(u"ß😀{{ x }}", {});
    QVERIFY(!result);
    QCOMPARE(result.error().payload.value("undefined"_L1).toArray(), QJsonArray{undefined(u"x"_s, 1, 3)});
}

void TestTemplateText::faultsAreRefused_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    QTest::addColumn<QString>("what");
    const QString unclosed = u"'{{' is not closed on its line"_s;
    const QString braces = u"braces stand inside of an expression"_s;
    QTest::newRow("unclosed at the end") << u"x\ny {{ a"_s << 2 << 3 << unclosed;
    QTest::newRow("unclosed, nothing behind it") << u"{{"_s << 1 << 1 << unclosed;
    QTest::newRow("closed on the next line") << u"{{ a\n}}"_s << 1 << 1 << unclosed;
    QTest::newRow("closed behind a carriage return") << u"{{ a\r}}"_s << 1 << 1 << unclosed;
    QTest::newRow("closed once") << u"{{ a }\n"_s << 1 << 1 << unclosed;
    QTest::newRow("nested") << u"{{ {{ a }} }}"_s << 1 << 1 << braces;
    QTest::newRow("a second one opened before the first is closed") << u"{{ a {{ a }}"_s << 1 << 1 << braces;
    QTest::newRow("a brace behind the name") << u"{{ a } }}"_s << 1 << 1 << braces;
    QTest::newRow("no name") << u"a {{  }}"_s << 1 << 3 << u"an expression has no name"_s;
    QTest::newRow("no name and no blank") << u"{{}}"_s << 1 << 1 << u"an expression has no name"_s;
    const auto badName = [](const QString &name) { return checkVariableName(name).error().detail; };
    QTest::newRow("a filter") << u"{{ a|upper }}"_s << 1 << 1 << badName(u"a|upper"_s);
    QTest::newRow("a digit first") << u"{{ 1a }}"_s << 1 << 1 << badName(u"1a"_s);
    QTest::newRow("a blank that is none") << u"{{\u00a0a }}"_s << 1 << 1 << badName(u"\u00a0a"_s);
    QTest::newRow("behind an escape") << u"{{{{ {{ - }}"_s << 1 << 6 << badName(u"-"_s);
    QTest::newRow("in a run") << u"{{{{{{ - }}"_s << 1 << 5 << badName(u"-"_s);
}

void TestTemplateText::faultsAreRefused()
{
    QFETCH(QString, text);
    QFETCH(int, line);
    QFETCH(int, column);
    QFETCH(QString, what);
    const auto checked = checkTemplateText(text);
    QVERIFY(!checked);
    QJsonObject fault = at(line, column);
    fault.insert(u"what"_s, what);
    QJsonObject payload = at(line, column);
    payload.insert(u"faults"_s, QJsonArray{fault});
    const Error expected{ErrorKind::Invalid, u"line %1, column %2 of the template: "_s.arg(line).arg(column) + what,
                         payload};
    QCOMPARE(checked.error().detail, expected.detail);
    QCOMPARE(checked.error(), expected);
    QCOMPARE(renderTemplate(text, {{u"a"_s, u"A"_s}}).error(), expected);
}

void TestTemplateText::allFaultsAreFoundAtOnce()
{
    const auto checked = checkTemplateText(u"{{ a {{ b {\n{{ a }} {{ }}\n{{ b-c }}{{ x");
    QVERIFY(!checked);
    QCOMPARE(checked.error().detail,
             u"line 1, column 1 of the template: '{{' is not closed on its line (and 3 more faults)"_s);
    QStringList places;
    for (const auto &fault : checked.error().payload.value("faults"_L1).toArray())
        places += u"%1:%2"_s.arg(fault["line"_L1].toInt()).arg(fault["column"_L1].toInt());
    QCOMPARE(places, (QStringList{u"1:1"_s, u"2:9"_s, u"3:1"_s, u"3:10"_s}));
}

void TestTemplateText::aFaultHidesNoGoodName()
{
    QCOMPARE(variablesOf(u"{{ a\n{{ b }} {{ }} {{ c|d }} {{ e }} {{ {{ f }} }}"), (std::vector{u"b"_s, u"e"_s}));
}

void TestTemplateText::aValueIsNotExpandedAgain()
{
    const Values values{{u"a"_s, u"{{ b }}"_s}, {u"b"_s, u"secret"_s}, {u"brace"_s, u"{"_s}};
    QCOMPARE(rendered(u"{{ a }}", values), u"{{ b }}"_s);
    QCOMPARE(rendered(u"{{ brace }}{{ brace }} b }}", values), u"{{ b }}"_s);
}

// CASES:V7
void TestTemplateText::aRenameChangesOnlyWhatUsesTheName()
{
    NetworkPlace place{.key = u"hq"_s,
                       .subnet = Prefix::parse(u"10.0.0.0/16").value(),
                       .address = Address::parse(u"10.0.0.2").value(),
                       .routes = {{Prefix::parse(u"10.0.0.0/16").value()}},
                       .networkName = u"Head office"_s};
    const auto values = [&place] {
        Values all;
        const VariableSource source{VariableScope::Network, place.key, networkVariables({&place, 1}).values};
        for (const auto &each : resolveVariables({&source, 1}))
            all.insert(each.name, each.value);
        return all;
    };
    const Values before = values();
    place.networkName = u"Main site"_s;
    const Values after = values();
    const QString plain = u"address {{ ip_address }}/{{ vpn_child_prefixlen_hq }}\n"_s;
    const QString named = u"# {{ vpn_name_hq }}\n"_s + plain;
    QCOMPARE(checksumOf(plain, after), checksumOf(plain, before));
    QVERIFY(checksumOf(named, after) != checksumOf(named, before));
    QCOMPARE(rendered(named, after), u"# Main site\naddress 10.0.0.2/16\n"_s);
}

void TestTemplateText::theChecksumIsThatOfTheBytes()
{
    // From sha256sum, of nothing, of "abc" and of the UTF-8 bytes of "ß" with CR LF.
    QCOMPARE(textChecksum(u""), u"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"_s);
    QCOMPARE(textChecksum(u"abc"), u"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"_s);
    QCOMPARE(textChecksum(u"ß\r\n"), u"2a5090bb0aac48011311bae959004ab5f22c679b78917dbefde2938e50d48b6c"_s);
    QCOMPARE(checksumOf(u"{{ a }}", {{u"a"_s, u"abc"_s}}), textChecksum(u"abc"));
}

void TestTemplateText::sizesAreBounded()
{
    QCOMPARE(rendered(QString(kMaxTemplateLength, u'x')).size(), kMaxTemplateLength);
    QCOMPARE(rendered(QString(kMaxTemplateLength + 1, u'x')), u"!limit"_s);
    const Values values{{u"a"_s, QString(kMaxRenderingLength / 8, u'x')}};
    QCOMPARE(rendered(QString(u"{{ a }}"_s).repeated(8), values).size(), kMaxRenderingLength);
    QCOMPARE(rendered(QString(u"{{ a }}"_s).repeated(8) + u'x', values), u"!limit"_s);
    QCOMPARE(rendered(QString(u"{{ a }}"_s).repeated(9), values), u"!limit"_s);
}

void TestTemplateText::whatIsNoUnicodeIsRefused()
{
    const QString half(QChar(0xd800));
    QCOMPARE(rendered(half), u"!invalid"_s);
    QCOMPARE(rendered(u"{{ a }}", {{u"a"_s, half}}), u"!invalid"_s);
    QCOMPARE(rendered(u"x", {{u"a"_s, half}}), u"x"_s);
}

void TestTemplateText::everyTextHasATemplate()
{
    QVERIFY(rc::check([] {
        const QString text = *braceText();
        RC_ASSERT(rendered(escapedTemplateText(text)) == text);
        RC_ASSERT(variablesOf(escapedTemplateText(text)).empty());
        // Also right before a value: braces of the text and of the expression stay apart.
        RC_ASSERT(rendered(escapedTemplateText(text) + u"{{ v }}"_s, {{u"v"_s, u"-"_s}}) == text + u'-');
    }));
}

void TestTemplateText::everyTemplateIsRenderedOrRefusedForAReason()
{
    QVERIFY(rc::check([] {
        const QString text = *braceText();
        const auto names = variablesOf(text);
        const auto checked = checkTemplateText(text);
        const auto bare = renderTemplate(text, {});
        if (!checked) {
            RC_ASSERT(bare == tl::unexpected(checked.error()));
            return;
        }
        RC_ASSERT(bare.has_value() == names.empty());
        Values values;
        for (const QString &name : names)
            values.insert(name, u"{{ "_s + name + u" }}"_s);
        // What has no escapes renders to itself with such values, but for blanks around the names.
        const auto result = renderTemplate(text, values);
        RC_ASSERT(result.has_value());
        RC_ASSERT(result->used == names);
        RC_ASSERT(result->checksum == textChecksum(result->text));
        if (!text.contains(u"{{{"_s))
            RC_ASSERT(variablesOf(result->text) == names);
    }));
}

QTEST_GUILESS_MAIN(TestTemplateText)
#include "tst_templatetext.moc"
