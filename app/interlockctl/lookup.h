// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/session.h"
#include "model/commands/receipt.h"
#include "model/rules/topology.h"

#include <QJsonValue>

#include <algorithm>

namespace interlock {

/// The rows of one table among those that a command answered.
template <typename R>
[[nodiscard]] std::vector<R> rowsOf(const Receipt &receipt)
{
    std::vector<R> found;
    for (const Row &row : receipt.rows()) {
        if (const R *match = std::get_if<R>(&row))
            found.push_back(*match);
    }
    return found;
}

/// The row with that name. \returns NotFound with the name
[[nodiscard]] Expected<const InstanceRow *> instanceIn(const Topology &topology, const InstanceName &name);
[[nodiscard]] Expected<const ConnectorRow *> connectorIn(const Topology &topology, const CommonName &cn);

/// The journal's newest entry of `command` after `head`, for upkeep whose answer does not name its entry; null without
/// one.
[[nodiscard]] Expected<QJsonValue> entryAfter(Session &session, JournalId head, const QString &command);

/// The instance whose policy and range a LAN of `cn` would be judged by when nobody says which: one that `cn` has an
/// address on, else the only one there is.
[[nodiscard]] const InstanceRow *likelyInstanceOrNull(const Topology &topology, const CommonName &cn);

} // namespace interlock
