// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rowimage.h"
#include "model/sim/subnetregistry.h"
#include "model/store/bulkload.h"
#include "model/store/rowtable.h"

#include <memory>

namespace interlock {

/// Writes a made-up registry into an empty store in one transaction, without entries in the journal.
inline Expected<void> fillWithRegistry(Connection &connection, const RegistrySize &size)
{
    if (const auto begun = connection.beginWrite(); !begun)
        return fail(begun.error());
    // One loader at a time: the tables come one after the other.
    std::unique_ptr<BulkLoader> loader;
    std::size_t table = 0;
    Expected<void> result;
    makeSubnetRegistry(size, [&](const Row &row) {
        if (result && loader && table != tableOf(row)) {
            result = loader->finish();
            loader.reset();
        }
        if (!result)
            return;
        if (!loader) {
            table = tableOf(row);
            loader = std::make_unique<BulkLoader>(connection, QString::fromUtf16(kTableNames.at(table)) +
                                                                  QStringLiteral("_insert"));
        }
        result = loader->add([&](const QString &name) { return boundValue(row, name); });
    });
    if (result && loader)
        result = loader->finish();
    loader.reset();
    if (result)
        result = connection.commit();
    if (result && connection.dialect() == Dialect::Postgres)
        result = connection.direct(QStringLiteral("ANALYZE"), QStringLiteral("gathering statistics"))
                     .map([](const QSqlQuery &) {});
    if (!result)
        connection.rollback();
    return result;
}

} // namespace interlock
