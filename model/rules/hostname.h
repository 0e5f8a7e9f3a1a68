// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/name.h"

namespace interlock {

struct HostNameRules
{
    static Expected<QString> check(QStringView text);
};

/// A DNS name, absolute without its final dot, in lower case: at most 253 characters, labels of 1 to 63 letters, digits
/// and inner hyphens, the last label not a number (it would read as a broken IPv4 address). International names are
/// given in their ASCII form.
/// \source RFC 1123 2.1, RFC 1035 2.3.4
using HostName = Name<HostNameRules>;

} // namespace interlock
