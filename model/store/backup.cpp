// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/backup.h"

#include <QFileInfo>

#include <memory>

#include <cstdio>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct CloseSqlite
{
    void operator()(sqlite3 *handle) const { sqlite3_close_v2(handle); }
};
using SqliteFile = std::unique_ptr<sqlite3, CloseSqlite>;

Expected<SqliteFile> openFile(const QString &path, int flags)
{
    sqlite3 *raw = nullptr;
    const int result = sqlite3_open_v2(path.toUtf8().constData(), &raw, flags, nullptr);
    SqliteFile file(raw);
    if (result != SQLITE_OK)
        return fail(ErrorKind::StoreUnavailable,
                    u"%1 cannot be opened (%2)"_s.arg(path, QString::fromUtf8(sqlite3_errstr(result))));
    return file;
}

Expected<void> copyPages(sqlite3 *to, sqlite3 *from, const QString &what)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return fail(ErrorKind::StoreUnavailable, u"%1: %2"_s.arg(what, QString::fromUtf8(sqlite3_errmsg(to))));
    int result = SQLITE_OK;
    int tries = 0;
    // All pages in one step: a copy of one moment, and nobody's commit restarts it.
    do {
        result = sqlite3_backup_step(backup, -1);
        if (result == SQLITE_BUSY || result == SQLITE_LOCKED)
            sqlite3_sleep(10);
    } while ((result == SQLITE_BUSY || result == SQLITE_LOCKED) && ++tries < 1000);
    const int finished = sqlite3_backup_finish(backup);
    if (result != SQLITE_DONE || finished != SQLITE_OK) {
        const int code = result == SQLITE_DONE ? finished : result;
        const ErrorKind kind = (code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT
                                   ? ErrorKind::StoreCorrupt
                                   : ErrorKind::StoreUnavailable;
        return fail(kind, u"%1: %2"_s.arg(what, QString::fromUtf8(sqlite3_errstr(code))));
    }
    return {};
}

/// Keeps a second backup from writing the same partial file; the kernel lets go when the process ends.
class PartialFile
{
public:
    explicit PartialFile(const QString &path)
        : m_path(path.toUtf8()),
          m_descriptor(::open(m_path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR))
    {
        // What a killed attempt has left goes, once it is certain that nobody is writing it.
        m_isOurs =
            m_descriptor >= 0 && ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0 && ::ftruncate(m_descriptor, 0) == 0;
    }
    ~PartialFile()
    {
        if (m_isOurs && !m_isPublished)
            ::unlink(m_path.constData());
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    PartialFile(const PartialFile &) = delete;
    PartialFile &operator=(const PartialFile &) = delete;

    [[nodiscard]] bool isOurs() const { return m_isOurs; }
    [[nodiscard]] bool publish(const QString &path, Overwriting overwriting)
    {
        const QByteArray target = path.toUtf8();
        const unsigned flags = overwriting == Overwriting::Refused ? RENAME_NOREPLACE : 0;
        m_isPublished = ::fsync(m_descriptor) == 0 &&
                        ::renameat2(AT_FDCWD, m_path.constData(), AT_FDCWD, target.constData(), flags) == 0;
        return m_isPublished;
    }

private:
    QByteArray m_path;
    int m_descriptor;
    bool m_isOurs = false;
    bool m_isPublished = false;
};

bool syncToDisk(const QString &path)
{
    const int descriptor = ::open(path.toUtf8().constData(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool isSynced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return isSynced;
}

} // namespace

Expected<void> backupToFile(Connection &connection, const QString &path, Overwriting overwriting)
{
    if (overwriting == Overwriting::Refused && QFileInfo::exists(path))
        return fail(ErrorKind::Exists, u"%1 exists already"_s.arg(path));
    const QString partial = path + u".part"_s;
    PartialFile part(partial);
    if (!part.isOurs())
        return fail(ErrorKind::StoreUnavailable, u"%1 cannot be written"_s.arg(partial));
    {
        // With a handle of its own: SQLite refuses to copy from one that is in a write transaction, as that of a
        // migration is.
        auto source = openFile(connection.url().path, SQLITE_OPEN_READONLY);
        if (!source)
            return fail(source.error());
        auto file = openFile(partial, SQLITE_OPEN_READWRITE);
        if (!file)
            return fail(file.error());
        if (const auto ok = copyPages(file->get(), source->get(), u"backing up to %1"_s.arg(path)); !ok)
            return ok;
        // A backup is one file: no log beside it that could be left behind.
        sqlite3_exec(file->get(), "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
    }
    if (!part.publish(path, overwriting) || !syncToDisk(QFileInfo(path).absolutePath()))
        return fail(ErrorKind::StoreUnavailable, u"%1 cannot be written"_s.arg(path));
    return {};
}

Expected<void> backupSchema(Connection &connection, int version)
{
    const QString schema = u"interlock_backup_v%1"_s.arg(version);
    const QString what = u"backing up before a migration"_s;
    QStringList names;
    {
        const auto list = connection.run(u"table_list"_s);
        if (!list)
            return fail(list.error());
        while ((*list)->next())
            names.append((*list)->text(0));
    }
    // Names of tables are ours, not anybody's input; identifiers cannot be bound.
    for (const QString &sql : sqlScript(u"postgres/backup_schema.sql"_s)) {
        if (const auto ok = connection.direct(sql.arg(schema), what); !ok)
            return fail(ok.error());
    }
    for (const QString &name : names) {
        if (const auto ok = connection.direct(sqlFile(u"postgres/backup_table.sql"_s).arg(schema, name), what); !ok)
            return fail(ok.error());
    }
    return {};
}

} // namespace interlock
