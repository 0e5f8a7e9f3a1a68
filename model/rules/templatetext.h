// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QHash>
#include <QString>
#include <QStringView>

#include <vector>

namespace interlock {

// Templates are text with `{{ name }}` in it, and nothing else: no logic, no filters, no includes. The names are those
// of checkVariableName(), blanks and tabs around them are ignored, and the closing `}}` stands on the same line.
//
// `{{{{` is written for a literal `{{`. A run of braces is read from its end: of n of them, the last two open an
// expression when n mod 4 is 2 or 3; of the others each four are a literal `{{`, and one that remains is itself. So
// `{{{ a }}}` is a brace, the value and a brace. `}}` outside of an expression is text, as in nested JSON.

/// The most UTF-16 units in a template, and in what is made of one.
inline constexpr qsizetype kMaxTemplateLength = 1 << 20;
inline constexpr qsizetype kMaxRenderingLength = 8 << 20;

struct Rendering
{
    QString text;                   ///< line ends as they are in the template and the values
    std::vector<QString> used = {}; ///< the variables in it, ascending, each once
    QString checksum = {};          ///< textChecksum() of `text`

    friend bool operator==(const Rendering &, const Rendering &) = default;
};

/// Puts the values in, in one pass: what looks like an expression in a value stays as it is.
/// \returns NotFound with all the variables that have no value, `undefined`: [{name, line, column}] in the order of the
/// text; else as checkTemplateText(), and Invalid for a value that is not valid Unicode
/// \complexity O(length of the template and of the result)
[[nodiscard]] Expected<Rendering> renderTemplate(QStringView text, const QHash<QString, QString> &values);

/// Refuses what could be rendered with no values whatever: an expression that its line does not close, one with braces
/// or without a good name inside.
/// \returns Invalid with `line`, `column` of the first fault and all of them as `faults`: [{line, column, what}]; Limit
[[nodiscard]] Expected<void> checkTemplateText(QStringView text);

/// The names in all good expressions, ascending, each once; of a text that checkTemplateText() refuses, too.
[[nodiscard]] std::vector<QString> variablesOf(QStringView text);

/// A template that renders to `text`, whatever that is.
[[nodiscard]] QString escapedTemplateText(QStringView text);

/// SHA-256 of the UTF-8 bytes, 64 hexadecimal digits in lower case. \source CASES.md V7
[[nodiscard]] QString textChecksum(QStringView text);

} // namespace interlock
