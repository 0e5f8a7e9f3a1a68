// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <optional>
#include <utility>
#include <vector>

namespace interlock {

// What can be asked of devices and of what their configurations are made from. The rows answered are the one that the
// command is about, and after it all the variables that it has.

/// Names of variables, each with its new value; one without a value goes.
using VariableEdits = std::vector<std::pair<QString, std::optional<QString>>>;

/// The group exists from its first mention.
struct AddDevice
{
    DeviceRow device; ///< createdAt and version are set by the store
    VariableEdits variables = {};
};
/// Changes what is present. Another node takes over the memberships of the present one.
struct SetDevice
{
    QString device;
    std::optional<QString> group = {};
    std::optional<std::optional<NodeId>> node = {};
    std::optional<std::optional<CommonName>> cn = {};
    std::optional<QString> description = {};
    VariableEdits variables = {};
};
/// Its memberships are removed, and its addresses, shares and variables go with it.
struct RemoveDevice
{
    QString device;
};
/// Makes the device an authorised member of the network with one address: `address`, or the lowest free one of
/// `subnet`; of the network's own subnet when that has no children. A second time changes nothing. \source SOURCES Z8
struct ProvisionDevice
{
    QString device;
    NetworkName network;
    std::optional<Prefix> subnet = {};
    std::optional<Address> address = {};
};

/// Makes the group when there is none.
struct SetGroup
{
    QString group;
    std::optional<QString> description = {};
    bool isNew = false; ///< refused when there is one
    VariableEdits variables = {};
};
/// Refused while devices are in it.
struct RemoveGroup
{
    QString group;
};

/// Makes the template when there is none, which needs a text. A text that could not be rendered is refused with the
/// line and column of its first fault.
struct SetTemplate
{
    QString name;
    std::optional<QString> text = {};
    std::optional<QString> description = {};
    bool isNew = false; ///< refused when there is one
    VariableEdits variables = {};
};
struct RemoveTemplate
{
    QString name;
};

/// What somebody typed for all devices, or for those of one holder, whose version goes up with every change.
struct SetVariables
{
    VariableScope scope = VariableScope::Store;
    QString holder;
    VariableEdits values;
};

} // namespace interlock
