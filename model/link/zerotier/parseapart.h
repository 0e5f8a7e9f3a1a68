// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/pendinganswer.h"

#include <QByteArray>
#include <QFutureWatcher>
#include <QObject>
#include <QThreadPool>

#include <functional>
#include <utility>

namespace interlock {

/// The longest answer that is parsed where it arrives. \source SEMANTICS.md 4; CASES.md C19
inline constexpr qsizetype kMaxParsedHere = 64 * 1024;

/// Calls `then(parse(body))` on the thread of `context`, which is the caller's: at once when `body` is short, later
/// when it is long and parsed on the pool, and not at all when `context` is gone by then. `parse` must not touch
/// anything that is not its own.
template <typename T>
void parseApart(const QByteArray &body, std::function<Expected<T>(const QByteArray &)> parse, QObject *context,
                std::function<void(Expected<T>)> then)
{
    if (body.size() <= kMaxParsedHere) {
        then(parse(body));
        return;
    }
    auto *watcher = new QFutureWatcher<Expected<T>>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, then = std::move(then)] {
        watcher->deleteLater();
        then(watcher->future().takeResult());
    });
    const PendingAnswer<T> parsed;
    watcher->setFuture(parsed.future());
    QThreadPool::globalInstance()->start([parsed, body, parse = std::move(parse)] { parsed.give(parse(body)); });
}

} // namespace interlock
