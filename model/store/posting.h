// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFuture>
#include <QMetaObject>
#include <QPromise>

#include <memory>
#include <type_traits>

namespace interlock {

/// Runs `job(target) -> Expected<T>` on the thread of the object `target`, which must outlive what is posted, and
/// answers with what it returns.
template <typename Target, typename Job>
[[nodiscard]] auto postTo(Target &target, Job job)
{
    using Result = std::invoke_result_t<Job, Target &>;
    auto promise = std::make_shared<QPromise<Result>>();
    promise->start();
    QFuture<Result> future = promise->future();
    QMetaObject::invokeMethod(
        &target,
        [&target, promise, job = std::move(job)]() mutable {
            promise->addResult(job(target));
            promise->finish();
        },
        Qt::QueuedConnection);
    return future;
}

} // namespace interlock
