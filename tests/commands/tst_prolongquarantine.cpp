// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/revertible.h"
#include "tests/support/desk.h"

#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

/// A desk with the instance `main`, on which b had 100.64.0.0/24 and c 100.64.1.0/24; both were released now.
struct FreedDesk : Desk
{
    explicit FreedDesk(const QString &hours = {})
    {
        addInstance(u"main", {u"10.8.0.0/24"_s});
        if (!hours.isEmpty())
            run(SetSetting{u"quarantineHours"_s, hours});
        for (const auto *cn : {u"a", u"b", u"c"})
            resolve(QStringView(cn), u"192.168.1.0/24");
        release(u"b", u"192.168.1.0/24");
        released = head();
        release(u"c", u"192.168.1.0/24");
        freed = now;
    }

    QString prolong(const QStringList &blocks) { return run(ProlongQuarantine{iname(u"main"), pfxs(blocks)}); }
    /// How long each block is kept back from the moment on in which it was freed, in minutes: "100.64.0.0/24 1440".
    [[nodiscard]] QStringList ends() const
    {
        QStringList list;
        for (const QuarantineRow &row : topology.rows<QuarantineRow>()) {
            const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(row.until - freed);
            list += row.carveOut.toString() + u' ' + QString::number(minutes.count());
        }
        return list;
    }

    JournalId released; ///< the entry of b's release
    Timestamp freed;
};

} // namespace

/// The quarantine of a block that a live session still has. SEMANTICS.md 2
class TestProlongQuarantine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itIsProlongedByAsLongAgain_data()
    {
        QTest::addColumn<QString>("hours");
        QTest::addColumn<int>("minutesToTheEnd");
        QTest::addColumn<int>("prolongedBy");
        QTest::newRow("a day by default") << "" << 24 * 60 << 24 * 60;
        QTest::newRow("two hours") << "2" << 2 * 60 << 2 * 60;
        QTest::newRow("a week") << "168" << 168 * 60 << 168 * 60;
        QTest::newRow("none: an hour at least") << "0" << 5 << 60;
    }
    void itIsProlongedByAsLongAgain()
    {
        QFETCH(QString, hours);
        QFETCH(int, minutesToTheEnd);
        QFETCH(int, prolongedBy);
        FreedDesk d(hours);
        QCOMPARE(d.ends(),
                 (QStringList{u"100.64.0.0/24 %1"_s.arg(minutesToTheEnd), u"100.64.1.0/24 %1"_s.arg(minutesToTheEnd)}));
        d.pass(std::chrono::minutes(minutesToTheEnd - 2));
        QCOMPARE(d.prolong({u"100.64.1.0/24"_s}), u"accepted"_s);
        const int end = minutesToTheEnd - 2 + prolongedBy;
        QCOMPARE(d.ends(), (QStringList{u"100.64.0.0/24 %1"_s.arg(minutesToTheEnd), u"100.64.1.0/24 %1"_s.arg(end)}));
        d.pass(2min);
        QCOMPARE(d.resolve(u"d", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
        QCOMPARE(d.resolve(u"e", u"192.168.1.0/24"), u"100.64.2.0/24"_s);
        d.pass(std::chrono::minutes(prolongedBy));
        QCOMPARE(d.resolve(u"f", u"192.168.1.0/24"), u"100.64.1.0/24"_s);
    }

    void oneThatHasEndedAndIsStillFreeIsTakenBack()
    {
        FreedDesk d;
        d.pass(48h);
        QCOMPARE(d.prolong({u"100.64.0.0/24"_s}), u"accepted"_s);
        QCOMPARE(d.resolve(u"d", u"192.168.1.0/24"), u"100.64.1.0/24"_s);
    }

    void whatSomebodyHasByNowIsLeftAlone()
    {
        FreedDesk d;
        d.pass(48h);
        d.resolve(u"d", u"192.168.1.0/24");
        const QStringList before = d.fingerprint();
        const auto entries = d.journal.size();
        QCOMPARE(d.prolong({u"100.64.0.0/24"_s, u"100.66.0.0/27"_s}), u"accepted"_s);
        QCOMPARE(d.fingerprint(), before);
        QCOMPARE(d.journal.size(), entries);
    }

    void sayingItTwiceIsSayingItOnce()
    {
        FreedDesk d;
        d.pass(24h - 1min);
        QCOMPARE(d.prolong({u"100.64.0.0/24"_s}), u"accepted"_s);
        const QStringList before = d.ends();
        const auto entries = d.journal.size();
        d.pass(1min); // the owner of another instance, a moment later
        QCOMPARE(d.prolong({u"100.64.0.0/24"_s}), u"accepted"_s);
        QCOMPARE(d.ends(), before);
        QCOMPARE(d.journal.size(), entries);
    }

    void theWholeListIsOneEntry()
    {
        FreedDesk d;
        const auto entries = d.journal.size();
        d.pass(24h - 1min);
        QCOMPARE(d.prolong({u"100.64.0.0/24"_s, u"100.64.1.0/24"_s}), u"accepted"_s);
        QCOMPARE(d.journal.size(), entries + 1);
        QCOMPARE(d.journal.back().changes.size(), std::size_t{2});
    }

    void itIsNoEditToTakeBack()
    {
        FreedDesk d;
        d.pass(24h - 1min);
        d.prolong({u"100.64.0.0/24"_s});
        QCOMPARE(d.undo(), u"!unsupported"_s);
    }

    // SEMANTICS 5: equality ignores times.
    void theReleaseBeforeItIsTakenBackAllTheSame()
    {
        FreedDesk d;
        d.pass(24h - 1min);
        d.prolong({u"100.64.0.0/24"_s});
        QCOMPARE(d.run(Revert{d.released}), u"accepted"_s);
        QCOMPARE(d.claims(), (QStringList{u"a 192.168.1.0/24 kept"_s, u"b 192.168.1.0/24 100.64.0.0/24"_s}));
        QCOMPARE(d.ends(), QStringList(u"100.64.1.0/24 1440"_s));
    }

    void anUnknownInstanceIsRefused()
    {
        FreedDesk d;
        QCOMPARE(d.run(ProlongQuarantine{iname(u"nowhere"), pfxs({u"100.64.0.0/24"_s})}), u"!notFound"_s);
    }
};

QTEST_GUILESS_MAIN(TestProlongQuarantine)
#include "tst_prolongquarantine.moc"
