// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/dailywindow.h"

#include <QTime>

#include <optional>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

std::optional<std::chrono::minutes> minuteOf(QStringView text)
{
    if (text.size() != 5)
        return std::nullopt;
    const QTime time = QTime::fromString(text.toString(), u"hh:mm"_s);
    return time.isValid() ? std::optional(std::chrono::minutes(time.hour() * 60 + time.minute())) : std::nullopt;
}

QString textOf(std::chrono::minutes minute)
{
    return QTime(0, 0).addSecs(static_cast<int>(minute.count()) * 60).toString(u"hh:mm"_s);
}

} // namespace

Expected<DailyWindow> DailyWindow::parse(QStringView text)
{
    const qsizetype dash = text.indexOf(u'-');
    const auto from = dash < 0 ? std::nullopt : minuteOf(text.first(dash));
    const auto to = dash < 0 ? std::nullopt : minuteOf(text.sliced(dash + 1));
    if (!from || !to || *from == *to)
        return fail(ErrorKind::Invalid,
                    u"'%1' is no window of the day: HH:MM-HH:MM in UTC, as 02:00-04:30"_s.arg(text.left(40)));
    return DailyWindow(*from, *to);
}

bool DailyWindow::contains(Timestamp moment) const
{
    const std::chrono::milliseconds since(moment.milliseconds());
    const std::chrono::milliseconds ofDay = since - std::chrono::floor<std::chrono::days>(since);
    return m_from < m_to ? m_from <= ofDay && ofDay < m_to : ofDay >= m_from || ofDay < m_to;
}

QString DailyWindow::toString() const
{
    return textOf(m_from) + u'-' + textOf(m_to);
}

} // namespace interlock
