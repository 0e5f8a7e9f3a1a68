// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace interlock {

/// The text, or none when `bytes` is not UTF-8 to its last byte.
[[nodiscard]] std::optional<QString> fromStrictUtf8(const QByteArray &bytes);

} // namespace interlock
