// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/duration.h"

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

Expected<Duration> Duration::parse(QStringView text)
{
    using namespace std::chrono_literals;
    constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 3653);
    // Longer endings first: "ms" ends in "s" as well.
    static const std::array<std::pair<QString, std::chrono::milliseconds>, 5> kUnits{
        {{u"ms"_s, 1ms}, {u"s"_s, 1s}, {u"m"_s, 1min}, {u"h"_s, 1h}, {u"d"_s, 24h}}};
    for (const auto &[ending, unit] : kUnits) {
        if (!text.endsWith(ending))
            continue;
        bool isNumber = false;
        const qint64 count = text.chopped(ending.size()).toLongLong(&isNumber);
        if (isNumber && count > 0 && count <= kLongest / unit)
            return Duration{count * unit};
        break;
    }
    return fail(ErrorKind::Invalid,
                u"'%1' is no length of time: a number and ms, s, m, h or d, as 10s or 2h"_s.arg(text.left(40)));
}

} // namespace interlock
