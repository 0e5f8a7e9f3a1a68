// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storecopy.h"

#include "model/rules/rows.h"
#include "model/store/bulkload.h"
#include "model/store/migrator.h"
#include "model/store/rowtable.h"

#include <array>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Tables that are copied column by column as they are.
const std::array kPlainTables{
    u"journal"_s,         u"journal_change"_s,      u"journal_pack"_s, u"journal_checkpoint"_s,
    u"session_history"_s, u"instance_generation"_s, u"member_push"_s,  u"network_snapshot"_s,
    u"rendering"_s};

Expected<qint64> copyRows(Connection &from, Connection &to, std::size_t table)
{
    BulkLoader loader(to, QString::fromUtf16(kTableNames.at(table)) + u"_insert"_s);
    qint64 copied = 0;
    Expected<void> added;
    const auto read = readRows(from, table, [&](const Row &row) {
        if (!added)
            return;
        added = loader.add([&](const QString &name) { return boundValue(row, name); });
        ++copied;
    });
    if (!read)
        return fail(read.error());
    if (!added)
        return fail(added.error());
    return loader.finish().map([&] { return copied; });
}

Expected<qint64> copyPlain(Connection &from, Connection &to, const QString &table)
{
    const auto rows = from.run(table + u"_all"_s);
    if (!rows)
        return fail(rows.error());
    BulkLoader loader(to, table + u"_copy"_s);
    qint64 copied = 0;
    while ((*rows)->next()) {
        int column = 0; // both statements of a table name its columns in one order
        if (const auto ok = loader.add([&](const QString &) { return (*rows)->query().value(column++); }); !ok)
            return fail(ok.error());
        ++copied;
    }
    (*rows)->query().finish();
    return loader.finish().map([&] { return copied; });
}

Expected<bool> isEmptyStore(Connection &connection)
{
    const auto head = connection.journalHead();
    if (!head)
        return fail(head.error());
    bool isEmpty = head->id.value == 0;
    const auto read = readAllRows(connection, [&](const Row &) { isEmpty = false; });
    if (!read)
        return fail(read.error());
    return isEmpty;
}

Expected<qint64> fill(Connection &from, Connection &to)
{
    const auto isEmpty = isEmptyStore(to);
    if (!isEmpty)
        return fail(isEmpty.error());
    if (!*isEmpty)
        return fail(ErrorKind::Exists, u"%1 is not empty"_s.arg(to.url().toString()));
    if (const auto ok = from.beginRead(); !ok)
        return fail(ok.error());
    auto copied = copyContents(from, to);
    from.rollback();
    return copied;
}

} // namespace

Expected<qint64> copyContents(Connection &from, Connection &to)
{
    qint64 total = 0;
    for (std::size_t table = 0; table < kTableCount; ++table) {
        const auto copied = copyRows(from, to, table);
        if (!copied)
            return copied;
        total += *copied;
    }
    for (const QString &table : kPlainTables) {
        const auto copied = copyPlain(from, to, table);
        if (!copied)
            return copied;
        total += *copied;
    }
    return total;
}

Expected<void> clearContents(Connection &connection)
{
    // Foreign keys are checked at the commit, so the order does not matter.
    for (const char16_t *table : kTableNames) {
        if (const auto ok = connection.run(QString::fromUtf16(table) + u"_clear"_s); !ok)
            return fail(ok.error());
    }
    for (const QString &table : kPlainTables) {
        if (const auto ok = connection.run(table + u"_clear"_s); !ok)
            return fail(ok.error());
    }
    return {};
}

Expected<qint64> copyStoreTo(Connection &from, const QString &address)
{
    const auto url = StoreUrl::parse(address);
    if (!url)
        return fail(url.error());
    if (url->toString() == from.url().toString())
        return fail(ErrorKind::Usage, u"a store cannot be copied into itself"_s);
    auto to = Connection::open(*url, Connection::Access::Create);
    if (!to)
        return fail(to.error());
    if (const auto ok = migrate(**to); !ok)
        return fail(ok.error());
    if (const auto head = (*to)->beginWrite(); !head)
        return fail(head.error());
    auto copied = fill(from, **to);
    if (copied) {
        if (const auto done = (*to)->commit(); !done)
            copied = fail(done.error());
    }
    if (!copied)
        (*to)->rollback();
    return copied;
}

} // namespace interlock
