// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QString>

namespace interlock {

/// The slug of a tenant: 1 to 63 of a-z 0-9 _ -, beginning with a letter or digit; surrounding blanks are cut off, and
/// empty text means the shared tree.
/// \returns Invalid, naming the field
/// \source CASES.md X6
[[nodiscard]] Expected<QString> checkTenant(const QString &text);

/// A name that is shown in one line: trimmed, at most 200 characters, no control characters. May be empty.
/// \returns Invalid, naming `field`
[[nodiscard]] Expected<QString> checkLine(const QString &text, const QString &field);

/// Tags in their stored form: split at `;`, trimmed, each once, sorted, joined by `;`.
/// \returns Invalid for control characters or more than 1000 characters
[[nodiscard]] Expected<QString> canonicalTags(const QString &text);

/// Custom keys and values in their stored form: empty for none, otherwise compact JSON of an object of texts, keys
/// ascending.
/// \returns Invalid when `text` is no JSON object of texts, or a key is not [A-Za-z0-9_-]{1,64}
[[nodiscard]] Expected<QString> canonicalCustom(const QString &text);

} // namespace interlock
