// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonValue>

#include <optional>

namespace interlock {

/// Reads the answer of a controller, an object or an array. An integer beyond 2^63 - 1, which Qt would round, becomes
/// text with its digits: `multicastLimit` may be 18446744073709551615, and a snapshot has to give it back unchanged.
/// \returns BackendMismatch
/// \complexity linear
/// \source zerotier/FACTS.md 17, 19
[[nodiscard]] Expected<QJsonDocument> readControllerJson(const QByteArray &body);
/// \returns BackendMismatch when it is an array
[[nodiscard]] Expected<QJsonObject> readControllerObject(const QByteArray &body);

/// A whole number, also one that was written as text or as 3.0; nothing for anything else and what does not fit.
[[nodiscard]] std::optional<qint64> integerIn(const QJsonValue &value);
[[nodiscard]] std::optional<quint64> unsignedIn(const QJsonValue &value);

/// The value to write for `number`: text when Qt's integers end before it. A controller reads both.
[[nodiscard]] QJsonValue jsonOf(quint64 number);

[[nodiscard]] QByteArray compactJson(const QJsonObject &object);

} // namespace interlock
