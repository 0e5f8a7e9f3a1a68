// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"
#include "model/values/route.h"

#include <QString>
#include <QStringView>

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// A name and the text that it stands for in a template.
struct Variable
{
    QString name;
    QString value;

    friend bool operator==(const Variable &, const Variable &) = default;
};

/// Where a value comes from. The order of the enumerators is the declared order, lowest first: of two values for one
/// name, the one from the later scope is in force. What is computed stands last, because an address that a group's
/// value hid would be configured on the device and would not work. \source SOURCES Z4, CASES.md V5
enum class VariableScope {
    Store,    ///< a setting, for all devices
    Group,    ///< typed for a group
    Template, ///< the defaults that a template brings
    Device,   ///< typed for this device
    Network,  ///< computed: networkVariables(), divisionVariables()
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

/// What one holder says.
struct VariableSource
{
    VariableScope scope = VariableScope::Store;
    QString holder; ///< the name of the group, template, device or network; empty for the store
    std::vector<Variable> values;
};

/// A value that is not in force.
struct OverriddenValue
{
    VariableScope scope = VariableScope::Store;
    QString holder;
    QString value;

    friend bool operator==(const OverriddenValue &, const OverriddenValue &) = default;
};

struct ResolvedVariable
{
    QString name;
    QString value;
    VariableScope origin = VariableScope::Store;
    QString holder;
    std::vector<OverriddenValue> overrode = {}; ///< the one that would be in force next comes first
    bool hasClash = false;                      ///< a computed value hides one that somebody typed

    friend bool operator==(const ResolvedVariable &, const ResolvedVariable &) = default;
};

/// One result for each name, ascending by name; every value given is either in force or in `overrode` of the one that
/// is. The sources may come in any order: the scope decides, and within one scope (two templates, two networks) the
/// later source, within one source the later value. Upper and lower case differ.
/// \complexity O(n log n) in all values
/// \source SOURCES Z4, CASES.md V5
[[nodiscard]] std::vector<ResolvedVariable> resolveVariables(std::span<const VariableSource> sources);

/// 1 to 63 letters, digits and underscores, not beginning with a digit; ASCII only. \returns Invalid
[[nodiscard]] Expected<QString> checkVariableName(QStringView text);

/// What may be typed as a value: at most 65,536 UTF-16 units of valid Unicode without control characters other than
/// tabs and line ends. \returns Invalid, Limit
[[nodiscard]] Expected<QString> checkVariableValue(QStringView text);

/// The key of a network, the suffix of its variables: 1 to 32 of `a-z 0-9 _`. Keys that would make two variables of one
/// name are refused: "prefixlen", "netmask", and what begins with "prefixlen_" or "netmask_" (vpn_subnet_netmask is the
/// mask of a sole network, and not the subnet of the network "netmask").
/// \returns Invalid
/// \source SEMANTICS.md 6
[[nodiscard]] Expected<QString> checkNetworkKey(QStringView text);

/// A device's place in one network.
struct NetworkPlace
{
    QString key; ///< as checkNetworkKey() takes it; no two places of a device have the same
    Prefix subnet;
    Address address;
    /// The most specific stored subnet strictly inside of `subnet` that holds `address`.
    std::optional<Prefix> child = {};
    std::optional<Address> server = {};
    std::vector<Route> routes = {}; ///< in the order of the network; those behind kMaxSentRoutes are not sent
    QString networkId = {};
    QString nodeId = {};
    QString networkName = {}; ///< as the controller has it, unchecked
};

struct NetworkVariableWarning
{
    enum class Kind {
        OutsideSubnet,   ///< the address is not in the network's subnet
        NoChild,         ///< no child subnet holds the address: vpn_child_subnet is the network's (CASES V4)
        NotRouted,       ///< no sent route holds the address: the member gets none; vpn_member_prefixlen is missing
        PrefixDiffers,   ///< the member's prefix length is not the one of its child subnet
        UnprintableName, ///< the network's name has control characters: vpn_name is missing
    };

    Kind kind = Kind::NoChild;
    QString key;    ///< of the network
    QString detail; ///< one English sentence

    friend bool operator==(const NetworkVariableWarning &, const NetworkVariableWarning &) = default;
};

struct NetworkVariables
{
    std::vector<Variable> values;
    std::vector<NetworkVariableWarning> warnings;
};

/// What a device's networks say, as `<name>_<key>`, and when there is exactly one network as `<name>` too:
/// - ip_address, vpn_subnet, vpn_subnet_prefixlen, vpn_subnet_netmask, network_id, node_id, vpn_name;
/// - server_ip_address and server_ip_network (its /32 or /128), when there is a server;
/// - vpn_child_subnet, vpn_child_prefixlen, vpn_child_netmask: of `child`, else of the network's subnet, and
///   vpn_has_child_subnet, "true" or "false", tells which;
/// - vpn_member_prefixlen: the prefix length that the member's own address gets, of the longest route sent that holds
///   it, whether that has a gateway or not (zerotier/FACTS.md 31).
/// Masks are addresses in either family. What is not known is left out, so that a template that needs it fails.
/// \source CASES.md V1 to V4; SOURCES Z4; SEMANTICS.md 6
[[nodiscard]] NetworkVariables networkVariables(std::span<const NetworkPlace> places);

/// True if networkVariables() may give a variable of that name for some network.
[[nodiscard]] bool isNetworkVariableName(QStringView name);

} // namespace interlock
