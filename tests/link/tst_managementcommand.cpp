// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/managementcommand.h"

#include <rapidcheck.h>

#include <QTest>

#include <limits>

using namespace interlock;
using namespace interlock::openvpn;
using namespace Qt::StringLiterals;

namespace {

using Lines = std::vector<QString>;

constexpr auto kMaxBlockLine = ManagementCommand::kMaxBlockLine;

ErrorKind errorOf(const Expected<ManagementCommand> &command)
{
    return command ? ErrorKind::StoreCorrupt : command.error().kind; // no command fails with that
}

/// What the server makes of a quoted parameter: a backslash stands for the next byte. \source openvpn/FACTS.md 61
QByteArrayList serverWords(const QByteArray &line)
{
    QByteArrayList words;
    QByteArray word;
    bool isQuoted = false;
    bool isWord = false;
    for (qsizetype at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (c == '\\' && at + 1 < line.size()) {
            word += line[++at];
        } else if (c == '"') {
            isQuoted = !isQuoted;
            isWord = true;
        } else if (c == ' ' && !isQuoted) {
            if (isWord)
                words << word;
            word.clear();
            isWord = false;
        } else {
            word += c;
            isWord = true;
        }
    }
    if (isWord)
        words << word;
    return isQuoted ? QByteArrayList() : words;
}

QString anyText()
{
    // Mostly what is allowed, or else nothing would be left to look at.
    const auto units = *rc::gen::container<std::vector<char16_t>>(
        rc::gen::weightedOneOf<char16_t>({{40, rc::gen::inRange<char16_t>(u' ', u'\u007f')},
                                          {20, rc::gen::element(u'"', u'\\', u' ', u'#', u';', u'<', u'\'')},
                                          {10, rc::gen::inRange<char16_t>(u'\u00a0', u'\u0250')},
                                          {1, rc::gen::element(u'\n', u'\r', u'\t', u'\0', u'\u009b')}}));
    return QString::fromUtf16(units.data(), static_cast<qsizetype>(units.size()));
}

} // namespace

class TestManagementCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytesAndAnswersOfPlainCommands_data();
    void bytesAndAnswersOfPlainCommands();
    void clientAuthIsABlock();
    void clientAuthMayHaveNoLines();
    void linesThatTheServerWouldMisreadAreRefused_data();
    void linesThatTheServerWouldMisreadAreRefused();
    void tooManyLinesAreRefused();
    void denyQuotesItsReasons();
    void revokeTellsTheClientWhatAServerTells();
    void denyRefusesWhatEndsTheCommand_data();
    void denyRefusesWhatEndsTheCommand();
    void denyIsNeverLongerThanTheServerReads();
    void noTextEndsACommandBeforeItsTime();
    void passwordIsOneLine();
    void refusedTextIsNotRepeated();
    void nameHoldsNoParameter();
};

void TestManagementCommand::bytesAndAnswersOfPlainCommands_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    QTest::addColumn<bool>("isMultiLine");
    const auto add = [](const ManagementCommand &command, const char *expected, bool isMultiLine = false) {
        QTest::newRow(expected) << command.bytes() << QByteArray(expected) + '\n' << isMultiLine;
        QCOMPARE(command.answer(), isMultiLine ? AnswerShape::MultiLine : AnswerShape::SingleLine);
    };
    add(ManagementCommand::holdRelease(), "hold release");
    add(ManagementCommand::stateOn(), "state on");
    add(ManagementCommand::state(), "state", true);
    add(ManagementCommand::logOn(), "log on");
    add(ManagementCommand::logOff(), "log off");
    add(ManagementCommand::byteCount(std::chrono::seconds(5)), "bytecount 5");
    add(ManagementCommand::byteCount(std::chrono::seconds(-5)), "bytecount 0");
    add(ManagementCommand::byteCount(std::chrono::hours(99999)), "bytecount 86400");
    add(ManagementCommand::status3(), "status 3", true);
    add(ManagementCommand::version(), "version", true);
    add(ManagementCommand::pid(), "pid");
    add(ManagementCommand::envFilterOff(), "env-filter 0");
    add(ManagementCommand::clientAuthNt({3}, {1}), "client-auth-nt 3 1");
    add(ManagementCommand::clientKill({3}), "client-kill 3");
    add(ManagementCommand::clientKill({std::numeric_limits<qint64>::max()}, KillMessage::Halt),
        "client-kill 9223372036854775807 \"HALT\"");
    add(ManagementCommand::signal(ServerSignal::Hup), "signal SIGHUP");
    add(ManagementCommand::signal(ServerSignal::Term), "signal SIGTERM");
    add(ManagementCommand::signal(ServerSignal::Usr1), "signal SIGUSR1");
    add(ManagementCommand::signal(ServerSignal::Usr2), "signal SIGUSR2");
}

void TestManagementCommand::bytesAndAnswersOfPlainCommands()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, expected);
    QCOMPARE(bytes, expected);
}

