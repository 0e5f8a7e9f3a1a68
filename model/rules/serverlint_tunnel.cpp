// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverlint_parts.h"

#include "model/rules/serverfragment.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The address and mask of `server N M`, `server-bridge A M ...` or `ifconfig A M`.
Expected<ConfiguredNetwork> networkOf(const ServerDirective &directive)
{
    const auto unreadable = [&](const QString &why) {
        return fail(ErrorKind::Invalid, u"'%1' cannot be read: %2"_s.arg(directive.toString().left(80), why),
                    {{u"line"_s, directive.line}});
    };
    const auto address = Address::parse(directive.argument(0));
    if (!address)
        return unreadable(address.error().detail);
    const QString text = directive.argument(0) + u' ' + directive.argument(1);
    const bool isMacro = directive.name == u"server";
    const auto network = isMacro ? Prefix::parse(text) : Prefix::parseMasked(text);
    if (!network)
        return unreadable(network.error().detail);
    const Address server =
        isMacro && !network->isSingleAddress() ? Address(network->family(), network->first().value() + 1) : *address;
    return ConfiguredNetwork{*network, server, directive.line};
}

QString deviceTypeOf(const ServerConfig &config)
{
    if (const auto *type = config.lastOrNull(u"dev-type"))
        return type->argument(0);
    const auto *device = config.lastOrNull(u"dev");
    return device ? device->argument(0).left(3) : QString();
}

void lintDevice(LintContext &context, const ServerConfig &config)
{
    const QString expected = enumText(context.instance.mode);
    const auto *device = config.lastOrNull(u"dev");
    const QString found = deviceTypeOf(config);
    if (found != expected) {
        context.error(LintRule::DeviceMode, device ? std::optional(device->line) : std::nullopt,
                      found.isEmpty() ? u"there is no dev line; the instance is of mode %1"_s.arg(expected)
                                      : u"the server's device is '%1' and the instance is of mode %2"_s.arg(
                                            device ? device->argument(0).left(20) : found, expected),
                      u"dev "_s + expected, QJsonObject{{u"expected"_s, expected}, {u"found"_s, found}});
    }
    const auto *topology = config.lastOrNull(u"topology");
    const QString form = topology ? topology->argument(0) : u"net30"_s;
    if (context.instance.mode == DeviceMode::Tun && form != u"subnet") {
        context.error(LintRule::TopologySubnet, topology ? std::optional(topology->line) : std::nullopt,
                      u"in topology %1 the addresses that the console gives are not those of a network: no LAN is "
                      "reached"_s.arg(form.left(20)),
                      u"topology subnet"_s, QJsonObject{{u"expected"_s, u"subnet"_s}, {u"found"_s, form}});
    }
}

void lintNetwork(LintContext &context, const Expected<ConfiguredNetwork> &found)
{
    const InstanceRow &instance = context.instance;
    const QString right = networkDirectives(instance).join(u'\n');
    if (!found) {
        if (found.error().kind == ErrorKind::NotFound && !instance.network.isIPv4())
            return;
        const QJsonValue line = found.error().payload.value(u"line"_s);
        context.error(LintRule::ServerNetwork, line.isDouble() ? std::optional(line.toInt()) : std::nullopt,
                      found.error().detail, right);
        return;
    }
    if (found->network != instance.network) {
        context.error(
            LintRule::ServerNetwork, found->line,
            u"the server's network is %1 and that of the instance is %2: clients would be given the wrong mask"_s.arg(
                found->network.toString(), instance.network.toString()),
            right, QJsonObject{{u"expected"_s, instance.network.toString()}, {u"found"_s, found->network.toString()}});
    } else if (found->server != instance.serverAddress) {
        context.warning(
            LintRule::ServerAddress, found->line,
            u"the server's own address is %1 and the instance says %2: the one that is not its own could be "
            "given to a client"_s.arg(found->server.toString(), instance.serverAddress.toString()),
            u"interlockctl instance set %1 --server-address %2"_s.arg(instance.name.toString(),
                                                                      found->server.toString()),
            QJsonObject{{u"expected"_s, instance.serverAddress.toString()}, {u"found"_s, found->server.toString()}});
    }
}

/// Claims and other instances' pools that lie in the server's network, which may be another one than the rows know.
void lintOverlap(LintContext &context, const ConfiguredNetwork &found)
{
    QStringList overlaps;
    for (const ClaimRow *claim : context.topology.claimsOverlapping(found.network)) {
        if (claim->virtualPrefix.overlaps(found.network))
            overlaps += u"%1 of %2"_s.arg(claim->virtualPrefix.toString(), claim->cn.toString());
    }
    for (const PoolRow *pool : context.topology.poolsOverlapping(found.network)) {
        const auto *other = context.topology.find<InstanceRow>(pool->instance);
        if (pool->instance != context.instance.name && other && other->tenant == context.instance.tenant)
            overlaps += u"the pool %1 of %2"_s.arg(pool->prefix.toString(), pool->instance.toString());
    }
    if (overlaps.isEmpty())
        return;
    context.error(
        LintRule::PoolOverlap, found.line,
        u"the server's network %1 overlaps %2: assigned addresses win, and the others there are not reached"_s.arg(
            found.network.toString(), shortened(overlaps)),
        {},
        QJsonObject{{u"network"_s, found.network.toString()}, {u"overlaps"_s, QJsonArray::fromStringList(overlaps)}});
}

