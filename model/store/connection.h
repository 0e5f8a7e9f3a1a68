// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/busywait.h"
#include "model/store/sqltext.h"
#include "model/store/storeurl.h"
#include "model/values/id.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace interlock {

/// Where a store's journal stands.
struct JournalHead
{
    JournalId id;
    QString incarnation; ///< changes with every restore: equal numbers of two incarnations mean different entries

    friend bool operator==(const JournalHead &, const JournalHead &) = default;
};

/// A prepared statement: bind by name, run, read columns by position.
class Statement
{
public:
    Statement(QSqlQuery query, SqlText text) : m_query(std::move(query)), m_text(std::move(text)) {}

    /// Binds every place of `name`; a name that the statement does not have is a defect (asserted).
    Statement &bind(const QString &name, const QVariant &value);
    /// Binds each place to `valueOf(name)`.
    template <typename ValueOf>
    Statement &bindAll(ValueOf &&valueOf)
    {
        for (qsizetype i = 0; i < m_text.placeholders.size(); ++i)
            m_query.bindValue(static_cast<int>(i), valueOf(m_text.placeholders[i]));
        return *this;
    }

    [[nodiscard]] QSqlQuery &query() { return m_query; }
    [[nodiscard]] bool next() { return m_query.next(); }
    // Typed readers: the PostgreSQL driver returns BIGINT as qulonglong when it is not negative.
    [[nodiscard]] qint64 number(int column) const { return m_query.value(column).toLongLong(); }
    [[nodiscard]] QString text(int column) const { return m_query.value(column).toString(); }
    [[nodiscard]] QByteArray bytes(int column) const { return m_query.value(column).toByteArray(); }
    [[nodiscard]] bool isNull(int column) const { return m_query.isNull(column); }

private:
    QSqlQuery m_query;
    SqlText m_text;
};

/// One connection to a store. It lives and dies on the thread that opened it.
class Connection
{
public:
    enum class Access {
        Create,   ///< a missing SQLite file is made
        Existing, ///< a missing SQLite file is NotFound
    };

    /// \returns NotFound, StoreUnavailable, StoreCorrupt
    [[nodiscard]] static Expected<std::unique_ptr<Connection>> open(const StoreUrl &url, Access access);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    [[nodiscard]] Dialect dialect() const { return m_url.dialect; }
    [[nodiscard]] const StoreUrl &url() const { return m_url; }
    [[nodiscard]] QSqlDatabase &database() { return m_database; }
    /// SQLite: the file or its folder cannot be written.
    [[nodiscard]] bool isReadOnly() const { return m_isReadOnly; }
    /// Whether there is a place for what is live: on a disk that is read-only there is no second file.
    [[nodiscard]] bool hasLiveFacts() const { return dialect() == Dialect::Postgres || !isReadOnly(); }
    /// True once the server is gone, or the file was deleted or replaced; only a new connection helps.
    [[nodiscard]] bool isBroken() const;

    /// The prepared statement `name` of resources/sql, kept for the next time. The reference is good until the
    /// connection ends.
    [[nodiscard]] Expected<Statement *> statement(const QString &name);
    /// The text of a statement, kept for the next time; for those who talk to the database through its own handle.
    [[nodiscard]] const SqlText *positionalText(const QString &name);
    /// Notes that `name` is prepared through the native handle. \returns true if it was not before
    [[nodiscard]] bool notePrepared(const QString &name) { return m_prepared.insert(name).second; }
    /// Rolls back, and forgets that `names` are prepared, which some of them may be.
    void forgetPrepared(const QStringList &names);

    /// Prepares, binds through `valueOf(name)` and runs.
    template <typename ValueOf>
    [[nodiscard]] Expected<Statement *> run(const QString &name, ValueOf &&valueOf)
    {
        return statement(name).and_then([&](Statement *s) {
            s->bindAll(valueOf);
            return finish(s, name);
        });
    }
    [[nodiscard]] Expected<Statement *> run(const QString &name);
    /// Runs a statement whose binds are set.
    [[nodiscard]] Expected<Statement *> finish(Statement *statement, const QString &name);
    /// Runs text that is no query of ours: PRAGMA, BEGIN, a migration.
    [[nodiscard]] Expected<QSqlQuery> direct(const QString &sql, const QString &what);

    /// Begins the one write transaction that there is at a time. \returns where the journal stands in it
    [[nodiscard]] Expected<JournalHead> beginWrite();
    /// Where the journal stands, inside whatever transaction is open.
    [[nodiscard]] Expected<JournalHead> journalHead();
    /// Begins a transaction that sees one state throughout.
    [[nodiscard]] Expected<void> beginRead();
    [[nodiscard]] Expected<void> commit();
    /// Never fails: what cannot be rolled back was ended with the connection.
    void rollback();

    [[nodiscard]] Error error(const QSqlQuery &query, const QString &what) const;

private:
    explicit Connection(StoreUrl url);
    [[nodiscard]] Expected<void> openSqlite(Access access);
    [[nodiscard]] Expected<void> configureSqlite();
    [[nodiscard]] Expected<void> attachLive();
    [[nodiscard]] Expected<void> attachLive(const QString &path);
    [[nodiscard]] Expected<void> openPostgres();
    [[nodiscard]] bool hasMoved() const;

    StoreUrl m_url;
    QString m_name;
    QSqlDatabase m_database;
    bool m_isReadOnly = false;
    std::unique_ptr<BusyWait> m_wait; ///< SQLite
    std::unordered_map<QString, std::unique_ptr<Statement>> m_statements;
    std::unordered_map<QString, SqlText> m_texts;
    std::unordered_set<QString> m_prepared;
};

} // namespace interlock
