// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/linux/kernelroutetable.h"

#include <QJsonArray>

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/cache.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

template <auto Release>
struct ReleaseBy
{
    template <typename T>
    void operator()(T *object) const
    {
        Release(object);
    }
};
using RoutePtr = std::unique_ptr<rtnl_route, ReleaseBy<rtnl_route_put>>;
using AddressPtr = std::unique_ptr<nl_addr, ReleaseBy<nl_addr_put>>;
using LinkPtr = std::unique_ptr<rtnl_link, ReleaseBy<rtnl_link_put>>;
using CachePtr = std::unique_ptr<nl_cache, ReleaseBy<nl_cache_free>>;

/// What matters here of one route of the main table.
struct KernelRoute
{
    Prefix destination;
    unsigned device = 0;   ///< 0 without one
    bool isOurs = false;   ///< has our protocol number
    bool isDirect = false; ///< its device is in that network
};

Address addressFrom(Family family, const nl_addr *from)
{
    std::array<std::uint8_t, 16> bytes{};
    const std::size_t width = family == Family::IPv4 ? 4 : 16;
    // An address of no bytes is the default route's.
    std::memcpy(bytes.data(), nl_addr_get_binary_addr(from), std::min<std::size_t>(nl_addr_get_len(from), width));
    uint128 value = 0;
    for (std::size_t i = 0; i < width; ++i)
        value = (value << 8U) | bytes.at(i);
    return {family, value};
}

std::optional<KernelRoute> readRoute(rtnl_route *route)
{
    const int family = rtnl_route_get_family(route);
    const nl_addr *destination = rtnl_route_get_dst(route);
    if (rtnl_route_get_table(route) != RT_TABLE_MAIN || !destination || (family != AF_INET && family != AF_INET6))
        return std::nullopt;
    const Family of = family == AF_INET ? Family::IPv4 : Family::IPv6;
    const auto length = static_cast<int>(nl_addr_get_prefixlen(destination));
    KernelRoute found{Prefix(addressFrom(of, destination), length)};
    rtnl_nexthop *hop = rtnl_route_get_nnexthops(route) > 0 ? rtnl_route_nexthop_n(route, 0) : nullptr;
    found.device = hop ? static_cast<unsigned>(rtnl_route_nh_get_ifindex(hop)) : 0U;
    found.isOurs = rtnl_route_get_protocol(route) == KernelRouteTable::kProtocol;
    found.isDirect = found.device != 0 && !rtnl_route_nh_get_gateway(hop) && length > 0;
    return found;
}

RoutePtr makeRoute(const Prefix &prefix, unsigned device)
{
    const bool isIPv4 = prefix.isIPv4();
    std::array<std::uint8_t, 16> bytes{};
    const std::size_t width = isIPv4 ? 4 : 16;
    uint128 value = prefix.first().value();
    for (std::size_t i = width; i-- > 0; value >>= 8U)
        bytes.at(i) = static_cast<std::uint8_t>(value & 0xffU);
    const AddressPtr destination(nl_addr_build(isIPv4 ? AF_INET : AF_INET6, bytes.data(), width));
    nl_addr_set_prefixlen(destination.get(), prefix.length());
    RoutePtr route(rtnl_route_alloc());
    rtnl_route_set_family(route.get(), isIPv4 ? AF_INET : AF_INET6);
    rtnl_route_set_table(route.get(), RT_TABLE_MAIN);
    rtnl_route_set_protocol(route.get(), KernelRouteTable::kProtocol);
    rtnl_route_set_scope(route.get(), isIPv4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE); // IPv6 has no scopes of routes
    rtnl_route_set_type(route.get(), RTN_UNICAST);
    rtnl_route_set_dst(route.get(), destination.get());
    rtnl_nexthop *hop = rtnl_route_nh_alloc();
    rtnl_route_nh_set_ifindex(hop, static_cast<int>(device));
    rtnl_route_add_nexthop(route.get(), hop); // owns it now
    return route;
}

QString nameOf(unsigned device)
{
    std::array<char, IF_NAMESIZE> name{};
    return if_indextoname(device, name.data()) ? QString::fromUtf8(name.data()) : QString();
}

