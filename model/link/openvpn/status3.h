// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/statussnapshot.h"
#include "model/values/error.h"

#include <QByteArray>

namespace interlock::openvpn {

/// Reads the whole answer to `status 3`, with or without its END. Columns are found by the names in the HEADER lines.
/// Rows that cannot be read are counted and left out. `answer` must own its bytes (no fromRawData()): rows refer to
/// them.
///
/// \returns BackendMismatch when it is no such answer: no TITLE, or no HEADER with the columns that are needed
/// \complexity linear in the bytes
/// \source openvpn/FACTS.md 36, 55, 58
[[nodiscard]] Expected<StatusSnapshot> parseStatus3(QByteArray answer);

} // namespace interlock::openvpn
