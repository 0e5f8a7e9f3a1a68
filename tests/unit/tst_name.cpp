// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/name.h"
#include "tests/support/hostilenames.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestName : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // openvpn/FACTS.md 56: what certificates can make OpenVPN report is a name, whatever it looks like
    void everyReportedHostileNameIsKeptAsItIs_data()
    {
        QTest::addColumn<QString>("text");
        const QStringList names = hostileCommonNames();
        QVERIFY2(names.size() >= 17, "the transcript has fewer names than were recorded");
        for (const QString &name : names) {
            if (!name.isEmpty())
                QTest::newRow(qPrintable(name)) << name;
        }
    }
    void everyReportedHostileNameIsKeptAsItIs()
    {
        QFETCH(QString, text);
        const auto name = CommonName::parse(text);
        QVERIFY2(name.has_value(), qPrintable(name ? QString() : name.error().detail));
        QCOMPARE(name->toString(), text);
    }

    void commonNamesOfOtherMakersAreKeptAsTheyAre_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("64 characters") << QString(64, u'x');
        QTest::newRow("64 characters outside the basic plane") << u"\U0001F682"_s.repeated(64);
        QTest::newRow("blanks inside") << u"branch  one two"_s;
        QTest::newRow("non-breaking blank inside") << u"a\u00a0b"_s;
        QTest::newRow("right to left") << u"فرع"_s;
    }
    void commonNamesOfOtherMakersAreKeptAsTheyAre()
    {
        QFETCH(QString, text);
        const auto name = CommonName::parse(text);
        QVERIFY2(name.has_value(), qPrintable(name ? QString() : name.error().detail));
        QCOMPARE(name->toString(), text);
    }

    void refusesWhatIsNoCommonName_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << QString();
        QTest::newRow("65 characters") << QString(65, u'x');
        QTest::newRow("65 characters outside the basic plane") << u"\U0001F682"_s.repeated(65);
        QTest::newRow("a line end") << u"a\nclient-auth 0 1"_s;
        QTest::newRow("a carriage return") << u"a\rb"_s;
        QTest::newRow("a tab, which would shift the columns of status 3") << u"a\tb"_s;
        QTest::newRow("a zero byte") << u"a"_s + QChar(u'\0') + u"b"_s;
        QTest::newRow("an escape sequence") << u"a\x1b[31mb"_s;
        QTest::newRow("DEL") << u"a\x7f"_s;
        QTest::newRow("a control character above ASCII") << u"a\u0085b"_s;
        QTest::newRow("a line separator") << u"a\u2028b"_s;
        QTest::newRow("half a surrogate pair") << u"a"_s + QChar(0xd83d) + u"b"_s;
        QTest::newRow("a leading blank") << u" a"_s;
        QTest::newRow("a trailing blank") << u"a "_s;
    }
    void refusesWhatIsNoCommonName()
    {
        QFETCH(QString, text);
        const auto name = CommonName::parse(text);
        QVERIFY(!name);
        QCOMPARE(name.error().kind, ErrorKind::Invalid);
        for (const QChar c : name.error().detail)
            QVERIFY2(c.isPrint(), "the message carries a control character to the terminal");
    }

    void instanceNamesAreSafeInSessionAndUnitNames_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isName");
        QTest::newRow("letters") << u"office"_s << true;
        QTest::newRow("all allowed marks") << u"Office-1_udp.main"_s << true;
        QTest::newRow("a digit first") << u"1194"_s << true;
        QTest::newRow("32 characters") << QString(32, u'x') << true;
        QTest::newRow("33 characters") << QString(33, u'x') << false;
        QTest::newRow("nothing") << QString() << false;
        QTest::newRow("a slash") << u"office/1"_s << false;
        QTest::newRow("a blank") << u"my office"_s << false;
        QTest::newRow("a dot first") << u".office"_s << false;
        QTest::newRow("a hyphen first") << u"-office"_s << false;
        QTest::newRow("a letter outside ASCII") << u"büro"_s << false;
        QTest::newRow("an @, which units split at") << u"a@b"_s << false;
    }
    void instanceNamesAreSafeInSessionAndUnitNames()
    {
        QFETCH(QString, text);
        QFETCH(bool, isName);
        const auto name = InstanceName::parse(text);
        QCOMPARE(name.has_value(), isName);
        if (name)
            QCOMPARE(name->toString(), text);
        else
            QCOMPARE(name.error().kind, ErrorKind::Invalid);
    }

    // CASES D11
    void nodeIdsAreLoweredAndChecked()
    {
        QCOMPARE(NodeId::parse(u"AABBCCDDEE"_s).value().toString(), u"aabbccddee"_s);
        for (const QString &text : {u"aabbccdde"_s, u"aabbccddeef"_s, u"0000000000"_s, u"ff00000001"_s, u"aabbccddeg"_s,
                                    u"aabbccddé1"_s, QString()}) {
            const auto id = NodeId::parse(text);
            QVERIFY2(!id, qPrintable(text));
            QCOMPARE(id.error().kind, ErrorKind::Invalid);
        }
    }

    void networkIdsAreLoweredAndChecked()
    {
        QCOMPARE(NetworkId::parse(u"8056C2E21C000001"_s).value().toString(), u"8056c2e21c000001"_s);
        for (const QString &text :
             {u"8056c2e21c00000"_s, u"8056c2e21c0000011"_s, QString(16, u'0'), u"8056c2e21c00000x"_s})
            QVERIFY2(!NetworkId::parse(text), qPrintable(text));
    }

    void namesCompareAsTheirText()
    {
        const auto name = [](const QString &text) { return CommonName::parse(text).value(); };
        QVERIFY(name(u"a"_s) < name(u"b"_s));
        QVERIFY(name(u"a"_s) < name(u"ab"_s));
        QVERIFY(name(u"A"_s) != name(u"a"_s));
        QCOMPARE(name(u"a"_s), name(u"a"_s));
    }
};

QTEST_GUILESS_MAIN(TestName)
#include "tst_name.moc"
