// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

#include <QString>

#include <optional>

namespace interlock {

/// The name of the network device of this host that has `address`: the tunnel device of an OpenVPN server that runs
/// here, when it is the server's tunnel address. None when no device has it.
[[nodiscard]] std::optional<QString> tunnelDevice(const Address &address);

} // namespace interlock
