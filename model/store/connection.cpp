// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/connection.h"

#include "model/store/sqlerrors.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLockFile>
#include <QSqlDriver>
#include <QSqlError>
#include <QStorageInfo>
#include <QUrl>

#include <atomic>

#include <libpq-fe.h>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// "INTL": says whose file it is.
constexpr int kApplicationId = 0x494e544c;

sqlite3 *sqliteHandle(const QSqlDatabase &database)
{
    const QVariant handle = database.driver()->handle();
    return *static_cast<sqlite3 *const *>(handle.constData());
}

bool isOnReadOnlyDisk(const QString &path)
{
    const QStorageInfo disk(path);
    return disk.isValid() && disk.isReadOnly();
}

PGconn *postgresHandle(const QSqlDatabase &database)
{
    const QVariant handle = database.driver()->handle();
    if (!handle.isValid())
        return nullptr;
    return *static_cast<PGconn *const *>(handle.constData());
}

} // namespace

Statement &Statement::bind(const QString &name, const QVariant &value)
{
    bool found = false;
    for (qsizetype i = 0; i < m_text.placeholders.size(); ++i) {
        if (m_text.placeholders[i] == name) {
            m_query.bindValue(static_cast<int>(i), value);
            found = true;
        }
    }
    Q_ASSERT_X(found, "Statement::bind", qPrintable(name));
    return *this;
}

Connection::Connection(StoreUrl url) : m_url(std::move(url))
{
    static std::atomic<quint64> counter{0};
    m_name = u"interlock-%1"_s.arg(++counter);
}

Connection::~Connection()
{
    m_statements.clear();
    m_database.close();
    m_wait.reset(); // the database asks it until its end
    m_database = {};
    QSqlDatabase::removeDatabase(m_name);
}

Expected<std::unique_ptr<Connection>> Connection::open(const StoreUrl &url, Access access)
{
    std::unique_ptr<Connection> connection(new Connection(url));
    const auto ok = url.dialect == Dialect::Sqlite ? connection->openSqlite(access) : connection->openPostgres();
    if (!ok)
        return fail(ok.error());
    return connection;
}

Expected<void> Connection::openSqlite(Access access)
{
    const QFileInfo file(m_url.path);
    if (!file.exists()) {
        if (access == Access::Existing)
            return fail(ErrorKind::NotFound, u"there is no store at %1"_s.arg(m_url.path));
        // The folder of the default store does not exist before the first start.
        if (!QDir().mkpath(file.absolutePath()))
            return fail(ErrorKind::StoreUnavailable, u"the folder %1 cannot be made"_s.arg(file.absolutePath()));
        if (isOnReadOnlyDisk(file.absolutePath()))
            return fail(ErrorKind::ReadOnly, u"%1 cannot be made: the disk is read-only"_s.arg(m_url.path));
    } else if (!file.isFile()) {
        return fail(ErrorKind::StoreUnavailable, u"%1 is not a file"_s.arg(m_url.path));
    }
    // A new file is made one that can be read while it is written, and SQLite refuses some of those who do that at the
    // same time without letting them wait: so they come here one after the other.
    QLockFile beginning(m_url.path + u".new"_s);
    if (QFileInfo(m_url.path).size() == 0 || QFileInfo(m_url.path + u".live"_s).size() == 0)
        (void)beginning.tryLock(static_cast<int>(m_url.patience.count())); // where there can be none, it goes without
    m_database = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name);
    m_database.setDatabaseName(m_url.path);
    if (isOnReadOnlyDisk(m_url.path) && QFileInfo(m_url.path + u"-wal"_s).size() == 0) {
        // SQLite wants to write beside the file even for reading, except when it is told that nobody can change it.
        m_database.setConnectOptions(u"QSQLITE_OPEN_READONLY;QSQLITE_OPEN_URI"_s);
        m_database.setDatabaseName(
            u"file:%1?immutable=1"_s.arg(QString::fromUtf8(QUrl::toPercentEncoding(m_url.path, "/"))));
    }
    if (!m_database.open())
        return fail(errorFrom(Dialect::Sqlite, m_database.lastError(), u"opening the store"_s));
    sqlite3 *handle = sqliteHandle(m_database);
    m_wait = std::make_unique<BusyWait>(handle, m_url.path, m_url.patience);
    m_isReadOnly = sqlite3_db_readonly(handle, "main") == 1;
    return configureSqlite();
}