/// The network device that routes are about.
struct Device
{
    QString name;
    unsigned index = 0;
    bool isUp = false;
};

Expected<Device> findDevice(nl_sock *socket, const QString &name)
{
    rtnl_link *link = nullptr;
    if (name.isEmpty() || rtnl_link_get_kernel(socket, 0, name.toUtf8().constData(), &link) < 0) {
        return fail(ErrorKind::BackendUnavailable, u"there is no network device '%1' on this host"_s.arg(name),
                    {{u"device"_s, name}});
    }
    const LinkPtr owner(link);
    return Device{name, static_cast<unsigned>(rtnl_link_get_ifindex(link)),
                  (rtnl_link_get_flags(link) & static_cast<unsigned>(IFF_UP)) != 0};
}

Error kernelError(int code, const Device &device, const std::optional<Prefix> &prefix)
{
    QJsonObject payload{{u"device"_s, device.name}};
    if (prefix)
        payload.insert(u"prefix"_s, prefix->toString());
    if (code == -NLE_PERM || code == -NLE_NOACCESS) {
        payload.insert(u"capability"_s, u"CAP_NET_ADMIN"_s);
        return {ErrorKind::ReadOnly, u"routes of this host cannot be changed: it needs CAP_NET_ADMIN"_s, payload};
    }
    if (prefix && !device.isUp)
        return {ErrorKind::BackendUnavailable, u"the network device '%1' is down"_s.arg(device.name), payload};
    const QString what =
        prefix ? u"the route to %1 on %2"_s.arg(prefix->toString(), device.name) : u"to show the routing table"_s;
    return {ErrorKind::BackendRefused, u"the kernel refused %1: %2"_s.arg(what, QString::fromUtf8(nl_geterror(code))),
            payload};
}

QJsonArray textsOf(const std::vector<Prefix> &prefixes)
{
    QJsonArray texts;
    for (const Prefix &prefix : prefixes)
        texts.append(prefix.toString());
    return texts;
}

/// The route that keeps `wanted` out, or null. Where there are several, one that serves comes first.
const KernelRoute *obstacleOrNull(const std::vector<KernelRoute> &routes, const Prefix &wanted, unsigned device)
{
    const KernelRoute *found = nullptr;
    for (const KernelRoute &route : routes) {
        const bool isOwn = route.isOurs && route.device == device;
        const bool isSame = route.destination == wanted;
        const bool isAround = route.isDirect && route.device != device && route.destination.contains(wanted);
        if (isOwn || !(isSame || isAround))
            continue;
        if (!found || (isSame && route.device == device))
            found = &route;
    }
    return found;
}

/// The routes of others that lead a part of a prefix elsewhere than to the device.
class PartsElsewhere
{
public:
    PartsElsewhere(std::vector<KernelRoute> routes, unsigned device) : m_routes(std::move(routes))
    {
        std::erase_if(m_routes, [device](const KernelRoute &route) { return route.device == device; });
        std::ranges::sort(m_routes, {}, &KernelRoute::destination);
    }

    /// \complexity O(log n) and of the answer
    void addTo(std::vector<ForeignRoute> &list, const Prefix &wanted) const
    {
        // A prefix is followed by what lies in it.
        auto it = std::ranges::upper_bound(m_routes, wanted, {}, &KernelRoute::destination);
        for (; it != m_routes.end() && wanted.contains(it->destination); ++it)
            list.push_back({wanted, it->destination, nameOf(it->device), false});
    }

private:
    std::vector<KernelRoute> m_routes;
};

std::vector<Prefix> oursOf(const std::vector<KernelRoute> &routes, const Device &device)
{
    std::vector<Prefix> ours;
    for (const KernelRoute &route : routes) {
        if (route.isOurs && route.device == device.index)
            ours.push_back(route.destination);
    }
    std::ranges::sort(ours);
    return ours;
}

} // namespace

struct KernelRouteTable::Socket
{
    std::unique_ptr<nl_sock, ReleaseBy<nl_socket_free>> socket;

