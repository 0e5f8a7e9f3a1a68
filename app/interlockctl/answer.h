// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/receipt.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace interlock {

/// What a verb answers, in both of the forms that can be asked for.
struct Answer
{
    QJsonObject document; ///< the one JSON document of `--json`
    QString text;         ///< the same for people: whole lines, without a final newline
    QStringList notes;    ///< for standard error: what to know besides
    int exitCode = 0;
    bool isPrinted = false; ///< line by line while it came; nothing more is printed
    QByteArray bytes = {};  ///< a file, which is printed as it is in place of `text`
};

/// What every verb that changes something can be told.
struct EditOptions
{
    bool isDryRun = false;
    std::optional<qint64> ifVersion;
};

/// The answer of an edit: `body` with the journal's id, and in a dry run the changes that would be made.
/// \param done  what happened, for people; shown when something changed
[[nodiscard]] Answer editAnswer(const EditOptions &options, const Receipt &receipt, QJsonObject body,
                                const QString &done);

} // namespace interlock
