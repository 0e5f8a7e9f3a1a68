// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverfragment.h"

#include "model/rules/instancelookup.h"
#include "model/rules/managementendpoint.h"

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr int kDefaultMaxRoutes = 256;

bool isFirstHost(const InstanceRow &instance)
{
    return instance.network.length() < 31 && instance.serverAddress.value() == instance.network.first().value() + 1;
}

/// A word as the configuration wants it: quoted where it has to be.
QString quoted(const QString &word)
{
    if (!word.contains(u' ') && !word.contains(u'"') && !word.contains(u'\\') && !word.contains(u'#') &&
        !word.contains(u';') && !word.contains(u'\''))
        return word;
    QString text = word;
    return u'"' + text.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s) + u'"';
}

QStringList managementLines(const InstanceRow &instance)
{
    const auto endpoint = ManagementEndpoint::parse(instance.management);
    QStringList lines{u"# The console answers every client: their address, LANs and routes come from its rows."_s,
                      managementDirective(instance)};
    if (endpoint && endpoint->isUnix())
        lines += u"management-client-user interlock"_s;
    lines += {u"management-client-auth"_s, u"# Nobody is let in before the console is there."_s, u"management-hold"_s,
              u"# Clients have certificates; without this line those without a user name are turned away unasked."_s,
              u"auth-user-pass-optional"_s};
    return lines;
}

QStringList tunnelLines(const Topology &topology, const InstanceRow &instance)
{
    const bool isTap = instance.mode == DeviceMode::Tap;
    QStringList lines{QString(), isTap ? u"dev tap"_s : u"dev tun"_s};
    if (!isTap)
        lines += u"topology subnet"_s;
    lines += u"# No pool of OpenVPN's own: the console gives the addresses."_s;
    lines += networkDirectives(instance);
    for (const PoolRow *pool : topology.list<PoolRow>(instance.name)) {
        if (pool->prefix.isIPv4() || !instance.network.isIPv4())
            continue;
        lines += ipv6Directive(pool->prefix);
        break; // a server has one
    }
    return lines;
}

QStringList routeLines(const Topology &topology, const InstanceRow &instance)
{
    QStringList lines{
        QString(),
        u"# One route serves every stand-in for ever; interlockd on this host adds those of other LANs as they come."_s,
        u"# Forwarding must be on: net.ipv4.ip_forward = 1, for IPv6 net.ipv6.conf.all.forwarding = 1."_s,
        routeDirective(instance.standinRange)};
    if (const int needed = routesNeeded(topology, instance); needed > kDefaultMaxRoutes) {
        lines +=
            u"# The largest connector needs %1; what is beyond the limit is left out without a word."_s.arg(needed);
        // Room to grow, because the number is read at the server's start only.
        lines += u"max-routes-per-client %1"_s.arg(needed * 2);
    }
    lines +=
        u"# Translation in the client is proven without the data channel offload only; set it on branch routers too."_s;
    lines += u"disable-dco"_s;
    return lines;
}

QStringList tapLines(const InstanceRow &instance)
{
    return {QString(),
            u"# Which MAC address is behind which client. The hook never waits and never refuses."_s,
            u"script-security 2"_s,
            learnAddressDirective(instance),
            u"# MAC addresses that fell silent are forgotten."_s,
            u"stale-routes-check 300 60"_s};
}

} // namespace

QString managementDirective(const InstanceRow &instance)
{
    const auto endpoint = ManagementEndpoint::parse(instance.management);
    if (!endpoint)
        return u"management 127.0.0.1 7505"_s;
    QString line = endpoint->isUnix() ? u"management %1 unix"_s.arg(quoted(endpoint->path()))
                                      : u"management %1 %2"_s.arg(endpoint->host()).arg(endpoint->port());
    if (!instance.passwordFile.isEmpty())
        line += u' ' + quoted(instance.passwordFile);
    return line;
}

QStringList networkDirectives(const InstanceRow &instance)
{
    const QString network = instance.network.toNetworkAndMask();
    if (!instance.network.isIPv4())
        return {u"mode server"_s, u"tls-server"_s, ipv6Directive(instance.network)};
    if (isFirstHost(instance))
        return {u"server %1 nopool"_s.arg(network)};
    // What the macro stands for; without the two gateways routes would be skipped with a line in the log only.
    const QString address = instance.serverAddress.toString();
    QStringList lines{u"mode server"_s, u"tls-server"_s, u"ifconfig %1 %2"_s.arg(address, instance.network.netmask())};
    if (instance.mode == DeviceMode::Tun)
        lines += u"push \"topology subnet\""_s;
    lines += u"push \"route-gateway %1\""_s.arg(address);
    // Any other address of the network: on a tun device it only says which device.
    const Address first(Family::IPv4, instance.network.first().value() + 1);
    lines += u"route-gateway "_s + first.toString();
    return lines;
}

QString ipv6Directive(const Prefix &pool)
{
    const auto host = [&](unsigned number) {
        return Address(pool.family(), pool.length() < 127 ? pool.first().value() + number : pool.first().value());
    };
    // The macro server-ipv6 would refuse to start beside nopool.
    return u"ifconfig-ipv6 %1/%2 %3"_s.arg(host(1).toString(), QString::number(pool.length()), host(2).toString());
}

QString routeDirective(const Prefix &prefix)
{
    return (prefix.isIPv4() ? u"route "_s : u"route-ipv6 "_s) + prefix.toNetworkAndMask();
}

QString learnAddressDirective(const InstanceRow &instance)
{
    return u"learn-address \"/usr/bin/interlock-learn /run/interlock/learn.sock %1\""_s.arg(instance.name.toString());
}

int routesNeeded(const Topology &topology, const InstanceRow &instance)
{
    std::map<CommonName, int> addresses;
    for (const AllocationRow *allocation : topology.list<AllocationRow>(instance.name))
        ++addresses[allocation->cn];
    int most = 0;
    for (const auto &[cn, count] : addresses) {
        const auto lans = static_cast<int>(topology.list<IrouteRow>(cn).size());
        most = std::max(most, count + lans);
    }
    return most;
}

Expected<QString> serverFragment(const Topology &topology, const InstanceName &name)
{
    const auto instance = instanceNamed(topology, name);
    if (!instance)
        return fail(instance.error());
    QStringList lines{
        u"# Interlock: what the OpenVPN server of instance %1 needs."_s.arg(name.toString()),
        u"# Port, certificates, ciphers and log are yours to add. Not beside this:"_s,
        u"# client-config-dir, client-connect, duplicate-cn, username-as-common-name, management-signal."_s};
    lines += managementLines(*instance);
    lines += tunnelLines(topology, *instance);
    lines += instance->mode == DeviceMode::Tap ? tapLines(*instance) : routeLines(topology, *instance);
    lines +=
        {QString(), u"# Clients come back in seconds after a restart of this server, and not in a minute. UDP only."_s,
         u"explicit-exit-notify 1"_s};
    return lines.join(u'\n') + u'\n';
}

} // namespace interlock
