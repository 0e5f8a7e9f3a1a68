// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/bulkload.h"

#include "model/rules/rowimage.h"
#include "model/store/journalstore.h"
#include "model/store/rowtable.h"
#include "model/store/sqlerrors.h"

#include <QSqlDriver>
#include <QSqlError>

#include <array>
#include <vector>

#include <libpq-fe.h>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// COPY data go out in pieces of this many bytes.
constexpr qsizetype kChunk = 64 * 1024;

void appendCopyText(QByteArray &line, const QVariant &value)
{
    if (value.isNull()) {
        line += "\\N";
    } else if (value.typeId() == QMetaType::QByteArray) {
        line += "\\\\x" + value.toByteArray().toHex();
    } else if (value.typeId() == QMetaType::QString) {
        for (const char c : value.toString().toUtf8()) {
            switch (c) {
            case '\\':
                line += "\\\\";
                break;
            case '\t':
                line += "\\t";
                break;
            case '\n':
                line += "\\n";
                break;
            case '\r':
                line += "\\r";
                break;
            default:
                line += c;
            }
        }
    } else {
        line += QByteArray::number(value.toLongLong());
    }
}

/// The parts of an insert statement: two words, table (columns), VALUES (tuple).
struct InsertParts
{
    QString head;      ///< "table (columns)"
    QStringList tuple; ///< "?" or a quoted constant, one a column
};

InsertParts partsOf(const QString &sql)
{
    const qsizetype values = sql.indexOf(u"VALUES"_s);
    InsertParts parts;
    parts.head = sql.left(values).simplified().section(u' ', 2);
    const qsizetype open = sql.indexOf(u'(', values);
    for (const QString &item : sql.mid(open + 1, sql.lastIndexOf(u')') - open - 1).split(u','))
        parts.tuple.append(item.trimmed());
    return parts;
}

} // namespace

struct BulkLoader::Private
{
    Private(Connection &link, const QString &statementName)
        : connection(link), name(statementName), text(sqlText(link.dialect(), statementName)), parts(partsOf(text.sql))
    {
    }

    Connection &connection;
    QString name;
    SqlText text;
    InsertParts parts;
    bool isStarted = false;

    sqlite3 *sqlite = nullptr;
    sqlite3_stmt *statement = nullptr;
    int bound = 0;

    PGconn *postgres = nullptr;
    bool isCopying = false;
    QByteArray buffer;
    qsizetype column = 0;

    [[nodiscard]] Error failure(const QString &code, const QString &message) const
    {
        return errorFrom(connection.dialect(), QSqlError({}, message, QSqlError::StatementError, code), name);
    }
    [[nodiscard]] Error sqliteFailure() const
    {
        return failure(QString::number(sqlite3_extended_errcode(sqlite)), QString::fromUtf8(sqlite3_errmsg(sqlite)));
    }
    void appendConstants()
    {
        while (column < parts.tuple.size() && parts.tuple[column] != u"?"_s) {
            const QString &constant = parts.tuple[column];
            separate();
            appendCopyText(buffer, constant.startsWith(u'\'') ? constant.mid(1, constant.size() - 2) : constant);
            ++column;
        }
    }
    void separate()
    {
        if (column > 0)
            buffer += '\t';
    }
    [[nodiscard]] Expected<void> sendBuffer()
    {
        if (!buffer.isEmpty() && PQputCopyData(postgres, buffer.constData(), static_cast<int>(buffer.size())) != 1)
            return fail(failure({}, QString::fromUtf8(PQerrorMessage(postgres))));
        buffer.clear();
        return {};
    }
};

BulkLoader::BulkLoader(Connection &connection, const QString &statement)
    : m(std::make_unique<Private>(connection, statement))
{
}

BulkLoader::~BulkLoader()
{
    sqlite3_finalize(m->statement);
    if (m->isCopying) {
        // Abandoned half way: the transaction is going to be rolled back, and the server must leave COPY for that.
        PQputCopyEnd(m->postgres, "abandoned");
        while (PGresult *result = PQgetResult(m->postgres))
            PQclear(result);
    }
}

const QStringList &BulkLoader::placeholders() const
{
    return m->text.placeholders;
}

Expected<void> BulkLoader::start()
{
    if (m->isStarted)
        return {};
    m->isStarted = true;
    const QVariant handle = m->connection.database().driver()->handle();
    if (m->connection.dialect() == Dialect::Sqlite) {
        m->sqlite = *static_cast<sqlite3 *const *>(handle.constData());
        const QByteArray sql = m->text.sql.toUtf8();
        if (sqlite3_prepare_v2(m->sqlite, sql.constData(), static_cast<int>(sql.size()), &m->statement, nullptr) !=
            SQLITE_OK)
            return fail(m->sqliteFailure());
        return {};
    }
    m->postgres = *static_cast<PGconn *const *>(handle.constData());
    PGresult *result =
        PQexec(m->postgres, QString(sqlFile(u"postgres/copy.sql"_s).arg(m->parts.head)).toUtf8().constData());
    const bool isReady = PQresultStatus(result) == PGRES_COPY_IN;
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const Error error =
        m->failure(QString::fromLatin1(code ? code : ""), QString::fromUtf8(PQresultErrorMessage(result)));
    PQclear(result);
    if (!isReady)
        return fail(error);
    m->isCopying = true;
    return {};
}