Expected<void> Connection::configureSqlite()
{
    const QString what = u"opening the store"_s;
    // The first question that really reads the file: tells a database from something else. Without any table it is
    // nobody's yet, whatever its size: a process that was killed here may have begun it, or another one may be at it
    // just now. Tables are looked for before the id, because the id is written before they are.
    auto tables = direct(sqlFile(u"sqlite/table_list.sql"_s), what);
    if (!tables)
        return fail(tables.error());
    const bool isEmpty = !tables->next();
    tables->finish();
    auto id = direct(u"PRAGMA application_id"_s, what);
    if (!id)
        return fail(id.error());
    const int applicationId = id->next() ? id->value(0).toInt() : 0;
    id->finish();
    if (applicationId != kApplicationId && (!isEmpty || applicationId != 0))
        return fail(ErrorKind::StoreCorrupt, u"%1 is the database of another program"_s.arg(m_url.path));
    if (m_isReadOnly) {
        if (isEmpty)
            return fail(ErrorKind::ReadOnly, u"%1 is empty and cannot be written"_s.arg(m_url.path));
        return {};
    }
    const QStringList pragmas{u"PRAGMA journal_mode = WAL"_s, u"PRAGMA synchronous = FULL"_s,
                              u"PRAGMA foreign_keys = ON"_s};
    for (const QString &pragma : pragmas) {
        if (const auto ok = direct(pragma, what); !ok)
            return fail(ok.error());
    }
    if (applicationId != kApplicationId) {
        if (const auto ok = direct(u"PRAGMA application_id = %1"_s.arg(kApplicationId), what); !ok)
            return fail(ok.error());
    }
    return attachLive();
}

Expected<void> Connection::attachLive()
{
    // Live facts have a file of their own, whose loss loses nothing: a damaged one makes room for a new one.
    const QString path = m_url.path + u".live"_s;
    auto attached = attachLive(path);
    if (attached || attached.error().kind != ErrorKind::StoreCorrupt)
        return attached;
    (void)direct(u"DETACH DATABASE live"_s, u"opening the store"_s);
    m_statements.clear();
    for (const QString &ending : {QString(), u"-wal"_s, u"-shm"_s})
        QFile::remove(path + ending);
    return attachLive(path);
}

Expected<void> Connection::attachLive(const QString &path)
{
    auto attach = statement(u"live_attach"_s);
    if (!attach)
        return fail(attach.error());
    (*attach)->bind(u"path"_s, path);
    if (const auto ok = finish(*attach, u"live_attach"_s); !ok)
        return fail(ok.error());
    for (const QString &sql : QStringList{u"PRAGMA live.journal_mode = WAL"_s, u"PRAGMA live.synchronous = OFF"_s} +
                                  sqlScript(u"sqlite/live_schema.sql"_s)) {
        if (const auto ok = direct(sql, u"opening the store"_s); !ok)
            return fail(ok.error());
    }
    return {};
}

Expected<void> Connection::openPostgres()
{
    m_database = QSqlDatabase::addDatabase(u"QPSQL"_s, m_name);
    if (!m_database.isValid())
        return fail(ErrorKind::StoreUnavailable, u"Qt's PostgreSQL driver is not installed (libqt6sql6-psql)"_s);
    m_database.setHostName(m_url.host);
    m_database.setPort(m_url.port);
    m_database.setDatabaseName(m_url.database);
    m_database.setUserName(m_url.user);
    m_database.setPassword(m_url.password);
    m_database.setConnectOptions(
        u"sslmode=%1;connect_timeout=5;application_name=interlock;keepalives_idle=20;keepalives_interval=5;keepalives_count=3;tcp_user_timeout=20000;options='-c client_min_messages=warning -c lock_timeout=%2 -c idle_in_transaction_session_timeout=60s'"_s
            .arg(m_url.sslmode)
            .arg(m_url.patience.count()));
    if (!m_database.open())
        return fail(errorFrom(Dialect::Postgres, m_database.lastError(), u"connecting to %1"_s.arg(m_url.toString())));
    return {};
}

bool Connection::isBroken() const
{
    if (!m_database.isOpen())
        return true;
    if (m_url.dialect == Dialect::Sqlite)
        return hasMoved();
    const PGconn *handle = postgresHandle(m_database);
    return !handle || PQstatus(handle) == CONNECTION_BAD;
}