void TestManagementCommand::clientAuthIsABlock()
{
    const Lines lines{u"ifconfig-push 10.8.0.11 255.255.255.0"_s,
                      u"push \"client-nat snat 192.168.1.0 255.255.255.224 100.64.0.0\""_s};
    const auto command = ManagementCommand::clientAuth({0}, {1}, lines).value();
    QCOMPARE(command.bytes(), "client-auth 0 1\nifconfig-push 10.8.0.11 255.255.255.0\n"
                              "push \"client-nat snat 192.168.1.0 255.255.255.224 100.64.0.0\"\nEND\n"_ba);
    QCOMPARE(command.answer(), AnswerShape::SingleLine);
}

void TestManagementCommand::clientAuthMayHaveNoLines()
{
    QCOMPARE(ManagementCommand::clientAuth({7}, {2}, {}).value().bytes(), "client-auth 7 2\nEND\n"_ba);
}

void TestManagementCommand::linesThatTheServerWouldMisreadAreRefused_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<ErrorKind>("expected");
    const auto none = ErrorKind::StoreCorrupt;
    // openvpn/FACTS.md 60
    QTest::newRow("end of the block") << u"END"_s << ErrorKind::Invalid;
    QTest::newRow("end with a blank") << u"END "_s << none;
    QTest::newRow("end in lower case") << u"end"_s << none;
    QTest::newRow("newline") << u"push \"a\nEND"_s << ErrorKind::Invalid;
    QTest::newRow("carriage return") << u"EN\rD"_s << ErrorKind::Invalid;
    // openvpn/FACTS.md 59: the server deletes these, so that an END appears
    QTest::newRow("tab") << u"E\tND"_s << ErrorKind::Invalid;
    QTest::newRow("zero") << u"EN"_s + QChar(u'\0') + u'D' << ErrorKind::Invalid;
    QTest::newRow("escape") << u"EN\u001bD"_s << ErrorKind::Invalid;
    QTest::newRow("delete") << u"EN\u007fD"_s << ErrorKind::Invalid;
    QTest::newRow("high control") << u"a\u009bb"_s << ErrorKind::Invalid;
    QTest::newRow("empty") << QString() << ErrorKind::Invalid;
    // openvpn/FACTS.md 63
    QTest::newRow("longest") << QString(kMaxBlockLine, u'x') << none;
    QTest::newRow("one byte too long") << QString(kMaxBlockLine + 1, u'x') << ErrorKind::Limit;
    QTest::newRow("longest in bytes") << QString(kMaxBlockLine / 2, u'\u015f') << none;
    QTest::newRow("too long in bytes only") << QString(kMaxBlockLine / 2 + 1, u'\u015f') << ErrorKind::Limit;
}

void TestManagementCommand::linesThatTheServerWouldMisreadAreRefused()
{
    QFETCH(const QString, line);
    QFETCH(const ErrorKind, expected);
    QCOMPARE(errorOf(ManagementCommand::clientAuth({0}, {1}, Lines{u"iroute 10.0.0.0 255.0.0.0"_s, line})), expected);
}

void TestManagementCommand::tooManyLinesAreRefused()
{
    Lines lines(ManagementCommand::kMaxBlockLines, u"x"_s);
    QVERIFY(ManagementCommand::clientAuth({0}, {1}, lines));
    lines.push_back(u"x"_s);
    QCOMPARE(errorOf(ManagementCommand::clientAuth({0}, {1}, lines)), ErrorKind::Limit);
}

void TestManagementCommand::denyQuotesItsReasons()
{
    QCOMPARE(ManagementCommand::clientDeny({38}, {1}, u"plain", u"plain client text").value().bytes(),
             "client-deny 38 1 \"plain\" \"plain client text\"\n"_ba);
    // As it was sent and understood: 12_command_bytes.txt
    QCOMPARE(ManagementCommand::clientDeny({39}, {1}, u"with \"escaped\" quotes", u"say \"hi\"").value().bytes(),
             "client-deny 39 1 \"with \\\"escaped\\\" quotes\" \"say \\\"hi\\\"\"\n"_ba);
    QCOMPARE(ManagementCommand::clientDeny({42}, {1}, u"back\\slash", u"x\\y").value().bytes(),
             "client-deny 42 1 \"back\\\\slash\" \"x\\\\y\"\n"_ba);
    QCOMPARE(ManagementCommand::clientDeny({43}, {1}, u"\u00fcn\u00ef").value().bytes(),
             "client-deny 43 1 \"\xc3\xbcn\xc3\xaf\"\n"_ba);
}

