// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace interlock {

/// `text` as a value of a log line, in quotes: attackers choose some of them, and it cannot end the line or pass for
/// another field.
[[nodiscard]] QByteArray quoted(const QString &text);

} // namespace interlock
