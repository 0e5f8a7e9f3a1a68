// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/commandqueue.h"

#include <QTest>

using namespace interlock;
using namespace interlock::openvpn;
using namespace Qt::StringLiterals;

namespace {

/// A queue whose replies note their command's number.
struct Bed
{
    CommandQueue queue;
    std::vector<int> told;

    void push(const ManagementCommand &command, int number)
    {
        Reply reply = [this, number](const Expected<Answer> &) { told.push_back(number); };
        QVERIFY(queue.push(command, reply));
    }
    /// Tells the reply of what is done. \returns its answer
    Expected<Answer> finish(Expected<std::optional<CommandQueue::Done>> outcome)
    {
        if (!outcome)
            return fail(outcome.error());
        if (!*outcome)
            return fail(ErrorKind::NotFound, u"not yet"_s);
        (*outcome)->reply((*outcome)->answer);
        return (*outcome)->answer;
    }
};

} // namespace

class TestCommandQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersBelongToTheOldestCommandThatWasSent();
    void nothingIsAwaitedBeforeItIsSent();
    void linesAreCollectedUntilTheEnd();
    void errorEndsACommandOfManyLines();
    void fewCommandsAreUnderWayAtATime();
    void answerWithoutACommandIsAMismatch();
    void answerWithoutAnEndIsAMismatch();
    void tooMuchWaitingIsRefused();
    void everyReplyIsHandedBack();
};

void TestCommandQueue::answersBelongToTheOldestCommandThatWasSent()
{
    Bed bed;
    bed.push(ManagementCommand::pid(), 1);
    bed.push(ManagementCommand::clientKill({4}), 2);
    QCOMPARE(bed.queue.takeNext(), std::optional("pid\n"_ba));
    QCOMPARE(bed.queue.takeNext(), std::optional("client-kill 4\n"_ba));
    QCOMPARE(bed.queue.takeNext(), std::nullopt);
    QCOMPARE(bed.queue.awaitedName(), u"pid"_s);
    QCOMPARE(bed.finish(bed.queue.accept(Success{u"pid=7"_s})).value(), (Answer{u"pid=7"_s, {}}));
    QCOMPARE(bed.queue.awaitedName(), u"client-kill"_s);
    const auto refused = bed.finish(bed.queue.accept(Failure{u"client-kill command failed"_s}));
    QCOMPARE(refused.error(), (Error{ErrorKind::BackendRefused, u"client-kill command failed"_s, {}}));
    QCOMPARE(bed.told, (std::vector{1, 2}));
    QVERIFY(!bed.queue.isAwaiting());
    QCOMPARE(bed.queue.size(), 0);
}

void TestCommandQueue::nothingIsAwaitedBeforeItIsSent()
{
    Bed bed;
    bed.push(ManagementCommand::status3(), 1);
    QVERIFY(!bed.queue.isAwaiting());
    QCOMPARE(bed.queue.awaited(), AnswerShape::None);
    QVERIFY(bed.queue.takeNext());
    QCOMPARE(bed.queue.awaited(), AnswerShape::MultiLine);
}

void TestCommandQueue::linesAreCollectedUntilTheEnd()
{
    Bed bed;
    bed.push(ManagementCommand::version(), 1);
    bed.push(ManagementCommand::state(), 2);
    QVERIFY(bed.queue.takeNext() && bed.queue.takeNext());
    QCOMPARE(bed.finish(bed.queue.accept(AnswerLine{"one"})).error().kind, ErrorKind::NotFound);
    QCOMPARE(bed.finish(bed.queue.accept(AnswerLine{"two"})).error().kind, ErrorKind::NotFound);
    QCOMPARE(bed.finish(bed.queue.accept(AnswerEnd{})).value(), (Answer{{}, "one\ntwo\n"}));
    QCOMPARE(bed.finish(bed.queue.accept(AnswerEnd{})).value(), (Answer{{}, ""}));
}

void TestCommandQueue::errorEndsACommandOfManyLines() // openvpn/FACTS.md 18
{
    Bed bed;
    bed.push(ManagementCommand::status3(), 1);
    bed.push(ManagementCommand::version(), 2);
    QVERIFY(bed.queue.takeNext() && bed.queue.takeNext());
    QVERIFY(bed.queue.accept(AnswerLine{"half"}));
    QCOMPARE(bed.finish(bed.queue.accept(Failure{u"x"_s})).error().kind, ErrorKind::BackendRefused);
    QCOMPARE(bed.finish(bed.queue.accept(AnswerEnd{})).value(), (Answer{{}, ""}));
}

void TestCommandQueue::fewCommandsAreUnderWayAtATime()
{
    Bed bed;
    for (int number = 0; number < 100; ++number)
        bed.push(ManagementCommand::pid(), number);
    std::size_t sent = 0;
    while (bed.queue.takeNext())
        ++sent;
    QCOMPARE(sent, CommandQueue::kWindow);
    QVERIFY(bed.finish(bed.queue.accept(Success{})));
    QVERIFY(bed.queue.takeNext());
    QVERIFY(!bed.queue.takeNext());
}

void TestCommandQueue::answerWithoutACommandIsAMismatch()
{
    Bed bed;
    QCOMPARE(bed.queue.accept(Success{}).error().kind, ErrorKind::BackendMismatch);
    bed.push(ManagementCommand::pid(), 1);
    QCOMPARE(bed.queue.accept(Success{}).error().kind, ErrorKind::BackendMismatch);
}

void TestCommandQueue::answerWithoutAnEndIsAMismatch()
{
    Bed bed;
    bed.push(ManagementCommand::status3(), 1);
    QVERIFY(bed.queue.takeNext());
    const AnswerLine line{QByteArray(LineReader::kMaxLine, 'x')};
    qsizetype accepted = 0;
    while (bed.queue.accept(line))
        accepted += line.text.size();
    QVERIFY(accepted > CommandQueue::kMaxAnswer / 2);
    QVERIFY(accepted < CommandQueue::kMaxAnswer);
}

void TestCommandQueue::tooMuchWaitingIsRefused()
{
    Bed bed;
    const std::vector<QString> lines(1000, QString(254, u'x'));
    const auto large = ManagementCommand::clientAuth({0}, {1}, lines).value();
    for (qsizetype bytes = large.bytes().size(); bytes <= CommandQueue::kMaxWaiting; bytes += large.bytes().size())
        bed.push(large, 1);
    int told = 0;
    Reply reply = [&told](const Expected<Answer> &) { ++told; };
    QCOMPARE(bed.queue.push(large, reply).error().kind, ErrorKind::Limit);
    QVERIFY(reply); // still the caller's to tell
    QVERIFY(bed.queue.takeNext());
    QVERIFY(bed.queue.push(large, reply));
}

void TestCommandQueue::everyReplyIsHandedBack()
{
    Bed bed;
    for (int number = 0; number < 40; ++number)
        bed.push(ManagementCommand::pid(), number);
    while (bed.queue.takeNext()) {
    }
    QCOMPARE(bed.queue.takeAll().size(), 40U);
    QCOMPARE(bed.queue.size(), 0);
    QVERIFY(!bed.queue.isAwaiting());
    bed.push(ManagementCommand::pid(), 1);
    QVERIFY(bed.queue.takeNext());
}

QTEST_GUILESS_MAIN(TestCommandQueue)
#include "tst_commandqueue.moc"
