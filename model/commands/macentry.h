// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/macaddress.h"
#include "model/values/name.h"
#include "model/values/timestamp.h"

namespace interlock {

/// Behind which connector a MAC was last seen. Key: mac. \source SOURCES S4
struct MacEntry
{
    MacAddress mac;
    CommonName cn;
    InstanceName instance;
    Timestamp lastSeen;

    friend bool operator==(const MacEntry &, const MacEntry &) = default;
};

} // namespace interlock
