// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topology.h"

#include <QStringList>

namespace interlock {

/// The part of an OpenVPN server's configuration that follows from the instance's rows, with comments that say why;
/// what is a matter of the machine (port, certificates, cipher, log) is left to the administrator. lintServer() finds
/// nothing in it but notes, and a management address that is open to others.
///
/// \returns NotFound when there is no such instance
///
/// \source openvpn/FACTS.md 4-7, 12, 14, 26, 39, 41, 46, 50
[[nodiscard]] Expected<QString> serverFragment(const Topology &topology, const InstanceName &instance);

// Its single lines, which the linter proposes as well.

/// `management ...` where the console looks for it, with the password file that the rows name.
[[nodiscard]] QString managementDirective(const InstanceRow &instance);
/// `server N M nopool`, or the lines that it stands for where the server has another address than the first host.
[[nodiscard]] QStringList networkDirectives(const InstanceRow &instance);
/// `ifconfig-ipv6 A/L B`: the first host of the pool is the server's own.
[[nodiscard]] QString ipv6Directive(const Prefix &pool);
/// `route N M` or `route-ipv6 P`.
[[nodiscard]] QString routeDirective(const Prefix &prefix);
/// `learn-address ...` with the hook of this package.
[[nodiscard]] QString learnAddressDirective(const InstanceRow &instance);

/// The greatest number of routes that the server has to learn for one of the instance's connectors: its addresses,
/// which `max-routes-per-client` counts too, and its LANs. 0 without connectors. \source openvpn/FACTS.md 46
[[nodiscard]] int routesNeeded(const Topology &topology, const InstanceRow &instance);

} // namespace interlock
