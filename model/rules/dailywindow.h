// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"
#include "model/values/timestamp.h"

#include <QString>
#include <QStringView>

#include <chrono>

namespace interlock {

/// A span of each day, in UTC, as "02:00-04:30": from its first minute up to, but without, its last. It may go over
/// midnight ("23:00-01:00").
class DailyWindow
{
public:
    /// \returns Invalid; also for a window without length
    [[nodiscard]] static Expected<DailyWindow> parse(QStringView text);

    [[nodiscard]] bool contains(Timestamp moment) const;
    [[nodiscard]] QString toString() const;

    friend bool operator==(const DailyWindow &, const DailyWindow &) = default;

private:
    DailyWindow(std::chrono::minutes from, std::chrono::minutes to) : m_from(from), m_to(to) {}

    std::chrono::minutes m_from; ///< since midnight
    std::chrono::minutes m_to;
};

} // namespace interlock