void TestManagementCommand::denyRefusesWhatEndsTheCommand_data()
{
    QTest::addColumn<QString>("reason");
    QTest::addColumn<ErrorKind>("expected");
    const auto none = ErrorKind::StoreCorrupt;
    QTest::newRow("newline, then a command") << u"bad\npid"_s << ErrorKind::Invalid;
    QTest::newRow("carriage return") << u"bad\rpid"_s << ErrorKind::Invalid;
    QTest::newRow("zero") << u"bad"_s + QChar(u'\0') << ErrorKind::Invalid;
    QTest::newRow("tab") << u"tab\there"_s << ErrorKind::Invalid;
    QTest::newRow("line separator") << u"a\u2028b"_s << ErrorKind::Invalid;
    // openvpn/FACTS.md 61
    QTest::newRow("longest") << QString(255, u'x') << none;
    QTest::newRow("too long") << QString(256, u'x') << ErrorKind::Limit;
    QTest::newRow("longest, all of quotes") << QString(255, u'"') << none;
    QTest::newRow("too long in bytes only") << QString(128, u'\u015f') << ErrorKind::Limit;
    QTest::newRow("empty") << QString() << none;
}

void TestManagementCommand::revokeTellsTheClientWhatAServerTells() // DECISIONS 35
{
    QCOMPARE(ManagementCommand::clientRevoke({7}, u"until \"noon\"").value().bytes(),
             "client-kill 7 \"AUTH_FAILED,until \\\"noon\\\"\"\n"_ba);
    QCOMPARE(ManagementCommand::clientRevoke({7}, QString(243, u'x')).value().bytes().size(), 272);
    QCOMPARE(errorOf(ManagementCommand::clientRevoke({7}, QString(244, u'x'))), ErrorKind::Limit);
    QCOMPARE(errorOf(ManagementCommand::clientRevoke({7}, u"x\nkill all")), ErrorKind::Invalid);
}

void TestManagementCommand::denyRefusesWhatEndsTheCommand()
{
    QFETCH(const QString, reason);
    QFETCH(const ErrorKind, expected);
    QCOMPARE(errorOf(ManagementCommand::clientDeny({0}, {1}, reason)), expected);
    QCOMPARE(errorOf(ManagementCommand::clientDeny({0}, {1}, u"r", reason)), expected);
}

void TestManagementCommand::denyIsNeverLongerThanTheServerReads() // openvpn/FACTS.md 62
{
    const QString quotes(255, u'"');
    QCOMPARE(errorOf(ManagementCommand::clientDeny({0}, {1}, quotes, quotes)), ErrorKind::Limit);
}

void TestManagementCommand::noTextEndsACommandBeforeItsTime()
{
    QVERIFY(rc::check("client-deny is one line of five words", [] {
        const auto reason = anyText();
        const auto clientReason = anyText();
        const auto command = ManagementCommand::clientDeny({5}, {6}, reason, clientReason);
        RC_PRE(command.has_value());
        RC_ASSERT(command->bytes().count('\n') == 1 && command->bytes().endsWith('\n'));
        QByteArrayList expected{"client-deny", "5", "6", reason.toUtf8()};
        if (!clientReason.isEmpty())
            expected << clientReason.toUtf8();
        RC_ASSERT(serverWords(command->bytes().chopped(1)) == expected);
    }));
    QVERIFY(rc::check("client-auth has as many lines as were given", [] {
        const auto lines = *rc::gen::container<Lines>(*rc::gen::inRange<std::size_t>(0, 6), rc::gen::exec(&anyText));
        const auto command = ManagementCommand::clientAuth({5}, {6}, lines);
        RC_PRE(command.has_value());
        QByteArray expected = "client-auth 5 6\n";
        for (const auto &line : lines)
            expected += line.toUtf8() + '\n';
        RC_ASSERT(command->bytes() == expected + "END\n");
        RC_ASSERT(command->bytes().count('\n') == static_cast<qsizetype>(lines.size()) + 2);
    }));
}

void TestManagementCommand::passwordIsOneLine()
{
    QCOMPARE(ManagementCommand::password("s3cr3t \"x\\y").value().bytes(), "s3cr3t \"x\\y\n"_ba);
    QCOMPARE(errorOf(ManagementCommand::password("")), ErrorKind::Invalid);
    QCOMPARE(errorOf(ManagementCommand::password("a\npid")), ErrorKind::Invalid);
    QCOMPARE(errorOf(ManagementCommand::password(QByteArray(1001, 'x'))), ErrorKind::Limit);
}

void TestManagementCommand::refusedTextIsNotRepeated()
{
    QVERIFY(!ManagementCommand::password("s3cr3t\n").error().detail.contains(u"s3cr3t"_s));
    QVERIFY(!ManagementCommand::clientDeny({0}, {1}, u"s3cr3t\n").error().detail.contains(u"s3cr3t"_s));
    QVERIFY(!ManagementCommand::clientAuth({0}, {1}, Lines{u"s3cr3t\n"_s}).error().detail.contains(u"s3cr3t"_s));
}

void TestManagementCommand::nameHoldsNoParameter()
{
    QCOMPARE(ManagementCommand::password("s3cr3t").value().name(), "password"_L1);
    QCOMPARE(ManagementCommand::clientDeny({0}, {1}, u"x").value().name(), "client-deny"_L1);
    QCOMPARE(ManagementCommand::clientAuth({0}, {1}, {}).value().name(), "client-auth"_L1);
}

QTEST_GUILESS_MAIN(TestManagementCommand)
#include "tst_managementcommand.moc"
