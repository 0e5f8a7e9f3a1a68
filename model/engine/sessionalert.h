// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/sessionregistry.h"

namespace interlock {

/// Shows `sentence` with the session and logs it; once, however often it is said.
void alert(const InstanceName &instance, LiveSession &session, const QString &sentence);

} // namespace interlock
