// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/answer.h"

#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/rowtext.h"

using namespace Qt::StringLiterals;

namespace interlock {

Answer editAnswer(const EditOptions &options, const Receipt &receipt, QJsonObject body, const QString &done)
{
    const bool isCommitted = receipt.journal && !options.isDryRun;
    body.insert(u"journal"_s, isCommitted ? QJsonValue(receipt.journal->value) : QJsonValue());
    if (!options.isDryRun) {
        const QString text = isCommitted ? u"%1\nJournal entry %2."_s.arg(done, QString::number(receipt.journal->value))
                                         : u"Nothing had to change."_s;
        return {body, text, {}, 0};
    }
    body.insert(u"dryRun"_s, true);
    body.insert(u"changes"_s, changesJson(receipt.changes));
    const QString text = receipt.changes.empty()
                             ? u"Dry run: nothing would have to change."_s
                             : u"Dry run: nothing was changed. It would:\n"_s + changesText(receipt.changes);
    return {body, text, {}, 0};
}

} // namespace interlock
