// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/backoff.h"

#include <QTest>

using namespace interlock::openvpn;
using namespace std::chrono_literals;

class TestBackoff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void doublesUpToTheMost();
    void chanceAddsUpToAQuarter();
    void resetBeginsAgain();
};

void TestBackoff::doublesUpToTheMost()
{
    Backoff backoff(250ms, 5s);
    std::vector<std::chrono::milliseconds> waits;
    for (int count = 0; count < 7; ++count)
        waits.push_back(backoff.next(0));
    QCOMPARE(waits, (std::vector<std::chrono::milliseconds>{250ms, 500ms, 1s, 2s, 4s, 5s, 5s}));
}

void TestBackoff::chanceAddsUpToAQuarter()
{
    QCOMPARE(Backoff(1000ms, 5s).next(0.5), 1125ms);
    QCOMPARE(Backoff(1000ms, 5s).next(0.999), 1249ms);
    QCOMPARE(Backoff(1000ms, 5s).next(-3), 1000ms);
}

void TestBackoff::resetBeginsAgain()
{
    Backoff backoff(10ms, 5ms);
    QCOMPARE(backoff.next(0), 5ms);
    Backoff other(250ms, 5s);
    QCOMPARE(other.next(0), 250ms);
    QCOMPARE(other.next(0), 500ms);
    other.reset();
    QCOMPARE(other.next(0), 250ms);
}

QTEST_GUILESS_MAIN(TestBackoff)
#include "tst_backoff.moc"
