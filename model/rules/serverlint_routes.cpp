// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverlint_parts.h"

#include "model/rules/kernelroutes.h"
#include "model/rules/prefixset.h"
#include "model/rules/serverfragment.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// A route into the tunnel that the configuration sets.
struct ConfiguredRoute
{
    Prefix prefix;
    int line = 0;
};

/// A gateway in the tunnel has to be known from elsewhere for these.
bool needsGateway(const ServerDirective &route)
{
    const QString gateway = route.argument(2);
    return gateway.isEmpty() || gateway == u"default" || gateway == u"vpn_gateway";
}

bool hasGateway(const ServerConfig &config)
{
    return config.has(u"server") || config.has(u"server-bridge") || config.has(u"route-gateway");
}

/// The routes that will be there. Those without a gateway are findings (openvpn/FACTS.md 6).
std::vector<ConfiguredRoute> routesOf(LintContext &context, const ServerConfig &config)
{
    std::vector<ConfiguredRoute> routes;
    for (const ServerDirective &directive : config.directives()) {
        const bool isIPv4 = directive.name == u"route";
        if ((!isIPv4 && directive.name != u"route-ipv6") || directive.argument(2) == u"net_gateway")
            continue;
        const QString mask = isIPv4 ? directive.argument(1) : QString();
        const bool hasMask = !mask.isEmpty() && mask != u"default";
        const auto prefix = Prefix::parseMasked(hasMask ? directive.argument(0) + u' ' + mask : directive.argument(0));
        if (isIPv4 && needsGateway(directive) && !hasGateway(config)) {
            context.error(LintRule::RouteWithoutGateway, directive.line,
                          u"this route has no gateway: OpenVPN skips it, with a line in its log only"_s,
                          networkDirectives(context.instance).join(u'\n'));
        } else if (prefix) {
            routes.push_back({*prefix, directive.line});
        } else {
            context.note(
                LintRule::RouteUnneeded, directive.line,
                u"'%1' names no network that could be compared with the rows"_s.arg(directive.toString().left(80)));
        }
    }
    return routes;
}

QJsonArray textsOf(const std::vector<Prefix> &prefixes)
{
    QJsonArray texts;
    for (const Prefix &prefix : prefixes)
        texts.append(prefix.toString());
    return texts;
}

QStringList stringsOf(const std::vector<Prefix> &prefixes)
{
    QStringList texts;
    for (const Prefix &prefix : prefixes)
        texts += prefix.toString();
    return texts;
}

/// The one of `set`, which is aggregated, that holds the first address of `prefix`, or begins before it; null without
/// one.
const Prefix *precedingOrNull(const std::vector<Prefix> &set, const Prefix &prefix)
{
    const auto after = std::ranges::upper_bound(set, Prefix(prefix.first(), widthOf(prefix.family())));
    return after == set.begin() ? nullptr : &*std::prev(after);
}

/// True if every address of `prefix` is in `set`, which is aggregated: then one of its prefixes has them all.
bool covers(const std::vector<Prefix> &set, const Prefix &prefix)
{
    const Prefix *candidate = precedingOrNull(set, prefix);
    return candidate && candidate->contains(prefix);
}

/// True if any address of `prefix` is in `set`, which is aggregated.
bool touches(const std::vector<Prefix> &set, const Prefix &prefix)
{
    const auto next = std::ranges::lower_bound(set, prefix);
    return covers(set, prefix) || (next != set.end() && prefix.contains(*next));
}

void lintMissingRoutes(LintContext &context, const std::vector<Prefix> &wanted, const std::vector<Prefix> &routed)
{
    constexpr std::size_t kMostLines = 20;
    std::vector<Prefix> missing;
    for (const Prefix &prefix : wanted) {
        if (covers(routed, prefix))
            continue;
        if (prefix != context.instance.standinRange) {
            missing.push_back(prefix);
            continue;
        }
        context.note(
            LintRule::RouteStandinRange, std::nullopt,
            u"no route leads to the stand-ins %1; interlockd on this host installs it, and without interlockd "
            "hosts behind the server and clients of other instances do not reach them"_s.arg(prefix.toString()),
            routeDirective(prefix), QJsonObject{{u"prefixes"_s, QJsonArray{prefix.toString()}}});
    }
    if (missing.empty())
        return;
    QStringList lines;
    for (std::size_t i = 0; i < std::min(kMostLines, missing.size()); ++i)
        lines += routeDirective(missing[i]);
    if (missing.size() > kMostLines)
        lines += u"# and %1 more"_s.arg(missing.size() - kMostLines);
    context.note(
        LintRule::RouteMissing, std::nullopt,
        u"no route leads to %1; interlockd on this host installs them, and without interlockd these LANs are not "
        "reached through the host"_s.arg(shortened(stringsOf(missing))),
        lines.join(u'\n'), QJsonObject{{u"prefixes"_s, textsOf(missing)}});
}

