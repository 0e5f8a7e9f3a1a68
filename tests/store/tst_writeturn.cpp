// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/writeturn.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace interlock;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Longer than anything here lasts.
constexpr std::chrono::milliseconds kInTime = 60s;
/// Only to look whether the turn is there.
constexpr std::chrono::milliseconds kAtOnce = 0s;

bool await(WriteTurn &turn, std::chrono::milliseconds patience)
{
    QDeadlineTimer until(patience);
    return turn.await(until, patience);
}

} // namespace

class TestWriteTurn : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_store;

private Q_SLOTS:
    void init()
    {
        m_store = m_folder.filePath(QString::fromLatin1(QTest::currentTestFunction()));
        QFile file(m_store);
        QVERIFY(file.open(QIODevice::WriteOnly));
    }

    void whoCameFirstGoesFirst()
    {
        WriteTurn first(m_store);
        WriteTurn second(m_store);
        WriteTurn third(m_store);
        QVERIFY(await(first, kInTime));
        QVERIFY(!await(second, kAtOnce));
        QVERIFY(!await(third, kAtOnce));
        QVERIFY(await(first, kInTime)); // it is still its turn
        first.leave();
        QVERIFY(!await(third, kAtOnce));
        QVERIFY(await(second, kInTime));
        QVERIFY(!await(first, kAtOnce)); // again, at the end of the line
        second.leave();
        QVERIFY(await(third, kInTime));
        third.leave();
        QVERIFY(await(first, kInTime));
    }

    void whoWaitsIsSeenByTheOthersOnly()
    {
        WriteTurn first(m_store);
        WriteTurn second(m_store);
        QVERIFY(!first.isSomebodyWaiting());
        QVERIFY(await(first, kInTime));
        QVERIFY(second.isSomebodyWaiting());
        QVERIFY(!first.isSomebodyWaiting());
        first.leave();
        QVERIFY(!second.isSomebodyWaiting());
    }

    void whoEndsWaitsNoLonger()
    {
        WriteTurn last(m_store);
        {
            WriteTurn first(m_store);
            QVERIFY(await(first, kInTime));
            QVERIFY(!await(last, kAtOnce));
        }
        QVERIFY(await(last, kInTime));
    }

    void whoIsKilledWaitsNoLonger() // kill -9
    {
        std::array<int, 2> ends{};
        QCOMPARE(::pipe(ends.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            WriteTurn first(m_store);
            const char turn = await(first, kInTime) ? 'y' : 'n';
            (void)!::write(ends[1], &turn, 1);
            for (;;)
                ::pause();
        }
        QVERIFY(child > 0);
        char turn = 0;
        const auto said = ::read(ends[0], &turn, 1);
        WriteTurn last(m_store);
        const bool wasSeen = last.isSomebodyWaiting();
        const bool wasFirst = await(last, kAtOnce);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(ends[0]);
        ::close(ends[1]);
        QCOMPARE(said, 1);
        QCOMPARE(turn, 'y');
        QVERIFY(wasSeen && !wasFirst);
        QVERIFY(await(last, kInTime));
    }

    void whoIsStoppedIsPassedBy()
    {
        WriteTurn stopped(m_store);
        WriteTurn next(m_store);
        QVERIFY(await(stopped, kInTime));
        QVERIFY(await(next, kInTime)); // it shows no sign of life any more
        QVERIFY(!next.isSomebodyWaiting());
        next.leave();
        WriteTurn later(m_store);
        QVERIFY(!later.isSomebodyWaiting());
        QVERIFY(await(stopped, kInTime)); // and finds its turn there when it wakes up
    }

    void whereNoFileCanBeMadeNobodyWaits()
    {
        const QString nowhere = m_folder.filePath(u"no such folder/store"_s);
        WriteTurn first(nowhere);
        WriteTurn second(nowhere);
        QVERIFY(await(first, kInTime));
        QVERIFY(!second.isSomebodyWaiting());
        QVERIFY(await(second, kInTime));
        QVERIFY(!await(second, kAtOnce)); // the time that a statement has is kept to all the same
    }
};

QTEST_GUILESS_MAIN(TestWriteTurn)
#include "tst_writeturn.moc"
