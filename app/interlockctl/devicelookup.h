// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/receipt.h"
#include "model/rules/topology.h"

#include <QJsonObject>
#include <QStringList>

namespace interlock {

/// The row with that name. \returns NotFound with the name
[[nodiscard]] Expected<DeviceRow> deviceIn(const Topology &topology, const QString &device);
[[nodiscard]] Expected<GroupRow> groupIn(const Topology &topology, const QString &group);
[[nodiscard]] Expected<TemplateRow> templateIn(const Topology &topology, const QString &name);

/// What an edit of a row that holds variables answers: the row, and the names of the variables that it has then.
template <typename R>
[[nodiscard]] QJsonObject holderBody(const Receipt &receipt);

/// A line for each division rule by which devices were given something.
[[nodiscard]] QStringList shareNotes(const Receipt &receipt);

/// A line for each network whose controller does not know yet what the edit made of its members.
[[nodiscard]] QStringList pushNotes(const Receipt &receipt);

} // namespace interlock
