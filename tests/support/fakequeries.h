// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/rules/search.h"
#include "model/rules/subnetqueries.h"

namespace interlock::test {

/// A time that moves only when a test says so.
class SteppedClock final : public Clock
{
public:
    [[nodiscard]] Timestamp now() const override { return m_now; }
    void advance(std::chrono::milliseconds by) { m_now = m_now + by; }

private:
    Timestamp m_now = Timestamp::fromMilliseconds(1'767'268'879'000); // 2026-01-01T12:01:19Z
};

/// A store that answers at once, or fails when it is told to.
class FakeQueries final : public Queries
{
public:
    Topology topology;
    std::vector<JournalEntry> entries; ///< newest first
    std::optional<Error> failure;
    int looks = 0;

    [[nodiscard]] QFuture<Expected<void>> inspect(std::function<void(Topology &)> look) override
    {
        ++looks;
        if (failure)
            return QtFuture::makeReadyFuture(Expected<void>(fail(*failure)));
        look(topology);
        return QtFuture::makeReadyFuture(Expected<void>());
    }
    [[nodiscard]] QFuture<Expected<SubnetPage>> listSubnets(SubnetFilter filter, std::optional<SubnetKey> after,
                                                            std::size_t limit) override
    {
        return answer(interlock::listSubnets(topology, filter, after, limit));
    }
    [[nodiscard]] QFuture<Expected<std::vector<SearchHit>>> searchTree(QString typed, std::size_t limit) override
    {
        const SearchQuestion question(typed);
        std::vector<SearchHit> hits;
        const auto collect = [&](const auto &row) {
            if (auto hit = question.match(row))
                hits.push_back(*std::move(hit));
        };
        topology.forEachRow<SubnetRow>(collect);
        topology.forEachRow<AddressRow>(collect);
        return answer(question.isEmpty() ? std::vector<SearchHit>() : bestHits(std::move(hits), limit));
    }
    [[nodiscard]] QFuture<Expected<std::vector<JournalEntry>>> journal(JournalFilter) override
    {
        return answer(entries);
    }
    [[nodiscard]] QFuture<Expected<JournalEntry>> journalEntry(JournalId) override { return answer(entries.front()); }
    [[nodiscard]] QFuture<Expected<StoreInfo>> info() override
    {
        const JournalId head = entries.empty() ? JournalId() : entries.front().id;
        return answer(StoreInfo{QStringLiteral("sqlite"), 1, QStringLiteral("somewhere"), head, {}});
    }
    [[nodiscard]] QFuture<Expected<std::vector<StoreProblem>>> check() override
    {
        return answer(std::vector<StoreProblem>());
    }
    [[nodiscard]] QFuture<Expected<std::vector<MacEntry>>> macs() override { return answer(std::vector<MacEntry>()); }

private:
    template <typename T>
    QFuture<Expected<T>> answer(T value)
    {
        if (failure)
            return QtFuture::makeReadyFuture(Expected<T>(fail(*failure)));
        return QtFuture::makeReadyFuture(Expected<T>(std::move(value)));
    }
};

} // namespace interlock::test
