// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/rules/policies.h"

namespace interlock {

/// Why no Revert takes an entry back, whatever the rows say. \source SEMANTICS 5
enum class NotRevertible {
    ClientAnswer, ///< the engine's: a client was answered by it
    Restore,
    Prune,
    Event,      ///< noted as no edit of rows, by this program or by a newer one
    ImagesGone, ///< pruned
    KeptBack,   ///< the engine's: a block is kept back as long as a live session has it
    Applied,    ///< what was proved at a controller
};

template <>
struct EnumNames<NotRevertible>
{
    static constexpr NameTable<NotRevertible, 7> kTable{{{NotRevertible::ClientAnswer, u"clientAnswer"},
                                                         {NotRevertible::Restore, u"restore"},
                                                         {NotRevertible::Prune, u"prune"},
                                                         {NotRevertible::Event, u"event"},
                                                         {NotRevertible::ImagesGone, u"imagesGone"},
                                                         {NotRevertible::KeptBack, u"keptBack"},
                                                         {NotRevertible::Applied, u"applied"}}};
};

/// What speaks against taking back an entry of the command with that name; nothing for an operator's edit.
[[nodiscard]] std::optional<NotRevertible> whyNotRevertible(const QString &commandName);

/// What speaks against taking back `entry`; nothing when Revert may be tried. Entries that were written before their
/// kind was told apart count as their kind.
[[nodiscard]] std::optional<NotRevertible> whyNotRevertible(const JournalEntry &entry);

/// The reason in English, as the end of a sentence, for errors and the command line.
[[nodiscard]] QString reasonText(NotRevertible reason);

} // namespace interlock
