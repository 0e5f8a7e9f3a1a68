// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/id.h"

namespace interlock::openvpn {

/// A client in one run of an OpenVPN server. The numbers begin again at 0 with every run.
/// \source openvpn/FACTS.md 39
using ClientId = Id<struct ClientTag>;

/// One key negotiation of a client. Not consecutive.
/// \source openvpn/FACTS.md 23
using KeyId = Id<struct KeyTag>;

} // namespace interlock::openvpn
