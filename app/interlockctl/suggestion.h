// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace interlock {

/// The word that `typed` was probably meant to be: one that it begins, or one at most a third of its letters away.
/// \complexity O(words x length squared)
[[nodiscard]] std::optional<QString> nearestWord(const QString &typed, const QStringList &words);

} // namespace interlock
