// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <limits>

namespace interlock {

/// For a LIMIT that is none.
inline constexpr qint64 kNoLimit = std::numeric_limits<qint64>::max();

/// `text` as a piece of a pattern of LIKE ... ESCAPE '\\': it stands for itself, except that a letter beyond ASCII
/// stands for any one letter, because SQLite does not know their cases. What was found is to be looked at again then.
[[nodiscard]] QString likeText(const QString &text);

} // namespace interlock
