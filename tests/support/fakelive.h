// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/liveports.h"
#include "model/commands/ports.h"

#include <QJsonArray>
#include <QPromise>

#include <map>
#include <memory>

// The live side of a store, in memory: it answers at once what the test has set, and remembers what it was told.

namespace interlock::test {

template <typename T>
[[nodiscard]] QFuture<Expected<T>> ready(Expected<T> value)
{
    return QtFuture::makeReadyFuture(std::move(value));
}
template <typename T>
[[nodiscard]] QFuture<Expected<T>> refused(ErrorKind kind, const QString &detail, const QJsonObject &payload = {})
{
    return ready(Expected<T>(fail(kind, detail, payload)));
}

/// One lease. It can be another's, and it can leave questions unanswered until it is told otherwise.
class FakeLeases final : public Leases
{
public:
    QString other;                       ///< who else has it; empty: nobody
    std::optional<qint64> otherIsFreeIn; ///< milliseconds
    std::optional<QString> wantedBy;     ///< who has asked for it
    QStringList agents;                  ///< alive
    QStringList asked;                   ///< who asked for it, each time
    int acquisitions = 0;                ///< and vain tries
    int lists = 0;
    bool isMute = false;
    qint64 epoch = 0;
    int renewals = 0;
    int releases = 0;

    ~FakeLeases() override { unmute(); }
    /// Answers what it was asked while it was mute: the store is away.
    void unmute()
    {
        isMute = false;
        for (const auto &promise : std::exchange(m_unanswered, {})) {
            promise->addResult(fail(ErrorKind::StoreUnavailable, QStringLiteral("the disk is gone")));
            promise->finish();
        }
    }

    [[nodiscard]] QFuture<Expected<Lease>> acquire(LeaseKind kind, QString name, QString holder) override
    {
        ++acquisitions;
        if (isMute)
            return later();
        if (!other.isEmpty())
            return held();
        return ready(Expected<Lease>(Lease{kind, std::move(name), std::move(holder), ++epoch, {}}));
    }
    [[nodiscard]] QFuture<Expected<Lease>> renew(Lease lease) override
    {
        ++renewals;
        if (isMute)
            return later();
        lease.wantedBy = wantedBy;
        return other.isEmpty() ? ready(Expected<Lease>(std::move(lease))) : held();
    }
    [[nodiscard]] QFuture<Expected<void>> release(Lease) override
    {
        ++releases;
        return ready(Expected<void>());
    }
    [[nodiscard]] QFuture<Expected<void>> ask(LeaseKind, QString, QString by) override
    {
        asked += by;
        wantedBy = by;
        return ready(Expected<void>());
    }
    [[nodiscard]] QFuture<Expected<void>> beat(QString) override { return ready(Expected<void>()); }
    [[nodiscard]] QFuture<Expected<std::vector<LeaseState>>> list() override
    {
        ++lists;
        std::vector<LeaseState> states;
        for (const QString &agent : agents)
            states.push_back({{LeaseKind::Agent, agent, agent, 0, {}}, true});
        return ready(Expected<std::vector<LeaseState>>(std::move(states)));
    }

private:
    [[nodiscard]] QFuture<Expected<Lease>> held() const
    {
        QJsonObject payload{{QStringLiteral("holder"), other}};
        if (wantedBy)
            payload.insert(QStringLiteral("wantedBy"), *wantedBy);
        if (otherIsFreeIn)
            payload.insert(QStringLiteral("freeInMilliseconds"), *otherIsFreeIn);
        return refused<Lease>(ErrorKind::LeaseHeld, QStringLiteral("held by ") + other, payload);
    }
    [[nodiscard]] QFuture<Expected<Lease>> later()
    {
        m_unanswered.push_back(std::make_shared<QPromise<Expected<Lease>>>());
        m_unanswered.back()->start();
        return m_unanswered.back()->future();
    }

    std::vector<std::shared_ptr<QPromise<Expected<Lease>>>> m_unanswered;
};

class FakeLiveFeed final : public LiveFeed
{
public:
    InstanceHealth health = {iname()}; ///< as it was last published
    std::vector<SessionFact> facts;    ///< as they were last published; a test may set what an earlier owner left
    std::map<SessionKey, SessionHistoryRow> rows;
    Generation last; ///< as with facts
    std::optional<Error> failure;

