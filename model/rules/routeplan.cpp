// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routeplan.h"

#include "model/rules/routelevels.h"

#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

tl::unexpected<Error> refuse(const Address &gateway, const QString &why)
{
    return fail(ErrorKind::Invalid, u"the gateway %1 %2"_s.arg(gateway.toString(), why),
                {{u"gateway"_s, gateway.toString()}});
}

/// The one address of an attached network that nobody has: IPv4's first, and IPv6's first, which is all routers'.
bool isNetworkAddress(const Prefix &prefix, const Address &address)
{
    return prefix.length() < prefix.first().width() - 1 && address == prefix.first();
}

bool isBroadcastAddress(const Prefix &prefix, const Address &address)
{
    return prefix.isIPv4() && prefix.length() < prefix.first().width() - 1 && address == prefix.last();
}

/// \param attached  the routes before the parent's
Expected<void> checkGateway(const Prefix &subnet, std::span<const Route> attached, const Address &gateway)
{
    if (gateway.family() != subnet.family())
        return refuse(gateway, u"is not of the family of %1"_s.arg(subnet.toString()));
    const Route *longest = nullptr;
    for (const Route &route : attached) {
        if (route.target.contains(gateway) && (!longest || route.target.length() > longest->target.length()))
            longest = &route;
    }
    if (!longest)
        return refuse(gateway, attached.empty() ? u"is in no attached route, because there is none"_s
                                                : u"is in none of the %1 attached routes"_s.arg(attached.size()));
    if (isNetworkAddress(longest->target, gateway))
        return refuse(gateway, u"is the network address of %1"_s.arg(longest->target.toString()));
    if (isBroadcastAddress(longest->target, gateway))
        return refuse(gateway, u"is the broadcast address of %1"_s.arg(longest->target.toString()));
    return {};
}

Expected<void> checkBelow(const Prefix &subnet, std::span<const PlanSubnet> below)
{
    for (const PlanSubnet &each : below) {
        const QJsonObject facts{{u"prefix"_s, each.prefix.toString()}};
        if (each.prefix.family() != subnet.family())
            return fail(ErrorKind::Invalid,
                        u"%1 is not of the family of %2"_s.arg(each.prefix.toString(), subnet.toString()), facts);
        if (!subnet.contains(each.prefix) || each.prefix == subnet)
            return fail(ErrorKind::Invalid,
                        u"%1 is not strictly inside %2"_s.arg(each.prefix.toString(), subnet.toString()), facts);
    }
    return {};
}

Expected<void> checkOptions(const Prefix &subnet, const RouteOptions &options)
{
    if (options.parent == ParentRoute::Via && !options.gateway)
        return fail(ErrorKind::Invalid,
                    u"the route of %1 goes through a gateway, and none is given"_s.arg(subnet.toString()));
    if (options.parent != ParentRoute::Via && options.gateway)
        return refuse(*options.gateway, u"is given, but the route of %1 is %2"_s.arg(subnet.toString(),
                                                                                     options.parent == ParentRoute::Omit
                                                                                         ? u"left out"_s
                                                                                         : u"directly attached"_s));
    return {};
}

PlanWarning notInstalled(const Prefix &subnet)
{
    return {PlanWarningKind::ParentNotInstalled,
            u"Linux members do not install the directly attached route %1: each reaches its own subnet only, "
            "unless the route has a gateway"_s.arg(subnet.toString()),
            {subnet}};
}

} // namespace

Expected<RoutePlan> planRoutes(const Prefix &subnet, std::span<const PlanSubnet> below, const RouteOptions &options)
{
    if (const auto meant = checkOptions(subnet, options); !meant)
        return fail(meant.error());
    if (const auto inside = checkBelow(subnet, below); !inside)
        return fail(inside.error());
    std::vector<Prefix> prefixes;
    for (const PlanSubnet &each : below)
        prefixes.push_back(each.prefix);
    RoutePlan plan;
    for (const Prefix &child : ofLevel(prefixes, options.children))
        plan.routes.push_back({child});
    switch (options.parent) {
    case ParentRoute::Omit:
        if (plan.routes.empty())
            return fail(ErrorKind::Invalid,
                        u"the route of %1 is left out, and no subnet below it has one"_s.arg(subnet.toString()),
                        {{u"prefix"_s, subnet.toString()}});
        break;
    case ParentRoute::Via:
        if (const auto gateway = checkGateway(subnet, plan.routes, *options.gateway); !gateway)
            return fail(gateway.error());
        plan.routes.push_back({subnet, options.gateway});
        break;
    case ParentRoute::Attached:
        if (!plan.routes.empty())
            plan.warnings.push_back(notInstalled(subnet));
        plan.routes.push_back({subnet});
        break;
    }
    return plan;
}

Expected<std::optional<Address>> parseGateway(QStringView text, Family family)
{
    const QStringView typed = text.trimmed();
    if (typed.isEmpty() || typed.compare(u"LAN", Qt::CaseInsensitive) == 0)
        return std::optional<Address>();
    const QString shown = typed.left(80).toString();
    if (typed.contains(u'/'))
        return fail(ErrorKind::Invalid, u"the gateway '%1' has a mask: it is one address"_s.arg(shown));
    const auto address = Address::parse(typed);
    if (!address)
        return fail(ErrorKind::Invalid, u"the gateway '%1' is no address"_s.arg(shown));
    if (address->family() != family)
        return fail(ErrorKind::Invalid, u"the gateway %1 is not an %2 address"_s.arg(
                                            address->toString(), family == Family::IPv4 ? u"IPv4"_s : u"IPv6"_s));
    return std::optional(*address);
}

std::optional<Route> longestRoute(std::span<const Route> routes, const Address &address)
{
    const Route *longest = nullptr;
    for (const Route &route : routes.first(std::min(routes.size(), kMaxSentRoutes))) {
        if (route.target.contains(address) && (!longest || route.target.length() > longest->target.length()))
            longest = &route;
    }
    return longest ? std::optional(*longest) : std::nullopt;
}

std::vector<Address> addressesOutside(std::span<const Route> routes, std::span<const Address> addresses)
{
    std::vector<Prefix> targets;
    for (const Route &route : routes.first(std::min(routes.size(), kMaxSentRoutes)))
        targets.push_back(route.target);
    std::sort(targets.begin(), targets.end());
    const auto outermost = ofLevel(targets, ChildRoutes::Direct);
    std::vector<Address> outside;
    for (const Address &address : addresses) {
        const auto behind = std::upper_bound(outermost.begin(), outermost.end(), address,
                                             [](const Address &a, const Prefix &b) { return a < b.first(); });
        if (behind == outermost.begin() || !std::prev(behind)->contains(address))
            outside.push_back(address);
    }
    return outside;
}

} // namespace interlock
