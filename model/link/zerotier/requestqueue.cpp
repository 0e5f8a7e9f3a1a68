// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/requestqueue.h"

#include <algorithm>
#include <utility>

namespace interlock {

RequestQueue::RequestQueue(std::optional<RateLimit> limit, QObject *parent)
    : QObject(parent), m_limit(std::move(limit)), m_later(this)
{
    m_clock.start();
    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, &RequestQueue::pump);
}

RequestQueue::~RequestQueue()
{
    // Whatever the destroyed ones do, nothing starts any more.
    m_underWay = kAtOnce;
    const auto dropped = std::exchange(m_waiting, {});
}

void RequestQueue::enter(std::function<void()> start)
{
    m_waiting.push_back(std::move(start));
    pump();
}

void RequestQueue::leave()
{
    Q_ASSERT(m_underWay > 0);
    --m_underWay;
    pump();
}

void RequestQueue::holdFor(std::chrono::milliseconds pause)
{
    m_heldUntil = std::max(m_heldUntil, now() + pause);
}

void RequestQueue::pump()
{
    while (m_underWay < kAtOnce && !m_waiting.empty()) {
        const auto present = now();
        const auto limited = m_limit ? m_limit->waitAt(present) : RateLimit::Time(0);
        if (const auto wait = std::max(limited, m_heldUntil - present); wait.count() > 0) {
            m_later.start(wait);
            return;
        }
        if (m_limit)
            m_limit->count(present);
        ++m_underWay;
        const auto start = std::move(m_waiting.front());
        m_waiting.pop_front();
        start();
    }
}

} // namespace interlock
