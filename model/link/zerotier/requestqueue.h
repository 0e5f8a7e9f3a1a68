// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/ratelimit.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <optional>

namespace interlock {

/// Requests that wait until fewer than four are under way: a controller's listen backlog is 5, and with eight at a time
/// single requests take seconds. First come, first served.
/// \source zerotier/FACTS.md 7; CASES.md C19
class RequestQueue : public QObject
{
public:
    static constexpr int kAtOnce = 4;

    explicit RequestQueue(std::optional<RateLimit> limit = {}, QObject *parent = nullptr);
    ~RequestQueue() override;

    /// Calls `start` when it is its turn, maybe at once; each call is to be followed by one leave(). What still waits
    /// when the queue is destroyed is never called, but destroyed.
    void enter(std::function<void()> start);
    /// One that was started is done.
    void leave();
    /// Starts nothing for so long: the other side asked for patience.
    void holdFor(std::chrono::milliseconds pause);

    [[nodiscard]] int underWay() const { return m_underWay; }
    [[nodiscard]] qsizetype waiting() const { return static_cast<qsizetype>(m_waiting.size()); }

private:
    void pump();
    [[nodiscard]] RateLimit::Time now() const { return RateLimit::Time(m_clock.elapsed()); }

    std::deque<std::function<void()>> m_waiting;
    std::optional<RateLimit> m_limit;
    QElapsedTimer m_clock;
    QTimer m_later;
    RateLimit::Time m_heldUntil{0};
    int m_underWay = 0;
};

} // namespace interlock
