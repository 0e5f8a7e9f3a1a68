// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace interlock {

/// interlock.engine: what happens to an instance and its sessions.
Q_DECLARE_LOGGING_CATEGORY(logEngine)

} // namespace interlock
