// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/upkeep.h"

#include "model/rules/rowimage.h"
#include "model/store/backup.h"
#include "model/store/bulkload.h"
#include "model/store/journalreplay.h"
#include "model/store/journalstore.h"
#include "model/store/migrator.h"
#include "model/store/storecheck.h"
#include "model/store/storecopy.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Notes in the journal that something happened which no revert takes back.
Expected<void> writeEvent(Connection &connection, JournalId id, Timestamp now, const QString &actor,
                          const QString &command, const QJsonObject &arguments)
{
    return writeEntry(connection, JournalEntry{id, now, actor, command, arguments, std::nullopt, false, true, {}});
}

/// The backup as a sound store of today's schema, in a folder of its own: the file itself is never written to.
Expected<std::unique_ptr<Connection>> openBackup(const QString &file, const QTemporaryDir &folder)
{
    if (!QFileInfo(file).isFile())
        return fail(ErrorKind::NotFound, u"there is no file %1"_s.arg(file));
    const QString copy = folder.filePath(u"backup.db"_s);
    if (!folder.isValid() || !QFile::copy(file, copy))
        return fail(ErrorKind::StoreUnavailable, u"%1 cannot be read"_s.arg(file));
    QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
    auto backup = Connection::open({Dialect::Sqlite, copy, {}, 0, {}, {}, {}, {}}, Connection::Access::Existing);
    if (!backup)
        return backup;
    const auto version = schemaVersion(**backup);
    if (!version)
        return fail(version.error());
    if (*version == 0)
        return fail(ErrorKind::StoreCorrupt, u"%1 is no store"_s.arg(file));
    if (const auto ok = migrate(**backup); !ok)
        return fail(ok.error());
    const auto problems = checkStore(**backup);
    if (!problems)
        return fail(problems.error());
    if (!problems->empty())
        return fail(ErrorKind::StoreCorrupt, u"%1 is not sound: %2"_s.arg(file, problems->front().detail));
    return backup;
}

Expected<void> replaceContents(Connection &connection, Connection &backup, const QString &file, Timestamp now)
{
    if (const auto ok = clearContents(connection); !ok)
        return ok;
    if (const auto copied = copyContents(backup, connection); !copied)
        return fail(copied.error());
    const auto identity = connection.run(u"incarnation_update"_s, [](const QString &) -> QVariant {
        return QUuid::createUuid().toString(QUuid::WithoutBraces);
    });
    if (!identity)
        return fail(identity.error());
    const auto head = connection.journalHead();
    if (!head)
        return fail(head.error());
    return writeEvent(connection, {head->id.value + 1}, now, u"restore"_s, u"restore"_s,
                      {{u"file"_s, QFileInfo(file).fileName()}});
}

QString safetyPath(const StoreUrl &url)
{
    const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss-zzz"_s);
    if (url.dialect == Dialect::Sqlite)
        return u"%1.before-restore-%2"_s.arg(url.path, stamp);
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    QDir().mkpath(folder);
    return u"%1/%2.before-restore-%3"_s.arg(folder, url.database, stamp);
}

Expected<void> writeCheckpoint(Connection &connection, const JournalReplay &replay)
{
    if (const auto ok = connection.run(u"journal_checkpoint_clear"_s); !ok)
        return fail(ok.error());
    BulkLoader loader(connection, u"journal_checkpoint_copy"_s);
    for (const auto &entry : replay.rows) {
        const auto &key = entry.first; // clang 14 cannot capture a structured binding
        const Row &row = entry.second;
        const auto added = loader.add([&](const QString &name) -> QVariant {
            if (name == u"journal_id"_s)
                return replay.upTo.value;
            if (name == u"table_name"_s)
                return QString::fromUtf16(kTableNames.at(key.first));
            if (name == u"row_key"_s)
                return key.second;
            return imageText(row);
        });
        if (!added)
            return added;
    }
    return loader.finish();
}

Expected<qint64> pruneInside(Connection &connection, JournalId head, Timestamp date, const QString &actor,
                             Timestamp now)
{
    const auto prunable =
        connection.run(u"journal_prunable"_s, [&](const QString &) -> QVariant { return date.milliseconds(); });
    if (!prunable)
        return fail(prunable.error());
    qint64 last = 0;
    qint64 entries = 0;
    if ((*prunable)->next()) {
        last = (*prunable)->number(0);
        entries = (*prunable)->number(1);
    }
    (*prunable)->query().finish();
    if (entries == 0)
        return 0;
    const auto replay = replayJournal(connection, {last});
    if (!replay)
        return fail(replay.error());
    if (!replay->problems.empty())
        return fail(ErrorKind::StoreCorrupt,
                    u"the journal does not replay, so its images are kept: %1"_s.arg(replay->problems.front().detail));
    if (const auto ok = writeCheckpoint(connection, *replay); !ok)
        return fail(ok.error());
    for (const QString &name :
         {u"journal_change_delete_upto"_s, u"journal_pack_delete_upto"_s, u"journal_prune_upto"_s}) {
        if (const auto ok = connection.run(name, [&](const QString &) -> QVariant { return last; }); !ok)
            return fail(ok.error());
    }
    if (const auto ok = writeEvent(connection, {head.value + 1}, now, actor, u"pruneJournal"_s,
                                   {{u"before"_s, date.toString()}, {u"entries"_s, entries}});
        !ok)
        return fail(ok.error());
    return entries;
}

/// Runs `work(head)` in a write transaction: committed when it succeeds, rolled back when not.
template <typename Work>
auto inTransaction(Connection &connection, Work work) -> decltype(work(JournalId()))
{
    const auto head = connection.beginWrite();
    if (!head)
        return fail(head.error());
    auto result = work(head->id);
    if (result) {
        if (const auto done = connection.commit(); !done)
            result = fail(done.error());
    }
    if (!result)
        connection.rollback();
    return result;
}

} // namespace

Expected<void> backupStore(Connection &connection, const QString &file)
{
    if (connection.dialect() == Dialect::Sqlite)
        return backupToFile(connection, file);
    if (QFileInfo::exists(file))
        return fail(ErrorKind::Exists, u"%1 exists already"_s.arg(file));
    QTemporaryDir folder;
    const QString copy = folder.filePath(u"backup.db"_s);
    if (const auto copied = copyStoreTo(connection, u"sqlite:"_s + copy); !copied)
        return fail(copied.error());
    auto written = Connection::open({Dialect::Sqlite, copy, {}, 0, {}, {}, {}, {}}, Connection::Access::Existing);
    if (!written)
        return fail(written.error());
    return backupToFile(**written, file);
}

Expected<QString> restoreStore(Connection &connection, const QString &file, Timestamp now)
{
    const QTemporaryDir folder;
    auto backup = openBackup(file, folder);
    if (!backup)
        return fail(backup.error());
    const QString safety = safetyPath(connection.url());
    if (const auto ok = backupStore(connection, safety); !ok)
        return fail(ok.error());
    return inTransaction(connection, [&](JournalId) { return replaceContents(connection, **backup, file, now); })
        .map([&] { return safety; });
}

Expected<qint64> pruneJournal(Connection &connection, Timestamp date, const QString &actor, Timestamp now)
{
    return inTransaction(connection, [&](JournalId head) { return pruneInside(connection, head, date, actor, now); });
}

} // namespace interlock
