// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/revertible.h"

#include "model/commands/command.h"

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

std::optional<NotRevertible> whyNotRevertible(const QString &commandName)
{
    static constexpr std::array<std::pair<const char16_t *, NotRevertible>, 5> kKinds{
        {{u"decideConnect", NotRevertible::ClientAnswer},
         {u"restore", NotRevertible::Restore},
         {u"pruneJournal", NotRevertible::Prune},
         {u"prolongQuarantine", NotRevertible::KeptBack},
         {u"recordApply", NotRevertible::Applied}}};
    for (const auto &[name, reason] : kKinds) {
        if (commandName == QStringView(name))
            return reason;
    }
    return {};
}

std::optional<NotRevertible> whyNotRevertible(const JournalEntry &entry)
{
    if (const auto reason = whyNotRevertible(entry.command))
        return reason;
    if (!entry.isRevertible)
        return NotRevertible::Event;
    return entry.hasImages ? std::optional<NotRevertible>() : NotRevertible::ImagesGone;
}

QString reasonText(NotRevertible reason)
{
    switch (reason) {
    case NotRevertible::ClientAnswer:
        return u"a connecting client was answered by it; 'claim release' and 'allocation release' end what it was given"_s;
    case NotRevertible::Restore:
        return u"a restore replaced everything; what was there before is in the backup that it made"_s;
    case NotRevertible::Prune:
        return u"what a prune dropped is gone"_s;
    case NotRevertible::Event:
        return u"it is a note of something that happened, no edit of rows"_s;
    case NotRevertible::ImagesGone:
        return u"its images were pruned"_s;
    case NotRevertible::Applied:
        return u"it notes what a controller was proved to have; change the rows and apply again"_s;
    case NotRevertible::KeptBack:
        return u"a live session had the block; it is free some time after that session has ended"_s;
    }
    Q_UNREACHABLE();
}

} // namespace interlock
