// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/sqlerrors.h"

#include <QSqlError>

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct Meaning
{
    ErrorKind kind;
    QString text;
    bool isConstraint = false;
};

Meaning sqliteMeaning(int code)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return {ErrorKind::Conflict, u"a constraint of the store refused the change"_s, true};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {ErrorKind::StoreUnavailable, u"another process keeps the store locked"_s};
    case SQLITE_READONLY:
        return {ErrorKind::ReadOnly, u"the store is read-only"_s};
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return {ErrorKind::ReadOnly, u"the file's permissions forbid it"_s};
    case SQLITE_FULL:
        return {ErrorKind::StoreUnavailable, u"the disk is full"_s};
    case SQLITE_CORRUPT:
        return {ErrorKind::StoreCorrupt, u"the file is damaged"_s};
    case SQLITE_NOTADB:
        return {ErrorKind::StoreCorrupt, u"the file is not a database"_s};
    case SQLITE_ERROR: // of statements that are ours: the tables are not what they were
        return {ErrorKind::StoreCorrupt, u"the tables are not those of a store"_s};
    case SQLITE_CANTOPEN:
        return {ErrorKind::StoreUnavailable, u"the file cannot be opened"_s};
    case SQLITE_IOERR:
        return {ErrorKind::StoreUnavailable, u"reading or writing the file failed"_s};
    default:
        return {ErrorKind::StoreUnavailable, u"the database failed"_s};
    }
}

Meaning postgresMeaning(const QString &state)
{
    if (state.startsWith("23"_L1))
        return {ErrorKind::Conflict, u"a constraint of the store refused the change"_s, true};
    // Two writers in each other's way, of whom the server has ended one.
    if (state.startsWith("40"_L1))
        return {ErrorKind::Conflict, u"another transaction was faster"_s, true};
    // What the columns cannot hold: a character, a number out of range.
    if (state.startsWith("22"_L1))
        return {ErrorKind::Invalid, u"the store cannot hold a value of the change"_s};
    if (state.startsWith("55"_L1))
        return {ErrorKind::StoreUnavailable, u"another process keeps the store locked"_s};
    if (state == u"25006"_s || state.startsWith("42501"_L1))
        return {ErrorKind::ReadOnly, u"the database's role may not write"_s};
    if (state.startsWith("53"_L1))
        return {ErrorKind::StoreUnavailable, u"the server is out of space, memory or connections"_s};
    if (state.startsWith("57"_L1))
        return {ErrorKind::StoreUnavailable, u"the server is going down or ended the query"_s};
    if (state.startsWith("28"_L1))
        return {ErrorKind::StoreUnavailable, u"the server refused the user or password"_s};
    if (state.startsWith("42"_L1))
        return {ErrorKind::StoreCorrupt, u"the tables are not those of a store"_s};
    if (state.startsWith("XX"_L1))
        return {ErrorKind::StoreCorrupt, u"the server reports damage"_s};
    // Neither the server's refusal of a connection nor the loss of one has a state.
    if (state.isEmpty() || state.startsWith("08"_L1))
        return {ErrorKind::StoreUnavailable, u"no connection to the server"_s};
    return {ErrorKind::StoreUnavailable, u"the database failed"_s};
}

/// The first line of the server's text: the DETAIL lines that follow quote values.
QString firstLine(const QString &text)
{
    return text.section(u'\n', 0, 0).simplified().left(200);
}

} // namespace

Error errorFrom(Dialect dialect, const QSqlError &error, const QString &what)
{
    const QString native = error.nativeErrorCode();
    const Meaning meaning = dialect == Dialect::Sqlite ? sqliteMeaning(native.toInt()) : postgresMeaning(native);
    const QString text = error.databaseText();
    Error result{meaning.kind, u"%1: %2"_s.arg(what, meaning.text), {{u"code"_s, native}}};
    if (!text.isEmpty())
        result.detail += u" (%1)"_s.arg(firstLine(text));
    if (meaning.isConstraint)
        result.payload.insert(u"constraint"_s, true);
    return result;
}

bool isConstraintError(const Error &error)
{
    return error.payload.value("constraint"_L1).toBool();
}

} // namespace interlock