/// The server's own address must not be a client's.
void lintTaken(LintContext &context, Address server, int line)
{
    const AllocationRow *holder = context.topology.holderOf(context.instance.tenant, server);
    if (!holder)
        return;
    context.error(
        LintRule::ServerAddress, line,
        u"the server's own address %1 is given to %2"_s.arg(server.toString(), holder->cn.toString()),
        u"interlockctl allocation release %1 --instance %2"_s.arg(holder->cn.toString(), holder->instance.toString()),
        {{u"address"_s, server.toString()}, {u"holder"_s, holder->cn.toString()}});
}

/// The IPv6 address that the server has for itself, and whether it starts with it at all.
void lintOwnIPv6(LintContext &context, const ServerConfig &config)
{
    const auto *macro = config.lastOrNull(u"server-ipv6");
    const auto *server = config.lastOrNull(u"server");
    const auto network = macro ? Prefix::parseMasked(macro->argument(0)) : fail(ErrorKind::NotFound, {});
    if (macro && server && server->arguments.contains(u"nopool")) {
        context.error(LintRule::ServerIpv6, macro->line,
                      u"OpenVPN does not start with server-ipv6 beside 'server ... nopool'"_s,
                      network ? ipv6Directive(*network) : QString());
    }
    const auto *own = config.lastOrNull(u"ifconfig-ipv6");
    const auto address = own ? Address::parse(own->argument(0).section(u'/', 0, 0)) : fail(ErrorKind::NotFound, {});
    if (address)
        lintTaken(context, *address, own->line);
    else if (network && network->length() < 127)
        lintTaken(context, Address(network->family(), network->first().value() + 1), macro->line);
}

void lintPools(LintContext &context, const ServerConfig &config, const Prefix &network)
{
    const auto *macro6 = config.lastOrNull(u"server-ipv6");
    const auto *own6 = macro6 ? macro6 : config.lastOrNull(u"ifconfig-ipv6");
    const auto network6 = own6 ? Prefix::parseMasked(own6->argument(0)) : fail(ErrorKind::NotFound, {});
    for (const PoolRow *pool : context.topology.list<PoolRow>(context.instance.name)) {
        const QString text = pool->prefix.toString();
        const QJsonObject data{{u"pool"_s, text}};
        if (pool->prefix.isIPv4()) {
            if (!network.contains(pool->prefix)) {
                context.error(LintRule::PoolOutside, {},
                              u"the pool %1 lies outside of the tunnel network %2: clients with such an address reach "
                              "nobody"_s.arg(text, network.toString()),
                              {}, data);
            }
        } else if (!own6) {
            context.error(LintRule::ServerIpv6, {},
                          u"the instance has the pool %1 and the server no IPv6 address: OpenVPN skips the line that "
                          "gives a client its own"_s.arg(text),
                          ipv6Directive(pool->prefix), data);
        } else if (!network6 || !network6->contains(pool->prefix)) {
            context.error(LintRule::ServerIpv6, own6->line,
                          u"the pool %1 lies outside of the server's IPv6 network %2"_s.arg(text, own6->argument(0)),
                          ipv6Directive(pool->prefix), data);
        }
    }
}

void lintNopool(LintContext &context, const ServerConfig &config)
{
    const auto *server = config.lastOrNull(u"server");
    const auto *pool = config.lastOrNull(u"ifconfig-pool");
    const auto *bridge = config.lastOrNull(u"server-bridge");
    const ServerDirective *found = pool ? pool : nullptr;
    if (server && !server->arguments.contains(u"nopool"))
        found = server;
    else if (bridge && bridge->arguments.size() >= 4)
        found = bridge;
    else if (!found)
        found = config.has(u"ifconfig-ipv6-pool") ? config.lastOrNull(u"ifconfig-ipv6-pool")
                                                  : config.lastOrNull(u"server-ipv6");
    if (!found)
        return;
    const bool isIPv6 = found->name.contains(u"ipv6");
    const auto network6 = isIPv6 ? Prefix::parseMasked(found->argument(0)) : fail(ErrorKind::NotFound, {});
    const QString right = network6 ? ipv6Directive(*network6) : networkDirectives(context.instance).join(u'\n');
    if (context.topology.list<AllocationRow>(context.instance.name).empty() && !context.instance.autoAllocate) {
        context.note(LintRule::Nopool, found->line,
                     u"OpenVPN gives addresses of its own accord, which no row knows of"_s, right);
    } else {
        context.warning(
            LintRule::Nopool, found->line,
            u"OpenVPN gives addresses from the same network as the console: when both give the same one, the "
            "later client takes it and the earlier is cut off"_s,
            right);
    }
}

} // namespace

Expected<ConfiguredNetwork> configuredNetwork(const ServerConfig &config)
{
    const ServerDirective *found = nullptr;
    for (const ServerDirective &directive : config.directives()) {
        // `server-bridge` without arguments takes the address from outside.
        const bool isOne = directive.name == u"server" || directive.name == u"ifconfig" ||
                           (directive.name == u"server-bridge" && directive.arguments.size() >= 2);
        if (isOne)
            found = &directive;
    }
    if (!found)
        return fail(ErrorKind::NotFound, u"the server has no network for its clients"_s);
    return networkOf(*found);
}

void lintTunnel(LintContext &context, const ServerConfig &config)
{
    lintDevice(context, config);
    const auto network = configuredNetwork(config);
    lintNetwork(context, network);
    if (network) {
        lintOverlap(context, *network);
        lintTaken(context, network->server, network->line);
    }
    lintOwnIPv6(context, config);
    lintPools(context, config, network ? network->network : context.instance.network);
    lintNopool(context, config);
}

} // namespace interlock
