// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QString>

namespace interlock {

/// The name of the file, in a folder of files for devices, that is this device's and nobody else's. Letters, digits and
/// `. _ - @ +` stay as they are, the rest is written as %XX for each byte of UTF-8, and so is a dot or hyphen in the
/// first place: no name leads out of the folder, hides a file or looks like an option.
/// \returns Unsupported when it would have more than 255 bytes
[[nodiscard]] Expected<QString> deviceFileName(const QString &device);

} // namespace interlock
