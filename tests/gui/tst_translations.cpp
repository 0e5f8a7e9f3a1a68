// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/storewindow.h"

#include <QApplication>
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

struct Message
{
    QString source;
    QStringList texts;
    bool isPlural = false;
    bool isFinished = true;
};

std::vector<Message> messagesOf(const QString &language)
{
    QFile file(QStringLiteral(INTERLOCK_SOURCE_DIR) + u"/translations/interlock_%1.ts"_s.arg(language));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QXmlStreamReader xml(&file);
    std::vector<Message> messages;
    while (!xml.atEnd()) {
        if (!xml.readNextStartElement())
            continue;
        if (xml.name() == u"message"_s) {
            messages.push_back({});
            messages.back().isPlural = xml.attributes().value(u"numerus"_s) == u"yes"_s;
        } else if (xml.name() == u"source"_s) {
            messages.back().source = xml.readElementText();
        } else if (xml.name() == u"translation"_s) {
            messages.back().isFinished = !xml.attributes().hasAttribute(u"type"_s);
            if (!messages.back().isPlural)
                messages.back().texts += xml.readElementText();
        } else if (xml.name() == u"numerusform"_s) {
            messages.back().texts += xml.readElementText();
        }
    }
    return messages;
}

QStringList placeholders(const QString &text)
{
    static const QRegularExpression kPlaceholder(u"%(\\d|n)|\\.\\.\\."_s);
    QStringList found;
    for (auto it = kPlaceholder.globalMatch(text); it.hasNext();)
        found += it.next().captured();
    found.sort();
    return found;
}

} // namespace

class TestTranslations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTextIsTranslated_data();
    void everyTextIsTranslated();
    void placeholdersAreThoseOfTheSource_data() { everyTextIsTranslated_data(); }
    void placeholdersAreThoseOfTheSource();
    void englishCountsInSingularAndPlural();
    void aLanguageThatIsInstalledIsShown();
};

void TestTranslations::everyTextIsTranslated_data()
{
    QTest::addColumn<QString>("language");
    QTest::addColumn<int>("pluralForms");
    QTest::newRow("German") << u"de"_s << 2;
    QTest::newRow("Turkish") << u"tr"_s << 1;
}

void TestTranslations::everyTextIsTranslated()
{
    QFETCH(QString, language);
    QFETCH(int, pluralForms);
    const auto messages = messagesOf(language);
    QVERIFY(messages.size() > 80);
    for (const Message &message : messages) {
        QVERIFY2(message.isFinished, qPrintable(message.source));
        QCOMPARE(message.texts.size(), message.isPlural ? pluralForms : 1);
        for (const QString &text : message.texts)
            QVERIFY2(!text.isEmpty(), qPrintable(message.source));
    }
}

void TestTranslations::placeholdersAreThoseOfTheSource()
{
    QFETCH(QString, language);
    for (const Message &message : messagesOf(language)) {
        for (const QString &text : message.texts)
            QVERIFY2(placeholders(text) == placeholders(message.source), qPrintable(message.source));
    }
}

void TestTranslations::englishCountsInSingularAndPlural()
{
    int plurals = 0;
    for (const Message &message : messagesOf(u"en"_s)) {
        if (!message.isPlural)
            continue;
        ++plurals;
        QVERIFY2(message.isFinished && message.texts.size() == 2 && !message.texts.contains(QString()),
                 qPrintable(message.source));
    }
    QVERIFY(plurals > 0);
}

void TestTranslations::aLanguageThatIsInstalledIsShown()
{
    QTranslator translator;
    QVERIFY(translator.load(QLocale(QLocale::Turkish), u"interlock"_s, u"_"_s, u":/interlock/translations"_s));
    const QString english = titleOf(Table::Claims);
    QVERIFY(QApplication::installTranslator(&translator));
    const QString turkish = titleOf(Table::Claims);
    QApplication::removeTranslator(&translator);
    QVERIFY(turkish != english);
    QCOMPARE(titleOf(Table::Claims), english);
}

QTEST_MAIN(TestTranslations)
#include "tst_translations.moc"
