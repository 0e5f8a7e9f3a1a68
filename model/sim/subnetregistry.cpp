// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/subnetregistry.h"

#include <QStringList>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr std::size_t kSubnetsOfATenant = 5000;
constexpr std::size_t kMostServers = 65536;
constexpr std::uint32_t kMaster = 0x0a00'0000U;
constexpr std::uint32_t kOwn = 0xac10'0000U;
/// 2026-01-01, and a minute between two rows.
constexpr qint64 kBegin = 1'767'225'600'000;
constexpr qint64 kMinute = 60'000;

/// 64 well-mixed bits of a number. \source splitmix64, Steele et al. 2014
std::uint64_t mixed(std::uint64_t number)
{
    number += 0x9e37'79b9'7f4a'7c15U;
    number = (number ^ (number >> 30U)) * 0xbf58'476d'1ce4'e5b9U;
    number = (number ^ (number >> 27U)) * 0x94d0'49bb'1331'11ebU;
    return number ^ (number >> 31U);
}

QString numbered(const QString &name, std::size_t number, int digits)
{
    return name + u'-' + QString::number(number).rightJustified(digits, u'0');
}

QString tenantName(std::size_t number)
{
    static const QStringList kTrades{u"rail"_s,   u"water"_s,  u"power"_s, u"retail"_s,
                                     u"clinic"_s, u"school"_s, u"port"_s};
    return numbered(kTrades.at(static_cast<qsizetype>(number % 7)), number, 3);
}

/// Hands out rows until there are as many as were asked for.
class Maker
{
public:
    Maker(const RegistrySize &size, const std::function<void(const Row &)> &visit)
        : m_size(size), m_visit(visit), m_tenants(tenantsOfRegistry(size.subnets))
    {
    }

    void run()
    {
        for (std::size_t i = 0; i < m_tenants; ++i)
            m_visit(TenantRow{tenantName(i), u"Customer %1"_s.arg(i + 1), at(i), 1});
        const std::size_t ofTenants = m_size.subnets / m_tenants;
        makeMaster(m_size.subnets * 2 / 5);
        for (std::size_t i = 0; i < m_tenants; ++i) {
            makeOwn(tenantName(i), ofTenants * 2 / 5);
            makeWide(tenantName(i), i, ofTenants / 5);
        }
        // What the divisions have left over.
        makeServers(m_size.subnets);
        makeAddresses();
    }

private:
    [[nodiscard]] static Timestamp at(std::size_t number)
    {
        return Timestamp::fromMilliseconds(kBegin + static_cast<qint64>(number) * kMinute);
    }

    bool add(const QString &tenant, const Prefix &prefix, const QString &name, SubnetRole role)
    {
        if (m_count >= m_size.subnets)
            return false;
        const std::uint64_t chance = mixed(m_count);
        SubnetRow row{tenant, prefix, name, role, {}, {}, {}, at(m_count), 1};
        if (chance % 4 == 0)
            row.description = u"Ticket %1, rack %2"_s.arg(chance >> 44U).arg(chance % 97);
        if (chance % 3 == 0) {
            static constexpr std::array kTags{u"", u"backup", u"dmz;voice", u"lab", u"office;vpn", u"scada", u"voice"};
            row.tags = QString::fromUtf16(kTags.at(chance / 3 % kTags.size()));
        }
        if (chance % 16 == 0)
            row.custom = uR"({"cost":"%1"})"_s.arg(chance % 1000);
        m_visit(row);
        ++m_count;
        return true;
    }

    void makeMaster(std::size_t count)
    {
        add({}, Prefix(Address::ipv4(kMaster), 8), u"overlay"_s, SubnetRole::Container);
        makeServers(m_count + count);
    }