    [[nodiscard]] Expected<std::vector<KernelRoute>> read(const Device &device) const
    {
        nl_cache *cache = nullptr;
        if (const int code = rtnl_route_alloc_cache(socket.get(), AF_UNSPEC, 0, &cache); code < 0)
            return fail(kernelError(code, device, {}));
        const CachePtr owner(cache);
        std::vector<KernelRoute> routes;
        for (nl_object *object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
            // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how libnl's objects are meant to be used
            if (const auto route = readRoute(reinterpret_cast<rtnl_route *>(object)))
                routes.push_back(*route);
        }
        return routes;
    }
};

KernelRouteTable::KernelRouteTable(std::unique_ptr<Socket> socket) : m_socket(std::move(socket)) {}
KernelRouteTable::~KernelRouteTable() = default;
KernelRouteTable::KernelRouteTable(KernelRouteTable &&) noexcept = default;
KernelRouteTable &KernelRouteTable::operator=(KernelRouteTable &&) noexcept = default;

Expected<KernelRouteTable> KernelRouteTable::open()
{
    auto socket = std::make_unique<Socket>();
    socket->socket.reset(nl_socket_alloc());
    if (!socket->socket)
        return fail(ErrorKind::Unsupported, u"there is no netlink socket"_s);
    if (const int code = nl_connect(socket->socket.get(), NETLINK_ROUTE); code < 0) {
        return fail(ErrorKind::Unsupported,
                    u"the kernel's routes cannot be reached: "_s + QString::fromUtf8(nl_geterror(code)));
    }
    return KernelRouteTable(std::move(socket));
}

Expected<std::vector<Prefix>> KernelRouteTable::routes(const QString &name)
{
    return findDevice(m_socket->socket.get(), name).and_then([this](const Device &device) {
        return m_socket->read(device).map([&](const std::vector<KernelRoute> &all) { return oursOf(all, device); });
    });
}

Expected<KernelRouteChange> KernelRouteTable::reconcile(const QString &name, const std::vector<Prefix> &wanted)
{
    const auto device = findDevice(m_socket->socket.get(), name);
    if (!device)
        return fail(device.error());
    const auto all = m_socket->read(*device);
    if (!all)
        return fail(all.error());
    const std::vector<Prefix> ours = oursOf(*all, *device);
    std::vector<Prefix> sorted = wanted;
    std::ranges::sort(sorted);
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    KernelRouteChange change;
    const auto failed = [&](int code, const Prefix &prefix) {
        Error error = kernelError(code, *device, prefix);
        error.payload.insert(u"added"_s, textsOf(change.added));
        error.payload.insert(u"removed"_s, textsOf(change.removed));
        return fail(std::move(error));
    };
    std::vector<Prefix> missing;
    std::ranges::set_difference(sorted, ours, std::back_inserter(missing));
    for (const Prefix &prefix : missing) {
        if (const KernelRoute *obstacle = obstacleOrNull(*all, prefix, device->index)) {
            const bool isServing = obstacle->destination == prefix && obstacle->device == device->index;
            change.foreign.push_back({prefix, obstacle->destination, nameOf(obstacle->device), isServing});
            continue;
        }
        const RoutePtr route = makeRoute(prefix, device->index);
        if (const int code = rtnl_route_add(m_socket->socket.get(), route.get(), NLM_F_EXCL); code < 0)
            return failed(code, prefix);
        change.added.push_back(prefix);
    }
    const PartsElsewhere parts(*all, device->index);
    for (const Prefix &prefix : sorted) {
        const bool isThere = std::ranges::none_of(
            change.foreign, [&](const ForeignRoute &route) { return route.wanted == prefix && !route.isServing; });
        if (isThere)
            parts.addTo(change.inside, prefix);
    }
    std::vector<Prefix> superfluous;
    std::ranges::set_difference(ours, sorted, std::back_inserter(superfluous));
    for (const Prefix &prefix : superfluous) {
        const RoutePtr route = makeRoute(prefix, device->index);
        const int code = rtnl_route_delete(m_socket->socket.get(), route.get(), 0);
        if (code < 0 && code != -NLE_OBJ_NOTFOUND)
            return failed(code, prefix);
        change.removed.push_back(prefix);
    }
    return change;
}

} // namespace interlock
