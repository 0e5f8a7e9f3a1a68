// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

namespace interlock {

/// The row of an instance that somebody named. \returns NotFound with payload `instance`
[[nodiscard]] Expected<InstanceRow> instanceNamed(const Topology &topology, const InstanceName &name);

} // namespace interlock
