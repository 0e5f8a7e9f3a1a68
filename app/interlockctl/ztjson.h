// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/memberpusher.h"
#include "model/rules/networkdiff.h"
#include "model/rules/networkproof.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

namespace interlock {

// How ZeroTier's things look in JSON and for people.

/// {target, via (null: attached)}
[[nodiscard]] QJsonObject routeJson(const RouteText &route);
[[nodiscard]] QJsonArray routesJson(const std::vector<RouteText> &routes);
/// With the name of the subnet that each comes from, and `owner`: "ours".
[[nodiscard]] QJsonArray planJson(const RoutePlan &plan, std::span<const PlanSubnet> below);
[[nodiscard]] QJsonArray warningsJson(const RoutePlan &plan);

/// What the controller says, as far as we know it.
[[nodiscard]] QJsonObject networkRecordJson(const NetworkRecord &record);

/// {changes, first, desired, poolChanges, settings, findings, risk, needs, equal, fingerprint}
[[nodiscard]] QJsonObject diffJson(const NetworkDiff &diff, const NetworkRecord &live);
/// The same for people.
[[nodiscard]] QString diffText(const NetworkDiff &diff, const NetworkRecord &live, const NetworkRow &network);

[[nodiscard]] QJsonObject riskJson(const BroadcastRisk &risk);
[[nodiscard]] QJsonArray differencesJson(const std::vector<FieldDifference> &differences);
[[nodiscard]] QJsonObject pushJson(const PushReport &report);
/// A line for each that failed or was refused.
[[nodiscard]] QStringList pushLines(const PushReport &report);

} // namespace interlock
