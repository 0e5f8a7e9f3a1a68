// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/command.h"
#include "model/commands/lease.h"
#include "model/rules/changeset.h"
#include "model/rules/connectdecision.h"
#include "model/rules/subneteffects.h"

#include <QString>

#include <optional>
#include <variant>
#include <vector>

namespace interlock {

/// What a command answers besides the rows it changed: the rows it speaks of as they are now (the claim that was
/// resolved, the whole set of iroutes, the claims inside a new exclusion), or the answer to a connect.
using Outcome = std::variant<std::monostate, std::vector<Row>, ConnectDecision, SubnetOutcome>;

/// A command that was accepted.
struct Receipt
{
    std::optional<JournalId> journal; ///< none when nothing had to change, and for previews
    ChangeSet changes;                ///< what was written, or would be
    Outcome outcome;

    /// The rows of `outcome`, or none.
    [[nodiscard]] std::vector<Row> rows() const
    {
        if (const auto *subnets = std::get_if<SubnetOutcome>(&outcome))
            return subnets->rows;
        const auto *found = std::get_if<std::vector<Row>>(&outcome);
        return found ? *found : std::vector<Row>();
    }
};

/// A command on its way to the store.
struct Submission
{
    Command command;
    QString actor; ///< who asks, as the journal shows it
    std::optional<qint64> expectedVersion =
        {};                          ///< refused as Stale when the row that the command is about has another one
    std::optional<Lease> fence = {}; ///< of an engine: refused as LeaseHeld when that lease is no longer its own
};

} // namespace interlock
