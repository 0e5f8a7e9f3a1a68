// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/devicerows.h"
#include "model/rules/networkrows.h"
#include "model/rules/policies.h"
#include "model/rules/rowfields.h"
#include "model/values/address.h"
#include "model/values/name.h"
#include "model/values/prefix.h"
#include "model/values/timestamp.h"

#include <QString>

#include <array>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

namespace interlock {

// The rows that operators' commands and the resolver write: the whole of what the journal records.
// Each struct lists its fields once, in the order of its members; the SQL binding, the JSON image and the comparison
// are all made from that list.

/// An OpenVPN server process and its policies. Key: name.
struct InstanceRow
{
    InstanceName name;
    QString management; ///< tcp:HOST:PORT or unix:PATH, checked by the command that writes it
    Prefix network;     ///< the tunnel network, whose mask ifconfig-push carries
    Address serverAddress;
    std::optional<Address> publicAddress; ///< where clients find the server, if somebody said it
    DeviceMode mode = DeviceMode::Tun;
    QString passwordFile; ///< absolute path or empty; never the password
    int blockLength = 27;
    int blockLength6 = 64;
    CollisionPolicy collision = CollisionPolicy::KeepFirst;
    Prefix standinRange;
    UnknownCnPolicy unknownCn = UnknownCnPolicy::Deny;
    bool autoAllocate = false;
    MoveLivePolicy moveLive = MoveLivePolicy::Never;
    StoreDownPolicy whenStoreDown = StoreDownPolicy::AdmitKnown;
    QString tenant;
    Timestamp createdAt;
    qint64 version = 0;

    static constexpr auto kFields =
        std::tuple{keyField(u"instance", u"name", &InstanceRow::name),
                   dataField(u"management", u"management", &InstanceRow::management),
                   dataField(u"network", u"network", &InstanceRow::network),
                   dataField(u"serverAddress", u"server_address", &InstanceRow::serverAddress),
                   dataField(u"publicAddress", u"public_address", &InstanceRow::publicAddress),
                   dataField(u"mode", u"mode", &InstanceRow::mode),
                   dataField(u"passwordFile", u"password_file", &InstanceRow::passwordFile),
                   dataField(u"blockLength", u"block_length", &InstanceRow::blockLength),
                   dataField(u"blockLength6", u"block_length6", &InstanceRow::blockLength6),
                   dataField(u"collision", u"collision", &InstanceRow::collision),
                   dataField(u"standinRange", u"standin_range", &InstanceRow::standinRange),
                   dataField(u"unknownCn", u"unknown_cn", &InstanceRow::unknownCn),
                   dataField(u"autoAllocate", u"auto_allocate", &InstanceRow::autoAllocate),
                   dataField(u"moveLive", u"move_live", &InstanceRow::moveLive),
                   dataField(u"whenStoreDown", u"when_store_down", &InstanceRow::whenStoreDown),
                   dataField(u"tenant", u"tenant", &InstanceRow::tenant),
                   metaField(u"createdAt", u"created_at", &InstanceRow::createdAt),
                   metaField(u"version", u"version", &InstanceRow::version)};
    friend bool operator==(const InstanceRow &, const InstanceRow &) = default;
};

/// A pool of tunnel addresses of an instance. Key: (instance, prefix).
struct PoolRow
{
    InstanceName instance;
    Prefix prefix;
    int ordinal = 0; ///< order in which pools are asked for an address
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{
        keyField(u"instance", u"instance", &PoolRow::instance), keyField(u"prefix", u"prefix", &PoolRow::prefix),
        dataField(u"ordinal", u"ordinal", &PoolRow::ordinal), metaField(u"version", u"version", &PoolRow::version)};
    friend bool operator==(const PoolRow &, const PoolRow &) = default;
};

/// An OpenVPN client that brings LANs. Key: cn. Its version is also the version of its set of iroutes.
struct ConnectorRow
{
    CommonName cn;
    QString group;
    QString description;
    Translation translation = Translation::Client;
    Timestamp createdAt;
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"cn", u"cn", &ConnectorRow::cn),
                                               dataField(u"group", u"group_name", &ConnectorRow::group),
                                               dataField(u"description", u"description", &ConnectorRow::description),
                                               dataField(u"translation", u"translation", &ConnectorRow::translation),
                                               metaField(u"createdAt", u"created_at", &ConnectorRow::createdAt),
                                               metaField(u"version", u"version", &ConnectorRow::version)};
    friend bool operator==(const ConnectorRow &, const ConnectorRow &) = default;
};

/// A LAN that a connector advertises. Key: (cn, prefix). SOURCES S1.
struct IrouteRow
{
    CommonName cn;
    Prefix prefix;
    Timestamp createdAt;
    qint64 version = 0;

