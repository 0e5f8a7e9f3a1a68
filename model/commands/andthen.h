// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/whendone.h"
#include "model/values/error.h"

#include <QFuture>
#include <QPromise>

#include <atomic>
#include <memory>
#include <type_traits>
#include <utility>

namespace interlock {

/// An answer that is given on every path: whoever is to give it holds a copy, and when the last one is gone without,
/// the answer is that its giver ended. (A QPromise that is dropped leaves those who wait without a result.)
template <typename T>
class Answer
{
public:
    Answer() : m_state(std::make_shared<State>()) { m_state->promise.start(); }

    [[nodiscard]] QFuture<Expected<T>> future() const { return m_state->promise.future(); }
    /// The first one counts.
    void give(Expected<T> answer) const { m_state->give(std::move(answer)); }

private:
    struct State
    {
        QPromise<Expected<T>> promise;
        std::atomic_bool isGiven = false;

        State() = default;
        ~State() { give(fail(ErrorKind::BackendUnavailable, QStringLiteral("it ended before there was an answer"))); }
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

/// An answer that is known already.
template <typename T>
[[nodiscard]] QFuture<Expected<T>> answered(Expected<T> value)
{
    const Answer<T> answer;
    answer.give(std::move(value));
    return answer.future();
}

/// `future`, and when it succeeded `then(value) -> QFuture<Expected<U>>` on the thread of `context`, which is the
/// caller's: the next step of several that each may fail. An error goes through; when `context` is gone, that is the
/// answer.
template <typename T, typename Then>
[[nodiscard]] auto andThen(const QFuture<Expected<T>> &future, QObject *context, Then then)
{
    const auto call = [](Then &step, const Expected<T> &value) {
        if constexpr (std::is_void_v<T>)
            return step();
        else
            return step(*value);
    };
    using Next = std::invoke_result_t<decltype(call), Then &, const Expected<T> &>;
    using Result = std::decay_t<decltype(std::declval<Next>().result())>;
    using Value = typename Result::value_type;
    const Answer<Value> answer;
    whenDone(future, context, [context, answer, call, then = std::move(then)](const Expected<T> &value) mutable {
        if (!value) {
            answer.give(fail(value.error()));
            return;
        }
        whenDone(call(then, value), context, [answer](const Expected<Value> &next) { answer.give(next); });
    });
    return answer.future();
}

} // namespace interlock
