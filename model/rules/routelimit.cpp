// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routelimit.h"

#include "model/rules/routecover.h"
#include "model/rules/routelevels.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr std::size_t kNamedInDetail = 5;

/// The route, or null for no gateway or name.
QJsonValue textOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

/// The name of the subnet; two tenants' names of one prefix are both given.
QString nameOf(const Prefix &target, std::span<const PlanSubnet> below)
{
    const auto isBefore = [](const PlanSubnet &a, const Prefix &b) { return a.prefix < b; };
    auto at = std::lower_bound(below.begin(), below.end(), target, isBefore);
    QStringList names;
    for (; at != below.end() && at->prefix == target; ++at) {
        if (!at->name.isEmpty() && !names.contains(at->name))
            names += at->name;
    }
    return names.join(u", "_s);
}

/// The routes behind the last one that is sent.
struct FallsOff
{
    QJsonArray routes;
    QStringList texts; ///< of the first few

    void add(const RouteText &route, const QString &name, bool isForeign)
    {
        routes.append(QJsonObject{{u"target"_s, route.target},
                                  {u"via"_s, textOrNull(route.via)},
                                  {u"name"_s, textOrNull(name)},
                                  {u"isForeign"_s, isForeign}});
        if (static_cast<std::size_t>(texts.size()) < kNamedInDetail)
            texts += name.isEmpty() ? route.toString() : u"%1 (%2)"_s.arg(route.toString(), name);
    }
    [[nodiscard]] QString sentence() const
    {
        const auto more = routes.size() - texts.size();
        return texts.join(u", "_s) + (more > 0 ? u" and %1 more"_s.arg(more) : QString());
    }
};

FallsOff whatFallsOff(std::span<const Route> ours, std::span<const PlanSubnet> below,
                      std::span<const RouteText> foreign)
{
    FallsOff result;
    for (std::size_t at = kMaxSentRoutes; at < ours.size() + foreign.size(); ++at) {
        if (at < ours.size())
            result.add(RouteText::of(ours[at]), nameOf(ours[at].target, below), false);
        else
            result.add(foreign[at - ours.size()], {}, true);
    }
    return result;
}

QJsonArray remedies(const Prefix &subnet, std::span<const Route> ours, std::size_t foreign)
{
    const bool hasParent = !ours.empty() && ours.back().target == subnet;
    const auto children = ours.first(ours.size() - (hasParent ? 1 : 0));
    const auto others = foreign + (hasParent ? 1 : 0);
    std::vector<Prefix> targets;
    for (const Route &route : children)
        targets.push_back(route.target);
    const auto fits = [&](std::size_t count) { return count + others <= kMaxSentRoutes; };
    QJsonArray words;
    if (!targets.empty() && others < kMaxSentRoutes && coverRoutes(targets, kMaxSentRoutes - others, subnet))
        words.append(u"aggregate"_s);
    if (!targets.empty() && fits(ofLevel(targets, ChildRoutes::Direct).size()))
        words.append(u"direct"_s);
    if (!targets.empty() && fits(ofLevel(targets, ChildRoutes::Leaves).size()))
        words.append(u"leaves"_s);
    if (hasParent && !targets.empty() && children.size() + foreign <= kMaxSentRoutes)
        words.append(u"dropParent"_s);
    if (foreign > 0 && ours.size() <= kMaxSentRoutes)
        words.append(u"removeForeign"_s);
    return words;
}

} // namespace

Expected<void> checkRouteLimit(const Prefix &subnet, std::span<const Route> ours, std::span<const PlanSubnet> below,
                               std::span<const RouteText> foreign)
{
    const auto count = ours.size() + foreign.size();
    if (count <= kMaxSentRoutes)
        return {};
    const auto fallsOff = whatFallsOff(ours, below, foreign);
    QJsonArray others;
    for (const RouteText &route : foreign)
        others.append(QJsonObject{{u"target"_s, route.target}, {u"via"_s, textOrNull(route.via)}});
    auto detail = u"%1 routes are %2 more than members are sent: %3 would fall off"_s.arg(
        QString::number(count), QString::number(count - kMaxSentRoutes), fallsOff.sentence());
    if (!foreign.empty())
        detail += u", and %1 of all are not ours"_s.arg(foreign.size());
    return fail(ErrorKind::Limit, detail,
                {{u"limit"_s, static_cast<qint64>(kMaxSentRoutes)},
                 {u"count"_s, static_cast<qint64>(count)},
                 {u"tooMany"_s, static_cast<qint64>(count - kMaxSentRoutes)},
                 {u"fallsOff"_s, fallsOff.routes},
                 {u"foreign"_s, others},
                 {u"remedies"_s, remedies(subnet, ours, foreign.size())}});
}

} // namespace interlock
