// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QString>

namespace interlock {

/// What somebody may say about a file that is there.
enum class Overwrite {
    OnlyOurs, ///< it is replaced when it is what was rendered last
    Anything, ///< what was edited by hand is lost
};

/// What has to happen to a file so that it says `text`.
enum class FileNeed {
    Nothing, ///< it does
    Write,
};

/// Looks at the file at `path` before it is written. \param known  the checksum of what was rendered last; empty: never
/// \returns Exists for what is no plain file, and for a file that is not what was rendered last; ReadOnly
[[nodiscard]] Expected<FileNeed> checkRenderFile(const QString &path, const QString &text, const QString &known,
                                                 Overwrite overwrite);

/// The file appears whole or not at all. A new one is for its owner only, because values may be passwords; one that is
/// replaced keeps its permissions. \returns ReadOnly
[[nodiscard]] Expected<void> writeRenderFile(const QString &path, const QString &text);

} // namespace interlock
