// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/rowtable.h"

#include "model/rules/rowimage.h"
#include "model/store/pipeline.h"
#include "model/store/rowreading.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Statement names are made once: QString concatenation at every row would show in the commit path.
struct TableStatements
{
    QString insert;
    QString update;
    QString remove;
    QString select;
};

const TableStatements &statementsOf(std::size_t table)
{
    static const auto kStatements = [] {
        std::array<TableStatements, kTableCount> all;
        for (std::size_t i = 0; i < kTableCount; ++i) {
            const QString name = QString::fromUtf16(kTableNames.at(i));
            all.at(i) = {name + u"_insert"_s, name + u"_update"_s, name + u"_delete"_s, name + u"_select"_s};
        }
        return all;
    }();
    return kStatements.at(table);
}

const QString &statementFor(const RowChange &change)
{
    const TableStatements &names = statementsOf(tableOf(change.any()));
    return !change.after ? names.remove : change.before ? names.update : names.insert;
}

template <typename T>
QVariant toVariant(const T &value)
{
    const auto encoded = encodeField(value);
    if constexpr (std::same_as<std::decay_t<decltype(encoded)>, bool>)
        return encoded ? 1 : 0;
    else if constexpr (std::same_as<std::decay_t<decltype(encoded)>, QString>)
        return neverNull(encoded);
    else
        return encoded;
}

QVariant keyOfField(const Prefix &prefix, bool isLast)
{
    return isLast ? prefix.lastKey() : prefix.sortKey();
}
QVariant keyOfField(const Address &address, bool)
{
    return Prefix::host(address).sortKey();
}
template <typename T>
QVariant keyOfField(const T &, bool)
{
    Q_UNREACHABLE();
}

template <std::size_t I = 0>
Expected<void> readTable(std::size_t table, Statement &statement, const std::function<void(Row)> &visit)
{
    if constexpr (I == kTableCount) {
        Q_UNREACHABLE();
    } else {
        if (table != I)
            return readTable<I + 1>(table, statement, visit);
        while (statement.next()) {
            auto row = readRow<std::variant_alternative_t<I, Row>>(statement);
            if (!row) {
                return fail(ErrorKind::StoreCorrupt, u"a row of %1 does not parse: %2"_s.arg(
                                                         QString::fromUtf16(kTableNames.at(I)), row.error().detail));
            }
            visit(Row(*std::move(row)));
        }
        return {};
    }
}

} // namespace

QVariant boundValue(const Row &row, const QString &name)
{
    QVariant value;
    bool found = false;
    std::visit(
        [&](const auto &r) {
            forEachField(r, [&](const auto &field, const auto &member) {
                const QStringView column(field.sql);
                if (found || !name.startsWith(column))
                    return;
                const QStringView suffix = QStringView(name).mid(column.size());
                if (suffix.isEmpty())
                    value = toVariant(member);
                else if (suffix == u"_key" || suffix == u"_last")
                    value = keyOfField(member, suffix == u"_last");
                else
                    return;
                found = true;
            });
        },
        row);
    Q_ASSERT_X(found, "boundValue", qPrintable(name));
    return value;
}

ChangeSet inWritingOrder(const ChangeSet &changes)
{
    const auto movesAddress = [](const RowChange &change) {
        const auto *before = change.before ? std::get_if<AllocationRow>(&*change.before) : nullptr;
        const auto *after = change.after ? std::get_if<AllocationRow>(&*change.after) : nullptr;
        return before && after && (before->address != after->address || before->tenant != after->tenant);
    };
    if (std::ranges::none_of(changes, movesAddress))
        return changes;
    ChangeSet ordered;
    for (const RowChange &change : changes) {
        if (movesAddress(change))
            ordered.push_back({change.before, std::nullopt});
    }
    for (const RowChange &change : changes)
        ordered.push_back(movesAddress(change) ? RowChange{std::nullopt, change.after} : change);
    return ordered;
}

void addChange(Pipeline &pipeline, const RowChange &change)
{
    pipeline.add(statementFor(change), change.before.has_value(),
                 [&](const QString &placeholder) { return boundValue(change.any(), placeholder); });
}

Expected<void> writeChange(Connection &connection, const RowChange &change)
{
    const Row &row = change.any();
    const QString &name = statementFor(change);
    const auto done = connection.run(name, [&](const QString &placeholder) { return boundValue(row, placeholder); });
    if (!done)
        return fail(done.error());
    if (change.before && (*done)->query().numRowsAffected() != 1) {
        return fail(ErrorKind::Conflict, u"%1: the row is not there any more"_s.arg(name), {{u"constraint"_s, true}});
    }
    return {};
}

Expected<void> readRows(Connection &connection, std::size_t table, const std::function<void(Row)> &visit)
{
    const QString &name = statementsOf(table).select;
    const auto statement = connection.run(name);
    if (!statement)
        return fail(statement.error());
    auto result = readTable(table, **statement, visit);
    if (result)
        result = endOfRows(connection, **statement, name);
    (*statement)->query().finish();
    return result;
}

Expected<void> readAllRows(Connection &connection, const std::function<void(Row)> &visit)
{
    for (std::size_t table = 0; table < kTableCount; ++table) {
        if (const auto ok = readRows(connection, table, visit); !ok)
            return ok;
    }
    return {};
}

} // namespace interlock