void BulkLoader::append(const QVariant &value)
{
    if (m->statement) {
        ++m->bound;
        if (value.isNull()) {
            sqlite3_bind_null(m->statement, m->bound);
        } else if (value.typeId() == QMetaType::QByteArray) {
            const QByteArray bytes = value.toByteArray();
            sqlite3_bind_blob(m->statement, m->bound, bytes.constData(), static_cast<int>(bytes.size()),
                              SQLITE_TRANSIENT);
        } else if (value.typeId() == QMetaType::QString) {
            const QByteArray utf8 = value.toString().toUtf8();
            sqlite3_bind_text(m->statement, m->bound, utf8.constData(), static_cast<int>(utf8.size()),
                              SQLITE_TRANSIENT);
        } else {
            sqlite3_bind_int64(m->statement, m->bound, value.toLongLong());
        }
        return;
    }
    m->appendConstants();
    m->separate();
    appendCopyText(m->buffer, value);
    ++m->column;
}

Expected<void> BulkLoader::endRecord()
{
    if (m->statement) {
        m->bound = 0;
        const int result = sqlite3_step(m->statement);
        Expected<void> done;
        if (result != SQLITE_DONE)
            done = fail(m->sqliteFailure());
        sqlite3_reset(m->statement);
        return done;
    }
    m->appendConstants();
    m->buffer += '\n';
    m->column = 0;
    return m->buffer.size() < kChunk ? Expected<void>() : m->sendBuffer();
}

Expected<void> BulkLoader::finish()
{
    if (!m->isCopying)
        return {};
    const auto sent = m->sendBuffer();
    if (!sent)
        return sent;
    m->isCopying = false;
    Expected<void> done;
    if (PQputCopyEnd(m->postgres, nullptr) != 1)
        done = fail(m->failure({}, QString::fromUtf8(PQerrorMessage(m->postgres))));
    while (PGresult *result = PQgetResult(m->postgres)) {
        if (done && PQresultStatus(result) != PGRES_COMMAND_OK) {
            const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
            done = fail(
                m->failure(QString::fromLatin1(code ? code : ""), QString::fromUtf8(PQresultErrorMessage(result))));
        }
        PQclear(result);
    }
    return done;
}

namespace {

/// Insertions of many tables that wait to be written together.
class PendingInserts
{
public:
    explicit PendingInserts(Connection &connection) : m_connection(connection) {}

    void add(const Row &row) { m_rows.at(tableOf(row)).push_back(&row); }

    [[nodiscard]] Expected<void> flush()
    {
        for (std::size_t table = 0; table < kTableCount; ++table) {
            if (m_rows.at(table).empty())
                continue; // as before each of many deletions
            BulkLoader loader(m_connection, QString::fromUtf16(kTableNames.at(table)) + u"_insert"_s);
            for (const Row *row : m_rows.at(table)) {
                if (const auto ok = loader.add([&](const QString &name) { return boundValue(*row, name); }); !ok)
                    return ok;
            }
            if (const auto ok = loader.finish(); !ok)
                return ok;
            m_rows.at(table).clear();
        }
        return {};
    }

private:
    Connection &m_connection;
    std::array<std::vector<const Row *>, kTableCount> m_rows;
};

} // namespace

Expected<void> bulkWriteChanges(Connection &connection, std::span<const ChangeSet *const> sets)
{
    // A deletion or an update may be of a row that an earlier set inserts: what waits goes first.
    PendingInserts inserts(connection);
    std::vector<ChangeSet> ordered; // what waits points into it
    ordered.reserve(sets.size());
    for (const ChangeSet *changes : sets) {
        ordered.push_back(inWritingOrder(*changes));
        for (const RowChange &change : ordered.back()) {
            if (!change.before) {
                inserts.add(*change.after);
                continue;
            }
            if (const auto ok = inserts.flush(); !ok)
                return ok;
            if (const auto ok = writeChange(connection, change); !ok)
                return ok;
        }
    }
    return inserts.flush();
}

Expected<void> bulkWriteEntries(Connection &connection, std::span<const JournalEntry> entries)
{
    std::vector<const ChangeSet *> sets;
    sets.reserve(entries.size());
    for (const JournalEntry &entry : entries)
        sets.push_back(&entry.changes);
    return bulkWriteChanges(connection, sets).and_then([&] { return writeEntriesInBulk(connection, entries); });
}

} // namespace interlock
