// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/storeproof.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTest>

#include <map>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kProcesses = 16;
constexpr int kRequests = 1000;
/// For processes that stopped; a slow machine is only slow, and the test as a whole has a limit of its own.
constexpr int kSeconds = 3600;

/// What the processes were told.
struct Answers
{
    qint64 count = 0;
    QSet<qint64> journal;
    qint64 unchanged = 0;
    qint64 longest = 0;                   ///< milliseconds from the question to the answer
    std::map<QString, QString> claims;    ///< "cn real" to virtual
    std::map<QString, QString> addresses; ///< cn, or the holder in a subnet, to address
    std::map<qint64, QString> sets;       ///< journal number to "cn prefixes"

    void add(const QString &line)
    {
        const QStringList words = line.split(u' ');
        if (words[0] == u"longest"_s)
            longest = std::max(longest, words[1].toLongLong());
        if (words.size() < 4)
            return; // "ready"
        ++count;
        if (words[1] == u"-"_s)
            ++unchanged;
        else
            journal.insert(words[1].toLongLong());
        if (words[0] == u"claim"_s)
            claims[words[2] + u' ' + words[3]] = words[4];
        else if (words[0] == u"allocation"_s || words[0] == u"address"_s)
            addresses[words[2]] = words[3];
        else if (words[1] != u"-"_s)
            sets[words[1].toLongLong()] = words[2] + u' ' + words[3];
    }
};

template <typename R>
std::vector<R> rowsOf(Store &store)
{
    std::vector<R> rows;
    for (const Row &row : allRows(store)) {
        if (const auto *found = std::get_if<R>(&row))
            rows.push_back(*found);
    }
    return rows;
}

} // namespace

class TestRace : public QObject
{
    Q_OBJECT

private:
    Answers m_answers;

    void run(const StorePlace &place, const QString &workload, int count)
    {
        std::vector<std::unique_ptr<Workload>> processes;
        for (int i = 0; i < count; ++i)
            processes.push_back(std::make_unique<Workload>(
                place.url(), workload, QStringList{QString::number(i), QString::number(kRequests)}));
        for (const auto &process : processes)
            QVERIFY(process->waitForLine("ready"));
        QElapsedTimer timer;
        timer.start();
        for (const auto &process : processes)
            process->begin();
        for (const auto &process : processes) {
            QVERIFY(process->waitForEnd(kSeconds));
            QCOMPARE(process->exitCode(), 0);
        }
        const auto elapsed = static_cast<double>(timer.elapsed()) / 1000.0;
        m_answers = {};
        for (const auto &process : processes) {
            for (const QString &line : process->lines())
                m_answers.add(line);
        }
        qInfo("%d processes x %d requests: %.1f s, the longest wait of any of them %.1f s", count, kRequests, elapsed,
              static_cast<double>(m_answers.longest) / 1000.0);
    }

private Q_SLOTS:
    void whatWasAnsweredIsThereAndNothingOverlaps_data() { addDialectRows(); }
    void whatWasAnsweredIsThereAndNothingOverlaps() // SOURCES S2, S5, S6, S10
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        run(place, u"race"_s, kProcesses);
        if (QTest::currentTestFailed())
            return;
        QCOMPARE(m_answers.count, kProcesses * kRequests);

        // The journal has one entry for each answer that says so, in one row of numbers; the instance is the first.
        QCOMPARE(m_answers.journal.size() + m_answers.unchanged, m_answers.count);
        const auto info = await(store->info());
        VERIFY_OK(info);
        QCOMPARE(info->head.value, m_answers.journal.size() + 1);
        QCOMPARE(findings(*store), QStringList());

        // Every verdict and every address as it was told, and no others.
        std::map<QString, QString> claims;
        for (const ClaimRow &row : rowsOf<ClaimRow>(*store))
            claims[row.cn.toString() + u' ' + row.real.toString()] = row.virtualPrefix.toString();
        QVERIFY(claims == m_answers.claims);
        std::map<QString, QString> addresses;
        QSet<QString> distinct;
        for (const AllocationRow &row : rowsOf<AllocationRow>(*store)) {
            addresses[row.cn.toString()] = row.address.toString();
            distinct.insert(row.address.toString());
        }
        QVERIFY(addresses == m_answers.addresses);
        QCOMPARE(static_cast<std::size_t>(distinct.size()), addresses.size());

        // Of each set of iroutes the last one that the journal has.
        std::map<QString, QString> last;
        for (const auto &[number, set] : m_answers.sets)
            last[set.section(u' ', 0, 0)] = set.section(u' ', 1);
        std::map<QString, QString> iroutes;
        for (const IrouteRow &row : rowsOf<IrouteRow>(*store))
            iroutes[row.cn.toString()] +=
                (iroutes[row.cn.toString()].isEmpty() ? QString() : u","_s) + row.prefix.toString();
        QVERIFY(iroutes == last);
    }

    void twoProcessesAreNeverGivenOneAddressOfASubnet_data() { addDialectRows(); }
    void twoProcessesAreNeverGivenOneAddressOfASubnet() // CASES A8
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        AddSubnet subnet;
        subnet.subnet.prefix = prefix("10.0.0.0/20");
        VERIFY_OK(submit(*store, subnet));
        run(place, u"addresses"_s, 2);
        if (QTest::currentTestFailed())
            return;
        QCOMPARE(m_answers.count, 2 * kRequests);
        QCOMPARE(m_answers.journal.size(), 2 * kRequests);
        QSet<QString> distinct;
        for (const auto &[holder, address] : m_answers.addresses)
            distinct.insert(address);
        QCOMPARE(distinct.size(), 2 * kRequests);
        // Both asked for the lowest, so there is no hole; and each has what it was told.
        std::map<QString, QString> stored;
        Address last = address("10.0.0.0");
        for (const AddressRow &row : rowsOf<AddressRow>(*store)) {
            stored[row.holder] = row.address.toString();
            last = std::max(last, row.address);
        }
        QVERIFY(stored == m_answers.addresses);
        QCOMPARE(last, address("10.0.7.208")); // the 2,000th after the network address
        QCOMPARE(findings(*store), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestRace)
#include "tst_race.moc"
