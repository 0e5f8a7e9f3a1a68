// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"
#include "model/values/networkrecord.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <vector>

namespace interlock {

/// A network as a self-hosted controller says it is. What is absent or of another type has the value that a new network
/// has; of routes and pools, texts are taken as they are.
/// \returns BackendMismatch when it has no network id
/// \source zerotier/FACTS.md 19, 24 to 28, 49
[[nodiscard]] Expected<NetworkRecord> networkFrom(const QJsonObject &said);

/// The ids of all networks: a list of texts (self-hosted), or of objects with an `id` (Central, /unstable). What is no
/// id is left out. \returns BackendMismatch when it is no list
[[nodiscard]] Expected<std::vector<NetworkId>> networkIdsFrom(const QJsonDocument &said);

/// What to post to make `edit`: only what it names.
/// \source zerotier/FACTS.md 16
[[nodiscard]] QJsonObject networkBody(const NetworkEdit &edit);

/// What to post to have a saved network again: `raw` without what the controller gives itself.
/// \source zerotier/FACTS.md 16, 51
[[nodiscard]] QJsonObject networkRestoreBody(QJsonObject raw);

/// Whether `record` is as `edit` wants it.
[[nodiscard]] bool holds(const NetworkRecord &record, const NetworkEdit &edit);

} // namespace interlock
