// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"
#include "model/rules/rowfields.h"
#include "model/values/name.h"
#include "model/values/prefix.h"
#include "model/values/timestamp.h"

#include <optional>
#include <tuple>

namespace interlock {

// The rows about devices and what is written into their configuration.

/// Devices that have values in common. Key: group.
struct GroupRow
{
    QString group = {}; ///< 1 to 64 characters
    QString description = {};
    Timestamp createdAt = {};
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"group", u"group_name", &GroupRow::group),
                                               dataField(u"description", u"description", &GroupRow::description),
                                               metaField(u"createdAt", u"created_at", &GroupRow::createdAt),
                                               metaField(u"version", u"version", &GroupRow::version)};
    friend bool operator==(const GroupRow &, const GroupRow &) = default;
};

/// A router or server that is configured: a node of ZeroTier networks, a connector of OpenVPN, or both. Key: device.
struct DeviceRow
{
    QString device = {}; ///< 1 to 64 characters
    QString group = {};  ///< empty: none
    std::optional<NodeId> node = {};
    std::optional<CommonName> cn = {};
    QString description = {};
    Timestamp createdAt = {};
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"device", u"device", &DeviceRow::device),
                                               dataField(u"group", u"group_name", &DeviceRow::group),
                                               dataField(u"node", u"node", &DeviceRow::node),
                                               dataField(u"cn", u"cn", &DeviceRow::cn),
                                               dataField(u"description", u"description", &DeviceRow::description),
                                               metaField(u"createdAt", u"created_at", &DeviceRow::createdAt),
                                               metaField(u"version", u"version", &DeviceRow::version)};
    friend bool operator==(const DeviceRow &, const DeviceRow &) = default;
};

/// A value that somebody typed. Key: (scope, holder, variable).
struct VariableRow
{
    VariableScope scope = VariableScope::Store;
    QString holder; ///< the group, template or device; empty for the store
    QString variable;
    QString value = {};
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{
        keyField(u"scope", u"scope", &VariableRow::scope), keyField(u"holder", u"holder", &VariableRow::holder),
        keyField(u"variable", u"variable", &VariableRow::variable), dataField(u"value", u"value", &VariableRow::value),
        metaField(u"version", u"version", &VariableRow::version)};
    friend bool operator==(const VariableRow &, const VariableRow &) = default;
};

/// A text with variables in it. Key: template.
struct TemplateRow
{
    QString name; ///< 1 to 64 characters
    QString text = {};
    QString description = {};
    Timestamp createdAt = {};
    qint64 version = 0;

    static constexpr auto kFields =
        std::tuple{keyField(u"template", u"name", &TemplateRow::name), dataField(u"text", u"body", &TemplateRow::text),
                   dataField(u"description", u"description", &TemplateRow::description),
                   metaField(u"createdAt", u"created_at", &TemplateRow::createdAt),
                   metaField(u"version", u"version", &TemplateRow::version)};
    friend bool operator==(const TemplateRow &, const TemplateRow &) = default;
};

/// Gives each device subnets of its own out of a stored one. Key: label. \source CASES.md "Division rules"
struct DivisionRuleRow
{
    QString label; ///< the beginning of its variables' names
    QString tenant;
    Prefix master;
    int length = 0;    ///< of each child; the width of an address: no children, addresses of the master itself
    int subnets = 1;   ///< for each device
    int addresses = 1; ///< in each of them
    QString network;   ///< only devices that are members of it, whose address there is their first; empty: all devices
    Timestamp createdAt = {};
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"label", u"label", &DivisionRuleRow::label),
                                               dataField(u"tenant", u"tenant", &DivisionRuleRow::tenant),
                                               dataField(u"master", u"master", &DivisionRuleRow::master),
                                               dataField(u"length", u"child_length", &DivisionRuleRow::length),
                                               dataField(u"subnets", u"subnets", &DivisionRuleRow::subnets),
                                               dataField(u"addresses", u"addresses", &DivisionRuleRow::addresses),
                                               dataField(u"network", u"network", &DivisionRuleRow::network),
                                               metaField(u"createdAt", u"created_at", &DivisionRuleRow::createdAt),
                                               metaField(u"version", u"version", &DivisionRuleRow::version)};
    friend bool operator==(const DivisionRuleRow &, const DivisionRuleRow &) = default;
};

/// What a device got by a rule: a child, or an address in it. Key: (label, device, ordinal, part).
struct DivisionShareRow
{
    QString label;
    QString device = {};
    int ordinal = 1; ///< which child, from 1
    int part = 0; ///< 0: the child itself, of which there is none where children are single addresses; else its address
    Prefix prefix;
    qint64 version = 0;

    static constexpr auto kFields = std::tuple{keyField(u"label", u"label", &DivisionShareRow::label),
                                               keyField(u"device", u"device", &DivisionShareRow::device),
                                               keyField(u"ordinal", u"ordinal", &DivisionShareRow::ordinal),
                                               keyField(u"part", u"part", &DivisionShareRow::part),
                                               dataField(u"prefix", u"prefix", &DivisionShareRow::prefix),
                                               metaField(u"version", u"version", &DivisionShareRow::version)};
    friend bool operator==(const DivisionShareRow &, const DivisionShareRow &) = default;
};

} // namespace interlock
