// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

namespace interlock {

/// The part of an OpenVPN server's configuration that follows from the instance's rows, with comments that say why;
/// what is a matter of the machine (port, certificates, cipher, log) is left to the administrator. lintServer() finds
/// nothing but notes in it.
///
/// \returns NotFound when there is no such instance
///
/// \source openvpn/FACTS.md 5, 6, 26, 39, 46, 50
[[nodiscard]] Expected<QString> serverFragment(const Topology &topology, const InstanceName &instance);

} // namespace interlock
