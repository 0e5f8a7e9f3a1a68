// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/journalreplay.h"

#include "model/rules/rowimage.h"
#include "model/store/journalstore.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Entries read at a time: bounds the memory, not the journal.
constexpr int kPage = 1000;
/// Changes in packs that are in memory at a time, unless one entry has more.
constexpr qint64 kPackedPage = 200'000;

Expected<void> readCheckpoint(Connection &connection, JournalReplay &replay)
{
    const auto rows = connection.run(u"journal_checkpoint_all"_s);
    if (!rows)
        return fail(rows.error());
    while ((*rows)->next()) {
        const auto table = tableNamed((*rows)->text(1));
        if (!table)
            return fail(table.error());
        auto row = rowFromImage(*table, QJsonDocument::fromJson((*rows)->text(3).toUtf8()).object());
        if (!row)
            return fail(row.error());
        replay.upTo = {(*rows)->number(0)};
        replay.rows.insert_or_assign({*table, (*rows)->text(2)}, *std::move(row));
    }
    (*rows)->query().finish();
    return {};
}

void replayChange(JournalReplay &replay, const JournalEntry &entry, const RowChange &change)
{
    const std::pair key{tableOf(change.any()), keyOf(change.any())};
    const auto found = replay.rows.find(key);
    const bool follows = found == replay.rows.end() ? !change.before : change.before && found->second == *change.before;
    if (!follows) {
        replay.problems.push_back(
            {u"journal"_s, QString::fromUtf16(kTableNames.at(key.first)), key.second,
             u"the image before entry %1 is not what the entries before it left"_s.arg(entry.id.value)});
    }
    if (change.after)
        replay.rows.insert_or_assign(key, *change.after);
    else if (found != replay.rows.end())
        replay.rows.erase(found);
}

} // namespace

Expected<JournalReplay> replayJournal(Connection &connection, JournalId last)
{
    JournalReplay replay;
    if (const auto ok = readCheckpoint(connection, replay); !ok)
        return fail(ok.error());
    while (replay.upTo < last) {
        const auto entries = readPageAfter(connection, replay.upTo, kPage, kPackedPage);
        if (!entries)
            return fail(entries.error());
        if (entries->empty())
            break;
        for (const JournalEntry &entry : *entries) {
            if (entry.id > last)
                return replay;
            for (const RowChange &change : entry.changes)
                replayChange(replay, entry, change);
            replay.upTo = entry.id;
        }
    }
    return replay;
}

} // namespace interlock
