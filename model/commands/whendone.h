// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>

#include <utility>

namespace interlock {

/// Calls `then(result)` on the thread of `context`, which is the caller's, from its event loop and never from inside of
/// this call; not at all when `context` is gone by then.
///
/// In place of QFuture::then(context, ...), which in Qt 6.4 asserts when the context was destroyed before the future
/// was answered, looks at it from the answering thread, and calls at once when the answer is there already.
template <typename T, typename Then>
void whenDone(const QFuture<T> &future, QObject *context, Then then)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, then = std::move(then)]() mutable {
        watcher->deleteLater();
        then(watcher->result());
    });
    watcher->setFuture(future);
}

} // namespace interlock
