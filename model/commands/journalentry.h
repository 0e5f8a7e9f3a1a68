// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/changeset.h"
#include "model/values/id.h"

#include <QJsonObject>
#include <QMetaType>
#include <QString>

namespace interlock {

/// One committed command: who, when, what, and the rows before and after.
struct JournalEntry
{
    JournalId id;
    Timestamp at;
    QString actor;
    QString command; ///< as commandName()
    QJsonObject arguments;
    std::optional<JournalId> reverts;
    bool isRevertible = true;
    bool hasImages = true; ///< false once pruned
    ChangeSet changes;     ///< empty in lists and when pruned

    friend bool operator==(const JournalEntry &, const JournalEntry &) = default;
};

} // namespace interlock

Q_DECLARE_METATYPE(std::vector<interlock::JournalEntry>)
