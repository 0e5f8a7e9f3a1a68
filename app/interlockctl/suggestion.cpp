// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/suggestion.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace interlock {

namespace {

/// Damerau's distance of neighbours: insert, delete, replace, swap.
int distance(const QString &a, const QString &b)
{
    const auto n = static_cast<std::size_t>(b.size());
    std::vector<int> beforeLast(n + 1);
    std::vector<int> last(n + 1);
    std::vector<int> row(n + 1);
    std::iota(last.begin(), last.end(), 0);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= n; ++j) {
            const auto at = static_cast<qsizetype>(j);
            const int cost = a[i - 1] == b[at - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
            if (i > 1 && j > 1 && a[i - 1] == b[at - 2] && a[i - 2] == b[at - 1])
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last[n];
}

} // namespace

std::optional<QString> nearestWord(const QString &typed, const QStringList &words)
{
    if (typed.isEmpty() || typed.size() > 40)
        return std::nullopt;
    std::optional<QString> best;
    int bestDistance = std::max<int>(1, static_cast<int>(typed.size()) / 3) + 1;
    for (const QString &word : words) {
        const int away = typed.size() > 1 && word.startsWith(typed) ? 0 : distance(typed.toLower(), word);
        if (away < bestDistance) {
            best = word;
            bestDistance = away;
        }
    }
    return best;
}

} // namespace interlock
