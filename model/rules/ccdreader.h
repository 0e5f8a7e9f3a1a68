// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/ccdfile.h"

#include <QByteArray>

namespace interlock {

/// The work of CcdFile::parse(), without its limits on size.
/// \complexity O(n log n) in lines
[[nodiscard]] CcdFile readCcd(const QByteArray &content);

} // namespace interlock
