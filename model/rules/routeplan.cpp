// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routeplan.h"

#include "model/rules/subnetplacement.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The most names in one sentence; the payload has them all, up to kMostListed.
constexpr std::size_t kMostNamed = 5;
constexpr std::size_t kMostListed = 1000;

tl::unexpected<Error> invalid(const QString &field, const QString &detail)
{
    return fail(ErrorKind::Invalid, detail, {{u"field"_s, field}});
}

Expected<void> checkBelow(const Prefix &subnet, std::span<const PlanSubnet> below)
{
    for (const PlanSubnet &child : below) {
        if (child.prefix.family() != subnet.family()) {
            return invalid(u"subnet"_s, u"%1 and %2 are of different IP versions: one network cannot have both"_s.arg(
                                            child.prefix.toString(), subnet.toString()));
        }
        if (!subnet.contains(child.prefix) || child.prefix == subnet)
            return invalid(u"subnet"_s, u"%1 is not inside of %2"_s.arg(child.prefix.toString(), subnet.toString()));
    }
    return {};
}

/// Those of `below` that the choice of levels makes routes of. In ascending order a subnet stands before what is in it.
std::vector<PlanSubnet> chosen(std::span<const PlanSubnet> below, ChildRoutes levels)
{
    std::vector<PlanSubnet> kept;
    if (levels == ChildRoutes::Off)
        return kept;
    for (const PlanSubnet &child : below) {
        const PlanSubnet *last = kept.empty() ? nullptr : &kept.back();
        if (last && last->prefix == child.prefix)
            continue;
        if (last && last->prefix.contains(child.prefix)) {
            if (levels == ChildRoutes::Direct)
                continue;
            if (levels == ChildRoutes::Leaves)
                kept.pop_back();
        }
        kept.push_back(child);
    }
    return kept;
}

Expected<void> checkGateway(const RoutePlan &plan, const Prefix &subnet, const RouteOptions &options)
{
    if ((options.parent == ParentRoute::Via) != options.gateway.has_value())
        return invalid(u"gateway"_s, u"a parent by way of a gateway needs one, and no other has one"_s);
    if (!options.gateway)
        return {};
    const Address gateway = *options.gateway;
    if (gateway.family() != subnet.family()) {
        return invalid(u"gateway"_s,
                       u"the gateway %1 is not of the IP version of %2"_s.arg(gateway.toString(), subnet.toString()));
    }
    const Route *holding = nullptr;
    for (const Route &route : plan.routes) {
        if (!route.via && route.target.contains(gateway))
            holding = &route; // the narrowest comes last
    }
    if (!holding) {
        return invalid(u"gateway"_s, u"the gateway %1 is in none of the attached routes of the plan: nobody could "
                                     "reach it"_s.arg(gateway.toString()));
    }
    if (const auto usable = checkUsable(holding->target, gateway); !usable)
        return invalid(u"gateway"_s, u"the gateway cannot be used: "_s + usable.error().detail);
    return {};
}

std::vector<PlanWarning> warningsOf(const RoutePlan &plan, const Prefix &subnet, ParentRoute parent)
{
    if (parent == ParentRoute::Omit) {
        if (plan.routes.size() < 2)
            return {};
        return {
            {PlanWarningKind::ChildrenAreApart,
             u"without %1 as a route, members of one child do not reach those of another"_s.arg(subnet.toString())}};
    }
    if (parent == ParentRoute::Via || plan.routes.size() < 2)
        return {};
    return {{PlanWarningKind::AttachedParent,
             u"Linux members will not install the parent %1: without a gateway they reach their own child only"_s.arg(
                 subnet.toString())}};
}

QString countText(std::size_t count)
{
    return QString::number(count);
}

/// What stands at `index` of ours and then the others', with its name.
QString textAt(const RoutePlan &plan, std::span<const RouteText> foreign, std::size_t index)
{
    if (index >= plan.routes.size())
        return foreign[index - plan.routes.size()].toString() + u" (foreign)"_s;
    const QString name = index < plan.names.size() ? plan.names[index] : QString();
    const QString route = plan.routes[index].toString();
    return name.isEmpty() ? route : u"%1 (%2)"_s.arg(route, name);
}

