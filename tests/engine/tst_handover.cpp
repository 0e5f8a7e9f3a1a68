// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/engine.h"
#include "model/store/livestore.h"
#include "tests/support/managementdouble.h"
#include "tests/support/storeproof.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// One process: a store of its own at the common place, and an engine.
struct Process
{
    Process(const StorePlace &place, const QString &holder, LeaseRank rank) : store(place.open(&clock))
    {
        EngineOptions options;
        options.holder = holder;
        options.actor = holder;
        options.times = {60s, 60s, 60s, 60s, 60s, 5ms, 5ms, 10ms, 60s};
        options.leaseTimes = {20ms, 60s, 60s};
        options.rank = rank;
        engine = std::make_unique<Engine>(
            EnginePorts{*store, *store, store->feed(), *store, store->live(), store->live(), store->live(), clock},
            std::move(options), std::set<InstanceName>());
    }

    [[nodiscard]] const InstanceEngine *instance() const
    {
        return engine->instances().empty() ? nullptr : engine->instances().begin()->second.get();
    }
    [[nodiscard]] bool isServing() const
    {
        return instance() && instance()->isOwner() && instance()->health().link == "ready"_L1;
    }
    [[nodiscard]] QString heldBy() const { return instance() ? instance()->heldBy() : QString(); }

    ManualClock clock;
    std::unique_ptr<Store> store;
    std::unique_ptr<Engine> engine;
};

/// A server, and a store with its instance.
struct Bed
{
    explicit Bed(Dialect dialect) : place(dialect)
    {
        AddInstance add = usualInstance();
        add.instance.management = u"unix:"_s + server.path();
        const auto store = place.open();
        if (!server.listen() || !submit(*store, add))
            qFatal("there is no bed");
    }
    /// As if every agent had been silent for so long.
    void silenceAgents() const
    {
        QVERIFY(raw(*rawConnection(place.url()), u"UPDATE live.agent SET seen_at = seen_at - 10000"_s));
    }

    ManagementDouble server;
    StorePlace place;
};

} // namespace

/// Two engines on one store. SEMANTICS 4
class TestHandover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDesktopGivesWayToAnAgentAndComesBackWhenItIsGone_data() { addDialectRows(); }
    void aDesktopGivesWayToAnAgentAndComesBackWhenItIsGone()
    {
        QFETCH(Dialect, dialect);
        const Bed bed(dialect);
        const Process desktop(bed.place, u"desk"_s, LeaseRank::Desktop);
        QTRY_VERIFY(desktop.isServing());
        QCOMPARE(bed.server.greetings(), 1);
        {
            const Process agent(bed.place, u"agent"_s, LeaseRank::Agent);
            QTRY_VERIFY(agent.isServing());
            QVERIFY(!desktop.instance()->isOwner());
            QTRY_COMPARE(desktop.heldBy(), u"agent"_s);
            QCOMPARE(bed.server.greetings(), 2);
            agent.engine->stop();
        }
        QVERIFY(!desktop.instance()->isOwner()); // its last beat is younger than ten seconds
        bed.silenceAgents();
        QTRY_VERIFY(desktop.isServing());
    }

    void anAgentWaitsForAnAgent_data() { addDialectRows(); }
    void anAgentWaitsForAnAgent()
    {
        QFETCH(Dialect, dialect);
        const Bed bed(dialect);
        const Process first(bed.place, u"first"_s, LeaseRank::Agent);
        QTRY_VERIFY(first.isServing());
        const Process second(bed.place, u"second"_s, LeaseRank::Agent);
        QTRY_COMPARE(second.heldBy(), u"first"_s);
        first.engine->stop();
        QTRY_VERIFY(second.isServing());
        QCOMPARE(bed.server.greetings(), 2);
    }
};

QTEST_GUILESS_MAIN(TestHandover)
#include "tst_handover.moc"
