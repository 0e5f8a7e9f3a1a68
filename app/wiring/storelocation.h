// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace interlock {

/// URL of the store that every program uses when it is told nothing else: the environment's INTERLOCK_STORE, or the
/// desktop's own file in the user's data folder.
[[nodiscard]] QString defaultStoreUrl();

/// `url` as it may be shown and logged: without a password.
[[nodiscard]] QString shownStoreUrl(const QString &url);

} // namespace interlock