QStringList remediesOf(const RoutePlan &plan, std::span<const RouteText> foreign)
{
    QStringList remedies;
    const std::size_t ours = plan.routes.size();
    const bool hasParent = ours > 1 && plan.routes.back().target.contains(plan.routes.front().target);
    // Children can always be covered by fewer, as long as there is room for one beside the parent and the others'.
    if (ours > 1 && foreign.size() + (hasParent ? 2 : 1) <= kMaxSentRoutes)
        remedies += u"aggregate"_s;
    if (hasParent && ours + foreign.size() == kMaxSentRoutes + 1)
        remedies += u"dropParent"_s;
    if (!foreign.empty() && ours <= kMaxSentRoutes)
        remedies += u"removeForeign"_s;
    return remedies;
}

} // namespace

Expected<RoutePlan> planRoutes(const Prefix &subnet, std::span<const PlanSubnet> below, const RouteOptions &options)
{
    if (const auto ok = checkBelow(subnet, below); !ok)
        return fail(ok.error());
    RoutePlan plan;
    for (const PlanSubnet &child : chosen(below, options.children)) {
        plan.routes.push_back({child.prefix});
        plan.names.push_back(child.name);
    }
    if (options.parent == ParentRoute::Attached) {
        plan.routes.push_back({subnet});
        plan.names.push_back({});
    }
    if (const auto ok = checkGateway(plan, subnet, options); !ok)
        return fail(ok.error());
    if (options.parent == ParentRoute::Via) {
        plan.routes.push_back({subnet, options.gateway});
        plan.names.push_back({});
    }
    if (plan.routes.empty()) {
        return invalid(u"parent"_s, u"the parent is left out and %1 has no children: the network would have no route "
                                    "of ours at all"_s.arg(subnet.toString()));
    }
    plan.warnings = warningsOf(plan, subnet, options.parent);
    return plan;
}

Expected<void> checkRouteLimit(const RoutePlan &plan, std::span<const RouteText> foreign)
{
    const std::size_t count = plan.routes.size() + foreign.size();
    if (count <= kMaxSentRoutes)
        return {};
    QJsonArray cut;
    QStringList named;
    for (std::size_t i = kMaxSentRoutes; i < count && i < kMaxSentRoutes + kMostListed; ++i) {
        const QString text = textAt(plan, foreign, i);
        cut.append(text);
        if (i < kMaxSentRoutes + kMostNamed)
            named += text;
    }
    QJsonArray others;
    for (const RouteText &route : foreign)
        others.append(route.toString());
    const QStringList remedies = remediesOf(plan, foreign);
    const bool isTheirs = !foreign.empty() && plan.routes.size() <= kMaxSentRoutes;
    QString detail = u"%1 routes, and members are sent %2: %3 would fall off, beginning with %4"_s.arg(
        countText(count), countText(kMaxSentRoutes), countText(count - kMaxSentRoutes), named.join(u", "_s));
    if (isTheirs)
        detail += u"; %1 of them are routes of others, without which it would fit"_s.arg(countText(foreign.size()));
    return fail(ErrorKind::Limit, detail,
                {{u"limit"_s, static_cast<qint64>(kMaxSentRoutes)},
                 {u"count"_s, static_cast<qint64>(count)},
                 {u"cut"_s, cut},
                 {u"foreign"_s, others},
                 {u"remedies"_s, QJsonArray::fromStringList(remedies)}});
}

Expected<std::optional<Address>> parseGateway(QStringView text, Family family)
{
    const QStringView trimmed = text.trimmed();
    if (trimmed.isEmpty() || trimmed.compare(u"LAN", Qt::CaseInsensitive) == 0)
        return std::nullopt;
    const auto address = Address::parse(trimmed);
    if (!address)
        return invalid(u"gateway"_s, u"the gateway is no address: "_s + address.error().detail);
    if (address->family() != family) {
        return invalid(u"gateway"_s, u"the gateway %1 is not an IPv%2 address"_s.arg(
                                         address->toString(), family == Family::IPv4 ? u"4"_s : u"6"_s));
    }
    return *address;
}

} // namespace interlock