    static constexpr auto kFields =
        std::tuple{keyField(u"cn", u"cn", &IrouteRow::cn), keyField(u"prefix", u"prefix", &IrouteRow::prefix),
                   metaField(u"createdAt", u"created_at", &IrouteRow::createdAt),
                   metaField(u"version", u"version", &IrouteRow::version)};
    friend bool operator==(const IrouteRow &, const IrouteRow &) = default;
};

/// A connector's own tunnel address. Key: (instance, cn, family of the address); an address is unique in its tenant.
struct AllocationRow
{
    InstanceName instance;
    CommonName cn;
    int family = 4; ///< 4 or 6, that of `address`
    Address address;
    QString tenant;
    Timestamp allocatedAt;
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"instance", u"instance", &AllocationRow::instance),
                                               keyField(u"cn", u"holder", &AllocationRow::cn),
                                               keyField(u"family", u"family", &AllocationRow::family),
                                               dataField(u"address", u"address", &AllocationRow::address),
                                               dataField(u"tenant", u"tenant", &AllocationRow::tenant),
                                               metaField(u"allocatedAt", u"allocated_at", &AllocationRow::allocatedAt),
                                               metaField(u"version", u"version", &AllocationRow::version)};
    friend bool operator==(const AllocationRow &, const AllocationRow &) = default;
};

/// The verdict for (cn, real). SOURCES S5. Key: (cn, real).
struct ClaimRow
{
    CommonName cn;
    Prefix real;
    Prefix virtualPrefix;  ///< equals `real` for a sentinel; always of real's length
    Prefix hold;           ///< what nobody else may overlap: the carve-out, for a sentinel the real prefix
    InstanceName instance; ///< whose policy and range gave the verdict
    Timestamp allocatedAt;
    qint64 version = 0;

    [[nodiscard]] bool isSentinel() const { return virtualPrefix == real; }

    static constexpr auto kFields = std::tuple{keyField(u"cn", u"cn", &ClaimRow::cn),
                                               keyField(u"real", u"real", &ClaimRow::real),
                                               dataField(u"virtual", u"virtual", &ClaimRow::virtualPrefix),
                                               dataField(u"hold", u"hold", &ClaimRow::hold),
                                               dataField(u"instance", u"instance", &ClaimRow::instance),
                                               metaField(u"allocatedAt", u"allocated_at", &ClaimRow::allocatedAt),
                                               metaField(u"version", u"version", &ClaimRow::version)};
    friend bool operator==(const ClaimRow &, const ClaimRow &) = default;
};

/// A range that no stand-in is taken from and that no LAN keeps. Key: prefix.
struct ExclusionRow
{
    Prefix prefix;
    QString note;
    Timestamp createdAt;
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"prefix", u"prefix", &ExclusionRow::prefix),
                                               dataField(u"note", u"note", &ExclusionRow::note),
                                               metaField(u"createdAt", u"created_at", &ExclusionRow::createdAt),
                                               metaField(u"version", u"version", &ExclusionRow::version)};
    friend bool operator==(const ExclusionRow &, const ExclusionRow &) = default;
};

/// A carve-out that was freed a short while ago and is not yet given to anybody else. Key: carveOut.
struct QuarantineRow
{
    Prefix carveOut;
    CommonName cn; ///< who had it
    Timestamp freedAt;
    Timestamp until;
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"carveOut", u"carve_out", &QuarantineRow::carveOut),
                                               dataField(u"cn", u"cn", &QuarantineRow::cn),
                                               metaField(u"freedAt", u"freed_at", &QuarantineRow::freedAt),
                                               metaField(u"until", u"until", &QuarantineRow::until),
                                               metaField(u"version", u"version", &QuarantineRow::version)};
    friend bool operator==(const QuarantineRow &, const QuarantineRow &) = default;
};

/// A typed push for a CN, a group or an instance. Key: everything but the version.
struct OptionRow
{
    OptionScope scope = OptionScope::Cn;
    QString holder; ///< the CN, group or instance
    OptionType type = OptionType::Route;
    QString value; ///< canonical text of its type, see PushOption
    qint64 version = 0;

    static constexpr auto kFields =
        std::tuple{keyField(u"scope", u"scope", &OptionRow::scope), keyField(u"holder", u"holder", &OptionRow::holder),
                   keyField(u"type", u"type", &OptionRow::type), keyField(u"value", u"value", &OptionRow::value),
                   metaField(u"version", u"version", &OptionRow::version)};
    friend bool operator==(const OptionRow &, const OptionRow &) = default;
};

/// A store-wide setting, such as the length of the quarantine. Key: name.
struct SettingRow
{
    QString name;
    QString value;
    qint64 version = 0;

    static constexpr auto kFields =
        std::tuple{keyField(u"name", u"name", &SettingRow::name), dataField(u"value", u"value", &SettingRow::value),
                   metaField(u"version", u"version", &SettingRow::version)};
    friend bool operator==(const SettingRow &, const SettingRow &) = default;
};

