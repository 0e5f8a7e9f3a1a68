// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/name.h"

namespace interlock {

struct InterfaceNameRules
{
    static Expected<QString> check(QStringView text);
};

/// The name of a network interface on a router: 1 to 15 of `A-Z a-z 0-9 . _ -`, neither `.` nor `..`. It goes into
/// rule sets unquoted, so nothing else is allowed, although kernels would take more.
using InterfaceName = Name<InterfaceNameRules>;

} // namespace interlock
