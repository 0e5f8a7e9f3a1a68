// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>

namespace interlock::openvpn {

/// How long to wait before the next try: doubles from `first` to `most`, plus up to a quarter by chance, so that many
/// consoles do not come back in step.
class Backoff
{
public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most)
        : m_first(first), m_most(most), m_next(std::min(first, most))
    {
    }

    /// \param chance  0 <= chance < 1
    [[nodiscard]] std::chrono::milliseconds next(double chance)
    {
        const auto base = m_next;
        m_next = std::min(m_next * 2, m_most);
        const auto spread = static_cast<double>(base.count()) * std::clamp(chance, 0.0, 1.0) / 4;
        return base + std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(spread));
    }
    void reset() { m_next = std::min(m_first, m_most); }

private:
    std::chrono::milliseconds m_first;
    std::chrono::milliseconds m_most;
    std::chrono::milliseconds m_next;
};

} // namespace interlock::openvpn
