// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/templatetext.h"
#include "model/rules/topology.h"
#include "model/rules/variables.h"

#include <optional>
#include <vector>

namespace interlock {

struct DeviceVariables
{
    std::vector<ResolvedVariable> values; ///< ascending by name
    std::vector<NetworkVariableWarning> warnings;

    friend bool operator==(const DeviceVariables &, const DeviceVariables &) = default;
};

/// Memberships of a device, those that were removed left out, by network.
[[nodiscard]] std::vector<MemberRow> membershipsOf(const Topology &topology, const QString &device);

/// What stands for what in the configuration of a device: the values of the store, of its group, of the template when
/// one is named, of the device, what the networks say in which it has an address, and what it has by division rules,
/// each under "rule LABEL". The routes that a network sends are those of ours that were proved to be on its controller;
/// what others put there is not known here.
///
/// \returns NotFound when there is no such device or template
/// \complexity O(members) and O(n log n) in the values
/// \source SOURCES Z4, CASES.md V1 to V5
[[nodiscard]] Expected<DeviceVariables> deviceVariables(const Topology &topology, const QString &device,
                                                        const std::optional<QString> &templateName = {});

struct DeviceRendering
{
    Rendering rendering;
    std::vector<NetworkVariableWarning> warnings; ///< of the networks whose variables are in the text
};

/// The configuration that a template makes for a device.
/// \returns NotFound when there is no such device or template; Invalid with `device`, `template`, all the variables
/// that have no value as `undefined`: [{name, line, column}], and `advice`, sentences that say how they get one; else
/// as renderTemplate()
/// \source CASES.md V7
[[nodiscard]] Expected<DeviceRendering> renderForDevice(const Topology &topology, const QString &device,
                                                        const QString &templateName);

} // namespace interlock
