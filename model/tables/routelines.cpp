// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/routelines.h"

#include <algorithm>
#include <unordered_map>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The target, of all its spellings the one that we use.
QString targetOf(const RouteText &text)
{
    const auto route = text.route();
    return route ? route->target.toString() : text.target;
}

bool isSame(const RouteText &a, const RouteText &b)
{
    if (a == b)
        return true;
    const auto route = a.route();
    return route && route == b.route();
}

QString nameOf(const RouteText &text, std::span<const PlanSubnet> below)
{
    const auto route = text.route();
    if (!route)
        return {};
    const auto it = std::lower_bound(below.begin(), below.end(), route->target,
                                     [](const PlanSubnet &a, const Prefix &b) { return a.prefix < b; });
    return it != below.end() && it->prefix == route->target ? it->name : QString();
}

} // namespace

RouteText RouteLine::shown() const
{
    return change.route ? *change.route : change.was.value_or(RouteText());
}

std::vector<RouteLine> routeLines(const NetworkDiff &diff, std::span<const PlanSubnet> below)
{
    const std::vector<RouteLoad> &loads = diff.risk.after.routes;
    std::unordered_map<QString, int> seen;
    std::vector<RouteLine> lines;
    lines.reserve(diff.routes.changes.size());
    std::size_t sent = 0;
    for (const RouteChange &change : diff.routes.changes) {
        RouteLine line;
        line.change = change;
        const RouteText text = line.shown();
        line.id = targetOf(text);
        if (const int nth = ++seen[line.id]; nth > 1)
            line.id += u" #%1"_s.arg(nth);
        line.name = nameOf(text, below);
        if (change.route) {
            // The loads are those of the list that is sent, in its order.
            if (sent < loads.size() && isSame(loads[sent].route, text))
                line.members = loads[sent].members;
            line.number = ++sent;
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace interlock
