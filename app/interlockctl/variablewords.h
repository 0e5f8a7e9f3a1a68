// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/answer.h"
#include "app/interlockctl/table.h"
#include "model/commands/devicecommands.h"
#include "model/rules/topology.h"
#include "model/rules/variables.h"

#include <QJsonArray>

#include <span>
#include <vector>

namespace interlock {

// Variables as they are typed and shown. Values may be passwords: they are in the answers that list them, never in
// refusals and not in what an edit answers.

/// What a word without `=` means.
enum class BareName {
    Removes, ///< the variable goes
    Refused,
};

/// NAME=VALUE, again for each; the value begins at the first `=` and may be empty.
/// \returns Invalid, and says which of the words it was by its number
[[nodiscard]] Expected<VariableEdits> readAssignments(std::span<const QString> words, BareName bareName);

[[nodiscard]] std::vector<VariableRow> variablesIn(const Topology &topology, VariableScope scope,
                                                   const QString &holder);

/// {scope, holder, name, version}, and `value` where it was asked for.
[[nodiscard]] QJsonArray variablesJson(std::span<const VariableRow> rows);
[[nodiscard]] QJsonArray namesJson(std::span<const VariableRow> rows);
[[nodiscard]] Table variableTable(std::span<const VariableRow> rows, const QString &whenEmpty);

/// {name, value, origin, holder, overrode: [{origin, holder, value}], clash}
[[nodiscard]] QJsonArray resolvedJson(std::span<const ResolvedVariable> values);
[[nodiscard]] Table resolvedTable(std::span<const ResolvedVariable> values, const QString &whenEmpty);

/// {kind, key, message}
[[nodiscard]] QJsonArray warningsJson(std::span<const NetworkVariableWarning> warnings);
[[nodiscard]] QStringList warningNotes(std::span<const NetworkVariableWarning> warnings);
/// A line for each value that was typed and that a network hides. \source CASES.md V5
[[nodiscard]] QStringList clashNotes(std::span<const ResolvedVariable> values);

} // namespace interlock
