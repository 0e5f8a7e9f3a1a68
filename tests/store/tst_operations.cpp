// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/livestore.h"
#include "tests/support/storeproof.h"

#include <QTest>

#include <set>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

Lease takeLease(Store &store, const QString &holder = u"engine"_s, const QString &name = u"vpn"_s)
{
    return await(store.live().acquire(LeaseKind::Instance, name, holder)).value();
}

Operation kill(qint64 cid, const char *instance = "vpn")
{
    Operation operation{{}, OperationKind::Kill, instanceName(instance)};
    operation.session = SessionKey{instanceName(instance), 7, cid};
    operation.cn = cn("sité");
    operation.arguments = {{u"message"_s, u"bye"_s}};
    operation.actor = u"test"_s;
    return operation;
}

OperationState stateOf(Store &store, OperationId id)
{
    return await(store.live().state(id)).value();
}

std::vector<Operation> taken(Store &store, const Lease &lease)
{
    return await(store.live().take(lease)).value();
}

void age(const StorePlace &place, const QString &statement)
{
    QVERIFY(raw(*rawConnection(place.url()), statement));
}

} // namespace

class TestOperations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutAnOwnerNothingIsAsked_data() { addDialectRows(); }
    void withoutAnOwnerNothingIsAsked()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_FAILS(await(store->live().request(kill(1))), ErrorKind::NoOwner);
        const Lease lease = takeLease(*store);
        VERIFY_FAILS(await(store->live().request(kill(1, "other"))), ErrorKind::NoOwner);
        VERIFY_OK(await(store->live().release(lease)));
        VERIFY_FAILS(await(store->live().request(kill(1))), ErrorKind::NoOwner);
        VERIFY_FAILS(await(store->live().state({1})), ErrorKind::NotFound);
    }

    void whatIsAskedIsTakenDoneAndAnswered_data() { addDialectRows(); }
    void whatIsAskedIsTakenDoneAndAnswered()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto engine = place.open();
        const auto console = place.open();
        const Lease lease = takeLease(*engine);
        QVERIFY(taken(*engine, lease).empty());
        const auto id = await(console->live().request(kill(1)));
        VERIFY_OK(id);
        QVERIFY(stateOf(*console, *id) == (OperationState{*id, OperationProgress::Queued}));
        Operation expected = kill(1);
        expected.id = *id;
        QVERIFY(taken(*engine, lease) == std::vector{expected});
        QVERIFY(taken(*engine, lease).empty());
        QVERIFY(stateOf(*console, *id) == (OperationState{*id, OperationProgress::Taken}));
        const QJsonObject result{{u"killed"_s, 1}};
        VERIFY_OK(await(engine->live().finish(*id, result)));
        QVERIFY(stateOf(*console, *id) == (OperationState{*id, OperationProgress::Done, result}));
        VERIFY_FAILS(await(engine->live().finish(*id, result)), ErrorKind::NotFound);
    }

    void aFailureComesBackAsItWas_data() { addDialectRows(); }
    void aFailureComesBackAsItWas()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease lease = takeLease(*store);
        const OperationId id = await(store->live().request(kill(1))).value();
        QCOMPARE(taken(*store, lease).size(), std::size_t{1});
        const Error error{ErrorKind::NotFound, u"that generation is over"_s, {{u"generation"_s, 7}}};
        VERIFY_OK(await(store->live().finish(id, fail(error))));
        QVERIFY(stateOf(*store, id) == (OperationState{id, OperationProgress::Failed, {}, error}));
    }

    void twoTakersGetEachOnce_data() { addDialectRows(); }
    void twoTakersGetEachOnce()
    {
        QFETCH(Dialect, dialect);
        constexpr qint64 kOperations = 200;
        const StorePlace place(dialect);
        const auto one = place.open();
        const auto two = place.open();
        const auto console = place.open();
        const Lease lease = takeLease(*one);
        std::vector<QFuture<Expected<OperationId>>> asked;
        std::set<qint64> seen;
        std::size_t got = 0;
        const auto note = [&](const std::vector<Operation> &operations) {
            for (const Operation &operation : operations)
                seen.insert(operation.session->cid);
            got += operations.size();
        };
        for (qint64 cid = 0; cid < kOperations; ++cid)
            asked.push_back(console->live().request(kill(cid)));
        const auto isAnswered = [&] {
            return std::ranges::all_of(asked, [](const auto &future) { return future.isFinished(); });
        };
        for (bool isLastRound = false; !isLastRound;) {
            isLastRound = isAnswered();
            auto first = one->live().take(lease);
            auto second = two->live().take(lease);
            note(await(first).value());
            note(await(second).value());
        }
        QCOMPARE(got, std::size_t{kOperations});
        QCOMPARE(seen.size(), std::size_t{kOperations});
    }

    void onlyTheOwnerOfItsInstanceGetsIt_data() { addDialectRows(); }
    void onlyTheOwnerOfItsInstanceGetsIt()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease other = takeLease(*store, u"engine"_s, u"other"_s);
        const Lease old = takeLease(*store);
        VERIFY_OK(await(store->live().request(kill(1))));
        const Lease lease = takeLease(*store);
        QVERIFY(taken(*store, other).empty());
        VERIFY_FAILS(await(store->live().take(old)), ErrorKind::LeaseHeld);
        QCOMPARE(taken(*store, lease).size(), std::size_t{1});
    }

    void whatNobodyTookInTimeHasFailed_data() { addDialectRows(); }
    void whatNobodyTookInTimeHasFailed()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease lease = takeLease(*store);
        const OperationId late = await(store->live().request(kill(1))).value();
        age(place, u"UPDATE operation SET requested_at = requested_at - 60001"_s);
        const OperationState failed = stateOf(*store, late);
        QCOMPARE(failed.progress, OperationProgress::Failed);
        QCOMPARE(failed.error->kind, ErrorKind::NoOwner);
        const OperationId fresh = await(store->live().request(kill(2))).value();
        const auto operations = taken(*store, lease);
        QCOMPARE(operations.size(), std::size_t{1});
        QCOMPARE(operations.front().id.value, fresh.value);
        QVERIFY(stateOf(*store, late) == failed);
    }

    void whatAnOwnerLeftUnfinishedHasFailedWithTheNext_data() { addDialectRows(); }
    void whatAnOwnerLeftUnfinishedHasFailedWithTheNext()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease old = takeLease(*store);
        const OperationId begun = await(store->live().request(kill(1))).value();
        QCOMPARE(taken(*store, old).size(), std::size_t{1});
        const OperationId waiting = await(store->live().request(kill(2))).value();
        const Lease lease = takeLease(*store);
        QCOMPARE(stateOf(*store, begun).progress, OperationProgress::Failed);
        QCOMPARE(stateOf(*store, begun).error->kind, ErrorKind::NoOwner);
        VERIFY_FAILS(await(store->live().finish(begun, QJsonObject())), ErrorKind::NotFound);
        const auto operations = taken(*store, lease);
        QCOMPARE(operations.size(), std::size_t{1});
        QCOMPARE(operations.front().id.value, waiting.value);
    }

    void aDenialOutlivesItsOwnerUntilItsTime_data() { addDialectRows(); }
    void aDenialOutlivesItsOwnerUntilItsTime()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        const Lease lease = takeLease(*store);
        const Timestamp until = lease.expires + std::chrono::hours(1);
        Operation deny{{}, OperationKind::Deny, instanceName()};
        deny.cn = cn("b");
        deny.until = until;
        deny.actor = u"test"_s;
        VERIFY_OK(await(store->live().request(deny)));
        Operation over = deny;
        over.until = Timestamp::fromMilliseconds(1'000);
        VERIFY_OK(await(store->live().request(over)));
        const std::vector expected{Denial{instanceName(), cn("b"), until, u"test"_s}};
        QVERIFY(await(store->live().denials(instanceName())).value() == expected);
        QVERIFY(await(store->live().denials(instanceName("other"))).value().empty());
        // A day later another request tidies up, but not what still counts.
        age(place, u"UPDATE operation SET requested_at = requested_at - 90000000"_s);
        VERIFY_OK(await(store->live().request(kill(1))));
        QCOMPARE(raw(*rawConnection(place.url()), u"SELECT COUNT(*) FROM operation"_s).value().toInt(), 3);
        VERIFY_OK(await(store->live().request(kill(2))));
        QCOMPARE(raw(*rawConnection(place.url()), u"SELECT COUNT(*) FROM operation"_s).value().toInt(), 3);
        QVERIFY(await(place.open()->live().denials(instanceName())).value() == expected);
    }
};

QTEST_GUILESS_MAIN(TestOperations)
#include "tst_operations.moc"