void lintKernelRoutes(LintContext &context, const ServerConfig &config)
{
    const std::vector<ConfiguredRoute> routes = routesOf(context, config);
    const auto wanted = wantedKernelRoutes(context.topology, context.instance.name);
    if (!wanted || context.instance.mode == DeviceMode::Tap)
        return;
    std::vector<Prefix> routed;
    for (const ConfiguredRoute &route : routes)
        routed.push_back(route.prefix);
    lintMissingRoutes(context, *wanted, PrefixSet::aggregate(routed));
    for (const ConfiguredRoute &route : routes) {
        if (!touches(*wanted, route.prefix) && !context.instance.standinRange.overlaps(route.prefix)) {
            context.note(LintRule::RouteUnneeded, route.line,
                         u"%1 leads into the tunnel, and no connector of this instance has it installed"_s.arg(
                             route.prefix.toString()),
                         u"remove this line"_s, QJsonObject{{u"prefix"_s, route.prefix.toString()}});
        }
    }
}

void lintMaxRoutes(LintContext &context, const ServerConfig &config)
{
    const auto *directive = config.lastOrNull(u"max-routes-per-client");
    const int needed = routesNeeded(context.topology, context.instance);
    bool isNumber = true;
    const int limit = directive ? directive->argument(0).toInt(&isNumber) : 256;
    if (isNumber && limit >= needed)
        return;
    context.error(
        LintRule::MaxRoutesPerClient, directive ? std::optional(directive->line) : std::nullopt,
        u"a connector needs %1 routes and the server learns %2 a client%3: the rest is left out without a word"_s.arg(
            QString::number(needed), isNumber ? QString::number(limit) : directive->argument(0).left(20),
            directive ? QString() : u" by default"_s),
        u"max-routes-per-client %1"_s.arg(std::max(256, needed * 2)),
        QJsonObject{{u"needed"_s, needed}, {u"limit"_s, isNumber ? QJsonValue(limit) : QJsonValue()}});
}

/// Connectors with an address on the instance and a stand-in, that translate as `translation` says.
QStringList connectorsTranslatedBy(const LintContext &context, Translation translation)
{
    QStringList names;
    for (const AllocationRow *allocation : context.topology.list<AllocationRow>(context.instance.name)) {
        const auto *connector = context.topology.find<ConnectorRow>(allocation->cn);
        const auto claims = context.topology.list<ClaimRow>(allocation->cn);
        const bool isTranslated =
            std::ranges::any_of(claims, [](const ClaimRow *claim) { return !claim->isSentinel(); });
        const QString name = allocation->cn.toString();
        if (connector && connector->translation == translation && isTranslated && !names.contains(name))
            names += name;
    }
    return names;
}

void lintTranslation(LintContext &context, const ServerConfig &config)
{
    const QStringList byClient = connectorsTranslatedBy(context, Translation::Client);
    if (!byClient.isEmpty() && !config.has(u"disable-dco")) {
        context.warning(LintRule::DcoWithClientNat, std::nullopt,
                        u"translation in the client is proven without the data channel offload only; it is done by %1, "
                        "whose own configuration should have the same line"_s.arg(shortened(byClient)),
                        u"disable-dco"_s, QJsonObject{{u"connectors"_s, QJsonArray::fromStringList(byClient)}});
    }
    const QStringList byHost = connectorsTranslatedBy(context, Translation::Host);
    const auto *direct = config.lastOrNull(u"client-to-client");
    if (direct && !byHost.isEmpty()) {
        context.error(
            LintRule::HostTranslation, direct->line,
            u"packets between clients never pass the host, which is to translate for %1"_s.arg(shortened(byHost)),
            u"remove this line, and turn forwarding on in the host"_s,
            QJsonObject{{u"connectors"_s, QJsonArray::fromStringList(byHost)}});
    }
}

} // namespace

void lintRoutes(LintContext &context, const ServerConfig &config)
{
    lintKernelRoutes(context, config);
    lintMaxRoutes(context, config);
    lintTranslation(context, config);
}

} // namespace interlock
