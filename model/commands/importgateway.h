// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/subnetimport.h"
#include "model/rules/changeset.h"
#include "model/values/id.h"

#include <QFuture>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace interlock {

/// How far an import is.
struct ImportProgress
{
    enum class Stage {
        Waiting,  ///< for another import to end
        Loading,  ///< what is stored is read; there is no number for it
        Checking, ///< rows are decided, and those that are good are put ready where nobody sees them
        Storing,  ///< everything is checked; the store's turn to write is waited for
    };

    Stage stage = Stage::Waiting;
    std::size_t done = 0;
    std::size_t total = 0; ///< rows of the import
};

struct ImportRequest
{
    std::shared_ptr<const ImportSubnets> rows; ///< never null
    QString actor;                             ///< as the journal shows it
    bool isDryRun = false;                     ///< decide and change nothing
    /// Of a dry run: changes that are answered; more are counted only.
    std::size_t mostChanges = 10'000;
    /// Asked several times a second, on a thread of the store, until the commit begins. \returns false to cancel
    std::function<bool(const ImportProgress &)> goesOn = {};
};

struct ImportResult
{
    std::optional<JournalId> journal; ///< none when nothing had to change, was refused, or in a dry run
    std::size_t newSubnets = 0;       ///< that were stored, or would be
    std::size_t newAddresses = 0;
    std::size_t changed = 0;             ///< rows of any table that were written, or would be
    ChangeSet changes;                   ///< of a dry run with at most so many
    std::vector<ImportRefusal> refusals; ///< all of them; when there is one, nothing was changed
};

/// The way in for files of any size. All or nothing, one entry of the journal, and one undo, as ImportSubnets is; but
/// the rows are decided and put ready beside the other writers, who wait for the last step at most.
class ImportGateway
{
public:
    virtual ~ImportGateway() = default;

    /// \returns Conflict with payload `cancelled` when it was cancelled: then nothing is stored; Conflict with
    ///          payload `overtaken` when others went on changing what the import is about
    [[nodiscard]] virtual QFuture<Expected<ImportResult>> importRows(ImportRequest request) = 0;
};

} // namespace interlock
