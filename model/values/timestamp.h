// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QDateTime>
#include <QString>
#include <QStringView>

#include <chrono>
#include <compare>

namespace interlock {

/// A moment in UTC, to the millisecond. Stored as an integer, so that order and equality mean the same everywhere.
class Timestamp
{
public:
    constexpr Timestamp() = default;
    [[nodiscard]] static constexpr Timestamp fromMilliseconds(qint64 sinceEpoch) { return Timestamp(sinceEpoch); }

    /// Reads RFC 3339 text with a zone ("2026-01-31T08:00:00Z", "...+01:00"), or a date, which means its midnight UTC.
    /// \returns Invalid
    [[nodiscard]] static Expected<Timestamp> parse(QStringView text);

    [[nodiscard]] constexpr qint64 milliseconds() const { return m_milliseconds; }
    /// RFC 3339, UTC, milliseconds: "2026-01-31T08:00:00.000Z".
    [[nodiscard]] QString toString() const;

    [[nodiscard]] constexpr Timestamp operator+(std::chrono::milliseconds d) const
    {
        return Timestamp(m_milliseconds + d.count());
    }
    [[nodiscard]] constexpr std::chrono::milliseconds operator-(Timestamp other) const
    {
        return std::chrono::milliseconds(m_milliseconds - other.m_milliseconds);
    }

    friend constexpr bool operator==(const Timestamp &, const Timestamp &) = default;
    friend constexpr auto operator<=>(const Timestamp &, const Timestamp &) = default;

private:
    constexpr explicit Timestamp(qint64 milliseconds) : m_milliseconds(milliseconds) {}

    qint64 m_milliseconds = 0;
};

} // namespace interlock
