// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/decide.h"
#include "tests/support/fakequeries.h"

#include <QPromise>

#include <deque>

namespace interlock::test {

/// A store in memory that decides by the same rules as the real one. Its commits can be held back, and it can go away.
class FakeStore final : public CommandGateway
{
public:
    explicit FakeStore(const Clock &clock) : m_clock(clock) {}

    FakeQueries queries;
    ChangeFeed feed;
    bool isHeld = false;        ///< commits wait for commitAll()
    int commits = 0;            ///< that wrote something
    QStringList submitted;      ///< names of commands
    std::optional<Lease> fence; ///< of the last submission
    bool isFenced = false;      ///< a newer epoch exists

    /// Commits `row` as another console would.
    void put(const Row &row) { tell({{queries.topology.current(row), row}}, QStringLiteral("another console")); }
    void remove(const Row &row) { tell({{row, std::nullopt}}, QStringLiteral("another console")); }

    /// From now on nothing is answered but StoreUnavailable, and everybody knows.
    void goAway()
    {
        queries.failure = Error{ErrorKind::StoreUnavailable, QStringLiteral("the disk is gone"), {}};
        Q_EMIT feed.availabilityChanged(false, queries.failure->detail);
    }

    void commitAll()
    {
        isHeld = false;
        while (!m_waiting.empty()) {
            Waiting first = std::move(m_waiting.front());
            m_waiting.pop_front();
            commit(first);
        }
    }

    [[nodiscard]] QFuture<Expected<Receipt>> submit(Submission submission) override
    {
        submitted += commandName(submission.command);
        fence = submission.fence;
        Waiting waiting{std::move(submission), std::make_shared<QPromise<Expected<Receipt>>>()};
        waiting.promise->start();
        const auto future = waiting.promise->future();
        if (isHeld)
            m_waiting.push_back(std::move(waiting));
        else
            commit(waiting);
        return future;
    }
    [[nodiscard]] QFuture<Expected<Receipt>> preview(Submission) override
    {
        return QtFuture::makeReadyFuture(
            Expected<Receipt>(fail(ErrorKind::Unsupported, QStringLiteral("nobody previews here"))));
    }

private:
    struct Waiting
    {
        Submission submission;
        std::shared_ptr<QPromise<Expected<Receipt>>> promise;
    };

    void tell(const ChangeSet &changes, const QString &actor)
    {
        for (const RowChange &change : changes)
            queries.topology.apply(change);
        ++m_head;
        Q_EMIT feed.committed({JournalEntry{{m_head}, m_clock.now(), actor, {}, {}, {}, true, true, changes}});
    }

    void commit(Waiting &waiting)
    {
        waiting.promise->addResult(decided(waiting.submission));
        waiting.promise->finish();
    }

    Expected<Receipt> decided(const Submission &submission)
    {
        if (queries.failure)
            return fail(*queries.failure);
        if (isFenced && submission.fence)
            return fail(ErrorKind::LeaseHeld, QStringLiteral("another has it"));
        Receipt receipt;
        {
            TopologyEdit edit(queries.topology);
            auto outcome = decide(edit, submission.command, m_clock.now());
            if (!outcome)
                return fail(outcome.error());
            receipt.outcome = *std::move(outcome);
            receipt.changes = edit.changes();
        }
        if (!receipt.changes.empty()) {
            ++commits;
            tell(receipt.changes, submission.actor);
            receipt.journal = JournalId{m_head};
        }
        return receipt;
    }

    const Clock &m_clock;
    std::deque<Waiting> m_waiting;
    qint64 m_head = 0;
};

} // namespace interlock::test
