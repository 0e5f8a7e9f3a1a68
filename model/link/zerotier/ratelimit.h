// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <deque>

namespace interlock {

/// Lets at most so many through within any second. A window over the last ones instead of a bucket that fills, because
/// a full bucket lets twice as many through in its first second. \source zerotier/FACTS.md 54
class RateLimit
{
public:
    using Time = std::chrono::milliseconds; ///< of any clock that only goes forward

    explicit RateLimit(int perSecond) : m_most(static_cast<std::size_t>(perSecond)) {}

    /// How long the next one has to wait; 0: it may go.
    [[nodiscard]] Time waitAt(Time now) const
    {
        if (m_last.size() < m_most)
            return Time(0);
        const Time since = now - m_last.front();
        return since >= kWindow ? Time(0) : kWindow - since;
    }
    /// One goes.
    void count(Time now)
    {
        m_last.push_back(now);
        if (m_last.size() > m_most)
            m_last.pop_front();
    }

private:
    /// A little more than a second: on their way, requests come closer together.
    static constexpr Time kWindow{1'050};

    std::size_t m_most;
    std::deque<Time> m_last;
};

} // namespace interlock
