// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/journalstore.h"

#include "model/rules/rowimage.h"
#include "model/store/bulkload.h"
#include "model/store/journalpack.h"
#include "model/store/pipeline.h"

#include <QJsonDocument>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QVariant imageValue(const std::optional<Row> &row)
{
    return row ? QVariant(imageText(*row)) : QVariant(QMetaType(QMetaType::QString));
}

QVariant entryValue(const JournalEntry &entry, const QString &name)
{
    if (name == u"id"_s)
        return entry.id.value;
    if (name == u"at"_s)
        return entry.at.milliseconds();
    if (name == u"actor"_s)
        return entry.actor;
    if (name == u"command"_s)
        return entry.command;
    if (name == u"arguments"_s)
        return compact(entry.arguments);
    if (name == u"reverts"_s)
        return entry.reverts ? QVariant(entry.reverts->value) : QVariant(QMetaType(QMetaType::LongLong));
    if (name == u"revertible"_s)
        return entry.isRevertible ? 1 : 0;
    Q_UNREACHABLE();
}

QVariant changeValue(const JournalEntry &entry, std::size_t ordinal, const QString &name)
{
    const RowChange &change = entry.changes[ordinal];
    if (name == u"journal_id"_s)
        return entry.id.value;
    if (name == u"ordinal"_s)
        return static_cast<qint64>(ordinal);
    if (name == u"table_name"_s)
        return QString::fromUtf16(kTableNames.at(tableOf(change.any())));
    if (name == u"row_key"_s)
        return keyOf(change.any());
    if (name == u"before_image"_s)
        return imageValue(change.before);
    if (name == u"after_image"_s)
        return imageValue(change.after);
    Q_UNREACHABLE();
}

JournalEntry entryFrom(const Statement &row)
{
    JournalEntry entry;
    entry.id = {row.number(0)};
    entry.at = Timestamp::fromMilliseconds(row.number(1));
    entry.actor = row.text(2);
    entry.command = row.text(3);
    entry.arguments = QJsonDocument::fromJson(row.text(4).toUtf8()).object();
    if (!row.isNull(5))
        entry.reverts = JournalId{row.number(5)};
    entry.isRevertible = row.number(6) != 0;
    entry.hasImages = row.number(7) != 0;
    return entry;
}

Expected<std::optional<Row>> imageFrom(const Statement &row, int column, std::size_t table)
{
    if (row.isNull(column))
        return std::optional<Row>();
    return rowFromImage(table, QJsonDocument::fromJson(row.text(column).toUtf8()).object()).map([](Row image) {
        return std::optional<Row>(std::move(image));
    });
}

/// The change, or the changes of a pack, in a row of journal_changes.
Expected<void> appendImages(const Statement &row, ChangeSet &changes)
{
    if (!row.isNull(5))
        return unpackChanges(row.bytes(5), changes);
    const auto table = tableNamed(row.text(2));
    if (!table)
        return fail(table.error());
    auto before = imageFrom(row, 3, *table);
    if (!before)
        return fail(before.error());
    auto after = imageFrom(row, 4, *table);
    if (!after)
        return fail(after.error());
    changes.push_back({*std::move(before), *std::move(after)});
    return {};
}

/// Fills in the images of consecutive `entries`, which are ordered by id.
Expected<void> readImages(Connection &connection, std::vector<JournalEntry> &entries)
{
    if (entries.empty())
        return {};
    const auto changes = connection.run(u"journal_changes"_s, [&](const QString &name) -> QVariant {
        return name == u"first"_s ? entries.front().id.value : entries.back().id.value;
    });
    if (!changes)
        return fail(changes.error());
    Statement &row = **changes;
    std::size_t at = 0;
    while (row.next()) {
        const JournalId id{row.number(0)};
        while (at < entries.size() && entries[at].id < id)
            ++at;
        if (at == entries.size() || entries[at].id != id || !entries[at].hasImages)
            continue;
        if (const auto ok = appendImages(row, entries[at].changes); !ok)
            return ok;
    }
    row.query().finish();
    return {};
}

} // namespace

Expected<void> writeEntry(Connection &connection, const JournalEntry &entry)
{
    const auto one = connection.run(u"journal_insert"_s, [&](const QString &name) { return entryValue(entry, name); });
    if (!one)
        return fail(one.error());
    for (std::size_t ordinal = 0; ordinal < entry.changes.size(); ++ordinal) {
        const auto change = connection.run(u"journal_change_insert"_s,
                                           [&](const QString &name) { return changeValue(entry, ordinal, name); });
        if (!change)
            return fail(change.error());
    }
    return {};
}

void addEntry(Pipeline &pipeline, const JournalEntry &entry)
{
    pipeline.add(u"journal_insert"_s, false, [&](const QString &name) { return entryValue(entry, name); });
    for (std::size_t ordinal = 0; ordinal < entry.changes.size(); ++ordinal)
        pipeline.add(u"journal_change_insert"_s, false,
                     [&](const QString &name) { return changeValue(entry, ordinal, name); });
}