/// An organisation that has a tree of subnets of its own. Key: tenant. The shared tree is the one without a name, which
/// has no row.
struct TenantRow
{
    QString tenant; ///< 1 to 63 of a-z 0-9 _ -, beginning with a letter or digit
    QString description;
    Timestamp createdAt;
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"tenant", u"tenant", &TenantRow::tenant),
                                               dataField(u"description", u"description", &TenantRow::description),
                                               metaField(u"createdAt", u"created_at", &TenantRow::createdAt),
                                               metaField(u"version", u"version", &TenantRow::version)};
    friend bool operator==(const TenantRow &, const TenantRow &) = default;
};

/// A subnet that somebody keeps. Key: (tenant, prefix). Parents and children are derived from the prefixes, never
/// stored. \source SEMANTICS.md 6
struct SubnetRow
{
    QString tenant; ///< empty: shared
    Prefix prefix;
    QString name;
    SubnetRole role = SubnetRole::None;
    QString description;
    QString tags;   ///< sorted, each once, joined by `;`; see canonicalTags()
    QString custom; ///< empty, or a JSON object of texts as canonicalCustom() makes it
    Timestamp createdAt;
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"tenant", u"tenant", &SubnetRow::tenant),
                                               keyField(u"prefix", u"prefix", &SubnetRow::prefix),
                                               dataField(u"name", u"name", &SubnetRow::name),
                                               dataField(u"role", u"role", &SubnetRow::role),
                                               dataField(u"description", u"description", &SubnetRow::description),
                                               dataField(u"tags", u"tags", &SubnetRow::tags),
                                               dataField(u"custom", u"custom", &SubnetRow::custom),
                                               metaField(u"createdAt", u"created_at", &SubnetRow::createdAt),
                                               metaField(u"version", u"version", &SubnetRow::version)};
    friend bool operator==(const SubnetRow &, const SubnetRow &) = default;
};

/// An address of the tree that is held, kept back or waits. Key: (tenant, address); the database keeps it in one table
/// with the allocations of OpenVPN, so that no address is ever held twice. \source SEMANTICS.md 1
struct AddressRow
{
    QString tenant; ///< empty: shared
    Address address;
    AddressState state = AddressState::Used;
    QString holder; ///< who has it, or had it; free text
    QString description;
    QString tags;
    QString custom;
    Timestamp until; ///< end of a quarantine; otherwise 1970
    Timestamp allocatedAt;
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"tenant", u"tenant", &AddressRow::tenant),
                                               keyField(u"address", u"address", &AddressRow::address),
                                               dataField(u"state", u"kind", &AddressRow::state),
                                               dataField(u"holder", u"holder", &AddressRow::holder),
                                               dataField(u"description", u"description", &AddressRow::description),
                                               dataField(u"tags", u"tags", &AddressRow::tags),
                                               dataField(u"custom", u"custom", &AddressRow::custom),
                                               metaField(u"until", u"until", &AddressRow::until),
                                               metaField(u"allocatedAt", u"allocated_at", &AddressRow::allocatedAt),
                                               metaField(u"version", u"version", &AddressRow::version)};
    friend bool operator==(const AddressRow &, const AddressRow &) = default;
};

/// One row of any journalled table. The order of the alternatives is the order in which tables may be loaded.
using Row = std::variant<InstanceRow, PoolRow, ConnectorRow, IrouteRow, AllocationRow, ClaimRow, ExclusionRow,
                         QuarantineRow, OptionRow, SettingRow, TenantRow, SubnetRow, AddressRow, ControllerRow,
                         NetworkRow, OwnedRouteRow, OwnedPoolRow, GroupRow, DeviceRow, MemberRow, VariableRow,
                         TemplateRow, DivisionRuleRow, DivisionShareRow>;

inline constexpr std::size_t kTableCount = std::variant_size_v<Row>;

/// Names of the tables, in the order of Row's alternatives.
inline constexpr std::array<const char16_t *, kTableCount> kTableNames{
    u"instance",        u"instance_pool",    u"connector",   u"client_iroute",   u"address",       u"virtual_claim",
    u"claim_exclusion", u"claim_quarantine", u"push_option", u"setting",         u"tenant",        u"subnet",
    u"subnet_address",  u"controller",       u"network",     u"owned_route",     u"owned_pool",    u"device_group",
    u"device",          u"member",           u"variable",    u"config_template", u"division_rule", u"division_share"};

/// Calls `visit(field, row.*field.member)` for each field of `row`, in order.
template <typename R, typename Visitor>
constexpr void forEachField(const R &row, Visitor &&visit)
{
    std::apply([&](const auto &...field) { (visit(field, row.*(field.member)), ...); }, R::kFields);
}

} // namespace interlock
