// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/importfile.h"

namespace interlock {

/// Reads a file of subnets, `-` being standard input, and tells its progress on standard error now and then. The caller
/// has an Interrupt.
/// \returns NotFound, ReadOnly, Unsupported (a kind of file that holds no rows), or Conflict after Ctrl+C
[[nodiscard]] Expected<ImportFile> readImport(const QString &path, ImportFormat format);

} // namespace interlock
