// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/controllerflavour.h"
#include "model/values/error.h"

#include <QString>
#include <QStringView>

#include <array>
#include <utility>

namespace interlock {

// The choices that rows hold. Each has a table of names, which are at once the words of the command line and the text
// in the store; enumText() and parseEnum() work on all of them.

enum class DeviceMode { Tun, Tap };
/// What a second owner of a LAN does to the first (DESIGN.md 9.1).
enum class CollisionPolicy { KeepFirst, StandInBoth };
enum class UnknownCnPolicy { Deny, Admit };
enum class MoveLivePolicy { Never, Window, Now };
enum class StoreDownPolicy { AdmitKnown, Deny };
/// Where a connector's stand-in is translated: in its OpenVPN client, in the router itself, or on the VPN host.
enum class Translation { Client, Router, Host };
/// Whom a push option is for.
enum class OptionScope { Cn, Group, Instance };
/// The typed pushes that an operator may add; nothing else ever reaches a client (openvpn/FACTS.md 48).
enum class OptionType { Route, RouteIpv6, DhcpOption, RedirectGateway, BlockOutsideDns, Ping, PingRestart };
/// What a stored subnet is for. Only `Reserved` is kept out of route plans, and only `StandinRange` does not count as
/// an exclusion inside of a stand-in range (SEMANTICS.md 2, 6).
enum class SubnetRole { None, Container, ZerotierChild, OpenvpnPool, ConnectorLan, StandinRange, Reserved };
/// Whether an address of the subnet tree is held, kept back, or waits after its release.
enum class AddressState { Used, Reserved, Quarantined };
/// How a free address is chosen.
enum class AddressChoice { Lowest, Random, Sparse };

/// Which stored subnets inside of a network's subnet become routes of their own. \source SOURCES Z1, CASES.md P11
enum class ChildRoutes { Off, Direct, Leaves, All };
/// What becomes of the network's subnet itself. \source SOURCES Z2
enum class ParentRoute { Attached, Via, Omit };
/// What somebody wants of a member. A removed one is kept in mind, because a node that still runs comes back
/// (zerotier/FACTS.md 46).
enum class MemberStanding { Authorized, Deauthorized, Removed };
/// Where the value of a variable comes from. The order is the declared one, lowest first: of two values for one name,
/// the one from the later scope is in force. What is computed stands last, because an address that a group's value hid
/// would be configured on the device and would not work. \source SOURCES Z4, CASES.md V5
enum class VariableScope {
    Store,    ///< a setting, for all devices
    Group,    ///< typed for a group
    Template, ///< the defaults that a template brings
    Device,   ///< typed for this device
    Network,  ///< computed: networkVariables(), divisionVariables(); never stored
};

/// What is refused until somebody says that it is meant: the KIND of `--confirm KIND`.
enum class Confirmation {
    PublicAddress, ///< a LAN contains the public address of a server
};

template <typename Enum>
struct EnumNames;

template <typename Enum, std::size_t N>
using NameTable = std::array<std::pair<Enum, const char16_t *>, N>;

template <>
struct EnumNames<DeviceMode>
{
    static constexpr NameTable<DeviceMode, 2> kTable{{{DeviceMode::Tun, u"tun"}, {DeviceMode::Tap, u"tap"}}};
};
template <>
struct EnumNames<CollisionPolicy>
{
    static constexpr NameTable<CollisionPolicy, 2> kTable{
        {{CollisionPolicy::KeepFirst, u"keep-first"}, {CollisionPolicy::StandInBoth, u"stand-in-both"}}};
};
template <>
struct EnumNames<UnknownCnPolicy>
{
    static constexpr NameTable<UnknownCnPolicy, 2> kTable{
        {{UnknownCnPolicy::Deny, u"deny"}, {UnknownCnPolicy::Admit, u"admit"}}};
};
template <>
struct EnumNames<MoveLivePolicy>
{
    static constexpr NameTable<MoveLivePolicy, 3> kTable{
        {{MoveLivePolicy::Never, u"never"}, {MoveLivePolicy::Window, u"window"}, {MoveLivePolicy::Now, u"now"}}};
};
template <>
struct EnumNames<StoreDownPolicy>
{
    static constexpr NameTable<StoreDownPolicy, 2> kTable{
        {{StoreDownPolicy::AdmitKnown, u"admit-known"}, {StoreDownPolicy::Deny, u"deny"}}};
};
template <>
struct EnumNames<Translation>
{
    static constexpr NameTable<Translation, 3> kTable{
        {{Translation::Client, u"client"}, {Translation::Router, u"router"}, {Translation::Host, u"host"}}};
};
template <>
struct EnumNames<OptionScope>
{
    static constexpr NameTable<OptionScope, 3> kTable{
        {{OptionScope::Cn, u"cn"}, {OptionScope::Group, u"group"}, {OptionScope::Instance, u"instance"}}};
};
template <>
struct EnumNames<OptionType>
{
    static constexpr NameTable<OptionType, 7> kTable{{{OptionType::Route, u"route"},
                                                      {OptionType::RouteIpv6, u"route-ipv6"},
                                                      {OptionType::DhcpOption, u"dhcp-option"},
                                                      {OptionType::RedirectGateway, u"redirect-gateway"},
                                                      {OptionType::BlockOutsideDns, u"block-outside-dns"},
                                                      {OptionType::Ping, u"ping"},
                                                      {OptionType::PingRestart, u"ping-restart"}}};
};

template <>
struct EnumNames<SubnetRole>
{
    static constexpr NameTable<SubnetRole, 7> kTable{{{SubnetRole::None, u"none"},
                                                      {SubnetRole::Container, u"container"},
                                                      {SubnetRole::ZerotierChild, u"zerotier-child"},
                                                      {SubnetRole::OpenvpnPool, u"openvpn-pool"},
                                                      {SubnetRole::ConnectorLan, u"connector-lan"},
                                                      {SubnetRole::StandinRange, u"standin-range"},
                                                      {SubnetRole::Reserved, u"reserved"}}};
};
template <>
struct EnumNames<AddressState>
{
    static constexpr NameTable<AddressState, 3> kTable{{{AddressState::Used, u"used"},
                                                        {AddressState::Reserved, u"reserved"},
                                                        {AddressState::Quarantined, u"quarantined"}}};
};
template <>
struct EnumNames<AddressChoice>
{
    static constexpr NameTable<AddressChoice, 3> kTable{
        {{AddressChoice::Lowest, u"lowest"}, {AddressChoice::Random, u"random"}, {AddressChoice::Sparse, u"sparse"}}};
};

template <>
struct EnumNames<ChildRoutes>
{
    static constexpr NameTable<ChildRoutes, 4> kTable{{{ChildRoutes::Off, u"off"},
                                                       {ChildRoutes::Direct, u"direct"},
                                                       {ChildRoutes::Leaves, u"leaves"},
                                                       {ChildRoutes::All, u"all"}}};
};
template <>
struct EnumNames<ParentRoute>
{
    static constexpr NameTable<ParentRoute, 3> kTable{
        {{ParentRoute::Attached, u"attached"}, {ParentRoute::Via, u"via"}, {ParentRoute::Omit, u"omit"}}};
};
template <>
struct EnumNames<MemberStanding>
{
    static constexpr NameTable<MemberStanding, 3> kTable{{{MemberStanding::Authorized, u"authorized"},
                                                          {MemberStanding::Deauthorized, u"deauthorized"},
                                                          {MemberStanding::Removed, u"removed"}}};
};
template <>
struct EnumNames<VariableScope>
{
    static constexpr NameTable<VariableScope, 5> kTable{{{VariableScope::Store, u"store"},
                                                         {VariableScope::Group, u"group"},
                                                         {VariableScope::Template, u"template"},
                                                         {VariableScope::Device, u"device"},
                                                         {VariableScope::Network, u"network"}}};
};
template <>
struct EnumNames<ControllerFlavour>
{
    static constexpr NameTable<ControllerFlavour, 2> kTable{
        {{ControllerFlavour::SelfHosted, u"self-hosted"}, {ControllerFlavour::Central, u"central"}}};
};

template <>
struct EnumNames<Confirmation>
{
    static constexpr NameTable<Confirmation, 1> kTable{{{Confirmation::PublicAddress, u"public-address"}}};
};

template <typename Enum>
concept NamedEnum = requires
{
    EnumNames<Enum>::kTable;
};

/// The word for `value`.
template <NamedEnum Enum>
[[nodiscard]] QString enumText(Enum value)
{
    for (const auto &[candidate, name] : EnumNames<Enum>::kTable) {
        if (candidate == value)
            return QString::fromUtf16(name);
    }
    Q_UNREACHABLE();
}

/// The value that `text` names, exactly.
/// \returns Invalid with the list of allowed words
template <NamedEnum Enum>
[[nodiscard]] Expected<Enum> parseEnum(QStringView text)
{
    QString allowed;
    for (const auto &[candidate, name] : EnumNames<Enum>::kTable) {
        if (text == QStringView(name))
            return candidate;
        allowed += (allowed.isEmpty() ? QString() : QStringLiteral(", ")) + QString::fromUtf16(name);
    }
    return fail(ErrorKind::Invalid, QStringLiteral("'%1' is not one of: %2").arg(text.left(40).toString(), allowed));
}

} // namespace interlock
