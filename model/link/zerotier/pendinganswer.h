// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QFuture>
#include <QPromise>

#include <atomic>
#include <memory>
#include <utility>

namespace interlock {

/// A promise that is answered on every path: whoever is to answer holds a copy, and when the last one is gone without
/// an answer, the answer is that the client was closed. (A QPromise without a result leaves those who wait without
/// one.)
template <typename T>
class PendingAnswer
{
public:
    PendingAnswer() : m_state(std::make_shared<State>()) { m_state->promise.start(); }

    [[nodiscard]] QFuture<Expected<T>> future() const { return m_state->promise.future(); }
    /// The first answer counts. May be called on any thread.
    void give(Expected<T> answer) const { m_state->give(std::move(answer)); }

private:
    struct State
    {
        QPromise<Expected<T>> promise;
        std::atomic_bool isGiven = false;

        State() = default;
        ~State()
        {
            give(fail(ErrorKind::BackendUnavailable,
                      QStringLiteral("the connection to the ZeroTier controller was closed before it answered")));
        }
        State(const State &) = delete;
        State &operator=(const State &) = delete;

        void give(Expected<T> answer)
        {
            if (isGiven.exchange(true))
                return;
            promise.addResult(std::move(answer));
            promise.finish();
        }
    };

    std::shared_ptr<State> m_state;
};

} // namespace interlock