    [[nodiscard]] QFuture<Expected<bool>> publishSessions(Lease, InstanceHealth now, std::vector<SessionFact> sessions,
                                                          Publishing = Publishing::WhileLookedAt) override
    {
        if (failure)
            return ready(Expected<bool>(fail(*failure)));
        health = std::move(now);
        facts = std::move(sessions);
        return ready(Expected<bool>(true));
    }
    [[nodiscard]] QFuture<Expected<LiveSnapshot>> sessions(std::optional<InstanceName>) override
    {
        return ready(Expected<LiveSnapshot>(LiveSnapshot{{}, {{health, {}}}, facts}));
    }
    [[nodiscard]] QFuture<Expected<void>> recordHistory(Lease, std::vector<SessionHistoryRow> news) override
    {
        if (failure)
            return ready(Expected<void>(fail(*failure)));
        for (SessionHistoryRow &row : news)
            rows.insert_or_assign(row.key, std::move(row));
        return ready(Expected<void>());
    }
    [[nodiscard]] QFuture<Expected<std::vector<SessionHistoryRow>>> history(HistoryFilter) override
    {
        return ready(Expected<std::vector<SessionHistoryRow>>(std::vector<SessionHistoryRow>()));
    }
    std::vector<qint64> prunable; ///< what the next prunings remove; nothing when there is none left
    std::chrono::milliseconds prunedAge{0};
    int prunings = 0;

    [[nodiscard]] QFuture<Expected<qint64>> pruneHistory(Lease, std::chrono::milliseconds age, int) override
    {
        prunedAge = age;
        ++prunings;
        if (prunable.empty())
            return ready(Expected<qint64>(0));
        const qint64 first = prunable.front();
        prunable.erase(prunable.begin());
        return ready(Expected<qint64>(first));
    }
    [[nodiscard]] QFuture<Expected<Generation>> lastGeneration(InstanceName) override
    {
        return ready(Expected<Generation>(last));
    }
    [[nodiscard]] QFuture<Expected<Generation>> beginGeneration(Lease, QString run) override
    {
        if (failure)
            return ready(Expected<Generation>(fail(*failure)));
        last = {last.number + 1, std::move(run)};
        return ready(Expected<Generation>(last));
    }

private:
    static InstanceName iname() { return *InstanceName::parse(u"main"); }
};

class FakeOperations final : public Operations
{
public:
    std::vector<Operation> queued;
    std::vector<Denial> inForce;
    std::map<OperationId, Expected<QJsonObject>> finished;

    /// The operation, waiting to be taken.
    OperationId ask(Operation operation)
    {
        operation.id = OperationId{++m_lastId};
        queued.push_back(operation);
        return operation.id;
    }
    /// "kind", or the texts of each proof: "session proof returnedAs".
    [[nodiscard]] QStringList outcomeOf(OperationId id) const
    {
        const auto it = finished.find(id);
        if (it == finished.end())
            return {QStringLiteral("not finished")};
        if (!it->second)
            return {nameOf(it->second.error().kind)};
        QStringList texts;
        const QJsonArray sessions = (*it->second)[QStringLiteral("sessions")].toArray();
        for (const QJsonValue &each : sessions) {
            texts += QStringLiteral("%1 %2 %3")
                         .arg(each[QStringLiteral("session")].toString(), each[QStringLiteral("proof")].toString(),
                              each[QStringLiteral("returnedAs")].toString())
                         .trimmed();
        }
        return texts;
    }

    [[nodiscard]] QFuture<Expected<OperationId>> request(Operation operation) override
    {
        return ready(Expected<OperationId>(ask(std::move(operation))));
    }
    [[nodiscard]] QFuture<Expected<OperationState>> state(OperationId) override
    {
        return refused<OperationState>(ErrorKind::NotFound, QStringLiteral("nobody looks here"));
    }
    [[nodiscard]] QFuture<Expected<std::vector<Operation>>> take(Lease) override
    {
        return ready(Expected<std::vector<Operation>>(std::exchange(queued, {})));
    }
    [[nodiscard]] QFuture<Expected<void>> finish(OperationId id, Expected<QJsonObject> result) override
    {
        finished.insert_or_assign(id, std::move(result));
        return ready(Expected<void>());
    }
    [[nodiscard]] QFuture<Expected<std::vector<Denial>>> denials(InstanceName) override
    {
        return ready(Expected<std::vector<Denial>>(inForce));
    }

private:
    qint64 m_lastId = 0;
};

/// Notes the calls, as words.
class FakeMacMap final : public MacMap
{
public:
    QStringList calls;

    [[nodiscard]] QFuture<Expected<void>> learnMac(MacEntry entry, Fence = {}) override
    {
        calls += QStringLiteral("learn %1 %2").arg(entry.mac.toString(), entry.cn.toString());
        return ready(Expected<void>());
    }
    [[nodiscard]] QFuture<Expected<void>> forgetMac(MacAddress mac, Fence = {}) override
    {
        calls += QStringLiteral("forget ") + mac.toString();
        return ready(Expected<void>());
    }
    [[nodiscard]] QFuture<Expected<qint64>> forgetMacsOf(CommonName cn, Fence = {}) override
    {
        calls += QStringLiteral("forget all of ") + cn.toString();
        return ready(Expected<qint64>(0));
    }
    [[nodiscard]] QFuture<Expected<qint64>> wipeMacs(InstanceName instance, Fence = {}) override
    {
        calls += QStringLiteral("wipe ") + instance.toString();
        return ready(Expected<qint64>(0));
    }
};

} // namespace interlock::test
