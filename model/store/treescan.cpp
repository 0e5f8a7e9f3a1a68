// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/treescan.h"

#include "model/rules/rowimage.h"
#include "model/store/rowtable.h"
#include "model/store/sqlerrors.h"

#include <QSqlDriver>
#include <QSqlError>

#include <memory>

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// A column whose values repeat from row to row: the text is made once for all of them.
class RepeatedText
{
public:
    const QString &read(const char *text, qsizetype size)
    {
        if (m_bytes.size() != size || std::char_traits<char>::compare(m_bytes.constData(), text, size_t(size)) != 0) {
            m_bytes = QByteArray(text, size);
            m_text = QString::fromUtf8(m_bytes);
        }
        return m_text;
    }

private:
    QByteArray m_bytes;
    QString m_text;
};

/// Steps through a statement of SQLite without binds.
class Scan
{
public:
    Scan(Connection &connection, const QString &name) : m_connection(connection), m_name(name)
    {
        const QVariant handle = connection.database().driver()->handle();
        m_database = *static_cast<sqlite3 *const *>(handle.constData());
    }

    /// Calls `read(scan)` on each row, until it answers an error.
    template <typename Read>
    Expected<void> run(Read read)
    {
        const QByteArray sql = m_connection.positionalText(m_name)->sql.toUtf8();
        sqlite3_stmt *statement = nullptr;
        if (sqlite3_prepare_v2(m_database, sql.constData(), static_cast<int>(sql.size()), &statement, nullptr) !=
            SQLITE_OK)
            return fail(failure());
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt *)> owner(statement, &sqlite3_finalize);
        m_statement = statement;
        int step = SQLITE_ROW;
        while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
            if (const Expected<void> ok = read(); !ok)
                return fail(ErrorKind::StoreCorrupt, u"%1: a row does not parse: %2"_s.arg(m_name, ok.error().detail));
        }
        return step == SQLITE_DONE ? Expected<void>() : fail(failure());
    }

    [[nodiscard]] QString text(int column) const
    {
        const int size = sqlite3_column_bytes(m_statement, column);
        return size == 0 ? QString() : QString::fromUtf8(bytes(column), size);
    }
    [[nodiscard]] const QString &text(int column, RepeatedText &repeated) const
    {
        const char *begin = bytes(column);
        return repeated.read(begin, sqlite3_column_bytes(m_statement, column));
    }
    [[nodiscard]] qint64 number(int column) const { return sqlite3_column_int64(m_statement, column); }
    [[nodiscard]] Expected<Prefix> prefix(int column) const
    {
        const void *key = sqlite3_column_blob(m_statement, column);
        return Prefix::fromSortKey(
            QByteArray::fromRawData(static_cast<const char *>(key), sqlite3_column_bytes(m_statement, column)));
    }

private:
    [[nodiscard]] const char *bytes(int column) const
    {
        return static_cast<const char *>(static_cast<const void *>(sqlite3_column_text(m_statement, column)));
    }
    [[nodiscard]] Error failure() const
    {
        return errorFrom(Dialect::Sqlite,
                         QSqlError({}, QString::fromUtf8(sqlite3_errmsg(m_database)), QSqlError::StatementError,
                                   QString::number(sqlite3_extended_errcode(m_database))),
                         m_name);
    }

    Connection &m_connection;
    QString m_name;
    sqlite3 *m_database = nullptr;
    sqlite3_stmt *m_statement = nullptr;
};

/// An enumeration whose texts repeat.
template <typename Enum>
class RepeatedEnum
{
public:
    Expected<Enum> read(const QString &text)
    {
        if (!m_value || m_text.constData() != text.constData()) {
            const auto parsed = parseEnum<Enum>(text);
            if (!parsed)
                return parsed;
            m_text = text;
            m_value = *parsed;
        }
        return *m_value;
    }

private:
    QString m_text;
    std::optional<Enum> m_value;
};

Expected<void> scanSqliteSubnets(Connection &connection, const std::function<void(const SubnetRow &)> &visit)
{
    Scan scan(connection, u"subnet_scan"_s);
    RepeatedText tenant;
    RepeatedText roleText;
    RepeatedEnum<SubnetRole> role;
    return scan.run([&]() -> Expected<void> {
        const auto prefix = scan.prefix(1);
        if (!prefix)
            return fail(prefix.error());
        const auto parsed = role.read(scan.text(3, roleText));
        if (!parsed)
            return fail(parsed.error());
        visit({scan.text(0, tenant), *prefix, scan.text(2), *parsed, scan.text(4), scan.text(5), scan.text(6),
               Timestamp::fromMilliseconds(scan.number(7)), scan.number(8)});
        return {};
    });
}

Expected<void> scanSqliteAddresses(Connection &connection, const std::function<void(const AddressRow &)> &visit)
{
    Scan scan(connection, u"subnet_address_scan"_s);
    RepeatedText tenant;
    RepeatedText stateText;
    RepeatedEnum<AddressState> state;
    return scan.run([&]() -> Expected<void> {
        const auto prefix = scan.prefix(1);
        if (!prefix)
            return fail(prefix.error());
        const auto parsed = state.read(scan.text(2, stateText));
        if (!parsed)
            return fail(parsed.error());
        visit({scan.text(0, tenant), prefix->first(), *parsed, scan.text(3), scan.text(4), scan.text(5), scan.text(6),
               Timestamp::fromMilliseconds(scan.number(7)), Timestamp::fromMilliseconds(scan.number(8)),
               scan.number(9)});
        return {};
    });
}

} // namespace

Expected<void> scanSubnets(Connection &connection, const std::function<void(const SubnetRow &)> &visit)
{
    if (connection.dialect() == Dialect::Sqlite)
        return scanSqliteSubnets(connection, visit);
    return readRows(connection, tableOf(SubnetRow()), [&](const Row &row) { visit(std::get<SubnetRow>(row)); });
}

Expected<void> scanAddresses(Connection &connection, const std::function<void(const AddressRow &)> &visit)
{
    if (connection.dialect() == Dialect::Sqlite)
        return scanSqliteAddresses(connection, visit);
    return readRows(connection, tableOf(AddressRow()), [&](const Row &row) { visit(std::get<AddressRow>(row)); });
}

} // namespace interlock
