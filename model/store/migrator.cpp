// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/migrator.h"

#include "model/store/backup.h"

#include <QDateTime>
#include <QDir>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

Expected<QStringList> tables(Connection &connection)
{
    return connection.run(u"table_list"_s).map([](Statement *statement) {
        QStringList names;
        while (statement->next())
            names.append(statement->text(0));
        return names;
    });
}

struct Migration
{
    int version = 0;
    QString name; ///< without ending
};

std::vector<Migration> migrationsIn(const QString &folder)
{
    std::vector<Migration> found;
    const QDir dir(u":/interlock/sql/"_s + folder);
    for (const QString &file : dir.entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        if (file.count(u'.') == 1)
            found.push_back({file.left(4).toInt(), file.chopped(4)});
    }
    return found;
}

QString inDialect(QString sql, Dialect dialect)
{
    const bool isSqlite = dialect == Dialect::Sqlite;
    sql.replace(u"${int}"_s, isSqlite ? u"INTEGER"_s : u"BIGINT"_s);
    sql.replace(u"${bytes}"_s, isSqlite ? u"BLOB"_s : u"BYTEA"_s);
    sql.replace(u"${strict}"_s, isSqlite ? u" STRICT"_s : QString());
    return sql;
}

Expected<void> runScript(Connection &connection, const QString &path)
{
    for (const QString &sql : sqlScript(path)) {
        if (const auto ok = connection.direct(inDialect(sql, connection.dialect()), u"migration "_s + path); !ok)
            return fail(ok.error());
    }
    return {};
}

Expected<void> apply(Connection &connection, const QString &folder, const Migration &migration)
{
    const QString suffix = connection.dialect() == Dialect::Sqlite ? u".sqlite.sql"_s : u".postgres.sql"_s;
    for (const QString &ending : {u".sql"_s, suffix}) {
        if (const auto ok = runScript(connection, folder + u'/' + migration.name + ending); !ok)
            return ok;
    }
    return connection
        .run(u"schema_version_insert"_s,
             [&](const QString &name) -> QVariant {
                 if (name == u"version"_s)
                     return migration.version;
                 if (name == u"applied_at"_s)
                     return QDateTime::currentMSecsSinceEpoch();
                 return QStringLiteral(INTERLOCK_VERSION);
             })
        .map([](Statement *) {});
}

tl::unexpected<Error> newer(int version, int known)
{
    return fail(ErrorKind::StoreNewer,
                u"the store has schema %1, this program knows %2: use the newer program"_s.arg(version).arg(known),
                {{u"schemaVersion"_s, version}, {u"supported"_s, known}});
}

/// The head of the journal cannot be asked for before there is one: a plain transaction under the same lock.
Expected<void> beginExclusive(Connection &connection)
{
    const QString what = u"beginning a migration"_s;
    if (connection.dialect() == Dialect::Sqlite)
        return connection.direct(u"BEGIN IMMEDIATE"_s, what).map([](const QSqlQuery &) {});
    for (const QString &sql : sqlScript(u"postgres/begin_migration.sql"_s)) {
        if (const auto ok = connection.direct(sql, what); !ok)
            return fail(ok.error());
    }
    return {};
}

/// Under the lock, so that it is what the migration starts from and nobody else writes it. It takes the place of what
/// an earlier attempt from the same version has left.
Expected<void> backUp(Connection &connection, int version)
{
    if (connection.dialect() == Dialect::Postgres)
        return backupSchema(connection, version);
    return backupToFile(connection, backupPath(connection.url(), version), Overwriting::Allowed);
}

Expected<void> migrateInside(Connection &connection, const QString &folder, int target)
{
    auto version = schemaVersion(connection);
    if (!version)
        return fail(version.error());
    if (*version == target) // another process was first
        return {};
    if (*version > target)
        return newer(*version, target);
    if (*version == 0) {
        if (const auto ok = runScript(connection, u"common/schema_version_create.sql"_s); !ok)
            return ok;
    } else if (const auto ok = backUp(connection, *version); !ok) {
        return ok;
    }
    const bool isNew = *version == 0;
    for (const Migration &migration : migrationsIn(folder)) {
        if (migration.version <= *version || migration.version > target)
            continue;
        if (const auto ok = apply(connection, folder, migration); !ok)
            return ok;
    }
    // A new incarnation even for old rows: programs that have the store open look at its version again.
    return connection
        .run(isNew ? u"incarnation_insert"_s : u"incarnation_update"_s,
             [](const QString &) -> QVariant { return QUuid::createUuid().toString(QUuid::WithoutBraces); })
        .map([](Statement *) {});
}

} // namespace

QString backupPath(const StoreUrl &url, int version)
{
    return u"%1.v%2.backup"_s.arg(url.path).arg(version);
}

Expected<int> schemaVersion(Connection &connection)
{
    const auto names = tables(connection);
    if (!names)
        return fail(names.error());
    if (!names->contains(u"schema_version"_s)) {
        if (connection.dialect() == Dialect::Sqlite && !names->isEmpty())
            return fail(ErrorKind::StoreCorrupt,
                        u"%1 is a database without the tables of a store"_s.arg(connection.url().toString()));
        if (names->contains(u"journal"_s) || names->contains(u"virtual_claim"_s))
            return fail(ErrorKind::StoreCorrupt,
                        u"%1 holds tables of a store but not their version"_s.arg(connection.url().toString()));
        return 0;
    }
    return connection.run(u"schema_version_select"_s).map([](Statement *statement) {
        const int version = statement->next() ? static_cast<int>(statement->number(0)) : 0;
        statement->query().finish();
        return version;
    });
}

Expected<void> refuseNewer(Connection &connection)
{
    const auto version = schemaVersion(connection);
    if (!version)
        return fail(version.error());
    if (*version > kSchemaVersion)
        return newer(*version, kSchemaVersion);
    return {};
}

Expected<void> migrate(Connection &connection, const QString &folder, int target)
{
    const auto before = schemaVersion(connection);
    if (!before)
        return fail(before.error());
    if (*before > target)
        return newer(*before, target);
    if (*before == target)
        return {};
    if (connection.isReadOnly())
        return fail(ErrorKind::ReadOnly,
                    u"the store has schema %1 and must be migrated, but is read-only"_s.arg(*before));
    if (const auto ok = beginExclusive(connection); !ok) {
        connection.rollback();
        return ok;
    }
    if (const auto ok = migrateInside(connection, folder, target); !ok) {
        connection.rollback();
        return ok;
    }
    const auto done = connection.commit();
    if (!done)
        connection.rollback();
    return done;
}

} // namespace interlock
