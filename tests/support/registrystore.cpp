// SPDX-License-Identifier: GPL-3.0-or-later
//
// interlock_registrystore URL SUBNETS [ADDRESSES]: fills an empty store with a made-up registry of that size, for
// measurements. The rows are written at once, without entries in the journal.
#include "model/rules/rowimage.h"
#include "model/sim/subnetregistry.h"
#include "model/store/bulkload.h"
#include "model/store/rowtable.h"
#include "tests/support/teststore.h"

#include <QCoreApplication>

#include <cstdio>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

/// One loader at a time: the tables come one after the other.
class Filler
{
public:
    explicit Filler(Connection &connection) : m_connection(connection) {}

    void add(const Row &row)
    {
        if (!m_result)
            return;
        if (!m_loader || m_table != tableOf(row)) {
            finish();
            m_table = tableOf(row);
            m_loader =
                std::make_unique<BulkLoader>(m_connection, QString::fromUtf16(kTableNames.at(m_table)) + u"_insert"_s);
        }
        if (m_result)
            m_result = m_loader->add([&](const QString &name) { return boundValue(row, name); });
    }

    Expected<void> finish()
    {
        if (m_result && m_loader)
            m_result = m_loader->finish();
        m_loader.reset();
        return m_result;
    }

private:
    Connection &m_connection;
    std::unique_ptr<BulkLoader> m_loader;
    std::size_t m_table = 0;
    Expected<void> m_result;
};

Expected<void> fill(const StoreUrl &url, const RegistrySize &size)
{
    // Makes and migrates it.
    if (const auto store = Store::open(url, Store::Opening::Create); !store)
        return fail(store.error());
    auto connection = Connection::open(url, Connection::Access::Existing);
    if (!connection)
        return fail(connection.error());
    if (const auto begun = (*connection)->beginWrite(); !begun)
        return fail(begun.error());
    Filler filler(**connection);
    makeSubnetRegistry(size, [&](const Row &row) { filler.add(row); });
    return filler.finish().and_then([&] { return (*connection)->commit(); }).and_then([&]() -> Expected<void> {
        if (url.dialect == Dialect::Sqlite)
            return {};
        return (*connection)->direct(u"ANALYZE"_s, u"gathering statistics"_s).map([](const QSqlQuery &) {});
    });
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    const auto url = words.size() < 3 ? Expected<StoreUrl>(fail(ErrorKind::Usage, u"URL SUBNETS [ADDRESSES]"_s))
                                      : StoreUrl::parse(words[1]);
    const auto done = url.and_then([&](const StoreUrl &place) {
        return fill(place, {words[2].toULongLong(), words.value(3).toULongLong()});
    });
    if (done)
        return 0;
    std::fprintf(stderr, "registrystore: %s\n", qPrintable(done.error().detail));
    return 1;
}
