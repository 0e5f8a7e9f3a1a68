// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/teststore.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace interlock::test {

namespace {

QString serverUrl()
{
    return qEnvironmentVariable("INTERLOCK_TEST_POSTGRES");
}

/// Runs one statement on the server's own database.
void onServer(const QString &sql)
{
    const StoreUrl url = StoreUrl::parse(serverUrl()).value();
    const QString name = u"test-server"_s;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QPSQL"_s, name);
        database.setHostName(url.host);
        database.setPort(url.port);
        database.setDatabaseName(url.database);
        database.setUserName(url.user);
        database.setPassword(url.password);
        if (!database.open())
            qFatal("no PostgreSQL server at %s: %s", qPrintable(url.toString()),
                   qPrintable(database.lastError().text()));
        QSqlQuery query(database);
        if (!query.exec(sql))
            qFatal("%s: %s", qPrintable(sql), qPrintable(query.lastError().text()));
    }
    QSqlDatabase::removeDatabase(name);
}

} // namespace

bool hasPostgres()
{
    return !serverUrl().isEmpty();
}

void addDialectRows()
{
    QTest::addColumn<Dialect>("dialect");
    QTest::newRow("SQLite") << Dialect::Sqlite;
    if (hasPostgres())
        QTest::newRow("PostgreSQL") << Dialect::Postgres;
    else if (qEnvironmentVariableIsSet("CI"))
        qFatal("INTERLOCK_TEST_POSTGRES is not set, and in CI every store test runs on both back ends");
}

StorePlace::StorePlace(Dialect dialect)
{
    if (dialect == Dialect::Sqlite) {
        m_url.path = m_folder.filePath(u"store.db"_s);
        return;
    }
    m_url = StoreUrl::parse(serverUrl()).value();
    m_url.database = u"t_"_s + QUuid::createUuid().toString(QUuid::Id128);
    onServer(u"CREATE DATABASE "_s + m_url.database);
}

StorePlace::~StorePlace()
{
    if (m_url.dialect == Dialect::Postgres)
        onServer(u"DROP DATABASE IF EXISTS %1 WITH (FORCE)"_s.arg(m_url.database));
}

std::unique_ptr<Store> StorePlace::open(const Clock *clockOrNull) const
{
    auto store = Store::open(m_url, Store::Opening::Create, clockOrNull);
    if (!store)
        qFatal("the store did not open: %s", qPrintable(store.error().detail));
    return *std::move(store);
}

Expected<Receipt> submit(Store &store, Command command, std::optional<qint64> expectedVersion)
{
    return await(store.submit({std::move(command), u"test"_s, expectedVersion}));
}

std::vector<Row> allRows(Store &store)
{
    std::vector<Row> rows;
    const auto done = await(store.inspect([&](Topology &topology) {
        rows.clear(); // it may be asked twice
        const auto add = [&]<typename R>(const RowSet<R> &set) { rows.insert(rows.end(), set.begin(), set.end()); };
        add(topology.rows<InstanceRow>());
        add(topology.rows<PoolRow>());
        add(topology.rows<ConnectorRow>());
        add(topology.rows<IrouteRow>());
        add(topology.rows<AllocationRow>());
        add(topology.rows<ClaimRow>());
        add(topology.rows<ExclusionRow>());
        add(topology.rows<QuarantineRow>());
        add(topology.rows<OptionRow>());
        add(topology.rows<SettingRow>());
        add(topology.rows<TenantRow>());
        add(topology.rows<ControllerRow>());
        add(topology.rows<NetworkRow>());
        add(topology.rows<OwnedRouteRow>());
        add(topology.rows<OwnedPoolRow>());
        add(topology.rows<GroupRow>());
        add(topology.rows<DeviceRow>());
        add(topology.rows<MemberRow>());
        add(topology.rows<VariableRow>());
        add(topology.rows<TemplateRow>());
        add(topology.rows<DivisionRuleRow>());
        add(topology.rows<DivisionShareRow>());
        topology.subnets().forEach([&](SubnetRow row) { rows.emplace_back(std::move(row)); });
        topology.addresses().forEach([&](AddressRow row) { rows.emplace_back(std::move(row)); });
    }));
    if (!done)
        qFatal("the store cannot be read: %s", qPrintable(done.error().detail));
    return rows;
}

Prefix prefix(const char *text)
{
    return Prefix::parse(QString::fromLatin1(text)).value();
}

Address address(const char *text)
{
    return Address::parse(QString::fromLatin1(text)).value();
}

CommonName cn(const char *text)
{
    return CommonName::parse(QString::fromUtf8(text)).value();
}

InstanceName instanceName(const char *text)
{
    return InstanceName::parse(QString::fromLatin1(text)).value();
}

AddInstance usualInstance(const char *name, const char *pool)
{
    const Prefix network = prefix(pool);
    AddInstance add{InstanceRow{instanceName(name),
                                u"tcp:127.0.0.1:7505"_s,
                                network,
                                Address(network.family(), network.first().value() + 1),
                                {},
                                DeviceMode::Tun,
                                {},
                                27,
                                64,
                                CollisionPolicy::KeepFirst,
                                prefix("100.64.0.0/10"),
                                UnknownCnPolicy::Deny,
                                false,
                                MoveLivePolicy::Never,
                                StoreDownPolicy::AdmitKnown,
                                {},
                                {},
                                0},
                    {network}};
    return add;
}

} // namespace interlock::test
