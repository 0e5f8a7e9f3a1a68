// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace interlock {

/// Appends one record as RFC 4180 has it: CRLF, quotes only around fields that need them; a record without fields is a
/// blank line. CsvReader reads the same fields.
void appendCsvRecord(QByteArray &to, const QStringList &fields);

/// `field` as no spreadsheet takes it for a formula: an apostrophe before a leading `=`, `+`, `-`, `@`, tab or line
/// end, and before apostrophes that precede one. Any other text is unchanged.
/// \source OWASP, CSV injection
[[nodiscard]] QString withoutFormula(const QString &field);

/// The inverse of withoutFormula(), for every text.
[[nodiscard]] QString withFormula(const QString &field);

} // namespace interlock