    /// The next servers, until there are `upTo` rows in all.
    void makeServers(std::size_t upTo)
    {
        for (; m_count < upTo && m_server < kMostServers; ++m_server) {
            const std::uint32_t first = kMaster + (static_cast<std::uint32_t>(m_server) << 8U);
            if (m_server % 256 == 0)
                add({}, Prefix(Address::ipv4(first), 16), numbered(u"region"_s, m_server / 256, 3),
                    SubnetRole::Container);
            // Every eleventh is gone; the first one of the registry is a hole, too, and so is the last of each region.
            if (mixed(m_server) % 11 == 0 || m_server == 0 || m_server % 256 == 255)
                continue;
            const QString tenant = tenantName(m_server % m_tenants);
            const QString name = numbered(u"srv"_s, m_server, 5);
            add(tenant, Prefix(Address::ipv4(first), 24), name, SubnetRole::ZerotierChild);
            for (std::uint32_t part = 0; part < 16; ++part) {
                if (mixed(m_server * 16 + part) % 6 != 0)
                    add(tenant, Prefix(Address::ipv4(first + (part << 4U)), 28), numbered(name, part, 2),
                        SubnetRole::None);
            }
        }
    }

    /// Tenants' private space, the same for all.
    void makeOwn(const QString &tenant, std::size_t count)
    {
        const std::size_t upTo = m_count + count;
        if (count > 0)
            add(tenant, Prefix(Address::ipv4(kOwn), 12), tenant, SubnetRole::Container);
        for (std::uint32_t site = 0; m_count < upTo && site < 4096; ++site) {
            if (mixed(site + 7) % 9 == 0)
                continue;
            const std::uint32_t first = kOwn + (site << 8U);
            const QString name = numbered(u"site"_s, site, 4);
            add(tenant, Prefix(Address::ipv4(first), 24), name, SubnetRole::ConnectorLan);
            for (std::uint32_t part = 0; part < 8 && m_count < upTo; ++part) {
                if (mixed(site * 8 + part) % 3 != 0)
                    add(tenant, Prefix(Address::ipv4(first + (part << 5U)), 27), numbered(name, part, 1),
                        SubnetRole::None);
            }
        }
    }

    void makeWide(const QString &tenant, std::size_t number, std::size_t count)
    {
        const std::size_t upTo = m_count + count;
        const uint128 base = uint128{0xfd00'0000'0000U + number * 0x101} << 80U;
        if (count > 0)
            add(tenant, Prefix(Address(Family::IPv6, base), 48), tenant + u" v6"_s, SubnetRole::Container);
        for (std::uint64_t part = 0; m_count < upTo && part < 65536; ++part) {
            if (mixed(part + 3) % 7 != 0)
                add(tenant, Prefix(Address(Family::IPv6, base + (uint128{part} << 64U)), 64),
                    numbered(u"net"_s, part, 4), SubnetRole::None);
        }
    }

    /// In the servers' parts, which are made as makeServers() does: lowest first, some kept back, some gone.
    void makeAddresses()
    {
        std::size_t made = 0;
        for (std::size_t server = 0; server < m_server && made < m_size.addresses; ++server) {
            if (mixed(server) % 11 == 0 || server == 0 || server % 256 == 255)
                continue;
            const QString tenant = tenantName(server % m_tenants);
            const std::uint32_t first = kMaster + (static_cast<std::uint32_t>(server) << 8U);
            for (std::uint32_t host = 1; host < 255 && made < m_size.addresses; ++host) {
                const bool isEnd = host % 16 == 0 || host % 16 == 15; // of a /28
                if (isEnd || mixed(server * 256 + host) % 5 == 0)
                    continue;
                const bool isReserved = host == 1;
                m_visit(AddressRow{tenant,
                                   Address::ipv4(first + host),
                                   isReserved ? AddressState::Reserved : AddressState::Used,
                                   isReserved ? QString() : numbered(u"host"_s, made, 7),
                                   {},
                                   {},
                                   {},
                                   {},
                                   at(made),
                                   1});
                ++made;
            }
        }
    }

    const RegistrySize m_size;
    const std::function<void(const Row &)> &m_visit;
    std::size_t m_tenants;
    std::size_t m_count = 0;
    std::size_t m_server = 0; ///< the next one
};

} // namespace

std::size_t tenantsOfRegistry(std::size_t subnets)
{
    return std::clamp<std::size_t>(subnets / kSubnetsOfATenant, 3, 200);
}

void makeSubnetRegistry(const RegistrySize &size, const std::function<void(const Row &)> &visit)
{
    Maker(size, visit).run();
}

} // namespace interlock
