// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/commands/receipt.h"
#include "model/rules/topologyedit.h"

#include <span>

namespace interlock {

/// Carries `command` out on the edit and says what it answers. Pure: the same topology, command and time give the same
/// changes, on every machine. Revert is not decided here, because it needs the journal: see revertEntry().
///
/// \returns the refusals that the rules document; on an error the edit is to be thrown away
[[nodiscard]] Expected<Outcome> decide(TopologyEdit &edit, const Command &command, Timestamp now);

/// Takes back the changes of `entry`: every row it touched must still equal its `after` image (versions and times
/// aside) and gets its `before` image back. A quarantine that is over, or another's by now, stays as it is. Besides, a
/// carve-out that becomes free is quarantined like any other, a connector that the entry made stays while something
/// else hangs on it, and one that is gone comes back with what hangs on it.
///
/// \returns Conflict with payload `rows` when something changed since, or when what would come back has no room any
/// more (a carve-out or address is taken, a pool lies on claims, an instance is gone); Unsupported when the entry
/// cannot be taken back (engine entries, pruned images); Conflict with payload `confirm` when it would bring about what
/// has to be confirmed, and is not `confirmed`
///
/// \source DESIGN.md 4; SEMANTICS.md 2, 5
[[nodiscard]] Expected<Outcome> revertEntry(TopologyEdit &edit, const JournalEntry &entry, Timestamp now,
                                            std::span<const Confirmation> confirmed = {});

/// The version of the row that `command` is about, 0 when there is no such row; none for commands without such a row.
[[nodiscard]] std::optional<qint64> subjectVersion(const Topology &topology, const Command &command);

} // namespace interlock