Expected<void> writeEntriesInBulk(Connection &connection, std::span<const JournalEntry> entries)
{
    {
        BulkLoader loader(connection, u"journal_insert"_s);
        for (const JournalEntry &entry : entries) {
            if (const auto ok = loader.add([&](const QString &name) { return entryValue(entry, name); }); !ok)
                return ok;
        }
        if (const auto ok = loader.finish(); !ok)
            return ok;
    }
    {
        BulkLoader loader(connection, u"journal_change_insert"_s);
        for (const JournalEntry &entry : entries) {
            if (entry.changes.size() >= kPackedFrom)
                continue;
            for (std::size_t ordinal = 0; ordinal < entry.changes.size(); ++ordinal) {
                if (const auto ok = loader.add([&](const QString &name) { return changeValue(entry, ordinal, name); });
                    !ok)
                    return ok;
            }
        }
        if (const auto ok = loader.finish(); !ok)
            return ok;
    }
    for (const JournalEntry &entry : entries) {
        if (entry.changes.size() < kPackedFrom)
            continue;
        JournalPacker packer;
        for (const RowChange &change : entry.changes)
            packer.add(change);
        if (const auto ok = writePacks(connection, entry.id, packer.take()); !ok)
            return ok;
    }
    return {};
}

Expected<void> writePacks(Connection &connection, JournalId id, std::span<const JournalPack> packs)
{
    BulkLoader loader(connection, u"journal_pack_insert"_s);
    for (const JournalPack &pack : packs) {
        const auto added = loader.add([&](const QString &name) -> QVariant {
            if (name == u"journal_id"_s)
                return id.value;
            if (name == u"ordinal"_s)
                return pack.ordinal;
            if (name == u"changes"_s)
                return pack.changes;
            return name == u"images"_s ? QVariant(pack.images) : QVariant(pack.tables.join(u' '));
        });
        if (!added)
            return added;
    }
    return loader.finish();
}

namespace {

/// An entry without its images, and how many of them are in packs.
struct Headline
{
    JournalEntry entry;
    qint64 packed = 0;
};

Expected<std::vector<Headline>> readHeadlines(Connection &connection, JournalId after, int limit)
{
    const auto rows = connection.run(u"journal_since"_s, [&](const QString &name) -> QVariant {
        return name == u"after"_s ? QVariant(after.value) : QVariant(limit);
    });
    if (!rows)
        return fail(rows.error());
    std::vector<Headline> headlines;
    while ((*rows)->next())
        headlines.push_back({entryFrom(**rows), (*rows)->number(8)});
    (*rows)->query().finish();
    return headlines;
}

Expected<std::vector<JournalEntry>> withImages(Connection &connection, std::vector<Headline> headlines)
{
    std::vector<JournalEntry> entries;
    entries.reserve(headlines.size());
    for (Headline &headline : headlines)
        entries.push_back(std::move(headline.entry));
    if (const auto ok = readImages(connection, entries); !ok)
        return fail(ok.error());
    return entries;
}

} // namespace

Expected<std::vector<JournalEntry>> readEntriesAfter(Connection &connection, JournalId after, int limit,
                                                     qint64 mostPacked)
{
    auto headlines = readHeadlines(connection, after, limit);
    if (!headlines)
        return fail(headlines.error());
    if (std::ranges::none_of(*headlines, [&](const Headline &each) { return each.packed > mostPacked; }))
        return withImages(connection, *std::move(headlines));
    std::vector<JournalEntry> entries;
    for (Headline &headline : *headlines) {
        entries.push_back(std::move(headline.entry));
        entries.back().hasImages = false;
    }
    return entries;
}

Expected<std::vector<JournalEntry>> readPageAfter(Connection &connection, JournalId after, int limit, qint64 mostPacked)
{
    auto headlines = readHeadlines(connection, after, limit);
    if (!headlines)
        return fail(headlines.error());
    qint64 together = 0;
    const auto tooMuch = std::ranges::find_if(*headlines, [&](const Headline &each) {
        together += each.packed;
        return together > mostPacked;
    });
    if (tooMuch != headlines->end())
        headlines->erase(std::max(tooMuch, headlines->begin() + 1), headlines->end());
    return withImages(connection, *std::move(headlines));
}

Expected<std::vector<JournalEntry>> readEntries(Connection &connection, const JournalFilter &filter)
{
    const auto rows = connection.run(u"journal_list"_s, [&](const QString &name) -> QVariant {
        if (name == u"before"_s)
            return filter.before ? filter.before->value : std::numeric_limits<qint64>::max();
        if (name == u"any_actor"_s)
            return filter.actor.isEmpty() ? 1 : 0;
        if (name == u"actor"_s)
            return filter.actor;
        if (name == u"any_table"_s)
            return filter.table.isEmpty() ? 1 : 0;
        if (name == u"table_name"_s)
            return filter.table;
        return filter.limit;
    });
    if (!rows)
        return fail(rows.error());
    std::vector<JournalEntry> entries;
    while ((*rows)->next())
        entries.push_back(entryFrom(**rows));
    (*rows)->query().finish();
    return entries;
}

Expected<JournalEntry> readEntry(Connection &connection, JournalId id)
{
    const auto rows = connection.run(u"journal_one"_s, [&](const QString &) -> QVariant { return id.value; });
    if (!rows)
        return fail(rows.error());
    std::vector<JournalEntry> entries;
    while ((*rows)->next())
        entries.push_back(entryFrom(**rows));
    (*rows)->query().finish();
    if (entries.empty())
        return fail(ErrorKind::NotFound, u"there is no journal entry %1"_s.arg(id.value), {{u"journal"_s, id.value}});
    if (const auto ok = readImages(connection, entries); !ok)
        return fail(ok.error());
    return entries.front();
}

} // namespace interlock