bool Connection::hasMoved() const
{
    // What is written after somebody deleted or replaced the file is in no file that anybody can open.
    int moved = 0;
    return sqlite3_file_control(sqliteHandle(m_database), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
           moved != 0;
}

Error Connection::error(const QSqlQuery &query, const QString &what) const
{
    return errorFrom(m_url.dialect, query.lastError(), what);
}

Expected<Statement *> Connection::statement(const QString &name)
{
    if (const auto found = m_statements.find(name); found != m_statements.end())
        return found->second.get();
    SqlText text = sqlText(m_url.dialect, name);
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    const bool isPrepared = query.prepare(text.sql);
    if (m_wait)
        m_wait->leave();
    if (!isPrepared)
        return fail(error(query, u"preparing %1"_s.arg(name)));
    auto statement = std::make_unique<Statement>(std::move(query), std::move(text));
    return m_statements.emplace(name, std::move(statement)).first->second.get();
}

const SqlText *Connection::positionalText(const QString &name)
{
    const auto found = m_texts.find(name);
    return found != m_texts.end() ? &found->second : &m_texts.emplace(name, sqlText(m_url.dialect, name)).first->second;
}

void Connection::forgetPrepared(const QStringList &names)
{
    // By name, because DEALLOCATE ALL would take the driver's own statements along. Outside of an aborted transaction a
    // name that was never prepared is an error of no consequence.
    rollback();
    for (const QString &name : names) {
        (void)direct(sqlFile(u"postgres/deallocate.sql"_s).arg(name), name);
        m_prepared.erase(name);
    }
}

Expected<Statement *> Connection::finish(Statement *statement, const QString &name)
{
    const bool isDone = statement->query().exec();
    if (m_wait)
        m_wait->leave();
    if (!isDone) {
        Error failure = error(statement->query(), name);
        statement->query().finish();
        return fail(std::move(failure));
    }
    return statement;
}

Expected<Statement *> Connection::run(const QString &name)
{
    return statement(name).and_then([&](Statement *s) { return finish(s, name); });
}

Expected<QSqlQuery> Connection::direct(const QString &sql, const QString &what)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    const bool isDone = query.exec(sql);
    if (m_wait)
        m_wait->leave();
    if (!isDone)
        return fail(error(query, what));
    return query;
}

Expected<JournalHead> Connection::journalHead()
{
    const auto head = run(u"journal_head"_s);
    if (!head)
        return fail(head.error());
    if (!(*head)->next())
        return fail(ErrorKind::StoreCorrupt, u"the journal cannot be read"_s);
    JournalHead result{{(*head)->number(0)}, (*head)->text(1)};
    (*head)->query().finish();
    return result;
}

Expected<JournalHead> Connection::beginWrite()
{
    if (m_isReadOnly)
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    if (m_url.dialect == Dialect::Postgres) {
        // Lock and head come with BEGIN in one round trip; each statement of the three sees what is committed when it
        // starts.
        static const QString kBegin = sqlFile(u"postgres/begin_write.sql"_s);
        QSqlQuery query(m_database);
        // Three statements, three results; the head is in the last.
        if (!query.exec(kBegin) || !query.nextResult() || !query.nextResult() || !query.next()) {
            Error failure = error(query, u"beginning a transaction"_s);
            query.finish();
            rollback();
            return fail(std::move(failure));
        }
        return JournalHead{{query.value(0).toLongLong()}, query.value(1).toString()};
    }
    m_wait->lineUp();
    if (const auto begun = run(u"begin_write"_s); !begun)
        return fail(begun.error());
    auto head = journalHead();
    if (!head)
        rollback();
    return head;
}

Expected<void> Connection::beginRead()
{
    const QString sql =
        m_url.dialect == Dialect::Sqlite ? u"BEGIN"_s : u"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"_s;
    return direct(sql, u"beginning a transaction"_s).map([](const QSqlQuery &) {});
}

Expected<void> Connection::commit()
{
    const auto done = direct(u"COMMIT"_s, u"committing"_s);
    if (!done)
        return fail(done.error());
    if (m_url.dialect == Dialect::Sqlite && hasMoved())
        return fail(ErrorKind::StoreUnavailable, u"the file %1 was deleted or replaced meanwhile"_s.arg(m_url.path));
    return {};
}

void Connection::rollback()
{
    for (auto &[name, statement] : m_statements)
        statement->query().finish();
    QSqlQuery query(m_database);
    query.exec(u"ROLLBACK"_s);
}

} // namespace interlock
