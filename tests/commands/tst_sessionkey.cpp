// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/sessionkey.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestSessionKey : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itsTextIsReadBack_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("the first client of the first run") << u"berlin/1/0"_s;
        QTest::newRow("the greatest numbers") << u"vpn-1.a_b/9223372036854775807/9223372036854775807"_s;
    }
    void itsTextIsReadBack()
    {
        QFETCH(QString, text);
        const auto key = SessionKey::parse(text);
        QVERIFY(key);
        QCOMPARE(key->toString(), text);
        QVERIFY(SessionKey::parse(key->toString()) == *key);
    }

    void anythingElseIsRefused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"", "/", "//", "berlin", "berlin/1", "berlin/1/", "berlin//1", "/1/1", "berlin/1/1/1", "berlin/1/x",
              "berlin/-1/1", "berlin/+1/1", "berlin/01/1", "berlin/1/ 1", " berlin/1/1", "berlin/1/9223372036854775808",
              "ber lin/1/1", "berlin/1/0x1", "berlin/1/1e3"})
            QTest::addRow("'%s'", text) << QString::fromLatin1(text);
    }
    void anythingElseIsRefused()
    {
        QFETCH(QString, text);
        const auto key = SessionKey::parse(text);
        QVERIFY(!key);
        QVERIFY(key.error().kind == ErrorKind::Invalid);
    }

    void theyAreOrderedByNumberNotByText()
    {
        const auto key = [](const char *text) { return SessionKey::parse(QString::fromLatin1(text)).value(); };
        QVERIFY(key("a/2/1") < key("a/10/0"));
        QVERIFY(key("a/2/9") < key("a/2/10"));
        QVERIFY(key("a/9/9") < key("b/1/1"));
    }
};

QTEST_GUILESS_MAIN(TestSessionKey)
#include "tst_sessionkey.moc"
