// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/exactjson.h"

namespace interlock {

/// A network as a controller begins it, without a revision: that comes when it is stored.
/// \param id  sixteen hexadecimal digits \param now  milliseconds since 1970
/// \source transcript 02
[[nodiscard]] ExactJson newNetwork(const QByteArray &id, qint64 now);

/// Changes `network` as a POST with `body` does: what is absent stays; `routes`, `ipAssignmentPools`, `rules`, `tags`,
/// `capabilities`, `authTokens` and an object `v6AssignMode` are replaced whole; what is unknown, read-only or of a
/// hopeless type is ignored without a word; the rest is coerced. A body that is no object changes nothing.
/// Of rules, only ACTION_ACCEPT and an unknown type were recorded; the others are kept by their names.
/// \complexity O(size)
/// \source zerotier/FACTS.md 16 to 20, 49, transcripts 02, 03, 06
void postToNetwork(ExactJson &network, const ExactJson &body);

} // namespace interlock
